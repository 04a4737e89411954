"""What is printed of a figure, and between which values it may lie. Pure.

A printed figure may be rounded, so it stands for anything within half a unit of its last digit; whole counts
are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sectors.calculation.cells import Cell, Kind, formatted, interval_of, unit_behind
from sectors.calculation.formulas import ZERO
from sectors.calculation.qualifiers import Interval, written
from sectors.checks.specs import IndicatorSpec
from sectors.vocabulary import Qualifier

HALF = Decimal("0.5")

# A value in its own unit with the decimals it was given; None for "not applicable".
Point = tuple[Decimal | None, int]
Points = Mapping[str, Mapping[int, Point]]
# By code and time, how far rounding may put off a value that several figures make, in its own unit.
Tolerances = Mapping[str, Mapping[int, Decimal]]


class Inexact(NamedTuple):
    """Between which values a figure lies that is not exact, in its own unit, and how it is written."""

    low: Decimal
    high: Decimal
    written: str
    qualifier: str = Qualifier.EXACT

    @classmethod
    def of(cls, interval: Interval, text: str, qualifier: str) -> Inexact:
        low, high = (max(-MOST, min(MOST, end)) for end in interval)
        return cls(low, high, text, qualifier)

    @classmethod
    def of_cell(cls, cell: Cell, kind: Kind) -> Inexact:
        assert cell.value is not None
        return cls.of(interval_of(cell.value, cell.places, cell.qualifier, kind), cell.stored, cell.qualifier)


# By code and time, those that are not exact. What has no end ends where no figure can lie any more.
InexactFigures = Mapping[str, Mapping[int, Inexact]]
MOST = Decimal(10) ** 15


@dataclass(slots=True)
class ReportedFigure:
    """A reported figure: its value in its own unit, and the decimals it was given."""

    indicator: IndicatorSpec
    value: Decimal
    places: int
    off: Decimal | None = None  # by how much rounding may put it off, where several figures make it
    inexact: Inexact | None = None

    @property
    def low(self) -> Decimal:
        return self.inexact.low if self.inexact else self.value

    @property
    def high(self) -> Decimal:
        return self.inexact.high if self.inexact else self.value

    @property
    def tolerance(self) -> Decimal:
        """In base units."""
        if self.inexact is not None:
            return max(self.value - self.low, self.high - self.value) * self.indicator.scale
        if self.indicator.exact:
            return ZERO
        return (half(self.places) if self.off is None else self.off) * self.indicator.scale

    @property
    def text(self) -> str:
        return self.inexact.written if self.inexact else formatted(self.value, self.places)

    @property
    def text_with_unit(self) -> str:
        """With the decimals that it was given."""
        qualifier = self.inexact.qualifier if self.inexact else Qualifier.EXACT
        return written(formatted(self.value, self.places), qualifier, unit_behind(self.indicator.unit))

    @property
    def shown(self) -> str:
        """With its unit, as a person reads it."""
        return self.text_with_unit if self.inexact else self.indicator.shown(self.value)


def half(places: int) -> Decimal:
    """Half a unit of the last digit."""
    return HALF.scaleb(-places)
