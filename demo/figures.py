"""Illustrative figures of the years after the real one: the first made from it, the next from the first.

Nothing here is random: every variation comes from a hash of the indicator's code and of the year, so that two
machines show the same figures.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from demo.years import HISTORY
from sectors.calculation.cells import rounded
from sectors.calculation.formulas import Formula, compile_formula, compile_rule
from sectors.models import (
    Breakdown,
    Figure,
    Indicator,
    Period,
    Region,
    Rule,
    Submission,
    Unit,
)
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, FigureState, Frequency, SubmissionStatus

# What 2022 left open and no declared rate tells: last year's level, in the indicator's unit.
STARTING = {
    "livestock.slaughter.entered": "12600",
    "water.air.days": "365",
    "hydraulic.assessment.unit.done": "4",
    "hydraulic.assessment.unit.good": "3",
    "hydraulic.assessment.division.done": "24",
    "hydraulic.assessment.element.done": "480",
    "transport.key_points": "105",
}
# How many of the year fall short where 2022 declared 100 %: a year without a single failure shows nothing.
SHORTFALLS = {
    "agri.risk.passed": "2",
    "agri.rapid.passed": "46",
    "livestock.clenbuterol.passed": "3",
    "food.kinds.vegetable.passed": "2",
    "food.canteen.tableware.passed": "1",
    "water.air.good": "7",
    "hydraulic.points_passed": "1",
    "tourism.opinions_closed": "2",
}
# Samples are only taken when a round is held, so they follow the rounds.
ROUNDS = {
    "agri.risk.samples": "agri.risk.times",
    "agri.routine.samples": "agri.routine.times",
    "agri.festival.samples": "agri.festival.times",
    "livestock.assist.samples": "livestock.assist.times",
    "livestock.risk.samples": "livestock.risk.times",
    "livestock.drugs.samples": "livestock.drugs.times",
    "livestock.drugs.trainees": "livestock.drugs.trainings",
}
# The same in every period, as in 2022. So are percentages and averages.
STEADY = frozenset({"tourism.visitors_task", "tourism.income_task", "drugs.population"})
CALENDAR_DAYS = "water.air.days"
DAYS_OF_A_YEAR = 365
# How much of a year is done at its start and after each quarter.
SEASON = tuple(map(Decimal, ("0", "0.25", "0.53", "0.8", "1")))
PROGRESS = tuple(map(Decimal, ("0", "0.5", "0.75", "0.95", "1")))
LEVEL = tuple(map(Decimal, ("0", "0.5", "1", "1", "1")))
# Growth of a year and how far it varies from one indicator to another.
GROWTH: dict[str, tuple[Decimal, Decimal]] = {
    Accumulation.FLOW: (Decimal("1.08"), Decimal("0.06")),
    Accumulation.CUMULATIVE: (Decimal("1.04"), Decimal("0.03")),
    Accumulation.STOCK: (Decimal("1.02"), Decimal("0.02")),
}
CODE = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+"
RATIO = re.compile(rf"({CODE}) / ({CODE})")
SUM = re.compile(rf"({CODE}(?: \+ {CODE})*) == ({CODE})")
BOUND = re.compile(rf"({CODE}) (?:<=|>=) .+")


@dataclass(frozen=True)
class Span:
    """A period as the part of its year from `start` to `end` (0 to 1), and how many days it has."""

    start: Decimal
    end: Decimal
    days: int


class IllustrativeYear:
    """Figures of a region's year that agree with one another. Values are in base units unless said otherwise.

    Totals are computed first and divided among their parts; numerators of rates follow their denominators at
    last year's distance; what is left varies by itself, within the bounds of the catalogue's rules. Years of another
    `pattern` have other figures, from the same year before the first.
    """

    def __init__(self, region: Region, year: int, before: IllustrativeYear | None = None, *, pattern: int = 0) -> None:
        self.year, self.pattern = year, pattern
        self.indicators = {i.code: i for i in Indicator.objects.select_related("unit")}
        parts = Breakdown.objects.part_codes()
        self.units = Unit.objects.by_name()
        formulas = {code: i.formula for code, i in self.indicators.items() if i.formula}
        self.formulas = {code: compile_formula(text, parts, self.units) for code, text in formulas.items()}
        self.last = before.whole() if before else self._declared(region)
        self.leads = self._leads()
        self.within: dict[str, str] = {}  # part -> total that it is one of
        self.sums: dict[str, list[str]] = {}  # total -> parts that make it
        self.share_of: dict[str, tuple[str, list[str]]] = {}  # part -> total that it is cut from, all its parts
        self.bounds: dict[str, list[tuple[str, Formula]]] = {}
        self._read_breakdowns()
        self._read_rules(parts)
        self.known: dict[tuple[str, Span], Decimal | None] = {}

    def texts(self, submission: Submission, period: Period) -> dict[str, str]:
        """What the clerk types: by code, in the order of the sheet."""
        span = _span(period)
        rows = Indicator.objects.filter(sheet=submission.sheet_id, formula="").valid_on(period.last_day)
        found: dict[str, str] = {}
        for code in rows.order_by("table__position", "row", "column").values_list("code", flat=True):
            value = self.value(code, span)
            if value is not None:
                indicator = self.indicators[code]
                found[code] = f"{value / indicator.unit.scale:.{indicator.decimals}f}"
        return found

    def value(self, code: str, span: Span) -> Decimal | None:
        key = (code, span)
        if key not in self.known:
            self.known[key] = None  # stands while a circle is being read
            self.known[key] = self._compute(code, span)
        return self.known[key]

    def whole(self) -> dict[str, Decimal]:
        """The year's annual figures by code, without what formulas compute."""
        span = Span(Decimal(0), Decimal(1), DAYS_OF_A_YEAR)
        values = {code: self.value(code, span) for code in self.indicators if code not in self.formulas}
        return {code: value for code, value in values.items() if value is not None}

    # What the year before and the catalogue say

    def _declared(self, region: Region) -> dict[str, Decimal]:
        """The real year's annual figures by code; what it declared a rate for but did not give is worked out of it."""
        rows = Figure.objects.filter(
            region=region,
            state=FigureState.NUMBER,
            submission__status=SubmissionStatus.ACCEPTED,
            submission__period__year=HISTORY,
            submission__period__kind=Frequency.YEAR,
        ).values_list("indicator__code", "value")
        given = {code: value * self.indicators[code].unit.scale for code, value in rows if value is not None}
        last = {code: value for code, value in given.items() if code not in self.formulas}
        for code, text in STARTING.items():
            if code in self.indicators:
                last.setdefault(code, Decimal(text) * self.indicators[code].unit.scale)
        for code, (top, bottom) in self._ratios().items():
            rate, whole = given.get(code), self._of(last, bottom)
            if rate is not None and top not in last and top not in self.formulas and whole is not None:
                last[top] = self._round(top, rate * whole)
            elif rate and whole is None and bottom not in self.formulas and top in last:
                last[bottom] = self._round(bottom, last[top] / rate)
        return last

    def _of(self, last: Mapping[str, Decimal], code: str) -> Decimal | None:
        if code in self.formulas:
            return self.formulas[code].evaluate(lambda name, _back, _in_sum: self._of(last, name))
        return last.get(code)

    def _ratios(self) -> dict[str, tuple[str, str]]:
        """Plain rates: code -> numerator, denominator."""
        found = {code: RATIO.fullmatch(formula.text) for code, formula in self.formulas.items()}
        return {code: (match[1], match[2]) for code, match in found.items() if match}

    def _leads(self) -> dict[str, str]:
        """Numerators that lie within their denominators and move with them: numerator -> denominator."""
        leads = {}
        for top, bottom in self._ratios().values():
            part, whole = self._of(self.last, top), self._of(self.last, bottom)
            alike = self.indicators[top].accumulation == self.indicators[bottom].accumulation
            if alike and top not in self.formulas and part is not None and whole is not None and part <= whole:
                leads[top] = bottom
        return leads

    def _read_breakdowns(self) -> None:
        groups: list[tuple[str, list[str]]] = []
        breakdowns = Breakdown.objects.select_related("total").order_by("total__code", "position")
        for breakdown in breakdowns.prefetch_related("memberships__indicator"):
            parts = [member.indicator.code for member in breakdown.memberships.all()]
            if not breakdown.exhaustive:
                self.within |= dict.fromkeys(parts, breakdown.total.code)
            elif breakdown.total.code not in self.formulas:
                groups.append((breakdown.total.code, parts))
        for expression in Rule.objects.order_by("code").values_list("expression", flat=True):
            match = SUM.fullmatch(expression)
            if match:
                groups.append((match[2], match[1].split(" + ")))
        for total, parts in groups:
            for part in parts:
                if self.leads.get(part) == total:
                    del self.leads[part]  # a share of its own total leads nowhere
        for total, parts in groups:
            self._read_group(total, parts)

    def _read_group(self, total: str, parts: list[str]) -> None:
        if all(part in self.leads for part in parts):
            self.sums[total] = parts
        else:
            for part in parts:
                self.share_of.setdefault(part, (total, parts))

    def _read_rules(self, parts: Mapping[str, list[str]]) -> None:
        for expression in Rule.objects.order_by("code").values_list("expression", flat=True):
            match = BOUND.fullmatch(expression)
            if match:
                rule = compile_rule(expression, parts, self.units)
                self.bounds.setdefault(match[1], []).append((rule.relation, rule.right))

    # The figures of the year

    def _compute(self, code: str, span: Span) -> Decimal | None:
        if code in self.formulas:
            return self._evaluate(self.formulas[code], span)
        if code in self.share_of:
            return self._share(code, span)
        if code in self.sums:
            values = [self.value(part, span) for part in self.sums[code]]
            return sum((value for value in values if value is not None), Decimal(0))
        if code == CALENDAR_DAYS:
            return Decimal(span.days)
        if code not in self.last:
            return None
        value = self._behind(code, span) if code in self.leads else self._own(code, span)
        return self._bounded(code, value, span)

    def _evaluate(self, formula: Formula, span: Span) -> Decimal | None:
        return formula.evaluate(lambda code, back, _in_sum: self.last.get(code) if back else self.value(code, span))

    def _own(self, code: str, span: Span) -> Decimal:
        return self._moved(code, self.last[code], self.last[code] * self._growth(code), span)

    def _behind(self, code: str, span: Span) -> Decimal:
        """The denominator less what falls short of it."""
        whole = self.value(self.leads[code], span) or Decimal(0)
        gap = (self._of(self.last, self.leads[code]) or Decimal(0)) - self.last[code]
        new = gap * self._growth(code)
        if code in SHORTFALLS:
            new = Decimal(SHORTFALLS[code]) * self.indicators[code].unit.scale
        return max(whole - self._moved(code, gap, new, span), Decimal(0))

    def _moved(self, code: str, old: Decimal, new: Decimal, span: Span) -> Decimal:
        """How much of a year's amount falls to the period, or where a level has come on its way from old to new."""
        accumulation = self.indicators[code].accumulation
        if accumulation == Accumulation.FLOW:
            year = self._round(code, new)
            done = self._round(code, year * self._season(code, span.start))
            return self._round(code, year * self._season(code, span.end)) - done
        if accumulation == Accumulation.CUMULATIVE:
            return self._round(code, new * _between(PROGRESS, span.end))
        return self._round(code, old + (new - old) * _between(LEVEL, span.end))

    def _season(self, code: str, moment: Decimal) -> Decimal:
        """Share of the year's flow that is done at a moment."""
        root = self._root(code)
        rounds = ROUNDS.get(root, "")
        if rounds in self.last:
            year = self._round(rounds, self.last[rounds] * self._growth(rounds))
            return self._round(rounds, year * self._season(rounds, moment)) / year if year else Decimal(0)
        inner = [share + self._noise(root, n) * Decimal("0.015") for n, share in enumerate(SEASON[1:-1])]
        return _between((SEASON[0], *inner, SEASON[-1]), moment)

    def _growth(self, code: str) -> Decimal:
        """Growth over the year; one for a total and for what moves with it, so that shares keep their size."""
        indicator = self.indicators[code]
        if code in STEADY or indicator.unit.is_percent or indicator.accumulation not in GROWTH:
            return Decimal(1)
        mean, width = GROWTH[indicator.accumulation]
        return mean + width * self._noise(self._root(code), self.year)

    def _noise(self, *words: object) -> Decimal:
        return _noise(*words, self.pattern) if self.pattern else _noise(*words)

    def _root(self, code: str) -> str:
        above = self.within.get(code) or self.leads.get(code)
        return self._root(above) if above else code

    def _bounded(self, code: str, value: Decimal, span: Span) -> Decimal:
        """Within its total and the rules about it, on the near side of the last decimal."""
        total = self.value(self.within[code], span) if code in self.within else None
        limits = [(relation, self._evaluate(right, span)) for relation, right in self.bounds.get(code, [])]
        for relation, limit in [("<=", total), *limits]:
            if limit is not None and relation == "<=":
                value = min(value, self._to_step(code, limit, ROUND_FLOOR))
            elif limit is not None:
                value = max(value, self._to_step(code, limit, ROUND_CEILING))
        return value

    def _share(self, code: str, span: Span) -> Decimal | None:
        """The part's share of its total, at last year's proportions; all parts together make the total exactly."""
        total, parts = self.share_of[code]
        whole = self.value(total, span)
        if whole is None:
            return None
        # A part that makes another total as well is settled there.
        whole -= sum(
            (self.value(part, span) or Decimal(0) for part in parts if self.share_of[part][0] != total), Decimal(0)
        )
        parts = [part for part in parts if self.share_of[part][0] == total]
        weights = {part: self.last.get(part, Decimal(0)) for part in parts}
        weight = sum(weights.values(), Decimal(0))
        exact = {part: whole * weights[part] / weight if weight else Decimal(0) for part in parts}
        finest = min(map(self._step, parts))
        fine = [part for part in parts if self._step(part) == finest]
        shares = {part: self._round(part, exact[part]) for part in parts}
        shares |= {part: self._to_step(part, exact[part], ROUND_FLOOR) for part in fine}
        rest = int((whole - sum(shares.values(), Decimal(0))) / finest)
        if 0 <= rest < len(fine):
            for part in sorted(fine, key=lambda p: shares[p] - exact[p])[:rest]:
                shares[part] += finest
        else:
            shares[max(fine, key=lambda p: weights[p])] += rest * finest
        return shares[code]

    def _step(self, code: str) -> Decimal:
        indicator = self.indicators[code]
        return Decimal(1).scaleb(-indicator.decimals) * indicator.unit.scale

    def _to_step(self, code: str, value: Decimal, rounding: str) -> Decimal:
        return (value / self._step(code)).to_integral_value(rounding=rounding) * self._step(code)

    def _round(self, code: str, value: Decimal) -> Decimal:
        indicator = self.indicators[code]
        return rounded(value / indicator.unit.scale, indicator.decimals) * indicator.unit.scale


def _span(period: Period) -> Span:
    size = Decimal(1) / PERIODS_A_YEAR[period.kind]
    first = period.key.first_day
    return Span((period.number - 1) * size, period.number * size, (period.last_day - first).days + 1)


def _between(points: tuple[Decimal, ...], moment: Decimal) -> Decimal:
    """The value at a moment from 0 to 1 of a curve given at equal distances."""
    place = moment * (len(points) - 1)
    before = min(int(place), len(points) - 2)
    return points[before] + (points[before + 1] - points[before]) * (place - before)


def _noise(*words: object) -> Decimal:
    """Between -1 and 1, always the same for the same words."""
    digest = hashlib.sha256(" ".join(map(str, words)).encode()).digest()
    return Decimal(int.from_bytes(digest[:4], "big")) / 2**31 - 1
