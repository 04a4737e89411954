from __future__ import annotations

import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from reports import analysis
from reports.document import to_json
from reports.docx import write_docx
from reports.html import write_html
from reports.wording import WordingError
from sectors.models import Region


class Command(BaseCommand):
    help = "Build a region's annual report; the ending of --output chooses .docx, .html or .json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help="code of the region, such as 654027")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--date", type=datetime.date.fromisoformat, help="date on the cover; today when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if output.suffix not in (".docx", ".html", ".json"):
            raise CommandError(_("The output must end in .docx, .html or .json."))
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(_("There is no region %(code)s.") % {"code": options["region"]})
        try:
            document = analysis.build(region, options["year"], day=options["date"] or timezone.localdate())
        except (analysis.NoData, WordingError) as error:
            raise CommandError(str(error)) from error
        try:
            if output.suffix == ".docx":
                write_docx(document, output)
            else:
                write = write_html if output.suffix == ".html" else to_json
                output.write_text(write(document), encoding="utf-8")
        except OSError as error:
            raise CommandError(_("%(path)s cannot be written: %(why)s") % {"path": output, "why": error}) from error
        self.stdout.write(str(output))
