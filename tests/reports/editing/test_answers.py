"""What the finished text says against itself is mended or answered before the report is issued."""

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from reports.document import snapshots
from reports.editing import answers, approval_sheet, drafts, edits, issuing, signing
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, Answer
from sectors.models import Notice, User
from tests import base
from tests.races import at_once
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]
FOOD = "food/text/1"
WHY = "县质强办已与市场监管局核对，口径不同。"


@pytest.fixture
def report(cast, draft_report):
    """With a sentence of the office whose parts are more than their whole."""
    edits.add(report=draft_report, after=FOOD, text="共40家，其中甲类30家、乙类20家。", by=cast.office)
    return draft_report


def open_ones(report):
    return [one.found for one in answers.of(draft_reports.working(report)) if one.is_open]


def issue(report, by):
    seen = issuing.readiness(draft_reports.working(report)).mark
    return issuing.issue(report=report, by=by, reason="先行印发", seen=seen)


def answer(report, by, text=WHY, seen=0, mark=""):
    answers.write(report=report, mark=mark or open_ones(report)[0].mark, text=text, seen=seen, by=by)


def test_a_report_is_not_issued_before_each_is_answered(cast, report):
    (one,) = open_ones(report)
    assert "30家" in one.text
    with pytest.raises(issuing.Unanswered, match="write beside it why it stays"):
        issue(report, cast.office)
    assert AnnualReport.objects.get().is_draft
    answer(report, cast.office)
    assert open_ones(report) == []
    issued = issue(report, cast.office)
    (kept,) = issued.answers.all()
    assert (kept.text, kept.about, kept.by) == (WHY, one.text, cast.office)


@pytest.mark.parametrize("edition", ["public", "leader"])
def test_each_edition_has_to_agree_with_itself(cast, report, edition):
    (inside,) = open_ones(report)
    edits.set_readers(report=report, key=inside.key, audiences={edition}, by=cast.office)
    (one,) = open_ones(report)
    assert one == inside
    edits.set_readers(report=report, key=inside.key, audiences={"internal", "public", "leader"}, by=cast.office)
    assert open_ones(report) == [inside]
    edits.set_readers(report=report, key=inside.key, audiences=set(), by=cast.office)
    assert open_ones(report) == []


def test_a_sentence_of_the_public_edition_alone_has_to_say_where_its_numbers_are_from(cast, report):
    key = open_ones(report)[0].key
    edits.set_readers(report=report, key=key, audiences={"public"}, by=cast.office)
    groups = issuing.readiness(draft_reports.working(report)).groups
    points = [point for group in groups for point in group.points if point.block == key]
    assert ["40家" in point.sentence for point in points] == [True]


def test_a_mended_sentence_needs_no_answer(cast, report):
    key = open_ones(report)[0].key
    item = draft_reports.working(report).by_key[key]
    edits.write(report=report, key=key, text="共40家，其中甲类20家、乙类20家。", seen=item.version, by=cast.office)
    assert issue(report, cast.office).status == "issued"


def test_an_answer_lapses_when_the_numbers_change(cast, report):
    answer(report, cast.office)
    key = answers.of(draft_reports.working(report))[0].found.key
    for text, is_open in (("共40家，其中甲类31家、乙类20家。", True), ("共40家，其中甲类30家、乙类20家。", False)):
        item = draft_reports.working(report).by_key[key]
        edits.write(report=report, key=key, text=text, seen=item.version, by=cast.office)
        assert bool(open_ones(report)) is is_open
    # Only what is printed stays with the edition.
    item = draft_reports.working(report).by_key[key]
    edits.write(report=report, key=key, text="共40家。", seen=item.version, by=cast.office)
    assert issue(report, cast.office).answers.count() == 0


def test_the_second_of_two_people_sees_the_first_answer(cast, report):
    mark = open_ones(report)[0].mark
    answer(report, cast.office, mark=mark)
    with pytest.raises(answers.Overwritten):
        answer(report, cast.office, "另一个理由", mark=mark)
    answer(report, cast.office, "", seen=1, mark=mark)  # taken back
    assert len(open_ones(report)) == 1
    with pytest.raises(answers.Overwritten):
        answer(report, cast.office, "另一个理由", seen=1, mark=mark)
    answer(report, cast.office, "另一个理由", seen=2, mark=mark)
    assert Answer.objects.get().text == "另一个理由"


def test_what_is_answered_after_the_page_was_opened_is_looked_at_again(cast, report):
    answer(report, cast.office)
    mark, seen = Answer.objects.get().mark, issuing.readiness(draft_reports.working(report)).mark
    answer(report, cast.office, "另一个理由", seen=1, mark=mark)
    with pytest.raises(issuing.PointsChanged):
        issuing.issue(report=report, by=cast.office, reason="先行印发", seen=seen)


def test_nothing_is_answered_that_is_not_there(cast, report):
    with pytest.raises(WrongState, match="the numbers are others by now"):
        answer(report, cast.office, mark="0" * 32)
    answer(report, cast.office)
    issued = issue(report, cast.office)
    with pytest.raises(WrongState):
        answer(issued, cast.office, mark=issued.answers.get().mark, seen=1)


@pytest.mark.parametrize("name", ["clerk", "head", "outsider_office", "leader"])
def test_only_the_office_of_the_region_answers(cast, report, name):
    with pytest.raises(PermissionDenied):
        answer(report, getattr(cast, name))
    assert not Answer.objects.exists()


