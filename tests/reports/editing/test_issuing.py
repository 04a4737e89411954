"""Issued once, frozen for good: figures, texts and files, verified against the snapshot; revised under a new number."""

import datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from reports.chapters import sources
from reports.document import snapshots
from reports.editing import answers, audiences, drafts, edits, issuing, outstanding, source_check
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, Draft, Edit, ReportFile
from reports.models.frozen import Frozen
from reports.vocabulary import Audience
from reports.writers import files
from sectors.models import Assignment, CatalogueVersion, FormerFrequency, Region, Sheet, ShortfallAnswer, Submission
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]
FOOD = "food/text/1"
UNSIGNED = [
    "The draft as it stands was not sent for review.",
    "Nobody has reviewed the draft as it stands.",
    "No leader has approved the draft as it stands.",
]


@pytest.fixture
def report(draft_report):
    return draft_report


def issue(report, cast, reason="先行印发", seen=None):
    seen = seen or issuing.readiness(draft_reports.working(report)).mark
    return issuing.issue(report=report, by=cast.office, reason=reason, seen=seen)


def complete(cast):
    """Every sheet of the year accepted, in each of its periods, and what falls short answered."""
    for sheet, periods in (("T-01", "1234"), ("T-02", "1234")):
        for quarter in periods:
            base.submission(cast.county, sheet, f"2023Q{quarter}", status="accepted")
    base.submission(cast.county, "T-03", "2023", status="accepted")
    closing = base.submission(cast.county, "T-01", "2023Q4", status="accepted")
    closing.shortfall_answers.create(shortfall="food.rate", problem="97.5%", cause="检测慢", measure="增加检测")


def test_what_is_missing_is_named(cast, report):
    base.submission(cast.county, "T-01", "2023Q2", status="draft")
    year = outstanding.of_year(cast.county, 2023)
    assert (year.expected, year.accepted) == (9, 2)
    assert [item.sentence for item in year.missing] == [
        "T-01 食品抽检情况表, Quarter 2 of 2023, 市场监管局: Draft",
        "T-01 食品抽检情况表, 市场监管局: 2 of the year's periods were never opened",
        "T-02 饮用水检测情况表, 水利局: 3 of the year's periods were never opened",
        "T-03 水厂情况表, 水利局: 1 of the year's periods were never opened",
    ]
    # History has annual submissions only: one of them stands for the whole year.
    base.submission(cast.county, "T-01", "2021", status="accepted")
    assert outstanding.of_year(cast.county, 2021).missing[0].sheet == "T-02 饮用水检测情况表"


def sentences(cast, year=2023):
    return [item.sentence for item in outstanding.of_year(cast.county, year).missing]


def test_a_sheet_is_wanted_for_the_periods_in_which_it_is_valid(cast, report):
    complete(cast)
    base.change_catalogue(Sheet.objects.filter(number="T-01"), valid_from=datetime.date(2023, 7, 1))
    Submission.objects.filter(sheet__number="T-01", period__number__lt=3).delete()
    ShortfallAnswer.objects.all().delete()  # nothing falls short any more
    assert sentences(cast) == []
    assert outstanding.of_year(cast.county, 2023).expected == 7
    drafts.regenerate(report=report, by=cast.office, seen=1)
    assert issue(report, cast).open_points[:3] == UNSIGNED
    # Opened by mistake for a period in which it was not valid yet: nobody waits for it.
    base.submission(cast.county, "T-01", "2023Q1", status="draft")
    assert sentences(cast) == []
    assert sentences(cast, 2022)[0] == "T-02 饮用水检测情况表, 水利局: 4 of the year's periods were never opened"


def test_the_annex_of_sources_expects_the_same(cast):
    complete(cast)
    base.change_catalogue(Sheet.objects.filter(number="T-01"), valid_from=datetime.date(2023, 7, 1))
    found = {source.number: (source.accepted, source.expected) for source in sources.of_year(cast.county, 2023)}
    assert found == {"T-01": (2, 2), "T-02": (4, 4), "T-03": (1, 1)}


