from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sectors.figure_files import FigureFileError, import_narratives
from sectors.models import Region


class Command(BaseCommand):
    help = "Load YAML files of question code: text into the accepted history of a year. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, nargs="+", help="YAML files")
        parser.add_argument("--region", required=True, help="code of the region, such as 654027")
        parser.add_argument("--year", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": options["region"]})
        try:
            count = import_narratives(options["path"], region=region, year=options["year"])
        except FigureFileError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        self.stdout.write(_("%(count)d narratives stored.") % {"count": count})
