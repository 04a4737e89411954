"""The chain of events: written in transactions, linked afterwards, and nothing altered in it goes unseen."""

import datetime
import json
import re
from contextlib import contextmanager

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import anchors, archives, chain, digests, record, triggers
from audit.models import Event, Link
from audit.verification import Verified, problems
from audit.vocabulary import EventKind
from tests.races import at_once

pytestmark = pytest.mark.django_db
OLD = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _anchors(settings, tmp_path):
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors"


def happen(count, **what):
    for number in range(count):
        record.write(EventKind.WORDING, name=f"第{number}条", changes=[("食品", "旧", f"新{number}")], **what)


def found():
    return list(problems(Verified()))


@contextmanager
def unguarded():
    """As somebody would who has the database to themselves."""
    triggers.drop()
    yield
    triggers.create()


def update(table, key, pk, **fields):
    with unguarded(), connection.cursor() as cursor:
        for name, value in fields.items():
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {key} = %s", [value, pk])


def remove(*numbers, events=True, links=True):
    with unguarded():
        rows = Link.objects.filter(number__in=numbers)
        if events:
            Event.objects.filter(pk__in=list(rows.values_list("event_id", flat=True)))._raw_delete("default")
        if links:
            rows._raw_delete("default")


@pytest.fixture
def sealed():
    """Ten events, linked and anchored."""
    happen(10)
    assert chain.seal() == 10
    assert anchors.add()


def event_of(number):
    return Event.objects.get(pk=Link.objects.get(pk=number).event_id)


def test_what_was_written_is_as_it_was_written(sealed):
    happen(3)
    verified = Verified()
    assert list(problems(verified)) == []
    assert (verified.links, verified.number) == (13, 13)  # what was not linked yet is linked first
    call_command("verify_audit")


