"""Chapter 一 of the report: three chapters of sectors, each with its text and the small tables that help to read it.

All figures of a sector stand in the annex, see `reports.chapters.annexes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby

from reports.aggregation.cube import AnnualValue
from reports.chapters import charts, narratives, row_tables
from reports.document.blocks import Block, Column, Gap, Heading, Number, Paragraph, Row, Run, Table, Text
from reports.document.numbering import number_heading, with_subject
from reports.document.phrases import DECLARED, DECLARED_NOTE
from reports.vocabulary import NOT_APPLICABLE
from reports.wording import comparisons, paragraphs, rendering
from sectors.calculation.tokens import codes_in
from sectors.models import Breakdown, Sector
from sectors.vocabulary import QuestionKind

# A table with fewer rows or columns says no more than its sentence.
FEWEST_ROWS, FEWEST_COLUMNS = 3, 3

Cells = dict[tuple[int, int], AnnualValue]  # by row and column


def situation(
    values: Mapping[str, AnnualValue],
    figures: rendering.Figures,
    texts: Mapping[int, str],
    answers: Sequence[narratives.Answers],
) -> Iterator[Block]:
    """The whole chapter, of the sectors of `values`; wordings may read other `figures`, too. `texts` are the wordings
    by sector, `answers` what departments wrote. Raises WordingError for a wording that fails."""
    yield Heading(1, number_heading(1, 1), "基本情况", key="situation")
    yield from charts.overview(values.values(), figures.year)
    parts = Breakdown.objects.part_codes()
    by_sector = of_sectors(values.values())
    work = narratives.of_kind(answers, QuestionKind.WORK)
    yield from narratives.paragraphs(work.get(None, []), "situation/words")
    for number, (chapter, members) in enumerate(groupby(by_sector, key=lambda s: s.chapter), start=1):
        yield Heading(2, number_heading(2, number), f"{chapter.name}方面", key=f"situation/{chapter.code}")
        for place, sector in enumerate(members, start=1):
            yield Heading(3, number_heading(3, place), sector.name, key=sector.code)
            yield from paragraphs.of_sector(sector, texts.get(sector.pk, ""), figures)
            yield from narratives.paragraphs(work.get(sector, []), f"{sector.code}/words")
            told = codes_in(texts.get(sector.pk, ""))
            own = by_sector[sector]
            drawn = chain(_tables(sector, own, figures), charts.of_sector(own, parts, figures.year, told))
            yield from (with_subject(block, sector.name) for block in drawn)


def of_sectors(values: Iterable[AnnualValue]) -> dict[Sector, list[AnnualValue]]:
    """Values by sector, in the order of the report."""
    found: dict[Sector, list[AnnualValue]] = {}
    for value in values:
        found.setdefault(value.indicator.sheet.sector, []).append(value)
    return found


def _tables(sector: Sector, values: Sequence[AnnualValue], figures: rendering.Figures) -> Iterator[Block]:
    """Its matrices, with rows and columns in which there is anything, and its open rows."""
    for (sheet, table), members in groupby(values, key=lambda v: (v.indicator.sheet, v.indicator.table)):
        key = f"{sector.code}/table/{sheet.number}/{table.code}"
        if found := figures.rows.get(table.pk):
            yield from row_tables.blocks(found, figures.values, key)
        if not table.columns:
            continue
        cells: Cells = {(value.indicator.row, value.indicator.column): value for value in members}
        rows = sorted({row for (row, _), value in cells.items() if value.is_there})
        columns = sorted({column for (_, column), value in cells.items() if value.is_there})
        if len(rows) < FEWEST_ROWS or len(columns) < FEWEST_COLUMNS:
            continue
        shown = [value for (row, column), value in cells.items() if row in rows and column in columns]
        span = comparisons.common_span([value for value in shown if value.source or value.not_applicable])
        yield _matrix(table.name + (f"（{span}）" if span else ""), cells, rows, columns, key)
        yield from _notes(shown, key)


def _matrix(name: str, cells: Cells, rows: Sequence[int], columns: Sequence[int], key: str) -> Table:
    any_of_row = {row: next(value for (r, _), value in cells.items() if r == row) for row in rows}
    any_of_column = {column: next(value for (_, c), value in cells.items() if c == column) for column in columns}
    heads = [Column("项目", "left", 8)]
    for value in any_of_column.values():
        head, unit = value.indicator.table.columns[value.indicator.column]["name"], value.indicator.unit.name
        heads.append(Column(head if unit == "1" else f"{head}（{unit}）", "right", 5))
    body = [
        Row(
            ((Text(any_of_row[row].indicator.row_name),), *(_cell(cells.get((row, column))) for column in columns)),
            indent=any_of_row[row].indicator.indent,
        )
        for row in rows
    ]
    return Table(name, tuple(heads), tuple(body), key=key)


def _cell(value: AnnualValue | None) -> tuple[Run, ...]:
    """A crossing of a matrix: empty where there is no such indicator."""
    return this_year(value) if value else (Text("—"),)


def this_year(value: AnnualValue, *, coverage: bool = False) -> tuple[Run, ...]:
    """A figure in a table; with `coverage`, of which months it is where some are missing."""
    code = value.indicator.code
    if not value.is_there and not value.not_applicable:
        return (Gap(code, ""),)
    runs: list[Run] = [Text(NOT_APPLICABLE) if value.not_applicable else Number(code, value.text)]
    if value.is_declared:
        runs.append(Text(DECLARED))
    elif coverage and value.is_partial:
        runs.append(Text(comparisons.covered(value.made.origin)))
    return tuple(runs)


def _notes(values: Sequence[AnnualValue], key: str) -> Iterator[Paragraph]:
    """Under a table: whether figures in it are declared, or not of the whole year."""
    declared = f"{DECLARED_NOTE}。" if any(value.is_declared for value in values) else ""
    said = declared + comparisons.note([value for value in values if value.source or value.not_applicable])
    if said:
        yield Paragraph((Text(f"注：{said}"),), "note", key=f"{key}/note")
