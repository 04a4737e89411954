from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from config.backup import archives, restoring


class Command(BaseCommand):
    help = (
        "Read an archive of `manage.py backup` into a database without rows and a DATA_DIR without files, and bring it "
        "up to this version. Anything else is refused, and nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--key", type=Path, metavar="FILE", help="the key that opens an encrypted archive")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with archives.opened(options["archive"], options["key"]) as archive:
                restored = restoring.restore(archive)
        except (archives.BadArchive, archives.BadKey, restoring.Refused) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(_("The file cannot be read or written: %(error)s.") % {"error": error}) from error
        call_command("migrate", verbosity=0, interactive=False)
        what = {"how": "restored", "rows": restored.rows, "files": restored.files}
        record.write(EventKind.ADMINISTRATION, name=options["archive"].name, **what)
        self.stdout.write(
            _("Restored: %(rows)d rows, %(files)d files.") % {"rows": restored.rows, "files": restored.files}
        )
