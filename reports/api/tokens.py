"""The only writer of tokens: made, used, ended."""

from __future__ import annotations

import hashlib
import secrets

from django.utils import timezone

from reports.models import ApiToken
from sectors.models import User

HINT = 8


def make(name: str, *, by: User) -> tuple[ApiToken, str]:
    """A token of the person's department, and its secret, which is nowhere kept."""
    assert by.department is not None
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        department=by.department, name=name, digest=_digest(secret), hint=secret[:HINT], created_by=by
    )
    return token, secret


def end(token: ApiToken, *, by: User) -> None:
    """From now on it opens nothing. Ending it again changes nothing."""
    ApiToken.objects.in_force().filter(pk=token.pk).update(ended_at=timezone.now(), ended_by=by)


def use(secret: str) -> ApiToken | None:
    """The token of a secret, or None. The day of its last use is noted once a day."""
    found = ApiToken.objects.in_force().with_reach().filter(digest=_digest(secret)).first()
    today = timezone.localdate()
    if found and found.last_used != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used=today)
    return found


def _digest(secret: str) -> str:
    # The secret has 256 random bits, so one plain hash of it cannot be turned back by guessing.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
