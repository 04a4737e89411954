"""Rows that many tests begin with: made once in a process, then copied into the database of each test."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection, models, transaction
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from reports.models import BoardStamp
from sectors import jobs
from sectors.models import CatalogueVersion, RegionClosure

APPS = (
    *("audit", "sectors", "accounts", "otp_totp", "otp_static", "inspections", "reports", "assessment", "collection"),
)


@dataclass(frozen=True)
class SavedRows:
    """The statements that insert the rows of all tables of the project, with their values; and files they name.

    Kept instead of the rows: building these statements takes longer than the database needs for them.
    """

    inserts: tuple[tuple[str, Any], ...]
    files: Path

    @classmethod
    def made_by(cls, make: Callable[[], Any], files: Path) -> "SavedRows":
        """What `make` leaves in a database that has no rows yet, which is empty again afterwards, and in a folder."""
        inserts: list[tuple[str, Any]] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            inserts.append((sql, params))
            return execute(sql, params, many, context)

        at_once = patch.object(jobs, "on_commit", lambda begin: begin())  # nothing commits here
        with transaction.atomic(), override_settings(MEDIA_ROOT=files), at_once:
            make()
            tables = [(manager, list(manager.order_by("pk"))) for manager in _managers()]
            transaction.set_rollback(True)
        with transaction.atomic():
            with connection.execute_wrapper(note):
                for manager, rows in tables:
                    manager.bulk_create(rows)
            transaction.set_rollback(True)
        return cls(tuple(inserts), files)

    @transaction.atomic
    def copy(self) -> None:
        """Into a database that has none of them. Foreign keys are checked at the end: tables may come in any order."""
        with connection.cursor() as cursor:
            for sql, params in self.inserts:
                cursor.execute(sql, params)
        if any(self.files.iterdir()):
            shutil.copytree(self.files, settings.MEDIA_ROOT, dirs_exist_ok=True)
        # What the process keeps is of another test, which may have changed its catalogue.
        CatalogueVersion.objects.renew()


def _managers() -> list[models.Manager[Any]]:
    """But for the version of the catalogue, which stands in every database, and what copying leaves anew: stamps, and
    which region lies in which."""
    found: list[Any] = [
        model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    tables = (model for model in [*found, Group, DBTaskResult] if not model._meta.proxy)
    return [model._base_manager for model in tables if model not in (CatalogueVersion, BoardStamp, RegionClosure)]
