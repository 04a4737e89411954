"""Which figures become a chart: only where something differs, and never a gap as a zero."""

from decimal import Decimal
from typing import Any

import pytest

from reports.aggregation.cube import AnnualValue, Comparison, Coverage
from reports.aggregation.made import Made, Origin
from reports.aggregation.months import YEAR
from reports.chapters import charts
from reports.document.blocks import Chart, Paragraph, Point, runs_text
from sectors.models import Indicator, Sector, Sheet, Table, Unit

PERCENT, BATCHES = Unit(name="%"), Unit(name="批次")
PLAIN, MATRIX = Table(pk=1, name="抽检监测"), Table(pk=2, name="分品种抽检", columns=[{"name": "占比"}], code="kinds")


def value(code, name, this, last=None, *, sector=1, unit=PERCENT, table=PLAIN, have=4, **changes: Any):
    sheet = Sheet(sector=Sector(pk=sector, code=f"s{sector}", name=f"领域{sector}"), sector_id=sector)
    decimals = len(str(this or last or "").partition(".")[2])
    fields = {"row_name": name, "decimals": decimals, "accumulation": "flow"} | changes
    indicator = Indicator(code=code, name=name, unit=unit, sheet=sheet, table=table, **fields)
    numbers = [None if number is None else Decimal(number) for number in (this, last)]
    now, before = numbers
    compared = (
        Comparison(now, before, YEAR, 1, 1, is_plain=have == 4) if now is not None and before is not None else None
    )
    made = Made(now, Origin(Coverage(have, 4)))
    return AnnualValue(indicator, 2023, made, Made(before, Origin(Coverage(0, 0))), comparison=compared)


def drawn(blocks):
    return [block for block in blocks if isinstance(block, Chart)]


def said(blocks):
    return [runs_text(block.runs) for block in blocks if isinstance(block, Paragraph)]


def rates(*numbers):
    return [
        value(f"s{n}.rate", "抽检合格率", this, last, sector=n, formula=f"s{n}.passed / s{n}.samples")
        for n, (this, last) in enumerate(numbers, start=1)
    ]


def test_rates_of_all_sectors_in_one_picture():
    blocks = list(charts.overview(rates(("100", "100"), ("97.5", "98.0"), ("94.8", None)), 2031))
    (chart,) = drawn(blocks)
    assert chart.kind == "bar"
    assert chart.categories == ("领域1·抽检合格率", "领域2·抽检合格率", "领域3·抽检合格率")
    assert [series.name for series in chart.series] == ["2031年", "2030年"]
    assert [[point.text for point in series.points] for series in chart.series] == [
        ["100.0", "97.5", "94.8"],
        ["100.0", "98.0", ""],
    ]
    assert chart.series[1].points[2].value is None
    assert chart.start == 90
    assert "从90%开始" in chart.title
    assert said(blocks) == [
        "3项比率中有1项为100%，最低的是领域3抽检合格率，为94.8%。与上年相比，领域2抽检合格率有所下降。"
    ]


def test_a_picture_has_one_number_of_decimals_and_draws_what_it_prints():
    """Also of what departments stated with fewer of them; what is not exact is printed as it was stated."""
    stated = value("a", "合格率", "99", "98.46")._replace(is_declared=True, declared=Decimal(99))
    stated.indicator.decimals = 2
    (this, last) = charts._series([stated, value("c", "合格率", "94.8"), value("d", "合格率", None)], 2031)
    assert [point.text for point in this.points] == ["99.00", "94.80", ""]
    assert [point.value for point in this.points] == [Decimal(99), Decimal("94.8"), None]
    assert (last.points[0].text, last.points[0].value) == ("98.46", Decimal("98.46"))
    texts = ("95以上", "94.25", "-3", "缺")
    points = charts._with_same_decimals([Point("e", text, None) for text in texts])
    assert [point.text for point in points] == ["95以上", "94.25", "-3.00", "缺"]


def test_nothing_is_drawn_where_all_is_the_same_or_too_little_is_known():
    assert list(charts.overview(rates(("100", None), ("100", None), ("100", None)), 2031)) == []
    assert list(charts.overview(rates(("100", None), ("97", None), (None, "95")), 2031)) == []
    assert list(charts.overview([], 2031)) == []
    assert list(charts.of_sector([], {}, 2031)) == []


def test_a_key_rate_and_that_of_a_total_stand_for_their_sector():
    plain = value("a", "风险监测合格率", "99")
    total = value("b", "合计合格率", "98", row_name="合计")
    key = value("c", "例行监测合格率", "97", is_key=True)
    assert charts._rate_of([plain, total]) == total
    assert charts._rate_of([plain, total, key]) == key
    assert charts._rate_of([value("d", "任务完成率", "60")]) is None


