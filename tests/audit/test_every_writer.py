"""No way to change something leaves no event: every function that writes rows, every page of the administration, and
every command is looked at, also one that is added later."""

import ast
import io
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command, get_commands
from django.urls import reverse
from django.utils import timezone

from accounts.models import SecondFactor
from audit import origin
from audit.models import Event
from audit.vocabulary import EventKind
from config import encryption
from sectors.admin.base import ReadOnly, Recorded
from sectors.approval import moves
from sectors.calendar import periods
from sectors.models import Deputy, Sheet, User
from sectors.people import deputies
from sectors.reminders import urging
from tests import base
from tests.accounts.codes import give_phone, sign_in
from tests.test_architecture import APPS, BASE_DIR, WRITES, File, _chain, _written, source_files

pytestmark = pytest.mark.django_db

# Who writes without an event, and why none is missing. A file is named where it holds for all that is in it.
UNRECORDED = {
    "assessment/counting.py": "part of opening a run, of its steps and of counting again, which are on record",
    "assessment/runs.py:store_results": "what follows from steps and answered appeals, which are on record",
    "collection/steps.py:begin": "part of storing what a station filled in, which is on record",
    "accounts/passwords.py:why_to_change": "from now on the age of a password is counted",
    "accounts/sessions.py": "that a session is in use, or has run out; signing in and out are on record",
    "accounts/management/commands/clear_sign_ins.py:Command.handle": "what has run out by itself",
    "inspections/links.py": "which firm a record names follows from its text; firms.py records who asked for it",
    "inspections/tally.py": "it updates a set; its counts are stored by entry/writer.py",
    "inspections/saved_views.py": "how a person likes to see a list concerns nobody else",
    "reports/api/tokens.py:use": "when a token was last used; what it read is on record",
    "reports/editing/answers.py:keep_only": "answers to questions that are asked no more go with them",
    "reports/editing/answers.py:take_over": "part of a new draft, which is on record",
    "reports/editing/changes.py": "every edit goes through `Act.log`, which records it",
    "reports/editing/drafts.py:take_over": "part of a new draft, which is on record",
    "reports/editing/edits.py": "every edit goes through `Act.log` of changes.py, which records it",
    "sectors/catalogue/sheet_versions.py": "part of a load of the catalogue, which is on record",
    "sectors/calendar/extensions.py:carry_over": "part of handing a sheet over, which is on record as a step",
    "sectors/calendar/extensions.py:refresh": "what follows for submissions from extensions, which are on record",
    "sectors/entry/shortfalls.py:write": "its changes go to entry/writer.py, which records them with the other words",
    "sectors/entry/open_row_writer.py": "its changes go to entry/writer.py, which records them with the figures",
    "sectors/findings/storage.py": "what checks find follows from figures, and is on record with them",
    "sectors/jobs.py": "what a job does is recorded by what it calls, and its file when it is taken",
    "sectors/people/notices.py": "notices are about what is on record; that one was read concerns nobody else",
    "sectors/reminders/urging.py:send": "whether a message arrived; that it was sent is on record",
    "sectors/reminders/urging.py:resend_waiting": "the same",
}  # fmt: skip
RECORDERS = {"audit.record.write", "audit.record.write_all"}
# Rows with a history tell it themselves, one by one; many at once and what lies between two tables they do not.
TOLD_BY_HISTORY = {"save", "create", "delete", "get_or_create", "update_or_create"}


class Functions:
    """What the functions of a file call and write. Methods are `Class.name`."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.file = path, File(path, source)
        self.module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.nodes = dict(self._nodes())
        written = {id(node) for node, models in _written(self.file) if _is_told_by_nobody(node, models)}
        self.writers = {
            name for name, node in self.nodes.items() if any(id(part) in written for part in ast.walk(node))
        }
        self.calls = {name: set(self._calls(node)) for name, node in self.nodes.items()}

    def _nodes(self) -> Iterator[tuple[str, ast.AST]]:
        for node in self.file.tree.body:
            if isinstance(node, ast.FunctionDef):
                yield node.name, node
            elif isinstance(node, ast.ClassDef):
                methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
                yield from ((f"{node.name}.{part.name}", part) for part in methods)

    def _calls(self, node: ast.AST) -> Iterator[str]:
        """Functions by their full names; also those that are only handed on, such as to `partial`."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name | ast.Attribute):
                chain = _chain(part)
                yield self.file.full_name(part)
                own = chain[-1] if chain[:1] in (["self"], ["cls"]) or len(chain) == 1 else ""
                yield from (f"{self.module}.{name}" for name in self.nodes if own and name.split(".")[-1] == own)

    @property
    def entries(self) -> Iterator[str]:
        """Functions that others may call, or nothing of this file calls."""
        called = {name for own, names in self.calls.items() for name in names if name != f"{self.module}.{own}"}
        for name in self.nodes:
            if not name.split(".")[-1].startswith("_") or f"{self.module}.{name}" not in called:
                yield name


