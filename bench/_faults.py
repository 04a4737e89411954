"""Single faults to plant in a county's year, by kind."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from bench._county_year import (
    FOOD,
    WATER,
    YEAR,
    Refused,
    World,
    make_department,
    make_year,
    put_back,
    reopen,
    send,
    store_record,
    text_of,
    type_in,
)
from inspections import records
from inspections.models import SamplingBatch
from reports.wording import versions
from sectors.approval import moves
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.findings import storage
from sectors.models import (
    Assignment,
    Indicator,
    Region,
    Rule,
    Sector,
    Submission,
    Unit,
)
from sectors.vocabulary import RegionLevel
from tests import base


@dataclass(frozen=True)
class Kind:
    name: str
    plant: Callable[[World], None]
    is_truth: bool = False  # the data are right afterwards
    share: int = 1
    drafted: str = ""  # before the fault: "draft", or "page" when the page of readiness was read too


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
        store_record(world.cast, samples=7, taken_on=datetime.date(YEAR, first, 20), place="西门")
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
    cell = read_cell(indicator, world.random.choice(["99.9", "90.0", "98.0", "100"]))
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
    make_department(new)
    make_year(new, YEAR)


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
