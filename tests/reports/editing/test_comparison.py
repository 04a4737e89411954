"""Two reports side by side."""

from decimal import Decimal

from reports.editing import comparison
from tests.reports.writers import documents


def test_figures_that_print_differently_are_listed_with_their_difference():
    left = documents.report(done="40", rate="97.5", tests="12").figures
    right = documents.report(done="50", rate="98.0", tests=None).figures
    changes = [(c.code, c.left, c.right, c.difference) for c in comparison.figures(left, right)]
    assert changes == [
        ("food.done", "40", "50", "+25.0%"),
        ("food.rate", "97.5", "98.0", "+0.5个百分点"),
        ("water.tests", "12", "", ""),
    ]
    assert comparison.figures(left, left) == []
    gone = comparison.figures(left, ())
    assert [(change.code, change.right) for change in gone] == [(used.code, "") for used in left]


def test_other_decimals_of_the_same_value_are_no_difference():
    left = documents.figure("food.rate", "100", unit="%")
    right = documents.figure("food.rate", "100.0", unit="%", places=1)
    assert (left.text, right.text) == ("100", "100.0")
    assert comparison.figures([left], [right]) == []


def test_from_zero_or_less_no_per_cent_is_reckoned():
    changes = comparison.figures(documents.report(tests="0").figures, documents.report(tests="5").figures)
    assert [(c.left, c.right, c.difference) for c in changes] == [("0", "5", "")]
    assert documents.report(tests="0").figures[2].value == Decimal(0)
    (changed,) = comparison.figures([documents.figure("water.tests", "-10")], [documents.figure("water.tests", "5")])
    assert changed.difference == ""


def test_blocks_are_paired_by_their_keys_also_where_one_side_has_none():
    pairs = comparison.texts(documents.report(), documents.report(done="42", with_tests=False))
    by_key = {pair.key: pair for pair in pairs}
    assert [pair.key for pair in pairs if pair.differs] == ["food/text/1", "water/text/1"]
    assert by_key["water/text/1"].right == ()
    keys = [pair.key for pair in pairs]
    assert keys.index("water/text/1") == keys.index("water") + 1
    assert by_key["food"].level == 2
