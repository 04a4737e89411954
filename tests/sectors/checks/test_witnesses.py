"""What is not written as a rule testifies all the same: growth, rates, whole numbers, blanks, the other rows."""

from random import Random
from typing import Any

import pytest

from sectors.checks.growth import growth_of
from tests.sectors.checks import random_tables
from tests.sectors.checks.in_memory import breakdown, indicator, judge, suspects

pytestmark = pytest.mark.usefixtures("english")

PERCENT = ("%", "0.01")
WHOLE = breakdown("t.all", "t.a", "t.b")


def found_rules(found):
    return [finding.rule for finding in found]


def grown(figures, *, growth="{0} / last_year({0}) - 1", **more):
    """Figures and their growth (`t.a.g`), of which the years before are mostly not reported."""
    codes = ("t.all", "t.a", "t.b")
    formulas = {f"{code}.g": growth.format(code) for code in codes}
    units = dict.fromkeys(formulas, PERCENT) if "/" in growth else {}
    own = {code: {"exact": False, "change_limit": 0} for code in codes} | {
        code: {"change_limit": 0} for code in formulas
    }
    return judge(figures, **{"formulas": formulas, "units": units, "indicators": own, "breakdowns": [WHOLE], **more})


# Growth


SHARP = {"t.all": "1000", "t.a": "600", "t.b": "400", "t.all.g": "28.8", "t.a.g": "15.0", "t.b.g": "14.2"}


def test_growth_of_a_total_that_its_parts_deny_is_found_with_what_would_fit():
    (found,) = grown(SHARP)
    assert (found.kind, found.severity, found.rule) == ("growth", "error", "growth:t.all:by kind:1")
    assert (float(found.declared), round(float(found.expected), 1)) == (28.8, 14.7)
    assert found.suspects[0].code == "t.all.g"
    assert suspects(found)["t.all.g"] == round(found.expected, 1)
    assert "gives 14.7%" in str(found.statement)


@pytest.mark.parametrize("growth", ["14.6", "14.7", "14.8"])
def test_growth_that_rounding_or_cutting_off_explains_is_silent(growth):
    assert grown(SHARP | {"t.all.g": growth}) == []


@pytest.mark.parametrize(
    ("way", "growth", "right", "wrong"),
    [
        ("({0} - last_year({0})) / last_year({0})", ("15.0", "14.2"), "14.7", "28.8"),
        ("{0} / last_year({0})", ("115.0", "114.2"), "114.7", "128.8"),
        ("{0} - last_year({0})", ("78", "50"), "128", "150"),
    ],
)
def test_growth_may_be_written_in_other_ways(way, growth, right, wrong):
    figures = SHARP | {"t.a.g": growth[0], "t.b.g": growth[1]}
    assert grown(figures | {"t.all.g": right}, growth=way) == []
    (found,) = grown(figures | {"t.all.g": wrong}, growth=way)
    assert (found.kind, found.suspects[0].code) == ("growth", "t.all.g")


@pytest.mark.parametrize("growth", ["({0} - last_year({0})) / last_year({0})", "{0} / last_year({0}) - 1"])
def test_growth_may_be_negative_but_nothing_falls_below_nothing(growth):
    figures = {"t.all": "95", "t.a": "57", "t.b": "38", "t.all.g": "-5.0", "t.a.g": "-5.0", "t.b.g": "-5.0"}
    assert grown(figures, growth=growth) == []
    nothing = dict.fromkeys(("t.all", "t.a", "t.b"), "0")
    assert grown(figures | nothing | dict.fromkeys(("t.all.g", "t.a.g", "t.b.g"), "-100.0")) == []
    (found,) = grown({"t.a": "57", "t.a.g": "-105.0"}, growth=growth, breakdowns=[], indicators={"t.a": {}})
    assert (found.kind, found.severity) == ("bound", "error")


def test_what_may_be_below_nothing_has_shares_and_growth_below_it():
    formulas = {"t.profit": "t.in - t.out", "t.margin": "t.profit / t.in", "t.g": "t.profit / last_year(t.profit) - 1"}
    figures = {"t.in": "100", "t.out": "105", "t.margin": "-5.0", "t.g": "-150.0"}
    units = dict.fromkeys(("t.margin", "t.g"), PERCENT)
    assert judge(figures, formulas=formulas, units=units, indicators={"t.in": {"exact": False}}) == []


