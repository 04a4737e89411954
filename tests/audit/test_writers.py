"""Each kind of event is written by whoever does the thing, with what was and what is, and nothing that must not stand
there."""

import datetime

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.models import SecondFactor
from audit import origin
from audit.models import Event
from audit.vocabulary import EventKind
from inspections import records
from inspections.models import Complaint
from reports.api import tokens
from reports.editing import block_comments, drafts, edits, issuing, papers, signing
from reports.models import ReportFile
from reports.vocabulary import PaperKind
from reports.wording import versions as wordings
from sectors.admin.base import Recorded
from sectors.admin.catalogue import CatalogueAdmin
from sectors.approval import moves
from sectors.calendar import extensions
from sectors.catalogue import rules
from sectors.entry import writer
from sectors.evidence import comments
from sectors.evidence.attachments import SubmissionAttachments
from sectors.findings import reasons, severities, storage
from sectors.guard import WrongState
from sectors.models import Deputy, Indicator, Robot, Rule, Sector, Submission, User
from sectors.people import deputies
from sectors.versions import version_of_all
from tests import base
from tests.accounts.codes import give_phone
from tests.inspections.recorded import DAY, batch
from tests.reports.editing import draft_reports

pytestmark = pytest.mark.django_db
OWN = "Shuili-2049-xin"
REASON = "六家门店停业，台账第三页可查"


def enter(cast, **figures):
    sheet = base.submission(cast.county)
    writer.save(sheet, writer.Typed({f"food.{name}": text for name, text in figures.items()}), by=cast.clerk)
    return sheet


def change_figures(cast):
    enter(cast, done="30")
    enter(cast, done="31", task="40")


def change_words(cast):
    sheet = base.submission(cast.county)
    for text in ("一", "二"):
        writer.save(sheet, writer.Typed(narratives={"food.work": text}), by=cast.clerk)


def explain(cast):
    sheet = enter(cast, done="7", passed="8")
    storage.refresh(sheet)
    finding = next(row for row in sheet.findings.all() if not row.is_hint)
    reasons.explain(finding=finding, text=REASON, by=cast.clerk)


def change_severity(cast):
    check = severities.find(cast.county, "change", "")
    assert check is not None
    severities.change(region=cast.county, check=check, new="hint", reason="企业少", by=cast.office, seen=check.seen)


def revise_rule(cast):
    rule = Rule.objects.get(code="food.passed_within_done")
    rule.message = "合格多于完成"
    rules.revise(rule, starts=datetime.date(2023, 7, 1))


def attach(cast):
    files = SubmissionAttachments(base.submission(cast.county), cast.clerk)
    (kept,) = files.attach([base.pdf()]).stored
    files.remove(kept)


def change_record(cast):
    made = batch(cast)
    made.product = "白菜"
    records.save(made, by=cast.clerk)


def complain(cast):
    food = Sector.objects.get(code="food")
    common = {"department": cast.market, "region": cast.county, "sector": food, "channel": "hotline"}
    made = Complaint(**common, subject="张三 13800000000 反映", accepted_on=DAY, against="某店", note="张三的电话")
    records.save(made, by=cast.clerk)


def change_person(cast):
    person = User.objects.get(username="clerk")
    person.role = "head"
    person.save()


def give_time(cast):
    period = base.period(cast.county, "2023Q1")
    day = timezone.localdate() + datetime.timedelta(days=9)
    extensions.grant(period=period, department=cast.market, until=day, reason="补报", by=cast.office)


def name_deputy(cast):
    person, day = base.user("clerk", cast.market, "colleague"), timezone.localdate()
    deputies.name(Deputy(head=cast.head, person=person, first_day=day, last_day=day), by=cast.head)


def write_report(cast):
    report = draft_reports.begin(cast)
    edits.write_cover(report=report, title="新题目", issuer="某办", dated=draft_reports.DAY, by=cast.office)


def step_report(cast):
    signing.act(report=draft_reports.begin(cast), action="send", by=cast.office, seen=None)


