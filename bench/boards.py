"""Boards of a county and of a prefecture of ten, against the bare SQL that they need.

Ours is everything between the address and the template: the choice read, the statements put together, sent and read,
and all that the board shows computed from them. The rival is the same statements, sent as they stand and fetched.
What it takes to render the page is told beside it, without a rival. It runs on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import Result
from bench._scratch import COUNTY, alternating, site, timed
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
from sectors.vocabulary import PERIODS_A_YEAR, FigureState, RegionLevel, Role, SubmissionStatus

ON_A_SERVER = True
COUNTIES, YEARS, ROUNDS = 10, (2021, 2022, 2023), 25
TARGET = Decimal("1.5")


def run() -> list[Result]:
    with site(), override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        county, prefecture = _people(*_report())
        parts: dict[str, tuple[User, str, Callable[[BoardChoice], object]]] = {
            "office board, a county's year": (county, "/board/?period=2023", office.office),
            "office board, a prefecture's year": (prefecture, "/board/?period=2023", office.office),
            "leadership board, a county": (county, "/board/leader/?period=2023", leader.leadership),
            "leadership board, a prefecture": (prefecture, "/board/leader/?period=2023", leader.leadership),
            "a sector, a county": (county, "/sectors/food/?period=2023", _sector),
            "a sector, a prefecture": (prefecture, "/sectors/food/?period=2023", _sector),
            "explorer, 20 indicators, a prefecture": (prefecture, _question(), _explored),
        }
        return [result for part, asked in parts.items() for result in _measured(part, *asked)]


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


def _sector(choice: BoardChoice) -> object:
    return sector.sector_board(choice, choice.catalogue.sectors["food"], "")


def _question() -> str:
    codes = Indicator.objects.filter(formula="").order_by("code").values_list("code", flat=True)[:20]
    years = "".join(f"&year={year}" for year in YEARS)
    return "/explore/?" + "&".join(f"i={code}" for code in codes) + f"{years}&apart=1"


def _explored(choice: BoardChoice, request: Any = None) -> object:
    return explorer.pivot(explorer.asked(request.GET, choice), choice)


def _measured(part: str, person: User, address: str, gather: Callable[..., object]) -> list[Result]:
    request: Any = RequestFactory().get(address)
    request.user = person

    def ours() -> None:
        choice = chosen(request, by_year="board/?" not in address)
        gather(choice, request) if gather is _explored else gather(choice)

    ours()
    with CaptureQueriesContext(connection) as asked:
        ours()
    statements = [query["sql"] for query in asked.captured_queries]
    ways = (lambda _n: timed(ours)), (lambda _n: timed(lambda: _send(statements)))
    mine, bare = alternating(ROUNDS, *ways)
    client = Client()
    client.force_login(person)
    (whole,) = alternating(3, lambda _n: timed(lambda: client.get(address)))
    return [
        Result(f"{part} ({len(statements)} queries)", mine, bare, TARGET),
        Result(f"{part}, the whole page with its rendering", whole),
    ]


def _send(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.cursor.execute(statement)
            cursor.fetchall()