def test_a_prefecture_waits_for_what_its_counties_report(cast):
    for quarter in "1234":
        base.submission(cast.county, "T-01", f"2023Q{quarter}", status="accepted")
    for quarter, status in (("1", "accepted"), ("2", "signed")):
        base.submission(cast.other_county, "T-01", f"2023Q{quarter}", status=status)
    found = outstanding.of_year(cast.prefecture, 2023)
    assert (found.expected, found.accepted) == (8, 5)
    assert [item.sentence for item in found.missing] == [
        "T-01 食品抽检情况表, Quarter 2 of 2023, 石浦县市场监督管理局: Signed",
        "T-01 食品抽检情况表, 石浦县市场监督管理局: 2 of the year's periods were never opened",
    ]


def test_a_retired_sheet_is_not_outstanding(cast):
    complete(cast)
    Submission.objects.filter(sheet__number="T-02").update(status="draft")
    for last in (datetime.date(2022, 12, 31), datetime.date(2023, 6, 30)):
        base.change_catalogue(Sheet.objects.filter(number="T-02"), valid_to=last)
        assert sentences(cast) == []
    base.change_catalogue(Sheet.objects.filter(number="T-02"), valid_to=datetime.date(2023, 12, 31))
    assert len(sentences(cast)) == 4


def test_a_sheet_that_was_reported_by_halves_is_wanted_so(cast):
    complete(cast)
    sheet = Sheet.objects.get(number="T-02")
    FormerFrequency.objects.create(sheet=sheet, frequency="half", until=2023)
    CatalogueVersion.objects.renew()
    assert sentences(cast) == ["T-02 饮用水检测情况表, 水利局: 2 of the year's periods were never opened"]
    for half in "12":
        base.submission(cast.county, "T-02", f"2023H{half}", status="accepted")
    assert sentences(cast) == []
    assert len(sentences(cast, 2024)) == 3


def without_gaps(report, cast):
    """The office leaves out the sentences that lack a figure."""
    for sentence in source_check.lacking(draft_reports.working(report).placed):
        edits.hide(report=report, key=sentence.key, by=cast.office)


def test_a_whole_year_that_was_approved_is_issued_without_a_reason(cast, report):
    complete(cast)
    drafts.regenerate(report=report, by=cast.office, seen=1)
    without_gaps(report, cast)
    draft_reports.approve(report, cast)
    issued = issue(report, cast, reason="")
    assert (issued.status, issued.issued_by, issued.reason, issued.open_points) == ("issued", cast.office, "", [])
    document = snapshots.load(issued.snapshot)
    assert draft_reports.cover(document).edition_note == ""
    assert issued.sha256 == snapshots.sha256(issued.snapshot)


def test_with_missing_submissions_a_reason_is_asked_for_and_kept(cast, report):
    with pytest.raises(issuing.ReasonMissing):
        issue(report, cast, reason="  ")
    assert AnnualReport.objects.get().is_draft
    issued = issue(report, cast, reason="县政府要求先行印发")
    assert issued.reason == "县政府要求先行印发"
    assert issued.open_points[:3] == UNSIGNED
    assert len([point for point in issued.open_points if "never opened" in point]) == 3


def test_a_stale_sentence_is_an_open_point_too(cast, report):
    complete(cast)
    drafts.regenerate(report=report, by=cast.office, seen=1)
    edits.write(report=report, key=FOOD, text="抽检{{food.done}}。", seen=0, by=cast.office)
    draft_reports.correct(cast, done="41", passed="40")
    drafts.regenerate(report=report, by=cast.office, seen=2)
    without_gaps(report, cast)
    draft_reports.approve(report, cast)
    assert issuing.readiness(draft_reports.working(report)).open_points == [
        "“抽检40批次。”: what it was written over has changed"
    ]
    # And the figure stands there with two numbers.
    with pytest.raises(issuing.Unanswered):
        issue(report, cast)
    (one,) = answers.of(draft_reports.working(report))
    answers.write(report=report, mark=one.found.mark, text="按签报的数。", seen=0, by=cast.office)
    with pytest.raises(issuing.ReasonMissing):
        issue(report, cast, reason="")


