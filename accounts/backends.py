"""Who is signed in, and who may sign in by password."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from sectors.models import User
from sectors.vocabulary import Role

BACKEND = "accounts.backends.PersonBackend"


@cache
def people() -> QuerySet[User]:
    """With `totp_id`, and the region that each page names. Made once: to put this together takes longer than the
    database needs to answer it."""
    devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk")
    rows = User.objects.select_related("department__region")
    return rows.annotate(totp_id=Subquery(devices.values("pk")[:1])).order_by()


class PersonBackend(ModelBackend):
    """Reads with a person, as `totp_id`, whose code is asked of them, and where they belong: no page needs a query for
    it."""

    def get_user(self, user_id: Any) -> Any:
        person = people().filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        person = super().authenticate(request, username, password, **kwargs)
        return person if person and may_use_password(person) else None


def may_use_password(person: Any) -> bool:
    return settings.PASSWORD_SIGN_IN == "all" or person.role == Role.ADMIN