def test_growth_that_others_only_limit_is_repaired_to_what_they_say_and_not_to_where_rounding_ends():
    """One part was anything, the other 400: the total was 400 at least."""
    figures = {"t.all": "400", "t.a": "0", "t.b": "400", "t.all.g": "50.0", "t.a.g": "-100.0", "t.b.g": "0.0"}
    (found,) = grown(figures)
    assert str(suspects(found)["t.all.g"]) == "0.0"


def test_growth_of_a_part_that_the_others_deny_has_its_own_repair():
    (found,) = grown(SHARP | {"t.all.g": "14.7", "t.a.g": "51.0"})
    assert 14.5 < suspects(found)["t.a.g"] < 15.5


def test_a_reported_year_before_stands_for_the_growth_that_is_not_declared():
    figures = {code: text for code, text in SHARP.items() if code != "t.b.g"}
    (found,) = grown(figures, before={4: {"t.b": "350"}})
    assert (found.kind, found.suspects[0].code) == ("growth", "t.all.g")
    assert grown(figures | {"t.all.g": "14.7"}, before={4: {"t.b": "350"}}) == []


def test_where_a_part_says_nothing_of_the_year_before_it_was_no_less_than_nothing():
    """600 after 15 % less is 706 for one part alone, more than the 870 less 200 of all."""
    figures = {"t.all": "1000", "t.a": "900", "t.b": "100", "t.all.g": "40.0", "t.a.g": "10.0"}
    assert found_rules(grown(figures)) == ["growth:t.all:by kind:1"]  # 818 of 714
    assert grown(figures | {"t.all.g": "5.0"}) == []


def test_a_part_of_a_total_was_no_more_than_it():
    some = breakdown("t.all", "t.a", exhaustive=False)
    figures = {"t.all": "100", "t.a": "95", "t.all.g": "20.0", "t.a.g": "2.0"}
    assert found_rules(grown(figures, breakdowns=[some])) == ["growth:t.all:t.a:1"]  # 93 of 83
    assert grown(figures | {"t.a.g": "25.0"}, breakdowns=[some]) == []


def test_a_total_grows_no_less_than_all_of_its_parts_where_only_growth_is_printed():
    growths = {"t.all.g": "3.1", "t.a.g": "5.0", "t.b.g": "4.2"}
    own = {code: {"exact": False} for code in ("t.all", "t.a", "t.b")}
    (found,) = grown(growths, indicators=own)
    assert "as 4.2% to 5.0%" in str(found.statement)
    assert found.suspects == ()
    assert "t.all.g" not in str(found.statement)  # no one of the rates is accused
    assert grown(growths | {"t.all.g": "4.6"}, indicators=own) == []
    assert grown(growths | {"t.all.g": "4.1"}, indicators=own) == []  # cut off


def test_growth_against_the_period_before_is_a_witness_too():
    (found,) = grown(SHARP, growth="{0} / previous({0}) - 1")
    assert (found.kind, found.rule, found.suspects[0].code) == ("growth", "growth:t.all:by kind:100", "t.all.g")
    assert grown(SHARP | {"t.all.g": "14.7"}, growth="{0} / previous({0}) - 1") == []


def test_what_was_not_applicable_before_was_nothing():
    figures = {code: text for code, text in SHARP.items() if code != "t.b.g"}
    assert found_rules(grown(figures, before={4: {"t.b": "n/a"}})) == ["growth:t.all:by kind:1"]
    assert grown(figures | {"t.all.g": "91.7"}, before={4: {"t.b": "n/a"}}) == []  # 1000 after 521.7


def test_growth_from_nothing_judges_nothing():
    assert grown(SHARP | {"t.a": "0", "t.all": "400", "t.a.g": "-100.0", "t.all.g": "-50"}) == []


@pytest.mark.parametrize(
    "formula",
    ["t.a / last_year(t.b) - 1", "t.a / last_year(t.a) - 2", "t.a * last_year(t.a)", "last_year(t.a) / t.a - 1"],
)
def test_what_is_no_growth_is_not_taken_for_it(formula):
    from sectors.calculation.formulas import compile_formula

    assert growth_of(indicator("t.g", "", compile_formula(formula, {}, {}), PERCENT)) is None


