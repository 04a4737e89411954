"""Whoever looks at a page changes nothing: everybody asks for every address, and the database refuses to write."""

import datetime
import re
from contextlib import contextmanager, suppress

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import Event
from inspections.models import SamplingPlan, SavedView
from inspections.registers import REGISTERS
from reports.api import tokens
from reports.editing import drafts, issuing, papers, signing
from reports.models import AnnualReport, ApiToken, ReportPaper
from reports.vocabulary import PaperKind
from reports.wording import versions as wordings
from sectors.entry import writer as entry
from sectors.findings import reasons, severities, storage
from sectors.models import Attachment, Deputy, Extension, Indicator, Job, Notice, Period, Robot, StoredFinding, User
from sectors.vocabulary import JobState
from tests import base
from tests.accounts.codes import give_phone
from tests.inspections.test_lists import one_of_each
from tests.reports.editing import draft_reports

pytestmark = pytest.mark.django_db

ROLES = ("clerk", "head", "office", "leader", "admin", "auditor")
# Also behind WITH; a row that is only locked (FOR UPDATE) is none that is written.
WRITES = re.compile(
    r"\s*(?:WITH\b.*?\b)?"
    r'(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|(?<!FOR\s)(?<!KEY\s)UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?)\s+"?(\w+)',
    re.IGNORECASE | re.DOTALL,
)
# What a visit leaves of itself: the session, when a program last asked, and who took what out or read the audit record.
OF_THE_VISIT = {"accounts_session", "reports_apitoken", "audit_event"}
WRONG = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
# Signing out is posted, and the others lead elsewhere or name what their address has in it by a pattern.
NOT_TRIED = {"logout", "admin:logout", "set_language", "admin:view_on_site", "admin:app_list", "api:api-root"}
# Where nobody gets a page, and what they get instead: what is only posted to,
ANSWERS = {
    405: re.compile(
        r"(attach|remove-file|restore-file|save-view|forget-view|import-confirm|end)-.*|(cancel|retry)-job"
        r"|(remove|restore)-attachment|finding-.*|wording-(preview|restore)|admin:sectors_\w+_process_import"
        r"|accept-clean|answer-contradiction|begin-report|block-act|block-join|block-readers|cells|check-period|comment|draft-take-back|hand-out|move|notice"
        r"|read-notices|regenerate"
        r"|report-resolve|resolve|seal-report|sheet-import-confirm|sign-report-act|urge"
    ),
    # what the administration does not offer, or asks its own pages for,
    403: re.compile(
        r"admin:(inspections_\w+|reports_\w+|django_tasks_\w+)_(add|delete)"
        r"|admin:sectors_(attachment|comment|extension|figure|figurechange|findingnote|job|narrativechange|storedfinding"
        r"|severitychange|submission|transition|urge)_(add|delete)"
        r"|admin:accounts_secondfactor_add|admin:sectors_(chapter|indicator|sector|sheet|unit)_add|admin:sectors_rule_delete|admin:autocomplete"
    ),
    # what wants a file that was uploaded before,
    409: re.compile(r"sheet-import-marked|import-(look|failed)-.*"),
    # what is switched off,
    404: re.compile(r"(oidc|cas)(-callback)?"),
    # and what leads elsewhere: who is signed in, or has no second factor, to the records of a cell, to the draft with
    # the block in it.
    302: re.compile(r"(admin:)?(login|password_change)|second-step|second-factor-(codes|off)|counted|block"),
}
HTMX = {"HX-Request": "true"}
NO_REPORT = 2021  # a year with figures
DRAFT = ("draft", "block", "report-", "issue-report", "regenerate", "sign-report", "approv")
OBJECTS = {
    **dict.fromkeys(("period", "edit-period", "hand-out", "extend", "urge"), Period),
    **dict.fromkeys(("job", "cancel-job", "retry-job", "job-file"), Job),
    "notice": Notice,
    "end-extension": Extension,
    "end-deputy": Deputy,
    "end-api-token": ApiToken,
    "plan-tasks": SamplingPlan,
    "audit-event": Event,
}


