"""Stations are urged by their department: a notice to their account, e-mail with a link of its own. The only writer of
`PartUrge`."""

from __future__ import annotations

import datetime
import smtplib
from collections.abc import Collection, Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import record
from audit.vocabulary import EventKind
from collection import links
from collection.access import may_ask
from collection.guard import lock_parts, lock_request
from collection.models import PartRequest, PartUrge, StationPart
from sectors import jobs
from sectors.models import User
from sectors.people import notices
from sectors.vocabulary import DeliveryWay

# A second press within this time is the same urge.
REPEAT_INTERVAL = datetime.timedelta(minutes=10)


def text(part: StationPart) -> str:
    """What a station is told: what is asked, of which period, until when; how late it is."""
    of = part.request.submission
    with translation.override(settings.LANGUAGE_CODE):
        what = {"station": part.station, "department": of.department, "sheet": of.sheet.name, "period": of.period}
        said = _("%(station)s: %(department)s asks you for your part of “%(sheet)s” (%(period)s)") % what
        if late := part.days_late:
            when = ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
        else:
            when = _("until %(due)s") % {"due": part.request.due}
        return ", ".join((said, when)) if settings.LANGUAGE_CODE == "en" else "，".join((said, when))


@transaction.atomic
def urge(request: PartRequest, chosen: Collection[int], *, by: User) -> list[StationPart]:
    """Urge stations, named by the keys of their parts, as far as they have something to send in; returns those that are
    told. E-mails are sent in the background. Raises PermissionDenied and WrongState.

    Who was urged within the last minutes is not urged again, and who has neither account nor e-mail is told by nobody.
    """
    if not may_ask(by, request.submission):
        raise PermissionDenied
    locked = lock_request(request)
    since = timezone.now() - REPEAT_INTERVAL
    recent = set(PartUrge.objects.filter(part__request=locked, at__gt=since).values_list("part", flat=True))
    waiting = [part for part in lock_parts(locked) if part.pk in chosen and part.is_open and part.pk not in recent]
    for part in waiting:
        part.request = locked
    told = [part for part in waiting if part.station.account]
    mailed = [part for part in waiting if part.station.email and settings.EMAIL_CONFIGURED]
    for part in told:
        assert part.station.account is not None
        notices.notify([part.station.account], text(part), reverse("fill-part", args=[part.pk]))
    keep([PartUrge(part=part, by=by, way=DeliveryWay.NOTICE, to=str(part.station.account)[:254]) for part in told])
    if mailed:
        title = _("Urging stations by e-mail: %(request)s") % {"request": locked}
        jobs.start("collection.send_urges", by=by, title=title, parts=[part.pk for part in mailed])
    return [part for part in waiting if part in told or part in mailed]


@transaction.atomic
def keep(urges: Sequence[PartUrge]) -> None:
    PartUrge.objects.bulk_create(urges)
    record.write_all(
        record.Happened(
            EventKind.CALENDAR,
            one.part,
            by=one.by,
            region=one.part.request.submission.region_id,
            more={"urge": one.way, "to": one.to, "problem": one.problem},
        )
        for one in urges
    )


def send(part: StationPart, *, by: User) -> bool:
    """One e-mail with a link that is made for it; whether it went."""
    secret = links.make([part], by=by)[part]
    address = f"{settings.SITE_URL.rstrip('/')}{reverse('part-by-link', args=[secret])}" if settings.SITE_URL else ""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("%(sheet)s: your part") % {"sheet": part.request.submission.sheet.name}
        body = f"{text(part)}\n{address}" if address else text(part)
    problem = ""
    try:
        EmailMessage(subject, body, to=[part.station.email]).send()
    except (OSError, smtplib.SMTPException) as error:
        problem = str(error) or type(error).__name__
    keep([PartUrge(part=part, by=by, way=DeliveryWay.EMAIL, to=part.station.email, problem=problem[:200])])
    return not problem
