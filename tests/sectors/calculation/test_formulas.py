"""The expression language, without a database."""

from decimal import Decimal

import pytest

from sectors.calculation import evaluation, formulas
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import circle
from sectors.calculation.parser import FormulaError
from sectors.calculation.tokens import in_words
from tests.sectors.calculation.units import Unit

pytestmark = pytest.mark.usefixtures("english")

PARTS = {"a.total": ["a.one", "a.two"]}
UNITS = {unit.name: unit for unit in [Unit("%", "1", "0.01"), Unit("吨"), Unit("万吨", "吨", "10000"), Unit("克/升")]}


def compile_formula(text, parts=PARTS):
    return formulas.compile_formula(text, parts, UNITS)


def compile_rule(text):
    return formulas.compile_rule(text, PARTS, UNITS)


def definitions(rows, parts=PARTS):
    return evaluation.definitions(rows, parts, UNITS)


def reckon(text, values, absent=()):
    """The value of an expression where every unit is a base unit; keys are codes or (code, years back)."""
    entered = {key if isinstance(key, tuple) else (key, 0): Decimal(v) for key, v in values.items()}
    codes = {code for code, _back in [*entered, *((code, 0) for code in absent)]} | {"a.missing"}
    rows = [(code, Decimal(1), "") for code in codes]
    evaluation = Evaluation(
        definitions([*rows, ("x.result", Decimal(1), text)], PARTS), entered, {(c, 0) for c in absent}
    )
    return evaluation.value("x.result")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.one + a.two * 3", "11"),
        ("(a.one + a.two) * 3", "15"),
        ("-a.one + 6 / a.two - 1", "-1"),
        ("a.one - a.two - 1", "-2"),
        ("0.1 + 0.2", "0.3"),
        ("12 / a.two / 2", "2"),
        ("parts(a.total)", "5"),
        ("last_year(a.one) / a.one", "5"),
        ("a.one - previous(a.one)", "-5"),
        ("abs(a.one - a.two * 2)", "4"),
        ("min(a.one, a.two, 7) + max(a.one, a.two)", "5"),
        ("a.for.in + a.2022", "3"),
        ("200% * a.one", "4"),
        ("200 % * a.one", "4"),
        ("a.one + 1万吨 / 5000吨", "4"),
        ("a.one/50%-0.5%", "3.995"),
        ("1.5e1% * a.one", "0.3"),
        ("4克/升 / a.one", "2"),
        ("4吨/a.one", "2"),
    ],
)
def test_expressions_mean_what_they_mean_in_arithmetic(text, value):
    values = {"a.one": 2, "a.two": 3, ("a.one", 1): 10, ("a.one", 100): 7, "a.for.in": 1, "a.2022": 2}
    assert reckon(text, values) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["a.one / a.zero", "a.one + a.missing", "a.missing * 0", "last_year(a.one)", "parts(a.total)", "-a.missing"],
)
def test_missing_operands_and_division_by_zero_give_missing(text):
    assert reckon(text, {"a.one": 2, "a.zero": 0}) is None


def test_not_applicable_counts_for_nothing_in_a_sum_and_is_missing_elsewhere():
    assert reckon("parts(a.total)", {"a.one": 2}, absent=["a.two"]) == 2
    assert reckon("a.one + a.two", {"a.one": 2}, absent=["a.two"]) is None


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a.one.__class__", 0),
        ("a.one + eval(a.one)", 8),
        ("a.one + a.two + open('x')", 16),
        ("  a.one + lambda: 1", 10),
        ("a.one + 'text'", 8),
        ("a.one ** 2", 0),
        ("a.one // 2", 0),
        ("a.one % 2", 0),
        ("a.one if a.two else 1", 0),
        ("a.one and a.two", 0),
        ("a.one + [1]", 8),
        ("a.one + True", 8),
        ("a.one + 1j", 8),
        ("a.one + 1e999", 8),
        ("a.one + bare", 8),
        ("a.one + 食品", 8),
        ("a.one < a.two", 0),
        ("parts(a.one)", 0),
        ("parts(a.total, a.one)", 0),
        ("last_year(a.one + 1)", 10),
        ("last_year(code=a.one)", 0),
        ("a.one / year_to_date(a.one)", 8),
        ("abs(a.one, a.two)", 0),
        ("1 + min(a.one)", 4),
        ("sum(a.one)", 0),
        ("  a.one ** 2", 2),
        ("\u00a0a.one ** 2", 1),
        ("a.one + a.食品", 8),
        ("a.one + + ", 8),
        ("a.one + )", 8),
        ("", 0),
        ("a.one; a.two", 5),
    ],
)
def test_anything_else_is_refused_where_it_stands(text, column):
    with pytest.raises(FormulaError) as caught:
        compile_formula(text, PARTS)
    assert abs(caught.value.column - column) <= (1 if "read here" in str(caught.value) else 0)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "-" * 1900 + "1",
        "1" + "+1" * 900,
        "1" * 2001,
        "1+" * 5000 + "1",
    ],
)
def test_huge_expressions_are_refused_and_not_run(text):
    with pytest.raises(FormulaError):
        compile_formula(text)


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ("9" * 14, True),
        ("0.0001", True),
        ("1.5e3", True),
        ("0", True),
        ("0.0", True),
        ("9" * 15, False),
        ("9" * 400, False),  # larger than a float
        ("0x" + "f" * 400, False),
        ("1e300", False),
        ("1e-300", False),
    ],
)
def test_a_number_has_as_many_digits_as_may_be_entered(number, taken):
    if taken:
        assert compile_formula(f"a.one * {number}").form
        return
    with pytest.raises(FormulaError, match="at most 14 digits") as caught:
        compile_formula(f"a.one * {number}")
    assert caught.value.column == len("a.one * ")


