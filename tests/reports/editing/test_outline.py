"""Which blocks the editor shows at once."""

import pytest

from reports.document.blocks import Heading, Paragraph, Text
from reports.editing import outline
from reports.editing.assembly import Placed


def placed(*levels):
    """Headings by their levels, 0 a paragraph; the key is the place."""
    return [
        Placed(
            key=str(place),
            block=Heading(level, "", f"题{place}", key=str(place))
            if level
            else Paragraph((Text("。"),), key=str(place)),
        )
        for place, level in enumerate(levels)
    ]


def shape(items):
    return [[int(item.key) for item in section.items] for section in outline.sections(items)]


def test_what_is_short_is_shown_as_a_whole():
    items = placed(1, 0, 2, 0, 2, 0, 1, 0)
    assert shape(items) == [[0, 1, 2, 3, 4, 5], [6, 7]]


def test_of_what_is_long_each_lower_heading_with_those_right_over_the_first():
    many = [0] * outline.MOST_BLOCKS
    items = placed(0, 1, 0, 2, 3, *many, 3, 0, 2, 0, 1)
    lengths = [len(section) for section in shape(items)]
    assert lengths == [5 + len(many), 2, 2, 1]
    assert [section.text for section in outline.sections(items)][-3:] == ["题45", "题47", "题49"]


def test_every_block_is_in_one_section_in_its_order():
    levels = [level for _time in range(30) for level in (1, 2, 3, 0, 0, 4, 0, 3, 0, 2, 0, 0)]
    items = placed(0, 0, *levels, *[0] * 50)
    assert [place for section in shape(items) for place in section] == list(range(len(items)))
    assert shape([]) == []
    assert shape(placed(0, 0)) == [[0, 1]]


@pytest.mark.parametrize(("key", "number"), [("", 1), ("1", 1), ("7", 2)])
def test_the_section_of_a_block_with_its_neighbours(key, number):
    shown = outline.shown(placed(1, 0, 2, 0, 2, 0, 1, 0), key)
    assert shown is not None
    assert (shown.number, shown.count) == (number, 2)
    assert (shown.previous is None, shown.next is None) == (number == 1, number == 2)


def test_a_block_that_is_gone_is_in_no_section():
    assert outline.shown(placed(1, 0), "added/1") is None
