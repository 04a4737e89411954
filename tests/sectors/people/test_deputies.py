"""Who stands in for a head."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from sectors.models import Deputy, Notice
from sectors.people import deputies

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def deputy(cast, **change):
    days = {"first_day": datetime.date(2023, 1, 9), "last_day": datetime.date(2023, 1, 13)}
    return Deputy(**{"head": cast.head, "person": cast.clerk, **days, **change})


def test_a_head_names_a_clerk_who_is_told(cast):
    made = deputies.name(deputy(cast), by=cast.head)
    assert made.by == cast.head
    assert Notice.objects.get().to == cast.clerk
    assert "2023-01-13" in Notice.objects.get().text
    for day, names in (("2023-01-08", []), ("2023-01-09", ["clerk"]), ("2023-01-13", ["clerk"]), ("2023-01-14", [])):
        found = Deputy.objects.on(datetime.date.fromisoformat(day))
        assert [row.person.username for row in found] == names


@pytest.mark.parametrize("name", ["clerk", "office", "leader", "admin", "outsider_head"])
def test_nobody_names_a_deputy_for_somebody_else(cast, name):
    with pytest.raises(PermissionDenied):
        deputies.name(deputy(cast), by=getattr(cast, name))
    assert not Deputy.objects.exists()


def test_only_the_head_ends_it_and_only_once(cast, on):
    made = deputies.name(deputy(cast), by=cast.head)
    with pytest.raises(PermissionDenied):
        deputies.end(made, by=cast.outsider_head)
    deputies.end(made, by=cast.head)
    made.refresh_from_db()
    first = made.ended_at
    deputies.end(made, by=cast.head)
    made.refresh_from_db()
    assert made.ended_at == first
    assert not Deputy.objects.on(datetime.date(2023, 1, 10)).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"last_day": datetime.date(2023, 1, 1)}, "The last day lies before the first day."),
        ({"person": "head"}, "Choose a clerk of the head's own department."),
        ({"person": "outsider_clerk"}, "Choose a clerk of the head's own department."),
        ({"person": "office"}, "Choose a clerk of the head's own department."),
        ({"head": "clerk"}, "Only a head has a deputy."),
    ],
)
def test_what_no_deputy_can_be(cast, change, sentence):
    change = {key: getattr(cast, value) if isinstance(value, str) else value for key, value in change.items()}
    with pytest.raises(ValidationError, match=sentence):
        deputy(cast, **change).full_clean()


def test_the_question_whose_deputy_costs_one_query_and_for_most_none(cast, django_assert_num_queries):
    deputies.name(deputy(cast), by=cast.head)
    with django_assert_num_queries(1):
        assert [cast.clerk.heads_stood_in_for for _again in range(3)] == [[]] * 3
    with django_assert_num_queries(0):
        assert cast.office.heads_stood_in_for == cast.head.heads_stood_in_for == []
