"""A kept board is the one that would be put together now, by whichever way in something changed, on both databases."""

import datetime
import random
import re
import threading
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports import triggers
from reports.boards import explorer, leader, office, sector
from reports.boards.choice import chosen
from reports.boards.stamps import stamp
from reports.models import BoardStamp
from reports.vocabulary import StampKind
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.models import (
    Department,
    Figure,
    Indicator,
    Period,
    Region,
    StoredFinding,
    Submission,
    Transition,
    Urge,
    User,
)
from sectors.sql.regions import Within
from sectors.vocabulary import ChangeSource
from tests import base

PAGES = (
    "/board/?period=2023",
    "/board/?period=2023Q1",
    "/board/leader/?period=2023",
    "/sectors/?period=2023",
    "/sectors/food/?period=2023",
    "/explore/?i=food.rate&i=food.done&year=2023&apart=1",
)
# What all that is kept in the process comes from; the key of a board has its edition.
OF_THE_CATALOGUE = {"sectors_catalogueversion"}
# In the key as it is.
OF_THE_CHOICE = {"sectors_regionclosure", "sectors_region"}


@pytest.fixture
def quarter(cast, on):
    on("2023-04-21")
    for period in ("2022Q1", "2023Q1"):
        base.report(cast.county, period, {"food.task": "9", "food.done": "5", "food.passed": "4"})
        base.submission(cast.county, "T-02", period)
    base.report(cast.other_county, "2023Q1", {"food.task": "7", "food.done": "6"})
    # Somebody above both, so that a board is of several regions.
    above = Department.objects.create(region=cast.prefecture, code="office", name="市质强办", short_name="质强办")
    return SimpleNamespace(**vars(cast), prefect=base.user("leader", above, "prefect"))


def read(client, who, path):
    """The page, without what is of the request and not of the board."""
    client.force_login(who)
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"|data-left="\d+"', "", base.html(answer))
    return re.sub(r'hx-headers=[^>]*|<p class="muted as-of">.*?</p>', "", text)


def put_together(client, who, path):
    caches["boards"].clear()
    return read(client, who, path)


def is_kept(client, who, path):
    """Whether the second of two requests is given what the first put together."""
    read(client, who, path)
    client.force_login(who)
    first = client.get(path).context["as_of"]
    return client.get(path).context["as_of"] == first


# Complete


def test_the_triggers_are_there_after_all_migrations(db):
    """A migration that makes a watched table anew on SQLite has to call `triggers.create` again."""
    names = {triggers._name(table, event) for table in triggers.TABLES for event in triggers.EVENTS}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'board\\_%' ESCAPE '\\'"
            )
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND tgname LIKE 'board%'")
        assert {name for (name,) in cursor.fetchall()} == names
    assert len(names) == triggers.count()


def test_boards_read_no_table_that_is_not_watched(quarter, rf):
    request = rf.get("/board/?period=2023")
    request.user = quarter.prefect
    choice = chosen(request, by_year=True)
    question = explorer.asked(rf.get("/explore/?i=food.rate&apart=1").GET, choice)
    with CaptureQueriesContext(connection) as asked:
        office.office(choice)
        leader.leadership(choice)
        sector.index(choice)
        for one in choice.catalogue.sectors.values():
            sector.sector_board(choice, one, "")
        explorer.pivot(question, choice)
    tables = {table for query in asked.captured_queries for table in re.findall(r"\b[a-z]+_[a-z]+\b", query["sql"])}
    known = set(connection.introspection.table_names())
    assert tables & known
    assert tables & known <= {*triggers.TABLES, *OF_THE_CATALOGUE, *OF_THE_CHOICE}


