"""Whoever looks at a page changes nothing: everybody asks for every address, and the database refuses to write."""

import datetime
import re
from contextlib import contextmanager, suppress

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from inspections.models import SamplingPlan, SavedView
from inspections.registers import REGISTERS
from reports.api import tokens
from reports.editing import drafts, issuing
from reports.models import ApiToken
from sectors.findings import storage
from sectors.models import Attachment, Deputy, Extension, Indicator, Job, Notice, Period, StoredFinding
from sectors.vocabulary import JobState
from tests import base
from tests.inspections.test_lists import one_of_each
from tests.reports.editing import draft_reports

pytestmark = pytest.mark.django_db

ROLES = ("clerk", "head", "office", "leader", "admin")
WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
# What a visit leaves of itself: the session, and when a program last asked.
OF_THE_VISIT = {"django_session", "reports_apitoken"}
WRONG = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
# Signing out is posted, and the others lead elsewhere or name what their address has in it by a pattern.
NOT_TRIED = {"logout", "admin:logout", "set_language", "admin:view_on_site", "admin:app_list", "api:api-root"}
# What the administration does not offer, and what wants a file that was uploaded before.
WANT_MORE = ("admin:", "sheet-import-marked", "import-look-", "import-failed-")
DRAFT = ("draft", "block", "report-", "issue-report", "regenerate")
OBJECTS = {
    **dict.fromkeys(("period", "edit-period", "hand-out", "extend", "urge"), Period),
    **dict.fromkeys(("job", "cancel-job", "retry-job", "job-file"), Job),
    "notice": Notice,
    "end-extension": Extension,
    "end-deputy": Deputy,
    "end-api-token": ApiToken,
    "plan-tasks": SamplingPlan,
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


def pdf():
    return SimpleUploadedFile("依据.pdf", b"%PDF-1.7 report")


@pytest.fixture
def world(client, cast, settings, tmp_path):
    """Something behind every address, and a submission that has changed since it was judged."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    report = draft_reports.begin(cast)
    issuing.issue(
        report=report, by=cast.office, reason="先行印发", seen=issuing.mark(draft_reports.working(report).report)
    )
    drafts.begin(region=cast.county, year=2022, by=cast.office, day=draft_reports.DAY)
    sheet, period = base.submission(cast.county, in_period="2023Q3"), base.period(cast.county, "2023Q3")
    base.report(cast.county, "2023Q3", WRONG, "draft")
    storage.refresh(sheet)
    one_of_each(cast)
    day = str(timezone.localdate() + datetime.timedelta(days=1))
    colleague = base.user("clerk", cast.market, "colleague")

    def post(who, name, /, *args, **data):
        client.force_login(who)
        assert client.post(reverse(name, args=args), data).status_code == 302, name

    rule = {"of": "batch", "measure": "samples", "by": "taken", "where": {}}
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    post(cast.clerk, "attachments", sheet.pk, files=[pdf()])
    post(cast.head, "comment", sheet.pk, "food.done", text="请核对")
    post(cast.office, "extend", period.pk, department=cast.market.pk, until=day, reason="补报")
    post(cast.office, "urge", period.pk, departments=[cast.market.pk])
    post(cast.head, "deputy", person=colleague.pk, first_day=day, last_day=day)
    for slug, register in REGISTERS.items():
        post(cast.clerk, f"attach-{slug}", first(register.model), files=[pdf()])
        post(cast.clerk, f"save-view-{slug}", name="我的", query="")
    (tmp_path / "jobs").mkdir(exist_ok=True)
    (tmp_path / "jobs" / "rows.xlsx").write_bytes(b"rows")
    done = {"state": JobState.DONE, "file": "rows.xlsx", "file_name": "rows.xlsx"}
    Job.objects.create(owner=cast.clerk, department=cast.market, kind="sectors.check_period", title="核对", **done)
    base.report(cast.county, "2023Q3", {"food.done": "8", "food.passed": "9"}, "draft")
    return sheet


def first(model, **chosen):
    """The key of the oldest row."""
    return model._default_manager.filter(**chosen).order_by("pk").values_list("pk", flat=True).first() or 0


def arguments(name, wanted, sheet, cast):
    """Values for what an address has in it."""
    slug = next((slug for slug in REGISTERS if name == slug or name.endswith(f"-{slug}")), "")
    values = {
        "pk": sheet.pk,
        "key": storage.current(sheet)[0].key if name.startswith("finding-") else "food/text/1",
        "code": "food" if name.startswith(("wording", "sector")) else "food.done",
        "attachment": first(Attachment),
        "year": 2022 if name.startswith(DRAFT) else 2023,
        "number": 1,
        "to": "docx",
        "action": "hide",
        "area": "batches",
        "id": cast.clerk.pk,
    }
    if name in OBJECTS:
        values["pk"] = first(OBJECTS[name])
    elif slug:
        values["pk"] = first(SavedView, register=slug) if "view" in name else first(REGISTERS[slug].model)
    if "file" in wanted:
        values["file"] = REGISTERS[slug].model.objects.get(pk=values["pk"]).files.get().pk
    if "object_id" in wanted:
        app, model, _action = name.removeprefix("admin:").rsplit("_", 2)
        values["object_id"] = first(apps.get_model(app, model))
    return {name: values[name] for name in wanted}


def test_nobody_changes_anything_by_looking(client, cast, world):
    """And every address is a page for somebody, or is only posted to: else nothing would have been tried here."""
    secret = tokens.make("程序", by=cast.office)[1]
    before = list(StoredFinding.objects.order_by("pk").values())
    written: dict[str, list[str]] = {}
    answers: dict[str, set[int]] = {}
    for who in ROLES:
        client.force_login(getattr(cast, who))
        for name, wanted in names(get_resolver()):
            if who != "admin" and name.startswith("admin:"):
                continue
            address = reverse(name, kwargs=arguments(name, wanted, world, cast))
            is_api = name.startswith("api:")
            headers, query = ({"Authorization": f"Bearer {secret}"}, {"year": 2023}) if is_api else ({}, {})
            found: list[str] = []
            with no_writing(found), suppress(AssertionError):
                answers.setdefault(name, set()).add(client.get(address, query, headers=headers).status_code)
            if found:
                written[f"{name} ({who})"] = found
    assert written == {}
    unseen = {name for name, codes in answers.items() if not codes & {200, 302, 405}}
    assert [name for name in unseen if not name.startswith(WANT_MORE)] == []
    assert list(StoredFinding.objects.order_by("pk").values()) == before
