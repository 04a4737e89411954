"""A figure against itself at other times, and against what a figure may be at all. Pure.

What is unusual is a warning, never an error. A change that chance alone would make in so small a count is not named.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from sectors.calculation.bounded import overlap
from sectors.calculation.cells import formatted, plain_digits, rounded, unit_behind
from sectors.calculation.evaluation import folded
from sectors.calculation.formulas import LAST_YEAR, NOW, PREVIOUS, ZERO, reading
from sectors.calculation.qualifiers import Interval, written
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, WARNING, CheckKind, Finding
from sectors.checks.growth import RATE, growth_of
from sectors.checks.messages import Joined, Message, Text
from sectors.checks.reported import Inexact, Point, ReportedFigure, half
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, never_negative
from sectors.checks.suspects import Suspect
from sectors.checks.templates import Template
from sectors.checks.usual import CHANCE, NORMAL, UNUSUAL, usual
from sectors.vocabulary import AMOUNTS, Accumulation, Qualifier

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
POINTS_BACK, FEWEST_POINTS = 12, 8
QUIET = Decimal("0.05")  # a course is not taken for steadier than this share of its median


def course(facts: Facts, rates: Iterable[IndicatorSpec]) -> Iterator[Finding]:
    """What the course over time of figures, and of the computed percentages `rates`, says against them."""
    for figure in facts.judged:
        indicator, times = figure.indicator, facts.points[figure.indicator.code]
        if len(times) > 1 and indicator.formula is None and indicator.accumulation == Accumulation.CUMULATIVE:
            yield from _fall(facts, figure)
        if indicator.formula is None and indicator.change_limit != 0:
            found = list(_unusual(facts, figure)) if len(times) > 1 else []
            yield from found or usual(facts, figure)
        if indicator.code in facts.periods and indicator.formula is None:
            inexact = facts.inexact_periods.get(indicator.code, ())
            yield from _annual(figure, facts.periods[indicator.code], inexact)
    if any(len(times) > 1 for times in facts.points.values()):
        for indicator in rates:
            if indicator.change_limit != 0 and (facts.scope is None or indicator.code in facts.scope):
                yield from _rate(facts, indicator)


def _fall(facts: Facts, figure: ReportedFigure) -> Iterator[Finding]:
    """A year-to-date figure may not be lower than a period earlier in the same year."""
    indicator = figure.indicator
    # The latest one that was reported: a period may have been left out.
    names = [(indicator.code, back * PREVIOUS) for back in range(1, facts.now % facts.a_year + 1)]
    then = next((name for name in names if facts.series.get(name) is not None), None)
    before = facts.series.get(then) if then else None
    if then is None or before is None:
        return
    earlier = facts.series.interval(then)
    rounding = ZERO if figure.inexact else figure.tolerance
    if earlier is None or figure.high * indicator.scale + rounding >= earlier[0]:
        return
    if not never_negative(indicator.code, facts.indicators):  # what came in between may have made it less
        return
    values = {"name": indicator.name, "before": facts.said(then), "now": figure.shown}
    message = Message(Template.FALL, values)
    code = indicator.code
    yield _finding(CheckKind.FALL, ERROR, code, figure.value, before, message, Suspect(code, before))


def _annual(
    figure: ReportedFigure, periods: Sequence[Point | None], inexact: Sequence[Inexact | None]
) -> Iterator[Finding]:
    """An annual figure is what the periods of its year make; where some are missing, at least no less."""
    indicator, reported = figure.indicator, [point for point in periods if point is not None]
    values = [value for value, _places in reported if value is not None]
    if not values:
        return
    whole, expected = len(reported) == len(periods), folded(indicator.accumulation, values)
    slack = folded(indicator.accumulation, [half(places) for value, places in reported if value is not None])
    slack = ZERO if indicator.exact else slack
    if not indicator.exact or indicator.accumulation == Accumulation.AVERAGE:  # a mean of counts is no count
        slack += half(figure.places)
    grows = indicator.accumulation in AMOUNTS and indicator.kind.minimum is not None and indicator.kind.minimum >= 0
    low, high = _together(indicator, periods, inexact) if any(inexact) else (expected, expected)
    is_reached = figure.high >= low - slack
    if is_reached and figure.low <= high + slack if whole else not grows or is_reached:
        return
    about = Qualifier.ABOUT if any(inexact) else Qualifier.EXACT
    digits = formatted(expected, indicator.decimals)
    shown = {"expected": written(digits, about, unit_behind(indicator.unit)), "declared": figure.shown}
    message = Message(Template.ANNUAL if whole else Template.ANNUAL_REACHED, {"name": indicator.name, **shown})
    suspect = Suspect(indicator.code, rounded(expected, indicator.decimals))
    yield _finding(CheckKind.ANNUAL, ERROR, indicator.code, figure.value, expected, message, suspect)


def _together(indicator: IndicatorSpec, periods: Sequence[Point | None], inexact: Sequence[Inexact | None]) -> Interval:
    """Between which values that lies what periods make together."""
    ends = [
        (one.low, one.high) if one else (point[0], point[0])
        for point, one in zip(periods, inexact, strict=True)
        if point is not None and point[0] is not None
    ]
    low, high = (folded(indicator.accumulation, [pair[end] for pair in ends]) for end in (0, 1))
    return low, high


def _unusual(facts: Facts, figure: ReportedFigure) -> Iterator[Finding]:
    """Against the period before, the same period last year, and the whole course; one finding for all of them."""
    indicator = figure.indicator
    changes: list[Message] = []
    expected: Decimal | None = None
    for moment in (LAST_YEAR,) if facts.a_year == 1 else (LAST_YEAR, PREVIOUS):
        then = facts.nearest((indicator.code, moment), figure)
        if then is not None and _is_change(figure, then, moment):
            changes.append(_change(facts, indicator, figure.value, then, moment))
            expected = expected if expected is not None else then
    if changes:
        message = Message(Template.CHANGES, {"name": indicator.name, "changes": Joined(" ", changes)})
        yield _finding(CheckKind.CHANGE, WARNING, indicator.code, figure.value, expected, message)
        return
    if len(facts.points[indicator.code]) > FEWEST_POINTS:
        yield from _outlier(facts, figure)


def _is_change(figure: ReportedFigure, then: Decimal, moment: int) -> bool:
    indicator, now = figure.indicator, figure.value
    if now == then:
        return False
    least, most = sorted((now, then))
    # Of what may be below 0, nothing is known of how many times as much there is: degrees, an index.
    is_signed = indicator.kind.minimum is None or indicator.kind.minimum < 0
    usual = None if is_signed and not indicator.is_percent else ORDINARY[indicator.accumulation].get(moment)
    limit = indicator.change_limit or usual
    if limit is None or (least < 0 and not indicator.is_percent):
        return False
    if indicator.is_percent:
        return abs(now - then) > (indicator.change_limit or ORDINARY_POINTS)
    resting = (
        indicator.accumulation == Accumulation.FLOW and moment == PREVIOUS
    )  # nothing done in a quarter is nothing unusual
    if not then or (resting and not least) or most <= least * (1 + limit / HUNDRED):
        return False
    return not indicator.exact or (most - least) ** 2 > CHANCE**2 * (most + least)


def _change(facts: Facts, indicator: IndicatorSpec, now: Decimal, then: Decimal, moment: int) -> Message:
    """From what the value was, or of what is not exact may have been at most or at least, to what it is."""
    before = Template.LAST_YEAR if facts.a_year == 1 else Template.PERIOD_BEFORE
    when = before if moment == PREVIOUS or facts.a_year == 1 else Template.SAME_PERIOD_LAST_YEAR
    names = (indicator.code, NOW), (indicator.code, moment)
    values: dict[str, Text] = {"now": facts.said(names[0]), "then": facts.said(names[1]), "when": Message(when)}
    if indicator.is_percent:
        return Message(Template.CHANGE_OF_PERCENTAGE, values)
    about = Qualifier.ABOUT if any(map(facts.is_inexact, names)) else Qualifier.EXACT
    if now >= then * 100:
        return Message(Template.CHANGE_BY_TIMES, values | {"times": written(f"{rounded(now / then, 0):,}", about)})
    if then >= now * 100 and now:
        return Message(Template.CHANGE_TO_FRACTION, values | {"times": written(f"{rounded(then / now, 0):,}", about)})
    change = written(f"{rounded((now / then - 1) * HUNDRED, 0):+}%", about)
    return Message(Template.CHANGE, values | {"change": change})


def _outlier(facts: Facts, figure: ReportedFigure) -> Iterator[Finding]:
    """The modified z-score: how far from the median, measured by the median of such distances."""
    indicator = figure.indicator
    now, course = facts.series.added(indicator.code, facts.now), facts.series.before(indicator.code, POINTS_BACK)
    if now is None or len(course) < FEWEST_POINTS or (indicator.accumulation == Accumulation.FLOW and not now):
        return
    middle = median(course)
    spread = median(abs(value - middle) for value in course)
    # Neither steadier than chance lets a count be, nor than anything is.
    spread = max(spread, abs(middle) * QUIET, NORMAL * middle.sqrt() if indicator.exact and middle > 0 else ZERO)
    if not spread or NORMAL * abs(now - middle) <= UNUSUAL * spread or figure.low <= middle <= figure.high:
        return
    shown = {"now": figure.shown if figure.inexact else indicator.shown(now), "middle": indicator.shown(middle)}
    message = Message(Template.OUTLIER, {"name": indicator.name, "count": len(course), **shown})
    yield _finding(CheckKind.OUTLIER, WARNING, indicator.code, now, middle, message)


def _rate(facts: Facts, indicator: IndicatorSpec) -> Iterator[Finding]:
    """A percentage that moved by more points than is ordinary, and than chance explains."""
    now = facts.evaluation.value(indicator.code)
    if now is None:
        return
    codes = indicator.formula.codes if indicator.formula is not None else ()
    # What a year has done so far only grows, and its share with it.
    grows = any(
        facts.indicators[code].accumulation == Accumulation.CUMULATIVE for code in codes if code in facts.indicators
    )
    for moment in (LAST_YEAR,) if grows else (LAST_YEAR, PREVIOUS):
        then = _then(facts, indicator, moment, now)
        if then is None:
            continue
        change = abs(now - then)
        if change > (indicator.change_limit or ORDINARY_POINTS) and change > _chance(facts, indicator, moment):
            changes = _change(facts, indicator, now, then, moment)
            message = Message(Template.CHANGES, {"name": indicator.name, "changes": changes})
            yield _finding(CheckKind.CHANGE, WARNING, indicator.code, now, then, message)
            return


def _then(facts: Facts, indicator: IndicatorSpec, moment: int, now: Decimal) -> Decimal | None:
    """What a rate was, of one that is not exact what is nearest to a value now."""
    name = (indicator.code, moment)
    value = facts.evaluation.value(*name)
    ends = facts.interval(reading(*name)) if value is not None and facts.is_inexact(name) else None
    return value if ends is None else min(max(now, ends[0] / indicator.scale), ends[1] / indicator.scale)


def _chance(facts: Facts, indicator: IndicatorSpec, moment: int) -> Decimal:
    """By how many points the rates of two samples of this size may differ for no reason, whatever the rate; nothing
    where no counts are behind it."""
    assert indicator.formula is not None
    below = indicator.formula.operands[1]
    if any(not facts.indicators[code].exact for code in below.codes if code in facts.indicators):
        return ZERO
    operands = [
        below.evaluate(facts.evaluation.base),
        below.evaluate(lambda c, m, s: facts.evaluation.base(c, m + moment, s)),
    ]
    sizes = [size for size in operands if size is not None and size > 0]
    return CHANCE * 50 * sum((1 / size for size in sizes), ZERO).sqrt() if len(sizes) == 2 else ZERO


def bounds(
    facts: Facts, within: Container[tuple[str, str]], free_rates: Iterable[IndicatorSpec] = ()
) -> Iterator[Finding]:
    """What no figure may be: below nothing, a broken count, more than a hundred per cent. `within` are pairs of
    codes, the first of which is a part of the second; `free_rates` are computed rates that nothing else holds to
    a hundred per cent."""
    for figure in facts.judged:
        indicator, value = figure.indicator, figure.value
        if indicator.formula is None:
            yield from _limits(figure)
            continue
        if figure.inexact and figure.low <= HUNDRED and figure.high >= ZERO and indicator.is_percent:
            continue
        if indicator.is_percent and value > HUNDRED and _is_over(facts, figure, within):
            yield _out(figure, HUNDRED, Template.OVER_HUNDRED)
        elif indicator.is_percent and value < 0 and never_negative(indicator.code, facts.indicators):
            yield _out(figure, ZERO, Template.NEGATIVE_PERCENTAGE)
        elif indicator.is_percent and value < -HUNDRED and _falls_to_nothing(facts, indicator):
            yield _out(figure, -HUNDRED, Template.FALLS_BELOW_NOTHING)
    for rate in free_rates:
        computed = facts.evaluation.value(rate.code)
        is_judged = rate.code not in facts.reported and (facts.scope is None or rate.code in facts.scope)
        if is_judged and computed is not None and computed > HUNDRED and _is_surely_over(facts, rate):
            shown = {"name": rate.name, "value": formatted(computed, rate.decimals)}
            message = Message(Template.OVER_HUNDRED, shown)
            yield _finding(CheckKind.BOUND, ERROR, rate.code, computed, HUNDRED, message)


def _limits(figure: ReportedFigure) -> Iterator[Finding]:
    """What an entered figure may be at least and at most, and in whole numbers."""
    indicator, kind = figure.indicator, figure.indicator.kind
    if kind.minimum is not None and figure.high < kind.minimum:
        yield _out(figure, kind.minimum, Template.BELOW_MINIMUM if kind.minimum else Template.NEGATIVE)
    elif indicator.exact and figure.value % 1:
        yield _out(figure, rounded(figure.value, 0), Template.NOT_WHOLE)
    elif kind.maximum is not None and figure.low > kind.maximum:
        is_share = indicator.limits.maximum is None
        yield _out(figure, kind.maximum, Template.OVER_HUNDRED if is_share else Template.ABOVE_MAXIMUM)


def _is_over(facts: Facts, figure: ReportedFigure, within: Container[tuple[str, str]]) -> bool:
    """Whether a declared percentage may not be over a hundred: a share, unless the figures that it was computed from
    were rounded so."""
    indicator, near = figure.indicator, half(figure.places)
    if indicator.formula is None or not is_share(indicator, within):
        return False
    given = facts.interval(indicator.formula)
    made = None if given is None else (given[0] / indicator.scale, given[1] / indicator.scale)
    return made is None or made[0] > HUNDRED or not overlap((figure.value - near, figure.value + near), made)


def _is_surely_over(facts: Facts, rate: IndicatorSpec) -> bool:
    """Whether it is over a hundred per cent whatever its figures were before they were rounded, or are where they are
    not exact."""
    found = None if rate.formula is None else facts.interval(rate.formula)
    return found is None or found[0] / rate.scale > HUNDRED


def _falls_to_nothing(facts: Facts, indicator: IndicatorSpec) -> bool:
    """Whether it is the growth of what cannot fall below nothing."""
    growth = growth_of(indicator)
    return growth is not None and growth.way == RATE and never_negative(growth.of, facts.indicators)


def is_share(indicator: IndicatorSpec, within: Container[tuple[str, str]]) -> bool:
    """Whether a rate is of something within something else, so that it cannot be over a hundred per cent."""
    operands = indicator.formula.operands if indicator.formula is not None and indicator.formula.sign == "/" else ()
    return len(operands) == 2 and (operands[0].code, operands[1].code) in within


def _out(figure: ReportedFigure, limit: Decimal, template: Template) -> Finding:
    values: dict[str, Text] = {"name": figure.indicator.name, "value": figure.text}
    if template in (Template.BELOW_MINIMUM, Template.ABOVE_MAXIMUM):
        values["limit"] = plain_digits(limit)
    code, message = figure.indicator.code, Message(template, values)
    return _finding(CheckKind.BOUND, ERROR, code, figure.value, limit, message, Suspect(code, limit))


def gaps(facts: Facts, breakdowns: Sequence[BreakdownSpec], *, required: bool) -> Iterator[Finding]:
    """Cells that are empty where those beside them are not, in sheets that are filled otherwise; and `required` ones.

    While required cells are empty a sheet is still being filled, and other gaps say nothing.
    """
    sheets: dict[int, dict[str, IndicatorSpec]] = {}
    for code, indicator in facts.indicators.items():
        if indicator.formula is None and (facts.scope is None or code in facts.scope):
            sheets.setdefault(indicator.sheet, {})[code] = indicator
    for entered in sheets.values():
        filled = {code for code in entered if facts.now in facts.points.get(code, ())}
        missing = [indicator for code, indicator in entered.items() if indicator.required and code not in filled]
        for indicator in missing if required else ():
            message = Message(Template.REQUIRED, {"name": indicator.name})
            yield _finding(CheckKind.REQUIRED, ERROR, indicator.code, None, None, message)
        for code in () if missing or not filled else sorted(_alone(entered, filled, breakdowns)):
            message = Message(Template.BLANK, {"name": entered[code].name})
            yield _finding(CheckKind.BLANK, WARNING, code, None, None, message)


def _finding(
    kind: CheckKind,
    severity: str,
    code: str,
    declared: Decimal | None,
    expected: Decimal | None,
    message: Message,
    *suspects: Suspect,
) -> Finding:
    """About one figure only."""
    return Finding(f"{kind}:{code}", kind, severity, (code,), declared, expected, message, suspects)


def _alone(
    entered: Mapping[str, IndicatorSpec], filled: Collection[str], breakdowns: Iterable[BreakdownSpec]
) -> set[str]:
    """Empty cells whose row of a table is begun and whose column is mostly filled; empty parts of a filled total."""
    columns: dict[tuple[int, int], set[str]] = {}
    rows: dict[tuple[int, int], set[str]] = {}
    for code, indicator in entered.items():
        columns.setdefault((indicator.table, indicator.column), set()).add(code)
        rows.setdefault((indicator.table, indicator.row), set()).add(code)
    beside = [
        {code for code in column if not rows[entered[code].table, entered[code].row].isdisjoint(filled)}
        for column in columns.values()
    ]
    found = set()
    for column in beside:
        empty = column - set(filled)
        found |= empty if len(empty) * 2 < len(column) else set()
    for breakdown in breakdowns:
        if breakdown.exhaustive and breakdown.total in filled:
            parts = entered.keys() & breakdown.parts
            found |= set() if parts.isdisjoint(filled) else parts - set(filled)
    return found