@pytest.mark.parametrize(
    "fields",
    [
        {"person": "别人"},
        {"at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"person_id": 7},
        {"kind": "export"},
        {"address": "10.0.0.1"},
        {"name": ""},
        {"detail": json.dumps({"changes": [["食品", "旧", "别的"]]})},
    ],
)
def test_an_altered_event_is_named(sealed, fields):
    row = event_of(4)
    update("audit_event", "id", row.pk, **fields)
    assert [f"{row.pk}" in sentence and "4" in sentence for sentence in found()] == [True]
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_an_altered_event_whose_digest_was_made_anew_is_named(sealed):
    row = event_of(4)
    row.person = "别人"
    update("audit_event", "id", row.pk, person="别人", digest=digests.digest(row.payload))
    assert len(found()) == 1


@pytest.mark.parametrize("number", [1, 5, 10])
def test_a_removed_event_is_named(sealed, number):
    pk = Link.objects.get(pk=number).event_id
    remove(number, links=False)
    (sentence,) = found()
    assert str(pk) in sentence


@pytest.mark.parametrize(("numbers", "named"), [((1,), "1"), ((1, 2, 3), "3"), ((5,), "5"), ((4, 5, 6), "4")])
def test_removed_links_and_events_are_named(sealed, numbers, named):
    remove(*numbers)
    sentences = found()
    assert sentences
    assert any(named in sentence for sentence in sentences)


@pytest.mark.parametrize("first", [10, 6, 1])
def test_a_tail_that_is_cut_off_is_told_by_the_anchor(sealed, first):
    remove(*range(first, 11))
    assert any("10" in sentence for sentence in found())


def test_a_tail_that_is_cut_off_and_grows_again_is_told_by_the_anchor(sealed):
    remove(*range(6, 11))
    happen(8)
    assert found()


def test_a_chain_that_is_made_anew_is_told_by_the_anchor(sealed):
    row = event_of(4)
    row.person = "别人"
    update("audit_event", "id", row.pk, person="别人", digest=digests.digest(row.payload))
    remove(*range(1, 11), events=False)
    assert chain.seal(everything=True) == 10
    (sentence,) = found()
    assert "10" in sentence


def test_two_events_that_are_exchanged_are_named(sealed):
    first, second = Link.objects.get(pk=3).event_id, Link.objects.get(pk=7).event_id
    update("audit_link", "number", 3, event_id=-1)
    update("audit_link", "number", 7, event_id=first)
    update("audit_link", "number", 3, event_id=second)
    assert len(found()) == 2


def test_an_altered_link_is_named(sealed):
    update("audit_link", "number", 6, at=OLD)
    assert any("6" in sentence for sentence in found())


def test_an_inserted_event_is_named_though_it_is_linked_then(sealed, monkeypatch):
    later = Link.objects.get(pk=10).at + datetime.timedelta(hours=3)
    row = event_of(2)
    row.pk, row.at = None, row.at - datetime.timedelta(days=40)
    row.digest = digests.digest(row.payload)
    row.save(force_insert=True)
    monkeypatch.setattr(timezone, "now", lambda: later)
    (sentence,) = found()
    assert str(row.pk) in sentence


def test_events_that_waited_for_days_are_not_taken_for_inserted(sealed, monkeypatch):
    """Nobody linked for a while."""
    happen(chain.BATCH + 5)
    later = Link.objects.get(pk=10).at + datetime.timedelta(days=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert found() == []


def test_a_batch_does_not_look_through_those_before_it(monkeypatch):
    """With a million events to link, each of 500 batches would look at all that are linked already."""
    monkeypatch.setattr(chain, "BATCH", 2)
    happen(5)
    with CaptureQueriesContext(connection) as captured:
        assert chain.seal() == 5
    looks = [query["sql"] for query in captured if "NOT EXISTS" in query["sql"]]
    first = Event.objects.earliest("pk").pk
    for look, since in zip(looks, [0, first + 1, first + 3], strict=True):
        assert re.search(rf'"audit_event"\."id" > {since}\b', look)


def test_what_commits_late_is_linked_later(sealed):
    """A key that another transaction took before, and that comes after those behind it."""
    happen(1)
    late = Event.objects.latest("pk")
    with unguarded():
        Event.objects.filter(pk=late.pk)._raw_delete("default")
    happen(2)
    assert chain.seal() == 2
    late.save(force_insert=True)
    assert chain.seal() == 1
    assert Link.objects.latest("number").event_id == late.pk
    assert found() == []


def test_a_missing_trigger_is_named(sealed):
    triggers.drop()
    assert len(found()) == len(triggers.missing()) > 0
    triggers.create()
    assert found() == []


REPLACED = {
    "sqlite": [
        *("DROP TRIGGER audit_link_update", "CREATE TRIGGER audit_link_update BEFORE UPDATE ON audit_link WHEN 0"),
        *("DROP TRIGGER audit_event_delete", "CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event"),
        *("DROP TRIGGER audit_event_update", "CREATE TRIGGER audit_event_update BEFORE UPDATE ON sectors_region"),
    ],
    "postgresql": [
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_truncate",
        "ALTER TABLE audit_link ENABLE REPLICA TRIGGER audit_link_rows",
        "DROP TRIGGER audit_event_rows ON audit_event",
        "CREATE TRIGGER audit_event_rows BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    ],
}


def test_a_trigger_that_refuses_nothing_any_more_is_named(sealed):
    with connection.cursor() as cursor:
        for statement in REPLACED[connection.vendor]:
            is_new = connection.vendor == "sqlite" and statement.startswith("CREATE")
            cursor.execute(f"{statement} BEGIN SELECT 1; END" if is_new else statement)
    named = " ".join(found())
    changed = ("event_truncate", "link_rows", "event_rows")
    for name in ("link_update", "event_delete", "event_update") if connection.vendor == "sqlite" else changed:
        assert f"audit_{name}" in named
    triggers.drop()
    triggers.create()
    assert found() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no functions")
def test_a_function_that_refuses_nothing_any_more_is_named(sealed):
    with connection.cursor() as cursor:
        body = "BEGIN RETURN OLD; END"
        cursor.execute(f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS '{body}'")
    assert len(triggers.missing()) == 4
    triggers.drop()
    triggers.create()


def test_without_a_file_of_anchors_nothing_is_called_sound(sealed, monkeypatch):
    """An anchor of each day: a file that is gone, or whose last lines are, names nothing that was cut off."""
    first, whole = timezone.now(), anchors.path().read_text()
    for day in (1, 2, 3):
        monkeypatch.setattr(timezone, "now", lambda day=day: first + datetime.timedelta(days=day))
        happen(1)
        chain.seal()
    assert any(str(anchors.path()) in sentence for sentence in found())
    anchors.add()
    assert found() == []
    for text in (None, "", whole):
        anchors.path().unlink() if text is None else anchors.path().write_text(text)
        assert any(str(anchors.path()) in sentence for sentence in found()), text


def _changed(lines):
    lines[1] = lines[1].replace('"number": 12', '"number": 11')


def _removed(lines):
    del lines[1]


def _inserted(lines):
    lines.insert(1, lines[0])


@pytest.mark.parametrize("alter", [_changed, _removed, _inserted, lambda lines: lines.__setitem__(1, "{}\n")])
def test_an_altered_line_of_the_anchors_is_named(sealed, alter):
    for _day in range(2):
        happen(2)
        chain.seal()
        anchors.add()
    lines = anchors.path().read_text().splitlines(keepends=True)
    assert (len(lines), found()) == (3, [])
    alter(lines)
    anchors.path().write_text("".join(lines))
    assert found()


@pytest.mark.parametrize("name", ["sha256", "sm3"])
@pytest.mark.parametrize("keys", [[], [b"a-key-of-the-site"]])
def test_each_digest_goes_on_to_be_verified_after_the_setting_was_changed(settings, name, keys):
    happen(3)
    chain.seal()
    settings.AUDIT_HASH, settings.AUDIT_KEYS = name, keys
    happen(3)
    chain.seal()
    anchors.add()
    assert Link.objects.latest("number").digest.startswith(("hmac-" if keys else "") + name)
    settings.AUDIT_HASH, settings.AUDIT_KEYS = "sha256", [b"another-key-since", *keys]
    happen(1)
    assert found() == []


def test_sm3_is_the_one_of_the_standard(settings):
    settings.AUDIT_HASH = "sm3"
    assert digests.digest(b"abc") == "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_with_a_key_nobody_makes_a_digest_who_has_the_database_alone(settings):
    settings.AUDIT_KEYS = [b"a-key-of-the-site"]
    happen(1)
    row = Event.objects.get()
    row.person, settings.AUDIT_KEYS = "别人", []
    update("audit_event", "id", row.pk, person="别人", digest=digests.digest(row.payload).replace("sha", "hmac-sha"))
    settings.AUDIT_KEYS = [b"a-key-of-the-site"]
    assert len(found()) == 1


@pytest.fixture
def keyed(sealed, settings, monkeypatch):
    """Ten events without keys, then keys are set, and five events of each of the next three days."""
    settings.AUDIT_KEYS = [b"a-key-of-the-site"]
    first = timezone.now()
    for day in range(4):
        monkeypatch.setattr(timezone, "now", lambda day=day: first + datetime.timedelta(days=day))
        happen(5)
        chain.seal()
        anchors.add()
    assert found() == []


def _without_keys(settings, work):
    keys, settings.AUDIT_KEYS = settings.AUDIT_KEYS, []
    found = work()
    settings.AUDIT_KEYS = keys
    return found


def _invented():
    happen(1)


def _altered_before_it_is_linked():
    row = Event.objects.latest("pk")
    row.person = "别人"
    update("audit_event", "id", row.pk, person="别人", digest=digests.digest(row.payload))


def _chained_anew():
    before = Link.objects.get(number=28).digest
    for link in Link.objects.filter(number__gt=28).order_by("number"):
        event = event_of(link.number)
        event.name = "别的"
        event.digest = digests.digest(event.payload)
        update("audit_event", "id", event.pk, name="别的", digest=event.digest)
        before = digests.digest(chain.content(before, link.number, event.pk, link.at, event.digest))
        update("audit_link", "number", link.number, digest=before)
    _cut_off_the_last_anchor()


def _linked_anew_without_one():
    """The events are as they were."""
    left = list(Link.objects.filter(number__gt=28).order_by("number"))
    remove(28)
    before = Link.objects.get(number=27).digest
    for number, link in enumerate(left, start=28):
        event_digest = Event.objects.get(pk=link.event_id).digest
        before = digests.digest(chain.content(before, number, link.event_id, link.at, event_digest))
        update("audit_link", "number", link.number, digest=before, number=number)
    _cut_off_the_last_anchor()


def _cut_off_the_last_anchor():
    anchors.path().write_text("".join(anchors.path().read_text().splitlines(keepends=True)[:-1]))


FORGED = (_invented, _altered_before_it_is_linked, _chained_anew, _linked_anew_without_one)


@pytest.mark.parametrize("forge", FORGED)
def test_where_there_is_a_key_a_digest_without_one_counts_no_more(keyed, settings, forge):
    if forge is _altered_before_it_is_linked:
        happen(1)
    _without_keys(settings, forge)
    assert found()


def test_an_anchor_without_a_key_counts_no_more_where_links_have_one(keyed, settings):
    lines = anchors.path().read_text().splitlines(keepends=True)
    anchors.path().write_text("".join(lines[:-1]))
    _without_keys(settings, anchors.add)
    assert found()
    anchors.path().unlink()
    _without_keys(settings, anchors.add)
    assert found()


def test_nothing_is_linked_without_the_keys_of_the_record(keyed, settings):
    happen(1)
    with pytest.raises(ImproperlyConfigured, match="AUDIT_KEYS"):
        _without_keys(settings, chain.seal)


STATEMENTS = (
    "UPDATE {table} SET digest = '' WHERE {key} > 0",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE {key} = (SELECT MAX({key}) FROM {table})",
)


@pytest.mark.parametrize("table", list(triggers.TABLES))
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_change_the_record(sealed, table, statement):
    with pytest.raises(DatabaseError, match=triggers.REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, key=triggers.TABLES[table]))
    assert (Event.objects.count(), Link.objects.count()) == (10, 10)


@pytest.mark.parametrize("table", list(triggers.TABLES))
def test_the_database_refuses_to_put_another_row_in_the_place_of_one(sealed, table):
    key = triggers.TABLES[table]
    ways = {
        "sqlite": [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {key} > 0"],
        "postgresql": [
            f"TRUNCATE {table}",
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET digest = ''",
        ],
    }
    for statement in ways[connection.vendor]:
        with pytest.raises(DatabaseError, match=triggers.REFUSED), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_is_rolled_back_leaves_no_event():
    with transaction.atomic():
        happen(2)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_write_while_two_link(settings):
    def write():
        for _turn in range(15):
            with transaction.atomic():
                happen(1)

    def link():
        return sum(chain.seal() for _turn in range(15))

    results = at_once(*[write] * 8, *[link] * 2)
    assert [result for result in results if isinstance(result, Exception)] == []
    chain.seal()
    assert list(Link.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 121))
    assert set(Link.objects.values_list("event_id", flat=True)) == set(Event.objects.values_list("pk", flat=True))
    assert found() == []


def test_the_command_anchors_once_a_day(sealed, capsys):
    happen(2)
    call_command("seal_audit")
    assert len(list(anchors.read())) == 1
    call_command("seal_audit", "--anchor")
    assert [anchor.number for anchor in anchors.read()] == [10, 12]


# The archive


@pytest.fixture
def old(monkeypatch):
    """Five events of 2020 and five of today, linked."""
    monkeypatch.setattr(timezone, "now", lambda: OLD)
    happen(5)
    chain.seal()
    monkeypatch.undo()
    happen(5)
    chain.seal()
    anchors.add()


BEFORE = datetime.date(2021, 1, 1)


def test_what_is_archived_can_be_verified_and_the_record_goes_on(old, tmp_path):
    done = archives.archive(BEFORE, tmp_path)
    assert (done.rows, done.through) == (5, 5)
    assert (Event.objects.count(), Link.objects.earliest("number").number) == (6, 6)
    assert (found(), list(archives.verify(done.path))) == ([], [])
    assert triggers.missing() == []
    call_command("verify_audit", "--archive", done.path)
    with pytest.raises(archives.Refused):
        archives.archive(BEFORE, tmp_path)


def test_a_second_archive_goes_on_where_the_first_ended(old, tmp_path, monkeypatch, settings):
    first = archives.archive(BEFORE, tmp_path)
    settings.AUDIT_KEEP_MONTHS = 0
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)  # noqa: DTZ011
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    happen(1)
    later = timezone.now() + datetime.timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    happen(1)
    second = archives.archive(tomorrow, tmp_path)
    assert second.path.name != first.path.name
    assert [list(archives.problems(path)) for path in (first.path, second.path)] == [[], []]
    assert found() == []


@pytest.mark.parametrize("cut", [{"through": 5}, {"through": 4, "digest": "sha256:0"}])
def test_a_removed_beginning_is_no_archive(old, cut):
    remove(1, 2, 3, 4, 5)
    record.write(EventKind.ARCHIVED, **{"digest": "sha256:0", **cut})
    assert found()


def test_an_altered_archive_is_named(old, tmp_path):
    import gzip

    done = archives.archive(BEFORE, tmp_path)
    text = gzip.decompress(done.path.read_bytes()).decode()
    lines = text.splitlines(keepends=True)
    for altered in (text.replace("旧", "新", 1), "".join(lines[:3] + lines[4:]), "".join(lines[:-1]), "", text + "x"):
        done.path.write_bytes(gzip.compress(altered.encode()))
        assert list(archives.problems(done.path)), altered
    done.path.write_bytes(done.path.read_bytes()[:-9])
    assert list(archives.problems(done.path))


def test_nothing_is_archived_that_has_to_be_kept_or_was_altered(old, tmp_path, settings):
    with pytest.raises(CommandError):
        call_command("archive_audit", "--before", str(datetime.date.today()), "--to", tmp_path)  # noqa: DTZ011
    update("audit_event", "id", event_of(2).pk, person="别人")
    with pytest.raises(archives.Refused):
        archives.archive(BEFORE, tmp_path)
    assert Event.objects.count() == 10
    assert list(tmp_path.glob("*.gz")) == []
