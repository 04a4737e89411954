"""Values of a place of which some may be made of figures that are not exact, with what is known of them."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from reports.aggregation.place import Place
from reports.aggregation.values import AnnualValue, Comparison
from sectors.calculation.bounded import Bounds, comparable, overlap


class BoundedPlace(Place):
    """For regions that have such figures; of few it is asked."""

    before: cached_property[BoundedPlace]

    def __missing__(self, code: str) -> AnnualValue:
        found = super().__missing__(code)
        if not self.is_exact(code):
            found = self[code] = self._bounded(code, found)
        return found

    def is_exact(self, code: str) -> bool:
        return not self.fetched.inexact.is_behind(code)

    def reads_exactly(self, code: str) -> bool:
        return self.is_exact(code) or not self.fetched.inexact.is_read(code, self.year, self.one)

    def _bounded(self, code: str, found: AnnualValue) -> AnnualValue:
        """With what is known of a value that may be made of figures that are not exact."""
        bounds, last_bounds = self._bounds(code, found.value, is_declared=found.is_declared), None
        comparison, made = found.comparison, found.made
        if found.last is not None:
            last_bounds = self.before._bounds(code, found.last, is_declared=self.before.made(code).value is None)
        if comparison is not None:
            comparison = self._comparison_of(code, comparison, bounds, last_bounds)
        if made.other is not None and self.fetched.inexact.is_elsewhere(code, made.origin.regions, self.year):
            made = made._replace(other=None)
        declared = None if found.declared is None else self._bounds(code, found.declared, is_declared=True)
        return found._replace(
            made=made, bounds=bounds, last_bounds=last_bounds, comparison=comparison, declared_bounds=declared
        )

    def _bounds(self, code: str, value: Decimal | None, *, is_declared: bool) -> Bounds | None:
        if value is None:
            return None
        if not is_declared:
            return self.fetched.inexact.of_value(code, self.fetched.roots(self.area), self.year, self.one, value)
        declared = self.declared(code)
        return self.fetched.inexact.of_declared(code, declared.region, self.year, self.one) if declared else None

    def _comparison_of(
        self, code: str, comparison: Comparison, bounds: Bounds | None, last_bounds: Bounds | None
    ) -> Comparison | None:
        """None where it is not sure that there is a change, and which."""
        made, last = self.made(code), self.before.made(code)
        if made.value is not None and last.value is not None:
            found = self.fetched.inexact.of_comparison(code, self.fetched.roots(self.area), self.year, self.one)
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
