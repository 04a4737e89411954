"""Generated reporting of a nation: what the product's own checks and queries make of it."""

import io
import re
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test import TestCase

from audit.models import Event
from demo.management.commands.generate_scale_data import COUNTY
from reports.aggregation.cube import annual
from sectors.approval import moves
from sectors.checks import gathering
from sectors.models import Assignment, Figure, Period, Region, Submission, Transition, User
from sectors.timeliness import Timeliness
from sectors.vocabulary import RegionLevel, Severity

COUNTIES, COUNT, YEARS = 12, 2, (2024, 2025)


def generate(*, counties=COUNTIES, years=COUNT, last=YEARS[-1]):
    printed = io.StringIO()
    call_command("generate_scale_data", counties=counties, years=years, last_year=last, stdout=printed)
    return printed.getvalue()


def told():
    """All that was made, without keys."""
    figures = Figure.objects.order_by("region__code", "indicator__code", "submission__period__year", "submission")
    steps = Transition.objects.order_by("pk")
    of_figure = ("region__code", "indicator__code", "submission__period__year", "state", "value", "places")
    of_step = ("submission__region__code", "old", "new", "at", "by__username")
    return list(figures.values_list(*of_figure)), list(steps.values_list(*of_step))


class ScaleDataTest(TestCase):
    """A class for its transaction around all tests, which only look."""

    printed: str

    @classmethod
    def setUpTestData(cls):
        cls.printed = generate()

    def test_it_says_what_it_made(self):
        counts = [model.objects.count() for model in (Period, Submission, Figure, Transition)]
        assert [int(number) for number in re.findall(r"\d+", self.printed)] == [COUNTIES, *counts]

    def test_the_tree_has_a_nation_provinces_prefectures_and_counties(self):
        levels = Counter(Region.objects.values_list("level", flat=True))
        assert levels == {"nation": 1, "province": 2, "prefecture": 3, "county": COUNTIES}
        for region in Region.objects.select_related("parent__parent__parent"):
            chain = [region.level, region.parent and region.parent.level]
            assert chain in (
                ["nation", None],
                ["province", "nation"],
                ["prefecture", "province"],
                ["county", "prefecture"],
            )

    def test_every_county_reports_every_sheet_of_every_year(self):
        expected = Assignment.objects.filter(region__code=COUNTY).count()
        for region in Region.objects.filter(level=RegionLevel.COUNTY):
            assert region.assignments.count() == expected
            assert {*region.periods.values_list("year", flat=True)} == {*YEARS}
        assert not Submission.objects.exclude(region__level=RegionLevel.COUNTY).exists()

    def test_statuses_are_as_in_life(self):
        statuses = Counter(Submission.objects.values_list("status", flat=True))
        assert statuses["accepted"] > 0.8 * sum(statuses.values())
        assert {*statuses} == {"accepted", "signed", "submitted", "returned", "draft"}
        last = Submission.objects.filter(period__year=YEARS[-1], period__kind="quarter", period__number=4)
        assert 0.4 < last.filter(status="accepted").count() / last.count() < 0.8
        first = Region.objects.get(code=COUNTY)
        of_county = sum(
            first.assignments.filter(sheet__frequency=period.kind).count() for period in first.periods.all()
        )
        never_handed_in = of_county * COUNTIES - sum(statuses.values())
        assert 0 < never_handed_in < 0.03 * of_county * COUNTIES

    def test_cells_are_left_out_and_do_not_apply_where_no_sum_reads_them(self):
        states = Counter(Figure.objects.values_list("state", flat=True))
        assert 0 < states["na"] < 0.05 * states["number"]
        assert not Figure.objects.filter(state="blank").exists()

    def test_the_checks_find_no_error_in_what_left_its_department(self):
        rows = Submission.objects.exclude(status="draft").select_related("period", "region")
        for submission in rows.filter(region__code__in=(COUNTY, "650101", "110101")):
            found = gathering.of_submission(submission, required=True)
            assert [finding for finding in found if finding.severity == Severity.ERROR] == []

    def test_steps_lead_to_the_status_and_are_taken_by_those_who_may(self):
        for submission in Submission.objects.filter(region__code=COUNTY).prefetch_related("transitions__by"):
            steps = list(submission.transitions.all())
            assert [step.old for step in steps[1:]] == [step.new for step in steps[:-1]]
            assert (steps[-1].new if steps else "draft") == submission.status
            for step in steps:
                assert step.by is not None
                office = step.by.role == "office"
                assert step.by.department_id == submission.department_id or office
                assert office == (step.new in ("accepted", "returned"))
                assert step.is_of_head == (step.by.role == "head")

    def test_some_came_late(self):
        day = Period.objects.latest("due").due
        rows = Submission.objects.select_related("period", "department").with_delivery()
        said = Counter(row.timeliness_on(day) for row in rows)
        assert said[Timeliness.ON_TIME] > 5 * said[Timeliness.LATE] > 0

    def test_the_nation_adds_up_what_its_counties_have(self):
        nation = Region.objects.get(level=RegionLevel.NATION)
        rows = Figure.objects.filter(
            indicator__code="agri.risk.samples",
            submission__period__year=YEARS[0],
            submission__status="accepted",
            state="number",
        )
        value = annual(nation, YEARS[0])["agri.risk.samples"]
        assert value.value == rows.aggregate(all=Sum("value"))["all"] > 0
        assert len(value.made.origin.regions) <= COUNTIES

    def test_people_go_on_with_it(self):
        """Keys follow those that were given, and the steps of the product can be taken."""
        row = Submission.objects.filter(status="signed").select_related("region")[0]
        office = User.objects.get(username=f"{row.region.code}-office")
        moved = moves.move(submission=row, action="accept", by=office)
        assert moved.status == "accepted"
        assert moved.transitions.latest("pk").by == office

    def test_it_is_marked_as_made_up_and_told_to_the_audit_record(self):
        assert not Submission.objects.filter(is_demo=False).exists()
        event = Event.objects.get(name="generate_scale_data")
        assert event.detail["figures"] == Figure.objects.count()

    def test_it_is_refused_where_figures_are(self):
        before = Figure.objects.count(), Region.objects.count()
        with pytest.raises(CommandError, match="DATABASE_URL"):
            generate()
        assert (Figure.objects.count(), Region.objects.count()) == before

    def test_it_is_refused_without_counties_or_years(self):
        Figure.objects.all()._raw_delete(connection.alias)
        for wrong in ({"counties": 0}, {"counties": 10**6}, {"years": 0}, {"years": 900}, {"last": 3000}):
            with pytest.raises(CommandError):
                generate(**wrong)
            assert not Figure.objects.exists()


@pytest.mark.django_db
def test_two_runs_make_the_same():
    made = []
    for _run in range(2):
        with transaction.atomic():
            generate(counties=2, years=1)
            made.append(told())
            transaction.set_rollback(True)
    assert made[0] == made[1]
