"""Links by which people choose their first password, or another for a lost one: the only writer of `Invitation`.

The secret stands in the link and nowhere else: the database has a digest of it, so a link is shown once, when it is
made. Looking at it changes nothing, for programs that show a preview of a message look too.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import lockout
from accounts.backends import may_use_password
from accounts.models import Invitation, InvitationQuerySet, Session
from audit import record
from audit.vocabulary import EventKind
from sectors.models import User

BYTES = 32  # of chance in a secret


class Unusable(Exception):
    """The link opens nothing: unknown, used, ended, run out, or of somebody who cannot sign in by password."""


@transaction.atomic
def make(people: Collection[User], *, by: User) -> dict[User, str]:
    """A new link for each who signs in by password and is active: their secrets. Links from before end, and nothing
    else changes until one is used. Raises PermissionDenied."""
    if not by.has_perm("sectors.change_user"):
        raise PermissionDenied
    invited = [person for person in people if person.is_active and may_use_password(person)]
    _lock(invited)
    end(invited, by=by)
    made = {person: secrets.token_urlsafe(BYTES) for person in invited}
    until = timezone.now() + datetime.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)
    Invitation.objects.bulk_create(
        Invitation(person=person, digest=digest(secret), until=until, by=by) for person, secret in made.items()
    )
    more = {"how": "invitation", "until": until.isoformat(timespec="seconds")}
    record.write_all(record.Happened(EventKind.PASSWORD, person, by=by, more=more) for person in invited)
    return made


@transaction.atomic
def end(people: Collection[User], *, by: User | None = None) -> int:
    """End what is open of some people; returns how many links."""
    rows = Invitation.objects.filter(person__in=people, used_at=None, ended_at=None).select_related("person")
    ended = list(rows.select_for_update(of=("self",), no_key=True))
    Invitation.objects.filter(pk__in=[row.pk for row in ended]).update(ended_at=timezone.now())
    record.write_all(
        record.Happened(EventKind.PASSWORD, row.person, by=by, more={"how": "invitation ended"}) for row in ended
    )
    return len(ended)


def find(secret: str) -> User:
    """Whom a link lets in. Raises Unusable."""
    return _of(Invitation.objects.open().filter(digest=digest(secret))).person


def _of(rows: InvitationQuerySet) -> Invitation:
    row = rows.select_related("person__department").first()
    if row is None or not may_use_password(row.person):
        raise Unusable
    return row


@transaction.atomic
def use(secret: str, password: str) -> User:
    """Set the password that the person has chosen and validated, and end their other sessions and links. Of two who
    send it at once one comes in. Raises Unusable."""
    _lock([find(secret)])
    # Whoever waited looks again whether it is open.
    opened = Invitation.objects.open().filter(digest=digest(secret))
    row = _of(opened.select_for_update(of=("self",), no_key=True))
    Invitation.objects.filter(pk=row.pk).update(used_at=timezone.now())
    person = row.person
    record.write(EventKind.PASSWORD, person, by=person, how="invitation used")
    person.set_password(password)
    person.save(update_fields=["password"])
    lockout.unlock([person.username])
    Session.objects.filter(person=person).delete()
    return person


def _lock(people: Collection[User]) -> None:
    """Before their links, as whoever gives them another password does: so no two wait for one another, and of two new
    links the one made first ends."""
    rows = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True))


def digest(secret: str) -> str:
    """A secret that is all chance needs no slow digest."""
    return hashlib.sha256(secret.encode()).hexdigest()
