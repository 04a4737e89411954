"""100,000 figures to .xlsx, against django-import-export's own way with the same columns, in turns, each by itself.

Memory is the largest that the process has had above what it had before it began; ours is held against ours with a
tenth of the rows, since what is promised is that it does not grow with them.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from import_export import fields, resources
from import_export.formats.base_formats import XLSX

from bench import Result
from bench._pairs import cost, spread
from bench._scratch import COUNTY, in_turns, site
from reports.exports import lists
from reports.exports.files import Listing, write_xlsx
from reports.exports.scopes import Scope
from sectors.models import Department, Figure, Indicator, Period, Region, Sheet, Submission, User
from sectors.vocabulary import FigureState, Frequency, Role, SubmissionStatus

ROWS, YEARS, ROUNDS = 100_000, range(1990, 2090), 3
TARGET = Decimal("0.25")
FLAT = Decimal("1.3")
ATTRIBUTES = (
    "region__code", "region__name", "submission__department__name", "submission__sheet__sector__name",
    "submission__sheet__number", "submission__sheet__name", "submission__period__code", "submission__period__year",
    "indicator__code", "indicator__name", "indicator__unit__name", "get_state_display", "value", "note",
    "submission__get_status_display", "submission__is_demo",
)  # fmt: skip
Measured = tuple[Decimal, Decimal, Decimal]  # seconds by the clock and of the processor, megabytes


def run() -> list[Result]:
    with site():
        person = _figures()
        few, many, rival = in_turns(
            ROUNDS,
            lambda _n: _alone(_ours, person.pk, ROWS // 10),
            lambda _n: _alone(_ours, person.pk, ROWS),
            lambda _n: _alone(_rival, person.pk, ROWS),
        )
    return [
        _result(f"{ROWS} figures to .xlsx, against import-export, by the clock", 0, many, rival, TARGET, "s"),
        _result(f"{ROWS} figures to .xlsx, against import-export, of the processor", 1, many, rival, TARGET, "s"),
        _result(f"memory for {ROWS} figures, against import-export", 2, many, rival, None, "MB"),
        _result(f"memory for {ROWS} figures, against a tenth of them", 2, many, few, FLAT, "MB"),
    ]


def _result(
    part: str, place: int, ours: list[Measured], rival: list[Measured], target: Decimal | None, unit: str
) -> Result:
    sides = [[spent[place] for spent in way] for way in (ours, rival)]
    return Result(f"{part}, {spread(sides)}", median(sides[0]), median(sides[1]), target, unit)


def _figures() -> User:
    """At least so many figures in accepted quarters of one county; returns a person of its office."""
    region = Region.objects.get(code=COUNTY)
    departments = {department.code: department for department in Department.objects.filter(region=region)}
    sheets = list(Sheet.objects.filter(assignments__region=region))
    count = 0
    for year in YEARS:
        if count >= ROWS:
            break
        for number in (1, 2, 3, 4):
            period = Period.objects.create(
                region=region,
                year=year,
                kind=Frequency.QUARTER,
                number=number,
                opens=f"{year}-01-01",
                due=f"{year}-12-31",
            )
            made = Submission.objects.bulk_create(
                Submission(
                    sheet=sheet,
                    period=period,
                    region=region,
                    department=departments[sheet.department_code],
                    status=SubmissionStatus.ACCEPTED,
                )
                for sheet in sheets
            )
            by_sheet = {submission.sheet_id: submission for submission in made}
            figures = Figure.objects.bulk_create(
                Figure(region=region, submission=by_sheet[indicator.sheet_id], indicator=indicator,
                       state=FigureState.NUMBER, value=indicator.pk + number, places=0)
                for indicator in Indicator.objects.filter(sheet__in=sheets)
            )  # fmt: skip
            count += len(figures)
    return User.objects.create_user("export-bench", role=Role.OFFICE, department=departments["office"])


def _ours(person: User, rows: int) -> None:
    listing = lists.figures(Scope(person))
    part = Listing(listing.title, listing.columns, _first(listing.rows, rows), rows)
    with tempfile.TemporaryDirectory() as folder:
        write_xlsx(part, Path(folder) / "figures.xlsx")


def _first(rows: Any, count: int) -> Any:
    return (row for _n, row in zip(range(count), rows, strict=False))


def _rival(person: User, rows: int) -> None:
    made: dict[str, Any] = {name: fields.Field(attribute=name, column_name=name) for name in ATTRIBUTES}
    meta = type("Meta", (), {"model": Figure, "fields": list(ATTRIBUTES), "export_order": list(ATTRIBUTES)})
    of_figures = type("FigureResource", (resources.ModelResource,), made | {"Meta": meta})()
    related = ("region", "submission__department", "submission__sheet__sector", "submission__period", "indicator__unit")
    found = Figure.objects.filter(Scope(person).of_submissions()).select_related(*related)
    data = XLSX().export_data(of_figures.export(found.order_by("pk")[:rows]))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figures.xlsx").write_bytes(data)


def _alone(work: Callable[[User, int], None], person: int, rows: int) -> Measured:
    """Seconds and megabytes of the work in a process of its own, so that one's memory is not the other's."""
    connection.close()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measure, args=(theirs, work, person, rows))
    process.start()
    found: Measured = ours.recv()
    process.join()
    return found


def _measure(to: Any, work: Callable[[User, int], None], person: int, rows: int) -> None:
    of = User.objects.get(pk=person)
    before = _peak()
    clock, processor = cost(lambda: work(of, rows))
    to.send((clock, processor, (_peak() - before) or Decimal("0.1")))


def _peak() -> Decimal:
    return Decimal(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
