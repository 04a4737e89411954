"""The only place that sums: annual values of a region from accepted submissions, last year's beside them.

The database groups (sums, means, latest values) by indicator, region and year; what is left to do here is small:
choosing periods over the annual figure, adding regions up, and reckoning ratios from the rolled-up parts. The
number of queries does not depend on the number of indicators, periods or regions.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from sectors.books import Book, definitions
from sectors.kinds import formatted
from sectors.models import Breakdown, Figure, Indicator, Region, Submission
from sectors.models.submissions import PERIODS_A_YEAR, FigureState
from sectors.querysets import breakdown_parts, within

Key = tuple[int, int, int]  # indicator, region, year


@dataclass(frozen=True)
class Coverage:
    """How many of the expected periods (over all reporting regions) have the figure."""

    have: int
    expected: int

    @property
    def complete(self) -> bool:
        return self.have >= self.expected > 0

    @property
    def share(self) -> float:
        return self.have / self.expected if self.expected else 0.0


@dataclass(frozen=True)
class AnnualValue:
    """One indicator's year: unrounded, in the indicator's own unit; None when missing.

    `source` tells where the value is from: `periods`, `annual`, `computed`, `declared` (a computed indicator whose
    parts are missing, so that only the department's own statement is left) or nothing.
    """

    indicator: Indicator
    value: Decimal | None
    last: Decimal | None
    coverage: Coverage
    source: str
    declared: Decimal | None = None
    declared_places: int = 0
    not_applicable: bool = False

    @property
    def text(self) -> str:
        """As printed; what was only declared keeps the decimals that it was declared with."""
        if self.source == "declared":
            return formatted(self.value, self.declared_places)
        return self._formatted(self.value)

    @property
    def last_text(self) -> str:
        return self._formatted(self.last)

    def _formatted(self, value: Decimal | None) -> str:
        return formatted(value, self.indicator.decimals, self.indicator.rounding)

    @property
    def change(self) -> Decimal | None:
        """Percentage points for a rate, per cent for anything else.

        None without a last year (or one of zero), and for an amount of which periods are still missing: three
        quarters are not to be held against a whole year.
        """
        if self.value is None or self.last is None or self.is_partial_amount:
            return None
        if self.indicator.unit.is_percent:
            return self.value - self.last
        return (self.value / self.last - 1) * 100 if self.last else None

    @property
    def is_partial(self) -> bool:
        """Whether periods are missing behind the value."""
        return self.source in ("periods", "computed") and not self.coverage.complete

    @property
    def is_partial_amount(self) -> bool:
        grows = self.indicator.accumulation in ("flow", "cumulative")
        return self.is_partial and grows and not self.indicator.unit.is_percent


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
    of_year = _Year(region, year)
    return {indicator.code: of_year.value(indicator) for indicator in indicators}


def years_with_data(region: Region) -> list[tuple[int, bool]]:
    """Years for which the region (or one in it) has accepted submissions, latest first, and whether any is demo."""
    accepted = Submission.objects.filter(within(region, "region"), status=Submission.Status.ACCEPTED)
    counted = (
        accepted.order_by("-period__year")
        .values_list("period__year")
        .annotate(demo=Count("pk", filter=Q(is_demo=True)))
    )
    return [(year, demo > 0) for year, demo in counted]


def _fetch(region: Region, year: int) -> dict[Key, _Raw]:
    """Three grouped queries: sums and means over periods, latest values, annual figures; both years at once."""
    figures = Figure.objects.filter(
        within(region, "region"),
        submission__status=Submission.Status.ACCEPTED,
        submission__period__year__in=(year - 1, year, year - 2),
    )
    periodic = figures.filter(submission__period__kind=F("indicator__sheet__frequency"))
    group = ("indicator", "region", "submission__period__year")
    found: dict[Key, _Raw] = {}
    for *key, number, absent, total, mean in (
        periodic.filter(~Q(submission__period__kind="year"))
        .values_list(*group)
        .annotate(
            number=Count("value"),
            absent=Count("pk", filter=Q(state=FigureState.NOT_APPLICABLE)),
            total=Sum("value"),
            mean=Avg("value"),
        )
    ):
        found[_key(key)] = _Raw(number, total, mean, absent=absent > 0 and number == 0)
    latest = (
        periodic.filter(~Q(submission__period__kind="year"), value__isnull=False)
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


def _expected(region: Region, year: int) -> dict[int, int]:
    """By sheet, how many period values make its year, added over the regions that report it.

    A region counts by the sheet's frequency, or once where it has annual submissions only.
    """
    kinds = (
        Submission.objects.filter(within(region, "region"), period__year=year)
        .order_by()
        .values_list("sheet", "region", "sheet__frequency", "period__kind")
        .distinct()
    )
    of_region: dict[tuple[int, int], int] = {}
    for sheet, reporting, frequency, kind in kinds:
        if kind == frequency or (sheet, reporting) not in of_region:
            of_region[sheet, reporting] = PERIODS_A_YEAR[kind]
    expected: Counter[int] = Counter()
    for (sheet, _reporting), periods in of_region.items():
        expected[sheet] += periods
    return expected


def _key(parts: list[int]) -> Key:
    return parts[0], parts[1], parts[2]


class _Folded:
    """Regions rolled up: one value an indicator and year, with coverage."""

    def __init__(self, raw: dict[Key, _Raw], indicators: dict[int, Indicator], year: int) -> None:
        self.values: dict[tuple[str, int], Decimal | None] = {}
        self.absent: set[tuple[str, int]] = set()
        self.have: dict[tuple[str, int], int] = {}
        self.periodic: set[tuple[str, int]] = set()
        self.places: dict[tuple[str, int], int] = {}
        grouped: dict[tuple[int, int], list[_Raw]] = {}
        for (indicator, _region, of_year), row in raw.items():
            grouped.setdefault((indicator, year - of_year), []).append(row)
        for (pk, back), rows in grouped.items():
            self._fold(indicators[pk], back, rows)

    def _fold(self, indicator: Indicator, back: int, rows: list[_Raw]) -> None:
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


def _of_year(indicator: Indicator, row: _Raw) -> Decimal | None:
    """Meaning of a year: the periods make the value where there are any, else the annual figure is it."""
    if not row.periods or indicator.is_computed:
        return row.annual
    if indicator.accumulation == "flow":
        return row.total
    return row.mean if indicator.accumulation == "average" else row.latest


class _Year:
    """Everything that annual values of one region and year are read from."""

    def __init__(self, region: Region, year: int) -> None:
        rows = {indicator.pk: indicator for indicator in Indicator.objects.select_related("unit", "sheet")}
        self.folded = _Folded(_fetch(region, year), rows, year)
        self.sheets = {indicator.code: indicator.sheet_id for indicator in rows.values()}
        self.expected = _expected(region, year)
        formulas = ((i.code, i.unit.scale, i.formula) for i in rows.values())
        defined = definitions(formulas, breakdown_parts(Breakdown.objects.all()))
        self.book = Book(defined, self.folded.values, self.folded.absent)

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
