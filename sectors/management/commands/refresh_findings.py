from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from sectors.findings import storage
from sectors.management.region_command import RegionCommand
from sectors.models import Region


class Command(RegionCommand):
    help = "Judge all submissions of a region's year anew, after rules have changed. Reasons stay where figures do."

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        count = storage.refresh_year(region, year)
        self.stdout.write(ngettext("%(count)d finding stands.", "%(count)d findings stand.", count) % {"count": count})