# Growth and nothing


@pytest.mark.parametrize("way", ["{0} / last_year({0}) - 1", "({0} - last_year({0})) / last_year({0})"])
@pytest.mark.parametrize(
    ("level", "growth", "before", "sentence"),
    [
        ("0", "-5.0", None, "but t.a is 0 now: only -100.0% leaves nothing."),
        ("0", "25.0", None, "but t.a is 0 now: only -100.0% leaves nothing."),
        ("5", "25.0", "0", "but of t.a there was nothing before: nothing grows from 0."),
        ("0", "-5.0", "0", "but of t.a there was nothing before: nothing grows from 0."),
        ("5", "100.0", "n/a", "but of t.a there was nothing before: nothing grows from 0."),
        ("80.0", "25.0", "0.0", "but of t.a there was nothing before: nothing grows from 0."),
        ("5", "-100.0", None, "which leaves nothing, but t.a is 5 now."),
        ("5", "-105.0", None, "nothing falls by more than 100%"),
        ("5", "-100.0", "10", "its figures give -50"),
        ("0", "-5.0", "10", "its figures give -100"),
    ],
)
def test_growth_to_nothing_or_from_nothing_is_found(level, growth, before, sentence, way):
    formulas = {"t.a.g": way.format("t.a")}
    earlier = {4: {"t.a": before}} if before else {}
    own = {"t.a.g": {"change_limit": 0}, "t.a": {"change_limit": 500}}
    found = judge(
        {"t.a": level, "t.a.g": growth}, formulas=formulas, units={"t.a.g": PERCENT}, before=earlier, indicators=own
    )
    (one,) = [finding for finding in found if sentence in str(finding.statement)]
    assert one.severity == ("warning" if "which leaves" in sentence else "error")
    assert len([finding for finding in found if finding.kind != "change"]) == 1 or growth == "-105.0"


@pytest.mark.parametrize(
    ("level", "growth", "before"),
    [
        ("0", "-100.0", None),
        ("0", "-100", "10"),
        ("0", "-99.9", None),  # may have been cut off
        ("0", "0", None),
        ("0", "0.0", "0"),
        ("0.0", "-5.0", None),  # 0.04 after 0.042
        ("0.0", "-5.0", "0.0"),
        ("0.1", "25.0", "0.0"),  # 0.05 after 0.04
        ("5", "-99.5", None),
    ],
)
def test_growth_beside_nothing_that_may_be_is_silent(level, growth, before):
    formulas, earlier = {"t.a.g": "t.a / last_year(t.a) - 1"}, {4: {"t.a": before}} if before else {}
    own = {"t.a": {"change_limit": 0}, "t.a.g": {"change_limit": 0}}
    found = judge(
        {"t.a": level, "t.a.g": growth}, formulas=formulas, units={"t.a.g": PERCENT}, before=earlier, indicators=own
    )
    assert found_rules(found) == []


def test_growth_in_other_ways_beside_nothing():
    formulas = {"t.a.g": "t.a / last_year(t.a)"}
    (found,) = judge({"t.a": "0", "t.a.g": "95.0"}, formulas=formulas, units={"t.a.g": PERCENT})
    assert "only 0.0% leaves nothing" in str(found.statement)
    assert judge({"t.a": "0", "t.a.g": "0.0"}, formulas=formulas, units={"t.a.g": PERCENT}) == []
    formulas = {"t.a.g": "t.a - last_year(t.a)"}
    (found,) = judge({"t.a": "3", "t.a.g": "5"}, formulas=formulas)
    assert "but t.a is only 3 now" in str(found.statement)
    assert judge({"t.a": "3", "t.a.g": "3"}, formulas=formulas) == []
    profit = {"t.profit": "t.in - t.out", "t.g": "t.profit / last_year(t.profit) - 1"}
    assert judge({"t.in": "5", "t.out": "5", "t.g": "-5.0"}, formulas=profit, units={"t.g": PERCENT}) == []


