"""Text that a spreadsheet program would take for a formula, made plain text, and back."""

from __future__ import annotations

from django.utils.translation import gettext as _

LONGEST = 32_767  # characters in a cell of a spreadsheet
# A cell that begins with these is computed, where the file is a .csv or is saved as one and opened again; an Excel for
# Chinese reads the full-width signs as the others.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def escape(text: str) -> str:
    """With an apostrophe before it where it could be a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def fitting(text: str) -> str:
    """As much as a cell of a spreadsheet holds; what is cut off is said at its end."""
    if len(text) <= LONGEST:
        return text
    more = _(" … (cut; the .csv file has all of it)")
    return text[: LONGEST - len(more)] + more


def unescape(text: str) -> str:
    """Without the apostrophe that `escape` put before it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text
