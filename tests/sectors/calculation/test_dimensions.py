"""Whether units fit together, without a database."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from sectors.calculation.dimensions import checked_formula, checked_rule
from sectors.calculation.evaluation import Evaluation, definitions
from sectors.calculation.measures import fit_together
from sectors.calculation.parser import FormulaError
from tests.sectors.calculation.units import Unit

PAGE = Path(__file__).parents[3] / "docs" / "catalogue.md"
EXAMPLES = re.findall(r"\| `(.+?)` \| (taken|refused) \| (.*?) ?\|", PAGE.read_text(encoding="utf-8"))

pytestmark = pytest.mark.usefixtures("english")

NAMED = [
    Unit("1"),
    Unit("%", "1", "0.01"),
    Unit("百分点", "1", "0.01"),
    Unit("‰", "1", "0.001"),
    Unit("家", counts=True),
    Unit("批次", counts=True),
    Unit("分", counts=True),
    Unit("人", counts=True),
    Unit("万人", "人", "10000"),
    Unit("份/人"),
    Unit("份/百万人", "份/人", "0.000001"),
    Unit("份", counts=True),
    Unit("吨"),
    Unit("万吨", "吨", "10000"),
    Unit("元"),
    Unit("万元", "元", "10000"),
    Unit("亩"),
    Unit("万亩", "亩", "10000"),
    Unit("元/亩"),
    Unit("万元/亩"),
    Unit("吨/亩"),
    Unit("公斤/亩", "吨/亩", "0.001"),
    Unit("元/吨"),
    Unit("元/公斤", "元/吨", "1000"),
    Unit("天"),
    Unit("克/升"),
]
UNITS = {unit.name: unit for unit in NAMED}
UNIT_OF = {
    code: UNITS[name]
    for code, name in {
        "x.rate": "%",
        "x.other": "%",
        "x.mille": "‰",
        "x.firms": "家",
        "x.batches": "批次",
        "x.people": "万人",
        "x.standard": "份/百万人",
        "x.reports": "份",
        "x.mass": "万吨",
        "x.tonnes": "吨",
        "x.money": "万元",
        "x.yuan": "元",
        "x.area": "万亩",
        "x.days": "天",
        "x.density": "克/升",
        "x.yield": "公斤/亩",
        "x.price": "元/公斤",
        "x.index": "1",
    }.items()
}
PARTS = {"x.all": ["x.tonnes", "x.yuan"], "x.mass": ["x.tonnes", "x.mass"]}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("x.batches / x.firms", "批次"),
        ("x.batches / x.firms", "1"),
        ("x.batches / x.firms", "%"),
        ("x.tonnes / x.mass", "%"),
        ("x.money / last_year(x.money) - 1", "%"),
        ("x.standard * x.people", "份"),
        ("x.reports / (x.standard * x.people)", "%"),
        ("x.rate * x.other", "%"),
        ("x.rate - x.other", "%"),
        ("x.rate - x.batches / x.firms", "%"),
        ("x.rate - 5%", "%"),
        ("1 - x.batches / x.firms", "%"),
        ("max(0, x.rate)", "%"),
        ("x.rate * x.batches", "批次"),
        ("x.rate / 1%", "分"),
        ("min(20, max(0, 20 * (x.rate / 1%) / 5))", "分"),
        ("100 * x.batches / x.firms", "分"),
        ("x.rate / 100%", "1"),
        ("x.money / x.area", "元/亩"),
        ("x.money / x.people", "元"),
        ("x.money + x.yuan", "元"),
        ("x.tonnes - 5000吨", "万吨"),
        ("x.area * 5吨 / 1亩", "万吨"),
        ("parts(x.mass)", "吨"),
        ("x.unknown + 1", "%"),
        ("0", "吨"),
        ("x.batches + 1", "批次"),
        ("(100 * x.batches + 50 * x.firms) / (150 * x.reports)", "%"),
        ("(60 * x.batches + 40 * x.firms) / (100 * x.reports)", "%"),
        ("x.batches / x.firms - x.reports / x.firms", "百分点"),
        ("(x.rate - x.other) / 1%", "1"),
        ("0.1 * x.rate + 0.9 * x.other", "%"),
        ("0.25 * x.rate + 0.25 * x.other + 0.5 * x.batches / x.firms", "%"),
        ("(x.rate + x.other + x.batches / x.firms) / 3", "%"),
        (
            "(x.mille + x.mille + x.mille + x.mille + x.mille + x.mille + x.mille + x.mille + x.mille + x.mille) / 10",
            "%",
        ),
        ("min(20, 5 * x.batches / x.firms)", "分"),
        ("x.batches / (100 * x.firms)", "%"),
        ("x.batches / (x.firms * 1%)", "%"),
        ("x.batches * 50% / x.firms", "%"),
        ("x.batches / x.firms * 500人 / 1家", "%"),
        ("x.index / 100", "%"),
        ("x.index * 1%", "%"),
        ("x.index / 20", "%"),
        ("x.index / last_year(x.index) - 1", "%"),
        ("x.index * x.rate / 100%", "1"),
        ("(x.tonnes + last_year(x.tonnes)) / 2", "吨"),
        ("x.mass / x.area", "公斤/亩"),
        ("x.price * x.mass", "万元"),
        ("x.yield * x.area", "万吨"),
        ("x.money / x.mass * 2", "元/公斤"),
        ("x.reports / x.people * 10000", "份"),
        ("x.batches * x.rate * 10", "批次"),
        ("(x.money + x.yuan) * 10 / x.tonnes", "元/公斤"),
        ("x.money / ((x.tonnes + x.mass) / 10)", "元/公斤"),
        ("x.yield * x.area - 1000 * 1吨", "万吨"),
    ],
)
def test_what_fits_together_is_taken(text, unit):
    assert checked_formula(text, PARTS, UNITS, UNIT_OF, UNITS[unit])


@pytest.mark.parametrize(
    ("text", "unit", "column", "words"),
    [
        ("x.rate + 5", "%", 9, "5% instead of 5"),
        ("min(20, max(0, 20 * x.rate / 5))", "分", 4, "20% instead of 20"),
        ("min(20, max(0, 20 * x.rate / 5))", "分", 4, "divide the value by 1%"),
        ("20 * x.rate / 5", "分", 0, "Divide by 1%"),
        ("x.batches / x.firms * 100", "%", 0, "without × 100"),
        ("100 * x.batches / x.firms", "%", 0, "without × 100"),
        ("x.batches / x.firms / 0.01", "%", 0, "without × 100"),
        ("(x.batches - x.firms) * 100 / x.firms", "%", 0, "without × 100"),
        ("x.batches / x.firms * 100 - 100", "%", 0, "without × 100"),
        ("min(100, x.batches / x.firms * 100)", "%", 0, "without × 100"),
        ("x.batches / x.firms * 1000", "‰", 0, "without × 1000"),
        ("x.rate * 100", "分", 9, "without × 100"),
        ("x.rate / 0.01", "分", 9, "divide by 1%"),
        ("x.tonnes + x.yuan", "吨", 11, "吨 and 元"),
        ("x.money + x.firms", "万元", 10, "万元 and 家"),
        ("x.days + x.batches", "天", 9, "天 and 批次"),
        ("x.rate + x.firms", "%", 9, "% and 家"),
        ("max(x.yuan, x.tonnes)", "元", 12, "元 and 吨"),
        ("parts(x.all)", "吨", 0, "吨 and 元"),
        ("x.tonnes", "元", 0, "gives 吨, and the unit is 元"),
        ("x.tonnes / x.area", "吨", 0, "gives 吨/亩, and the unit is 吨"),
        ("x.batches", "%", 0, "gives 批次, and the unit is %"),
        ("x.money / x.area", "万元/亩", 0, "gives 元/亩, and the unit is 万元/亩"),
        ("x.tonnes * x.tonnes", "吨", 0, "gives 吨^2"),
        ("x.yuan / 10000", "万元", 9, "converted by themselves"),
        ("x.money * 10000", "元", 10, "as in 1万元"),
        ("x.tonnes / 10000 + x.mass", "万吨", 11, "converted by themselves"),
        ("x.reports / x.people * 1000000", "份/百万人", 0, "converted by themselves"),
        ("x.reports / x.people * 1000 * 1000", "份/百万人", 0, "converted by themselves"),
        ("x.tonnes / 100 / 100", "万吨", 17, "converted by themselves"),
        ("x.money * 100 * 100", "元", 16, "converted by themselves"),
        ("x.people / 1万人", "万人", 0, "converted by themselves"),
        ("(x.batches / x.firms - x.reports / x.firms) / 1%", "百分点", 0, "without dividing by 1百分点"),
        ("(x.rate - x.other) / 1%", "%", 0, "without dividing by 1%"),
        ("x.batches / x.firms / 1%", "‰", 0, "without dividing by 1‰"),
        ("x.batches * 10 * 10 / x.firms", "%", 0, "without × 100"),
        ("x.batches / x.firms * 50 * 2", "%", 0, "without × 100"),
        ("3 * 100 * x.batches / x.firms", "%", 0, "without × 100"),
        ("x.batches / x.firms * (99 + 1)", "%", 0, "without × 100"),
        ("x.batches / (x.firms / 100)", "%", 0, "without × 100"),
        ("x.batches / (x.firms * 0.01)", "%", 0, "as in a / (b * 1%)"),
        ("x.batches / x.firms * 10000%", "%", 0, "without × 100"),
        ("x.batches / x.firms * 100", "‰", 0, "without × 1000"),
        ("100 * x.batches / x.firms + x.rate", "%", 0, "without × 100"),
        ("(x.batches * 100 / x.firms + x.reports * 100 / x.firms) / 2", "%", 0, "without × 100"),
        ("60 * x.batches / x.firms + 40 * x.reports / x.firms", "%", 0, "without × 100"),
        ("(x.batches / last_year(x.batches) - 1) * 100", "百分点", 0, "without × 100"),
        ("x.mille * 10", "%", 0, "Values in ‰ are converted by themselves"),
        ("x.mille / 10", "%", 0, "Values in ‰ are converted by themselves"),
        ("x.rate * 10", "‰", 0, "Values in % are converted by themselves"),
        ("x.rate / 100", "%", 9, "98% is computed as 0.98"),
        ("x.batches * x.rate / 100", "批次", 21, "98% is computed as 0.98"),
        ("x.batches * (x.rate / 100)", "批次", 22, "98% is computed as 0.98"),
        ("x.batches / 100 * x.rate", "批次", 0, "98% is computed as 0.98"),
        ("x.batches / x.rate * 100", "批次", 21, "98% is computed as 0.98"),
        ("x.batches / x.firms / 100", "%", 0, "98% is computed as 0.98"),
        ("x.batches / x.firms * 0.1 / 10", "%", 0, "98% is computed as 0.98"),
        ("x.money * 10 / x.tonnes", "元/公斤", 0, "Values in 元/公斤 are converted by themselves"),
        ("x.money / (x.tonnes / 10)", "元/公斤", 0, "Values in 元/公斤 are converted by themselves"),
        ("x.price * x.mass * 1000", "万元", 0, "Values in 万元 are converted by themselves"),
        ("x.price * x.mass * 100 * 10", "万元", 0, "Values in 万元 are converted by themselves"),
        ("x.yield * x.area / 1000", "万吨", 0, "Values in 万吨 are converted by themselves"),
        ("x.reports / (x.people / 100)", "份/百万人", 0, "Values in 份/百万人 are converted by themselves"),
        ("x.tonnes / x.mass / 10000", "1", 0, "Figures in different units are converted"),
        ("x.index", "%", 0, "A plain number meets a value in %"),
        ("(x.index + last_year(x.index)) / 2", "%", 0, "by 1% where 100 is"),
    ],
)
def test_what_does_not_fit_together_is_refused_where_it_stands(text, unit, column, words):
    with pytest.raises(FormulaError) as caught:
        checked_formula(text, PARTS, UNITS, UNIT_OF, UNITS[unit])
    assert words in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    "text",
    [
        "x.rate >= 98%",
        "x.rate >= 0",
        "x.rate >= x.batches / x.firms",
        "x.rate / 1% >= 98",
        "x.mass >= 5万吨",
        "x.mass >= x.tonnes",
        "x.mass >= 5000吨",
        "x.firms >= 1",
        "x.people >= 5万人",
        "x.people >= 50000人",
        "x.days <= 366天",
        "x.density >= 790克/升",
        "x.tonnes <= x.area * 5吨 / 1亩",
        "x.batches / x.firms >= 2",
        "previous(x.rate) - x.rate <= 5%",
        "x.index <= 5",
        "x.batches / last_year(x.batches) >= 0.98",
        "x.batches / last_year(x.batches) <= 200%",
        "x.money == x.yuan",
        "x.money * 12 >= x.yuan",
        "x.people / 1万人 >= 5",
        "x.index / 100 >= x.rate",
        "x.index >= x.rate / 1%",
        "x.index * 100% >= 98%",
        "x.rate >= x.batches / x.firms * 0.95",
        "x.batches / x.firms * 100 >= 98",
    ],
)
def test_rules_with_units_are_taken(text):
    assert checked_rule(text, PARTS, UNITS, UNIT_OF)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("x.rate >= 98", 10, ": 98% instead of 98"),
        ("x.rate >= 0.98", 10, ": 98% or 0.98% instead of 0.98"),
        ("x.rate >= -1", 10, ": -100% or -1% instead of -1"),
        ("98 <= x.rate", 0, "98% instead of 98"),
        ("x.rate - x.other >= 1 + 1", 20, "2% instead of 2"),
        ("2 * x.rate >= 98", 14, "98% instead of 98"),
        ("last_year(x.rate) >= 98", 21, "98% instead of 98"),
        ("x.mass >= 5", 10, "5万吨 or 5吨 instead of 5"),
        ("x.people >= 5", 12, "5万人 or 5人 instead of 5"),
        ("x.days <= 366", 10, "366天 instead of 366"),
        ("x.tonnes <= x.area * 5", 12, "吨 and 万亩"),
        ("x.tonnes / x.area >= 5", 21, "5吨 / 1亩 instead of 5"),
        ("x.yuan == x.tonnes", 10, "元 and 吨"),
        ("x.rate * 100 >= 98", 9, "without × 100"),
        ("x.rate >= 5吨", 10, "% and 吨"),
        ("x.money * 10000 == x.yuan", 10, "converted by themselves"),
        ("x.batches / x.firms * 100 >= x.rate", 0, "without × 100"),
        ("x.batches / last_year(x.batches) >= 98", 36, "批次/批次: 98% instead of 98"),
        ("98 <= x.batches / last_year(x.batches)", 0, "98% instead of 98"),
        ("x.index >= x.rate", 11, "A plain number meets a value in %"),
        ("x.rate * 2 >= x.index", 14, "by 100% where 1 is the whole"),
        ("x.index * 0.9 <= 98%", 17, "A plain number meets a value in %"),
        ("min(x.index, x.rate) >= 5%", 13, "A plain number meets a value in %"),
        ("x.mille * 10 >= x.rate", 0, "Values in ‰ are converted by themselves"),
        ("x.rate == x.mille / 10", 10, "Values in ‰ are converted by themselves"),
        ("x.tonnes / 100 / 100 >= x.mass", 17, "converted by themselves"),
        ("x.batches * 10 * 10 / x.firms >= x.rate", 0, "without × 100"),
        ("x.money * 10 / x.tonnes <= x.price", 0, "Values in 元/公斤 are converted by themselves"),
        ("x.tonnes == x.yield * x.area * 10", 12, "Values in 吨 are converted by themselves"),
        ("x.yuan / x.tonnes == x.money / x.tonnes * 10000", 21, "Figures in different units are converted"),
        ("x.rate >= x.batches / x.firms / 1%", 10, "without dividing by 1%"),
    ],
)
def test_a_number_beside_a_value_says_its_unit(text, column, words):
    with pytest.raises(FormulaError) as caught:
        checked_rule(text, PARTS, UNITS, UNIT_OF)
    assert words in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("x.rate = 98%", 7, "“==” instead of “=”"),
        ("x.rate ≥ 98%", 7, "“>=” instead of “≥”"),
        ("x.rate ≤ 98%", 7, "“<=” instead of “≤”"),
        ("x.rate ≠ 98%", 7, "“!=” instead of “≠”"),
        ("x.rate => 98%", 7, "“>=” instead of “=>”"),
        ("x.rate <> 98%", 7, "“!=” instead of “<>”"),
        ("x.yuan ÷ x.firms >= 5元", 7, "“/” instead of “÷”"),
        ("x.yuan × 2 >= 5元", 7, "“*” instead of “×”"),
        ("（x.yuan) >= 5元", 0, "“(” instead of “（”"),
        ("max(x.yuan， 1元) >= 5元", 10, "“,” instead of “，”"),
        ("x.rate >= ９8%", 10, "“9” instead of “９”"),
        ("x.rate >= 98％", 12, "“%” instead of “％”"),
        ("x.rate ＞= 98%", 7, "“>=” instead of “＞=”"),
        ("= x.rate", 0, "Leave out the ="),
        ("x.rate >= 5厘", 11, "There is no unit “厘”"),
    ],
)
def test_signs_of_chinese_writing_are_named_with_what_to_write(text, column, words):
    with pytest.raises(FormulaError) as caught:
        checked_rule(text, PARTS, UNITS, UNIT_OF)
    assert words in str(caught.value)
    assert caught.value.column == column


def test_points_are_computed_by_dividing_by_one_per_cent():
    rows = [("x.rate", Decimal("0.01"), ""), ("x.points", Decimal(1), "min(20, max(0, 20 * (x.rate / 1%) / 5))")]
    evaluation = Evaluation(definitions(rows, PARTS, UNITS), {("x.rate", 0): Decimal("2.4")})
    assert evaluation.value("x.points") == Decimal("9.6")


def test_parts_and_totals_are_of_one_dimension():
    assert fit_together(UNITS["万吨"], UNITS["吨"], UNITS)
    assert fit_together(UNITS["家"], UNITS["批次"], UNITS)
    assert not fit_together(UNITS["吨"], UNITS["元"], UNITS)
    assert not fit_together(UNITS["家"], UNITS["%"], UNITS)
    assert not fit_together(UNITS["元"], UNITS["家"], UNITS)
    assert not fit_together(UNITS["1"], UNITS["%"], UNITS)


def test_a_long_expression_is_judged_at_once():
    """Every number tried with every other one, and every term against every other one, would take for ever."""
    numbers = "*".join(f"{number}" for number in range(101, 199, 6))
    nested = "x.rate"
    for _level in range(25):
        nested = f"max({nested}, x.rate * 7 * 11 * 13)"
    assert checked_formula(f"{numbers} * x.batches / x.firms", PARTS, UNITS, UNIT_OF, UNITS["%"])
    assert checked_formula(nested, PARTS, UNITS, UNIT_OF, UNITS["%"])


@pytest.mark.parametrize(("text", "what", "words"), EXAMPLES)
def test_examples_of_the_documentation(text, what, words):
    said = ""
    try:
        checked_rule(text, PARTS, UNITS, UNIT_OF)
    except FormulaError as error:
        said = str(error)
    assert bool(said) == (what == "refused")
    assert words in said


def test_the_documentation_has_examples():
    assert len(EXAMPLES) > 10


def test_a_long_text_is_refused_before_patterns_are_looked_for_in_it(monkeypatch):
    """They take seconds for one that nobody can have meant."""
    monkeypatch.setattr("sectors.calculation.dimensions.refuse", None)
    for check in (
        lambda text: checked_rule(text, {}, {}, {}),
        lambda text: checked_formula(text, {}, {}, {}, Unit("1")),
    ):
        with pytest.raises(FormulaError):
            check("food.d" + "one" * 7000)
