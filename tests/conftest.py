import datetime
import sys
from functools import lru_cache
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.test import TransactionTestCase
from django.utils import timezone, translation

from audit import triggers
from config import translations
from config.memory import keep_what_is_loaded, with_room
from sectors import jobs
from sectors.catalogue import nodes, yaml_text
from tests import base, emptying, migrated
from tests import world as worlds
from tests.reports.editing import draft_reports
from tests.saved_rows import SavedRows


def pytest_configure(config):
    """The screens are tested in Chinese, so the translations of the working tree are compiled first, and once: where
    several processes share the tests, one of them would read what another is writing.
    """
    if not hasattr(config, "workerinput"):
        translations.compile_all(translations.BASE_DIR)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items):
    """What takes a minute begins first: begun last, it would leave the other processes without work."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if needs_database(item) and not item.get_closest_marker("one_database"):
            item.add_marker("database")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Each process that shares the tests treats its memory as a server does."""
    keep_what_is_loaded()
    run = session.config.pluginmanager.subset_hook_caller("pytest_runtestloop", [sys.modules[__name__]])
    return with_room(run, session=session)


def needs_database(item):
    """Whether a test may use the database; pytest-django refuses it to the others, for which one run is enough."""
    fixtures = {"db", "transactional_db", "live_server", "django_db_setup"}
    is_case = item.cls is not None and issubclass(item.cls, TransactionTestCase)
    return is_case or item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session", autouse=True)
def quick_emptying():
    with patch.object(DatabaseOperations, "sql_flush", emptying.sql_flush):
        yield


@pytest.fixture(scope="session", autouse=True)
def catalogue_files_read_once():
    """Most tests load files that others have loaded: nodes are only read, and to compose them is half of a load."""
    with (
        patch.object(nodes, "composed", lru_cache(maxsize=256)(nodes.composed)),
        patch.object(nodes, "scanned", lru_cache(maxsize=256)(yaml_text.scanned)),
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    with patch.object(DatabaseCreation, "_create_test_db", migrated.create_test_db):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        migrated.keep()


def rows_made_by(make):
    """A fixture: the rows that many tests begin with, made when the first of them asks."""

    @pytest.fixture(scope="session")
    def rows(django_db_setup, django_db_blocker, tmp_path_factory):
        # In the language of the site, whichever the first test that asks is in.
        with django_db_blocker.unblock(), translation.override(settings.LANGUAGE_CODE):
            return SavedRows.made_by(make, tmp_path_factory.mktemp("files"))

    return rows


cast_rows = rows_made_by(base.make_cast)
shipped_catalogue_rows = rows_made_by(base.make_shipped_catalogue)
shipped_year_rows = rows_made_by(base.make_shipped_year)
draft_report_rows = rows_made_by(draft_reports.make)
issued_report_rows = rows_made_by(draft_reports.make_issued)
world_rows = rows_made_by(worlds.make)


@pytest.fixture
def cast(request, db):
    """The people, and in the same rows what else of the following the test asks for."""
    more = next((name for name in ("world", "issued_report", "draft_report") if name in request.fixturenames), "cast")
    if more != "cast":
        request.getfixturevalue("media")  # where their files go
    request.getfixturevalue(f"{more}_rows").copy()
    return base.cast()


@pytest.fixture
def draft_report(cast):
    """A draft of the county's report, just begun."""
    return draft_reports.begun()


@pytest.fixture
def issued_report(cast):
    """The same, issued."""
    return draft_reports.begun()


@pytest.fixture
def world(cast):
    """Something behind every address of the site."""
    return worlds.place_of(cast)


@pytest.fixture
def shipped_catalogue(shipped_catalogue_rows, db):
    """The county of the shipped figures, without them."""
    shipped_catalogue_rows.copy()
    return base.shipped_county()


@pytest.fixture
def shipped_year(shipped_year_rows, db):
    """The county of the shipped figures, with them."""
    shipped_year_rows.copy()
    return base.shipped_county()


@pytest.fixture
def english():
    """For the sentences of stage modules, which tests name as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def media(settings, tmp_path):
    """The folder of files that are kept."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def on(monkeypatch):
    """`on("2023-01-05")` makes that day today."""

    def set_today(text):
        day = datetime.date.fromisoformat(text)
        monkeypatch.setattr(timezone, "localdate", lambda *_args: day)
        return day

    return set_today


@pytest.fixture(autouse=True)
def audit_record_is_emptied(request):
    """Where a test commits, the tables are emptied after it, which the audit record refuses as long as it has rows."""
    if not commits(request):
        yield
        return
    request.getfixturevalue("transactional_db")  # empties the tables, so it has to begin before this and end after it
    yield
    with triggers.archiving(), connection.cursor() as cursor:
        for table in triggers.TABLES:
            cursor.execute(f"DELETE FROM {table}")


def commits(request):
    marker = request.node.get_closest_marker("django_db")
    is_transactional = marker is not None and marker.kwargs.get("transaction")
    return bool(is_transactional or {"live_server", "transactional_db"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def jobs_begin_where_nothing_commits(request, monkeypatch):
    """A test that is rolled back never comes to what happens after a commit: there a job runs when it is started."""
    if not commits(request):
        monkeypatch.setattr(jobs, "on_commit", lambda begin: begin())