def moves(cast):
    """What may happen, each by the way in that tells the program least."""
    drafts = Submission.objects.exclude(status="accepted")
    done = Indicator.objects.get(code="food.done")

    def figure(of):
        cell = read_cell(done, str(random.randint(1, 9)), datetime.date(2023, 3, 31))
        writer.store(of, {done: cell}, by=None, way=ChangeSource.IMPORT)

    def one(rows):
        return random.choice(list(rows.order_by("pk")))

    def draft():
        rows = list(drafts.filter(sheet__number="T-01").order_by("pk"))
        return random.choice(rows) if rows else base.submission(cast.county, "T-01", "2023Q4")

    def transition():
        of = one(Submission.objects.all())
        at = datetime.datetime(2023, 4, random.randint(1, 20), tzinfo=datetime.UTC)
        Transition.objects.create(submission=of, old="submitted", new="signed", at=at, by=cast.head)

    def finding():
        of = one(Submission.objects.filter(region=cast.county, period__year=2023))
        severity = random.choice(["error", "warning", "hint"])
        StoredFinding.objects.create(
            submission=of, region=of.region, period=of.period, rule=f"r{random.random()}", kind="rule",
            severity=severity, statement={}, basis="x",
        )  # fmt: skip

    def urge():
        of = draft()
        Urge.objects.create(period=of.period, department=of.department, kind="urge", day="2023-04-20", by=cast.office)

    return {
        "a draft's figure": lambda: figure(draft()),
        "an accepted figure": lambda: Figure.objects.filter(indicator=done, value__isnull=False).update(
            value=random.randint(10, 99)
        ),
        "a figure gone": lambda: one(Figure.objects.all()).delete(),
        "accepted": lambda: Submission.objects.filter(pk=draft().pk).update(status="accepted"),
        "returned": lambda: Submission.objects.filter(pk=one(Submission.objects.exclude(status="returned")).pk).update(
            status="returned"
        ),
        "more time": lambda: Submission.objects.filter(pk=draft().pk).update(
            extended_until=datetime.date(2023, 4, random.randint(1, 28))
        ),
        "other days": lambda: Period.objects.filter(pk=one(Period.objects.all()).pk).update(
            due=datetime.date(2023, 4, random.randint(2, 28))
        ),
        "opened": lambda: base.submission(cast.county, "T-01", f"2023Q{random.randint(2, 3)}"),
        "a department's name": lambda: Department.objects.filter(region=cast.county).update(
            short_name=f"局{random.randint(0, 99)}"
        ),
        "who signs": lambda: Department.objects.filter(region=cast.county).update(signs=random.random() < 0.5),
        "a region's name": lambda: Region.objects.filter(pk=cast.county.pk).update(name=f"县{random.randint(0, 99)}"),
        "the catalogue": lambda: base.change_catalogue(
            Indicator.objects.filter(code="food.rate"), target=random.randint(50, 99), target_is="at_least", is_key=True
        ),
        "delivered": transition,
        "found": finding,
        "urged": urge,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_a_kept_board_is_the_one_that_is_put_together(client, quarter, seed):
    random.seed(seed)
    possible = moves(quarter)
    order = list(possible)
    random.shuffle(order)
    for name in [*order, *random.choices(order, k=6)]:
        path, who = random.choice(PAGES), random.choice([quarter.office, quarter.prefect])
        read(client, who, path)  # kept before the move
        possible[name]()
        after = read(client, who, path)
        assert after == put_together(client, who, path), (name, path, who)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_board_is_kept_while_nothing_changes_and_no_longer(client, quarter, path):
    assert is_kept(client, quarter.office, path)
    for name, act in moves(quarter).items():
        counties = Within((quarter.county.pk, quarter.other_county.pk))
        before = stamp(counties)
        act()
        told = name in ("a region's name", "the catalogue") or stamp(counties)
        assert told != before, name


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "stands"), [("/board/leader/", True), ("/sectors/food/", False), ("/board/", False)])
def test_typing_leaves_boards_of_what_is_accepted(client, quarter, path, stands):
    client.force_login(quarter.office)
    first = client.get(path).context["as_of"]
    moves(quarter)["found"]()
    again = client.get(path).context["as_of"]
    # SQLite tells no kinds of changes apart.
    assert (again == first) == (stands and connection.vendor == "postgresql")


