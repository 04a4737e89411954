"""The checks, without a database: what is wrong is found, what is rounded or missing stays silent."""

from decimal import Decimal

import pytest

from sectors.checks import Known, Split, Written, check
from sectors.formulas import Book, compile_rule, definitions

pytestmark = pytest.mark.usefixtures("english")


def findings(figures, *, formulas=(), splits=(), rules=(), scales=()):
    """Findings over figures as printed (`3.82`), each in base units unless `scales` says otherwise."""
    sizes = {code: Decimal(scale) for code, scale in dict(scales).items()}
    rows = [(code, sizes.get(code, Decimal(1)), dict(formulas).get(code, "")) for code in figures]
    known = {
        code: Known(
            code=code,
            name=code,
            value=Decimal(text),
            places=len(text.partition(".")[2]),
            scale=sizes.get(code, Decimal(1)),
            unit="",
            exact="." not in text,
        )
        for code, text in figures.items()
    }
    entered = {(code, 0): k.value for code, k in known.items() if not dict(formulas).get(code)}
    written = [Written("r", compile_rule(text), "warning", "look again") for text in rules]
    return check(known, Book(definitions(rows, {}), entered), splits, written)


def split(*parts, exhaustive=True):
    return [Split("t.all", "by kind", exhaustive, parts)]


def test_parts_that_miss_the_total_are_found_with_both_values():
    (found,) = findings({"t.all": "271", "t.a": "200", "t.b": "65"}, splits=split("t.a", "t.b"))
    assert (found.kind, found.severity, found.difference) == ("sum", "error", 6)
    assert "265" in found.message
    assert "271" in found.message


@pytest.mark.parametrize(
    "figures",
    [
        {"t.all": "265", "t.a": "200", "t.b": "65"},
        {"t.all": "100.1", "t.a": "33.35", "t.b": "66.70"},  # rounded parts
        {"t.all": "271", "t.a": "200"},  # a part is missing, and missing is not zero
    ],
)
def test_sums_that_hold_within_rounding_are_silent(figures):
    assert findings(figures, splits=split("t.a", "t.b")) == []


def test_a_sum_in_another_unit_that_was_cut_off_says_so():
    (found,) = findings(
        {"t.all": "3.82", "t.a": "20021", "t.b": "18260"}, splits=split("t.a", "t.b"), scales={"t.all": 10000}
    )
    assert found.severity == "warning"
    assert "cut off" in found.message


def test_a_part_is_at_most_its_total():
    assert findings({"t.all": "5", "t.a": "5"}, splits=split("t.a", exhaustive=False)) == []
    (found,) = findings({"t.all": "5", "t.a": "6"}, splits=split("t.a", exhaustive=False))
    assert found.kind == "part"


@pytest.mark.parametrize(
    ("declared", "severity"), [("59.6", None), ("59.5", "warning"), ("58.0", "error"), ("60.0", "error")]
)
def test_a_declared_rate_is_held_against_its_parts(declared, severity):
    figures = {"t.done": "134", "t.task": "225", "t.rate": declared}
    found = findings(figures, formulas={"t.rate": "t.done / t.task"}, scales={"t.rate": "0.01"})
    assert [f.severity for f in found] == ([severity] if severity else [])


def test_a_written_rule_speaks_with_its_own_message_and_only_when_all_is_there():
    assert findings({"t.a": "5", "t.b": "6"}, rules=["t.a <= t.b"]) == []
    assert findings({"t.a": "7"}, rules=["t.a <= t.b"]) == []
    (found,) = findings({"t.a": "7", "t.b": "6"}, rules=["t.a <= t.b"])
    assert (found.rule, found.message) == ("r", "look again")
