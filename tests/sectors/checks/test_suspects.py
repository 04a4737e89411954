"""One slip, one finding: the slip is found, its figure is among the suspects, and what is only rounded stays silent."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sectors.calculation.cells import rounded
from tests.sectors.checks.in_memory import breakdown, judge, suspects

pytestmark = pytest.mark.usefixtures("english")

PERCENT = ("%", "0.01")
COUNTS = st.lists(st.integers(0, 5000), min_size=2, max_size=7)
AMOUNTS = st.lists(st.decimals(0, 999, places=4, allow_nan=False), min_size=2, max_size=7)


@st.composite
def trees(draw, leaves):
    """A total, its groups, and their parts: values by code, and the breakdowns. Sums are exact."""
    figures: dict[str, int | Decimal] = {}
    breakdowns: dict[str, list[str]] = {"t.all": []}
    for number, parts in enumerate(draw(st.lists(leaves, min_size=2, max_size=4))):
        group = f"t.g{number}"
        breakdowns["t.all"].append(group)
        breakdowns[group] = [f"{group}.p{place}" for place in range(len(parts))]
        figures |= dict(zip(breakdowns[group], parts, strict=True))
        figures[group] = sum(parts)
    figures["t.all"] = sum(figures[group] for group in breakdowns["t.all"])
    return figures, breakdowns


def of_tree(figures, breakdowns, **more):
    texts = {code: f"{value}" for code, value in figures.items()}
    return judge(texts, breakdowns=[breakdown(total, *parts) for total, parts in breakdowns.items()], **more)


def named(finding):
    return {code: int(repair) for code, repair in suspects(finding).items()}


# Random trees


@given(trees(COUNTS), st.data())
@settings(deadline=None)
def test_a_planted_slip_is_one_finding_and_its_figure_is_suspect(tree, data):
    figures, breakdowns = tree
    slipped = data.draw(st.sampled_from(sorted(figures)))
    wrong = data.draw(st.integers(0, 30_000).filter(lambda value: value != figures[slipped]))
    (found,) = of_tree(figures | {slipped: wrong}, breakdowns)
    assert named(found)[slipped] == figures[slipped]


@given(trees(COUNTS), st.data())
@settings(deadline=None)
def test_two_slips_in_different_groups_are_two_findings(tree, data):
    figures, breakdowns = tree
    groups = data.draw(st.permutations(sorted(set(breakdowns) - {"t.all"})))[:2]
    slips = {data.draw(st.sampled_from(breakdowns[group])): group for group in groups}
    wrong = {code: figures[code] + data.draw(st.integers(1, 900)) for code in slips}
    found = of_tree(figures | wrong, breakdowns)
    assert len(found) == 2
    for code, group in slips.items():
        (one,) = (finding for finding in found if finding.rule.startswith(f"sum:{group}:"))
        assert named(one)[code] == figures[code]


@given(trees(COUNTS))
@settings(deadline=None)
def test_what_adds_up_is_silent(tree):
    assert of_tree(*tree) == []


@given(trees(AMOUNTS), st.integers(0, 3))
@settings(deadline=None)
def test_what_is_only_rounded_is_silent(tree, places):
    figures, breakdowns = tree
    texts = {code: rounded(Decimal(value), places) for code, value in figures.items()}
    assert of_tree(texts, breakdowns, indicators={code: {"exact": False} for code in figures}) == []


@given(trees(AMOUNTS), st.data())
@settings(deadline=None)
def test_what_is_rounded_to_decimals_of_its_own_is_silent(tree, data):
    figures, breakdowns = tree
    texts = {code: rounded(Decimal(value), data.draw(st.integers(0, 4))) for code, value in figures.items()}
    assert of_tree(texts, breakdowns, indicators={code: {"exact": False} for code in figures}) == []


@given(trees(COUNTS), st.data())
@settings(deadline=None)
def test_parts_in_another_unit_than_their_total_are_no_obstacle(tree, data):
    """Groups and total in ten thousands with two decimals, parts in ones: rounding is silent, a slip is found."""
    figures, breakdowns = tree
    scales = dict.fromkeys(breakdowns, ("万", "10000"))
    texts = figures | {code: rounded(Decimal(figures[code]) / 10000, 2) for code in breakdowns}
    known = {code: {"exact": code not in breakdowns} for code in figures}
    assert of_tree(texts, breakdowns, units=scales, indicators=known) == []
    slipped = data.draw(st.sampled_from(sorted(set(figures) - set(breakdowns))))
    wrong = figures[slipped] + data.draw(st.integers(1000, 90_000))
    (found,) = of_tree(texts | {slipped: wrong}, breakdowns, units=scales, indicators=known)
    # The total is known to a hundred only, so the repair is as well.
    room = 100 * (len(breakdowns) + 1)
    assert abs(named(found)[slipped] - figures[slipped]) <= room


@st.composite
def tables(draw):
    """Rows of samples and of those that passed, with totals of both columns, and the share of each row."""
    rows = draw(st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 3000)), min_size=2, max_size=6))
    figures: dict[str, int | Decimal] = {}
    for number, (samples, passed) in enumerate(rows):
        figures |= {f"t.r{number}.samples": samples, f"t.r{number}.passed": min(samples, passed)}
    for column in ("samples", "passed"):
        figures[f"t.all.{column}"] = sum(figures[f"t.r{number}.{column}"] for number in range(len(rows)))
    return figures, len(rows)


def of_table(figures, count, places=1):
    """Both columns against their totals, passed within samples, and the declared shares of rows in all samples."""
    rows = [f"t.r{number}" for number in range(count)]
    formulas = {f"{row}.share": f"{row}.samples / t.all.samples" for row in rows}
    columns = {"samples": 0, "passed": 1}
    indicators = {
        f"{row}.{column}": {"table": 1, "row": place, "column": columns[column]}
        for place, row in enumerate([*rows, "t.all"])
        for column in columns
    }
    breakdowns = [breakdown(f"t.all.{column}", *(f"{row}.{column}" for row in rows)) for column in columns]
    return judge(
        {code: f"{value}" for code, value in figures.items()},
        formulas={code: text for code, text in formulas.items() if code in figures},
        units=dict.fromkeys(formulas, PERCENT),
        breakdowns=breakdowns,
        rules=[f"{row}.passed <= {row}.samples" for row in [*rows, "t.all"]],
        indicators=indicators,
    )


def declared(figures, count, places):
    whole = Decimal(figures["t.all.samples"])
    return {f"t.r{n}.share": rounded(figures[f"t.r{n}.samples"] * 100 / whole, places) for n in range(count)}


@given(tables(), st.integers(0, 3))
@settings(deadline=None)
def test_a_table_with_rounded_shares_is_silent(table, places):
    figures, count = table
    assert of_table(figures | declared(figures, count, places), count) == []


@given(tables(), st.data())
@settings(deadline=None)
def test_a_slip_in_either_column_is_found_and_suspect(table, data):
    figures, count = table
    slipped = data.draw(st.sampled_from(sorted(figures)))
    wrong = data.draw(st.integers(0, 30_000).filter(lambda value: value != figures[slipped]))
    found = of_table(figures | {slipped: wrong}, count)
    assert found
    assert any(named(finding).get(slipped) == figures[slipped] for finding in found)


@given(tables(), st.data())
@settings(deadline=None)
def test_a_wrong_declared_share_is_suspect_and_nothing_else_is(table, data):
    figures, count = table
    shares = declared(figures, count, 1)
    slipped = data.draw(st.sampled_from(sorted(shares)))
    tenths = st.integers(0, 1000).filter(lambda value: abs(Decimal(value) / 10 - shares[slipped]) > 1)
    wrong = rounded(Decimal(data.draw(tenths)) / 10, 1)
    (found,) = of_table(figures | shares | {slipped: wrong}, count)
    assert suspects(found) == {slipped: shares[slipped]}


@given(tables(), st.data())
@settings(deadline=None)
def test_a_row_that_is_missing_from_both_columns_is_one_finding(table, data):
    figures, count = table
    samples, passed = data.draw(st.integers(1, 500)), data.draw(st.integers(1, 500))
    missing = {"t.all.samples": max(samples, passed), "t.all.passed": min(samples, passed)}
    assume(any(figures[code] != value for code, value in missing.items()))  # totals that are double say so
    figures |= {code: figures[code] + value for code, value in missing.items()}
    rows = [(figures[f"t.r{row}.samples"], figures[f"t.r{row}.passed"]) for row in range(count)]
    assume(len(set(rows)) == count)  # else one may have been pasted over another
    (found,) = of_table(figures, count)
    assert [other.kind for other in found.also] == ["sum"]
    assert found.suspects == ()
    assert "one category is likely missing" in str(found.statement)


# Cases from life


def test_a_figure_that_a_declared_rate_confirms_is_cleared():
    """58 + 21 is 79 and not 78; 73.1 % fits 57 of 78, so 58 is the suspect, not 78 and not 21."""
    figures = {"t.all": "78", "t.a": "58", "t.b": "21", "t.share": "73.1", "t.other": "26.9"}
    (found,) = judge(
        figures,
        formulas={"t.share": "t.a / t.all", "t.other": "t.b / t.all"},
        units={"t.share": PERCENT, "t.other": PERCENT},
        breakdowns=[breakdown("t.all", "t.a", "t.b")],
    )
    assert (found.kind, found.rule) == ("sum", "sum:t.all:by kind")
    assert {other.rule for other in found.also} == {"declared:t.share"}
    assert suspects(found) == {"t.a": 57}
    assert "The declared t.share of 73.1% fits 57 of 78, so 58 is suspect." in str(found.statement)
    assert "t.a (57 would fit)" in str(found.statement)


def test_where_all_figures_are_confirmed_a_category_is_likely_missing():
    figures = {"t.all": "90", "t.a": "50", "t.b": "32", "t.x": "55.6", "t.y": "35.6"}
    (found,) = judge(
        figures,
        formulas={"t.x": "t.a / t.all", "t.y": "t.b / t.all"},
        units={"t.x": PERCENT, "t.y": PERCENT},
        breakdowns=[breakdown("t.all", "t.a", "t.b")],
    )
    assert (found.kind, found.suspects) == ("sum", ())
    assert [other.kind for other in found.also] == ["share"]
    assert "one category of 8 is likely missing" in str(found.statement)


def test_samples_and_passes_that_miss_the_same_are_told_in_one_sentence():
    figures = {"t.r0.samples": 20, "t.r0.passed": 19, "t.r1.samples": 10, "t.r1.passed": 10}
    (found,) = of_table(figures | {"t.all.samples": 34, "t.all.passed": 33}, 2)
    assert "t.all.passed、t.all.samples miss the same 4: one category is likely missing." in str(found.statement)


def test_where_no_single_figure_will_do_the_smallest_set_is_named():
    """Too much for the whole, and each part confirmed by its share: a part and its share have to change together."""
    figures = {"t.all": "100", "t.a": "60", "t.b": "45", "t.x": "60.0", "t.limit": "45"}
    (found,) = judge(
        figures,
        formulas={"t.x": "t.a / t.all"},
        units={"t.x": PERCENT},
        breakdowns=[breakdown("t.all", "t.a", "t.b")],
        rules=["t.b == t.limit"],
    )
    sets = {frozenset({suspect.code, *suspect.together}) for suspect in found.suspects}
    assert sets == {frozenset({"t.a", "t.x"}), frozenset({"t.b", "t.limit"}), frozenset({"t.all", "t.x"})}
    repairs = {
        suspect: suspect.repair for suspect in found.suspects if "t.all" not in (suspect.code, *suspect.together)
    }
    assert {suspect.code: repair for suspect, repair in repairs.items()} == {
        "t.a": 55,
        "t.x": 55,
        "t.b": 40,
        "t.limit": 40,
    }


def test_the_only_set_that_will_do_is_told_with_its_repairs():
    figures = {"t.all": "100", "t.a": "60", "t.b": "45", "t.x": "60.0", "t.y": "45", "t.z": "45", "t.task": "100"}
    (found,) = judge(
        figures,
        formulas={"t.x": "t.a / t.all"},
        units={"t.x": PERCENT},
        breakdowns=[breakdown("t.all", "t.a", "t.b")],
        rules=["t.b == t.y", "t.b == t.z", "t.all == t.task"],
    )
    assert "together these would: t.a (55 would fit)、t.x (55.0 would fit)" in str(found.statement)


def test_a_total_that_two_breakdowns_deny_differently_is_two_slips():
    figures = {"t.all": "563", "t.a": "213", "t.b": "176", "t.c": "300", "t.d": "270"}
    breakdowns = [breakdown("t.all", "t.a", "t.b", name="by post"), breakdown("t.all", "t.c", "t.d", name="by title")]
    found = judge(figures, breakdowns=breakdowns)
    assert [finding.rule for finding in found] == ["sum:t.all:by post", "sum:t.all:by title"]
    assert [set(suspects(finding)) for finding in found] == [{"t.a", "t.b"}, {"t.c", "t.d"}]


def test_a_warning_does_not_swallow_an_error():
    """What falls is an error, even where a rule that only warns suspects the same figure."""
    from tests.sectors.checks.in_memory import rule_spec

    found = judge(
        {"t.a": "90", "t.b": "80"},
        before={1: {"t.a": "100"}},
        indicators={"t.a": {"accumulation": "cumulative"}},
        rules=[rule_spec("t.a <= t.b", severity="warning")],
    )
    assert {(finding.kind, finding.severity) for finding in found} == {("rule", "warning"), ("fall", "error")}


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("total", ["12.35", "12.37"])
def test_a_total_that_is_off_by_its_last_digit_is_no_cut_off_one_and_has_a_repair(total, exact):
    units = {"t.all": ("亿元", "100000000"), "t.a": ("万元", "10000"), "t.b": ("万元", "10000")}
    own = {"t.a": {"exact": exact}, "t.b": {"exact": exact}}
    figures = {"t.all": total, "t.a": "98540", "t.b": "25060"}
    (found,) = judge(figures, units=units, indicators=own, breakdowns=[breakdown("t.all", "t.a", "t.b")])
    assert found.severity == "error"
    assert suspects(found)["t.all"] == Decimal("12.36")


@pytest.mark.parametrize(
    ("wrong", "first"),
    [
        ({"t.all": "13.26"}, "t.all"),
        ({"t.all": "123600.00"}, "t.all"),
        ({"t.b": "2.506"}, "t.b"),
        ({"t.b": "20560"}, "t.b"),
        ({"t.a": "985400"}, "t.a"),
    ],
)
def test_of_several_that_would_do_the_one_whose_digits_or_point_are_misplaced_is_first(wrong, first):
    units = {"t.all": ("亿元", "100000000"), "t.a": ("万元", "10000"), "t.b": ("万元", "10000")}
    figures = {"t.all": "12.36", "t.a": "98540", "t.b": "25060"}
    assert judge(figures, units=units, breakdowns=[breakdown("t.all", "t.a", "t.b")]) == []
    (found,) = judge(figures | wrong, units=units, breakdowns=[breakdown("t.all", "t.a", "t.b")])
    assert found.suspects[0].code == first
