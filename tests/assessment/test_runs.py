"""A run from its opening to its notice: states, days, who may what, and what stands there in the end."""

import datetime
import random
from fractions import Fraction
from functools import partial
from io import BytesIO
from itertools import pairwise

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessment import appeals, results, reviews, run_lists, runs, scheme_versions, self_scores
from assessment.evidence import ScoreAttachments
from assessment.models import Appeal, Result, Run, RunFile, RunSubject, Scheme, Score
from assessment.run_guard import NotPossible, Stale
from assessment.schemes.reading import read
from assessment.self_scores import Refused, SelfScore
from assessment.vocabulary import RunState
from audit.models import Event
from reports.models.frozen import Frozen
from sectors.guard import WrongState
from sectors.models import Notice
from tests import base
from tests.assessment.rounds import (
    CLOSED,
    COUNTIES,
    HAND,
    REVIEW,
    SCHEMES,
    SHOWN,
    D,
    days,
    give,
    opened,
    say,
    score,
    subject,
    to,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast):
    return opened(cast.county, cast.office)


@pytest.fixture
def reviewed(cast, run):
    """Under review, with self-scores of one department of two."""
    to(run, RunState.SELF, cast.office)
    say(run, "market", cast.clerk, plan=18, doing=15, market=10)
    return to(run, REVIEW, cast.office)


def give_all(run, by):
    for code, points in (("market", (18, 15, 10)), ("water", (10, 10, 5))):
        for criterion, value in zip(("plan", "doing", code), points, strict=True):
            give(run, code, criterion, value, by)


def test_opening_makes_a_score_for_each_criterion_of_each_subject_once(cast, run):
    rows = {(row.subject.code, row.criterion) for row in Score.objects.select_related("subject")}
    assert rows == {(code, one) for code in ("market", "water") for one in ("plan", "doing", code)}
    with pytest.raises(NotPossible):
        runs.open_run(scheme=run.scheme, days=days(), by=cast.office, today=None)
    assert Run.objects.count() == 1


def test_only_the_office_opens_and_only_for_a_scheme_in_force_with_days_in_order(cast):
    scheme, _new = scheme_versions.load(region=cast.county, year=2023, path=HAND, by=cast.office)
    today = timezone.localdate()
    with pytest.raises(WrongState):
        runs.open_run(scheme=scheme, days=days(), by=cast.office, today=today)
    scheme_versions.put_in_force(scheme=scheme, reason="", by=cast.office)
    for person in (cast.clerk, cast.leader, cast.outsider_office, cast.admin):
        with pytest.raises(PermissionDenied):
            runs.open_run(scheme=scheme, days=days(), by=person, today=today)
    for wrong in (days(5, 4, 9), days(5, 9, 8), days(-1, 4, 9)):
        with pytest.raises(NotPossible):
            runs.open_run(scheme=scheme, days=wrong, by=cast.office, today=today)
    assert not Run.objects.exists()


