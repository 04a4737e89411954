"""Pages of reports: who reads and writes them, what they show, and how much they ask of the database."""

import datetime
import io
from itertools import pairwise
from urllib.parse import unquote

import pytest
from django.urls import reverse
from docx import Document

from reports.editing import drafts, edits, issuing
from reports.models import AnnualReport, Edit
from reports.vocabulary import Audience
from sectors.models import Sector
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
YEAR = 2023
FOOD = "food/text/1"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def year(cast):
    draft_reports.figures(cast)


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def issued(issued_report):
    return issued_report


def get(client, name, *args, **data):
    return client.get(reverse(name, args=args), data)


def post(client, name, *args, htmx=False, **data):
    return client.post(reverse(name, args=args), data, headers=HTMX if htmx else {})


def block(name, *more):
    return (name, YEAR, *more, FOOD)


DRAFT_PAGES = [
    ("draft", YEAR),
    ("draft-file", YEAR, "docx"),
    ("report-cover", YEAR),
    ("report-annexes", YEAR),
    ("report-sources", YEAR),
    ("issue-report", YEAR),
    block("block"),
    block("block-edit"),
    block("block-add"),
    ("draft-figures", YEAR),
    block("block-add-figures"),
]
STEPS = [
    ("regenerate", YEAR),
    ("report-cover", YEAR),
    ("report-annexes", YEAR),
    ("issue-report", YEAR),
    block("block-edit"),
    block("block-add"),
    block("block-readers"),
    block("block-act", "hide"),
    block("block-join"),
    block("block-add-figures"),
    ("draft-take-back", YEAR, "undo"),
]
EDITION_PAGES = [("edition", YEAR, 1), ("verify-report", YEAR, 1), ("edition-file", YEAR, 1, "docx")]


@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("clerk", 403), ("head", 403), ("admin", 403)]
)
def test_who_reads_the_list(client, cast, year, who, status):
    client.force_login(getattr(cast, who))
    assert get(client, "reports").status_code == status


@pytest.mark.parametrize("page", DRAFT_PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("office", 200), ("leader", 403), ("clerk", 403), ("head", 403), ("admin", 403), ("outsider_office", 404)],
)
def test_only_the_office_of_the_region_sees_a_draft(client, cast, report, page, who, status):
    client.force_login(getattr(cast, who))
    answer = get(client, *page)
    if answer.status_code == 302:  # without htmx a block is shown in its draft
        answer = client.get(answer.url)
    assert answer.status_code == status


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("clerk", 403), ("admin", 403), ("outsider_office", 404)])
def test_nobody_else_changes_a_draft(client, cast, report, step, who, status):
    client.force_login(getattr(cast, who))
    assert post(client, *step, text="改。", seen="0").status_code == status
    assert not Edit.objects.exists()
    assert report.drafts.count() == 1


@pytest.mark.parametrize("page", EDITION_PAGES)
@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("clerk", 403), ("admin", 403), ("outsider_office", 404)]
)
def test_who_reads_an_issued_edition(client, cast, issued, page, who, status):
    client.force_login(getattr(cast, who))
    assert get(client, *page).status_code == status


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("clerk", 403), ("outsider_office", 404)])
def test_who_revises(client, cast, issued, who, status):
    client.force_login(getattr(cast, who))
    assert post(client, "revise-report", YEAR, 1, reason="更正").status_code == status
    assert AnnualReport.objects.count() == 1


@pytest.mark.parametrize("step", [("begin-report", YEAR), ("regenerate", YEAR), block("block-act", "hide")])
def test_what_changes_something_is_posted(client, cast, report, step):
    client.force_login(cast.office)
    assert get(client, *step).status_code == 405


