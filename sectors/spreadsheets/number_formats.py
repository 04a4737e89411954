"""What a spreadsheet shows for a number by the format of its cell, where that may be another one. Pure: no database.

Excel shows 0.8 as 80% or, where the sign is only a text, as 0.80%; 128500 as 12.9万; 0 as a dash; -5 as 5.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

GENERAL = "General"
# Of the formats that a file need not spell out, those of numbers, and those of days that hide a part.
BUILT_IN: Mapping[int, str] = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    16: "d-mmm",
    17: "mmm-yy",
    48: "##0.0E+0",
    49: "@",
    # In a Chinese Excel, which gives them to what looks like a month or a day.
    **dict.fromkeys((27, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    **dict.fromkeys((37, 38), "#,##0 ;(#,##0)"),
    **dict.fromkeys((39, 40), "#,##0.00;(#,##0.00)"),
    **dict.fromkeys((41, 42), '#,##0;-#,##0;"-"'),
    **dict.fromkeys((43, 44), '#,##0.00;-#,##0.00;"-"'),
    **dict.fromkeys((5, 6), '"¥"#,##0'),
    **dict.fromkeys((7, 8), '"¥"#,##0.00'),
}
# A text or an escaped sign, a fill or a width, a colour, a currency or a condition, a power of ten, and the rest.
TOKEN = re.compile(r'"([^"]*)"|[\\!](.)|[*_].|\[([^\]]*)\]|([eE][+-]0+)|(General|G/通用格式|.)', re.DOTALL)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
GENERALS = (GENERAL, "G/通用格式", "@")  # the second in files of a Chinese Excel
DIGITS, SIGNS = "0#?", " -+()¥￥$€£:：、，。"
Part = tuple[str, str]  # "digit", "point", "comma", "percent" or "text", and the sign


@dataclass(frozen=True)
class Shown:
    """A number as a cell shows it; `exact` where its digits say what the cell holds, all of it and nothing else,
    `rounded` where they say all of it but for decimals that are left out."""

    text: str
    exact: bool
    is_percent: bool = False
    rounded: bool = False

    @property
    def places(self) -> int:
        """Decimals."""
        found = re.search(r"\.([0-9]+)", self.text)
        return len(found[1]) if found else 0

    @property
    def typed(self) -> str:
        """As a person would type it, who writes a 0 before a point and no point without a digit behind it."""
        return re.sub(r"([0-9])\.(?![0-9])", r"\1", re.sub(r"(?<![0-9])\.(?=[0-9])", "0.", self.text))


@dataclass
class _Section:
    parts: list[Part]
    condition: Callable[[Decimal], bool] | None = None


class _Unknown(Exception):
    """A format that shows something else than the number: a day, a fraction, Chinese numerals."""


def shown(number: Decimal, code: str) -> Shown | None:
    """None for a format that shows no decimal number.

    >>> [shown(Decimal(value), code).text for value, code in (("0.8", '0.00"%"'), ("0.8", "0.0%"), ("12", '0"家"'))]
    ['0.80%', '80.0%', '12家']
    >>> shown(Decimal(128500), '0!.0,"万"')
    Shown(text='12.9万', exact=False, is_percent=False, rounded=False)
    """
    try:
        section, value = _chosen(number, [_section(text) for text in _sections(code)])
        return _rendered(section, value, number)
    except _Unknown:
        return None


def hides_part_of_day(code: str) -> bool:
    """Whether a format shows a day without its year or the day of the month.

    >>> [hides_part_of_day(code) for code in ('m"月"d"日"', "yyyy-mm", "yyyy/m/d;@", GENERAL)]
    [True, True, False, False]
    """
    signs = {token[5].lower() for token in TOKEN.finditer(code) if token[5]}
    return bool({"y", "d"} & signs) and not {"y", "d"} <= signs


def _sections(code: str) -> list[str]:
    """The format's parts for what is above, below and zero, divided by semicolons that are no text."""
    found = [""]
    for token in TOKEN.finditer(code):
        if token[0] == ";":
            found.append("")
        else:
            found[-1] += token[0]
    return found[:3]


def _section(code: str) -> _Section:
    found = _Section([])
    for token in TOKEN.finditer(code):
        text, escaped, bracket, power, sign = token.groups()
        if bracket is not None:
            _bracket(found, bracket)
        elif power or sign == "/":
            raise _Unknown
        elif text is not None or escaped:
            found.parts.append(("text", text if text is not None else escaped))
        elif sign:
            found.parts.append((_kind(sign), sign))
    return found


