"""Rows of open tables that a program sends, under the same rules as figures (`intake/drafts.py`).

A row is known by a key that the program chose and keeps. It stands as it was sent last: what was left out of it is
empty, and a row without cells is gone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from intake import drafts
from intake.schemas import ColumnRow
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import sheet_of
from sectors.catalogue.open_tables import OpenTable
from sectors.entry import open_rows, writer
from sectors.entry.requested_cells import requested_cells
from sectors.models import OpenRow, OpenRowChange, Submission, User
from sectors.vocabulary import ChangeSource


class NoTable(Exception):
    """The sheet has no such open table; the message names those that it has."""


@dataclass(frozen=True)
class Rows:
    """An open table as it stands; the cells of a row by their columns, without those that are empty."""

    name: str
    most_rows: int
    locked: bool
    columns: list[ColumnRow]
    rows: list[OpenRow]


def read(by: User, period: PeriodKey, sheet: str, table: str) -> Rows:
    """Raises Submission.DoesNotExist and NoTable."""
    submission = drafts.draft(by, period, sheet)
    found = _table(submission, table)
    columns = [
        ColumnRow(
            code=column.code,
            name=column.name,
            unit=column.unit.name,
            decimals=column.decimals,
            required=column.required,
            words=[name for _code, name in column.options],
        )
        for column in found.columns
    ]
    locked = open_rows.locks(requested_cells(submission), found)
    return Rows(found.table.name, found.table.most_rows, locked, columns, _rows(submission, found))


def save(
    by: User,
    period: PeriodKey,
    sheet: str,
    table: str,
    sent: Sequence[tuple[uuid.UUID, Mapping[str, str]]],
    *,
    whole: bool,
    replace: bool,
) -> drafts.Stored:
    """Store rows by their keys; with `whole` those that were not sent go. Raises Submission.DoesNotExist, NoTable,
    WrongState where the sheet is not to be filled now, and NotEverythingStored."""
    with transaction.atomic():
        submission = drafts.held(by, period, sheet)
        found = _table(submission, table)
        _check_once(sent)
        rows = dict(sent)
        if whole:
            rows |= {row.key: {} for row in _rows(submission, found) if row.key not in rows}
        # First those that go, so that others have room.
        rows = dict(sorted(rows.items(), key=lambda row: any(text.strip() for text in row[1].values())))
        texts = {
            f"{table}/{key.hex}/{column}": cells.get(column, "")
            for key, cells in rows.items()
            for column in [*found.by_code, *(name for name in cells if name not in found.by_code)]
        }
        return drafts.store(submission, texts, {} if replace else _seen(submission, texts), by=by)


def _table(submission: Submission, code: str) -> OpenTable:
    tables = {table.code: table for table in sheet_of(submission).open_tables}
    if code not in tables:
        message = _("This sheet has no table %(code)s to which rows are added. It has: %(known)s.")
        raise NoTable(message % {"code": code, "known": ", ".join(tables) or "–"})
    return tables[code]


def _rows(submission: Submission, table: OpenTable) -> list[OpenRow]:
    return open_rows.rows_of(submission).get(table.table.pk, [])


def _check_once(sent: Sequence[tuple[uuid.UUID, Mapping[str, str]]]) -> None:
    keys = [key for key, _cells in sent]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        why = _("This key was sent twice: each row once.")
        raise writer.NotEverythingStored(writer.Saved(refused={str(key): ("", why) for key in sorted(twice)}))


def _seen(submission: Submission, codes: Mapping[str, str]) -> dict[str, list[str]]:
    """What may stand in each cell: nothing, and what came by a program last."""
    seen = {code: [""] for code in codes}
    changes = OpenRowChange.objects.filter(submission=submission).order_by("pk")
    for table, key, column, new, source in changes.values_list("table__code", "key", "column", "new", "source"):
        code = f"{table}/{key.hex}/{column}"
        if code in seen:
            seen[code] = ["", new] if source == ChangeSource.PROGRAM else [""]
    return seen
