"""When a submission counts as delivered: of objects, in expressions and in the statement of the boards."""

import datetime
import random
from typing import Any

import pytest
from django.utils import timezone

from reports.boards import office as office_board
from reports.boards import submissions as board_submissions
from reports.boards.choice import BoardChoice
from reports.chapters import compliance
from sectors import timeliness
from sectors.approval import moves
from sectors.catalogue import compiled
from sectors.models import Department, Submission, Transition
from sectors.timeliness import Timeliness
from tests import base

pytestmark = pytest.mark.django_db

DUE = datetime.date(2023, 1, 11)


def of_year(region, year):
    return BoardChoice(region, region, (region,), year, None, ((year, ()),), compiled.catalogue())


def noon(day):
    return datetime.datetime(2023, 1, day, 4, tzinfo=datetime.UTC)


def add_steps(of, *steps):
    """`("signed", 9, who)` on the 9th; by nobody where the program did it."""
    for new, day, by in steps:
        Transition.objects.create(submission=of, old="draft", new=new, at=noon(day), by=by)


def delivered_at(steps, signs):
    """Worked out step by step, without the database."""
    first: dict[str, datetime.datetime] = {}
    for step in steps:
        if step.by:
            first[step.new] = min(step.at, first.get(step.new, step.at))
    if "signed" in first:
        return first["signed"]
    return first.get("submitted") if "accepted" in first or not signs else None


@pytest.mark.parametrize(
    ("signs", "found", "day"),
    [
        (True, [("submitted", 9)], None),  # its head has not signed yet
        (True, [("submitted", 9), ("signed", 12)], 12),
        (False, [("submitted", 9)], 9),
        (False, [("submitted", 9), ("accepted", 20)], 9),
        (True, [("submitted", 9), ("signed", 10), ("returned", 12), ("submitted", 13), ("signed", 14)], 10),
        (False, [("submitted", 9), ("signed", 10)], 10),  # its head signed then and does not sign any more
        (True, [("submitted", 9), ("accepted", 10)], 9),  # its head did not sign then
        (True, [("accepted", 20, "nobody")], None),
        (True, [], None),
    ],
)
def test_delivered_is_what_left_its_department_by_the_departments_rules(cast, signs, found, day):
    of = base.submission(cast.county)
    Department.objects.update(signs=signs)
    add_steps(of, *((new, at, None if nobody else cast.clerk) for new, at, *nobody in found))
    row: Any = Submission.objects.with_delivery().get(pk=of.pk)
    assert row.delivered_at == (noon(day) if day else None)
    assert bool(row.is_imported) == any(nobody for _new, _day, *nobody in found)


@pytest.mark.parametrize(
    ("status", "delivered_on", "imported", "today", "expected"),
    [
        ("accepted", DUE, False, 30, Timeliness.ON_TIME),
        ("accepted", datetime.date(2023, 1, 12), False, 30, Timeliness.LATE),
        ("returned", DUE, False, 30, Timeliness.OVERDUE),  # it came back and has not gone out again
        ("draft", DUE, False, 30, Timeliness.OVERDUE),  # withdrawn
        ("returned", DUE, False, 11, Timeliness.PENDING),
        ("draft", None, False, 11, Timeliness.PENDING),
        ("draft", None, False, 12, Timeliness.OVERDUE),
        ("submitted", None, False, 12, Timeliness.OVERDUE),
        ("accepted", None, True, 12, Timeliness.IMPORTED),
        ("accepted", datetime.date(2023, 1, 20), True, 30, Timeliness.IMPORTED),  # corrected here afterwards
        ("accepted", None, False, 12, Timeliness.IMPORTED),  # nobody knows how it came here
    ],
)
def test_on_time_late_overdue_and_imported(status, delivered_on, imported, today, expected):
    day = datetime.date(2023, 1, today)
    found = timeliness.judged(
        status=status, signs=True, due=DUE, delivered_on=delivered_on, is_imported=imported, today=day
    )
    assert found == expected


def test_objects_expressions_and_statement_agree_on_any_history(cast):
    chance = random.Random(7)
    people = [cast.head, cast.clerk, None]
    for number in range(40):
        of = base.submission(cast.county, chance.choice(["T-01", "T-02"]), f"{2010 + number % 20}Q{number % 4 + 1}")
        of.transitions.all().delete()
        status = chance.choice(["draft", "submitted", "signed", "accepted", "returned"])
        due = DUE + datetime.timedelta(days=chance.randrange(-3, 3))
        Submission.objects.filter(pk=of.pk).update(status=status, extended_until=chance.choice([None, due]))
        for _step in range(chance.randrange(6)):
            new = chance.choice(["draft", "submitted", "signed", "accepted", "returned"])
            add_steps(of, (new, chance.randrange(1, 28), chance.choice(people)))
    for signs in (True, False):
        Department.objects.update(signs=signs)
        rows: list[Any] = list(Submission.objects.with_delivery().select_related("period", "department"))
        for row in rows:
            steps = row.transitions.all()
            assert row.delivered_at == delivered_at(steps, signs)
            assert bool(row.is_imported) == any(step.new == "accepted" and not step.by for step in steps)
            at_department = timeliness.is_with_department(row.status, signs)
            assert Submission.objects.with_department().filter(pk=row.pk).exists() == at_department
            at_office = not at_department and row.status != "accepted"
            assert Submission.objects.filter(timeliness.with_office(), pk=row.pk).exists() == at_office
        for year in {row.period.year for row in rows}:
            submissions = board_submissions.submissions(of_year(cast.county, year))
            assert {submission.pk: submission.timeliness for submission in submissions} == {
                row.pk: row.timeliness_on(timezone.localdate()) for row in rows if row.period.year == year
            }


def test_imported_history_is_neither_on_time_nor_late_on_the_board_and_in_the_report(cast, on):
    base.report(cast.county, "2022", {"food.task": "9"}, "draft")
    moves.file_history([base.submission(cast.county, "T-01", "2022")], reason="2022")
    day = on("2023-06-01")
    tally = office_board.office(of_year(cast.county, 2022)).tally
    assert (tally.on_time.expected, tally.imported) == (0, True)
    reporting = compliance.of_year(cast.county, 2022, day).reporting
    assert (reporting.due, reporting.late, reporting.owing) == (0, (), ())


def test_what_its_head_has_not_signed_is_owed_in_the_report_as_on_the_board(cast, on):
    base.take_to("submitted", cast, base.submission(cast.county, "T-01", "2023Q1"))
    day = on("2030-06-01")
    reporting = compliance.of_year(cast.county, 2023, day).reporting
    tally = office_board.office(of_year(cast.county, 2023)).tally
    assert (reporting.due, sum(n for _name, n in reporting.owing)) == (1, 1)
    assert (tally.on_time.have, tally.on_time.expected) == (0, 1)


def test_what_came_back_and_did_not_go_out_again_is_owed_in_the_report_as_on_the_board(cast, on):
    sheet = base.take_to("signed", cast, base.submission(cast.county, "T-01", "2023Q1"))
    moves.move(submission=sheet, action="return", by=cast.office, reason="请核对")
    sheet.period.due = timezone.localdate()
    sheet.period.save()
    day = on("2090-06-01")
    reporting = compliance.of_year(cast.county, 2023, day).reporting
    tally = office_board.office(of_year(cast.county, 2023)).tally
    assert (reporting.due, sum(n for _name, n in reporting.owing), reporting.on_time) == (1, 1, 0)
    assert (tally.on_time.have, tally.on_time.expected, tally.late) == (0, 1, 1)
