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


_TIME = (
    r"上年|上一年|去年|前年|往年|同期|年初|[上下]半年|[一二三四]季度|历年|期间|假期|黄金周|近[一二三四五\d]+年|年来|(?<!今年)以来"
    r"|[本当上每]月|[本上每]季|每[年周日天]|[年月周日]均|平均每"
    # A month is a part of the year, but for December, to which the year runs, and for a day that figures are as of.
    r"|(?<!\d)(?<!截至)(?<!截止)(?<!截至\d{4}年)(?<!截止\d{4}年)(?:[1-9]|1[01])月|(?<!\d)(?!1[-至到]12月)\d{1,2}[-至到]12月"
    r"|截[至止]到?(?:\d{4}年)?(?:[1-9]|1[01])月(?!\d{1,2}日)"
)
_WORDS = (
    (Aside.TIME, re.compile(_TIME)),
    (
        Aside.PLAN,
        re.compile(
            r"计划(?!生育|免疫|书)|力争|预计|预期|拟(?!定)|明年|下一步|争取|目标|确保|须达|将(?:要|于|开展|组织|完成|实现|达|新)"
            r"|要求(?:达|为|不)|应(?:抽检|完成|达|当)|标准(?:为|要求)"
        ),
    ),
    (
        Aside.PLACE,
        re.compile(
            r"全国|全省|全州|全疆|全地区|周边|兄弟县|邻县|邻近|平均水平|平均值|自治[区州](?:平均|[^，。“”]{0,12}率[为达]?$)"
            r"|[^城村乡各个重小集市建、]镇(?![静江痛定乡])|[^各个城市镇、]街道(?!路|巷)"
            r"|[^城下返各个入回家故老水异同思外、]乡(?![镇村亲土下音])"
        ),
    ),
)
# A clause that says of what time the ones behind it are: 截至6月底，……
_OPENING = re.compile(rf"(?:{_TIME})(?:\d{{1,2}}日)?[份底末初间来度]{{0,2}}[，,]")
_CHANGE = re.compile(
    r"(?:增长|增加|新增|净增|减少|下降|提高|提升|上升|上涨|降低|回落|下滑|缩短|压减|扩大|多|少|高出|增幅|增速|降幅|增长率)"
    r"[了为达]?(?:约|近)?$|(?:同比|环比)[^，。\d]{0,12}$"
    r"|[比较](?:上年|去年|年初|往年|同期|\d+年)[^，。]{0,8}$"
)
_WHOLE = re.compile(r"(?<![安健])全([县市区州旗])(?![场域])")
_COUNTY = re.compile(
    r"[\u4e00-\u9fff]{1,8}[^\W全各我本该跨邻省多个\d一二三四五六七八九十两](?:县|旗)(?![级域城乡委直内外市区])"
)


def asides_of(text: str, start: int, year: int, region: str = "") -> tuple[Aside, ...]:
    """Of the number that begins at `start` of a block, in a report of the year of a region of this name."""
    sentence = max((found.end() for found in _HARD.finditer(text, 0, start)), default=0)
    before = _TITLE.sub("", text[max(sentence, start - _CLAUSES) : start])
    clause = re.split(r"[，,]", before)[-1]
    found = [aside for aside, words in _WORDS if words.search(clause)]
    years = [int(one) for one in _YEAR.findall(before)]
    if ((years and years[-1] != year) or _OPENING.search(before)) and Aside.TIME not in found:
        found.append(Aside.TIME)
    if region and Aside.PLACE not in found and _is_elsewhere(clause, region):
        found.append(Aside.PLACE)
    return (*found, Aside.CHANGE) if _CHANGE.search(before) else tuple(found)


def _is_elsewhere(clause: str, region: str) -> bool:
    """Whether it is about another county, or, in the report of a county, about the whole city or prefecture."""
    wholes, counties = _WHOLE.findall(clause), _COUNTY.findall(clause)
    return any(level != region[-1] for level in wholes) or not all(name.endswith(region) for name in counties)
