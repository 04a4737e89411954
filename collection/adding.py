"""Stations' figures of one indicator together, by its rule. Pure: no database.

Numbers of things and amounts add up, whatever makes their year: each station has its own part of the flow, of the
level, of what counts from January on. A rate adds up to nothing, a mean would have to be weighted by what no file says,
and words are no numbers: those are listed and not taken over. Computed cells are computed of what was added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from sectors.calculation.bounded import Bounds, folded_bounds
from sectors.calculation.cells import POINTS, Cell, interval_of
from sectors.calculation.evaluation import folded
from sectors.vocabulary import Accumulation, FigureState

if TYPE_CHECKING:
    from sectors.models import Indicator

EACH_OF_ITS_OWN = ("/", POINTS)  # in a unit: so much of one for each of another, or a difference of rates


def why_not_added(indicator: Indicator) -> str:
    """Why figures of the indicator (unit fetched) are not added up; empty where they are."""
    if indicator.is_words:
        return _("Words are not added up: read what the stations wrote.")
    unit = indicator.unit
    if unit.is_percent or any(sign in unit.name for sign in EACH_OF_ITS_OWN):
        return _("A rate of stations is not added up: take it from the numbers that it is made of.")
    if indicator.accumulation == Accumulation.AVERAGE:
        return _("A mean of stations would have to be weighted, and nothing says by what: enter it yourself.")
    return ""


def added(indicator: Indicator, cells: Sequence[Cell]) -> Cell:
    """What the figures of stations make: not applicable where it applies to none of them, blank where none has
    answered. Numbers that are not exact make one that is not, as over the periods of a year."""
    numbers = [cell for cell in cells if cell.value is not None]
    if not numbers:
        absent = any(cell.state == FigureState.NOT_APPLICABLE for cell in cells)
        return Cell(FigureState.NOT_APPLICABLE if absent else FigureState.BLANK)
    value = folded(Accumulation.FLOW, [cell.value for cell in numbers if cell.value is not None])
    bounds = folded_bounds(Accumulation.FLOW, (_bounds(indicator, cell) for cell in numbers))
    days = [cell.as_of for cell in numbers if cell.as_of is not None]
    places = max(cell.places for cell in numbers)
    qualifier = bounds.qualifier(value, is_sum=True)
    return Cell(FigureState.NUMBER, value, places, qualifier, min(days, default=None))


def _bounds(indicator: Indicator, cell: Cell) -> Bounds:
    assert cell.value is not None
    return Bounds.of(interval_of(cell.value, cell.places, cell.qualifier, indicator.kind), cell.qualifier, cell.as_of)