def test_a_year_leads_the_office_from_figures_to_draft_to_edition(client, cast, year):
    client.force_login(cast.office)
    text = get(client, "report", YEAR).content.decode()
    assert 'data-code="food.rate">97.5%' in text
    assert "〔缺" in text
    begun = post(client, "begin-report", YEAR)
    assert begun.url == reverse("draft", args=[YEAR])
    assert get(client, "report", YEAR).url == begun.url
    report = AnnualReport.objects.get()
    issuing.issue(
        report=report, by=cast.office, reason="先行", seen=issuing.readiness(draft_reports.working(report)).mark
    )
    assert get(client, "report", YEAR).url == reverse("edition", args=[YEAR, 1])


def test_the_leader_reads_what_is_issued_and_no_draft(client, cast, report):
    client.force_login(cast.leader)
    assert get(client, "report", YEAR).status_code == 404
    assert reverse("draft", args=[YEAR]) not in get(client, "reports").content.decode()
    issuing.issue(
        report=report, by=cast.office, reason="先行", seen=issuing.readiness(draft_reports.working(report)).mark
    )
    assert get(client, "report", YEAR).url == reverse("edition", args=[YEAR, 1])
    text = get(client, "edition", YEAR, 1).content.decode()
    assert "全年完成抽检" in text
    assert reverse("revise-report", args=[YEAR, 1]) not in text


def test_a_year_without_figures_and_another_county_have_no_report(client, cast, year):
    client.force_login(cast.office)
    assert get(client, "report", 1999).status_code == 404
    assert post(client, "begin-report", 1999).status_code == 404
    client.force_login(cast.outsider_office)
    assert get(client, "report", YEAR).status_code == 404


def test_a_wording_that_fails_is_told(client, cast, year):
    Sector.objects.filter(code="food").update(wording="{{ n('no.such') }}")
    client.force_login(cast.office)
    assert "no.such" in client.post(reverse("begin-report", args=[YEAR]), follow=True).content.decode()
    assert not AnnualReport.objects.exists()


def test_the_word_file_of_a_draft_has_the_edits_and_says_that_it_is_a_draft(client, cast, report):
    edits.write(report=report, key=FOOD, text="食品抽检{{food.done}}。", seen=0, by=cast.office)
    client.force_login(cast.office)
    answer = get(client, "draft-file", YEAR, "docx")
    text = "\n".join(p.text for p in Document(io.BytesIO(answer.content)).paragraphs)
    assert "食品抽检40批次。" in text
    assert "草稿第1稿" in text
    assert get(client, "draft-file", YEAR, "exe").status_code == 404


def test_a_block_is_edited_where_it_stands(client, cast, report):
    client.force_login(cast.office)
    form = client.get(reverse("block-edit", args=[YEAR, FOOD]), headers=HTMX).content.decode()
    assert "{{food.done|40批次}}" in form
    answer = post(client, *block("block-edit"), htmx=True, text="食品抽检{{food.done}}。", seen="0")
    text = answer.content.decode()
    assert 'id="food/text/1"' in text
    assert 'data-code="food.done">40批次</a>' in text
    assert 'id="outline"' in text
    assert "<html" not in text


def test_without_script_the_same_addresses_are_pages(client, cast, report):
    client.force_login(cast.office)
    assert "<html" in get(client, *block("block-edit")).content.decode()
    answer = post(client, *block("block-edit"), text="食品抽检{{food.done}}。", seen="0")
    assert answer.url == f"{reverse('draft', args=[YEAR])}?at=food/text/1#food/text/1"
    assert post(client, *block("block-act", "up")).url == reverse("block-edit", args=[YEAR, FOOD])
    assert post(client, *block("block-add"), text="补充。", level="0").status_code == 302


def test_a_bad_text_comes_back_with_the_problem_and_nothing_is_lost(client, cast, report):
    client.force_login(cast.office)
    for htmx in (True, False):
        answer = post(client, *block("block-edit"), htmx=htmx, text="写了很多{{food.none}}。", seen="0")
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "写了很多{{food.none}}。" in text
        assert "没有代码为 food.none 的数据" in text


