"""What the product says of values made of figures that are not exact is what comes out when these are tried."""

import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from django.db import transaction

from reports.aggregation.values import AnnualValue
from tests.truth.bounds import FAR, Said, Tried
from tests.truth.comparing import Place, compared, periods
from tests.truth.reference import World
from tests.truth.shrinking import in_words
from tests.truth.worlds import Maker, marked

CLOSE = Fraction(1, 10**6)


def faults(world: World) -> tuple[Counter[str], list[str]]:
    """How many values were looked at, by how they are written, and what is wrong."""
    with transaction.atomic():
        rows = list(compared(world))
        transaction.set_rollback(True)
    tried = {None: Tried(world)} | {period[1:]: Tried(world, period[1:]) for period in periods(world)}
    counts, found = Counter[str](), []
    for place, value, _number, _reference in rows:
        of = tried[None if place.period.kind == "year" else place.period[1:]]
        said = of.said(place.area, place.code, place.period.year)
        if said is None:
            continue
        counts[value.marked.qualifier or ("day" if value.marked.as_of else "exact")] += 1
        wrong = [*of_value(value, said, is_narrow(world, place.code)), *of_change(value, of, place)]
        found += [f"{place}: {why}" for why in wrong]
    return counts, found


def is_narrow(world: World, code: str) -> bool:
    """Whether each figure is read once, and what is computed only grows or falls with it: then its ends are those of
    what can be."""
    formula = world.indicators[code].formula
    codes = re.findall(r"t\.\w+", formula)
    return len(codes) == len(set(codes)) and not re.search(r"abs|parts|t\.r\d", formula)


def of_value(value: AnnualValue, said: Said, narrow: bool) -> list[str]:
    assert value.value is not None
    bounds = value.bounds
    low, high = (exactly(value.value),) * 2 if bounds is None else map(exactly, bounds.interval)
    wrong = []
    if not (low <= said.low or is_close(low, said.low)) or not (said.high <= high or is_close(high, said.high)):
        wrong.append(f"lies in {said}, and is said to lie in {low} to {high}")
    if narrow and not (is_close(low, said.low) and is_close(high, said.high)):
        wrong.append(f"lies in {said}, and is only said to lie in {low} to {high}")
    number = Fraction(value.value)
    written, wanted = value.marked.qualifier, said.qualifier(nearest(number, said), is_sum=is_sum(value))
    if written not in ((wanted,) if narrow else (wanted, "about")):
        wrong.append(f"is written as {written or 'exact'}, and is {wanted or 'exact'}: {said}")
    if value.marked.as_of != said.as_of:
        wrong.append(f"is as of {value.marked.as_of}, and of {said.as_of}")
    digits = Fraction(value.digits)
    if (written == "at_least" and digits > said.low) or (written == "at_most" and digits < said.high):
        wrong.append(f"prints {value.text}, and lies in {said}")
    return wrong


def of_change(value: AnnualValue, of: Tried, place: Place) -> list[str]:
    """A change that is said is one whatever the figures are."""
    tried = of.comparisons(place.area, place.code, place.period.year)
    both = [one for one in tried if one is not None]
    if value.comparison is None or len(both) < len(tried):
        return []
    rises = {(one.now > one.last) - (one.now < one.last) for one in both}
    said = (value.comparison.now > value.comparison.last) - (value.comparison.now < value.comparison.last)
    is_same = len({(one.now, one.last) for one in both}) == 1
    wrong = [] if is_same or rises == {said} else [f"changes by {value.change_text}, and may by {rises}"]
    return wrong + ([] if value.comparison.is_about is not is_same else ["says of a change wrongly that it is about"])


def is_sum(value: AnnualValue) -> bool:
    return value.source == "declared" or not value.indicator.formula


def nearest(number: Fraction, said: Said) -> Fraction:
    """The value, or the end that it is but for its last digits."""
    return next((end for end in (said.low, said.high) if abs(end - number) <= CLOSE * abs(number) / 1000), number)


def exactly(end: Decimal) -> Fraction:
    return Fraction(end) if end.is_finite() else FAR if end > 0 else -FAR


def is_close(one: Fraction, other: Fraction) -> bool:
    """What is far away is without end, and so is what is divided by it nothing."""
    return abs(one - other) <= CLOSE * (1 + abs(other)) or (abs(one) >= FAR and abs(other) > FAR / 10**6)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_said_of_figures_that_are_not_exact_is_so(db, seed):
    world = marked(Maker(Random(seed)).world(), Random(seed))
    _counts, found = faults(world)
    if found:
        pytest.fail("\n".join([in_words(world), *found]))
