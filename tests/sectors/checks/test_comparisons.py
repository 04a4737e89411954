"""A figure against itself at other times, without a database."""

import pytest

from tests.sectors.checks.in_memory import NOW, breakdown, judge, point, suspects

pytestmark = pytest.mark.usefixtures("english")

PERCENT = ("%", "0.01")


def one(now, before, **indicator):
    """Findings over one figure, with its values so many periods back."""
    return judge(
        {"t.a": now}, before={back: {"t.a": text} for back, text in before.items()}, indicators={"t.a": indicator}
    )


def test_a_year_to_date_figure_does_not_fall_within_its_year():
    (found,) = one("90", {1: "100"}, accumulation="cumulative")
    assert (found.kind, found.severity, found.declared, found.expected) == ("fall", "error", 90, 100)
    assert one("100", {1: "100"}, accumulation="cumulative") == []
    assert one("90", {1: "100"}, accumulation="stock") == []


def test_a_period_that_was_left_out_hides_no_fall():
    (found,) = one("90", {3: "100"}, accumulation="cumulative")
    assert (found.kind, found.expected) == ("fall", 100)
    assert one("90", {3: "80", 4: "100"}, accumulation="cumulative") == []  # 100 was last year's


def test_a_year_to_date_figure_starts_anew_every_year():
    before = {1: {"t.a": "100"}}
    assert judge({"t.a": "90"}, before=before, indicators={"t.a": {"accumulation": "cumulative"}}, now=NOW - 3) == []


@pytest.mark.parametrize(
    ("accumulation", "annual", "periods", "kind"),
    [
        ("flow", "100", ("10", "20", "30", "40"), None),
        ("flow", "101", ("10", "20", "30", "40"), "annual"),
        ("flow", "99", ("10", "20", "70", None), "annual"),
        ("flow", "120", ("10", "20", "70", None), None),
        ("flow", "10", (None, None, None, None), None),
        ("stock", "40", ("10", "20", "30", "40"), None),
        ("stock", "41", ("10", "20", "30", "40"), "annual"),
        ("stock", "41", ("10", "20", "30", None), None),
        ("average", "25", ("10", "20", "30", "40"), None),
        ("flow", "100", ("10.2", "20.2", "30.2", "39.2"), None),
    ],
)
def test_the_annual_figure_is_what_its_periods_make(accumulation, annual, periods, kind):
    found = judge(
        {"t.a": annual},
        a_year=1,
        periods={"t.a": [point(text) if text else None for text in periods]},
        indicators={"t.a": {"accumulation": accumulation, "exact": "." not in periods[0] if periods[0] else True}},
    )
    assert [finding.kind for finding in found] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("accumulation", "now", "then", "back", "is_named"),
    [
        ("stock", "100", "271", 1, True),
        ("stock", "200", "271", 1, False),
        ("stock", "4", "9", 1, False),  # so small a count halves by chance
        ("flow", "1000", "300", 1, True),
        ("flow", "700", "300", 1, False),  # seasons
        ("flow", "0", "300", 1, False),  # nothing done in a quarter
        ("flow", "700", "300", 4, True),
        ("flow", "500", "300", 4, False),
        ("flow", "0", "300", 4, True),
        ("cumulative", "4000", "1000", 1, False),
        ("cumulative", "4000", "1000", 4, True),
        ("flow", "500", "0", 4, False),  # there is nothing to compare with
    ],
)
def test_a_change_beyond_the_ordinary_is_a_warning(accumulation, now, then, back, is_named):
    found = one(now, {back: then}, accumulation=accumulation)
    assert [(f.kind, f.severity) for f in found] == ([("change", "warning")] if is_named else [])


def test_the_ordinary_may_be_set_for_an_indicator():
    assert one("700", {4: "300"}, change_limit=200) == []
    assert one("700", {4: "300"}, change_limit=0) == []
    assert len(one("700", {1: "500"}, change_limit=30)) == 1


def test_one_finding_tells_of_both_comparisons():
    (found,) = one("4000", {1: "1000", 4: "1100"})
    assert "the same period last year" in str(found.message)
    assert "the period before" in str(found.message)
    assert "+264%" in str(found.message)


def test_a_figure_in_another_unit_is_recognised():
    (found,) = one("38281.00", {1: "3.83"})
    assert "9,995 times" in str(found.message)
    assert "another unit" in str(found.message)


def test_percentages_change_by_points():
    units, formulas = {"t.rate": PERCENT}, {"t.rate": "t.a / t.b"}
    before = {1: {"t.a": "980", "t.b": "1000"}}
    (found,) = judge({"t.a": "700", "t.b": "1000"}, formulas=formulas, units=units, before=before)
    assert (found.rule, found.declared, found.expected) == ("change:t.rate", 70, 98)
    assert judge({"t.a": "900", "t.b": "1000"}, formulas=formulas, units=units, before=before) == []
    few = {1: {"t.a": "10", "t.b": "10"}}  # seven of ten after ten of ten may be chance
    assert judge({"t.a": "7", "t.b": "10"}, formulas=formulas, units=units, before=few) == []