def test_a_figure_that_its_sum_denies_is_suspected_and_not_its_growth():
    """19 after 20."""
    figures = {"t.all": "29", "t.a": "0", "t.b": "10", "t.c": "10", "t.d": "29", "t.a.g": "-5.0"}
    formulas, units = {"t.a.g": "t.a / last_year(t.a) - 1"}, {"t.a.g": PERCENT}
    rules = ["t.b == t.c", "t.all == t.d"]
    (found,) = judge(figures, formulas=formulas, units=units, breakdowns=[WHOLE], rules=rules)
    assert suspects(found) == {"t.a": 19}
    assert found_rules(found.also) == ["growth:t.a.g"]


# Rates as witnesses


def table(rows, total, rate=""):
    """Samples and passed of rows and of their totals, with the declared rate of these."""
    codes = [*(f"t.r{number}" for number in range(len(rows))), "t.all"]
    figures: dict[str, str] = {}
    own: dict[str, dict[str, Any]] = {}
    for place, (row, values) in enumerate(zip(codes, [*rows, total], strict=True)):
        figures |= {f"{row}.samples": str(values[0]), f"{row}.passed": str(values[1])}
        own |= {
            f"{row}.{column}": {"table": 1, "row": place, "column": n} for n, column in enumerate(("samples", "passed"))
        }
    return judge(
        figures | ({"t.all.rate": rate} if rate else {}),
        formulas={"t.all.rate": "t.all.passed / t.all.samples"},
        units={"t.all.rate": PERCENT},
        breakdowns=[breakdown(f"t.all.{c}", *(f"{row}.{c}" for row in codes[:-1])) for c in ("samples", "passed")],
        rules=[f"{row}.passed <= {row}.samples" for row in codes],
        indicators=own,
    )


def test_two_columns_that_are_over_by_the_same_suspect_their_totals_and_name_the_row():
    (found,) = table([(80, 75), (65, 60), (50, 46), (7, 7)], (195, 181), "92.8")
    assert suspects(found) == {"t.all.samples": 202, "t.all.passed": 188}
    assert "too many by 7, which is as much as one category has (t.r3.passed 7、t.r3.samples 7)" in str(found.statement)


def test_two_columns_that_are_over_by_the_same_and_by_no_row():
    (found,) = table([(80, 75), (65, 60), (57, 53)], (195, 181))
    assert suspects(found) == {"t.all.samples": 202, "t.all.passed": 188}
    assert "one category is counted twice" in str(found.statement)


def test_two_columns_that_are_over_by_a_row():
    (found,) = table([(80, 75), (65, 60), (9, 4)], (145, 135))
    assert "(t.r2.passed 4、t.r2.samples 9)" in str(found.statement)


def test_two_columns_that_are_over_by_different_amounts_are_two_slips():
    assert len(table([(80, 75), (65, 60), (57, 53)], (195, 186))) == 2


def test_a_declared_rate_that_fits_the_sums_accuses_both_totals():
    (found,) = table([(80, 75), (65, 60), (57, 53)], (195, 181), "93.1")
    assert [other.rule for other in found.also] == ["sum:t.all.passed:by kind", "declared:t.all.rate"]
    assert suspects(found) == {"t.all.samples": 202, "t.all.passed": 188}
    assert "twice" not in str(found.statement)


def test_a_declared_rate_that_fits_the_sums_accuses_totals_that_are_too_large_as_well():
    (found,) = table([(80, 75), (65, 60), (50, 46)], (215, 201), "92.8")
    assert suspects(found) == {"t.all.samples": 195, "t.all.passed": 181}


def test_no_row_is_missing_where_a_rule_is_about_one_row():
    """Those that passed and those that failed are columns: typed one for the other, no category is missing."""
    own = {
        f"t.r.{column}": {"table": 1, "row": 3, "column": n} for n, column in enumerate(("samples", "passed", "failed"))
    }
    figures = {"t.r.samples": "85", "t.r.passed": "5", "t.r.failed": "64", "t.r.rate": "94.1", "t.r.share": "75.3"}
    formulas = {"t.r.rate": "t.r.passed / t.r.samples", "t.r.share": "t.r.failed / t.r.samples"}
    rule = "t.r.passed + t.r.failed == t.r.samples"
    found = judge(figures, rules=[rule], formulas=formulas, units=dict.fromkeys(formulas, PERCENT), indicators=own)
    assert rule in {one.rule for finding in found for one in (finding, *finding.also)}
    assert not any("is likely missing" in str(finding.statement) for finding in found)


