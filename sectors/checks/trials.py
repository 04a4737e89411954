"""Tries a rule on the past, before it is switched on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sectors.calculation.formulas import compile_rule
from sectors.checks.arithmetic import RuleCheck
from sectors.checks.engine import Rulebook, check
from sectors.checks.facts import Facts, Finding, Point, RuleSpec
from sectors.checks.rulebooks import rulebooks
from sectors.models import Figure, Period, Rule, Submission
from sectors.vocabulary import PERIODS_A_YEAR, FigureState, SubmissionStatus

FINEST = Decimal("1e-6")
Course = tuple[int, str]  # region and kind of period


@dataclass(frozen=True)
class Case:
    """A finding that the rule would have raised, and a submission that it is about."""

    period: Period
    submission: Submission
    finding: Finding

    @property
    def declared(self) -> str:
        return _short(self.finding.declared)

    @property
    def expected(self) -> str:
        return _short(self.finding.expected)


@dataclass
class Trial:
    """What a rule would have said of the accepted figures, and in how many periods of a year it could judge."""

    judged: Counter[int] = field(default_factory=Counter)
    cases: list[Case] = field(default_factory=list)

    @property
    def years(self) -> list[tuple[int, int, int]]:
        """(year, findings, periods judged), the latest first."""
        found = Counter(case.period.year for case in self.cases)
        return [(year, found[year], self.judged[year]) for year in sorted(self.judged, reverse=True)]


def against_the_past(rule: Rule) -> Trial:
    """Try a rule, stored or not, on all accepted figures. The number of queries is fixed. Raises FormulaError."""
    known = rulebooks()
    comparison = compile_rule(rule.expression, known.catalogue.parts)
    written = RuleSpec(rule.code, comparison, rule.severity, rule.message, rule.missing)
    rulebook = Rulebook(known.indicators, [], [written])
    read = {code for code, _moment in rulebook.names([RuleCheck(written)])}
    trial = Trial()
    for (_region, kind), figures in _courses([known.catalogue.by_code[code].pk for code in read]).items():
        points = _points(figures, known.catalogue.codes)
        for time, submission in _judgeable(figures).items():
            facts = Facts(known.indicators, points, now=time, a_year=PERIODS_A_YEAR[kind], scope=())
            if RuleCheck(written).sides(facts) is None:
                continue
            trial.judged[submission.period.year] += 1
            found = [finding for finding in check(facts, rulebook, [RuleCheck(written)]) if finding.rule == rule.code]
            trial.cases += [Case(submission.period, submission, finding) for finding in found]
    trial.cases.sort(key=lambda case: case.period.due, reverse=True)
    return trial


def _courses(indicators: Sequence[int]) -> dict[Course, list[Figure]]:
    """Accepted figures by region and kind of period."""
    rows = (
        Figure.objects.filter(indicator__in=indicators, submission__status=SubmissionStatus.ACCEPTED)
        .exclude(state=FigureState.BLANK)
        .select_related("submission__period__region", "submission__sheet", "submission__department")
        .order_by("region", "submission__sheet__number", "pk")
    )
    found: dict[Course, list[Figure]] = {}
    for figure in rows:
        found.setdefault((figure.region_id, figure.submission.period.kind), []).append(figure)
    return found


def _points(figures: Sequence[Figure], codes: Mapping[int, str]) -> dict[str, dict[int, Point]]:
    points: dict[str, dict[int, Point]] = {}
    for figure in figures:
        times = points.setdefault(codes[figure.indicator_id], {})
        times[figure.submission.period.key.ordinal] = (figure.value, figure.places)
    return points


def _judgeable(figures: Sequence[Figure]) -> dict[int, Submission]:
    """By time, a submission whose figures the rule reads."""
    found: dict[int, Submission] = {}
    for figure in figures:
        found.setdefault(figure.submission.period.key.ordinal, figure.submission)
    return found


def _short(value: Decimal | None) -> str:
    """Without the zeros and the exponent of a Decimal."""
    return "" if value is None else f"{value.quantize(FINEST).normalize():f}"