def test_the_scheme_is_frozen_with_the_year(cast, run, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(HAND.read_text(encoding="utf-8").replace("name: 计划", "name: 年度计划"), encoding="utf-8")
    other, _new = scheme_versions.load(region=cast.county, year=2023, path=path, by=cast.office)
    with pytest.raises(scheme_versions.NotInForce):
        scheme_versions.put_in_force(scheme=other, reason="修订", by=cast.office)
    assert Scheme.objects.get(state="in_force") == run.scheme


def test_steps_come_in_their_order_with_a_reason_before_their_day(cast, run):
    with pytest.raises(WrongState):
        runs.move(run=run, to=REVIEW, seen=run.version, by=cast.office, reason="提前")
    now = runs.move(run=run, to=RunState.SELF, seen=run.version, by=cast.office)
    with pytest.raises(Stale):
        runs.move(run=run, to=REVIEW, seen=run.version, by=cast.office, reason="提前")
    with pytest.raises(NotPossible):
        runs.move(run=run, to=REVIEW, seen=now.version, by=cast.office, reason=" ")
    with pytest.raises(PermissionDenied):
        runs.move(run=run, to=REVIEW, seen=now.version, by=cast.leader, reason="提前")
    Run.objects.update(self_until=timezone.localdate() - datetime.timedelta(days=1))
    runs.move(run=run, to=REVIEW, seen=now.version, by=cast.office)
    assert Run.objects.get().state == REVIEW
    assert Notice.objects.filter(to=cast.clerk, link=reverse("run", args=[run.pk])).exists()


def test_a_stale_page_is_told_what_changed(cast, run):
    runs.change_days(run=run, days=days(6, 11, 16), reason="延长", seen=run.version, by=cast.office)
    with pytest.raises(Stale, match="review_until"):
        runs.assign(run=run, people={"plan": [cast.clerk]}, seen=run.version, by=cast.office)


# Self-scores


def test_self_scores_are_stored_all_or_none(cast, run):
    to(run, RunState.SELF, cast.office)
    rows = {row.criterion: row for row in Score.objects.filter(subject__code="market")}
    typed = {
        "plan": SelfScore(D(18), "计划", self_scores.mark(rows["plan"])),
        "doing": SelfScore(D("20.01"), "", self_scores.mark(rows["doing"])),
    }
    with pytest.raises(Refused) as found:
        self_scores.store(subject=subject(run, "market"), typed=typed, by=cast.clerk)
    assert set(found.value.problems) == {"doing"}
    assert not Score.objects.filter(self_score__isnull=False).exists()
    for wrong in (D("-1"), D("1.005"), D("1e9")):
        typed["doing"] = SelfScore(wrong, "", self_scores.mark(rows["doing"]))
        with pytest.raises(Refused):
            self_scores.store(subject=subject(run, "market"), typed=typed, by=cast.clerk)
    typed["doing"] = SelfScore(D(0), "", self_scores.mark(rows["doing"]))
    assert self_scores.store(subject=subject(run, "market"), typed=typed, by=cast.head) == 2
    assert score(run, "market", "doing").self_score == 0  # zero is a score
    assert self_scores.store(subject=subject(run, "market"), typed=typed, by=cast.clerk) == 0  # as it stands
    stale = {"plan": SelfScore(D(3), "", self_scores.mark(rows["plan"]))}
    with pytest.raises(Refused, match="18"):
        self_scores.store(subject=subject(run, "market"), typed=stale, by=cast.clerk)


def test_a_typed_zero_stays_in_what_is_refused(cast, client, run):
    to(run, RunState.SELF, cast.office)
    client.force_login(cast.clerk)
    seen = self_scores.mark(score(run, "market", "plan"))
    sent = {"plan-points": "0", "plan-seen": seen, "doing-points": "99", "doing-seen": seen}
    answer = client.post(reverse("run-subject", args=[subject(run, "market").pk]), sent)
    assert answer.status_code == 422
    assert [row["typed"][0] for row in answer.context["lines"]][:2] == ["0", "99"]


def test_self_scores_are_of_ones_own_and_within_their_days(cast, run):
    with pytest.raises(WrongState):
        say(run, "market", cast.clerk, plan=1)
    to(run, RunState.SELF, cast.office)
    for person in (cast.outsider_clerk, cast.office, cast.leader, cast.admin, cast.outsider_office):
        with pytest.raises(PermissionDenied):
            say(run, "market", person, plan=1)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Run.objects.update(self_until=yesterday)
    with pytest.raises(WrongState, match=str(yesterday)):
        say(run, "market", cast.clerk, plan=1)


def test_self_scores_by_excel_and_back(cast, run, client):
    to(run, RunState.SELF, cast.office)
    client.force_login(cast.clerk)
    own, upload = (
        reverse(name, args=[subject(run, "market").pk]) for name in ("self-scores-file", "upload-self-scores")
    )

    def sent(book):
        content = BytesIO()
        book.save(content)
        return client.post(upload, {"file": SimpleUploadedFile("a.xlsx", content.getvalue())})

    book = load_workbook(BytesIO(b"".join(client.get(own).streaming_content)))
    page = book.active
    assert [page.cell(row, 1).value for row in (2, 3, 4)] == ["plan", "doing", "market"]
    page["F2"], page["G2"], page["F3"] = 17.5, "=计划", "十"
    answer = sent(book)
    assert answer.status_code == 422
    assert "十" in base.html(answer)
    assert not Score.objects.filter(self_score__isnull=False).exists()
    page["F3"] = 7.1
    answer = sent(book)
    assert answer.status_code == 422  # a remark that has no result in the file
    page["G2"] = "'-计划"
    page["F9"] = 3
    answer = sent(book)
    assert answer.status_code == 422
    assert "第9行" in base.html(answer)
    page["F9"] = None
    assert sent(book).status_code == 302
    assert (score(run, "market", "plan").self_score, score(run, "market", "plan").remark) == (D("17.5"), "-计划")
    assert score(run, "market", "doing").self_score == D("7.1")
    page["F3"] = 9
    assert sent(book).status_code == 409  # the file is of what stood there before
    page["H1"] = page["H1"].value.replace("2023", "2022")
    answer = sent(book)
    assert answer.status_code == 422
    assert score(run, "market", "doing").self_score == D("7.1")
    client.force_login(cast.outsider_clerk)
    assert sent(book).status_code == 404


def test_evidence_is_of_ones_own_while_self_scores_are_given(cast, run, media):
    row = score(run, "market", "plan")
    with pytest.raises(WrongState):
        ScoreAttachments(row, cast.clerk).attach([base.pdf()])
    to(run, RunState.SELF, cast.office)
    row = score(run, "market", "plan")
    with pytest.raises(PermissionDenied):
        ScoreAttachments(row, cast.outsider_clerk).attach([base.pdf()])
    kept = ScoreAttachments(row, cast.clerk).attach([base.pdf()]).stored
    to(run, REVIEW, cast.office)
    with pytest.raises(WrongState):
        ScoreAttachments(score(run, "market", "plan"), cast.clerk).remove(kept[0])
    assert Event.objects.filter(subject="assessment.scorefile").count() == 1


# Review


def test_points_that_differ_want_a_reason(cast, reviewed):
    with pytest.raises(NotPossible):
        give(reviewed, "market", "plan", 17, cast.office, reason="—")
    assert give(reviewed, "market", "plan", 18, cast.office, reason="").points == 18
    give(reviewed, "water", "plan", 3, cast.office, reason="")  # nothing stands there to differ from
    for wrong in ("20.01", "-1", "1.001"):
        with pytest.raises(NotPossible):
            give(reviewed, "market", "doing", wrong, cast.office)


def test_nobody_reviews_their_own_department_nor_what_is_not_theirs(cast, run):
    runs.assign(run=run, people={"plan": [cast.clerk, cast.outsider_clerk]}, seen=run.version, by=cast.office)
    to(run, REVIEW, cast.office)
    with pytest.raises(PermissionDenied):
        give(run, "market", "plan", 10, cast.clerk)
    with pytest.raises(PermissionDenied):
        give(run, "water", "doing", 10, cast.clerk)
    with pytest.raises(PermissionDenied):
        give(run, "water", "plan", 10, cast.leader)
    give(run, "water", "plan", 10, cast.clerk)
    give(run, "market", "plan", 10, cast.outsider_clerk)
    again = run_lists.reviewed_by(cast.clerk, run, results.standings(run), {"plan"})
    assert [one.code for one, _line in again.scores] == ["water"]


def test_the_office_does_not_review_its_own_department(cast):
    cast.office.department = cast.market
    cast.office.save()
    run = to(opened(cast.county, cast.office), REVIEW, cast.office)
    with pytest.raises(PermissionDenied):
        give(run, "market", "plan", 10, cast.office)
    with pytest.raises(PermissionDenied):
        runs.veto(subject=subject(run, "market"), code="x", proof="文件", seen=run.version, by=cast.office)


def test_a_second_save_is_refused_with_what_stands_there_and_a_second_click_is_none(cast, reviewed):
    row = score(reviewed, "market", "plan")
    seen = reviews.mark(row)
    events = Event.objects.count()
    for _click in range(2):
        reviews.review(score=row, points=D(16), reason="缺附件", seen=seen, by=cast.office)
    assert Event.objects.count() == events + 1
    with pytest.raises(Stale, match="16"):
        reviews.review(score=row, points=D(12), reason="另一人", seen=seen, by=cast.office)
    assert score(reviewed, "market", "plan").points == 16


def excluding(tmp_path):
    """The counties' scheme, of which the criterion of a rate is left out where there is no figure."""
    path = tmp_path / "a.yaml"
    named = "name: 抽检合格率\n"
    text = COUNTIES.read_text(encoding="utf-8")
    path.write_text(text.replace(named, f"{named}            missing: exclude\n"), encoding="utf-8")
    return path


@pytest.fixture
def prefecture_office(cast):
    place = cast.prefecture.departments.create(code="office", name="市质强办", short_name="市质强办")
    return base.user("office", place, "prefecture_office")


def test_what_is_left_out_after_it_was_reviewed_keeps_no_review_open(cast, prefecture_office, tmp_path):
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "200", "food.passed": "190"})
    run = opened(cast.prefecture, prefecture_office, excluding(tmp_path))
    to(run, REVIEW, prefecture_office)
    assert score(run, "990101", "safety.food.rate").by_facts == D("12.50")
    give(run, "990101", "safety.food.rate", "12.5", prefecture_office)
    base.report(cast.county, "2023Q4", {"food.done": "", "food.passed": ""})  # taken back: the year is not whole
    run = to(run, SHOWN, prefecture_office)
    assert run.state == SHOWN
    (one,) = results.standings(run, [subject(run, "990101")])
    (line,) = [line for line in one.lines if line.criterion.code == "safety.food.rate"]
    assert line.is_left_out
    assert not line.is_outdated


