"""A small report to edit: two sectors under one chapter, and a second chapter."""

from decimal import Decimal

from reports.document.blocks import (
    Block,
    Column,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
    Text,
)
from reports.document.figures import FigureUsed
from sectors.calculation.cells import formatted, with_unit


def figure(code, value, *, name="抽检完成", unit="批次", last=None, places=0):
    number = None if value is None else Decimal(value)
    before = None if last is None else Decimal(last)
    change = None
    if number is not None and before:
        change = number - before if unit == "%" else (number / before - 1) * 100
    return FigureUsed(
        code=code,
        name=name,
        unit=unit,
        value=number,
        text=formatted(number, places),
        last_value=before,
        change=change,
        coverage=(4, 4),
        declared=None,
        source="periods" if number is not None else "",
    )


def number(used):
    if used.value is None:
        return Gap(used.code, used.name)
    return Number(used.code, with_unit(used.text, used.unit))


def report(done="40", rate="97.5", last="50", tests="12", *, with_tests=True, title="云泽县2023年质量状况分析报告"):
    """`food/text/1` prints 抽检完成 with its change and 合格率; `water/text/1` prints 水质检测."""
    figures = (
        figure("food.done", done, last=last),
        figure("food.rate", rate, name="合格率", unit="%", places=1),
        figure("water.tests", tests, name="水质检测"),
    )
    done_used, rate_used, tests_used = figures
    change = done_used.change
    runs: list[Run] = [Text("全年完成抽检"), number(done_used)]
    if change is not None:
        runs += [Text("，较上年下降" if change < 0 else "，较上年增长"), Number("food.done", f"{abs(change):.1f}%")]
    runs += [Text("，合格率为"), number(rate_used), Text("。")]
    row = Row(((Text("抽检完成"),), (number(done_used),)))
    blocks: list[Block] = [
        Cover(("云泽县2023年质量状况", "分析报告"), "云泽县质强办", "2024年1月5日"),
        Contents(),
        Heading(1, "一、", "基本情况", key="situation"),
        Heading(2, "（一）", "食品", key="food"),
        Paragraph(tuple(runs), key="food/text/1"),
        Table("食品主要数据", (Column("指标"), Column("2023年")), (row,), key="food/figures"),
        Heading(2, "（二）", "饮用水", key="water"),
        *([Paragraph((Text("检测水质"), number(tests_used), Text("。")), key="water/text/1")] if with_tests else []),
        PageBreak(),
        Heading(1, "二、", "主要问题", key="problems"),
        Paragraph((Text("设备不足。"),), key="problems/1"),
        Heading(1, "", "附件：数据核查说明", key="remarks"),
    ]
    return Document(title, "云泽县", 2023, tuple(blocks), figures)
