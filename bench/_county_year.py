"""A whole year of a small county, built right, and the steps that people take with it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from random import Random

from django.db import transaction

from inspections import records
from inspections.models import SamplingBatch
from sectors.approval import moves, refusals
from sectors.catalogue import counted
from sectors.entry import writer
from sectors.findings import reasons, storage
from sectors.models import (
    Assignment,
    Department,
    Figure,
    Indicator,
    Narrative,
    Question,
    Region,
    Sector,
    Sheet,
    StoredFinding,
    Submission,
    User,
)
from sectors.vocabulary import RegionLevel, SubmissionStatus
from tests import base

SEED, YEAR = 2023, 2023
DAY = datetime.date(2024, 1, 5)
FARM = "food.done.farm"
REASON = "经核对原始台账，该数据变化系本季度专项任务安排所致，有台账可查。"
# Of each quarter: as much last year, less five per cent.
FOOD = {
    "food.task": (520, 1080, 1630, 2200),
    FARM: (210, 230, 240, 220),
    "food.done.school": (310, 320, 330, 335),
    "food.done": (520, 550, 570, 555),
    "food.passed": (515, 544, 563, 550),
    "food.firms": (412, 418, 423, 431),
    "food.price": (315, 322, 318, 320),
    "food.output": (1204, 1315, 1290, 1256),
}
WATER = {"water.tests": (640, 655, 670, 662), "water.supply": (312, 325, 341, 318)}


class Refused(Exception):
    """A record may not be given to another department."""


STOPPED = (refusals.Incomplete, refusals.Unresolved, writer.NotEverythingStored, Refused)


@dataclass
class World:
    cast: base.Cast
    above: User
    random: Random
    notes: list[str] = field(default_factory=list)

    def at(self, quarter: int, sheet: str = "T-01", year: int = YEAR) -> Submission:
        number = f"{year}" if sheet == "T-03" else f"{year}Q{quarter}"
        return Submission.objects.get(sheet__number=sheet, period=base.period(self.cast.county, number))

    @property
    def quarter(self) -> int:
        return self.random.randint(1, 4)


# The right year


def make_world() -> World:
    base.make_cast()
    cast = base.cast()
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {"category": "produce"}})
    base.change_catalogue(Indicator.objects.filter(code=FARM), counted=rule)
    prefecture, county = cast.prefecture, cast.county
    third = Region.objects.create(code="990103", name="松岭县", level=RegionLevel.COUNTY, parent=prefecture)
    for region in (cast.other_county, third, prefecture):
        make_department(region)
    office = Department.objects.create(region=prefecture, code="office", name="云州市质强办", short_name="质强办")
    above = base.user("office", office, "above")
    for quarter in range(1, 5):
        _records(cast, quarter)
    for region in (county, cast.other_county, third):
        for year in (YEAR - 1, YEAR):
            make_year(region, year)
    for year in (YEAR - 1, YEAR):
        base.report(prefecture, f"{year}", {"plants.count": "30"})
    for row in Submission.objects.filter(region=county, period__year=YEAR):
        counted.refresh(row)
        storage.refresh(row)
    return World(cast, above, Random(SEED))


def make_department(region: Region) -> None:
    """One that reports what nobody in the region does yet; of a prefecture only the yearly sheet."""
    own = Department.objects.create(region=region, code="all", name=f"{region.name}综合局", short_name="综合局")
    sheets = Sheet.objects.exclude(assignments__region=region)
    if region.level == RegionLevel.PREFECTURE:
        sheets = sheets.filter(number="T-03")
    Assignment.objects.bulk_create(Assignment(sheet=sheet, region=region, department=own) for sheet in sheets)


def make_year(region: Region, year: int) -> None:
    for place in range(4):
        figures = {code: _number(code, values[place], year) for code, values in (FOOD | WATER).items()}
        figures["food.done"] = str(int(figures[FARM]) + int(figures["food.done.school"]))
        base.report(region, f"{year}Q{place + 1}", figures)
    base.report(region, f"{year}", {"plants.count": "12"})
    measure = Question.objects.get(code="plants.measure")
    done = base.submission(region, "T-03", f"{year}", status="accepted")
    Narrative.objects.create(submission=done, question=measure, text="加强水厂巡查。")


def _number(code: str, value: int, year: int) -> str:
    return str(value if year == YEAR else value * 95 // 100)


def _records(cast: base.Cast, quarter: int) -> None:
    whole = FOOD[FARM][quarter - 1]
    for part, samples in enumerate((whole // 2, whole - whole // 2)):
        day = datetime.date(YEAR, quarter * 3 - 1, 5 + part)
        store_record(cast, samples=samples, taken_on=day, place=f"第{part + 1}市场")


def store_record(cast: base.Cast, **fields: object) -> SamplingBatch:
    made = SamplingBatch(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), programme="supervision",
        category="produce.vegetable", product="豇豆", **fields,
    )  # fmt: skip
    records.save(made, by=cast.clerk)
    return made


# Steps as people take them


def send(world: World, of: Submission) -> None:
    """On to acceptance from whatever state it is in; what checks find is explained and accepted by the office."""
    cast = world.cast
    of = Submission.objects.get(pk=of.pk)
    clerk = cast.clerk if of.department_id == cast.market.pk else cast.outsider_clerk
    if of.status in (SubmissionStatus.DRAFT, SubmissionStatus.RETURNED):
        try:
            with transaction.atomic():
                of = moves.move(submission=of, action="submit", by=clerk)
        except refusals.Unresolved:
            _explain(world, of, clerk)
            of = moves.move(submission=of, action="submit", by=clerk)
    if of.status == SubmissionStatus.SUBMITTED and of.department.signs:
        of = moves.move(submission=of, action="sign", by=cast.head)
    if of.status != SubmissionStatus.ACCEPTED:
        moves.move(submission=of, action="accept", by=cast.office)


def _explain(world: World, of: Submission, clerk: User) -> None:
    storage.refresh(of)
    for place, finding in enumerate(StoredFinding.objects.for_listing().standing().filter(submission=of)):
        told = reasons.explain(finding=finding, text=f"{REASON}台账第{place + 11}页。", by=clerk)
        if told.is_error:
            reasons.judge(
                finding=told,
                accept=True,
                text=f"已核对台账，同意保留该数据，见第{place + 21}页。",
                by=world.cast.office,
            )


def put_back(of: Submission, status: str) -> Submission:
    """As it was before it went on."""
    return base.submission(of.region, of.sheet.number, of.period.code, status=status)


def reopen(world: World, of: Submission) -> Submission:
    return moves.move(submission=of, action="reopen", by=world.cast.office, reason="请核对本表数据")


def type_in(world: World, of: Submission, figures: dict[str, str]) -> None:
    clerk = world.cast.clerk if of.department_id == world.cast.market.pk else world.cast.outsider_clerk
    writer.save(of, writer.Typed(figures, all_or_nothing=True), by=clerk)
    world.notes += [f"{of.period.code} {code} = {text or 'blank'}" for code, text in figures.items()]


def text_of(of: Submission, code: str) -> str:
    value = Figure.objects.get(submission=of, indicator__code=code).value
    return f"{value.normalize():f}" if value is not None else ""
