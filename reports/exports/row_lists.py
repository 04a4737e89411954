"""Open rows as a list that is handed out: one row each, with the columns of all tables among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reports.exports.files import ExportColumn, ExportNumber, Listing, Value
from reports.exports.scopes import Scope
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.open_tables import cell_of, columns_of
from sectors.models import Indicator, OpenRow, Table
from sectors.vocabulary import FigureState, SubmissionStatus

CHUNK = 2000
Columns = Mapping[int, Sequence[Indicator]]  # by the key of the table


def rows(scope: Scope) -> Listing:
    found = OpenRow.objects.filter(scope.of_submissions())
    units = catalogue().units
    tables = Table.objects.filter(pk__in=found.order_by().values("table")).select_related("sheet")
    listed = list(tables.order_by("sheet__number", "position"))
    columns = {table.pk: columns_of(table, units) for table in listed}
    heads = [
        ExportColumn(f"{table.name}·{_head(column)}" if len(listed) > 1 else _head(column), 18)
        for table in listed
        for column in columns[table.pk]
    ]
    start = (
        ExportColumn(_("Region code")),
        ExportColumn(_("Region")),
        ExportColumn(_("Department"), 24),
        ExportColumn(_("Sheet number")),
        ExportColumn(_("Sheet"), 30),
        ExportColumn(_("Table"), 20),
        ExportColumn(_("Period")),
        ExportColumn(_("Row"), 34),
        ExportColumn(_("Status"), 10),
        ExportColumn(_("Demonstration data"), 10),
    )
    return Listing(_("Rows of open tables"), (*start, *heads), _rows(found, columns), found.count())


def _head(column: Indicator) -> str:
    return f"{column.name}（{column.unit_text}）" if column.unit_text else column.name


def _rows(found: QuerySet[OpenRow], columns: Columns) -> Iterator[tuple[Value, ...]]:
    statuses = {str(value): str(label) for value, label in SubmissionStatus.choices}
    yes, width = _("yes"), sum(map(len, columns.values()))
    starts, begin = {}, 0
    for key, own in columns.items():
        starts[key] = begin
        begin += len(own)
    related = ("submission__region", "submission__department", "submission__sheet", "submission__period", "table")
    order = ("submission__region__code", "submission__sheet__number", "table__position", "submission__period_id")
    for row in found.select_related(*related).order_by(*order, "position", "pk").iterator(CHUNK):
        of = row.submission
        cells: list[Value] = [None] * width
        for number, column in enumerate(columns[row.table_id]):
            cells[starts[row.table_id] + number] = _value(column, row.cells.get(column.code, ""))
        head = (of.region.code, of.region.name, of.department.name, of.sheet.number, of.sheet.name, row.table.name)
        yield (*head, of.period.code, str(row.key), statuses[of.status], yes if of.is_demo else "", *cells)


def _value(column: Indicator, stored: str) -> Value:
    cell = cell_of(column, stored)
    if cell.state == FigureState.NOT_APPLICABLE:
        return str(FigureState.NOT_APPLICABLE.label)
    return ExportNumber(cell.value, cell.places) if isinstance(cell.value, Decimal) else cell.words or None
