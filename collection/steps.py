"""The only writer of the status of a part: it is begun, sent in, returned with a reason, accepted."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from collection.access import may_ask, may_fill
from collection.checks import findings
from collection.guard import Refused, lock_part
from collection.models import PartStep, StationPart
from collection.models.parts import LONGEST_NOTE
from collection.requests import asked
from collection.vocabulary import OPEN_STATUSES, PartStatus
from sectors.calculation.cells import Cell
from sectors.guard import WrongState
from sectors.models import User
from sectors.texts import plain, too_long
from sectors.vocabulary import FigureState, Severity


def expect_open(part: StationPart) -> None:
    """Raises WrongState where the station does not have its part."""
    if part.status not in OPEN_STATUSES:
        text = _("This part is %(status)s: its figures stay as they are. Ask the department to return it first.")
        raise WrongState(text % {"status": part.get_status_display()})


def begin(part: StationPart) -> None:
    """Of a locked part, that something was filled in."""
    if part.status == PartStatus.BLANK:
        part.status = PartStatus.STARTED
        part.save(update_fields=["status"])


@transaction.atomic
def send(part: StationPart, *, by: User | None, remark: str) -> None:
    """The station says that its part is done; by nobody, it holds a link.

    Raises PermissionDenied, WrongState, and Refused where something required is blank, or figures contradict one
    another and the station says nothing to it.
    """
    locked = lock_part(part)
    if by is not None and not may_fill(by, locked):
        raise PermissionDenied
    expect_open(locked)
    locked.remark = plain(remark)
    _expect_whole(locked)
    locked.sent_at = timezone.now()
    _move(locked, PartStatus.SENT, by=by)
    part.status = locked.status


@transaction.atomic
def give_back(part: StationPart, *, by: User, reason: str) -> None:
    """Return a part to its station. Raises PermissionDenied, WrongState, and Refused without a reason."""
    locked = _to_judge(part, by, PartStatus.SENT, PartStatus.ACCEPTED)
    reason = plain(reason)
    if not reason:
        raise Refused(_("Say what is to be mended, so that the station knows it."))
    if problem := too_long(reason, LONGEST_NOTE):
        raise Refused(problem)
    _move(locked, PartStatus.RETURNED, by=by, reason=reason)


@transaction.atomic
def accept(part: StationPart, *, by: User) -> None:
    """Raises PermissionDenied and WrongState."""
    _move(_to_judge(part, by, PartStatus.SENT), PartStatus.ACCEPTED, by=by)


def _to_judge(part: StationPart, by: User, *statuses: PartStatus) -> StationPart:
    locked = lock_part(part)
    if not may_ask(by, locked.request.submission):
        raise PermissionDenied
    if locked.status not in statuses:
        text = _("This part is %(status)s by now, so the step no longer fits. Look at it again.")
        raise WrongState(text % {"status": locked.get_status_display()})
    return locked


def _expect_whole(part: StationPart) -> None:
    if problem := too_long(part.remark, LONGEST_NOTE):
        raise Refused(problem)
    rows = part.part_figures.exclude(state=FigureState.BLANK).values_list("indicator__code", *Cell._fields)
    cells = {code: Cell._make(cell) for code, *cell in rows}
    indicators = asked(part.request)
    if cells.keys().isdisjoint(one.code for one in indicators):
        raise Refused(_("Nothing is filled in yet. Where nothing applies, type n/a."))
    missing = [one.name for one in indicators if one.required and one.code not in cells]
    if missing:
        text = _("Required and still blank: %(names)s. Type n/a where something does not apply.")
        raise Refused(text % {"names": "、".join(missing)})
    errors = [one for one in findings(part.request.submission, cells) if one.severity == Severity.ERROR]
    if errors and not part.remark:
        text = _("These figures contradict one another: mend them, or say below why they are right. %(what)s")
        raise Refused(text % {"what": " ".join(str(one.statement) for one in errors)})


def _move(part: StationPart, new: PartStatus, *, by: User | None, reason: str = "") -> None:
    old = part.status
    part.status = new
    part.save(update_fields=["status", "remark", "sent_at"])
    PartStep.objects.create(part=part, old=old, new=new, by=by, reason=reason)
    via = "" if by else f"link of {part.station}"
    changes = [("status", old, new)]
    region = part.request.submission.region_id
    record.write(EventKind.TRANSITION, part, changes=changes, by=by, via=via, region=region, reason=reason)
