"""A figure against the usual range of its own past, without a rule being written. Pure.

What is found is a hint: it asks, and says which periods it rests on. Where there are too few periods for a range, only
slips of the order of magnitude are asked for, as a wrong unit makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from sectors.calculation.formulas import ZERO
from sectors.calculation.periods import PeriodKey
from sectors.checks.facts import Facts
from sectors.checks.findings import HINT, CheckKind, Finding
from sectors.checks.messages import Message, Text
from sectors.checks.reported import ReportedFigure
from sectors.checks.specs import IndicatorSpec
from sectors.checks.templates import Template
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency

UNUSUAL = Decimal("3.5")  # modified z-score, after Iglewicz and Hoaglin
NORMAL = Decimal("0.6745")
CHANCE = 3  # standard deviations of what chance makes of a count
BACK, FEWEST = 8, 4  # periods
SEASONS = 3  # years back
TENTH, HALF, BEYOND = Decimal("0.1"), Decimal("0.5"), Decimal("1.5")
POINTS = Decimal(10)  # of a percentage, that are nothing unusual
FAR, TEN, STEADY, ENOUGH = 100, (Decimal(8), Decimal("12.5")), 2, 10
KIND_OF = {count: kind for kind, count in PERIODS_A_YEAR.items()}

# A value of the past, with the code of its period.
Past = Sequence[tuple[str, Decimal]]


def usual(facts: Facts, figure: ReportedFigure) -> Iterator[Finding]:
    """What the last eight periods say against a figure, or the annual ones where it has no others."""
    indicator = figure.indicator
    past, now = _past(facts, indicator.code), _of_period(facts, indicator.code, facts.now)
    assert now is not None
    is_nothing_done = indicator.accumulation in (Accumulation.FLOW, Accumulation.CUMULATIVE) and not now
    earlier = figure.value - now  # of a year-to-date figure
    low, high = (figure.low - earlier, figure.high - earlier) if figure.inexact else (now, now)
    if is_nothing_done or any(low <= value <= high for _code, value in past):
        return
    if len(past) >= FEWEST:
        if _is_far(indicator, now, [value for _code, value in past]) and not _is_of_season(facts, figure, now):
            yield _out_of_range(indicator, now, past)
            return
    elif (before := past or _annual(facts, indicator)) and _is_slip(indicator, now, [value for _code, value in before]):
        yield _slip(indicator, now, before)


def _past(facts: Facts, code: str) -> Past:
    """The latest eight figures of the last eight periods, in the order of time; for year-to-date figures what each
    period added. What was not applicable or not reported is none."""
    times = range(facts.now - BACK, facts.now)
    kind = KIND_OF[facts.a_year]
    known = ((time, _of_period(facts, code, time)) for time in times)
    return [(PeriodKey.at(kind, time).code, value) for time, value in known if value is not None]


def _annual(facts: Facts, indicator: IndicatorSpec) -> Past:
    """What a period had on average in years of which only the annual figure is known."""
    share = Decimal(facts.a_year) if _adds_up(indicator) else Decimal(1)
    return [
        (PeriodKey.at(Frequency.YEAR, year).code, value / share)
        for year, (value, _places) in sorted(facts.annual.get(indicator.code, {}).items())
        if value is not None and year < facts.now // facts.a_year
    ]


def _adds_up(indicator: IndicatorSpec) -> bool:
    return indicator.accumulation in (Accumulation.FLOW, Accumulation.CUMULATIVE)


def _of_period(facts: Facts, code: str, time: int) -> Decimal | None:
    """What a period had: of a year-to-date figure what it added or, where the period before is missing, its share of
    the year so far."""
    value, _places = facts.points.get(code, {}).get(time, (None, 0))
    added = facts.series.added(code, time)
    return value / (time % facts.a_year + 1) if added is None and value is not None else added


def _is_signed(indicator: IndicatorSpec) -> bool:
    return indicator.kind.minimum is None or indicator.kind.minimum < 0


def _is_far(indicator: IndicatorSpec, now: Decimal, values: Sequence[Decimal]) -> bool:
    """Whether it lies far from the middle, measured by the median of such distances, and well out of the range."""
    if not any(values):  # the first that is not 0 has nothing to be held against
        return False
    middle, low, high = median(values), min(values), max(values)
    spread = median(abs(value - middle) for value in values)
    if not spread:  # mostly the same: the others say how much it moves
        spread = sum((abs(value - middle) for value in values), ZERO) / len(values)
    chance = NORMAL * middle.sqrt() if indicator.exact and middle > 0 else ZERO
    spread = max(spread, Decimal(1) if indicator.is_percent else abs(middle) * TENTH, chance)
    return NORMAL * abs(now - middle) > UNUSUAL * spread and _is_out(indicator, now, low, high)


def _is_out(indicator: IndicatorSpec, now: Decimal, low: Decimal, high: Decimal) -> bool:
    """Whether it is out of the range by more than half of it, by more than half of itself, or than chance makes."""
    nearest = low if now < low else high
    if low <= now <= high:
        return False
    if indicator.is_percent:
        return abs(now - nearest) > max(POINTS, (high - low) * HALF)
    if _is_signed(indicator):
        return abs(now - nearest) > max((high - low) * HALF, abs(nearest) * HALF)
    if indicator.exact and (now - nearest) ** 2 <= CHANCE**2 * (now + nearest):
        return False
    least, most = sorted((now, nearest))
    return most > least * BEYOND


def _is_of_season(facts: Facts, figure: ReportedFigure, now: Decimal) -> bool:
    """Whether the same period of the years before had about the same."""
    if facts.a_year == 1:
        return False
    code = figure.indicator.code
    known = [_of_period(facts, code, facts.now - back * facts.a_year) for back in range(1, SEASONS + 1)]
    values = [value for value in known if value is not None]
    return bool(values) and not _is_out(figure.indicator, now, min(values), max(values))


def _is_slip(indicator: IndicatorSpec, now: Decimal, values: Sequence[Decimal]) -> bool:
    """Whether it is a hundred times what it was or more, or about ten times what was steady; or as much less."""
    known = [value for value in values if value > 0]
    if now <= 0 or len(known) < len(values) or indicator.is_percent or _is_signed(indicator):
        return False
    middle = median(known)
    least, most = sorted((now, middle))
    if most >= least * FAR:
        return not indicator.exact or most - least >= FAR
    is_steady = len(known) > 1 and max(known) <= min(known) * STEADY and (not indicator.exact or least >= ENOUGH)
    return is_steady and TEN[0] <= most / least <= TEN[1]


def _out_of_range(indicator: IndicatorSpec, now: Decimal, past: Past) -> Finding:
    values = [value for _code, value in past]
    shown = {"low": indicator.shown(min(values)), "high": indicator.shown(max(values))}
    return _finding(Template.OUT_OF_RANGE, indicator, now, past, **shown)


def _slip(indicator: IndicatorSpec, now: Decimal, past: Past) -> Finding:
    middle = median(value for _code, value in past)
    template = Template.TIMES_THE_PAST if now > middle else Template.FRACTION_OF_THE_PAST
    times = max(now, middle) / min(now, middle)
    return _finding(template, indicator, now, past, times=f"{times:,.0f}")


def _finding(template: Template, indicator: IndicatorSpec, now: Decimal, past: Past, **values: str) -> Finding:
    middle = median(value for _code, value in past)
    (first, _), (last, _) = past[0], past[-1]
    said: dict[str, Text] = {
        "name": indicator.name,
        "now": indicator.shown(now),
        "middle": indicator.shown(middle),
        "count": len(past),
        "periods": first if first == last else f"{first}–{last}",
        **values,
    }
    code = indicator.code
    return Finding(f"{CheckKind.PAST}:{code}", CheckKind.PAST, HINT, (code,), now, middle, Message(template, said))