def test_the_second_of_two_people_sees_both_texts(client, cast, report):
    edits.write(report=report, key=FOOD, text="同事写的话。", seen=0, by=cast.office)
    client.force_login(cast.office)
    answer = post(client, *block("block-edit"), htmx=True, text="我写的话。", seen="0")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "同事" in text
    assert "我写的话。</textarea>" in text
    assert 'name="seen" value="1"' in text
    assert post(client, *block("block-edit"), htmx=True, text="我写的话。", seen="1").status_code == 200
    assert draft_reports.printed(report, FOOD) == "我写的话。"


COVER = {"title": "云泽县2023年质量状况\n分析报告", "issuer": "云泽县质强办", "dated": "2024-03-01"}


def test_the_cover_is_not_overwritten_unseen(client, cast, report):
    client.force_login(cast.office)
    page = reverse("report-cover", args=[YEAR])
    mine = COVER | {"seen": base.seen_on(client, page)}
    colleague = base.user("office", cast.office.department, "colleague")
    dated = datetime.date(2024, 2, 28)
    edits.write_cover(report=report, title="同事的题目", issuer="云泽县质强办", dated=dated, by=colleague)
    answer = client.post(page, mine)
    assert answer.status_code == 409
    report.refresh_from_db()
    assert report.title == "同事的题目"
    form = answer.context["form"]
    assert [(one.theirs, one.mine) for one in form.differences] == [
        ("同事的题目", COVER["title"]),
        ("2024-02-28", "2024-03-01"),
    ]
    assert form.conflict.by == colleague
    assert form["title"].value() == COVER["title"]
    assert client.post(page, mine | {"seen": form.seen}).status_code == 302
    report.refresh_from_db()
    assert (report.title, report.dated) == (COVER["title"], datetime.date(2024, 3, 1))
    assert report.changes.filter(kind="cover").latest("pk").before["title"] == "同事的题目"


def test_a_wrong_cover_keeps_what_was_typed_and_what_was_seen(client, cast, report):
    client.force_login(cast.office)
    page = reverse("report-cover", args=[YEAR])
    seen = base.seen_on(client, page)
    edits.write_cover(report=report, title="甲", issuer="乙", dated=datetime.date(2024, 2, 28), by=cast.office)
    answer = client.post(page, COVER | {"issuer": "", "seen": seen})
    assert answer.status_code == 422
    assert answer.context["form"].seen == seen
    assert client.post(page, COVER | {"seen": seen}).status_code == 409
    assert client.post(page, COVER).status_code == 409


def test_a_cover_saved_as_it_was_leaves_no_trace(client, cast, report):
    client.force_login(cast.office)
    typed = {"title": report.title, "issuer": report.issuer, "dated": report.dated.isoformat()}
    assert base.change(client, reverse("report-cover", args=[YEAR]), typed).status_code == 302
    assert not report.changes.exists()


@pytest.mark.parametrize("is_corrected", [False, True])
def test_a_refused_issue_keeps_the_reason_as_typed(client, cast, report, is_corrected):
    client.force_login(cast.office)
    seen = get(client, "issue-report", YEAR).context["ready"].mark
    if is_corrected:
        draft_reports.correct(cast, done="50", passed="39")
    else:
        edits.write(report=report, key=FOOD, text="同事写的话。", seen=0, by=cast.office)
    answer = post(client, "issue-report", YEAR, seen=seen, reason="县政府要求先行印发")
    assert answer.status_code == 409
    page = base.html(answer)
    assert "县政府要求先行印发" in page
    assert 'role="alert"' in page
    report.refresh_from_db()
    assert report.is_draft


@pytest.mark.parametrize("action", ["undo", "restore"])
def test_what_a_colleague_wrote_meanwhile_is_not_taken_back_unseen(client, cast, report, action):
    edits.write(report=report, key=FOOD, text="我先写的话。", seen=0, by=cast.office)
    client.force_login(cast.office)
    page = get(client, *block("block-edit"))
    seen = page.context["seen_change"]
    edits.write(
        report=report, key=FOOD, text="同事写的话。", seen=1, by=base.user("office", cast.office.department, "b")
    )
    answer = post(client, *block("block-act", action), seen=f"{seen}")
    assert answer.status_code == 409
    assert draft_reports.printed(report, FOOD) == "同事写的话。"
    assert "同事写的话。" in answer.content.decode()
    assert post(client, *block("block-act", action), seen=f"{answer.context['seen_change']}").status_code == 302
    assert draft_reports.printed(report, FOOD) != "同事写的话。"


