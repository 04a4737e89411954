"""Whether boards still stand: what the triggers of `reports/triggers.py` left, in one query."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from django.db import connection

from reports import triggers
from reports.models import BoardStamp
from reports.vocabulary import StampKind
from sectors.sql.execution import fetch, placeholders
from sectors.sql.names import Aliased
from sectors.sql.regions import Within

_b = Aliased(BoardStamp, "b")
_TOKENS = f"SELECT {_b.token} FROM {_b} WHERE ({_b.region} = %s OR {{regions}}) AND {_b.kind} IN ({{kinds}})"
# A migration of SQLite may have made a table anew and without its triggers; PostgreSQL makes none anew.
_ALL_THERE = " AND (SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'board_%%') = {count}"


def stamp(regions: Within, kinds: Collection[str] = tuple(StampKind.values)) -> str:
    """Another one after each change in one of the regions; to be asked for before anything that it stands for is read.

    Empty where nothing can be said.
    """
    inside, values = regions.has(_b.region)
    statement = _TOKENS.format(regions=inside, kinds=placeholders(kinds))
    if connection.vendor == "sqlite":
        statement += _ALL_THERE.format(count=triggers.count())
    rows = fetch(statement, [BoardStamp.EVERYWHERE, *values, *kinds])
    joined = " ".join(sorted(token for (token,) in rows))
    return hashlib.sha256(joined.encode()).hexdigest() if joined else ""
