"""The checks, without a database: what is wrong is found, what is rounded or missing stays silent."""

from decimal import Decimal

import pytest

from sectors.calculation.formulas import compile_formula
from sectors.checks.engine import Rulebook
from tests.sectors.checks.in_memory import breakdown, indicator, judge, rule_spec, suspects

pytestmark = pytest.mark.usefixtures("english")

PERCENT = ("%", "0.01")
WHOLE = breakdown("t.all", "t.a", "t.b")


def kinds(found):
    return [(finding.kind, finding.severity) for finding in found]


# Parts and totals


def test_parts_that_miss_the_total_are_found_with_both_values():
    (found,) = judge({"t.all": "271", "t.a": "200", "t.b": "65"}, breakdowns=[WHOLE])
    assert (found.kind, found.severity, found.difference) == ("sum", "error", 6)
    assert (found.indicators, found.declared, found.expected) == (("t.all", "t.a", "t.b"), 271, 265)
    assert "265" in str(found.message)
    assert "271" in str(found.message)


@pytest.mark.parametrize(
    "figures",
    [
        {"t.all": "265", "t.a": "200", "t.b": "65"},
        {"t.all": "100.1", "t.a": "33.35", "t.b": "66.70"},  # rounded parts
        {"t.all": "271", "t.a": "200"},  # a part is missing, and missing is not zero
        {"t.all": "200", "t.a": "200", "t.b": "n/a"},  # not applicable counts for nothing in a sum
        {"t.all": "0", "t.a": "n/a", "t.b": "n/a"},
        {"t.all": "n/a", "t.a": "n/a", "t.b": "n/a"},
        {"t.all": "n/a", "t.a": "0", "t.b": "n/a"},
        {"t.all": "5", "t.a": "n/a"},  # the other part may be 5
    ],
)
def test_sums_that_hold_within_rounding_are_silent(figures):
    assert judge(figures, breakdowns=[WHOLE]) == []


def test_what_is_not_applicable_does_not_hide_a_wrong_sum():
    (found,) = judge({"t.all": "205", "t.a": "200", "t.b": "n/a"}, breakdowns=[WHOLE])
    assert (found.kind, found.expected) == ("sum", 200)


ABSENT = [
    ({"t.all": "5", "t.a": "n/a", "t.b": "n/a"}, "by kind) give 0, 5 is reported."),
    ({"t.all": "0.4", "t.a": "n/a", "t.b": "n/a"}, "by kind) give 0.0, 0.4 is reported."),
    ({"t.all": "n/a", "t.a": "3", "t.b": "2"}, "by kind) give 5, n/a is reported."),
    ({"t.all": "n/a", "t.a": "3", "t.b": "n/a"}, "by kind) give 3, n/a is reported."),
    ({"t.all": "n/a", "t.a": "3"}, "by kind) give 3, n/a is reported."),  # whatever the other part is
]


@pytest.mark.parametrize(("figures", "sentence"), ABSENT)
def test_a_total_of_parts_that_do_not_exist_and_parts_of_such_a_total_are_errors(figures, sentence):
    (found,) = judge(figures, breakdowns=[WHOLE], indicators={"t.b": {}})
    assert (found.kind, found.severity, found.suspects) == ("sum", "error", ())
    names = "、".join(code for code, text in figures.items() if text == "n/a")
    assert f"{sentence} n/a ({names}) says that there is none here, and counts as 0" in str(found.statement)


def test_a_part_of_a_total_that_does_not_exist_is_an_error():
    some = breakdown("t.all", "t.a", exhaustive=False)
    (found,) = judge({"t.all": "n/a", "t.a": "3"}, breakdowns=[some])
    assert (found.kind, found.suspects) == ("part", ())
    assert "t.a (3) is more than t.all (n/a)" in str(found.statement)
    assert judge({"t.all": "n/a", "t.a": "0"}, breakdowns=[some]) == []


@pytest.mark.parametrize("relation", ["t.a + t.b == t.all", "t.all - t.a == t.b"])
@pytest.mark.parametrize(("figures", "_sentence"), ABSENT[:4])
def test_written_rules_that_add_up_say_the_same(relation, figures, _sentence):
    (found,) = judge(figures, rules=[relation], indicators={"t.b": {}})
    assert (found.kind, found.suspects) == ("rule", ())