@cache
def _history() -> set[str]:
    return {model._meta.label for model in apps.get_models() if hasattr(model, "history")}


def _is_told_by_nobody(node: ast.Call, models: set[str]) -> bool:
    """Of a call that writes rows of these models."""
    way = node.func.attr.removeprefix("a") if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES else ""
    known = {model for model in models if model.split(".")[0] in APPS and not model.startswith("audit.")}
    return bool(way and known) and not (way in TOLD_BY_HISTORY and known <= _history())


def unrecorded(files: list[Functions]) -> set[str]:
    """`path:function` of all that write, by themselves or by others of their file, and reach no recorder anywhere."""
    calls = {f"{file.module}.{name}": called for file in files for name, called in file.calls.items()}

    def reached(name: str, within: str = "") -> set[str]:
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in found and one.startswith(within or ""):
                found.add(one)
                waiting += calls.get(one, ())
        return found

    return {
        f"{file.path}:{name}"
        for file in files
        for name in file.entries
        if reached(f"{file.module}.{name}", f"{file.module}.") & {f"{file.module}.{writer}" for writer in file.writers}
        and not reached(f"{file.module}.{name}") & RECORDERS
    }


def test_every_function_that_writes_leaves_an_event_or_says_why_not():
    paths = {path.relative_to(BASE_DIR).as_posix(): path for path in source_files()}
    files = [
        Functions(name, path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if name.split("/")[0] not in ("audit", "demo")
    ]
    found = unrecorded(files)
    assert {one for one in found if one not in UNRECORDED and one.split(":")[0] not in UNRECORDED} == set()
    assert {name for name in UNRECORDED if name not in {*found, *(one.split(":")[0] for one in found)}} == set()


IMPORTS = "from audit import record\nfrom sectors.models import Deputy, Period\n"


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    Deputy.objects.create(head=1)",
        "def f():\n    Deputy.objects.filter(pk=1).update(head=1)",
        "def f():\n    Deputy.objects.bulk_create([])",
        "def f():\n    Deputy.objects.get_or_create(head=1)",
        "def f(period: Period):\n    period.left_out.set([])",
        "def f():\n    Period.objects.update(due=1)",  # which no history tells
        "def f():\n    _g()\ndef _g():\n    Deputy.objects.all().delete()",
        "class A:\n    def f(self):\n        self._g()\n    def _g(self):\n        Deputy.objects.all().delete()",
        "def f():\n    record.write(1)\n    g()\ndef g():\n    Deputy.objects.all().delete()",  # by another way in
    ],
)
def test_a_writer_without_an_event_is_noticed(source):
    assert unrecorded([Functions("sectors/x.py", IMPORTS + source)])


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    Deputy.objects.create(head=1)\n    record.write(1)",
        "def f():\n    _g()\n    record.write_all([])\ndef _g():\n    Deputy.objects.all().delete()",
        "def f():\n    Deputy.objects.all().delete()\n    _tell()\ndef _tell():\n    record.write(1)",
        "def f(period: Period):\n    period.save()",
        "def f():\n    Deputy.objects.count()",
    ],
)
def test_a_writer_with_an_event_is_none(source):
    assert unrecorded([Functions("sectors/x.py", IMPORTS + source)]) == set()


# The administration


