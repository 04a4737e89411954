"""A past year out of files of all kinds that are loaded together: shown first, then stored, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.models import Region, User
from sectors.sql.dry_runs import undone
from sectors.transfer import past_workbooks, sent_files
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives
from sectors.transfer.row_files import PLACED, import_rows
from sectors.transfer.sent_files import Unpacked

MAX_SIZE = 10 * sent_files.MEGABYTE
LONGEST_HEAD = 1000  # bytes
WORKBOOKS, WORDS, LINES = (".xlsx", ".xls"), (".yaml", ".yml"), (".csv",)


class ChangedSince(Exception):
    """What would be stored is no longer what the preview showed."""


@dataclass
class Preview:
    """What a load would do: lines of what is new and of what is another now, or why it cannot be done at all."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    figures: int = 0
    answers: int = 0
    cells: int = 0  # of open rows

    def add(
        self, added: Iterable[str], replaced: Iterable[str], *, figures: int = 0, answers: int = 0, cells: int = 0
    ) -> None:
        self.added += added
        self.replaced += replaced
        self.figures, self.answers, self.cells = self.figures + figures, self.answers + answers, self.cells + cells

    @property
    def changes(self) -> bool:
        return bool(self.figures or self.answers or self.cells)

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join([*self.added, "", *self.replaced]).encode()).hexdigest()

    def summary(self) -> str:
        what = {"figures": self.figures, "answers": self.answers, "cells": self.cells}
        return _("%(figures)d figures, %(answers)d answers, %(cells)d cells of rows") % what


def sent(files: Iterable[UploadedFile]) -> list[tuple[str, bytes]]:
    """Names and contents. Raises BadFile."""
    other = _("%(name)s is none of the files that can be loaded: .xlsx, .xls, .csv and .yaml.")
    none = _("Choose the files first.")
    return sent_files.sent(files, WORKBOOKS + WORDS + LINES, most=MAX_SIZE, other=other, none=none)


def preview(files: Unpacked, *, region: Region, year: int, by: User) -> Preview:
    """What storing would do; nothing is changed. Raises BadFile."""
    with undone(True):
        return _load(files, region, year, by)


def store(files: Unpacked, digest: str, *, region: Region, year: int, by: User, name: str) -> Preview:
    """Store what the preview of this digest showed. Raises BadFile, HistoryFileError and ChangedSince: then nothing has
    changed."""
    with undone(False):
        loaded = _load(files, region, year, by)
        if loaded.problems:
            raise HistoryFileError(loaded.problems)
        if loaded.digest != digest:
            raise ChangedSince
        record.write(EventKind.FIGURES, region, name=name, by=by, region=region.pk, year=year, figures=loaded.figures)
    return loaded


def _load(files: Unpacked, region: Region, year: int, by: User) -> Preview:
    """In a transaction. Rows and answers come last: they go into sheets that figures may have made."""
    paths = files.paths
    books = [past_workbooks.read(path, year) for path in paths if _is(path, WORKBOOKS)]
    words = [path for path in paths if _is(path, WORDS)]
    of_rows = [path for path in paths if _is(path, LINES) and _has_rows(path)]
    of_figures = [path for path in paths if _is(path, LINES) and path not in of_rows]
    figures = [row for book in books for row in book.figures]
    rows = [row for book in books for row in book.rows]
    answers = [answer for book in books for answer in book.answers]
    found = Preview(problems=[problem for book in books for problem in book.problems])
    try:
        if figures or of_figures:
            stored = import_figures(of_figures, rows=figures, region=region, year=year, by=by, replace=True)
            found.add(stored.added, stored.replaced, figures=stored.figures)
        if rows or of_rows:
            listed = import_rows(of_rows, rows=rows, region=region, year=year, by=by, replace=True)
            found.add(listed.added, listed.replaced, cells=listed.cells)
        if answers or words:
            said = import_narratives(words, answers=answers, region=region, year=year, by=by, replace=True)
            found.add(said.added, said.replaced, answers=said.narratives)
    except HistoryFileError as error:
        found.problems += error.problems
    for lines in (found.added, found.replaced, found.problems):
        lines[:] = map(files.without_folder, lines)
    return found


def _is(path: Path, endings: Sequence[str]) -> bool:
    return path.suffix.lower() in endings


def _has_rows(path: Path) -> bool:
    """Whether the first line of a file with commas names what rows of open tables have."""
    first = path.read_bytes()[:LONGEST_HEAD].decode("utf-8-sig", "replace").lstrip().partition("\n")[0]
    return tuple(head.strip() for head in first.split(",")[: len(PLACED)]) == PLACED