def _bracket(section: _Section, text: str) -> None:
    if found := CONDITION.fullmatch(text):
        compare, limit = COMPARED[found[1]], Decimal(found[2])
        section.condition = lambda number: compare(number, limit)
    elif text.startswith("$"):
        section.parts.append(("text", text[1:].partition("-")[0]))
    elif text.upper().startswith(("DBNUM", "H", "M", "S")) and text.upper() != "MAGENTA":
        raise _Unknown


def _kind(sign: str) -> str:
    if sign in DIGITS:
        return "digit"
    if sign in GENERALS:
        return "general"
    kinds = {".": "point", ",": "comma", "%": "percent"}
    if sign in kinds:
        return kinds[sign]
    if sign in SIGNS or ord(sign) > 0x2E80:
        return "text"
    raise _Unknown  # letters of days and hours


def _chosen(number: Decimal, sections: list[_Section]) -> tuple[_Section, Decimal]:
    """The section that a number is shown by, and the number with the sign that the section leaves to it."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or section.condition(number):
                return section, number
        raise _Unknown
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _rendered(section: _Section, value: Decimal, number: Decimal) -> Shown:
    kinds = [kind for kind, _sign in section.parts]
    if "general" in kinds:
        text = "".join(f"{value:f}" if kind == "general" else sign for kind, sign in section.parts)
        return Shown(text.strip(), value == number or "-" in text)
    places = [n for n, kind in enumerate(kinds) if kind == "digit"]
    if not places:
        text = "".join(sign for _kind, sign in section.parts)
        return Shown(text.strip(), exact=False)
    point = kinds.index("point") if "point" in kinds else len(kinds)
    whole, fraction = [n for n in places if n < point], [n for n in places if n > point]
    last = places[-1]
    scaling = _commas(kinds, (whole or [point])[-1] + 1) + (_commas(kinds, last + 1) if fraction else 0)
    percents = kinds.count("percent")
    scaled = abs(value) * 100**percents / Decimal(1000) ** scaling
    cut = scaled.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    digits, _point, decimals = f"{cut:f}".partition(".")
    grouped = any(kinds[n] == "comma" for n in range(whole[0], whole[-1])) if whole else False
    out = dict(zip(fraction, decimals, strict=True))
    for n in reversed(fraction):
        if out[n] != "0" or section.parts[n][1] == "0":
            break
        out[n] = ""
    out |= _whole(section, whole, digits, grouped=grouped)
    text = "".join(
        out.get(n, "") if kind == "digit" else "" if kind == "comma" else sign
        for n, (kind, sign) in enumerate(section.parts)
    )
    minus = "-" if value < 0 and cut else ""
    torn = any(kinds[n] == "text" for n in range(places[0], last))
    signed = number >= 0 or minus == "-" or "-" in text
    is_told = not scaling and not torn and signed and any(out.values())
    rounded = is_told and cut != scaled and bool(cut)
    return Shown((minus + text).strip(), is_told and cut == scaled, bool(percents), rounded)


def _commas(kinds: list[str], start: int) -> int:
    """How many commas follow a digit at once: each divides by a thousand."""
    end = start
    while end < len(kinds) and kinds[end] == "comma":
        end += 1
    return end - start


def _whole(section: _Section, places: list[int], digits: str, *, grouped: bool) -> dict[int, str]:
    """The digits before the point, at their places; the first place takes what is more than there are places."""
    least = next((len(places) - n for n, place in enumerate(places) if section.parts[place][1] == "0"), 0)
    text = digits.lstrip("0").rjust(least, "0") if least or digits != "0" else ""
    if not places:
        return {}
    spread = list(text.rjust(len(places), "\0"))
    spread = ["".join(spread[: len(spread) - len(places) + 1]), *spread[len(spread) - len(places) + 1 :]]
    out = dict(zip(places, (one.replace("\0", "") for one in spread), strict=True))
    return {places[0]: _in_threes(text), **dict.fromkeys(places[1:], "")} if grouped else out


def _in_threes(digits: str) -> str:
    return f"{int(digits):,}".rjust(len(digits), "0") if digits else ""
