"""Charts as SVG: what is drawn where, gaps, and nothing that a strict content security policy forbids."""

import re
from decimal import Decimal

import pytest
from lxml import etree

from reports.document.blocks import Chart, Series
from reports.writers import svg
from reports.writers.html import body_html
from tests.reports.sample_report import change_chart, chart, point, report

SVG = "{http://www.w3.org/2000/svg}"


def drawn(of, width=440):
    return etree.fromstring(svg.svg(of, width))


def texts(picture):
    return [element.text for element in picture.iter(f"{SVG}text")]


def boxes(picture):
    """Position, size and fill of every bar, the legend's boxes left out."""
    found = []
    for box in picture.iter(f"{SVG}rect"):
        x, y, wide, high = (Decimal(box.get(name)) for name in ("x", "y", "width", "height"))
        found.append((x, y, wide, high, box.get("fill")))
    return [box for box in found if (box[2], box[3]) != (9, 8)]


def test_bars_are_as_long_as_their_numbers_say():
    bars = boxes(drawn(chart()))
    assert len(bars) == 4  # of six points two are gaps
    lengths = [wide for _x, _y, wide, _high, _fill in bars]
    full = lengths[2]  # 100.0 on an axis from 90 to 100
    for length, value in zip(lengths, ("97.75", "98.1", "100", "99"), strict=True):
        assert abs(length - full * (Decimal(value) - 90) / 10) < Decimal("0.2")
    assert [fill for *_, fill in bars] == ["#1f3f66", "#ffffff", "#1f3f66", "#ffffff"]


def test_a_gap_is_said_and_has_no_bar():
    said = texts(drawn(chart()))
    assert said.count("缺") == 2
    assert "0" not in said
    assert {"97.75", "100.0", "98.1", "99.0", "茶叶", "2031年", "2030年", "90", "100"} <= set(said)


def test_columns_below_zero_hang_from_the_axis():
    up, none, down = boxes(drawn(change_chart()))
    assert abs(up[1] + up[3] - down[1]) <= 2
    assert none[3] < 1
    assert abs(up[3] / down[3] - Decimal("12.5") / Decimal("8.1")) < Decimal("0.1")


def test_columns_lie_down_where_their_numbers_would_not_fit():
    series = tuple(Series(name, tuple(point("a", "1234.5") for _ in "123456")) for name in "甲乙")
    long = chart("column", categories=tuple("子丑寅卯辰巳"), series=series, start=Decimal(0))
    assert svg.stands(long, 600)
    assert not svg.stands(long, 330)
    assert svg.height(long, 330) == int(drawn(long, 330).get("viewBox").split()[3])


@pytest.mark.parametrize("of", [chart(), change_chart(), chart("column")])
@pytest.mark.parametrize("width", [330, 442])
def test_everything_stays_within_the_picture(of, width):
    picture = drawn(of, width)
    _x, _y, wide, high = map(int, picture.get("viewBox").split())
    assert (wide, high) == (width, svg.height(of, width))
    for x, y, w, h, _fill in boxes(picture):
        assert x >= 0
        assert x + w <= wide
        assert y + h <= high
    for text in picture.iter(f"{SVG}text"):
        length = svg._wide(text.text)
        start = {"middle": length / 2, "end": length}.get(text.get("text-anchor"), 0)
        left = Decimal(text.get("x")) - Decimal(start)
        assert left >= -1, text.text
        assert left + length <= wide + 1, text.text


@pytest.mark.parametrize(
    ("values", "axis"),
    [
        (("94.8", "100"), ("94", "100", "2")),
        (("0.3157", "1.35"), ("0", "1.5", "0.5")),
        (("3", "1548"), ("0", "2000", "500")),
        (("-8.1", "12.5"), ("-10", "15", "5")),
        (("0", "0"), ("0", "0.2", "0.2")),
    ],
)
def test_axes_have_round_ticks(values, axis):
    start = Decimal(94) if values[0] == "94.8" else Decimal(0)
    of = Chart(
        "bar", "表", "个", ("甲", "乙"), (Series("年", tuple(point("a", value) for value in values)),), start=start
    )
    found = svg.scale(of)
    assert (found.low, found.high, found.step) == tuple(map(Decimal, axis))
    assert len(found.ticks) <= 7


def test_a_chart_needs_two_figures_and_as_many_points_as_categories():
    with pytest.raises(ValueError, match="no picture"):
        chart(series=(Series("年", (point("a", "1"), point("b", ""), point("c", ""))),))
    with pytest.raises(ValueError, match="every series needs 3 points"):
        chart(series=(Series("年", (point("a", "1"), point("b", "2"))),))


def test_the_page_has_the_picture_with_its_table_and_no_style_or_script():
    article = body_html(report(chart(title='<script>"合格率"&')))
    assert article.count("<figure") == article.count("<details>") == 1
    assert "<summary>图中数据</summary>" in article
    assert '<span class="figure" data-code="r0">97.75</span>' in article
    assert '<mark class="gap" data-code="r1">〔缺〕</mark>' in article
    assert not re.search(r"style=|<script|on\w+=", article)
    assert "&lt;script&gt;&quot;合格率&quot;&amp;" in article