def test_a_total_that_its_parts_and_its_rate_deny_is_one_cause():
    (found,) = table([(217, 207), (100, 92)], (314, 299), "94.3")
    assert suspects(found) == {"t.all.samples": 317}
    assert "fits 299 of 317" in str(found.statement)


def test_a_total_and_its_rate_that_are_wrong_together_are_named_together():
    (found,) = table([(217, 207), (100, 95)], (314, 302), "94.3")
    assert [(suspect.code, str(suspect.repair)) for suspect in found.suspects] == [
        ("t.all.samples", "317"),
        ("t.all.rate", "95.3"),
    ]
    assert "t.all.samples (317 would fit)、t.all.rate (95.3 would fit)" in str(found.statement)


@pytest.mark.parametrize("rules", [["t.x == t.y"], ["t.y == t.a / t.b"], ["t.x == t.y", "t.y * t.b == t.a"]])
def test_of_one_fact_that_is_stated_twice_the_one_that_its_parts_confirm_is_cleared(rules):
    (found,) = judge(
        {"t.a": "731", "t.b": "1000", "t.x": "73.1", "t.y": "55.0"},
        formulas={"t.x": "t.a / t.b"},
        units={"t.x": PERCENT, "t.y": PERCENT},
        rules=rules,
    )
    assert suspects(found) == {"t.y": round(suspects(found)["t.y"], 1)}
    assert str(suspects(found)["t.y"]) == "73.1"


def test_a_rule_that_is_no_sum_clears_and_accuses_across_sums():
    """The sum denies 12, 20 and 30; the quotient holds for 12, and the limit for 30."""
    figures = {"t.all": "60", "t.a": "12", "t.b": "20", "t.c": "30", "t.x": "4", "t.y": "3"}
    (found,) = judge(figures, breakdowns=[breakdown("t.all", "t.a", "t.b", "t.c")], rules=["t.a / t.x == t.y"])
    assert set(suspects(found)) == {"t.all", "t.b", "t.c"}


def test_a_rule_that_forbids_the_repair_clears_the_figure():
    figures = {"t.all": "60", "t.a": "25", "t.b": "30"}
    (found,) = judge(figures, breakdowns=[WHOLE], rules=["t.all != 55"])
    assert suspects(found) == {"t.a": 30, "t.b": 35}


def test_a_repair_is_what_a_rate_says_and_not_the_end_of_what_it_allows():
    """92.8 % of 2665 is 2473; 2472 would be the nearest that rounds to it."""
    (found,) = judge(
        {"t.a": "2100", "t.b": "2665", "t.r": "92.8", "t.c": "2665"},
        formulas={"t.r": "t.a / t.b"},
        units={"t.r": PERCENT},
        rules=["t.b == t.c"],
    )
    assert suspects(found)["t.a"] == 2473


def test_no_repair_is_minus_nothing():
    figures = {"t.all": "0.0", "t.a": "5.2", "t.b": "0.0"}
    (found,) = judge(figures, breakdowns=[WHOLE])
    assert [str(repair) for repair in suspects(found).values() if not repair] == ["0.0"]


def test_a_total_and_parts_that_hold_are_no_suspects_of_a_rate():
    """303 of 314 is 96.5 %; 303 of 317 would be the 95.6 % that is declared."""
    (found,) = table([(120, 118), (85, 80), (64, 64), (45, 41)], (314, 303), "95.6")
    assert {code: str(repair) for code, repair in suspects(found).items()} == {"t.all.rate": "96.5"}


def test_two_slips_in_one_column_accuse_neither_a_missing_row_nor_the_rates():
    """22 and 126 samples, typed as 2 and 1264, of 340; each rate and share would be wrong by itself as well."""
    rates = {"t.a.share": "t.a / t.all", "t.b.share": "t.b / t.all", "t.b.rate": "t.passed / t.b"}
    figures = {"t.all": "340", "t.a": "2", "t.b": "1264", "t.c": "192", "t.passed": "113"}
    declared = {"t.a.share": "6.471", "t.b.share": "37.059", "t.b.rate": "89.68"}
    whole, units = breakdown("t.all", "t.a", "t.b", "t.c"), dict.fromkeys(rates, PERCENT)
    (found,) = judge(figures | declared, formulas=rates, units=units, breakdowns=[whole])
    assert suspects(found) == {"t.a": 22, "t.b": 126}
    (found,) = judge(figures | declared | {"t.b": "12"}, formulas=rates, units=units, breakdowns=[whole])
    assert suspects(found) == {"t.a": 22, "t.b": 126}
    assert "missing" not in str(found.statement)


