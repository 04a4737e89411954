"""What lies in a region, which every board and annual value begins with: all of it asks `RegionClosure`."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet

from sectors.models import Region, RegionClosure
from sectors.sql.execution import placeholders
from sectors.sql.names import Aliased

CLOSURE = Aliased(RegionClosure, "c")


def regions_within(region: Region) -> QuerySet[Region]:
    """The region and all that lie in it, by code; of other rows, `filter(region__in=regions_within(region))`."""
    return Region.objects.filter(around__area=region).order_by("code")


class Within(NamedTuple):
    """Of written statements: some regions and all that lie in them, or these alone. By their keys."""

    regions: tuple[int, ...]
    is_alone: bool = False

    def has(self, column: str) -> tuple[str, list[int]]:
        """The condition that a column is one of them, with its values."""
        places, values = placeholders(self.regions), list(self.regions)
        if self.is_alone:
            return f"{column} IN ({places})", values
        inside = f"SELECT {CLOSURE.region} FROM {CLOSURE} WHERE {CLOSURE.area} IN ({places})"
        return f"{column} IN ({inside})", values
