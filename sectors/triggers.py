"""Triggers that keep `RegionClosure`, which region lies in which, whatever changes regions: a form, a file, a statement
for many rows, two people at once.

PostgreSQL fires once a statement, when all its rows are changed, and has one of two that move regions wait for the
other: each alone may be right, and both together a circle. SQLite, which has one writer at a time, fires once a row.
What would make a region lie in itself is refused.

A migration that makes the table of regions anew on SQLite loses its triggers, which `manage.py migrate` puts back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

REGIONS, CLOSURE = "sectors_region", "sectors_regionclosure"
EVENTS = ("insert", "update", "delete")
REFUSED = "a region lies in itself"

# Of all regions that `{chosen}` gives: those that lie in them, and pairs of these with all around them.
_BELOW = f"""WITH RECURSIVE below (id) AS (
    {{chosen}} UNION SELECT r.id FROM {REGIONS} r JOIN below ON r.parent_id = below.id
) SELECT id FROM below"""
_PAIRS = f"""WITH RECURSIVE pair (area, region) AS (
    SELECT id, id FROM {REGIONS} WHERE {{chosen}}
    UNION SELECT r.parent_id, pair.region FROM pair JOIN {REGIONS} r ON r.id = pair.area WHERE r.parent_id IS NOT NULL
) SELECT area, region FROM pair"""

# Whoever comes second waits here, and then sees what the first has done.
_POSTGRES_KEEP = f"""
CREATE OR REPLACE FUNCTION region_closure_keep(moved bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE inside bigint[];
BEGIN
    IF moved IS NULL THEN
        RETURN;
    END IF;
    LOCK TABLE {CLOSURE} IN SHARE ROW EXCLUSIVE MODE;
    inside := ARRAY({_BELOW.format(chosen="SELECT UNNEST(moved)")});
    DELETE FROM {CLOSURE} WHERE region_id = ANY (inside);
    INSERT INTO {CLOSURE} (area_id, region_id) {_PAIRS.format(chosen="id = ANY (inside)")};
    IF EXISTS (
        SELECT FROM {REGIONS} r JOIN {CLOSURE} c ON c.area_id = r.id AND c.region_id = r.parent_id
        WHERE r.id = ANY (inside)
    ) THEN
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'check_violation';
    END IF;
END $$"""
_POSTGRES = {
    "insert": ("NEW TABLE AS fresh", "PERFORM region_closure_keep((SELECT ARRAY_AGG(id) FROM fresh));"),
    "update": (
        "OLD TABLE AS former NEW TABLE AS fresh",
        """PERFORM region_closure_keep((
            SELECT ARRAY_AGG(id) FROM former JOIN fresh USING (id)
            WHERE former.parent_id IS DISTINCT FROM fresh.parent_id
        ));""",
    ),
    "delete": (
        "OLD TABLE AS former",
        f"DELETE FROM {CLOSURE} WHERE area_id IN (SELECT id FROM former) OR region_id IN (SELECT id FROM former);",
    ),
}
_INSIDE = _BELOW.format(chosen="SELECT NEW.id")
_SQLITE_KEEP = f"""
    DELETE FROM {CLOSURE} WHERE region_id IN ({_INSIDE});
    INSERT INTO {CLOSURE} (area_id, region_id) SELECT area, region FROM ({_PAIRS.format(chosen=f"id IN ({_INSIDE})")});
    SELECT RAISE(ABORT, '{REFUSED}') FROM {CLOSURE} WHERE area_id = NEW.id AND region_id = NEW.parent_id;"""
_SQLITE = {
    "insert": f"AFTER INSERT ON {REGIONS} BEGIN {_SQLITE_KEEP} END",
    "update": f"""AFTER UPDATE OF parent_id ON {REGIONS} WHEN OLD.parent_id IS NOT NEW.parent_id
        BEGIN {_SQLITE_KEEP} END""",
    "delete": f"""AFTER DELETE ON {REGIONS} BEGIN
        DELETE FROM {CLOSURE} WHERE area_id = OLD.id OR region_id = OLD.id; END""",
}


def create(using: Any = connection) -> None:
    drop(using)
    with using.cursor() as cursor:
        for statement in _postgres() if using.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def drop(using: Any = connection) -> None:
    with using.cursor() as cursor:
        for event in EVENTS:
            name = _name(event)
            if using.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {REGIONS}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        if using.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS region_closure_keep(bigint[])")


def fill(using: Any = connection) -> None:
    """For regions that are there already."""
    pairs = _PAIRS.format(chosen="id IS NOT NULL")
    with using.cursor() as cursor:
        cursor.execute(f"DELETE FROM {CLOSURE}")
        cursor.execute(f"INSERT INTO {CLOSURE} (area_id, region_id) SELECT area, region FROM ({pairs}) pairs")


def put_back(using: Any = connection) -> None:
    """Where a migration has lost them, with what was changed meanwhile."""
    if using.vendor != "sqlite" or CLOSURE not in using.introspection.table_names():
        return
    with using.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'region_closure_%'")
        if cursor.fetchone()[0] == len(EVENTS):
            return
    create(using)
    fill(using)


def _name(event: str) -> str:
    return f"region_closure_{event}"


def _postgres() -> Iterator[str]:
    yield _POSTGRES_KEEP
    for event, (told, body) in _POSTGRES.items():
        name = _name(event)
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
        yield f"""CREATE TRIGGER {name} AFTER {event.upper()} ON {REGIONS}
            REFERENCING {told} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


def _sqlite() -> Iterator[str]:
    for event, what in _SQLITE.items():
        yield f"CREATE TRIGGER {_name(event)} {what}"
