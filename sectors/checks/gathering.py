"""Gathers what `checks` needs from the database: one query for the figures, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from django.db.models import F, Q

from sectors.calculation.cells import Cell, formatted, interval_of
from sectors.calculation.periods import PeriodKey
from sectors.calculation.qualifiers import written
from sectors.checks import folding
from sectors.checks.comparisons import POINTS_BACK
from sectors.checks.corrections import Judged, with_corrections
from sectors.checks.engine import Rulebook, check, stays_clean
from sectors.checks.facts import Facts
from sectors.checks.findings import WARNING, CheckKind, Finding
from sectors.checks.folding import ByKind
from sectors.checks.messages import Message, Text
from sectors.checks.named import Naming
from sectors.checks.reported import Inexact, InexactFigures, Point, Points, Tolerances
from sectors.checks.rulebooks import PeriodChecks, Rulebooks, SheetChecks, rulebooks
from sectors.checks.severities import graded
from sectors.checks.templates import Template
from sectors.models import Region, Submission
from sectors.sql.figures import FigureRow, figure_rows, figures_beside
from sectors.vocabulary import PERIODS_A_YEAR, FigureState


def of_submission(submission: Submission, *, required: bool = False) -> list[Finding]:
    """Findings over the figures of a submission (`period` fetched); rules that name other sheets read those of the
    same period, or what their periods make of it. Where it ends a longer period, a rule over sheets that are reported
    less often is judged for that. With `required` also its required cells that are empty."""
    known, period = rulebooks(), submission.period.key
    scope = known.of_sheet(submission.sheet_id, period)
    rows = figure_rows(submission.region_id, _years(scope, period), since=scope.since, sheets=scope.sheets)
    figures, inexact = _by_kind(known, rows), _inexact(known, rows)
    gathered = folding.gathered(known, figures, scope, inexact)

    @cache
    def elsewhere() -> Mapping[str, Mapping[int, Decimal]]:
        found = figures_beside(submission.region_id, period, scope.beside) if scope.beside else {}
        return {scope.beside[key]: values for key, values in found.items()}

    facts = folding.facts(known, figures, scope, gathered, scope.codes, elsewhere)
    checked, before = _clean.pop(submission.pk, (None, {}))
    is_simple = not (required or scope.folded or scope.longer or inexact)
    changed = _changed(before, figures) if checked is scope.rulebook and is_simple else None
    found: list[Finding] = []
    if changed is None or not stays_clean(facts, scope.rulebook, changed):
        found = check(facts, scope.rulebook, scope.checks, near=scope.near, blanks=True, required=required)
        found = [_with_cells(finding, facts, gathered.folded) for finding in found]
    if not found and not inexact:
        _keep(submission.pk, scope.rulebook, figures)
    judged = [Judged(finding, period, scope.rulebook) for finding in found]
    found = with_corrections(submission.region_id, judged, known.indicators)
    found += [finding for longer in scope.longer for finding in _of_longer(known, figures, inexact, longer)]
    own = [finding for finding in found if not scope.codes.isdisjoint(finding.indicators)]
    if submission.sheet_id in known.catalogue.counted_sheets:
        own += _against_registry(submission)
    return _in_region(known, submission.region_id, own)


def _in_region(known: Rulebooks, region: int, found: Iterable[Finding]) -> list[Finding]:
    """Findings as grave as the region's office lets their checks be: the only place that asks for it."""
    return graded(found, known.catalogue.severities.get(region, {}), known.indicators)


def _of_longer(
    known: Rulebooks, figures: ByKind, inexact: Mapping[str, InexactFigures], longer: PeriodChecks
) -> list[Finding]:
    """What is found in a longer period by the checks over sheets of different periods."""
    facts = folding.facts(known, figures, longer, folding.gathered(known, figures, longer, inexact), ())
    found = check(facts, longer.rulebook, longer.checks)
    return [_with_cells(finding, facts, finding.indicators) for finding in found]


