from __future__ import annotations

from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit import archives, verification

MOST = 100  # sentences that are shown


class Command(BaseCommand):
    help = "Say whether the audit record is as it was written, against its chain and the anchors; exit status 1 if not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--archive", type=Path, action="append", default=[], help="an archive to look at too")

    def handle(self, *args: Any, **options: Any) -> None:
        verified = verification.Verified()
        of_archives = chain.from_iterable(archives.verify(path) for path in options["archive"])
        count = 0
        for count, sentence in enumerate(chain(verification.problems(verified), of_archives), start=1):
            if count <= MOST:
                self.stderr.write(sentence)
        what = {"count": verified.links, "problems": count}
        if count:
            raise CommandError(_("%(problems)d problems in %(count)d events.") % what)
        self.stdout.write(_("%(count)d events are as they were written.") % what)
