"""What is known of the value of a place that may be made of figures that are not exact."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from reports.aggregation.values import AnnualValue, Comparison
from sectors.calculation.bounded import Bounds, comparable, overlap

if TYPE_CHECKING:
    from reports.aggregation.place import Place


def bounded(place: Place, code: str, found: AnnualValue) -> AnnualValue:
    """With what is known of a value that may be made of figures that are not exact."""
    bounds, last_bounds = _bounds(place, code, found.value, is_declared=found.source == "declared"), None
    comparison, other = found.comparison, found.other
    if found.last is not None:
        last_bounds = _bounds(place.before, code, found.last, is_declared=place.before.made(code).value is None)
    if comparison is not None:
        comparison = _comparison_of(place, code, comparison, bounds, last_bounds)
    if other is not None and place.fetched.inexact.is_elsewhere(code, place.made(code).regions, place.year):
        other = None
    declared = None if found.declared is None else _bounds(place, code, found.declared, is_declared=True)
    return found._replace(
        bounds=bounds, last_bounds=last_bounds, comparison=comparison, other=other, declared_bounds=declared
    )


def _bounds(place: Place, code: str, value: Decimal | None, *, is_declared: bool) -> Bounds | None:
    if value is None:
        return None
    if not is_declared:
        return place.fetched.inexact.of_value(code, place.fetched.roots(place.area), place.year, place.one, value)
    declared = place.declared(code)
    return place.fetched.inexact.of_declared(code, declared.region, place.year, place.one) if declared else None


def _comparison_of(
    place: Place, code: str, comparison: Comparison, bounds: Bounds | None, last_bounds: Bounds | None
) -> Comparison | None:
    """None where it is not sure that there is a change, and which."""
    made, last = place.made(code), place.before.made(code)
    if made.value is not None and last.value is not None:
        found = place.fetched.inexact.of_comparison(code, place.fetched.roots(place.area), place.year, place.one)
        if found is None:
            return comparison
    else:
        found = (
            bounds or Bounds(comparison.now, comparison.now),
            last_bounds or Bounds(comparison.last, comparison.last),
        )
    if not comparable(*found):
        return None
    now, then = (side.interval for side in found)
    if all(low == high for low, high in (now, then)):
        return comparison
    return None if overlap(now, then) else comparison._replace(is_about=True)