@pytest.mark.parametrize(
    ("rule", "figures", "holds"),
    [
        ("t.a + t.b == t.all", {"t.all": "5", "t.a": "3", "t.b": "n/a"}, False),
        ("t.a + t.b == t.all", {"t.all": "3", "t.a": "3", "t.b": "n/a"}, True),
        ("t.a + t.b == t.all", {"t.all": "3", "t.a": "n/a"}, True),
        ("t.a + t.b == t.all", {"t.all": "3.04", "t.a": "3.0", "t.b": "n/a"}, True),
        ("t.a <= t.all", {"t.all": "n/a", "t.a": "3"}, False),
        ("t.all >= t.a", {"t.all": "n/a", "t.a": "0"}, True),
        ("t.a <= t.all", {"t.all": "n/a", "t.a": "3.5"}, True),  # a price, say: limited by another, and no part of it
        ("t.a <= 5 * t.all", {"t.all": "n/a", "t.a": "3"}, True),
        ("t.a <= last_year(t.a)", {"t.a": "3"}, True),
    ],
)
def test_what_does_not_exist_counts_for_nothing_in_written_rules_over_amounts(rule, figures, holds):
    found = judge(figures, rules=[rule], indicators={"t.b": {}}, before={4: {"t.a": "n/a"}})
    assert [finding.rule for finding in found] == ([] if holds else [rule])


def test_what_does_not_exist_binds_no_figure_in_a_rule_that_is_not_judged():
    """Two measured figures, of which one limits the other."""
    figures = {"t.all": "5.0", "t.a": "3.0", "t.b": "3.0", "t.limit": "n/a"}
    (found,) = judge(figures, breakdowns=[WHOLE], rules=["t.a <= t.limit"])
    assert set(suspects(found)) == {"t.all", "t.a", "t.b"}


def test_a_sum_in_another_unit_that_was_cut_off_says_so():
    (found,) = judge(
        {"t.all": "3.82", "t.a": "20021", "t.b": "18260"}, breakdowns=[WHOLE], units={"t.all": ("万吨", "10000")}
    )
    assert found.severity == "warning"
    assert "cut off" in str(found.message)
    assert suspects(found) == {"t.all": Decimal("3.83")}


def test_a_total_given_in_the_unit_of_its_parts_is_recognised():
    (found,) = judge(
        {"t.all": "38281.00", "t.a": "20021", "t.b": "18260"}, breakdowns=[WHOLE], units={"t.all": ("万吨", "10000")}
    )
    assert found.severity == "error"
    assert "10,000 times too large" in str(found.statement)


def test_each_breakdown_of_a_total_is_checked():
    figures = {"t.all": "10", "t.a": "4", "t.b": "6", "t.c": "7", "t.d": "2"}
    (found,) = judge(figures, breakdowns=[WHOLE, breakdown("t.all", "t.c", "t.d", name="by size")])
    assert (found.rule, found.expected) == ("sum:t.all:by size", 9)


def test_a_total_is_held_against_parts_that_are_computed():
    figures = {"t.all": "10", "t.x": "1", "t.y": "2", "t.b": "6"}
    (found,) = judge(figures, formulas={"t.a": "t.x + t.y"}, breakdowns=[WHOLE])
    assert (found.kind, found.expected) == ("sum", 9)
    assert suspects(found) == {"t.all": 9, "t.x": 2, "t.y": 3, "t.b": 7}


def test_a_computed_total_is_not_held_against_the_parts_that_make_it():
    figures = {"t.a": "4", "t.b": "6", "t.c": "11"}
    within = breakdown("t.all", "t.c", exhaustive=False, name="of which")
    (found,) = judge(figures, formulas={"t.all": "parts(t.all)"}, breakdowns=[WHOLE, within])
    assert (found.kind, found.declared, found.expected) == ("part", 11, 10)


def test_a_part_is_at_most_its_total():
    some = [breakdown("t.all", "t.a", exhaustive=False)]
    assert judge({"t.all": "5", "t.a": "5"}, breakdowns=some) == []
    assert judge({"t.all": "5.1", "t.a": "5.14"}, breakdowns=some) == []
    (found,) = judge({"t.all": "5", "t.a": "6"}, breakdowns=some)
    assert (found.kind, found.severity, found.indicators) == ("part", "error", ("t.a", "t.all"))


