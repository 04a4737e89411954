"""The cast: a small made-up catalogue, two counties of one prefecture, and everyone in them.

云泽县 is where things happen; 石浦县 is the other county. Its office and the people of 水利局 are outsiders.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sectors.approval import marks, moves
from sectors.approval.answered_returns import unanswered
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.evidence import comments
from sectors.findings import storage
from sectors.models import (
    Assignment,
    CatalogueVersion,
    Department,
    FormerFrequency,
    Indicator,
    Period,
    Region,
    Rule,
    Sector,
    Sheet,
    Submission,
    Table,
    Unit,
    User,
)
from sectors.transfer.figure_files import import_figures
from sectors.transfer.narrative_files import import_narratives
from sectors.vocabulary import ChangeSource, Role

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
SMALL = DATA / "small"
SHIPPED_CATALOGUE = BASE_DIR / "catalogue"
SHIPPED_DATA = BASE_DIR / "data" / "654027-2022"
PASSWORD = "for-the-tests-only"


@dataclass(frozen=True)
class Cast:
    """Names tell the part: `clerk` and `head` belong to 市场监管局, `outsider_*` to another department or county."""

    county: Region
    other_county: Region
    prefecture: Region
    market: Department
    water: Department
    clerk: User
    head: User
    office: User
    leader: User
    admin: User
    outsider_clerk: User
    outsider_head: User
    outsider_office: User


def make_cast() -> None:
    """Loads the small catalogue with the shipped words and makes its people; nothing is reported yet."""
    load(SMALL, SHIPPED_CATALOGUE / "registry.yaml")
    county, other = (Region.objects.get(code=code) for code in ("990101", "990102"))
    office, market, water = (county.departments.get(code=code) for code in ("office", "market", "water"))
    user("clerk", market)
    user("head", market)
    user("office", office)
    user("leader", office)
    user("admin", None)
    user("clerk", water, "outsider_clerk")
    user("head", water, "outsider_head")
    user("office", other.departments.get(code="office"), "outsider_office")


def cast() -> Cast:
    """Those that `make_cast` made; there may be more people by now."""
    rows = User.objects.filter(username__in=[one.name for one in fields(Cast)]).select_related("department__region")
    people = {person.username: person for person in rows}
    market, water = people["clerk"].department, people["outsider_clerk"].department
    assert market
    assert water
    return Cast(
        county=market.region,
        other_county=Region.objects.get(code="990102"),
        prefecture=Region.objects.get(code="990100"),
        market=market,
        water=water,
        **people,
    )


def database_url() -> str:
    """The database of the tests, for a process of its own."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    host = f"{quote(place['HOST'], safe='')}:{place['PORT']}" if place["PORT"] and "/" not in place["HOST"] else ""
    socket = f"?host={place['HOST']}" if "/" in place["HOST"] else ""
    return f"postgresql://{place['USER']}:{quote(place['PASSWORD'])}@{host}/{place['NAME']}{socket}"


def make_shipped_catalogue() -> Region:
    """Returns the county that the figures shipped with it are of."""
    load(SHIPPED_CATALOGUE, is_shipped=True)
    return shipped_county()


def make_shipped_year() -> Region:
    """The same with its figures and narratives of 2022."""
    region = make_shipped_catalogue()
    import_figures(sorted(SHIPPED_DATA.glob("*.csv")), region=region, year=2022)
    import_narratives(sorted((SHIPPED_DATA / "narratives").glob("*.yaml")), region=region, year=2022)
    return region


def shipped_county() -> Region:
    return Region.objects.get(code="654027")


def user(role: str, department: Department | None, username: str = "") -> User:
    staff = role == Role.ADMIN
    return User.objects.create_user(
        username or role, password=PASSWORD, role=role, department=department, is_staff=staff, is_superuser=staff
    )


def period(region: Region, code: str) -> Period:
    """`2023`, `2023Q1`, `2023H2` or `2023-05` of a region, due ten days after the first day of its year."""
    key = PeriodKey.parse(code)
    found, _new = Period.objects.get_or_create(
        region=region,
        year=key.year,
        kind=key.kind,
        number=key.number,
        defaults={"opens": datetime.date(key.year, 1, 1), "due": datetime.date(key.year, 1, 11)},
    )
    return found


def submission(region: Region, sheet: str = "T-01", in_period: str = "2023Q1", status: str = "draft") -> Submission:
    """The region's submission of a sheet, made when it is not there, then put into `status`."""
    form = Sheet.objects.get(number=sheet)
    found, _new = Submission.objects.get_or_create(
        sheet=form,
        period=period(region, in_period),
        defaults={
            "region": region,
            "department": Department.objects.get(assignments__sheet=form, assignments__region=region),
        },
    )
    # Straight to the database: how it came there is what the tests of approval are about.
    Submission.objects.filter(pk=found.pk).update(status=status)
    found.refresh_from_db()
    return found


def report(region: Region, in_period: str, figures: Mapping[str, str], status: str = "accepted") -> None:
    """Figures by code, as typed, into submissions of the region's period; declared values of ratios too."""
    indicators = Indicator.objects.filter(code__in=list(figures)).select_related("unit", "sheet")
    last_day = PeriodKey.parse(in_period).last_day
    assert len(indicators) == len(figures), "a code that the catalogue does not have"
    for sheet in {indicator.sheet for indicator in indicators}:
        writer.store(
            submission(region, sheet.number, in_period, status),
            {i: read_cell(i, figures[i.code], last_day) for i in indicators if i.sheet == sheet},
            by=None,
            way=ChangeSource.IMPORT,
        )