def test_an_added_paragraph_is_not_removed_with_words_that_were_not_seen(client, cast, report):
    key = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    client.force_login(cast.office)
    seen = get(client, "block-edit", YEAR, key).context["seen_change"]
    edits.write(report=report, key=key, text="补充了很多。", seen=1, by=cast.office)
    for said in ({}, {"seen": f"{seen}"}, {"seen": "9" * 5000}):
        assert post(client, "block-act", YEAR, "remove", key, **said).status_code == 409
    seen = get(client, "block-edit", YEAR, key).context["seen_change"]
    answer = post(client, "block-act", YEAR, "remove", key, htmx=True, seen=f"{seen}")
    assert key not in draft_reports.working(report).by_key
    undo = post(client, "block-act", YEAR, "undo", key, seen=f"{answer.context['seen_change']}")
    assert undo.status_code == 302
    assert draft_reports.printed(report, key) == "补充了很多。"


def test_a_move_shows_the_whole_document_with_the_block_still_open(client, cast, report):
    client.force_login(cast.office)
    answer = post(client, *block("block-act", "down"), htmx=True)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#document", "outerHTML")
    text = answer.content.decode()
    assert text.index('id="water"') < text.index('id="food/text/1"')
    assert 'name="text"' in text
    assert "csrfmiddlewaretoken" in text
    edge = post(client, "block-act", YEAR, "up", "summary", htmx=True)
    assert edge.status_code == 409
    assert "已在最前" in edge.content.decode()


def test_a_block_that_is_gone_gives_the_words_back(client, cast, report):
    key = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    edits.remove(report=report, key=key, by=cast.office)
    client.force_login(cast.office)
    answer = post(client, "block-edit", YEAR, key, htmx=True, text="写了很多。", seen="1")
    assert answer.status_code == 409
    assert "写了很多。" in answer.content.decode()
    assert get(client, "block-edit", YEAR, key).status_code == 404
    assert post(client, "block-act", YEAR, "explode", FOOD).status_code == 404


def test_the_draft_marks_stale_sentences_and_says_which_figures_are_newer(client, cast, report):
    edits.write(report=report, key=FOOD, text="食品抽检{{food.done}}。", seen=0, by=cast.office)
    draft_reports.correct(cast, done="41", passed="40")
    client.force_login(cast.office)
    assert "本稿之后有4项数据变化" in get(client, "draft-outdated", YEAR).content.decode()
    post(client, "regenerate", YEAR, seen="1")
    text = get(client, "draft", YEAR, at=FOOD).content.decode()
    assert "<s>40批次</s> → <strong>41批次</strong>" in text
    assert "csrfmiddlewaretoken" in text[text.index("<s>40批次</s>") - 400 : text.index("<s>40批次</s>")]
    assert "1处过时" in text
    assert "与上一稿相比4项数据不同" in text
    answer = post(client, *block("block-act", "take"), htmx=True)
    assert "食品抽检" in answer.content.decode()
    assert draft_reports.printed(report, FOOD) == "食品抽检41批次。"


def test_an_older_page_does_not_generate_over_a_newer_draft(client, cast, report):
    drafts.regenerate(report=report, by=cast.office, seen=1)
    client.force_login(cast.office)
    answer = client.post(reverse("regenerate", args=[YEAR]), {"seen": "1"}, follow=True)
    assert "期间office已生成第2稿" in answer.content.decode()
    assert report.drafts.count() == 2