def test_every_page_of_the_administration_is_on_record(rf, cast):
    """By the history of its rows, or by itself; rules by their own writer."""
    request = rf.get("/admin/")
    request.user = cast.admin
    for model, page in admin.site._registry.items():
        looks_only = isinstance(page, ReadOnly) or not page.has_change_permission(request)
        assert looks_only or hasattr(model, "history") or isinstance(page, Recorded) or model.__name__ == "Rule", model


def test_what_has_no_history_is_told_by_the_administration(client, cast):
    client.force_login(cast.admin)
    today, other = timezone.localdate(), base.user("clerk", cast.market, "colleague")
    row = {"head": cast.head.pk, "person": other.pk, "first_day": today, "last_day": today}
    assert client.post(reverse("admin:sectors_deputy_add"), row).status_code == 302
    deputy = Deputy.objects.get()
    later = {**row, "last_day": today.replace(year=today.year + 1)}
    base.change(client, reverse("admin:sectors_deputy_change", args=[deputy.pk]), later)
    base.change(client, reverse("admin:sectors_deputy_delete", args=[deputy.pk]), {"post": "yes"})
    told = [event.detail["changes"] for event in Event.objects.filter(subject="sectors.deputy").order_by("pk")]
    assert ["last_day", None, str(today)] in told[0]
    assert told[1] == [["last_day", str(today), str(later["last_day"])]]
    assert ["person", str(other), None] in told[2]


def test_groups_give_no_rights(client, cast):
    client.force_login(cast.admin)
    assert client.get("/admin/auth/group/").status_code == 404


# What the office does with a period


def told(**about):
    return [event.detail for event in Event.objects.filter(kind=EventKind.CALENDAR, **about).order_by("pk")]


def test_handing_out_names_the_sheets_once(cast):
    found = base.period(cast.county, "2023Q2")
    moves.open_period(found)
    moves.open_period(found)
    sheets = sorted(found.submissions.values_list("sheet__number", flat=True))
    assert sheets
    assert told(subject_id=str(found.pk)) == [{"handed_out": sheets}]


def test_what_is_left_out_of_a_period_is_told(client, cast):
    client.force_login(cast.office)
    found, sheet = base.period(cast.county, "2023Q1"), Sheet.objects.get(number="T-01")
    periods.leave_out(found, [sheet])
    periods.leave_out(found, [sheet])
    client.post(reverse("hand-out", args=[found.pk]), {"sheets": [sheet.pk]})
    changes = [event["changes"] for event in told(subject_id=str(found.pk)) if "changes" in event]
    assert changes == [[["left_out", [], ["T-01"]]], [["left_out", ["T-01"], []]]]


def test_the_administration_tells_what_is_left_out(client, cast):
    client.force_login(cast.admin)
    found = base.period(cast.county, "2023Q1")
    page = reverse("admin:sectors_period_change", args=[found.pk])
    days = {name: getattr(found, name) for name in ("opens", "due")}
    typed = {"region": found.region_id, "kind": found.kind, "year": found.year, "number": found.number, **days}
    answer = base.change(client, page, {**typed, "left_out": [Sheet.objects.get(number="T-01").pk]})
    assert answer.status_code == 302
    assert {"changes": [["left_out", [], ["T-01"]]]} in told(subject_id=str(found.pk))
    assert found.left_out.count() == 1


def test_an_urge_is_told_with_its_words(cast):
    found = base.period(cast.county, "2023Q1")
    moves.open_period(found)
    urging.urge(period=found, departments=[cast.market.pk], by=cast.office, note="请尽快")
    event = Event.objects.filter(kind=EventKind.CALENDAR).latest("pk")
    assert (event.person_id, event.subject_id) == (cast.office.pk, str(found.pk))
    assert "请尽快" in event.detail["text"]


def test_deputies_that_end_with_a_person_are_told(cast):
    today = timezone.localdate()
    other = base.user("clerk", cast.market, "colleague")
    deputies.name(Deputy(head=cast.head, person=other, first_day=today, last_day=today), by=cast.head)
    before = Event.objects.count()
    deputies.end_all(other)
    deputies.end_all(other)
    assert Event.objects.count() == before + 1
    assert Event.objects.latest("pk").detail["changes"][0][:2] == ["ended", None]


# Commands

