"""Long work of this app that runs as jobs, see `sectors.jobs`. Each does what a page does, for the same person."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sectors import guard, jobs
from sectors.access import can_check_period, can_manage, can_set_severities, may_enter
from sectors.approval import moves
from sectors.entry.writer import NotEverythingStored
from sectors.findings import storage
from sectors.jobs import Failed, Progress, Result
from sectors.models import Period, Region, Submission, Urge, User
from sectors.reminders import urging
from sectors.spreadsheets import pending, reader
from sectors.spreadsheets.container import BadFile


@jobs.register("sectors.hand_out", atomic=False)  # period by period, and a sheet that is out is not handed out again
def hand_out(progress: Progress, by: User, *, periods: list[int]) -> Result:
    """Hand the sheets of some periods out, and what was reassigned over to the department that reports it now."""
    found = list(Period.objects.for_user(by).filter(pk__in=periods).select_related("region").order_by("opens", "pk"))
    said = []
    for number, period in enumerate(found):
        progress.step(number, len(found), str(period))
        if not can_manage(by, period):
            raise Failed(_("Only the leadership office of the region hands sheets out."))
        what = {"new": moves.open_period(period), "moved": moves.hand_over(period, by=by)}
        text = _("%(period)s: %(new)d sheets were handed out, %(moved)d were handed over.")
        said.append(text % {**what, "period": period})
    link = reverse("period", args=periods) if len(periods) == 1 else reverse("periods")
    return Result("\n".join(said), link=link)


@jobs.register("sectors.check_period", atomic=False)  # a sheet that is checked again has the same findings
def check_period(progress: Progress, by: User, *, period: int) -> Result:
    """Check all submissions of a period anew, after a rule has changed."""
    found = Period.objects.for_user(by).filter(pk=period).first()
    if found is None or not can_check_period(by):
        raise Failed(_("Only the leadership office of the region has a period checked."))
    count = storage.refresh_period(found, on_progress=progress.step)
    said = ngettext("%(period)s was checked: %(count)d finding.", "%(period)s was checked: %(count)d findings.", count)
    return Result(said % {"period": found, "count": count}, link=f"{reverse('findings')}?period={period}")


@jobs.register("sectors.check_open", atomic=False)
def check_open(progress: Progress, by: User, *, region: int) -> Result:
    """Check what a region has not accepted yet anew, after the severity of a check has changed."""
    found = Region.objects.filter(pk=region).first()
    if found is None or not can_set_severities(by, found):
        raise Failed(_("Only the leadership office of the region, or an administrator, has its sheets checked."))
    count = storage.refresh_open(found, on_progress=progress.step)
    said = ngettext("%(region)s was checked: %(count)d finding.", "%(region)s was checked: %(count)d findings.", count)
    return Result(said % {"region": found, "count": count}, link=f"{reverse('checks')}?region={found.code}")


@jobs.register("sectors.send_urges", atomic=False)  # what was sent is marked at once, and is not sent again
def send_urges(progress: Progress, by: User, *, urges: list[int]) -> Result:
    """Send e-mails and messages to group chats of urges that are on record."""
    mine = Urge.objects.filter(pk__in=urges, by=by)
    sent, failed = urging.send([one.pk for one in mine])
    said = ngettext("%(count)d message was sent.", "%(count)d messages were sent.", sent) % {"count": sent}
    if failed:
        not_sent = ngettext("%(count)d did not arrive.", "%(count)d did not arrive.", failed) % {"count": failed}
        said = f"{said} {not_sent}"
    period = mine.values_list("period", flat=True).first()
    return Result(said, link=reverse("period", args=[period]) if period else "")


@jobs.register("sectors.import_sheet", atomic=False)  # it reads first, and locks the sheet only to store
def import_sheet(progress: Progress, by: User, *, submission: int, ticket: str, take: list[str]) -> None:
    """Store what the preview of a large Excel file showed, all or nothing; `take` are the cells chosen in conflicts."""
    sheet = Submission.objects.for_user(by).for_reading().filter(pk=submission).first()
    if sheet is None or not may_enter(by, sheet):
        raise Failed(_("This sheet is no longer yours to fill."))
    on_progress = _ImportProgress(progress)
    meanwhile = _("The sheet has changed since the preview. Nothing was imported; look at it once more.")
    try:
        file = pending.find(ticket, by, str(sheet.pk))
        with file.path.open("rb") as source:
            found = reader.read(source, file.size, sheet, by, on_progress)
        if found.digest != file.digest or found.problems:
            raise Failed(meanwhile)
        with transaction.atomic():
            saved = reader.store(found, sheet, by, frozenset(take), on_progress)
            storage.refresh(sheet)
            # When this is done: it locks the others, one after the other.
            transaction.on_commit(partial(storage.refresh_standing_beside, sheet), robust=True)
            done = ngettext(
                "Imported from Excel: %(count)d change.", "Imported from Excel: %(count)d changes.", saved.changed
            )
            link = reverse("sheet", args=[submission])
            progress.conclude(Result(done % {"count": saved.changed}, link=link))
    except NotEverythingStored:
        raise Failed(meanwhile) from None
    except (BadFile, guard.WrongState) as error:
        raise Failed(str(error)) from None
    file.path.unlink(missing_ok=True)


class _ImportProgress:
    """The three steps of an import as one share: a file of 100 rows has 300 pieces."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.labels = (
            _("Reading row %(done)d of %(count)d"),
            _("Comparing figure %(done)d of %(count)d"),
            _("Storing figure %(done)d of %(count)d"),
        )

    def __call__(self, step: int, done: int, count: int) -> None:
        label = self.labels[step] % {"done": done, "count": count}
        self.progress.step(step * count + done, len(self.labels) * count, label)
