"""Runs written statements, and reads what the databases give differently."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection


def fetch(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows as the database gives them: SQLite dates that it computed as texts, and decimals as floating point."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def as_date(value: datetime.date | str) -> datetime.date:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def as_time(value: datetime.datetime | str) -> datetime.datetime:
    """With its zone, which SQLite does not keep."""
    found = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def placeholders(values: Collection[object]) -> str:
    """Places for as many values in a written statement."""
    return ", ".join(["%s"] * len(values))


def as_decimal(value: Any) -> Decimal | None:
    """SQLite keeps decimals as floating point; their shortest text is what was stored."""
    return value if value is None or isinstance(value, Decimal) else Decimal(str(value))