def talk(cast):
    sheet = base.submission(cast.county)
    comments.comment(submission=sheet, indicator=Indicator.objects.get(code="food.done"), by=cast.head, text="请核对")


WRITERS = {
    "figures": (change_figures, EventKind.FIGURES, [["food.done", "30", "31"], ["food.task", "", "40"]]),
    "words": (change_words, EventKind.WORDS, [["food.work", "一", "二"]]),
    "step": (lambda cast: base.take_to("submitted", cast, base.submission(cast.county)), EventKind.TRANSITION,
             [["status", "draft", "submitted"]]),
    "finding": (explain, EventKind.FINDING, REASON),
    "severity": (change_severity, EventKind.SEVERITY, "hint"),
    "rule": (revise_rule, EventKind.RULE, "合格多于完成"),
    "file": (attach, EventKind.FILE, "removed"),
    "record": (change_record, EventKind.RECORD, [["product", "豇豆", "白菜"]]),
    "person": (change_person, EventKind.ADMINISTRATION, [["role", "clerk", "head"]]),
    "time": (give_time, EventKind.CALENDAR, "补报"),
    "deputy": (name_deputy, EventKind.CALENDAR, str(timezone.localdate().year)),
    "comment": (talk, EventKind.COMMENT, "请核对"),
    "draft": (draft_reports.begin, EventKind.REPORT, [["draft", None, 1]]),
    "cover": (write_report, EventKind.REPORT, "新题目"),
    "report step": (step_report, EventKind.REPORT_STEP, [["step", None, "sent"]]),
    "wording": (
        lambda cast: wordings.keep(region=cast.county, sector=Sector.objects.get(code="food"), text="新词", note="因故",
                                   by=cast.office, after=0),
        EventKind.WORDING, [["food", "", "新词"]]),
    "token": (lambda cast: tokens.end(tokens.make("程序", by=cast.head)[0], by=cast.head), EventKind.TOKEN, "程序"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_who_changes_something_is_on_record_with_what_was_and_is(cast, name):
    do, kind, told = WRITERS[name]
    do(cast)
    event = Event.objects.filter(kind=kind).latest("pk")
    assert event.subject or event.name
    if isinstance(told, list):
        assert event.detail["changes"] == told
    else:
        assert str(told) in str(event.detail)
    assert event.person or event.via == origin.command()


def test_a_catalogue_that_is_loaded_is_told_line_by_line(cast):
    event = Event.objects.get(kind=EventKind.CATALOGUE)
    assert any("food.done" in line for line in event.detail["lines"])
    assert event.via.startswith("command ")


def test_an_issue_names_the_files_by_their_digests(cast, media):
    report = draft_reports.begin(cast)
    seen = issuing.readiness(draft_reports.working(report)).mark
    issuing.issue(report=report, by=cast.office, reason="先行印发", seen=seen)
    event = Event.objects.filter(kind=EventKind.REPORT, name=str(report)).latest("pk")
    assert event.detail["changes"][0] == ["status", "draft", "issued"]
    assert set(event.detail["sha256"].values()) == set(ReportFile.objects.values_list("sha256", flat=True))
    papers.keep_upload(report, PaperKind.SEALED, papers.checked(base.pdf(), {"pdf"}), by=cast.office)
    assert Event.objects.latest("pk").kind == EventKind.FILE


def test_words_about_a_block_are_told(cast):
    report = draft_reports.begin(cast)
    key = drafts.load(report).placed[0].key
    block_comments.comment(report=report, key=key, by=cast.office, text="请改")
    assert Event.objects.latest("pk").detail == {"block": key, "text": "请改"}


def test_who_complained_is_not_told(cast):
    complain(cast)
    event = Event.objects.filter(kind=EventKind.RECORD).latest("pk")
    assert "张三" not in f"{event.name}{event.detail}"
    assert ["against", None, "某店"] in event.detail["changes"]


def test_a_refused_step_leaves_no_event(cast):
    sheet, before = base.submission(cast.county), Event.objects.count()
    with pytest.raises(WrongState):
        moves.move(submission=sheet, action="sign", by=cast.head)
    assert Event.objects.count() == before


def test_an_excel_file_is_one_event(cast):
    sheet = base.wide(cast.county, 25, 20)
    before = Event.objects.count()
    cells = {indicator.code: "1" for indicator in Indicator.objects.filter(sheet=sheet.sheet)}
    writer.save(sheet, writer.Typed(cells), by=cast.clerk, way="excel")
    (event,) = Event.objects.order_by("pk")[before:]
    assert len(event.detail["changes"]) == 500


def test_the_place_of_a_person_is_told_by_the_row(cast):
    enter(cast, done="30")
    event = Event.objects.latest("pk")
    told = (event.person_id, event.role, event.department_id, event.region_id)
    assert told == (cast.clerk.pk, "clerk", cast.market.pk, cast.county.pk)
    assert event.name == f"T-01 {base.period(cast.county, '2023Q1')}"


# From where


def test_a_request_is_told_with_its_address_number_and_session(client, cast):
    client.force_login(cast.clerk)
    sheet = base.submission(cast.county)
    answer = client.get(reverse("sheet-excel", args=[sheet.pk]), REMOTE_ADDR="10.1.2.3")
    event = Event.objects.latest("pk")
    assert (event.kind, event.person_id, event.address) == (EventKind.DOWNLOAD, cast.clerk.pk, "10.1.2.3")
    assert event.request == answer["X-Request-ID"]
    assert event.session
    assert event.session not in client.session.session_key


@pytest.mark.parametrize(
    ("trusts", "sent", "address"),
    [
        (
            True,
            "1.2.3.4, 10.9.9.9",
            "10.9.9.9",
        ),  # the proxy's own entry is the last; what stands before it anybody sends
        (True, "10.9.9.9", "10.9.9.9"),
        (True, "", "127.0.0.1"),
        (False, "1.2.3.4", "127.0.0.1"),
    ],
)
def test_the_address_is_what_the_proxy_has_seen(rf, settings, trusts, sent, address):
    settings.TRUST_PROXY = trusts
    headers = {"X-Forwarded-For": sent} if sent else {}
    assert origin.address(rf.get("/", headers=headers)) == address


def test_a_command_is_told_with_the_account_of_the_server(cast):
    assert Event.objects.filter(kind=EventKind.CATALOGUE).get().via == origin.command()
    assert origin.command().startswith("command ")


def test_what_a_job_does_is_its_owners(cast, client):
    with origin.acting(cast.office, "job 7 (x)"):
        moves.file_history([base.submission(cast.county)], reason="历史")
    event = Event.objects.latest("pk")
    assert (event.person_id, event.via) == (cast.office.pk, "job 7 (x)")


# Signing in


def sign_in(client, name, password):
    return client.post(reverse("login"), {"username": name, "password": password})


def test_signing_in_and_out_is_on_record(client, cast):
    sign_in(client, "clerk", base.PASSWORD)
    client.post(reverse("logout"))
    rows = Event.objects.filter(kind__in=[EventKind.SIGN_IN, EventKind.SIGN_OUT]).order_by("pk")
    assert [(row.kind, row.person_id) for row in rows] == [("sign_in", cast.clerk.pk), ("sign_out", cast.clerk.pk)]
    assert all(row.address == "127.0.0.1" and row.session for row in rows)


def test_a_wrong_password_names_the_account_and_never_what_was_typed(client, cast):
    sign_in(client, "clerk", "geheim-1")
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_id) == (EventKind.SIGN_IN_FAILED, str(cast.clerk.pk))
    assert "geheim" not in f"{vars(event)}"


def test_a_password_in_the_place_of_a_name_is_not_kept(client, cast):
    sign_in(client, base.PASSWORD, "x")
    event = Event.objects.latest("pk")
    assert (event.kind, event.name, event.subject) == (EventKind.SIGN_IN_FAILED, "***", "")
    assert base.PASSWORD not in f"{vars(event)}"


def test_a_password_that_is_set_is_told_but_not_which(client, cast):
    client.force_login(cast.admin)
    address = reverse("admin:auth_user_password_change", args=[cast.clerk.pk])
    assert client.post(address, {"action": "password"}).status_code == 200
    client.force_login(cast.head)
    typed = {"old_password": base.PASSWORD, "new_password1": OWN, "new_password2": OWN}
    assert client.post(reverse("password"), typed).status_code == 302
    first, second = Event.objects.filter(kind=EventKind.PASSWORD).order_by("pk")
    assert (first.person_id, first.subject_id) == (cast.admin.pk, str(cast.clerk.pk))
    assert first.detail == {"how": "one-time password"}
    assert (second.person_id, second.subject_id) == (cast.head.pk, str(cast.head.pk))
    assert not any(OWN in f"{vars(row)}" or "pbkdf2" in f"{vars(row)}" for row in Event.objects.all())


def test_a_second_factor_is_told_without_its_codes(client, cast):
    phone, codes = give_phone(cast.clerk)
    client.post(reverse("login"), {"username": cast.clerk.username, "password": base.PASSWORD})
    for code in ("000000", codes[0]):
        client.post(reverse("second-step"), {"code": code})
    second_factor.reset([cast.clerk])
    events = Event.objects.filter(kind=EventKind.SECOND_FACTOR).order_by("pk")
    assert [event.detail["did"] for event in events] == ["set up", "code wrong", "code taken", "ended"]
    assert {event.subject_id for event in events} == {str(cast.clerk.pk)}
    assert not any(codes[0] in f"{vars(event)}" or phone.secret in f"{vars(event)}" for event in events)


def test_the_address_of_a_robot_is_a_secret(client, cast):
    client.force_login(cast.admin)
    secret = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=geheim"
    row = {"region": cast.county.pk, "name": "群", "kind": "wecom", "address": secret, "is_active": "on"}
    assert client.post(reverse("admin:sectors_robot_add"), row).status_code == 302
    robot = Robot.objects.get()
    assert (
        base.change(client, reverse("admin:sectors_robot_change", args=[robot.pk]), {**row, "name": "大群"}).status_code
        == 302
    )
    events = Event.objects.filter(kind=EventKind.ADMINISTRATION, subject="sectors.robot")
    assert events.count() == 2
    assert not any("geheim" in f"{vars(event)}" for event in events)


def test_a_deputy_whom_an_administrator_names_is_told(client, cast):
    client.force_login(cast.admin)
    row = {"head": cast.head.pk, "person": cast.clerk.pk, "first_day": "2026-01-01", "last_day": "2026-01-09"}
    assert client.post(reverse("admin:sectors_deputy_add"), row).status_code == 302
    page = reverse("admin:sectors_deputy_change", args=[Deputy.objects.get().pk])
    assert base.change(client, page, {**row, "last_day": "2026-01-05"}).status_code == 302
    for way in ("one", "many"):
        deputy = Deputy.objects.get()
        gone = {"post": "yes", "seen": version_of_all([deputy])}
        if way == "many":
            page, gone = reverse("admin:sectors_deputy_changelist"), {**gone, "action": "delete_selected"}
            gone["_selected_action"] = str(deputy.pk)
        else:
            page = reverse("admin:sectors_deputy_delete", args=[deputy.pk])
        assert client.post(page, gone).status_code == 302
        if way == "one":
            client.post(reverse("admin:sectors_deputy_add"), row)
    events = Event.objects.filter(subject="sectors.deputy").order_by("pk")
    person, day = str(cast.clerk), "2026-01-09"
    told = [{what: (old, new) for what, old, new in event.detail["changes"]} for event in events]
    assert [changes.get("last_day") for changes in told] == [
        *((None, day), (day, "2026-01-05"), ("2026-01-05", None), (None, day), (day, None))
    ]
    assert told[0]["person"] == (None, person)
    assert (told[-1]["person"], events[0].person_id) == ((person, None), cast.admin.pk)


# What the administration writes and who else tells of it.
TOLD_BY_THEMSELVES = {Rule, SecondFactor}


def test_nothing_is_written_in_the_administration_that_is_not_told(rf, cast):
    request = rf.get("/")
    request.user = cast.admin
    writing = [
        model
        for model, page in admin.site._registry.items()
        if page.has_add_permission(request)
        or page.has_change_permission(request)
        or page.has_delete_permission(request)
        if not isinstance(page, Recorded | CatalogueAdmin) and not hasattr(model, "history")
    ]
    assert set(writing) == TOLD_BY_THEMSELVES


# Taking out


def take(client, cast, name):
    sheet = base.submission(cast.county)
    match name:
        case "sheet":
            return client.get(reverse("sheet-excel", args=[sheet.pk]))
        case "attachment":
            (kept,) = SubmissionAttachments(sheet, cast.clerk).attach([base.pdf()]).stored
            return client.get(reverse("attachment", args=[sheet.pk, kept.pk]))
        case "list":
            return client.get(reverse("export-batches"))
        case "draft":
            draft_reports.begin(cast)
            return client.get(reverse("draft-file", args=[draft_reports.YEAR, "html"]))
        case "explorer":
            draft_reports.begin(cast)
            return client.get(reverse("explore"), {"i": "food.done", "year": 2023, "format": "csv"})
        case "people":
            client.force_login(cast.admin)
            fields = {"format": "1", "userresource_username": "on"}
            return client.post(reverse("admin:sectors_user_export"), fields)
    raise AssertionError(name)


@pytest.mark.parametrize("name", ["sheet", "attachment", "list", "draft", "explorer", "people"])
def test_who_takes_something_out_is_on_record(client, cast, media, name):
    client.force_login(cast.office)
    before = Event.objects.filter(kind__in=[EventKind.DOWNLOAD, EventKind.EXPORT]).count()
    answer = take(client, cast, name)
    assert answer.status_code == 200
    assert "attachment" in answer.get("Content-Disposition", ""), answer.content[:300]
    rows = Event.objects.filter(kind__in=[EventKind.DOWNLOAD, EventKind.EXPORT])
    assert rows.count() == before + 1
    assert rows.latest("pk").name


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_on_record(tmp_path, media):
    call_command("backup", "--folder", tmp_path)
    assert Event.objects.latest("pk").kind == EventKind.EXPORT


def test_a_program_reads_by_its_token(client, cast):
    token, secret = tokens.make("大屏", by=cast.office)
    client.get("/api/v1/figures", headers={"Authorization": f"Bearer {secret}"})
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_id, event.person) == (EventKind.API, str(token.pk), "")
    assert "大屏" in event.via
    client.get("/api/v1/figures", headers={"Authorization": "Bearer geheim"})
    event = Event.objects.latest("pk")
    assert (event.kind, event.via) == (EventKind.SIGN_IN_FAILED, "API")
    assert not any(secret in f"{vars(row)}" or "geheim" in f"{vars(row)}" for row in Event.objects.all())


def test_a_saved_cell_costs_one_query_more(cast, django_assert_num_queries):
    sheet = enter(cast, done="30")
    sheet = Submission.objects.get(pk=sheet.pk)
    from audit import record

    with django_assert_num_queries(1):
        record.write(
            EventKind.FIGURES, sheet, name="x", by=cast.clerk, region=sheet.region_id, changes=[("a", "", "1")]
        )


def test_who_is_looked_for_in_a_list_is_not_told(client, cast):
    client.force_login(cast.clerk)
    client.get(reverse("export-complaints"), {"q": "张三丰", "sort": "number"})
    event = Event.objects.filter(kind=EventKind.EXPORT).latest("pk")
    assert "%E5%BC%A0" not in event.detail["query"]
    assert "sort=number" in event.detail["query"]
