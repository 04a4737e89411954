"""Records counted into figures: followed until submission, a finding after it."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from inspections import records as record_writer
from inspections import tally
from inspections.models import Complaint, PlanTask, SamplingBatch, SamplingPlan
from inspections.tally import MEASURES, SOURCES
from sectors.approval import moves
from sectors.catalogue import counted as counting_rules
from sectors.checks.messages import worded
from sectors.entry import writer
from sectors.findings import storage
from sectors.models import Figure, FigureChange, Indicator, StoredFinding, Tally
from tests import base
from tests.inspections.recorded import batch

FIRST, LATER = datetime.date(2023, 1, 9), datetime.date(2023, 3, 30)


@pytest.fixture
def wired(cast):
    """food.done counts samples, food.passed those that conform, food.firms (a level) the categories of the year."""
    for code, measure in (("food.done", "samples"), ("food.passed", "passed"), ("food.firms", "categories")):
        rule = counting_rules.completed({"of": "batch", "measure": measure, "where": {"category": "produce"}})
        base.change_catalogue(Indicator.objects.filter(code=code), counted=rule)
    return base.submission(cast.county)


def figure(of, code="food.done"):
    return Figure.objects.filter(submission=of, indicator__code=code).values_list("value", flat=True).first()


def type_in(cast, sheet, **figures):
    saved = writer.save(sheet, writer.Typed({f"food.{k}": v for k, v in figures.items()}), by=cast.clerk)
    assert saved.is_complete


def test_a_record_an_edit_a_late_one_and_a_deletion_move_the_figure(cast, wired):
    first = batch(cast, samples=4, failed=1, taken_on=FIRST)
    assert (figure(wired), figure(wired, "food.passed")) == (4, 3)
    first.samples = 6
    record_writer.save(first, by=cast.clerk)
    assert figure(wired) == 6
    late = batch(cast, samples=10, failed=0, taken_on=LATER, place="西门")
    assert (figure(wired), figure(wired, "food.passed")) == (16, 15)
    record_writer.delete(late, by=cast.clerk)
    assert figure(wired) == 6
    change = FigureChange.objects.filter(indicator__code="food.done")[0]
    assert (change.source, change.by, change.old, change.new) == ("registry", cast.clerk, "16", "6")


def test_a_record_that_moves_to_another_quarter_leaves_the_first(cast, wired):
    second = base.submission(cast.county, in_period="2023Q2")
    made = batch(cast, samples=4, taken_on=FIRST)
    made.taken_on = datetime.date(2023, 4, 1)
    record_writer.save(made, by=cast.clerk)
    assert (figure(wired), figure(second)) == (None, 4)


def test_a_level_counts_from_the_start_of_the_year(cast, wired):
    second = base.submission(cast.county, in_period="2023Q2")
    batch(cast, taken_on=FIRST)
    batch(cast, category="produce.meat", taken_on=datetime.date(2023, 4, 3))
    assert (figure(wired, "food.firms"), figure(second, "food.firms")) == (1, 2)


def test_other_sectors_departments_years_and_categories_do_not_count(cast, wired):
    batch(cast, taken_on=datetime.date(2022, 12, 31))
    batch(cast, taken_on=datetime.date(2023, 4, 1))
    batch(cast, taken_on=None)
    batch(cast, category="school.oil")
    batch(cast, category="processed")
    assert figure(wired) is None
    assert not Tally.objects.filter(value__gt=0, submission=wired).exists()


def test_another_number_stays_and_is_asked_about(cast, wired):
    batch(cast, samples=4, taken_on=FIRST)
    type_in(cast, wired, done="9")
    batch(cast, samples=1, taken_on=LATER, place="西门")
    batch(cast, samples=1, taken_on=LATER, place="南门")
    assert figure(wired) == 9
    finding = StoredFinding.objects.get(rule="registry:food.done")
    assert (finding.state, finding.severity, finding.declared, finding.expected) == ("open", "warning", 9, 6)
    # Typing what is counted mends it, and from then on the figure follows again.
    type_in(cast, wired, done="6")
    batch(cast, samples=1, taken_on=LATER, place="北门")
    assert figure(wired) == 7
    assert StoredFinding.objects.get(rule="registry:food.done").state == "mended"


def test_not_applicable_is_an_answer_that_stays(cast, wired):
    type_in(cast, wired, done="n/a")
    batch(cast, samples=4, taken_on=FIRST)
    assert Figure.objects.get(indicator__code="food.done").state == "na"


def test_without_a_record_a_typed_figure_is_left_alone(cast, wired):
    type_in(cast, wired, done="5")
    tally.refresh(wired)
    assert figure(wired) == 5
    assert not Tally.objects.exists()
    assert not StoredFinding.objects.filter(kind="registry").exists()


def test_a_plan_says_which_cells_count_it(client, cast, wired):
    rule = counting_rules.completed({"of": "task", "measure": "batches"})
    base.change_catalogue(Indicator.objects.filter(code="food.task"), counted=rule)
    plan = SamplingPlan(
        department=cast.market, region=cast.county, sector=wired.sheet.sector, year=2023, name="计划",
        programme="supervision", issued_on=FIRST,
    )  # fmt: skip
    record_writer.save_plan(plan, [PlanTask(category="produce", due_on=LATER, batches=7)], by=cast.clerk)
    assert figure(wired, "food.task") == 7
    assert [(of, indicator.code) for of, indicator in tally.cells_of(plan)] == [(wired, "food.task")]
    client.force_login(cast.clerk)
    assert len(client.get(reverse("delete-plans", args=[plan.pk])).context["counted"]) == 1


@pytest.mark.parametrize("periods", [1, 3])
def test_queries_of_the_cells_of_a_record_do_not_grow_with_periods(cast, wired, django_assert_num_queries, periods):
    made = batch(cast, taken_on=FIRST)
    for number in range(2, periods + 1):
        base.submission(cast.county, in_period=f"2023Q{number}")
    with django_assert_num_queries(4):
        tally.cells_of(made)


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_after_submission_the_figure_stays_and_a_finding_is_raised(cast, wired, status):
    made = batch(cast, samples=4, failed=0, taken_on=FIRST)
    base.submission(cast.county, status=status)
    batch(cast, samples=2, failed=0, taken_on=LATER, place="西门")
    assert figure(wired) == 4
    finding = StoredFinding.objects.get(rule="registry:food.done")
    assert (finding.state, finding.declared, finding.expected) == ("open", 4, 6)
    assert "报表填4，台账2条记录计为6" in worded(finding.statement, repairs=True)
    record_writer.delete(made, by=cast.clerk)
    finding.refresh_from_db()
    assert finding.expected == 2


def test_cells_that_a_return_locked_stay(cast, wired):
    batch(cast, samples=4, taken_on=FIRST)
    type_in(cast, wired, task="9", **{"done.farm": "4", "done.school": "0"})
    returned = base.take_to("signed", cast, wired)
    moves.move(
        submission=returned, action="return", by=cast.office, reason="请核对", cells=["food.task"], only_cells=True
    )
    batch(cast, samples=2, taken_on=LATER, place="西门")
    assert figure(wired) == 4


def test_the_sheet_links_to_exactly_the_records(client, cast, wired):
    for place in ("东门", "西门"):
        batch(cast, place=place, taken_on=FIRST)
    batch(cast, place="南门", taken_on=datetime.date(2023, 6, 1))
    client.force_login(cast.clerk)
    address = f"/counted/{wired.pk}/food.done/"
    assert address in client.get(f"/sheets/{wired.pk}/").content.decode()
    shown = client.get(address, follow=True)
    assert sorted(b.place for b in shown.context["page"].object_list) == ["东门", "西门"]
    client.force_login(cast.outsider_clerk)
    assert client.get(address).status_code == 404
    client.force_login(cast.office)
    assert client.get(f"/counted/{wired.pk}/food.task/").status_code == 404
    assert client.post(address).status_code == 405


def test_a_new_period_starts_with_what_is_recorded_already(cast, wired):
    batch(cast, samples=4, taken_on=datetime.date(2023, 7, 3))
    period = base.period(cast.county, "2023Q3")
    moves.open_period(period)
    assert figure(period.submissions.get(sheet__number="T-01")) == 4


def test_deleting_says_which_cells_count_the_record(client, cast, wired):
    made = batch(cast, taken_on=FIRST)
    client.force_login(cast.clerk)
    counted = client.get(f"/sampling/{made.pk}/delete/").context["counted"]
    assert {indicator.code for _submission, indicator in counted} == {"food.done", "food.passed", "food.firms"}


@pytest.mark.parametrize(
    ("measure", "value", "records"),
    [
        ("batches", 3, 3),
        ("samples", 16, 3),
        ("passed", 9, 3),
        ("failed", 3, 3),
        ("pass_rate", 75, 3),
        ("batches_failed", 2, 3),
        ("items", 5, 3),
        ("places", 2, 3),
    ],
)
def test_what_can_be_measured_of_batches(cast, wired, measure, value, records):
    count_as(of="batch", measure=measure)
    batch(cast, samples=5, failed=2, taken_on=FIRST, items="微生物")
    batch(cast, samples=7, failed=1, taken_on=FIRST, place="西门")
    batch(cast, samples=4, failed=None, taken_on=LATER, place="西门", product="羊肉")
    found = tally.count(wired)[Indicator.objects.get(code="food.done")]
    assert found == writer.Counted(Decimal(value), records)


def test_items_are_counted_from_how_they_are_written(cast, wired):
    count_as(of="batch", measure="items")
    batch(cast, samples=2, items="农药残留：毒死蜱、克百威；重金属：铅", taken_on=FIRST)
    batch(cast, samples=1, items="微生物", taken_on=FIRST, place="西门")
    assert figure(wired) == 7


def test_a_rate_of_nothing_is_no_rate(cast, wired):
    count_as(of="batch", measure="pass_rate")
    batch(cast, samples=2, failed=None, taken_on=FIRST)
    assert figure(wired) is None
    assert not Tally.objects.filter(indicator__code="food.done").exists()


@pytest.mark.parametrize("typed", [None, "60"])
def test_a_rate_of_which_nothing_is_left_is_blank_again_where_nobody_typed_another(cast, wired, typed):
    count_as(of="batch", measure="pass_rate")
    made = batch(cast, samples=2, failed=1, taken_on=FIRST)
    assert figure(wired) == 50
    if typed:
        type_in(cast, wired, done=typed)
    record_writer.delete(made, by=cast.clerk)
    assert figure(wired) == (typed and Decimal(typed))
    assert not Tally.objects.filter(indicator__code="food.done").exists()
    assert not StoredFinding.objects.standing().filter(rule="registry:food.done").exists()


@pytest.mark.parametrize(("measure", "value"), [("complaints", 3), ("days", 12), ("mean_days", 6)])
def test_days_taken_are_those_of_what_is_closed(cast, wired, measure, value):
    count_as(of="complaint", measure=measure)
    for days in (2, 10, None):
        closed = FIRST + datetime.timedelta(days) if days else None
        complaint = Complaint(
            department=cast.market, region=cast.county, sector=wired.sheet.sector, channel="hotline",
            subject=f"投诉{days}", accepted_on=FIRST, closed_on=closed,
        )  # fmt: skip
        record_writer.save(complaint, by=cast.clerk)
    assert figure(wired) == value


def count_as(**rule):
    """Let food.done be counted so."""
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=counting_rules.completed(rule))


def test_an_imported_list_is_counted_once(cast, wired):
    rows = [
        SamplingBatch(
            sector=wired.sheet.sector, programme="supervision", category="produce.meat", product="羊肉",
            place=f"{n}", samples=2, failed=0, taken_on=FIRST,
        )
        for n in range(50)
    ]  # fmt: skip
    record_writer.bulk_create(rows, department=cast.market, by=cast.clerk)
    assert figure(wired) == 100
    assert FigureChange.objects.filter(indicator__code="food.done").count() == 1


def test_the_registry_knows_the_words_of_the_catalogue_and_no_others():
    assert set(SOURCES) == set(counting_rules.COUNTABLE)
    for of, known in counting_rules.COUNTABLE.items():
        assert {measure for kind, measure in MEASURES if kind == of} == known.measures
        assert set(SOURCES[of][2]) == set(known.days)


def test_every_rule_of_the_shipped_catalogue_can_be_counted(shipped_catalogue):
    wired = Indicator.objects.exclude(counted={}).select_related("sheet")
    assert wired.count() > 90
    for sheet in {indicator.sheet for indicator in wired}:
        found = tally.count(base.submission(shipped_catalogue, sheet.number, "2023Q1"))
        assert found
        assert not any(found.values())  # there is nothing to count


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ({"of": "batch", "measure": "craters"}, "craters"),
        ({"of": "batch", "measure": "samples", "by": "dusk"}, "dusk"),
        ({"of": "batch", "measure": "samples", "where": {"colour": "red"}}, "colour"),
        ({"of": "complaint", "measure": "closed", "by": "closed"}, "measure: complaints"),
        ({"of": "task", "measure": "batches", "by": "issued"}, "due"),
    ],
)
def test_a_wrong_rule_is_named(rule, word):
    (fault,) = counting_rules.faults(rule)
    assert word in fault


def test_what_was_held_against_a_counted_figure_is_judged_again(cast, wired, django_capture_on_commit_callbacks):
    """A tenfold count, against a quarter of which records were missing."""
    base.report(cast.county, "2024Q1", {"food.firms": "40"})
    later = base.submission(cast.county, "T-01", "2024Q1", "accepted")
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), change_limit=300)
    batch(cast, samples=1, taken_on=FIRST)
    assert figure(wired, "food.firms") == 1
    (found,) = storage.refresh(later)
    assert found.rule == "change:food.firms"
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(10):
            batch(cast, samples=1, taken_on=FIRST, category=f"produce.kind{number}")
    assert figure(wired, "food.firms") == 11
    found.refresh_from_db()
    assert found.state == "mended"
