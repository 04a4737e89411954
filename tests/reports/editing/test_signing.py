"""A draft is sent, reviewed and approved by three people; a change ends that; the approval sheet says who did what."""

import datetime
import itertools
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from reports.document import snapshots
from reports.editing import (
    approval_sheet,
    block_comments,
    drafts,
    edits,
    imprint,
    issuing,
    papers,
    signing,
    verification,
)
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, BlockComment, ReportPaper, ReportStep
from reports.models.frozen import Frozen
from sectors.models import Notice, User
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]
FOOD = "food/text/1"
TODAY = datetime.date(2024, 2, 1)


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def reviewer(cast):
    return base.user("office", cast.county.departments.get(code="office"), "reviewer")


@pytest.fixture
def chief(cast):
    """The head of the office's department."""
    return base.user("head", cast.county.departments.get(code="office"), "chief")


def take(report, *steps):
    for action, by in steps:
        signing.act(report=report, action=action, by=by, seen=None, words="请看" if action == "return" else "")


def state(report):
    return signing.progress(draft_reports.working(report)).state


def mark(report, by):
    return signing.progress(draft_reports.working(report)).mark(by)


def kinds(report):
    return list(report.steps.order_by("pk").values_list("kind", flat=True))


def told(person):
    """The last notice of a person."""
    return Notice.objects.filter(to=person).order_by("-pk")[0].text


def found(sha256):
    result = verification.find(sha256)
    assert result is not None
    return result


def offline(report, by, **changes):
    typed: dict[str, Any] = {
        "reviewer": "张三",
        "approver": "李四",
        "signed_on": TODAY,
        "words": "县里没有领导账号",
        "scan": base.pdf("签批单.pdf"),
    }
    return signing.record_offline(report=report, by=by, seen=None, **(typed | changes))


def test_three_people_take_it_to_the_approval(cast, report, reviewer):
    take(report, ("send", cast.office), ("review", reviewer), ("approve", cast.leader))
    assert kinds(report) == ["sent", "reviewed", "approved"]
    assert state(report) == "approved"
    digests = set(report.steps.values_list("digest", flat=True))
    assert digests == {snapshots.sha256(snapshots.dump(draft_reports.working(report).document(note="")))}
    told = [(notice.to.username, notice.link) for notice in Notice.objects.order_by("pk")]
    page = "/reports/2023/draft/sign/"
    assert told == [("reviewer", page), ("leader", page), ("office", page)]


ACTIONS = ("send", "review", "approve", "return")
# Of a draft at each station: who may do what. Everything else is refused.
ALLOWED = {
    None: {("send", "office"), ("send", "reviewer")},
    "send": {("review", "reviewer"), ("review", "chief"), ("return", "reviewer"), ("return", "chief")},
    "review": {("approve", "leader"), ("return", "leader")},
    "approve": {("return", "leader")},
}


@pytest.mark.parametrize("reached", ALLOWED)
def test_who_may_do_what_at_which_station(cast, report, reviewer, chief, reached):
    way = [("send", cast.office), ("review", reviewer), ("approve", cast.leader)]
    take(report, *way[: [None, "send", "review", "approve"].index(reached)])
    before = report.steps.count()
    people = {name: getattr(cast, name) for name in ("office", "leader", "clerk", "head", "admin", "outsider_office")}
    people |= {"reviewer": reviewer, "chief": chief}
    done = set()
    for action, (name, person) in itertools.product(ACTIONS, people.items()):
        sid = transaction.savepoint()
        try:
            take(report, (action, person))
            done.add((action, name))
        except (PermissionDenied, WrongState):
            pass
        finally:
            transaction.savepoint_rollback(sid)
        found = signing.progress(draft_reports.working(report))
        shown = action in signing.actions_for(person, found)
        assert shown == ((action, name) in ALLOWED[reached]), (action, name)
    assert done == ALLOWED[reached]
    assert report.steps.count() == before


def test_a_drafter_neither_reviews_nor_approves(cast, report, reviewer):
    take(report, ("send", cast.office))
    with pytest.raises(signing.SamePerson):
        take(report, ("review", cast.office))
    # Whoever reviewed it and is leader by now does not approve it.
    take(report, ("review", reviewer))
    User.objects.filter(pk=reviewer.pk).update(role="leader")
    with pytest.raises(signing.SamePerson):
        take(report, ("approve", User.objects.get(pk=reviewer.pk)))


