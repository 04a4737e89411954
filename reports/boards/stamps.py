"""Whether boards still stand: what the triggers of `reports/triggers.py` left, in one query."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from django.db import connection

from reports import triggers
from reports.models import BoardStamp
from reports.vocabulary import StampKind
from sectors.sql.execution import fetch, placeholders
from sectors.sql.names import Aliased

_b = Aliased(BoardStamp, "b")
_TOKENS = f"SELECT {_b.token} FROM {_b} WHERE {_b.region} IN ({{regions}}) AND {_b.kind} IN ({{kinds}})"
# A migration of SQLite may have made a table anew and without its triggers; PostgreSQL makes none anew.
_ALL_THERE = " AND (SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'board_%%') = {count}"


def stamp(regions: Sequence[int], kinds: Collection[str] = tuple(StampKind.values)) -> str:
    """Another one after each change in one of the regions; to be asked for before anything that it stands for is read.

    Empty where nothing can be said.
    """
    statement = _TOKENS.format(regions=placeholders([0, *regions]), kinds=placeholders(kinds))
    if connection.vendor == "sqlite":
        statement += _ALL_THERE.format(count=triggers.count())
    rows = fetch(statement, [BoardStamp.EVERYWHERE, *regions, *kinds])
    joined = " ".join(sorted(token for (token,) in rows))
    return hashlib.sha256(joined.encode()).hexdigest() if joined else ""
