"""A station's part as an Excel file, and filled files back: the sheet's own form with the rows that are asked for.

A file carries the key of its part in its hidden worksheet, so that many come back at once and none into another part.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from collection import entry, steps
from collection.guard import Refused
from collection.models import PartRequest, StationPart
from collection.requests import asked
from collection.sheets import grid_of
from collection.vocabulary import PartSource
from sectors.entry.requested_cells import RequestedCells
from sectors.guard import WrongState
from sectors.models import User
from sectors.spreadsheets import layout
from sectors.spreadsheets.container import BadFile, open_file
from sectors.spreadsheets.preview import Preview, no_progress
from sectors.spreadsheets.reader import FileReader, marked, origin_of
from sectors.spreadsheets.writer import FORBIDDEN, SheetWriter
from sectors.texts import whole_number

MOST_FILES = 50  # at once
KEY = "part-"  # before the key of a part, where a sheet's file names its department


def write(part: StationPart) -> bytes:
    """The file of a part (`for_reading`)."""
    into = BytesIO()
    with Workbook(into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        _PartWriter(part, book).write()
    return into.getvalue()


def file_name(part: StationPart) -> str:
    of = part.request.submission
    name = f"{part.station.name} {of.sheet.number} {of.sheet.name} {of.period.code}"
    return f"{name.translate(FORBIDDEN)}.xlsx"


def packed(parts: Iterable[StationPart]) -> bytes:
    """All files in one."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(file_name(part), write(part))
    return into.getvalue()


class _PartWriter(SheetWriter):
    def __init__(self, part: StationPart, book: Workbook) -> None:
        self.part = part
        super().__init__(part.request.submission, book)

    def _read(self, room: str) -> None:
        """Without rows that a department adds: those are its own."""
        self.blocks = {}
        self.figures, self.answers, self.questions = entry.stored(self.part), {}, []
        self.grid = grid_of(self.part, self.figures)
        self.requested_cells, self.open = RequestedCells(), self.part.is_open

    def _facts(self) -> list[tuple[str, str]]:
        return [
            (_("Sheet number"), self.submission.sheet.number),
            (_("Station"), self.part.station.name),
            (_("Asked by"), self.submission.department.name),
            (_("Period"), self.submission.period.label),
            (_("Due"), f"{self.part.request.due:%Y-%m-%d}"),
        ]

    def _origin(self) -> layout.Origin:
        of = super()._origin()
        names = {name: getattr(of, name) for name in layout.HEADS}
        station = {"department": f"{KEY}{self.part.pk}", "department_name": self.part.station.name}
        return layout.Origin(**{**names, **station}, known=of.known)


class _PartReader(FileReader):
    """A file against a part instead of a submission."""

    def against(self, part: StationPart) -> Preview:
        self.indicators = {one.code: one for one in asked(part.request)}
        self.questions, self.answers = {}, {}
        self.figures, self.requested_cells = entry.stored(part), RequestedCells()
        return self.read(no_progress)

    def _name_conflicts(self) -> None:
        """Whoever changed it meanwhile: the sentence says what stands there."""


@dataclass
class FileResult:
    """What became of an uploaded file: stored as a whole, or not at all and why."""

    name: str
    part: StationPart | None = None
    changed: int = 0
    problems: list[str] = field(default_factory=list)
    is_sent: bool = False
    not_sent: str = ""


def store(request: PartRequest, files: Iterable[UploadedFile], *, by: User, send: bool) -> list[FileResult]:
    """Bring filled files into their parts, each as a whole or not at all; with `send` those that are complete are sent
    in for their stations."""
    parts = {part.pk: part for part in request.station_parts.for_reading()}
    return [_store(request, parts, file, by=by, send=send) for file in files]


def _store(
    request: PartRequest, parts: dict[int, StationPart], file: UploadedFile, *, by: User, send: bool
) -> FileResult:
    result = FileResult(file.name or "")
    try:
        part, preview = _read(request, parts, file, file.size or 0, by)
    except BadFile as error:
        result.problems.append(str(error))
        return result
    result.part = part
    result.problems = _problems(preview)
    if result.problems:
        return result
    sent = entry.Sent({c.code: c.typed for c in preview.changes}, {c.code: c.seen for c in preview.changes})
    try:
        saved = entry.save(part, sent, by=by, source=PartSource.EXCEL)
        result.changed = saved.changed
        if send:
            steps.send(part, by=by, remark=part.remark)
            result.is_sent = True
    except WrongState as error:
        result.problems.append(str(error))
    except Refused as error:
        result.not_sent = str(error)
    return result


def _problems(preview: Preview) -> list[str]:
    text = _("%(cell)s %(name)s “%(text)s”: %(why)s")
    found = [text % {"cell": p.address, "name": p.name, "text": p.text, "why": p.sentence} for p in preview.problems]
    for change in preview.conflicts:
        why = _("Changed meanwhile to %(theirs)s. Download the file again, and type what stands.")
        what = {"cell": change.address, "name": change.row, "text": change.new, "why": why % {"theirs": change.old}}
        found.append(text % what)
    return found


def _read(
    request: PartRequest, parts: dict[int, StationPart], file: IO[bytes] | UploadedFile, size: int, by: User
) -> tuple[StationPart, Preview]:
    book = open_file(file, size)
    origin = origin_of(book)
    if not origin.department.startswith(KEY):
        raise BadFile(
            _(
                "This file was not downloaded here for a station, or its hidden worksheet was deleted. Download the "
                "stations' files again and copy the figures into them."
            )
        )
    submission = request.submission
    ours, theirs = (submission.sheet.number, submission.period.code), (origin.sheet, origin.period)
    if ours != theirs:
        what = {
            "theirs": f"{origin.sheet} {origin.sheet_name} {origin.period_name}",
            "ours": f"{submission.sheet} {submission.period.label}",
        }
        raise BadFile(_("This is the file of another request: %(theirs)s. Upload it there; here is %(ours)s.") % what)
    part = parts.get(whole_number(origin.department.removeprefix(KEY)))
    if part is None or origin.region != submission.region.code:
        raise BadFile(_("This is a file of %(theirs)s, which is not asked here.") % {"theirs": origin.department_name})
    page, marks = marked(book, no_progress)
    reader = _PartReader(submission, by, origin, page, marks, can_be_marked=book.is_xlsx)
    return part, reader.against(part)
