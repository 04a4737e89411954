"""Specifications of sheets in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

OPTIONS = "options"


class SpecificationField(models.JSONField):
    """Keeps the order of options, which says what is better: a database may keep keys in another, so that they are
    stored as a list of pairs."""

    def deconstruct(self) -> Any:
        """To migrations it is one like any other: the column is."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(_with_options(value, _listed), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return _with_options(super().from_db_value(value, expression, connection), _mapped)


def _with_options(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: change(one) if key == OPTIONS else _with_options(one, change) for key, one in value.items()}
    return [_with_options(one, change) for one in value] if isinstance(value, list) else value


def _listed(options: Any) -> Any:
    return [[code, words] for code, words in options.items()] if isinstance(options, dict) else options


def _mapped(options: Any) -> Any:
    """What was stored before has no order."""
    is_listed = isinstance(options, list) and all(isinstance(one, list) and len(one) == 2 for one in options)
    return dict(options) if is_listed else options
