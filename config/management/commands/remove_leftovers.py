from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.models import FileField, Model
from django.utils.translation import gettext as _

from config.backup.making import PASSING

AGE = 24 * 60 * 60  # seconds; what is being stored has no row yet


class Command(BaseCommand):
    help = (
        "Remove files that no row names, and that are older than a day: what a process left that was killed while it "
        "stored them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(_old_files())  # looked for before the rows, so that one that is stored meanwhile is none of them
        named = set(_named())
        root = Path(settings.MEDIA_ROOT).resolve()
        for path in found:
            if (name := path.relative_to(root).as_posix()) not in named:
                path.unlink(missing_ok=True)
                self.stdout.write(_("Removed: %(path)s.") % {"path": name})


def _old_files() -> Iterator[Path]:
    """Below MEDIA_ROOT; results of jobs and files before their confirmation go by themselves, backups are none."""
    root, before = Path(settings.MEDIA_ROOT).resolve(), time.time() - AGE
    backups = Path(settings.BACKUP_DIR).resolve()
    for path in root.rglob("*"):
        is_other = path.relative_to(root).parts[0] in PASSING or path.is_relative_to(backups)
        if not is_other and path.is_file() and path.stat().st_mtime < before:
            yield path


def _named() -> Iterator[str]:
    models: list[type[Model]] = apps.get_models(include_auto_created=True)
    for model in models:
        fields = [field.name for field in model._meta.concrete_fields if isinstance(field, FileField)]
        for field in fields:
            yield from model._base_manager.values_list(field, flat=True).iterator()
