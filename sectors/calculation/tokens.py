"""Codes, numbers with units and signs of the expression language; an expression as a person reads it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)+")
ONE_CODE = CODE.pattern.replace("(", "(?:")
_NUMBER = r"(?>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
_UNIT = r"(?:[^\W\d_]|[%‰°℃])+"
# A number with its unit. A unit ends before what would make a code, a number or a call of it.
LITERAL = re.compile(rf"(?<![\w.])({_NUMBER}) *({_UNIT}(?:/{_UNIT})*)(?![\w.(])")
WORD = re.compile(
    rf"(parts|last_year|previous|year_to_date)\(\s*({ONE_CODE})\s*\)|({ONE_CODE})|({LITERAL.pattern})|([-*/])"
)
SIGNS = {"*": "×", "/": "÷", "-": "−"}
DOT = "X"  # stands for the dots of a code while Python parses; codes have no capitals
VALUE = "U"  # and that, as often as it has characters, for a number with its unit


def codes_in(text: str) -> list[str]:
    """The codes of an expression, right or wrong, as they stand in it."""
    return [found[0] for found in CODE.finditer(text)]


def in_words(text: str, names: Mapping[str, str]) -> str:
    """An expression as a person reads it: names instead of codes, and the signs of arithmetic."""

    def word(found: re.Match[str]) -> str:
        call, inner, code, literal, _number, _unit, sign = found.groups()
        if literal or sign:
            return str(literal or SIGNS[sign])
        name = names.get(inner or code, inner or code)
        words = {
            "parts": _("sum of the parts of %(name)s"),
            "last_year": _("%(name)s of the year before"),
            "previous": _("%(name)s of the period before"),
            "year_to_date": _("%(name)s since the start of the year"),
        }
        return words[call] % {"name": name} if call else name

    return WORD.sub(word, text)