@contextmanager
def no_writing(found):
    """Statements that would write are noted and refused."""

    def refuse(execute, sql, params, many, context):
        wanted = WRITES.match(sql)
        if wanted and wanted[1] not in OF_THE_VISIT:
            found.append(sql[:120])
            raise AssertionError(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def names(resolver, space=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name and f"{space}{pattern.name}" not in NOT_TRIED:
            yield f"{space}{pattern.name}", tuple(pattern.pattern.converters)


@pytest.fixture
def world(client, cast, settings, tmp_path):
    """Something behind every address, and a submission that has changed since it was judged."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    report = draft_reports.begin(cast)
    issuing.issue(
        report=report, by=cast.office, reason="先行印发", seen=issuing.readiness(draft_reports.working(report)).mark
    )
    begun = drafts.begin(region=cast.county, year=2022, by=cast.office, day=draft_reports.DAY)
    signing.act(report=begun, action="send", by=cast.office, seen=None)
    papers.keep_upload(begun, PaperKind.SCAN, papers.checked(base.pdf(), {"pdf"}), by=cast.office)
    base.report(cast.county, f"{NO_REPORT}Q1", {"food.done": "30"})
    sheet, period = base.submission(cast.county, in_period="2023Q3"), base.period(cast.county, "2023Q3")
    base.report(cast.county, "2023Q3", WRONG, "draft")
    storage.refresh(sheet)
    reasons.explain(finding=sheet.findings.all()[0], text="6批次由乡镇抽检，尚未分到环节", by=cast.clerk)
    entry.save(sheet, entry.Typed(narratives={"food.work": "一"}), by=cast.clerk)
    base.take_to("submitted", cast, base.submission(cast.county, in_period="2023Q4"))
    wordings.keep(region=cast.county, sector=sheet.sheet.sector, text="全年。", note="", by=cast.office, after=0)
    Group.objects.create(name="组")
    give_phone(cast.outsider_clerk)
    base.user("auditor", None)
    Robot.objects.create(region=cast.county, name="群", kind="wecom", address="https://example.com/")
    DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path="x", backend_name="default")
    one_of_each(cast)
    one = severities.find(cast.county, "change", "")
    assert one is not None
    severities.change(region=cast.county, check=one, new="hint", reason="企业数少", by=cast.office, seen=one.seen)
    day = str(timezone.localdate() + datetime.timedelta(days=1))
    colleague = base.user("clerk", cast.market, "colleague")

    def post(who, name, /, *args, **data):
        client.force_login(who)
        assert client.post(reverse(name, args=args), data).status_code == 302, name

    rule = {"of": "batch", "measure": "samples", "by": "taken", "where": {}}
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    post(cast.clerk, "attachments", sheet.pk, files=[base.pdf()])
    post(cast.head, "comment", sheet.pk, "food.done", text="请核对")
    post(cast.office, "extend", period.pk, department=cast.market.pk, until=day, reason="补报")
    post(cast.office, "urge", period.pk, departments=[cast.market.pk])
    post(cast.head, "deputy", person=colleague.pk, first_day=day, last_day=day)
    for slug, register in REGISTERS.items():
        post(cast.clerk, f"attach-{slug}", first(register.model), files=[base.pdf()])
        post(cast.clerk, f"save-view-{slug}", name="我的", query="q=某")
    (tmp_path / "jobs").mkdir(exist_ok=True)
    (tmp_path / "jobs" / "rows.xlsx").write_bytes(b"rows")
    done = {"state": JobState.DONE, "file": "rows.xlsx", "file_name": "rows.xlsx"}
    Job.objects.create(owner=cast.clerk, department=cast.market, kind="sectors.check_period", title="核对", **done)
    base.report(cast.county, "2023Q3", {"food.done": "8", "food.passed": "9"}, "draft")
    return sheet


def first(model, **chosen):
    """The key of the oldest row, which must be there: else its addresses would not be tried."""
    found = model._default_manager.filter(**chosen).order_by("pk").first()
    assert found, f"no {model.__name__}"
    return found.pk


def arguments(name, wanted, sheet, cast):
    """Values for what an address has in it."""
    slug = next((slug for slug in REGISTERS if name == slug or name.endswith(f"-{slug}")), "")
    values = {
        "pk": sheet.pk,
        "key": storage.current(sheet)[0].key if name.startswith("finding-") else "food/text/1",
        "code": _code(name),
        "attachment": first(Attachment),
        "year": NO_REPORT if name == "report" else 2022 if name.startswith(DRAFT) else 2023,
        "number": 1,
        "to": "docx",
        "action": "hide",
        "way": "undo",
        "area": "batches",
        "kind": "change",
        "id": cast.clerk.pk,
    }
    if name == "audit-export":
        values["to"] = "csv"
    if name in ("edition-paper", "report-scan"):
        values["pk"] = first(ReportPaper, report__year=values["year"])
    elif name in OBJECTS:
        values["pk"] = first(OBJECTS[name], **({"file": "rows.xlsx"} if name == "job-file" else {}))
    elif slug:
        values["pk"] = first(SavedView, register=slug) if "view" in name else first(REGISTERS[slug].model)
    if "file" in wanted:
        values["file"] = REGISTERS[slug].model.objects.get(pk=values["pk"]).files.get().pk
    if "object_id" in wanted:
        app, model, _action = name.removeprefix("admin:").rsplit("_", 2)
        values["object_id"] = first(apps.get_model(app, model))
    return {name: values[name] for name in wanted}


def _code(name):
    if name == "verify-file":
        return AnnualReport.objects.issued().get().code
    return "food" if name.startswith(("wording", "sector")) else "food.done"


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ('INSERT INTO "sectors_job" ("id") VALUES (1)', "sectors_job"),
        ("INSERT OR IGNORE INTO x VALUES (1)", "x"),
        ('UPDATE "x" SET a = 1', "x"),
        ('DELETE FROM "x"', "x"),
        ('WITH a AS (SELECT 1)\nUPDATE "x" SET a = 1', "x"),
        ('WITH a AS (SELECT 1 FOR UPDATE) INSERT INTO "x" SELECT * FROM a', "x"),
        ('WITH gone AS (DELETE FROM ONLY "x" RETURNING id) SELECT * FROM gone', "x"),
        ('SELECT "x"."id" FROM "x" FOR UPDATE OF "x"', None),
        ("WITH a AS (SELECT updated FROM x FOR NO KEY UPDATE OF x) SELECT deleted FROM a FOR UPDATE", None),
        ("SAVEPOINT x", None),
    ],
)
def test_what_writes_is_known_by_its_statement(statement, table):
    found = WRITES.match(statement)
    assert (found and found[1]) == table


@pytest.mark.slow
def test_nobody_changes_anything_by_looking(client, cast, world):
    """And every address is a page for somebody, with htmx and without, or answers as `ANSWERS` says: else nothing
    would have been tried here."""
    secret = tokens.make("程序", by=cast.office)[1]
    before = list(StoredFinding.objects.order_by("pk").values())
    written: dict[str, list[str]] = {}
    answers: dict[tuple[str, bool], set[int]] = {}

    def look(name, address, query, headers):
        found: list[str] = []
        with suppress(AssertionError), transaction.atomic(), no_writing(found):
            answer = client.get(address, query, headers=headers)
            if answer.streaming:
                list(answer)
            answers.setdefault((name, headers == HTMX), set()).add(answer.status_code)
        if found:
            written[f"{name} ({who})"] = found

    for who in ROLES:
        client.force_login(User.objects.get(username=who))
        for name, wanted in names(get_resolver()):
            if who != "admin" and name.startswith("admin:"):
                continue
            address = reverse(name, kwargs=arguments(name, wanted, world, cast))
            if name.startswith("api:"):
                look(name, address, {"year": 2023}, {"Authorization": f"Bearer {secret}"})
                continue
            look(name, address, {}, {})
            if not name.startswith("admin:"):
                look(name, address, {}, HTMX)
    assert written == {}
    unseen = {(name, htmx): codes for (name, htmx), codes in answers.items() if 200 not in codes}
    assert {at: codes for at, codes in unseen.items() if not _as_named(at[0], codes)} == {}
    assert ("block", True) not in unseen
    assert list(StoredFinding.objects.order_by("pk").values()) == before


def _as_named(name, codes):
    return any(code in codes and pattern.fullmatch(name) for code, pattern in ANSWERS.items())
