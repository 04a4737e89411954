"""What may be changed in a submission at the moment, asked by all that write to one: entry, approval, evidence.

And the locks of regions, periods, departments and submissions. Whoever takes several takes them in this order, each by
their keys, or two might wait for each other. No lock keeps a row from being referred to (`no_key`): a foreign key is
looked up when a transaction ends, when it holds what others wait for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.access import LOCKED, fits_status, may_enter
from sectors.models import Department, Period, Region, Submission, User
from sectors.vocabulary import Role, SubmissionStatus

# What a step or an extension changes in a submission.
LOCKED_FIELDS = ("status", "is_reopened", "department_id", "extended_until", "submitted_by_id", "changed")


class WrongState(Exception):
    """The step does not fit the submission's status; the message says what the status is."""


def lock_region(region: Region) -> Region:
    """The region as it is now, kept from others until the transaction ends."""
    return Region.objects.select_for_update(of=("self",), no_key=True).get(pk=region.pk)


def lock_period(period: Period) -> Period:
    """The period as it is now, kept from others until the transaction ends."""
    return Period.objects.select_for_update(of=("self",), no_key=True).get(pk=period.pk)


def lock_submissions(submissions: QuerySet[Submission]) -> list[int]:
    """Keep several submissions from others. Returns their keys."""
    locked = submissions.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def lock_periods(periods: Collection[Period]) -> None:
    """Keep periods from others, with what is counted for their regions and what is reported in their years."""
    locked = Period.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[one.pk for one in periods])
    list(locked.order_by("pk").values_list("pk"))
    regions, years = {one.region_id for one in periods}, {one.year for one in periods}
    lock_departments(Department.objects.filter(region__in=regions).values_list("pk", flat=True))
    lock_submissions(Submission.objects.filter(region__in=regions, period__year__in=years))


def lock_reporting() -> None:
    """Keep from others, in all regions, what is being reported: nothing is handed out, entered, imported or moved."""
    open_ones = Submission.objects.exclude(status=SubmissionStatus.ACCEPTED)
    _lock_all(Region.objects.all(), Period.objects.all(), Department.objects.all(), open_ones)


def lock_places() -> None:
    """Keep regions and departments from others."""
    _lock_all(Region.objects.all(), Department.objects.all())


def _lock_all(*kinds: QuerySet[Any]) -> None:
    for rows in kinds:
        locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
        list(locked.values_list("pk", flat=True))


def lock(submission: Submission) -> Submission:
    """Keep a submission from others until the transaction ends, and bring it up to date with what they did before.

    Raises WrongState where it is not there any more.
    """
    rows = Submission.objects.select_for_update(of=("self",), no_key=True)
    row = rows.values(*LOCKED_FIELDS).filter(pk=submission.pk).first()
    if row is None:
        raise WrongState(_("The leadership office has taken this period back: the sheet is no longer asked for."))
    for name, value in row.items():
        setattr(submission, name, value)  # a department that has changed is fetched again when it is asked for
    vars(submission).pop("had_locks", None)
    submission.catalogue_version = None  # a load may have been waited for
    return submission


def lock_departments(departments: Iterable[int]) -> None:
    """Keep what registries count for these departments from others until the transaction ends: a sheet that is being
    handed out, and a record that is being stored, would each not see the other."""
    rows = Department.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=departments).order_by("pk")
    list(rows.values_list("pk", flat=True))


def open_for_entry(submission: Submission, by: User) -> Submission:
    """Lock a submission that this person changes, and bring it up to date. Raises what `check_entry` raises."""
    locked = lock(submission)
    check_entry(locked, by)
    return locked


def check_entry(submission: Submission, by: User) -> None:
    """Raises PermissionDenied for who does not fill the submission, WrongState when now is not the time for it."""
    if not may_enter(by, submission):
        raise PermissionDenied
    if not fits_status("submit", submission):
        raise WrongState(why_not("submit", submission))


def why_not(action: str, submission: Submission) -> str:
    """Why a step of `access.MOVES` does not fit now: who moved the submission on and when, and what can be done.

    What does not fit "submit" cannot be changed by its department at all.
    """
    if action in LOCKED and submission.is_closed:
        return closed_message(submission)
    return unchangeable(submission) if action == "submit" else _moved_on(submission)


def unchangeable(submission: Submission) -> str:
    """Why the department changes nothing in a submission that has left it."""
    text = _("This submission is now %(state)s, so it cannot be changed. Withdraw it or ask for its return first.")
    return text % {"state": _state(submission)}


def _moved_on(submission: Submission) -> str:
    text = _("This submission is now %(state)s, so the step no longer fits. Look at it again.")
    return text % {"state": _state(submission)}


def _state(submission: Submission) -> str:
    """The status in words; with who brought it there and when, if anybody did."""
    status, last = submission.get_status_display(), submission.transitions.select_related("by").order_by("pk").last()
    if last is None:
        return f"“{status}”"
    when = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M")
    return _("“%(status)s” (%(who)s, %(when)s)") % {"status": status, "who": last.by or _("the system"), "when": when}


def closed_message(submission: Submission) -> str:
    """Why nothing can be entered in a closed period, and who can lift that."""
    office = Department.objects.filter(region=submission.region_id, users__role=Role.OFFICE).first()
    return _(
        "%(period)s was closed after %(day)s, so nothing can be entered or submitted any more. %(office)s can lift "
        "this with an extension: tell it what is to be entered, why, and until when."
    ) % {"period": submission.period, "day": submission.closes, "office": office or _("The leadership office")}