def test_a_return_needs_words_and_goes_to_the_drafter(cast, report, reviewer):
    take(report, ("send", cast.office), ("review", reviewer))
    with pytest.raises(signing.WordsMissing):
        signing.act(report=report, action="return", by=cast.leader, seen=None, words="  ")
    signing.act(report=report, action="return", by=cast.leader, seen=None, words="第二章太长")
    assert state(report) is None
    assert told(cast.office).endswith("第二章太长")
    with pytest.raises(WrongState, match="with its drafter"):
        take(report, ("approve", cast.leader))
    take(report, ("send", cast.office), ("review", reviewer), ("approve", cast.leader))
    assert state(report) == "approved"


def changes(cast, report):
    return {
        "words": lambda: edits.write(report=report, key=FOOD, text="改。", seen=0, by=cast.office),
        "hidden": lambda: edits.hide(report=report, key=FOOD, by=cast.office),
        "moved": lambda: edits.move(report=report, key=FOOD, up=True, by=cast.office),
        "added": lambda: edits.add(report=report, after=FOOD, text="补充。", by=cast.office),
        "cover": lambda: edits.write_cover(
            report=report, title="题", issuer="政府", dated=draft_reports.DAY, by=cast.office
        ),
        "editions": lambda: edits.set_readers(report=report, key=FOOD, audiences={"internal"}, by=cast.office),
        "annexes": lambda: edits.write_annexes(
            report=report, lengths=[["internal", "figures", "none"]], by=cast.office
        ),
        "draft": lambda: drafts.regenerate(report=report, by=cast.office, seen=1),
    }


@pytest.mark.parametrize("what", ["words", "hidden", "moved", "added", "cover", "editions", "annexes", "draft"])
def test_every_change_voids_what_was_done_once_and_tells_who_did_it(cast, report, reviewer, what):
    take(report, ("send", cast.office), ("review", reviewer), ("approve", cast.leader))
    Notice.objects.all().delete()
    changes(cast, report)[what]()
    assert kinds(report) == ["sent", "reviewed", "approved", "voided"]
    assert state(report) is None
    assert {notice.to for notice in Notice.objects.all()} == {reviewer, cast.leader}
    edits.hide(report=report, key="water", by=cast.office)
    assert kinds(report).count("voided") == 1


def test_what_changes_nothing_voids_nothing(cast, report, reviewer):
    edits.hide(report=report, key=FOOD, by=cast.office)
    take(report, ("send", cast.office))
    edits.hide(report=report, key=FOOD, by=cast.office)
    title = AnnualReport.objects.get().title
    edits.write_cover(report=report, title=title, issuer=report.issuer, dated=draft_reports.DAY, by=cast.office)
    assert state(report) == "sent"


def test_an_approval_stands_for_no_other_text_even_where_nobody_voided_it(cast, report, reviewer):
    take(report, ("send", cast.office), ("review", reviewer), ("approve", cast.leader))
    AnnualReport.objects.filter(pk=report.pk).update(title="另一个题目")
    assert state(report) is None
    assert (
        "No leader has approved the draft as it stands." in issuing.readiness(draft_reports.working(report)).open_points
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("words", "text changed"),
        ("cover", "cover changed"),
        ("draft", "Draft no. 2 was generated by office"),
        ("comment", "commented: 看这里"),
    ],
)
def test_what_was_not_seen_is_not_decided_and_said(cast, report, reviewer, what, said):
    take(report, ("send", cast.office))
    seen = mark(report, reviewer)
    if what == "comment":
        block_comments.comment(report=report, key=FOOD, by=cast.office, text="看这里")
    else:
        changes(cast, report)[what]()
        take(report, ("send", cast.office))
    with pytest.raises(signing.Changed) as refused:
        signing.act(report=report, action="review", by=reviewer, seen=seen)
    assert any(said in line for line in refused.value.what), refused.value.what
    assert state(report) == "sent"
    signing.act(report=report, action="review", by=reviewer, seen=mark(report, reviewer))
    assert state(report) == "reviewed"


@pytest.mark.parametrize("seen", ["", "x", "0-0-1-0", "9" * 40, "1-2-3-4-5-6"])
def test_a_mark_that_no_page_made_decides_nothing(cast, report, reviewer, seen):
    take(report, ("send", cast.office))
    with pytest.raises(signing.Changed):
        signing.act(report=report, action="review", by=reviewer, seen=seen)


def test_own_comments_are_seen(cast, report, reviewer):
    take(report, ("send", cast.office))
    seen = mark(report, reviewer)
    block_comments.comment(report=report, key=FOOD, by=reviewer, text="好")
    signing.act(report=report, action="review", by=reviewer, seen=seen)