# Declared values


@pytest.mark.parametrize(
    ("declared", "severity"), [("59.6", None), ("59.5", "warning"), ("58.0", "error"), ("60.0", "error"), ("60", None)]
)
def test_a_declared_rate_is_held_against_its_parts(declared, severity):
    figures = {"t.done": "134", "t.task": "225", "t.rate": declared}
    found = judge(figures, formulas={"t.rate": "t.done / t.task"}, units={"t.rate": PERCENT})
    assert [f.severity for f in found] == ([severity] if severity else [])


def test_rounding_of_the_parts_gives_a_declared_rate_room():
    figures = {"t.some": "1.2", "t.whole": "1.35", "t.rate": "90.0"}  # 88.9 %, but 1.215 of 1.35 is 90
    assert judge(figures, formulas={"t.rate": "t.some / t.whole"}, units={"t.rate": PERCENT}) == []


def test_growth_of_a_rate_in_per_cent_is_recognised():
    formulas = {"t.rate": "t.a / t.b", "t.growth": "t.rate - last_year(t.rate)"}
    units = {"t.rate": PERCENT, "t.growth": PERCENT}
    then = {4: {"t.a": "80", "t.b": "100"}}
    figures = {"t.a": "84", "t.b": "100"}
    assert judge(figures | {"t.growth": "4.0"}, formulas=formulas, units=units, before=then) == []
    for declared, hint in (("5.0", "percentage points"), ("7.0", "")):
        (found,) = judge(figures | {"t.growth": declared}, formulas=formulas, units=units, before=then)
        assert (found.kind, found.expected) == ("declared", 4)
        assert hint in str(found.statement)
        assert bool(hint) == bool(found.hints)


def test_a_difference_in_points_is_recognised_where_growth_is_asked_for():
    formulas = {"t.rate": "t.a / t.b", "t.growth": "t.rate / last_year(t.rate) - 1"}
    units = {"t.rate": PERCENT, "t.growth": PERCENT}
    figures = {"t.a": "84", "t.b": "100", "t.growth": "4.0"}
    (found,) = judge(figures, formulas=formulas, units=units, before={4: {"t.a": "80", "t.b": "100"}})
    assert "difference in percentage points" in str(found.statement)


@pytest.mark.parametrize(("declared", "is_found"), [("20.0", False), ("20.1", True), ("25.0", True)])
def test_growth_from_the_period_before_is_held_against_both(declared, is_found):
    figures, then = {"t.a": "60", "t.growth": declared}, {1: {"t.a": "50"}}
    formulas, units = {"t.growth": "t.a / previous(t.a) - 1"}, {"t.growth": PERCENT}
    found = judge(figures, formulas=formulas, units=units, before=then)
    assert [(one.kind, one.expected) for one in found] == ([("declared", 20)] if is_found else [])


def test_a_rate_given_as_a_fraction_is_recognised():
    figures = {"t.done": "134", "t.task": "225", "t.rate": "0.596"}
    (found,) = judge(figures, formulas={"t.rate": "t.done / t.task"}, units={"t.rate": PERCENT})
    assert "100 times too small" in str(found.statement)


# Shares


def shares(values, parts=("5", "3", "2"), total="10"):
    """Three parts of a total with their declared shares."""
    codes = ("t.a", "t.b", "t.c")
    figures = {"t.all": total, **dict(zip(codes, parts, strict=True))} if parts else {}
    figures |= {f"{code}.share": value for code, value in zip(codes, values, strict=True)}
    formulas = {f"{code}.share": f"{code} / t.all" for code in codes}
    units = dict.fromkeys(formulas, PERCENT)
    empty: dict[str, dict[str, bool]] = {} if parts else {code: {} for code in (*codes, "t.all")}
    return judge(figures, formulas=formulas, units=units, breakdowns=[breakdown("t.all", *codes)], indicators=empty)


def test_rounded_shares_may_make_a_little_more_or_less_than_a_hundred():
    assert shares(("50.0", "30.0", "20.0")) == []
    assert shares(("33.4", "33.4", "33.3"), parts=()) == []  # 100.1
    assert shares(("16.7", "16.7", "66.7"), ("1", "1", "4"), "6") == []


