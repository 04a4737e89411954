"""What makes a version, and the words of what differs."""

import datetime
from decimal import Decimal

import pytest

from inspections.models import Complaint, NonconformingSample
from sectors.models import Period, Sheet
from sectors.versions import Conflict, check, differences, version_of
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_version_is_of_what_a_row_holds(cast):
    period = base.period(cast.county, "2023Q1")
    before = version_of(period)
    assert version_of(Period.objects.get(pk=period.pk)) == before
    period.due += datetime.timedelta(days=1)
    assert version_of(period) != before
    assert version_of(period, fields=["opens"]) == version_of(Period.objects.get(pk=period.pk), fields=["opens"])
    stored = version_of(Period.objects.get(pk=period.pk), fields=["left_out"])
    period.left_out.set(Sheet.objects.all()[:2])
    assert version_of(period, fields=["left_out"]) != stored


def test_a_number_typed_and_the_same_number_stored_are_one_version():
    typed, stored = (NonconformingSample(measured=Decimal(text)) for text in ("1.5", "1.500000"))
    assert version_of(typed) == version_of(stored)
    assert version_of(NonconformingSample(measured=Decimal("1.51"))) != version_of(stored)


def test_rows_together_are_told_from_rows_apart():
    one, other = Complaint(subject="甲"), Complaint(subject="乙")
    assert len({version_of(), version_of(one), version_of(one, other), version_of(other, one)}) == 4


def test_who_types_what_stands_there_already_is_in_nobodys_way(cast):
    there, new = (Period(year=2023, due=datetime.date(2023, 1, day)) for day in (16, 16))
    check(there, new, "another version")
    new.due = datetime.date(2023, 1, 17)
    check(there, new, version_of(there))
    check(there, new, None)
    for seen in ("another version", ""):
        with pytest.raises(Conflict) as caught:
            check(there, new, seen)
        assert caught.value.version == version_of(there)


def test_what_differs_is_said_in_words(cast):
    row = Complaint(subject="甲", channel="hotline", closed_on=None)
    typed = {"subject": "甲", "channel": "visit", "closed_on": datetime.date(2023, 1, 5)}
    labels = {"subject": "Subject", "channel": "Channel", "closed_on": "Closed on"}
    assert [(one.label, one.theirs, one.mine) for one in differences(row, typed, labels)] == [
        ("Channel", "12345 hotline", "letter or visit"),
        ("Closed on", "", "2023-01-05"),
    ]