@pytest.mark.django_db
def test_another_regions_changes_leave_a_countys_board(client, quarter):
    client.force_login(quarter.office)
    first = client.get("/board/leader/").context["as_of"]
    Submission.objects.filter(region=quarter.other_county).update(status="returned")
    assert client.get("/board/leader/").context["as_of"] == first


@pytest.mark.django_db
def test_the_day_and_the_person_are_part_of_what_is_kept(client, quarter, on):
    address = "/board/?period=2023Q1"
    late = read(client, quarter.office, address)
    assert "urge" in late
    assert "/urge" not in read(client, quarter.leader, address)
    on("2023-01-02")
    assert read(client, quarter.office, address) != late
    client.force_login(quarter.clerk)
    assert client.get(address).status_code == 403
    client.force_login(quarter.outsider_office)
    assert client.get(f"{address}&region={quarter.county.code}").status_code == 404


def the(pattern: str, text: str) -> str:
    """What stands in the group of the pattern."""
    found = re.search(pattern, text)
    assert found
    return found[1]


@pytest.mark.django_db
def test_a_kept_form_has_the_token_and_address_of_its_request(client, quarter):
    from django.test import Client

    address = "/board/?period=2023Q1&x=%22%3Cb%3E"
    for _person in range(2):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(quarter.office)
        page = strict.get(address).content.decode()
        form = page[page.index('id="late"') :]
        token = the(r'name="csrfmiddlewaretoken" value="(\w{64})"', form)
        assert '/board/?period=2023Q1&amp;x=%22%3Cb%3E"' in form
        urged = the(r'action="(/[^"]*urge[^"]*)"', form)
        department = the(r'name="departments"\s+value="(\d+)"', form)
        sent = {"csrfmiddlewaretoken": token, "departments": department, "next": "/board/"}
        assert strict.post(urged, sent).status_code in (302, 409, 422)


@pytest.mark.django_db
def test_without_its_triggers_no_board_is_kept(client, quarter):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps triggers when a table changes")
    assert stamp(Within((quarter.county.pk,)))
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER board_figure_update")
    assert stamp(Within((quarter.county.pk,))) == ""
    assert not is_kept(client, quarter.office, "/board/leader/")
    triggers.put_back()  # as `manage.py migrate` does at its end
    assert stamp(Within((quarter.county.pk,)))
    assert is_kept(client, quarter.office, "/board/leader/")


@pytest.mark.django_db
def test_what_no_board_shows_leaves_the_stamp(quarter):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite tells no changes apart")
    before = stamp(Within((quarter.county.pk,)))
    Submission.objects.filter(region=quarter.county).update(changed=timezone.now(), submitted_by=quarter.clerk)
    assert stamp(Within((quarter.county.pk,))) == before
    Submission.objects.filter(region=quarter.county).update(is_demo=True, changed=timezone.now())
    assert stamp(Within((quarter.county.pk,))) != before


# Two at once


@pytest.mark.django_db(transaction=True)
def test_who_began_earlier_and_ends_later_is_seen_and_keeps_nobody_waiting(cast):
    """What counts or the largest key would miss: the token of the first becomes seen after that of the second."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    of = base.submission(cast.county)
    written, may_end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            Submission.objects.filter(pk=of.pk).update(extended_until="2023-05-01")
            written.set()
            may_end.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    begun = stamp(Within((cast.county.pk,)))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'")
    Department.objects.filter(region=cast.county).update(short_name="局")
    between = stamp(Within((cast.county.pk,)))
    may_end.set()
    thread.join()
    ended = stamp(Within((cast.county.pk,)))
    User.objects.update(first_name="x")
    assert len({begun, between, ended}) == 3
    assert stamp(Within((cast.county.pk,))) == ended
    assert BoardStamp.objects.filter(region=cast.county.pk, kind=StampKind.MOVED).count() == 2
    base.submission(cast.county, "T-02")
    assert BoardStamp.objects.filter(region=cast.county.pk, kind=StampKind.MOVED).count() == 1
