"""Rows that many tests begin with: made once in a process, then copied into the database of each test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from sectors.models import CatalogueVersion

APPS = ("audit", "sectors", "accounts", "inspections", "reports")


@dataclass(frozen=True)
class SavedRows:
    """The statements that insert the rows of all tables of the project, with their values.

    Kept instead of the rows: building these statements takes longer than the database needs for them.
    """

    inserts: tuple[tuple[str, Any], ...]

    @classmethod
    def made_by(cls, make: Callable[[], Any]) -> "SavedRows":
        """What `make` leaves in a database that has no rows yet; it is empty again afterwards."""
        inserts: list[tuple[str, Any]] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            inserts.append((sql, params))
            return execute(sql, params, many, context)

        with transaction.atomic():
            make()
            tables = [(manager, list(manager.order_by("pk"))) for manager in _managers()]
            transaction.set_rollback(True)
        with transaction.atomic():
            with connection.execute_wrapper(note):
                for manager, rows in tables:
                    manager.bulk_create(rows)
            transaction.set_rollback(True)
        return cls(tuple(inserts))

    @transaction.atomic
    def copy(self) -> None:
        """Into a database that has none of them. Foreign keys are checked at the end: tables may come in any order."""
        with connection.cursor() as cursor:
            for sql, params in self.inserts:
                cursor.execute(sql, params)
        # What the process keeps is of another test, which may have changed its catalogue.
        CatalogueVersion.objects.renew()


def _managers() -> list[models.Manager[Any]]:
    """But for the version of the catalogue, which stands in every database."""
    found = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return [model._base_manager for model in found if model is not CatalogueVersion]
