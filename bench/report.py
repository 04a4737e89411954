"""The annual report of the whole of 2022 as a Word file, against the same document rendered by docxtpl from a ready
template; and the memory that writing takes beyond that of the process before.

Ours is with Word's own charts, the contents' pages computed and the columns measured; docxtpl leaves charts out and is
given pages and widths. Memory is measured in a process of its own: all modules loaded, document at hand, then written.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import tempfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from django.conf import settings

from bench import Result, _docxtpl
from bench._scratch import COUNTY, alternating, site, timed
from reports.chapters import build
from reports.document import snapshots
from reports.document.blocks import Document
from reports.writers.docx import write_docx
from sectors.models import Region
from sectors.transfer.figure_files import import_figures
from sectors.transfer.narrative_files import import_narratives

YEAR, ROUNDS = 2022, 15
TARGET = Decimal("1.5")
MEGABYTES = Decimal(64)


def run() -> list[Result]:
    with site():
        document = whole_year()
    ready, context = _docxtpl.template(document), _docxtpl.context(document)
    # Once before the clock runs: modules are loaded, both have their caches.
    written(document)
    _docxtpl.render(ready, context)
    ways = (lambda _n: timed(lambda: written(document))), (lambda _n: timed(lambda: _docxtpl.render(ready, context)))
    ours, rival = alternating(ROUNDS, *ways)
    blocks = f"{len(document.blocks)} blocks, {len(document.figures)} figures"
    return [Result(f"Word file of {YEAR} ({blocks})", ours, rival, TARGET), memory(document)]


def whole_year() -> Document:
    """The shipped figures and narratives of 2022."""
    region = Region.objects.get(code=COUNTY)
    data = settings.BASE_DIR / "data" / f"{COUNTY}-{YEAR}"
    import_figures(sorted(data.glob("*.csv")), region=region, year=YEAR)
    import_narratives(sorted((data / "narratives").glob("*.yaml")), region=region, year=YEAR)
    return build.build(region, YEAR, day=datetime.date(YEAR, 11, 11))


def written(document: Document) -> bytes:
    file = BytesIO()
    write_docx(document, file)
    return file.getvalue()


def memory(document: Document) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        path.write_text(snapshots.dump(document), encoding="utf-8")
        command = [sys.executable, "-m", "bench._report_memory", str(path)]
        told = subprocess.run(command, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True).stdout
    return Result("memory beyond the idle process, against what is allowed", Decimal(told), MEGABYTES, Decimal(1), "MB")
