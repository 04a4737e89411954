"""Single faults planted in a whole year, each followed to the issued report: printed right, marked, or stopped.

Every fault starts from the same right year of a small county with two neighbours, in a savepoint that is rolled back.
Some faults are corrections, after which the data are the truth: the report must be what is generated anew, with the
values of tests/truth/reference.py. The others leave wrong or missing data: the report must say so (a remark of annex 2,
a coverage, an open point), or a step before it must be refused. What no sum, rule, span of a year, record or limit of
change touches (`Contradictions`) cannot be told from a right figure and is counted apart.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import Random
from tempfile import TemporaryDirectory

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import TestCase, override_settings

from bench import Result
from bench._scratch import site
from inspections import records
from inspections.models import SamplingBatch
from reports.chapters import build
from reports.document import snapshots
from reports.document.blocks import Cover, Document, Paragraph, Table, block_key, runs_text
from reports.editing import drafts, issuing
from reports.models import AnnualReport
from reports.wording import versions
from sectors.approval import moves
from sectors.catalogue import counted
from sectors.entry import writer
from sectors.findings import reasons, storage
from sectors.models import (
    Assignment,
    Breakdown,
    Department,
    Figure,
    Indicator,
    Narrative,
    Question,
    Region,
    Rule,
    Sector,
    Sheet,
    StoredFinding,
    Submission,
    Unit,
    User,
)
from sectors.vocabulary import FigureState, RegionLevel, SubmissionStatus
from tests import base
from tests.truth import reference

SEED, YEAR = 2023, 2023
DAY = datetime.date(2024, 1, 5)
FARM = "food.done.farm"
OUTCOMES = ("printed right", "marked", "blocked", "not detectable", "unmarked")
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


STOPPED = (moves.Incomplete, moves.Unresolved, writer.NotEverythingStored, Refused)


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


@dataclass(frozen=True)
class Kind:
    name: str
    plant: Callable[[World], None]
    is_truth: bool = False  # the data are right afterwards
    share: int = 1
    drafted: str = ""  # before the fault: "draft", or "page" when the page of readiness was read too


@dataclass(frozen=True)
class Followed:
    number: int
    kind: str
    outcome: str
    what: str


# The right year


def make_world() -> World:
    base.make_cast()
    cast = base.cast()
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {"category": "produce"}})
    base.change_catalogue(Indicator.objects.filter(code=FARM), counted=rule)
    prefecture, county = cast.prefecture, cast.county
    third = Region.objects.create(code="990103", name="松岭县", level=RegionLevel.COUNTY, parent=prefecture)
    for region in (cast.other_county, third, prefecture):
        _department(region)
    office = Department.objects.create(region=prefecture, code="office", name="云州市质强办", short_name="质强办")
    above = base.user("office", office, "above")
    for quarter in range(1, 5):
        _records(cast, quarter)
    for region in (county, cast.other_county, third):
        for year in (YEAR - 1, YEAR):
            _year(region, year)
    for year in (YEAR - 1, YEAR):
        base.report(prefecture, f"{year}", {"plants.count": "30"})
    for row in Submission.objects.filter(region=county, period__year=YEAR):
        counted.refresh(row)
        storage.refresh(row)
    return World(cast, above, Random(SEED))


def _department(region: Region) -> None:
    """One that reports what nobody in the region does yet; of a prefecture only the yearly sheet."""
    own = Department.objects.create(region=region, code="all", name=f"{region.name}综合局", short_name="综合局")
    sheets = Sheet.objects.exclude(assignments__region=region)
    if region.level == RegionLevel.PREFECTURE:
        sheets = sheets.filter(number="T-03")
    Assignment.objects.bulk_create(Assignment(sheet=sheet, region=region, department=own) for sheet in sheets)


def _year(region: Region, year: int) -> None:
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
        _store_record(cast, samples=samples, taken_on=day, place=f"第{part + 1}市场")


def _store_record(cast: base.Cast, **fields: object) -> SamplingBatch:
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
        except moves.Unresolved:
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


# Faults: wrong data


def mistype(world: World, text: str) -> str:
    """What a slip makes of a number."""
    place = world.random.randrange(max(1, len(text) - 1))
    swapped = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
    other = text[:place] + str((int(text[place]) + world.random.randint(1, 9)) % 10) + text[place + 1 :]
    slips = [swapped, other, text + "0", text[:-1], "-" + text, "", "n/a"]
    return next((slip for slip in world.random.sample(slips, len(slips)) if slip != text), text + "0")


def typo(world: World, of: Submission) -> None:
    codes = list(FOOD) if of.sheet.number == "T-01" else list(WATER)
    code = world.random.choice(codes)
    if world.random.random() < 0.2:
        other = world.random.choice([one for one in codes if one != code])
        type_in(world, of, {code: text_of(of, other), other: text_of(of, code)})
    else:
        type_in(world, of, {code: mistype(world, text_of(of, code))})


def _sheet(world: World) -> Submission:
    return world.at(world.quarter, world.random.choice(["T-01", "T-01", "T-02"]))


def typo_before(world: World) -> None:
    of = put_back(_sheet(world), "draft")
    typo(world, of)
    send(world, of)


def typo_withdrawn(world: World) -> None:
    of = put_back(_sheet(world), "submitted")
    clerk = world.cast.clerk if of.department_id == world.cast.market.pk else world.cast.outsider_clerk
    of = moves.move(submission=of, action="withdraw", by=clerk)
    typo(world, of)
    send(world, of)


def typo_returned(world: World) -> None:
    of = reopen(world, _sheet(world))
    typo(world, of)
    send(world, of)


def record_fault(status: str) -> Callable[[World], None]:
    def plant(world: World) -> None:
        of = world.at(world.quarter)
        put_back(of, status)
        change_record(world, of)
        send(world, of)

    return plant


def change_record(world: World, of: Submission) -> None:
    first = of.period.key.last_day.month - 2
    rows = list(SamplingBatch.objects.filter(taken_on__month__gte=first, taken_on__month__lte=first + 2).order_by("pk"))
    row = world.random.choice(rows)
    way = world.random.choice(["added", "changed", "deleted", "sector", "department", "day"])
    world.notes.append(f"{of.period.code} record {way}")
    if way == "added":
        _store_record(world.cast, samples=7, taken_on=datetime.date(YEAR, first, 20), place="西门")
        return
    if way == "deleted":
        records.delete(row, by=world.cast.clerk)
        return
    if way == "changed":
        row.samples += world.random.choice([1, 9, 90])
    elif way == "sector":
        row.sector = Sector.objects.get(code="water")
    elif way == "department":
        row.department = world.cast.water
    else:
        row.taken_on = datetime.date(YEAR, (first + 3) % 12 + 1, 3)
    try:
        records.save(row, by=world.cast.clerk)
    except PermissionDenied as error:
        raise Refused("a record of another department") from error


def quarter_missing(world: World) -> None:
    of = _sheet(world)
    if world.random.random() < 0.5:
        reopen(world, of)
    else:
        of.period.submissions.filter(pk=of.pk).delete()
    world.notes.append(f"{of}")


def annual_beside(world: World) -> None:
    base.report(world.cast.county, f"{YEAR}", {"food.output": world.random.choice(["4900", "5056", "6065", "50"])})
    storage.refresh(base.submission(world.cast.county, "T-01", f"{YEAR}", status="accepted"))


def declared_wrong(world: World) -> None:
    of = put_back(world.at(world.quarter), "draft")
    indicator = Indicator.objects.select_related("unit").get(code="food.rate")
    cell = writer.read_cell(indicator, world.random.choice(["99.9", "90.0", "98.0", "100"]))
    writer.store(of, {indicator: cell}, by=world.cast.clerk, way="form")
    send(world, of)


def county_left_out(world: World) -> None:
    left = world.random.choice(["990102", "990103"])
    rows = Submission.objects.filter(region__code=left, period__year=YEAR)
    if world.random.random() < 0.5:
        rows = rows.filter(period__number=world.quarter, period__kind="quarter")
    world.notes.append(f"{left}: {rows.count()} submissions gone")
    rows.delete()


def rule_off(world: World) -> None:
    """And a figure that only it, or the rate, would have shown."""
    base.change_catalogue(Rule.objects.all(), is_on=False)
    of = put_back(world.at(world.quarter), "draft")
    done = int(text_of(of, "food.done"))
    type_in(world, of, {"food.passed": str(done + world.random.choice([1, 5, 40]))})
    send(world, of)


# Faults: the data are right afterwards, and the report has to follow


def correction(world: World, year: int = YEAR) -> None:
    sheet, code = world.random.choice(
        [("T-02", "water.tests"), ("T-02", "water.supply"), ("T-01", "food.output"), ("T-01", "food.price"),
         ("T-01", "food.firms"), ("T-01", "food.passed"), ("T-03", "plants.count")]
    )  # fmt: skip
    of = reopen(world, world.at(world.quarter, sheet, year))
    value = int(text_of(of, code))
    type_in(world, of, {code: str(value - world.random.randint(1, 5))})
    send(world, of)


def correction_of_last_year(world: World) -> None:
    correction(world, YEAR - 1)


def hand_over(world: World) -> None:
    of = put_back(world.at(world.quarter, world.random.choice(["T-01", "T-02"])), "draft")
    other = world.cast.water if of.department_id == world.cast.market.pk else world.cast.market
    Assignment.objects.filter(sheet=of.sheet_id, region=world.cast.county).update(department=other)
    moves.hand_over(of.period)
    send(world, of)


def rule_changed(world: World) -> None:
    expression = world.random.choice(
        ["food.passed * 2 <= food.done", "food.done >= 600", "food.passed <= food.done + 1"]
    )
    base.change_catalogue(Rule.objects.all(), expression=expression)
    storage.refresh_year(world.cast.county, YEAR)


def wording_changed(world: World) -> None:
    text = "本年检测水质{{ n('water.tests') }}，供水{{ n('water.supply') }}。"
    sector = Sector.objects.get(code="water")
    versions.keep(region=world.cast.county, sector=sector, text=text, note="", by=world.cast.office, after=0)


def county_added(world: World) -> None:
    new = Region.objects.create(code="990104", name="新岭县", level=RegionLevel.COUNTY, parent=world.cast.prefecture)
    _department(new)
    _year(new, YEAR)


def validity(world: World) -> None:
    code = world.random.choice(["food.output", "water.supply", "food.firms"])
    way = world.random.choice([{"valid_from": datetime.date(YEAR, 7, 1)}, {"valid_to": datetime.date(YEAR, 6, 30)}])
    world.notes.append(f"{code} {way}")
    base.change_catalogue(Indicator.objects.filter(code=code), **way)


def words_changed(world: World) -> None:
    of = reopen(world, world.at(1, "T-03"))
    writer.store_narratives(of, {"plants.measure": f"新建水厂{world.random.randint(2, 9)}座。"})
    send(world, of)


def target_changed(world: World) -> None:
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target=world.random.choice([97, 99, 100]))


def name_changed(world: World) -> None:
    if world.random.random() < 0.5:
        base.change_catalogue(Unit.objects.filter(name="批次"), name="批")
    else:
        code = world.random.choice(["water.tests", "food.done", "food.rate"])
        base.change_catalogue(Indicator.objects.filter(code=code), name="改名指标")


KINDS = (
    Kind("figure mistyped before submission", typo_before, share=70),
    Kind("figure mistyped after withdrawal", typo_withdrawn, share=20),
    Kind("figure mistyped after return", typo_returned, share=20),
    Kind("figure mistyped after the draft", typo_returned, share=12, drafted="draft"),
    Kind("figure corrected before the draft", correction, is_truth=True, share=8),
    Kind("figure corrected after the draft", correction, is_truth=True, share=14, drafted="draft"),
    Kind("figure corrected between readiness and issue", correction, is_truth=True, share=12, drafted="page"),
    Kind("last year corrected before the draft", correction_of_last_year, is_truth=True, share=8),
    Kind("last year corrected after the draft", correction_of_last_year, is_truth=True, share=12, drafted="draft"),
    Kind("record changed before submission", record_fault("draft"), share=12),
    Kind("record changed after submission", record_fault("submitted"), share=12),
    Kind("record changed after acceptance", record_fault("accepted"), share=14),
    Kind("record changed after the draft", record_fault("accepted"), share=10, drafted="draft"),
    Kind("sheet handed over", hand_over, is_truth=True, share=8),
    Kind("rule changed after the draft", rule_changed, is_truth=True, share=6, drafted="draft"),
    Kind("rule switched off", rule_off, share=6),
    Kind("wording changed after the draft", wording_changed, is_truth=True, share=4, drafted="page"),
    Kind("county added", county_added, is_truth=True, share=3, drafted="draft"),
    Kind("county left out", county_left_out, share=8),
    Kind("quarter missing", quarter_missing, share=10),
    Kind("indicator retired or valid from July", validity, is_truth=True, share=8, drafted="draft"),
    Kind("annual figure beside periods", annual_beside, share=6),
    Kind("declared rate wrong", declared_wrong, share=6),
    Kind("department's words changed after the draft", words_changed, is_truth=True, share=4, drafted="draft"),
    Kind("target changed after the draft", target_changed, is_truth=True, share=3, drafted="page"),
    Kind("unit or indicator renamed after the draft", name_changed, is_truth=True, share=4, drafted="draft"),
)  # fmt: skip


# Following one to the report


@dataclass(frozen=True)
class Marks:
    """What a report says of its own data."""

    found: frozenset[str]

    @classmethod
    def of(cls, document: Document, points: list[str]) -> Marks:
        partial = {f"coverage of {one.code}" for one in document.figures if one.coverage[0] < one.coverage[1]}
        remarks = next((block for block in document.blocks if block_key(block) == "remarks/table"), None)
        lines = {runs_text(row.cells[2]) for row in remarks.rows} if isinstance(remarks, Table) else set()
        notes = {
            runs_text(block.runs) for block in document.blocks if isinstance(block, Paragraph) and block.style == "note"
        }
        return cls(frozenset(partial | lines | notes | set(points)))


def run() -> list[Result]:
    with site(is_shipped=False), TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        followed = follow(make_world(), [kind for kind in KINDS for _time in range(kind.share)])
    return results(followed)


def follow(world: World, kinds: Sequence[Kind]) -> list[Followed]:
    """One fault of each kind that is named, each by itself."""
    regions = (world.cast.county, world.cast.prefecture)
    ordinary = {region.code: Marks.of(build.build(region, YEAR, day=DAY), []) for region in regions}
    return [_followed(world, number, kind, ordinary) for number, kind in enumerate(kinds, 1)]


def _followed(world: World, number: int, kind: Kind, ordinary: Mapping[str, Marks]) -> Followed:
    world.random, world.notes = Random(f"{SEED}-{number}"), []
    region = world.cast.prefecture if kind.name.startswith("county") else world.cast.county
    by = world.above if region == world.cast.prefecture else world.cast.office
    with transaction.atomic():
        outcome = _outcome(world, kind, region, by, ordinary[region.code])
        transaction.set_rollback(True)
    return Followed(number, kind.name, outcome, "; ".join(world.notes))


def _outcome(world: World, kind: Kind, region: Region, by: User, ordinary: Marks) -> str:
    report = drafts.begin(region=region, year=YEAR, by=by, day=DAY) if kind.drafted else None
    seen = issuing.mark(report) if report and kind.drafted == "page" else ""
    try:
        # What is done at the end of a transaction is done, though the outer one never ends.
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            kind.plant(world)
    except STOPPED as error:
        world.notes.append(f"{type(error).__name__}: {error}")
        return "blocked"
    was_blocked = False
    if report is None:
        report = drafts.begin(region=region, year=YEAR, by=by, day=DAY)
    else:
        was_blocked = _is_refused(report, by, seen or issuing.mark(report))
        if was_blocked:
            drafts.regenerate(report=report, by=by, seen=1)
    if report.is_draft and AnnualReport.objects.get(pk=report.pk).is_draft:
        issue(report, by, issuing.mark(report))
    issued = AnnualReport.objects.get(pk=report.pk)
    document = snapshots.load(issued.snapshot)
    fresh = build.build(region, YEAR, day=document.day or DAY)  # one generated anew has another day
    faults = list(differences(document, fresh, region))
    world.notes += faults
    if faults:
        return "unmarked"
    if kind.is_truth:
        return "blocked" if was_blocked else "printed right"
    if Marks.of(document, issued.open_points).found - ordinary.found:
        return "marked"
    broken = list(contradictions(region))
    world.notes += broken
    return "unmarked" if broken else "not detectable"


def issue(report: AnnualReport, by: User, seen: str) -> None:
    issuing.issue(report=report, by=by, reason="按时印发，未完事项另行补充。", seen=seen)


def _is_refused(report: AnnualReport, by: User, seen: str) -> bool:
    try:
        with transaction.atomic():
            issue(report, by, seen)
    except drafts.WrongState:
        return True
    return False


def differences(issued: Document, fresh: Document, region: Region) -> Iterator[str]:
    """What the issued report prints otherwise than one generated now, or than the independent reference has it."""
    pair = [[block for block in document.blocks if not isinstance(block, Cover)] for document in (issued, fresh)]
    if pair[0] != pair[1]:
        yield "the issued report is not what is generated now"
    truth = reference.Reference(reported())
    for figure in issued.figures:
        value = truth.full(region.code, figure.code, YEAR)
        printed = (figure.value, figure.last_value, figure.change)
        for name, ours, theirs in zip(
            ("value", "last", "change"), printed, (value.value, value.last, value.change), strict=True
        ):
            if (ours is None) != (theirs is None) or (
                ours is not None and theirs is not None and abs(Fraction(ours) - theirs) > Fraction(1, 10**6)
            ):
                yield f"{name} of {figure.code}: {ours}, but {theirs and float(theirs)} by the reference"
        if figure.coverage != (value.have, value.expected):
            yield f"coverage of {figure.code}: {figure.coverage}, but {value.have}/{value.expected} by the reference"


def reported() -> reference.World:
    """The database as the reference reads it."""
    figures: dict[int, dict[str, reference.Answer]] = {}
    states = {FigureState.NOT_APPLICABLE: reference.NA, FigureState.BLANK: reference.BLANK}
    for row in Figure.objects.select_related("indicator"):
        answer = Fraction(row.value) if row.value is not None else states[FigureState(row.state)]
        figures.setdefault(row.submission_id, {})[row.indicator.code] = answer
    return reference.World(
        parents={row.code: row.parent.code if row.parent else None for row in Region.objects.select_related("parent")},
        sheets={
            row.number: reference.Sheet(row.frequency, (), reference.Valid(row.valid_from, row.valid_to))
            for row in Sheet.objects.all()
        },
        indicators={
            row.code: reference.Indicator(
                row.sheet.number, row.accumulation, row.formula, Fraction(row.unit.scale), row.unit.is_percent,
                reference.Valid(row.valid_from, row.valid_to),
            )
            for row in Indicator.objects.select_related("sheet", "unit")
        },
        parts={
            row.total.code: [part.code for part in row.parts.all()]
            for row in Breakdown.objects.select_related("total").prefetch_related("parts")
        },
        submissions=[
            reference.Submission(
                row.region.code, row.sheet.number,
                reference.Period(row.period.year, row.period.kind, row.period.number),
                figures.get(row.pk, {}), row.status,
            )
            for row in Submission.objects.select_related("region", "sheet", "period")
        ],
    )  # fmt: skip


# What can be seen of a wrong figure at all


Quarters = Mapping[str, Sequence[Decimal | None]]  # by code; of what does not apply or is blank None
# By how many times the smaller one a figure may differ from the quarter before and from last year's.
LIMITS: Mapping[str, tuple[Decimal | None, Decimal]] = {
    "flow": (Decimal(2), Decimal(1)),
    "stock": (Decimal("0.5"), Decimal("0.5")),
    "average": (Decimal("0.5"), Decimal("0.5")),
    "cumulative": (None, Decimal(1)),
}


def contradictions(region: Region) -> Iterator[str]:
    """What contradicts a figure of the county's year, told without the product's checks: the sum, the rule, the rate,
    a figure since January, the sign, the limits of change, the records, the annual figure, what is not there."""
    if region.level == RegionLevel.PREFECTURE:
        yield "a county's submissions are not there"
        return
    now, last = _quarters(region, YEAR), _quarters(region, YEAR - 1)
    for place in range(4):
        at = {code: values[place] for code, values in now.items()}
        yield from _in_one_quarter(at, place + 1)
        for code, kind in Indicator.objects.filter(code__in=list(now)).values_list("code", "accumulation"):
            times = (now[code][place - 1] if place else last[code][3], last[code][place])
            for limit, then in zip(LIMITS[kind], times, strict=True):
                value = at[code]
                if limit is not None and value is not None and then is not None and _is_jump(value, then, limit):
                    yield f"{code} of quarter {place + 1}: {value} after {then}"
    since_january = [value for value in now["food.task"] if value is not None]
    if since_january != sorted(since_january):
        yield "food.task falls"
    yield from _of_the_year(region, now)


def _is_jump(now: Decimal, then: Decimal, limit: Decimal) -> bool:
    return abs(now - then) > limit * min(abs(now), abs(then))


def _in_one_quarter(at: Mapping[str, Decimal | None], number: int) -> Iterator[str]:
    done, passed = at["food.done"], at["food.passed"]
    parts = [value for code in (FARM, "food.done.school") if (value := at[code]) is not None]
    if done is not None and parts and done != sum(parts):
        yield f"food.done of quarter {number} is not the sum"
    if done is not None and passed is not None and passed > done:
        yield f"more passed than done in quarter {number}"
    if any(value is not None and value < 0 for value in at.values()):
        yield f"a negative figure in quarter {number}"
    first = datetime.date(YEAR, number * 3 - 2, 1)
    counted_ = SamplingBatch.objects.filter(
        department__code="market", sector__code="food", taken_on__year=YEAR, taken_on__month__gte=first.month,
        taken_on__month__lt=first.month + 3,
    )  # fmt: skip
    if sum(row.samples for row in counted_) != (at[FARM] or 0):
        yield f"the records of quarter {number} say otherwise"


def _of_the_year(region: Region, now: Quarters) -> Iterator[str]:
    rows = Submission.objects.filter(region=region, period__year=YEAR, status=SubmissionStatus.ACCEPTED)
    if rows.count() < 9:
        yield "a submission is not there"
    annual = Figure.objects.filter(
        submission__in=rows.filter(period__kind="year"), indicator__code="food.output"
    ).first()
    if annual is not None and annual.value != sum(value or 0 for value in now["food.output"]):
        yield "the annual figure is not the sum"
    for row in Figure.objects.filter(submission__in=rows, indicator__code="food.rate").select_related(
        "submission__period"
    ):
        place = row.submission.period.number - 1
        done, passed = now["food.done"][place], now["food.passed"][place]
        if done and passed and row.value is not None and abs(row.value - 100 * passed / done) > Decimal("0.1"):
            yield "the declared rate is not the computed one"


def _quarters(region: Region, year: int) -> Quarters:
    found: dict[str, list[Decimal | None]] = {code: [None] * 4 for code in FOOD | WATER}
    rows = Figure.objects.filter(
        submission__region=region, submission__period__year=year, indicator__code__in=list(found)
    )
    for row in rows.filter(submission__period__kind="quarter").select_related("indicator", "submission__period"):
        found[row.indicator.code][row.submission.period.number - 1] = row.value
    return found


# What is printed


def results(followed: Sequence[Followed]) -> list[Result]:
    """A line for each kind, and the one with the target: how many got through unmarked."""
    found: dict[str, Counter[str]] = {}
    for one in followed:
        found.setdefault(one.kind, Counter())[one.outcome] += 1
    for kind, outcomes in found.items():
        print(f"truth: {kind}: planted {outcomes.total()}, {_words(outcomes)}")
    for one in followed:
        if one.outcome == "unmarked":
            print(f"truth: UNMARKED no. {one.number}, {one.kind}: {one.what}")
    totals = Counter(one.outcome for one in followed)
    print(f"truth: all kinds: planted {totals.total()}, {_words(totals)}")
    part = f"{len(followed)} faults planted, of which got through unmarked"
    return [Result(part, Decimal(totals["unmarked"]), target=Decimal(0), unit="faults")]


def _words(outcomes: Counter[str]) -> str:
    return ", ".join(f"{outcome} {outcomes[outcome]}" for outcome in OUTCOMES)
