from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assessment import scheme_versions
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Region


class Command(BaseCommand):
    help = "Load an assessment scheme (YAML) for a region's year; see docs/assessment.md. The office puts it in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file")
        parser.add_argument("--region", required=True, help="code of the region")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--dry-run", action="store_true", help="look at the file and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": options["region"]})
        try:
            if options["dry_run"]:
                scheme_versions.checked(options["path"], region, options["year"])
                self.stdout.write(_("The file is right. Nothing was changed."))
                return
            found, is_new = scheme_versions.load(region=region, year=options["year"], path=options["path"], by=None)
        except CatalogueError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        new, same = _("Loaded: %(scheme)s, version %(version)d."), _("Known already: %(scheme)s, version %(version)d.")
        self.stdout.write((new if is_new else same) % {"scheme": found, "version": found.version})
