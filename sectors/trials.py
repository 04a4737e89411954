"""Tries a rule on the past, before it is switched on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sectors.checks import Finding, Written, check
from sectors.findings import known
from sectors.formulas import Book, Definition, compile_rule, definitions
from sectors.models import Breakdown, Figure, Indicator, Period, Rule, Submission
from sectors.models.submissions import FigureState
from sectors.querysets import breakdown_parts

FINEST = Decimal("1e-6")
Moment = tuple[int, str, int, int]  # region, kind and number of the period, year


@dataclass(frozen=True)
class Case:
    """A finding that the rule would have raised, and a submission that it is about."""

    period: Period
    submission: Submission
    finding: Finding

    @property
    def left(self) -> str:
        return _short(self.finding.declared)

    @property
    def right(self) -> str:
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
    parts = breakdown_parts(Breakdown.objects.all())
    written = Written(rule.code, compile_rule(rule.expression, parts), rule.severity, rule.message)
    every = definitions(Indicator.objects.values_list("code", "unit__scale", "formula"), parts)
    moments = _moments(_read_by(written, every))
    trial = Trial()
    for (region, kind, number, year), figures in moments.items():
        book = _book(every, figures, moments.get((region, kind, number, year - 1), []))
        sides = (written.comparison.left, written.comparison.right)
        if any(side.evaluate(book.base) is None for side in sides):
            continue
        trial.judged[year] += 1
        reported = {f.indicator.code: known(f.indicator, f.value, f.places) for f in figures if f.value is not None}
        submission = figures[0].submission
        found = [finding for finding in check(reported, book, [], [written]) if finding.rule == rule.code]
        trial.cases += [Case(submission.period, submission, finding) for finding in found]
    return trial


def _read_by(written: Written, every: Mapping[str, Definition]) -> set[str]:
    """Codes that the rule names, and those that their formulas name."""
    found: set[str] = set()
    waiting = list(written.comparison.codes)
    while waiting:
        code = waiting.pop()
        if code in every and code not in found:
            found.add(code)
            formula = every[code].formula
            waiting += formula.codes if formula else ()
    return found


def _moments(codes: set[str]) -> dict[Moment, list[Figure]]:
    """Accepted figures by region and period, the latest first."""
    rows = (
        Figure.objects.filter(indicator__code__in=codes, submission__status=Submission.Status.ACCEPTED)
        .exclude(state=FigureState.BLANK)
        .select_related("indicator__unit", "submission__period__region", "submission__sheet", "submission__department")
        .order_by("-submission__period__due", "region", "submission__sheet__number", "pk")
    )
    found: dict[Moment, list[Figure]] = {}
    for figure in rows:
        period = figure.submission.period
        found.setdefault((figure.region_id, period.kind, period.number, period.year), []).append(figure)
    return found


def _book(every: Mapping[str, Definition], figures: Sequence[Figure], year_before: Sequence[Figure]) -> Book:
    entered: dict[tuple[str, int], Decimal | None] = {}
    for back, rows in enumerate((figures, year_before)):
        entered |= {(figure.indicator.code, back): figure.value for figure in rows}
    return Book(every, entered, {(figure.indicator.code, 0) for figure in figures if figure.value is None})


def _short(value: Decimal | None) -> str:
    """Without the zeros and the exponent of a Decimal."""
    return "" if value is None else f"{value.quantize(FINEST).normalize():f}"
