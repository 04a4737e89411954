"""Gathers what `checks` needs from the database: one query for the figures, whatever their number."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import replace

from django.db.models import F, Q, QuerySet
from django.utils.translation import ngettext

from sectors.checks import Facts, Finding, Rulebook, check, plain
from sectors.comparisons import POINTS_BACK
from sectors.facts import WARNING, Point, Points
from sectors.kinds import formatted
from sectors.models import Figure, Period, Region, Submission
from sectors.models.submissions import PERIODS_A_YEAR, FigureState
from sectors.rulebooks import Catalogue, catalogue

# By kind of period: figures by code and time.
ByKind = dict[str, dict[str, dict[int, Point]]]
FIELDS = ("indicator", "submission__period__kind", "submission__period__year", "submission__period__number")


def of_submission(submission: Submission, *, with_gaps: bool = False) -> list[Finding]:
    """Findings over the figures of a submission (`period` fetched); rules that name other sheets read those of the
    same period. `with_gaps` adds what is missing, as asked for when it is submitted."""
    known, period = catalogue(), submission.period
    rulebook = known.rulebook(period.last_day)
    scope = known.scope(rulebook, submission.sheet_id, period.last_day)
    rows = _figures(submission.region_id, period).filter(indicator__sheet__in=scope.sheets)
    facts = _facts(known, _by_kind(known, rows), period, scope.codes)
    found = check(facts, rulebook, scope.checks, with_gaps=with_gaps)
    own = [finding for finding in found if not scope.codes.isdisjoint(finding.indicators)]
    return own + list(_against_registry(submission))


def _against_registry(submission: Submission) -> Iterator[Finding]:
    """Figures that are not what their registry counts: by choice of the department, or by a record that came late."""
    tallies = submission.tallies.select_related("indicator").order_by("indicator__code")
    same = tallies.filter(indicator__figures__submission=submission.pk, indicator__figures__value__isnull=False)
    for tally in same.annotate(said=F("indicator__figures__value")).exclude(said=F("value")):
        indicator = tally.indicator
        message = ngettext(
            "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d record). Correct the "
            "figure or the records, or say why they differ.",
            "%(name)s: the sheet says %(value)s, the registry counts %(counted)s (%(count)d records). Correct the "
            "figure or the records, or say why they differ.",
            tally.records,
        )
        words = {
            "name": indicator.name,
            "value": formatted(tally.said, indicator.decimals),
            "counted": formatted(tally.value, indicator.decimals),
            "count": tally.records,
        }
        rule, code = f"registry:{indicator.code}", indicator.code
        yield Finding(rule, "registry", WARNING, (code,), tally.said, tally.value, message % words)


def of_cells(submission: Submission, codes: Collection[str]) -> list[Finding]:
    """Findings of a submission that a few of its cells stand in, at little cost while nothing is wrong."""
    known, period = catalogue(), submission.period
    rulebook = known.rulebook(period.last_day)
    checks = rulebook.touching(codes)
    read = {code for code, _moment in rulebook.names(checks)} | set(codes)
    rows = _figures(submission.region_id, period).filter(indicator__in=[known.keys[code] for code in read])
    facts = _facts(known, _by_kind(known, rows), period, {code for code in read if _moves(rulebook, code, codes)})
    if not plain(facts, rulebook, checks):
        return []
    return [finding for finding in of_submission(submission) if not set(codes).isdisjoint(finding.indicators)]


def of_year(region: Region, year: int) -> list[Finding]:
    """Findings over every accepted figure of a region's year, period by period, each with the code of its period."""
    known = catalogue()
    rows = Figure.objects.filter(region=region, submission__status=Submission.Status.ACCEPTED)
    rows = rows.filter(submission__period__year__range=(year - POINTS_BACK, year))
    figures = _by_kind(known, rows)
    return [finding for period in _periods(figures, region, year) for finding in _of_period(known, figures, period)]


def of_points(points: Points, day: datetime.date) -> list[Finding]:
    """Findings over annual values by code and time: 0 for the year at hand, -1 for the year before."""
    known = catalogue()
    return check(Facts(known.traits, points), known.rulebook(day))


def _of_period(known: Catalogue, figures: ByKind, period: Period) -> Iterator[Finding]:
    facts = _facts(known, figures, period, None)
    for finding in check(facts, known.rulebook(period.last_day)):
        yield replace(finding, period=period.code)


def _periods(figures: ByKind, region: Region, year: int) -> list[Period]:
    """The year's periods that have any figure, in the order of time."""
    times = {(kind, time) for kind, codes in figures.items() for points in codes.values() for time in points}
    periods = [
        Period(region=region, year=year, kind=kind, number=time % PERIODS_A_YEAR[kind] + 1)
        for kind, time in times
        if time // PERIODS_A_YEAR[kind] == year
    ]
    return sorted(periods, key=lambda period: (period.last_day, PERIODS_A_YEAR[period.kind]))


def _figures(region: int, period: Period) -> QuerySet[Figure]:
    """The figures of a period and of those before it that it is compared with."""
    back = -(-POINTS_BACK // PERIODS_A_YEAR[period.kind])
    same = Q(submission__period__kind=period.kind, submission__period__year__range=(period.year - back, period.year))
    beside = Q(submission__period__year=period.year) if period.kind == "year" else Q()
    return Figure.objects.filter(same | beside if beside else same, region=region)


def _by_kind(known: Catalogue, rows: QuerySet[Figure]) -> ByKind:
    found: ByKind = {}
    filled = rows.exclude(state=FigureState.BLANK).order_by()
    for pk, kind, year, number, value, places in filled.values_list(*FIELDS, "value", "places"):
        times = found.setdefault(kind, {}).setdefault(known.codes[pk], {})
        times[year * PERIODS_A_YEAR[kind] + number - 1] = (value, places)
    return found


def _facts(known: Catalogue, figures: ByKind, period: Period, scope: Collection[str] | None) -> Facts:
    a_year = PERIODS_A_YEAR[period.kind]
    points = figures.get(period.kind, {})
    return Facts(
        known.traits,
        points,
        now=period.year * a_year + period.number - 1,
        a_year=a_year,
        scope=scope,
        periods={code: _of_periods(known, figures, code, period.year) for code in points if period.kind == "year"},
    )


def _of_periods(known: Catalogue, figures: ByKind, code: str, year: int) -> list[Point | None]:
    """The figures of the year's periods, in their order, of a sheet that is reported more often than once a year."""
    frequency = known.frequencies[code]
    count = PERIODS_A_YEAR[frequency]
    times = figures.get(frequency, {}).get(code, {}) if count > 1 else {}
    return [times.get(time) for time in range(year * count, (year + 1) * count)]


def _moves(rulebook: Rulebook, code: str, codes: Collection[str]) -> bool:
    """Whether a figure is one of the codes, or computed from one of them."""
    formula = rulebook.traits[code].formula
    return code in codes or (formula is not None and any(_moves(rulebook, name, codes) for name in formula.codes))
