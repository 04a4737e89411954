"""The catalogue made ready for use: one for entry, checks, aggregation and boards, kept in the process.

Whoever changes the catalogue renews `CatalogueVersion` in the same transaction. That one row is asked for each time, so
a change in one process is seen by all others at their next request.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain, groupby
from typing import NamedTuple

from sectors.calculation.evaluation import Definition, definitions, is_beyond
from sectors.calculation.formulas import NOW, Formula, Name
from sectors.calculation.periods import PeriodKey
from sectors.calculation.units import Units
from sectors.catalogue.asked import asked
from sectors.catalogue.compiled_words import Words
from sectors.catalogue.open_tables import OpenTable, of_indicators
from sectors.models import (
    Breakdown,
    FormerFrequency,
    Indicator,
    Rule,
    Sector,
    SeverityChange,
    Sheet,
    Submission,
    Unit,
)
from sectors.sql.catalogue import catalogue_version
from sectors.vocabulary import PERIODS_A_YEAR


@dataclass(frozen=True)
class CompiledBreakdown:
    """One way to split a total, with its parts in their order."""

    total: Indicator
    name: str
    position: int
    exhaustive: bool
    parts: Sequence[Indicator]


class Entered(NamedTuple):
    """What adding up needs of an entered indicator."""

    sheet: int
    accumulation: str
    is_percent: bool


class CompiledCatalogue:
    """One state of the catalogue. All of it is read at once; what is worked out later is worked out from that.

    It is shared by all requests, and so are the rows in it: they are read, never changed. Indicators stand in the order
    of the report, each with `unit`, `table`, `sheet`, sector and chapter.
    """

    def __init__(self) -> None:
        # Of what many of them share there is one of each instead of one a row.
        rows = Indicator.objects.in_report_order().prefetch_related("unit", "table", "sheet__sector__chapter")
        self.indicators: Sequence[Indicator] = tuple(rows)
        self.by_code = {row.code: row for row in self.indicators}
        self.codes = {row.pk: row.code for row in self.indicators}
        self.sheet_of = {row.code: row.sheet_id for row in self.indicators}
        self.sheets = {sheet.pk: sheet for sheet in Sheet.objects.select_related("sector__chapter")}
        # Of sheets that once were reported otherwise: until which years and how often, in their order.
        self.former_frequencies = self._former_frequencies()
        self.sectors = {sector.code: sector for sector in Sector.objects.select_related("chapter", "region")}
        self.units: Units = Unit.objects.by_name()
        self.parts: Mapping[str, Sequence[str]] = Breakdown.objects.part_codes()
        self.breakdowns = tuple(self._breakdowns())
        self.rules: Sequence[Rule] = tuple(Rule.objects.filter(is_on=True))
        self.words = Words()  # that records of the registry are filled with
        # By region, what its office made of the severities of checks: by kind and code of a written rule.
        self.severities = self._severities()
        # Asked for again and again, for a few sheets, days and years.
        self.sheet, self.valid_on, self.by_sector = cache(self._sheet), cache(self._valid_on), cache(self._by_sector)
        self.valid_codes = cache(self._valid_codes)
        self.frequency = cache(self._frequency)
        self.own_periods, self.expected_periods = cache(self._own_periods), cache(self._expected_periods)
        self.irregular = cache(self._irregular)
        self.required_cells, self.entered_for = cache(self._required_cells), cache(self._entered_for)

    def _breakdowns(self) -> Iterable[CompiledBreakdown]:
        by_key = {row.pk: row for row in self.indicators}
        for row in Breakdown.objects.prefetch_related("memberships"):
            parts = [by_key[part.indicator_id] for part in row.memberships.all()]
            yield CompiledBreakdown(by_key[row.total_id], row.name, row.position, row.exhaustive, parts)

    @staticmethod
    def _former_frequencies() -> Mapping[int, Sequence[tuple[int, str]]]:
        found: dict[int, list[tuple[int, str]]] = {}
        for row in FormerFrequency.objects.order_by("until"):
            found.setdefault(row.sheet_id, []).append((row.until, row.frequency))
        return found

    @staticmethod
    def _severities() -> Mapping[int, Mapping[tuple[str, str], str]]:
        found: dict[int, dict[tuple[str, str], str]] = {}
        for (region, kind, rule), change in SeverityChange.objects.in_force().items():
            found.setdefault(region, {})[kind, rule] = change.new
        return found

    # What formulas read

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """Scale and formula of every indicator."""
        rows = [(row.code, row.unit.scale, row.formula) for row in self.indicators]
        return definitions(rows, self.parts, self.units)

    def formula(self, code: str) -> Formula | None:
        definition = self.definitions.get(code)
        return definition.formula if definition else None

    def with_inputs(self, codes: Iterable[str]) -> set[str]:
        """The codes and all that their formulas read, directly or through another."""
        return _closure(codes, self._inputs)

    def with_dependents(self, codes: Iterable[str]) -> set[str]:
        """The codes and all whose formulas read one of them, directly or through another."""
        return _closure(codes, lambda code: self._dependents.get(code, ()))

    def with_totals(self, codes: Iterable[str]) -> set[str]:
        """The codes and all totals that they are parts of (其中 as well), directly or through another."""
        return _closure(codes, lambda code: self._totals.get(code, ()))

    @cached_property
    def _totals(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for breakdown in self.breakdowns:
            for part in breakdown.parts:
                found.setdefault(part.code, []).append(breakdown.total.code)
        return found

    def _entered_for(self, code: str) -> Sequence[str]:
        """Codes of the figures of the same time that a value comes from in the end; its own, if it is entered."""
        formula = self.formula(code)
        if formula is None:
            return (code,)
        return tuple({entered for name, back in formula.names if not back for entered in self.entered_for(name)})

    def _inputs(self, code: str) -> Collection[str]:
        formula = self.formula(code)
        return formula.codes if formula else ()

    @cached_property
    def _dependents(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for code in self.definitions:
            for name in self._inputs(code):
                found.setdefault(name, []).append(code)
        return found

    # Days and years

    def of_year(self, year: int) -> Sequence[Indicator]:
        """Those that are valid at its end, and their sheets too."""
        return self.valid_on(datetime.date(year, 12, 31))

    def _valid_on(self, day: datetime.date) -> Sequence[Indicator]:
        """Those that are valid on the day, and their sheets too."""
        return tuple(row for row in self.indicators if row.valid_on(day) and self.sheets[row.sheet_id].valid_on(day))

    def of_region(self, year: int, region: int | None) -> Sequence[Indicator]:
        """Those of a year that are shared, and the region's own; not those of regions in it, which the others lack."""
        return tuple(row for row in self.of_year(year) if row.sheet.is_reported_in(region))

    def sectors_of(self, region: int | None) -> Mapping[str, Sector]:
        """By code, those that are shared and the region's own."""
        return {code: sector for code, sector in self.sectors.items() if sector.region_id in (None, region)}

    def _by_sector(self, year: int, region: int) -> Mapping[Sector, Sequence[Indicator]]:
        """Those of a region's year by their sectors."""
        rows = groupby(self.of_region(year, region), key=lambda row: row.sheet.sector)
        return {sector: tuple(members) for sector, members in rows}

    # Periods

    def _frequency(self, sheet: int, year: int) -> str:
        """How often a sheet is reported in a year."""
        former = (frequency for until, frequency in self.former_frequencies.get(sheet, ()) if year <= until)
        return next(former, self.sheets[sheet].frequency)

    def _own_periods(self, sheet: int, year: int) -> Sequence[PeriodKey]:
        """The periods of a year that a sheet is reported for, in their order: those at whose end it is valid."""
        kind, row = self.frequency(sheet, year), self.sheets[sheet]
        periods = (PeriodKey(year, kind, number) for number in range(1, PERIODS_A_YEAR[kind] + 1))
        return tuple(period for period in periods if row.valid_on(period.last_day))

    def is_own_period(self, sheet: int, period: PeriodKey) -> bool:
        """Whether a sheet is reported for a period, or was."""
        return period in self.own_periods(sheet, period.year)

    def following_period(self, sheet: int, period: PeriodKey) -> PeriodKey | None:
        """The next one that a sheet is reported for, if there is one until the end of the following year."""
        coming = chain(self.own_periods(sheet, period.year), self.own_periods(sheet, period.year + 1))
        return next((key for key in coming if key > period), None)

    def _expected_periods(self, code: str, year: int) -> Sequence[PeriodKey]:
        """Those for which an indicator is reported: at whose end both it and its sheet are valid."""
        row = self.by_code[code]
        return tuple(period for period in self.own_periods(row.sheet_id, year) if row.valid_on(period.last_day))

    def _irregular(self, year: int) -> frozenset[str]:
        """Codes that are not expected for all periods that the present frequency of their sheets makes of a year."""
        return frozenset(row.code for row in self.indicators if not self._is_regular(row, year))

    def _is_regular(self, row: Indicator, year: int) -> bool:
        kind, expected = self.sheets[row.sheet_id].frequency, self.expected_periods(row.code, year)
        return len(expected) == PERIODS_A_YEAR[kind] and all(period.kind == kind for period in expected)

    def _valid_codes(self, day: datetime.date) -> frozenset[str]:
        """Codes of the indicators that are valid on the day, and their sheets too."""
        return frozenset(row.code for row in self.valid_on(day))

    # Sheets

    def _sheet(self, sheet: int, day: datetime.date) -> CompiledSheet:
        """As it is filled in a period that ends on the day; nothing of it, if it is not valid then."""
        rows = self._by_sheet.get(sheet, ()) if self.sheets[sheet].valid_on(day) else ()
        return CompiledSheet(self, [row for row in rows if row.valid_on(day)])

    def to_enter(self, sheet: int, day: datetime.date) -> Sequence[Indicator]:
        """The cells of a sheet in such a period, none where the sheet is not valid then. `scopes.to_enter` says the
        same to the database."""
        return tuple(self.sheet(sheet, day).entered.values())

    def _required_cells(self, sheet: int, day: datetime.date) -> int:
        """How many of them must be filled."""
        return sum(row.required for row in self.to_enter(sheet, day))

    @cached_property
    def entered(self) -> Mapping[str, Entered]:
        """By code of the indicators that are entered and not computed."""
        rows = (row for row in self.indicators if not row.formula)
        return {row.code: Entered(row.sheet_id, str(row.accumulation), row.unit.is_percent) for row in rows}

    @cached_property
    def counted_sheets(self) -> frozenset[int]:
        """Those with cells that a registry counts."""
        return frozenset(row.sheet_id for row in self.indicators if row.counted)

    @cached_property
    def _by_sheet(self) -> Mapping[int, Sequence[Indicator]]:
        found: dict[int, list[Indicator]] = {}
        for row in self.indicators:
            found.setdefault(row.sheet_id, []).append(row)
        return found


