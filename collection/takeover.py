"""Stations' figures added up into the department's cells, as ordinary entries that say where they come from: the only
writer of `TakenCell`.

Only parts that are sent in or accepted count. What a station corrects later changes no cell of the department: the
difference is shown until somebody takes it over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from collection.adding import added, why_not_added
from collection.guard import Refused, lock_parts, lock_request
from collection.models import PartFigure, PartRequest, StationPart, TakenCell
from collection.requests import asked
from collection.vocabulary import COUNTED_STATUSES
from sectors import guard
from sectors.calculation.cells import Cell, shown
from sectors.entry import writer
from sectors.entry.requested_cells import requested_cells
from sectors.models import Indicator, User
from sectors.vocabulary import ChangeSource, FigureState

BLANK = Cell(FigureState.BLANK)


@dataclass(frozen=True)
class StationValue:
    """What a station that counts says for a cell; blank where it says nothing."""

    part: StationPart
    cell: Cell

    @property
    def text(self) -> str:
        return self.cell.text


@dataclass(frozen=True)
class CellTotal:
    """A cell that stations were asked for: what they make together, beside what stands in the department's sheet."""

    indicator: Indicator
    values: Sequence[StationValue]  # of the stations that count
    asked: int  # of how many stations
    now: str  # what stands in the sheet, as it is stored
    taken: TakenCell | None
    is_locked: bool

    @cached_property
    def why_not(self) -> str:
        return why_not_added(self.indicator)

    @cached_property
    def total(self) -> Cell:
        return BLANK if self.why_not else added(self.indicator, [value.cell for value in self.values])

    @property
    def answered(self) -> int:
        return sum(1 for value in self.values if value.cell.state != FigureState.BLANK)

    @property
    def not_applicable(self) -> int:
        return sum(1 for value in self.values if value.cell.state == FigureState.NOT_APPLICABLE)

    @property
    def is_partial(self) -> bool:
        return self.answered < self.asked

    @property
    def is_by_hand(self) -> bool:
        """Something stands in the sheet that did not come from the stations."""
        return bool(self.now) and (self.taken is None or self.taken.stored != self.now)

    @property
    def is_same(self) -> bool:
        return self.total.stored == self.now

    @property
    def is_offered(self) -> bool:
        """Whether it can be taken over, and would change something."""
        new = self.total.state != FigureState.BLANK
        return new and not self.is_locked and (not self.is_same or self.taken is None or not self._is_taken_so)

    @property
    def _is_taken_so(self) -> bool:
        taken = self.taken
        return taken is not None and (taken.stored, taken.answered, taken.asked) == (
            self.total.stored,
            self.answered,
            self.asked,
        )

    @property
    def is_proposed(self) -> bool:
        """Taken over unless somebody says otherwise: nothing typed by hand is overwritten."""
        return self.is_offered and (self.is_same or not self.is_by_hand)

    @property
    def has_changed(self) -> bool:
        """Stations make something else by now than was taken over."""
        return self.taken is not None and self.taken.stored != self.total.stored

    @property
    def now_text(self) -> str:
        return shown(self.now)

    @property
    def taken_text(self) -> str:
        return shown(self.taken.stored) if self.taken else ""

    @property
    def note(self) -> str:
        """What the department's cell says of where it comes from: true also when somebody changes it later."""
        what = {"total": self.total.stored, "answered": self.answered, "asked": self.asked}
        return _("%(total)s from %(answered)d of %(asked)d stations") % what


