"""What a sheet is made of, as entry and grid want it: kept in the process for as long as the catalogue stays as it is.

`Sheet.edition` changes whenever a catalogue is loaded, so no process goes on with an old plan.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from sectors.calculation.evaluation import Definition, definitions
from sectors.models import Breakdown, Indicator, Submission

KEPT = 256  # plans: sheets times periods that are being worked on

# Key, code, scale of the unit, formula and accumulation of an indicator.
Row = tuple[int, str, Decimal, str, str]


@dataclass(frozen=True)
class Plan:
    """Indicators of a sheet that are valid on a day, in their order, with `unit` and `table`; not to be changed.

    Keys, definitions and accumulations are also those of all that their formulas name, whatever the sheet.
    """

    indicators: list[Indicator]
    keys: dict[str, int]
    definitions: dict[str, Definition]
    accumulations: dict[str, str]

    @cached_property
    def entered(self) -> dict[str, Indicator]:
        """Those that are typed in, by code."""
        return {indicator.code: indicator for indicator in self.indicators if not indicator.is_computed}

    @cached_property
    def looks_back(self) -> bool:
        """Whether a formula reads a value of the year before."""
        formulas = [definition.formula for definition in self.definitions.values() if definition.formula]
        return any(moment for formula in formulas for _name, moment in formula.names)

    def following(self, codes: Collection[str]) -> list[Indicator]:
        """Those with one of the codes, and those whose formulas read one of them, directly or through another."""
        found: set[str] = set()
        waiting = set(codes)
        while waiting:
            found |= waiting
            waiting = {reader for code in waiting for reader in self._readers.get(code, ())} - found
        return [indicator for _place, indicator in sorted(self._places[code] for code in found & self._places.keys())]

    def read_by(self, indicators: Iterable[Indicator]) -> set[str]:
        """Codes of the indicators and of all that their formulas read."""
        found: set[str] = set()
        waiting = {indicator.code for indicator in indicators}
        while waiting:
            found |= waiting
            waiting = {name for code in waiting for name in self._named(code)} - found
        return found

    @cached_property
    def _places(self) -> dict[str, tuple[int, Indicator]]:
        return {indicator.code: (place, indicator) for place, indicator in enumerate(self.indicators)}

    @cached_property
    def _readers(self) -> dict[str, list[str]]:
        """Computed indicators of the sheet by each code that their formulas name."""
        found: dict[str, list[str]] = {}
        for code in self._places:
            for name in self._named(code):
                found.setdefault(name, []).append(code)
        return found

    def _named(self, code: str) -> frozenset[str]:
        definition = self.definitions.get(code)
        return definition.formula.codes if definition and definition.formula else frozenset()


def plan_of(submission: Submission) -> Plan:
    """The plan of a submission's sheet in its period (`sheet` and `period` fetched, else they cost a query)."""
    return _plan(submission.sheet_id, submission.period.last_day, submission.sheet.edition)


@lru_cache(maxsize=KEPT)
def _plan(sheet: int, day: datetime.date, _edition: uuid.UUID) -> Plan:
    rows = Indicator.objects.filter(sheet=sheet).valid_on(day).order_by("table__position", "row", "column")
    # A sheet has few units and tables: one of each instead of one a row.
    indicators = list(rows.prefetch_related("unit", "table"))
    keys: dict[str, int] = {}
    found: dict[str, Definition] = {}
    accumulations: dict[str, str] = {}
    waiting: list[Row] = [(i.pk, i.code, i.unit.scale, i.formula, i.accumulation) for i in indicators]
    while waiting:
        found |= _defined(waiting)
        for key, code, _scale, _formula, accumulation in waiting:
            keys[code], accumulations[code] = key, accumulation
        named = {code for definition in found.values() if definition.formula for code in definition.formula.codes}
        # Nothing to look for makes no query.
        others = Indicator.objects.filter(code__in=named - found.keys())
        waiting = list(others.values_list("pk", "code", "unit__scale", "formula", "accumulation"))
    return Plan(indicators, keys, found, accumulations)


def _defined(rows: list[Row]) -> dict[str, Definition]:
    """Breakdowns are read only where a formula adds one up."""
    adds_up = any("parts(" in formula for _key, _code, _scale, formula, _accumulation in rows)
    parts = Breakdown.objects.part_codes() if adds_up else {}
    return definitions([(code, scale, formula) for _key, code, scale, formula, _accumulation in rows], parts)