def test_a_page_that_does_not_know_of_a_step_changes_nothing(cast, report, reviewer):
    take(report, ("send", cast.office))
    seen = report.steps.last().pk
    with signing.changing(report, seen):
        pass
    take(report, ("review", reviewer))
    with pytest.raises(WrongState, match=r"Reviewed.*came meanwhile"), signing.changing(report, seen):
        edits.hide(report=report, key=FOOD, by=cast.office)
    with pytest.raises(WrongState, match="came meanwhile"):
        drafts.regenerate(report=report, by=cast.office, seen=1, steps_seen=seen)
    assert state(report) == "reviewed"
    with signing.changing(report, report.steps.last().pk):
        edits.hide(report=report, key=FOOD, by=cast.office)
    # Forms of the page from before know of the last step still, and nothing is left to be voided.
    with signing.changing(report, seen):
        edits.hide(report=report, key=FOOD, by=cast.office, hidden=False)


def test_steps_and_papers_are_never_changed(cast, report, reviewer):
    take(report, ("send", cast.office))
    offline(report, cast.office)
    for row in (report.steps.first(), report.papers.first()):
        rows = type(row).objects.filter(pk=row.pk)
        for step in (row.save, row.delete, rows.delete, lambda rows=rows: rows.update(by=reviewer)):
            with pytest.raises(Frozen):
                step()


# On paper


def test_an_approval_on_paper_is_on_record_with_names_day_words_and_scan(cast, report):
    take(report, ("send", cast.office))
    offline(report, cast.office)
    step = report.steps.last()
    assert (step.kind, step.reviewer, step.approver, step.signed_on) == ("offline", "张三", "李四", TODAY)
    assert step.scan.name == "签批单.pdf"
    assert state(report) == "offline"
    readiness = issuing.readiness(draft_reports.working(report))
    assert not any("leader" in point for point in readiness.open_points)
    text = sheet_text(report)
    assert "李四（线下签批）" in text
    assert step.scan.sha256 in text


def test_who_has_reviewed_here_stays_the_reviewer(cast, report, reviewer):
    take(report, ("send", cast.office), ("review", reviewer))
    offline(report, cast.office, reviewer="")
    assert report.steps.last().reviewer == reviewer.full_name


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"approver": "张 三"}, ValidationError),
        ({"approver": "张三（县政府）"}, ValidationError),
        ({"approver": "张三 县政府办"}, ValidationError),
        ({"reviewer": "office"}, ValidationError),
        ({"reviewer": "office, 质强办"}, ValidationError),
        ({"signed_on": draft_reports.DAY - datetime.timedelta(days=1)}, ValidationError),
        ({"words": " "}, signing.WordsMissing),
        ({"signed_on": datetime.date(2100, 1, 1)}, ValidationError),
        ({"scan": SimpleUploadedFile("签批单.pdf", b"no pdf")}, ValidationError),
        ({"scan": SimpleUploadedFile("签批单.exe", b"MZ")}, ValidationError),
    ],
)
def test_an_approval_on_paper_that_is_not_whole_is_refused_and_leaves_nothing(cast, report, media, typed, error):
    take(report, ("send", cast.office))
    with pytest.raises(error):
        offline(report, cast.office, **typed)
    assert state(report) == "sent"
    assert not [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["leader", "clerk", "head", "admin", "outsider_office"])
def test_only_the_office_of_the_region_records_it(cast, report, name):
    take(report, ("send", cast.office))
    with pytest.raises(PermissionDenied):
        offline(report, getattr(cast, name))


@pytest.mark.parametrize("name", ["张三丰（县政府）", "张 三丰"])
def test_a_name_that_begins_like_another_is_another(cast, report, name):
    take(report, ("send", cast.office))
    offline(report, cast.office, approver=name)
    assert report.steps.last().approver == name


def test_nothing_is_recorded_before_it_was_sent(cast, report):
    with pytest.raises(WrongState):
        offline(report, cast.office)


def test_who_is_missing_is_told(cast, report):
    assert [person.username for person in signing.people(report, cast.office).leaders] == ["leader"]
    assert signing.people(report, cast.office).reviewers == []
    User.objects.filter(role="leader").update(is_active=False)
    found = signing.people(report, cast.office)
    assert (found.leaders, found.admins) == ([], [cast.admin])


# Issued


def sheet_text(report):
    found = signing.progress(draft_reports.working(report))
    document = approval_sheet.document(found.working.report, found.steps, found.standing, report.number)
    return snapshots.dump(document)


def issue(report, cast, **more):
    seen = issuing.readiness(draft_reports.working(report)).mark
    return issuing.issue(report=report, by=cast.office, reason="先行印发", seen=seen, **more)


