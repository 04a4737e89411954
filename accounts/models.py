"""Sessions, passwords and second factors of people."""

from __future__ import annotations

import datetime
import hashlib
from importlib import import_module
from typing import ClassVar

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from config import encryption
from sectors.models import User

SECOND_FACTOR = "second factor"  # what is encrypted, of whom

# By what a browser calls itself; most pretend to be Chrome, and Chrome to be Safari.
BROWSERS = (
    *(("MicroMessenger", "微信"), ("wxwork", "企业微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ"), ("Edg", "Edge")),
    *(("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS")),
    ("Linux", "Linux"),
)


def _longest() -> tuple[datetime.timedelta, datetime.timedelta]:
    """How long a session lasts without a request, and at most."""
    return datetime.timedelta(minutes=settings.SESSION_IDLE_MINUTES), datetime.timedelta(hours=settings.SESSION_HOURS)


class SessionQuerySet(models.QuerySet["Session"]):
    def ended(self) -> SessionQuerySet:
        now, (idle, longest) = timezone.now(), _longest()
        return self.filter(Q(expire_date__lte=now) | Q(seen__lte=now - idle) | Q(begun__lte=now - longest))

    def running(self) -> SessionQuerySet:
        now, (idle, longest) = timezone.now(), _longest()
        return self.filter(expire_date__gt=now, seen__gt=now - idle, begun__gt=now - longest)

    def of(self, person: User) -> list[Session]:
        """Those in which the person is signed in, the last used first: not those that a new password, role or
        department has ended already."""
        valid = person.get_session_auth_hash()
        rows = self.running().filter(person=person).order_by("-seen")
        return [row for row in rows if row.get_decoded().get(HASH_SESSION_KEY) == valid]


class Session(AbstractBaseSession):
    """One browser that is signed in, from when to when. `person` is nobody before the sign-in."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("User"),
        null=True,
        on_delete=models.CASCADE,
        related_name="sessions",
    )
    begun = models.DateTimeField(_("Signed in at"), default=timezone.now)
    seen = models.DateTimeField(_("Last used at"), default=timezone.now)

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()  # type: ignore[misc]  # of the class in the library

    class Meta:
        verbose_name = _("Session")
        verbose_name_plural = _("Sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    @property
    def handle(self) -> str:
        """What a page calls it by: its key would let anybody in."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:32]

    @property
    def address(self) -> str:
        return str(self.get_decoded().get("address", ""))

    @property
    def device(self) -> str:
        """Browser and system, such as `Firefox · Windows`; what the browser calls itself where neither is known."""
        called = str(self.get_decoded().get("device", ""))
        known = [next((name for sign, name in names if sign in called), "") for names in (BROWSERS, SYSTEMS)]
        return " · ".join(filter(None, known)) or called

    @property
    def last_moment(self) -> datetime.datetime:
        """When it ends whatever is done."""
        return self.begun + _longest()[1]

    @property
    def ends(self) -> datetime.datetime:
        """When it ends if nothing is asked for until then."""
        return min(self.seen + _longest()[0], self.last_moment)


class Password(models.Model):
    """A password that a person has or had, as its hash; the newest is the one in use.

    People from before there were such rows have none until they choose their next password.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("User"), on_delete=models.CASCADE, related_name="passwords"
    )
    hash = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)
    # Of a one-time password only: until when it opens the page where the person chooses an own one.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Password")
        verbose_name_plural = _("Passwords")
        ordering: ClassVar[list[str]] = ["-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person} {self.set_at:%Y-%m-%d}"


class SecondFactor(TOTPDevice):
    """The second factor of a person; `key` holds its secret encrypted."""

    class Meta:
        proxy = True
        verbose_name = _("Second factor")
        verbose_name_plural = _("Second factors")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def bin_key(self) -> bytes:
        """Raises `encryption.Unreadable`."""
        return encryption.decrypted(self.key, SECOND_FACTOR, self.user_id)

    def encrypt_anew(self) -> bool:
        """Under the key that is in use now, for the next save. False where the secret cannot be read any more."""
        try:
            self.key = encryption.encrypted(self.bin_key, SECOND_FACTOR, self.user_id)
        except encryption.Unreadable:
            return False
        return True


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Those that let their person in now."""
        return self.filter(used_at=None, ended_at=None, until__gt=timezone.now(), person__is_active=True)


class Invitation(models.Model):
    """A link by which a person chooses a password, once. Its secret stands in the link only."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("User"), on_delete=models.CASCADE, related_name="invitations"
    )
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(_("Good until"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Invited by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("Invited at"), default=timezone.now)
    used_at = models.DateTimeField(_("Used at"), null=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Invitation")
        verbose_name_plural = _("Invitations")
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return str(self.person)


class MailChoice(models.Model):
    """Which mails a person wants; all of them where there is no row. Notices on the pages come whatever is chosen."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("User"), on_delete=models.CASCADE, related_name="mail_choice"
    )
    urges = models.BooleanField(_("When the office urges"), default=True)
    reminders = models.BooleanField(_("Before a due day, on it and after it"), default=True)

    class Meta:
        verbose_name = _("Choice of mails")
        verbose_name_plural = _("Choices of mails")

    def __str__(self) -> str:
        return str(self.person)