# Of this program: those that change or hand out nothing, or no more than what has run out by itself.
QUIET = {
    *("catalogue_schema", "check_catalogue", "check_figures", "verify_audit", "seal_audit", "migrate"),
    *("clear_sign_ins", "remove_leftovers", "refresh_findings", "proofread"),
    "run_jobs",  # what a job does is recorded by what it calls
}
# Recorded by what they call; tests/audit/test_writers.py, tests/audit/test_chain.py and others say so.
BY_WRITERS = {
    *("import_figures", "import_narratives", "import_rows", "load_catalogue", "send_reminders"),
    "mask_personal_data",
    *("backup", "restore", "archive_audit", "build_report", "load_scheme"),
    *("quickstart", "demo_records", "generate_scale_data"),
}
# Of packages: they change nothing that counts here, or make it from outside as any program with the database can.
FOREIGN = {
    "django.core": "dumpdata, loaddata, flush, shell, dbshell are the database itself",
    "django.contrib.auth": "changepassword and createsuperuser: below",
    "django.contrib.contenttypes": "",
    "django.contrib.sessions": "",
    "django.contrib.staticfiles": "",
    "django_otp.plugins.otp_static": "a code that it adds is not taken: those that are taken are hashed",
    "django_tasks_db": "",
    "axes": "below",
    "import_export": "stores through models with a history, or is loaddata by another name",
    "simple_history": "the history, not the rows; the audit record has its own",
}


def reset_factor(cast, _monkeypatch):
    give_phone(cast.clerk)
    call_command("reset_second_factor", "clerk", stdout=io.StringIO())
    return cast.clerk.pk


def reset_unreadable(cast, _monkeypatch):
    give_phone(cast.clerk)
    SecondFactor.objects.update(key=encryption.encrypted(b"x" * 20, "second factor", 0))
    call_command("reset_second_factor", "--unreadable", stdout=io.StringIO())
    return cast.clerk.pk


def change_password(cast, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda **_asked: "Shuili-2049-xin")
    call_command("changepassword", "clerk", stdout=io.StringIO())
    return cast.clerk.pk


def make_administrator(cast, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Shuili-2049-xin")
    call_command("createsuperuser", "--no-input", username="new", stdout=io.StringIO())
    return User.objects.get(username="new").pk


COMMANDS: dict[str, tuple[Callable[..., int], str]] = {
    "reset_second_factor": (reset_factor, EventKind.SECOND_FACTOR),
    "reset_second_factor --unreadable": (reset_unreadable, EventKind.SECOND_FACTOR),
    "changepassword": (change_password, EventKind.PASSWORD),
    "createsuperuser": (make_administrator, EventKind.ADMINISTRATION),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_changes_accounts_says_who_ran_it(cast, name, monkeypatch):
    do, kind = COMMANDS[name]
    key = do(cast, monkeypatch)
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_id, event.person) == (kind, str(key), "")
    assert event.via == origin.command()
    assert event.via.split(", ")[1]  # the account of the server


@pytest.mark.parametrize(
    ("arguments", "of"),
    [(["axes_reset_username", "clerk"], "clerk"), (["axes_reset_ip", "10.0.0.1"], "10.0.0.1"), (["axes_reset"], "*")],
)
def test_a_command_that_unlocks_says_whom_and_who_ran_it(client, cast, arguments, of):
    sign_in(client, cast.clerk, password="wrong")
    call_command(*arguments, stdout=io.StringIO())
    event = Event.objects.latest("pk")
    assert (event.kind, event.name, event.detail["how"]) == (EventKind.PASSWORD, of, "unlocked")
    assert event.via == origin.command()


def test_every_command_is_known():
    """Whether it leaves an event is asked of who adds one."""
    own = {name for name, app in get_commands().items() if app in {*APPS, "config", "demo"}}
    assert own - {*QUIET, *BY_WRITERS, *COMMANDS} == set()
    assert set(get_commands().values()) - {*APPS, "config", "demo"} == {*FOREIGN}


def test_a_reset_names_who_is_not_there_or_has_none(cast):
    for arguments, said in ((["nobody"], "nobody"), (["clerk"], "clerk"), ([], "--unreadable")):
        with pytest.raises(Exception, match=said):
            call_command("reset_second_factor", *arguments)
