"""The only place that sums: annual values of a region from accepted submissions, last year's beside them.

The database groups (sums, means, latest values) by indicator, region and year; what is left to do here is small:
choosing periods over the annual figure, adding regions up, and reckoning ratios from the rolled-up parts. The
number of queries does not depend on the number of indicators, periods or regions.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.db.models import Avg, Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from reports.values import AnnualValue, Coverage, Moment
from sectors.books import Book, definitions
from sectors.models import Breakdown, Figure, Indicator, Region, Submission
from sectors.models.submissions import PERIODS_A_YEAR, FigureState
from sectors.querysets import breakdown_parts, within

__all__ = ["AnnualValue", "Coverage", "Cube", "Moment", "annual", "years_with_data"]

Key = tuple[int, int, int]  # indicator, region, year
_Place = tuple[int, int, Moment]  # indicator, region, period
When = TypeVar("When")  # a year or a period


@dataclass
class _Raw:
    """Figures of one indicator in one region and year, before the choice between periods and annual figure."""

    periods: int = 0
    total: Decimal | None = None
    mean: Decimal | None = None
    latest: Decimal | None = None
    annual: Decimal | None = None
    has_annual: bool = False
    absent: bool = False
    places: int = 0


def annual(region: Region, year: int, indicators: Iterable[Indicator] | None = None) -> dict[str, AnnualValue]:
    """Annual values by indicator code for the region with all regions in it, in the order of the report.

    `indicators` (with `unit` and `sheet` fetched) defaults to all that are valid at the end of the year.
    """
    if indicators is None:
        indicators = Indicator.objects.for_report(datetime.date(year, 12, 31))
    return Cube(region, (year,), indicators).annual(year)


def years_with_data(region: Region) -> list[tuple[int, bool]]:
    """Years for which the region (or one in it) has accepted submissions, latest first, and whether any is demo."""
    accepted = Submission.objects.filter(within(region, "region"), status=Submission.Status.ACCEPTED)
    counted = (
        accepted.order_by("-period__year")
        .values_list("period__year")
        .annotate(demo=Count("pk", filter=Q(is_demo=True)))
    )
    return [(year, demo > 0) for year, demo in counted]


def _fetch(regions: Collection[int], years: Collection[int], indicators: Collection[int] | None) -> dict[Key, _Raw]:
    """Three grouped queries: sums and means over periods, latest values, annual figures; all years at once."""
    figures = _accepted(regions, years, indicators)
    periodic = _of_periods(figures)
    group = ("indicator", "region", "submission__period__year")
    found: dict[Key, _Raw] = {}
    for *key, number, absent, total, mean in periodic.values_list(*group).annotate(
        number=Count("value"),
        absent=Count("pk", filter=Q(state=FigureState.NOT_APPLICABLE)),
        total=Sum("value"),
        mean=Avg("value"),
    ):
        found[_key(key)] = _Raw(number, total, mean, absent=absent > 0 and number == 0)
    latest = (
        periodic.filter(value__isnull=False)
        .annotate(
            age=Window(
                RowNumber(), partition_by=[F(name) for name in group], order_by=F("submission__period__number").desc()
            )
        )
        .filter(age=1)
    )
    for *key, value, places in latest.values_list(*group, "value", "places"):
        raw = found[_key(key)]
        raw.latest, raw.places = value, places
    of_years = figures.filter(submission__period__kind="year").exclude(state=FigureState.BLANK)
    for *key, value, places, state in of_years.values_list(*group, "value", "places", "state"):
        raw = found.setdefault(_key(key), _Raw())
        raw.annual, raw.has_annual = value, True
        if not raw.periods:
            raw.places, raw.absent = places, state == FigureState.NOT_APPLICABLE
    return found


def _accepted(regions: Collection[int], years: Collection[int], indicators: Collection[int] | None) -> QuerySet[Figure]:
    figures = Figure.objects.filter(
        region__in=regions,
        submission__status=Submission.Status.ACCEPTED,
        submission__period__year__in=years,
    )
    return figures if indicators is None else figures.filter(indicator__in=indicators)


def _of_periods(figures: QuerySet[Figure]) -> QuerySet[Figure]:
    """Those of the sheet's own frequency within a year."""
    own = figures.filter(submission__period__kind=F("indicator__sheet__frequency"))
    return own.exclude(submission__period__kind="year")


