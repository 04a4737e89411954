"""The annual report of the whole of 2022: its Word file against the same document rendered by docxtpl from a ready
template; how long each edition takes in each format, and what memory beyond that of the process before; and the draft.

The Word file is that of the internal edition. Both files have the same words, tables, charts and footnotes, which a
test of the benchmark holds; what docxtpl is given ready, `_docxtpl` says. Durations are taken in pairs, by the clock
and of the processor. Memory is measured in a process of its own: all modules loaded, document at hand, then written.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median

from django.conf import settings
from django.test import Client
from django.urls import reverse

from bench import Result, _docxtpl
from bench._pairs import compared, cost
from bench._scratch import COUNTY, DEPARTMENT, alternating, site, timed
from reports.chapters import build
from reports.document import snapshots
from reports.document.blocks import Chart, Document, Table
from reports.editing import drafts
from reports.editing.audiences import for_audience
from reports.vocabulary import Audience
from reports.writers import files
from reports.writers.docx import write_docx
from sectors.models import Department, Region, User
from sectors.transfer.figure_files import import_figures
from sectors.transfer.narrative_files import import_narratives
from sectors.vocabulary import Role

YEAR, DAY, ROUNDS, FEW = 2022, datetime.date(2022, 11, 11), 15, 3
TARGET = Decimal("1.5")
MEGABYTES = Decimal(64)


def run() -> list[Result]:
    with site():
        import_year()
        region = Region.objects.get(code=COUNTY)
        (built,) = alternating(FEW, lambda _n: timed(lambda: build.build(region, YEAR, day=DAY)))
        document = build.build(region, YEAR, day=DAY)
        page = draft_page(region)
    editions = {audience: for_audience(document, audience) for audience in Audience.values}
    return [
        *against_docxtpl(editions[Audience.INTERNAL]),
        *(result for audience, edition in editions.items() for result in alone(audience, edition)),
        Result("the document of the draft, built", built),
        Result("the page of the draft", page),
    ]


def import_year() -> None:
    """The shipped figures and narratives of 2022."""
    region = Region.objects.get(code=COUNTY)
    data = settings.BASE_DIR / "data" / f"{COUNTY}-{YEAR}"
    import_figures(sorted(data.glob("*.csv")), region=region, year=YEAR)
    import_narratives(sorted((data / "narratives").glob("*.yaml")), region=region, year=YEAR)


def draft_page(region: Region) -> Decimal:
    department = Department.objects.get(region=region, code=DEPARTMENT)
    person = User.objects.create(username="bench-office", role=Role.OFFICE, department=department)
    drafts.begin(region=region, year=YEAR, by=person, day=DAY)
    client, address = Client(headers={"host": "localhost"}), reverse("draft", args=[YEAR])
    client.force_login(person)
    if client.get(address).status_code != 200:
        raise AssertionError("The page of the draft is not there.")
    (found,) = alternating(FEW, lambda _n: timed(lambda: client.get(address)))
    return found


def against_docxtpl(document: Document) -> Iterator[Result]:
    template, context = _docxtpl.ready(document)

    def ours() -> None:
        write_docx(document, BytesIO())

    def rival() -> None:
        _docxtpl.render(template, context)

    tables, charts = (sum(isinstance(block, kind) for block in document.blocks) for kind in (Table, Chart))
    about = f"Word file of {YEAR} ({len(document.blocks)} blocks, {tables} tables, {charts} charts)"
    yield from compared(about, ROUNDS, lambda _n: cost(ours), lambda _n: cost(rival), TARGET)


def alone(audience: str, document: Document) -> Iterator[Result]:
    """What an edition takes in each format, after the first time."""
    for to in files.FORMATS:
        write = partial(files.write, document, to)
        write()
        yield Result(f"{audience} edition as .{to}", median(timed(write) for _time in range(FEW)))
        part = f"{audience} edition as .{to}: memory beyond the idle process"
        most = MEGABYTES if to == "docx" else None
        yield Result(part, memory(document, to), most, most and Decimal(1), "MB")


def memory(document: Document, to: str) -> Decimal:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        path.write_text(snapshots.dump(document), encoding="utf-8")
        command = [sys.executable, "-m", "bench._report_memory", str(path), to]
        told = subprocess.run(command, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True).stdout
    return Decimal(told)
