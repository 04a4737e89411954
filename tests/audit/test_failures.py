"""Failed sign-ins that somebody sends without end are told one by one, then by their number; they fill no disk."""

import datetime
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit import failures
from audit.models import Event
from audit.vocabulary import EventKind
from tests import base

pytestmark = pytest.mark.django_db
MOST = 8


@pytest.fixture(autouse=True)
def few(settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = MOST


def sign_in(name, address="10.0.0.1", password="wrong"):
    return Client().post(reverse("login"), {"username": name, "password": password}, REMOTE_ADDR=address)


def ask_the_interface(address="10.0.0.1"):
    return Client().get("/api/v1/figures", headers={"Authorization": "Bearer x"}, REMOTE_ADDR=address)


def told():
    return Event.objects.filter(kind=EventKind.SIGN_IN_FAILED).order_by("pk")


def later(minutes=16):
    AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=minutes))


@pytest.mark.parametrize("way", ["password", "locked account", "interface"])
def test_of_an_address_so_many_are_told_and_the_others_counted(cast, way):
    for number in range(MOST + 20):
        if way == "interface":
            ask_the_interface()
        else:
            sign_in("clerk" if way == "locked account" else f"name{number}")
    assert told().count() == MOST
    later()
    assert failures.tell_counted() == 1
    event = told().last()
    assert (told().count(), event.detail["count"], event.address, event.via) == (MOST + 1, 20, "10.0.0.1", "counted")
    assert (event.person, event.name) == ("", "***")
    assert not AccessAttempt.objects.filter(username=failures.COUNTED).exists()


def test_another_address_is_told_still(cast):
    for number in range(MOST + 5):
        sign_in(f"name{number}")
    sign_in("clerk", "10.0.0.2")
    assert (told().last().address, told().last().subject_id) == ("10.0.0.2", str(cast.clerk.pk))


def test_the_addresses_of_an_ipv6_network_are_one(cast):
    for number in range(MOST + 5):
        ask_the_interface(f"2001:db8::{number:x}")
    assert told().count() == MOST
    assert AccessAttempt.objects.get(username=failures.COUNTED).ip_address == "2001:db8::"


def test_of_all_addresses_so_many_are_told_but_those_of_an_account_go_on(cast):
    for number in range(MOST * failures.EVERYWHERE + 30):
        ask_the_interface(f"10.1.{number // 250}.{number % 250 + 1}")
    assert told().count() == MOST * failures.EVERYWHERE
    assert AccessAttempt.objects.get(username=failures.COUNTED).ip_address is None  # one row for all of them
    sign_in("clerk", "10.9.9.9")
    assert told().last().subject_id == str(cast.clerk.pk)
    for number in range(MOST * 2):
        sign_in("clerk", f"10.9.8.{number + 1}")
    assert told().filter(subject_id=str(cast.clerk.pk)).count() == MOST
    assert AccessAttempt.objects.get(username=failures.COUNTED).failures_since_start == 30 + MOST + 1


def test_what_is_counted_locks_nobody(cast):
    for _number in range(MOST + 50):
        ask_the_interface()
    assert sign_in("clerk", password=base.PASSWORD).status_code == 302


def test_an_account_is_locked_also_while_failures_are_only_counted(cast):
    for _number in range(MOST * 2):
        ask_the_interface()
    codes = [sign_in("clerk").status_code for _time in range(6)]
    assert codes == [200, 200, 200, 200, 429, 429]
    assert sign_in("clerk", "10.0.0.3", base.PASSWORD).status_code == 429


def test_what_was_counted_is_told_by_the_command_and_before_a_reset(cast):
    for _number in range(MOST + 3):
        ask_the_interface()
    call_command("seal_audit", stdout=StringIO())
    assert told().count() == MOST  # not over yet
    later()
    call_command("clear_sign_ins", stdout=StringIO())
    sign_in("clerk", "10.0.0.2")
    assert AccessAttempt.objects.filter(username=failures.COUNTED).exists()  # nothing else removes it
    call_command("seal_audit", stdout=StringIO())
    assert told().last().detail["count"] == 3
    ask_the_interface()
    call_command("axes_reset", stdout=StringIO())
    assert told().last().detail["count"] == 1
