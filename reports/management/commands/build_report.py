from __future__ import annotations

import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.chapters import build
from reports.document.snapshots import to_json
from reports.editing import audiences
from reports.vocabulary import Audience
from reports.wording.rendering import WordingError
from reports.writers.docx import write_docx
from reports.writers.html import write_html
from reports.writers.pdf import write_pdf
from sectors.management.region_command import RegionCommand
from sectors.models import Region

FILES = {".docx": write_docx, ".pdf": write_pdf}
TEXTS = {".html": write_html, ".json": to_json}


class Command(RegionCommand):
    help = "Build a region's annual report; the ending of --output chooses .docx, .pdf, .html or .json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--date", type=datetime.date.fromisoformat, help="date on the cover; today when left out")
        parser.add_argument("--audience", choices=Audience.values, default=Audience.INTERNAL, help="whose edition")

    def about(self, region: Region, year: int, options: dict[str, Any]) -> None:
        output: Path = options["output"]
        if output.suffix not in (*FILES, *TEXTS):
            raise CommandError(_("The output must end in .docx, .pdf, .html or .json."))
        try:
            whole = build.build(region, year, day=options["date"] or timezone.localdate())
            document = audiences.for_audience(whole, options["audience"])
        except (build.NoData, WordingError) as error:
            raise CommandError(str(error)) from error
        try:
            if output.suffix in FILES:
                FILES[output.suffix](document, output)
            else:
                output.write_text(TEXTS[output.suffix](document), encoding="utf-8")
        except OSError as error:
            raise CommandError(_("%(path)s cannot be written: %(why)s") % {"path": output, "why": error}) from error
        what = {"region": region.pk, "of_region": region.code, "year": year, "audience": options["audience"]}
        record.write(EventKind.EXPORT, name=output.name, **what)
        self.stdout.write(str(output))
