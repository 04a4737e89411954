"""Who types wrong passwords waits: by account, and by address with a far higher limit. Counted by django-axes.

A county sits behind one address, so an address is never locked by the limit of an account. A name that is no account
is locked as any other. Names are kept as digests: people type passwords in their place.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from audit import failures, origin, record
from audit.vocabulary import EventKind


def digest(name: str) -> str:
    """What a user name that was typed is counted under."""
    return salted_hmac("accounts.lockout", name, algorithm="sha256").hexdigest()[:32]


def name_typed(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    return digest(str((credentials or request.POST).get("username") or ""))


def place(request: HttpRequest) -> str | None:
    return failures.place(origin.address(request)) or None


class LockoutHandler(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Of the account; where its address has reached its own limit, as many as lock any account."""
        of_account, of_address = (
            sum(attempts.exclude(username=failures.COUNTED).values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        locked = of_address >= settings.SIGN_IN_FAILURES_PER_ADDRESS
        return max(of_account, settings.SIGN_IN_FAILURES) if locked else int(of_account)

    def user_login_failed(self, sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
        """Without what was sent, which the library keeps: only one name of a field of passwords is known to it."""
        if request is None:  # nobody's address is known then
            return
        sent = request.GET, request.POST
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = sent

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Of the account only: an account of one's own would else clear what one tried with others from here."""
        return int(AccessAttempt.objects.filter(username=name_typed(request, credentials)).delete()[0])

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        return remove_expired()

    @transaction.atomic
    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """By the commands of django-axes: of an account, of an address, or of everybody where neither is named."""
        failures.tell_counted(everything=True)
        count = super().reset_attempts(
            ip_address=ip_address and failures.place(ip_address),
            username=username and digest(username),
            ip_or_username=ip_or_username,
        )
        of = username or ip_address or "*"
        record.write(EventKind.PASSWORD, name=of, how="unlocked", attempts=count)
        return int(count)


def unlock(names: list[str]) -> None:
    """Forget the wrong passwords that were typed for these user names."""
    AccessAttempt.objects.filter(username__in=[digest(name) for name in names]).delete()


def remove_expired() -> int:
    """Forget what locks nobody any more; returns how many rows. Those that were counted wait until they are told."""
    before = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(attempt_time__lte=before).exclude(username=failures.COUNTED)
    return int(rows.delete()[0])


def locked_out(request: HttpRequest, _answer: HttpResponse, _credentials: dict[str, Any] | None) -> HttpResponse:
    minutes = settings.SIGN_IN_LOCK_MINUTES
    answer = render(request, "registration/locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer
