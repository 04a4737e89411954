"""A small annual report of a county that does not exist, with every kind of block."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reports.document.blocks import (
    Chart,
    Column,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Point,
    Row,
    Series,
    Table,
    Text,
)
from reports.document.numbering import number_heading

COLUMNS = (
    Column("指标", width_share=8),
    Column("单位", "center", 3),
    Column("2031年", "right", 4),
    Column("比上年", "right", 4),
)


def figure_row(number):
    cells = (Text(f"第{number}类产品检测样品"),), (Text("批次"),), (Number(f"p{number}", str(number * 37)),)
    return Row((*cells, (Text("+1.5%"),)), indent=number % 2)


def sector(place, name, rows):
    words = f"“{name}”——全年开展专项检查，及时公布结果，督促责任单位限期整改并逐一回访。" * 3
    yield Heading(3, number_heading(3, place), name)
    yield Paragraph((Text(words + "检测样品"), Number("p1", "37批次"), Text("，合格"), Gap("ok", "合格样品")))
    group = Row(((Text("抽检监测"),),), kind="group")
    missing = Row(((Text("合格样品"),), (Text("批次"),), (Gap("ok", ""),), (Text("—"),)), indent=1)
    yield Table(f"{name}主要数据", COLUMNS, (group, *map(figure_row, range(1, rows)), missing))
    yield Paragraph((Text("注：带*的为部门申报值。"),), "note")


def point(code, text):
    return Point(code, text, Decimal(text) if text else None)


def chart(kind="bar", **changes):
    years = {"2031年": ("97.75", "100.0", ""), "2030年": ("98.1", "", "99.0")}
    content: dict[str, Any] = {
        "title": "主要合格率",
        "unit": "%",
        "categories": ("茶叶", "竹木制品", "水产品"),
        "series": tuple(
            Series(name, tuple(point(f"r{n}", text) for n, text in enumerate(texts))) for name, texts in years.items()
        ),
        "start": Decimal(90),
    }
    return Chart(kind, **(content | changes))


def change_chart():
    """Bars on both sides of zero."""
    points = tuple(point(f"c{n}", text) for n, text in enumerate(("12.5", "0.0", "-8.1")))
    return chart("column", title="抽检数量比上年增减", series=(Series("增减", points),), start=Decimal(0))


def annexes(*names):
    """The list behind the text, and each annex on a page of its own."""
    for number, name in enumerate(names, start=1):
        yield Paragraph((Text(f"{'附件：' if number == 1 else '　　　'}{number}.{name}"),), "annex")
    for number, name in enumerate(names, start=1):
        yield PageBreak()
        yield Heading(1, f"附件{number}　", name)
        yield Table(f"{name}表", COLUMNS, tuple(map(figure_row, range(1, 4))))


def report(*more):
    return Document(
        title="云泽县2031年质量状况分析报告",
        region_name="云泽县",
        year=2031,
        blocks=(
            Cover(("云泽县2031年质量状况", "分析报告"), "云泽县质量办", "2032年1月5日", "（征求意见稿）"),
            Contents("目录"),
            Heading(1, "一、", "基本情况"),
            Heading(2, "（一）", "产品质量方面"),
            *sector(1, "茶叶", 8),
            *sector(2, "竹木制品", 45),
            Heading(4, "（1）", "竹地板"),
            Paragraph((Text("竹地板企业3家。"),)),
            *more,
            PageBreak(),
            Heading(1, "二、", "主要质量问题及原因分析"),
            Paragraph((Text("检测力量不足。"),)),
            Paragraph((Text("云泽县质量办"),), "right"),
            Paragraph((Text("2032年1月5日"),), "right"),
        ),
    )
