"""What figures say that are not exact, and what is made of them."""

import doctest
from datetime import date
from decimal import Decimal

import pytest

from sectors.calculation import bounded, qualifiers
from sectors.calculation.bounded import Bounded, Bounds, comparable, folded_bounds, overlap
from sectors.calculation.evaluation import Definition, Evaluation, definitions
from sectors.calculation.formulas import compile_formula
from sectors.calculation.qualifiers import day_written, interval, written
from sectors.vocabulary import Accumulation, Qualifier


@pytest.mark.parametrize("module", [qualifiers, bounded])
def test_the_examples_hold(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("value", "places", "qualifier", "low", "high"),
    [
        ("500", 0, "over", "500", "600"),
        ("20580", 0, "over", "20580", "20590"),
        ("7", 0, "over", "7", "8"),
        ("2.50", 2, "over", "2.50", "2.51"),
        ("0", 0, "over", "0", "1"),
        ("156", 0, "about", "155.5", "156.5"),
        ("2.5", 1, "about", "2.45", "2.55"),
        ("1", 0, "about", "0.5", "1.5"),
        ("0", 0, "about", "0", "0.5"),
        ("8", 0, "nearly", "7", "8"),
        ("0", 0, "nearly", "0", "0"),
        ("99", 0, "over", "99", "100"),
        ("100", 0, "at_least", "100", "Infinity"),
        ("60", 0, "at_most", "0", "60"),
    ],
)
def test_a_qualified_figure_lies_between_two_values_of_its_kind(value, places, qualifier, low, high):
    assert interval(Decimal(value), places, qualifier, lowest=Decimal(0)) == (Decimal(low), Decimal(high))


def test_a_share_is_never_more_than_the_whole():
    given = {"lowest": Decimal(0), "highest": Decimal(100)}
    assert interval(Decimal(100), 0, "over", **given) == (100, 100)
    assert interval(Decimal(95), 0, "at_least", **given) == (95, 100)


@pytest.mark.parametrize(
    ("qualifier", "text", "unit", "printed"),
    [
        ("over", "120", "家", "120余家"),
        ("over", "95", "%", "95%多"),
        ("at_least", "98.5", "%", "98.5%以上"),
        ("at_most", "500", "家", "500家以下"),
        ("about", "30", "个", "约30个"),
        ("nearly", "2000", "人", "近2000人"),
        ("", "7", "次", "7次"),
    ],
)
def test_qualifiers_stand_where_chinese_wants_them(qualifier, text, unit, printed):
    assert written(text, qualifier, unit) == printed


def test_a_day_is_written_without_the_year_that_is_spoken_of():
    assert day_written(date(2022, 10, 19), 2022) == "（截至10月19日）"
    assert day_written(date(2021, 10, 19), 2022) == "（截至2021年10月19日）"
    assert day_written(None) == ""


ONE = Decimal(1)
FORMULAS = {"share": "t.a / t.b", "sum": "t.a + t.b", "change": "t.a / last_year(t.a) - 1", "rest": "t.b - t.a"}


def bounds(low, high, *behind, as_of=None):
    return Bounds(Decimal(low), Decimal(high), frozenset(behind), as_of)


def marked(code, known, **entered):
    rows = {name: Decimal(value) for name, value in entered.items()}
    found = definitions([(f"t.{name}", ONE, "") for name in ("a", "b")], {}, {})
    found |= {name: Definition(name, ONE, compile_formula(text, {}, {})) for name, text in FORMULAS.items()}
    values = {(f"t.{name[0]}", int(name[1:] or 0)): value for name, value in rows.items()}
    known = {(f"t.{name[0]}", int(name[1:] or 0)): one for name, one in known.items()}
    value = Evaluation(found, values).value(code)
    assert value is not None
    return Bounded(found, known, values, frozenset()).marked(code, value).write(f"{value.normalize():f}")


def test_what_is_computed_of_exact_figures_is_exact():
    assert marked("share", {}, a=95, b=100) == "0.95"
    assert marked("share", {"b1": bounds(1, 2, "over")}, a=95, b=100) == "0.95"


def test_a_share_is_a_bound_where_its_direction_is_sure_and_else_about():
    low = bounds(95, "Infinity", Qualifier.AT_LEAST)
    assert marked("share", {"a": low}, a=95, b=100) == "0.95以上"
    assert marked("share", {"b": bounds(100, "Infinity", Qualifier.AT_LEAST)}, a=95, b=100) == "0.95以下"
    assert marked("share", {"a": low, "b": bounds(100, 200, "over")}, a=95, b=100) == "约0.95"
    assert marked("share", {"a": bounds(85, 95, "nearly")}, a=95, b=100) == "0.95以下"
    assert marked("share", {"a": bounds(90, 100, "about")}, a=95, b=100) == "约0.95"
    assert marked("rest", {"a": low}, a=95, b=100) == "5以下"
    assert marked("change", {"a1": bounds(100, 110, "over")}, a=150, a1=100) == "0.5以下"


def test_a_value_is_as_of_the_earliest_day_behind_it():
    day = date(2022, 10, 19)
    assert marked("sum", {"a": bounds(1, 1, as_of=day)}, a=1, b=2) == "3（截至2022年10月19日）"


def test_periods_add_up_to_what_they_say_together():
    parts = [bounds(120, 130, "over"), bounds(80, 80)]
    year = folded_bounds(Accumulation.FLOW, parts)
    assert year == bounds(200, 210, "over")
    assert year.qualifier(Decimal(200), is_sum=True) == Qualifier.OVER
    assert folded_bounds(Accumulation.STOCK, parts) == bounds(80, 80)
    both = folded_bounds(Accumulation.FLOW, [bounds(120, 130, "over"), bounds(0, 5, "at_most")])
    assert both.qualifier(Decimal(125), is_sum=True) == Qualifier.ABOUT
    assert folded_bounds(Accumulation.AVERAGE, parts) == bounds(100, 105, "over")


def test_values_are_compared_where_they_are_sure_to_differ_and_of_the_same_day():
    assert overlap((ONE, ONE), (ONE, 2 * ONE))
    assert not overlap((ONE, ONE), (2 * ONE, 3 * ONE))
    october = bounds(1, 1, as_of=date(2022, 10, 19))
    assert not comparable(october, None)
    assert comparable(october, bounds(1, 1, as_of=date(2021, 10, 19)))
