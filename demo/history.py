"""The real year, beside which illustrative ones stand."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from demo.years import HISTORY
from sectors.findings import storage
from sectors.models import Period, Region
from sectors.transfer.figure_files import import_figures
from sectors.transfer.narrative_files import import_narratives
from sectors.transfer.row_files import import_rows


@transaction.atomic
def load_history(region: Region) -> None:
    """Load 2022 once: afterwards it is the office's and the departments', and may have been corrected."""
    if Period.objects.filter(region=region, year=HISTORY).exists():
        return
    folder = settings.BASE_DIR / "data" / f"{region.code}-{HISTORY}"
    import_figures(sorted(folder.glob("*.csv")), region=region, year=HISTORY)
    import_rows(sorted((folder / "rows").glob("*.csv")), region=region, year=HISTORY)
    import_narratives(sorted((folder / "narratives").glob("*.yaml")), region=region, year=HISTORY)
    storage.refresh_year(region, HISTORY)
