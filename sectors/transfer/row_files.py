"""Loads CSV files of open rows (sheet, table, period, then the columns of the table) into accepted history, all or
nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.open_tables import OpenTable
from sectors.catalogue.yaml_text import UnreadableFile, text_of_file
from sectors.entry import open_rows, writer
from sectors.guard import lock_submissions
from sectors.models import OpenRow, Region, Sheet, Submission, User
from sectors.sql.catalogue import catalogue_version
from sectors.sql.dry_runs import undone
from sectors.transfer.history import HistoryFileError, check_catalogue, check_replaced, in_their_hands, is_theirs
from sectors.transfer.lines import cells_of
from sectors.vocabulary import ChangeSource

PLACED = ("sheet", "table", "period")  # the heads of every file; the others are codes or names of columns

Row = tuple[str, Mapping[str, str]]  # what it is called where something is wrong with it, and its cells by their heads


@dataclass(frozen=True)
class LoadedRows:
    """How many cells were stored, figures that are made of rows among them; a line for each row that is new, and one
    for each cell that was another before."""

    cells: int
    added: list[str]
    replaced: list[str]


@dataclass(frozen=True)
class Line:
    """A row of an open table, with texts by the codes of columns."""

    place: str
    sheet: int
    table: OpenTable
    period: PeriodKey
    texts: Mapping[str, str]

    @property
    def title(self) -> str:
        return self.texts.get(self.table.title.code, "")

    def is_about(self, row: OpenRow) -> bool:
        return bool(row.cells.get(self.table.title.code) == self.title)


def import_rows(
    paths: Iterable[Path] = (),
    *,
    rows: Iterable[Row] = (),
    region: Region,
    year: int,
    by: User | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> LoadedRows:
    """Load rows of files, and others that stand in none, into the year's history. Raises HistoryFileError; then nothing
    has changed.

    A row is known by what stands in the column that it is called by; rows that no file names stay. What a department is
    working on is not touched, and what is accepted otherwise is a problem, unless `replace` asks for it. With
    `dry_run` nothing changes either.
    """
    version = catalogue_version()  # before what it stands for
    problems: list[str] = []
    given = [*rows, *(row for path in paths for row in _read(path, problems))]
    lines = list(_lines(given, year, problems))
    if not given and not problems:
        problems.append(_("The file has no rows."))
    _twice(lines, problems)
    with undone(dry_run):
        if problems:
            raise HistoryFileError(problems)
        return _store(lines, region, year, version, replace=replace, by=by)


def _read(path: Path, problems: list[str]) -> Iterator[Row]:
    try:
        text = text_of_file(path)
    except UnreadableFile as error:
        problems.append(f"{path}:{error.line}: {error}")
        return
    rows = [(number, row) for number, row in enumerate(text.split("\n"), start=1) if row.strip(", \t")]
    if not rows:
        problems.append(f"{path}:1: " + _("The file is empty."))
        return
    heads: list[str] = []
    for number, row in rows:
        place = f"{path}:{number}"
        try:
            cells = [cell.strip() for cell in cells_of(row)]
        except ValueError as error:
            problems.append(f"{place}: {error}")
            continue
        if not heads:
            heads = cells
            if tuple(heads[: len(PLACED)]) != PLACED or len(set(heads)) < len(heads):
                message = _("the first line must begin with %(head)s, and name each column once.")
                problems.append(f"{place}: " + message % {"head": ",".join(PLACED)})
                return
        elif len(cells) != len(heads):
            problems.append(f"{place}: " + _("The line has not exactly %(count)d columns.") % {"count": len(heads)})
        else:
            yield place, dict(zip(heads, cells, strict=True))


def _lines(rows: Iterable[Row], year: int, problems: list[str]) -> Iterator[Line]:
    sheets = list(Sheet.objects.all())
    for place, cells in rows:
        try:
            yield _line(place, cells, year, sheets)
        except ValueError as error:
            problems.append(f"{place}: {error}")


def _line(place: str, cells: Mapping[str, str], year: int, sheets: Iterable[Sheet]) -> Line:
    """Raises ValueError with what is wrong with it."""
    sheet = next((one for one in sheets if cells["sheet"] in (one.number, one.name, str(one))), None)
    if sheet is None:
        raise ValueError(_("There is no sheet %(name)s. Write its number.") % {"name": cells["sheet"]})
    try:
        period = PeriodKey.parse(cells["period"])
    except ValueError:
        message = _("“%(text)s” is no period. Write 2023, 2023Q3, 2023H1 or 2023-07.")
        raise ValueError(message % {"text": cells["period"]}) from None
    if period.year != year:
        raise ValueError(_("%(text)s is not in the year %(year)d.") % {"text": cells["period"], "year": year})
    tables = catalogue().sheet(sheet.pk, period.last_day).open_tables
    table = next((one for one in tables if cells["table"] in (one.code, one.table.name)), None)
    if table is None:
        known = "、".join(f"{one.code} ({one.table.name})" for one in tables) or "–"
        what = {"sheet": sheet, "name": cells["table"], "known": known}
        raise ValueError(_("%(sheet)s has no table %(name)s of which rows are added, but: %(known)s.") % what)
    line = Line(place, sheet.pk, table, period, dict(_texts(cells, table)))
    if not line.title:
        raise ValueError(_("“%(column)s” is empty: a row is known by it.") % {"column": table.title.name})
    return line


def _texts(cells: Mapping[str, str], table: OpenTable) -> Iterator[tuple[str, str]]:
    """By codes of columns; what is left empty stays as it is."""
    codes = {name: column.code for column in table.columns for name in (column.code, column.name)}
    for head, text in cells.items():
        if head in PLACED or not text:
            continue
        if head in codes:
            yield codes[head], text
        else:
            what = {"name": head, "table": table.table.name}
            raise ValueError(_("%(table)s has no column %(name)s.") % what)


def _twice(lines: list[Line], problems: list[str]) -> None:
    first: dict[tuple[int, str, PeriodKey, str], str] = {}
    for line in lines:
        place = first.setdefault((line.sheet, line.table.code, line.period, line.title), line.place)
        if place != line.place:
            what = {"code": line.title, "place": place}
            problems.append(f"{line.place}: " + _("%(code)s stands already at %(place)s.") % what)


@dataclass
class _Outcome:
    cells: int = 0
    problems: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def _store(
    lines: list[Line], region: Region, year: int, version: uuid.UUID | None, *, replace: bool, by: User | None
) -> LoadedRows:
    grouped: dict[tuple[int, PeriodKey], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line.sheet, line.period), []).append(line)
    found = Submission.objects.filter(region=region, period__year=year, sheet__in={sheet for sheet, _key in grouped})
    rows = Submission.objects.filter(pk__in=lock_submissions(found)).select_related("period", "sheet", "region")
    submissions = {(one.sheet_id, one.period.key): one for one in rows}
    check_catalogue(version)
    outcome = _Outcome()
    for place, of_sheet in grouped.items():
        submission = submissions.get(place)
        if submission is None:
            message = _("The sheet has no figures of %(period)s yet: load those first, or together with its rows.")
            outcome.problems.append(f"{of_sheet[0].place}: " + message % {"period": of_sheet[0].period.code})
        elif is_theirs(submission):
            outcome.problems.append(f"{of_sheet[0].place}: {in_their_hands(submission)}")
        else:
            _store_rows(submission, of_sheet, by, outcome)
    if outcome.problems:
        raise HistoryFileError(outcome.problems)
    check_replaced(outcome.replaced, replace=replace)
    return LoadedRows(outcome.cells, outcome.added, outcome.replaced)


def _store_rows(submission: Submission, lines: list[Line], by: User | None, outcome: _Outcome) -> None:
    there = open_rows.rows_of(submission)
    found: list[tuple[Line, OpenRow | None, dict[str, str]]] = []  # with the columns by the codes of cells
    for line in lines:
        row = next((row for row in there.get(line.table.table.pk, ()) if line.is_about(row)), None)
        key = row.key if row else uuid.uuid4()
        codes = {open_rows.code_of(line.table, key, line.table.by_code[column]): column for column in line.texts}
        found.append((line, row, codes))
    texts = {code: line.texts[column] for line, _row, codes in found for code, column in codes.items()}
    saved = writer.store_rows(submission, texts, by=by, way=ChangeSource.IMPORT)
    outcome.cells += saved.changed
    for line, row, codes in found:
        for code in codes.keys() & saved.refused.keys():
            text, why = saved.refused[code]
            outcome.problems.append(f"{line.place}: {text}: {why}")
        told = f"{line.place}: {submission.sheet}, {line.table.table.name}, {line.period.code}, {line.title}"
        if row is None:
            outcome.added.append(told)
            continue
        for code, column in codes.items():
            old, new = row.cells.get(column, ""), saved.stored.get(code, "")
            if old != new:
                name = line.table.by_code[column].name
                outcome.replaced.append(f"{told}, {name}: {old or '–'} → {new}")
