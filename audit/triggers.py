"""Triggers that refuse to change or remove what stands in the audit record, and the one door for what is archived.

PostgreSQL looks whether the transaction has said that it archives; SQLite, which knows no such thing, has its triggers
for removing taken away and put back in the transaction. A migration that makes one of the tables anew on SQLite loses
its triggers and has to call `create` again; `verify_audit` names those that are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

TABLES = {"audit_event": "id", "audit_link": "number"}
ARCHIVING = "audit.archiving"  # a setting of PostgreSQL, of the transaction
REFUSED = "the audit record is append-only"

POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE has_rows boolean := true;
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('{ARCHIVING}', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'TRUNCATE' THEN  -- emptying what is empty removes nothing
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO has_rows;
    END IF;
    IF has_rows THEN
        RAISE EXCEPTION '{REFUSED}: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""

# Name and statement of each trigger that fires for everybody, and the body of its function where it has one.
THERE = {
    "postgresql": """
        SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), prosrc
        FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled IN ('O', 'A')""",
    "sqlite": "SELECT name, sql, NULL FROM sqlite_master WHERE type = 'trigger'",
}


def create(using: Any = connection) -> None:
    """On new tables, or on those that a migration has made anew."""
    with using.cursor() as cursor:
        if using.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for table in TABLES:
            for statement in _statements(using.vendor, table):
                cursor.execute(statement)


def drop(using: Any = connection) -> None:
    with using.cursor() as cursor:
        for name, table in _names(using.vendor).items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if using.vendor == "postgresql" else ""))
        if using.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS audit_refuse()")


def missing() -> list[str]:
    """Triggers that should be there and are not, are switched off, or do something else."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(THERE[vendor])
        bodies = (None, POSTGRES_FUNCTION.split("$$")[1])
        there = {(name, how.replace('"', "")) for name, how, body in cursor.fetchall() if body in bodies}
    wanted = zip(_names(vendor), (how for table in TABLES for how in _statements(vendor, table)), strict=True)
    return [name for name, how in wanted if (name, how) not in there]


@contextmanager
def archiving() -> Iterator[None]:
    """A transaction in which rows may be removed."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config(%s, 'on', true)", [ARCHIVING])
            yield
            cursor.execute("SELECT set_config(%s, 'off', true)", [ARCHIVING])
        else:
            for table in TABLES:
                cursor.execute(f"DROP TRIGGER {table}_delete")
            yield
            for table, key in TABLES.items():
                cursor.execute(_sqlite(table, key)["delete"])


def _names(vendor: str) -> dict[str, str]:
    """Triggers with their tables."""
    events = ("rows", "truncate") if vendor == "postgresql" else ("update", "delete", "replace")
    return {f"{table}_{event}": table for table in TABLES for event in events}


def _statements(vendor: str, table: str) -> list[str]:
    if vendor != "postgresql":
        return list(_sqlite(table, TABLES[table]).values())
    refuse = "EXECUTE FUNCTION audit_refuse()"
    return [
        f"CREATE TRIGGER {table}_rows BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
    ]


def _sqlite(table: str, key: str) -> dict[str, str]:
    """INSERT OR REPLACE removes a row without a trigger for that."""
    begin = f"CREATE TRIGGER {table}"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
    return {
        "update": f"{begin}_update BEFORE UPDATE ON {table} {refuse}",
        "delete": f"{begin}_delete BEFORE DELETE ON {table} {refuse}",
        "replace": f"{begin}_replace BEFORE INSERT ON {table} WHEN {there} {refuse}",
    }