def _closure(codes: Iterable[str], following: Callable[[str], Collection[str]]) -> set[str]:
    found: set[str] = set()
    waiting = set(codes)
    while waiting:
        found |= waiting
        waiting = {name for code in waiting for name in following(code)} - found
    return found


@dataclass(frozen=True)
class CompiledSheet:
    """Indicators of a sheet that are valid on a day, in their order."""

    catalogue: CompiledCatalogue
    indicators: Sequence[Indicator]

    @cached_property
    def entered(self) -> Mapping[str, Indicator]:
        """Those that are typed in, by code."""
        return {indicator.code: indicator for indicator in self.indicators if not indicator.is_computed}

    @cached_property
    def open_tables(self) -> Sequence[OpenTable]:
        """Those to which the department adds rows."""
        return of_indicators(self.indicators, self.catalogue.units)

    @cached_property
    def open_table_of(self) -> Mapping[str, OpenTable]:
        """By the codes of the figures that are made of their rows."""
        return {total.code: table for table in self.open_tables for total in table.totals}

    @cached_property
    def digest(self) -> str:
        """Tells whether its cells still ask for the same, and are computed by the same formulas."""
        texts = [f"{row.code} {asked(row)} {row.formula}{row.of_rows}" for row in self.indicators]
        texts += [f"{open.code} {asked(column)}" for open in self.open_tables for column in open.columns]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]

    @cached_property
    def moments(self) -> Collection[int]:
        """Those that its values read, directly or through another."""
        found, waiting = set[Name](), {(indicator.code, NOW) for indicator in self.indicators}
        while waiting:
            found |= waiting
            waiting = {name for code, moment in waiting for name in self._read(code, moment)} - found
        return sorted({moment for _code, moment in found})

    def _read(self, code: str, moment: int) -> Iterable[Name]:
        formula = self.catalogue.formula(code)
        names = [(other, moment + more) for other, more in formula.names] if formula else []
        return [name for name in names if not is_beyond(name[1])]

    def following(self, codes: Iterable[str]) -> list[Indicator]:
        """Those with one of the codes, and those whose formulas read one of them, directly or through another."""
        wanted = self.catalogue.with_dependents(codes) & self._places.keys()
        return [self.indicators[place] for place in sorted(self._places[code] for code in wanted)]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {indicator.code: place for place, indicator in enumerate(self.indicators)}


def catalogue(version: uuid.UUID | None = None) -> CompiledCatalogue:
    """The catalogue as it is now; `version` is the one of now where it has been read already, else it is asked for."""
    # Read before what it stands for: of a change in between there may be something under the old version, which is not
    # asked for again, and nothing old under the new one.
    version = version or catalogue_version()
    return _compiled(version) if version else CompiledCatalogue()


def sheet_of(submission: Submission) -> CompiledSheet:
    """The sheet of a submission in its period (`period` fetched, else it costs a query).

    An object stays with the catalogue that was asked for first, so that a cell and what follows from it agree.
    """
    submission.catalogue_version = submission.catalogue_version or catalogue_version()
    return catalogue(submission.catalogue_version).sheet(submission.sheet_id, submission.period.last_day)


@lru_cache(maxsize=1)
def _compiled(_version: uuid.UUID) -> CompiledCatalogue:
    """`_version` tells one state of the catalogue from another; nothing is read from it."""
    return CompiledCatalogue()
