"""What was counted in one part of a total instead of in another is one slip, and no right figure is accused."""

from decimal import Decimal

import pytest

from tests.sectors.checks.in_memory import breakdown, judge, suspects

pytestmark = pytest.mark.usefixtures("english")

PERCENT = ("%", "0.01")
SAMPLES, PASSED = {"a": 40, "b": 80, "c": 30}, {"a": 36, "b": 70, "c": 27}


def table(samples=SAMPLES, passed=PASSED, total=150, scale=1):
    """Samples with what passed, their sums, and the pass rates of the right figures."""
    figures = {f"t.{row}.samples": str(samples[row]) for row in SAMPLES}
    figures |= {f"t.{row}.passed": str(passed[row]) for row in PASSED}
    rates = {f"t.{row}.rate": f"{Decimal(100 * PASSED[row]) / SAMPLES[row]:.1f}" for row in SAMPLES}
    return judge(
        {**figures, **rates, "t.all.samples": str(total), "t.all.passed": "133"},
        breakdowns=[breakdown(f"t.all.{one}", *(f"t.{row}.{one}" for row in SAMPLES)) for one in ("samples", "passed")],
        formulas={f"t.{row}.rate": f"t.{row}.passed / t.{row}.samples" for row in SAMPLES},
        units=dict.fromkeys(rates, PERCENT),
        indicators={code: {"exact": True} for code in figures},
    )


def test_the_table_holds():
    assert table() == []


@pytest.mark.parametrize(("over", "under"), [("a", "b"), ("b", "a"), ("c", "b")])
@pytest.mark.parametrize("by", [10, 17])
def test_both_parts_are_named_together_and_not_the_rates_that_they_break(over, under, by):
    (found,) = table({**SAMPLES, over: SAMPLES[over] + by, under: SAMPLES[under] - by})
    assert suspects(found) == {f"t.{over}.samples": SAMPLES[over], f"t.{under}.samples": SAMPLES[under]}
    assert f"{by} seems to be counted in t.{over}.samples instead of t.{under}.samples" in str(found.statement)
    assert "would fit" not in found.statement.worded(repairs=False)


def test_of_several_pairs_that_explain_it_none_is_accused():
    """Rows are off by as much, and any column may have it."""
    cells = {f"t.{row}{column}": "20" for row in "ab" for column in "xy"}
    (found,) = judge(
        {**cells, "t.ax": "26", "t.bx": "14", "t.az": "40", "t.bz": "40", "t.cx": "40", "t.cy": "40"},
        breakdowns=[
            *(breakdown(f"t.{row}z", f"t.{row}x", f"t.{row}y") for row in "ab"),
            *(breakdown(f"t.c{column}", f"t.a{column}", f"t.b{column}") for column in "xy"),
        ],
    )
    assert suspects(found) == {}
    assert "6 seems to be counted in the wrong place" in str(found.statement)


def test_two_rates_that_are_wrong_by_different_amounts_are_two_slips():
    found = table({**SAMPLES, "a": 50, "b": 70}, {**PASSED, "a": 45, "b": 79, "c": 9})
    assert all("instead of" not in str(one.statement) for one in found)


def test_one_wrong_part_is_told_by_its_sum():
    (found,) = table({**SAMPLES, "a": 48})
    assert suspects(found) == {"t.a.samples": 40}