# Whole numbers


COUNTS = {"t.a.g": "t.a / last_year(t.a) - 1", "t.r": "t.x / t.y"}
OWN = {"t.x": {"exact": True}, "t.y": {"exact": True}}


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({"t.a": "101", "t.a.g": "-0.9"}, "102 would give -0.98%, which seems to be cut off"),
        ({"t.a": "3", "t.a.g": "45.0"}, "2 would give 50.0%."),
        ({"t.y": "14", "t.r": "92.85"}, "13 would give 92.8571%, which seems to be cut off"),
        ({"t.y": "14", "t.r": "90.0"}, "13 would give 92.857%."),
        ({"t.x": "13", "t.r": "91.85"}, "14 would give 92.8571%."),
    ],
)
def test_a_rate_or_growth_that_no_whole_number_gives_is_a_warning(figures, sentence):
    (found,) = judge(figures, formulas=COUNTS, units=dict.fromkeys(COUNTS, PERCENT), indicators=OWN)
    assert (found.kind, found.severity) == ("whole", "warning")
    assert sentence in str(found.statement)


@pytest.mark.parametrize(
    "figures",
    [
        {"t.a": "101", "t.a.g": "-1.0"},
        {"t.a": "100", "t.a.g": "0"},
        {"t.y": "14", "t.r": "92.86"},
        {"t.y": "14", "t.r": "0.00"},
        {"t.x": "13", "t.r": "92.86"},
        {"t.a": "0", "t.a.g": "-100.0"},
        {"t.a": "1000000", "t.a.g": "-0.9"},
        {"t.y": "n/a", "t.x": "13", "t.r": "91.85"},
    ],
)
def test_what_some_whole_number_gives_is_silent(figures):
    assert judge(figures, formulas=COUNTS, units=dict.fromkeys(COUNTS, PERCENT), indicators=OWN) == []


def test_what_is_measured_needs_no_whole_number():
    own = {"t.x": {"exact": False}, "t.y": {"exact": False}, "t.a": {"exact": False}}
    for figures in ({"t.a": "101", "t.a.g": "-0.9"}, {"t.y": "14", "t.r": "92.85"}):
        assert judge(figures, formulas=COUNTS, units=dict.fromkeys(COUNTS, PERCENT), indicators=own) == []


# Blanks


THREE = breakdown("t.all", "t.a", "t.b", "t.c")
BLANK: dict[str, dict[str, Any]] = {"t.c": {}}


def test_parts_that_are_more_than_their_total_already_are_an_error_whatever_the_blank_is():
    (found,) = judge({"t.all": "10", "t.a": "8", "t.b": "7"}, breakdowns=[THREE], indicators=BLANK)
    assert (found.kind, found.severity, found.expected) == ("sum", "error", 15)
    assert "give 15 already, and 1 is still empty; 10 is reported" in str(found.statement)
    assert suspects(found) == {"t.all": 15, "t.a": 3, "t.b": 2}


@pytest.mark.parametrize(
    "figures", [{"t.all": "15", "t.a": "8", "t.b": "7"}, {"t.all": "10", "t.a": "8"}, {"t.a": "8", "t.b": "7"}]
)
def test_parts_that_may_still_add_up_are_silent(figures):
    assert judge(figures, breakdowns=[THREE], indicators=BLANK | {"t.b": {}, "t.all": {}}) == []


def test_a_part_that_is_more_than_its_total_by_rounding_only_is_silent_beside_a_blank():
    own = {"t.c": {"exact": False}}
    assert judge({"t.all": "15.0", "t.a": "8.05", "t.b": "7.0"}, breakdowns=[THREE], indicators=own) == []
    assert len(judge({"t.all": "15.0", "t.a": "8.5", "t.b": "7.0"}, breakdowns=[THREE], indicators=own)) == 1


