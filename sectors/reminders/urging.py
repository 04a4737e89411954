"""Urging and reminding departments (催报): a notice always, e-mail and group chats where they are set up.

First everything is recorded in one transaction, then it is sent, as a job where a person waits: what a killed process
did not send is still there to be sent by the next `send_reminders`.
"""

from __future__ import annotations

import datetime
import smtplib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import record
from audit.vocabulary import EventKind
from sectors import jobs
from sectors.access import can_manage
from sectors.calendar import workdays
from sectors.guard import WrongState, lock_period
from sectors.models import Delivery, Department, Period, Robot, Submission, Urge, User
from sectors.people import notices
from sectors.reminders import chat_bots
from sectors.shell import undo
from sectors.texts import too_long
from sectors.vocabulary import DeliveryOutcome, DeliveryWay, UrgeKind

# A second press within this time is the same urge.
REPEAT_INTERVAL = datetime.timedelta(minutes=10)
REMIND_WORKDAYS_BEFORE = 3
REMIND_EVERY = 3
# Whoever has not delivered so long after the due day is not waiting for another reminder.
REMIND_UNTIL = datetime.timedelta(days=60)
RESEND_WITHIN = datetime.timedelta(days=2)


LONGEST_NOTE = 200  # characters

# Registered by the app in which people choose: of some people, the keys of those who want no mail of this kind of urge.
unwanted: list[Callable[[str, Collection[User]], Collection[int]]] = []


class NoteTooLong(ValueError):
    """The sentence that is added does not fit; the message says so."""


@dataclass(frozen=True)
class Owing:
    """A department and the sheets that it has still to deliver."""

    department: Department
    submissions: list[Submission]

    @property
    def late(self) -> list[Submission]:
        return [s for s in self.submissions if s.is_late]

    @property
    def days_late(self) -> int:
        return max(0 if s.is_reopened else s.days_late for s in self.submissions)


def owing(period: Period) -> list[Owing]:
    """Departments with something still to deliver in the period, the latest first."""
    rows = Submission.objects.for_period(period).with_department().select_related("sheet", "department", "period")
    grouped = groupby(rows.order_by("department", "sheet__position", "pk"), key=lambda s: s.department)
    found = [Owing(department, list(members)) for department, members in grouped]
    return sorted(found, key=lambda o: -o.days_late)


def urge(*, period: Period, departments: Collection[int], by: User, note: str = "") -> list[Urge]:
    """Urge the named departments, as far as they owe something; returns the urges. E-mails and messages to group chats
    are sent in the background.

    Who was urged within the last minutes is not urged again: a double click is one urge. Raises PermissionDenied,
    NoteTooLong.
    """
    if not can_manage(by, period):
        raise PermissionDenied
    if problem := too_long(note, LONGEST_NOTE):
        raise NoteTooLong(problem)
    with transaction.atomic():
        lock_period(period)
        recent = period.urges.filter(kind=UrgeKind.URGE, at__gt=timezone.now() - REPEAT_INTERVAL)
        asked = set(departments) - set(recent.values_list("department", flat=True))
        urges = [
            _create(period, owed, UrgeKind.URGE, by=by, note=note)
            for owed in owing(period)
            if owed.department.pk in asked
        ]
    if _waiting(urges).exists():
        title = _("Urging by e-mail and group chats: %(period)s") % {"period": period}
        keys = [one.pk for one in urges]
        jobs.start("sectors.send_urges", by=by, title=title, after=undo.BOUND, urges=keys)
    return urges


@transaction.atomic
def take_back(urges: Collection[int], *, by: User) -> None:
    """Undo urges that a person made just now, named by their keys: nothing of them has been sent. The audit record has
    both. Raises WrongState where something has left already, or they are gone."""
    made = list(Urge.objects.filter(pk__in=urges, by=by, kind=UrgeKind.URGE).select_related("period", "department"))
    if len(made) < len(urges):
        raise WrongState(_("This urge is undone already."))
    if is_sent(made) or any(one.at + undo.BOUND <= timezone.now() for one in made):  # or notices are seen
        raise WrongState(_("Messages have left already, so the urge stands."))
    for one in made:
        lock_period(one.period)
        about = {"urge": UrgeKind.URGE, "department": one.department, "undone": True}
        record.write(EventKind.CALENDAR, one.period, by=by, region=one.period.region_id, **about)
        notices.withdraw(one.department, one.text, _page_of(list(one.submissions.all())))
        one.delete()


