"""Pages of a draft on its way: who sees them, what they do and say, and how much they ask of the database."""

import datetime
import re
from typing import Any

import pytest
from django.urls import reverse

from reports.editing import block_comments, drafts, edits, issuing, signing
from reports.forms import AnnexesForm
from reports.models import AnnualReport, BlockComment, ReportStep
from reports.vocabulary import ANNEX_LENGTHS
from sectors.models import Notice, User
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
YEAR = 2023
FOOD = "food/text/1"


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def reviewer(cast):
    return base.user("office", cast.county.departments.get(code="office"), "reviewer")


@pytest.fixture
def chief(cast):
    return base.user("head", cast.county.departments.get(code="office"), "chief")


@pytest.fixture
def with_leader(cast, report, reviewer):
    take(report, ("send", cast.office), ("review", reviewer))


def take(report, *steps):
    for action, by in steps:
        signing.act(report=report, action=action, by=by, seen=None)


def get(client, name, *args):
    return client.get(reverse(name, args=args))


def post(client, name, *args, **data):
    return client.post(reverse(name, args=args), data)


def press(client, action, **data):
    """What a person presses who opens the page at this moment."""
    address = reverse("sign-report", args=[YEAR])
    return post(client, "sign-report-act", YEAR, action, seen=base.seen_on(client, address), **data)


PAGES = [
    ("sign-report", YEAR),
    ("approval-sheet", YEAR),
    ("approval-sheet-file", YEAR, "docx"),
    ("report-comments", YEAR),
    ("report-comment", YEAR, FOOD),
]
STEPS = [
    ("sign-report-act", YEAR, "approve"),
    ("report-comment", YEAR, FOOD),
    ("report-resolve", YEAR, FOOD),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "before", "after"),
    [
        ("office", 200, 200),
        ("leader", 404, 200),
        ("chief", 404, 200),
        ("head", 404, 404),
        ("clerk", 403, 403),
        ("admin", 403, 403),
        ("outsider_office", 404, 404),
        ("outsider_head", 404, 404),
    ],
)
def test_who_reads_a_draft_on_its_way(client, cast, report, reviewer, chief, page, who, before, after):
    client.force_login(chief if who == "chief" else getattr(cast, who))
    assert get(client, *page).status_code == before
    take(report, ("send", cast.office))
    assert get(client, *page).status_code == (404 if who == "leader" else after)
    take(report, ("review", reviewer))
    assert get(client, *page).status_code == after
    edits.hide(report=report, key=FOOD, by=cast.office)
    assert get(client, *page).status_code == before


@pytest.mark.parametrize("page", PAGES)
def test_nobody_reads_it_without_signing_in(client, report, page):
    assert get(client, *page).status_code == 302


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("admin", 403), ("head", 404), ("outsider_office", 404)])
def test_nobody_else_takes_a_step_or_comments(client, cast, report, with_leader, step, who, status):
    client.force_login(getattr(cast, who))
    assert post(client, *step, text="好", seen="").status_code == status
    assert (ReportStep.objects.count(), BlockComment.objects.count()) == (2, 0)


@pytest.mark.parametrize(("step"), [("sign-report-act", YEAR, "send"), ("report-resolve", YEAR, FOOD)])
def test_what_changes_something_is_posted(client, cast, report, step):
    client.force_login(cast.office)
    assert get(client, *step).status_code == 405


def test_pages_that_only_show_take_nothing(client, cast, report):
    client.force_login(cast.office)
    for page in (("sign-report", YEAR), ("approval-sheet", YEAR), ("report-comments", YEAR)):
        assert post(client, *page).status_code == 405


def test_a_step_that_no_page_has_is_none(client, cast, report):
    client.force_login(cast.office)
    assert post(client, "sign-report-act", YEAR, "record").status_code == 404
    assert post(client, "sign-report-act", YEAR, "other").status_code == 404


