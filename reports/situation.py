"""Chapter 一 of the report: three chapters of sectors, each with its text and the table of its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from reports import wording
from reports.aggregation import AnnualValue
from reports.document import (
    Block,
    Column,
    Gap,
    Heading,
    Number,
    Paragraph,
    Row,
    Run,
    Table,
    Text,
    number_heading,
    parse_marked,
)
from sectors.kinds import rounded
from sectors.models import Sector

DECLARED = "*"


def situation(values: Mapping[str, AnnualValue], year: int) -> Iterator[Block]:
    """The whole chapter. Raises WordingError for a template that fails."""
    yield Heading(1, number_heading(1, 1), "基本情况", key="situation")
    by_sector: dict[int, list[AnnualValue]] = {}
    for value in values.values():
        by_sector.setdefault(value.indicator.sheet.sector_id, []).append(value)
    sectors = Sector.objects.filter(pk__in=by_sector).select_related("chapter")
    for number, (chapter, members) in enumerate(groupby(sectors, key=lambda s: s.chapter), start=1):
        yield Heading(2, number_heading(2, number), f"{chapter.name}方面", key=f"situation/{chapter.code}")
        for place, sector in enumerate(members, start=1):
            yield Heading(3, number_heading(3, place), sector.name, key=sector.code)
            for line, text in wording.render(sector.wording, values, where=sector.name).items():
                yield Paragraph(parse_marked(text), key=f"{sector.code}/text/{line}")
            yield from _figures(sector, by_sector[sector.pk], year)


def _figures(sector: Sector, values: Sequence[AnnualValue], year: int) -> Iterator[Block]:
    columns = (
        Column("指标", "left", 15),
        Column("单位", "center", 5),
        Column(f"{year}年", "right", 6),
        Column(f"{year - 1}年", "right", 6),
        Column("比上年", "right", 7),
    )
    rows: list[Row] = []
    for table, members in groupby(values, key=lambda v: v.indicator.table):
        rows.append(Row(((Text(table.name),),), kind="group"))
        for value in members:
            rows.append(_figure_row(value))
    yield Table(f"{sector.name}主要数据", columns, tuple(rows), key=f"{sector.code}/figures")
    notes = [
        (f"带{DECLARED}的为部门申报值，计算所需的数据未报送", any(value.source == "declared" for value in values)),
        ("括号内为已接受的期数和全年应报期数，期数不全的数量不与上年比较", any(value.is_partial for value in values)),
    ]
    said = [note for note, applies in notes if applies]
    if said:
        yield Paragraph((Text(f"注：{'；'.join(said)}。"),), "note", key=f"{sector.code}/figures/note")


def _figure_row(value: AnnualValue) -> Row:
    indicator = value.indicator
    cells: tuple[tuple[Run, ...], ...] = (
        (Text(indicator.name),),
        (Text("" if indicator.unit.name == "1" else indicator.unit.name),),
        _this_year(value),
        (Text(value.last_text or "—"),),
        (Text(change_text(value) or "—"),),
    )
    return Row(cells, indent=indicator.indent)


def _this_year(value: AnnualValue) -> tuple[Run, ...]:
    code = value.indicator.code
    if value.not_applicable:
        return (Text("不适用"),)
    if value.value is None:
        return (Gap(code, ""),)
    runs: list[Run] = [Number(code, value.text)]
    if value.source == "declared":
        runs.append(Text(DECLARED))
    elif value.is_partial:
        runs.append(Text(f"（{value.coverage.have}/{value.coverage.expected}期）"))
    return tuple(runs)


def change_text(value: AnnualValue) -> str:
    """The change against last year as a table prints it; empty without one."""
    if value.change is None:
        return ""
    change = rounded(value.change, 1)
    if not change:
        return "持平"
    return f"{change:+}" + ("个百分点" if value.indicator.unit.is_percent else "%")
