"""Sessions in the database that know whose they are and end by themselves: the engine named in the settings."""

from __future__ import annotations

import datetime
import math
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Session
from audit import origin

# How exactly it is known when a session was last used: a page does not write for every look at it.
EXACT = datetime.timedelta(minutes=1)

# In a session that shows boards by itself: when the person last asked for something, in seconds.
PRESENTED = "presented"

LONGEST_DEVICE = 300
LONGEST_WARNING = 5 * 60  # seconds


def of(request: HttpRequest) -> SessionStore:
    assert isinstance(request.session, SessionStore)
    return request.session


def describe(request: HttpRequest) -> None:
    """Have a session know where it was begun, for the list of a person's sessions."""
    request.session["address"] = origin.address(request)
    request.session["device"] = request.headers.get("User-Agent", "")[:LONGEST_DEVICE]


class SessionStore(DatabaseStore):
    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """One that has ended is not there any more, whatever the browser still sends."""
        self.row = Session.objects.running().filter(session_key=self.session_key).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.person_id = data.get(SESSION_KEY)
        if self.row is not None and self.row.session_key == row.session_key:
            row.begun, row.seen = self.row.begun, self.row.seen
        self.row = row
        return row

    @property
    def left(self) -> int:
        """Seconds until it ends if nothing is asked for any more."""
        return _seconds_to(self.row.ends) if self.row else 0

    @property
    def longest(self) -> int:
        """Seconds until it ends whatever is done."""
        return _seconds_to(self.row.last_moment) if self.row else 0

    @property
    def warn(self) -> int:
        """How many seconds before its end a page tells that."""
        return min(LONGEST_WARNING, settings.SESSION_IDLE_MINUTES * 60 // 4)

    def presented(self) -> None:
        """A screen on a wall shows a board by itself: that keeps the session for boards, and for nothing else."""
        if self.row is not None and PRESENTED not in self:
            self[PRESENTED] = self.row.seen.timestamp()
        self._touch()

    @property
    def is_presented_only(self) -> bool:
        """Whether nobody has asked for anything else for as long as a session lasts without use."""
        used = self.get(PRESENTED)
        return used is not None and time.time() - used >= settings.SESSION_IDLE_MINUTES * 60

    def used(self) -> None:
        """The person has asked for something now."""
        self.pop(PRESENTED, None)
        self._touch()

    def _touch(self) -> None:
        now = timezone.now()
        if self.row is not None and now - self.row.seen >= EXACT:
            self.row.seen = now
            Session.objects.filter(pk=self.row.pk).update(seen=now)

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.ended().delete()


def _seconds_to(moment: datetime.datetime) -> int:
    return math.ceil((moment - timezone.now()).total_seconds())
