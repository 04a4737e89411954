from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from audit import record
from audit.models import Event
from audit.vocabulary import EventKind
from config.backup import archives, making


class Command(BaseCommand):
    help = (
        "Write the database and the files into one archive, encrypted where BACKUP_KEY is set. People go on working "
        "meanwhile. `manage.py restore` reads it, on SQLite and PostgreSQL alike."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BACKUP_DIR, help="where to, BACKUP_DIR by default")
        parser.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N archives of the folder")
        parser.add_argument(
            "--new-key", type=Path, metavar="FILE", help="only write a new key, and tell its BACKUP_KEY"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keep: int | None = options["keep"]
        if keep is not None and keep < 1:
            raise CommandError(_("At least one archive has to be kept."))
        try:
            if options["new_key"]:
                return self._new_key(options["new_key"])
            self._make(options["folder"], keep)
        except archives.BadKey as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(_("The file cannot be written: %(error)s.") % {"error": error}) from error
        return None

    def _new_key(self, path: Path) -> None:
        public = archives.new_key(path)
        self.stdout.write(f"BACKUP_KEY={public}")
        self.stdout.write(
            _("Keep %(path)s in another place than this server: without it no backup can be read.") % {"path": path}
        )

    def _make(self, folder: Path, keep: int | None) -> None:
        made = making.make(folder, settings.BACKUP_KEY)
        if Event._meta.db_table in connection.introspection.table_names():  # not yet, before an update
            record.write(EventKind.EXPORT, name=made.path.name, rows=made.rows, files=made.files)
        self.stdout.write(
            _("%(path)s: %(rows)d rows, %(files)d files.") % {"path": made.path, "rows": made.rows, "files": made.files}
        )
        for name in made.missing:
            self.stderr.write(_("Missing: %(name)s, which the database names.") % {"name": name})
        for old in making.remove_old(folder, keep) if keep else ():
            self.stdout.write(_("Removed: %(path)s.") % {"path": old})