def test_amounts_behind_the_rates_are_held_against_last_year():
    samples = [
        value(f"s{n}.samples", "检测样品", this, last, sector=n, unit=BATCHES)
        for n, (this, last) in enumerate((("90", "100"), ("150", "100"), ("100", "100")), start=1)
    ]
    values = [*rates(("100", None), ("97", None), ("95", None)), *samples]
    values.sort(key=lambda found: found.indicator.sheet.sector_id)
    blocks = list(charts.overview(values, 2031))
    _rates, chart = drawn(blocks)
    assert [point.text for point in chart.series[0].points] == ["50.0", "0.0", "-10.0"]
    assert said(blocks)[1] == "领域2检测样品居首，比上年增长50.0%；领域1检测样品居末，比上年下降10.0%。"


def test_an_amount_of_which_quarters_are_missing_is_not_compared():
    parts = [value(f"p{n}", f"第{n}类", "50", "100", unit=BATCHES, have=3) for n in range(3)]
    total = value("all", "检测样品", "150", "300", unit=BATCHES, have=3)
    assert list(charts.of_sector([total, *parts], {"all": ["p0", "p1", "p2"]}, 2031)) == []


def test_a_breakdown_is_drawn_when_a_part_has_moved():
    parts = [value(f"p{n}", f"第{n}类", this, "100", unit=BATCHES) for n, this in enumerate(("100", "120", "95"))]
    total = value("all", "检测样品", "315", "300", unit=BATCHES)
    blocks = list(charts.of_sector([total, *parts], {"all": ["p0", "p1", "p2"]}, 2031))
    (chart,) = drawn(blocks)
    assert (chart.kind, chart.unit, chart.title) == ("column", "批次", "检测样品与上年比较")
    assert said(blocks) == ["与上年相比，第1类增加，第2类减少，其余持平。"]
    still = [value(f"p{n}", f"第{n}类", "102", "100", unit=BATCHES) for n in range(3)]
    assert list(charts.of_sector([total, *still], {"all": ["p0", "p1", "p2"]}, 2031)) == []


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("120", "100"), ("95", "100"), ("5", "0")], "与上年相比，第0类、第2类增加，第1类减少。"),
        ([("120", "100"), ("100", "100"), ("5", "-10")], "与上年相比，第0类、第2类增加，其余持平。"),
        ([("120", "100"), ("100", "100"), ("95", "100"), ("5", None)], "与上年相比，第0类增加，第2类减少，第1类持平。"),
        ([("120", "100"), ("130", "100"), ("140", "100"), ("5", None)], "与上年相比，第0类、第1类、第2类增加。"),
        ([("120", "100"), ("130", "100"), ("5", "0")], "各项均比上年增加。"),
        ([("120", "100"), ("0", "0"), ("100001", "100000")], "与上年相比，第0类增加，其余持平。"),
    ],
)
def test_a_breakdown_says_of_each_part_what_is_known_of_it(numbers, expected):
    parts = [value(f"p{n}", f"第{n}类", this, last, unit=BATCHES) for n, (this, last) in enumerate(numbers)]
    total = value("all", "检测样品", "500", "300", unit=BATCHES)
    assert said(charts.of_sector([total, *parts], {"all": [part.indicator.code for part in parts]}, 2031)) == [expected]


def test_a_rate_that_prints_as_it_was_has_not_fallen():
    values = rates(("97.5", "97.6"), ("95.0", "95.0"), ("94.0", "93.0"))
    compared = values[1].comparison
    assert compared
    values[1] = values[1]._replace(comparison=compared._replace(now=Decimal("95.01"), last=Decimal("95.04")))
    assert said(charts.overview(values, 2031))[0].endswith("与上年相比，领域1抽检合格率有所下降。")


