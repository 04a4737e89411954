"""What the styles of an .xlsx file say of its cells and texts: formats of numbers, and what is raised or struck out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sectors.spreadsheets.number_formats import BUILT_IN, GENERAL
from sectors.spreadsheets.worksheet import Mark

RAISED = ("superscript", "subscript")
OFF = ("0", "false", "none")


def number_formats(styles: Any) -> list[str]:
    """The format of each cell style, in their order."""
    own = {number.get("numFmtId"): number.get("formatCode", "") for number in styles.iterfind("{*}numFmts/{*}numFmt")}
    known = {str(number): code for number, code in BUILT_IN.items()} | own
    return [known.get(xf.get("numFmtId"), GENERAL) for xf in _cell_styles(styles)]


def marks(styles: Any) -> dict[str, Mark]:
    """The cell styles, by their number, whose font is raised or struck out."""
    fonts = [mark_of_font(font) for font in styles.iterfind("{*}fonts/{*}font")]
    found = {}
    for number, xf in enumerate(_cell_styles(styles)):
        font = int(xf.get("fontId") or 0)
        mark = fonts[font] if font < len(fonts) else None
        if mark:
            found[str(number)] = mark
    return found


def mark_of_text(text: Any) -> Mark | None:
    """Of a text with several fonts: that of the first run that is raised or struck out."""
    for run in text.iterfind("{*}r"):
        properties = run.find("{*}rPr")
        if properties is not None and "".join(run.itertext()).strip() and (mark := mark_of_font(properties)):
            return mark
    return None


def mark_of_font(font: Any) -> Mark | None:
    for child in font.iterchildren("*"):
        name, value = child.tag.rpartition("}")[2], child.get("val", "")
        if name == "vertAlign" and value in RAISED:
            return Mark.RAISED
        if name == "strike" and value not in OFF:
            return Mark.STRUCK
    return None


def _cell_styles(styles: Any) -> Iterable[Any]:
    found: Iterable[Any] = styles.iterfind("{*}cellXfs/{*}xf")
    return found
