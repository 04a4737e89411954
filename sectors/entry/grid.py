"""A sheet as it stands on the screen: tables, rows and cells with last period, last year and year to date beside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby, takewhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sectors.calculation.bounded import Bounded, Bounds, comparable, folded_bounds, overlap
from sectors.calculation.cells import Cell, formatted, interval_of, shown
from sectors.calculation.evaluation import Definition, Evaluation, folded, period_at
from sectors.calculation.formulas import LAST_YEAR, NOW, PREVIOUS, Name
from sectors.calculation.periods import PeriodKey
from sectors.calculation.qualifiers import written
from sectors.catalogue.compiled import CompiledSheet, sheet_of
from sectors.entry import open_rows
from sectors.entry.change_texts import change_text
from sectors.entry.requested_cells import requested_cells
from sectors.entry.sparkline import COURSE, Course
from sectors.models import Indicator, Submission, Tally
from sectors.sql.figures import figure_rows, words_rows
from sectors.sql.regions import Within
from sectors.vocabulary import Accumulation, FigureState, Frequency, Qualifier

# A moment to look at: year and number of the period in it.
Moment = tuple[int, int]
# Those that stand beside one another, as an expression calls them.
SHOWN = (NOW, PREVIOUS, LAST_YEAR)


def field_id(code: str) -> str:
    return "cell-" + code.replace(".", "-")


@dataclass(frozen=True)
class GridCell:
    """One cell. `text` stands in its field, or is the computed value; `seen` is the same as it is stored."""

    indicator: Indicator
    text: str
    seen: str
    previous: str
    last_year: str
    to_date: str
    change: str
    declared: str = ""
    is_returned: bool = False  # the last return named it
    is_locked: bool = False
    counted: Tally | None = None  # what the registry counts for it
    rows: int = 0  # open rows that it is made of
    course: Course = ()  # the periods before, the latest last

    @property
    def counted_text(self) -> str:
        """Where the figure comes from; with what the registry counts where that is another one."""
        if self.counted is None:
            return ""
        count = self.counted.records
        text = ngettext("counted from %(count)d record", "counted from %(count)d records", count) % {"count": count}
        counted = formatted(self.counted.value, self.indicator.decimals, self.indicator.rounding)
        return text if counted == self.text else f"{text}: {counted}"

    @property
    def accumulation(self) -> str:
        """How periods make the year, in words, where it is not simply their sum."""
        if self.indicator.is_words:
            return _("the latest counts")
        adds_up = self.indicator.is_computed or self.indicator.accumulation == Accumulation.FLOW
        return "" if adds_up else str(self.indicator.get_accumulation_display())

    @property
    def field_id(self) -> str:
        return field_id(self.indicator.code)

    @property
    def copies(self) -> bool:
        """Whether last period's figure is a fair start: a level is often what it was, a flow never is."""
        return self.indicator.accumulation == Accumulation.STOCK and not (self.is_locked or self.indicator.of_rows)

    @cached_property
    def compared(self) -> str:
        """The comparison in one line, for tables that have no columns to spare for it."""
        parts = (
            (_("last"), self.previous),
            (_("a year ago"), f"{self.last_year} {self.change}".strip()),
            (_("to date"), self.to_date if self.indicator.accumulation == Accumulation.FLOW else ""),
        )
        return " · ".join(f"{word} {text}" for word, text in parts if text)


@dataclass(frozen=True)
class GridRow:
    name: str
    indent: int
    group_name: str
    cells: list[GridCell | None]

    @property
    def is_computed(self) -> bool:
        """Whether there is nothing to enter in it."""
        return all(cell is None or cell.indicator.is_computed for cell in self.cells)


@dataclass(frozen=True)
class GridTable:
    name: str
    columns: list[dict[str, str]]  # name and unit of each; empty for a list of indicators
    rows: list[GridRow]

    @property
    def heads(self) -> list[tuple[str, str, str]]:
        """Name, unit and, in words, how the figures of each column come about or make the year."""
        return [
            (column["name"], column["unit"], _way([cell for row in self.rows if (cell := row.cells[n])]))
            for n, column in enumerate(self.columns)
        ]


def _way(column: list[GridCell]) -> str:
    if all(cell.indicator.is_computed for cell in column):
        return _("computed") if column else ""
    return column[0].accumulation


