"""The only writer of tokens: made, used, ended."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.models import ApiToken
from sectors.models import User
from sectors.people import notices
from sectors.vocabulary import Role

HINT = 8
WARNED_BEFORE = datetime.timedelta(days=14)


def last_day() -> datetime.date:
    """Until when a token that is made today may hold."""
    return timezone.localdate() + datetime.timedelta(days=settings.API_TOKEN_DAYS)


def writers(by: User) -> QuerySet[User]:
    """For whom a token of the person may write: the clerks of their department, where they lead it."""
    if by.role != Role.HEAD:
        return User.objects.none()
    return User.objects.filter(role=Role.CLERK, department=by.department_id, is_active=True)


@transaction.atomic
def make(
    name: str, *, by: User, expires_on: datetime.date | None = None, writes_as: User | None = None
) -> tuple[ApiToken, str]:
    """A token of the person's department, and its secret, which is nowhere kept. Without a day it holds as long as it
    may. Raises ValidationError for a day that is over or too late, and for whom a token cannot write."""
    assert by.department is not None
    if writes_as is not None and writes_as not in writers(by):
        raise ValidationError({"writes_as": _("Choose a clerk of your department.")})
    expires_on = expires_on or last_day()
    if not timezone.localdate() <= expires_on <= last_day():
        message = _("Choose a day from today to %(last)s.") % {"last": last_day()}
        raise ValidationError({"expires_on": message})
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        department=by.department,
        name=name,
        digest=_digest(secret),
        hint=secret[:HINT],
        created_by=by,
        role=by.role,
        expires_on=expires_on,
        writes_as=writes_as,
    )
    told: list[tuple[str, object, object]] = [("token", None, str(token)), ("expires_on", None, expires_on)]
    if writes_as:
        told.append(("writes_as", None, writes_as))
    _tell(token, told, by=by)
    return token, secret


@transaction.atomic
def end(token: ApiToken, *, by: User) -> None:
    """From now on it opens nothing. Ending it again changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by):
        _tell(token, [("token", str(token), None)], by=by)


def use(secret: str) -> ApiToken | None:
    """The token of a secret, or None. The day of its last use is noted once a day."""
    found = ApiToken.objects.in_force().with_reach().filter(digest=_digest(secret)).first()
    today = timezone.localdate()
    if found and found.last_used != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used=today)
    return found


def sweep() -> Iterator[str]:
    """Once a day: end for good what is no longer in force, so that it opens nothing when its maker comes back, and warn
    those whose tokens expire soon. Says what was done."""
    in_force = ApiToken.objects.in_force()
    for token in ApiToken.objects.filter(ended_at=None).exclude(pk__in=in_force.values("pk")):
        with transaction.atomic():
            if ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=timezone.now()):
                _tell(token, [("token", str(token), None)])
                yield _("The API token %(name)s has ended.") % {"name": token}
    today = timezone.localdate()
    soon = in_force.filter(expires_on__lt=today + WARNED_BEFORE, warned_on=None).select_related("created_by")
    for token in soon:
        with transaction.atomic():
            if ApiToken.objects.filter(pk=token.pk, warned_on=None).update(warned_on=today):
                _warn(token)


def _warn(token: ApiToken) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = _("The API token “%(name)s” expires after %(day)s: make a new one and put it in where this one is.")
        text %= {"name": token.name, "day": token.expires_on}
    notices.notify([token.created_by], text, reverse("api-tokens"))


def _tell(token: ApiToken, changes: list[tuple[str, object, object]], by: User | None = None) -> None:
    """Never its secret: `hint` is how it begins, as its list shows."""
    record.write(EventKind.TOKEN, token, changes=changes, by=by, department=token.department_id)


def _digest(secret: str) -> str:
    # The secret has 256 random bits, so one plain hash of it cannot be turned back by guessing.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
