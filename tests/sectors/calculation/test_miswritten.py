"""What people write who do not know the expression language: it is refused where it stands, with what to write."""

import pytest

from sectors.calculation.dimensions import checked_formula, checked_rule
from sectors.calculation.formulas import compile_rule
from sectors.calculation.parser import FormulaError
from tests.sectors.calculation.test_dimensions import PARTS, UNIT_OF, UNITS

pytestmark = pytest.mark.usefixtures("english")

RULES = [
    ("x.tonnes >= 5,000吨", 12, "“5000” instead of “5,000”"),
    ("x.tonnes >= 5，000吨", 12, "“5000” instead of “5，000”"),
    ("x.tonnes >= 1,234,567.5吨", 12, "“1234567” instead of “1,234,567”"),
    ("x.firms >= 5'000", 11, "“5000” instead of"),
    ("max(x.firms, 5,000) >= 1", 13, "“5000” instead of “5,000”"),  # would be the largest of three
    ("min(x.firms,1,200) >= 1", 12, "“1200” instead of “1,200”"),
    ("x.tonnes >= 1,5吨", 13, "a comma too many"),
    ("x.firms >= 1, x.firms <= 3", 12, "a comma too many"),
    ("x.firms >= 0.95 x.firms", 16, "Between two values"),
    ("x.firms >= 2x.firms", 12, "Between two values"),
    ("x.firms >= 0.95(x.firms)", 15, "Between two values"),
    ("x.firms >= (x.firms)(x.firms)", 20, "Between two values"),
    ("x.firms >= 1/3 x.batches", 15, "Between two values"),
    ("x.tonnes >= 5吨 3吨", 15, "Between two values"),
    ("x.firms >= x.batches x 2", 21, "“*” instead of “x”"),
    ("x.firms >= 1 且 x.firms <= 3", 13, "write a rule for each"),
    ("x.firms >= 1 并且 x.firms <= 3", 13, "write a rule for each"),
    ("x.firms >= 1 and x.firms <= 3", 13, "write a rule for each"),
    ("x.firms >= 1 && x.firms <= 3", 13, "write a rule for each"),
    ("x.firms >= 1; x.firms <= 3", 12, "a rule for each"),
    ("0 <= x.firms <= 5", 0, "a rule for each"),
    ("x.firms >= 1 或 x.batches >= 2", 13, "max(x, y)"),
    ("x.firms >= 1 or x.batches >= 2", 13, "max(x, y)"),
    ("x.firms 和 x.batches >= 1", 8, "“+” instead of “和”"),
    ("x.firms 大于等于 x.batches", 8, "“>=” instead of “大于等于”"),
    ("x.firms 不超过 x.batches", 8, "“<=” instead of"),
    ("x.firms 除以 x.batches >= 1", 8, "“/” instead of"),
    ("x.firms ＞＝ x.batches", 8, "“>=” instead of “＞＝”"),
    ("x.firms！＝x.batches", 7, "“!=” instead of “！＝”"),
    ("x.firms ≧ x.batches", 8, "“>=” instead of “≧”"),
    ("x.firms === x.batches", 8, "“==” instead of “===”"),
    ("x.firms =! x.batches", 8, "“!=” instead of “=!”"),
    ("x.firms ： x.batches >= 1", 8, "“/” instead of “：”"),
    ("x.firms · 2 >= 1", 8, "“*” instead of “·”"),
    ("x.firms >= [x.batches]", 11, "“(” instead of “[”"),
    ("x.firms >= 「x.batches」", 11, "“(” instead of “「”"),
    ("x.firms >= １００", 11, "“100” instead of “１００”"),
    ("x.firms >= x.batches。", 20, "Leave out the “。”"),
    ("x.firms² >= 1", 7, "no powers"),
    ("x.firms ^ 2 >= 1", 8, "no powers"),
    ("x.rate% >= 98%", 6, "stands behind a number only"),
    ("x.firms % x.batches >= 1", 8, "stands behind a number only"),
    ("|x.firms - x.batches| <= 1", 0, "abs(x)"),
    ("x.mass >= 5 万 吨", 10, "“5万吨” instead of “5 万 吨”"),
    ("x.firms >= 5万", 11, "“50000” instead of “5万”"),
    ("x.firms >= 1.5千家", 11, "“1500家” instead of “1.5千家”"),
    ("x.rate - x.other >= 2个百分点", 20, "“2百分点” instead of"),
    ("x.tonnes >= 五吨", 12, "in digits"),
    ("x.firms >= 三分之一 * x.batches", 11, "in digits"),
    ("x.rate >= 百分之九十八", 10, "in digits"),
    ("x.firms >= ½ * x.batches", 11, "in digits"),
    ("x.firms >= 0x10", 11, "in digits"),
    ("X.Firms >= 1", 0, "“x.firms” instead of “X.Firms”"),
    ("ABS(x.firms) >= 1", 0, "“abs” instead of “ABS”"),
    ("x. firms >= 1", 0, "“x.firms” instead of “x. firms”"),
    ("“x.firms” >= 1", 0, "without quotation marks"),
]


