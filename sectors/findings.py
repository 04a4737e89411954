"""Gathers what `checks` needs from the database."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.translation import ngettext

from sectors.checks import WARNING, Finding, Known, Split, Written, check
from sectors.formulas import Book, compile_rule, definitions
from sectors.kinds import formatted
from sectors.models import Breakdown, BreakdownPart, Figure, Indicator, Rule, Submission
from sectors.models.submissions import FigureState
from sectors.querysets import breakdown_parts


def of_submission(submission: Submission) -> list[Finding]:
    """Findings over the figures of a submission; rules that name other sheets read those of the same period."""
    rows = (
        Figure.objects.filter(region=submission.region_id, submission__period=submission.period_id)
        .select_related("indicator__unit")
        .exclude(state=FigureState.BLANK)
    )
    reported: dict[str, Known] = {}
    absent: set[tuple[str, int]] = set()
    for figure in rows:
        if figure.value is None:
            absent.add((figure.indicator.code, 0))
        else:
            reported[figure.indicator.code] = known(figure.indicator, figure.value, figure.places)
    own = set(Indicator.objects.filter(sheet=submission.sheet_id).values_list("code", flat=True))
    found = [f for f in judge(reported, {}, absent, submission.period.last_day) if own & set(f.indicators)]
    return found + _against_registry(submission, reported)


def _against_registry(submission: Submission, reported: Mapping[str, Known]) -> list[Finding]:
    """Figures that are not what their registry counts: by choice of the department, or by a record that came late."""
    found = []
    for tally in submission.tallies.select_related("indicator").order_by("indicator__code"):
        figure = reported.get(tally.indicator.code)
        if figure is None or figure.value == tally.value:
            continue
        message = ngettext(
            "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d record). Correct the "
            "figure or the records, or say why they differ.",
            "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d records). Correct the "
            "figure or the records, or say why they differ.",
            tally.records,
        )
        words = {
            "name": tally.indicator.name,
            "value": formatted(figure.value, figure.places),
            "counted": formatted(tally.value, tally.indicator.decimals),
            "count": tally.records,
        }
        code = tally.indicator.code
        found.append(
            Finding(f"registry:{code}", "registry", WARNING, (code,), figure.value, tally.value, message % words)
        )
    return found


def judge(
    reported: Mapping[str, Known],
    last_year: Mapping[str, Decimal],
    absent: Collection[tuple[str, int]],
    day: datetime.date,
) -> list[Finding]:
    """Findings over reported figures by code, with the breakdowns and the rules valid on the day."""
    parts = breakdown_parts(Breakdown.objects.all())
    entered: dict[tuple[str, int], Decimal | None] = {(code, 0): figure.value for code, figure in reported.items()}
    entered |= {(code, 1): value for code, value in last_year.items()}
    book = Book(definitions(Indicator.objects.values_list("code", "unit__scale", "formula"), parts), entered, absent)
    rules = Rule.objects.in_force(day)
    written = [Written(r.code, compile_rule(r.expression, parts), r.severity, r.message) for r in rules]
    return check(reported, book, _splits(), written)


def known(indicator: Indicator, value: Decimal, places: int) -> Known:
    """A figure as the checks want it; `indicator` with its `unit` fetched."""
    unit = indicator.unit
    exact = indicator.decimals == 0 and not unit.is_percent
    return Known(indicator.code, indicator.name, value, places, unit.scale, unit.name, exact)


def _splits() -> list[Split]:
    """Breakdowns of entered totals; a computed total cannot differ from its parts."""
    members = Prefetch("memberships", BreakdownPart.objects.select_related("indicator"))
    breakdowns = Breakdown.objects.filter(total__formula="").select_related("total").prefetch_related(members)
    return [
        Split(b.total.code, b.name, b.exhaustive, [m.indicator.code for m in b.memberships.all()]) for b in breakdowns
    ]