def test_issuing_asks_for_the_reason_and_freezes(client, cast, report):
    client.force_login(cast.office)
    page = get(client, "issue-report", YEAR)
    text = page.content.decode()
    for point in ("现稿尚未送核。", "T-03 水厂情况表"):
        assert point in text
    seen = page.context["ready"].mark
    refused = post(client, "issue-report", YEAR, seen=seen, reason="")
    assert refused.status_code == 422
    assert AnnualReport.objects.get().is_draft
    done = post(client, "issue-report", YEAR, seen=seen, reason="县政府要求先行印发")
    assert done.url == reverse("edition", args=[YEAR, 1])
    text = client.get(done.url).content.decode()
    assert "县政府要求先行印发" in text
    assert "签发后没有变化" in text
    assert get(client, "draft", YEAR).status_code == 404


def test_a_reason_for_other_open_points_than_are_open_by_now_is_shown_again(client, cast, report):
    client.force_login(cast.office)
    address = reverse("issue-report", args=[YEAR])
    seen = base.seen_on(client, address)
    base.submission(cast.county, "T-03", "2023", status="submitted")
    answer = client.post(address, {"seen": seen, "reason": "水厂尚未开通"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "水厂尚未开通" in page
    assert "页面打开后未了事项已有变化" in page
    assert AnnualReport.objects.get().is_draft
    again = client.post(address, {"seen": answer.context["ready"].mark, "reason": "水厂数据待审"})
    assert again.url == reverse("edition", args=[YEAR, 1])
    assert AnnualReport.objects.get().reason == "水厂数据待审"


def test_files_of_an_edition_are_handed_out_as_they_were_written(client, cast, issued):
    client.force_login(cast.leader)
    for row in issued.files.all():
        answer = get(client, "edition-file", YEAR, 1, row.format, audience=row.audience)
        assert b"".join(answer.streaming_content) == row.file.open("rb").read()
        assert answer["X-Content-Type-Options"] == "nosniff"
    html = get(client, "edition-file", YEAR, 1, "html")
    assert html["Content-Disposition"].startswith("attachment")
    assert get(client, "edition-file", YEAR, 1, "html", audience="everybody").status_code == 404
    row = issued.files.get(format="docx", audience="internal")
    row.file.storage.delete(row.file.name)
    assert get(client, "edition-file", YEAR, 1, "docx").status_code == 404
    assert "文件丢失" in get(client, "verify-report", YEAR, 1).content.decode()


def test_editions_are_looked_at_and_downloaded_by_name(client, cast, report):
    client.force_login(cast.office)
    names = {}
    for audience in Audience:
        answer = get(client, "draft-file", YEAR, "docx", audience=audience.value)
        names[audience] = unquote(answer["Content-Disposition"].partition("''")[2])
    assert names[Audience.PUBLIC] == "云泽县质量状况分析报告-2023年-第1版草稿第1稿-公开版.docx"
    assert names[Audience.LEADER].endswith("-领导版.docx")
    assert names[Audience.INTERNAL].endswith("-内部版.docx")
    assert get(client, "draft-file", YEAR, "docx", audience="all").status_code == 404
    page = get(client, "draft", YEAR).content.decode()
    assert page.count("?audience=public") == 3
    assert "领导版 </span>Word" in page


def test_pages_of_an_issued_edition_by_audience(client, cast, issued):
    client.force_login(cast.leader)
    inside, public = (get(client, "edition", YEAR, 1, **of).content.decode() for of in ({}, {"audience": "public"}))
    assert "数据核查说明" in inside
    assert "统计口径说明" not in inside
    assert "数据核查说明" not in public
    assert "统计口径说明" in public
    answer = get(client, "edition-file", YEAR, 1, "docx", audience="public")
    name = unquote(answer["Content-Disposition"].partition("''")[2])
    assert name == "云泽县质量状况分析报告-2023年-第1版-公开版.docx"
    assert "公开版 Word" in get(client, "verify-report", YEAR, 1).content.decode()


def test_the_office_chooses_the_editions_of_a_block(client, cast, report):
    client.force_login(cast.office)
    form = get(client, *block("block-edit"))
    assert [(str(label), is_in) for label, is_in, _offered in form.context["readers"]] == [
        ("internal", True),
        ("public", True),
        ("leader", False),
    ]
    seen = form.context["seen_change"]
    answer = post(client, *block("block-readers"), audience=["internal", "leader"], seen=seen, htmx=True)
    assert answer.status_code == 200
    assert Edit.objects.get().readers == {"public": False, "leader": True}
    assert "内部·领导" in answer.content.decode()
    late = post(client, *block("block-readers"), audience=["internal"], seen=seen, htmx=True)
    assert late.status_code == 409
    findings = client.post(
        reverse("block-readers", args=[YEAR, "remarks"]), {"audience": ["public"], "seen": 0}, headers=HTMX
    )
    assert findings.status_code == 409
    assert "只供内部使用" in findings.content.decode()


def test_the_lengths_of_annexes_are_chosen_and_not_overwritten(client, cast, report):
    client.force_login(cast.office)
    address = reverse("report-annexes", args=[YEAR])
    form = client.get(address).context["form"]
    usual = {name: field.initial for name, field in form.fields.items()}
    assert client.post(address, usual | {"public-figures": "full", "seen": form.version}).status_code == 302
    assert ["public", "figures", "full"] in AnnualReport.objects.get().annexes
    again = client.post(address, usual | {"public-figures": "none", "seen": form.version})
    assert again.status_code == 409
    (difference,) = again.context["form"].differences
    assert (difference.theirs, difference.mine) == ("全文", "不附")
    assert client.post(address, usual | {"public-figures": "half", "seen": form.version}).status_code == 422


def test_what_changed_since_the_issue_shows_and_is_revised(client, cast, issued):
    draft_reports.correct(cast, done="41", passed="40")
    client.force_login(cast.office)
    text = get(client, "edition", YEAR, 1).content.decode()
    assert "签发后有4项数据变化" in text
    assert post(client, "revise-report", YEAR, 1, reason="").status_code == 422
    assert post(client, "revise-report", YEAR, 1, reason="更正").url == reverse("draft", args=[YEAR])
    assert AnnualReport.objects.drafts().get().edition == 2
    number = get(client, "number", YEAR, "food.done", edition="1").content.decode()
    assert "签发的报告为40，现在为41" in number


def test_sentences_and_figures_that_do_not_meet_are_listed(client, cast, report):
    edits.write(report=report, key=FOOD, text="共查出问题12批次，抽检{{food.done}}。", seen=0, by=cast.office)
    edits.write(report=report, key="water/text/1", text="缺{{water.supply}}。", seen=0, by=cast.office)
    client.force_login(cast.office)
    page = get(client, "report-sources", YEAR)
    lacking = {row.key: row.wanting for row in page.context["lacking"]}
    assert lacking["water/text/1"] == ("供水量",)
    assert [(row.key, row.wanting) for row in page.context["typed"]] == [(FOOD, ("12批次",))]
    unmentioned = {group.section: [figure.code for figure in group.figures] for group in page.context["unmentioned"]}
    assert unmentioned == {"饮用水": ["water.tests"]}  # those of the food are told in chapter 二 at the latest


def test_reports_are_compared(client, cast, issued):
    editing_report = issuing.revise(report=issued, by=cast.office, reason="更正")
    edits.write(report=editing_report, key=FOOD, text="食品抽检{{food.done}}。", seen=0, by=cast.office)
    client.force_login(cast.office)
    page = get(client, "compare", left="2023-1", right="2023-2-d2")
    text = base.html(page)
    assert "<del>全年完成</del>" in text
    assert "<ins>食品</ins>" in text
    folded = [item for item in page.context["texts"] if hasattr(item, "pairs")]
    shown = [item for item in page.context["texts"] if not hasattr(item, "pairs")]
    assert next(pair.key for pair in shown if pair.differs) == FOOD
    assert shown[0].level  # of what is the same only the heading over a difference is not folded
    assert all(one.differs or other.differs for one, other in pairwise([*shown, shown[-1]]))
    assert text.count('<details class="same">') == len(folded) > 1
    assert get(client, "compare", left="2023-1", right="2023-9").status_code == 404
    assert get(client, "compare").status_code == 200
    client.force_login(cast.leader)
    assert get(client, "compare", left="2023-1", right="2023-2-d2").status_code == 404
    client.force_login(cast.outsider_office)
    assert get(client, "compare", left="2023-1", right="2023-1").status_code == 404
    client.force_login(cast.clerk)
    assert get(client, "compare").status_code == 403


def test_the_address_carries_the_section_of_a_block(client, cast, report):
    client.force_login(cast.office)

    def blocks(**asked):
        return [shown.item.key for shown in get(client, "draft", YEAR, **asked).context["blocks"]]

    everything = blocks(whole=1)
    assert everything == [item.key for item in draft_reports.working(report).placed]
    assert FOOD in blocks(at=FOOD) == blocks(at="food") != everything
    assert FOOD not in blocks() == everything[: len(blocks())]
    gone = get(client, "draft", YEAR, at="added/9")
    assert "已不在草稿中" in gone.content.decode()
    part = client.get(reverse("draft", args=[YEAR]), {"at": FOOD}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'id="outline"' in part


def test_what_was_done_is_taken_back_without_script_and_refused_in_words(client, cast, report):
    edits.write(report=report, key=FOOD, text="甲写的。", seen=0, by=cast.office)
    client.force_login(cast.office)
    seen = get(client, "draft", YEAR).context["undo"].undo.change
    assert post(client, "draft-take-back", YEAR, "undo", seen=f"{seen}").status_code == 302
    assert draft_reports.printed(report, FOOD) != "甲写的。"
    again = client.post(reverse("draft-take-back", args=[YEAR, "undo"]), {"seen": f"{seen}"}, follow=True)
    assert "没有您可以撤销的修改" in again.content.decode()
    assert "没有您可以撤销的修改" in post(client, "draft-take-back", YEAR, "undo", htmx=True).content.decode()
    assert post(client, "draft-take-back", YEAR, "again").status_code == 404


def test_a_join_that_is_refused_keeps_what_was_written(client, cast, report):
    key = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    client.force_login(cast.office)
    said = {"text": "补充了很多。", "seen": "1", "before": FOOD}
    refused = post(client, "block-join", YEAR, key, htmx=True, **said, before_seen="5")
    assert refused.status_code == 409
    assert "补充了很多。</textarea>" in refused.content.decode()
    assert post(client, "block-join", YEAR, key, htmx=True, **said, before_seen="0").status_code == 200
    assert draft_reports.printed(report, FOOD).endswith("补充了很多。")


def test_pages_do_not_ask_more_the_more_there_is(client, cast, report, django_assert_max_num_queries):
    client.force_login(cast.office)
    pages = [("draft", YEAR), ("issue-report", YEAR), ("report-sources", YEAR), ("number", YEAR, "food.done")]
    pages += [block("block-edit"), ("reports",), ("compare",), ("draft-figures", YEAR)]

    def counted():
        counts = []
        for page in pages:
            with django_assert_max_num_queries(65) as queries:
                assert get(client, *page).status_code == 200
            counts.append(len(queries))
        return counts

    edits.write(report=report, key=FOOD, text="抽检{{food.done}}。", seen=0, by=cast.office)
    base.report(cast.county, "2023Q2", {"food.done": "5"})  # as later on, not all quarters have all figures
    drafts.regenerate(report=report, by=cast.office, seen=1)
    few = counted()
    for number in range(2, 12):
        edits.write(report=report, key=FOOD, text=f"抽检{{{{food.done}}}}，{number}。", seen=number - 1, by=cast.office)
        edits.add(report=report, after=FOOD, text=f"第{number}段。", by=cast.office)
    for quarter in (2, 3, 4):
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5", "food.passed": "5"})
    for seen in (2, 3, 4):
        drafts.regenerate(report=report, by=cast.office, seen=seen)
    # One less where no figure is missing any more, and all years are made alike.
    assert all(many <= count for many, count in zip(counted(), few, strict=True))
