from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sectors.management.history_command import HistoryCommand
from sectors.models import Region
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives


class Command(HistoryCommand):
    help = "Load YAML files of question code: text into the accepted history of a year. All or nothing."

    files = "YAML files"

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        asked = {"replace": options["replace"], "dry_run": options["dry_run"]}
        try:
            loaded = import_narratives(options["path"], region=region, year=year, **asked)
        except HistoryFileError as error:
            raise CommandError(_("Nothing was loaded.") + f"\n{error}") from error
        stored = _("%(count)d narratives stored.") % {"count": loaded.narratives} if loaded.narratives else ""
        self.tell(loaded.replaced, stored, options)
