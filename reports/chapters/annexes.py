"""The annexes: all figures by sector with last year, which of them do not add up, and who reported what when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from reports.aggregation.cube import AnnualValue
from reports.aggregation.months import YEAR
from reports.chapters import notes, targets
from reports.chapters.scope import NAME as SCOPE
from reports.chapters.shortfalls import exactly, spoken
from reports.chapters.situation import of_sectors, this_year
from reports.chapters.sources import Source
from reports.chapters.verification import Regraded, Remark
from reports.document.blocks import (
    Block,
    Column,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
    Text,
    format_date,
)
from reports.document.characters import printable
from reports.document.phrases import COMPARISON_NOTE, DECLARED_NOTE, INEXACT_NOTE, PARTIAL_NOTE
from reports.vocabulary import NOT_APPLICABLE
from reports.wording.comparisons import covered, months
from sectors.calculation.qualifiers import written
from sectors.models import Sector
from sectors.vocabulary import Qualifier, Severity

SEVERITIES: Mapping[str, str] = {Severity.ERROR: "不一致", Severity.WARNING: "须核实"}
SEVERITY_NAMES: Mapping[str, str] = {Severity.ERROR: "错误", Severity.WARNING: "须核实", Severity.HINT: "提示"}
FIGURES, REMARKS, SOURCES = "主要指标数据", "数据核查说明", "数据来源和覆盖情况"
KEY_FIGURES = "主要指标"


def listed() -> Iterator[Block]:
    """The annexes by name, at the end of the text; what the public edition has in place of findings without a number,
    which the others have."""
    for place, lead, name in (
        ("1", "附件：1.", FIGURES),
        ("2", "　　　2.", REMARKS),
        ("scope", "　　　", SCOPE),
        ("3", "　　　3.", SOURCES),
    ):
        yield Paragraph((Text(lead + name),), "annex", key=f"annexes/{place}")


def figures(values: Mapping[str, AnnualValue], year: int) -> Iterator[Block]:
    """A table for each sector: this year, last year and the change; this year alone where there is no other. A table of
    key indicators stands for all of them where the annex is a summary."""
    yield PageBreak()
    yield Heading(1, "附件1　", FIGURES, key="figures")
    columns = _columns(values.values(), year)
    for sector, members in of_sectors(values.values()).items():
        yield from _figures(sector, members, columns)
    yield from key_figures(values.values(), year, "figures/key")
    with_target = [value for value in values.values() if value.indicator.target is not None]
    if with_target:
        yield _targets(with_target, year)


def _columns(values: Collection[AnnualValue], year: int) -> tuple[Column, ...]:
    columns = (Column("指标", "left", 15), Column("单位", "center", 5), Column(f"{year}年", "right", 6))
    if not any(value.last is not None or value.last_not_applicable for value in values):
        return columns
    return (*columns, Column(f"{year - 1}年", "right", 6), Column("比上年", "right", 7))


def key_figures(values: Collection[AnnualValue], year: int, key: str) -> Iterator[Block]:
    """One table of the key indicators of all sectors, as far as there are any."""
    found = [value for value in values if value.indicator.is_key]
    if not found:
        return
    columns = _columns(found, year)
    rows = (Row(((Text(spoken(value)),), *_figure_cells(value)[1 : len(columns)])) for value in found)
    yield Table(KEY_FIGURES, columns, tuple(rows), key=key)
    if notes := _notes(found):
        yield Paragraph((Text(notes),), "note", key=f"{key}/note")


def _figures(sector: Sector, values: Sequence[AnnualValue], columns: tuple[Column, ...]) -> Iterator[Block]:
    rows: list[Row] = []
    for table, members in groupby(values, key=lambda v: v.indicator.table):
        rows.append(Row(((Text(table.name),),), kind="group"))
        rows += [Row(_figure_cells(value)[: len(columns)], indent=value.indicator.indent) for value in members]
    yield Table(f"{sector.name}主要数据", columns, tuple(rows), key=f"{sector.code}/figures")
    if notes := _notes(values):
        yield Paragraph((Text(notes),), "note", key=f"{sector.code}/figures/note")


def _notes(values: Collection[AnnualValue]) -> str:
    """What the marks in a table of figures mean; empty without any."""
    notes = [
        (DECLARED_NOTE, any(value.is_declared for value in values)),
        (PARTIAL_NOTE, any(map(_counts_periods, values))),
        (INEXACT_NOTE, any(value.marked.qualifier for value in values)),
        (COMPARISON_NOTE, any(value.comparison and not value.comparison.is_plain for value in values)),
    ]
    said = [note for note, applies in notes if applies]
    return f"注：{'；'.join(said)}。" if said else ""


def _counts_periods(value: AnnualValue) -> bool:
    """Whether periods are counted in brackets behind it or last year's value, since no months can be named."""
    origins = [(value.made.origin, value.is_partial), (value.before.origin, value.is_last_partial)]
    return any(is_partial and covered(origin).endswith("期）") for origin, is_partial in origins)


