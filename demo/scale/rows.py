"""Rows of many tables as fast as the database takes them: COPY on PostgreSQL, inserted by thousands on SQLite.

They go past the writers of these models, and so past the record of changes: nothing but this package writes so.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

AT_ONCE = 20_000
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
Row = tuple[Any, ...]


class Rows:
    """Rows of one model that wait to be stored, with keys that follow the last one that is there."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model, self.count = model, 0
        self._fields = list(model._meta.concrete_fields)
        self._defaults = {field.name: field.get_default() for field in self._fields}
        self._prepare = [_prepared(field) for field in self._fields]
        last = model._default_manager.aggregate(last=models.Max("pk"))["last"]
        self._next = (last or 0) + 1
        self._waiting: list[Row] = []

    def add(self, **values: Any) -> int:
        """By the names of fields, keys in the place of objects. Returns the new row's key."""
        key = self._next
        self._next, self.count = key + 1, self.count + 1
        row = self._defaults | values | {"id": key}
        self._waiting.append(tuple(row[field.name] for field in self._fields))
        return key

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= AT_ONCE

    def store(self) -> None:
        if self._waiting:
            rows = [
                tuple(prepare(value) for prepare, value in zip(self._prepare, row, strict=True))
                for row in self._waiting
            ]
            (_copy if connection.vendor == "postgresql" else _insert)(self.model._meta.db_table, self._columns, rows)
            self._waiting = []

    @property
    def _columns(self) -> list[str]:
        return [connection.ops.quote_name(str(field.column)) for field in self._fields]


def _prepared(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """What the database is given of a value: of a foreign key that of what it refers to."""
    if isinstance(field, models.JSONField):
        return json.dumps
    of = field.target_field if isinstance(field, models.ForeignKey) else field
    return lambda value: of.get_db_prep_save(value, connection)


def _copy(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    lines = io.StringIO("".join("\t".join(map(_text, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)


def _text(value: Any) -> str:
    """As COPY reads it."""
    return "\\N" if value is None else str(value).translate(_ESCAPED)


def _insert(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def store(*tables: Rows) -> None:
    """In the order in which they refer to one another."""
    for rows in tables:
        rows.store()


def continue_keys(*tables: Rows) -> None:
    """So that what people add next gets the keys that follow."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [rows.model for rows in tables]):
            cursor.execute(statement)
