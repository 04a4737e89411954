"""quickstart, once for all tests here: it takes seconds, and they only look or undo what they do."""

import datetime
import io
import os
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from pypdf import PdfReader

from assessment import targets
from assessment.models import Scheme
from demo.accounts import PASSWORD, make_accounts
from demo.assessment import INDICATOR, make_assessment
from demo.reporting import make_demo_years
from demo.reports import make_reports
from demo.years import calendar, illustrative_years, stage
from inspections.models import (
    EnforcementCase,
    Firm,
    Inspection,
    NonconformingSample,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from reports.chapters import build
from reports.models import AnnualReport
from reports.writers import pdf
from sectors.approval import moves
from sectors.calculation.evaluation import Evaluation, definitions
from sectors.calculation.formulas import compile_rule
from sectors.calculation.periods import PeriodKey
from sectors.entry import writer
from sectors.models import (
    Assignment,
    Breakdown,
    Department,
    Figure,
    Indicator,
    Narrative,
    Period,
    Region,
    Rule,
    StoredFinding,
    Submission,
    Transition,
    Unit,
    User,
)
from sectors.vocabulary import SubmissionStatus
from tests import base

DAY = datetime.date(2026, 11, 30)  # on which it is made here, whatever the calendar says
LAST_YEAR, THIS_YEAR = 2025, 2026
HOLDS = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


def quickstart():
    printed = io.StringIO()
    with override_settings(DEBUG=True):
        call_command("quickstart", day=DAY, stdout=printed)
    return printed.getvalue()


def region():
    return Region.objects.get(code="654027")


def demo_year(year=THIS_YEAR):
    return Submission.objects.filter(region=region(), period__year=year)


def counts():
    models = apps.get_app_config("sectors").get_models(include_auto_created=True)
    return {model.__name__: model._default_manager.count() for model in models}


def figures():
    rows = Figure.objects.filter(submission__period__year__gt=2022)
    return set(
        rows.values_list(
            *("submission__period__year", "submission__period__kind", "submission__period__number"),
            *("indicator__code", "state", "value", "places"),
        )
    )


def accepted_values(year=THIS_YEAR):
    """Accepted figures of a year in their own units: (kind, number) of the period -> code -> value."""
    found: defaultdict[tuple[str, int], dict[str, Decimal | None]] = defaultdict(dict)
    rows = Figure.objects.filter(submission__in=demo_year(year).filter(status="accepted"), indicator__formula="")
    for kind, number, code, value in rows.values_list(
        "submission__period__kind", "submission__period__number", "indicator__code", "value"
    ):
        found[kind, number][code] = value
    return found


def evaluations(*years):
    parts = Breakdown.objects.part_codes()
    every = definitions(Indicator.objects.values_list("code", "unit__scale", "formula"), parts, Unit.objects.by_name())
    for year in years or (THIS_YEAR,):
        for period, values in accepted_values(year).items():
            yield period, Evaluation(every, {(code, 0): value for code, value in values.items()})


class QuickstartTest(TestCase):
    """A class for its transaction around all tests: what a test changes is undone, what quickstart made stays."""

    printed: str

    @classmethod
    def setUpTestData(cls):
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        cls.printed = quickstart()

    def test_it_is_refused_without_debug(self):
        before = counts()
        with override_settings(DEBUG=False), pytest.raises(CommandError, match="DEBUG"):
            call_command("quickstart", stdout=io.StringIO())
        assert counts() == before

    def test_a_second_run_changes_nothing_and_prints_the_same(self):
        before = counts(), figures()
        assert quickstart() == self.printed
        assert (counts(), figures()) == before

    def test_the_summaries_of_both_years_fit_on_a_page(self):
        for year in (2022, LAST_YEAR):
            document = build.build(region(), year, day=datetime.date(year + 1, 1, 20))
            pages = PdfReader(io.BytesIO(pdf.render(document, pdf.font_list([], system=False)))).pages
            texts = ["".join(page.extract_text().split()) for page in pages]
            numbered = next(place for place, text in enumerate(texts) if "—1—" in text)
            assert "综述" in texts[numbered], year
            assert "需要关注" in texts[numbered], year
            assert "一、基本情况" in texts[numbered + 1], year

    def test_a_second_run_leaves_what_people_did(self):
        clerk, office = (User.objects.get(username=name) for name in ("agriculture_clerk", "office"))
        clerk.set_password("a-new-one-of-hers")
        clerk.last_name = "欧阳"
        clerk.save()
        draft = demo_year().get(sheet__number="N-01", period__number=4)
        writer.save(draft, writer.Typed({"agri.risk.times": "9"}), by=clerk)
        history = Submission.objects.get(region=region(), period__year=2022, sheet__number="N-01")
        moves.move(submission=history, action="reopen", by=office, reason="核对")
        writer.save(history, writer.Typed({"agri.risk.times": "8"}, narratives={"agri.work": "已核对"}), by=clerk)

        line = next(line for line in quickstart().splitlines() if "agriculture_clerk" in line)

        clerk.refresh_from_db()
        assert clerk.check_password("a-new-one-of-hers")
        assert clerk.full_name.startswith("欧阳")
        assert PASSWORD not in line
        assert draft.figures.get().value == 9
        assert Submission.objects.get(pk=history.pk).status == "returned"
        assert history.figures.get(indicator__code="agri.risk.times").value == 8
        assert history.narratives.get(question__code="agri.work").text == "已核对"

    def test_there_is_an_account_for_each_role_and_reporting_department(self):
        people = set(User.objects.values_list("role", "department__code"))
        for department in Department.objects.reporting(region()):
            assert ("clerk", department.code) in people
            assert (("head", department.code) in people) == department.signs
        assert {("office", "office"), ("leader", "office"), ("admin", None)} <= people
        assert all(user.check_password(PASSWORD) for user in User.objects.filter(username__in=["office", "admin"]))
        assert len(set(User.objects.values_list("password", flat=True))) == 1
        admin = User.objects.get(username="admin")
        assert (admin.is_staff, admin.is_superuser) == (True, True)
        assert not User.objects.exclude(pk=admin.pk).filter(is_staff=True).exists()

    def test_it_prints_the_address_and_the_accounts_the_first_ones_first(self):
        listed = [line.split()[0] for line in self.printed.splitlines() if PASSWORD in line]
        assert listed[:6] == ["agriculture_clerk", "agriculture_head", "office", "reviewer", "leader", "admin"]
        assert set(listed) == set(User.objects.values_list("username", flat=True))
        assert "http://127.0.0.1:8000/" in self.printed
        with mock.patch.dict(os.environ, {"PORT": "8123"}):
            assert "http://127.0.0.1:8123/" in quickstart()

    def test_2022_is_accepted_history_with_its_narratives(self):
        history = Submission.objects.filter(region=region(), period__year=2022)
        assert {(s.status, s.is_demo) for s in history} == {("accepted", False)}
        assert history.count() == Assignment.objects.filter(region=region()).count()
        assert Narrative.objects.filter(submission__in=history).exists()

    def test_every_status_occurs_and_all_but_history_is_marked_as_a_demonstration(self):
        assert set(demo_year().values_list("status", flat=True)) == set(SubmissionStatus.values)
        years = Submission.objects.filter(region=region(), period__year__gt=2022)
        assert set(years.values_list("period__year", "is_demo")) == {(LAST_YEAR, True), (THIS_YEAR, True)}
        assert set(demo_year(LAST_YEAR).values_list("status", flat=True)) == {"accepted"}
        assert demo_year(LAST_YEAR).values("period").distinct().count() > 4
        first = demo_year().filter(period__kind="quarter", period__number__lte=2)
        assert set(first.values_list("status", flat=True)) == {"accepted"}
        third = Counter(demo_year().filter(period__kind="quarter", period__number=3).values_list("status", flat=True))
        assert third["accepted"] > third.total() / 2
        assert set(third) == set(SubmissionStatus.values)
        running = demo_year().filter(period__number=4) | demo_year().filter(period__kind="year")
        assert set(running.values_list("status", flat=True)) == {"draft"}

    def test_statuses_came_about_by_steps_of_the_right_people(self):
        for submission in demo_year().prefetch_related("transitions__by"):
            steps = list(submission.transitions.all())
            assert [step.old for step in steps] == ["draft", *(step.new for step in steps)][: len(steps)]
            assert (steps[-1].new if steps else "draft") == submission.status
            for step in steps:
                assert step.reason or step.new != "returned"
                assert step.by.role == "office" or step.by.department_id == submission.department_id
        assert Transition.objects.filter(new="returned", by__role="head").exists()
        assert Transition.objects.filter(old="returned", new="submitted", submission__status="accepted").exists()

    def test_reports_went_their_way_by_three_people(self):
        issued, draft = AnnualReport.objects.order_by("year")
        assert [step.kind for step in issued.every_step] == ["sent", "reviewed", "approved", "issued"]
        assert len({step.by for step in issued.every_step}) == 3
        assert (issued.number, issued.files.count(), issued.papers.count()) == ("特质报〔2023〕1号", 9, 2)
        assert [step.kind for step in draft.every_step] == ["sent", "reviewed"]
        assert draft in AnnualReport.objects.for_user(User.objects.get(username="leader"))
        assert draft.block_comments.waiting().count() == 1
        assert draft.year == LAST_YEAR
        assert make_reports(region(), DAY) == 0

    def test_the_calendar_shows_lateness_and_days_left(self):
        quarters = {p.number: p for p in Period.objects.filter(region=region(), year=THIS_YEAR, kind="quarter")}
        assert [quarters[n].due for n in (1, 2)] == [datetime.date(2026, 4, 10), datetime.date(2026, 7, 10)]
        assert quarters[3].days_left(DAY) == -3
        assert (quarters[4].opens, quarters[4].due) == (datetime.date(2026, 11, 27), datetime.date(2027, 1, 10))
        fresh = demo_year().get(sheet__number="N-01", period=quarters[4])
        assert fresh.status == "draft"
        assert (fresh.figures.count(), fresh.transitions.count()) == (0, 0)
        half = demo_year().with_progress().filter(status="draft", filled__gt=0)
        assert half
        assert all(draft.filled < draft.cells for draft in half)

    def test_accepted_sheets_are_complete(self):
        accepted = demo_year().with_progress().filter(status="accepted").select_related("sheet")
        assert [(str(s), s.filled, s.cells) for s in accepted if s.filled != s.cells] == []

    def test_accepted_figures_keep_every_rule(self):
        parts, units = Breakdown.objects.part_codes(), Unit.objects.by_name()
        rules = [compile_rule(r.expression, parts, units) for r in Rule.objects.all()]
        checked, broken = set(), []
        for period, evaluation in evaluations():
            lookup = lambda code, back, in_sum, evaluation=evaluation: evaluation.base(code, back, in_sum)  # noqa: E731
            for rule in rules:
                left, right = rule.left.evaluate(lookup), rule.right.evaluate(lookup)
                if left is not None and right is not None:
                    checked.add(rule.text)
                    if not HOLDS[rule.relation](left, right):
                        broken.append((period, rule.text, left, right))
        explained = ("agri.law.closed <= agri.law.cases", 4, 3)  # a warning with its reason
        assert [(text, left, right) for _period, text, left, right in broken] == [explained]
        assert len(checked) > len(rules) * 0.8

    def test_accepted_parts_make_their_totals(self):
        """All but the one total that the office let stand with a reason."""
        checked, wrong = 0, []
        for period, evaluation in evaluations(LAST_YEAR, THIS_YEAR):
            for breakdown in Breakdown.objects.select_related("total").prefetch_related("parts"):
                total = evaluation.base(breakdown.total.code)
                parts = [evaluation.base(part.code) for part in breakdown.parts.all()]
                if total is None or None in parts:
                    continue
                checked += 1
                if (sum(parts) != total) if breakdown.exhaustive else any(part > total for part in parts):
                    wrong.append((period, str(breakdown), total - sum(parts)))
        assert wrong == [(("quarter", 2), "equipment.total: 按设备种类", 1)]
        assert checked > 100

    def test_findings_of_every_state_came_about_by_the_right_people(self):
        found = StoredFinding.objects.filter(submission__in=demo_year()).prefetch_related("notes__by")
        assert {(f.severity, f.state, f.submission.status) for f in found.select_related("submission")} == {
            ("error", "open", "draft"),
            ("error", "explained", "draft"),
            ("error", "accepted", "accepted"),
            ("warning", "explained", "accepted"),
        }
        roles = {(note.kind, note.by.role) for finding in found for note in finding.notes.all()}
        assert roles == {("reason", "clerk"), ("accepted", "office")}
        assert StoredFinding.objects.filter(period__year=2022).count() > 10

    def test_every_plain_rate_computes_and_passing_rates_are_high(self):
        """Over the periods: a quarter without a round has no rate, the year has one."""
        ratios = Indicator.objects.filter(accumulation="ratio").exclude(formula__contains="last_year")
        rates = defaultdict(list)
        for _period, evaluation in evaluations():
            for code in ratios.values_list("code", flat=True):
                value = evaluation.value(code)
                if value is not None:
                    rates[code].append(value)
        accepted = demo_year().filter(status="accepted").values("sheet")
        assert set(ratios.filter(sheet__in=accepted).values_list("code", flat=True)) == rates.keys()
        passed = {code: values for code, values in rates.items() if "合格率" in Indicator.objects.get(code=code).name}
        assert passed
        for code, values in passed.items():
            assert all(Decimal(85) <= value <= 100 for value in values), code

    def test_year_to_date_figures_never_fall(self):
        values = accepted_values()
        quarters = [values["quarter", number] for number in (1, 2, 3)]
        for code in Indicator.objects.filter(accumulation="cumulative").values_list("code", flat=True):
            known = [quarter[code] for quarter in quarters if code in quarter]
            assert all(before <= after for before, after in pairwise(known)), code

    def test_levels_stay_near_those_of_2022(self):
        values = accepted_values()["quarter", 2]
        last = dict(
            Figure.objects.filter(
                submission__period__year=2022, indicator__accumulation="stock", value__gte=20
            ).values_list("indicator__code", "value")
        )
        moved = {code: values[code] / last[code] - 1 for code in last.keys() & values.keys()}
        assert len(moved) > 20
        assert {code: move for code, move in moved.items() if not Decimal("-0.15") <= move <= Decimal("0.2")} == {}

    def test_made_again_on_another_day_of_the_quarter_the_figures_are_the_same(self):
        before = figures()
        Submission.objects.filter(region=region(), period__year__gt=2022).delete()
        Period.objects.filter(region=region(), year__gt=2022).delete()
        made = make_demo_years(region(), DAY - datetime.timedelta(days=40))
        assert made == Submission.objects.filter(region=region(), period__year__gt=2022).count() > 0
        assert figures() == before
        assert make_demo_years(region(), DAY + datetime.timedelta(days=400)) == 0


def key(code):
    return PeriodKey.parse(code)


def test_the_years_follow_the_day():
    assert illustrative_years(datetime.date(2026, 1, 1)) == [2025, 2026]
    assert illustrative_years(datetime.date(2023, 12, 31)) == [2023]  # beside the real 2022, which stays


@pytest.mark.parametrize(
    ("day", "stages"),
    [
        ("2026-11-30", {"2025": "past", "2026Q2": "previous", "2026H1": "previous", "2026Q3": "collected"}),
        ("2026-11-30", {"2026Q4": "running", "2026H2": "running", "2026": "running", "2026-12": "future"}),
        ("2026-02-10", {"2025Q3": "previous", "2025Q4": "collected", "2025": "collected", "2026Q1": "running"}),
        ("2026-09-30", {"2026Q3": "running", "2026Q2": "collected"}),
        ("2026-10-01", {"2026Q3": "collected", "2026Q4": "running", "2026H2": "running"}),
    ],
)
def test_how_far_a_period_has_come(day, stages):
    today = datetime.date.fromisoformat(day)
    assert {code: stage(key(code), today) for code in stages} == stages


def test_days_for_reporting_are_the_ordinary_ones_but_for_what_is_collected():
    def due(code, *day):
        return calendar(key(code), datetime.date(*day))[1]

    assert due("2026Q2", 2026, 11, 30) == datetime.date(2026, 7, 10)
    assert due("2026Q3", 2026, 11, 30) == datetime.date(2026, 11, 27)
    assert due("2026Q3", 2026, 10, 4) == datetime.date(2026, 10, 10)  # in its ordinary time
    for month in range(1, 13):
        for code in ("2026Q1", "2026Q4", "2026", "2026H1", "2026-02"):
            opens, last = calendar(key(code), datetime.date(2026, month, 1))
            assert opens <= last


@pytest.mark.django_db
@pytest.mark.parametrize("day", [datetime.date(2022, 6, 30), datetime.date(2023, 1, 1)])
def test_before_anything_of_the_first_year_is_accepted_there_is_the_report_of_2022_only(cast, day):
    base.report(cast.county, "2022", {"food.firms": "12"})
    base.report(cast.county, "2023Q1", {"food.done": "5"}, status="draft")
    base.user("office", cast.office.department, "second_office")
    assert make_reports(cast.county, day) == 1
    assert list(AnnualReport.objects.values_list("year", flat=True)) == [2022]


def test_a_target_that_somebody_set_already_is_left_as_it_is(shipped_catalogue):
    make_accounts(shipped_catalogue)
    office = User.objects.get(username="office")
    indicator = Indicator.objects.select_related("unit", "sheet").get(code=INDICATOR)
    what = targets.Proposed(Decimal(97), "at_least", "要点", "2024", "本县实际")
    targets.propose(region=shipped_catalogue, indicator=indicator, year=2024, what=what, by=office, seen_as="")
    assert make_assessment(shipped_catalogue, datetime.date(2024, 2, 29))
    assert [one.value for one in targets.statements(shipped_catalogue, indicator)] == [97]
    assert Scheme.objects.get().year == 2023

    def test_records_count_up_to_the_figures_and_are_made_once(self):
        def findings():
            return set(StoredFinding.objects.standing().values_list("submission", "rule", "state"))

        def records():
            printed = io.StringIO()
            with override_settings(DEBUG=True):
                call_command("demo_records", day=DAY, stdout=printed)
            return printed.getvalue().splitlines()

        kinds = (SamplingBatch, Inspection, RectificationNotice, EnforcementCase, NonconformingSample, SamplingPlan)
        before = findings()
        made, firms = records()
        found = {kind: kind.objects.filter(region=region()).count() for kind in kinds}
        assert all(found.values())
        assert all(kind.objects.filter(is_demo=False).count() == 0 for kind in kinds)
        assert (made, firms) == (f"{sum(found.values())} records made.", f"{Firm.objects.count()} firms made.")
        assert not SamplingBatch.objects.filter(reported_on__gt=DAY).exists()
        assert not Inspection.objects.filter(held_on__gt=DAY).exists()
        assert findings() == before
        assert records() == ["0 records made.", "0 firms made."]
        assert {kind: kind.objects.filter(region=region()).count() for kind in kinds} == found
