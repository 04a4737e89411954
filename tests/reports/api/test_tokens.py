"""How long a token holds: until its day, until it is ended, and as long as who made it could make it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from reports.api import tokens
from reports.models import ApiToken
from sectors.models import Notice
from tests import base

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def made(cast):
    return tokens.make("程序", by=cast.head)


def at(monkeypatch, days):
    day = timezone.localdate() + days * DAY
    monkeypatch.setattr(timezone, "localdate", lambda *_args: day)


@pytest.mark.parametrize(("days", "holds"), [(0, True), (179, True), (180, True), (181, False)])
def test_a_token_holds_until_its_day(made, monkeypatch, days, holds):
    at(monkeypatch, days)
    assert (tokens.use(made[1]) is not None) == holds
    assert ApiToken.objects.select_related("created_by").get().is_in_force == holds


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (30, True), (180, True), (181, False)])
def test_the_day_is_chosen_up_to_the_longest(cast, days, allowed):
    day = timezone.localdate() + days * DAY
    if allowed:
        assert tokens.make("程序", by=cast.head, expires_on=day)[0].expires_on == day
        return
    with pytest.raises(ValidationError):
        tokens.make("程序", by=cast.head, expires_on=day)


def _change(person, **fields):
    for name, value in fields.items():
        setattr(person, name, value)
    person.save()


@pytest.mark.parametrize(
    "fields",
    [
        *({"is_active": False}, {"role": "clerk"}, {"role": "leader"}, {"department": "water"}, {"role": "auditor"}),
        {"role": "office"},  # who may make tokens as well, but of more
    ],
)
def test_a_token_ends_with_its_maker_and_does_not_come_back(cast, made, fields):
    before = {name: getattr(cast.head, name) for name in ("is_active", "role", "department")}
    changed = {**fields, **({"department": cast.water} if "department" in fields else {})}
    if fields.get("role") == "auditor":
        changed["department"] = None
    _change(cast.head, **changed)
    assert tokens.use(made[1]) is None
    assert ApiToken.objects.select_related("created_by").get().is_in_force is False
    list(tokens.sweep())
    _change(cast.head, **before)
    assert tokens.use(made[1]) is None


def test_a_token_is_checked_in_one_query(cast, made, django_assert_num_queries):
    tokens.use(made[1])  # notes the day
    with django_assert_num_queries(1):
        assert tokens.use(made[1]) is not None


def test_its_maker_is_warned_once(cast, made, monkeypatch):
    call_command("send_reminders")
    assert not Notice.objects.filter(to=cast.head).exists()
    at(monkeypatch, 170)
    for _time in range(2):
        call_command("send_reminders")
    (notice,) = Notice.objects.filter(to=cast.head)
    assert "程序" in notice.text
    assert notice.link == reverse("api-tokens")


def test_the_page_makes_one_for_a_day_and_says_until_when(client, cast):
    client.force_login(cast.head)
    page, day = reverse("api-tokens"), timezone.localdate() + 30 * DAY
    assert client.post(page, {"name": "程序", "expires_on": str(day + 900 * DAY)}).status_code == 422
    assert not ApiToken.objects.exists()
    client.post(page, {"name": "程序", "expires_on": str(day)})
    assert str(day) in base.html(client.get(page))
    _change(cast.head, is_active=True)
    ApiToken.objects.update(expires_on=timezone.localdate() - DAY)
    assert reverse("end-api-token", args=[ApiToken.objects.get().pk]) not in base.html(client.get(page))
