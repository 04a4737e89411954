"""A figure against the usual range of its own past, without a rule and without a database."""

from decimal import Decimal

import pytest

from sectors.calculation.cells import Limits
from sectors.checks.reported import Inexact
from sectors.checks.usual import BACK
from sectors.vocabulary import Qualifier
from tests.sectors.checks.in_memory import NOW, judge, point

pytestmark = pytest.mark.usefixtures("english")
PERCENT = ("%", "0.01")


ANY = 10**9


def one(now, past, at=NOW, annual=None, a_year=4, unit=("", "1"), change_limit=ANY, **indicator):
    """What is said of a figure after those of the periods before it, the latest first (None: not reported). The checks
    of one period against another have their limits where nothing comes."""
    before = {back: {"t.a": text} for back, text in enumerate(past, 1) if text is not None}
    years = {"t.a": {year: point(text) for year, text in (annual or {}).items()}}
    found = judge(
        {"t.a": now},
        before=before,
        indicators={"t.a": {"change_limit": change_limit, **indicator}},
        units={"t.a": unit},
        a_year=a_year,
        now=at,
        annual=years,
    )
    return [(str(finding.kind), finding.severity) for finding in found]


ASKED = [("past", "hint")]


@pytest.mark.parametrize("accumulation", ["flow", "stock", "average", "cumulative"])
def test_a_slip_of_the_keyboard_is_asked_about_whatever_is_counted(accumulation):
    """999,999,999 after 25, by whichever check; the year before had annual figures only."""
    for change_limit in (None, ANY):
        rest = {"accumulation": accumulation, "change_limit": change_limit}
        assert one("999999999", ["25"], **rest)
        assert one("999999999", [None, "25"], **rest)
        assert one("999999999", [], annual={2022: "25"}, **rest)


def test_far_from_a_course_of_some_periods_is_a_hint():
    steady = ["21", "24", "22", "25", "23"]
    assert one("60", steady) == ASKED
    assert one("30", steady) == []
    assert one("24", steady) == []
    assert one("60", steady, change_limit=0) == []  # any change is ordinary in it


def test_the_sentence_says_what_it_rests_on():
    before = {back: {"t.a": text} for back, text in enumerate(["21", "24", "22", "25", "23"], 1)}
    (found,) = judge({"t.a": "60"}, before=before, indicators={"t.a": {"change_limit": ANY}})
    assert str(found.message) == (
        "t.a: 60 lies far out of what the 5 periods 2022Q3–2023Q3 had (21 to 25, 23 in the middle). Is it right?"
    )
    (found,) = judge({"t.a": "2500"}, annual={"t.a": {2021: point("96"), 2022: point("100")}})
    assert "2500 is 102 times what a period had before (25, from 2021–2022)" in str(found.message)


def test_few_periods_tell_slips_of_the_order_of_magnitude_only():
    assert one("55", ["21", None, "24"]) == []
    assert one("2500", [None, "24"]) == ASKED
    assert one("24", [None, "250000"]) == ASKED
    assert one("240", [None, "24", "23"]) == ASKED
    assert one("240", [None, "24"]) == []  # of one period nothing is known of how it moves
    assert one("30", [None, "3", "3"]) == []  # small counts leap
    assert one("240", [None, "24", "90"]) == []


def test_nothing_before_says_nothing():
    assert one("999999999", []) == []
    assert one("500", ["n/a", "n/a"]) == []


def test_a_past_of_zeros_has_nothing_against_the_first_that_is_not():
    assert one("12", [None, *["0"] * 7]) == []
    assert one("12", ["0"] * 8) == []
    assert one("0", [None, "20", "21", None, "22", "23"]) == []  # nothing done is nothing unusual


def test_a_rare_thing_may_happen_again():
    rare = [None, "0", "0", "5", "0", "0", "8", "0"]
    assert one("6", rare) == []
    assert one("12", rare) == []  # as chance makes it
    assert one("500", rare) == ASKED


def test_what_may_be_below_zero_is_no_ratio():
    signed = {"accumulation": "stock", "limits": Limits(minimum=Decimal(-100)), "exact": False}
    assert one("-20", [None, "-3", "-2", "1", "0", "-4"], **signed) == ASKED
    assert one("3", [None, "-3", "-2", "1", "0", "-4"], **signed) == []
    assert one("99", [None, "1", "-1"], **signed) == []


def test_a_percentage_moves_by_points():
    rates = [None, "98.2", "97.9", "98.4", "98.0"]
    assert one("97.1", rates, accumulation="stock", unit=PERCENT) == []
    assert one("82.0", rates, accumulation="stock", unit=PERCENT) == ASKED
    assert one("0.98", [None, "98.2"], accumulation="stock", unit=PERCENT) == []  # `limits` and `change` ask this


def test_a_season_is_nothing_unusual():
    course = [None, "10", "11", None, "9", "10", "12", None, None, None, None]
    assert one("93", [*course, "95"]) == []
    assert one("93", [*course, "11"]) == ASKED


def test_a_year_to_date_figure_is_judged_by_what_it_added():
    course = ["300", "200", "100", "400", "300", "200", "100"]
    assert one("400", course, accumulation="cumulative") == []
    assert one("1400", course, accumulation="cumulative") == ASKED


def test_a_year_to_date_figure_that_is_not_exact_is_judged_by_what_it_may_have_added():
    """About 1,410 after 1,390: some 20, where each period added about 1,400."""
    second, about = NOW - 2, Inexact(Decimal(1400), Decimal(1420), "约1410", Qualifier.ABOUT)
    before = {back: {"t.a": text} for back, text in enumerate(["1390", "5605", "4203", "2802", "1400"], 1)}
    own = {"t.a": {"change_limit": ANY, "accumulation": "cumulative"}}
    (found,) = judge({"t.a": "1410"}, before=before, indicators=own, now=second, inexact={"t.a": {second: about}})
    assert found.kind == "past"


def test_only_the_last_eight_periods_count():
    assert one("60", [*[None] * BACK, "21", "24", "22", "25"]) == []


def test_a_figure_of_a_year_is_held_against_years():
    assert one("60", [None, "21", "24", "22", "25"], a_year=1, at=2023) == ASKED


def test_in_a_month_eight_periods_are_eight_months():
    assert one("60", ["21", "24", "22", "25", "23"], a_year=12, at=12 * 2023 + 4) == ASKED
