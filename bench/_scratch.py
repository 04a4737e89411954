"""A place to measure in: a database of its own, sheets of any size in it, a server, and a browser.

The database is made new, as Django makes one for tests: a file in DATA_DIR, or test_<name> on a server.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from statistics import median
from time import perf_counter
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.testcases import LiveServerThread
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, sync_playwright

from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.models import (
    Breakdown,
    BreakdownPart,
    CatalogueVersion,
    Department,
    Indicator,
    Period,
    Region,
    Sector,
    Sheet,
    Submission,
    Table,
    Unit,
    User,
)
from sectors.vocabulary import Accumulation, ChangeSource, Frequency, Role
from tests.browser.find import find

T = TypeVar("T")
ROWS, COLUMNS = 30, 5
PERIODS = ((2022, 2), (2023, 1), (2023, 2))  # a year ago, last, and the one to fill
COUNTY, DEPARTMENT = "654027", "agriculture"


@contextmanager
def site(*, is_shipped: bool = True) -> Iterator[None]:
    """A new database with the shipped catalogue, unless it is to stay empty, and static files under their final names,
    as on a real server."""
    call_command("collectstatic", interactive=False, verbosity=0)
    # A file and not memory: the server of a browser part has connections of its own.
    file = settings.DATA_DIR / f"bench-{os.getpid()}.sqlite3"
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = file
    made = setup_databases(verbosity=0, interactive=False)
    try:
        if is_shipped:
            load(settings.BASE_DIR / "catalogue")
        yield
    finally:
        teardown_databases(made, verbosity=0)
        for left in file.parent.glob(f"{file.name}*"):  # the log of writes
            left.unlink()


def clerk() -> User:
    """Also a superuser, so that the same person may save by our way and by the admin's."""
    department = Department.objects.get(region__code=COUNTY, code=DEPARTMENT)
    found, _new = User.objects.get_or_create(
        username="bench",
        defaults={"role": Role.CLERK, "department": department, "is_staff": True, "is_superuser": True},
    )
    return found


def submission(cells: int) -> Submission:
    """A draft of a sheet with so many filled cells (whole tables of 150) and earlier periods to compare with."""
    sheet = _sheet(cells)
    region = Region.objects.get(code=COUNTY)
    entered = list(sheet.indicators.filter(formula="").select_related("unit"))
    for year, number in PERIODS:
        period, _new = Period.objects.get_or_create(
            region=region,
            year=year,
            kind=Frequency.QUARTER,
            number=number,
            defaults={"opens": "2023-07-01", "due": "2023-07-10"},
        )
        made = Submission.objects.create(
            sheet=sheet, period=period, region=region, department=Department.objects.get(region=region, code=DEPARTMENT)
        )
        texts = {indicator: str(year - 2000 + number * 10 + indicator.row) for indicator in entered}
        read = {indicator: read_cell(indicator, text) for indicator, text in texts.items()}
        writer.store(made, read, by=None, way=ChangeSource.IMPORT)
    return made


def _sheet(cells: int) -> Sheet:
    sheet = Sheet.objects.create(
        sector=Sector.objects.get(code="agri"),
        number=f"B-{cells}",
        name=f"{cells}格的报表",
        frequency=Frequency.QUARTER,
        department_code=DEPARTMENT,
        position=cells,
    )
    for position in range(cells // (ROWS * COLUMNS)):
        _table(sheet, position)
    CatalogueVersion.objects.renew()
    return sheet


def _table(sheet: Sheet, position: int) -> None:
    """Rows and columns to fill, and a row of totals that are computed."""
    heads = [{"name": f"第{n + 1}栏", "unit": "批次"} for n in range(COLUMNS)]
    table = Table.objects.create(
        sheet=sheet, code=f"t{position}", name=f"第{position + 1}表", position=position, columns=heads
    )
    unit = Unit.objects.get(name="批次")
    prefix = f"agri.bench{sheet.number.removeprefix('B-')}.t{position}"
    made = [
        Indicator(
            sheet=sheet, table=table, unit=unit, accumulation=Accumulation.FLOW, code=f"{prefix}.r{row}.c{column}",
            name=f"第{row + 1}项·第{column + 1}栏", row_name=f"第{row + 1}项" if row < ROWS else "合计", row=row,
            column=column, formula=f"parts({prefix}.r{row}.c{column})" if row == ROWS else "",
        )
        for row in range(ROWS + 1)
        for column in range(COLUMNS)
    ]  # fmt: skip
    Indicator.objects.bulk_create(made)
    totals = made[ROWS * COLUMNS :]
    sums = Breakdown.objects.bulk_create(
        Breakdown(total=total, name="合计", exhaustive=True, position=0) for total in totals
    )
    BreakdownPart.objects.bulk_create(
        BreakdownPart(breakdown=total, indicator=made[row * COLUMNS + column], position=row)
        for column, total in enumerate(sums)
        for row in range(ROWS)
    )


@contextmanager
def server() -> Iterator[str]:
    """The address of the site, whose static files come through WhiteNoise."""
    thread = LiveServerThread("localhost", cast(Any, _as_it_is))
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://localhost:{thread.port}"
    finally:
        thread.terminate()


def _as_it_is(application: Any) -> Any:
    """Instead of Django's handler of static files."""
    return application


@contextmanager
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, in which Django would refuse its ORM; nothing of ours runs in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    flags = ["--disable-gpu", "--no-sandbox"] if os.geteuid() == 0 else ["--disable-gpu"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find(), args=flags)
        yield started
        started.close()


def alternating(rounds: int, *ways: Callable[[int], Decimal]) -> list[Decimal]:
    """The median duration of each way."""
    return [median(times) for times in in_turns(rounds, *ways)]


def in_turns(rounds: int, *ways: Callable[[int], T]) -> list[list[T]]:
    """What each way took in each round; they take turns, so that a slow moment of the machine meets all of them."""
    found: list[list[T]] = [[] for _way in ways]
    for turn in range(rounds):
        for times, way in list(zip(found, ways, strict=True))[:: 1 if turn % 2 else -1]:
            times.append(way(turn))
    return found


def timed(action: Callable[[], object]) -> Decimal:
    began = perf_counter()
    action()
    return Decimal(perf_counter() - began)