@pytest.mark.parametrize("text", ["a.one * a.one", "a.one / 0.0000001", "a.one" + " * a.one" * 29])
def test_what_no_figure_can_be_is_missing(text):
    assert reckon(text, {"a.one": "9" * 14}) is None
    assert reckon(text, {"a.one": "2"}) is not None


def test_a_multiple_beyond_any_figure_is_none_to_reckon_with():
    assert compile_formula("a.one" + " * 99999999999999" * 25).form is None
    assert compile_formula("a.one * 99999999999999").form


def test_units_are_reckoned_in_base_units():
    rows = [
        ("a.big", Decimal(10000), ""),  # 万吨
        ("a.small", Decimal(1), ""),  # 吨
        ("a.share", Decimal("0.01"), "a.small / a.big"),  # %
        ("a.sum", Decimal(10000), "a.big + a.small"),
    ]
    evaluation = Evaluation(definitions(rows, {}), {("a.big", 0): Decimal("3.5"), ("a.small", 0): Decimal(7000)})
    assert (evaluation.value("a.share"), evaluation.value("a.sum")) == (Decimal(20), Decimal("4.2"))


def test_a_formula_may_read_another_and_last_years_too():
    texts = {"a.x": "", "a.double": "a.x * 2", "a.grown": "a.double - last_year(a.double)"}
    rows = [(code, Decimal(1), text) for code, text in texts.items()]
    evaluation = Evaluation(definitions(rows, {}), {("a.x", 0): Decimal(5), ("a.x", 1): Decimal(3)})
    assert evaluation.value("a.grown") == 4


def test_a_circle_is_found_and_reckons_to_missing():
    texts = {"a.x": "a.y + 1", "a.y": "a.z", "a.z": "a.x"}
    path = circle({code: compile_formula(text) for code, text in texts.items()})
    assert path[0] == path[-1]
    assert set(path) == set(texts)
    evaluation = Evaluation(definitions([(code, Decimal(1), text) for code, text in texts.items()], {}), {})
    assert evaluation.value("a.x") is None


def test_reading_ones_own_last_year_is_no_circle_and_comes_to_an_end():
    assert circle({"a.x": compile_formula("last_year(a.x) + 1")}) == []
    evaluation = Evaluation(definitions([("a.x", Decimal(1), "last_year(a.x) + 1")], {}), {("a.x", 1): Decimal(3)})
    assert evaluation.value("a.x") is None


def test_from_period_to_period_a_circle_has_no_beginning():
    assert circle({"a.x": compile_formula("previous(a.x) + 1")}) == ["a.x", "a.x"]
    texts = {"a.x": "previous(a.y)", "a.y": "a.z", "a.z": "a.x * 2"}
    assert set(circle({code: compile_formula(text) for code, text in texts.items()})) == set(texts)