def test_gaps_and_numbers_without_a_source_are_open_points_with_their_block(cast, report):
    text = "出动执法人员，抽检999批次，任务{{food.task}}。"
    edits.write(report=report, key=FOOD, text=text, seen=0, by=cast.office)
    groups = issuing.readiness(draft_reports.working(report)).groups
    points = [point for group in groups for point in group.points if point.block == FOOD]
    assert [point.sentence.rpartition("”: ")[2] for point in points] == ["抽检任务 missing", "999批次 without a source"]
    assert issue(report, cast).open_points[-2:] == [point.sentence for point in points]


def test_figures_newer_than_the_draft_want_a_new_draft_first(cast, report):
    draft_reports.correct(cast, done="41", passed="40")
    with pytest.raises(WrongState, match="prints has changed since it was generated"):
        issue(report, cast)
    drafts.regenerate(report=report, by=cast.office, seen=1)
    assert issue(report, cast).status == "issued"


def test_what_was_changed_after_the_page_was_looked_at_is_not_issued(cast, report):
    seen = issuing.readiness(draft_reports.working(report)).mark
    steps = [
        lambda: edits.hide(report=report, key=FOOD, by=cast.office),
        lambda: edits.write_cover(report=report, title="题", issuer="政府", dated=draft_reports.DAY, by=cast.office),
        lambda: drafts.regenerate(report=report, by=cast.office, seen=1),
    ]
    for step in steps:
        step()
        with pytest.raises(WrongState, match="changed meanwhile"):
            issue(report, cast, seen=seen)
        seen = issuing.readiness(draft_reports.working(report)).mark
    assert not ReportFile.objects.exists()


def test_a_reason_is_kept_with_the_points_that_it_was_written_for_only(cast, report):
    sheet = Sheet.objects.get(number="T-02")

    def assign():
        new = Sheet.objects.create(
            sector=sheet.sector, number="T-09", name="新表", frequency="quarter", department_code="water", position=9
        )
        Assignment.objects.create(sheet=new, region=cast.county, department=cast.water)
        CatalogueVersion.objects.renew()

    steps = [
        assign,
        lambda: base.submission(cast.county, "T-03", "2023", status="draft"),
        lambda: base.submission(cast.county, "T-03", "2023", status="submitted"),
        lambda: Submission.objects.filter(sheet__number="T-03").delete(),
        lambda: complete(cast),
    ]
    for step in steps:
        seen = issuing.readiness(draft_reports.working(report)).mark
        step()
        drafts.regenerate(report=report, by=cast.office, seen=report.drafts.count())
        now = issuing.readiness(draft_reports.working(report)).mark
        with pytest.raises(issuing.PointsChanged, match="What is open has changed"):
            issue(report, cast, seen="-".join([now.rpartition("-")[0], seen.rpartition("-")[2]]))
    assert AnnualReport.objects.get().is_draft


def test_the_files_are_stored_with_their_hashes_and_are_built_again_byte_for_byte(cast, report, media):
    issued = issue(report, cast)
    rows = list(issued.files.all())
    assert [(row.audience, row.format) for row in rows] == [(one, to) for one in Audience for to in files.FORMATS]
    for row in rows:
        content = (media / row.file.name).read_bytes()
        assert (len(content), snapshots.sha256(content)) == (row.size, row.sha256)
        edition = audiences.for_audience(snapshots.load(issued.snapshot), row.audience)
        assert files.write(edition, row.format) == content
    found = issuing.verify(issued)
    assert found.all_agree
    assert all(check.is_rebuilt and check.same_writer for check in found.files)


def test_verifying_sees_a_file_that_was_touched_or_lost_and_a_snapshot_that_was_changed(cast, report, media):
    issued = issue(report, cast)
    first, second, *_rest = issued.files.all()
    Path(media / first.file.name).write_bytes(b"other")
    Path(media / second.file.name).unlink()
    found = issuing.verify(issued)
    assert not found.all_agree
    assert [(check.is_there, check.is_unchanged, check.is_rebuilt) for check in found.files][:2] == [
        (True, False, True),
        (False, False, True),
    ]
    issued.snapshot = issued.snapshot.replace("97.5%", "99.9%")
    found = issuing.verify(issued)
    assert (found.snapshot_unchanged, found.all_agree) == (False, False)
    assert not any(check.is_rebuilt for check in found.files)


