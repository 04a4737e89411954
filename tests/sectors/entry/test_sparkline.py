"""The course of a cell's last periods as a small line."""

import re
from decimal import Decimal

from sectors.entry.sparkline import HEIGHT, WIDTH, drawn


def course(*texts):
    return [(f"2023-{n:02}", None if text is None else Decimal(text)) for n, text in enumerate(texts, 1)]


def points(svg):
    return [
        [tuple(map(float, one.split(","))) for one in line.split()] for line in re.findall(r'points="([^"]*)"', svg)
    ]


def test_fewer_than_two_values_are_no_course():
    assert drawn([]) == drawn(course(None, "5", None)) == ""


def test_the_line_goes_from_the_first_value_to_the_last_and_has_a_gap_where_none_is():
    svg = drawn(course(None, None, "1", "3", None, "2"))
    first, last = points(svg)
    assert [len(first), len(last)] == [2, 2]  # a single point is a dot
    assert first[0][0] < first[1][0] < last[0][0]
    assert first[0][1] > last[0][1] > first[1][1]  # the higher the value the smaller its y
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for line in (first, last) for x, y in line)
    assert "<title>2023-03 1 · 2023-04 3 · 2023-06 2</title>" in svg


def test_what_stays_the_same_is_level_and_may_be_below_zero():
    (line,) = points(drawn(course("7", "7", "7")))
    assert len({y for _x, y in line}) == 1
    (line,) = points(drawn(course("-5", "0")))
    assert line[0][1] > line[1][1]


def test_huge_values_stay_within():
    (line,) = points(drawn(course("25", "999999999999999", "0.00000001")))
    assert all(0 < y < HEIGHT for _x, y in line)
