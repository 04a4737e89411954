"""Which region, year and period a board shows. The choice stands in the address: a link gives the same board."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from sectors.access import can_read_boards, can_read_own_figures
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator, Region, Sector, User
from sectors.shell.http import PersonRequest
from sectors.sql.boards import opened_periods
from sectors.sql.catalogue import catalogue_version
from sectors.sql.regions import Within, regions_within
from sectors.vocabulary import Frequency, Role


class OwnSheets(NamedTuple):
    """A department and the keys of the sheets that it reports: what of a board its people see."""

    department: int
    sheets: frozenset[int]


@dataclass(frozen=True)
class BoardChoice:
    """`period` is None where the whole year is meant; `regions` are the person's `own` one and all in it.

    `periods` has (year, its periods) of all that was opened, the latest year first. `catalogue` is read once: a board
    is put together from one state of it.
    """

    own: Region
    region: Region
    regions: tuple[Region, ...]
    year: int
    period: PeriodKey | None
    periods: tuple[tuple[int, tuple[PeriodKey, ...]], ...]
    catalogue: CompiledCatalogue
    catalogue_version: uuid.UUID | None = None  # None: nothing can be kept under it
    only: OwnSheets | None = None  # None: all of the region

    @property
    def code(self) -> str:
        return self.period.code if self.period else str(self.year)

    @property
    def years(self) -> list[int]:
        return [year for year, _periods in self.periods]

    @cached_property
    def below(self) -> list[Region]:
        """Regions within the chosen one that report for themselves."""
        return _below(self.region, self.regions)

    @property
    def inside(self) -> list[Region]:
        """The chosen region and all in it."""
        return [self.region, *self.below]

    @property
    def within(self) -> Within:
        """The same for statements."""
        return Within((self.region.pk,), is_alone=self.only is not None)

    @cached_property
    def region_keys(self) -> list[int]:
        return [region.pk for region in self.inside]

    @property
    def nearest(self) -> list[Region]:
        """Regions directly below the chosen one."""
        return [region for region in self.regions if region.parent_id == self.region.pk]

    @property
    def indicators(self) -> Sequence[Indicator]:
        """Those of the year and region that the person sees, in the order of the report."""
        return [one for one in self.catalogue.of_region(self.year, self.region.pk) if self._shows(one.sheet_id)]

    @property
    def by_sector(self) -> Mapping[Sector, Sequence[Indicator]]:
        """The same by their sectors."""
        found = self.catalogue.by_sector(self.year, self.region.pk)
        if self.only is None:
            return found
        own = {sector: [one for one in rows if self._shows(one.sheet_id)] for sector, rows in found.items()}
        return {sector: rows for sector, rows in own.items() if rows}

    @property
    def sectors(self) -> Mapping[str, Sector]:
        """By code, those that the person sees."""
        found = self.catalogue.sectors_of(self.region.pk)
        if self.only is None:
            return found
        own = {sheet.sector_id for sheet in self.catalogue.sheets.values() if self._shows(sheet.pk)}
        return {code: sector for code, sector in found.items() if sector.pk in own}

    def _shows(self, sheet: int) -> bool:
        return self.only is None or sheet in self.only.sheets

    @cached_property
    def left_out(self) -> list[Sector]:
        """Sectors that only a region within the chosen one reports: no board of several regions has them."""
        below = {region.pk for region in self.below}
        return [sector for sector in self.catalogue.sectors.values() if sector.region_id in below]

    @property
    def is_own(self) -> bool:
        return self.region.pk == self.own.pk

    @property
    def query(self) -> str:
        """What a link to another board carries on."""
        return self.query_of()

    def query_of(self, region: Region | None = None, code: str = "") -> str:
        region = region or self.region
        words = {"period": code or self.code} | ({} if region.pk == self.own.pk else {"region": region.code})
        return urlencode(words)


def _below(region: Region, regions: Sequence[Region]) -> list[Region]:
    """Those of `regions` that lie in the region."""
    inside = {region.pk}
    while more := {one.pk for one in regions if one.parent_id in inside} - inside:
        inside |= more
    return [one for one in regions if one.pk in inside and one.pk != region.pk]


def chosen(request: PersonRequest, *, by_year: bool = False, of_own: bool = False) -> BoardChoice:
    """Read the address. With `of_own` a department's people are shown what is of its own sheets; the page has to ask
    the choice for its indicators and sectors.

    Raises PermissionDenied for other roles, Http404 for a region out of scope or no period.

    Without a period, the one that was due last is meant, and with `by_year` the whole latest year in which one was.
    """
    own, regions, only = _scope(request.user, of_own=of_own)
    region = _region(own, regions, request.GET.get("region", ""))
    opened = _opened(Within((region.pk,), is_alone=only is not None))
    shown = _named(request.GET.get("period", "")) or _latest(opened)
    periods: dict[int, list[PeriodKey]] = {shown.year: []}
    for key, _due in sorted(opened):
        periods.setdefault(key.year, [])
        if key.kind != Frequency.YEAR:
            periods[key.year].append(key)
    listed = tuple((of, tuple(periods[of])) for of in sorted(periods, reverse=True))
    period = None if by_year or shown.kind == Frequency.YEAR else shown
    version = catalogue_version()
    catalogue = compiled.catalogue(version)
    return BoardChoice(own, region, regions, shown.year, period, listed, catalogue, version, only)


def _scope(user: User, *, of_own: bool) -> tuple[Region, tuple[Region, ...], OwnSheets | None]:
    """The region that is shown first, all that may be, and whether only a department's sheets are. An administrator
    belongs to no region: the first that reports anything is shown."""
    if user.role == Role.ADMIN:
        every = tuple(Region.objects.order_by("code"))
        reporting = Region.objects.filter(assignments__isnull=False).order_by("code").first()
        if not every:
            raise Http404
        return user.region or reporting or every[0], every, None
    if user.region is not None and can_read_boards(user):
        return user.region, tuple(regions_within(user.region)), None
    if of_own and can_read_own_figures(user) and user.region is not None and user.department is not None:
        return user.region, (user.region,), OwnSheets(user.department.pk, user.own_sheets)
    raise PermissionDenied


def _region(own: Region, regions: Sequence[Region], code: str) -> Region:
    found = next((one for one in regions if one.code == code), None) if code else own
    if found is None:
        raise Http404
    return found


def _named(code: str) -> PeriodKey | None:
    """None without a code. Raises Http404 for what is no period, or lies in a year that no period can have."""
    if not code:
        return None
    try:
        found = PeriodKey.parse(code)
    except ValueError as error:
        raise Http404 from error
    if not 1990 <= found.year <= timezone.localdate().year + 1:
        raise Http404
    return found


def _opened(regions: Within) -> list[tuple[PeriodKey, datetime.date]]:
    """Periods of the regions that have submissions, with their due day."""
    return [(PeriodKey(year, kind, number), due) for year, kind, number, due in opened_periods(regions)]


def _latest(opened: list[tuple[PeriodKey, datetime.date]]) -> PeriodKey:
    """The period that was due last; before the first was due, the one that will be. Of several the whole year, else
    the shortest."""
    today = timezone.localdate()
    if not opened:
        return PeriodKey.whole(today.year)
    past = [due for _key, due in opened if due < today]
    day = max(past) if past else min(due for _key, due in opened)
    *_others, last = found = sorted(key for key, due in opened if due == day)
    return last if last.kind == Frequency.YEAR else found[0]
