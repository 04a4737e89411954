"""What one key did can be taken back by the same person for some seconds: one mechanism for all such acts.

A view tells what it did with `done`, and the next page shows it with a button. The button carries what was done, signed
and dated, so that nothing is kept on the server. The stage that did it takes it back, while nobody has acted on it.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.guard import WrongState
from sectors.models import User

SHOWN = datetime.timedelta(seconds=10)
# With what the way to the server may take. Notices, e-mails and messages to group chats wait as long.
BOUND = datetime.timedelta(seconds=15)
SALT = "sectors.undo"


class TooLate(WrongState):
    """It can no longer be taken back by this button."""

    def __init__(self) -> None:
        super().__init__(_("Too late to undo this here. What was done stands; take the step back on its page."))


def done(request: HttpRequest, text: str, act: str, **what: Any) -> None:
    """Say what was done, with the button that takes it back. `act` names the inverse of `sectors.views.undo`."""
    by = request.user.pk
    token = signing.dumps([act, what, by, timezone.now().timestamp()], salt=SALT, compress=True)
    messages.success(request, text, extra_tags=token)


def claimed(token: str, by: User) -> tuple[str, dict[str, Any]]:
    """What is to be taken back. Raises TooLate, also for what somebody else did."""
    try:
        act, what, person, at = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise TooLate from None
    done_at = datetime.datetime.fromtimestamp(at, datetime.UTC)
    if person != by.pk or not timezone.now() - done_at <= BOUND:
        raise TooLate
    return act, what
