"""Over which span what is counted, and what its periods make of it."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from inspections import records, tally
from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    PlanTask,
    RectificationNotice,
    SamplingPlan,
)
from sectors.approval import moves
from sectors.catalogue import counted
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.checks.messages import worded
from sectors.models import Indicator, StoredFinding, Tally
from tests import base
from tests.inspections.recorded import batch
from tests.inspections.test_tally import figure, type_in

DAYS = {n: datetime.date(2023, 3 * n - 1, 9) for n in (1, 2, 3, 4)}  # one in each quarter


def count_as(code="food.done", accumulation="flow", **rule):
    fields = {"counted": counted.completed(rule), "accumulation": accumulation, "decimals": 2}
    base.change_catalogue(Indicator.objects.filter(code=code), **fields)


@pytest.fixture
def quarters(cast):
    return [base.submission(cast.county, in_period=f"2023Q{n}") for n in (1, 2, 3, 4)]


def figures(quarters, code="food.done"):
    return [figure(quarter, code) for quarter in quarters]


def inspection(cast, day, premises="甲店", **fields):
    made = Inspection(
        department=cast.market, region=cast.county, sector=base.submission(cast.county).sheet.sector, held_on=day,
        premises=premises, premises_type="food", **fields,
    )  # fmt: skip
    records.save(made, by=cast.clerk)
    return made


def complaint(cast, accepted, closed=None, subject="投诉"):
    made = Complaint(
        department=cast.market, region=cast.county, sector=base.submission(cast.county).sheet.sector,
        channel="hotline", subject=subject, accepted_on=accepted, closed_on=closed,
    )  # fmt: skip
    records.save(made, by=cast.clerk)
    return made


# Accumulation and measure.


@pytest.mark.parametrize(
    ("accumulation", "measure", "expected"),
    [
        ("flow", "samples", [4, 6, None, 2]),
        ("average", "samples", [4, 6, None, 2]),
        ("stock", "samples", [4, 10, 10, 12]),
        ("cumulative", "samples", [4, 10, 10, 12]),
        ("average", "pass_rate", [25, 50, None, 100]),
        ("average", "places", [1, 2, None, 1]),
        ("cumulative", "places", [1, 2, 2, 2]),
        ("stock", "categories", [1, 1, 1, 1]),
        ("flow", "new_places", [1, 1, None, 0]),
        ("flow", "new_categories", [1, 0, None, 0]),
    ],
)
def test_each_accumulation_counts_over_its_span(cast, quarters, accumulation, measure, expected):
    count_as(of="batch", measure=measure, accumulation=accumulation)
    batch(cast, taken_on=DAYS[1], place="东门", samples=4, failed=3)
    batch(cast, taken_on=DAYS[2], place="东门", samples=4, failed=3)
    batch(cast, taken_on=DAYS[2], place="西门", samples=2, failed=0)
    batch(cast, taken_on=DAYS[4], place="西门", samples=2, failed=0)
    assert figures(quarters) == expected


def test_a_firm_inspected_in_two_quarters_is_one_of_the_year(cast, quarters):
    count_as(of="inspection", measure="new_premises")
    first = inspection(cast, DAYS[1])
    inspection(cast, DAYS[2])
    inspection(cast, DAYS[2], premises="乙店")
    inspection(cast, DAYS[4])
    assert figures(quarters) == [1, 1, None, 0]
    # Where the first one goes, the next is the first.
    records.delete(first, by=cast.clerk)
    assert figures(quarters) == [None, 2, None, 0]


def test_a_mean_of_days_is_of_its_own_quarter(cast, quarters):
    count_as(of="complaint", measure="mean_days", accumulation="average")
    for n, days in ((1, 30), (2, 10), (2, 20)):
        complaint(cast, DAYS[n], DAYS[n] + datetime.timedelta(days), f"{n} {days}")
    assert figures(quarters) == [30, 15, None, None]


# What a catalogue may say.


TEMPLATE = """
sector: toys
name: 玩具
chapter: {{code: product, name: 产品质量, position: 1}}
position: 12
sheets:
  - number: Z-01
    name: 玩具抽查情况表
    frequency: quarter
    department: market
    tables:
      - code: sampling
        name: 抽查
        indicators:
{rows}
"""


def loaded(tmp_path, *rows):
    path = tmp_path / "toys.yaml"
    path.write_text(TEMPLATE.format(rows="\n".join(f"          - {row}" for row in rows)))
    with translation.override("en"):
        load(path)


def row(code, rule, **fields):
    more = "".join(f", {key}: {value}" for key, value in fields.items())
    return f'{{code: toys.{code}, name: {code}, unit: "%"{more}, counted: {{{rule}}}}}'


@pytest.mark.parametrize(
    ("rule", "accumulation", "instead"),
    [
        ("of: batch, measure: pass_rate", "flow", "accumulation: average"),
        ("of: batch, measure: pass_rate", "cumulative", "accumulation: average"),
        ("of: batch, measure: pass_rate", "stock", "accumulation: average"),
        ("of: complaint, measure: mean_days", "flow", "divide them by a formula"),
        ("of: complaint, measure: mean_days", "stock", "accumulation: average"),
        ("of: inspection, measure: distinct_premises", "flow", "measure: new_premises"),
        ("of: batch, measure: places", "flow", "measure: new_places"),
        ("of: batch, measure: rounds", "flow", "measure: new_rounds"),
        ("of: batch, measure: categories", "flow", "accumulation: cumulative"),
        ("of: batch, measure: settings", "flow", "accumulation: cumulative"),
        ("of: batch, measure: new_rounds", "cumulative", "measure: rounds"),
        ("of: inspection, measure: new_premises", "stock", "measure: distinct_premises"),
        ("of: inspection, measure: new_premises", "average", "accumulation: flow"),
        ("of: case, measure: closed, by: closed", "flow", "measure: cases with by: closed"),
    ],
)
def test_what_periods_would_put_together_wrongly_is_refused_with_what_to_do(
    cast, tmp_path, rule, accumulation, instead
):
    with pytest.raises(CatalogueError) as error:
        loaded(tmp_path, row("a", rule, accumulation=accumulation))
    [problem] = error.value.problems
    assert instead in problem.message
    assert problem.place.line > 1
    assert not Indicator.objects.filter(code="toys.a").exists()


@pytest.mark.parametrize(
    ("rule", "accumulation"),
    [
        ("of: batch, measure: pass_rate", "average"),
        ("of: complaint, measure: mean_days", "average"),
        ("of: inspection, measure: distinct_premises", "cumulative"),
        ("of: inspection, measure: distinct_premises", "stock"),
        ("of: batch, measure: rounds", "average"),
        ("of: batch, measure: new_rounds", "flow"),
        ("of: case, measure: cases, by: closed", "flow"),
        ("of: case, measure: closed", "cumulative"),
    ],
)
def test_what_they_put_together_rightly_is_loaded(cast, tmp_path, rule, accumulation):
    loaded(tmp_path, row("a", rule, accumulation=accumulation))
    assert Indicator.objects.get(code="toys.a").accumulation == accumulation


def test_what_is_computed_is_not_counted(cast, tmp_path):
    with pytest.raises(CatalogueError, match="computed by its formula"):
        loaded(tmp_path, row("a", "of: batch, measure: samples", formula="food.done"))


def rate(formula):
    return f'{{code: toys.rate, name: 率, unit: "%", accumulation: ratio, formula: {formula}}}'


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("of: complaint, measure: complaints, by: closed", "of: complaint, measure: complaints", "measure: closed"),
        ("of: notice, measure: notices, by: closed", "of: notice, measure: notices", "same day"),
        ("of: case, measure: cases, by: closed", "of: case, measure: cases", "same day"),
        ("of: batch, measure: passed, by: reported", "of: batch, measure: samples", "taken"),
    ],
)
@pytest.mark.parametrize("formula", ["toys.a / toys.b", "toys.both / toys.b", "1 - (toys.b - toys.a) / toys.b"])
def test_a_rate_of_two_cohorts_is_refused(cast, tmp_path, one, other, why, formula):
    both = '{code: toys.both, name: 合, unit: "%", formula: toys.a + 0}'
    with pytest.raises(CatalogueError, match=why):
        loaded(tmp_path, row("a", one), row("b", other), both, rate(formula))


@pytest.mark.parametrize(("formula", "is_refused"), [("toys.a * 100 / toys.b", True), ("(toys.a + toys.b) / 2", False)])
def test_whatever_is_divided_is_a_rate_by_any_accumulation(cast, tmp_path, formula, is_refused):
    rows = (
        row("a", "of: case, measure: cases, by: closed"),
        row("b", "of: case, measure: cases"),
        f'{{code: toys.c, name: 比, unit: "%", formula: {formula}}}',
    )
    if is_refused:
        with pytest.raises(CatalogueError, match="same day"):
            loaded(tmp_path, *rows)
    else:
        loaded(tmp_path, *rows)
        assert Indicator.objects.filter(code="toys.c").exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("of: complaint, measure: closed", "of: complaint, measure: complaints"),
        ("of: batch, measure: passed, by: reported", "of: batch, measure: samples, by: reported"),
        ("of: batch, measure: batches", "of: task, measure: batches"),
    ],
)
def test_a_rate_of_one_cohort_is_loaded(cast, tmp_path, one, other):
    loaded(tmp_path, row("a", one), row("b", other), rate("toys.a / toys.b"))


def test_a_rate_of_a_period_and_of_the_year_so_far_is_refused(cast, tmp_path):
    rows = (
        row("a", "of: batch, measure: passed", accumulation="cumulative"),
        row("b", "of: batch, measure: samples"),
    )
    with pytest.raises(CatalogueError, match="since January"):
        loaded(tmp_path, *rows, rate("toys.a / toys.b"))


def test_open_sheets_are_counted_anew_when_a_rule_comes(cast, tmp_path):
    assignments = Indicator.objects.get(code="food.done").sheet.assignments
    assert assignments.filter(region=cast.county, department=cast.market).exists()
    loaded(tmp_path, '{code: toys.a, name: 甲, unit: "%"}')
    sector = Indicator.objects.get(code="toys.a").sheet.sector
    sheets = [base.submission(cast.county, "Z-01", f"2023Q{n}") for n in (1, 2)]
    base.submission(cast.county, "Z-01", "2023Q2", status="accepted")
    for n in (1, 2):
        batch(cast, sector=sector, taken_on=DAYS[n], samples=3 * n, category="other")
    assert figures(sheets, "toys.a") == [None, None]
    loaded(tmp_path, row("a", "of: batch, measure: samples"))
    assert figures(sheets, "toys.a") == [300, None]  # per cent of pieces
    loaded(tmp_path, row("a", "of: batch, measure: batches"))
    assert figures(sheets, "toys.a") == [100, None]


# Cohorts.


@pytest.mark.parametrize("kind", ["complaint", "notice", "case"])
def test_what_is_closed_is_closed_of_those_that_came_in_the_span(cast, quarters, kind):
    count_as(of=kind, measure=f"{kind}s")
    count_as(code="food.passed", of=kind, measure="closed")
    common = {"department": cast.market, "region": cast.county, "sector": quarters[0].sheet.sector}
    makers: dict[str, Any] = {
        "complaint": lambda day, n: Complaint(**common, channel="hotline", subject=f"{n}", accepted_on=day),
        "notice": lambda day, n: RectificationNotice(
            **common, premises=f"{n}", premises_type="food", issued_on=day, due_on=day
        ),
        "case": lambda day, n: EnforcementCase(**common, party=f"{n}", category="produce", filed_on=day),
    }
    made = [makers[kind](DAYS[quarter], n) for n, quarter in enumerate((1, 1, 2))]
    for record in made:
        records.save(record, by=cast.clerk)
    made[0].closed_on = DAYS[1]
    made[1].closed_on = made[2].closed_on = DAYS[2]
    for record in made:
        records.save(record, by=cast.clerk)
    # Two were closed in the second quarter, in which one came.
    assert figures(quarters) == [2, 1, None, None]
    assert figures(quarters, "food.passed") == [2, 1, None, None]
    made[1].closed_on = None
    records.save(made[1], by=cast.clerk)
    assert figures(quarters, "food.passed") == [1, 1, None, None]


def test_no_rate_of_the_shipped_catalogue_exceeds_a_hundred(shipped_catalogue):
    """Whatever is closed in a quarter came in it or before."""
    sheet = base.submission(shipped_catalogue, "C-02", "2023Q2")
    clerk = base.user("clerk", sheet.department, "housing")
    for n, (accepted, closed) in enumerate([(DAYS[1], DAYS[2]), (DAYS[1], DAYS[2]), (DAYS[2], DAYS[2])]):
        records.save(
            Complaint(
                department=sheet.department, region=shipped_catalogue, sector=sheet.sheet.sector, channel="hotline",
                subject=f"{n}", accepted_on=accepted, closed_on=closed,
            ),
            by=clerk,
        )  # fmt: skip
    assert figure(sheet, "construction.complaints") == figure(sheet, "construction.complaints_closed") == 1


# Tasks of plans.


def plan_with(cast, *tasks, **fields):
    start = {"year": 2023, "name": "计划", "programme": "supervision", "issued_on": datetime.date(2023, 1, 5)}
    plan = SamplingPlan(
        department=cast.market, region=cast.county, sector=base.submission(cast.county).sheet.sector,
        **{**start, **fields},
    )  # fmt: skip
    records.save_plan(plan, tasks_of(*tasks), by=cast.clerk)
    return plan


def tasks_of(*tasks):
    return [PlanTask(category="produce", due_on=due, batches=n) for due, n in tasks]


def test_a_task_is_counted_where_it_is_due(cast, quarters):
    count_as(code="food.task", of="task", measure="batches")
    plan = plan_with(cast, (datetime.date(2023, 3, 31), 10), (DAYS[2], 20), (DAYS[4], 5))
    assert figures(quarters, "food.task") == [10, 20, None, 5]
    records.save_plan(plan, tasks_of((datetime.date(2023, 3, 31), 10), (DAYS[3], 7)), by=cast.clerk)
    assert figures(quarters, "food.task") == [10, None, 7, None]
    found = {of.period.number for of, _indicator in tally.cells_of(plan)}
    assert found == {1, 3}
    records.delete(plan, by=cast.clerk)
    assert figures(quarters, "food.task") == [None] * 4


def test_a_task_without_a_day_is_of_the_end_of_its_year(cast, quarters):
    count_as(code="food.task", of="task", measure="batches")
    plan_with(cast, (None, 10), issued_on=datetime.date(2022, 12, 20))
    assert figures(quarters, "food.task") == [None, None, None, 10]


def test_a_plan_that_moves_to_another_sector_takes_its_tasks_along(cast, quarters):
    count_as(code="food.task", of="task", measure="batches")
    plan = plan_with(cast, (DAYS[1], 10), (DAYS[2], 20))
    plan.sector = Indicator.objects.get(code="water.tests").sheet.sector
    records.save(plan, by=cast.clerk)
    assert figures(quarters, "food.task") == [None] * 4


@pytest.mark.parametrize(
    ("due", "year", "moved"),
    [
        (datetime.date(2022, 5, 9), 2023, datetime.date(2023, 5, 9)),
        (datetime.date(2024, 2, 29), 2023, datetime.date(2023, 2, 28)),
        (datetime.date(2023, 12, 31), 2024, datetime.date(2024, 12, 31)),
    ],
)
def test_a_plan_whose_year_is_corrected_takes_its_tasks_along(cast, quarters, due, year, moved):
    count_as(code="food.task", of="task", measure="batches")
    plan = plan_with(cast, (due, 10), year=due.year)
    plan.year = year
    records.save(plan, by=cast.clerk)
    assert [task.due_on for task in plan.tasks.all()] == [moved]
    expected = [10 if (moved.year, moved.month) in {(2023, 3 * n - 1), (2023, 3 * n)} else None for n in (1, 2, 3, 4)]
    assert figures(quarters, "food.task") == expected


def test_lines_of_a_plan_say_their_day_and_stay_in_its_year(client, cast):
    plan = plan_with(cast)
    client.force_login(cast.clerk)

    def send(*rows):
        sent = {"form-TOTAL_FORMS": f"{len(rows)}", "form-INITIAL_FORMS": "0"}
        for n, (day, count) in enumerate(rows):
            names = {"category": "produce", "setting": "", "due_on": day, "batches": count}
            sent |= {f"form-{n}-{name}": value for name, value in names.items()}
        return base.change(client, f"/sampling/plans/{plan.pk}/tasks/", sent)

    assert send(("2023-03-31", "5"), ("2023-06-30", "6"), ("", "7")).status_code == 302
    days = [(3, 31), (6, 30), (12, 31)]
    assert list(plan.tasks.values_list("due_on", flat=True)) == [datetime.date(2023, *day) for day in days]
    refused = send(("2024-03-31", "5"))
    assert refused.status_code == 422
    assert "2023年的计划" in refused.content.decode()
    assert send(("2023-12-31", "5"), ("", "6")).status_code == 422  # the same line twice
    assert plan.tasks.count() == 3


# Nothing left.


@pytest.mark.parametrize(
    ("measure", "accumulation"),
    [("pass_rate", "average"), ("samples", "flow"), ("places", "cumulative"), ("new_places", "flow")],
)
def test_what_was_only_counted_goes_with_its_last_record(cast, quarters, measure, accumulation):
    count_as(of="batch", measure=measure, accumulation=accumulation)
    made = [batch(cast, taken_on=DAYS[1], samples=2, failed=1, place=f"{n}") for n in (1, 2)]
    records.delete(made[0], by=cast.clerk)
    assert figure(quarters[0])
    records.delete(made[1], by=cast.clerk)
    assert figure(quarters[0]) is None
    assert not Tally.objects.filter(submission=quarters[0], indicator__code="food.done").exists()


def test_what_a_department_typed_stays_when_no_record_is_left(cast, quarters):
    count_as(of="batch", measure="samples")
    made = batch(cast, taken_on=DAYS[1], samples=2)
    type_in(cast, quarters[0], done="9")
    records.delete(made, by=cast.clerk)
    assert figure(quarters[0]) == 9
    assert not StoredFinding.objects.standing().filter(rule="registry:food.done").exists()


@pytest.mark.parametrize(("measure", "accumulation"), [("pass_rate", "average"), ("samples", "flow")])
def test_a_submitted_figure_of_which_no_record_is_left_is_asked_about(cast, quarters, measure, accumulation):
    count_as(of="batch", measure=measure, accumulation=accumulation)
    sheet = quarters[0]
    made = batch(cast, taken_on=DAYS[1], samples=50, failed=25)
    before = figure(sheet)
    base.submission(cast.county, status="accepted")
    records.delete(made, by=cast.clerk)
    finding = StoredFinding.objects.standing().get(rule="registry:food.done")
    assert (figure(sheet), finding.declared, finding.expected) == (before, before, None)
    assert "台账里已没有" in worded(finding.statement, repairs=True)
    # Given back, it is counted again: with nothing it is empty, with a new record it says that.
    sheet = base.submission(cast.county, status="accepted")
    moves.move(submission=sheet, action="reopen", by=cast.office, reason="请核对")
    late = batch(cast, taken_on=DAYS[1], samples=4, failed=3)
    assert figure(sheet) == Decimal(25 if measure == "pass_rate" else 4)
    assert not StoredFinding.objects.standing().filter(rule="registry:food.done").exists()
    records.delete(late, by=cast.clerk)
    assert figure(sheet) is None