def test_an_issue_is_a_step_and_freezes_the_sheet(cast, report, media):
    draft_reports.approve(report, cast)
    issued = issue(report, cast)
    assert kinds(issued) == ["sent", "reviewed", "approved", "issued"]
    sheets = list(issued.papers.all())
    assert [sheet.kind for sheet in sheets] == ["docx", "pdf"]
    for sheet in sheets:
        content = (media / sheet.file.name).read_bytes()
        assert (len(content), snapshots.sha256(content)) == (sheet.size, sheet.sha256)
    assert issuing.verify(issued).all_agree
    (media / sheets[0].file.name).write_bytes(b"other")
    found = issuing.verify(issued)
    assert not found.all_agree
    assert [check.is_unchanged for check in found.papers] == [False, True]


def test_without_approval_it_says_so_on_the_sheet_with_the_reason(cast, report):
    issued = issue(report, cast)
    assert issued.open_points[0] == "The draft as it stands was not sent for review."
    steps = list(issued.steps.all())
    text = snapshots.dump(approval_sheet.document(issued, steps, (), issued.number))
    assert "本件未经签批印发" in text
    assert "先行印发" in text


@pytest.mark.parametrize("is_approved", [True, False])
def test_leaders_are_told_of_the_issue_and_whether_they_approved_it(cast, report, is_approved):
    if is_approved:
        draft_reports.approve(report, cast)
    issue(report, cast)
    text = told(cast.leader)
    assert ("未经" in text) != is_approved
    assert ("先行印发" in text) != is_approved


def test_the_number_is_the_next_of_the_region_and_its_own(cast, report):
    first = issue(report, cast)
    assert first.number == "云质报〔2024〕1号"
    revised = issuing.revise(report=first, by=cast.office, reason="更正")
    AnnualReport.objects.filter(pk=revised.pk).update(dated=draft_reports.DAY)
    with pytest.raises(issuing.NumberTaken):
        issue(revised, cast, number=" 云质报〔2024〕1号 ")
    assert AnnualReport.objects.get(pk=revised.pk).is_draft
    second = issue(revised, cast)
    assert second.number == "云质报〔2024〕2号"


def test_a_number_of_the_offices_own_form(cast, report):
    assert issue(report, cast, number="云政办发〔2024〕18号").number == "云政办发〔2024〕18号"


def test_the_cover_carries_number_code_and_address(cast, report, settings):
    settings.SITE_URL = "https://zhibao.example.gov.cn/"
    issued = issue(report, cast)
    cover = draft_reports.issued_cover(issued)
    assert (cover.number, cover.code) == (issued.number, issued.code)
    assert cover.address == f"https://zhibao.example.gov.cn/verify/{issued.code}/"
    # Of later: another address of the server changes nothing that was issued.
    settings.SITE_URL = "https://elsewhere.example.gov.cn"
    assert all(check.is_rebuilt for check in issuing.verify(issued).files)


def test_a_file_is_found_by_its_content_and_a_superseded_one_says_so(cast, report, media):
    first = issue(report, cast)
    row = first.files.get(format="pdf", audience="public")
    content = (media / row.file.name).read_bytes()
    result = found(snapshots.sha256(content))
    assert (result.report, result.what, result.newer) == (first, "Public edition PDF", None)
    assert verification.find(snapshots.sha256(content + b" ")) is None
    revised = issuing.revise(report=first, by=cast.office, reason="更正")
    assert found(row.sha256).newer is None  # a draft has taken no place yet
    second = issue(revised, cast)
    assert found(row.sha256).newer == second


def test_codes_are_read_as_people_type_them(cast, report):
    issued = issue(report, cast)
    typed = f" {issued.code[:4].lower()}-{issued.code[4:]} "
    assert verification.by_code(typed) == issued
    for other in ("", "x", issued.code[:-1], "0OIL1111", "' or 1=1"):
        assert verification.by_code(other) is None


def test_one_sealed_pdf_is_kept_and_verifies(cast, report):
    with pytest.raises(WrongState):
        papers.seal(report=report, by=cast.office, file=base.pdf())
    issued = issue(report, cast)
    for name in ("leader", "clerk", "admin", "outsider_office"):
        with pytest.raises(PermissionDenied):
            papers.seal(report=issued, by=getattr(cast, name), file=base.pdf())
    with pytest.raises(ValidationError):
        papers.seal(report=issued, by=cast.office, file=SimpleUploadedFile("盖章.docx", b"PK\x03\x04"))
    sealed = papers.seal(report=issued, by=cast.office, file=base.pdf("盖章.pdf", b"%PDF-1.7 sealed"))
    with pytest.raises(WrongState, match="already"):
        papers.seal(report=issued, by=cast.office, file=base.pdf("再盖.pdf", b"%PDF-1.7 again"))
    assert found(sealed.sha256).report == issued
    assert issuing.verify(issued).all_agree
    assert ReportPaper.objects.filter(kind="sealed").count() == 1


