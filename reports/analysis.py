"""Builds the annual quality status analysis report of a region as document blocks.

The report is a Chinese official document whatever the language of the interface, so its own words stand here in
Chinese; those of the sectors come from the catalogue, those of chapters 二 and 三 from the departments.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils import translation

from reports import verification, wording
from reports.aggregation import AnnualValue, annual
from reports.document import (
    Block,
    Column,
    Contents,
    Cover,
    Document,
    FigureUsed,
    Gap,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
    Text,
    format_date,
    number_heading,
    parse_marked,
    printable,
    strip_marks,
)
from reports.verification import Remark, Said
from sectors.kinds import rounded
from sectors.models import Department, Narrative, Question, Region, Sector, Submission

DECLARED = "*"
SEVERITIES = {"error": "不一致", "warning": "须核实"}


class NoData(Exception):
    """The region has no accepted submission in the year."""


def build(region: Region, year: int, *, day: datetime.date) -> Document:
    """The report of the region's year, dated `day`. Raises NoData, and WordingError for a template that fails."""
    submissions = Submission.objects.filter(region=region, period__year=year, status=Submission.Status.ACCEPTED)
    marks = list(submissions.values_list("is_demo", flat=True))
    if not marks:
        raise NoData(f"{region.name}{year}年没有已接受的报送。")
    values = annual(region, year)
    issuer = Department.objects.filter(region=region, users__role="office").distinct().first()
    cover = Cover(
        title_lines=(f"{region.name}{year}年质量状况", "分析报告"),
        issuer=issuer.name if issuer else f"{region.name}质量强县工作领导小组办公室",
        date_text=format_date(day),
    )
    words = _narratives(region, year)
    parts = (_situation(values, year), _problems(words), _measures(words), _verification(region, year, values))
    blocks = [cover, Contents(), *(block for part in parts for block in part)]
    return Document(
        title=f"{region.name}{year}年质量状况分析报告",
        region_name=region.name,
        year=year,
        blocks=tuple(blocks),
        figures=tuple(map(_figure_used, values.values())),
        demo=any(marks),
    )


def _situation(values: dict[str, AnnualValue], year: int) -> Iterator[Block]:
    """Chapter 一: three chapters of sectors, each with its text and the table of its figures."""
    yield Heading(1, number_heading(1, 1), "基本情况")
    by_sector: dict[int, list[AnnualValue]] = {}
    for value in values.values():
        by_sector.setdefault(value.indicator.sheet.sector_id, []).append(value)
    sectors = Sector.objects.filter(pk__in=by_sector).select_related("chapter")
    for number, (chapter, members) in enumerate(groupby(sectors, key=lambda s: s.chapter), start=1):
        yield Heading(2, number_heading(2, number), f"{chapter.name}方面")
        for place, sector in enumerate(members, start=1):
            yield Heading(3, number_heading(3, place), sector.name)
            for text in wording.render(sector.wording, values, where=sector.name):
                yield Paragraph(parse_marked(text))
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
    yield Table(f"{sector.name}主要数据", columns, tuple(rows))
    notes = [
        (f"带{DECLARED}的为部门申报值，计算所需的数据未报送", any(value.source == "declared" for value in values)),
        ("括号内为已接受的期数和全年应报期数，期数不全的数量不与上年比较", any(value.is_partial for value in values)),
    ]
    said = [note for note, applies in notes if applies]
    if said:
        yield Paragraph((Text(f"注：{'；'.join(said)}。"),), "note")


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


def _problems(words: list[Narrative]) -> Iterator[Block]:
    yield PageBreak()
    yield Heading(1, number_heading(1, 2), "主要质量问题及原因分析")
    yield Heading(2, number_heading(2, 1), "宏观质量管理方面")
    yield from _said(words, Question.Kind.PROBLEM_MACRO, 3)
    yield Heading(2, number_heading(2, 2), "微观质量监管方面")
    yield from _said(words, Question.Kind.PROBLEM_MICRO, 3)


