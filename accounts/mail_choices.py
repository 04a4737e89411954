"""Which mails a person wants: the only writer of `MailChoice`. Notices on the pages come whatever is chosen."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from accounts.models import MailChoice
from audit import record
from audit.vocabulary import EventKind
from sectors.models import User
from sectors.vocabulary import UrgeKind

FIELDS = ("urges", "reminders")


def of(person: User) -> MailChoice:
    """What the person has chosen; not stored where they have chosen nothing yet."""
    return MailChoice.objects.filter(person=person).first() or MailChoice(person=person)


@transaction.atomic
def choose(*, by: User, urges: bool, reminders: bool) -> None:
    before = of(by)
    wanted = {"urges": urges, "reminders": reminders}
    changes = record.differences({name: getattr(before, name) for name in FIELDS}, wanted)
    if changes:
        MailChoice.objects.update_or_create(person=by, defaults=wanted)
        record.write(EventKind.ADMINISTRATION, by, by=by, name=str(by), changes=changes, how="mails")


def unwanted(kind: str, people: Collection[User]) -> set[int]:
    """Keys of those who want no mail of this kind of urge."""
    declined = {"urges": False} if kind == UrgeKind.URGE else {"reminders": False}
    return set(MailChoice.objects.filter(person__in=people, **declined).values_list("person", flat=True))
