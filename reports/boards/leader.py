"""The leadership board: key indicators against their targets and last year, rates by sector, who is late, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.aggregation.cube import AnnualValue, Cube
from reports.aggregation.verdicts import Verdict, verdict
from reports.boards import charts, office
from reports.boards.charts import ChartLine, ScreenChart, listed, sentences
from reports.boards.choice import BoardChoice
from reports.boards.office import Board
from reports.boards.trends import TrendPoint, point, trend
from sectors.calculation.periods import PeriodKey
from sectors.models import Chapter, Indicator, Sector
from sectors.vocabulary import TargetBound

YEARS_SHOWN = 5
KEYS_A_SLIDE = 8


@dataclass(frozen=True)
class Key:
    """A key indicator with its year, and the values of its small trend line in the order of time."""

    value: AnnualValue
    trend: list[TrendPoint]

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator

    @property
    def sector(self) -> Sector:
        return self.indicator.sheet.sector

    @cached_property
    def verdict(self) -> Verdict:
        return verdict(self.value, timezone.localdate())

    @property
    def stretches(self) -> list[list[tuple[str, str]]]:
        return charts.spark(tuple(point.value for point in self.trend))

    @property
    def is_better(self) -> bool | None:
        """None where nothing changed, or nobody says which way is good."""
        change = self.value.rounded_change
        if not change or self.indicator.target is None:
            return None
        return (change > 0) == (self.indicator.target_is == TargetBound.AT_LEAST)


@dataclass(frozen=True)
class Leadership:
    choice: BoardChoice
    keys: list[Key]
    board: Board  # of the whole year
    rates: ScreenChart | None

    @cached_property
    def reached(self) -> list[Key]:
        return self._judged("reached")

    @cached_property
    def missed(self) -> list[Key]:
        return self._judged("missed")

    @cached_property
    def under_way(self) -> list[Key]:
        return self._judged("under_way")

    @cached_property
    def behind(self) -> list[Key]:
        """Of those under way, the ones short of their target or of their plan to date."""
        return [key for key in self.under_way if key.verdict.is_behind]

    @property
    def lacking(self) -> list[Key]:
        return self.missed + self.behind

    @cached_property
    def undecidable(self) -> list[Key]:
        return self._judged("open")

    @property
    def is_running(self) -> bool:
        return any(key.verdict.to_date for key in self.keys)

    @property
    def _known(self) -> int:
        return sum(map(len, (self.reached, self.missed, self.under_way, self.undecidable)))

    @property
    def without(self) -> int:
        """Key indicators that have no target or no figure yet, or too few figures of a year that is over."""
        return len(self.keys) - self._known

    def _judged(self, state: str) -> list[Key]:
        return [key for key in self.keys if key.verdict.state == state]

    @property
    def pieces(self) -> list[tuple[Chapter, bool, list[Key]]]:
        """Chapters, cut into pieces that fit a wall screen; whether a piece is its chapter's first."""
        found = []
        for chapter, members in groupby(self.keys, key=lambda key: key.sector.chapter):
            keys = list(members)
            found += [(chapter, not n, keys[n : n + KEYS_A_SLIDE]) for n in range(0, len(keys), KEYS_A_SLIDE)]
        return found

    @property
    def late_departments(self) -> list[str]:
        """Names, the latest first, each once."""
        late = sorted(
            (submission for submission in self.board.own if submission.days_late),
            key=lambda submission: -submission.days_late,
        )
        return list(dict.fromkeys(submission.department_name for submission in late))

    @property
    def words(self) -> str:
        """How the county stands, in two or three sentences."""
        known = self._known
        if not known:
            return _("No key indicator with a target has a figure of %(year)d yet.") % {"year": self.choice.year}
        what = {"all": known, "reached": len(self.reached), "under_way": len(self.under_way)}
        said = _("Of %(all)d key indicators that have a target and a figure, %(reached)d reach it.") % what
        if self.is_running:
            said = _(
                "The year runs: of %(all)d key indicators that have a target and a figure, %(reached)d reach it to "
                "date, %(under_way)d are under way."
            )
            said = said % what
        if self.behind:
            names = listed([key.indicator.name for key in self.behind])
            said = sentences(said, _("Behind so far: %(names)s.") % {"names": names})
        if self.missed:
            names = listed([key.indicator.name for key in self.missed])
            said = sentences(said, _("Below it: %(names)s.") % {"names": names})
        if self.undecidable:
            names = listed([key.indicator.name for key in self.undecidable])
            said = sentences(said, _("Not exact enough to tell: %(names)s.") % {"names": names})
        return said

    @property
    def words_on_change(self) -> str:
        changes = [key.is_better for key in self.keys if key.value.plain_change is not None]
        if not changes:
            return _("None can be compared with the whole of last year yet.")
        better, worse = changes.count(True), changes.count(False)
        what = {"count": len(changes), "better": better, "worse": worse, "other": len(changes) - better - worse}
        return (
            _(
                "Of the %(count)d that can be compared with the whole of last year %(better)d are better, %(worse)d "
                "are worse, %(other)d are as they were or open."
            )
            % what
        )


