"""One cell as its page shows it: what stands there, what it is made of, who entered it, what was said about it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sectors.access import can_comment
from sectors.calculation.cells import shown
from sectors.calculation.formulas import LAST_YEAR, NOW, PREVIOUS
from sectors.calculation.tokens import codes_in, in_words
from sectors.catalogue.compiled import sheet_of
from sectors.entry import grid
from sectors.models import Comment, FigureChange, Indicator, Submission, User

MOST_CHANGES = 100  # of rows that a cell shows


@dataclass(frozen=True)
class Operand:
    """An indicator that a formula reads, with the submission that it stands in where this person may look at it."""

    indicator: Indicator
    value: str
    moment: int
    submission_id: int | None


@dataclass(frozen=True)
class ShownChange:
    """A change as a page shows it."""

    at: datetime.datetime
    by: User | None
    source: str
    old: str
    new: str
    what: str = ""  # of an open row: the row and its column


@dataclass(frozen=True)
class CellCard:
    """A cell with its history (newest first), that of the rows that it is made of, and its thread (oldest first)."""

    cell: grid.GridCell
    formula: str
    operands: list[Operand]
    note: str
    changes: list[ShownChange]
    row_changes: list[ShownChange]
    comments: list[Comment]
    may_comment: bool

    @property
    def open_comments(self) -> int:
        return sum(comment.is_open for comment in self.comments)

    @property
    def last_comment(self) -> int:
        """Up to where a person who looks at this has read."""
        return self.comments[-1].pk if self.comments else 0


def read(submission: Submission, code: str, by: User) -> CellCard | None:
    """A cell of the sheet (`sheet`, `period` and `department` fetched); None when the sheet has no such cell."""
    found = grid.read_one(submission, code)
    if found is None:
        return None
    cell, read_by_formula = found
    indicator = cell.indicator
    changes = FigureChange.objects.filter(submission=submission, indicator=indicator)
    comments = Comment.objects.filter(submission=submission, indicator=indicator)
    notes = submission.figures.filter(indicator=indicator).values_list("note", flat=True)
    return CellCard(
        cell=cell,
        formula=_formula(indicator.formula),
        operands=list(_operands(submission, indicator.formula, read_by_formula, by)) if read_by_formula else [],
        note=next(iter(notes), ""),
        changes=[
            ShownChange(change.at, change.by, change.get_source_display(), shown(change.old), shown(change.new))
            for change in changes.select_related("by__department")
        ],
        row_changes=list(_row_changes(submission, indicator)) if indicator.of_rows else [],
        comments=list(comments.select_related("by__department", "resolved_by")),
        may_comment=can_comment(by, submission),
    )


def _row_changes(submission: Submission, indicator: Indicator) -> Iterator[ShownChange]:
    """The latest ones of its table, each with what the row is called by now, or was."""
    table = next((one for one in sheet_of(submission).open_tables if one.table.pk == indicator.table_id), None)
    if table is None:
        return
    names: dict[uuid.UUID, str] = {}
    changes = submission.row_changes.filter(table=table.table).select_related("by__department")
    found = list(changes[:MOST_CHANGES])
    for change in reversed(found):
        if change.column == table.title.code:
            names[change.key] = change.new or change.old
    names |= {row.key: row.cells.get(table.title.code, "") for row in submission.open_rows.all()}
    for change in found:
        column = table.by_code.get(change.column)
        what = " · ".join(filter(None, (names.get(change.key, ""), column.name if column else change.column)))
        old, new = shown(change.old), shown(change.new)
        yield ShownChange(change.at, change.by, change.get_source_display(), old, new, what)


def _formula(text: str) -> str:
    return in_words(text, Indicator.objects.names(codes_in(text))) if text else ""


def _operands(
    submission: Submission, formula: str, cells: list[tuple[grid.GridCell, int]], by: User
) -> Iterator[Operand]:
    """In the order of the formula, then parts of a sum in the order of the sheet.

    A figure of another department's sheet is named; its value is shown to those who may read that sheet.
    """
    in_scope = Submission.objects.for_user(by).for_period(submission.period)
    readable = dict(in_scope.values_list("sheet", "pk"))
    codes = codes_in(formula)
    for cell, moment in sorted(cells, key=lambda pair: _place(pair[0].indicator.code, codes)):
        where = readable.get(cell.indicator.sheet_id)
        value = {NOW: cell.text, LAST_YEAR: cell.last_year, PREVIOUS: cell.previous}[moment]
        yield Operand(cell.indicator, value if where else "", moment, where)


def _place(code: str, codes: list[str]) -> int:
    return codes.index(code) if code in codes else len(codes)
