from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit import anchors, chain, failures


class Command(BaseCommand):
    help = (
        "Tell failed sign-ins that were counted, link the audit events that are not linked yet, and once a day write "
        "the last link into the file of anchors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", action="store_true", help="write an anchor although today has one")

    def handle(self, *args: Any, **options: Any) -> None:
        failures.tell_counted()
        count = chain.seal()
        try:
            is_anchored = (options["anchor"] or anchors.is_due()) and anchors.add()
        except OSError as error:
            what = {"path": anchors.path(), "why": error}
            raise CommandError(_("The anchor cannot be written to %(path)s: %(why)s") % what) from error
        self.stdout.write(_("%(count)d events linked.") % {"count": count})
        if is_anchored:
            self.stdout.write(_("Anchored in %(path)s.") % {"path": anchors.path()})