def column_and_words(call):
    with pytest.raises(FormulaError) as caught:
        call()
    return caught.value.column, str(caught.value)


@pytest.mark.parametrize(("text", "column", "words"), RULES)
def test_what_is_written_otherwise_is_refused_with_what_to_write(text, column, words):
    found, said = column_and_words(lambda: checked_rule(text, PARTS, UNITS, UNIT_OF))
    assert (found, words in said) == (column, True), said


@pytest.mark.parametrize(
    "text",
    [
        "x.firms >= max(1, 200)",
        "x.firms >= 1 / 3 * x.batches",
        "x.mass >= 5 万吨 + 3吨",
        "x.firms>=-1",
        "x.people >= 5 万人",
        "(x.firms + 1) * (x.batches) >= abs(x.firms - 1)",
        "x.yield >= 3公斤/亩",
        "x.rate - x.other >= 2百分点",
        "x.firms >= 1.5e3",
    ],
)
def test_what_is_right_stays_right(text):
    assert checked_rule(text, PARTS, UNITS, UNIT_OF)


@pytest.mark.parametrize("text", ["max(x.firms, 5,000) >= 1", "x.firms >= 0x10"])
def test_what_a_database_has_of_before_goes_on_to_mean_what_it_meant(text):
    assert compile_rule(text, PARTS, UNITS)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("x.money / x.people * 10000", "元"),
        ("x.money / x.people * 10000", "万元"),
        ("10000 * (x.money / x.people)", "元"),
        ("x.money / x.people * 100 * 100", "元"),
        ("x.money / (x.people / 10000)", "元"),
        ("x.mass / x.people * 10000", "吨"),
        ("x.money / x.area / 10000", "万元/亩"),
    ],
)
def test_a_number_that_converts_a_unit_which_another_cancels_is_refused(text, unit):
    found, said = column_and_words(lambda: checked_formula(text, PARTS, UNITS, UNIT_OF, UNITS[unit]))
    assert (found, "in two ways" in said) == (0, True), said


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("x.money / x.people", "元"),
        ("x.money / x.people * 1万人", "元"),
        ("x.money / x.people * 1万人", "万元"),
        ("x.batches / x.people * 10000", "批次"),
        ("x.money / last_year(x.money) - 1", "%"),
        ("x.mass / x.people * 1000", "吨"),
    ],
)
def test_what_is_for_so_many_of_something_says_so(text, unit):
    assert checked_formula(text, PARTS, UNITS, UNIT_OF, UNITS[unit])


def test_such_a_number_is_refused_in_a_rule_too():
    text = "x.money / x.people * 10000 >= 5元"
    assert "in two ways" in column_and_words(lambda: checked_rule(text, PARTS, UNITS, UNIT_OF))[1]
