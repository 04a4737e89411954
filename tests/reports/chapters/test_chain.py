"""Problem, cause, measure, lead and date: asked on the sheet that closes the year, printed in chapters 二 and 三, and
looked up again a year later."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from inspections.models import PlanTask, SamplingBatch, SamplingPlan
from reports.aggregation.cube import annual
from reports.chapters import asked, build, norms, shortfalls
from reports.document import snapshots
from reports.document.blocks import Paragraph, Table, runs_text
from reports.editing import open_chain
from reports.models import AnnualReport
from reports.wording import few
from sectors.approval import review
from sectors.entry.writer import Typed, save
from sectors.models import Indicator, NarrativeChange, Rule, Sector, ShortfallAnswer, Submission, Unit
from tests import base
from tests.sectors.approval.test_marks import mark_of

pytestmark = pytest.mark.django_db

DAY = datetime.date(2024, 1, 20)
RATE = "shortfall:food.rate"
SHORT = {"food.done": "100", "food.passed": "90"}
ANSWER = {
    f"{RATE}:cause": "检测慢。",
    f"{RATE}:measure": "增加检测",
    f"{RATE}:lead": "水利局",
    f"{RATE}:until": "2024-06-30",
}


def closing(cast, figures=SHORT, *, status="draft"):
    """The submission of the last quarter with figures."""
    base.report(cast.county, "2023Q4", figures, status=status)
    return base.submission(cast.county, in_period="2023Q4", status=status)


def answered(cast, figures=SHORT, texts=ANSWER):
    """The same, answered and accepted."""
    found = closing(cast, figures)
    assert save(found, Typed(narratives=texts), by=cast.clerk).is_complete
    return base.submission(cast.county, in_period="2023Q4", status="accepted")


def texts(cast, under, year=2023, day=DAY):
    body = build.build(cast.county, year, day=day).body
    return {
        block.key: runs_text(block.runs)
        for block in body
        if isinstance(block, Paragraph) and block.key.startswith(under)
    }


def rows(cast, key, year=2023, day=DAY):
    body = build.build(cast.county, year, day=day).body
    tables = [block for block in body if isinstance(block, Table) and block.key == key]
    return [[runs_text(cell) for cell in row.cells] for table in tables for row in table.rows]


# What is asked


def test_the_sheet_that_closes_the_year_asks_for_what_falls_short(cast, client):
    found = closing(cast)
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[found.pk])).content.decode()
    assert "抽检合格率（10—12月）为90.0%，未达到98%的目标。" in page
    assert all(f'data-question="{code}"' in page for code in ANSWER)
    assert 'value="市场监管局"' in page  # the own department leads unless another one is named


@pytest.mark.parametrize(
    ("period", "figures"),
    [("2023Q3", SHORT), ("2023Q4", {"food.done": "100", "food.passed": "99"}), ("2023Q4", {"food.firms": "1"})],
)
def test_nothing_is_asked_before_the_end_of_the_year_or_where_nothing_falls_short(cast, client, period, figures):
    base.report(cast.county, period, figures, status="draft")
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[base.submission(cast.county, in_period=period).pk])).content.decode()
    assert "shortfalls-title" not in page


def test_earlier_quarters_count_although_they_are_not_accepted_yet(cast):
    base.report(cast.county, "2023Q3", {"food.done": "100", "food.passed": "50"}, status="submitted")
    found = closing(cast, {"food.done": "100", "food.passed": "100"})
    assert [one.key for one in asked.of_submission(found)] == ["food.rate"]
    base.report(cast.other_county, "2023Q4", SHORT)
    base.report(cast.county, "2023Q3", {"food.done": "100", "food.passed": "100"}, status="submitted")
    assert asked.of_submission(found) == []


def test_the_number_of_queries_does_not_grow(cast):
    found = closing(cast)
    asked.of_submission(found)
    one = base.queries(lambda: asked.of_submission(found))
    rate = Indicator.objects.get(code="food.rate")
    for number in range(5):
        rate.pk, rate.code, rate.name, rate.row = None, f"food.rate{number}", f"第{number}项率", 50 + number
        rate._state.adding = True
        rate.save()
    base.change_catalogue(Indicator.objects.filter(code="food.price"), required=False)
    assert len(asked.of_submission(found)) == 6
    assert base.queries(lambda: asked.of_submission(found)) == one


def send(client, found, narratives, **seen):
    body = {"narratives": narratives, "seen_narratives": seen}
    return client.post(reverse("cells", args=[found.pk]), json.dumps(body), content_type="application/json").json()


def test_answers_save_themselves_with_their_history(cast, client):
    found = closing(cast)
    client.force_login(cast.clerk)
    assert send(client, found, ANSWER)["narratives"] == ANSWER
    row = ShortfallAnswer.objects.get()
    assert (row.shortfall, row.cause, row.measure, row.lead, row.until) == (
        "food.rate", "检测慢。", "增加检测", cast.water, datetime.date(2024, 6, 30)
    )  # fmt: skip
    assert row.problem.startswith("抽检合格率（10—12月）为90.0%，未达到98%的目标")
    send(client, found, {f"{RATE}:cause": "人少。"})
    changes = NarrativeChange.objects.order_by("pk").values_list("old", "new", "by__username")
    assert changes[0] == ("", "检测慢。", "clerk")
    assert changes.last() == ("检测慢。", "人少。", "clerk")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (f"{RATE}:lead", "财政局"),
        (f"{RATE}:until", "明年六月"),
        (f"{RATE}:until", "2024-02-30"),
        (f"{RATE}:who", "我"),
        ("shortfall:food.done:cause", "没有少"),
        ("shortfall:", "x"),
    ],
)
def test_what_cannot_be_stored_comes_back_with_a_reason(cast, client, code, text):
    found = closing(cast)
    client.force_login(cast.clerk)
    answer = send(client, found, {code: text, f"{RATE}:cause": "检测慢。"})
    assert list(answer["refused"]) == [code]
    assert answer["narratives"] == {f"{RATE}:cause": "检测慢。"}


def test_two_who_answer_at_once_choose(cast, client):
    found = closing(cast)
    save(found, Typed(narratives={f"{RATE}:cause": "检测慢。"}), by=cast.clerk)
    client.force_login(cast.clerk)
    answer = send(client, found, {f"{RATE}:cause": "人少。"}, **{f"{RATE}:cause": [""]})
    assert answer["narrative_conflicts"][f"{RATE}:cause"]["theirs"] == "检测慢。"
    assert ShortfallAnswer.objects.get().cause == "检测慢。"


def test_another_department_answers_nothing(cast, client):
    found = closing(cast)
    client.force_login(cast.outsider_clerk)
    body = json.dumps({"narratives": ANSWER})
    assert client.post(reverse("cells", args=[found.pk]), body, content_type="application/json").status_code == 404
    assert not ShortfallAnswer.objects.exists()


def test_who_submits_without_having_seen_what_falls_short_sees_it_first(cast, client):
    found = closing(cast, {"food.task": "100", **SHORT})
    client.force_login(cast.clerk)
    seen = mark_of(client.get(reverse("sheet", args=[found.pk])))
    answer = client.post(reverse("sheet", args=[found.pk]), {"seen": seen}, follow=True).content.decode()
    assert "抽检合格率（10—12月）为90.0%" in answer
    found.refresh_from_db()
    assert found.status == "draft"


def test_the_reviewer_reads_the_answers(cast, client):
    answered(cast)
    client.force_login(cast.office)
    found = base.submission(cast.county, in_period="2023Q4", status="accepted")
    page = client.get(reverse("submission", args=[found.pk])).content.decode()
    assert all(text in page for text in ("检测慢。", "增加检测", "水利局", "2024-06-30"))


def test_changes_of_answers_stand_among_those_of_words(cast):
    found = closing(cast)
    save(found, Typed(narratives=ANSWER | {"food.work": "开展抽检。"}), by=cast.clerk)
    save(found, Typed(narratives={f"{RATE}:cause": "人少。", f"{RATE}:measure": ""}), by=cast.clerk)
    sessions = review.editing_sessions(Submission.objects.for_reading().get(pk=found.pk))
    (session,) = [session for session in sessions if session.by == cast.clerk]
    problem = "抽检合格率（10—12月）为90.0%，未达到98%的目标。"
    assert [(text.title, text.old, text.new) for text in session.texts] == [
        ("本期工作开展情况", "", "开展抽检。"),
        (f"{problem} 原因", "", "人少。"),
        (f"{problem} 牵头部门", "", "水利局"),
        (f"{problem} 完成时限", "", "2024-06-30"),
    ]


# What falls short


def test_small_numbers_are_said_as_numbers_with_an_interval(cast):
    base.report(cast.county, "2023", {"food.done": "44", "food.passed": "42"})
    assert (
        "抽检合格率为95.5%（44批次中42批次，95%置信区间84.9%—98.7%）"
        in texts(cast, "problems")["problems/micro/food/figures"]
    )


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(1, 10, "1.8", "40.4"), (0, 10, "0.0", "27.8"), (10, 10, "72.2", "100.0")]
)
def test_the_interval_is_wilsons(cast, k, n, low, high):
    base.report(cast.county, "2023", {"food.done": str(n), "food.passed": str(k)})
    values = annual(cast.county, 2023)
    found = few.of(values["food.rate"], values)
    assert found
    assert [f"{end:.1f}" for end in found.interval] == [low, high]


@pytest.mark.parametrize(
    "figures", [{"food.done": "100", "food.passed": "90"}, {"food.done": "50", "food.passed": "45以上"}]
)
def test_many_and_what_is_not_exact_have_none(cast, figures):
    base.report(cast.county, "2023", figures)
    values = annual(cast.county, 2023)
    assert few.of(values["food.rate"], values) is None


def keys(cast, year=2023):
    values = annual(cast.county, year).values()
    return {one.value.indicator.code for one in shortfalls.of(values, norms.of_year(year))}


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        ("1000", "499", {"food.output"}),  # more than the ordinary 100 % of the smaller value
        ("1000", "500", set()),
        ("499", "1000", set()),
    ],
)
def test_amounts_that_fell_beyond_what_is_ordinary_fall_short(cast, last, now, expected):
    base.report(cast.county, "2022", {"food.output": last})
    base.report(cast.county, "2023", {"food.output": now})
    assert keys(cast) == expected
    base.change_catalogue(Indicator.objects.filter(code="food.output"), change_limit=0)
    assert keys(cast) == set()


def test_norms_that_were_missed_fall_short(cast):
    base.change_catalogue(Rule.objects.filter(code="food.passed_within_done"), expression="food.price <= 12.5元")
    base.report(cast.county, "2023", {"food.price": "13.1"})
    assert keys(cast) == set()  # an error is a slip of the pen
    base.change_catalogue(Rule.objects.filter(code="food.passed_within_done"), severity="warning")
    assert keys(cast) == {"food.price"}
    assert "每批次费用为13.10元，高于12.5元的规定" in texts(cast, "problems")["problems/micro/food/figures"]
    for typed in ("12.5", "约12.5", "12以上"):
        base.report(cast.county, "2023", {"food.price": typed})
        assert keys(cast) == set(), typed


def test_what_was_never_sampled_falls_short(cast):
    base.report(cast.county, "2023", {"food.done": "0", "food.done.farm": "0", "food.done.school": "0"})
    assert "抽检完成为0批次，全年没有开展" in texts(cast, "problems")["problems/micro/food/figures"]
    assert keys(cast) == {"food.done"}
    base.report(cast.county, "2022", {"food.done": "100"})
    assert "较上年减少" not in texts(cast, "problems")["problems/micro/food/figures"]  # none is less than any


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("抽检完成次数", "次", {"food.done"}),  # rounds of what is named as well
        ("风险监测次数", "次", {"food.done", "food.firms"}),
        ("抽检任务", "批次", {"food.done"}),
        ("抽检合格", "批次", {"food.done"}),
        ("监督抽查意见通知书", "份", {"food.done"}),
    ],
)
def test_what_is_no_sampling_of_its_own_is_not_told_beside_it(cast, name, unit, expected):
    unit = Unit.objects.get_or_create(name=unit, defaults={"counts": True})[0]
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), name=name, unit=unit)
    figures = {"food.done": "0", "food.done.farm": "0", "food.done.school": "0", "food.firms": "0"}
    base.report(cast.county, "2023", figures)
    assert keys(cast) == expected


def test_what_a_plan_wanted_and_nobody_sampled_is_told(cast):
    base.report(cast.county, "2023", {"food.firms": "1"})
    of = {"region": cast.county, "department": cast.market, "sector": Sector.objects.get(code="food")}
    plan = SamplingPlan.objects.create(**of, year=2023, name="计划", programme="risk", issued_on="2023-01-01")
    due = {"due_on": "2023-06-30", "setting": ""}
    for category, batches in (("produce.aquatic", 12), ("produce.vegetable", 5), ("produce.fruit", 3)):
        PlanTask.objects.create(plan=plan, category=category, batches=batches, **due)
    PlanTask.objects.create(plan=plan, category="produce.egg", batches=9, due_on="2024-06-30", setting="")  # not yet
    days = dict.fromkeys(("taken_on", "received_on", "tested_on", "reported_on"), "2023-05-01")
    what = {"product": "豇豆", "samples": 5, "place": "市场", "failed": 0, "programme": "risk"}
    SamplingBatch.objects.create(**of, **days, **what, category="produce.vegetable")
    SamplingBatch.objects.create(**of, **days, **what | {"programme": "rapid"}, category="produce.fruit")
    assert texts(cast, "problems/micro/food/unsampled") == {
        "problems/micro/food/unsampled": "抽检计划中有2类到期没有抽样（水产品12批次、水果3批次）。"
    }


# What is printed


def test_chapters_two_and_three_print_the_chain(cast):
    answered(cast)
    assert texts(cast, "problems/micro/food/cause") == {
        "problems/micro/food/cause/food.rate": "抽检合格率的原因：检测慢。"
    }
    assert texts(cast, "measures/mend") == {
        "measures/mend/measure/food.rate": "针对抽检合格率：增加检测。由水利局牵头，2024年6月30日前完成。"
    }
    assert rows(cast, "measures/mend/list") == [
        ["1", "抽检合格率（10—12月）为90.0%，未达到98%的目标", "检测慢。", "增加检测", "水利局", "2024年6月30日"]
    ]


def test_what_nobody_answered_says_so(cast):
    closing(cast, status="accepted")
    assert rows(cast, "measures/mend/list") == [
        ["1", "抽检合格率（10—12月）为90.0%，未达到98%的目标", "未填报", "未填报", "未填报", "未填报"]
    ]


def broken(cast):
    return {one.key: one.sentence for one in open_chain.of(build.gather(cast.county, 2023, day=DAY).evidence)}


def test_broken_chains_are_listed_before_issue(cast):
    closing(cast, status="accepted")
    assert list(broken(cast)) == ["food.rate:False"]
    answered(cast, texts={f"{RATE}:cause": "检测慢。"})
    assert list(broken(cast)) == ["food.rate:True"]
    answered(cast)
    assert broken(cast) == {}
    base.report(cast.county, "2023Q4", {"food.done": "100", "food.passed": "99"})
    assert list(broken(cast)) == ["food.rate"]  # a measure, and nothing falls short


def test_words_without_their_counterpart_are_listed(cast):
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "99", "plants.count": "2"})
    for sheet, code in (("T-01", "food.problem"), ("T-03", "plants.measure")):
        found = base.submission(cast.county, sheet, "2023", "accepted")
        found.narratives.create(question=found.sheet.questions.get(code=code), text="检测慢。")
    assert list(broken(cast)) == ["words:food", "measures:plants"]


# A year later


def issued(cast, edition=1):
    document = build.build(cast.county, 2023, day=DAY)
    AnnualReport.objects.create(
        region=cast.county, year=2023, edition=edition, title="甲", issuer="乙", dated=DAY, created_by=cast.office,
        status="issued", issued_at=timezone.now(), issued_by=cast.office, snapshot=snapshots.dump(document), sha256="x",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "day", "now", "result"),
    [
        ({"food.done": "100", "food.passed": "99"}, "2025-01-20", "99.0%", "已解决"),
        (
            {"food.done": "100", "food.passed": "95"},
            "2025-01-20",
            "抽检合格率为95.0%，未达到98%的目标",
            "未解决，已逾期",
        ),
        ({"food.done": "100", "food.passed": "95"}, "2024-06-30", "抽检合格率为95.0%，未达到98%的目标", "未解决"),
        ({"food.firms": "1"}, "2025-01-20", "没有数据", "不能判断，已逾期"),
    ],
)
def test_the_next_report_says_what_came_of_each_measure(cast, figures, day, now, result):
    answered(cast)
    base.report(cast.county, "2024", figures)
    on = datetime.date.fromisoformat(day)
    assert rows(cast, "measures/before/list", 2024, on) == []  # last year's report was not issued
    issued(cast)
    ((problem, *rest),) = rows(cast, "measures/before/list", 2024, on)
    assert problem.startswith("抽检合格率（10—12月）为90.0%")
    assert rest == ["增加检测", "水利局", "2024年6月30日", now, result]
    first = next(key for key in texts(cast, "measures", 2024, on))
    assert first == "measures/before/sum"
    assert texts(cast, "summary/before", 2024, on)["summary/before"].startswith("上年提出整改措施1项，")


def test_what_was_promised_is_what_was_issued(cast):
    found = answered(cast)
    base.report(cast.county, "2024", {"food.done": "100", "food.passed": "99"})
    issued(cast)
    found.shortfall_answers.update(measure="另一项措施", lead=None)
    assert [row[1:3] for row in rows(cast, "measures/before/list", 2024)] == [["增加检测", "水利局"]]
    issued(cast, edition=2)
    assert [row[1:3] for row in rows(cast, "measures/before/list", 2024)] == [["另一项措施", "未填报"]]
    found.shortfall_answers.all().delete()
    assert len(rows(cast, "measures/before/list", 2024)) == 1
    issued(cast, edition=3)
    assert rows(cast, "measures/before/list", 2024) == []
