from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sectors.management.region_command import RegionCommand
from sectors.models import Region
from sectors.transfer.figure_files import FigureFileError, import_narratives


class Command(RegionCommand):
    help = "Load YAML files of question code: text into the accepted history of a year. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, nargs="+", help="YAML files")

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        try:
            count = import_narratives(options["path"], region=region, year=year)
        except FigureFileError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        self.stdout.write(_("%(count)d narratives stored.") % {"count": count})