def test_shares_go_from_the_largest_to_the_smallest_without_the_missing_one():
    shares = [
        value(f"k{n}", f"{name}·占比", this, table=MATRIX, row_name=name)
        for n, (name, this) in enumerate((("蔬菜", "30.0"), ("水果", "60.0"), ("鲜蛋", None), ("水产品", "10.0")))
    ]
    total = value("all", "合计·占比", "100.0", table=MATRIX, row_name="合计", formula="k.all.done / k.all.done")
    blocks = list(charts.of_sector([*shares, total], {}, 2031))
    (chart,) = drawn(blocks)
    assert chart.title == "分品种抽检占比"
    assert chart.categories == ("水果", "蔬菜", "水产品")
    assert said(blocks) == ["水果最多，占60.0%；其次是蔬菜，占30.0%。鲜蛋占比缺数，没有列入。"]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (("40.0", "40.0", "20.0"), "甲、乙最多，各占40.0%；其次是丙，占20.0%。"),
        (("60.0", "20.0", "20.0"), "甲最多，占60.0%；其次是乙、丙，各占20.0%。"),
        (("20.0", "40.0", "40.0"), "乙、丙最多，各占40.0%；其次是甲，占20.0%。"),
    ],
)
def test_equal_shares_stand_side_by_side(shares, expected):
    members = [
        value(f"k{name}", f"{name}·占比", this, table=MATRIX, row_name=name)
        for name, this in zip("甲乙丙", shares, strict=True)
    ]
    assert said(charts.of_sector(members, {}, 2031)) == [expected]


def test_equal_rates_and_changes_stand_side_by_side():
    assert said(charts.overview(rates(("99.0", None), ("95.0", None), ("95.0", None)), 2031)) == [
        "3项比率中，最低的是领域2抽检合格率、领域3抽检合格率，均为95.0%。"
    ]

    def of_amounts(*numbers):
        samples = [
            value(f"s{n}.samples", "检测样品", this, "100", sector=n, unit=BATCHES) for n, this in enumerate(numbers, 1)
        ]
        values = [*rates(*[(f"9{n}", None) for n in range(len(numbers))]), *samples]
        return said(charts.overview(sorted(values, key=lambda v: v.indicator.sheet.sector_id), 2031))[1:]

    assert of_amounts("150", "150", "90") == [
        "领域1检测样品、领域2检测样品居首，比上年增长50.0%；领域3检测样品居末，比上年下降10.0%。"
    ]
    assert of_amounts("110", "110", "110") == []  # nobody is first


STOCK = Table(pk=3, name="库存数量", columns=[{"name": "货位"}, {"name": "库存数量"}], code="stock")


def stock(column, unit, totals):
    of = {"unit": Unit(name=unit), "table": STOCK, "column": column, "accumulation": "stock"}
    names = (("all", "合计"), ("province", "省级"), ("county", "县级"), ("central", "中央"))
    return [
        value(f"w.{row}.{column}", name, this, last, **of)
        for (row, name), (this, last) in zip(names, totals, strict=True)
    ]


@pytest.mark.parametrize(
    ("told", "title", "sentence", "first"),
    [
        (["w.all.1", "w.all.0"], "库存数量与上年比较", "库存数量与上年相比，省级、中央增加，县级减少。", "300"),
        (["w.all.0"], "库存数量·货位与上年比较", "各项货位均比上年增加。", "6"),
        (["w.county.1"], "库存数量·货位与上年比较", "各项货位均比上年增加。", "6"),
    ],
)
def test_of_several_columns_the_one_that_the_sentence_tells_is_drawn_and_named(told, title, sentence, first):
    slots = stock(0, "个", (("12", "9"), ("6", "5"), ("4", "3"), ("2", "1")))
    tonnes = stock(1, "吨", (("600", "500"), ("300", "200"), ("100", "150"), ("200", "150")))
    parts = {f"w.all.{n}": [f"w.{row}.{n}" for row in ("province", "county", "central")] for n in (0, 1)}
    blocks = list(charts.of_sector([*slots, *tonnes], parts, 2031, told))
    (chart,) = drawn(blocks)
    assert chart.title == title
    assert chart.series[0].points[0].text == first
    assert said(blocks) == [sentence]


def test_a_chart_of_a_part_of_the_year_says_its_months_in_caption_and_sentence():
    def of(*months):
        found = rates(("97.5", None), ("98.0", None), ("94.8", None))
        half = [Origin(Coverage(2, 4), months=of) for of in months]
        return [one._replace(made=one.made._replace(origin=origin)) for one, origin in zip(found, half, strict=True)]

    first, other = 0b111111, 0b111
    (chart,) = drawn(charts.overview(of(first, first, first), 2031))
    assert chart.caption == "主要合格率、达标率（单位：%，1—6月，横轴从90%开始）"
    assert said(charts.overview(of(first, first, first), 2031))[0].endswith("以上为1—6月数据，全年数据尚不完整。")
    (chart,) = drawn(charts.overview(of(first, first, other), 2031))
    assert chart.caption == "主要合格率、达标率（单位：%，横轴从90%开始）"
    assert said(charts.overview(of(first, first, other), 2031))[0].endswith(
        "以上为部分时期或者地区的数据，全年数据尚不完整。"
    )
