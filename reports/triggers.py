"""Triggers that leave a token (`BoardStamp`) in the transaction that changes what boards show, by whichever way in.

Apps above add the tables that they give boards something of (`TABLES`), and make their triggers in a migration of their
own by `create`.

A trigger sees what a stage cannot: updates of many rows at once, the administration, cascades, statements by hand. A
test holds the tables that the boards' statements name against `TABLES`. PostgreSQL fires once a statement and tells
drafts' figures from what is accepted; SQLite fires once a row, and there every change counts as one of all boards: a
trigger that looks into other tables would be in the way of migrations that make these anew.

A migration that makes one of the tables anew on SQLite loses its triggers, which `manage.py migrate` puts back. Without
all of them no board is kept, because `reports/boards/stamps.py` counts them with each stamp.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

STAMPS = "reports_boardstamp"
EVENTS = ("insert", "update", "delete")
EVERYWHERE = "0"


class Watched(NamedTuple):
    """A table: whose region a row `c` of it is of, by the join that it takes, and the kind of change. For SQLite the
    column of the row that has the region, or `EVERYWHERE`."""

    region: str
    join: str = ""
    kind: str = "'moved'"
    column: str = "region_id"


_OF_SUBMISSION = "JOIN sectors_submission s ON s.id = c.submission_id"
TABLES = {
    # A figure of a draft changes what is filled, one of an accepted sheet all that is computed. Who writes figures has
    # locked the submission, so that its status is no other one at the end of the transaction.
    "sectors_figure": Watched(
        "c.region_id",
        "LEFT JOIN sectors_submission s ON s.id = c.submission_id",
        "CASE WHEN COALESCE(s.status, 'accepted') = 'accepted' THEN 'moved' ELSE 'worked' END",
    ),
    "sectors_submission": Watched("c.region_id"),
    "sectors_period": Watched("c.region_id"),
    "sectors_department": Watched("c.region_id"),
    "sectors_transition": Watched("s.region_id", _OF_SUBMISSION, column=EVERYWHERE),
    "sectors_storedfinding": Watched("c.region_id", kind="'worked'"),
    "sectors_urge": Watched("p.region_id", "JOIN sectors_period p ON p.id = c.period_id", "'worked'", EVERYWHERE),
    "sectors_indicator": Watched(EVERYWHERE, column=EVERYWHERE),
    "sectors_sheet": Watched(EVERYWHERE, column=EVERYWHERE),
}
# What an update changes although no board shows it: with it alone nothing is new.
UNSEEN = {"sectors_submission": ("changed", "created", "submitted_by_id")}

# Tokens that others are removing, or have removed since, are left to them.
_RENEW = f"""
CREATE OR REPLACE FUNCTION board_renew(of_region bigint, of_kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM {STAMPS} WHERE id IN (
        SELECT id FROM {STAMPS} WHERE region = of_region AND kind = of_kind FOR UPDATE SKIP LOCKED
    );
    INSERT INTO {STAMPS} (region, kind, token) VALUES (of_region, of_kind, gen_random_uuid()::text);
END $$"""


def count() -> int:
    return len(TABLES) * len(EVENTS)


def create(using: Any = connection) -> None:
    """On new tables, or on those that a migration has made anew."""
    drop(using)
    there = set(using.introspection.table_names())
    with using.cursor() as cursor:
        if using.vendor == "postgresql":
            cursor.execute(_RENEW)
        for table in TABLES:
            for event in EVENTS if table in there else ():
                for statement in _postgres(table, event) if using.vendor == "postgresql" else [_sqlite(table, event)]:
                    cursor.execute(statement)


def put_back(using: Any = connection) -> None:
    """Where stamps are kept and triggers are gone. What was changed meanwhile has a token of its own."""
    if using.vendor != "sqlite" or STAMPS not in using.introspection.table_names():
        return
    with using.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'board_%'")
        if cursor.fetchone()[0] == count():
            return
        create(using)
        cursor.execute(f"DELETE FROM {STAMPS}")
        cursor.execute(f"INSERT INTO {STAMPS} (region, kind, token) VALUES (0, 'moved', lower(hex(randomblob(16))))")


def drop(using: Any = connection) -> None:
    with using.cursor() as cursor:
        for table, name in _names():
            if using.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        if using.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS board_renew(bigint, text)")


def _names() -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for event in EVENTS:
            yield table, _name(table, event)


def _name(table: str, event: str) -> str:
    return f"board_{table.removeprefix('sectors_')}_{event}"


def _postgres(table: str, event: str) -> Iterator[str]:
    watched, name = TABLES[table], _name(table, event)
    rows = {"insert": "SELECT * FROM fresh", "delete": "SELECT * FROM former", "update": _updated(table)}[event]
    yield f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM board_renew(region, kind) FROM (
            SELECT DISTINCT {watched.region}::bigint AS region, {watched.kind} AS kind
            FROM ({rows}) c {watched.join} ORDER BY region, kind
        ) renewed;
        RETURN NULL;
    END $$"""
    news = {"insert": "NEW TABLE AS fresh", "delete": "OLD TABLE AS former"}
    told = news.get(event, "OLD TABLE AS former NEW TABLE AS fresh")
    yield f"""CREATE TRIGGER {name} AFTER {event.upper()} ON {table}
        REFERENCING {told} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


def _updated(table: str) -> str:
    """Rows as they were and as they are, of a table with what no board shows those alone in which something else is
    another."""
    both = "SELECT * FROM former UNION ALL SELECT * FROM fresh"
    if table not in UNSEEN:
        return both
    less = "".join(f" - '{column}'" for column in UNSEEN[table])
    return f"""SELECT b.* FROM ({both}) b WHERE NOT EXISTS (
        SELECT FROM former JOIN fresh USING (id)
        WHERE former.id = b.id AND to_jsonb(former){less} = to_jsonb(fresh){less}
    )"""


def _sqlite(table: str, event: str) -> str:
    column = TABLES[table].column
    rows = {"insert": ["NEW"], "delete": ["OLD"], "update": ["OLD", "NEW"]}[event]
    regions = list(dict.fromkeys(column if column == EVERYWHERE else f"{row}.{column}" for row in rows))
    tokens = "".join(
        f"INSERT INTO {STAMPS} (region, kind, token) VALUES ({region}, 'moved', lower(hex(randomblob(16)))); "
        for region in regions
    )
    remove = f"DELETE FROM {STAMPS} WHERE region IN ({', '.join(regions)}); "
    return f"CREATE TRIGGER {_name(table, event)} AFTER {event.upper()} ON {table} BEGIN {remove}{tokens}END"
