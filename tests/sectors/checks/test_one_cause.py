"""What follows from one slip is told with it, and what is said of its figure can be read and written down."""

from decimal import Decimal
from typing import Any

import pytest

from sectors.checks.suspects import Step
from tests.sectors.checks.in_memory import breakdown, judge, suspects

pytestmark = pytest.mark.usefixtures("english")

PERCENT, TEN_THOUSAND = ("%", "0.01"), ("万亩", "10000")
WHOLE, AGES = breakdown("t.all", "t.a", "t.b"), breakdown("t.all", "t.y", "t.o", name="by age")
TWICE = {"t.all": "40", "t.a": "25", "t.b": "15", "t.y": "30", "t.o": "10"}


def growth(*codes, when="last_year"):
    return {f"{code}.g": f"{code} / {when}({code}) - 1" for code in codes}


@pytest.mark.parametrize(
    ("figures", "more", "also"),
    [
        # A growth that no whole number gives any more, now that the count is another
        ({"t.all.g": "-20.0"}, {"formulas": growth("t.all"), "units": {"t.all.g": PERCENT}}, "whole:t.all.g"),
        # An increase by more than there is
        ({"t.all.g": "12"}, {"formulas": {"t.all.g": "t.all - last_year(t.all)"}}, "growth:t.all.g"),
        # A rule that is no sum, and one over the year so far
        ({}, {"rules": ["abs(t.all - 40) <= 5"]}, "abs(t.all - 40) <= 5"),
        ({"t.sum": "50"}, {"rules": ["year_to_date(t.all) == t.sum"], "a_year": 2}, "year_to_date(t.all) == t.sum"),
    ],
)
def test_what_holds_again_once_the_slip_is_repaired_follows_from_it(figures, more, also):
    more = {"before": {1: {"t.all": "10"}}, "indicators": {"t.all": {"change_limit": 0}}} | more
    assert judge(TWICE | figures, breakdowns=[WHOLE, AGES], **more) == []
    (found,) = judge(TWICE | figures | {"t.all": "3"}, breakdowns=[WHOLE, AGES], **more)
    assert suspects(found) == {"t.all": 40}
    assert also in {one.rule for one in found.also}


def test_what_is_wrong_besides_is_a_finding_of_its_own():
    figures = TWICE | {"t.all": "4", "t.all.g": "-20.3"}
    found = judge(figures, breakdowns=[WHOLE, AGES], formulas=growth("t.all"), units={"t.all.g": PERCENT})
    assert [one.rule for one in found] == ["sum:t.all:by kind", "whole:t.all.g"]


def test_an_unusual_row_is_told_with_the_count_that_it_is_divided_by():
    rows = [("12", "3.1"), ("5", "1.4"), ("8", "2.0"), ("3", "0.9"), ("30", "8.8"), ("9000", "2.5")]
    cells = {f"t.r{n}.{name}": text for n, row in enumerate(rows) for name, text in zip("nv", row, strict=True)}
    own = {code: {"table": 1, "row": int(code[3]), "column": "nv".index(code[-1])} for code in cells}
    total = breakdown("t.all", *(f"t.r{n}.n" for n in range(6)))
    rules = ["t.r5.n + t.all == t.check"]
    (found,) = judge(cells | {"t.all": "67", "t.check": "76"}, indicators=own, breakdowns=[total], rules=rules)
    assert suspects(found) == {"t.r5.n": 9}
    assert "sibling:t.r5.v" in {one.rule for one in found.also}


def test_a_figure_is_suspected_in_what_the_year_so_far_adds_up_to():
    """Of two figures that the sum suspects, the year so far clears one."""
    figures = {"t.all": "17", "t.a": "70", "t.b": "10", "t.a.sum": "12", "t.b.sum": "15"}
    rules = [f"{code}.sum == year_to_date({code})" for code in ("t.a", "t.b")]
    (found,) = judge(figures, breakdowns=[WHOLE], rules=rules, before={1: {"t.a": "5", "t.b": "5"}}, a_year=2)
    assert suspects(found) == {"t.a": 7}


def test_the_mean_of_the_year_so_far_accuses_no_single_figure():
    averages = {code: {"accumulation": "average", "exact": False} for code in ("t.a", "t.mean")}
    (found,) = judge(
        {"t.a": "4.0", "t.mean": "9.0"},
        rules=["t.mean == year_to_date(t.a)"],
        before={1: {"t.a": "6.0"}},
        a_year=2,
        indicators=averages,
    )
    assert suspects(found) == {"t.mean": 5}


def test_counts_were_whole_before_too():
    """By what the growths say exactly there were 18.9 in t.b, which no count is."""
    figures = {"t.all": "127", "t.a": "90", "t.b": "37", "t.all.g": "31", "t.a.g": "15.4", "t.b.g": "0.0"}
    codes = ("t.all", "t.a", "t.b")
    (found,) = judge(
        figures, breakdowns=[WHOLE], formulas=growth(*codes), units={f"{code}.g": PERCENT for code in codes}
    )
    assert f"{suspects(found)['t.b.g']}" == "94.7"


