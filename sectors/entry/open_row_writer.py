"""The only writer of `OpenRow`. Every change of a cell leaves an `OpenRowChange`."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sectors.calculation.cells import Cell
from sectors.calculation.numerals import BadNumber
from sectors.catalogue import asked
from sectors.catalogue.compiled import sheet_of
from sectors.catalogue.open_tables import OpenTable
from sectors.entry.cell_texts import read_cell, stale, was_seen
from sectors.entry.open_rows import CODE, MOST_VALUE, locks, made, sum_of, summed
from sectors.entry.requested_cells import requested_cells
from sectors.models import Indicator, OpenRow, OpenRowChange, Submission, User

Place = tuple[OpenTable, uuid.UUID, Indicator]


@dataclass
class Written:
    """What became of texts by their codes; of conflicts mine, theirs, who changed it last and when. `totals` are the
    figures that follow from the rows, `changes` what the audit record is told."""

    stored: dict[str, str] = field(default_factory=dict)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    conflicts: dict[str, tuple[str, str, User | None, datetime.datetime | None]] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    totals: dict[Indicator, Cell] = field(default_factory=dict)


def write(
    submission: Submission,
    texts: Mapping[str, str],
    seen: Mapping[str, Sequence[str]],
    asked_before: Mapping[str, str],
    *,
    by: User | None,
    way: str,
) -> Written:
    """Store texts by the codes of cells, in a submission that is locked and open for the person. `seen` and
    `asked_before` are those of `writer.Typed`."""
    return _Writer(submission, by, way).write(texts, seen, asked_before)


class _Writer:
    def __init__(self, submission: Submission, by: User | None, way: str) -> None:
        self.submission, self.by, self.way = submission, by, way
        self.tables = {table.code: table for table in sheet_of(submission).open_tables}
        self.requested = requested_cells(submission)
        self.last_day = submission.period.last_day
        self.rows = {row.key: row for row in submission.open_rows.order_by("position", "pk")}
        self.before = {key: dict(row.cells) for key, row in self.rows.items()}
        self.written = Written()

    def write(
        self, texts: Mapping[str, str], seen: Mapping[str, Sequence[str]], asked_before: Mapping[str, str]
    ) -> Written:
        for code, text in texts.items():
            try:
                place = self._place(code)
                cell = self._read(place, text, asked_before.get(code))
                self._put(code, place, cell, text, seen.get(code))
            except BadNumber as error:
                self.written.refused[code] = (text, str(error))
        for table in self.tables.values():
            for column in summed(table):
                self._refuse_beyond(table, column, texts)
        self._store()
        return self.written

    def _refuse_beyond(self, table: OpenTable, column: str, texts: Mapping[str, str]) -> None:
        """Put back what was typed last into a column until a figure holds its sum again. One that was beyond before may
        come down step by step."""
        rows = [row for row in self.rows.values() if row.table_id == table.table.pk]
        former = abs(sum_of(table, column, [OpenRow(cells=self.before.get(row.key, {})) for row in rows]))
        for code in reversed(list(self.written.stored)):
            found = CODE.fullmatch(code)
            if found is None or (found[1], found[3]) != (table.code, column) or not texts[code]:
                continue
            total = sum_of(table, column, rows)
            if abs(total) < MOST_VALUE or abs(total) <= former:
                return
            row = self.rows[uuid.UUID(found[2])]
            there = self.before.get(row.key, {}).get(column, "")
            if row.cells.get(column, "") == there:
                continue
            row.cells = {name: kept for name, kept in {**row.cells, column: there}.items() if kept}
            del self.written.stored[code]
            message = _(
                "With it the sum of “%(column)s” would be %(sum)s, and a figure is below %(most)s. Look at the number "
                "and at the unit of the column."
            )
            what = {"column": table.by_code[column].name, "sum": f"{total:,f}", "most": f"{MOST_VALUE:,f}"}
            self.written.refused[code] = (texts[code], message % what)

    def take_over(self, table: OpenTable, rows: Iterable[OpenRow], columns: Sequence[Indicator]) -> Written:
        """Rows of another submission with what stands there in some columns."""
        for row in rows:
            cells = {column.code: row.cells[column.code] for column in columns if column.code in row.cells}
            if cells and row.key not in self.rows and self._count(table) < table.table.most_rows:
                self._new(table, row.key).cells = cells
        self._store()
        return self.written

    def _place(self, code: str) -> Place:
        found = CODE.fullmatch(code)
        table = self.tables.get(found[1]) if found else None
        column = table.by_code.get(found[3]) if found and table else None
        if not found or table is None or column is None:
            raise BadNumber(stale(_("This column is no longer asked for in this period.")))
        key = uuid.UUID(found[2])
        if key in self.rows and self.rows[key].table_id != table.table.pk:
            raise BadNumber(stale(_("This row belongs to another table.")))
        if locks(self.requested, table):
            raise BadNumber(_("Locked: the office asked for other cells only."))
        return table, key, column

    def _read(self, place: Place, text: str, asked_before: str | None) -> Cell:
        _table, _key, column = place
        if asked_before is not None and (change := asked.change(asked_before, column)):
            raise BadNumber(stale(change))
        cell = read_cell(column, text, self.last_day)
        if cell.qualifier or cell.as_of:
            raise BadNumber(_("In a row a number is exact, since rows are added up. Type the bare number."))
        return cell

    def _put(self, code: str, place: Place, cell: Cell, text: str, seen: Sequence[str] | None) -> None:
        table, key, column = place
        there = self.rows[key].cells.get(column.code, "") if key in self.rows else ""
        if cell.stored != there:
            if seen is not None and not was_seen(column, there, seen, self.last_day):
                self.written.conflicts[code] = (text, there, *self._last(key, column))
                return
            if key not in self.rows and self._count(table) >= table.table.most_rows:
                message = _("This table takes at most %(count)d rows. Remove one, or tell the leadership office.")
                raise BadNumber(message % {"count": table.table.most_rows})
            row = self.rows.get(key) or self._new(table, key)
            row.cells = {name: kept for name, kept in {**row.cells, column.code: cell.stored}.items() if kept}
        if key in self.rows and not self.rows[key].cells.keys() & table.by_code.keys():
            self.rows[key].cells = {}  # nor is it kept by what stands in a column that is asked for no more
        self.written.stored[code] = cell.stored

    def _count(self, table: OpenTable) -> int:
        return sum(row.table_id == table.table.pk and bool(row.cells) for row in self.rows.values())

    def _new(self, table: OpenTable, key: uuid.UUID) -> OpenRow:
        position = max((row.position for row in self.rows.values()), default=0) + 1
        self.rows[key] = OpenRow(submission=self.submission, table=table.table, key=key, position=position)
        return self.rows[key]

    def _last(self, key: uuid.UUID, column: Indicator) -> tuple[User | None, datetime.datetime | None]:
        rows = OpenRowChange.objects.filter(submission=self.submission, key=key, column=column.code)
        last = rows.select_related("by").first()
        return (last.by, last.at) if last else (None, None)

    def _store(self) -> None:
        changed = {key: row for key, row in self.rows.items() if row.cells != self.before.get(key, {})}
        if not changed:
            return
        OpenRow.objects.bulk_create([row for row in changed.values() if row.pk is None and row.cells])
        kept = [row for row in changed.values() if row.pk is not None and row.cells and row.key in self.before]
        OpenRow.objects.bulk_update(kept, ["cells"])
        gone = [key for key, row in changed.items() if not row.cells]
        self.submission.open_rows.filter(key__in=gone).delete()
        OpenRowChange.objects.bulk_create(
            OpenRowChange(
                submission=self.submission, table_id=row.table_id, key=key, column=name, old=old, new=new,
                by=self.by, source=self.way,
            )
            for key, row in changed.items()
            for name, old, new in _differences(self.before.get(key, {}), row.cells)
        )  # fmt: skip
        codes = {table.table.pk: table.code for table in self.tables.values()}
        self.written.changes = [
            (f"{codes.get(row.table_id, row.table_id)}/{key.hex}/{name}", old, new)
            for key, row in changed.items()
            for name, old, new in _differences(self.before.get(key, {}), row.cells)
        ]
        self._total()

    def _total(self) -> None:
        """Of tables that have rows, or had."""
        for table in self.tables.values():
            rows = [row for row in self.rows.values() if row.table_id == table.table.pk and row.cells]
            if rows or any(key in self.before for key, row in self.rows.items() if row.table_id == table.table.pk):
                self.written.totals |= made(table, rows)


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Column, old and new of what is not the same."""
    names = [*before, *(name for name in now if name not in before)]
    pairs = [(name, before.get(name, ""), now.get(name, "")) for name in names]
    return [(name, old, new) for name, old, new in pairs if old != new]


def take_over(submission: Submission, table: OpenTable, rows: Iterable[OpenRow], by: User, way: str) -> Written:
    """Rows of an earlier period into one that is locked and open for the person: as they stand where the table keeps
    one list through the year, else without numbers and days, which belong to their period."""
    columns = [column for column in table.columns if table.keeps(column)]
    return _Writer(submission, by, way).take_over(table, rows, columns)
