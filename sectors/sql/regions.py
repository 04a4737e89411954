"""A region with all that lie in it, which every board and annual value begins with (`make bench NAME=boards`)."""

from __future__ import annotations

from django.db import connection

from sectors.models import Region
from sectors.sql.execution import fetch
from sectors.sql.names import Aliased

_r = Aliased(Region, "r")


def regions_within(region: Region) -> list[Region]:
    """The region and all that lie in it, by code."""
    names = [field.attname for field in Region._meta.concrete_fields]
    columns = ", ".join(getattr(_r, field.name) for field in Region._meta.concrete_fields)
    statement = f"""WITH RECURSIVE inside (id) AS (
            SELECT {_r.id} FROM {_r} WHERE {_r.id} = %s
            UNION ALL SELECT {_r.id} FROM {_r} JOIN inside ON {_r.parent} = inside.id
        )
        SELECT {columns} FROM {_r} JOIN inside ON inside.id = {_r.id} ORDER BY {_r.code}"""
    return [Region.from_db(connection.alias, names, row) for row in fetch(statement, [region.pk])]
