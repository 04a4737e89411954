"""What is n/a though there is one, and what is there though there is none: told by more than one sum."""

import pytest

from tests.sectors.checks.in_memory import breakdown, judge, suspects

pytestmark = pytest.mark.usefixtures("english")

ROWS = ("a", "b", "c")
CELLS = {
    "t.a.x": "3", "t.a.y": "7", "t.a.z": "10",
    "t.b.x": "5", "t.b.y": "n/a", "t.b.z": "5",
    "t.c.x": "2", "t.c.y": "4", "t.c.z": "6",
    "t.all.x": "10", "t.all.y": "11", "t.all.z": "21",
}  # fmt: skip
SUMS = [
    *(breakdown(f"t.all.{column}", *(f"t.{row}.{column}" for row in ROWS), name="by row") for column in "xyz"),
    *(breakdown(f"t.{row}.z", f"t.{row}.x", f"t.{row}.y", name="by column") for row in (*ROWS, "all")),
]


def found_in(changes, sums=SUMS):
    return judge(CELLS | changes, breakdowns=sums, indicators={code: {"exact": True} for code in CELLS})


def test_what_is_not_applicable_and_adds_up_is_silent():
    assert found_in({}) == []


@pytest.mark.parametrize("code", ["t.a.y", "t.c.x", "t.a.z", "t.all.x", "t.all.z"])
def test_what_is_not_applicable_though_there_is_one_is_suspected_and_not_the_sums_around_it(code):
    (found,) = found_in({code: "n/a"})
    assert suspects(found) == {code: int(CELLS[code])}
    assert f"{code} ({CELLS[code]} would fit)" in str(found.statement)
    assert f"{code} (n/a)" in found.statement.worded(repairs=False)


@pytest.mark.parametrize("row", ["b", "c"])
def test_what_stands_in_a_column_that_is_not_applicable_is_suspected_and_not_its_row(row):
    nothing = {"t.a.y": "n/a", "t.c.y": "n/a", "t.all.y": "n/a", "t.a.z": "3", "t.c.z": "2", "t.all.z": "10"}
    (found,) = found_in({**nothing, f"t.{row}.y": "8"})
    assert suspects(found) == {f"t.{row}.y": 0}


def test_beside_one_broken_sum_what_is_not_applicable_is_as_suspect_as_what_is_there():
    (found,) = found_in({"t.all.y": "15"}, SUMS[1:2])
    assert suspects(found) == {"t.all.y": 11, "t.a.y": 11, "t.c.y": 8, "t.b.y": 4}


def test_a_figure_that_explains_as_much_is_suspected_before_what_is_not_applicable():
    (found,) = found_in({"t.all.y": "15"})
    assert suspects(found) == {"t.all.y": 11}