def test_who_is_left_out_keeps_no_review_open(cast, reviewed):
    give(reviewed, "water", "plan", 10, cast.office)
    Score.objects.filter(subject=subject(reviewed, "water")).update(reviewed_on="3.00")  # reviewed by other points
    run = Run.objects.get()
    runs.leave_out(subject=subject(run, "water"), reason="并入", seen=run.version, by=cast.office)
    assert to(run, SHOWN, cast.office).state == SHOWN


def test_a_county_that_lies_elsewhere_by_now_has_no_figure(cast, prefecture_office):
    run = opened(cast.prefecture, prefecture_office, COUNTIES)
    cast.county.parent = None
    cast.county.save()
    assert runs.count_again(run=run, by=prefecture_office) >= 0
    found = {line.criterion.code: line for line in results.standings(run, [subject(run, "990101")])[0].lines}
    assert (found["safety.food.rate"].lack, found["place"].score.by_facts) == ("无数据", None)


def test_who_went_to_another_region_reviews_no_more(cast, client, run):
    runs.assign(run=run, people={"plan": [cast.outsider_clerk]}, seen=run.version, by=cast.office)
    to(run, REVIEW, cast.office)
    cast.outsider_clerk.department = cast.outsider_office.department
    cast.outsider_clerk.save()
    with pytest.raises(PermissionDenied):
        give(run, "market", "plan", 10, cast.outsider_clerk)
    client.force_login(cast.outsider_clerk)
    assert client.get(reverse("score", args=[score(run, "market", "plan").pk])).status_code == 404


