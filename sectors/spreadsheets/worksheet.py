"""A worksheet of a file that somebody sent, with what its values alone do not tell. Pure: no database."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, field
from enum import Enum

from django.utils.translation import gettext as _

from sectors.calculation import numerals
from sectors.spreadsheets.number_formats import GENERAL, Shown, shown
from sectors.spreadsheets.positions import Position

Value = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta
PICTURES = ("DISPIMG(", "IMAGE(")  # formulas of WPS and Excel that show a picture in a cell


class Mark(Enum):
    """What a cell shows beside its value."""

    RAISED = "raised"
    STRUCK = "struck"
    PICTURE = "picture"


@dataclass(frozen=True)
class Details:
    """What a reader of values does not tell of a worksheet, by place; `formats` are those of numbers, but for the
    general one."""

    errors: dict[Position, str] = field(default_factory=dict)
    uncomputed: set[Position] = field(default_factory=set)  # formulas without a value
    formats: dict[Position, str] = field(default_factory=dict)
    marks: dict[Position, Mark] = field(default_factory=dict)


@dataclass(frozen=True)
class Worksheet:
    """Cells by row and column from 0."""

    name: str
    rows: list[list[Value]]
    merged: list[tuple[Position, Position]]
    details: Details = field(default_factory=Details)
    is_visible: bool = True

    def value(self, place: Position) -> Value:
        row, column = place
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""

    def shown(self, place: Position, number: float) -> Shown | None:
        """How a cell shows its finite number; None where it shows something else."""
        return shown(numerals.of_spreadsheet(number), self.details.formats.get(place, GENERAL))

    def text(self, place: Position) -> str:
        """What a cell shows."""
        value = self.value(place)
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        found = self.shown(place, value) if is_number else None  # type: ignore[arg-type]
        return self.details.errors.get(place) or (found.text if found else str(value))

    def refusal(self, place: Position) -> str:
        """Why nothing can be read from a cell, whatever it is for; empty where something can."""
        value, mark = self.value(place), self.details.marks.get(place)
        text = value.strip() if isinstance(value, str) else ""
        if error := self.details.errors.get(place) or (
            text if text.startswith("#") and numerals.ERROR.fullmatch(text) else ""
        ):
            return _("Excel shows the error %(error)s here. Mend the formula, or type the value.") % {"error": error}
        if mark is Mark.PICTURE or (text.startswith("=") and is_picture(text)):
            return _("Here is a picture, and pictures are not read. Type the value; attach the picture on the page.")
        if place in self.details.uncomputed:
            return _("The formula has no result in the file. Open it in Excel or WPS, save it, and upload it again.")
        if mark is Mark.RAISED:
            return _(
                "Something stands raised or lowered here (a superscript), and only plain text is read. Type the value "
                "without it."
            )
        if mark is Mark.STRUCK:
            return _("Something is struck out here, and would be read like the rest. Delete it, or type the value.")
        if isinstance(value, float) and not math.isfinite(value):
            return _("Here is no number that can be read. Type the value.")
        return ""


def is_picture(formula: str) -> bool:
    text = formula.lstrip("=+@ ").upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
    return text.startswith(PICTURES)