def _with_cells(finding: Finding, facts: Facts, others: Collection[str]) -> Finding:
    """With what was judged, where it names figures that are no cells of the period that it is found in."""
    if set(finding.indicators).isdisjoint(others):
        return finding
    return replace(finding, judged={code: facts.stored(code) for code in finding.indicators})


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
    rows = same.select_related("indicator__unit").annotate(
        said=F("indicator__figures__value"),
        places=F("indicator__figures__places"),
        qualifier=F("indicator__figures__qualifier"),
    )
    for tally in rows.filter(different):
        indicator = tally.indicator
        low, high = interval_of(tally.said, tally.places, tally.qualifier, indicator.kind)
        if tally.records and low <= tally.value <= high:
            continue
        values: dict[str, Text] = {
            "name": indicator.name,
            "value": written(formatted(tally.said, indicator.decimals), tally.qualifier),
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
    rows = figure_rows(region.pk, (year - POINTS_BACK, year), accepted=True)
    figures, inexact = _by_kind(known, rows), _inexact(known, rows)
    found = [
        Judged(finding, period, known.of_period(period).rulebook)
        for period in _periods(figures, year)
        for finding in _of_period(known, figures, inexact, period, required=required)
    ]
    return _in_region(known, region.pk, with_corrections(region.pk, found, known.indicators))


def of_points(
    region: Region, points: Points, year: int, tolerances: Tolerances, inexact: InexactFigures
) -> list[Finding]:
    """Findings over annual values of a region by code and year: the one at hand and the one before. `tolerances` are
    of those among them that several figures make, `inexact` are those that are not exact."""
    known, period = rulebooks(), PeriodKey.whole(year)
    facts = Facts(known.indicators, points, now=year, derived=tolerances, inexact=inexact)
    rulebook = known.rulebook(period)
    naming = Naming(facts, period, rulebook.checks, lambda _code, one: [one], lambda _code, _year: [])
    return _in_region(known, region.pk, naming.complete(check(facts, rulebook)))


def _of_period(
    known: Rulebooks, figures: ByKind, inexact: Mapping[str, InexactFigures], period: PeriodKey, *, required: bool
) -> list[Finding]:
    judged = known.of_period(period)
    gathered = folding.gathered(known, figures, judged, inexact)
    facts = folding.facts(
        known, figures, judged, gathered, known.catalogue.valid_codes(period.last_day) - gathered.folded
    )
    # What was reported for the period itself, and not for shorter ones only.
    there = {code for code, times in facts.points.items() if facts.now in times} - gathered.folded
    checks = [
        one
        for one, reads in judged.rulebook.reads
        if not reads.isdisjoint(there) or known.kind(reads, period.year) == period.kind
    ]
    found = check(facts, judged.rulebook, checks, blanks=True, required=required)

    def made_of(code: str, one: PeriodKey) -> Sequence[PeriodKey]:
        is_own = one.ordinal in figures.get(one.kind, {}).get(code, {}) or known.indicators[code].formula is not None
        return [one] if is_own else folding.parts_of(known, code, one) or [one]

    return Naming(facts, period, judged.rulebook.checks, made_of, known.catalogue.expected_periods).complete(found)


def _periods(figures: ByKind, year: int) -> list[PeriodKey]:
    """The year's periods that have any figure, in the order of time."""
    times = {(kind, time) for kind, codes in figures.items() for points in codes.values() for time in points}
    periods = (PeriodKey.at(kind, time) for kind, time in times)
    return sorted(period for period in periods if period.year == year)


def _years(scope: SheetChecks, period: PeriodKey) -> tuple[int, int]:
    """From the first year that a figure of the period is compared with to its own."""
    return min(scope.since.values()), period.year


def _by_kind(known: Rulebooks, rows: Iterable[FigureRow]) -> ByKind:
    found: dict[str, dict[str, dict[int, Point]]] = defaultdict(lambda: defaultdict(dict))
    codes, a_year = known.catalogue.codes, PERIODS_A_YEAR
    for key, kind, year, number, value, places, _qualifier, _as_of in rows:
        found[kind][codes[key]][year * a_year[kind] + number - 1] = (value, places)
    return found


def _inexact(known: Rulebooks, rows: Iterable[FigureRow]) -> dict[str, InexactFigures]:
    """By kind of period, those that are not exact."""
    found: dict[str, dict[str, dict[int, Inexact]]] = {}
    for key, kind, year, number, value, places, qualifier, as_of in rows:
        if value is None or not qualifier:
            continue
        row = known.catalogue.by_code[known.catalogue.codes[key]]
        times = found.setdefault(kind, {}).setdefault(row.code, {})
        cell = Cell(FigureState.NUMBER, value, places, qualifier, as_of)
        times[year * PERIODS_A_YEAR[kind] + number - 1] = Inexact.of_cell(cell, row.kind)
    return dict(found)
