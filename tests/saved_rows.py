"""Rows that many tests begin with: made once in a process, then copied into the database of each test."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

from sectors.models import Sheet

APPS = ("sectors", "inspections", "reports")


@dataclass(frozen=True)
class SavedRows:
    """The rows of all tables of the project, a table's in the order of their keys."""

    tables: tuple[tuple[models.Manager[Any], list[Any]], ...]

    @classmethod
    def made_by(cls, make: Callable[[], Any]) -> "SavedRows":
        """What `make` leaves in a database that has no rows yet; it is empty again afterwards."""
        with transaction.atomic():
            make()
            tables = [(model._base_manager, list(model._base_manager.order_by("pk"))) for model in _models()]
            transaction.set_rollback(True)
        return cls(tuple((manager, rows) for manager, rows in tables if rows))

    @transaction.atomic
    def copy(self) -> None:
        """Into a database that has none of them. Foreign keys are checked at the end: tables may come in any order."""
        for manager, rows in self.tables:
            manager.bulk_create(rows)
        # A plan that the process keeps is that of another test, which may have changed its catalogue.
        Sheet.objects.update(edition=uuid.uuid4())


def _models() -> list[Any]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
