"""Whose records are counted for a sheet that another department has now, or had before."""

import datetime

import pytest
from django.urls import reverse

from inspections import records, tally
from inspections.models import SamplingBatch
from sectors.approval import moves
from sectors.catalogue import counted
from sectors.entry import writer
from sectors.models import Assignment, FigureChange, Indicator, StoredFinding, Submission, Tally
from tests import base
from tests.inspections.recorded import batch
from tests.inspections.test_tally import figure, type_in

JANUARY, MARCH, MAY = (datetime.date(2023, month, 9) for month in (1, 3, 5))


@pytest.fixture
def wired(cast):
    """food.done counts samples of the period, food.firms (a level) their categories since January."""
    for code, measure in (("food.done", "samples"), ("food.firms", "categories")):
        rule = counted.completed({"of": "batch", "measure": measure})
        base.change_catalogue(Indicator.objects.filter(code=code), counted=rule)
    return base.submission(cast.county)


def of_water(cast, **fields):
    """A stored batch of 水利局."""
    made = SamplingBatch(
        **{
            "department": cast.water, "region": cast.county, "sector": base.submission(cast.county).sheet.sector,
            "programme": "supervision", "category": "produce.meat", "product": "羊肉", "place": "西门",
            "taken_on": JANUARY, **fields,
        }
    )  # fmt: skip
    records.save(made, by=cast.outsider_clerk)
    return made


def hand_over(cast, sheet, to):
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=to)
    assert moves.hand_over(sheet.period, by=cast.office) == 1


def test_what_the_old_department_recorded_counts_on(cast, wired):
    batch(cast, samples=40, taken_on=JANUARY)
    hand_over(cast, wired, cast.water)
    assert figure(wired) == 40
    of_water(cast, samples=1)
    assert figure(wired) == 41
    assert not StoredFinding.objects.standing().filter(kind="registry").exists()
    changes = FigureChange.objects.filter(indicator__code="food.done").order_by("pk")
    assert list(changes.values_list("new", flat=True)) == ["40", "41"]


def test_another_number_goes_along_and_is_asked_about(cast, wired):
    batch(cast, samples=4, taken_on=JANUARY)
    type_in(cast, wired, done="12")
    hand_over(cast, wired, cast.water)
    finding = StoredFinding.objects.get(rule="registry:food.done")
    assert (figure(wired), finding.declared, finding.expected) == (12, 12, 4)
    saved = writer.save(Submission.objects.get(pk=wired.pk), writer.Typed({"food.done": "4"}), by=cast.outsider_clerk)
    assert saved.is_complete
    of_water(cast, samples=2)
    assert figure(wired) == 6


@pytest.mark.parametrize("corrects", ["old", "new"])
def test_a_later_correction_by_either_department_is_counted(cast, wired, corrects):
    theirs = batch(cast, samples=40, taken_on=JANUARY)
    ours = of_water(cast, samples=1)
    hand_over(cast, wired, cast.water)
    record, by = (theirs, cast.clerk) if corrects == "old" else (ours, cast.outsider_clerk)
    record.samples += 5
    records.save(record, by=by)
    assert figure(wired) == 46
    records.delete(record, by=by)
    assert figure(wired) == (1 if corrects == "old" else 40)


def test_a_sheet_that_goes_back_counts_nothing_twice(cast, wired):
    batch(cast, samples=40, taken_on=JANUARY)
    of_water(cast, samples=1)
    hand_over(cast, wired, cast.water)
    hand_over(cast, wired, cast.market)
    assert figure(wired) == 41
    assert Tally.objects.get(submission=wired, indicator__code="food.done").records == 2