def _key(parts: list[int]) -> Key:
    return parts[0], parts[1], parts[2]


def _by_period(
    regions: Collection[int], years: Collection[int], indicators: Collection[int] | None
) -> dict[_Place, _Raw]:
    """Each figure of a period as if it were the only one of its year, so that it folds by the same rules."""
    rows = _of_periods(_accepted(regions, years, indicators)).exclude(state=FigureState.BLANK)
    period = [f"submission__period__{name}" for name in ("year", "kind", "number")]
    found: dict[_Place, _Raw] = {}
    for indicator, of_region, year, kind, number, value, places, state in rows.values_list(
        "indicator", "region", *period, "value", "places", "state"
    ):
        raw = _Raw(int(value is not None), value, value, value, absent=state == FigureState.NOT_APPLICABLE)
        raw.places, raw.annual = places, value  # declared, where the indicator is computed
        found[indicator, of_region, Moment(year, kind, number)] = raw
    return found


class _Expected:
    """How many period values make a year, by sheet and region.

    A region counts by the sheet's frequency, or once where it has annual submissions only.
    """

    def __init__(self, regions: Collection[int], years: Collection[int]) -> None:
        rows = (
            Submission.objects.filter(region__in=regions, period__year__in=years)
            .order_by()
            .values_list("sheet", "region", "sheet__frequency", "period__year", "period__kind", "period__number")
        )
        self.moments: dict[tuple[int, str, int], list[tuple[int, int]]] = {}
        self.years: dict[int, dict[tuple[int, int], int]] = {}
        for sheet, reporting, frequency, year, kind, number in rows:
            self.moments.setdefault((year, kind, number), []).append((sheet, reporting))
            of_year = self.years.setdefault(year, {})
            if kind == frequency or (sheet, reporting) not in of_year:
                of_year[sheet, reporting] = PERIODS_A_YEAR[kind]

    def of_year(self, regions: Collection[int] | None, year: int) -> dict[int, int]:
        found: Counter[int] = Counter()
        for (sheet, region), periods in self.years.get(year, {}).items():
            if regions is None or region in regions:
                found[sheet] += periods
        return found

    def of_moment(self, regions: Collection[int] | None, at: Moment) -> dict[int, int]:
        rows = self.moments.get((at.year, at.kind, at.number), [])
        return Counter(sheet for sheet, region in rows if regions is None or region in regions)

    def moments_of(self, year: int, sheets: Collection[int]) -> list[Moment]:
        """Periods within the year in which one of the sheets is reported, in the order of time."""
        periods = [
            Moment(*at)
            for at, rows in self.moments.items()
            if at[0] == year and at[1] != "year" and any(sheet in sheets for sheet, _region in rows)
        ]
        return sorted(periods, key=lambda at: (at.last_month, -PERIODS_A_YEAR[at.kind]))


class _Meaning(NamedTuple):
    """What reckoning needs of an indicator."""

    code: str
    sheet: int
    accumulation: str
    formula: str
    scale: Decimal

    @property
    def is_computed(self) -> bool:
        return bool(self.formula)


class _Catalogue:
    """All indicators with their definitions: what is shown may be reckoned from what is not."""

    def __init__(self) -> None:
        names = ("pk", "code", "sheet", "accumulation", "formula", "unit__scale")
        self.rows = {
            pk: _Meaning(code, sheet, accumulation, formula, scale)
            for pk, code, sheet, accumulation, formula, scale in Indicator.objects.order_by().values_list(*names)
        }
        self.sheets = {row.code: row.sheet for row in self.rows.values()}
        formulas = ((row.code, row.scale, row.formula) for row in self.rows.values())
        self.definitions = definitions(formulas, breakdown_parts(Breakdown.objects.all()))

    def read_by(self, indicators: Iterable[Indicator]) -> set[int]:
        """Keys of the indicators and of all that their formulas read."""
        keys = {row.code: pk for pk, row in self.rows.items()}
        found: set[str] = set()
        waiting = [indicator.code for indicator in indicators]
        while waiting:
            code = waiting.pop()
            if code in found or code not in keys:
                continue
            found.add(code)
            formula = self.definitions[code].formula
            waiting += formula.codes if formula else ()
        return {keys[code] for code in found}


