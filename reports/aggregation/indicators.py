"""The indicators as aggregation and boards read them, kept in the process as long as the catalogue stays as it is.

Any process may load a catalogue, so its stamp is compared each time: that is one short query.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import groupby

from sectors.calculation.evaluation import definitions
from sectors.models import Breakdown, Indicator, Sector, Sheet
from sectors.sql.catalogue import catalogue_stamp


class Indicators:
    """All indicators in the order of the report, each with `unit`, `table`, `sheet`, sector and chapter; not to be
    changed."""

    def __init__(self) -> None:
        # Of what many of them share there is one of each instead of one a row.
        self.rows = list(
            Indicator.objects.in_report_order().prefetch_related("unit", "table", "sheet__sector__chapter")
        )
        self.codes = {row.pk: row.code for row in self.rows}
        self.sheet_of = {row.code: row.sheet_id for row in self.rows}
        self.by_code = {row.code: row for row in self.rows}
        self.sheets = {sheet.pk: sheet for sheet in Sheet.objects.select_related("sector__chapter")}
        formulas = ((row.code, row.unit.scale, row.formula) for row in self.rows)
        self.definitions = definitions(formulas, Breakdown.objects.part_codes())
        self.breakdowns: dict[int, list[Breakdown]] = {}  # by their total, each with its parts
        for breakdown in Breakdown.objects.order_by("position").prefetch_related("parts"):
            self.breakdowns.setdefault(breakdown.total_id, []).append(breakdown)
        self.sectors = {sector.code: sector for sector in Sector.objects.select_related("chapter")}
        # Asked for again and again, for a few years and sheets.
        self.of_year, self.by_sector, self.keys = cache(self._of_year), cache(self._by_sector), cache(self._keys)
        self.required, self.entered = cache(self._required), cache(self._entered)

    def _of_year(self, year: int) -> Sequence[Indicator]:
        """Those that are valid at its end."""
        day = datetime.date(year, 12, 31)
        return tuple(row for row in self.rows if row.valid_on(day))

    def _by_sector(self, year: int) -> Mapping[Sector, Sequence[Indicator]]:
        rows = groupby(self.of_year(year), key=lambda row: row.sheet.sector)
        return {sector: tuple(members) for sector, members in rows}

    def _keys(self, year: int) -> Sequence[Indicator]:
        """Key indicators and pass rates of sectors."""
        return tuple(row for row in self.of_year(year) if row.is_key or row.is_pass_rate)

    def read_by(self, indicators: Iterable[Indicator]) -> list[Indicator]:
        """The indicators and all that their formulas read."""
        found: set[str] = set()
        waiting = {indicator.code for indicator in indicators}
        while waiting:
            found |= waiting
            named = (self.definitions[code].formula for code in waiting if code in self.definitions)
            waiting = {code for formula in named if formula for code in formula.codes} - found
        return [self.by_code[code] for code in found if code in self.by_code]

    def _entered(self, code: str) -> Sequence[str]:
        """Codes of the figures of the same time that a value comes from in the end; its own, if it is entered."""
        formula = self.definitions[code].formula if code in self.definitions else None
        if formula is None:
            return (code,)
        return tuple({entered for name, back in formula.names if not back for entered in self.entered(name)})

    def _required(self, sheet: int, day: datetime.date) -> int:
        """How many cells of a sheet must be filled in a period that ends on the day."""
        return sum(row.valid_on(day) for row in self._must_be_filled.get(sheet, ()))

    @cached_property
    def _must_be_filled(self) -> dict[int, list[Indicator]]:
        found: dict[int, list[Indicator]] = {}
        for row in self.rows:
            if row.required and not row.is_computed:
                found.setdefault(row.sheet_id, []).append(row)
        return found


def known() -> Indicators:
    return _known(catalogue_stamp())


@lru_cache(maxsize=2)
def _known(_stamp: str) -> Indicators:
    """`_stamp` tells one state of the catalogue from another; nothing is read from it."""
    return Indicators()
