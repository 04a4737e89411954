from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sectors.catalogue import wordings
from sectors.catalogue.beside import Beside, in_files
from sectors.catalogue.consistency import doubts, problems
from sectors.catalogue.files import read
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.specifications import CatalogueFiles


class Command(BaseCommand):
    help = (
        "Check catalogue files (YAML) without a database: all that can be wrong in them and between them, and with the "
        "shipped catalogue beside them. What a load would change of the past, load_catalogue --dry-run says."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, nargs="+", help="files, or folders of files")
        parser.add_argument("--alone", action="store_true", help="without the shipped catalogue beside them")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = read(*options["path"])
            shipped = None if options["alone"] else read(settings.BASE_DIR / "catalogue")
            beside = in_files(shipped, files) if shipped else Beside()
            found, doubtful = problems(files, beside), doubts(files, beside)
            claims = wordings.found_beside_files(files, shipped or CatalogueFiles())
            found += [claim.problem for claim in claims if claim.is_refused]
            doubtful += [claim.problem for claim in claims if not claim.is_refused]
        except CatalogueError as error:
            found, doubtful = error.problems, []
        for problem in doubtful:
            self.stdout.write(f"? {problem}")
        for problem in found:
            self.stderr.write(str(problem))
        if found:
            raise CommandError(
                ngettext("%(count)d problem.", "%(count)d problems.", len(found)) % {"count": len(found)}
            )
        self.stdout.write(_("Nothing is wrong in these files."))
