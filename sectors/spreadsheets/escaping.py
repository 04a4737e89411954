"""Text that a spreadsheet program would take for a formula, made plain text, and back."""

from __future__ import annotations

# A cell that begins with these is computed, where the file is a .csv or is saved as one and opened again; an Excel for
# Chinese reads the full-width signs as the others.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def escape(text: str) -> str:
    """With an apostrophe before it where it could be a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def unescape(text: str) -> str:
    """Without the apostrophe that `escape` put before it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text
