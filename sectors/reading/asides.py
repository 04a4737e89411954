"""Numbers that are about another time, a plan, a change or another place than the figure of the year. Pure.

They may be proposed, and are never confirmed by default.
"""

from __future__ import annotations

import re

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

_CLAUSES = 60  # signs before the number that are looked at
_HARD = re.compile(r"[。！？；;]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
_TITLE = re.compile(r"《[^《》]{0,100}》")


class Aside(TextChoices):
    """What keeps a number from being the year's figure by default."""

    TIME = "time", _("of another time")
    PLAN = "plan", _("a plan or target")
    CHANGE = "change", _("a change")
    PLACE = "place", _("of another place")


_WORDS = (
    (
        Aside.TIME,
        re.compile(
            r"上年|去年|前年|往年|同期|上半年|[一二三四]季度|\d{1,2}-\d{1,2}月|历年|期间|假期|黄金周|近[一二三四五\d]+年"
        ),
    ),
    (Aside.PLAN, re.compile(r"计划(?!生育|免疫|书)|力争|预计|预期|拟(?!定)|明年|下一步|争取|目标")),
    (Aside.PLACE, re.compile(r"全国|全省|全州|全疆|周边|兄弟县|邻县|平均水平")),
)
_CHANGE = re.compile(
    r"(?:同比|环比|[比较](?:上年|去年|年初|往年|同期))?(?:增长|增加|减少|下降|提高|上升|降低|回落|多|少)了?(?:约|近)?$"
    r"|[比较](?:上年|去年|年初|往年|同期|\d+年)[^，。]{0,8}$"
)


def asides_of(text: str, start: int, year: int) -> tuple[Aside, ...]:
    """Of the number that begins at `start` of a block, in a report of the year."""
    sentence = max((found.end() for found in _HARD.finditer(text, 0, start)), default=0)
    before = _TITLE.sub("", text[max(sentence, start - _CLAUSES) : start])
    clause = re.split(r"[，,]", before)[-1]
    found = [aside for aside, words in _WORDS if words.search(clause)]
    years = [int(one) for one in _YEAR.findall(before)]
    if years and years[-1] != year and Aside.TIME not in found:
        found.append(Aside.TIME)
    return (*found, Aside.CHANGE) if _CHANGE.search(before) else tuple(found)