@pytest.mark.parametrize(
    "page", [("draft", YEAR), ("issue-report", YEAR), ("draft-file", YEAR, "pdf"), ("report-sources", YEAR)]
)
def test_the_leader_sees_nothing_else_of_the_draft(client, cast, report, with_leader, page):
    client.force_login(cast.leader)
    assert get(client, *page).status_code == 403
    assert "2023-1-d1" not in get(client, "compare").content.decode()


def test_the_three_take_it_their_way_on_the_pages(client, cast, report, reviewer):
    client.force_login(cast.office)
    assert press(client, "send", words="请核").url == reverse("sign-report", args=[YEAR])
    client.force_login(reviewer)
    press(client, "review", words="已核对")
    client.force_login(cast.leader)
    assert get(client, "report", YEAR).url == reverse("sign-report", args=[YEAR])
    assert "2023 年报告已核稿，请您审阅签批" in get(client, "reports").content.decode()
    text = get(client, "sign-report", YEAR).content.decode()
    assert "同意签批" in text
    assert "已核对" in text
    press(client, "approve", words="同意")
    assert [step.kind for step in report.steps.all()] == ["sent", "reviewed", "approved"]
    assert "同意" in Notice.objects.filter(to=cast.office).order_by("-pk")[0].text


def test_a_drafter_has_no_button_of_the_others(client, cast, report):
    client.force_login(cast.office)
    press(client, "send")
    text = get(client, "sign-report", YEAR).content.decode()
    assert 'id="decide"' not in text
    assert post(client, "sign-report-act", YEAR, "review", seen="").status_code in (403, 409)
    assert report.steps.count() == 1


def test_a_leader_returns_with_words_and_is_led_away(client, cast, report, with_leader):
    client.force_login(cast.leader)
    refused = press(client, "return", words="")
    assert refused.status_code == 422
    done = press(client, "return", words="太长")
    assert done.url == reverse("home")
    assert get(client, "sign-report", YEAR).status_code == 404


def test_what_has_changed_since_the_page_was_opened_is_said_and_words_are_kept(client, cast, report, with_leader):
    client.force_login(cast.leader)
    seen = base.seen_on(client, reverse("sign-report", args=[YEAR]))
    block_comments.comment(report=report, key=FOOD, by=cast.office, text="请看这里")
    answer = post(client, "sign-report-act", YEAR, "approve", seen=seen, words="我的批示")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "office 提出意见：请看这里" in text
    assert "我的批示" in text
    assert report.steps.count() == 2


def test_a_draft_that_was_taken_away_is_404(client, cast, report, with_leader):
    client.force_login(cast.leader)
    seen = base.seen_on(client, reverse("sign-report", args=[YEAR]))
    edits.hide(report=report, key=FOOD, by=cast.office)
    assert post(client, "sign-report-act", YEAR, "approve", seen=seen).status_code == 404


def test_pages_that_change_it_say_before_what_that_voids(client, cast, report, with_leader):
    client.force_login(cast.office)
    pages = [("block-edit", YEAR, FOOD), ("block-add", YEAR, FOOD), ("report-cover", YEAR), ("draft", YEAR)]
    for page in pages:
        assert "作废" in get(client, *page).content.decode(), page
    edits.hide(report=report, key="water", by=cast.office)
    for page in pages:
        assert "作废：" not in get(client, *page).content.decode(), page


def test_a_page_from_before_a_step_changes_nothing(client, cast, report, reviewer):
    take(report, ("send", cast.office))
    client.force_login(cast.office)
    old = report.steps.get().pk
    take(report, ("review", reviewer))
    lengths = {f"{audience.value}-{annex.value}": found[-1].value for (audience, annex), found in ANNEX_LENGTHS.items()}
    lengths["seen"] = AnnexesForm(report=report).seen
    steps: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        (("block-edit", YEAR, FOOD), {"text": "改。", "seen": "0"}),
        (("block-add", YEAR, FOOD), {"text": "加。"}),
        (("block-act", YEAR, "hide", FOOD), {"seen": "0"}),
        (("report-cover", YEAR), {"title": "题", "issuer": "府", "dated": "2024-01-05"}),
        (("block-readers", YEAR, FOOD), {"audience": ["internal"], "seen": "0"}),
        (("report-annexes", YEAR), lengths),
        (("regenerate", YEAR), {"seen": "1"}),
    ]
    for page, data in steps:
        post(client, *page, steps=old, **data)
        assert report.steps.count() == 2, page
    assert signing.progress(draft_reports.working(report)).state == "reviewed"
    for page, data in steps[:1]:
        assert post(client, *page, steps=report.steps.last().pk, **data).status_code == 302
    assert report.steps.last().kind == "voided"


