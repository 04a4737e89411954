"""Gathers what `checks` needs from the database: one query for the figures, whatever their number."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from django.db.models import F, Q

from sectors.calculation.cells import formatted
from sectors.calculation.periods import PeriodKey
from sectors.checks.comparisons import POINTS_BACK
from sectors.checks.engine import Rulebook, check, stays_clean
from sectors.checks.facts import WARNING, CheckKind, Facts, Finding, Point, Points
from sectors.checks.messages import Message, Template, Text
from sectors.checks.rulebooks import Rulebooks, rulebooks
from sectors.models import Region, Submission
from sectors.sql.figures import FigureRow, figure_rows
from sectors.vocabulary import PERIODS_A_YEAR, Frequency

# By kind of period: figures by code and time.
ByKind = dict[str, dict[str, dict[int, Point]]]


def of_submission(submission: Submission, *, required: bool = False) -> list[Finding]:
    """Findings over the figures of a submission (`period` fetched); rules that name other sheets read those of the
    same period. With `required` also its required cells that are empty."""
    known, period = rulebooks(), submission.period.key
    rulebook = known.of_day(period.last_day)
    scope = known.of_sheet(submission.sheet_id, period.last_day)
    rows = figure_rows(submission.region_id, _years(period), kind=period.kind, sheets=scope.sheets)
    figures = _by_kind(known, rows)
    facts = _facts(known, figures, period, scope.codes)
    checked, before = _clean.pop(submission.pk, (None, {}))
    changed = _changed(before, figures) if checked is rulebook and not required else None
    found: list[Finding] = []
    if changed is None or not stays_clean(facts, rulebook, changed):
        found = check(facts, rulebook, scope.checks, near=scope.near, blanks=True, required=required)
    if not found:
        _keep(submission.pk, rulebook, figures)
    own = [finding for finding in found if not scope.codes.isdisjoint(finding.indicators)]
    return own + list(_against_registry(submission) if submission.sheet_id in known.catalogue.counted_sheets else ())


# Of submissions in which nothing was found: what they were checked by, and all figures that were looked at. A sheet is
# checked with every cell that is saved, and mostly it is as clean as before. Each process has its own.
_clean: dict[int, tuple[Rulebook, ByKind]] = {}
MOST_KEPT = 200


def _keep(submission: int, rulebook: Rulebook, figures: ByKind) -> None:
    _clean[submission] = rulebook, figures
    for oldest in list(_clean)[:-MOST_KEPT]:
        _clean.pop(oldest, None)


def _changed(before: ByKind, now: ByKind) -> set[str] | None:
    """Codes with another value; None where figures came or went."""
    if before.keys() != now.keys():
        return None
    found = set()
    for kind, codes in now.items():
        if codes.keys() != before[kind].keys():
            return None
        others = {code for code, times in codes.items() if times != before[kind][code]}
        if any(codes[code].keys() != before[kind][code].keys() for code in others):
            return None
        found |= others
    return found


def _against_registry(submission: Submission) -> Iterator[Finding]:
    """Figures that are not what their registry counts: by choice of the department, or by a record that came late."""
    tallies = submission.tallies.select_related("indicator").order_by("indicator__code")
    same = tallies.filter(indicator__figures__submission=submission.pk, indicator__figures__value__isnull=False)
    different = Q(records=0) | ~Q(said=F("value"))
    for tally in same.annotate(said=F("indicator__figures__value")).filter(different):
        indicator = tally.indicator
        values: dict[str, Text] = {
            "name": indicator.name,
            "value": formatted(tally.said, indicator.decimals),
            "counted": formatted(tally.value, indicator.decimals),
            "count": tally.records,
        }
        rule = f"{CheckKind.REGISTRY}:{indicator.code}"
        message = Message(Template.REGISTRY if tally.records else Template.REGISTRY_EMPTY, values)
        counted = tally.value if tally.records else None
        yield Finding(rule, CheckKind.REGISTRY, WARNING, (indicator.code,), tally.said, counted, message)


def of_year(region: Region, year: int, *, required: bool = False) -> list[Finding]:
    """Findings over every accepted figure of a region's year, period by period, each with the code of its period."""
    known = rulebooks()
    figures = _by_kind(known, figure_rows(region.pk, (year - POINTS_BACK, year), accepted=True))
    return [
        finding
        for period in _periods(figures, year)
        for finding in _of_period(known, figures, period, required=required)
    ]


def of_points(points: Points, day: datetime.date) -> list[Finding]:
    """Findings over annual values by code and time: 0 for the year at hand, -1 for the year before."""
    known = rulebooks()
    return check(Facts(known.indicators, points), known.of_day(day))


def _of_period(known: Rulebooks, figures: ByKind, period: PeriodKey, *, required: bool) -> Iterator[Finding]:
    facts = _facts(known, figures, period, known.valid(period.last_day))
    for finding in check(facts, known.of_day(period.last_day), blanks=True, required=required):
        yield replace(finding, period=period.code)


def _periods(figures: ByKind, year: int) -> list[PeriodKey]:
    """The year's periods that have any figure, in the order of time."""
    times = {(kind, time) for kind, codes in figures.items() for points in codes.values() for time in points}
    periods = (PeriodKey.at(kind, time) for kind, time in times)
    return sorted(period for period in periods if period.year == year)


def _years(period: PeriodKey) -> tuple[int, int]:
    """From the first year that a figure of the period is compared with to its own."""
    return period.year + -POINTS_BACK // PERIODS_A_YEAR[period.kind], period.year


def reads_period(period: PeriodKey, other: PeriodKey) -> bool:
    """Whether the checks of a period may read figures of another: of its time, of the years before that are loaded with
    it, and of what a year is made of."""
    if period.kind != other.kind:
        return period.kind == Frequency.YEAR and period.year == other.year
    return _years(period)[0] <= other.year and other.ordinal <= period.ordinal


def _by_kind(known: Rulebooks, rows: Iterable[FigureRow]) -> ByKind:
    found: ByKind = defaultdict(lambda: defaultdict(dict))
    codes, a_year = known.catalogue.codes, PERIODS_A_YEAR
    for key, kind, year, number, value, places in rows:
        found[kind][codes[key]][year * a_year[kind] + number - 1] = (value, places)
    return found


def _facts(known: Rulebooks, figures: ByKind, period: PeriodKey, scope: Collection[str]) -> Facts:
    a_year = PERIODS_A_YEAR[period.kind]
    points = figures.get(period.kind, {})
    return Facts(
        known.indicators,
        points,
        now=period.ordinal,
        a_year=a_year,
        scope=scope,
        periods={
            code: _of_periods(known, figures, code, period.year) for code in points if period.kind == Frequency.YEAR
        },
    )


def _of_periods(known: Rulebooks, figures: ByKind, code: str, year: int) -> list[Point | None]:
    """The figures of the year's periods, in their order, of a sheet that is reported more often than once a year."""
    frequency = known.catalogue.by_code[code].sheet.frequency
    count = PERIODS_A_YEAR[frequency]
    times = figures.get(frequency, {}).get(code, {}) if count > 1 else {}
    return [times.get(time) for time in range(year * count, (year + 1) * count)]