def test_review_ends_with_its_day(cast, reviewed):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Run.objects.update(self_until=yesterday, review_until=yesterday)
    with pytest.raises(WrongState):
        give(reviewed, "market", "plan", 18, cast.office)


def test_points_by_facts_are_counted_until_the_review_is_over(cast):
    prefecture, counties = cast.prefecture, (cast.county, cast.other_county)
    place = prefecture.departments.create(code="office", name="市质强办", short_name="市质强办")
    office = base.user("office", place, "prefecture_office")
    for region in counties:
        for number in range(1, 5):
            base.report(region, f"2022Q{number}", {"food.done": "100", "food.passed": "97"})
            base.report(region, f"2023Q{number}", {"food.done": "200", "food.passed": "190"})
    run = opened(prefecture, office, COUNTIES)
    assert score(run, "990101", "safety.food.rate").by_facts == D("12.50")  # 95%: five of eight
    to(run, REVIEW, office)
    give(run, "990101", "safety.food.rate", "12.5", office)
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "200", "food.passed": "197"})
    assert runs.count_again(run=run, by=office) > 0
    row = score(run, "990101", "safety.food.rate")
    assert (row.by_facts, row.points) == (D("20.00"), D("12.50"))
    assert row.system["fact"]["values"] == ["98.5"]
    run = Run.objects.get()
    with pytest.raises(NotPossible):  # reviewed by what does not hold any more
        runs.move(run=run, to=SHOWN, seen=run.version, by=office, reason="提前")
    give(run, "990101", "safety.food.rate", "20", office)
    to(run, SHOWN, office)
    with pytest.raises(WrongState):
        runs.count_again(run=run, by=office)
    with pytest.raises(PermissionDenied):  # assessed, and no office of the region that assesses
        give(run, "990102", "safety.food.rate", "20", cast.office)


# Results