def leadership(choice: BoardChoice) -> Leadership:
    """Everything the board shows, in a number of queries that does not depend on what there is."""
    catalogue = choice.catalogue
    years = [year for year in choice.years if year <= choice.year][:YEARS_SHOWN]
    reported = catalogue.of_region(choice.year, choice.region.pk)
    shown = [one for one in reported if one.is_key or one.is_pass_rate]
    cube = Cube(choice.inside, years, shown, by_period=True, catalogue=catalogue)
    values = cube.annual(choice.year).values()
    keys = [Key(value, trend(cube, value.indicator, years, catalogue)) for value in values if value.indicator.is_key]
    rates = _rates([value for value in values if value.indicator.is_pass_rate], cube, years)
    return Leadership(choice, keys, office.office(replace(choice, period=None)), rates)


def _rates(rates: Sequence[AnnualValue], cube: Cube, years: Sequence[int]) -> ScreenChart | None:
    """The sectors' pass rates over the years: a row a sector, this year's symbol filled."""
    shown = [rate for rate in rates if rate.value is not None or rate.plain_last is not None]
    if not shown:
        return None
    of_years = (
        (year, [point(cube, rate.indicator, PeriodKey.whole(year)) for rate in shown])
        for year in sorted(years, reverse=True)
    )
    lines = tuple(
        ChartLine(str(year), tuple(one.value for one in points), tuple(one.text for one in points))
        for year, points in of_years
        if any(one.value is not None for one in points)
    )
    names = tuple(_sector(rate) for rate in shown)
    return ScreenChart("rates", "dots", _("Pass rates by sector"), "%", names, lines, _words_on_rates(shown))


def _sector(value: AnnualValue) -> str:
    return value.indicator.sheet.sector.name


def _words_on_rates(shown: Sequence[AnnualValue]) -> str:
    present = [rate for rate in shown if rate.value is not None]
    if not present:
        return _("None of these rates has a figure of this year yet.")
    lowest = min(present, key=lambda rate: rate.value or Decimal(0))
    equal = [_sector(rate) for rate in present if rate.text == lowest.text]
    full = sum(rate.value == 100 and not rate.marked.qualifier for rate in present)
    said = ngettext(
        "%(full)d of %(count)d sector is at 100%%; the lowest is %(sector)s with %(value)s.",
        "%(full)d of %(count)d sectors are at 100%%; the lowest is %(sector)s with %(value)s.",
        len(present),
    ) % {"full": full, "count": len(present), "sector": listed(equal), "value": lowest.text_with_unit}
    if any(rate.is_partial for rate in present):
        said = sentences(said, _("Some of these are not of the whole year or not of all regions."))
    said = charts.with_caution(said, (rate.marked for rate in present))
    compared = [rate for rate in present if rate.direction is not None]
    fallen = [rate for rate in compared if rate.direction == -1]
    if not compared:
        return said
    if not fallen and len(compared) < len(present):
        more = _("None of the %(count)d that can be compared has fallen against last year.")
        return sentences(said, more % {"count": len(compared)})
    if not fallen:
        return sentences(said, _("None has fallen against last year."))
    most = min(fallen, key=lambda rate: rate.change or Decimal(0))
    what = {"count": len(fallen), "sector": _sector(most), "change": most.change_text}
    more = _("%(count)d have fallen against last year, most of all %(sector)s (%(change)s).")
    return sentences(said, more % what)
