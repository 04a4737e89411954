"""Boards of a county and of a prefecture of ten, against the least SQL that gives their numbers.

Ours is everything between the address and the template: the choice read, statements put together, sent and read, and
all that the board shows computed from them. The limit is written by hand in `_board_limits` and shares nothing with the
product; before the clock runs, its numbers are held against the board's. In pairs, by the clock and of the processor,
which takes in PostgreSQL's. The same limit stands against the whole page, rendered and signed in, that is kept while
nothing changes; what it takes when it is put together is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import Result
from bench import _board_limits as limits
from bench._board_limits import Rows
from bench._pairs import compared, cost
from bench._scratch import COUNTY, alternating, site, timed
from reports.aggregation.values import AnnualValue
from reports.boards import explorer, leader, office, sector
from reports.boards.choice import BoardChoice, chosen
from sectors.approval import moves
from sectors.calculation.periods import PeriodKey
from sectors.models import (
    Assignment,
    Department,
    Figure,
    Indicator,
    Period,
    Region,
    Submission,
    Transition,
    User,
)
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, FigureState, RegionLevel, Role, SubmissionStatus

ON_A_SERVER = True
COUNTIES, YEARS = 10, (2021, 2022, 2023)
ROUNDS, FEW = 15, 3
TARGET = Decimal("1.5")


def run() -> list[Result]:
    with site(), override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        county, prefecture = _people(*_report())
        return [
            result
            for where, person in (("a county", county), ("a prefecture", prefecture))
            for part in (_office, _leadership, _sector, _explorer)
            for result in part(where, person)
        ]


def _report() -> tuple[Region, Region]:
    """Ten counties with all sheets of three years: figures, moves, lateness."""
    first = Region.objects.get(code=COUNTY)
    assert first.parent is not None
    counties = [first, *(_another(first, number) for number in range(1, COUNTIES))]
    entered: dict[int, list[Indicator]] = {}
    for indicator in Indicator.objects.filter(formula=""):
        entered.setdefault(indicator.sheet_id, []).append(indicator)
    for region in counties:
        for year in YEARS:
            for kind, count in PERIODS_A_YEAR.items():
                for number in range(1, count + 1):
                    _period(region, year, kind, number, entered)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return first, first.parent


def _another(first: Region, number: int) -> Region:
    region = Region.objects.create(
        code=f"6590{number:02}", name=f"第{number}县", level=RegionLevel.COUNTY, parent=first.parent
    )
    here = {}
    for department in first.departments.all():
        here[department.code] = Department.objects.create(
            region=region, code=department.code, name=department.name, short_name=department.short_name
        )
    Assignment.objects.bulk_create(
        Assignment(sheet_id=row.sheet_id, region=region, department=here[row.department.code])
        for row in first.assignments.select_related("department")
    )
    return region


def _period(region: Region, year: int, kind: str, number: int, entered: dict[int, list[Indicator]]) -> None:
    if not region.assignments.filter(sheet__frequency=kind).exists():
        return
    last = PeriodKey(year, kind, number).last_day
    period = Period.objects.create(region=region, year=year, kind=kind, number=number, opens=last, due=last)
    moves.open_period(period)
    made = list(period.submissions.all())
    for submission in made:
        submission.status = SubmissionStatus.DRAFT if (year, number) == (2023, 4) else SubmissionStatus.ACCEPTED
    Submission.objects.bulk_update(made, ["status"])
    Transition.objects.bulk_create(
        Transition(submission=one, old=SubmissionStatus.SUBMITTED, new=SubmissionStatus.SIGNED, at=timezone.now())
        for one in made
        if one.status == SubmissionStatus.ACCEPTED
    )
    Figure.objects.bulk_create(
        Figure(region=region, submission=one, indicator=indicator, state=FigureState.NUMBER, value=year - 2000 + number)
        for one in made
        for indicator in entered.get(one.sheet_id, [])
    )


def _people(county: Region, prefecture: Region) -> tuple[User, User]:
    above = Department.objects.create(region=prefecture, code="office", name="质强办", short_name="质强办")
    return (
        User.objects.create_user("bench-county", role=Role.OFFICE, department=county.departments.get(code="office")),
        User.objects.create_user("bench-prefecture", role=Role.LEADER, department=above),
    )


def _office(where: str, person: User) -> Iterator[Result]:
    address = "/board/?period=2023"
    choice = chosen(_request(person, address))

    def limit() -> list[Rows]:
        return limits.office(choice.region.pk, choice.region_keys, choice.year, timezone.localdate())

    counts = {row[0]: row[1:3] for row in limit()[1]}
    for region in choice.inside:
        own = [one for one in office.office(choice).submissions if one.region == region.pk]
        shown = len(own), sum(one.status == SubmissionStatus.ACCEPTED for one in own)
        assert counts.get(region.pk, (0, 0)) == shown
    yield from _measured(f"office board, {where}", person, address, office.office, limit)


def _leadership(where: str, person: User) -> Iterator[Result]:
    address = "/board/leader/?period=2023"
    choice = chosen(_request(person, address), by_year=True)
    keys = [one for one in choice.catalogue.of_year(choice.year) if one.is_key or one.is_pass_rate]
    read = _read(choice, keys)

    def limit() -> list[Rows]:
        return limits.leadership(choice.region.pk, choice.region_keys, read, YEARS, timezone.localdate())

    _same_sums([key.value for key in leader.leadership(choice).keys], limit()[0])
    yield from _measured(f"leadership board, {where}", person, address, leader.leadership, limit)


def _sector(where: str, person: User) -> Iterator[Result]:
    address = "/sectors/food/?period=2023"
    choice = chosen(_request(person, address), by_year=True)
    food = choice.catalogue.sectors["food"]
    read = _read(choice, choice.catalogue.by_sector(choice.year, choice.region.pk)[food])

    def gather(asked: BoardChoice) -> sector.SectorBoard:
        found = sector.sector_board(asked, food, "")
        assert found is not None
        return found

    def limit() -> list[Rows]:
        return limits.sector(choice.region.pk, choice.region_keys, read, YEARS, food.pk)

    _same_sums([row.value for row in gather(choice).rows], limit()[0])
    yield from _measured(f"a sector, {where}", person, address, gather, limit)


def _explorer(where: str, person: User) -> Iterator[Result]:
    codes = Indicator.objects.filter(formula="").order_by("code").values_list("code", flat=True)[:20]
    years = "".join(f"&year={year}" for year in YEARS)
    address = "/explore/?" + "&".join(f"i={code}" for code in codes) + f"{years}&apart=1"
    request = _request(person, address)
    choice = chosen(request, by_year=True)
    read = _read(choice, explorer.asked(request.GET, choice).indicators)

    def gather(asked: BoardChoice) -> explorer.Pivot:
        return explorer.pivot(explorer.asked(request.GET, asked), asked)

    def limit() -> list[Rows]:
        return limits.explored(choice.region_keys, read, YEARS)

    last = [row.cells[-1] for row in gather(choice).rows if row.region is None]
    _same_sums([cell for cell in last if cell is not None], limit()[0])
    yield from _measured(f"explorer, 20 indicators, {where}", person, address, gather, limit)


def _request(person: User, address: str) -> Any:
    request: Any = RequestFactory().get(address)
    request.user = person
    return request


def _read(choice: BoardChoice, indicators: Iterable[Indicator]) -> list[int]:
    """What is entered that some indicators are computed from."""
    catalogue = choice.catalogue
    codes = catalogue.with_inputs(one.code for one in indicators)
    return [catalogue.by_code[code].pk for code in codes if not catalogue.by_code[code].formula]


def _same_sums(values: Iterable[AnnualValue], sums: Rows) -> None:
    """What adds up is the same on the board and in the limit; there is some of it."""
    flows = [value for value in values if value.indicator.accumulation == Accumulation.FLOW]
    entered = [value for value in flows if not value.indicator.formula]
    assert entered
    for value in entered:
        assert value.value == limits.total(sums, value.indicator.pk, value.year), value.indicator.code


def _measured(
    part: str, person: User, address: str, gather: Callable[[BoardChoice], object], limit: Callable[[], object]
) -> Iterator[Result]:
    request = _request(person, address)

    def ours() -> None:
        gather(chosen(request, by_year="board/?" not in address))

    ours()
    with CaptureQueriesContext(connection) as asked:
        ours()
    named = f"{part} ({len(asked)} queries)"
    yield from compared(named, ROUNDS, lambda _n: cost(ours), lambda _n: cost(limit), TARGET)
    client = Client()
    client.force_login(person)

    def page() -> None:
        assert client.get(address).status_code == 200

    def anew() -> None:
        caches["boards"].clear()
        page()

    (whole,) = alternating(FEW, lambda _n: timed(anew))
    yield Result(f"{part}, the whole page put together", whole)
    yield from compared(f"{part}, the whole page kept", ROUNDS, lambda _n: cost(page), lambda _n: cost(limit), TARGET)
