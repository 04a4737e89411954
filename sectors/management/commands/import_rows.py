from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sectors.findings import storage
from sectors.management.history_command import HistoryCommand
from sectors.models import Region
from sectors.transfer.history import HistoryFileError
from sectors.transfer.row_files import import_rows


class Command(HistoryCommand):
    help = "Load CSV files of open rows (sheet,table,period,columns) into the history of a year. All or nothing."

    files = "CSV files"

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        asked = {"replace": options["replace"], "dry_run": options["dry_run"]}
        try:
            loaded = import_rows(options["path"], region=region, year=year, **asked)
        except HistoryFileError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        if not options["dry_run"]:
            storage.refresh_since(region, year)
        stored = (
            _("%(count)d cells stored, figures that are made of rows among them.") % {"count": loaded.cells}
            if loaded.cells
            else ""
        )
        self.tell([*loaded.added, *loaded.replaced], stored, options)