def _measures(words: list[Narrative]) -> Iterator[Block]:
    yield Heading(1, number_heading(1, 3), "下一步工作计划和措施")
    yield from _said(words, Question.Kind.MEASURE, 2)


def _said(words: list[Narrative], kind: str, level: int) -> Iterator[Block]:
    """What departments wrote to the questions of a kind, under a heading for each sector."""
    chosen = [word for word in words if word.question.kind == kind]
    if not chosen:
        yield Paragraph((Gap(kind, "部门文字材料"),))
    for number, (sector, members) in enumerate(groupby(chosen, key=lambda w: w.question.sheet.sector), start=1):
        yield Heading(level, number_heading(level, number), f"{sector.name}方面")
        for word in members:
            for line in strip_marks(word.text).splitlines():
                if line.strip():
                    yield Paragraph((Text(printable(line.strip())),))


def _verification(region: Region, year: int, values: dict[str, AnnualValue]) -> Iterator[Block]:
    """The annex: what does not add up in the accepted figures. The report prints figures as reported all the same."""
    with translation.override("zh-hans"):
        remarks = verification.remarks(region, year, values)
    yield PageBreak()
    yield Heading(1, "", "附件：数据核查说明")
    if not remarks:
        yield Paragraph((Text("本年度数据核查未发现分项与合计、申报值与计算值不一致的情况。"),))
        return
    explained = sum(bool(remark.said) for remark in remarks)
    yield Paragraph(
        (
            Text(
                f"以下{len(remarks)}项数据在核查中存在不一致，其中{explained}项已有说明。"
                "正文按部门所报数据列出，比率按计算值列出。"
            ),
        )
    )
    columns = (
        Column("序号", "center", 3),
        Column("级别", "center", 4),
        Column("核查说明", "left", 14),
        Column("申报值", "right", 5),
        Column("计算值", "right", 5),
        Column("部门和质强办说明", "left", 13),
    )
    rows = tuple(_remark_row(number, remark) for number, remark in enumerate(remarks, start=1))
    yield Table("数据核查结果", columns, rows)


def _remark_row(number: int, remark: Remark) -> Row:
    texts = (
        str(number),
        SEVERITIES[remark.severity],
        remark.text,
        remark.declared or "—",
        remark.expected or "—",
        "".join(map(_said_by, remark.said)) or "尚无说明",
    )
    return Row(tuple((Text(printable(text)),) for text in texts))


def _said_by(said: Said) -> str:
    """`2023年第2季度市场监管局说明：……。` One finding may have been explained in several periods."""
    who = {"reason": f"{said.department}说明", "accepted": "质强办准予保留", "refused": "质强办要求更正"}[said.kind]
    text = strip_marks(" ".join(said.text.split()))
    return f"{said.period}{who}：{text}" + ("" if text.endswith(("。", "！", "？", ".")) else "。")


def _narratives(region: Region, year: int) -> list[Narrative]:
    """The latest accepted answer to each question in the year, in the order of the report."""
    answers = (
        Narrative.objects.filter(
            submission__region=region,
            submission__status=Submission.Status.ACCEPTED,
            submission__period__year=year,
        )
        .exclude(text="")
        .select_related("question__sheet__sector__chapter")
        .order_by("submission__period__number")
    )
    latest = {answer.question_id: answer for answer in answers}
    return sorted(latest.values(), key=_place)


def _place(word: Narrative) -> tuple[int, int, int, int]:
    sheet = word.question.sheet
    return sheet.sector.chapter.position, sheet.sector.position, sheet.position, word.question.position


def _figure_used(value: AnnualValue) -> FigureUsed:
    return FigureUsed(
        code=value.indicator.code,
        name=value.indicator.name,
        unit=value.indicator.unit.name,
        value=value.value,
        text=value.text,
        last_value=value.last,
        change=value.change,
        coverage=(value.coverage.have, value.coverage.expected),
        declared=value.declared,
        source=value.source,
    )
