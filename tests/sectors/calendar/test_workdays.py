"""Working days around the two long holidays, and in a year that nobody has announced."""

import datetime

import pytest

from sectors.calendar import workdays

pytestmark = pytest.mark.usefixtures("english")


def day(text):
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "works"),
    [
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival
        ("2026-02-15", False),
        ("2026-02-16", False),  # New Year's Eve of the lunar calendar, a Monday
        ("2026-02-23", False),  # the Monday after, still off
        ("2026-02-24", True),
        ("2026-02-28", True),  # the other Saturday
        ("2025-09-28", True),  # a Sunday worked for National Day
        ("2025-10-08", False),
        ("2025-10-09", True),
        ("2025-10-11", True),  # a Saturday
        ("2024-04-10", True),
        ("2024-04-13", False),
    ],
)
def test_public_holidays_and_the_weekends_worked_instead(on, works):
    assert workdays.is_workday(day(on)) is works


@pytest.mark.parametrize(
    ("on", "moves_to"),
    [("2025-10-01", "2025-10-09"), ("2026-02-15", "2026-02-24"), ("2026-02-14", "2026-02-14")],
)
def test_a_deadline_on_a_day_off_moves_to_the_next_working_day(on, moves_to):
    assert workdays.next_workday(day(on)) == day(moves_to)


def test_counting_leaves_the_holidays_out():
    assert workdays.after(day("2025-09-30"), 2) == day("2025-10-10")
    assert workdays.before(day("2025-10-10"), 2) == day("2025-09-30")
    assert workdays.until(day("2025-10-11"), day("2025-09-30")) == 3
    assert workdays.until(day("2025-09-30"), day("2025-09-30")) == 0
    assert workdays.until(day("2025-09-01"), day("2025-09-30")) == 0


def test_a_day_off_says_which(english):
    assert workdays.name_of(day("2025-10-03")) == "国庆节"
    assert workdays.name_of(day("2026-02-17")) == "春节"
    assert workdays.name_of(day("2025-11-15")) == "weekend"
    assert workdays.name_of(day("2026-02-28")) == ""


def test_a_year_that_is_not_announced_has_its_weekends_off_only(english):
    unknown = max(workdays.ANNOUNCED) + 1
    new_year = datetime.date(unknown, 1, 1)
    assert not workdays.is_announced(unknown)
    assert workdays.is_workday(new_year) == (new_year.weekday() < 5)
    assert [workdays.is_workday(new_year + datetime.timedelta(days=n)) for n in range(7)].count(False) == 2
    saturday = new_year + datetime.timedelta(days=(5 - new_year.weekday()) % 7)
    assert workdays.name_of(saturday) == "weekend"
    assert workdays.not_announced(new_year, None, day("2024-01-01"), new_year) == [unknown]


@pytest.mark.parametrize("end", ["2026-11-29", "2026-12-31", "2027-01-01", "2027-02-03", "2029-07-07"])
def test_working_days_until_a_day_are_those_that_one_counts(end):
    today = day("2026-11-30")
    days = [today + workdays.DAY * step for step in range(1, (day(end) - today).days + 1)]
    assert workdays.until(day(end), today) == sum(map(workdays.is_workday, days))


def test_no_day_is_too_far_to_count():
    first, last = datetime.date.min, datetime.date.max
    assert workdays.until(last, day("2026-11-30")) > 2_000_000
    assert (workdays.after(last, 5), workdays.before(first, 5)) == (last, first)
    assert workdays.after(day("9999-12-30"), 9) == last