class Cube:
    """Values of indicators over years, periods and regions, from a number of queries that none of them changes.

    `indicators` come with `unit` and `sheet` fetched. `apart` are regions within `region` whose values are wanted by
    themselves too, `by_period` says that values of periods are.
    """

    def __init__(
        self,
        region: Region,
        years: Collection[int],
        indicators: Iterable[Indicator],
        *,
        apart: Collection[Region] = (),
        by_period: bool = False,
    ) -> None:
        self.indicators = list(indicators)
        self._catalogue = _Catalogue()
        read = self._catalogue.read_by(self.indicators)
        # Most of the catalogue is fetched sooner whole than by naming it.
        wanted = read if 2 * len(read) < len(self._catalogue.rows) else None
        fetched = sorted({year - back for year in years for back in (0, 1, 2)})
        # By their keys: to look up the tree with every row takes the database longer.
        above = dict(Region.objects.filter(within(region)).order_by().values_list("pk", "parent"))
        self._of_years = _shelved(_fetch(above.keys(), fetched, wanted))
        self._expected = _Expected(above.keys(), fetched)
        self._of_moments = _shelved(_by_period(above.keys(), fetched, wanted)) if by_period else {}
        self._members = _members(above, apart)
        self._moments: dict[int, list[Moment]] = {}
        self._read_years: dict[tuple[int, int | None], dict[str, AnnualValue]] = {}
        self._read_moments: dict[tuple[Moment, int | None], dict[str, AnnualValue]] = {}

    def annual(self, year: int, region: Region | None = None) -> dict[str, AnnualValue]:
        """By indicator code; of everything, or of one region that was named in `apart`."""
        key = year, region.pk if region else None
        if key not in self._read_years:
            regions = None if region is None else self._members[region.pk]
            rows = _taken(self._of_years, regions, (year, year - 1, year - 2))
            self._read_years[key] = self._read(rows, self._expected.of_year(regions, year))
        return self._read_years[key]

    def at(self, moment: Moment, region: Region | None = None) -> dict[str, AnnualValue]:
        """The same for one period: a flow is the period's own amount, a ratio is reckoned from the period's parts.

        `last` is the same period a year before, and the coverage counts the regions that report.
        """
        key = moment, region.pk if region else None
        if key not in self._read_moments:
            regions = None if region is None else self._members[region.pk]
            rows = _taken(self._of_moments, regions, (moment, moment.year_before, moment.year_before.year_before))
            self._read_moments[key] = self._read(rows, self._expected.of_moment(regions, moment))
        return self._read_moments[key]

    def moments(self, year: int) -> list[Moment]:
        """Periods of the year in which something shown was reported or is expected, in the order of time."""
        if year not in self._moments:
            sheets = {indicator.sheet_id for indicator in self.indicators}
            self._moments[year] = self._expected.moments_of(year, sheets)
        return self._moments[year]

    def _read(self, rows: Iterable[tuple[int, int, _Raw]], expected: Mapping[int, int]) -> dict[str, AnnualValue]:
        values = _Values(self._catalogue, rows, expected)
        return {indicator.code: values.value(indicator) for indicator in self.indicators}


def _shelved(raw: Mapping[tuple[int, int, When], _Raw]) -> dict[When, dict[int, list[tuple[int, _Raw]]]]:
    """By year or period, then by region: (indicator, figures)."""
    found: dict[When, dict[int, list[tuple[int, _Raw]]]] = {}
    for (indicator, region, at), row in raw.items():
        found.setdefault(at, {}).setdefault(region, []).append((indicator, row))
    return found


def _taken(
    shelved: Mapping[When, Mapping[int, list[tuple[int, _Raw]]]], regions: Collection[int] | None, when: Sequence[When]
) -> Iterator[tuple[int, int, _Raw]]:
    """Indicator, how many steps back, figures: of some regions or all."""
    for back, at in enumerate(when):
        for region, rows in shelved.get(at, {}).items():
            if regions is None or region in regions:
                for indicator, row in rows:
                    yield indicator, back, row


