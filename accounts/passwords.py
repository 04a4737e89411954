"""One-time passwords, and when a password must be changed."""

from __future__ import annotations

import datetime
import secrets

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.db import transaction
from django.utils import timezone

from accounts import invitations, lockout
from accounts.models import Password
from audit import record
from audit.vocabulary import EventKind
from sectors.models import User

# Without what is taken for something else on paper or on the telephone: 0 and o, 1 and l and i.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 3, 4  # 59 bits
# Nobody guesses it within its few days, so many people get one within one request; the sign-in hashes it anew.
ITERATIONS = 10_000


@transaction.atomic
def give_one_time(person: User) -> str:
    """Set a random password that only opens the page where an own one is chosen. It is told here and nowhere else.

    Whoever was signed in as the person is so no more, and wrong passwords typed before count no more.
    """
    password = "-".join("".join(secrets.choice(SIGNS) for _sign in range(LENGTH)) for _group in range(GROUPS))
    person.password = _quick_hash(password)
    User.objects.filter(pk=person.pk).update(password=person.password)
    until = timezone.now() + datetime.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)
    Password.objects.create(person=person, hash=person.password, expires_at=until)
    unlock([person])
    invitations.end([person])
    record.write(EventKind.PASSWORD, person, how="one-time password")
    return password


def _quick_hash(password: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), ITERATIONS)
    return hasher.encode(password, hasher.salt())


def unlock(people: list[User]) -> None:
    """Forget the wrong passwords that were typed for their user names."""
    lockout.unlock([person.username for person in people])


def keep(person: User) -> None:
    """Put the password that a person has just chosen on record, and forget those that may be chosen again. A link that
    would set another one ends."""
    record.write(EventKind.PASSWORD, person)
    invitations.end([person])
    Password.objects.create(person=person, hash=person.password)
    kept = Password.objects.filter(person=person).values_list("pk", flat=True)[: settings.PASSWORD_HISTORY]
    Password.objects.filter(person=person).exclude(pk__in=list(kept)).delete()


def has_run_out(person: User) -> bool:
    """Whether it is a one-time password that was not used in time."""
    last = person.passwords.first()
    return last is not None and last.expires_at is not None and last.expires_at <= timezone.now()


def why_to_change(person: User) -> str:
    """`first`: it is a one-time password; `old`: it has been in use for too long; or empty."""
    last = person.passwords.first()
    if last is None:
        if settings.PASSWORD_MAX_AGE_DAYS:
            Password.objects.create(person=person, hash=person.password)  # its age is counted from now on
        return ""
    if last.expires_at is not None:
        return "first"
    longest = datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
    return "old" if longest and timezone.now() - last.set_at > longest else ""
