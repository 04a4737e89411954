"""What lies in a region, which every board and annual value begins with (`make bench NAME=boards`): regions lie in one
another to any depth, and Django's ORM writes no recursive query."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from sectors.models import Region
from sectors.sql.names import Aliased

_r = Aliased(Region, "r")
_WITHIN = f"""WITH RECURSIVE inside (id) AS (
    SELECT {_r.id} FROM {_r} WHERE {_r.id} = %s
    UNION ALL SELECT {_r.id} FROM {_r} JOIN inside ON {_r.parent} = inside.id
) SELECT id FROM inside"""


def regions_within(region: Region) -> QuerySet[Region]:
    """The region and all that lie in it, by code; of other rows, `filter(region__in=regions_within(region))`."""
    return Region.objects.filter(pk__in=RawSQL(_WITHIN, [region.pk])).order_by("code")
