"""Gathers what `checks` needs for one submission."""

from __future__ import annotations

from decimal import Decimal

from sectors.checks import Finding, Known, Split, Written, check
from sectors.formulas import Book, compile_rule, definitions
from sectors.models import Breakdown, BreakdownPart, Figure, Indicator, Rule, Submission
from sectors.models.submissions import FigureState
from sectors.querysets import breakdown_parts, valid_between


def of_submission(submission: Submission) -> list[Finding]:
    """Findings over the figures of a submission; rules that name other sheets read those of the same period."""
    rows = (
        Figure.objects.filter(region=submission.region_id, submission__period=submission.period_id)
        .select_related("indicator__unit")
        .exclude(state=FigureState.BLANK)
    )
    known: dict[str, Known] = {}
    absent: set[tuple[str, int]] = set()
    for figure in rows:
        if figure.value is None:
            absent.add((figure.indicator.code, 0))
        else:
            known[figure.indicator.code] = _known(figure.indicator, figure.value, figure.places)
    parts = breakdown_parts(Breakdown.objects.all())
    book = Book(
        definitions(Indicator.objects.values_list("code", "unit__scale", "formula"), parts),
        {(code, 0): figure.value for code, figure in known.items()},
        absent,
    )
    own = set(Indicator.objects.filter(sheet=submission.sheet_id).values_list("code", flat=True))
    found = check(known, book, _splits(submission), _written(submission, parts))
    return [finding for finding in found if own & set(finding.indicators)]


def _known(indicator: Indicator, value: Decimal, places: int) -> Known:
    unit = indicator.unit
    exact = indicator.decimals == 0 and not unit.is_percent
    return Known(indicator.code, indicator.name, value, places, unit.scale, unit.name, exact)


def _splits(submission: Submission) -> list[Split]:
    """Breakdowns of the sheet's entered totals; a computed total cannot differ from its parts."""
    members: dict[int, list[str]] = {}
    breakdowns = Breakdown.objects.filter(total__sheet=submission.sheet_id, total__formula="")
    for breakdown, code in BreakdownPart.objects.filter(breakdown__in=breakdowns).values_list(
        "breakdown", "indicator__code"
    ):
        members.setdefault(breakdown, []).append(code)
    return [
        Split(b.total.code, b.name, b.exhaustive, members.get(b.pk, [])) for b in breakdowns.select_related("total")
    ]


def _written(submission: Submission, parts: dict[str, list[str]]) -> list[Written]:
    rules = Rule.objects.filter(valid_between(submission.period.last_day))
    return [Written(r.code, compile_rule(r.expression, parts), r.severity, r.message) for r in rules]
