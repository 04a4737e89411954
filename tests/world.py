"""Something behind every address of the site, and what its address has in it."""

import datetime
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessment import runs, scheme_versions
from assessment.evidence import ScoreAttachments
from assessment.models import Score, Target
from assessment.vocabulary import RunState
from collection import entry as part_entry
from collection import requests as part_requests
from collection.links import digest
from collection.models import PartLink, Station, StationPart
from collection.vocabulary import PartSource
from inspections import firms
from inspections.models import Firm, RecordFile, SavedView
from inspections.registers import REGISTERS
from reports.api import tokens
from reports.editing import drafts, edits, issuing, papers, signing
from reports.models import ApiToken
from reports.vocabulary import PaperKind
from reports.wording import versions as wordings
from sectors.catalogue import drafts as sheet_drafts
from sectors.catalogue import writing
from sectors.entry import writer as entry
from sectors.findings import reasons, severities, storage
from sectors.models import (
    Attachment,
    Department,
    Extension,
    Indicator,
    Job,
    Notice,
    Robot,
    Submission,
    User,
)
from sectors.vocabulary import JobState
from tests import base
from tests.accounts.codes import give_phone
from tests.inspections.recorded import one_of_each
from tests.reports.editing import draft_reports

WRONG = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
SCHEME = base.SHIPPED_CATALOGUE / "schemes" / "county-departments.yaml"
NO_REPORT = 2021  # a year with figures


@dataclass(frozen=True)
class Place:
    """A department with one of everything that has a key in an address, and whose it is."""

    sheet: Submission
    clerk: User
    head: User
    code: str  # of an indicator of the sheet

    @property
    def department(self) -> Department:
        return self.sheet.department


def make() -> None:
    """The cast, one of everything in 市场监管局, and a submission that has changed since it was judged."""
    base.make_cast()
    cast = base.cast()
    cache.clear()
    _reports(cast)
    sheet_drafts.begin_draft(cast.admin, writing.parted(writing.of_sectors("food")["food"])["T-01"])
    base.report(cast.county, f"{NO_REPORT}Q1", {"food.done": "30"})
    sheet = base.submission(cast.county, in_period="2023Q3")
    base.report(cast.county, "2023Q3", WRONG, "draft")
    storage.refresh(sheet)
    reasons.explain(finding=sheet.findings.all()[0], text="6批次由乡镇抽检，尚未分到环节", by=cast.clerk)
    entry.save(sheet, entry.Typed(narratives={"food.work": "一"}), by=cast.clerk)
    base.take_to("submitted", cast, base.submission(cast.county, in_period="2023Q4"))
    wordings.keep(region=cast.county, sector=sheet.sheet.sector, text="全年。", note="", by=cast.office, after=0)
    give_phone(base.user("clerk", cast.market, "with_phone"))
    base.user("auditor", None)
    Robot.objects.create(region=cast.county, name="群", kind="wecom", address="https://example.com/")
    DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path="x", backend_name="default")
    one = severities.find(cast.county, "change", "")
    assert one is not None
    severities.change(region=cast.county, check=one, new="hint", reason="企业数少", by=cast.office, seen=one.seen)
    rule = {"of": "batch", "measure": "samples", "by": "taken", "where": {}}
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    furnish(cast, sheet, base.user("clerk", cast.market, "colleague"))
    base.report(cast.county, "2023Q3", {"food.done": "8", "food.passed": "9"}, "draft")


def _reports(cast: base.Cast) -> None:
    """An issued report of 2023, and a draft of 2022 that waits for its review; a scheme of 2023."""
    draft_reports.figures(cast)
    scheme_versions.load(region=cast.county, year=2023, path=SCHEME, by=cast.office)
    _run(cast)
    begun = drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)
    seen = issuing.readiness(draft_reports.working(begun)).mark
    issuing.issue(report=begun, by=cast.office, reason="先行印发", seen=seen)
    begun = drafts.begin(region=cast.county, year=2022, by=cast.office, day=draft_reports.DAY)
    edits.add_figures(
        report=begun, after="food/text/1", kind="table", codes=["food.done"], last=False, title="", by=cast.office
    )
    signing.act(report=begun, action="send", by=cast.office, seen=None)
    papers.keep_upload(begun, PaperKind.SCAN, papers.checked(base.pdf(), {"pdf"}), by=cast.office)


