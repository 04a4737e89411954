"""Loads a CSV of figures (indicator, period, value, declared, note) as accepted history, all or nothing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.approval import moves
from sectors.calculation.cells import Cell
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.nodes import FileProblem, Source, line_of, whole_text
from sectors.entry import writer
from sectors.guard import lock_periods, lock_submissions
from sectors.models import Assignment, Indicator, Period, Question, Region, Submission
from sectors.texts import readable
from sectors.transfer.lines import cells_of
from sectors.vocabulary import ChangeSource, FigureState, Frequency, SubmissionStatus

COLUMNS = ("indicator", "period", "value", "declared", "note")


class FigureFileError(Exception):
    """A file that cannot be loaded; `problems` names every bad line, nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Line:
    place: str
    indicator: Indicator
    period: PeriodKey
    cell: Cell
    note: str


@dataclass(frozen=True)
class Loaded:
    figures: int
    submissions: int
    narratives: int = 0


def import_figures(paths: Iterable[Path], *, region: Region, year: int) -> Loaded:
    """Load figure files into submissions of the region's year. Raises FigureFileError; then nothing has changed.

    Submissions that do not exist yet are made and accepted as history. One that a department is working on is
    not touched: its figures are the department's, and a line for it is a problem.
    """
    indicators = {i.code: i for i in Indicator.objects.select_related("unit", "sheet")}
    problems: list[str] = []
    lines: list[Line] = []
    for path in paths:
        lines += _read(path, year, indicators, problems)
    _twice(lines, problems)
    if not lines and not problems:
        problems.append(_("The file has no figures."))
    if year > timezone.localdate().year:
        problems.append(_("%(year)d is still to come: there is no history of it.") % {"year": year})
    if problems:
        raise FigureFileError(problems)
    with transaction.atomic():
        return _store(lines, region, year)


def _read(path: Path, year: int, indicators: dict[str, Indicator], problems: list[str]) -> list[Line]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(_("%(path)s cannot be read as CSV in UTF-8: save it with that encoding.") % {"path": path})
        return []
    except OSError as error:
        problems.append(_("%(path)s cannot be read: %(why)s") % {"path": path, "why": error})
        return []
    head, *rows = readable(text).split("\n")
    if tuple(head.split(",")) != COLUMNS:
        problems.append(_("%(path)s:1: the first line must be %(head)s.") % {"path": path, "head": ",".join(COLUMNS)})
        return []
    lines = []
    for number, row in enumerate(rows, start=2):
        if row:
            try:
                lines.append(_line(f"{path}:{number}", cells_of(row), year, indicators))
            except ValueError as error:
                problems.append(f"{path}:{number}: {error}")
    return lines


def _line(place: str, row: list[str], year: int, indicators: dict[str, Indicator]) -> Line:
    """One line of a file. Raises ValueError with what is wrong with it."""
    if len(row) != len(COLUMNS):
        raise ValueError(_("The line has not exactly %(count)d columns.") % {"count": len(COLUMNS)})
    code, period, value, declared, note = (cell.strip() for cell in row)
    indicator = indicators.get(code)
    if indicator is None:
        raise ValueError(_("Unknown indicator %(code)s.") % {"code": code})
    if indicator.is_computed and value:
        raise ValueError(_("%(code)s is computed: put what the document says under declared.") % {"code": code})
    if not indicator.is_computed and declared:
        raise ValueError(_("%(code)s is entered: put it under value.") % {"code": code})
    found = _period(period, year, indicator)
    cell = writer.read_cell(indicator, declared if indicator.is_computed else value)
    if cell.state == FigureState.BLANK:
        raise ValueError(_("%(code)s has no value. Leave the line out, or write n/a.") % {"code": code})
    if indicator.is_computed and re.fullmatch(r"\d{3}", note) and re.fullmatch(r"-?\d{1,3}", declared):
        # Five columns all the same: the comma of 1,548 began the note.
        what = {"declared": declared, "note": note}
        raise ValueError(_("Is %(declared)s,%(note)s one number? Write it without a comma or in quotes.") % what)
    if len(note) > 200:
        raise ValueError(_("The note is longer than 200 characters."))
    return Line(place, indicator, found, cell, note)


def _period(text: str, year: int, indicator: Indicator) -> PeriodKey:
    try:
        found = PeriodKey.parse(text)
    except ValueError:
        message = _("“%(text)s” is no period. Write 2023, 2023Q3, 2023H1 or 2023-07.")
        raise ValueError(message % {"text": text}) from None
    if found.year != year:
        raise ValueError(_("%(text)s is not in the year %(year)d.") % {"text": text, "year": year})
    frequency = Frequency(catalogue().frequency(indicator.sheet_id, year))
    if found.kind not in (Frequency.YEAR, frequency):
        raise ValueError(
            _("%(code)s is reported by %(frequency)s, not in %(text)s.")
            % {"code": indicator.code, "frequency": frequency.label, "text": text}
        )
    if not (indicator.valid_on(found.last_day) and indicator.sheet.valid_on(found.last_day)):
        message = _("%(code)s is not valid on %(day)s, the last day of %(text)s: a figure of it would not count.")
        raise ValueError(message % {"code": indicator.code, "day": found.last_day, "text": text})
    return found


