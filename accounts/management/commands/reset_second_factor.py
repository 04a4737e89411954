from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import second_factor
from accounts.models import SecondFactor
from sectors.models import User


class Command(BaseCommand):
    help = (
        "End the second factor of people, who sign in by password alone then and set it up anew: of those that are "
        "named, or of all whose secret cannot be read since SECRET_KEY was changed. It is on record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="*")
        parser.add_argument("--unreadable", action="store_true", help="of all whose secret cannot be read any more")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        people = _named(options["username"])
        if options["unreadable"]:
            devices = SecondFactor.objects.select_related("user").order_by("pk")
            people += [device.user for device in devices if not device.encrypt_anew()]
        elif not people:
            raise CommandError(_("Name people, or give --unreadable."))
        second_factor.reset(people)
        text = ngettext("%(count)d second factor was reset.", "%(count)d second factors were reset.", len(people))
        self.stdout.write(text % {"count": len(people)})


def _named(names: list[str]) -> list[User]:
    """Raises CommandError where somebody is not there, or has none."""
    people = {person.username: person for person in User.objects.filter(username__in=names)}
    for name in names:
        if name not in people:
            raise CommandError(_("There is no person %(name)s.") % {"name": name})
        if second_factor.device_of(people[name]) is None:
            raise CommandError(_("%(name)s has no second factor.") % {"name": name})
    return list(people.values())
