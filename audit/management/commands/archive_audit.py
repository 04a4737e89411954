from __future__ import annotations

import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit import archives


class Command(BaseCommand):
    help = "Write audit events of the days before a day into a file that can be verified, and remove them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before", type=datetime.date.fromisoformat, required=True, help="a day: 2026-01-01")
        parser.add_argument("--to", type=Path, default=settings.AUDIT_ANCHOR_DIR, help="the folder of the file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = archives.archive(options["before"], options["to"])
        except (archives.Refused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("%(rows)d events are in %(path)s.") % {"rows": done.rows, "path": done.path})