def is_sent(urges: Collection[Urge]) -> bool:
    """Whether anything has left that cannot be taken back."""
    sent = Delivery.objects.filter(urge__in=urges).exclude(way=DeliveryWay.NOTICE)
    return sent.exclude(outcome=DeliveryOutcome.WAITING).exists()


def _page_of(submissions: list[Submission]) -> str:
    return notices.page_of(submissions[0]) if len(submissions) == 1 else reverse("home")


def remind() -> list[Urge]:
    """Remind of every due day near or past; a second run on the same day finds nothing left to do."""
    today = timezone.localdate()
    started = Period.objects.filter(opens__lte=today)
    urges: list[Urge] = []
    for period in started.filter(submissions__in=Submission.objects.with_department()).distinct().order_by("due", "pk"):
        with transaction.atomic():
            lock_period(period)
            new = [
                _create(period, Owing(owed.department, members), kind)
                for owed in owing(period)
                for kind, members in _reminders_today(owed, today).items()
            ]
        _send(new)
        urges += new
    return urges


def send(urges: Collection[int]) -> tuple[int, int]:
    """Send what is still waiting of some urges, named by their keys; returns how many messages went and how many
    did not. What was sent is not sent again."""
    _send(Urge.objects.filter(pk__in=urges))
    sent = Delivery.objects.filter(urge__in=urges).exclude(way=DeliveryWay.NOTICE)
    failed = sent.filter(outcome=DeliveryOutcome.FAILED).count()
    return sent.count() - failed, failed


def resend_waiting() -> int:
    """Send what a process that was killed had recorded only; returns how many deliveries."""
    now = timezone.now()
    waiting = Delivery.objects.filter(
        outcome=DeliveryOutcome.WAITING, at__range=(now - RESEND_WITHIN, now - REPEAT_INTERVAL)
    )
    urges = list(Urge.objects.filter(deliveries__in=waiting).distinct())
    count = waiting.count()
    _send(urges)
    return count


def _reminders_today(owed: Owing, today: datetime.date) -> dict[str, list[Submission]]:
    """What the department is reminded of today: kind of reminder -> sheets."""
    reminded = Urge.objects.filter(period=owed.submissions[0].period, department=owed.department).exclude(
        kind=UrgeKind.URGE
    )
    if reminded.filter(day=today).exists():
        return {}
    last = {
        (kind, submission): day
        for kind, submission, day in reminded.order_by("day").values_list("kind", "submissions", "day")
    }
    found: dict[str, list[Submission]] = {}
    for submission in owed.submissions:
        kind = _reminder_kind(submission, today)
        before = last.get((kind, submission.pk))
        if kind and (before is None or before < _valid_since(submission, kind, today)):
            found.setdefault(kind, []).append(submission)
    return found


def _reminder_kind(submission: Submission, today: datetime.date) -> str:
    due = submission.due
    if submission.is_closed or submission.is_reopened:
        return ""
    if due == today:
        return UrgeKind.DUE
    if workdays.before(due, REMIND_WORKDAYS_BEFORE) <= today < due:
        return UrgeKind.BEFORE
    late = due < today <= due + REMIND_UNTIL
    return UrgeKind.AFTER if late and workdays.is_workday(today) else ""


def _valid_since(submission: Submission, kind: str, today: datetime.date) -> datetime.date:
    """A reminder of this kind that went out on this day or later is still good."""
    if kind == UrgeKind.BEFORE:
        return workdays.before(submission.due, REMIND_WORKDAYS_BEFORE)
    return today - datetime.timedelta(days=REMIND_EVERY - 1) if kind == UrgeKind.AFTER else today