def _run(cast: base.Cast) -> None:
    """The assessment of 2022 while self-scores are given, with two files of evidence of each department."""
    path = base.DATA / "schemes" / "work.yaml"
    scheme, _new = scheme_versions.load(region=cast.county, year=2022, path=path, by=cast.office)
    scheme_versions.put_in_force(scheme=scheme, reason="", by=cast.office)
    today = timezone.localdate()
    run = runs.open_run(scheme=scheme, days=runs.Days(today, today, today), by=cast.office, today=today)
    runs.move(run=run, to=RunState.SELF, seen=run.version, by=cast.office)


def furnish(cast: base.Cast, sheet: Submission, colleague: User) -> None:
    """Give `cast.market` one of everything that has a key in an address; `sheet` is its draft."""
    day = str(timezone.localdate() + datetime.timedelta(days=1))
    period, department, client = sheet.period, cast.market, Client()

    def post(who: User, name: str, /, *args: Any, **data: Any) -> None:
        client.force_login(who)
        assert client.post(reverse(name, args=args), data).status_code == 302, name

    code = _code_on(sheet)
    ask_stations(cast, sheet)
    one_of_each(cast)
    target = {"value": "90", "bound": "at_least", "source": "质量工作要点", "reason": "按县里部署"}
    post(cast.clerk, "target", 2022, code, seen="", **target)
    two_files = {"files": [base.pdf("甲.pdf"), base.pdf("乙.pdf", b"%PDF-1.7 b")]}
    post(cast.clerk, "attachments", sheet.pk, **two_files)
    post(cast.clerk, "remove-attachment", sheet.pk, first(Attachment, submission=sheet, name="乙.pdf"))
    post(cast.head, "comment", sheet.pk, code, text="请核对")
    post(cast.office, "extend", period.pk, department=department.pk, until=day, reason="补报")
    post(cast.office, "urge", period.pk, departments=[department.pk])
    post(cast.head, "deputy", person=colleague.pk, first_day=day, last_day=day)
    for slug, register in REGISTERS.items():
        record = first(register.model, department=department)
        two_files = {"files": [base.pdf("甲.pdf"), base.pdf("乙.pdf", b"%PDF-1.7 b")]}
        post(cast.clerk, f"attach-{slug}", record, **two_files)
        removed = register.model._default_manager.get(pk=record).files.get(name="乙.pdf")
        post(cast.clerk, f"remove-file-{slug}", record, removed.pk)
        post(cast.clerk, f"save-view-{slug}", name="我的", query="q=某")
    _evidence(cast)
    _firms(cast)
    Notice.objects.create(to=cast.clerk, text="请看", link="/")
    tokens.make("程序", by=cast.head)
    folder = Path(settings.MEDIA_ROOT) / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"rows-{cast.clerk.pk}.xlsx"
    (folder / name).write_bytes(b"rows")
    common = {"owner": cast.clerk, "department": department, "kind": "sectors.check_period", "title": "核对"}
    Job.objects.create(**common, state=JobState.DONE, file=name, file_name="rows.xlsx")
    Job.objects.create(**common, state=JobState.WAITING)
    Job.objects.create(**common, state=JobState.FAILED, arguments={"period": period.pk})


def _evidence(cast: base.Cast) -> None:
    """A file of the department's first criterion that is there, and one that was removed."""
    rows = Score.objects.select_related("subject__run__region", "subject__run__scheme")
    files = ScoreAttachments(rows.filter(subject__department=cast.market).order_by("pk")[0], cast.clerk)
    kept = files.attach([base.pdf("甲.pdf"), base.pdf("乙.pdf", b"%PDF-1.7 b")]).stored
    files.remove(kept[1])


def ask_stations(cast: base.Cast, sheet: Submission) -> None:
    """Two stations of `cast.market`: one has begun its part, by a link whose secret is known, the other has not."""
    names = [f"{cast.market.short_name}{name}" for name in ("甲所", "乙所")]
    stations = [Station.objects.create(department=cast.market, name=name) for name in names]
    due = timezone.localdate() + datetime.timedelta(days=5)
    wanted = part_requests.Wanted([_code_on(sheet)], [one.pk for one in stations], due, "请按台账填报")
    asked = part_requests.ask(sheet, wanted, by=cast.clerk)
    part = StationPart.objects.for_reading().filter(request=asked).order_by("pk")[0]
    part_entry.save(part, part_entry.Sent({_code_on(sheet): "4"}), by=cast.clerk, source=PartSource.ACCOUNT)
    secret = link_of(cast.market)
    until = due + datetime.timedelta(days=30)
    PartLink.objects.create(part=part, digest=digest(secret), until=until, by=cast.clerk)


