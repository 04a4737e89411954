"""Points from facts, held against a reckoning that shares nothing with the program, over random schemes."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from assessment import scoring
from assessment.schemes.specification import (
    AgainstTarget,
    ByHand,
    Counted,
    Criterion,
    Deduction,
    Gap,
    Linear,
    Missing,
    OwnTargets,
    Rank,
    Specification,
    Step,
    Steps,
    Subjects,
)
from assessment.scoring import Aimed, Fact, Outcome, State
from assessment.vocabulary import Lack

D = Decimal
GRADES = {"A": D(90), "B": D(80), "C": D(60)}


def number(draw, low, high, places=1):
    return D(draw.randint(low * 10**places, high * 10**places)).scaleb(-places)


def criterion(method, points="10", floor="0", missing=Missing.HAND, code="a"):
    return Criterion(code=code, name=code, points=D(points), floor=D(floor), missing=missing, method=method)


def points(method, fact, **more):
    return scoring.outcome(criterion(method, **more), fact).points


def random_case(draw):
    """A method with all points, the fewest it gives, a fact, and the points as fractions."""
    full, value = number(draw, 1, 30), number(draw, -5, 120)
    floor = draw.choice([D(0), D(0), full / 4])
    kind = draw.choice(["linear", "steps", "gap", "target", "own", "rank", "count"])
    x, most = Fraction(value), Fraction(full)
    target = Aimed(number(draw, 1, 100), draw.random() < 0.5)
    aim = Fraction(target.value)
    fact = Fact((value,), target=target)
    if kind == "linear":
        zero, top = draw.sample(range(-10, 110), 2)
        wanted = most * min(max(Fraction(x - zero, top - zero) if top != zero else 0, 0), 1)
        return Linear("x", D(zero), D(top)), full, floor, fact, wanted
    if kind == "steps":
        cuts = sorted(draw.sample(range(-10, 120), draw.randint(2, 5)))
        steps = tuple(Step(D(a), D(b), min(number(draw, 0, 30), full)) for a, b in pairwise(cuts))
        wanted = sum((Fraction(one.points) for one in steps if one.low <= value < one.high), Fraction(0))
        return Steps("x", steps), full, floor, fact, wanted
    if kind == "gap":
        own, falls, begun = draw.choice([None, number(draw, 0, 100)]), draw.random() < 0.5, draw.random() < 0.5
        each, deduct = number(draw, 1, 9), number(draw, 1, 4)
        aimed, below = (aim, target.is_at_most) if own is None else (Fraction(own), falls)
        missed = max(x - aimed if below else aimed - x, Fraction(0)) / Fraction(each)
        times = -(-missed // 1) if begun else missed // 1
        method = Gap("x", own, each, deduct, falls and own is not None, begun)
        return method, full, floor, fact, most - times * Fraction(deduct)
    if kind == "target":
        share = draw.random() < 0.5
        reached = x <= aim if target.is_at_most else x >= aim
        part = (aim / x if x else 0) if target.is_at_most else x / aim
        wanted = most if reached else most * min(max(part, 0), 1) if share else Fraction(0)
        return AgainstTarget("x", share), full, floor, fact, wanted
    if kind == "own":
        of = draw.randint(1, 9)
        got = draw.randint(0, of)
        return OwnTargets(), full, floor, Fact(reached=got, targets=of), most * got / of
    if kind == "rank":
        given = tuple(sorted((min(number(draw, 0, 30), full) for _ in range(draw.randint(1, 5))), reverse=True))
        rank = draw.randint(1, 7)
        wanted = Fraction(given[rank - 1]) if rank <= len(given) else Fraction(0)
        return Rank("x", given), full, floor, Fact((value,), rank=rank), wanted
    free, count, deduct = draw.randint(0, 2), draw.randint(0, 9), number(draw, 1, 4)
    wanted = most - Fraction(deduct) * max(0, count - free)
    return Deduction(Counted.LATE, deduct, free), full, floor, Fact(count=count), wanted


def cents(fraction):
    """Half up, for what is never negative."""
    return D(int(fraction * 100 + Fraction(1, 2))).scaleb(-2)


@pytest.mark.parametrize("seed", range(60))
def test_random_schemes_are_reckoned_as_by_hand(seed):
    draw = random.Random(seed)
    criteria, outcomes, wanted, possible, left = [], {}, Fraction(0), Fraction(0), Fraction(0)
    for place in range(draw.randint(3, 25)):
        method, full, floor, fact, raw = random_case(draw)
        missing = draw.choice(list(Missing))
        if draw.random() < 0.2:
            fact = Fact(lack=Lack.FIGURE)
        one = Criterion(f"c{place}", "x", full, floor=floor, missing=missing, method=method)
        found = outcomes[one.code] = scoring.outcome(one, fact)
        criteria.append(one)
        if fact.lack and missing is not Missing.ZERO:
            assert found.points is None
            assert found.state is (State.EXCLUDED if missing is Missing.EXCLUDE else State.HAND)
            left += Fraction(full) if missing is Missing.HAND else 0
            continue
        by_hand = cents(Fraction(0) if fact.lack else min(max(raw, Fraction(floor)), Fraction(full)))
        assert found == Outcome(State.SCORED, by_hand, fact.lack), (method, fact)
        wanted, possible = wanted + Fraction(by_hand), possible + Fraction(full)
    spec = Specification("s", "s", 2023, Subjects.DEPARTMENTS, D(100), tuple(criteria), grades=GRADES)
    total = scoring.total(spec, "anybody", outcomes)
    assert (Fraction(total.points), Fraction(total.possible), Fraction(total.open)) == (wanted, possible, left)
    score = cents(wanted / possible * 100) if possible else None
    assert total.score == score
    letter = next((name for name, least in GRADES.items() if score is not None and score >= least), "D")
    assert total.grade == ("" if score is None else letter)
    assert scoring.total(spec, "anybody", outcomes, ["accident"]).grade == "D"


@pytest.mark.parametrize(
    ("method", "fact", "wanted"),
    [
        (Linear("x", D(90), D(98)), Fact((D(90),)), "0.00"),
        (Linear("x", D(90), D(98)), Fact((D("94.5"),)), "5.63"),  # 5.625 is rounded up
        (Linear("x", D(5), D(1)), Fact((D(2),)), "7.50"),  # less is better
        (Linear("x", D(0), D(2), of_change=True), Fact((D(-3),)), "0.00"),
        (Steps("x", (Step(None, D(5), D(2)), Step(D(5), None, D(10)))), Fact((D(5),)), "10.00"),
        (Steps("x", (Step(D(1), D(5), D(2)),)), Fact((D(0),)), "0.00"),
        (Gap("x", D(98), D(1), D("0.5")), Fact((D("96.1"),)), "9.50"),
        (Gap("x", D(98), D(1), D("0.5"), begun=True), Fact((D("96.1"),)), "9.00"),
        (Gap("x", None, D(1), D(2)), Fact((D(7),), target=Aimed(D(4), True)), "4.00"),
        (Gap("x", D(98), D(1), D("0.5")), Fact((D(0),)), "0.00"),
        (AgainstTarget("x", share=True), Fact((D(49),), target=Aimed(D(98))), "5.00"),
        (AgainstTarget("x", share=True), Fact((D(4),), target=Aimed(D(0), True)), "0.00"),
        (AgainstTarget("x"), Fact((D("97.99"),), target=Aimed(D(98))), "0.00"),
        (Rank("x", (D(10), D(6))), Fact((D(1),), rank=2), "6.00"),
        (Deduction(Counted.LATE, D(3)), Fact(count=0), "10.00"),
    ],
)
def test_examples_of_each_method(method, fact, wanted):
    assert str(points(method, fact)) == wanted


@pytest.mark.parametrize(
    ("method", "fact"),
    [
        (Linear("x", D(92), D(98)), Fact((D("92.65"),))),  # 3 × 0.65 / 6
        (AgainstTarget("x", share=True), Fact((D("0.65"),), target=Aimed(D(6)))),
    ],
)
def test_what_lies_half_way_is_rounded_up_where_the_share_itself_never_ends(method, fact):
    assert str(scoring.outcome(criterion(method, points="3"), fact).points) == "0.33"


def test_zero_is_a_figure_and_nothing_is_none():
    assert points(Linear("x", D(0), D(10)), Fact((D(0),))) == 0
    for lack in (Lack.FIGURE, Lack.APPLICABLE, Lack.WHOLE):
        found = scoring.outcome(criterion(Linear("x", D(0), D(10))), Fact(lack=lack))
        assert found == Outcome(State.HAND, None, lack)
    assert scoring.outcome(criterion(Linear("x", D(0), D(10))), Fact()).lack == Lack.FIGURE
    assert scoring.outcome(criterion(AgainstTarget("x")), Fact((D(1),))).lack == Lack.TARGET
    assert scoring.outcome(criterion(OwnTargets()), Fact()).lack == Lack.TARGET
    assert scoring.outcome(criterion(ByHand("台账")), Fact()) == Outcome(State.HAND)


@pytest.mark.parametrize(
    "method", [Linear("x", D(0), D(10)), OwnTargets(), Rank("x", (D(10),)), Gap("x", D(9), D(1), D(1))]
)
def test_without_a_figure_scored_zero_is_zero_and_not_the_floor(method):
    for fact in (Fact(), Fact(lack=Lack.WHOLE), Fact(lack=Lack.APPLICABLE)):
        found = scoring.outcome(criterion(method, floor="4", missing=Missing.ZERO), fact)
        assert (found.state, str(found.points)) == (State.SCORED, "0.00")
    assert str(points(Linear("x", D(0), D(10)), Fact((D(0),)), floor="4", missing=Missing.ZERO)) == "4.00"


def test_what_is_not_exact_counts_where_it_gives_the_same_points_either_way():
    method = Linear("x", D(90), D(98))
    assert points(method, Fact((D(99), D("Infinity")))) == 10
    assert points(method, Fact((D("-Infinity"), D(80)))) == 0
    assert scoring.outcome(criterion(method), Fact((D(95), D(96)))) == Outcome(State.HAND, None, Lack.EXACT)
    gap = Gap("x", D(98), D(1), D(1))
    assert points(gap, Fact((D("-Infinity"), D(10)))) == 0
    assert points(AgainstTarget("x", share=True), Fact((D("Infinity"),), target=Aimed(D(3), True))) == 0


def test_a_bonus_adds_and_keeps_nothing_open_and_a_veto_takes_the_grade():
    bonus = Criterion("b", "b", D(5), method=ByHand("x"), is_bonus=True)
    spec = Specification(
        "s", "s", 2023, Subjects.DEPARTMENTS, D(100), (criterion(ByHand("x"), points="100"),), (bonus,), grades=GRADES
    )
    given = {"a": Outcome(State.SCORED, D("88.5")), "b": Outcome(State.HAND)}
    total = scoring.total(spec, "x", given)
    assert (total.score, total.grade, total.is_final) == (D("88.50"), "B", True)
    total = scoring.total(spec, "x", {**given, "b": Outcome(State.SCORED, D(2))})
    assert (total.score, total.grade) == (D("90.50"), "A")
    assert scoring.total(spec, "x", given, ["accident"]).grade == "D"


def test_equal_scores_share_the_better_rank():
    assert scoring.ranks({"a": D(90), "b": D(95), "c": D(90), "d": D(1)}) == {"b": 1, "a": 2, "c": 2, "d": 4}