@dataclass(frozen=True)
class Grid:
    tables: list[GridTable]
    has_to_date: bool  # whether a year has more than one of these periods
    copies: bool  # whether last period has levels to start from
    sheet: CompiledSheet
    values: Evaluation  # of this period, and a year back
    bounded: Bounded  # the same, of what is not exact


def read(submission: Submission) -> Grid:
    """The grid of a submission (`sheet` and `period` fetched)."""
    return _GridReader(submission).grid()


def affected_by(submission: Submission, codes: Collection[str]) -> list[GridCell]:
    """The cells with these codes and the computed cells of the sheet that follow from them."""
    return _GridReader(submission, frozenset(codes)).cells()


def read_one(submission: Submission, code: str) -> tuple[GridCell, list[tuple[GridCell, int]]] | None:
    """One cell of the sheet, and the cells (of any sheet) that its formula reads, each with its moment."""
    reader = _GridReader(submission)
    indicator = next((i for i in reader.indicators if i.code == code), None)
    if indicator is None:
        return None
    formula = reader.catalogue.formula(code)
    names = formula.names if formula else frozenset()
    codes = {name for name, _back in names}
    cells = [reader._cell(row) for row in reader.catalogue.indicators if row.code in codes]
    read = [(cell, moment) for cell in cells for moment in SHOWN if (cell.indicator.code, moment) in names]
    return reader._cell(indicator), read


