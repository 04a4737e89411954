from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sectors.findings import storage
from sectors.management.region_command import RegionCommand
from sectors.models import Region
from sectors.transfer.figure_files import FigureFileError, import_figures


class Command(RegionCommand):
    help = "Load CSV files of figures (indicator,period,value,declared,note) as accepted history. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, nargs="+", help="CSV files")

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        try:
            loaded = import_figures(options["path"], region=region, year=year)
        except FigureFileError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        storage.refresh_since(region, year)
        self.stdout.write(
            _("%(figures)d figures stored, %(submissions)d submissions new.")
            % {"figures": loaded.figures, "submissions": loaded.submissions}
        )