def test_another_version_of_the_writer_is_told_from_tampering(cast, report, monkeypatch):
    issued = issue(report, cast)
    monkeypatch.setattr(files, "writer_mark", lambda to: "later")
    write = files.write
    monkeypatch.setattr(files, "write", lambda document, to: write(document, to) + b" ")
    found = issuing.verify(issued)
    told = {(check.is_unchanged, check.is_rebuilt, check.same_writer) for check in found.files}
    assert told == {(True, False, False)}
    assert found.all_agree


def test_nothing_of_an_issued_report_is_changed_any_more(cast, report):
    edits.write(report=report, key=FOOD, text="改过。", seen=0, by=cast.office)
    issued = issue(report, cast)
    for step in (
        lambda: edits.write(report=report, key=FOOD, text="再改。", seen=1, by=cast.office),
        lambda: edits.hide(report=report, key=FOOD, by=cast.office),
        lambda: edits.undo(report=report, key=FOOD, by=cast.office),
        lambda: drafts.regenerate(report=report, by=cast.office, seen=1),
        lambda: issue(report, cast),
    ):
        with pytest.raises(WrongState, match="issued meanwhile"):
            step()
    rows = [issued, issued.drafts.first(), issued.edits.first(), issued.changes.first(), issued.files.first()]
    for row in rows:
        for step in (
            row.save,
            row.delete,
            type(row).objects.filter(pk=row.pk).delete,
            lambda row=row: type(row).objects.filter(pk=row.pk).update(pk=row.pk),
            lambda row=row: type(row).objects.bulk_update([row], [type(row)._meta.fields[1].name]),
        ):
            with pytest.raises(Frozen):
                step()
    with pytest.raises(Frozen):
        Edit.objects.create(report=issued, key="x", by=cast.office)
    with pytest.raises(Frozen):
        Draft.objects.create(report=issued, number=9, by=cast.office, generated="{}")
    assert AnnualReport.objects.get(pk=issued.pk).snapshot == issued.snapshot


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "admin", "outsider_office"])
def test_only_the_office_of_the_region_issues_and_revises(cast, report, name):
    seen = issuing.readiness(draft_reports.working(report)).mark
    with pytest.raises(PermissionDenied):
        issuing.issue(report=report, by=getattr(cast, name), reason="x", seen=seen)
    issued = issue(report, cast)
    with pytest.raises(PermissionDenied):
        issuing.revise(report=issued, by=getattr(cast, name), reason="x")


def test_later_changes_of_figures_show_and_lead_to_a_revised_edition(cast, report):
    edits.write(report=report, key=FOOD, text="抽检{{food.done}}，平稳。", seen=0, by=cast.office)
    added = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    issued = issue(report, cast)
    document = snapshots.load(issued.snapshot)
    assert not issuing.since_issue(issued)
    draft_reports.correct(cast, done="41", passed="40")
    changes = {change.code: (change.left, change.right) for change in issuing.since_issue(issued).figures}
    assert changes["food.done"] == ("40", "41")
    assert changes["food.rate"] == ("97.5", "97.6")

    with pytest.raises(issuing.ReasonMissing):
        issuing.revise(report=issued, by=cast.office, reason=" ")
    revised = issuing.revise(report=issued, by=cast.office, reason="市监局更正抽检数")
    assert (revised.edition, revised.status, revised.revision_reason) == (2, "draft", "市监局更正抽检数")
    working = draft_reports.working(revised)
    assert draft_reports.printed(revised, FOOD) == "抽检40批次，平稳。"
    assert [(item.old, item.new) for item in working.by_key[FOOD].stale] == [("40批次", "41批次")]
    assert draft_reports.printed(revised, added) == "补充。"
    assert working.draft.number == 2
    edits.take_new(report=revised, key=FOOD, by=cast.office)
    assert edits.add(report=revised, after=FOOD, text="再补充。", by=cast.office) != added

    second = issue(revised, cast)
    assert draft_reports.issued_cover(second).edition_note == "（第2版）"
    assert snapshots.load(AnnualReport.objects.get(pk=issued.pk).snapshot) == document
    assert issuing.verify(issued).all_agree
    with pytest.raises(WrongState, match="last issued edition"):
        issuing.revise(report=issued, by=cast.office, reason="再来")


