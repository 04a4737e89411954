"""Figures on their way through a template: the wording engine passes them through its strings as marks, which
`parse_marked` turns back into runs."""

from __future__ import annotations

import re

from reports.document.blocks import Gap, MarkedRun, NotApplicable, Number, Text

_NUMBER_START, _GAP_START, _MARK_MIDDLE, _MARK_END = "\ue000", "\ue001", "\ue002", "\ue003"
_NOT_APPLICABLE_START = "\ue007"
_STARTS = _NUMBER_START + _GAP_START + _NOT_APPLICABLE_START
_MARK_CHARACTERS = _STARTS + _MARK_MIDDLE + _MARK_END
_ANY_MARK = re.compile(f"[{_MARK_CHARACTERS}]")
_MARK = re.compile(f"([{_STARTS}])([^{_MARK_CHARACTERS}]*){_MARK_MIDDLE}([^{_MARK_CHARACTERS}]*){_MARK_END}")


def strip_marks(text: str) -> str:
    """Text without the mark characters: what users type goes through here before it meets the marks."""
    return _ANY_MARK.sub("", text)


def mark_number(code: str, text: str) -> str:
    """A `Number` as a marked string, to travel through a template."""
    return _NUMBER_START + strip_marks(code) + _MARK_MIDDLE + strip_marks(text) + _MARK_END


def mark_gap(code: str, label: str) -> str:
    """A `Gap` as a marked string, to travel through a template."""
    return _GAP_START + strip_marks(code) + _MARK_MIDDLE + strip_marks(label) + _MARK_END


def mark_not_applicable(code: str, label: str) -> str:
    """A `NotApplicable` as a marked string, likewise."""
    return _NOT_APPLICABLE_START + strip_marks(code) + _MARK_MIDDLE + strip_marks(label) + _MARK_END


def parse_marked(text: str) -> tuple[MarkedRun, ...]:
    """The runs of a marked string. Raises ValueError when a mark was cut, as a truncating filter may do."""
    kinds: dict[str, type[Number | Gap | NotApplicable]]
    kinds = {_NUMBER_START: Number, _GAP_START: Gap, _NOT_APPLICABLE_START: NotApplicable}
    runs: list[MarkedRun] = []
    end = 0
    for match in _MARK.finditer(text):
        runs += _plain_run(text[end : match.start()])
        start, code, content = match.groups()
        runs.append(kinds[start](code, content))
        end = match.end()
    return (*runs, *_plain_run(text[end:]))


def _plain_run(text: str) -> list[MarkedRun]:
    if _ANY_MARK.search(text):
        raise ValueError(f"The mark of a figure is broken in: {strip_marks(text)!r}")
    return [Text(text)] if text else []