@pytest.mark.parametrize("seed", range(4))
def test_totals_grades_and_ranks_are_as_reckoned_by_hand(cast, seed, tmp_path):
    draw = random.Random(seed)
    for number in range(6):
        one = cast.county.departments.create(code=f"d{number}", name=f"局{number}", short_name=f"局{number}")
        sheet = cast.market.assignments.first().sheet
        sheet.pk, sheet.number, sheet._state.adding = None, f"T-9{number}", True
        sheet.save()
        one.assignments.create(sheet=sheet, region=cast.county)
    path = tmp_path / "a.yaml"
    path.write_text(
        HAND.read_text(encoding="utf-8")
        .replace("points: 20, hand: 实施", "points: 30, hand: 实施")
        .split("  - code: market")[0],
        encoding="utf-8",
    )
    run = to(opened(cast.county, cast.office, path), REVIEW, cast.office)
    given: dict[str, list[D | None]] = {}
    wanted: dict[str, tuple[Fraction | None, str, int | None, bool]] = {}
    for code in run.subjects.values_list("code", flat=True):
        pair: list[D | None] = [D(draw.randint(0, most * 4)) / 4 for most in (20, 30)]
        if draw.random() < 0.3:
            pair = [D(16), D("24.25")]  # some are tied
        if draw.random() < 0.2:
            pair[1] = None
        for criterion, points in zip(("plan", "doing"), pair, strict=True):
            if points is not None:
                give(run, code, criterion, points, cast.office)
        given[code] = pair
    to(run, SHOWN, cast.office)
    for code, (plan, doing) in given.items():
        if plan is None or doing is None:
            wanted[code] = (None, "", None, False)
            continue
        total = Fraction(plan) + Fraction(doing)
        whole = [Fraction(a) + Fraction(b) for a, b in given.values() if a is not None and b is not None]
        letter = "A" if total >= 45 else "B" if total >= 40 else "C" if total >= 30 else "D"
        wanted[code] = (total, letter, 1 + sum(other > total for other in whole), whole.count(total) > 1)
    found = {
        one.subject.code: (one.total if one.total is None else Fraction(one.total), one.grade, one.rank, one.is_tied)
        for one in Result.objects.select_related("subject")
    }
    assert found == wanted


def test_who_has_a_criterion_without_a_score_is_not_ranked(cast, reviewed):
    for criterion, points in (("plan", 18), ("doing", 15), ("market", 10)):
        give(reviewed, "market", criterion, points, cast.office)
    give(reviewed, "water", "plan", 20, cast.office)
    to(reviewed, SHOWN, cast.office)
    rows = {one.subject.code: (one.total, one.grade, one.rank) for one in Result.objects.select_related("subject")}
    assert rows == {"market": (D(43), "B", 1), "water": (None, "", None)}


def test_a_veto_wants_proof_and_makes_the_grade_the_lowest(cast, tmp_path):
    path = tmp_path / "a.yaml"
    veto = "vetoes:\n  - {code: accident, name: 事故, proof: 调查报告}\n"
    path.write_text(HAND.read_text(encoding="utf-8") + veto, encoding="utf-8")
    run = to(opened(cast.county, cast.office, path), REVIEW, cast.office)
    give_all(run, cast.office)
    run, one = Run.objects.get(), subject(run, "market")
    for code, proof in (("accident", " "), ("other", "文件")):
        with pytest.raises(NotPossible):
            runs.veto(subject=one, code=code, proof=proof, seen=run.version, by=cast.office)
    run = to(run, SHOWN, cast.office)
    runs.veto(subject=one, code="accident", proof="调查报告2号", seen=run.version, by=cast.office)
    assert Result.objects.get(subject=one).grade == "D"
    assert Result.objects.get(subject=one).total == 43
    with pytest.raises(NotPossible):  # nor does a dash prove it in place of what did
        runs.veto(subject=one, code="accident", proof="—", seen=run.version + 1, by=cast.office)
    runs.veto(subject=one, code="accident", proof="", seen=run.version + 1, by=cast.office)
    assert Result.objects.get(subject=one).grade == "B"


def test_a_department_that_was_merged_in_the_run_is_left_out_with_a_reason(cast, reviewed):
    cast.water.assignments.all().delete()
    give_all(reviewed, cast.office)
    run = Run.objects.get()
    runs.count_again(run=run, by=cast.office)  # who reports no more is still counted by what is there
    one = subject(run, "water")
    with pytest.raises(NotPossible):
        runs.leave_out(subject=one, reason="", seen=run.version, by=cast.office)
    runs.leave_out(subject=one, reason="并入市场监管局", seen=run.version, by=cast.office)
    to(run, SHOWN, cast.office)
    rows = {one.subject.code: (one.total, one.grade, one.rank) for one in Result.objects.select_related("subject")}
    assert rows == {"market": (D(43), "B", 1), "water": (None, "", None)}
    with pytest.raises(WrongState):
        appeals.appeal(subject=one, text="不服", by=cast.outsider_clerk)


# Appeals


