"""A figure against itself at other times, and against what a figure may be at all. Pure.

What is unusual is a warning, never an error. A change that chance alone would make in so small a count is not named.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext as _

from sectors.calculation.cells import rounded
from sectors.calculation.formulas import LAST_YEAR, NOW, PREVIOUS, ZERO
from sectors.checks.facts import ERROR, WARNING, Facts, Finding, Known, Point, Split, Trait, folded, half
from sectors.checks.suspects import Suspect
from sectors.vocabulary import AMOUNTS, Accumulation

HUNDRED = Decimal(100)
# The largest change that is ordinary, in per cent of the smaller value: against the period before and against the
# same period last year. Work comes and goes with the seasons, a level does not. An indicator may have its own limit.
ORDINARY: dict[str, dict[int, int]] = {
    Accumulation.FLOW: {PREVIOUS: 200, LAST_YEAR: 100},
    Accumulation.STOCK: {PREVIOUS: 50, LAST_YEAR: 50},
    Accumulation.AVERAGE: {PREVIOUS: 50, LAST_YEAR: 50},
    Accumulation.CUMULATIVE: {LAST_YEAR: 100},
}
ORDINARY_POINTS = 20  # of a percentage, in points
CHANCE = 3  # standard deviations of what chance makes of a count
POINTS_BACK, FEWEST_POINTS = 12, 8
UNUSUAL = Decimal("3.5")  # modified z-score, after Iglewicz and Hoaglin
NORMAL = Decimal("0.6745")
QUIET = Decimal("0.05")  # a course is not taken for steadier than this share of its median


def course(facts: Facts, rates: Iterable[Trait]) -> Iterator[Finding]:
    """What the course over time of figures, and of the computed percentages `rates`, says against them."""
    for known in facts.judged:
        trait, times = known.trait, facts.points[known.trait.code]
        if len(times) > 1 and trait.formula is None:
            if trait.accumulation == Accumulation.CUMULATIVE:
                yield from _fall(facts, known)
            if trait.change_limit != 0:
                yield from _unusual(facts, known)
        if trait.code in facts.periods and trait.formula is None:
            yield from _annual(known, facts.periods[trait.code])
    if any(len(times) > 1 for times in facts.points.values()):
        for trait in rates:
            if trait.change_limit != 0 and (facts.scope is None or trait.code in facts.scope):
                yield from _rate(facts, trait)


def _fall(facts: Facts, known: Known) -> Iterator[Finding]:
    """A year-to-date figure may not be lower than a period earlier in the same year."""
    trait = known.trait
    # The latest one that was reported: a period may have been left out.
    earlier = (facts.series.get((trait.code, back * PREVIOUS)) for back in range(1, facts.now % facts.a_year + 1))
    before = next((value for value in earlier if value is not None), None)
    if before is None or known.value >= before - 2 * known.tolerance / trait.scale:
        return
    message = _("%(name)s counts from the start of the year and fell from %(before)s to %(now)s.") % {
        "name": trait.name,
        "before": trait.shown(before),
        "now": trait.shown(known.value),
    }
    code = trait.code
    yield Finding(f"fall:{code}", "fall", ERROR, (code,), known.value, before, message, (Suspect(code, before),))


def _annual(known: Known, periods: Sequence[Point | None]) -> Iterator[Finding]:
    """An annual figure is what the periods of its year make; where some are missing, at least no less."""
    trait, reported = known.trait, [point for point in periods if point is not None]
    values = [value for value, _places in reported if value is not None]
    if not values:
        return
    whole, expected = len(reported) == len(periods), folded(trait.accumulation, values)
    slack = folded(trait.accumulation, [half(places) for value, places in reported if value is not None])
    slack = ZERO if trait.exact and trait.accumulation != Accumulation.AVERAGE else slack + half(known.places)
    grows = trait.accumulation in AMOUNTS
    if abs(known.value - expected) <= slack if whole else not grows or known.value >= expected - slack:
        return
    message = (
        _("%(name)s: the periods of the year make %(expected)s, the annual figure is %(declared)s.")
        if whole
        else _("%(name)s: %(expected)s is reached by periods of the year already, the annual figure is %(declared)s.")
    ) % {"name": trait.name, "expected": trait.shown(expected), "declared": trait.shown(known.value)}
    own = (Suspect(trait.code, rounded(expected, trait.decimals)),)
    yield Finding(f"annual:{trait.code}", "annual", ERROR, (trait.code,), known.value, expected, message, own)


def _unusual(facts: Facts, known: Known) -> Iterator[Finding]:
    """Against the period before, the same period last year, and the whole course; one finding for all of them."""
    trait = known.trait
    told: list[str] = []
    expected: Decimal | None = None
    for moment in (LAST_YEAR, PREVIOUS):
        then = facts.series.get((trait.code, moment))
        if then is not None and _is_change(known, then, moment):
            told.append(_told(trait, known.value, then, moment, facts.a_year))
            expected = expected if expected is not None else then
    if told:
        code, message = trait.code, _("%(name)s: %(changes)s") % {"name": trait.name, "changes": " ".join(told)}
        yield Finding(f"change:{code}", "change", WARNING, (code,), known.value, expected, message)
        return
    if len(facts.points[trait.code]) > FEWEST_POINTS:
        yield from _outlier(facts, known)


def _is_change(known: Known, then: Decimal, moment: int) -> bool:
    trait, now = known.trait, known.value
    if now == then:
        return False
    limit = trait.change_limit or ORDINARY[trait.accumulation].get(moment)
    if limit is None:
        return False
    if trait.is_percent:
        return abs(now - then) > (trait.change_limit or ORDINARY_POINTS)
    # Nothing done in a quarter is nothing unusual.
    resting = trait.accumulation == Accumulation.FLOW and moment == PREVIOUS
    least, most = sorted((now, then))
    if not then or (resting and not least) or most <= least * (1 + limit / HUNDRED):
        return False
    return not trait.exact or (most - least) ** 2 > CHANCE**2 * (most + least)


def _told(trait: Trait, now: Decimal, then: Decimal, moment: int, a_year: int) -> str:
    before = _("last year") if a_year == 1 else _("the period before")
    what = {
        "now": trait.shown(now),
        "then": trait.shown(then),
        "when": before if moment == PREVIOUS or a_year == 1 else _("the same period last year"),
    }
    if trait.is_percent:
        return _("%(now)s after %(then)s in %(when)s.") % what
    if now >= then * 100:
        what["times"] = f"{rounded(now / then, 0):,}"
        return _("%(now)s, %(times)s times the %(then)s of %(when)s: was it given in another unit?") % what
    if then >= now * 100 and now:
        what["times"] = f"{rounded(then / now, 0):,}"
        return _("%(now)s, one in %(times)s of the %(then)s of %(when)s: was it given in another unit?") % what
    what["change"] = f"{rounded((now / then - 1) * HUNDRED, 0):+}%"
    return _("%(now)s after %(then)s in %(when)s (%(change)s).") % what


def _outlier(facts: Facts, known: Known) -> Iterator[Finding]:
    """The modified z-score: how far from the median, measured by the median of such distances."""
    trait = known.trait
    now, course = facts.series.added(trait.code, facts.now), facts.series.before(trait.code, POINTS_BACK)
    if now is None or len(course) < FEWEST_POINTS or (trait.accumulation == Accumulation.FLOW and not now):
        return
    middle = median(course)
    spread = median(abs(value - middle) for value in course)
    # Neither steadier than chance lets a count be, nor than anything is.
    spread = max(spread, abs(middle) * QUIET, NORMAL * middle.sqrt() if trait.exact and middle > 0 else ZERO)
    if not spread or NORMAL * abs(now - middle) <= UNUSUAL * spread:
        return
    message = _("%(name)s: %(now)s lies far from what the last %(count)d periods had (%(middle)s in the middle).") % {
        "name": trait.name,
        "now": trait.shown(now),
        "count": len(course),
        "middle": trait.shown(middle),
    }
    code = trait.code
    yield Finding(f"outlier:{code}", "outlier", WARNING, (code,), now, middle, message)


def _rate(facts: Facts, trait: Trait) -> Iterator[Finding]:
    """A percentage that moved by more points than is ordinary, and than chance explains."""
    codes = trait.formula.codes if trait.formula is not None else ()
    # What a year has done so far only grows, and its share with it.
    grows = any(facts.traits[code].accumulation == Accumulation.CUMULATIVE for code in codes if code in facts.traits)
    now = facts.book.value(trait.code)
    for moment in (LAST_YEAR,) if grows else (LAST_YEAR, PREVIOUS):
        then = facts.book.value(trait.code, moment)
        if now is None or then is None:
            continue
        change = abs(now - then)
        if change > (trait.change_limit or ORDINARY_POINTS) and change > _chance(facts, trait, moment):
            code, told = trait.code, _told(trait, now, then, moment, facts.a_year)
            message = _("%(name)s: %(changes)s") % {"name": trait.name, "changes": told}
            yield Finding(f"change:{code}", "change", WARNING, (code,), now, then, message)
            return


def _chance(facts: Facts, trait: Trait, moment: int) -> Decimal:
    """By how many points the rates of two samples of this size may differ for no reason, whatever the rate; nothing
    where no counts are behind it."""
    assert trait.formula is not None
    below = trait.formula.operands[1]
    if any(not facts.traits[code].exact for code in below.codes if code in facts.traits):
        return ZERO
    sizes = [below.evaluate(facts.book.base), below.evaluate(lambda c, m, s: facts.book.base(c, m + moment, s))]
    known = [size for size in sizes if size is not None and size > 0]
    return CHANCE * 50 * sum((1 / size for size in known), ZERO).sqrt() if len(known) == 2 else ZERO


def bounds(facts: Facts, within: Container[tuple[str, str]]) -> Iterator[Finding]:
    """What no figure may be: below nothing, a broken count, more than a hundred per cent. `within` are pairs of
    codes, the first of which is a part of the second."""
    for known in facts.judged:
        trait, value = known.trait, known.value
        if trait.formula is None and value < 0:
            yield _out(known, ZERO, _("%(name)s is %(value)s, and cannot be negative."))
        elif trait.exact and trait.formula is None and value % 1:
            yield _out(known, rounded(value, 0), _("%(name)s is %(value)s, and is counted in whole units."))
        elif trait.is_percent and value > HUNDRED and (trait.formula is None or _is_share(trait, within)):
            yield _out(known, HUNDRED, _("%(name)s is %(value)s%%, and cannot be more than 100%%."))
        elif trait.is_percent and value < 0 and trait.formula is not None and trait.formula.sign == "/":
            yield _out(known, ZERO, _("%(name)s is %(value)s%%, and cannot be negative."))


def _is_share(trait: Trait, within: Container[tuple[str, str]]) -> bool:
    """Whether a rate is of something within something else, so that it cannot be over a hundred per cent."""
    operands = trait.formula.operands if trait.formula is not None and trait.formula.sign == "/" else ()
    return len(operands) == 2 and (operands[0].code, operands[1].code) in within


def _out(known: Known, limit: Decimal, message: str) -> Finding:
    code, what = known.trait.code, {"name": known.trait.name, "value": known.text}
    suspects = (Suspect(code, limit),)
    return Finding(f"bound:{code}", "bound", ERROR, (code,), known.value, limit, message % what, suspects)


def gaps(facts: Facts, splits: Sequence[Split], *, required: bool) -> Iterator[Finding]:
    """Cells that are empty where those beside them are not, in sheets that are filled otherwise; and `required` ones.

    While required cells are empty a sheet is still being filled, and other gaps say nothing.
    """
    sheets: dict[int, dict[str, Trait]] = {}
    for code, trait in facts.traits.items():
        if trait.formula is None and (facts.scope is None or code in facts.scope):
            sheets.setdefault(trait.sheet, {})[code] = trait
    for entered in sheets.values():
        filled = {code for code in entered if code in facts.known or (code, NOW) in facts.series}
        missing = [trait for code, trait in entered.items() if trait.required and code not in filled]
        for trait in missing if required else ():
            message = _("%(name)s is required and empty. Fill it, or write n/a.")
            yield _gap(trait, "required", ERROR, message)
        for code in () if missing or not filled else sorted(_alone(entered, filled, splits)):
            message = _("%(name)s is empty while the cells beside it are filled. Write 0 or n/a if that is meant.")
            yield _gap(entered[code], "blank", WARNING, message)


def _gap(trait: Trait, kind: str, severity: str, message: str) -> Finding:
    return Finding(f"{kind}:{trait.code}", kind, severity, (trait.code,), None, None, message % {"name": trait.name})


def _alone(entered: Mapping[str, Trait], filled: Collection[str], splits: Iterable[Split]) -> set[str]:
    """Empty cells whose row of a table is begun and whose column is mostly filled; empty parts of a filled total."""
    columns: dict[tuple[int, int], set[str]] = {}
    rows: dict[tuple[int, int], set[str]] = {}
    for code, trait in entered.items():
        columns.setdefault((trait.table, trait.column), set()).add(code)
        rows.setdefault((trait.table, trait.row), set()).add(code)
    beside = [
        {code for code in column if not rows[entered[code].table, entered[code].row].isdisjoint(filled)}
        for column in columns.values()
    ]
    found = set()
    for column in beside:
        empty = column - set(filled)
        found |= empty if len(empty) * 2 < len(column) else set()
    for split in splits:
        parts = entered.keys() & split.parts
        if split.exhaustive and split.total in filled and not parts.isdisjoint(filled):
            found |= parts - set(filled)
    return found
