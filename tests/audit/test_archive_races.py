"""The record is verified, linked, written and archived at the same moment, by threads with connections of their own."""

import datetime
import threading
import time

import pytest
from django.db import connections
from django.utils import timezone

from audit import anchors, archives, chain, record, verification
from audit.models import Event, Link
from audit.verification import Verified, problems
from audit.vocabulary import EventKind
from config import exclusion
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
OLD, BEFORE = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.date(2021, 1, 1)


def happen(count):
    for number in range(count):
        record.write(EventKind.WORDING, name=f"第{number}条")


@pytest.fixture(autouse=True)
def old(settings, tmp_path, monkeypatch):
    """Forty events of 2020 and ten of today, linked and read four at a time."""
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors"
    monkeypatch.setattr(verification, "BATCH", 4)
    monkeypatch.setattr(archives, "BATCH", 4)
    with monkeypatch.context() as then:
        then.setattr(timezone, "now", lambda: OLD)
        happen(40)
        chain.seal()
    happen(10)
    chain.seal()
    anchors.add()


def test_who_verifies_sees_all_of_what_is_archived_meanwhile(tmp_path, monkeypatch):
    ended: list[str] = []
    looks, archived = threading.Event(), threading.Event()
    look_at = verification._look_at

    def pausing(verified, links):
        """Who verifies stands still after the first links, until all is archived, or two seconds."""
        yield from look_at(verified, links)
        if not looks.is_set():
            looks.set()
            archived.wait(2)

    monkeypatch.setattr(verification, "_look_at", pausing)

    def verify():
        verified = Verified()
        found = list(problems(verified))
        ended.append("verified")
        return found, verified.links

    def archive():
        looks.wait(10)
        done = archives.archive(BEFORE, tmp_path / "archive")
        ended.append("archived")
        archived.set()
        return done.rows

    assert at_once(verify, archive) == [([], 50), 40]
    assert ended == ["verified", "archived"]
    assert list(problems(Verified())) == []


def test_two_verify_at_once():
    """They share the lock: each is inside while the other is."""
    inside = threading.Barrier(2, timeout=10)

    def verify():
        found = problems(Verified())
        with exclusion.held(verification.LOCK, shared=True):
            inside.wait()
            return list(found)

    assert at_once(verify, verify) == [[], []]


def test_of_two_who_archive_one_does_and_the_other_is_told(tmp_path):
    done, refused = sorted(
        at_once(
            lambda: archives.archive(BEFORE, tmp_path / "one"), lambda: archives.archive(BEFORE, tmp_path / "other")
        ),
        key=lambda found: isinstance(found, Exception),
    )
    assert (done.rows, done.through) == (40, 40)
    assert isinstance(refused, archives.Refused)
    assert len([*tmp_path.glob("*/*.gz")]) == 1
    assert Event.objects.filter(kind=EventKind.ARCHIVED).count() == 1
    assert list(archives.verify(done.path)) == []
    assert list(problems(Verified())) == []


def test_nothing_is_lost_that_is_written_and_linked_while_the_old_is_archived(tmp_path):
    def write():
        for _time in range(5):
            happen(4)
            chain.seal()

    def seal():
        for _time in range(10):
            chain.seal()
            time.sleep(0.02)

    found = at_once(write, seal, write, lambda: archives.archive(BEFORE, tmp_path / "archive"))
    assert [one for one in found if isinstance(one, Exception)] == []
    chain.seal(everything=True)
    connections.close_all()
    assert Event.objects.count() == 10 + 40 + 1  # of today, written meanwhile, that it was archived
    numbers = list(Link.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(41, 41 + 51))
    assert list(archives.verify(found[-1].path)) == []
    assert list(problems(Verified())) == []
