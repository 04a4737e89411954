"""Calendars that are copied from year to year: what is meant stays, wherever it fell in the years between."""

import datetime

import pytest
from django.urls import reverse

from sectors.calendar import periods, workdays
from sectors.models import Period
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, cast):
    client.force_login(cast.office)
    return client


def made(cast, year=2022, kind="quarter", number=4, **days):
    return Period.objects.create(region=cast.county, year=year, kind=kind, number=number, **days)


def copied(office, on, year, **change):
    """The calendar of a year taken over on its page as proposed, but for what is changed in every line."""
    on(f"{year}-01-02")
    page = office.get(reverse("copy-calendar"), {"year": year})
    sent = {}
    for form in page.context["forms"]:
        for name in ("opens", "due", "closes"):
            value = change.get(name, form[name].value())
            sent[form.add_prefix(name)] = value.isoformat() if value else ""
        sent[form.add_prefix("take")] = "on"
    answer = office.post(f"{reverse('copy-calendar')}?year={year}", sent)
    assert answer.status_code == 302, [form.errors for form in answer.context["forms"]]
    return Period.objects.filter(year=year).order_by("kind", "number").last()


def moved(year, month, day):
    return workdays.next_workday(datetime.date(year, month, day))


def test_a_due_day_is_the_same_day_every_year_or_the_next_working_day(office, cast, on):
    made(cast, opens="2023-01-03", due="2023-01-10")
    dues = [copied(office, on, year).due for year in range(2023, 2028)]
    assert dues == [moved(year + 1, 1, 10) for year in range(2023, 2028)]
    assert datetime.date(2026, 1, 12) in dues  # the 10th was a Saturday, and the year after it is the 10th again


def test_all_three_days_are_kept_apart(office, cast, on):
    """The closing day moves over a festival while the due day does not; both come back."""
    made(cast, year=2023, number=3, opens="2023-10-01", due="2023-10-12", closes="2023-10-19")
    for year in range(2024, 2028):
        period = copied(office, on, year)
        assert (period.opens, period.due) == (moved(year, 10, 1), moved(year, 10, 12))
        assert period.closes == moved(year, 10, 19)


def test_the_29th_of_february_comes_back_with_its_year(office, cast, on):
    made(cast, year=2024, kind="month", number=1, opens="2024-02-01", due="2024-02-29")
    dues = [copied(office, on, year).due for year in range(2025, 2029)]
    assert dues == [moved(2025, 2, 28), moved(2026, 2, 28), moved(2027, 2, 28), moved(2028, 2, 29)]


def test_a_leap_day_of_the_year_after_the_period_comes_back_too(office, cast, on):
    made(cast, year=2023, kind="year", number=1, opens="2024-01-02", due="2024-02-29")
    dues = [copied(office, on, year).due for year in range(2024, 2028)]
    assert dues == [moved(2025, 2, 28), moved(2026, 2, 28), moved(2027, 2, 28), moved(2028, 2, 29)]


def test_a_day_that_moves_into_the_next_year_moves_back(office, cast, on):
    made(cast, year=2024, kind="month", number=11, opens="2024-12-02", due="2024-12-31")
    first = copied(office, on, 2025)
    assert first.due == datetime.date(2025, 12, 31)
    Period.objects.filter(pk=first.pk).delete()
    made(cast, year=2026, kind="month", number=11, opens="2026-12-01", due="2026-12-31", closes="2026-12-31")
    for year in (2027, 2028, 2029):
        period = copied(office, on, year)
        assert (period.due, period.closes) == (moved(year, 12, 31),) * 2


def test_what_was_proposed_and_opened_moved_is_meant_as_the_usual_day(office, cast, on):
    """The first period is opened on its form, on 12 January 2026 since the 10th is a Saturday."""
    on("2025-12-30")
    made(cast, year=2025, number=3, opens="2025-10-09", due="2025-10-10")
    initial = office.get(reverse("open-period")).context["form"].initial
    assert initial["due"] == datetime.date(2026, 1, 12)
    sent = {name: initial[name] for name in ("year", "kind", "number", "opens", "due")}
    assert office.post(reverse("open-period"), sent).status_code == 302
    assert copied(office, on, 2026).due == moved(2027, 1, 10)
    assert copied(office, on, 2027).due == datetime.date(2028, 1, 10)


def test_a_day_changed_for_departments_at_work_is_an_exception_of_that_year(office, cast, on):
    made(cast, year=2023, opens="2024-01-02", due="2024-01-10")
    for year in (2024, 2025, 2026):
        period = copied(office, on, year)
        if year == 2024:
            days = {"opens": "2025-01-02", "due": "2025-01-20", "closes": "2025-01-24", "reason": "雪灾，顺延"}
            base.change(office, reverse("edit-period", args=[period.pk]), days)
            period.refresh_from_db()
            assert (period.due, period.closes) == (datetime.date(2025, 1, 20), datetime.date(2025, 1, 24))
            # Moved a second time, it is still the 10th that is meant.
            base.change(office, reverse("edit-period", args=[period.pk]), {**days, "due": "2025-01-21"})
        else:
            assert (period.due, period.closes) == (moved(year + 1, 1, 10), None)


def test_a_day_typed_while_copying_is_the_new_one(office, cast, on):
    made(cast, year=2023, opens="2024-01-02", due="2024-01-10")
    copied(office, on, 2024, due=datetime.date(2025, 1, 15))
    dues = [copied(office, on, year).due for year in (2025, 2026)]
    assert dues == [moved(2026, 1, 15), moved(2027, 1, 15)]


def test_a_day_moved_in_the_administration_is_an_exception_too(client, cast, on):
    on("2025-02-01")
    period = made(cast, year=2024, opens="2025-01-02", due="2025-01-10")
    client.force_login(cast.admin)
    page = client.get(reverse("admin:sectors_period_change", args=[period.pk]))
    sent = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    sent |= {"opens": "2025-01-02", "due": "2025-01-16", "left_out": []}
    answer = base.change(client, reverse("admin:sectors_period_change", args=[period.pk]), sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    period.refresh_from_db()
    assert period.due == datetime.date(2025, 1, 16)
    assert [copy.due for copy in periods.copies_for(cast.county, 2025)] == [moved(2026, 1, 10)]
