from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sectors.management.region_command import RegionCommand


class HistoryCommand(RegionCommand):
    """A command that loads files of a past year."""

    files: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, nargs="+", help=self.files)
        parser.add_argument("--replace", action="store_true", help="also what is accepted and stands there otherwise")
        parser.add_argument("--dry-run", action="store_true", help="show what would change and change nothing")

    def tell(self, replaced: Iterable[str], stored: str, options: dict[str, Any]) -> None:
        """What was replaced and stored, `stored` empty where nothing was."""
        for line in (*replaced, stored or _("Nothing changes: all of it is there already.")):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed: this is what a load would do."))