@pytest.mark.parametrize(
    ("figures", "formula", "units", "said"),
    [
        (
            {"t.a": "95", "t.b": "120", "t.rate": "0.95"},
            "t.a / t.b",
            {"t.rate": ("1", "1")},
            "t.rate of 0.95 fits 95 of 100,",
        ),
        (
            {"t.a": "8000", "t.b": "1.25", "t.rate": "80.0"},
            "t.a / t.b",
            {"t.rate": PERCENT, "t.a": ("亩", "1"), "t.b": TEN_THOUSAND},
            "t.rate of 80.0% fits 8000亩 of 1.00万亩,",
        ),
    ],
)
def test_a_declared_rate_confirms_with_units_that_can_be_read(figures, formula, units, said):
    total = breakdown("t.all", "t.b", "t.c")
    figures |= {"t.all": "3.00" if "." in figures["t.b"] else "300", "t.c": "2.00" if "." in figures["t.b"] else "200"}
    units = units | {code: units["t.b"] for code in ("t.all", "t.c") if "t.b" in units}
    (found,) = judge(figures, breakdowns=[total], formulas={"t.rate": formula}, units=units)
    assert [one.code for one in found.suspects] == ["t.b"]
    assert said in str(found.statement)


def test_a_difference_confirms_nothing_as_a_quotient():
    figures = {"t.a": "123", "t.b": "99", "t.gap": "16", "t.all": "230", "t.c": "123"}
    (found,) = judge(figures, breakdowns=[breakdown("t.all", "t.b", "t.c")], formulas={"t.gap": "t.a - t.b"})
    assert suspects(found) == {"t.b": 107}
    assert " of 107" not in str(found.statement)


def test_several_figures_are_named_where_the_gravest_is_no_sum():
    """What one row has was entered in another."""
    figures = {"t.a": "30", "t.a.of": "20", "t.a.r": "50.0", "t.b": "0", "t.b.of": "40", "t.b.r": "50.0"}
    (found,) = judge(
        figures | {"t.all": "30", "t.of": "60", "t.known": "20"},
        breakdowns=[WHOLE, breakdown("t.of", "t.a.of", "t.b.of")],
        rules=["t.a <= t.a.of", "t.b <= t.b.of", "t.a.of == t.known"],
        formulas={"t.a.r": "t.a / t.a.of", "t.b.r": "t.b / t.b.of"},
        units={"t.a.r": PERCENT, "t.b.r": PERCENT},
    )
    assert suspects(found) == {"t.a": 10, "t.b": 20}
    assert (
        "20 seems to be counted in t.a instead of t.b; together these would fit: t.a (10 would fit)、t.b (20 would fit)"
        in str(found.statement)
    )


def test_what_would_round_to_nothing_keeps_the_decimals_of_its_indicator():
    (found,) = judge(
        {"t.a": "33", "t.b": "10000", "t.rate": "0.03"},
        formulas={"t.rate": "t.a / t.b"},
        indicators={"t.rate": {"decimals": 4}},
    )
    assert "t.rate (0.0033 would fit)" in str(found.statement)


def test_first_comes_what_has_its_digits_with_the_decimal_point_elsewhere_though_some_are_lost():
    (found,) = judge(
        {"t.gdp": "319.34", "t.people": "66.4", "t.each": "4.809337"},
        formulas={"t.each": "t.gdp / t.people"},
        units={"t.gdp": ("亿元", "100000000"), "t.people": ("万人", "10000"), "t.each": ("元", "1")},
    )
    assert found.suspects[0].code == "t.each"


def test_a_repair_has_as_few_more_decimals_as_it_takes():
    low, high = Decimal("20190.66"), Decimal("20190.7444444444")
    assert f"{Step(Decimal(1), whole=False).within(low, high, high)}" == "20190.7"
    assert Step(Decimal(1), whole=True).within(low, high, high) is None


def test_what_is_not_applicable_is_named():
    (found,) = judge({"t.all": "205", "t.a": "200", "t.b": "n/a"}, breakdowns=[WHOLE])
    assert "n/a (t.b) says that there is none here" in str(found.statement)


def test_more_growths_than_can_be_named_are_not_that_of_the_total_alone():
    parts = [f"t.p{n}" for n in range(4)]
    codes = ["t.all", *parts]
    figures = {"t.all": "400"} | dict.fromkeys(parts, "100") | {f"{code}.g": "25.0" for code in codes} | {"t.p0.g": "0"}
    (found,) = judge(
        figures,
        breakdowns=[breakdown("t.all", *parts)],
        formulas=growth(*codes),
        units={f"{code}.g": PERCENT for code in codes},
        indicators={code: {"exact": False} for code in codes},
    )
    assert len(found.suspects) > 3
    assert str(found.statement).endswith("Or another one of these figures is wrong.")