def test_a_blank_that_is_computed_may_be_anything():
    found = judge(
        {"t.all": "10", "t.a": "8", "t.b": "7"},
        breakdowns=[THREE],
        formulas={"t.c": "t.x - t.y"},
        indicators={"t.x": {}, "t.y": {}},
    )
    assert found == []


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("t.a + t.b + t.c <= t.all", False),
        ("t.all >= t.a + t.b + t.c", False),
        ("t.all == t.a + t.b + t.c", False),
        ("t.a + t.b - t.c <= t.all", True),
        ("t.a + t.b == t.all + t.c", True),
        ("t.a + t.b + t.c != t.all", True),
        ("t.a + t.b + 2 * t.c < t.all", False),
    ],
)
def test_a_written_rule_is_judged_where_a_blank_cannot_save_it(rule, holds):
    found = judge({"t.all": "10", "t.a": "8", "t.b": "7"}, rules=[rule], indicators=BLANK)
    assert found_rules(found) == ([] if holds else [rule])


# The other rows of a table


def costs(rows, unit=("亿元", "100000000")):
    """Projects and what they cost, row by row."""
    figures = {
        code: text for n, row in enumerate(rows) for code, text in zip((f"t.r{n}.n", f"t.r{n}.v"), row, strict=True)
    }
    own = {f"t.r{n}.{c}": {"table": 1, "row": n, "column": i} for n in range(len(rows)) for i, c in enumerate("nv")}
    return judge(figures, indicators=own, units={f"t.r{n}.v": unit for n in range(len(rows))})


USUAL = [("12", "3.1"), ("5", "1.4"), ("8", "2.0"), ("3", "0.9"), ("30", "8.8")]


def test_a_cost_that_is_hundreds_of_times_that_of_the_other_rows_asks():
    (found,) = costs([*USUAL, ("2", "551.8")])
    assert (found.kind, found.severity, found.rule) == ("sibling", "warning", "sibling:t.r5.v")
    assert "551.8亿元 where t.r5.n is 2 is 985 times" in str(found.statement)


def test_a_cost_that_is_a_fraction_of_that_of_the_other_rows_asks():
    (found,) = costs([*USUAL, ("20000", "5.8")])
    assert "one in " in str(found.statement)


@pytest.mark.parametrize(
    "rows",
    [
        [*USUAL, ("2", "12.0")],  # twenty times
        [*USUAL[:3], ("2", "551.8")],  # too few to tell
        [*USUAL, ("2", "0.0")],
        [("1", "0.1"), ("1", "1.0"), ("1", "10.0"), ("1", "100.0"), ("1", "1000.0"), ("1", "5000.0")],  # a wide spread
    ],
)
def test_rows_that_differ_as_rows_do_are_silent(rows):
    assert costs(rows) == []


def test_shares_of_counts_may_be_small():
    rows = [("1000", "900"), ("500", "480"), ("800", "700"), ("300", "290"), ("3000", "2"), ("700", "690")]
    assert costs(rows, unit=("", "1")) == []


# Random tables


SEEDS = range(600)


@pytest.mark.parametrize("part", range(4))
def test_tables_that_agree_have_no_error_whatever_is_printed_of_them_and_how(part):
    for seed in SEEDS[part::4]:
        table = random_tables.random_table(Random(seed))
        assert [f"{seed}: {found.statement}" for found in judge(**table.judged()) if found.kind != "sibling"] == []


@pytest.mark.parametrize("part", range(4))
def test_a_slip_that_can_be_told_is_found_and_named_first(part):
    trials = [random_tables.trial(seed) for seed in SEEDS[part::4]]
    assert [one.seed for one in trials if one.is_detectable and not one.is_found] == []
    told = [one for one in trials if one.is_told]
    assert len(told) > 30
    assert sum(one.is_first for one in told) >= 0.95 * len(told)


@pytest.mark.parametrize("part", range(4))
def test_two_slips_are_found_and_accuse_no_figure_that_is_right(part):
    """But one that is half of another repair of two figures."""
    trials = [one for seed in range(part, 240, 4) if (one := random_tables.double_trial(seed)).is_detectable]
    assert len(trials) > 20
    assert [one.seed for one in trials if not one.is_found or one.is_wronged] == []
    assert sum(one.is_first for one in trials) >= 0.7 * len(trials)
