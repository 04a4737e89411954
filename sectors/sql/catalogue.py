"""Texts that tell one state of the catalogue from another."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from django.db import connection, models

from sectors.models import BreakdownPart, Indicator, Rule, Sheet
from sectors.sql.execution import fetch


def catalogue_stamp() -> str:
    """Another text whenever a catalogue was loaded."""
    return _joined(_stamp_query(connection.vendor))


def catalogue_text() -> str:
    """Another text whenever a catalogue was loaded or a rule edited."""
    return _joined(_text_query(connection.vendor))


def _joined(statement: str) -> str:
    (row,) = fetch(statement)
    return "#".join(str(text or "") for text in row)


def _stamp_query(vendor: str) -> str:

    last = [f"(SELECT MAX(id) FROM {model._meta.db_table})" for model in (Indicator, BreakdownPart)]
    return f"SELECT {', '.join([*last, _gathered(vendor, Sheet, ('edition',))])}"


@lru_cache
def _text_query(vendor: str) -> str:

    rules = ("id", "code", "expression", "severity", "message", "missing", "is_on", "valid_from", "valid_to")
    return f"{_stamp_query(vendor)}, {_gathered(vendor, Rule, rules)}"


def _gathered(vendor: str, model: type[models.Model], names: Collection[str]) -> str:
    """All rows' fields as one text. Field by field: to put rows together takes the database longer."""
    gather, quoted = "GROUP_CONCAT" if vendor == "sqlite" else "STRING_AGG", connection.ops.quote_name
    columns = [quoted(field.column) for field in model._meta.concrete_fields if field.name in names]
    fields = " || '#' || ".join(f"{gather}(COALESCE(CAST({column} AS TEXT), ''), '|')" for column in columns)
    return f"(SELECT {fields} FROM {quoted(model._meta.db_table)})"