def test_what_was_issued_or_sealed_already_is_no_sealed_pdf(cast, report, media):
    first = issue(report, cast)
    for audience in ("internal", "public", "leader"):
        content = (media / first.files.get(format="pdf", audience=audience).file.name).read_bytes()
        with pytest.raises(ValidationError, match="already"):
            papers.seal(report=first, by=cast.office, file=base.pdf("盖章.pdf", content))
    papers.seal(report=first, by=cast.office, file=base.pdf("盖章.pdf", b"%PDF-1.7 sealed"))
    second = issue(issuing.revise(report=first, by=cast.office, reason="更正"), cast)
    with pytest.raises(ValidationError, match="already"):
        papers.seal(report=second, by=cast.office, file=base.pdf("盖章.pdf", b"%PDF-1.7 sealed"))
    assert not second.papers.filter(kind="sealed").exists()


def test_a_scan_of_a_signature_verifies_nothing(cast, report):
    take(report, ("send", cast.office))
    offline(report, cast.office)
    scan = report.papers.get()
    issue(report, cast)
    assert verification.find(scan.sha256) is None


# Comments


def test_comments_open_a_thread_that_is_resolved(cast, report):
    first = block_comments.comment(report=report, key=FOOD, by=cast.office, text=" 核对批次 ")
    assert (first.text, first.quoted[:4]) == ("核对批次", "全年完成")
    block_comments.comment(report=report, key=FOOD, by=cast.office, text="再看")
    (thread,) = block_comments.threads(report)
    assert (thread.key, thread.count, thread.last.text) == (FOOD, 2, "再看")
    assert any("再看" in point for point in issuing.readiness(draft_reports.working(report)).open_points)
    assert block_comments.resolve(report=report, key=FOOD, by=cast.office, up_to=first.pk) == 1
    assert block_comments.open_counts(report) == {FOOD: 1}
    block_comments.resolve(report=report, key=FOOD, by=cast.office, up_to=thread.last.pk)
    with pytest.raises(WrongState):
        block_comments.resolve(report=report, key=FOOD, by=cast.office, up_to=thread.last.pk)
    assert block_comments.open_counts(report) == {}


@pytest.mark.parametrize("text", ["", "  \n", "长" * 2001])
def test_words_that_are_none_or_too_many_are_refused(cast, report, text):
    with pytest.raises(ValidationError):
        block_comments.comment(report=report, key=FOOD, by=cast.office, text=text)


def test_the_leader_talks_while_the_draft_is_there(cast, report, reviewer):
    def say():
        return block_comments.comment(report=report, key=FOOD, by=cast.leader, text="好")

    for steps in ([], [("send", cast.office)]):
        take(report, *steps)
        with pytest.raises(PermissionDenied):
            say()
    take(report, ("review", reviewer))
    said = say()
    take(report, ("return", cast.leader))
    with pytest.raises(PermissionDenied):
        block_comments.resolve(report=report, key=FOOD, by=cast.leader, up_to=said.pk)


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "admin", "outsider_office"])
def test_nobody_else_comments(cast, report, name):
    with pytest.raises(PermissionDenied):
        block_comments.comment(report=report, key=FOOD, by=getattr(cast, name), text="好")


def test_comments_survive_the_next_draft_and_stand_in_no_file(cast, report):
    block_comments.comment(report=report, key=FOOD, by=cast.office, text="不印的话")
    draft_reports.correct(cast, done="41", passed="40")
    drafts.regenerate(report=report, by=cast.office, seen=1)
    assert block_comments.open_counts(report) == {FOOD: 1}
    issued = issue(report, cast)
    assert "不印的话" not in issued.snapshot
    with pytest.raises(WrongState):
        block_comments.comment(report=issued, key=FOOD, by=cast.office, text="再")
    with pytest.raises(Frozen):
        BlockComment.objects.update(text="改")
    assert ReportStep.objects.filter(report=issued, kind="issued").count() == 1


def test_codes_have_no_letters_that_look_alike():
    assert not set(imprint.LETTERS) & set("01OIL")
    assert len({imprint.new_code() for _ in range(200)}) == 200
