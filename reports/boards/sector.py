"""A sector's year: every figure by period with its coverage, and one of them over time, in its parts and by region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext as _

from reports.aggregation.cube import AnnualValue, Cube
from reports.boards import office
from reports.boards.charts import ChartLine, ScreenChart, listed, sentences, with_caution
from reports.boards.choice import BoardChoice
from reports.boards.office import Tally
from reports.boards.submissions import BoardSubmission
from reports.boards.trends import TrendPoint, largest, point, trend
from sectors.calculation.cells import rounded
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Chapter, Indicator, Sector, Table

YEARS_SHOWN = 4
BARS_SHOWN = 12


@dataclass(frozen=True)
class IndicatorSeries:
    """An indicator with the values of the year's periods and of the year itself."""

    value: AnnualValue
    periods: list[TrendPoint | None]  # None for a period that its sheet does not report


@dataclass(frozen=True)
class SectorBoard:
    """`shown` is the indicator that the charts are about."""

    choice: BoardChoice
    sector: Sector
    periods: list[PeriodKey]
    rows: list[IndicatorSeries]
    shown: AnnualValue
    charts: list[ScreenChart]
    submissions: list[BoardSubmission]
    findings: int

    @property
    def tables(self) -> list[tuple[Table, list[IndicatorSeries]]]:
        return [(table, list(rows)) for table, rows in groupby(self.rows, key=lambda row: row.value.indicator.table)]

    @cached_property
    def complete(self) -> int:
        return sum(row.value.coverage.complete for row in self.rows)

    @property
    def is_demo(self) -> bool:
        return any(submission.is_demo for submission in self.submissions)

    @property
    def sheets(self) -> list[tuple[BoardSubmission, list[BoardSubmission]]]:
        """The sector's sheets of the chosen region, each with its submissions in the order of time."""
        own = sorted(
            (submission for submission in self.submissions if submission.region == self.choice.region.pk),
            key=lambda submission: (submission.sheet.number, submission.key),
        )
        return [
            (submissions[0], submissions)
            for submissions in (list(of) for _n, of in groupby(own, key=lambda submission: submission.sheet.number))
        ]


def sector_board(choice: BoardChoice, sector: Sector, wanted: str) -> SectorBoard | None:
    """Everything the page shows, in a number of queries that does not depend on what there is.

    `wanted` is the code of the indicator that the charts are about; without it, or for one that is not the sector's, a
    key one is taken. None for a sector without indicators in the year.
    """
    catalogue = choice.catalogue
    indicators = choice.by_sector.get(sector, ())
    if not indicators:
        return None
    years = [year for year in choice.years if year <= choice.year][:YEARS_SHOWN]
    cube = Cube(choice.inside, years, indicators, by_period=True, apart=choice.nearest, catalogue=catalogue)
    values, periods = cube.annual(choice.year), cube.periods(choice.year)
    rows = [IndicatorSeries(value, _periods(cube, value.indicator, periods, catalogue)) for value in values.values()]
    shown = values[_shown(indicators, wanted).code]
    everything = office.office(replace(choice, period=None), sector)
    charts = [
        _over_time(shown, cube, years, catalogue),
        *_in_parts(shown, values, catalogue),
        _by_region(shown, cube, choice),
    ]
    found = [chart for chart in charts if chart]
    open_findings = sum(one.total for one in everything.findings)
    return SectorBoard(choice, sector, periods, rows, shown, found, everything.submissions, open_findings)


def _shown(indicators: Sequence[Indicator], wanted: str) -> Indicator:
    ways: tuple[Callable[[Indicator], bool], ...] = (
        lambda one: one.code == wanted,
        lambda one: one.is_key and not one.is_words,
        lambda one: one.unit.is_percent,
        lambda one: not one.is_words,
    )
    found = (indicator for fits in ways for indicator in indicators if fits(indicator))
    return next(found, indicators[0])


def _periods(
    cube: Cube, indicator: Indicator, periods: Sequence[PeriodKey], catalogue: CompiledCatalogue
) -> list[TrendPoint | None]:
    own = catalogue.frequency
    return [point(cube, indicator, at) if at.kind == own(indicator.sheet_id, at.year) else None for at in periods]


def _over_time(
    shown: AnnualValue, cube: Cube, years: Sequence[int], catalogue: CompiledCatalogue
) -> ScreenChart | None:
    indicator = shown.indicator
    points = trend(cube, indicator, years, catalogue)
    if len(points) < 2:
        return None
    line = ChartLine(indicator.name, tuple(p.value for p in points), tuple(p.text for p in points))
    known = [point for point in points if point.value is not None]
    first, last = known[0], known[-1]
    low, high = min(known, key=lambda p: p.value or 0), max(known, key=lambda p: p.value or 0)
    if low.text == high.text:
        # There may be gaps in between, of which nothing is known.
        words = _("Every figure of %(name)s from %(first)s to %(last)s is %(value)s.") % {
            "name": indicator.name, "value": last.text_with_unit, "first": first.label, "last": last.label
        }  # fmt: skip
    else:
        words = _(
            "%(name)s: %(value)s in %(last)s; highest in %(high)s (%(most)s), lowest in %(low)s (%(least)s)."
        ) % {
            "name": indicator.name, "value": last.text_with_unit, "last": last.label,
            "high": _same(known, high), "most": high.text_with_unit,
            "low": _same(known, low), "least": low.text_with_unit,
        }  # fmt: skip
    words = with_caution(words, (point.marked for point in known))
    title, names = _("Over time"), tuple(point.label for point in points)
    aim = indicator.target, indicator.target_text
    return ScreenChart("over-time", "line", title, indicator.unit_text, names, (line,), words, *aim)