def test_shares_that_make_no_hundred_are_found_without_their_parts():
    (found,) = shares(("40.0", "33.4", "33.3"), parts=())
    assert (found.kind, found.severity, found.declared, found.expected) == ("share", "error", Decimal("106.7"), 100)
    (found,) = shares(("33.3", "33.3", "33.2"), parts=())
    assert (found.kind, found.severity) == ("share", "warning")
    assert "cut off" in str(found.message)


def test_one_wrong_share_is_one_finding():
    (found,) = shares(("50.0", "30.0", "25.0"))
    assert {found.kind, *(other.kind for other in found.also)} == {"declared", "share"}
    assert suspects(found) == {"t.c.share": 20}


# Bounds


@pytest.mark.parametrize(
    ("figures", "units", "severity"),
    [
        ({"t.a": "-1"}, {}, "error"),
        ({"t.a": "0"}, {}, None),
        ({"t.p": "100.1"}, {"t.p": PERCENT}, "error"),
        ({"t.p": "100.0"}, {"t.p": PERCENT}, None),
        ({"t.share": "101"}, {"t.share": PERCENT}, "error"),
        ({"t.share": "-3"}, {"t.share": PERCENT}, "error"),
        ({"t.task_rate": "130"}, {"t.task_rate": PERCENT}, None),  # more than the task may be done
        ({"t.growth": "-45.64"}, {"t.growth": PERCENT}, None),
    ],
)
def test_no_figure_lies_beyond_its_bounds(figures, units, severity):
    formulas = {"t.share": "t.x / t.y", "t.task_rate": "t.x / t.z", "t.growth": "t.x / last_year(t.x) - 1"}
    formulas = {code: text for code, text in formulas.items() if code in figures}
    found = judge(figures, formulas=formulas, units=units, rules=["t.x <= t.y"], indicators={"t.x": {}, "t.y": {}})
    assert kinds(found) == ([("bound", severity)] if severity else [])


def test_a_count_is_whole():
    (found,) = judge({"t.a": "2.5"}, indicators={"t.a": {"exact": True}})
    assert (found.rule, found.kind) == ("bound:t.a", "bound")


# Rules


def test_a_written_rule_speaks_with_its_own_message_and_the_values():
    assert judge({"t.a": "5", "t.b": "6"}, rules=["t.a <= t.b"]) == []
    (found,) = judge({"t.a": "7", "t.b": "6"}, rules=[rule_spec("t.a <= t.b", code="r", severity="warning")])
    assert (found.rule, found.severity, str(found.message)) == ("r", "warning", "look again (7 > 6)")
    assert (found.indicators, found.declared, found.expected) == (("t.a", "t.b"), 7, 6)


def test_a_range_whose_low_end_is_above_its_high_end_is_found():
    (found,) = judge({"t.low": "830", "t.high": "786"}, rules=["t.low <= t.high"])
    assert (found.declared, found.expected) == (830, 786)


def test_the_same_fact_with_two_values_is_found_whatever_the_units():
    units = {"t.big": ("万吨", "10000"), "t.small": ("吨", "1")}
    assert judge({"t.big": "3.83", "t.small": "38281"}, units=units, rules=["t.big == t.small"]) == []
    (found,) = judge({"t.big": "3.28", "t.small": "38281"}, units=units, rules=["t.big == t.small"])
    assert (found.declared, found.expected) == (Decimal("3.28"), Decimal("3.8281"))


def test_a_rule_that_adds_up_names_its_total_first():
    (found,) = judge({"t.a": "23", "t.b": "59", "t.done": "90"}, rules=["t.a + t.b == t.done"])
    assert (found.indicators[0], found.declared, found.expected, found.difference) == ("t.done", 90, 82, 8)


def test_tolerance_follows_the_multiples_of_a_rule():
    """2 x 1.3 may be 2.5 to 2.7: rounding counts as often as the figure does."""
    rounded = {"t.a": "1.3", "t.b": "2.7"}
    assert judge(rounded, rules=["t.a * 2 == t.b"]) == []
    assert len(judge(rounded | {"t.b": "2.8"}, rules=["t.a * 2 == t.b"])) == 1
    assert judge({"t.a": "1.3", "t.b": "1.3", "t.c": "1.75"}, rules=["t.a * t.b == t.c"]) == []


