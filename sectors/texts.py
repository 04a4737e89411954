"""Typed text."""

from __future__ import annotations

import re
import unicodedata
from typing import TypeVar

from django.utils.translation import gettext as _

# What no keyboard types: the control characters but tab and line ends, halves of a pair (surrogates), and what is no
# character at all. PostgreSQL refuses NUL, UTF-8 the halves, and neither Word nor Excel can hold the rest.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What nobody sees: zero-width blanks, marks of direction and of byte order. Joiners stay, since some scripts need them;
# numbers and days need none (`sectors.calculation.numerals`).
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
JOINERS = re.compile("[\u034f\u200c\u200d\ufe00-\ufe0f]")
MOST_DIGITS = 18
LONGEST_TEXT = 32_767  # characters of an answer: a cell of a spreadsheet holds no more
LONGEST_REASON = 1000  # characters of what is said to a step
LONGEST_SEARCH = 100  # characters of what is looked for; SQLite looks for no long text
T = TypeVar("T")


def readable(text: str) -> str:
    """As it was typed, without what nobody can have typed."""
    return UNREADABLE.sub("", text)


def visible(text: str) -> str:
    """Text of a file without what nobody can have typed or can see: two names that look alike are the same."""
    return INVISIBLE.sub("", readable(text))


def folded(text: str) -> str:
    """The same for texts that differ only in capitals or in the width of their characters."""
    return unicodedata.normalize("NFKC", text).casefold()


def all_readable(found: T) -> T:
    """Data from JSON or YAML, each text of it readable, those of keys too."""
    if isinstance(found, str):
        return readable(found)  # type: ignore[return-value]
    if isinstance(found, dict):
        return {all_readable(key): all_readable(value) for key, value in found.items()}  # type: ignore[return-value]
    return [all_readable(value) for value in found] if isinstance(found, list) else found  # type: ignore[return-value]


def whole_number(text: str, otherwise: int = 0) -> int:
    """The number that an address or a form names, in digits 0 to 9; `otherwise` for anything else, and for one that is
    larger than a key of a database."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else otherwise


def too_long(text: str, most: int) -> str:
    """Why a text is not taken; empty where it fits."""
    message = _("These are %(have)d characters; at most %(most)d fit.") % {"have": len(text), "most": most}
    return message if len(text) > most else ""


def plain(text: str) -> str:
    """As it is stored: readable, without blanks around it, with the line ends that a browser's field gives back."""
    return readable(text).replace("\r\n", "\n").strip()