def test_an_appeal_goes_once_within_its_days_and_changes_points(cast, reviewed):
    one = subject(reviewed, "water")
    with pytest.raises(WrongState):
        appeals.appeal(subject=one, text="早了", by=cast.outsider_clerk)
    give_all(reviewed, cast.office)
    to(reviewed, SHOWN, cast.office)
    for person in (cast.clerk, cast.office, cast.leader):
        with pytest.raises(PermissionDenied):
            appeals.appeal(subject=one, text="代", by=person)
    with pytest.raises(NotPossible):
        appeals.appeal(subject=one, text=" … ", by=cast.outsider_clerk)
    made = appeals.appeal(subject=one, text="计划已报送", by=cast.outsider_clerk)
    with pytest.raises(WrongState):
        appeals.appeal(subject=one, text="再来", by=cast.outsider_head)
    run = to(reviewed, RunState.APPEALS, cast.office)
    with pytest.raises(NotPossible):
        to(run, CLOSED, cast.office)  # it has no answer
    row = score(run, "water", "plan")
    answer = partial(appeals.answer, appeal=made, seen={row.pk: reviews.mark(row)})
    with pytest.raises(PermissionDenied):
        answer(accept=False, text="不", points={}, by=cast.outsider_clerk)
    for points in ({}, {row.pk: D(10)}, {row.pk: D(21)}):
        with pytest.raises(NotPossible):
            answer(accept=True, text="同意", points=points, by=cast.office)
    with pytest.raises(Stale):
        appeals.answer(appeal=made, accept=True, text="同意", points={row.pk: D(20)}, seen={}, by=cast.office)
    answer(accept=True, text="材料属实", points={row.pk: D(20)}, by=cast.office)
    with pytest.raises(WrongState):
        answer(accept=False, text="不", points={}, by=cast.office)
    row = score(run, "water", "plan")
    assert (row.points, row.before_appeal, row.reason) == (D(20), D(10), "材料属实")
    assert Result.objects.get(subject=one).total == 35
    assert Notice.objects.filter(to=cast.outsider_clerk, link=reverse("run-subject", args=[one.pk])).exists()


def test_a_declined_appeal_changes_nothing(cast, reviewed):
    give_all(reviewed, cast.office)
    to(reviewed, SHOWN, cast.office)
    made = appeals.appeal(subject=subject(reviewed, "water"), text="计划已报送", by=cast.outsider_clerk)
    row = score(reviewed, "water", "plan")
    seen = {row.pk: reviews.mark(row)}
    appeals.answer(appeal=made, accept=False, text="无新材料", by=cast.office, points={row.pk: D(20)}, seen=seen)
    assert score(reviewed, "water", "plan").points == 10
    assert Appeal.objects.get().is_accepted is False


def test_what_was_typed_into_a_refused_answer_stays(cast, client, reviewed):
    give_all(reviewed, cast.office)
    to(reviewed, SHOWN, cast.office)
    one = subject(reviewed, "water")
    appeals.appeal(subject=one, text="计划已报送", by=cast.outsider_clerk)
    row = score(reviewed, "water", "plan")
    client.force_login(cast.office)
    for points in ("21", "1.005"):  # more than there are, and too many decimals
        sent = {
            "decision": "accept",
            "text": "材料属实",
            f"{row.pk}-points": points,
            f"{row.pk}-seen": reviews.mark(row),
        }
        answer = client.post(reverse("answer-appeal", args=[one.pk]), sent)
        assert answer.status_code == 422
        page = base.html(answer)
        assert "材料属实</textarea>" in page
        assert f'value="{points}"' in page


def test_an_appeal_of_the_offices_own_department_is_answered_by_a_leader_of_another(cast, reviewed):
    give_all(reviewed, cast.office)
    to(reviewed, SHOWN, cast.office)
    one = subject(reviewed, "water")
    made = appeals.appeal(subject=one, text="计划已报送", by=cast.outsider_clerk)
    answer = partial(appeals.answer, appeal=made, accept=False, text="无新材料", points={}, seen={})
    with pytest.raises(PermissionDenied):  # nobody of the office belongs to it
        answer(by=cast.leader)
    cast.office.department = cast.water
    cast.office.save()
    with pytest.raises(PermissionDenied):
        answer(by=cast.office)
    answer(by=cast.leader)
    assert Appeal.objects.get().is_accepted is False


def test_an_appeal_after_its_day_is_refused(cast, reviewed):
    give_all(reviewed, cast.office)
    to(reviewed, SHOWN, cast.office)
    day = timezone.localdate() - datetime.timedelta(days=1)
    Run.objects.update(self_until=day, review_until=day, appeal_until=day)
    with pytest.raises(WrongState, match=str(day)):
        appeals.appeal(subject=subject(reviewed, "water"), text="计划已报送", by=cast.outsider_clerk)
    assert not Appeal.objects.exists()


# Closing


@pytest.fixture
def closed(cast, reviewed):
    give_all(reviewed, cast.office)
    return to(reviewed, CLOSED, cast.office)