def test_records_and_cells_agree_about_a_sheet_that_was_handed_over(client, cast, wired):
    theirs, ours = batch(cast, samples=40, taken_on=JANUARY), of_water(cast, samples=1)
    hand_over(cast, wired, cast.water)
    found = Submission.objects.select_related("sheet", "period").get(pk=wired.pk)
    cell = Indicator.objects.get(code="food.done")
    assert set(tally.records(found, cell)) == {theirs, ours}
    for record in (theirs, ours):
        assert (found, cell) in tally.cells_of(record)
    # Each sees their own records, and how many more there are.
    address = reverse("counted", args=[wired.pk, "food.done"])
    client.force_login(cast.outsider_clerk)
    shown = client.get(address, follow=True)
    assert list(shown.context["page"].object_list) == [ours]
    assert "另有1条" in shown.content.decode()
    client.force_login(cast.office)
    assert len(client.get(address, follow=True).context["page"].object_list) == 2


def test_a_year_to_date_goes_on_with_what_earlier_periods_of_others_counted(cast, wired):
    """The first quarter stays with who sent it, the second is another department's."""
    first = batch(cast, category="produce.vegetable", samples=4, taken_on=JANUARY)
    base.submission(cast.county, status="accepted")
    Assignment.objects.filter(sheet=wired.sheet, region=cast.county).update(department=cast.water)
    second = base.submission(cast.county, in_period="2023Q2")
    assert second.department == cast.water
    of_water(cast, taken_on=MAY, samples=2)
    assert (figure(second), figure(second, "food.firms")) == (2, 2)
    # A record of the old department in what is no longer its period does not count.
    batch(cast, category="school.oil", taken_on=MAY, place="北门")
    assert (figure(second), figure(second, "food.firms")) == (2, 2)
    # A correction of the old period does, where the year is counted.
    first.category = "produce.meat"
    records.save(first, by=cast.clerk)
    assert (figure(second), figure(second, "food.firms")) == (2, 1)
    assert [of.pk for of, i in tally.cells_of(first) if i.code == "food.firms"] == [wired.pk, second.pk]


def test_later_periods_are_counted_anew_when_an_earlier_one_is_handed_over(cast, wired):
    """It begins to count what the new department recorded before."""
    second = base.submission(cast.county, in_period="2023Q2")
    of_water(cast, category="school.oil")
    batch(cast, category="produce.meat", taken_on=MARCH)
    assert figure(second, "food.firms") == 1
    hand_over(cast, wired, cast.water)
    assert (figure(wired, "food.firms"), figure(second, "food.firms")) == (2, 2)


def test_what_a_department_recorded_before_it_had_the_sheet_is_no_first_one_of_the_year(cast, wired):
    """In a period that another reports it counts nowhere, so it is new when it comes again."""
    rule = counted.completed({"of": "batch", "measure": "new_places"})
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    second = base.submission(cast.county, in_period="2023Q2")
    batch(cast, place="东门", taken_on=JANUARY)
    of_water(cast, place="西门", taken_on=JANUARY)
    base.submission(cast.county, status="accepted")
    hand_over(cast, second, cast.water)
    for place in ("东门", "西门", "西门", "南门"):
        of_water(cast, place=place, taken_on=MAY)
    assert (figure(wired), figure(second)) == (1, 2)
    third = base.submission(cast.county, in_period="2023Q3")
    of_water(cast, place="西门", taken_on=datetime.date(2023, 8, 9))
    of_water(cast, place="北门", taken_on=datetime.date(2023, 8, 9))
    assert figure(third) == 1


def test_other_departments_and_other_counties_do_not_count(cast, wired):
    batch(cast, samples=4, taken_on=JANUARY)
    of_water(cast, samples=1)
    assert figure(wired) == 4
    hand_over(cast, wired, cast.water)
    other = base.submission(cast.other_county)
    tally.refresh(other)
    assert figure(other) is None


def test_the_queries_of_a_record_do_not_grow_with_departments(cast, wired, django_assert_max_num_queries):
    hand_over(cast, wired, cast.water)
    hand_over(cast, wired, cast.market)
    made = batch(cast, samples=4, taken_on=JANUARY)
    with django_assert_max_num_queries(4):
        tally.cells_of(made)
