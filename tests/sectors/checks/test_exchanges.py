"""Columns, rows and cells in one another's places: one finding that says so, where it mends all and breaks nothing."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from sectors.checks.exchanges import MOST_CELLS
from tests.sectors.checks.in_memory import breakdown, judge, suspects

pytestmark = pytest.mark.usefixtures("english")

COLUMNS = ("done", "passed", "failed")
NAMES = {"done": "抽检批次", "passed": "合格批次", "failed": "不合格批次"}
ROWS = {"r1": (120, 118, 2), "r2": (85, 80, 5), "r3": (64, 61, 3), "r4": (45, 41, 4), "all": (314, 300, 14)}


def cells(rows=ROWS):
    return {f"t.{row}.{c}": str(v) for row, values in rows.items() for c, v in zip(COLUMNS, values, strict=True)}


def table(figures, *, sums=True, rates=None):
    rows = list(ROWS)
    own = {
        f"t.{row}.{column}": {
            "table": 1, "row": place, "column": n, "name": f"{row}{column}", "row_name": row,
            "column_name": NAMES[column], "exact": True,
        }
        for place, row in enumerate(rows)
        for n, column in enumerate(COLUMNS)
    }  # fmt: skip
    wholes = [breakdown(f"t.all.{c}", *(f"t.{row}.{c}" for row in rows[:-1])) for c in COLUMNS]
    return judge(
        figures | (rates or {}),
        indicators=own,
        breakdowns=wholes if sums else [],
        rules=[f"t.{row}.passed + t.{row}.failed == t.{row}.done" for row in rows],
        formulas={f"t.{row}.rate": f"t.{row}.passed / t.{row}.done" for row in rows},
        units={f"t.{row}.rate": ("%", "0.01") for row in rows},
    )


def exchanged(one, other):
    figures = cells()
    return figures | {a: figures[b] for x, y in ((one, other), (other, one)) for a, b in zip(x, y, strict=True)}


def column(name):
    return [f"t.{row}.{name}" for row in ROWS]


def row(name):
    return [f"t.{name}.{column}" for column in COLUMNS]


def test_what_stands_in_its_place_is_silent():
    assert table(cells()) == []


@pytest.mark.parametrize("sums", [True, False])
@pytest.mark.parametrize(("one", "other"), [("done", "passed"), ("done", "failed")])
def test_two_columns_that_are_exchanged_are_one_finding_that_names_them(one, other, sums):
    (found,) = table(exchanged(column(one), column(other)), sums=sums)
    text = str(found.statement)
    assert f"Columns “{NAMES[one]}” and “{NAMES[other]}” look exchanged: with them exchanged every row holds." in text
    assert len(found.also) == len(ROWS) - 1
    assert suspects(found) == {
        code: int(text) for name in (one, other) for code, text in cells().items() if code in column(name)
    }


def test_columns_whose_rates_only_tell_are_named():
    """Passed and failed: only the declared rates know which is which."""
    rates = {f"t.{name}.rate": f"{100 * values[1] / values[0]:.1f}" for name, values in ROWS.items()}
    (found,) = table(exchanged(column("passed"), column("failed")), rates=rates)
    assert "Columns “合格批次” and “不合格批次” look exchanged" in str(found.statement)


@pytest.mark.parametrize(("by", "way", "back"), [(1, "low", "up"), (-1, "high", "down")])
@pytest.mark.parametrize("with_total", [True, False])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_that_is_one_row_off_is_one_finding(name, with_total, by, way, back):
    codes, figures = column(name)[: None if with_total else -1], cells()
    texts = [figures[code] for code in codes]
    figures |= dict(zip(codes, texts[-by:] + texts[:-by], strict=True))
    (found,) = table(figures)
    rows = f"“{NAMES[name]}”, from r1 to {'all' if with_total else 'r4'}, looks one row too {way}"
    assert f"{rows}: with all moved {back} by a row everything holds" in str(found.statement)
    assert suspects(found) == {code: int(text) for code, text in zip(codes, texts, strict=True)}


def test_a_column_with_an_empty_first_cell_whose_total_was_pasted_over_is_one_row_off():
    """The last row is not there: the total stands a row below, where the table has a note."""
    codes, figures = column("passed"), cells()
    del figures["t.r1.passed"]
    figures |= {code: cells()[before] for before, code in pairwise(codes)}
    found = table(figures)
    assert "one row too low" in str(found[0].statement)


@pytest.mark.parametrize(
    ("one", "other"), [("t.r1.done", "t.r2.done"), ("t.r1.done", "t.r3.passed"), ("t.all.passed", "t.all.done")]
)
def test_two_cells_that_are_exchanged_are_one_finding(one, other):
    figures = cells()
    (found,) = table(figures | {one: figures[other], other: figures[one]})
    assert "look exchanged: with them exchanged everything holds" in str(found.statement)
    assert suspects(found) == {code: int(figures[code]) for code in (one, other)}


def test_two_rows_that_are_exchanged_where_something_tells_them_apart():
    rates = {f"t.{name}.rate": f"{100 * values[1] / values[0]:.1f}" for name, values in ROWS.items()}
    (found,) = table(exchanged(row("r1"), row("r4")), rates=rates)
    assert "Rows “r1” and “r4” look exchanged" in str(found.statement)


def test_an_empty_column_is_in_nobodys_place():
    """Moved there, nothing could be judged."""
    figures = {code: text for code, text in exchanged(column("done"), column("passed")).items() if "failed" not in code}
    found = table(figures | {"t.r1.passed": "300", "t.r2.passed": "301"})
    assert found
    assert not any("exchanged" in str(one.statement) for one in found)


def test_an_exchange_that_does_not_mend_all_is_not_named():
    figures = exchanged(column("done"), column("passed"))
    assert not any("exchanged" in str(found.statement) for found in table(figures | {"t.r2.failed": "6"}))


def test_limits_alone_make_no_exchange_of_two_cells():
    rules = ["t.a <= t.b", "t.c <= t.d"]
    own = {f"t.{name}": {"table": 1, "row": place} for place, name in enumerate("abcd")}
    found = judge({"t.a": "7", "t.b": "6", "t.c": "9", "t.d": "8"}, rules=rules, indicators=own)
    assert len(found) == 2


@pytest.mark.parametrize(
    "figures",
    [
        ("1", "0", "3", "1", "5", "2"),
        ("10", "4", "30", "11", "47", "22"),
        ("15", "4", "30", "11", "52", "22"),
    ],
)
def test_a_part_and_the_total_of_another_column_are_not_exchanged_where_a_row_is_missing(figures):
    codes = [f"t.{row}.{column}" for row in ("a", "b", "all") for column in ("done", "passed")]
    (found,) = judge(
        dict(zip(codes, figures, strict=True)),
        breakdowns=[breakdown(f"t.all.{column}", f"t.a.{column}", f"t.b.{column}") for column in ("done", "passed")],
        rules=[f"t.{row}.passed <= t.{row}.done" for row in ("a", "b", "all")],
        indicators={code: {"table": 1, "row": place // 2, "column": place % 2} for place, code in enumerate(codes)},
    )
    assert "one category is likely missing" in str(found.statement)
    assert suspects(found) == {}


def test_one_figure_that_explains_all_is_no_exchange():
    (found,) = table(cells() | {"t.r2.done": "58"})
    assert suspects(found) == {"t.r2.done": 85}


def test_who_does_not_read_repairs_reads_what_does_not_agree():
    (found,) = table(exchanged(column("done"), column("passed")))
    text = found.statement.worded(repairs=False)
    assert text.startswith("Columns “抽检批次” and “合格批次” do not agree with the rest: ")
    assert "exchanged" not in text


def test_slips_are_seldom_taken_for_exchanges():
    random, named, count = Random(7), 0, 0
    while count < 150:
        code, other = random.sample(sorted(cells()), 2)
        figures = cells() | {code: str(random.randint(0, 400)), other: str(random.randint(0, 400))}
        found = table(figures)
        count += 1
        named += any("exchanged" in str(one.statement) or "one row too" in str(one.statement) for one in found)
    assert named == 0
    assert len(cells()) <= MOST_CELLS


# What is no exchange


RATES = {f"t.{name}.rate": f"{100 * values[1] / values[0]:.1f}" for name, values in ROWS.items()}


@pytest.mark.parametrize("name", ["failed", "passed"])
def test_a_total_that_is_not_applicable_has_nobody_change_the_whole_table(name):
    """All would hold without a single failed batch: the number that is missing is that of all failed ones."""
    (found,) = table(cells() | {f"t.all.{name}": "n/a"}, rates=RATES)
    assert f"n/a (all{name}) says that there is none here" in str(found.statement)
    assert suspects(found) == {f"t.all.{name}": int(cells()[f"t.all.{name}"])}
    assert "too many" not in str(found.statement)


@pytest.mark.parametrize("rates", [{}, RATES])
def test_totals_that_take_in_themselves_are_halved_and_no_row_is_missing(rates):
    twice = {code: str(2 * int(cells()[code])) for code in row("all")}
    (found,) = table(cells() | twice, rates=rates)
    assert "missing" not in str(found.statement)
    assert suspects(found) == {code: int(cells()[code]) for code in row("all")}


@pytest.mark.parametrize(("over", "of"), [("r2", "r1"), ("r1", "r2"), ("r3", "r4"), ("r4", "r1")])
def test_a_row_that_was_pasted_over_another_is_suspected_before_the_totals(over, of):
    figures = cells()
    figures |= {code: figures[other] for code, other in zip(row(over), row(of), strict=True)}
    (found,) = table(figures)
    alike = "、".join(sorted([over, of]))
    assert f"Rows {alike} have the same figures in every column" in str(found.statement)
    first = [suspect.code for suspect in found.suspects][:6]
    assert set(first) == {*row(over), *row(of)}
    lost = dict(zip(row(over), map(int, ROWS[over]), strict=True))
    assert {code: value for code, value in suspects(found).items() if code in lost} == lost


def test_a_row_that_was_pasted_over_in_a_long_table_is_told_with_what_the_sums_leave():
    """More figures than the smallest set of them is looked for among."""
    rows = [f"r{place}" for place in range(30)]
    figures = {
        f"t.{row}.{column}": 20 + 7 * place % 31 + place * (number + 1)
        for place, row in enumerate(rows)
        for number, column in enumerate(COLUMNS)
    }
    own: dict[str, dict[str, Any]] = {
        code: {
            "table": 1,
            "row": place // 3,
            "column": place % 3,
            "row_name": code.split(".")[1],
            "column_name": code.split(".")[2],
        }
        for place, code in enumerate(figures)
    }
    totals = {f"t.all.{column}": sum(figures[f"t.{row}.{column}"] for row in rows) for column in COLUMNS}
    pasted = {f"t.r7.{column}": figures[f"t.r3.{column}"] for column in COLUMNS}
    (found,) = judge(
        {code: str(value) for code, value in {**figures, **totals, **pasted}.items()},
        indicators=own,
        breakdowns=[breakdown(f"t.all.{column}", *(f"t.{row}.{column}" for row in rows)) for column in COLUMNS],
    )
    assert "Rows r3、r7 have the same figures in every column" in str(found.statement)
    assert {code: suspects(found)[code] for code in pasted} == {code: figures[code] for code in pasted}


def test_rows_that_are_alike_and_not_suspected_are_not_named():
    figures = cells() | {f"t.r3.{column}": str(value) for column, value in zip(COLUMNS, ROWS["r4"], strict=True)}
    totals = {column: sum(int(figures[f"t.{name}.{column}"]) for name in list(ROWS)[:-1]) for column in COLUMNS}
    figures |= {f"t.all.{column}": str(total) for column, total in totals.items()}
    assert table(figures) == []
    (found,) = table(figures | {"t.r1.done": "121"})
    assert "same figures" not in str(found.statement)


def test_a_row_of_totals_is_as_its_only_part_and_not_pasted():
    rows = ROWS | {"r2": (0, 0, 0), "r3": (0, 0, 0), "r4": (3, 2, 1), "all": ROWS["r1"]}
    assert not any("same figures" in str(found.statement) for found in table(cells(rows)))
