"""A filled file against a submission: what it would change, and what is wrong in it, each with its cell.

Cells are found by the hidden marks, never by their position. What the person left as it was downloaded changes
nothing, whoever has changed it since; where both changed it, both values are shown and nothing is chosen.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import IO

from django.utils.translation import gettext as _

from sectors.calculation import numerals
from sectors.calculation.cells import STORED_NOT_APPLICABLE, Cell, says_not_applicable
from sectors.calculation.numerals import BadNumber, squeezed
from sectors.catalogue import asked
from sectors.catalogue.compiled import sheet_of
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.entry.open_rows import is_code
from sectors.entry.requested_cells import requested_cells
from sectors.entry.writer import Conflict
from sectors.models import FigureChange, Indicator, OpenRowChange, Question, Submission, User
from sectors.spreadsheets.preview import (
    COMPARING,
    STORING,
    CellProblem,
    OnFileProgress,
    Preview,
    ProposedChange,
    no_progress,
)
from sectors.vocabulary import ChangeSource, FigureState, ValueKind

from . import layout, row_blocks, visible_names
from .container import BadFile, OpenedFile, open_file
from .file_rows import FileRows
from .layout import HIDDEN, WORDS, DownloadedCell, Origin
from .marks import Marks, read_marks
from .number_formats import Shown
from .positions import Position, address
from .worksheet import Value, Worksheet

YUAN = "元"
NAMED = 8  # names that a sentence lists before it only counts


def read(
    file: IO[bytes], size: int, submission: Submission, by: User, on_progress: OnFileProgress = no_progress
) -> Preview:
    """Read a file that `by` filled for the submission (sheet, period, department, region fetched).

    Raises BadFile, with a sentence, for one that is no filled download of this submission's sheet.
    """
    book = open_file(file, size)
    origin = origin_of(book)
    _expect(origin, submission)
    page, marks = marked(book, on_progress)
    return FileReader(submission, by, origin, page, marks, can_be_marked=book.is_xlsx).read(on_progress)


def store(
    preview: Preview,
    submission: Submission,
    by: User,
    chosen: frozenset[str] = frozenset(),
    on_progress: OnFileProgress = no_progress,
) -> writer.Saved:
    """Store all changes and the conflicts that were `chosen`, by code; all or nothing.

    Raises NotEverythingStored when a cell changed since the file was read, and what `writer.save` raises.
    """
    wanted = [*preview.changes, *(change for change in preview.conflicts if change.code in chosen)]
    return writer.save(
        submission,
        writer.Typed(
            {c.code: c.typed for c in wanted if not c.in_words},
            narratives={c.code: c.typed for c in wanted if c.in_words},
            seen={c.code: [c.seen] for c in wanted if not c.in_words},
            seen_narratives={c.code: [c.seen] for c in wanted if c.in_words},
            asked={c.code: c.asked for c in wanted if not c.in_words},
            all_or_nothing=True,
        ),
        by=by,
        way=ChangeSource.EXCEL,
        on_progress=partial(on_progress, STORING),
    )


class NotDownloaded(BadFile):
    """The file is none that was downloaded here."""


def origin_of(book: OpenedFile) -> Origin:
    """What a file was downloaded of. Raises BadFile."""
    found = layout.read_origin(book.worksheet(HIDDEN).rows) if HIDDEN in book.names else None
    if found is None:
        raise NotDownloaded(
            _(
                "This file was not downloaded here, or its hidden worksheet was deleted, so that nobody can tell which "
                "sheet it belongs to. Download the sheet again and copy your figures into it."
            )
        )
    return found


def _expect(origin: Origin, submission: Submission) -> None:
    """The file must be of this submission: its department, its sheet and its period."""
    department, sheet, period = submission.department, submission.sheet, submission.period
    if (origin.region, origin.department) != (submission.region.code, department.code):
        raise BadFile(
            _("This is a file of %(theirs)s, and this sheet is reported by %(ours)s. Choose your own file.")
            % {"theirs": origin.department_name, "ours": department.name}
        )
    if origin.sheet != sheet.number:
        raise BadFile(
            _("This is the file of the sheet %(theirs)s. Upload it there; here is %(ours)s.")
            % {"theirs": f"{origin.sheet} {origin.sheet_name}", "ours": f"{sheet.number} {sheet.name}"}
        )
    if origin.period != period.code:
        raise BadFile(
            _("This is the file of %(theirs)s, and here is %(ours)s. Choose the file of this period.")
            % {"theirs": origin.period_name, "ours": period.label}
        )


def marked(book: OpenedFile, on_progress: OnFileProgress) -> tuple[Worksheet, Marks]:
    """The one worksheet with the form. Raises BadFile."""
    found = []
    for name in book.names:
        if name != HIDDEN:
            page = book.worksheet(name)
            marks = read_marks(page, on_progress)
            if marks.any:
                found.append((page, marks))
    if len(found) > 1:
        names = "、".join(page.name for page, _marks in found)
        raise BadFile(
            _("The file holds the form twice (%(names)s). Delete the worksheet that is not meant.") % {"names": names}
        )
    if not found or not found[0][1].cells:
        raise BadFile(
            _(
                "The hidden codes beside the rows were deleted, so that nobody can tell which figure belongs where. "
                "Download the sheet again and copy your figures into it."
            )
        )
    return found[0]


class FileReader:
    def __init__(
        self, submission: Submission, by: User, origin: Origin, page: Worksheet, marks: Marks, *, can_be_marked: bool
    ) -> None:
        self.submission, self.by = submission, by
        self.origin, self.page, self.marks = origin, page, marks
        self.preview = Preview(page.name, can_be_marked)
        self.rows = FileRows(submission, origin.known)
        self.indicators = sheet_of(submission).entered
        self.questions: dict[str, Question] = {q.code: q for q in submission.questions()}
        self.figures = {**layout.figures_of(submission), **row_blocks.cells_of(submission)}
        self.answers = layout.answers_of(submission)
        self.requested_cells = requested_cells(submission)

    def read(self, on_progress: OnFileProgress) -> Preview:
        self._whole_file()
        # Rows first: with them the figures that are made of them are not typed any more.
        cells = sorted(self.marks.cells.items(), key=lambda item: (not is_code(item[0]), item[1]))
        for number, (code, place) in enumerate(cells):
            on_progress(COMPARING, number, len(cells))
            known = self.origin.known.get(code)
            if known is None or place in self.marks.blocked:
                continue
            if code in self.questions and known.unit == WORDS:
                self._words(self.questions[code], known, place)
            elif indicator := self.indicators.get(code) or self.rows.cells.get(code):
                self._figure(indicator, known, place)
        self.preview.notices += self.rows.notices(self.preview.changes, self.marks.cells)
        self._name_conflicts()
        self.preview.problems.sort(key=lambda problem: problem.place)
        return self.preview

    # What concerns the file as a whole.

    def _whole_file(self) -> None:
        for place, sentence in self.marks.refused.items():
            self._refuse(place, "", "", sentence)
        now = {i.code: i.unit.name for i in self.indicators.values()} | dict.fromkeys(self.questions, WORDS)
        if self.origin.version != layout.version(now.items()):
            self._older_version()
        gone = [k.name for k in self.origin.known.values() if k.code not in self.marks.cells and k.code in now]
        if gone and self.marks.stray:
            for place in self.marks.stray:
                sentence = _(
                    "This row has lost its hidden code, so its figure belongs to no indicator. "
                    "Download the sheet again and copy the figure into it."
                )
                self._refuse(place, "", str(self.page.value(place)), sentence)
        elif gone:
            self._notice(
                _("Not in the file, and left as it is: %(names)s.")
                % {"names": _listed(gone)}
            )  # fmt: skip
        elif self.marks.stray:
            cells = _listed([address(place) for place in self.marks.stray])
            self._notice(_("Not read, because these cells belong to no indicator: %(cells)s.") % {"cells": cells})

    def _older_version(self) -> None:
        """Say what came and went since the download. What is still there is read."""
        new = [i.name for i in self.indicators.values() if i.code not in self.origin.known]
        new += [q.text for q in self.questions.values() if q.code not in self.origin.known]
        old = [k for k in self.origin.known.values() if k.code not in self.indicators and k.code not in self.questions]
        if new:
            self._notice(
                _(
                    "The sheet has changed since you downloaded it. New, and not in the file: %(names)s. "
                    "Fill it on the page."
                )
                % {"names": _listed(new)}
            )
        if old:
            self._notice(
                _("The sheet has changed since you downloaded it. No longer asked for, and not read: %(names)s.")
                % {"names": _listed([k.name for k in old])}
            )

    def _notice(self, sentence: str) -> None:
        self.preview.notices.append(sentence)

    def _refuse(self, place: Position, name: str, text: str, sentence: str) -> None:
        self.preview.problems.append(CellProblem(place, name, text, sentence))

    # One cell.

    def _figure(self, indicator: Indicator, known: DownloadedCell, place: Position) -> None:
        value = self.page.value(place)
        try:
            if value != "" or known.stored:
                self._expect_names(indicator, known, place)
            typed, held = (self._typed_words if indicator.is_words else self._typed)(place, value, indicator)
            same = _same_words if indicator.is_words else _same
            if same(typed, known.stored):
                return
            there = self.figures.get(indicator.code, Cell(FigureState.BLANK))
            if same(typed, there.stored):
                return
            if self.rows.is_made(indicator.code):
                raise BadNumber(_("This figure is made of the rows of its table: leave it as it is, and change these."))
            if self.rows.is_locked(indicator.code, self.requested_cells):
                raise BadNumber(_("Locked: the office asked for other cells only."))
            if otherwise := asked.change(known.asked or known.unit, indicator):
                text = _("%(change)s The file is from before: download the sheet again, and type what fits.")
                raise BadNumber(text % {"change": otherwise})
            cell = read_cell(indicator, typed, self.submission.period.last_day)
            if same(cell.stored, there.stored):
                return
        except BadNumber as error:
            self._refuse(place, indicator.name, self.page.text(place), str(error))
            return
        if cell.stored:
            self.rows.fill(indicator.code)
        columns = indicator.table.columns
        column = indicator.name if is_code(indicator.code) else _("This period")
        column = columns[indicator.column]["name"] if columns else column
        change = ProposedChange(
            indicator.code, place, indicator.table.name, indicator.row_name, column,
            there.text, cell.text, there.stored, typed, asked=asked.asked(indicator), held=held,
            conflict=None if same(there.stored, known.stored) else Conflict(cell.text, there.text),
        )  # fmt: skip
        (self.preview.conflicts if change.conflict else self.preview.changes).append(change)

    def _typed_words(self, place: Position, value: Value, indicator: Indicator) -> tuple[str, str]:
        """As `_typed`, of what is reported in words: as the cell shows it, a day of which Excel made a date as that."""
        is_day = indicator.value_kind == ValueKind.DATE and isinstance(value, datetime.date)
        if is_day and not self.page.refusal(place):
            return f"{value:%Y-%m-%d}", ""
        self._expect_readable(place)
        return self.page.text(place), ""

    def _typed(self, place: Position, value: Value, indicator: Indicator) -> tuple[str, str]:
        """What a cell shows, as a person would type it, and what it holds where that is rounded to the decimals of the
        indicator. Raises BadNumber for what shows no number, or another one."""
        self._expect_readable(place)
        if not isinstance(value, int | float):
            return str(value), ""
        unit = indicator.unit
        shown, held = self.page.shown(place, value), f"{numerals.of_spreadsheet(value):f}"
        if shown is None:
            raise BadNumber(
                _("The format of the cell shows %(held)s as something else. Set it to “General” and type the figure.")
                % {"held": held}
            )
        if shown.is_percent and not unit.is_percent:
            raise BadNumber(_("The cell is formatted as a percentage, and the unit here is another. Type the figure."))
        is_rounded = _is_rounded(shown, value, indicator)
        if not (shown.exact or is_rounded):
            raise BadNumber(
                _(
                    "Excel shows “%(shown)s” here, and the cell holds %(held)s. Set its format to “General” and type "
                    "the figure that is meant, in %(unit)s."
                )
                % {"shown": shown.text, "held": held, "unit": unit.name}
            )
        typed = shown.typed.lstrip("¥￥") if unit.name == YUAN else shown.typed
        return typed, held if is_rounded else ""

    def _expect_names(self, indicator: Indicator, known: DownloadedCell, place: Position) -> None:
        if is_code(indicator.code):
            if wrong := visible_names.of_column(self.marks.heads.get(indicator.code, ""), indicator.name):
                raise BadNumber(wrong)
            return
        names = {known.row, indicator.row_name} if known.row else {known.name, indicator.name, indicator.row_name}
        columns = indicator.table.columns
        wrong = visible_names.of_row(self.page, place, names)
        if columns and not wrong:
            wrong = visible_names.of_column(self.marks.heads.get(indicator.code, ""), columns[indicator.column]["name"])
        if wrong:
            raise BadNumber(wrong)

    def _expect_readable(self, place: Position) -> None:
        if refusal := self.page.refusal(place):
            raise BadNumber(refusal)
        value = self.page.value(place)
        if isinstance(value, bool):
            raise BadNumber(_("Here stands TRUE or FALSE. Type the figure."))
        if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
            raise BadNumber(
                _("Excel made a date of it (%(date)s). Set the cell's format to “General” and type the figure again.")
                % {"date": value}
            )

    def _words(self, question: Question, known: DownloadedCell, place: Position) -> None:
        value = self.page.value(place)
        try:
            self._expect_readable(place)
            if value != "" and (wrong := visible_names.of_answer(self.page, place, known.name)):
                raise BadNumber(wrong)
        except BadNumber as error:
            self._refuse(place, question.text, self.page.text(place), str(error))
            return
        typed = self.page.text(place)
        typed = typed.replace("\r\n", "\n").strip()
        there = self.answers.get(question.code, "")
        if layout.digest(typed) in (known.stored, layout.digest(there)):
            return
        changed = layout.digest(there) != known.stored
        change = ProposedChange(
            question.code, place, _("In words"), question.text, question.get_kind_display(),
            there, typed, there, typed, in_words=True, conflict=Conflict(typed, there) if changed else None,
        )  # fmt: skip
        (self.preview.conflicts if changed else self.preview.changes).append(change)

    def _name_conflicts(self) -> None:
        """Name who changed the other value. What the person uploaded themselves before is no conflict."""
        codes = [change.code for change in self.preview.conflicts]
        rows = FigureChange.objects.filter(submission=self.submission, indicator__code__in=codes)
        last: dict[str, FigureChange | OpenRowChange] = {
            row.indicator.code: row for row in rows.select_related("by", "indicator").order_by("pk")
        }
        last |= self.rows.last_changes(codes)
        conflicts, self.preview.conflicts = self.preview.conflicts, []
        for change in conflicts:
            found = last.get(change.code)
            if found and found.by == self.by and found.source == ChangeSource.EXCEL:
                self.preview.changes.append(replace(change, conflict=None))
            else:
                named = Conflict(change.new, change.old, found.by if found else None, found.at if found else None)
                self.preview.conflicts.append(replace(change, conflict=named))
        self.preview.changes.sort(key=lambda change: change.place)


def _is_rounded(shown: Shown, value: float, indicator: Indicator) -> bool:
    """Whether a cell shows the figure as it is given, and holds more decimals, as a formula makes them. A count has
    none, and 0.956 under % may be a share of 1."""
    may_be_share = indicator.unit.is_percent and not shown.is_percent and abs(value) <= 1
    return shown.rounded and 0 < shown.places == indicator.decimals and not may_be_share


def _same(one: str, other: str) -> bool:
    """Whether two texts say the same figure: a spreadsheet drops the last zero of 7.50."""
    return _plain(one) == _plain(other)


def _same_words(one: str, other: str) -> bool:
    return one.strip() == other.strip() or (says_not_applicable(one) and says_not_applicable(other))


def _plain(text: str) -> Decimal | str:
    if says_not_applicable(text):
        return STORED_NOT_APPLICABLE
    plain = squeezed(text)
    try:
        return Decimal(plain)
    except InvalidOperation:
        return plain.lower()


def _listed(names: Sequence[str]) -> str:
    more = _(" and %(count)d more") % {"count": len(names) - NAMED} if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