def test_shares_of_figures_that_were_rounded_may_miss_a_hundred_as_these_do():
    """1.23 of 0.42, 0.41 and 0.41, which are 1.24."""
    parts = ("t.a", "t.b", "t.c")
    figures = {"t.all": "1.23", "t.a": "0.42", "t.b": "0.41", "t.c": "0.41"}
    shares = {"t.a.s": "34.15", "t.b.s": "33.33", "t.c.s": "33.33"}
    more: dict[str, Any] = {
        "breakdowns": [breakdown("t.all", *parts)],
        "formulas": {f"{code}.s": f"{code} / t.all" for code in parts},
        "units": {f"{code}.s": PERCENT for code in parts},
        "indicators": {code: {} for code in figures},
    }
    assert judge(figures | shares, **more) == []
    assert [one.kind for one in judge(shares | {"t.all": "1.23"}, **more)] == ["share"]
    assert "share" in {
        one.kind for found in judge(figures | shares | {"t.a.s": "36.15"}, **more) for one in (found, *found.also)
    }


def test_a_growth_is_suspected_though_the_least_that_would_fit_is_that_of_no_whole_number():
    """81.5 with a minus before it; what there was of t.c, all of which is gone, leaves the others a choice."""
    figures = {"t.all": "75", "t.a": "49", "t.b": "26", "t.c": "0"}
    growths = {"t.all.g": "-40.0", "t.a.g": "-81.5", "t.b.g": "-56.7", "t.c.g": "-100.0"}
    (found,) = judge(
        figures | growths,
        breakdowns=[breakdown("t.all", "t.a", "t.b", "t.c")],
        formulas=growth(*figures),
        units=dict.fromkeys(growths, PERCENT),
    )
    assert set(suspects(found)) == {"t.all.g", "t.a.g"}


@pytest.mark.parametrize("grown", ["t.a", "t.b"])
def test_a_declared_growth_accuses_and_clears_what_grew_where_there_is_what_was_before(grown):
    figures = {"t.all": "100", "t.a": "70", "t.b": "40", f"{grown}.g": "20.0"}
    before = {4: {"t.a": "50", "t.b": "33.3"}}
    (found,) = judge(
        figures,
        breakdowns=[WHOLE],
        formulas=growth(grown),
        units={f"{grown}.g": PERCENT},
        before=before,
        indicators={"t.b": {"exact": False}, "t.a": {"exact": False}, "t.all": {"exact": False}},
    )
    assert suspects(found).keys() == ({"t.a"} if grown == "t.a" else {"t.a", "t.all"})


def test_what_is_negative_and_cut_off_is_nearer_to_nothing():
    gap: dict[str, Any] = {
        "formulas": {"t.gap": "t.a - t.b"},
        "rules": ["t.b == t.c"],
        "indicators": {"t.gap": {"exact": False}},
    }
    (found,) = judge({"t.a": "97.2", "t.b": "100.5", "t.c": "100.5", "t.gap": "-4"}, **gap)
    assert {"t.gap": -3, "t.a": Decimal("96.5")}.items() <= suspects(found).items()
    (cut_off,) = judge({"t.a": "97.2", "t.b": "100.9", "t.c": "100.9", "t.gap": "-3"}, **gap)
    assert cut_off.severity == "warning"


@pytest.mark.parametrize("typed", ["81", "1", "18000", "0", "19"])
def test_a_factor_of_several_declared_products_is_suspected_once(typed):
    """Of a population what is due by it; each product by itself would accuse what was declared."""
    numbers = {"t.a": ("400", "72"), "t.b": ("200", "36"), "t.c": ("50", "9")}
    formulas = {f"{code}.due": f"t.people * {code}.each / 100" for code in numbers}
    figures = {
        f"{code}.{name}": text
        for code, both in numbers.items()
        for name, text in zip(("each", "due"), both, strict=True)
    }
    assert judge(figures | {"t.people": "18"}, formulas=formulas) == []
    (found,) = judge(figures | {"t.people": typed}, formulas=formulas)
    assert next(iter(suspects(found).items())) == ("t.people", 18)


@pytest.mark.parametrize(
    ("slip", "first"), [({"t.each": "40"}, "t.each"), ({"t.people": "180"}, "t.people"), ({"t.due": "27"}, "t.due")]
)
def test_of_one_declared_product_each_factor_and_the_product_are_suspected(slip, first):
    figures = {"t.people": "18", "t.each": "400", "t.due": "72"}
    (found,) = judge(figures | slip, formulas={"t.due": "t.people * t.each / 100"})
    assert suspects(found)[first] == Decimal(figures[first])
    assert {"t.due", first} <= suspects(found).keys()
