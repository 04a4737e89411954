"""One planted slip is found and its figure is among the suspects; what is only rounded stays silent."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sectors.checks import Known, Split, check
from sectors.formulas import Book, definitions
from sectors.kinds import rounded

pytestmark = pytest.mark.usefixtures("english")

COUNTS = st.lists(st.integers(0, 5000), min_size=2, max_size=7)
AMOUNTS = st.lists(st.decimals(0, 999, places=4, allow_nan=False), min_size=2, max_size=7)


def findings(figures, splits, formulas=()):
    """Findings over counts (int) and amounts (Decimal as printed); codes of rates are percentages."""
    rates = dict(formulas)
    known = {
        code: Known(
            code=code,
            name=code,
            value=Decimal(value),
            places=max(0, -int(Decimal(value).as_tuple().exponent)),
            scale=Decimal("0.01") if code in rates else Decimal(1),
            unit="",
            exact=isinstance(value, int),
        )
        for code, value in figures.items()
    }
    book = Book(
        definitions([(code, k.scale, rates.get(code, "")) for code, k in known.items()], {}),
        {(code, 0): k.value for code, k in known.items() if code not in rates},
    )
    return check(known, book, [Split(total, "parts", True, parts) for total, parts in splits.items()], [])


@st.composite
def trees(draw, leaves):
    """A total, its groups, and their parts: values by code, and the splits. Sums are exact."""
    figures: dict[str, int | Decimal] = {}
    splits: dict[str, list[str]] = {"t.all": []}
    for number, parts in enumerate(draw(st.lists(leaves, min_size=2, max_size=4))):
        group = f"t.g{number}"
        splits["t.all"].append(group)
        splits[group] = [f"{group}.p{place}" for place in range(len(parts))]
        figures |= dict(zip(splits[group], parts, strict=True))
        figures[group] = sum(parts)
    figures["t.all"] = sum(figures[group] for group in splits["t.all"])
    return figures, splits


@given(trees(COUNTS), st.data())
@settings(deadline=None)
def test_a_planted_slip_is_found_and_its_figure_is_suspect(tree, data):
    figures, splits = tree
    slipped = data.draw(st.sampled_from(sorted(figures)))
    wrong = data.draw(st.integers(0, 30_000).filter(lambda value: value != figures[slipped]))
    found = findings(figures | {slipped: wrong}, splits)
    assert found
    for finding in found:
        repairs = {suspect.code: suspect.repair for suspect in finding.suspects}
        assert repairs[slipped] == figures[slipped]


@given(trees(COUNTS))
@settings(deadline=None)
def test_what_adds_up_is_silent(tree):
    assert findings(*tree) == []


@given(trees(AMOUNTS), st.integers(0, 3))
@settings(deadline=None)
def test_what_is_only_rounded_is_silent(tree, places):
    figures, splits = tree
    assert findings({code: rounded(Decimal(value), places) for code, value in figures.items()}, splits) == []


def test_a_figure_that_a_declared_rate_confirms_is_cleared():
    """58 + 21 is 79 and not 78; 73.1 % fits 57 of 78, so 58 is the suspect, not 78 and not 21."""
    figures = {"t.all": 78, "t.a": 58, "t.b": 21, "t.share": Decimal("73.1"), "t.other": Decimal("26.9")}
    rates = {"t.share": "t.a / t.all", "t.other": "t.b / t.all"}
    found = findings(figures, {"t.all": ["t.a", "t.b"]}, rates)
    (wrong,) = (finding for finding in found if finding.kind == "sum")
    assert [(suspect.code, suspect.repair) for suspect in wrong.suspects] == [("t.a", 57)]
    assert "t.a (57 would fit)" in wrong.hint


def test_where_all_figures_are_confirmed_a_part_is_likely_missing():
    figures = {"t.all": 90, "t.a": 50, "t.b": 32, "t.x": Decimal("55.6"), "t.y": Decimal("35.6")}
    found = findings(figures, {"t.all": ["t.a", "t.b"]}, {"t.x": "t.a / t.all", "t.y": "t.b / t.all"})
    assert [(finding.kind, finding.suspects) for finding in found] == [("sum", ())]
    assert "a part may be missing" in found[0].hint
