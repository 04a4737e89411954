"""Which cells a return leaves open, until when, and what a return that names computed or retired cells does."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sectors.approval import moves, refusals
from sectors.entry import grid, writer
from sectors.entry.requested_cells import requested_cells
from sectors.models import (
    Breakdown,
    BreakdownPart,
    CatalogueVersion,
    Deputy,
    Indicator,
    Submission,
    Transition,
    User,
)
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ENTERED = {
    *("food.task", "food.done", "food.done.farm", "food.done.school"),
    *("food.passed", "food.firms", "food.price", "food.output"),
}


def open_cells(sheet):
    """What the clerk can change, as the writer, the page and the rule say."""
    sheet = Submission.objects.get(pk=sheet.pk)
    requested = requested_cells(sheet)
    found = {code for code in ENTERED if not requested.locks(code)}
    cells = [cell for table in grid.read(sheet).tables for row in table.rows for cell in row.cells if cell]
    assert found == {cell.indicator.code for cell in cells if not cell.is_locked} & ENTERED
    return found


def store(sheet, by, **figures):
    codes = {f"food.{name}": text for name, text in figures.items()}
    return writer.save(Submission.objects.get(pk=sheet.pk), writer.Typed(codes), by=by)


@pytest.fixture
def sheet(cast):
    found = base.submission(cast.county)
    writer.save(found, writer.Typed({"food.task": "9", "food.done": "7"}), by=cast.clerk)
    return found


@pytest.fixture
def step(cast, sheet):
    """Takes steps: `step("submit", "sign")`, by whoever takes them."""
    people = {"submit": cast.clerk, "withdraw": cast.clerk, "sign": cast.head, "unsign": cast.head}
    people |= {"send_back": cast.head, "accept": cast.office, "return": cast.office, "reopen": cast.office}

    def take(*actions, by=None, **options):
        for action in actions:
            found = Submission.objects.get(pk=sheet.pk)
            if action == "submit":
                base.answer(found, cast.clerk)
            moves.move(submission=found, action=action, by=by or people[action], reason="请核对", **options)

    return take


@pytest.fixture
def locked(step):
    """The office has returned it, and only these cells may be changed."""
    step("submit", "sign")
    step("return", cells=["food.done", "food.passed"], only_cells=True)


ONLY = {"food.done", "food.passed"}


@pytest.mark.parametrize(
    "way",
    [
        ["submit", "withdraw"],
        ["submit", "send_back"],
        ["submit", "withdraw", "submit", "withdraw"],
        ["submit", "send_back", "submit", "withdraw"],
        ["submit", "sign", "unsign", "withdraw"],
        ["submit", "sign", "unsign", "send_back"],
        ["submit", "withdraw", "submit", "send_back", "submit", "send_back"],
    ],
    ids="-".join,
)
def test_what_the_office_locked_stays_locked_while_the_department_has_it(cast, sheet, step, locked, way):
    assert open_cells(sheet) == ONLY
    step(*way)
    assert open_cells(sheet) == ONLY
    saved = store(sheet, cast.clerk, done="8", task="8")
    assert (saved.changed, list(saved.refused)) == (1, ["food.task"])


def test_a_deputy_who_sends_back_for_the_head_lifts_no_lock(cast, sheet, step, locked):
    deputy = base.user("clerk", cast.market, "deputy")
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=deputy, first_day=today, last_day=today)
    step("submit")
    step("send_back", by=deputy)
    assert open_cells(sheet) == ONLY


@pytest.mark.parametrize("options", [{}, {"cells": ["food.task"]}, {"cells": ["food.task"], "only_cells": True}])
def test_the_lock_ends_when_the_office_returns_it_anew(sheet, step, locked, options):
    step("submit", "sign")
    step("return", **options)
    assert open_cells(sheet) == ({"food.task"} if options.get("only_cells") else ENTERED)


@pytest.mark.parametrize("options", [{}, {"cells": ["food.task"], "only_cells": True}])
def test_the_lock_ends_when_the_office_accepts(sheet, step, locked, options):
    step("submit", "sign", "accept")
    step("reopen", **options)
    assert open_cells(sheet) == ({"food.task"} if options.get("only_cells") else ENTERED)
    step("submit", "send_back")
    assert open_cells(sheet) == ({"food.task"} if options.get("only_cells") else ENTERED)


def test_the_office_of_a_department_that_does_not_sign_locks_as_well(cast):
    sheet = base.submission(cast.county, "T-02")
    code = Indicator.objects.filter(sheet=sheet.sheet, formula="").values_list("code", flat=True)[0]

    def take(action, by, **options):
        found = Submission.objects.get(pk=sheet.pk)
        if action == "submit":
            base.answer(found, by)
        moves.move(submission=found, action=action, by=by, reason="x", **options)

    base.complete(sheet)
    take("submit", cast.outsider_clerk)
    take("return", cast.office, cells=[code], only_cells=True)
    take("submit", cast.outsider_clerk)
    take("withdraw", cast.outsider_clerk)
    found = requested_cells(Submission.objects.get(pk=sheet.pk))
    assert found.unlocked == {code}
    take("submit", cast.outsider_clerk)
    take("return", cast.office)
    assert not any(map(requested_cells(Submission.objects.get(pk=sheet.pk)).locks, ENTERED))


def test_a_head_who_locks_cells_narrows_what_the_office_left_open(cast, sheet, step, locked):
    step("submit")
    step("send_back", cells=["food.done", "food.task"], only_cells=True)
    assert open_cells(sheet) == {"food.done"}
    step("submit", "withdraw")
    assert open_cells(sheet) == {"food.done"}
    step("submit", "send_back")  # the head's own lock ends with the head's next return
    assert open_cells(sheet) == ONLY


def test_a_heads_lock_stays_the_heads_when_the_head_goes_to_the_office(cast, sheet, step):
    step("submit")
    step("send_back", cells=["food.done"], only_cells=True)
    User.objects.filter(pk=cast.head.pk).update(role="office")
    step("submit")
    step("send_back", by=base.user("head", cast.market, "new_head"), cells=["food.task"])
    assert open_cells(sheet) == ENTERED


def test_a_head_cannot_ask_for_what_the_office_has_locked_only(sheet, step, locked):
    step("submit")
    with pytest.raises(refusals.NothingToEnter, match="抽检任务"):
        step("send_back", cells=["food.task"])
    assert Submission.objects.get(pk=sheet.pk).status == "submitted"


def test_a_heads_lock_stays_through_a_withdrawal(sheet, step):
    step("submit")
    step("send_back", cells=["food.done"], only_cells=True)
    step("submit", "withdraw")
    assert open_cells(sheet) == {"food.done"}
    step("submit", "sign")
    step("return")
    assert open_cells(sheet) == ENTERED


def test_who_fills_the_sheet_is_told_which_cells_are_open_and_why(client, cast, sheet, step, locked):
    step("submit", "withdraw")
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[sheet.pk]))
    assert "请核对" in page.content.decode()
    assert page.context["returned"].by == cast.office


def test_a_lock_that_came_after_the_page_was_read_holds_too(cast, sheet, step):
    read = Submission.objects.for_reading().get(pk=sheet.pk)
    step("submit", "sign")
    step("return", cells=["food.done"], only_cells=True)
    step("submit", "withdraw")
    assert list(writer.save(read, writer.Typed({"food.task": "8"}), by=cast.clerk).refused) == ["food.task"]


def test_a_lock_costs_a_saved_cell_no_more_with_a_long_history(cast, sheet, step, locked):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            requested_cells(Submission.objects.select_related("period", "sheet").get(pk=sheet.pk))
        return len(captured)

    few = queries()
    for _again in range(4):
        step("submit", "send_back")
    assert queries() == few


# Cells that cannot be entered


def test_a_computed_cell_opens_what_its_formula_reads(sheet, step):
    step("submit", "sign")
    step("return", cells=["food.rate"], only_cells=True)
    assert open_cells(sheet) == {"food.done", "food.passed"}
    assert requested_cells(Submission.objects.get(pk=sheet.pk)).codes == {"food.rate"}


def test_also_through_another_computed_cell_and_only_in_this_sheet(sheet, step):
    rate = Indicator.objects.get(code="food.rate")
    values = {"accumulation": "flow", "name": "合计"}
    water = Indicator.objects.filter(sheet__number="T-02", formula="").values_list("code", flat=True)[0]
    for row, (code, formula) in enumerate(
        {"food.sum": "food.done.farm + food.firms", "food.twice": f"food.sum * 2 + {water}"}.items(), 40
    ):
        indicator = Indicator.objects.get(pk=rate.pk)
        indicator.pk, indicator.code, indicator.formula, indicator.row = None, code, formula, row
        for name, value in values.items():
            setattr(indicator, name, value)
        indicator.save()
    base.change_catalogue(Indicator.objects.none())
    step("submit", "sign")
    step("return", cells=["food.twice"], only_cells=True)
    assert open_cells(sheet) == {"food.done.farm", "food.done", "food.firms"}


@pytest.mark.parametrize("cells", [["no.such"], ["food.firms"], ["no.such", "food.firms"], ["water.tests"], []])
def test_a_return_that_would_lock_the_whole_sheet_is_refused(sheet, step, cells):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), valid_to=datetime.date(2023, 3, 30))
    step("submit", "sign")
    with pytest.raises(refusals.NothingToEnter):
        step("return", cells=cells, only_cells=True)
    assert Submission.objects.get(pk=sheet.pk).status == "signed"
    step("return", cells=cells)  # to name them locks nothing
    assert not any(map(requested_cells(Submission.objects.get(pk=sheet.pk)).locks, ENTERED))


def test_a_cell_that_is_retired_after_the_return_locks_nothing(sheet, step):
    step("submit", "sign")
    step("return", cells=["food.firms"], only_cells=True)
    assert open_cells(sheet) == {"food.firms"}
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), valid_to=datetime.date(2023, 3, 30))
    assert not requested_cells(Submission.objects.get(pk=sheet.pk)).locks("food.done")


def test_the_page_says_why_such_a_return_is_refused_and_keeps_what_was_written(client, cast, sheet, step):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), valid_to=datetime.date(2023, 3, 30))
    step("submit", "sign")
    client.force_login(cast.office)
    posted = {"action": "return", "reason": "企业数不对", "cells": ["food.firms"], "only_cells": "on"}
    answer = base.press(client, sheet, posted)
    assert answer.status_code == 422
    assert "企业数不对" in answer.content.decode()
    assert not Transition.objects.filter(new="returned").exists()


# What a registry counts


@pytest.fixture
def counted(cast):
    base.change_catalogue(
        Indicator.objects.filter(code__in=["food.done", "food.firms"]),
        counted={"of": "batch", "measure": "batches", "by": "taken", "where": {}},
    )


def value(sheet, code):
    return sheet.figures.get(indicator__code=code).value


@pytest.mark.parametrize("way", [[], ["submit", "withdraw"], ["submit", "send_back"]], ids="-".join)
def test_what_the_registry_counts_follows_only_in_open_cells(cast, counted, sheet, step, way):
    writer.store_counts(sheet, _counts(7), by=cast.clerk)
    step("submit", "sign")
    step("return", cells=["food.firms"], only_cells=True)
    step(*way)
    assert open_cells(sheet) == {"food.firms"}
    writer.store_counts(Submission.objects.get(pk=sheet.pk), _counts(3), by=cast.clerk)
    assert (value(sheet, "food.done"), value(sheet, "food.firms")) == (7, 3)
    assert store(sheet, cast.clerk, firms="4").changed == 1


def _counts(number):
    cells = Indicator.objects.filter(code__in=["food.done", "food.firms"]).select_related("unit")
    return {cell: writer.Counted(number, number) for cell in cells}


# Totals of what is named


@pytest.mark.parametrize(
    ("named", "is_open"),
    [
        (["food.done.farm"], {"food.done.farm", "food.done"}),
        (["food.done.farm", "food.task"], {"food.done.farm", "food.done", "food.task"}),
        (["food.done"], {"food.done"}),
        (["food.firms"], {"food.firms"}),
    ],
)
def test_the_total_of_a_named_part_is_open_too(sheet, step, named, is_open):
    step("submit", "sign")
    step("return", cells=named, only_cells=True)
    assert open_cells(sheet) == is_open


def test_totals_of_totals_are_open_and_what_is_computed_between_them_is_passed(sheet, step):
    def split(total, part, **fields):
        total, part = (Indicator.objects.get(code=code) for code in (total, part))
        found = Breakdown.objects.create(total=total, name=f"含{part.name}", position=9, **fields)
        BreakdownPart.objects.create(breakdown=found, indicator=part, position=1)

    split("food.task", "food.rate", exhaustive=True)
    split("food.rate", "food.done", exhaustive=False)
    CatalogueVersion.objects.renew()
    step("submit", "sign")
    step("return", cells=["food.done.school"], only_cells=True)
    assert open_cells(sheet) == {"food.done.school", "food.done", "food.task"}


def test_who_corrects_a_part_brings_its_total_in_line_and_submits(cast, sheet, step):
    step("submit", "sign")
    step("return", cells=["food.done.farm"], only_cells=True)
    assert store(sheet, cast.clerk, **{"done.farm": "5"}).is_complete
    assert store(sheet, cast.clerk, done="5").is_complete
    assert list(store(sheet, cast.clerk, **{"done.school": "1"}).refused) == ["food.done.school"]


def test_the_head_leaves_open_the_totals_of_what_the_office_left_open(sheet, step):
    step("submit", "sign")
    step("return", cells=["food.done.farm", "food.passed"], only_cells=True)
    step("submit")
    step("send_back", cells=["food.done.farm"], only_cells=True)
    assert open_cells(sheet) == {"food.done.farm", "food.done"}