@dataclass(frozen=True)
class Totals:
    """All cells of a request, in the order of the sheet."""

    request: PartRequest
    parts: Sequence[StationPart]
    cells: Sequence[CellTotal]

    @property
    def counted(self) -> list[StationPart]:
        return [part for part in self.parts if part.status in COUNTED_STATUSES]

    @property
    def missing(self) -> list[StationPart]:
        return [part for part in self.parts if part.status not in COUNTED_STATUSES]

    @property
    def mark(self) -> str:
        """Tells whether it still is what somebody looked at."""
        seen = [(one.indicator.code, one.now, one.total.stored, one.answered, one.asked) for one in self.cells]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def read(request: PartRequest, parts: Sequence[StationPart] | None = None) -> Totals:
    """The totals of a request (`for_reading`), in the same number of queries for any number of stations."""
    if parts is None:
        parts = list(request.station_parts.select_related("station").order_by("station__position", "station__name"))
    indicators, submission = asked(request), request.submission
    known = _figures([part for part in parts if part.status in COUNTED_STATUSES])
    there = writer.stored_cells(submission, indicators)
    taken = {one.indicator_id: one for one in request.taken_cells.select_related("by")}
    requested = requested_cells(submission)
    cells = [
        CellTotal(
            indicator=one,
            values=[StationValue(part, cells.get(one.pk, BLANK)) for part, cells in known.items()],
            asked=len(parts),
            now=there.get(one.pk, writer.NO_FIGURE)[0].stored,
            taken=taken.get(one.pk),
            is_locked=requested.locks(one.code),
        )
        for one in indicators
    ]
    return Totals(request, parts, cells)


def _figures(parts: Sequence[StationPart]) -> Mapping[StationPart, Mapping[int, Cell]]:
    found: dict[int, dict[int, Cell]] = {part.pk: {} for part in parts}
    rows = PartFigure.objects.filter(part__in=parts).values_list("part", "indicator", *Cell._fields)
    for part, indicator, *cell in rows:
        found[part][indicator] = Cell._make(cell)
    return {part: found[part.pk] for part in parts}


class Outdated(Exception):
    """Stations or the sheet have changed since somebody looked; nothing was taken over."""


@transaction.atomic
def take_over(request: PartRequest, codes: Collection[str], *, by: User, seen: str) -> int:
    """Enter the totals of some cells into the department's sheet; returns how many cells changed.

    Raises PermissionDenied, WrongState where the sheet is not with the department any more, its period is closed or
    the request is gone, Outdated where something else is to be seen by now than what was `seen`, and Refused.
    """
    submission = guard.open_for_entry(request.submission, by)
    locked = lock_request(request)
    locked.submission = submission
    totals = read(locked, lock_parts(locked))
    if totals.mark != seen:
        raise Outdated(_("Figures have changed since you looked at them. Nothing was taken over; look once more."))
    chosen = [one for one in totals.cells if one.indicator.code in set(codes) and one.is_offered]
    if not chosen:
        raise Refused(_("Choose at least one cell that can be taken over."))
    with translation.override(settings.LANGUAGE_CODE):
        notes = {one.indicator.code: one.note for one in chosen}
    figures = {one.indicator.code: one.total.stored for one in chosen}
    try:
        typed = writer.Typed(figures, notes=notes, all_or_nothing=True)
        saved = writer.save(submission, typed, by=by, way=ChangeSource.IMPORT, is_locked=True)
    except writer.NotEverythingStored as error:
        raise Refused(_refusals(chosen, error.saved)) from error
    _keep(locked, chosen, by)
    return saved.changed


def _refusals(chosen: Sequence[CellTotal], saved: writer.Saved) -> str:
    names = {one.indicator.code: one.indicator.name for one in chosen}
    said = "；".join(f"{names[code]} {text}: {why}" for code, (text, why) in saved.refused.items())
    return _("Nothing was taken over. %(what)s") % {"what": said}


def _keep(request: PartRequest, chosen: Sequence[CellTotal], by: User) -> None:
    rows = [
        TakenCell(
            request=request,
            indicator_id=one.indicator.pk,
            stored=one.total.stored,
            answered=one.answered,
            asked=one.asked,
            by=by,
        )
        for one in chosen
    ]
    TakenCell.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["request", "indicator"],
        update_fields=["stored", "answered", "asked", "by", "at"],
    )
    told = [(one.indicator.code, one.taken_text, one.total.stored) for one in chosen]
    region = request.submission.region_id
    record.write(EventKind.FIGURES, request, changes=told, by=by, region=region, source="stations")
