"""How text is printed in every format: what a file can hold, with the minus sign of GB/T 15835 before a number."""

from __future__ import annotations

import re

from reports.document.characters import printable

MINUS = "\u2212"
# Not the hyphen of GB/T 9704-2012, N-01 or 2022-2023. Behind a Chinese character it is a minus where a share or
# decimals follow (同比-3%), and the hyphen of a name elsewhere (标段-1).
_HYPHEN_BEFORE_NUMBER = re.compile(r"(?<![\w-])-(?=[0-9])|(?<=[\u4e00-\u9fff])-(?=[0-9]+(?:\.[0-9]|[%‰]))")


# A code or an address that is longer than this many characters may go on in the next line, behind a joint or after some
# characters of it that are no word: it would take so much from the line before that its characters stand far apart. A
# figure stays whole, as GB/T 15835 wants it.
_LONGEST_WHOLE, _PART = 12, 4
_LONG = re.compile(f"[!-~{MINUS}]{{{_LONGEST_WHOLE + 1},}}")
_JOINTS = re.compile("(?<=[/_:;@&=?+#<>-])(?=[0-9A-Za-z])|(?<=[A-Za-z][.,])(?=[0-9A-Za-z])")
_WHOLE = re.compile(f"[^0-9]*|[{MINUS}(-]*[0-9]{{1,15}}(,[0-9]{{3}})*(\\.[0-9]+)?[^0-9A-Za-z]*")
MAY_BREAK = "\u200b"


def printed(text: str) -> str:
    return _HYPHEN_BEFORE_NUMBER.sub(MINUS, printable(text))


def flowing(text: str) -> str:
    """Printed text of a paragraph or a cell, with the places where a long code may go on in the next line."""
    return _LONG.sub(_with_breaks, printed(text))


def _with_breaks(match: re.Match[str]) -> str:
    return MAY_BREAK.join(map(_in_parts, _JOINTS.split(match[0])))


def _in_parts(text: str) -> str:
    if len(text) <= 2 * _PART or _WHOLE.fullmatch(text):
        return text
    places = range(_PART, len(text) - 1, _PART)  # no single character at the end
    return MAY_BREAK.join(text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True))
