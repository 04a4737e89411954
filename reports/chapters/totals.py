"""Totals and their parts, so that one of them is not told beside the other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from sectors.calculation.tokens import codes_in
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator

Item = TypeVar("Item")


class Totals:
    """Tells totals from their parts: by the breakdowns of the catalogue, and of two computed figures by what they are
    computed from, one by one."""

    def __init__(self, catalogue: CompiledCatalogue) -> None:
        self._catalogue = catalogue

    def covers(self, total: Indicator, part: Indicator) -> bool:
        if total.code != part.code and total.code in self._catalogue.with_totals([part.code]):
            return True
        if not total.formula or not part.formula or total.unit_id != part.unit_id:
            return False
        above, below = codes_in(total.formula), codes_in(part.formula)
        if len(above) != len(below) or above == below:
            return False
        return all(one in self._catalogue.with_totals([of]) for one, of in zip(above, below, strict=True))

    def apart(self, items: Iterable[Item], of: Callable[[Item], Indicator]) -> list[Item]:
        """The items in their order, without one that is a total or a part of one before it."""
        found: list[Item] = []
        for item in items:
            one = of(item)
            if not any(self.covers(one, of(other)) or self.covers(of(other), one) for other in found):
                found.append(item)
        return found

    def without_parts(self, items: Iterable[Item], of: Callable[[Item], Indicator]) -> list[Item]:
        """The items in their order, without the parts of totals that are among them."""
        items = list(items)
        return [item for item in items if not any(self.covers(of(other), of(item)) for other in items)]
