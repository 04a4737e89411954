"""Open rows behind the figures of a year: which they are, of which regions, and whether they are all there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sectors.calculation.cells import Cell, with_unit
from sectors.calculation.words import said
from sectors.catalogue import compiled
from sectors.catalogue.open_tables import OpenTable, cell_of
from sectors.models import Indicator, OpenRow, Region, Submission
from sectors.sql.regions import regions_within
from sectors.vocabulary import FigureState, RowsOfYear, SubmissionStatus


@dataclass(frozen=True)
class YearRow:
    """A row of an accepted submission (`region` and `period` fetched)."""

    submission: Submission
    key: str
    cells: Mapping[str, Cell]

    def code(self, total: Indicator, column: Indicator) -> str:
        """Of a number that is printed: what it is part of, then the row and its column."""
        return f"{total.code}/{self.key}/{column.code}"

    def printed(self, column: Indicator) -> str:
        """As a report says it, with its unit; empty where there is nothing, or it does not apply."""
        cell = self.cells[column.code]
        if cell.state == FigureState.NUMBER:
            return with_unit(cell.stored, column.unit.name)
        return said(cell.words, column.value_kind)


@dataclass(frozen=True)
class YearRows:
    """The rows of an open table in a year, in the order of regions and periods. They are not whole where a period was
    reported without rows, or the year's figures rest on less than these do."""

    table: OpenTable
    rows: Sequence[YearRow]
    is_whole: bool

    @property
    def has_regions(self) -> bool:
        return len({row.submission.region_id for row in self.rows}) > 1


def of_year(region: Region, year: int) -> dict[int, YearRows]:
    """By the key of the table, for a region with all regions in it; tables without rows are left out. Two queries,
    none where the catalogue has no open table."""
    catalogue = compiled.catalogue()
    sheets = {row.sheet_id for row in catalogue.indicators if row.of_rows}
    if not sheets:
        return {}
    accepted = Submission.objects.filter(
        region__in=regions_within(region), sheet__in=sheets, period__year=year, status=SubmissionStatus.ACCEPTED
    )
    by_place: dict[tuple[int, int], list[Submission]] = defaultdict(list)
    for one in accepted.select_related("region", "period").order_by("region__code"):
        by_place[one.sheet_id, one.region_id].append(one)
    rows: dict[tuple[int, int], list[OpenRow]] = defaultdict(list)
    for row in OpenRow.objects.filter(submission__in=accepted).order_by("position", "pk"):
        rows[row.submission_id, row.table_id].append(row)
    found: dict[int, tuple[OpenTable, list[YearRow], list[bool]]] = {}
    for (sheet, _region), submissions in by_place.items():
        own = [one for one in submissions if catalogue.is_own_period(sheet, one.period.key)] or submissions
        own.sort(key=lambda one: one.period.last_day)
        for table in catalogue.sheet(sheet, own[-1].period.last_day).open_tables:
            chosen = own[-1:] if table.table.rows_of_year == RowsOfYear.LAST else own
            _table, listed, whole = found.setdefault(table.table.pk, (table, [], []))
            for one in chosen:
                of_period = rows[one.pk, table.table.pk]
                listed += _rows(table, one, of_period)
                whole.append(bool(of_period) or not _has_totals(one, table))
    return {
        key: YearRows(table, listed, is_whole=all(whole)) for key, (table, listed, whole) in found.items() if listed
    }


def _rows(table: OpenTable, submission: Submission, rows: Sequence[OpenRow]) -> Iterator[YearRow]:
    for row in rows:
        cells = {column.code: cell_of(column, row.cells.get(column.code, "")) for column in table.columns}
        yield YearRow(submission, row.key.hex[:12], cells)


def _has_totals(submission: Submission, table: OpenTable) -> bool:
    """Whether there is something to be listed in a period without rows: of which a figure is typed, and not 0."""
    figures = submission.figures.filter(indicator__in=table.totals, state=FigureState.NUMBER)
    return figures.exclude(value=0).exists()