def test_whoever_judges_reads_what_the_editions_print_with_its_notes(client, cast, reviewer):
    base.report(cast.county, "2022", {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"})
    report = drafts.begin(region=cast.county, year=2022, by=cast.office, day=draft_reports.DAY)
    take(report, ("send", cast.office))
    client.force_login(reviewer)

    def read(key):
        """The part of the page with this block."""
        page = get(client, "sign-report", 2022).content.decode()
        return page.partition(f'id="{key}"')[2].partition('class="read"')[0]

    assert "<sup>" in read(FOOD)
    assert "之和6批次不符" in get(client, "sign-report", 2022).content.decode().partition('class="footnotes"')[2]
    assert "之和6批次不符" in read("food/figures")
    assert "readers" not in read(FOOD)
    assert re.search(r'class="tag readers"[^>]*>\s*内部\s*<', read("remarks/summary"))
    edits.set_readers(report=report, key=FOOD, audiences={"leader"}, by=cast.office)
    edits.set_readers(report=report, key="remarks/summary", audiences=set(), by=cast.office)
    take(report, ("send", cast.office))
    assert re.search(r'class="tag readers"[^>]*>\s*领导\s*<', read(FOOD))
    assert not read("remarks/summary")


def test_a_comment_stands_beside_its_paragraph_and_on_the_issue_page(client, cast, report):
    client.force_login(cast.office)
    assert post(client, "report-comment", YEAR, FOOD, text=" ").status_code == 422
    assert post(client, "report-comment", YEAR, FOOD, text="核对批次").status_code == 302
    for page in (("report-comment", YEAR, FOOD), ("report-comments", YEAR), ("issue-report", YEAR)):
        assert "核对批次" in get(client, *page).content.decode()
    assert "意见 1" in base.html(get(client, "sign-report", YEAR))
    said = BlockComment.objects.get()
    assert post(client, "report-resolve", YEAR, FOOD, up_to=said.pk).status_code == 302
    assert post(client, "report-resolve", YEAR, FOOD, up_to=said.pk).status_code == 409
    assert "核对批次" not in get(client, "issue-report", YEAR).content.decode()
    assert get(client, "report-comment", YEAR, "no/such").status_code == 404
    assert post(client, "report-comment", YEAR, "no/such", text="x").status_code in (404, 409)


def test_a_comment_on_what_is_not_generated_any_more_can_still_be_resolved(client, cast, report):
    key = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    said = block_comments.comment(report=report, key=key, by=cast.office, text="多余")
    edits.remove(report=report, key=key, by=cast.office)
    client.force_login(cast.office)
    assert "多余" in get(client, "report-comment", YEAR, key).content.decode()
    assert post(client, "report-resolve", YEAR, key, up_to=said.pk).status_code == 302


def test_an_approval_on_paper_is_recorded_on_its_page(client, cast, report):
    client.force_login(cast.office)
    take(report, ("send", cast.office))
    typed = {"reviewer": "张三", "approver": "李四", "signed_on": "2024-01-10", "words": "领导无账号"}
    seen = base.seen_on(client, reverse("approved-on-paper", args=[YEAR]))
    assert post(client, "approved-on-paper", YEAR, seen=seen, **typed).status_code == 422
    assert post(client, "approved-on-paper", YEAR, seen="x", scan=base.pdf(), **typed).status_code == 409
    same = {**typed, "approver": "张三"}
    assert post(client, "approved-on-paper", YEAR, seen=seen, scan=base.pdf(), **same).status_code == 422
    done = post(client, "approved-on-paper", YEAR, seen=seen, scan=base.pdf("签.pdf"), **typed)
    assert done.url == reverse("issue-report", args=[YEAR])
    step = report.steps.last()
    assert (step.approver, step.signed_on) == ("李四", datetime.date(2024, 1, 10))
    scan = get(client, "report-scan", YEAR, step.scan_id)
    assert scan["Content-Disposition"].startswith("attachment")
    for person in (cast.office, cast.leader):
        client.force_login(person)
        page = get(client, "sign-report", YEAR).content.decode()
        assert re.search(r'李四\s*<span\s+class="muted"\s*>01-10<', page)
    client.force_login(cast.outsider_office)
    assert get(client, "report-scan", YEAR, step.scan_id).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("clerk", 403), ("admin", 403), ("outsider_office", 404)])
