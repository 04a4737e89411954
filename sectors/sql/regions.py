"""A region with all that lie in it."""

from __future__ import annotations

from django.db import connection

from sectors.models import Region
from sectors.sql.execution import fetch


def regions_within(region: Region) -> list[Region]:
    """The region and all that lie in it, by code."""
    from sectors.models import Region

    names = [field.attname for field in Region._meta.concrete_fields]
    columns = ", ".join(f"r.{name}" for name in names)
    statement = f"""
        WITH RECURSIVE inside (id) AS (
            SELECT id FROM sectors_region WHERE id = %s
            UNION ALL SELECT r.id FROM sectors_region r JOIN inside ON r.parent_id = inside.id
        )
        SELECT {columns} FROM sectors_region r JOIN inside ON inside.id = r.id ORDER BY r.code"""
    return [Region.from_db(connection.alias, names, row) for row in fetch(statement, [region.pk])]