def _create(
    period: Period,
    owed: Owing,
    kind: str,
    *,
    by: User | None = None,
    note: str = "",
) -> Urge:
    """The urge, its notices, and what is still to be sent."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _text(period, owed, note)
    new_urge = Urge.objects.create(
        period=period, department=owed.department, kind=kind, by=by, text=text, day=timezone.localdate()
    )
    new_urge.submissions.set(owed.submissions)
    about = {"urge": kind, "department": owed.department, "text": text}
    record.write(EventKind.CALENDAR, period, by=by, region=period.region_id, **about)
    people = list(notices.people_of(owed.department))
    at = timezone.now() + undo.BOUND if kind == UrgeKind.URGE else None  # a person may undo it
    notices.notify(people, text, _page_of(owed.submissions), at=at)
    Delivery.objects.bulk_create(_deliveries(new_urge, people))
    return new_urge


def _deliveries(new_urge: Urge, people: list[User]) -> list[Delivery]:
    ways, outcomes = DeliveryWay, DeliveryOutcome
    names = "、".join(person.full_name for person in people)[:200]
    found = [Delivery(urge=new_urge, way=ways.NOTICE, to=names, outcome=outcomes.SENT)]
    if not people:
        nobody = _("The department has no active account.")
        found = [Delivery(urge=new_urge, way=ways.NOTICE, to="–", outcome=outcomes.FAILED, detail=nobody)]
    if settings.EMAIL_CONFIGURED:
        declined = {key for source in unwanted for key in source(new_urge.kind, people)}
        mailed = [person for person in people if person.email and person.pk not in declined]
        found += [Delivery(urge=new_urge, way=ways.EMAIL, to=person.email) for person in mailed]
    used = Robot.objects.filter(region=new_urge.period.region_id, is_active=True)
    return found + [Delivery(urge=new_urge, way=ways.ROBOT, robot=robot, to=robot.name) for robot in used]


def _text(period: Period, owed: Owing, note: str) -> str:
    lines = [
        ngettext(
            "%(department)s: %(count)d sheet of %(period)s is still to be delivered.",
            "%(department)s: %(count)d sheets of %(period)s are still to be delivered.",
            len(owed.submissions),
        )
        % {"department": owed.department.short_name, "count": len(owed.submissions), "period": period}
    ]
    lines += [_line(submission) for submission in owed.submissions]
    return "\n".join([*lines, note.strip()]).strip()


def _line(submission: Submission) -> str:
    if submission.is_reopened:  # nobody is late with it
        return str(submission.sheet)
    left, late = submission.days_left(), submission.days_late
    if left > 0:
        text = ngettext("%(sheet)s: due %(due)s, %(days)d day left", "%(sheet)s: due %(due)s, %(days)d days left", left)
    elif late > 0:
        text = ngettext("%(sheet)s: due %(due)s, %(days)d day late", "%(sheet)s: due %(due)s, %(days)d days late", late)
    else:
        text = _("%(sheet)s: due today")
    return text % {"sheet": submission.sheet, "due": submission.due, "days": abs(left)}


def _send(urges: Iterable[Urge]) -> None:
    waiting = list(_waiting(urges).select_related("urge__period", "robot"))
    mails = [d for d in waiting if d.way == DeliveryWay.EMAIL]
    posts = [d for d in waiting if d.way == DeliveryWay.ROBOT]
    _send_emails(mails)
    for _robot, members in groupby(sorted(posts, key=lambda d: d.robot_id or 0), key=lambda d: d.robot_id):
        _post_to_chat(list(members))


def _waiting(urges: Iterable[Urge]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(urge__in=list(urges), outcome=DeliveryOutcome.WAITING)


def _send_emails(mails: list[Delivery]) -> None:
    if not mails:
        return
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        _set_outcome(mails, _error_text(error))
        return
    for delivery in mails:
        with translation.override(settings.LANGUAGE_CODE):
            subject = _("%(period)s: sheets to be delivered") % {"period": delivery.urge.period}
        text = _with_site_url(delivery.urge.text)
        try:
            EmailMessage(subject, text, to=[delivery.to], connection=connection).send()
        except (OSError, smtplib.SMTPException) as error:
            _set_outcome([delivery], _error_text(error))
        else:
            _set_outcome([delivery])
    connection.close()


def _error_text(error: Exception) -> str:
    return str(error) or type(error).__name__


def _post_to_chat(posts: list[Delivery]) -> None:
    """One message for all: a robot takes twenty a minute, and a group chat wants fewer."""
    robot = posts[0].robot
    if robot is None:
        _set_outcome(posts, _("The robot was removed."))
        return
    if not robot.address:
        text = _("The server’s key was changed, and where the robot is cannot be read any more: type it anew.")
        _set_outcome(posts, text)
        return
    try:
        chat_bots.post(robot.address, _with_site_url("\n".join(d.urge.text for d in posts)), secret=robot.secret)
    except chat_bots.NotDelivered as error:
        _set_outcome(posts, str(error))
    else:
        _set_outcome(posts)


def _with_site_url(text: str) -> str:
    return f"{text}\n{settings.SITE_URL}" if settings.SITE_URL else text


def _set_outcome(deliveries: list[Delivery], problem: str = "") -> None:
    outcome = DeliveryOutcome.FAILED if problem else DeliveryOutcome.SENT
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    rows.update(outcome=outcome, detail=problem[:200], at=timezone.now())