def make_reporting(region: Region) -> None:
    """Let a region without departments in the small catalogue, such as the prefecture, report every sheet itself."""
    own = Department.objects.create(region=region, code="market", name=f"{region.name}市场监管局", short_name="市局")
    sheets = Sheet.objects.all()
    Assignment.objects.bulk_create(Assignment(sheet=sheet, region=region, department=own) for sheet in sheets)


def across_two_sheets() -> Rule:
    """A rule over figures of T-01 and T-02."""
    sector = Sector.objects.get(code="food")
    expression = "food.done <= water.tests"
    rule = Rule.objects.create(
        sector=sector, code="food.tests", expression=expression, severity="warning", message="抽检多于检测"
    )
    CatalogueVersion.objects.renew()
    return rule


def change_catalogue(rows: QuerySet[Any], **fields: object) -> None:
    """Change rows of the catalogue past its writers; who makes such rows renews the version likewise."""
    rows.update(**fields)
    CatalogueVersion.objects.renew()


def report_otherwise(sheet: str, frequency: str, until: int, former: str) -> Sheet:
    """Let a sheet be reported by another frequency: until the end of a year by the former one."""
    found = Sheet.objects.get(number=sheet)
    FormerFrequency.objects.create(sheet=found, frequency=former, until=until)
    change_catalogue(Sheet.objects.filter(pk=found.pk), frequency=frequency)
    return found


def complete(of: Submission) -> None:
    """Required cells that are empty do not apply."""
    missing = of.missing_cells().select_related("unit")
    writer.store(of, {i: read_cell(i, "n/a") for i in missing}, by=None, way=ChangeSource.IMPORT)


def answer(of: Submission, by: User) -> None:
    """Cells that a return names are answered, where nothing was changed in them."""
    for cell in unanswered([of])[of.pk]:
        comments.comment(submission=of, indicator=cell, text="已核对，无误", by=by)


def seen(by: User, of: Submission) -> str:
    """The mark of a submission's page that the person opens at this moment."""
    read = Submission.objects.select_related("period").get(pk=of.pk)
    return str(marks.mark(by, of.pk).with_findings(storage.current(read)))


def press(
    client: Client, of: Submission, posted: Mapping[str, Any], page: str = "move", *, follow: bool = False
) -> Any:
    """Posts from a submission's page, or from its sheet, that the client opens at this moment."""
    by = User.objects.get(pk=client.session["_auth_user_id"])
    return client.post(reverse(page, args=[of.pk]), {"seen": seen(by, of), **posted}, follow=follow)


def take_to(status: str, cast: Cast, of: Submission) -> Submission:
    """A draft of 市场监管局 taken the ordinary way to `status`, its empty required cells declared not applicable."""
    complete(of)
    steps = [("submit", cast.clerk), ("sign", cast.head), ("accept", cast.office)]
    for action, by in steps[: ["draft", "submitted", "signed", "accepted"].index(status)]:
        of = moves.move(submission=of, action=action, by=by)
    return of


def wide(region: Region, rows: int, columns: int) -> Submission:
    """A draft of 市场监管局 whose one table has `rows` x `columns` cells, `wide.<row>.<column>` from 1."""
    sector = Sector.objects.get(code="food")
    form = Sheet.objects.create(
        sector=sector, number="T-90", name="宽表", frequency="quarter", department_code="market", position=9
    )
    heads = [{"name": f"第{column}栏", "unit": "家"} for column in range(1, columns + 1)]
    table = Table.objects.create(sheet=form, code="wide", name="宽表", position=1, columns=heads)
    unit = Unit.objects.get(name="家")
    Indicator.objects.bulk_create(
        Indicator(
            sheet=form,
            table=table,
            code=f"wide.{row}.{column}",
            name=f"第{row}行第{column}栏",
            row_name=f"第{row}行",
            row=row,
            column=column - 1,
            unit=unit,
            accumulation="flow",
        )
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
    )
    CatalogueVersion.objects.renew()
    department = region.departments.get(code="market")
    Assignment.objects.create(sheet=form, region=region, department=department)
    return submission(region, "T-90")


def pdf(name: str = "抽检 报告.pdf", content: bytes = b"%PDF-1.7 a") -> SimpleUploadedFile:
    """A file as it is uploaded; one of other content is another file."""
    return SimpleUploadedFile(name, content)


def seen_on(client: Client, address: str) -> str:
    """As which version the row of a page is seen."""
    found = re.search(r'name="seen" value="([^"]*)"', client.get(address).content.decode())
    assert found, f"{address} does not say what was seen"
    return found[1]


def change(client: Client, address: str, typed: Mapping[str, Any] | None = None) -> Any:
    """The answer to what a person sends who opened the page just now."""
    return client.post(address, {"seen": seen_on(client, address), **(typed or {})})


def queries(call: Callable[[], object]) -> int:
    """How many queries a call makes. A page that it asks for must be there."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert getattr(answer, "status_code", 200) == 200
    return len(captured)


def html(response: HttpResponse) -> str:
    """The page on one line without blanks at the edges of elements, since a template may be broken there."""
    text = re.sub(r"\s+", " ", response.content.decode())
    return re.sub(r'(=") | ?([<>]) ?', r"\1\2", text).strip()
