"""What people write who do not know the expression language, each with what to write instead. Pure.

Asked before an expression is loaded or edited. What a database has is only compiled, and goes on to mean what it meant.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.calculation.numerals import HALF_WIDTH
from sectors.calculation.parser import FormulaError
from sectors.calculation.tokens import CODE, LITERAL

FUNCTIONS = ("abs", "min", "max", "parts", "last_year", "previous", "year_to_date")
# What Chinese input methods and habits give, and what an expression has for it.
SIGNS = {
    **{
        chr(code): chr(half) for code, half in HALF_WIDTH.items() if isinstance(half, int) and chr(half) not in "?@#$&~"
    },
    **dict.fromkeys("÷∕⁄∶：:", "/"),
    **dict.fromkeys("×·•⋅∙✕✖", "*"),
    **dict.fromkeys("−–—－", "-"),
    **dict.fromkeys("【〔［｛「『《[{", "("),
    **dict.fromkeys("】〕］｝」』》]}", ")"),
    "\u3000": " ",
    "。": ".",
    "、": ",",
    "；": ",",
    ";": ",",
}
WORDS = {
    **dict.fromkeys(("大于等于", "大于或等于", "不小于", "不低于", "不少于"), ">="),
    **dict.fromkeys(("小于等于", "小于或等于", "不大于", "不高于", "不多于", "不超过"), "<="),
    **dict.fromkeys(("大于", "高于", "多于", "超过"), ">"),
    **dict.fromkeys(("小于", "低于", "少于"), "<"),
    **dict.fromkeys(("等于",), "=="),
    **dict.fromkeys(("不等于",), "!="),
    **dict.fromkeys(("加", "加上", "和", "与", "及"), "+"),
    **dict.fromkeys(("减", "减去"), "-"),
    **dict.fromkeys(("乘", "乘以"), "*"),
    **dict.fromkeys(("除以",), "/"),
}
AND, OR = ("且", "并且", "而且", "同时", "and", "&&", "&"), ("或", "或者", "or", "||")
TENS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
NUMERALS = "〇零一二三四五六七八九两半" + "".join(TENS)

_COMPARED = re.compile(r"[=<>!＝＜＞！≤≥≠≦≧⩽⩾≡]+")
_WORD = re.compile(r"(?<![\w.])(?:[^\W\d_]+|&&?|\|\|)(?![\w.])")
_THOUSANDS = re.compile(r"(?<![\w.])([0-9]{1,3}(?:[,，'’_][0-9]{3})+)(?![0-9])")
_CHINESE = re.compile(
    rf"(?<!\w)(?:百分之[{NUMERALS}]*|[{NUMERALS}]+(?:分之[{NUMERALS}]*|[点成][{NUMERALS}]*)?)(?=([^\W\d_]*))"
)
_ODD_NUMBER = re.compile(r"(?<![\w.])(?:0[xXbBoO]\w+|0+(?=[1-9]))")
_CAPITALS = re.compile(r"(?<![\w.])[A-Za-z]\w*(?:\.\w+)+(?![\w.])")
_SPACED = re.compile(r"[a-z]\w*(?:\s+\.\s*|\.\s+)[a-z0-9]\w*")
_NAME = r"[A-Za-z_]\w*"
_TOKEN = re.compile(rf"({CODE.pattern})|([0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|({_NAME})|(\S)")
Found = Iterator[tuple[int, str]]


def refuse(text: str, units: Collection[str]) -> None:
    """Raises FormulaError for the first thing in it that is written otherwise here."""
    found = [one for habit in _HABITS for one in habit(text, units)]
    if found:
        column, message = min(found, key=lambda one: one[0])
        raise FormulaError(message, column)


def _write(right: str, wrong: str) -> str:
    return _("Write “%(right)s” instead of “%(wrong)s”.") % {"right": right, "wrong": wrong}


def _at_the_ends(text: str, _units: Collection[str]) -> Found:
    if found := re.match(r"\s*([=＝])(?![=＝])", text):
        yield found.start(1), _("Leave out the = at the beginning.")
    if found := re.search(r"(?<![=<>!＝＜＞！])([;；。，,、=＝])\s*$", text):
        yield found.start(1), _("Leave out the “%(sign)s” at the end.") % {"sign": found[1]}


def _comparisons(text: str, _units: Collection[str]) -> Found:
    for found in _COMPARED.finditer(text.rstrip(" =＝") if text.rstrip()[-1:] in "=＝" else text):
        signs = found[0].translate(HALF_WIDTH)
        is_not = bool(set(signs) & {"!", "≠"}) or {"<", ">"} <= set(signs)
        equal = "=" if set(signs) & set("=≤≥≦≧⩽⩾") else ""
        is_more, is_less = set(signs) & set(">≥≧⩾"), set(signs) & set("<≤≦⩽")
        right = "!=" if is_not else f">{equal}" if is_more else f"<{equal}" if is_less else "=="
        if found[0] != right and text[: found.start()].strip():
            yield found.start(), _write(right, found[0])


def _signs(text: str, _units: Collection[str]) -> Found:
    thousands = {place for found in _THOUSANDS.finditer(text) for place in range(*found.span())}
    for found in re.finditer(rf"[０-９Ａ-Ｚａ-ｚ．]+|[{re.escape(''.join(SIGNS))}]", text.strip()):
        sign, place = found[0], found.start() + len(text) - len(text.lstrip())
        if sign in ";；":
            yield place, _("Write a rule for each condition.")
        elif sign not in "＝＜＞！" and place not in thousands:
            yield place, _write("".join(SIGNS[one] for one in sign), sign)


def _words(text: str, _units: Collection[str]) -> Found:
    for found in _WORD.finditer(text):
        word = found[0]
        if word in WORDS:
            yield found.start(), _write(WORDS[word], word)
        elif word in AND:
            yield found.start(), _("Conditions are not joined by “%(word)s”: write a rule for each.") % {"word": word}
        elif word in OR:
            message = _(
                "Conditions are not joined by “%(word)s”. Where it is enough that one of several figures is large, "
                "compare their largest: max(x, y) >= 1."
            )
            yield found.start(), message % {"word": word}


def _numbers(text: str, units: Collection[str]) -> Found:
    for found in _THOUSANDS.finditer(text):
        what = {"right": re.sub(r"\D", "", found[0]), "wrong": found[0]}
        message = _(
            "Write “%(right)s” instead of “%(wrong)s”. Two values have a blank behind their comma: (x, 1, 200)."
        )
        yield found.start(), message % what
    for found in _ODD_NUMBER.finditer(text):
        yield found.start(), _in_digits()
    plain = _without_literals(text, units)
    for found in _CHINESE.finditer(plain):
        if found[1] in ("", *units) or re.match(r"\d", plain[found.end() :]):
            yield found.start(), _in_digits()
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in ("No", "Nl"):
            yield place, _power() if sign in "²³⁴" else _in_digits()


def _in_digits() -> str:
    return _("Write numbers in digits, without zeros before them: 5000, 98%%, 1 / 3.") % {}


def _tens(text: str, units: Collection[str]) -> Found:
    """5万 and 5 万 吨; 98个百分点."""
    for found in LITERAL.finditer(text):
        number, unit, behind = found[1], found[2], text[found.end() :]
        apart = re.match(r"\s+([^\W\d_]+)", behind)
        if unit in units:
            continue
        if apart and unit + apart[1] in units:
            yield found.start(), _write(f"{number}{unit}{apart[1]}", found[0] + apart[0])
        elif unit[:1] == "个" and unit[1:] in units:
            yield found.start(), _write(number + unit[1:], found[0])
        elif rest := re.fullmatch(rf"([{''.join(TENS)}]+)(.*)", unit):
            digits = f"{Decimal(number).scaleb(sum(TENS[ten] for ten in rest[1])).normalize():f}"
            yield found.start(), _write(digits + (rest[2] if rest[2] in units else ""), found[0])


def _codes(text: str, _units: Collection[str]) -> Found:
    for found in _CAPITALS.finditer(text):
        if found[0] != found[0].lower() and CODE.fullmatch(found[0].lower()):
            yield found.start(), _write(found[0].lower(), found[0])
    for found in re.finditer(rf"(?<![\w.])({_NAME})(?=\s*\()", text):
        if found[0] not in FUNCTIONS and found[0].lower() in FUNCTIONS:
            yield found.start(), _write(found[0].lower(), found[0])
    for found in _SPACED.finditer(text):
        yield found.start(), _write("".join(found[0].split()), found[0])
    for found in re.finditer(rf"[\"“”‘’'`](?={CODE.pattern})", text):
        yield found.start(), _("Codes stand without quotation marks.")


def _operators(text: str, units: Collection[str]) -> Found:
    plain = _without_literals(text, units)
    for found in re.finditer(r"\*\*|//|\^|(?<!\|)\|(?!\|)|[%％‰]", plain):
        if found[0] == "//":
            yield found.start(), _write("/", "//")
        elif found[0] == "|":
            yield found.start(), _write("abs(x)", "|x|")
        elif found[0] in "%％‰":
            message = _(
                "A “%(sign)s” stands behind a number only, as in 98%%. What is in %% is computed as a share by itself: "
                "leave it out."
            )
            yield found.start(), message % {"sign": found[0]}
        else:
            yield found.start(), _power()
    before = ""
    for found in _TOKEN.finditer(plain):
        code, _rest, number, name, sign = found.groups()
        if keyword.iskeyword(name or ""):  # Python refuses it
            return
        is_operand = bool(code or number or name or sign == "(")
        if (before in ("operand", ")") and is_operand) or (before == "name" and is_operand and sign != "("):
            is_times = name in ("x", "X")
            yield found.start(), _write("*", name) if is_times else _missing()
        before = "name" if name else "operand" if code or number else sign


def _missing() -> str:
    return _("Between two values stands one of + - * /, also before and behind brackets.")


def _power() -> str:
    return _("There are no powers: write x * x.")


def _without_literals(text: str, units: Collection[str]) -> str:
    """With a plain number for each number with a unit, in as many characters."""
    return LITERAL.sub(lambda found: "1" * len(found[0]) if found[2] in units else found[0], text)


_HABITS: tuple[Callable[[str, Collection[str]], Found], ...] = (
    *(_at_the_ends, _comparisons, _signs, _words),
    *(_numbers, _tens, _codes, _operators),
)
