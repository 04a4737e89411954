"""Notices: what a person finds at the bell. Written here, so that callers only say whom and what about."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sectors.models import Department, Deputy, Extension, Notice, Period, Submission, Transition, User
from sectors.vocabulary import DEPARTMENT_ROLES, Role


def notify(people: Iterable[User], text: str, link: str, *, at: datetime.datetime | None = None) -> int:
    """Leave a notice with each, to be seen from a moment on; returns with how many."""
    at = at or timezone.now()
    return len(Notice.objects.bulk_create(Notice(to=person, text=text, link=link, at=at) for person in people))


def withdraw(department: Department, text: str, link: str) -> None:
    """Take back notices to a department that nobody can have seen yet."""
    Notice.objects.filter(to__department=department, text=text, link=link, at__gt=timezone.now()).delete()


def mark_read(user: User, notices: Collection[int] | None = None) -> int:
    """Mark a person's own notices as read, all of them when none is named; returns how many were not."""
    rows = Notice.objects.filter(to=user).seen_by_now().unread()
    if notices is not None:
        rows = rows.filter(pk__in=notices)
    return rows.update(read_at=timezone.now())


def mark_handled(submission: Submission) -> None:
    """The department's notices about a submission are dealt with once it submits it."""
    rows = Notice.objects.unread().filter(to__department=submission.department, link=page_of(submission))
    rows.update(read_at=timezone.now())


def mark_unhandled(submission: Submission, at: datetime.datetime) -> None:
    """The same undone of a step that was taken at a moment."""
    read = (at - datetime.timedelta(seconds=2), at)
    rows = Notice.objects.filter(to__department=submission.department, link=page_of(submission), read_at__range=read)
    rows.update(read_at=None)


def page_of(submission: Submission) -> str:
    return reverse("submission", args=[submission.pk])


def people_of(department: Department, roles: Collection[str] = DEPARTMENT_ROLES) -> QuerySet[User]:
    return User.objects.filter(department=department, role__in=roles, is_active=True).order_by("pk")


def notify_return(submission: Submission, step: Transition) -> None:
    """The clerks of the department, in the language of the site: the sender's may be another."""
    with translation.override(settings.LANGUAGE_CODE):
        what = {"sheet": submission.sheet, "period": submission.period, "who": step.by, "reason": step.reason}
        text = _("%(sheet)s (%(period)s) was returned by %(who)s: %(reason)s") % what
    clerks = people_of(submission.department, [Role.CLERK])
    notify(clerks, text, page_of(submission))


def notify_extension(extension: Extension) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sheet = extension.submission.sheet if extension.submission else _("all sheets")
        what = {"period": extension.period, "sheet": sheet, "until": extension.until, "reason": extension.reason}
        text = _("%(period)s, %(sheet)s: you have time until %(until)s. Reason: %(reason)s") % what
    one = extension.submission
    notify(people_of(extension.department), text, page_of(one) if one else reverse("home"))


def notify_new_days(period: Period, department: Department, reason: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        what = {"period": period, "due": period.due, "closes": period.closes or _("stays open"), "reason": reason}
        text = _("The days of %(period)s were changed: due %(due)s, closes: %(closes)s. Reason: %(reason)s") % what
    notify(people_of(department), text, reverse("home"))


def notify_deputy(deputy: Deputy) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        what = {"head": deputy.head, "first": deputy.first_day, "last": deputy.last_day}
        text = _("You stand in for %(head)s from %(first)s to %(last)s: sheets to sign come to you.") % what
    notify([deputy.person], text, reverse("home"))