def test_the_notice_tells_results_and_what_is_to_be_put_right(cast, closed):
    kept = {file.kind: bytes(file.content) for file in RunFile.objects.all()}
    document = docx.Document(BytesIO(kept["notice"]))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "关于2023年度质量工作考核结果的通报" in text
    assert "B级1个" in text
    assert "整改清单" in text
    ranks = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert ranks[1:] == [["1", "市场监管局", "43.00", "B"], ["2", "水利局", "25.00", "D"]]
    page = load_workbook(BytesIO(kept["rectifications"])).active
    rows = [
        (page.cell(row, 1).value, page.cell(row, 2).value, page.cell(row, 5).value)
        for row in range(2, page.max_row + 1)
    ]
    assert rows == [
        ("市场监管局", "计划", 2),
        ("市场监管局", "实施", 5),
        ("水利局", "计划", 10),
        ("水利局", "实施", 10),
        ("水利局", "供水", 5),
    ]


def test_a_notice_praises_nobody_for_what_nobody_has_scored(cast, run):
    to(run, CLOSED, cast.office)
    text = "\n".join(
        one.text for one in docx.Document(BytesIO(bytes(RunFile.objects.get(kind="notice").content))).paragraphs
    )
    assert "没有失分项" not in text
    assert "没有已评分的指标" in text


def test_nothing_of_a_closed_run_is_written_any_more(cast, closed):
    row, one = score(closed, "market", "plan"), subject(closed, "market")
    for call in (
        lambda: row.save(),
        lambda: Score.objects.update(points=1),
        lambda: Score.objects.bulk_update([row], ["points"]),
        lambda: Result.objects.all().delete(),
        lambda: one.save(),
        lambda: Run.objects.update(state=REVIEW),
        lambda: Run.objects.get().save(),
        lambda: RunFile.objects.all()[0].delete(),
        lambda: Appeal.objects.create(subject=one, text="x", by=cast.clerk),
    ):
        with pytest.raises(Frozen):
            call()
    run = Run.objects.get()
    with pytest.raises(WrongState):
        runs.change_days(run=run, days=days(), reason="延长", seen=run.version, by=cast.office)
    with pytest.raises(WrongState):
        runs.veto(subject=one, code="x", proof="y", seen=run.version, by=cast.office)


def test_every_step_is_on_record(cast, closed):
    told = [event.detail for event in Event.objects.filter(subject="assessment.run").order_by("pk")]
    moves = [change[1:] for one in told for change in one["changes"] if change[0] == "state"]
    states = list(RunState)
    assert moves == [["", "opened"], *([str(a), str(b)] for a, b in pairwise(states))]
    assert len([one for one in told if one.get("subject") == "市场监管局"]) == 4  # self-scores, and three reviewed


# Pages


def pages(client, person, run):
    client.force_login(person)
    names = ("run", "run-ranking", "review-queue")
    return {name: client.get(reverse(name, args=[run.pk])).status_code for name in names}


def test_a_department_sees_its_own_until_the_notice(cast, client, reviewed):
    own, other = subject(reviewed, "market"), subject(reviewed, "water")
    give_all(reviewed, cast.office)
    give(reviewed, "market", "plan", 16, cast.office, reason="计划缺附件")
    client.force_login(cast.clerk)
    assert client.get(reverse("run-subject", args=[other.pk])).status_code == 404
    page = base.html(client.get(reverse("run-subject", args=[own.pk])))
    assert "计划缺附件" not in page  # not before results are shown
    hidden = score(reviewed, "water", "plan")
    for name in ("score", "review-score"):
        assert client.get(reverse(name, args=[hidden.pk])).status_code == 404
    assert pages(client, cast.clerk, reviewed) == {"run": 302, "run-ranking": 404, "review-queue": 404}
    to(reviewed, SHOWN, cast.office)
    assert "计划缺附件" in base.html(client.get(reverse("run-subject", args=[own.pk])))
    assert pages(client, cast.clerk, reviewed)["run-ranking"] == 404
    assert pages(client, cast.leader, reviewed)["run-ranking"] == 200
    assert pages(client, cast.outsider_office, reviewed) == dict.fromkeys(("run", "run-ranking", "review-queue"), 404)
    to(reviewed, CLOSED, cast.office)
    client.force_login(cast.clerk)
    page = base.html(client.get(reverse("run-ranking", args=[reviewed.pk])))
    assert "水利局" in page
    assert client.get(reverse("run-subject", args=[other.pk])).status_code == 404
    notice = client.get(reverse("run-file", args=[reviewed.pk, "notice"]))
    assert b"".join(notice.streaming_content) == bytes(RunFile.objects.get(kind="notice").content)


