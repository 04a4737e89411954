"""More time: for whom, until when, and back again."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from sectors.approval import moves
from sectors.calendar import extensions
from sectors.models import Assignment, Extension, Notice, Sheet, Submission
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = datetime.date(2023, 1, 20)


@pytest.fixture
def sheet(cast, on):
    on("2023-01-09")  # two days before the due day
    return base.submission(cast.county)


def grant(cast, sheet, **change):
    given = {"period": sheet.period, "department": cast.market, "until": DAY, "reason": "系统升级", "by": cast.office}
    return extensions.grant(**given | change)


def test_a_department_gets_time_for_all_its_sheets_of_the_period(cast, sheet):
    elsewhere = [base.submission(cast.county, "T-02"), base.submission(cast.county, in_period="2023Q2")]
    grant(cast, sheet)
    sheet.refresh_from_db()
    assert (sheet.due, sheet.days_left(), sheet.closes) == (DAY, 11, None)
    for other in elsewhere:
        other.refresh_from_db()
        assert other.extended_until is None


def test_one_submission_gets_time_alone(cast, sheet):
    Sheet.objects.filter(number="T-02").update(department_code="market")
    Assignment.objects.filter(region=cast.county, sheet__number="T-02").update(department=cast.market)
    other = base.submission(cast.county, "T-02")
    grant(cast, sheet, submission=sheet)
    assert set(Submission.objects.filter(extended_until=DAY)) == {sheet}
    assert other.department == cast.market


def test_the_longest_grant_counts_until_it_is_ended(cast, sheet):
    long = grant(cast, sheet, until=datetime.date(2023, 2, 1), submission=sheet)
    grant(cast, sheet)
    sheet.refresh_from_db()
    assert sheet.due == datetime.date(2023, 2, 1)
    extensions.end(long, by=cast.office)
    sheet.refresh_from_db()
    assert sheet.due == DAY
    long.refresh_from_db()
    assert long.ended_by == cast.office
    extensions.end(Extension.objects.exclude(pk=long.pk).get(), by=cast.office)
    sheet.refresh_from_db()
    assert sheet.due == datetime.date(2023, 1, 11)
    assert Extension.objects.count() == 2


def test_ending_twice_keeps_the_first(cast, sheet):
    extension = grant(cast, sheet)
    second = base.user("office", cast.office.department, "second_office")
    extensions.end(extension, by=cast.office)
    extensions.end(extension, by=second)
    extension.refresh_from_db()
    assert extension.ended_by == cast.office


def test_a_sheet_that_goes_out_later_has_the_departments_time(cast, sheet):
    period = base.period(cast.county, "2023Q2")
    grant(cast, sheet, period=period, department=cast.water)
    moves.open_period(period)
    dues = dict(Submission.objects.filter(period=period).values_list("sheet__number", "extended_until"))
    assert dues == {"T-01": None, "T-02": DAY}


@pytest.mark.parametrize(
    ("until", "sentence"),
    [("2023-01-08", "2023-01-08 is over already"), ("2023-01-11", "The due day is 2023-01-11 already")],
)
def test_a_day_that_gives_no_time_is_refused(cast, sheet, until, sentence):
    with pytest.raises(extensions.InvalidDay, match=sentence):
        grant(cast, sheet, until=datetime.date.fromisoformat(until))
    assert not Extension.objects.exists()


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "admin", "outsider_office"])
def test_only_the_regions_office_grants_and_ends(cast, sheet, name):
    with pytest.raises(PermissionDenied):
        grant(cast, sheet, by=getattr(cast, name))
    extension = grant(cast, sheet)
    with pytest.raises(PermissionDenied):
        extensions.end(extension, by=getattr(cast, name))
    extension.refresh_from_db()
    assert extension.ended_at is None


def test_the_department_is_told_with_the_reason(cast, sheet):
    grant(cast, sheet)
    assert set(Notice.objects.values_list("to__username", flat=True)) == {"clerk", "head"}
    text = Notice.objects.earliest("pk").text
    assert "2023-01-20" in text
    assert "系统升级" in text


def test_lateness_and_order_follow_the_granted_day(cast, sheet, on):
    other = base.submission(cast.county, "T-02")
    grant(cast, sheet)
    assert [s.pk for s in Submission.objects.for_listing()] == [other.pk, sheet.pk]
    for day, late in (("2023-01-15", [other]), ("2023-01-20", [other]), ("2023-01-21", [other, sheet])):
        on(day)
        assert [s for s in Submission.objects.for_listing() if s.is_late] == late


@pytest.mark.parametrize(
    ("number", "status", "late"),
    [
        ("T-01", "draft", True),
        ("T-01", "returned", True),
        ("T-01", "submitted", True),  # the head has not signed
        ("T-01", "signed", False),
        ("T-01", "accepted", False),
        ("T-02", "submitted", False),  # goes straight to the office
    ],
)
def test_late_is_what_the_department_still_has(cast, on, number, status, late):
    on("2023-01-12")
    found = base.submission(cast.county, number, status=status)
    assert found.is_late is late
