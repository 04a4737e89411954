"""Targets of a region's year as a list: what holds, what waits, and how the year stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import access, targets
from assessment.models import Target
from assessment.vocabulary import TargetState
from reports.aggregation.cube import AnnualValue, Cube
from reports.aggregation.verdicts import Verdict, verdict
from reports.exports.files import ExportColumn, ExportNumber, Listing, Value
from sectors.catalogue import compiled
from sectors.models import Indicator, Region, User
from sectors.sql.regions import regions_within

DECIMALS = 6  # of a target
YEARS_SHOWN = 6


@dataclass(frozen=True)
class TargetLine:
    """An indicator's year with the target that holds; `own` is what was set for the region, `waiting` a proposal."""

    value: AnnualValue
    own: Target | None
    waiting: Target | None

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator

    @property
    def origin(self) -> str:
        """Whose target it is and since when."""
        since = self.indicator.target_since
        text = _("since %(since)s") % {"since": since} if since else ""
        return _(", ").join(part for part in (self.indicator.target_source, text) if part)

    @property
    def basis(self) -> str:
        """Whether the target was set for the year; empty without one."""
        if self.indicator.target is None:
            return ""
        return _("set for this year") if self.own else _("from the catalogue")

    @property
    def judged(self) -> Verdict:
        return verdict(self.value, timezone.localdate())

    @property
    def verdict(self) -> str:
        """How the year stands against the target, in a word; empty where there is no target or no figure."""
        return self.judged.word


def shown(user: User, region: Region, year: int) -> list[Indicator]:
    """Indicators of a region's year that may have a target that this person reads, in the report's order."""
    rows = [one for one in compiled.catalogue().of_region(year, region.pk) if not one.is_words]
    if access.reads_all(user):
        return rows
    own = user.own_sheets
    return [one for one in rows if one.sheet_id in own]


def lines(region: Region, year: int, indicators: Iterable[Indicator]) -> list[TargetLine]:
    """One for each, in a number of queries that does not depend on how many there are."""
    values = Cube(list(regions_within(region)), (year,), indicators, compared=False).annual(year)
    rows = Target.objects.filter(region=region, year=year, state__in=(TargetState.CONFIRMED, TargetState.PROPOSED))
    own, waiting = dict[str, Target](), dict[str, Target]()
    for row in rows.select_related("indicator__unit", "department").order_by("pk"):
        (own if row.state == TargetState.CONFIRMED else waiting)[row.indicator.code] = row
    held = {code: row for code, row in own.items() if row.value is not None}
    return [TargetLine(value, held.get(code), waiting.get(code)) for code, value in values.items()]


def usual(found: Iterable[TargetLine]) -> list[TargetLine]:
    """Those that have a target, wait for one, or are asked for one first: key indicators and pass rates."""
    return [
        line
        for line in found
        if line.indicator.target is not None or line.waiting or line.indicator.is_key or line.indicator.is_pass_rate
    ]


def history(region: Region, indicator: Indicator, year: int) -> list[tuple[AnnualValue, Verdict]]:
    """The indicator's years up to one, the latest first, each with the target that held and how it stands; earlier ones
    where there is a figure or a target that was set for the year."""
    years = range(year, year - YEARS_SHOWN, -1)
    cube = Cube(list(regions_within(region)), years, [indicator], compared=False)
    found = [cube.annual(one)[indicator.code] for one in years]
    own = {at for (_region, at), held in targets.holding([region.pk], years).items() if indicator.code in held}
    shown = [one for one in found if one.year in {year, *own} or one.is_there]
    return [(one, verdict(one, timezone.localdate())) for one in shown]


def listing(title: str, found: Sequence[TargetLine]) -> Listing:
    """The list as a file."""
    columns = (
        *(ExportColumn(_("Sector"), 16), ExportColumn(_("Indicator code"), 24), ExportColumn(_("Indicator"), 34)),
        *(ExportColumn(_("Unit"), 8), ExportColumn(_("The target is reached with"), 10), ExportColumn(_("Target"), 14)),
        *(ExportColumn(_("Source of the target"), 34), ExportColumn(_("The target holds since"), 12)),
        *(ExportColumn(_("Set for"), 14), ExportColumn(_("Value"), 14), ExportColumn(_("Verdict"), 12)),
        ExportColumn(_("To be confirmed"), 24),
    )
    return Listing(title, columns, map(_row, found), len(found))


def _row(line: TargetLine) -> tuple[Value, ...]:
    indicator, value = line.indicator, line.value
    has_target = indicator.target is not None
    target = ExportNumber(indicator.target, _places(indicator.target)) if indicator.target is not None else None
    return (
        *(indicator.sheet.sector.name, indicator.code, indicator.name, indicator.unit.name),
        *(str(indicator.get_target_is_display()) if has_target else "", target),
        *(indicator.target_source, indicator.target_since),
        line.basis,
        _value(value),
        *(line.verdict, f"{line.waiting.text} {line.waiting.department.short_name}" if line.waiting else ""),
    )


def _value(value: AnnualValue) -> Value:
    """As a number where it is exact, else as it is printed."""
    if value.value is None or value.bounds:
        return value.text
    return ExportNumber(value.value, value.places, value.indicator.rounding)


def _places(number: object) -> int:
    """Decimals that a target is written with."""
    return len(f"{number:f}".rstrip("0").rpartition(".")[2]) if "." in f"{number:f}" else 0
