"""`manage.py migrate` runs once at a time, whoever starts it."""

import threading
import time

import pytest
from django.core.management import call_command
from django.db import connections

from config import exclusion

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_one_waits_for_the_first():
    ended = []

    def second():
        try:
            call_command("migrate", verbosity=0)
            ended.append(time.monotonic())
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    with exclusion.held("tables"):
        thread.start()
        time.sleep(1)
        assert not ended
        released = time.monotonic()
    thread.join(120)
    assert ended[0] > released


def test_one_that_fails_keeps_nobody_waiting():
    with pytest.raises(ZeroDivisionError), exclusion.held("tables"):
        raise ZeroDivisionError
    with exclusion.held("tables"):
        pass
