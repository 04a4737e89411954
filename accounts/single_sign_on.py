"""What both ways of single sign-on share: whose account it is, and the session that follows. They never make rights."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.backends import BACKEND
from accounts.second_factor import BY_PROVIDER, VERIFIED
from audit import record
from sectors.models import User

SIGNED_IN = "single_sign_on"  # in a session: by which way, when, and what the provider asks for at the end
FRESH = 600  # seconds during which a sign-in stands for the password
WAITS = 600  # seconds during which a sign-in that was begun may end


class NotSignedIn(Exception):
    """Nobody is signed in; the message says why, and what to do. `name` is what the provider told, and `account` whose
    account that is; `without_name` may stand in the log."""

    def __init__(self, why: str, name: str = "", account: User | None = None) -> None:
        super().__init__(why % name if name else why)
        self.without_name = why % record.MASK if name else why
        self.account = account


def begin_again() -> NotSignedIn:
    return NotSignedIn(_("This sign-in was not begun in this browser, or has ended already. Begin again."))


def unconfirmed() -> NotSignedIn:
    return NotSignedIn(_("The provider did not confirm the sign-in. Begin again."))


def person_named(name: object) -> User:
    """The one active person with exactly this user name. Raises NotSignedIn; nobody is made, nothing is changed."""
    if not isinstance(name, str) or not name:
        raise NotSignedIn(_("The provider did not tell a user name. Ask your administrator."))
    alike = list(User.objects.filter(username__iexact=name)[:2]) if "\0" not in name else []
    if len(alike) > 1:
        raise NotSignedIn(_("More than one account is called “%s”. Ask your administrator."), name)
    if not alike or alike[0].username != name:
        raise NotSignedIn(_("There is no account “%s” here. Ask your administrator for one."), name)
    if not alike[0].is_active:
        raise NotSignedIn(_("The account “%s” is switched off. Ask your administrator."), name, alike[0])
    return alike[0]


def sign_in(request: HttpRequest, person: User, way: str, **kept: str) -> None:
    """`kept` is what the provider asks for when the person signs out."""
    login(request, person, backend=BACKEND)
    sessions.describe(request)
    request.session[SIGNED_IN] = {"way": way, "at": time.time(), **kept}
    if settings.SSO_IS_SECOND_FACTOR:
        request.session[VERIFIED] = BY_PROVIDER


def is_fresh(session: Mapping[str, Any]) -> bool:
    at: float = session.get(SIGNED_IN, {}).get("at", 0)
    return time.time() - at < FRESH
