"""Loads a CSV of figures (indicator, period, value, declared, note) as accepted history, all or nothing."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.approval import moves
from sectors.calculation.cells import Cell
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.yaml_text import UnreadableFile, text_of_file
from sectors.entry import open_rows, writer
from sectors.entry.cell_texts import read_cell
from sectors.guard import lock_periods
from sectors.models import Assignment, Indicator, Period, Region, Submission, User
from sectors.sql.catalogue import catalogue_version
from sectors.sql.dry_runs import undone
from sectors.transfer.history import (
    HistoryFileError,
    check_catalogue,
    check_replaced,
    in_their_hands,
    is_theirs,
)
from sectors.transfer.lines import cells_of
from sectors.vocabulary import ChangeSource, FigureState, Frequency

COLUMNS = ("indicator", "period", "value", "declared", "note")
NAMED = 3  # of what may be meant


@dataclass(frozen=True)
class Line:
    place: str
    indicator: Indicator
    period: PeriodKey
    cell: Cell
    note: str


Row = tuple[str, list[str]]  # what it is called where something is wrong with it, and its columns


@dataclass(frozen=True)
class Loaded:
    """How many figures were stored and submissions made, a line for each figure that is new, and one for each that was
    another before."""

    figures: int
    submissions: int
    added: list[str]
    replaced: list[str]


def import_figures(
    paths: Iterable[Path] = (),
    *,
    rows: Iterable[Row] = (),
    region: Region,
    year: int,
    by: User | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> Loaded:
    """Load figures of files, and of rows that stand in no file, into submissions of the region's year. Raises
    HistoryFileError; then nothing has changed.

    Submissions that do not exist yet are made and accepted as history. One that a department is working on is
    not touched: its figures are the department's, and a line for it is a problem. So is a line that says something
    else than what is accepted, unless `replace` asks for it. With `dry_run` nothing changes either.
    """
    version = catalogue_version()  # before what it stands for
    indicators = {i.code: i for i in Indicator.objects.select_related("unit", "sheet")}
    problems: list[str] = []
    lines = list(_lines(rows, year, indicators, problems))
    for path in paths:
        lines += _read(path, year, indicators, problems)
    with undone(dry_run):
        return _load(lines, problems, region, year, version, replace=replace, by=by)


def _load(
    lines: list[Line],
    problems: list[str],
    region: Region,
    year: int,
    version: uuid.UUID | None,
    *,
    replace: bool,
    by: User | None,
) -> Loaded:
    _twice(lines, problems)
    if not lines and not problems:
        problems.append(_("The file has no figures."))
    if year > timezone.localdate().year:
        problems.append(_("%(year)d is still to come: there is no history of it.") % {"year": year})
    if problems:
        raise HistoryFileError(problems)
    return _store(lines, region, year, version, replace=replace, by=by)


def _read(path: Path, year: int, indicators: dict[str, Indicator], problems: list[str]) -> list[Line]:
    try:
        text = text_of_file(path)
    except UnreadableFile as error:
        problems.append(f"{path}:{error.line}: {error}")
        return []
    rows = [(number, row) for number, row in enumerate(text.split("\n"), start=1) if row.strip(", \t")]
    if not rows:
        problems.append(f"{path}:1: " + _("The file is empty."))
        return []
    (number, head), *rest = rows
    if wrong := _wrong_head(head):
        problems.append(f"{path}:{number}: {wrong}")
        return []
    lines: list[Line] = []
    for number, row in rest:
        place = f"{path}:{number}"
        try:
            cells = cells_of(row)
        except ValueError as error:
            problems.append(f"{place}: {error}")
        else:
            lines += _lines([(place, cells)], year, indicators, problems)
    return lines


def _lines(rows: Iterable[Row], year: int, indicators: dict[str, Indicator], problems: list[str]) -> Iterator[Line]:
    for place, cells in rows:
        try:
            yield _line(place, cells, year, indicators)
        except ValueError as error:
            problems.append(f"{place}: {error}")


def _wrong_head(line: str) -> str:
    """What is wrong with the line of heads; else empty."""
    try:
        heads = tuple(cell.strip() for cell in cells_of(line))
    except ValueError as error:
        return str(error)
    what = {"head": ",".join(COLUMNS), "found": line.strip()}
    if heads == COLUMNS:
        return ""
    if any(tuple(cell.strip() for cell in line.split(mark)) == COLUMNS for mark in ";\t；，、"):
        return _("Columns are separated by commas: save the file as CSV with the separator “,”.")
    return _("the first line must be %(head)s, not “%(found)s”.") % what


def _line(place: str, row: list[str], year: int, indicators: dict[str, Indicator]) -> Line:
    """One line of a file. Raises ValueError with what is wrong with it."""
    if len(row) != len(COLUMNS):
        raise ValueError(_("The line has not exactly %(count)d columns.") % {"count": len(COLUMNS)})
    code, period, value, declared, note = (cell.strip() for cell in row)
    indicator = _indicator(code, indicators)
    code = indicator.code
    if indicator.is_computed and value:
        raise ValueError(_("%(code)s is computed: put what the document says under declared.") % {"code": code})
    _split_number(indicator, value, declared, note)
    if not indicator.is_computed and declared:
        raise ValueError(_("%(code)s is entered: put it under value.") % {"code": code})
    found = _period(period, year, indicator)
    cell = read_cell(indicator, declared if indicator.is_computed else value, found.last_day)
    if cell.state == FigureState.BLANK:
        raise ValueError(_("%(code)s has no value. Leave the line out, or write n/a.") % {"code": code})
    if len(note) > 200:
        raise ValueError(_("The note is longer than 200 characters."))
    return Line(place, indicator, found, cell, note)


def _indicator(text: str, indicators: dict[str, Indicator]) -> Indicator:
    """By its code, or by a name that no other has. Raises ValueError with what may be meant."""
    if text in indicators:
        return indicators[text]
    named = sorted(known for known, indicator in indicators.items() if indicator.name == text)
    if len(named) == 1:
        return indicators[named[0]]
    if similar := (named or get_close_matches(text.lower(), indicators, cutoff=0.8))[:NAMED]:
        what = {"code": text, "known": ", ".join(similar)}
        raise ValueError(_("Unknown indicator %(code)s. Is it one of these: %(known)s? Write its code.") % what)
    raise ValueError(_("Unknown indicator %(code)s.") % {"code": text})


def _split_number(indicator: Indicator, value: str, declared: str, note: str) -> None:
    """Five columns all the same, where the comma of 1,548 began the next one. Raises ValueError."""
    first, rest = (declared, note) if indicator.is_computed else (value, declared)
    if re.fullmatch(r"-?\d{1,3}", first) and re.fullmatch(r"\d{3}(\.\d+)?", rest):
        what = {"declared": first, "note": rest}
        raise ValueError(_("Is %(declared)s,%(note)s one number? Write it without a comma or in quotes.") % what)


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


def _store(
    lines: list[Line], region: Region, year: int, version: uuid.UUID | None, *, replace: bool, by: User | None
) -> Loaded:
    grouped: dict[tuple[int, PeriodKey], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line.indicator.sheet_id, line.period), []).append(line)
    departments = dict(Assignment.objects.filter(region=region).values_list("sheet", "department"))
    periods = {period: _open(region, period) for _sheet, period in grouped}
    lock_periods(periods.values())
    check_catalogue(version)
    problems: list[str] = []
    new: list[Submission] = []
    added: list[str] = []
    replaced: list[str] = []
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
        elif is_theirs(submission):
            problems.append(f"{rows[0].place}: {in_their_hands(submission)}")
            continue
        for problem, is_new, told in _compared(submission, rows):
            (problems if problem else added if is_new else replaced).append(told)
        changed += writer.store(
            submission,
            {line.indicator: line.cell for line in rows},
            by=by,
            way=ChangeSource.IMPORT,
            notes={line.indicator.code: line.note for line in rows},
        )
    if problems:
        raise HistoryFileError(problems)
    check_replaced(replaced, replace=replace)
    moves.file_history(new, reason=_("Loaded from a document of %(year)d.") % {"year": year})
    return Loaded(changed, len(new), added, replaced)


def _compared(submission: Submission, lines: list[Line]) -> Iterator[tuple[bool, bool, str]]:
    """Of each line that changes something whether it cannot, whether nothing stood there, and the words for it."""
    made = open_rows.counts(submission)
    before = writer.stored_cells(submission, [line.indicator for line in lines])
    for line in lines:
        old, old_note = before.get(line.indicator.pk, writer.NO_FIGURE)
        if line.indicator.code in made and old != line.cell:
            counted = {"code": line.indicator.code, "count": made[line.indicator.code]}
            message = _("%(code)s is made of the %(count)d rows of its table: load the rows instead.")
            yield True, False, f"{line.place}: {message % counted}"
        elif (old, old_note) != (line.cell, line.note):
            is_new = old.state == FigureState.BLANK
            yield False, is_new, _told(submission, line) if is_new else _told(submission, line, old, old_note)


def _told(submission: Submission, line: Line, old: Cell | None = None, old_note: str = "") -> str:
    """What a line says, and what it replaces, in words."""
    told = line.cell.text if old is None else f"{old.text} → {line.cell.text}"
    if old is not None and old_note != line.note:
        told += " " + _("(note: %(old)s → %(new)s)") % {"old": old_note or "–", "new": line.note or "–"}
    of = f"{line.indicator.sheet}, {line.indicator}, {line.period.code}, {submission.region}"
    return f"{line.place}: {of}: {told}"


def _open(region: Region, key: PeriodKey) -> Period:
    """The period, made with the ordinary calendar (due ten days after its end) where it does not exist."""
    days = {"opens": key.last_day, "due": key.last_day + datetime.timedelta(days=10)}
    return Period.objects.get_or_create(region=region, year=key.year, kind=key.kind, number=key.number, defaults=days)[
        0
    ]
