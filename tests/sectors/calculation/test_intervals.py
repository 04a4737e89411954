"""Between which values an expression lies, held against the values that it takes."""

import random
from decimal import Decimal

import pytest

from sectors.calculation.evaluation import Definition, Evaluation
from sectors.calculation.formulas import NOW, compile_formula
from sectors.calculation.intervals import ANYTHING, Reading

CODES = ("t.a", "t.b", "t.c", "t.d")
OFF = Decimal("0.05")


def enclosed(text, **values):
    """The interval of an expression over figures with one decimal, by the last letter of their codes; whole ones are
    exact."""
    formula = compile_formula(text, {"t.all": ["t.a", "t.b"]}, {})
    return Reading(definitions(), lambda name: ends(values.get(name[0][-1])), set()).interval(formula.tree, {})


def definitions(**formulas):
    return {code: Definition(code, Decimal(1), formulas.get(code[-1])) for code in CODES}


def ends(text):
    if text is None:
        return None
    off = OFF if "." in text else Decimal(0)
    return Decimal(text) - off, Decimal(text) + off


def interval(low, high):
    return Decimal(low), Decimal(high)


@pytest.mark.parametrize(
    ("text", "values", "found"),
    [
        ("t.a + t.b - 1", {"a": "1.0", "b": "2.0"}, interval("1.9", "2.1")),
        ("-t.a * 2", {"a": "1.0"}, interval("-2.1", "-1.9")),
        ("t.a * t.b", {"a": "2.0", "b": "-3.0"}, interval("-6.2525", "-5.7525")),
        ("100 / t.a", {"a": "0.8"}, (100 / Decimal("0.85"), 100 / Decimal("0.75"))),
        ("abs(t.a - t.b)", {"a": "1.0", "b": "1.0"}, interval("0", "0.1")),
        ("min(t.a, t.b)", {"a": "1.0", "b": "1"}, interval("0.95", "1")),
        ("max(t.a, t.b)", {"a": "1.0", "b": "1"}, interval("1", "1.05")),
        ("parts(t.all)", {"a": "1.0", "b": "2"}, interval("2.95", "3.05")),
        ("1 / t.a", {"a": "0.0"}, ANYTHING),
        ("abs(1 / t.a) * t.b", {"a": "0.0", "b": "1.0"}, interval("0", "Infinity")),
        ("1 / t.a", {"a": "0"}, None),
        ("t.a + t.b", {"a": "1.0"}, None),
        # What is read twice is one figure.
        ("t.a - t.a", {"a": "1.0"}, interval("0", "0")),
        ("t.a * 3 - t.a", {"a": "1.0"}, interval("1.9", "2.1")),
        ("t.a / (t.a + t.b)", {"a": "5.0", "b": "5.0"}, interval("0.495", "0.505")),
        ("(t.a - t.b) / t.b", {"a": "6.0", "b": "4"}, interval("0.4875", "0.5125")),
        ("min(t.a, t.b) + t.a", {"a": "1.0", "b": "2.0"}, interval("1.9", "2.1")),
        ("abs(t.a) - t.a * 2", {"a": "-1.0"}, interval("2.85", "3.15")),
    ],
)
def test_an_expression_lies_between_its_ends(text, values, found):
    assert enclosed(text, **values) == found


def test_computed_figures_are_read_through():
    """A half of what is read twice."""
    known = definitions(b=compile_formula("t.a * 2", {}, {}))
    read = Reading(known, lambda name: ends("1.0") if name[0] == "t.a" else None, set())
    assert read.interval(compile_formula("t.b - t.a", {}, {}).tree, {}) == interval("0.95", "1.05")
    assert read.interval(compile_formula("t.b - t.a", {}, {}).tree, {("t.b", NOW): interval("3", "3")}) == interval(
        "1.95", "2.05"
    )


def test_formulas_find_no_period_before_a_year():
    known = definitions(b=compile_formula("t.a - previous(t.a)", {}, {}))
    ahead = compile_formula("t.b * 2", {}, {}).tree
    figures = {("t.a", 0): "5", ("t.a", 100): "3"}
    assert Reading(known, lambda name: ends(figures.get(name)), set()).interval(ahead, {}) == interval("4", "4")
    assert Reading(known, lambda name: ends(figures.get(name)), set(), of_year=True).interval(ahead, {}) is None


def test_a_circle_ends():
    known = definitions(a=compile_formula("t.b + 1", {}, {}), b=compile_formula("t.a + 1", {}, {}))
    assert Reading(known, lambda _name: None, set()).interval("t.a", {}) is None


def test_what_does_not_apply_or_is_missing_counts_as_nothing_where_that_is_asked_for():
    tree = compile_formula("parts(t.all)", {"t.all": ["t.a", "t.b"]}, {}).tree
    read = Reading(definitions(), lambda name: ends("1.0") if name[0] == "t.a" else None, {("t.b", NOW)})
    assert read.interval(tree, {}) == interval("0.95", "1.05")
    filled = Reading(definitions(), lambda _name: None, set(), instead=Decimal(0))
    assert filled.interval(compile_formula("t.a + 1", {}, {}).tree, {}) == interval("1", "1")


@pytest.mark.parametrize("seed", range(200))
def test_no_value_lies_beyond_the_ends(seed):
    chance = random.Random(seed)
    formula = compile_formula(expression(chance, 3), {}, {})
    middle = {code: Decimal(chance.choice((-9, 5, 12, 40, 73))).scaleb(-1) for code in CODES}
    known = definitions()
    found = Reading(known, lambda name: (middle[name[0]] - OFF, middle[name[0]] + OFF), set()).interval(
        formula.tree, {}
    )
    for _turn in range(60):
        moved = {(code, NOW): middle[code] + chance.choice((-OFF, Decimal(0), OFF)) for code in CODES}
        value = formula.evaluate(Evaluation(known, moved).base)
        if value is not None and found is not None:
            room = Decimal("1e-20") * (1 + abs(value))
            assert found[0] - room <= value <= found[1] + room, formula.text


def expression(chance, depth):
    """Any one, whose figures stand in it several times."""
    if not depth:
        return chance.choice([*CODES, "2"])
    sides = [expression(chance, depth - 1) for _side in range(2)]
    form = chance.choice(
        ("({} + {})", "({} - {})", "({} * {})", "({} / {})", "min({}, {})", "max({}, {})", "abs({} - {})")
    )
    return form.format(*sides)
