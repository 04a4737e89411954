"""The explorer: any indicators over any years, periods and regions as a pivot table, with totals by the right rule.

The total over a year's periods is the annual value (amounts add up, of a level the latest counts, a rate is computed
from annual parts) and the total over regions is the region above; both come from aggregation, nothing is added here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.aggregation.cube import AnnualValue, Cube
from reports.boards.charts import ChartLine, ScreenChart
from reports.boards.choice import BoardChoice
from reports.exports.files import ExportColumn as FileColumn
from reports.exports.files import ExportNumber, Listing
from sectors.calculation.cells import formatted, rounded
from sectors.calculation.periods import PeriodKey
from sectors.models import Indicator, Region
from sectors.shell.matching import ranked
from sectors.texts import LONGEST_SEARCH, plain, whole_number
from sectors.vocabulary import FigureState

MOST_INDICATORS, MOST_YEARS, LINES_DRAWN, OFFERED = 40, 10, 6, 12
BY_PERIOD, BY_YEAR = "period", "year"


@dataclass(frozen=True)
class Question:
    """What is asked for, as it stands in the address; `problems` say what of it was left out."""

    indicators: list[Indicator]
    years: list[int]  # in the order of time
    by: str
    apart: list[Region]  # regions that have rows of their own
    problems: list[str]

    @cached_property
    def codes(self) -> set[str]:
        return {one.code for one in self.indicators}

    def query(self, region: Region, own: Region, codes: Sequence[str] | None = None) -> str:
        """The address of the same table, or of the one of other indicators."""
        words = [("i", code) for code in ([one.code for one in self.indicators] if codes is None else codes)]
        words += [("year", str(year)) for year in self.years] + [("by", self.by)]
        words += [("apart", "1")] if self.apart else []
        words += [] if region.pk == own.pk else [("region", region.code)]
        return urlencode(words)


def asked(address: QueryDict, choice: BoardChoice) -> Question:
    """Read the address. What is unknown or too much is left out, and said."""
    indicators = {one.code: one for one in choice.indicators}
    codes = list(dict.fromkeys(address.getlist("i")))
    unknown = [code for code in codes if code not in indicators]
    found = [indicators[code] for code in codes if code in indicators]
    problems = []
    if unknown:
        problems.append(_("There is no indicator %(codes)s here.") % {"codes": "、".join(unknown)[:200]})
    if len(found) > MOST_INDICATORS:
        problems.append(_("Only the first %(count)d indicators are shown.") % {"count": MOST_INDICATORS})
    named = {whole_number(text) for text in address.getlist("year") if len(text) == 4} - {0}
    years = sorted(named & set(choice.years))
    if named - set(choice.years):
        left = "、".join(map(str, sorted(named - set(choice.years))))
        problems.append(_("Nothing was reported in %(years)s.") % {"years": left})
    by = BY_YEAR if address.get("by") == BY_YEAR else BY_PERIOD
    apart = choice.nearest if address.get("apart") else []
    return Question(found[:MOST_INDICATORS], (years or [choice.year])[-MOST_YEARS:], by, apart, problems)


@dataclass(frozen=True)
class Chip:
    """A chosen indicator with the addresses of the table without it, and with it one place earlier or later; empty
    where it is the first or the last."""

    indicator: Indicator
    without: str
    earlier: str
    later: str


def chips(question: Question, choice: BoardChoice) -> list[Chip]:
    codes = [one.code for one in question.indicators]

    def address(moved: Sequence[str]) -> str:
        return question.query(choice.region, choice.own, moved)

    def swapped(n: int) -> str:
        if not 0 < n < len(codes):
            return ""
        return address([*codes[: n - 1], codes[n], codes[n - 1], *codes[n + 1 :]])

    return [
        Chip(one, address([*codes[:n], *codes[n + 1 :]]), swapped(n), swapped(n + 1))
        for n, one in enumerate(question.indicators)
    ]


@dataclass(frozen=True)
class Offer:
    """An indicator that can be added, and the address of the table with it."""

    indicator: Indicator
    address: str


def found(question: Question, choice: BoardChoice, text: str) -> list[Offer]:
    """Indicators by name, code, sheet and sector, as the search of every page finds them; those not chosen yet."""
    words = plain(text[:LONGEST_SEARCH]).split()
    rows = ranked(choice.indicators, words, lambda row: (row.name, row.code, str(row.sheet), row.sheet.sector.name))
    return _offers(question, choice, rows if words else [])


def suggested(question: Question, choice: BoardChoice) -> list[Offer]:
    """What goes together with the chosen ones: what they are computed from or parts of, what is computed from them or
    makes them up, then the rest of their tables. Without any, the key indicators."""
    known, codes = choice.catalogue, question.codes
    if not codes:
        return _offers(question, choice, [one for one in choice.indicators if one.is_key or one.is_pass_rate])
    close = known.with_inputs(codes) | known.with_dependents(codes) | known.with_totals(codes)
    close |= {part for code in codes for part in known.parts.get(code, ())}
    tables = {one.table_id for one in question.indicators}
    near = [one for one in choice.indicators if one.code in close]
    return _offers(question, choice, [*near, *(one for one in choice.indicators if one.table_id in tables)])


def _offers(question: Question, choice: BoardChoice, rows: Sequence[Indicator]) -> list[Offer]:
    codes = [one.code for one in question.indicators]
    new = list(dict.fromkeys(one for one in rows if one.code not in question.codes))
    return [Offer(one, question.query(choice.region, choice.own, [*codes, one.code])) for one in new[:OFFERED]]


@dataclass(frozen=True)
class PivotColumn:
    """A period, or a year as a whole."""

    year: int
    period: PeriodKey | None

    @property
    def key(self) -> PeriodKey:
        return self.period or PeriodKey.whole(self.year)

    @property
    def label(self) -> str:
        return self.key.label

    @property
    def short_label(self) -> str:
        return self.key.short_label


@dataclass(frozen=True)
class PivotRow:
    """An indicator in a region; `region` is None for all of them together."""

    indicator: Indicator
    region: Region | None
    cells: list[AnnualValue | None]  # None in a period that the indicator's sheet does not report

    @property
    def texts(self) -> list[tuple[AnnualValue | None, str]]:
        """Each cell as printed: all with the decimals of the indicator, also what was declared with more or fewer."""
        return [(cell, _text(cell)) for cell in self.cells]


@dataclass(frozen=True)
class Pivot:
    question: Question
    columns: list[PivotColumn]
    rows: list[PivotRow]

    @property
    def years(self) -> list[tuple[int, int]]:
        """Each year and over how many columns it stands."""
        return [(year, sum(column.year == year for column in self.columns)) for year in self.question.years]

    @property
    def in_words(self) -> str:
        """The names of indicators that no chart can show."""
        return "、".join(one.name for one in self.question.indicators if one.is_words)

    def chart(self) -> ScreenChart | None:
        """The first rows of numbers that have one unit, over the periods or, without any, the years."""
        numbers = [row for row in self.rows if not row.indicator.is_words]
        drawn = [row for row in numbers if row.region is None] if len(self.question.indicators) > 1 else numbers
        drawn = [row for row in drawn if row.indicator.unit_id == drawn[0].indicator.unit_id]
        places = [n for n, column in enumerate(self.columns) if column.period or self.question.by == BY_YEAR]
        places = [n for n in places if any(row.cells[n] is not None for row in drawn)]
        if not places or not any(_has(row, places) for row in drawn):
            return None
        left_out = len(self.rows) - len(drawn[:LINES_DRAWN])
        lines = tuple(_line(row, places) for row in drawn[:LINES_DRAWN])
        names = tuple(self.columns[n].label for n in places)
        kind = "line" if len(places) > 1 else "bars"
        return ScreenChart("pivot", kind, _("Chart"), drawn[0].indicator.unit_text, names, lines, _words(left_out))


def pivot(question: Question, choice: BoardChoice) -> Pivot:
    """The table, in a number of queries that does not depend on what is asked for."""
    by_period = question.by == BY_PERIOD
    cube = Cube(
        choice.inside,
        question.years,
        question.indicators,
        apart=question.apart,
        by_period=by_period,
        compared=False,
        catalogue=choice.catalogue,
    )
    columns = [
        column
        for year in question.years
        for column in (
            *(PivotColumn(year, at) for at in (cube.periods(year) if by_period else ())),
            PivotColumn(year, None),
        )
    ]
    values = {region: [cube.at(column.key, region) for column in columns] for region in (None, *question.apart)}
    rows = []
    for one in question.indicators:
        code, kinds = one.code, {year: choice.catalogue.frequency(one.sheet_id, year) for year in question.years}
        shown = [column.period is None or column.period.kind == kinds[column.year] for column in columns]
        for region, found in values.items():
            cells = [of[code] if is_shown else None for of, is_shown in zip(found, shown, strict=True)]
            rows.append(PivotRow(one, region, cells))
    return Pivot(question, columns, rows)


def _text(cell: AnnualValue | None) -> str:
    if cell is None:
        return ""
    if cell.is_declared and cell.bounds is None:
        return formatted(cell.value, cell.indicator.decimals, cell.indicator.rounding)
    return cell.text


def _has(row: PivotRow, places: Sequence[int]) -> bool:
    cells = [row.cells[n] for n in places]
    return any(cell is not None and cell.value is not None for cell in cells)


def _line(row: PivotRow, places: Sequence[int]) -> ChartLine:
    cells = [row.cells[n] for n in places]
    return ChartLine(
        " ".join(filter(None, [row.indicator.name, row.region.name if row.region else ""])),
        tuple(cell.value if cell else None for cell in cells),
        tuple(map(_text, cells)),
    )


def _words(left_out: int) -> str:
    if not left_out:
        return _("All rows of the table.")
    said = ngettext(
        "The first rows that have one unit; %(count)d row is in the table only.",
        "The first rows that have one unit; %(count)d rows are in the table only.",
        left_out,
    )
    return said % {"count": left_out}


def listing(table: Pivot, region: Region) -> Listing:
    """The table to be written as a file: exactly its rows and columns, and after each in which something is missing how
    many of the expected figures are there."""
    heads = ((_("Code"), 24), (_("Indicator"), 30), (_("Unit"), 10), (_("Over the year"), 26), (_("Region"), 14))
    columns = [FileColumn(head, width) for head, width in heads]
    partial = [any(_is_partial(row.cells[n]) for row in table.rows) for n in range(len(table.columns))]
    for column, has_coverage in zip(table.columns, partial, strict=True):
        columns.append(FileColumn(column.label, 14))
        if has_coverage:
            columns += [FileColumn(f"{column.label} {head}", 14) for head in (_("Periods in"), _("Periods due"))]
    rows = (
        (
            *(row.indicator.code, row.indicator.name, row.indicator.unit_text),
            *(str(row.indicator.get_accumulation_display()), (row.region or region).name),
            *chain.from_iterable(map(_values, row.cells, partial)),
        )
        for row in table.rows
    )
    return Listing(_("Explorer"), tuple(columns), rows, len(table.rows))


def _is_partial(cell: AnnualValue | None) -> bool:
    return cell is not None and cell.is_partial


def _values(cell: AnnualValue | None, with_coverage: bool) -> Iterator[ExportNumber | str | int | None]:
    yield _number(cell)
    if with_coverage:
        yield from cell.coverage if cell else (None, None)


def _number(cell: AnnualValue | None) -> ExportNumber | str | None:
    if cell is not None and cell.not_applicable:
        return str(FigureState.NOT_APPLICABLE.label)
    if cell is not None and cell.words:
        return cell.words
    if cell is None or cell.value is None:
        return None
    if cell.bounds is not None:
        return cell.text
    places = cell.indicator.decimals
    return ExportNumber(rounded(cell.value, places, cell.indicator.rounding), places)
