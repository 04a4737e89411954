"""How far rounding may put off what is derived: in both directions, through several periods, through printed values."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sectors.checks.in_memory import breakdown, judge, point

pytestmark = pytest.mark.usefixtures("english")

PERCENT = ("%", "0.01")
WHOLE = breakdown("t.all", "t.a", "t.b")


def rules(found):
    return [one.rule for finding in found for one in (finding, *finding.also)]


# Both directions


@pytest.mark.parametrize(
    ("figures", "rule", "holds"),
    [
        # 1.2 is anything from 1.15 to 1.25, so that 100 / 1.2 is anything from 80 to 86.96.
        ({"t.y": "86.9", "t.x": "1.2"}, "t.y == 100 / t.x", True),
        ({"t.y": "80.1", "t.x": "1.2"}, "t.y == 100 / t.x", True),
        ({"t.y": "87.1", "t.x": "1.2"}, "t.y == 100 / t.x", False),
        ({"t.y": "79.9", "t.x": "1.2"}, "t.y == 100 / t.x", False),
        # Two that move together: 2.5 x 3.5 is anything from 2.45 x 3.45 to 2.55 x 3.55.
        ({"t.y": "9.05", "t.x": "2.5", "t.z": "3.5"}, "t.y == t.x * t.z", True),
        ({"t.y": "9.06", "t.x": "2.5", "t.z": "3.5"}, "t.y == t.x * t.z", False),
        ({"t.y": "8.45", "t.x": "2.5", "t.z": "3.5"}, "t.y == t.x * t.z", True),
        ({"t.y": "8.44", "t.x": "2.5", "t.z": "3.5"}, "t.y == t.x * t.z", False),
        # The smaller of two may come from either.
        ({"t.y": "4.95", "t.x": "5.0", "t.z": "5.0"}, "t.y == min(t.x, t.z)", True),
        ({"t.y": "0.10", "t.x": "5.0", "t.z": "5.0"}, "t.y == abs(t.x - t.z)", True),
        ({"t.y": "0.12", "t.x": "5.0", "t.z": "5.0"}, "t.y == abs(t.x - t.z)", False),
        # Neither end of a quotient is known where its divisor may be nothing.
        ({"t.y": "7", "t.x": "0.04", "t.z": "0.0"}, "t.y == t.x / (t.z + 0.01)", True),
        ({"t.y": "7", "t.x": "0.04", "t.z": "0.1"}, "t.y == t.x / (t.z + 0.01)", False),
        # A figure that is read twice moves in both places at once.
        ({"t.y": "0.546", "t.x": "5.0", "t.z": "5"}, "t.y == t.x / (t.x + t.z)", False),
        ({"t.y": "0.502", "t.x": "5.0", "t.z": "5"}, "t.y == t.x / (t.x + t.z)", True),
        ({"t.y": "0.5", "t.x": "5.0", "t.z": "5.0"}, "t.x - t.x == t.y", False),
        # Inequalities at their own end.
        ({"t.y": "86.9", "t.x": "1.2"}, "t.y <= 100 / t.x", True),
        ({"t.y": "87.1", "t.x": "1.2"}, "t.y <= 100 / t.x", False),
        ({"t.y": "80.1", "t.x": "1.2"}, "t.y >= 100 / t.x", True),
        ({"t.y": "79.9", "t.x": "1.2"}, "t.y >= 100 / t.x", False),
    ],
)
def test_rounding_moves_a_figure_up_and_down(figures, rule, holds):
    assert rules(judge(figures, rules=[rule])) == ([] if holds else [rule])


@pytest.mark.parametrize(
    ("declared", "agrees"), [("86.9", True), ("80.0", True), ("87.1", False), ("79.8", False), ("83.3", True)]
)
def test_a_declared_value_agrees_within_the_whole_interval(declared, agrees):
    figures = {"t.some": "1.0", "t.whole": "1.2", "t.rate": declared}
    formulas, units = {"t.rate": "t.some * 1 / t.whole"}, {"t.rate": PERCENT}
    exact = {"t.some": {"exact": True}}
    found = judge(figures, formulas=formulas, units=units, indicators=exact)
    assert rules(found) == ([] if agrees else ["declared:t.rate"])


@pytest.mark.parametrize(("total", "holds"), [("8.0", True), ("8.7", True), ("7.9", False), ("8.8", False)])
def test_a_sum_of_computed_parts_has_their_whole_interval(total, holds):
    """10 / 1.2 is anything from 8 to 8.7."""
    figures = {"t.all": total, "t.x": "1.2", "t.b": "0"}
    found = judge(figures, formulas={"t.a": "10 / t.x"}, breakdowns=[WHOLE])
    assert rules(found) == ([] if holds else ["sum:t.all:by kind"])


@pytest.mark.parametrize(("part", "holds"), [("8.7", True), ("8.8", False)])
def test_a_part_is_at_most_the_upper_end_of_its_total(part, holds):
    some = breakdown("t.all", "t.part", exhaustive=False)
    found = judge({"t.part": part, "t.x": "1.2"}, formulas={"t.all": "10 / t.x"}, breakdowns=[some])
    assert rules(found) == ([] if holds else ["part:t.part:t.all"])


def test_a_figure_of_another_time_was_rounded_too():
    """120 last year may have been 115: a suspect that this leaves room for is named."""
    before = {4: {"t.a": "120.4", "t.b": "3.2"}}
    rule = "t.a + t.b >= last_year(t.a) + last_year(t.b)"
    assert judge({"t.a": "120.3", "t.b": "3.2"}, before=before, rules=[rule]) == []
    (found,) = judge({"t.a": "119.9", "t.b": "3.2"}, before=before, rules=[rule])
    assert {suspect.code: suspect.repair for suspect in found.suspects}["t.a"] == Decimal("120.4")


def test_a_figure_that_rounding_of_last_year_clears_does_not_stand_in_the_way_of_a_suspect():
    """The rule over last year holds within rounding, so t.all is free to be what its parts make."""
    figures = {"t.all": "12.0", "t.a": "5.0", "t.b": "5.0"}
    before = {4: {"t.all": "10.3"}}
    found = judge(figures, before=before, breakdowns=[WHOLE], rules=["t.all >= last_year(t.all) - 0.25"])
    assert "t.all" in {suspect.code for finding in found for suspect in finding.suspects}


@pytest.mark.parametrize(("now", "found"), [("99.6", []), ("99.4", ["fall:t.a"])])
def test_a_fall_within_the_rounding_of_both_periods_is_none(now, found):
    figures = {"t.a": {"accumulation": "cumulative", "exact": False}}
    assert rules(judge({"t.a": now}, before={1: {"t.a": "100"}}, indicators=figures)) == found


# Several periods


def annual(figures, tolerances, **more):
    """Annual values, what several periods made among them."""
    derived = {code: {2023: Decimal(tolerance)} for code, tolerance in tolerances.items()}
    return judge(figures, a_year=1, now=2023, derived=derived, **more)


def test_what_several_periods_make_has_the_tolerance_of_all_of_them():
    """Each quarter 10.1 = 5.0 + 5.0."""
    figures = {"t.all": "40.4", "t.a": "20.0", "t.b": "20.0"}
    assert rules(judge(figures, breakdowns=[WHOLE])) == ["sum:t.all:by kind"]
    assert annual(figures, {"t.all": "0.2", "t.a": "0.2", "t.b": "0.2"}, breakdowns=[WHOLE]) == []
    assert rules(annual(figures, {"t.all": "0.2", "t.a": "0.05"}, breakdowns=[WHOLE])) == ["sum:t.all:by kind"]


@pytest.mark.parametrize("declared", ["50.0", "49.6", "50.4"])
def test_a_rate_of_annual_values_has_it_too(declared):
    figures = {"t.a": "20.0", "t.all": "40.0", "t.rate": declared}
    more = {"formulas": {"t.rate": "t.a / t.all"}, "units": {"t.rate": PERCENT}}
    assert annual(figures, {"t.all": "0.2", "t.a": "0.2"}, **more) == []
    assert len(annual(figures, {"t.all": "0", "t.a": "0"}, **more)) == (declared != "50.0")


def test_what_is_counted_stays_exact():
    figures = {"t.all": "41", "t.a": "20", "t.b": "20"}
    assert len(annual(figures, {"t.all": "2", "t.a": "2", "t.b": "2"}, breakdowns=[WHOLE])) == 1


@pytest.mark.parametrize(("so_far", "found"), [("40.4", 0), ("40.6", 0), ("40.7", 1)])
def test_year_to_date_has_the_tolerance_of_its_periods(so_far, found):
    figures, before = {"t.a": "10.1", "t.year": so_far}, {n: {"t.a": "10.1"} for n in (1, 2, 3)}
    assert len(judge(figures, before=before, rules=["year_to_date(t.a) == t.year"])) == found


@pytest.mark.parametrize(
    ("accumulation", "annual", "periods", "found"),
    [
        ("flow", "40.6", ("10.1",) * 4, 0),
        ("flow", "40.7", ("10.1",) * 4, 1),
        ("flow", "42", ("10.1", "10.1", "10.1", "10"), 1),
        ("average", "10.2", ("10.1",) * 4, 0),
        ("average", "10.3", ("10.1",) * 4, 1),
        ("average", "10.0", ("9", "10", "10", "10"), 0),
    ],
)
def test_the_annual_check_has_the_tolerance_of_the_periods(accumulation, annual, periods, found):
    told = judge(
        {"t.a": annual},
        a_year=1,
        now=2023,
        periods={"t.a": [point(text) for text in periods]},
        indicators={"t.a": {"accumulation": accumulation, "exact": False}},
    )
    assert len(told) == found


def test_the_mean_of_counts_is_known_and_only_its_own_digits_are_rounded():
    def told(annual):
        more = {"accumulation": "average", "exact": True}
        periods = {"t.a": [point(text) for text in ("10", "10", "11", "11")]}
        return judge({"t.a": annual}, a_year=1, now=2023, periods=periods, indicators={"t.a": more})

    assert told("11") == []
    assert told("10") == []
    assert len(told("12")) == 1
    assert len(told("9")) == 1


# Printed operands


def declared(figures, formulas, **more):
    units = dict.fromkeys(formulas, PERCENT)
    return rules(judge(figures, formulas=formulas, units=units, **more))


RATES = {"t.x": "t.a / t.b", "t.y": "t.c / t.d"}
# 2.8571 % and 2.6936 %, so that the difference is 0.1636 points; as printed it is 2.86 - 2.69 = 0.17.
COUNTS = {"t.a": "200", "t.b": "7000", "t.c": "320", "t.d": "11880"}
PRINTED = {"t.x": "2.86", "t.y": "2.69"}


@pytest.mark.parametrize(
    ("difference", "agrees"), [("0.16", True), ("0.17", True), ("0.18", True), ("0.19", False), ("0.14", False)]
)
def test_a_difference_of_printed_rates_agrees_with_them_or_with_the_counts(difference, agrees):
    found = declared(COUNTS | PRINTED | {"t.z": difference}, RATES | {"t.z": "t.x - t.y"})
    assert found == ([] if agrees else ["declared:t.z"])


def test_without_printed_operands_only_the_counts_speak():
    assert declared(COUNTS | {"t.z": "0.17"}, RATES | {"t.z": "t.x - t.y"}) == ["declared:t.z"]
    assert declared(COUNTS | {"t.z": "0.16"}, RATES | {"t.z": "t.x - t.y"}) == []


def test_one_of_the_operands_may_be_the_printed_one():
    """2.9 - 2.69 is 0.21 as printed on one side only; with both as printed it is anything from 0.155."""
    formulas = RATES | {"t.z": "t.x - t.y"}
    assert declared(COUNTS | {"t.x": "2.9", "t.z": "0.21"}, formulas) == []
    assert declared(COUNTS | {"t.z": "0.21"}, formulas) == ["declared:t.z"]


def test_a_growth_of_a_printed_rate_of_last_year_agrees_with_it():
    formulas = {"t.x": "t.a / t.b", "t.z": "t.x - last_year(t.x)"}
    before = {4: {"t.a": "320", "t.b": "11880", "t.x": "2.69"}}
    figures = {"t.a": "200", "t.b": "7000", "t.x": "2.86"}
    assert declared(figures | {"t.z": "0.17"}, formulas, before=before) == []
    assert declared(figures | {"t.z": "0.19"}, formulas, before=before) == ["declared:t.z"]


def test_a_sum_of_printed_shares_agrees_with_them():
    """Each share is 16.67 %, printed 16.7: three of them are 50.1 as printed and 50.0 by the counts."""
    formulas = {f"t.{n}": f"t.n{n} / t.all" for n in (1, 2, 3)} | {"t.z": "t.1 + t.2 + t.3"}
    figures = {"t.all": "6"} | {f"t.n{n}": "1" for n in (1, 2, 3)} | {f"t.{n}": "16.7" for n in (1, 2, 3)}
    assert declared(figures | {"t.z": "50.1"}, formulas) == []
    assert declared(figures | {"t.z": "50.0"}, formulas) == []
    assert declared(figures | {"t.z": "50.4"}, formulas) == ["declared:t.z"]


def test_a_printed_operand_of_an_operand_counts_too():
    formulas = RATES | {"t.gap": "t.x - t.y", "t.twice": "t.gap * 2"}
    assert declared(COUNTS | PRINTED | {"t.twice": "0.34"}, formulas) == []
    assert declared(COUNTS | {"t.twice": "0.34"}, formulas) == ["declared:t.twice"]


def test_a_wrong_printed_operand_is_a_finding_of_its_own():
    found = declared(COUNTS | {"t.x": "3.86", "t.y": "2.69", "t.z": "1.17"}, RATES | {"t.z": "t.x - t.y"})
    assert found == ["declared:t.x"]


def test_what_agrees_as_printed_binds_no_suspect():
    """The sum is one too many; the agreeing difference of printed rates leaves every figure as free as before."""
    formulas = RATES | {"t.z": "t.x - t.y"}
    figures = COUNTS | PRINTED | {"t.z": "0.17", "t.all": "201", "t.e": "0"}
    (found,) = judge(
        figures,
        formulas=formulas,
        units=dict.fromkeys(formulas, PERCENT),
        breakdowns=[breakdown("t.all", "t.a", "t.e")],
    )
    assert found.kind == "sum"
    assert "t.all" in {suspect.code for suspect in found.suspects}


# Shares of coarse figures


SHARE: dict[str, Any] = {
    "formulas": {"t.share": "t.sown / t.area"},
    "units": {"t.share": PERCENT, "t.sown": ("万亩", "10000"), "t.area": ("万亩", "10000")},
    "breakdowns": [breakdown("t.area", "t.sown", exhaustive=False)],
}


@pytest.mark.parametrize(
    ("sown", "area", "share", "holds"),
    [
        ("0.4", "0.35", "114.3", True),  # 0.351 of 0.354, say, of which the share was computed from what is printed
        ("0.4", "0.35", "110", True),
        ("2.0", "1.96", "102.0", True),
        ("0.4", "0.4", "100.0", True),
        ("0.4", "0.35", "141.3", False),  # more than any figures that are printed so give
        ("0.4", "0.39", "104.2", True),
        ("0.40", "0.40", "102.7", False),  # 0.405 of 0.395 is 102.5
        ("0.39", "0.40", "104.0", False),
    ],
)
def test_a_share_is_over_a_hundred_per_cent_where_its_figures_were_rounded_so(sown, area, share, holds):
    figures = {"t.sown": sown, "t.area": area, "t.share": share}
    assert (judge(figures, **SHARE) == []) == holds


def test_a_share_of_counts_is_never_over_a_hundred_per_cent():
    own: dict[str, Any] = {"indicators": {"t.sown": {"exact": True}, "t.area": {"exact": True}}}
    found = judge({"t.sown": "4", "t.area": "3", "t.share": "133.3"}, **SHARE, **own)
    assert "bound:t.share" in rules(found)


@pytest.mark.parametrize(("sown", "area", "holds"), [("0.4", "0.35", True), ("0.41", "0.35", False)])
def test_a_computed_pass_rate_is_over_a_hundred_per_cent_where_its_figures_were_rounded_so(sown, area, holds):
    free = {key: value for key, value in SHARE.items() if key != "breakdowns"}
    own = {"t.share": {"is_pass_rate": True}}
    assert (judge({"t.sown": sown, "t.area": area}, **free, indicators=own) == []) == holds
