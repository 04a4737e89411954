"""Open tables as their pages show them: rows with what stood there in the last period, and room for more."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sectors.calculation.cells import shown
from sectors.catalogue.asked import asked
from sectors.catalogue.compiled import sheet_of
from sectors.catalogue.open_tables import OpenTable
from sectors.entry import open_rows
from sectors.entry.grid import field_id
from sectors.entry.requested_cells import RequestedCells, requested_cells
from sectors.models import Indicator, OpenRow, OpenRowChange, Submission
from sectors.vocabulary import ValueKind

SPARE = 30  # blank rows that a page or a file has room for
SHOWN_SPARE = 1  # of them, those that are in sight at first


@dataclass(frozen=True)
class RowCell:
    """`text` stands in its field, `before` in the same row of the last period, `old` there when the person last looked;
    both are empty where it was the same."""

    code: str
    column: Indicator
    text: str
    before: str = ""
    old: str = ""
    is_changed: bool = False

    @property
    def field_id(self) -> str:
        return field_id(self.code.replace("/", "-"))

    @property
    def asked(self) -> str:
        return asked(self.column)

    @property
    def is_missing(self) -> bool:
        return self.column.required and not self.text

    @property
    def is_choice(self) -> bool:
        return self.column.value_kind == ValueKind.CHOICE


@dataclass(frozen=True)
class Row:
    number: int
    cells: list[RowCell]
    is_new: bool = False  # not there in the last period, where that has rows
    is_hidden: bool = False  # a blank one out of sight

    @property
    def name(self) -> str:
        return next((cell.text for cell in self.cells if cell.text), "")


@dataclass(frozen=True)
class Offer:
    """Rows of the last period that had some."""

    period: str
    rows: list[OpenRow]


@dataclass(frozen=True)
class RowTable:
    """`rows` of the submission, `spare` ones to be filled, `gone` the names of those that the last period had and this
    one has not; `offer` is there where this one has none yet."""

    table: OpenTable
    rows: list[Row]
    spare: list[Row]
    before: str = ""
    gone: list[str] = field(default_factory=list)
    offer: Offer | None = None
    is_locked: bool = False

    @property
    def card(self) -> str:
        """The figure whose history and talk stand for the rows."""
        return str(self.table.totals[0].code)


def offers(submission: Submission) -> dict[str, Offer]:
    """By code of the open table, what the submission (`sheet` and `period` fetched) may begin with."""
    tables = sheet_of(submission).open_tables
    found = _earlier(submission) if tables else {}
    have = open_rows.rows_of(submission) if found else {}
    return {table.code: found[table.table.pk] for table in tables if table.table.pk in found.keys() - have.keys()}


def read(submission: Submission, *, room: str = "", changed: Iterable[OpenRowChange] = ()) -> dict[int, RowTable]:
    """The open tables of a submission by their keys; nothing is asked of the database where the sheet has none.

    With `room`, which names the person who fills them and what with, there are spare rows. Their keys are the same for
    the same room until they are used, so that what a closed page kept finds its row again, and two people who add rows
    at once do not meet in one. `changed` are the changes since somebody looked.
    """
    tables = sheet_of(submission).open_tables
    if not tables:
        return {}
    rows, earlier, requested = open_rows.rows_of(submission), _earlier(submission), requested_cells(submission)
    used = set(submission.row_changes.order_by().values_list("key", flat=True)) if room else set()
    reader = _Reader(submission, requested, _old(changed), room, used)
    return {
        table.table.pk: reader.table(table, rows.get(table.table.pk, []), earlier.get(table.table.pk))
        for table in tables
    }


def changes_of(submission: Submission) -> list[OpenRowChange]:
    """Changes of its rows in their order, with who made them."""
    return list(submission.row_changes.select_related("table", "by__department").order_by("pk"))


def _earlier(submission: Submission) -> dict[int, Offer]:
    """Of each table the rows of the period before, of the same kind and region, as far as it has some."""
    period = submission.period
    others = Submission.objects.filter(
        sheet=submission.sheet_id, region=submission.region_id, period__kind=period.kind, open_rows__isnull=False
    ).select_related("period")
    past = [other for other in others.distinct() if other.period.last_day < period.last_day]
    last = max(past, key=lambda other: other.period.last_day, default=None)
    if last is None:
        return {}
    return {table: Offer(last.period.label, rows) for table, rows in open_rows.rows_of(last).items()}


def _old(changes: Iterable[OpenRowChange]) -> dict[tuple[uuid.UUID, str], str]:
    """What stood in cells before the first of the changes of each."""
    found: dict[tuple[uuid.UUID, str], str] = {}
    for change in changes:
        found.setdefault((change.key, change.column), change.old)
    return found


@dataclass(frozen=True)
class _Reader:
    submission: Submission
    requested: RequestedCells
    old: Mapping[tuple[uuid.UUID, str], str]
    room: str
    used: set[uuid.UUID]

    def table(self, table: OpenTable, rows: Sequence[OpenRow], earlier: Offer | None) -> RowTable:
        before = {row.key: row for row in earlier.rows} if earlier else {}
        keys = {row.key for row in rows}
        gone = [row for row in before.values() if row.key not in keys] if rows else []
        return RowTable(
            table,
            [self._row(table, n, row, before) for n, row in enumerate(rows, start=1)],
            self._spare(table, len(rows)) if self.room else [],
            before=earlier.period if earlier else "",
            gone=[row.cells.get(table.title.code, "") or "–" for row in gone],
            offer=None if rows else earlier,
            is_locked=open_rows.locks(self.requested, table),
        )

    def _row(self, table: OpenTable, number: int, row: OpenRow, before: Mapping[uuid.UUID, OpenRow]) -> Row:
        then = before[row.key].cells if row.key in before else {}
        cells = []
        for column in table.columns:
            text, last = row.cells.get(column.code, ""), then.get(column.code, "")
            old = self.old.get((row.key, column.code), text)
            cells.append(
                RowCell(
                    open_rows.code_of(table, row.key, column), column, shown(text),
                    before=shown(last) if last != text else "", old=shown(old), is_changed=old != text,
                )
            )  # fmt: skip
        return Row(number, cells, is_new=bool(before) and row.key not in before)

    def _spare(self, table: OpenTable, have: int) -> list[Row]:
        found: list[Row] = []
        for number in range(have + 1, min(have + SPARE, table.table.most_rows) + 1):
            key = self._key(table, len(found))
            cells = [RowCell(open_rows.code_of(table, key, column), column, "") for column in table.columns]
            found.append(Row(number, cells, is_hidden=len(found) >= SHOWN_SPARE))
        return found

    def _key(self, table: OpenTable, number: int) -> uuid.UUID:
        """The key of a spare row, which no row has or had."""
        start = f"{self.submission.pk}/{table.code}/{self.room}"
        keys = (uuid.uuid5(uuid.NAMESPACE_OID, f"{start}/{n}") for n in range(len(self.used) + SPARE + 1))
        return [key for key in keys if key not in self.used][number]
