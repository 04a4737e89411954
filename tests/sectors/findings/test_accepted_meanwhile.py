"""What is judged anew once a severity has changed is not accepted; also where it is accepted while that goes on."""

import threading
import time

import pytest
from django.db import transaction

from sectors.approval import moves
from sectors.findings import storage
from sectors.models import Rule, StoredFinding, Submission
from tests import base
from tests.races import PAUSE, at_once
from tests.sectors.findings.test_follow import rule


@pytest.fixture
def small():
    base.make_cast()
    return base.cast()


@pytest.fixture
def signed(small):
    """A rule, and a signed sheet with a finding of it that warns of nothing yet."""
    code = rule("food.firms > 9")
    base.change_catalogue(Rule.objects.filter(code=code), severity="hint")
    sheet = base.submission(small.county)
    base.report(small.county, "2023Q1", {"food.firms": "5"}, "draft")
    base.take_to("signed", small, sheet)
    return code


def accept_and_raise(small, code):
    moves.move(submission=Submission.objects.get(), action="accept", by=small.office)
    base.change_catalogue(Rule.objects.filter(code=code), severity="warning")


def severity(code):
    return StoredFinding.objects.get(rule=code).severity


@pytest.mark.django_db(transaction=True)
def test_what_is_accepted_before_its_turn_is_not_judged(small, signed):
    storage.refresh_open(small.county, on_progress=lambda *_step: accept_and_raise(small, signed))
    assert severity(signed) == "hint"


@pytest.mark.django_db(transaction=True)
def test_what_is_being_accepted_is_waited_for_and_not_judged(small, signed):
    is_held, listed = threading.Event(), threading.Event()

    def accept():
        with transaction.atomic():
            accept_and_raise(small, signed)
            is_held.set()
            listed.wait(5)  # on SQLite nobody lists while this writes
            time.sleep(2 * PAUSE)

    def judge():
        assert is_held.wait(20)
        return storage.refresh_open(small.county, on_progress=lambda *_step: listed.set())

    assert at_once(accept, judge) == [None, 0]
    assert severity(signed) == "hint"


@pytest.mark.django_db(transaction=True)
def test_what_is_signed_is_judged(small, signed):
    base.change_catalogue(Rule.objects.filter(code=signed), severity="warning")
    assert storage.refresh_open(small.county) == 1
    assert severity(signed) == "warning"
