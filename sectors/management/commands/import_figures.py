from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sectors.findings import storage
from sectors.management.history_command import HistoryCommand
from sectors.models import Region
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError


class Command(HistoryCommand):
    help = "Load CSV files of figures (indicator,period,value,declared,note) as accepted history. All or nothing."

    files = "CSV files"

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        asked = {"replace": options["replace"], "dry_run": options["dry_run"]}
        try:
            loaded = import_figures(options["path"], region=region, year=year, **asked)
        except HistoryFileError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        if not options["dry_run"]:
            storage.refresh_since(region, year)
        stored = _("%(figures)d figures stored, %(submissions)d submissions new.")
        what = {"figures": loaded.figures, "submissions": loaded.submissions}
        self.tell(loaded.replaced, stored % what if loaded.figures else "", options)