def test_nobody_else_records_an_approval_on_paper(client, cast, report, with_leader, who, status):
    client.force_login(getattr(cast, who))
    assert get(client, "approved-on-paper", YEAR).status_code == status


def test_an_office_of_one_without_a_leader_is_told_whom_it_needs(client, cast, report):
    User.objects.filter(role="leader").delete()
    client.force_login(cast.office)
    text = get(client, "sign-report", YEAR).content.decode()
    assert "本地区还没有领导账号" in text
    assert "除拟稿人外没有人可以核稿" in text
    assert cast.admin.full_name in text


def test_the_sheet_is_a_page_and_a_file(client, cast, report, with_leader):
    client.force_login(cast.leader)
    assert "发文稿纸" in get(client, "approval-sheet", YEAR).content.decode()
    for to, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert get(client, "approval-sheet-file", YEAR, to).content.startswith(start)
    assert get(client, "approval-sheet-file", YEAR, "exe").status_code == 404


def test_the_number_is_written_on_the_issue_page(client, cast, report):
    client.force_login(cast.office)
    page = get(client, "issue-report", YEAR)
    assert 'value="云质报〔2024〕1号"' in page.content.decode()
    seen = page.context["ready"].mark
    assert post(client, "issue-report", YEAR, seen=seen, reason="先行", number="长" * 61).status_code == 422
    done = post(client, "issue-report", YEAR, seen=seen, reason="先行", number="云政发〔2024〕8号")
    assert "云政发〔2024〕8号" in client.get(done.url).content.decode()
    revised = issuing.revise(report=AnnualReport.objects.get(), by=cast.office, reason="更正")
    seen = get(client, "issue-report", YEAR).context["ready"].mark
    refused = post(client, "issue-report", YEAR, seen=seen, reason="先行", number="云政发〔2024〕8号")
    assert refused.status_code == 422
    assert "已是本地区另一份报告的文号" in refused.content.decode()
    assert AnnualReport.objects.get(pk=revised.pk).is_draft


def test_pages_ask_as_much_of_many_comments_as_of_few(client, cast, report, with_leader):
    client.force_login(cast.office)
    keys = [item.key for item in draft_reports.working(report).placed if item.is_editable]
    pages = [("sign-report", YEAR), ("report-comments", YEAR), ("issue-report", YEAR), ("draft", YEAR)]
    for key in keys[:2]:
        block_comments.comment(report=report, key=key, by=cast.office, text="一")
    for page in pages:
        asked(client, page)  # what a process reads once
    few = [asked(client, page) for page in pages]
    for number in range(20):
        block_comments.comment(report=report, key=keys[number % len(keys)], by=cast.office, text=f"第{number}条")
    assert [asked(client, page) for page in pages] == few


def asked(client, page):
    return base.queries(lambda: get(client, *page))


def test_another_year_has_a_draft_of_its_own(client, cast, report, reviewer):
    client.force_login(cast.office)
    assert get(client, "sign-report", 2022).status_code == 404
    other = drafts.begin(region=cast.county, year=2022, by=cast.office)
    take(other, ("send", cast.office))
    client.force_login(reviewer)
    assert post(client, "sign-report-act", YEAR, "review", seen="").status_code == 409
    assert other.steps.count() == 1