def _twice(lines: list[Line], problems: list[str]) -> None:
    first: dict[tuple[str, PeriodKey], str] = {}
    for line in lines:
        place = first.setdefault((line.indicator.code, line.period), line.place)
        if place != line.place:
            what = {"code": line.indicator.code, "place": place}
            problems.append(f"{line.place}: " + _("%(code)s stands already at %(place)s.") % what)


def _store(lines: list[Line], region: Region, year: int) -> Loaded:
    grouped: dict[tuple[int, PeriodKey], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line.indicator.sheet_id, line.period), []).append(line)
    departments = dict(Assignment.objects.filter(region=region).values_list("sheet", "department"))
    periods = {period: _open(region, period) for _sheet, period in grouped}
    lock_periods(periods.values())
    problems: list[str] = []
    new: list[Submission] = []
    changed = 0
    for (sheet, period), rows in grouped.items():
        if sheet not in departments:
            what = {"region": region, "sheet": rows[0].indicator.sheet}
            problems.append(f"{rows[0].place}: " + _("No department of %(region)s reports %(sheet)s.") % what)
            continue
        submission, is_new = Submission.objects.get_or_create(
            sheet_id=sheet,
            period=periods[period],
            defaults={"region": region, "department_id": departments[sheet]},
        )
        if is_new:
            new.append(submission)
        elif _is_theirs(submission):
            problems.append(f"{rows[0].place}: {_in_their_hands(submission)}")
            continue
        changed += writer.store(
            submission,
            {line.indicator: line.cell for line in rows},
            by=None,
            way=ChangeSource.IMPORT,
            notes={line.indicator.code: line.note for line in rows},
        )
    if problems:
        raise FigureFileError(problems)
    moves.file_history(new, reason=_("Loaded from a document of %(year)d.") % {"year": year})
    return Loaded(changed, len(new))


def _is_theirs(submission: Submission | None) -> bool:
    """Not history: a department is working on it, or somebody once moved it."""
    if submission is None:
        return False
    moved = submission.transitions.filter(by__isnull=False)
    return submission.status != SubmissionStatus.ACCEPTED or moved.exists()


def _in_their_hands(submission: Submission) -> str:
    message = _("%(submission)s is in the department's hands; only the department changes its figures.")
    return message % {"submission": submission}


def _open(region: Region, key: PeriodKey) -> Period:
    """The period, made with the ordinary calendar (due ten days after its end) where it does not exist."""
    days = {"opens": key.last_day, "due": key.last_day + datetime.timedelta(days=10)}
    return Period.objects.get_or_create(region=region, year=key.year, kind=key.kind, number=key.number, defaults=days)[
        0
    ]


@transaction.atomic
def import_narratives(paths: Iterable[Path], *, region: Region, year: int) -> int:
    """Load YAML files of question code -> text into the year's history; returns how many changed.

    Raises FigureFileError; then nothing has changed. What a department is working on is not touched.
    """
    questions = {q.code: q for q in Question.objects.all()}
    last_day = PeriodKey.whole(year).last_day
    problems: list[str] = []
    texts: dict[int, dict[str, str]] = {}
    places: dict[str, str] = {}
    for place, code, text in (answer for path in paths for answer in _read_texts(path, problems)):
        if code not in questions:
            problems.append(f"{place}: " + _("Unknown question %(code)s.") % {"code": code})
            continue
        if not questions[code].valid_on(last_day):
            message = _("%(code)s is not asked on %(day)s, the last day of the year.")
            problems.append(f"{place}: " + message % {"code": code, "day": last_day})
            continue
        if places.setdefault(code, place) != place:
            what = {"code": code, "place": places[code]}
            problems.append(f"{place}: " + _("%(code)s stands already at %(place)s.") % what)
        texts.setdefault(questions[code].sheet_id, {})[code] = text
    rows = Submission.objects.filter(region=region, period__year=year, period__kind=Frequency.YEAR, sheet__in=texts)
    submissions = {s.sheet_id: s for s in Submission.objects.filter(pk__in=lock_submissions(rows))}
    for sheet in texts.keys() - submissions.keys():
        codes = ", ".join(sorted(texts[sheet]))
        problems.append(
            _("%(codes)s: the sheet has no annual submission in %(year)d.") % {"codes": codes, "year": year}
        )
    problems += [_in_their_hands(submissions[sheet]) for sheet in texts if _is_theirs(submissions.get(sheet))]
    if problems:
        raise FigureFileError(problems)
    return sum(writer.store_narratives(submissions[sheet], answers) for sheet, answers in texts.items())


def _read_texts(path: Path, problems: list[str]) -> Iterator[tuple[str, str, str]]:
    """Place, question code and text of each answer; a question without an answer has an empty text."""
    found: list[FileProblem] = []
    source = Source(path, found)
    root = source.root()
    answers = source.pairs(root) if root is not None else {}
    for code, (key, value) in answers.items():
        try:
            yield str(source.place(line_of(key))), code, whole_text(value, code)
        except ValueError as error:
            source.problem(line_of(key), str(error))
    problems += map(str, found)