def test_a_whole_and_its_parts_that_move_together_are_one_finding():
    before = {4: {"t.all": "1000", "t.a": "600", "t.b": "400"}}
    figures = {"t.all": "3000", "t.a": "1800", "t.b": "1200"}
    (found,) = judge(figures, before=before, breakdowns=[breakdown("t.all", "t.a", "t.b")])
    assert found.rule == "change:t.all"
    assert {other.rule for other in found.also} == {"change:t.a", "change:t.b"}


def test_an_unusual_part_is_the_first_suspect_of_a_wrong_sum():
    before = {4: {"t.all": "1000", "t.a": "600", "t.b": "400"}}
    figures = {"t.all": "1000", "t.a": "6000", "t.b": "400"}
    (found,) = judge(figures, before=before, breakdowns=[breakdown("t.all", "t.a", "t.b")])
    assert found.kind == "sum"
    assert next(iter(suspects(found))) == "t.a"
    assert [other.rule for other in found.also] == ["change:t.a"]
    assert "6000" in str(found.statement)


STEADY = {back: str(100 + back % 3) for back in range(1, 13)}


def test_an_outlier_needs_eight_points():
    (found,) = one("140", STEADY, change_limit=90)
    assert (found.kind, found.severity, found.expected) == ("outlier", "warning", 101)
    assert one("140", {back: STEADY[back] for back in range(1, 8)}, change_limit=90) == []


def test_an_outlier_is_no_small_wobble():
    assert one("115", STEADY) == []
    assert one("9", {back: str(2 + back % 3) for back in range(1, 13)}) == []


def test_a_year_to_date_figure_is_compared_by_what_each_period_added():
    """1,000 a quarter: 4,000 at the end of the year is no outlier after 3,000, and 8,000 is."""
    course = {back: str(1000 * (4 - back % 4)) for back in range(1, 13)}
    assert one("4000", course, accumulation="cumulative", change_limit=900) == []
    (found,) = one("8000", course, accumulation="cumulative", change_limit=900)
    assert (found.kind, found.declared, found.expected) == ("outlier", 5000, 1000)


# Gaps


def cells(filled, **required):
    """A table of three rows and two columns; `filled` are the codes with a figure."""
    indicators = {
        f"t.r{row}.c{column}": {"table": 1, "row": row, "column": column, "required": required.get(f"r{row}c{column}")}
        for row in range(3)
        for column in range(2)
    }
    figures = dict.fromkeys(filled, "1")
    found = judge(figures, indicators=indicators, blanks=True, required=True)
    return {finding.rule: finding.severity for finding in found}


ALL_CELLS = [f"t.r{row}.c{column}" for row in range(3) for column in range(2)]


def test_a_required_cell_is_filled():
    assert cells(ALL_CELLS, r0c0=True) == {}
    assert cells([], r0c0=True) == {"required:t.r0.c0": "error"}


def test_a_cell_is_not_empty_where_its_siblings_are_filled():
    assert cells([code for code in ALL_CELLS if code != "t.r1.c1"]) == {"blank:t.r1.c1": "warning"}
    assert cells([code for code in ALL_CELLS if not code.endswith("c1")]) == {}  # nobody has that column
    assert cells([code for code in ALL_CELLS if ".r1." not in code]) == {}  # nor that row


def test_a_part_is_not_empty_where_the_total_and_other_parts_are_filled():
    breakdowns = [breakdown("t.all", "t.a", "t.b")]
    found = judge({"t.all": "5", "t.a": "5"}, breakdowns=breakdowns, indicators={"t.b": {}}, blanks=True, required=True)
    assert [finding.rule for finding in found] == ["blank:t.b"]
    found = judge({"t.all": "5", "t.a": "5", "t.b": "n/a"}, breakdowns=breakdowns, blanks=True, required=True)
    assert found == []


def test_a_sheet_that_is_still_being_filled_has_gaps_that_say_nothing():
    filled = {"t.all": "5", "t.a": "5"}
    indicators = {"t.b": {}, "t.c": {"required": True}}
    assert judge(filled, breakdowns=[breakdown("t.all", "t.a", "t.b")], indicators=indicators, blanks=True) == []
    found = judge(
        filled | {"t.c": "n/a"}, breakdowns=[breakdown("t.all", "t.a", "t.b")], indicators=indicators, blanks=True
    )
    assert [finding.rule for finding in found] == ["blank:t.b"]


def test_gaps_are_told_only_when_asked_for():
    indicators = {"t.b": {"required": True}}
    assert judge({"t.all": "5"}, indicators=indicators) == []
    assert judge({"t.all": "5"}, indicators=indicators, blanks=True) == []
    assert [finding.rule for finding in judge({"t.all": "5"}, indicators=indicators, required=True)] == ["required:t.b"]


def test_a_year_is_compared_with_the_year_before_once():
    (found,) = judge({"t.a": "700"}, before={1: {"t.a": "100"}}, a_year=1, now=2023)
    assert str(found.message).count("last year") == 1
