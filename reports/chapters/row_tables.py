"""Open rows as tables of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reports.aggregation.cube import AnnualValue
from reports.aggregation.open_rows import YearRow, YearRows
from reports.document.blocks import Block, Column, Gap, Number, Paragraph, Row, Run, Table, Text
from reports.vocabulary import NOT_APPLICABLE
from sectors.catalogue.open_tables import total_of
from sectors.models import Indicator
from sectors.vocabulary import FigureState, RowTotal

MOST = 40  # rows; a longer table is cut, and says so


def blocks(found: YearRows, values: Mapping[str, AnnualValue], key: str) -> Iterator[Block]:
    """The table, with a note where it is not all there is. `values` are the year's, by code."""
    table, shown = found.table, found.rows[:MOST]
    columns = [
        table.title,
        *(column for column in table.columns if column is not table.title and _is_told(found, column)),
    ]
    heads = [Column("地区", "left", 4)] if found.has_regions else []
    heads += [_head(column) for column in columns]
    body = [Row((*_region(found, row), *(_cell(found, row, column) for column in columns))) for row in shown]
    if total := _total(found, values, columns):
        body.append(total)
    yield Table(table.table.name, tuple(heads), tuple(body), key=key)
    said = [f"共{len(found.rows)}项，列出前{MOST}项" if len(found.rows) > MOST else ""]
    said.append("" if found.is_whole else "部分报送只有合计，未列入本表")
    if note := "；".join(filter(None, said)):
        yield Paragraph((Text(f"注：{note}。"),), "note", key=f"{key}/note")


def _is_told(found: YearRows, column: Indicator) -> bool:
    """Nothing but dashes is no column; what is required and missing is a gap."""
    return column.required or any(row.cells[column.code].state != FigureState.BLANK for row in found.rows)


def _head(column: Indicator) -> Column:
    unit = f"（{column.unit_text}）" if column.unit_text else ""
    return Column(column.name + unit, "left" if column.is_words else "right", 6 if column.is_words else 4)


def _region(found: YearRows, row: YearRow) -> Sequence[tuple[Run, ...]]:
    return [(Text(row.submission.region.name),)] if found.has_regions else []


def _cell(found: YearRows, row: YearRow, column: Indicator) -> tuple[Run, ...]:
    cell, total = row.cells[column.code], found.table.totals[0]
    if cell.state == FigureState.NUMBER:
        return (Number(row.code(total, column), cell.stored),)
    if cell.state == FigureState.NOT_APPLICABLE:
        return (Text(NOT_APPLICABLE),)
    if cell.state == FigureState.BLANK:
        return (Gap(row.code(total, column), "") if column.required else Text("—"),)
    return (Text(row.printed(column)),)


def _total(found: YearRows, values: Mapping[str, AnnualValue], columns: Sequence[Indicator]) -> Row | None:
    """The sums of the year, where the rows are all that they are made of."""
    sums = {total_of(one.of_rows)[1]: one for one in found.table.totals if total_of(one.of_rows)[0] == RowTotal.SUM}
    cells: list[tuple[Run, ...]] = [(Text("合计"),)]
    cells += [(Text("—"),)] * found.has_regions
    for column in columns[1:]:
        value = values.get(sums[column.code].code) if column.code in sums else None
        is_there = value is not None and value.value is not None and not value.is_partial
        cells.append((Number(value.indicator.code, value.text),) if value and is_there else (Text("—"),))
    has_any = any(isinstance(run, Number) for cell in cells for run in cell)
    return Row(tuple(cells)) if has_any and found.is_whole else None