def _targets(values: Sequence[AnnualValue], year: int) -> Table:
    """What was aimed at and whether it was reached; the unrounded value is held against the target."""
    columns = (
        Column("指标", "left", 10),
        Column("目标", "right", 5),
        Column(f"{year}年", "right", 7),
        Column("结果", "center", 5),
        Column("目标来源", "left", 10),
    )
    return Table("目标完成情况", columns, tuple(map(_target_row, values)), key="figures/targets")


def _target_row(value: AnnualValue) -> Row:
    reached = value.reaches_target
    unknown = "年度未满" if value.is_too_early else "无法判断" if value.is_undecidable else "—"
    result = unknown if reached is None else "达到" if reached else "未达到"
    cells: tuple[tuple[Run, ...], ...] = (
        (Text(spoken(value)),),
        (Number(value.indicator.code, value.indicator.target_text),),
        (*this_year(value, coverage=True), *exactly(value)),
        (Text(result),),
        (Text(targets.origin(value.indicator) or "工作目标"),),
    )
    return Row(cells)


def _figure_cells(value: AnnualValue) -> tuple[tuple[Run, ...], ...]:
    indicator = value.indicator
    return (
        (Text(indicator.name),),
        (Text("" if indicator.unit.name == "1" else indicator.unit.name),),
        this_year(value, coverage=True),
        (Text(_last_year(value) or "—"),),
        (Text(change_text(value) or "—"),),
    )


def change_text(value: AnnualValue) -> str:
    """The change against last year as a table prints it, with what is compared; empty without one."""
    change, found = value.rounded_change, value.comparison
    if found is None or (change is None and not value.is_unchanged):
        return ""
    unit = "个百分点" if value.indicator.unit.is_percent else "%"
    text = f"{change:+}{unit}" if change else "持平"
    text = written(text, Qualifier.ABOUT) if found.is_about else text
    if found.is_plain:
        return text
    parts = [months(found.months_set)] if found.months_set != YEAR or found.regions == found.all_regions else []
    if found.regions < found.all_regions:
        parts.append(f"{found.regions}/{found.all_regions}地区")
    return f"{text}（{'，'.join(parts)}）"


def _last_year(value: AnnualValue) -> str:
    text = NOT_APPLICABLE if value.last_not_applicable else value.last_text
    return f"{text}{covered(value.before.origin)}" if value.is_last_partial else text


def remarks(found: Sequence[Remark], regraded: Sequence[Regraded] = ()) -> Iterator[Block]:
    """What does not add up in the accepted figures, and which checks the office made more or less grave. The report
    prints figures as reported all the same."""
    yield PageBreak()
    yield Heading(1, "附件2　", REMARKS, key="remarks")
    if found:
        yield from _remarks(found)
    else:
        text = "已接受的数据在核查中没有发现分项与合计、申报值与计算值不一致的情况。"
        yield Paragraph((Text(text),), key="remarks/none")
    if regraded:
        yield from _regraded(regraded)