class _GridReader:
    def __init__(self, submission: Submission, only: frozenset[str] | None = None) -> None:
        self.submission = submission
        self.period = submission.period
        self.sheet = sheet_of(submission)
        self.catalogue = self.sheet.catalogue
        self.indicators = self.sheet.indicators if only is None else self.sheet.following(only)
        # An answer to what was saved leaves the course alone.
        self.course = (
            [] if only is not None else [period_at(self.period.key, n * PREVIOUS) for n in range(COURSE, 0, -1)]
        )
        self.requested_cells, self.row_counts = requested_cells(submission), open_rows.counts(submission)
        self.tallies = {} if only is not None else {tally.indicator_id: tally for tally in submission.tallies.all()}
        frequency = self.catalogue.frequency(submission.sheet_id, self.period.year)
        self.periodic = self.period.kind == frequency and self.period.kind != Frequency.YEAR
        self.moments = self._fetch()
        self.now, self.previous, self.last_year = (self._at(moment) for moment in SHOWN)
        self._to_date = cache(self._over)

    def cells(self) -> list[GridCell]:
        return [self._cell(indicator) for indicator in self.indicators]

    def grid(self) -> Grid:
        tables = [
            GridTable(table.name, table.columns, self._rows(list(members), len(table.columns)))
            for table, members in groupby(self.indicators, key=lambda i: i.table)
        ]
        cells = [cell for table in tables for row in table.rows for cell in row.cells]
        copies = any(cell.copies and cell.previous for cell in cells if cell)
        return Grid(tables, self.periodic, copies, self.sheet, self.now.evaluation, self.now.bounded)

    def _rows(self, indicators: list[Indicator], width: int) -> list[GridRow]:
        rows = []
        for _number, members in groupby(indicators, key=lambda i: i.row):
            cells = {indicator.column: self._cell(indicator) for indicator in members}
            first = next(iter(cells.values())).indicator
            name = first.row_name
            rows.append(
                GridRow(name, first.indent, first.group_name, [cells.get(column) for column in range(max(width, 1))])
            )
        return rows

    def _cell(self, indicator: Indicator) -> GridCell:
        code = indicator.code
        cell = self._stored(code)
        text, declared = shown(cell.stored, self.period.year) if cell else "", ""
        if indicator.is_computed:
            text, declared = self.now.text(indicator), text
        return GridCell(
            indicator=indicator,
            text=text,
            seen=cell.stored if cell else "",
            previous=self._beside(indicator, PREVIOUS),
            last_year=self._beside(indicator, LAST_YEAR),
            to_date="" if indicator.is_words else self._to_date(self._common(code)).text(indicator),
            change=self._change(indicator),
            declared=declared,
            is_returned=code in self.requested_cells.codes,
            is_locked=self.requested_cells.locks(code),
            counted=self.tallies.get(indicator.pk),
            rows=self.row_counts.get(code, 0),
            course=() if indicator.is_words else self._course(indicator),
        )

    def _course(self, indicator: Indicator) -> Course:
        cells = [
            (period.code, self.moments.get((period.year, period.number), {}).get(indicator.code))
            for period in self.course
            if indicator.valid_on(period.last_day)
        ]
        return [(code, cell.value if cell else None) for code, cell in cells]

    def _beside(self, indicator: Indicator, moment: int) -> str:
        """What stood there at another time."""
        if not indicator.is_words:
            return (self.previous if moment == PREVIOUS else self.last_year).text(indicator)
        period = period_at(self.period.key, moment)
        cell = self.moments.get((period.year, period.number), {}).get(indicator.code)
        return shown(cell.stored) if cell and indicator.valid_on(period.last_day) else ""

    def _change(self, indicator: Indicator) -> str:
        """Against last year; nothing where it is not sure that there is any, or the days differ."""
        code = indicator.code
        now, then = self.now.value(code), self.last_year.value(code)
        text = change_text(indicator, now, then)
        bounds, earlier = self.now.bounds(code), self.last_year.bounds(code)
        if not text or now is None or then is None or (bounds is None and earlier is None):
            return text
        intervals = bounds.interval if bounds else (now, now), earlier.interval if earlier else (then, then)
        is_exact = all(low == high for low, high in intervals)
        if not comparable(bounds, earlier) or (not is_exact and overlap(*intervals)):
            return ""
        return text if is_exact else written(text, Qualifier.ABOUT)

    def _over(self, numbers: tuple[int, ...]) -> Values:
        """Over some periods of the year, and the same of years before."""
        year, spans = self.period.year, dict[int, Sequence[Moment]]()
        for years in self.sheet.moments:
            if years < PREVIOUS:
                spans[years] = [(year - years, n) for n in numbers]
        return self._evaluation(self.period.key, spans)

    def _at(self, moment: int) -> Values:
        """A period, and those that are read beside it."""
        period, spans = period_at(self.period.key, moment), dict[int, Sequence[Moment]]()
        for more in self.sheet.moments:
            if more < PREVIOUS or period.kind != Frequency.YEAR:
                key = period_at(period, more)
                spans[more] = [(key.year, key.number)]
        return self._evaluation(period, spans)

    def _common(self, code: str) -> tuple[int, ...]:
        """The periods up to this one that have all that a computed value reads; of an entered one all.

        What counts from January on stands for all periods before: beside others it wants these whole.
        """
        so_far = tuple(range(1, self.period.number + 1))
        if self.catalogue.formula(code) is None:
            return so_far
        read = self._read(code)
        to_date = {name for name in read if self.catalogue.by_code[name[0]].accumulation == Accumulation.CUMULATIVE}
        if not to_date or to_date == read:
            return tuple(number for number in so_far if self._has(code, read, number))
        whole = tuple(takewhile(lambda number: self._has("", read - to_date, number), so_far))
        return whole[: max((number for number in whole if self._has(code, read, number)), default=0)]

    def _has(self, code: str, names: Iterable[Name], number: int) -> bool:
        """Whether a period has a number of each, or of some that they do not apply and the value (where one is named)
        all the same, being a sum without them."""
        year, kind = self.period.year, self.period.kind
        answers: list[Decimal | None] = []
        for name, back in names:
            cell = self.moments.get((year - back, number), {}).get(name)
            is_valid = name in self.catalogue.valid_codes(PeriodKey(year - back, kind, number).last_day)
            if is_valid and cell is None:
                return False
            answers.append(cell.value if cell and is_valid else None)
        return None not in answers or not code or self._to_date((number,)).value(code) is not None

    def _read(self, code: str, back: int = 0) -> set[Name]:
        """The entered indicators that a value is made of, each with how many years back."""
        formula = self.catalogue.formula(code)
        if formula is None or back > 1:
            return {(code, back)}
        return {name for other, more in formula.names for name in self._read(other, back + more)}

    def _stored(self, code: str) -> Cell | None:
        return self.moments.get((self.period.year, self.period.number), {}).get(code)

    def _fetch(self) -> dict[Moment, dict[str, Cell]]:
        """One query for every figure of the region that the page shows or computes with, one for what is in words."""
        kind, year, by_code = self.period.kind, self.period.year, self.catalogue.by_code
        read = self.catalogue.with_inputs(indicator.code for indicator in self.indicators)
        codes = {by_code[code].pk: code for code in read if code in by_code}
        periods = [period_at(period_at(self.period.key, shown), more) for shown in SHOWN for more in self.sheet.moments]
        years = (min(key.year for key in (*periods, *self.course)) if periods else year, year)
        region, since = self.submission.region_id, {kind: years[0]}
        rows = figure_rows(region, years, since=since, indicators=codes) if codes else ()
        found: dict[Moment, dict[str, Cell]] = {}
        for key, _kind, of_year, number, value, *more in rows:
            state = FigureState.NOT_APPLICABLE if value is None else FigureState.NUMBER
            found.setdefault((of_year, number), {})[codes[key]] = Cell._make((state, value, *more, ""))
        in_words = [by_code[code].pk for code in codes.values() if by_code[code].is_words]
        for key, _region, of_kind, of_year, number, words in (
            words_rows(Within((region,), is_alone=True), range(years[0], year + 1), in_words) if in_words else ()
        ):
            if of_kind == kind:
                found.setdefault((of_year, number), {})[codes[key]] = Cell(FigureState.TEXT, words=words)
        return found

    def _evaluation(self, period: PeriodKey, spans: Mapping[int, Sequence[Moment]]) -> Values:
        """By their moments, seen from a period: over which periods each is put together."""
        entered: dict[Name, Decimal | None] = {}
        bounds: dict[Name, Bounds] = {}
        absent: set[Name] = set()
        for back, moments in spans.items():
            for code, cells in self._gathered(moments).items():
                row = self.catalogue.by_code[code]
                entered[code, back] = folded(row.accumulation, [cell.value for cell in cells if cell.value is not None])
                if any(cell.qualifier or cell.as_of for cell in cells):
                    bounds[code, back] = folded_bounds(row.accumulation, (bounds_of(row, cell) for cell in cells))
            absent |= {(code, back) for code in self._absent(moments) | self._not_valid(period_at(period, back))}
        # What did not apply in one period counts as nothing there, and not in the others.
        return Values(self.catalogue.definitions, entered, absent - entered.keys(), bounds, self.period.year)

    def _gathered(self, moments: Iterable[Moment]) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for moment in sorted(moments):
            valid = self.catalogue.valid_codes(PeriodKey(moment[0], self.period.kind, moment[1]).last_day)
            for code, cell in self.moments.get(moment, {}).items():
                if cell.value is not None and code in valid:
                    found.setdefault(code, []).append(cell)
        return found

    def _not_valid(self, period: PeriodKey) -> set[str]:
        """What is read and not valid in a period: sums of parts go on without it."""
        day = period.last_day
        read = self.catalogue.with_inputs(indicator.code for indicator in self.indicators)
        return read - self.catalogue.valid_codes(day)

    def _absent(self, moments: Iterable[Moment]) -> set[str]:
        return {
            code
            for moment in moments
            for code, cell in self.moments.get(moment, {}).items()
            if cell.state == FigureState.NOT_APPLICABLE
        }


class Values:
    """Values of a period or of several together, with what is known of those that are not exact."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        entered: Mapping[Name, Decimal | None],
        absent: Collection[Name],
        known: Mapping[Name, Bounds],
        year: int,
    ) -> None:
        self.year = year
        self.evaluation = Evaluation(definitions, entered, absent)
        self.bounded = Bounded(definitions, known, entered, absent)
        self.value = self.evaluation.value

    def bounds(self, code: str) -> Bounds | None:
        value = self.value(code)
        return None if value is None else self.bounded.bounds(code, value)

    def text(self, indicator: Indicator) -> str:
        value = self.value(indicator.code)
        marked = self.bounded.marked(indicator.code, value)
        digits = formatted(value, indicator.decimals, marked.rounding(indicator.rounding))
        return marked.write(digits, year=self.year)


def bounds_of(indicator: Indicator, cell: Cell) -> Bounds:
    assert cell.value is not None
    interval = interval_of(cell.value, cell.places, cell.qualifier, indicator.kind)
    return Bounds.of(interval, cell.qualifier, cell.as_of)