def _members(above: Mapping[int, int | None], apart: Collection[Region]) -> dict[int, set[int]]:
    """Each region that is wanted apart, with all that lies in it; `above` has the region over each."""
    found: dict[int, set[int]] = {one.pk: set() for one in apart}
    for pk in above if found else ():
        step: int | None = pk
        while step is not None:
            if step in found:
                found[step].add(pk)
            step = above.get(step)
    return found


class _Folded:
    """Regions rolled up: one value an indicator and number of years back, with coverage."""

    def __init__(self, rows: Iterable[tuple[int, int, _Raw]], meanings: Mapping[int, _Meaning]) -> None:
        self.values: dict[tuple[str, int], Decimal | None] = {}
        self.absent: set[tuple[str, int]] = set()
        self.have: dict[tuple[str, int], int] = {}
        self.periodic: set[tuple[str, int]] = set()
        self.places: dict[tuple[str, int], int] = {}
        grouped: dict[tuple[int, int], list[_Raw]] = {}
        for indicator, back, row in rows:
            grouped.setdefault((indicator, back), []).append(row)
        for (pk, back), members in grouped.items():
            self._fold(meanings[pk], back, members)

    def _fold(self, indicator: _Meaning, back: int, rows: list[_Raw]) -> None:
        key = (indicator.code, back)
        values = [value for value in (_of_year(indicator, row) for row in rows) if value is not None]
        if indicator.is_computed and len(values) > 1:
            return  # what several regions declared cannot be added up or averaged; only reckoning again is right
        if values:
            total = sum(values, Decimal(0))
            mean = indicator.accumulation == "average"
            self.values[key] = total / len(values) if mean else total
        elif all(row.absent for row in rows):
            self.absent.add(key)
        self.have[key] = sum(row.periods or row.has_annual for row in rows)
        self.places[key] = max(row.places for row in rows)
        if any(row.periods for row in rows):
            self.periodic.add(key)


def _of_year(indicator: _Meaning, row: _Raw) -> Decimal | None:
    """Meaning of a year: the periods make the value where there are any, else the annual figure is it."""
    if not row.periods or indicator.is_computed:
        return row.annual
    if indicator.accumulation == "flow":
        return row.total
    return row.mean if indicator.accumulation == "average" else row.latest


class _Values:
    """Everything that the values of one year (or period) and some regions are read from."""

    def __init__(
        self, catalogue: _Catalogue, rows: Iterable[tuple[int, int, _Raw]], expected: Mapping[int, int]
    ) -> None:
        self.folded = _Folded(rows, catalogue.rows)
        self.sheets, self.expected = catalogue.sheets, expected
        self.book = Book(catalogue.definitions, self.folded.values, self.folded.absent)

    def value(self, indicator: Indicator) -> AnnualValue:
        code = indicator.code
        value, last = self.book.value(code), self.book.value(code, 1)
        coverage, source = self._coverage(code), self._source(indicator, value)
        declared = self.folded.values.get((code, 0)) if indicator.is_computed else None
        if source == "declared":
            value, coverage = declared, self._own_coverage(code)
        return AnnualValue(
            indicator=indicator,
            value=value,
            last=self.folded.values.get((code, 1)) if last is None else last,
            coverage=coverage,
            source=source,
            declared=declared,
            declared_places=self.folded.places.get((code, 0), 0),
            not_applicable=(code, 0) in self.folded.absent,
        )

    def _source(self, indicator: Indicator, value: Decimal | None) -> str:
        key = (indicator.code, 0)
        if indicator.is_computed:
            return "computed" if value is not None else "declared" if key in self.folded.values else ""
        if value is None:
            return ""
        return "periods" if key in self.folded.periodic else "annual"

    def _coverage(self, code: str) -> Coverage:
        """A computed value is covered as well as the least covered of its parts."""
        formula = self.book.definitions[code].formula
        if formula is None:
            return self._own_coverage(code)
        parts = [self._coverage(name) for name, back in formula.names if not back]
        return min(parts, key=lambda coverage: coverage.share, default=Coverage(0, 0))

    def _own_coverage(self, code: str) -> Coverage:
        return Coverage(self.folded.have.get((code, 0), 0), self.expected.get(self.sheets[code], 0))