def test_formulas_find_no_period_before_a_year_nor_before_the_year_so_far():
    rows = [("a.x", Decimal(1), ""), ("a.up", Decimal(1), "a.x - previous(a.x)"), ("a.of", Decimal(1), "a.up * 2")]
    entered = {("a.x", moment): Decimal(moment + 5) for moment in (0, 1, 100, 101, 10_000, 10_100)}
    of_period = Evaluation(definitions(rows, {}), entered)
    assert (of_period.value("a.of"), of_period.value("a.of", 1)) == (-200, -200)
    assert of_period.value("a.of", 10_000) is None
    of_year = Evaluation(definitions(rows, {}), entered, of_year=True)
    assert (of_year.value("a.of"), of_year.value("a.of", 1)) == (None, None)
    assert of_year.value("a.x", 100) == 105  # by itself, as a rule reads it


def test_a_rule_may_name_other_times_and_reads_them_through_computed_values():
    rule = compile_rule("previous(a.double) + year_to_date(a.x) == last_year(a.x)")
    assert rule.names == {("a.double", 100), ("a.x", 10_000), ("a.x", 1)}
    rows = [("a.x", Decimal(1), ""), ("a.double", Decimal(1), "a.x * 2 + last_year(a.x)")]
    entered = {("a.x", 100): Decimal(3), ("a.x", 101): Decimal(1), ("a.x", 10_000): Decimal(8), ("a.x", 1): Decimal(5)}
    evaluation = Evaluation(definitions(rows, {}), entered)
    assert rule.left.evaluate(evaluation.base) == 15
    assert rule.right.evaluate(evaluation.base) == 5


def test_gaps_may_count_as_something_and_a_declared_value_may_stand_in():
    rows = [("a.x", Decimal(1), ""), ("a.y", Decimal(1), ""), ("a.sum", Decimal(1), "a.x + a.y")]
    entered = {("a.x", 0): Decimal(3), ("a.sum", 0): Decimal(9)}
    assert Evaluation(definitions(rows, {}), entered).value("a.sum") is None
    assert Evaluation(definitions(rows, {}), entered, instead=Decimal(0)).value("a.sum") == 3
    assert Evaluation(definitions(rows, {}), entered, declared_stands=True).value("a.sum") == 9


@pytest.mark.parametrize(
    ("text", "terms", "constant"),
    [
        ("a.one - (a.two - 3) * 2", {"a.one": 1, "a.two": -2}, 6),
        ("-a.one / 4 + a.one", {"a.one": "0.75"}, 0),
        ("parts(a.total) - a.two", {"a.one": 1}, 0),
        ("a.one * a.two", None, 0),
        ("1 / a.one", None, 0),
        ("abs(a.one)", None, 0),
    ],
)
def test_what_only_adds_up_is_known_by_its_coefficients(text, terms, constant):
    form = compile_formula(text, PARTS).form
    if terms is None:
        assert form is None
    else:
        assert form is not None
        assert {code: weight for (code, _moment), weight in form.terms.items()} == {
            code: Decimal(weight) for code, weight in terms.items()
        }
        assert form.constant == constant


def test_an_expression_is_compiled_once():
    assert compile_formula("a.one + parts(a.total)", PARTS) is compile_formula("a.one + parts(a.total)", PARTS)
    other = {"a.total": ["a.one", "a.three"]}
    assert compile_formula("parts(a.total)", other).codes == {"a.one", "a.three"}
    assert compile_formula("parts(a.total)", PARTS).codes == {"a.one", "a.two"}


def test_the_wrong_place_is_marked():
    with pytest.raises(FormulaError) as caught:
        compile_rule("a.one <= a.two ** 2")
    assert caught.value.marked("a.one <= a.two ** 2") == "a.one <= ▶a.two ** 2"


def test_a_rule_is_one_comparison():
    rule = compile_rule("a.one <= a.two * 2")
    assert (rule.relation, sorted(rule.codes)) == ("<=", ["a.one", "a.two"])
    for text in ("a.one", "a.one < a.two < 3", "a.one in a.two", "not a.one == 1", "a.one == 1 and a.two == 1"):
        with pytest.raises(FormulaError):
            compile_rule(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.one / a.two", "One ÷ B-2"),
        ("(a.one - a.two) / (a.one * 10000)", "(One − B-2) ÷ (One × 10000)"),
        ("parts( a.total ) - a.other", "sum of the parts of All − a.other"),
        ("a.one / last_year(a.one) - 1", "One ÷ One of the year before − 1"),
        ("a.one.more", "a.one.more"),
    ],
)
def test_a_formula_is_read_by_names(text, words):
    assert in_words(text, {"a.one": "One", "a.two": "B-2", "a.total": "All"}) == words