def test_the_next_edition_begins_with_the_answers(cast, report):
    answer(report, cast.office)
    issued = issue(report, cast.office)
    revised = issuing.revise(report=issued, by=cast.office, reason="补充数据")
    assert open_ones(revised) == []
    assert [row.text for row in revised.answers.all()] == [WHY]
    assert issued.answers.count() == 1


def test_what_the_checks_found_is_listed_until_the_department_explains(cast):
    draft_reports.figures(cast)
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "41"})
    begun = drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)
    assert draft_reports.working(begun).generated.notes
    assert [one.kind for one in open_ones(begun)] == ["noted"]


# The page


def post(client, **fields):
    return client.post(reverse("answer-contradiction", args=[2023]), fields)


def test_the_page_lists_answers_and_refuses(client, cast, report):
    client.force_login(cast.office)
    page = client.get(reverse("issue-report", args=[2023]))
    (one,) = page.context["ready"].contradictions
    assert f"#{one.found.key}" in base.html(page)
    refused = client.post(
        reverse("issue-report", args=[2023]), {"seen": page.context["ready"].mark, "reason": "县政府要求先行印发"}
    )
    assert refused.status_code == 422
    assert "文稿中还有1处不一致" in base.html(refused)
    assert "县政府要求先行印发" in base.html(refused)
    done = post(client, mark=one.found.mark, seen=0, text=WHY)
    assert done.status_code == 302
    assert WHY in base.html(client.get(reverse("issue-report", args=[2023])))
    stale = post(client, mark=one.found.mark, seen=0, text="另一个理由")
    assert stale.status_code == 409
    assert "另一个理由" in base.html(stale)
    assert WHY in base.html(stale)
    issue(report, cast.office)
    assert WHY in base.html(client.get(reverse("edition", args=[2023, 1])))


def test_the_draft_shows_the_marks_and_their_notes(client, cast):
    base.report(cast.county, "2023Q1", {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"})
    drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)
    client.force_login(cast.office)
    page = base.html(client.get(reverse("draft", args=[2023]), {"at": "food"}))
    assert '<sup><a href="#note-1" id="note-1-mark">[1]</a></sup>' in page
    assert 'id="note-1"' in page
    block = base.html(client.get(reverse("block", args=[2023, FOOD]), headers={"HX-Request": "true"}))
    assert '<sup><a href="#note-1" id="note-1-mark">[1]</a></sup>' in block


@pytest.mark.parametrize(
    "fields", [{"mark": "x"}, {"mark": "x", "seen": "-1"}, {"mark": "x", "seen": 0, "text": "长" * 501}]
)
def test_what_cannot_be_an_answer_is_told(client, cast, report, fields):
    client.force_login(cast.office)
    assert post(client, **fields).status_code == 422


def test_who_may_not_answer_is_refused(client, cast, report):
    mark = open_ones(report)[0].mark
    for name, status in (("clerk", 403), ("leader", 403), ("outsider_office", 404)):
        client.force_login(User.objects.get(username=name))
        assert post(client, mark=mark, seen=0, text=WHY).status_code == status, name
    client.force_login(cast.office)
    assert client.get(reverse("answer-contradiction", args=[2023])).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_two_people_answer_at_once(cast, report):
    mark = open_ones(report)[0].mark
    results = at_once(*(lambda text=text: answer(report, cast.office, text, mark=mark) for text in ("甲", "乙")))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Overwritten"], results
    assert Answer.objects.count() == 1


def sheet_text(report):
    found = signing.progress(draft_reports.working(report))
    given = answers.kept(found.working.report)
    return snapshots.dump(approval_sheet.document(found.working.report, found.steps, found.standing, "", given))


def test_what_is_answered_after_the_approval_stands_on_its_sheet_and_is_told_to_who_gave_it(cast, report):
    reviewer = base.user("office", cast.office.department, "reviewer")
    edits.add(report=report, after=FOOD, text="共50家，其中甲类40家、乙类30家。", by=cast.office)
    first, second = (one.mark for one in open_ones(report))
    answer(report, cast.office, text="批前说明", mark=first)
    for action, by in (("send", cast.office), ("review", reviewer), ("approve", cast.leader)):
        signing.act(report=report, action=action, by=by, seen=None)
    Notice.objects.all().delete()
    assert "签批时未见" not in sheet_text(report)
    answer(report, cast.office, text="批后说明", mark=second)
    # The text is the one that was approved, so the approval stands.
    assert signing.progress(draft_reports.working(report)).is_approved
    text = sheet_text(report)
    assert "签批后，质强办对文稿中1处互不相符的数据作了答复，签批时未见：" in text
    assert "批后说明" in text
    assert "批前说明" not in text
    assert {(one.to, "批后说明" in one.text) for one in Notice.objects.all()} == {(reviewer, True), (cast.leader, True)}
    answer(report, cast.office, text="", seen=1, mark=second)
    assert "签批时未见" not in sheet_text(report)
    answer(report, cast.office, text="再说明", seen=2, mark=second)
    issued = issue(report, cast.office)
    kept = issued.papers.get(kind="docx")
    with kept.file.open("rb") as file:
        words = "".join(node.text or "" for node in docx.Document(file).element.body.iter() if node.tag.endswith("}t"))
    assert "再说明" in words


def test_before_an_approval_nobody_is_told_of_an_answer(cast, report):
    signing.act(report=report, action="send", by=cast.office, seen=None)
    Notice.objects.all().delete()
    answer(report, cast.office)
    assert not Notice.objects.exists()
    assert "签批时未见" not in sheet_text(report)