@pytest.mark.parametrize(
    ("missing", "figures", "findings"),
    [
        ("any", {"t.a": "7"}, 0),
        ("any", {"t.a": "7", "t.c": "1"}, 0),
        ("all", {"t.a": "7"}, 1),
        ("all", {}, 0),
        ("all", {"t.a": "n/a"}, 0),
        ("zero", {}, 1),
        ("zero", {"t.b": "3", "t.c": "1"}, 0),
    ],
)
def test_a_rule_says_what_missing_figures_do(missing, figures, findings):
    rule = rule_spec("t.a + 1 <= t.b + t.c", missing=missing)
    empty = {code: {"name": code} for code in ("t.a", "t.b", "t.c")}
    assert len(judge(figures, rules=[rule], indicators=empty)) == findings


def test_a_rule_may_name_other_times():
    before = {1: {"t.a": "5"}, 2: {"t.a": "3"}, 3: {"t.a": "2"}, 4: {"t.a": "4"}}
    figures = {"t.a": "6", "t.year": "16"}
    holding = ["t.a >= previous(t.a) + 1", "t.a > last_year(t.a)", "year_to_date(t.a) == t.year"]
    assert judge(figures, before=before, rules=holding) == []
    broken = ["t.a > previous(t.a) + 1", "t.a < last_year(t.a)", "year_to_date(t.a) == t.year + 1"]
    found = judge(figures, before=before, rules=broken)
    assert {finding.rule for finding in found} == set(broken)
    assert [finding.declared for finding in found if "year_to_date" in finding.rule] != []


def test_year_to_date_needs_every_period():
    assert judge({"t.a": "6"}, before={1: {"t.a": "5"}}, rules=["year_to_date(t.a) == 0"]) == []


def test_a_declared_value_stands_in_a_rule_where_nothing_can_be_computed():
    figures, formulas = {"t.growth": "-145.0"}, {"t.growth": "t.x / last_year(t.x) - 1"}
    (found,) = judge(figures, formulas=formulas, units={"t.growth": PERCENT}, rules=["t.growth >= -1"])
    assert (found.kind, found.declared, found.expected) == ("rule", -145, -100)


# One part of two totals


def test_a_part_of_two_totals_is_held_against_each():
    some = [breakdown(total, "t.a", exhaustive=False) for total in ("t.all", "t.other")]
    found = judge({"t.a": "9", "t.all": "5", "t.other": "7"}, breakdowns=some)
    told = {one.rule: one.expected for finding in found for one in (finding, *finding.also)}
    assert told == {"part:t.a:t.all": 5, "part:t.a:t.other": 7}


@pytest.mark.parametrize(("other", "found"), [("9", ["part:t.a:t.all"]), ("8", ["part:t.a:t.all", "part:t.a:t.other"])])
def test_each_total_of_a_part_has_its_own_finding(other, found):
    some = [breakdown(total, "t.a", "t.b", exhaustive=False, name=f"of {total}") for total in ("t.all", "t.other")]
    told = judge({"t.a": "9", "t.b": "1", "t.all": "5", "t.other": other}, breakdowns=some)
    assert sorted(one.rule for finding in told for one in (finding, *finding.also)) == found


def test_a_part_that_two_breakdowns_of_a_total_name_is_judged_once():
    twice = [breakdown("x.a", "x.b", exhaustive=False, name=name) for name in ("其中", "另外")]
    [finding] = judge({"x.a": "5", "x.b": "7"}, breakdowns=twice)
    assert finding.rule == "part:x.b:x.a"
    growths = {f"x.{code}.up": f"x.{code} / last_year(x.{code}) - 1" for code in "ab"}
    figures = {"x.a": "100", "x.b": "90", "x.a.up": "100.0", "x.b.up": "0.0"}
    [finding] = judge(figures, formulas=growths, breakdowns=twice, units=dict.fromkeys(growths, ("%", "0.01")))
    assert finding.rule == "growth:x.a:x.b:1"
    made = {name: compile_formula(text, {}, {}) for name, text in growths.items()}
    known = {code: indicator(code, "", made.get(code), ("", "1")) for code in (*figures, *made)}
    rules = [check.rule for check in Rulebook(known, twice, []).checks]
    assert sorted(set(rules)) == sorted(rules)