def test_evidence_of_others_is_handed_to_nobody_by_its_address(cast, client, run, media):
    to(run, RunState.SELF, cast.office)
    row = score(run, "water", "plan")
    kept = ScoreAttachments(row, cast.outsider_clerk).attach([base.pdf()]).stored[0]
    address = reverse("evidence-file", args=[row.pk, kept.pk])
    own = score(run, "market", "plan")
    answers = {}
    for person in (cast.outsider_clerk, cast.clerk, cast.office, cast.outsider_office):
        client.force_login(person)
        answers[person.username] = client.get(address).status_code
        assert client.get(reverse("evidence-file", args=[own.pk, kept.pk])).status_code == 404
    assert answers == {"outsider_clerk": 200, "clerk": 404, "office": 200, "outsider_office": 404}
    run = Run.objects.get()
    runs.assign(run=run, people={"plan": [cast.clerk]}, seen=run.version, by=cast.office)
    client.force_login(cast.clerk)
    assert client.get(address).status_code == 404  # a reviewer sees it when the review begins
    to(run, REVIEW, cast.office)
    assert client.get(address).status_code == 200
    assert client.post(reverse("remove-evidence", args=[row.pk, kept.pk])).status_code == 403


def test_the_queue_goes_on_to_what_waits(cast, client, reviewed):
    client.force_login(cast.office)
    first = score(reviewed, "market", "plan")
    address = reverse("review-score", args=[first.pk])
    answer = client.get(address)
    seen = answer.context["mark"]
    assert client.post(address, {"points": "30", "seen": seen}).status_code == 422
    assert client.post(address, {"points": "12", "seen": seen}).status_code == 422  # no reason
    answer = client.post(address, {"points": "12", "reason": "缺附件", "seen": seen})
    assert answer["Location"] == reverse("review-score", args=[score(reviewed, "water", "plan").pk])
    answer = client.post(address, {"points": "11", "reason": "另一页", "seen": seen})
    assert answer.status_code == 409
    page = base.html(answer)
    assert "12.00" in page
    assert "另一页" in page


def test_pages_ask_no_more_for_more_subjects(cast, client, reviewed, django_assert_max_num_queries):
    give_all(reviewed, cast.office)
    client.force_login(cast.office)
    addresses = [
        reverse("run", args=[reviewed.pk]),
        reverse("review-queue", args=[reviewed.pk]),
        reverse("review-score", args=[score(reviewed, "market", "plan").pk]),
        reverse("run-reviewers", args=[reviewed.pk]),
    ]
    few = [base.queries(partial(client.get, one)) for one in addresses]
    for number in range(18):
        department = cast.county.departments.create(code=f"d{number}", name=f"局{number}", short_name=f"局{number}")
        one = RunSubject.objects.create(run=reviewed, department=department, code=f"d{number}", name=f"局{number}")
        for place, criterion in enumerate(("plan", "doing")):
            first = score(reviewed, "market", criterion)
            first.pk, first.subject, first.place, first._state.adding = None, one, place, True
            first.save()
    assert [base.queries(partial(client.get, one)) for one in addresses] == few
    to(reviewed, SHOWN, cast.office)
    ranking = reverse("run-ranking", args=[reviewed.pk])
    assert base.queries(lambda: client.get(ranking)) <= 20


def test_a_figure_of_its_own_leads_a_department_to_its_cells(cast, client):
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "200", "food.passed": "197"})
    client.force_login(cast.clerk)
    page = base.html(client.get(reverse("number", args=[2023, "food.rate"])))
    assert "98.5" in page
    assert f'href="{reverse("report", args=[2023])}"' not in page
    assert client.get(reverse("number", args=[2023, "water.tests"])).status_code == 404
    client.force_login(cast.outsider_clerk)
    assert client.get(reverse("number", args=[2023, "food.rate"])).status_code == 404


def test_the_shipped_scheme_can_be_run(cast):
    path = base.SHIPPED_CATALOGUE / "schemes" / "county-departments.yaml"
    assert read(path).specification.bonus
    run = to(opened(cast.county, cast.office, path), REVIEW, cast.office)
    lines = {line.criterion.code: line for line in results.standings(run, [subject(run, "market")])[0].lines}
    assert not lines["award"].waits  # a bonus that nobody claims
    assert lines["data.kept"].waits
    assert (SCHEMES / "by-hand.yaml").exists()