def _regraded(found: Sequence[Regraded]) -> Iterator[Block]:
    text = f"质强办调整了{len(found)}项核查的级别，其余按目录规定的级别核查。提示级的核查结果不列入上表。"
    yield Paragraph((Text(text),), key="remarks/regraded")
    columns = (
        Column("序号", "center", 3),
        Column("地区", "center", 5),
        Column("核查", "left", 12),
        Column("目录级别", "center", 5),
        Column("调整后", "center", 5),
        Column("理由", "left", 12),
        Column("调整日期", "right", 7),
    )
    rows = [
        (
            str(number),
            one.region,
            one.check,
            SEVERITY_NAMES[one.usual] + (f"（{one.varies}为{SEVERITY_NAMES[Severity.WARNING]}）" if one.varies else ""),
            SEVERITY_NAMES[one.severity],
            one.reason,
            format_date(one.day),
        )
        for number, one in enumerate(found, start=1)
    ]
    cells = [Row(tuple((Text(printable(text)),) for text in row)) for row in rows]
    yield Table("核查级别调整情况", columns, tuple(cells), key="remarks/regraded/table")


def _remarks(found: Sequence[Remark]) -> Iterator[Block]:
    yield Paragraph((Text(_remarks_summary(found)),), key="remarks/summary")
    columns = [
        Column("序号", "center", 3),
        Column("级别", "center", 4),
        Column("核查说明", "left", 14),
        Column("申报值", "right", 5),
        Column("计算值", "right", 5),
    ]
    if any(remark.said for remark in found):
        columns.append(Column("部门和质强办说明", "left", 13))
    rows = [_remark_cells(number, remark)[: len(columns)] for number, remark in enumerate(found, start=1)]
    yield Table("数据核查结果", tuple(columns), tuple(map(Row, rows)), key="remarks/table")


def _remarks_summary(found: Sequence[Remark]) -> str:
    explained = sum(bool(remark.said) for remark in found)
    said = f"其中{explained}项已有说明" if explained else "均尚无说明"
    return f"以下{len(found)}项数据在核查中存在不一致，{said}。正文按部门所报数据列出，比率按计算值列出。"


def _remark_cells(number: int, remark: Remark) -> tuple[tuple[Run, ...], ...]:
    texts = (
        str(number),
        SEVERITIES[remark.severity],
        remark.text,
        remark.declared or "—",
        remark.expected or "—",
        "".join(map(notes.said_by, remark.said)) or "尚无说明",
    )
    return tuple((Text(printable(text)),) for text in texts)


def sources(found: Sequence[Source]) -> Iterator[Block]:
    """Which department reported which sheet, for how many periods it was accepted and when last."""
    yield PageBreak()
    yield Heading(1, "附件3　", SOURCES, key="sources")
    yield Paragraph((Text(_sources_summary(found)),), key="sources/summary")
    columns = (
        Column("表号", "center", 4),
        Column("报表", "left", 14),
        Column("填报部门", "left", 8),
        Column("已接受", "center", 6),
        Column("最近接受日期", "right", 9),
    )
    rows = tuple(map(_source_row, found))
    yield Table("报表报送和接受情况", columns, rows, key="sources/table")


def _sources_summary(found: Sequence[Source]) -> str:
    sheets: dict[str, list[Source]] = {}
    for source in found:
        sheets.setdefault(source.number, []).append(source)
    whole = sum(all(source.is_whole for source in of) for of in sheets.values())
    missing = [number for number, of in sheets.items() if not any(source.accepted or source.annual for source in of)]
    departments = {name for source in found for name in source.departments}
    text = f"本报告的数据应由{len(departments)}个部门通过{len(sheets)}张报表填报，"
    if whole == len(sheets):
        return f"{text}全部报表各期数据均已接受。"
    text += f"{len(sheets) - len(missing)}张有已接受的数据，"
    text += f"其中{whole}张各期数据齐全。" if whole else "各期数据都不齐全。"
    if missing:
        text += f"没有已接受数据的报表为{'、'.join(missing)}，相关指标在正文和附件中标明缺数。"
    return text


def _source_row(source: Source) -> Row:
    parts = [f"{source.accepted}/{source.expected}期"] if source.accepted else []
    parts += ["年度数据"] if source.annual else []
    day = format_date(source.last) if source.last else "—"
    texts = (source.number, source.name, "、".join(source.departments), "和".join(parts) or "未报送", day)
    return Row(tuple((Text(text),) for text in texts))