def test_there_is_no_second_draft_beside_a_revision(cast, report):
    issued = issue(report, cast)
    issuing.revise(report=issued, by=cast.office, reason="更正")
    with pytest.raises(WrongState):
        issuing.revise(report=issued, by=cast.office, reason="更正")
    assert AnnualReport.objects.count() == 2


def test_when_a_file_cannot_be_written_nothing_is_issued_and_nothing_is_left(cast, report, media, monkeypatch):
    monkeypatch.setattr(issuing, "_freeze", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue(report, cast)
    assert AnnualReport.objects.get().is_draft
    assert not ReportFile.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_the_year_counts_only_its_region(cast, report):
    base.report(cast.other_county, "2023Q1", {"food.done": "7"})
    assert Submission.objects.filter(region=cast.other_county).count() == 1
    assert outstanding.of_year(cast.county, 2023).accepted == 2
    assert outstanding.of_year(cast.county, 2031).accepted == 0


def test_a_department_reads_its_own_sentences_of_what_was_issued(client, cast, report, settings):
    settings.LANGUAGE_CODE = "zh-hans"
    page = reverse("own-sentences")
    client.force_login(cast.clerk)
    assert "40" not in client.get(page).content.decode().split('id="main"')[1]  # a draft is the office's
    issue(report, cast)
    mine: dict[int, list[str]] = {}
    others: dict[int, list[str]] = {}
    for found, who in ((mine, cast.clerk), (others, cast.outsider_clerk)):
        client.force_login(who)
        for of in client.get(page).context["said"]:
            found[of.year] = [one.text for one in of.sentences]
    assert any("40批次" in text for text in mine[2023])
    assert not any("12" in text.replace("12月", "") for text in mine[2023])
    assert not set(mine[2023]) & set(others[2023])
    client.force_login(cast.outsider_office)
    assert client.get(page).status_code == 403


def test_what_is_open_leads_to_where_it_is_dealt_with_and_departments_are_urged_from_there(client, cast):
    draft = base.submission(cast.county, "T-01", "2023Q2", status="draft")
    signed = base.submission(cast.county, "T-01", "2023Q3", status="signed")
    draft_reports.begin(cast)
    address = reverse("issue-report", args=[2023])
    client.force_login(cast.office)
    page = client.get(address).content.decode()
    for one in (draft, signed):
        assert f'href="{reverse("submission", args=[one.pk])}"' in page
    assert f'href="{reverse("periods")}"' in page.split('id="main"')[1]  # never opened
    assert reverse("urge", args=[draft.period_id]) in page
    assert reverse("urge", args=[signed.period_id]) not in page
    sent = client.post(reverse("urge", args=[draft.period_id]), {"one": draft.department_id, "next": address})
    assert (sent.status_code, sent["Location"]) == (302, address)
    assert [one.department for one in draft.period.urges.all()] == [cast.market]


def test_what_other_regions_owe_is_named_and_no_link(client, cast):
    child = Region.objects.create(code="650001001", name="下属镇", level="township", parent=cast.county)
    base.make_reporting(child)
    client.force_login(cast.office)
    theirs = base.submission(child, "T-01", "2023Q2", status="draft")
    draft_reports.begin(cast)
    page = client.get(reverse("issue-report", args=[2023])).content.decode()
    assert reverse("submission", args=[theirs.pk]) not in page
    assert reverse("urge", args=[theirs.period_id]) not in page
    assert "下属镇" in page


@pytest.mark.parametrize("where", ["handed over", "below"])
def test_sentences_of_what_others_reported_too_are_not_the_departments_own(client, cast, report, where):
    issue(report, cast)
    client.force_login(cast.clerk)
    page = reverse("own-sentences")
    assert any("40" in one.text for one in client.get(page).context["said"][0].sentences)
    sent = Submission.objects.filter(region=cast.county, sheet__number="T-01", status="accepted")
    if where == "handed over":
        sent.update(department=cast.water)
    else:  # the report of a region has the figures of those in it
        Region.objects.filter(pk=cast.other_county.pk).update(parent=cast.county)
        base.submission(cast.other_county, "T-01", "2023Q1", status="accepted")
    assert not any("40" in one.text for one in client.get(page).context["said"][0].sentences)
