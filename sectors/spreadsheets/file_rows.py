"""Open rows in a file that was filled: what their cells take, and what becomes of rows as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _

from sectors.catalogue.compiled import sheet_of
from sectors.entry import open_rows
from sectors.entry.open_rows import is_code
from sectors.entry.requested_cells import RequestedCells
from sectors.models import Indicator, OpenRowChange, Submission
from sectors.spreadsheets.preview import ProposedChange
from sectors.spreadsheets.row_blocks import named

NAMED = 8  # rows that a sentence lists


class FileRows:
    """Of a file in which these codes are known."""

    def __init__(self, submission: Submission, known: Iterable[str]) -> None:
        sheet = sheet_of(submission)
        self.submission = submission
        self.tables = {table.code: table for table in sheet.open_tables}
        self.totals = {total: table.code for total, table in sheet.open_table_of.items()}
        self.cells = {code: cell for code in known if is_code(code) and (cell := self._cell(code))}
        self.with_rows = {self.totals[code] for code in open_rows.counts(submission)}  # codes of tables

    def _cell(self, code: str) -> Indicator | None:
        found = open_rows.CODE.fullmatch(code)
        table = self.tables.get(found[1]) if found else None
        column = table.by_code.get(found[3]) if found and table else None
        return None if column is None else named(column, code)

    def is_made(self, code: str) -> bool:
        """Whether a figure is made of rows, those that the file adds among them."""
        return self.totals.get(code) in self.with_rows

    def is_locked(self, code: str, requested: RequestedCells) -> bool:
        table = self.tables[code.partition("/")[0]] if is_code(code) else None
        return open_rows.locks(requested, table) if table else requested.locks(code)

    def fill(self, code: str) -> None:
        """Something is to stand in a cell."""
        if is_code(code):
            self.with_rows.add(code.partition("/")[0])

    def notices(self, changes: Iterable[ProposedChange], in_file: Collection[str]) -> Iterator[str]:
        """`in_file` are the codes whose cells the file still has."""
        if not self.tables:
            return
        rows = open_rows.rows_of(self.submission)
        blank = {change.code for change in changes if is_code(change.code) and not change.new}
        gone, lost = [], 0
        for table in self.tables.values():
            for row in rows.get(table.table.pk, ()):
                codes = [open_rows.code_of(table, row.key, c) for c in table.columns if c.code in row.cells]
                if blank.issuperset(codes):
                    gone.append(row.cells.get(table.title.code) or _("row"))
                lost += not any(code in in_file for code in codes)
        if gone:
            names = "、".join(gone[:NAMED]) + (" …" if len(gone) > NAMED else "")
            yield _("Empty in the file, and removed when you import it: %(names)s.") % {"names": names}
        if lost:
            message = _("%(count)d rows of the sheet are not in the file, and left as they are.")
            yield message % {"count": lost}

    def last_changes(self, codes: Iterable[str]) -> dict[str, OpenRowChange]:
        """Who changed each cell last; nothing is asked where no code is of a row."""
        if not any(is_code(code) for code in codes):
            return {}
        rows = self.submission.row_changes.select_related("by", "table").order_by("pk")
        return {f"{row.table.code}/{row.key.hex}/{row.column}": row for row in rows}