def link_of(department: Department) -> str:
    """The secret of the link of its first station."""
    return f"secret-of-{department.pk}"


def _firms(cast: base.Cast) -> None:
    """Firms of the county, one of them merged into another."""
    if Firm.objects.filter(region=cast.county).exists():
        return
    made = [Firm(region=cast.county, name=f"{name}便民店", kind="food") for name in ("甲甲", "乙乙", "丙丙")]
    firms.bulk_save([(one, []) for one in made], [], by=cast.office)
    firms.merge(made[2], made[1], by=cast.office)


def place_of(cast: base.Cast) -> Place:
    """What `make` has furnished."""
    return _place(cast.market, "T-01", cast.clerk, cast.head)


def make_everywhere() -> None:
    """The same in 水利局 of the same county and in 市场监管局 of the other one."""
    make()
    cast = base.cast()
    county, market = cast.other_county, cast.other_county.departments.get(code="market")
    clerk, head = base.user("clerk", market, "other_clerk"), base.user("head", market, "other_head")
    other = replace(cast, county=county, market=market, clerk=clerk, head=head, office=cast.outsider_office)
    water = replace(cast, market=cast.water, clerk=cast.outsider_clerk, head=cast.outsider_head)
    _reports(other)
    for one, number, figures in ((water, "T-02", {"water.tests": "7"}), (other, "T-01", WRONG)):
        base.report(one.county, "2023Q3", figures, "draft")
        colleague = base.user("clerk", one.market, f"colleague_{one.clerk.username}")
        furnish(one, base.submission(one.county, number, "2023Q3"), colleague)


def places_of(cast: base.Cast) -> dict[str, Place]:
    """What `make_everywhere` has furnished, by what is anothers about it."""
    other = cast.other_county.departments.get(code="market")
    return {
        "own": place_of(cast),
        "department": _place(cast.water, "T-02", cast.outsider_clerk, cast.outsider_head),
        "county": _place(other, "T-01", _person("other_clerk"), _person("other_head")),
    }


def first(model: type[models.Model], **chosen: Any) -> Any:
    """The key of the oldest row, which must be there: else its addresses would not be tried."""
    found = model._default_manager.filter(**chosen).order_by("pk").first()
    assert found, f"no {model.__name__} {chosen}: make one in tests/world.py"
    return found.pk


def _person(name: str) -> User:
    return User.objects.get(username=name)


def _place(department: Department, number: str, clerk: User, head: User) -> Place:
    sheet = Submission.objects.get(department=department, sheet__number=number, period__number=3)
    return Place(sheet, clerk, head, _code_on(sheet))


def _code_on(sheet: Submission) -> str:
    return "food.done" if sheet.sheet.number == "T-01" else "water.tests"


# Fields of what people write in their own words.
FREE = {
    *("against", "basis", "body", "campaign", "cause", "disposal", "evidence", "found", "item", "judgement", "message"),
    *("name", "note", "party", "place", "premises", "producer", "product", "reason", "subject", "text", "title"),
}


def mark(place: Place, text: str) -> None:
    """Write a text into all that people of a place have written there, so that it is known wherever it comes up."""
    own = {"department": place.department}
    rows: list[models.QuerySet[Any]] = [
        register.model._default_manager.filter(**own) for register in REGISTERS.values()
    ]
    rows += [RecordFile.objects.filter(by=place.clerk), SavedView.objects.filter(user=place.clerk)]
    rows += [place.sheet.comments.all(), place.sheet.attachments.all(), Job.objects.filter(**own)]
    rows += [
        Target.objects.filter(**own),
        Notice.objects.filter(to=place.clerk),
        Extension.objects.filter(**own),
        ApiToken.objects.filter(**own),
    ]
    for one in rows:
        one.update(**{field.name: text for field in one.model._meta.fields if field.name in FREE})
