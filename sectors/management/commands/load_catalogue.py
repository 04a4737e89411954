from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError


class Command(BaseCommand):
    help = "Load catalogue files (YAML); see docs/catalogue.md. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file, or a folder of files")
        parser.add_argument("--dry-run", action="store_true", help="show what would change and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = load(options["path"], dry_run=options["dry_run"], by=_account())
        except CatalogueError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        for line in (*changes.lines, *changes.summary()):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed: this is what a load would do."))


def _account() -> str:
    """Who runs the command, as the server knows them; in a container nobody may."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