def _same(points: Sequence[TrendPoint], end: TrendPoint) -> str:
    """The end of a row and what prints like it."""
    return listed([point.label for point in points if point.text == end.text])


def _in_parts(shown: AnnualValue, values: Mapping[str, AnnualValue], catalogue: CompiledCatalogue) -> list[ScreenChart]:
    """A chart for each breakdown of the indicator: its parts, the largest first, with last year's beside them."""
    found = []
    for breakdown in catalogue.breakdowns:
        if breakdown.total.code != shown.indicator.code:
            continue
        found_parts = [values[part.code] for part in breakdown.parts if part.code in values]
        parts = largest(found_parts)
        # Parts in another unit than their total, 吨 under 万吨, are compared with each other only.
        if len({part.indicator.unit_id for part in parts}) == 1:
            chart_id = f"parts-{breakdown.position}"
            names = [part.indicator.row_name for part in parts]
            whole = shown if _is_part(parts[0], shown) else None
            missing = _missing(found_parts)
            found.append(_ranked(chart_id, breakdown.name, parts, names, missing, whole))
    return found


def _is_part(part: AnnualValue, whole: AnnualValue) -> bool:
    """Whether one makes a share of the other: in the same unit, and of the same periods and regions."""
    if part.indicator.unit_id != whole.indicator.unit_id:
        return False
    is_partial = part.is_partial or whole.is_partial
    return not is_partial or (part.months_set, part.coverage) == (whole.months_set, whole.coverage)


def _by_region(shown: AnnualValue, cube: Cube, choice: BoardChoice) -> ScreenChart | None:
    """The regions within the chosen one, the largest first."""
    year, code = PeriodKey.whole(choice.year), shown.indicator.code
    values = [(region, cube.at(year, region)[code]) for region in choice.nearest]
    known = sorted((row for row in values if row[1].value is not None), key=lambda row: -(row[1].value or 0))
    if len(known) < 2:
        return None
    ranked, names = [value for _r, value in known], [region.name for region, _v in known]
    return _ranked("regions", _("By region"), ranked, names, _missing([value for _r, value in values]))


def _missing(values: Iterable[AnnualValue]) -> int:
    return sum(not value.is_there and not value.not_applicable for value in values)


def _ranked(
    chart_id: str,
    title: str,
    values: Sequence[AnnualValue],
    names: Sequence[str],
    missing: int,
    whole: AnnualValue | None = None,
) -> ScreenChart:
    """Values that are there, the largest first, of which the first ones are drawn; `missing` is how many are not."""
    unit, drawn = values[0].indicator.unit_text, values[:BARS_SHOWN]
    this = ChartLine(_("This year"), tuple(value.value for value in drawn), tuple(value.text for value in drawn))
    last = ChartLine(
        _("Last year"), tuple(value.plain_last for value in drawn), tuple(value.plain_last_text for value in drawn)
    )
    lines = (this, last) if any(value is not None for value in last.values) else (this,)
    words = _words_on_ranks(values, names)
    is_exact = whole is not None and not whole.bounds and not values[0].bounds
    if is_exact and whole is not None and whole.value and values[0].value is not None:
        share = rounded(values[0].value / whole.value * 100, 1)
        words = sentences(words, _("%(first)s makes %(share)s%% of the whole.") % {"first": names[0], "share": share})
    if len(values) > len(drawn):
        words = sentences(words, _("The %(count)d smallest are not drawn.") % {"count": len(values) - len(drawn)})
    if missing:
        words = sentences(words, _("%(count)d without a figure are left out.") % {"count": missing})
    if any(value.is_partial for value in values):
        words = sentences(words, _("Some of these are not of the whole year or not of all regions."))
    words = with_caution(words, (value.marked for value in values))
    return ScreenChart(chart_id, "bars", title, unit, tuple(names[:BARS_SHOWN]), lines, words)


def _words_on_ranks(values: Sequence[AnnualValue], names: Sequence[str]) -> str:
    """Which comes first and which last; those that print the same stand together."""
    most, least = values[0].text_with_unit, values[-1].text_with_unit
    texts = [value.text_with_unit for value in values]
    first, last = (
        listed([name for name, text in zip(names, texts, strict=True) if text == end]) for end in (most, least)
    )
    words = _("%(first)s comes first with %(most)s, %(last)s last with %(least)s.")
    if len(values) == 1:
        words = _("%(first)s: %(most)s.")
    elif most == least:
        words = _("All have %(most)s.")
    return words % {"first": first, "most": most, "last": last, "least": least}


@dataclass(frozen=True)
class SectorSummary:
    """A sector in the list of all."""

    sector: Sector
    keys: list[AnnualValue]
    tally: Tally


def index(choice: BoardChoice) -> list[tuple[Chapter, list[SectorSummary]]]:
    """All sectors by chapter, with their key indicators and how much of the year is in."""
    catalogue = choice.catalogue
    indicators = [one for one in choice.indicators if one.is_key]
    keys: dict[int, list[AnnualValue]] = {}
    for value in Cube(choice.inside, (choice.year,), indicators, catalogue=catalogue).annual(choice.year).values():
        keys.setdefault(value.indicator.sheet.sector_id, []).append(value)
    submissions: dict[int, list[BoardSubmission]] = {}
    for submission in office.office(replace(choice, period=None)).submissions:
        submissions.setdefault(submission.sheet.sector_id, []).append(submission)
    entries = [
        SectorSummary(sector, keys.get(sector.pk, []), Tally(submissions.get(sector.pk, [])))
        for sector in choice.sectors.values()
    ]
    return [(chapter, list(of)) for chapter, of in groupby(entries, key=lambda entry: entry.sector.chapter)]
