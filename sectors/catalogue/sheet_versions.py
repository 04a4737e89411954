"""What each sheet was: kept with every load that changes it, whichever way the load came in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Max

from sectors.catalogue.writing import Specification, of_sectors, parted
from sectors.models import Sheet, SheetVersion


def keep(sectors: Collection[str], *, by: str, file: str) -> None:
    """Keep the sheets of some sectors that are others than when they were kept last: after a load."""
    latest = SheetVersion.objects.filter(sheet__sector__code__in=sectors).order_by("sheet").values("sheet")
    kept = SheetVersion.objects.filter(pk__in=latest.annotate(last=Max("pk")).values("last"))
    last = dict(kept.values_list("sheet", "specification"))
    rows = [
        SheetVersion(sheet=sheet, specification=specification, by=by, file=file[:100])
        for sheet, specification in _present(sectors)
        if last.get(sheet.pk) != specification
    ]
    SheetVersion.objects.bulk_create(rows, batch_size=100)


def keep_first(sectors: Collection[str]) -> None:
    """Keep those of which nothing is kept yet as they are: before a load."""
    new = set(Sheet.objects.filter(sector__code__in=sectors, sheet_versions=None))
    if new:
        rows = [SheetVersion(sheet=sheet, specification=spec) for sheet, spec in _present(sectors) if sheet in new]
        SheetVersion.objects.bulk_create(rows, batch_size=100)


def _present(sectors: Collection[str]) -> Iterator[tuple[Sheet, Specification]]:
    sheets = {sheet.number: sheet for sheet in Sheet.objects.filter(sector__code__in=sectors)}
    for whole in of_sectors(*sectors).values() if sectors else ():
        for number, specification in parted(whole).items():
            yield sheets[number], specification
