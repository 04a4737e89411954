"""What the audit record and people are told about a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.models import Run, RunSubject
from audit import record
from audit.models import Event
from audit.vocabulary import EventKind
from sectors.models import User
from sectors.people import notices
from sectors.vocabulary import DEPARTMENT_ROLES, Role

Changes = Iterable[tuple[str, Any, Any]]


def tell(run: Run, by: User, changes: Changes, reason: str = "", *, subject: RunSubject | None = None) -> None:
    """One event of the run."""
    more = {"subject": subject.name} if subject else {}
    record.write(EventKind.ADMINISTRATION, run, changes=changes, by=by, region=run.region_id, reason=reason, **more)


def last_change(run: Run) -> str:
    """Who changed the run last, when and what: for a page that is stale."""
    event = Event.objects.filter(subject=run._meta.label_lower, subject_id=str(run.pk)).order_by("pk").last()
    said = _("Somebody else has changed this assessment since you opened the page. Nothing was stored.")
    if event is None:
        return said
    what = _(", ").join(f"{name}: {_told(old)} → {_told(new)}" for name, old, new in event.detail.get("changes", ()))
    when = timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M")
    return said + _("Last change: %(who)s, %(when)s, %(what)s.") % {"who": event.person, "when": when, "what": what}


def _told(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "–")


def notify_assessed(run: Run, text: str | Promise, link: str) -> None:
    """Clerks and heads of assessed departments, or offices of assessed regions."""
    rows = User.objects.filter(is_active=True)
    if run.is_of_regions:
        rows = rows.filter(role=Role.OFFICE, department__region__assessed__run=run)
    else:
        rows = rows.filter(role__in=DEPARTMENT_ROLES, department__assessed__run=run)
    _notify(run, rows, text, link)


def notify_reviewers(run: Run, link: str) -> None:
    rows = User.objects.filter(reviews__run=run, is_active=True).distinct()
    _notify(run, rows, gettext_lazy("%(run)s: criteria wait for your review until %(review_until)s."), link)


def notify_office(run: Run, text: str | Promise, link: str, **what: Any) -> None:
    rows = User.objects.filter(department__region=run.region_id, role=Role.OFFICE, is_active=True)
    _notify(run, rows, text, link, **what)


def notify_one(run: Run, person: User, text: str | Promise, subject: RunSubject) -> None:
    """Somebody who is assessed, about their own points."""
    if person.is_active:
        _notify(run, [person], text, reverse("run-subject", args=[subject.pk]))


def _notify(run: Run, people: Iterable[User], text: str | Promise, link: str, **what: Any) -> None:
    """In the language of the site: the reader's may be another than the writer's."""
    with translation.override(settings.LANGUAGE_CODE):
        days = {name: getattr(run, name) for name in ("self_until", "review_until", "appeal_until")}
        notices.notify(people, str(text) % {"run": run, **days, **what}, link)
