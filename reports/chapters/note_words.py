"""What a note to a figure says of a finding: what does not agree, never what is to be written instead."""

from __future__ import annotations

import re
from typing import Any

from reports.aggregation.cube import AnnualValue
from sectors.calculation.cells import with_unit
from sectors.checks.findings import CheckKind
from sectors.checks.messages import worded
from sectors.checks.templates import Template

# What a written rule asks of the department: `，如口径不同请说明`.
_ASKED = re.compile("[，；](?:如[^，；。（]*，)?[^，；。（]*请[^，；。（]*")
# A report has none before figures.
_SPACE = re.compile("(?<=[\u4e00-\u9fff]) (?=[0-9-])")


def note_words(statement: Any, rule: str, first: AnnualValue | None, declared: str, expected: str) -> str:
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
