"""The notes to figures that do not agree with others: what the checks found, and what the department said about it.

A note says what does not agree, never what is to be written instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reports.aggregation.cube import AnnualValue
from reports.document.blocks import Note, printable
from sectors.calculation.cells import with_unit
from sectors.checks.findings import CheckKind
from sectors.checks.messages import worded
from sectors.checks.templates import Template
from sectors.vocabulary import FindingNoteKind

if TYPE_CHECKING:
    from reports.chapters.verification import Remark, Said

UNEXPLAINED = "部门未说明"
# What a written rule asks of the department: `，如口径不同请说明`.
_ASKED = re.compile("[，；](?:如[^，；。（]*，)?[^，；。（]*请[^，；。（]*")
# A report has none before figures.
_SPACE = re.compile("(?<=[\u4e00-\u9fff]) (?=[0-9-])")


def of(remarks: Iterable[Remark]) -> Iterator[Note]:
    """Those of remarks that are about printed figures."""
    for remark in remarks:
        if remark.codes:
            yield Note(remark.codes, printable(_text(remark)), explained=bool(remark.said))


def _text(remark: Remark) -> str:
    if not remark.said:
        return f"{remark.words}，{UNEXPLAINED}。"
    return f"{remark.words}。{''.join(map(said_by, remark.said))}"


def said_by(said: Said) -> str:
    """`2023年第2季度市场监管局说明：……。` One finding may have been explained in several periods."""
    who: Mapping[str, str] = {
        FindingNoteKind.REASON: f"{said.department}说明",
        FindingNoteKind.ACCEPTED: "质强办准予保留",
        FindingNoteKind.REFUSED: "质强办要求更正",
    }
    text = " ".join(said.text.split())
    return f"{said.period}{who[said.kind]}：{text}" + ("" if text.endswith(("。", "！", "？", ".")) else "。")


def words(statement: Any, rule: str, first: AnnualValue | None, declared: str, expected: str) -> str:
    """What does not agree, without a full stop: of `Statement.data`, or of the text that an earlier version kept,
    the first sentence only. `first` is the figure that `declared` and `expected` are about."""
    kind, _, rest = rule.partition(":")
    _code, _, group = rest.partition(":")
    if kind == CheckKind.SUM and first is not None and declared and expected:
        parts = f"分项（{group}）" if group else "分项"
        unit = first.indicator.unit.name
        text = f"{first.indicator.name}填报{with_unit(declared, unit)}，与{parts}之和{with_unit(expected, unit)}不符"
        is_cut_off = isinstance(statement, dict) and statement["message"]["template"] == Template.SUM_CUT_OFF
        return f"{text}（为截尾，没有四舍五入）" if is_cut_off else text
    alone = statement if isinstance(statement, str) else {**statement, "also": [], "hints": []}
    return _SPACE.sub("", _ASKED.sub("", worded(alone, repairs=False))).rstrip("。.")
