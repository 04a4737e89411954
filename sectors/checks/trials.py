"""Tries a rule on the past, before it is switched on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sectors.calculation.cells import WIDE
from sectors.calculation.formulas import compile_rule
from sectors.calculation.periods import PeriodKey
from sectors.checks import folding
from sectors.checks.engine import Rulebook, check
from sectors.checks.findings import Finding
from sectors.checks.reported import Inexact, InexactFigures, Point
from sectors.checks.rulebooks import PeriodChecks, Rulebooks, rulebooks
from sectors.checks.specs import RuleSpec
from sectors.checks.written import RuleCheck
from sectors.models import Figure, Period, Rule, Submission
from sectors.vocabulary import FigureState, SubmissionStatus

FINEST = Decimal("1e-6")


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
    comparison = compile_rule(rule.expression, known.catalogue.parts, known.catalogue.units)
    written = RuleCheck(RuleSpec(rule.code, comparison, rule.severity, rule.message, rule.missing))
    rulebook = Rulebook(known.indicators, [], [written.spec])
    reads = frozenset(code for code, _moment in rulebook.names([written]))
    trial = Trial()
    for figures in _by_region([known.catalogue.by_code[code].pk for code in reads]).values():
        points, inexact = _points(figures, known.catalogue.codes), _inexact(figures, known)
        for period, submission in _judgeable(figures).items():
            if not known.fits(written, reads, period):
                continue
            judged = PeriodChecks(period, rulebook, [written], known.folded([(written, reads)], period))
            facts = folding.facts(known, points, judged, folding.gathered(known, points, judged, inexact), ())
            if written.sides(facts) is None:
                continue
            trial.judged[period.year] += 1
            found = [finding for finding in check(facts, rulebook, [written]) if finding.rule == rule.code]
            trial.cases += [Case(submission.period, submission, finding) for finding in found]
    trial.cases.sort(key=lambda case: case.period.due, reverse=True)
    return trial


def _by_region(indicators: Sequence[int]) -> dict[int, list[Figure]]:
    """Accepted figures by region."""
    rows = (
        Figure.objects.filter(indicator__in=indicators, submission__status=SubmissionStatus.ACCEPTED)
        .exclude(state=FigureState.BLANK)
        .select_related("submission__period__region", "submission__sheet", "submission__department")
        .order_by("region", "submission__sheet__number", "pk")
    )
    found: dict[int, list[Figure]] = {}
    for figure in rows:
        found.setdefault(figure.region_id, []).append(figure)
    return found


def _points(figures: Sequence[Figure], codes: Mapping[int, str]) -> folding.ByKind:
    points: dict[str, dict[str, dict[int, Point]]] = {}
    for figure in figures:
        period = figure.submission.period.key
        times = points.setdefault(period.kind, {}).setdefault(codes[figure.indicator_id], {})
        times[period.ordinal] = (figure.value, figure.places)
    return points


def _inexact(figures: Sequence[Figure], known: Rulebooks) -> Mapping[str, InexactFigures]:
    found: dict[str, dict[str, dict[int, Inexact]]] = {}
    for figure in figures:
        if figure.value is not None and figure.qualifier:
            row = known.catalogue.by_code[known.catalogue.codes[figure.indicator_id]]
            period = figure.submission.period.key
            times = found.setdefault(period.kind, {}).setdefault(row.code, {})
            times[period.ordinal] = Inexact.of_cell(figure.cell, row.kind)
    return dict(found)


def _judgeable(figures: Sequence[Figure]) -> dict[PeriodKey, Submission]:
    """By period, a submission whose figures the rule reads."""
    found: dict[PeriodKey, Submission] = {}
    for figure in figures:
        found.setdefault(figure.submission.period.key, figure.submission)
    return found


def _short(value: Decimal | None) -> str:
    """Without the zeros and the exponent of a Decimal."""
    return "" if value is None else f"{value.quantize(FINEST, context=WIDE).normalize():f}"
