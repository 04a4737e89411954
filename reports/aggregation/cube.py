"""The only place that sums: annual values of a region from accepted submissions, last year's beside them.

docs/figures.md says what is computed. The database puts together regions whose years, or periods, are made of the same;
where all that is read and compared is, as in most cases, the rest is computed from these sums (`place`). Where it is
not, figures are fetched one by one and `pairs` computes over what regions and years have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from weakref import WeakMethod

from django.db.models import Count, Q

from reports.aggregation.aims import Aims, aims, with_aims
from reports.aggregation.bounds import BoundedPlace
from reports.aggregation.fetched import Fetched
from reports.aggregation.made import Coverage, Gap
from reports.aggregation.place import Asked, Place
from reports.aggregation.values import AnnualValue, Comparison
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator, Region, Submission
from sectors.sql.annual import EVERYTHING
from sectors.sql.regions import regions_within
from sectors.vocabulary import Frequency, SubmissionStatus

__all__ = ["EVERYTHING", "AnnualValue", "Comparison", "Coverage", "Cube", "Gap", "annual", "years_with_data"]


def annual(region: Region, year: int, indicators: Iterable[Indicator] | None = None) -> dict[str, AnnualValue]:
    """Annual values by indicator code for the region with all regions in it, in the order of the report.

    `indicators` (with `unit` and `sheet` fetched) defaults to all that are valid at the end of the year.
    """
    catalogue = compiled.catalogue()
    indicators = catalogue.of_region(year, region.pk) if indicators is None else indicators
    return Cube(list(regions_within(region)), (year,), indicators, catalogue=catalogue).annual(year)


def years_with_data(region: Region) -> list[tuple[int, bool]]:
    """Years for which the region (or one in it) has accepted submissions, latest first, and whether any is demo."""
    accepted = Submission.objects.filter(region__in=regions_within(region), status=SubmissionStatus.ACCEPTED)
    counted = (
        accepted.order_by("-period__year")
        .values_list("period__year")
        .annotate(demo=Count("pk", filter=Q(is_demo=True)))
    )
    return [(year, demo > 0) for year, demo in counted]


class _Aimed:
    """Indicators with the targets of an area's year: those set for its region, where there is one at its top."""

    def __init__(self, indicators: Mapping[str, Indicator], regions: Collection[int], years: Collection[int]) -> None:
        self.indicators, self.regions, self.years = indicators, regions, years
        self._found: dict[tuple[int, int], Mapping[str, Indicator]] = {}

    @cached_property
    def aims(self) -> Aims:
        return aims(self.regions, self.years)

    def __call__(self, tops: Sequence[int], year: int) -> Mapping[str, Indicator]:
        if len(tops) != 1 or year not in self.years:
            return self.indicators
        place = tops[0], year
        if place not in self._found:
            self._found[place] = with_aims(self.indicators, self.aims.get(place, {}))
        return self._found[place]


class Cube:
    """Values of indicators over years, periods and regions, from a number of queries that none of them changes.

    `regions` are one region and all in it, `indicators` come with `unit` and `sheet` fetched. `apart` are regions among
    them whose values, with all in them, are wanted by themselves too, `by_period` says that values of periods are.
    `catalogue` is the one of now, if it was asked for already. Without `compared` the year before is not
    looked at. `also` are keys of submissions that count although they are not accepted.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        years: Collection[int],
        indicators: Iterable[Indicator],
        *,
        apart: Collection[Region] = (),
        by_period: bool = False,
        compared: bool = True,
        catalogue: CompiledCatalogue | None = None,
        also: Collection[int] = (),
    ) -> None:
        self.indicators = {indicator.code: indicator for indicator in indicators}
        catalogue = catalogue or compiled.catalogue()
        self.fetched = Fetched(catalogue, regions, years, self.indicators, apart=apart, by_period=by_period, also=also)
        growing = {code for code in self.indicators if self.fetched.inputs(code).grows}
        aimed = _Aimed(self.indicators, [region.pk for region in regions], years)
        self._asked = Asked(self.indicators, aimed, growing, compared, self.fetched, WeakMethod(self._place))
        self._places: dict[tuple[int, int, str, int], Place] = {}
        self._periods: dict[int, list[PeriodKey]] = {}

    def annual(self, year: int, region: Region | None = None) -> dict[str, AnnualValue]:
        """By indicator code; of everything, or of one region that was named in `apart`."""
        values = self.at(PeriodKey.whole(year), region)
        return {code: values[code] for code in self.indicators}

    def at(self, period: PeriodKey, region: Region | None = None) -> Place:
        """The same for one period: a flow is the period's own amount, a ratio is computed from the period's parts.

        `last` is the same period a year before, and the coverage counts the regions that report.
        """
        return self._place(region.pk if region else EVERYTHING, period)

    def _place(self, area: int, period: PeriodKey) -> Place:
        key = (area, period.year, period.kind, period.number)
        found = self._places.get(key)
        if found is None:
            kind = BoundedPlace if self.fetched.inexact else Place
            found = self._places[key] = kind(self._asked, area, period)
        return found

    def periods(self, year: int) -> list[PeriodKey]:
        """Periods of the year in which something shown was reported or is expected, in the order of time."""
        if year not in self._periods:
            sheets = {indicator.sheet_id for indicator in self.indicators.values()}
            own = {(sheet, period) for sheet in sheets for period in self.fetched.catalogue.own_periods(sheet, year)}
            found = {period for _sheet, period in self.fetched.given & own if period.kind != Frequency.YEAR}
            self._periods[year] = sorted(found)
        return self._periods[year]
