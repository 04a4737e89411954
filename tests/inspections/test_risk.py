"""The proposal of a plan: estimates that know how little they know, floors, and more failures found."""

import datetime
import random
from decimal import Decimal

import pytest
from django.db.models import Max, Sum

from inspections import planning, records, risk
from inspections.models import NonconformingSample, SamplingBatch, SamplingPlan
from sectors.models import Assignment, Indicator, Sector
from tests import base
from tests.inspections.recorded import batch


def cells(*counts):
    return [risk.Cell(f"g{n}", f"c{n}", samples, failed) for n, (samples, failed) in enumerate(counts)]


def test_nought_of_two_is_not_taken_for_safe_and_nought_of_many_is():
    few, many, bad = cells((2, 0), (400, 0), (100, 8))
    prior = risk.fit([few, many, bad])
    a, b, c = (risk.estimate(cell, prior) for cell in (few, many, bad))
    assert b.mean < a.mean < c.mean
    assert a.upper > 3 * b.upper


def test_what_was_never_sampled_stands_at_the_mean_of_all():
    known = cells((100, 4), (100, 2))
    prior = risk.fit(known)
    assert abs(risk.estimate(risk.Cell("x", "x", 0, 0), prior).mean - prior.mean) < Decimal("1e-20")
    assert risk.allocate([*known, risk.Cell("x", "x", 0, 0)], 90, 5)[2] > 5


@pytest.mark.parametrize("batches", [0, 1, 7, 100, 999])
def test_every_batch_is_spread_and_every_group_has_its_floor(batches):
    some = cells((500, 0), (100, 30), (3, 0), (0, 0), (50, 1))
    found = risk.allocate(some, batches, 10)
    assert sum(found) == batches
    assert min(found) >= min(10, batches // len(some))


def test_a_year_without_a_failure_still_makes_a_plan():
    assert sum(risk.allocate(cells((10, 0), (10, 0)), 20, 0)) == 20
    assert risk.allocate([], 20, 5) == []


def simulated(rounds, seed):
    """Failures expected from next year's batches by the proposal and by proportional allocation, over many truths."""
    chance = random.Random(seed)
    ours = proportional = 0.0
    for _round in range(rounds):
        exposures = [chance.choice((1, 2, 3, 5)) for _cell in range(20)]
        rates = [min(chance.betavariate(0.6, 14), 0.6) for _cell in exposures]
        sampled = risk.spread([Decimal(e) for e in exposures], 300)
        seen = [
            risk.Cell(f"g{n // 4}", f"c{n}", count, sum(chance.random() < rate for _s in range(count)), Decimal(weight))
            for n, (count, rate, weight) in enumerate(zip(sampled, rates, exposures, strict=True))
        ]
        plan = risk.allocate(seen, 300, 10)
        ours += sum(count * rate for count, rate in zip(plan, rates, strict=True))
        proportional += sum(count * rate for count, rate in zip(sampled, rates, strict=True))
    return ours, proportional


def test_at_equal_budget_it_finds_more_failures_than_proportional_allocation():
    ours, proportional = simulated(200, seed=1)
    print(f"found {ours / proportional:.2f} times as many")
    assert ours > 1.3 * proportional


@pytest.fixture
def asked(cast):
    """The market department's food sheet counts batches, and some were taken in 2023."""
    Indicator.objects.filter(code="food.done").update(
        counted={"of": "batch", "measure": "batches", "by": "taken", "where": {}}
    )
    for n in range(6):
        batch(cast, place=f"{n}", setting="market", failed=n % 2)
    batch(cast, category="produce.meat", setting="market", failed=0, place="肉店")
    assignment = Assignment.objects.get(region=cast.county, sheet__number="T-01")
    return {"assignment": str(assignment.pk), "year": "2023", "batches": "50", "floor": "4"}


def test_the_office_adjusts_a_proposal_and_makes_it_the_plan(client, cast, asked):
    client.force_login(cast.office)
    lines = client.get("/sampling/proposal/", asked).context["lines"]
    assert sum(line.batches for line in lines) == 50
    assert {line.category for line in lines} == {
        f"produce.{k}" for k in ("meat", "vegetable", "aquatic", "fruit", "egg")
    }
    numbers = {line.name: "4" for line in lines} | {lines[0].name: "11"}
    said = {"name": "靶向抽检", "programme": "supervision"}
    answer = client.post("/sampling/proposal/", {**asked, **numbers, **said})
    plan = SamplingPlan.objects.get()
    assert answer.status_code == 302
    assert (plan.year, plan.department, plan.by) == (2024, cast.market, cast.office)
    by_category = plan.tasks.order_by().values_list("category").annotate(n=Sum("batches"), last=Max("due_on"))
    assert sorted(n for _category, n, _last in by_category) == [4, 4, 4, 4, 11]
    assert {last for _category, _n, last in by_category} == {datetime.date(2024, 12, 31)}
    # Each quarter has its share.
    spread = plan.tasks.order_by().values_list("due_on__month").annotate(n=Sum("batches"))
    assert sorted(spread) == [(3, 6), (6, 7), (9, 7), (12, 7)]
    # The same name again is refused in words, and nothing is stored twice.
    assert client.post("/sampling/proposal/", {**asked, **numbers, **said}).status_code == 422
    assert (
        client.post("/sampling/proposal/", {**asked, **numbers, lines[0].name: "many", "name": "b"}).status_code == 422
    )
    assert SamplingPlan.objects.count() == 1


@pytest.mark.parametrize("who", ["clerk", "head", "leader", "admin"])
def test_only_the_office_plans(client, cast, asked, who):
    client.force_login(getattr(cast, who))
    assert client.get("/sampling/proposal/", asked).status_code == 403
    assert client.post("/sampling/proposal/", {**asked, "name": "x"}).status_code == 403
    assert not SamplingPlan.objects.exists()


def test_another_county_cannot_be_planned_for(client, cast, asked):
    client.force_login(cast.outsider_office)
    assert client.get("/sampling/proposal/", asked).status_code == 422


def test_a_category_beside_those_sampled_is_proposed_too(cast):
    seen = {("produce.meat", "market"): (50, 2), ("produce.vegetable", "market"): (50, 2)}
    assert ("produce.fruit", "market") in planning.candidates(seen, cast.county.pk, datetime.date(2024, 1, 1))


@pytest.mark.parametrize("way", ["category", "item", "producer", "place", "season", "nonsense"])
@pytest.mark.parametrize(("who", "seen"), [("office", True), ("clerk", True), ("outsider_clerk", False)])
def test_where_to_look(client, cast, way, who, seen):
    for place in ("东门", "西门"):
        batch(cast, place=place, producer="老王合作社", failed=1)
    client.force_login(getattr(cast, who))
    context = client.get("/samples/where/", {"by": way}).context
    assert [o.name for o in context["offenders"]] == (["老王合作社"] if seen else [])
    assert bool(context["rows"]) is (seen and way != "item")
    assert client.post("/samples/where/").status_code == 405


def test_where_to_look_tells_rapid_tests_apart(client, cast):
    batch(cast, samples=4, failed=1, taken_on=datetime.date(2023, 2, 14))
    batch(cast, samples=900, failed=30, programme="rapid", taken_on=datetime.date(2023, 7, 1), place="西门")
    client.force_login(cast.office)
    for programme, failed in (("", [1]), ("all", [31]), ("rapid", [30]), ("risk", []), ("nonsense", [1])):
        context = client.get("/samples/where/", {"programme": programme}).context
        assert [row.failed for row in context["rows"]] == failed, programme
    context = client.get("/samples/where/", {"programme": "all"}).context
    assert [(m.number, m.failed) for m in context["months"] if m.failed] == [(2, 1), (7, 30)]


def test_each_row_leads_to_its_samples(client, cast):
    made = batch(cast, producer="老王合作社", failed=1, reported_on=datetime.date(2023, 2, 20))
    sample = NonconformingSample(
        department=cast.market, region=cast.county, batch=made, item="毒死蜱", found_on=datetime.date(2023, 2, 20)
    )
    records.save(sample, by=cast.clerk)
    client.force_login(cast.office)
    for way in ("category", "item", "producer", "place", "season"):
        (row,) = client.get("/samples/where/", {"by": way}).context["rows"]
        assert row.failed == 1
        listed = client.get(f"/samples/?{row.query}").context["page"].object_list
        assert list(listed) == [sample], way


def test_the_follow_up_of_each_is_shown_until_it_is_settled(client, cast):
    made = batch(cast, producer="老王合作社", samples=2, failed=2)
    batch(cast, producer="老王合作社", failed=1, place="西门")
    for item, closed in (("毒死蜱", None), ("铅", datetime.date(2023, 3, 1))):
        sample = NonconformingSample(
            department=cast.market, region=cast.county, batch=made, item=item, retest="upheld",
            found_on=datetime.date(2023, 2, 20), closed_on=closed,
        )  # fmt: skip
        records.save(sample, by=cast.clerk)
    client.force_login(cast.clerk)
    context = client.get("/samples/where/").context
    assert [one.item for one in context["unsettled"]] == ["毒死蜱"]
    assert [(one.name, one.batches, one.failed, one.open) for one in context["offenders"]] == [("老王合作社", 2, 3, 1)]
    assert context["outcomes"] == {"all": 2, "closed": 1, "handed": 0, "retested": 2, "reversed": 0}


def test_queries_of_where_to_look_do_not_grow(client, cast):
    client.force_login(cast.office)
    counts = []
    for many in (2, 20):
        while SamplingBatch.objects.count() < many:
            batch(
                cast,
                place=f"{SamplingBatch.objects.count()}",
                producer=f"{SamplingBatch.objects.count() // 2}",
                failed=1,
            )
        counts.append(base.queries(lambda: client.get("/samples/where/")))
    assert counts[0] == counts[1]


def test_a_proposal_is_there_to_begin_with(client, cast, asked):
    client.force_login(cast.office)
    context = client.get("/sampling/proposal/").context
    assert sum(line.batches for line in context["lines"]) == 300
    assert max(line.bar for line in context["lines"]) == 1000


def lines(*rows):
    """What the form of a plan's lines sends."""
    sent = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    for n, row in enumerate(rows):
        sent |= {f"form-{n}-{name}": value for name, value in zip(("category", "setting", "batches"), row, strict=True)}
    return sent


def test_a_department_writes_the_lines_of_its_plan(client, cast):
    plan = SamplingPlan(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), year=2023, name="计划",
        programme="supervision", issued_on=datetime.date(2023, 1, 5),
    )  # fmt: skip
    records.save(plan, by=cast.clerk)
    address = f"/sampling/plans/{plan.pk}/tasks/"
    sent = lines(("produce.meat", "market", "12"), ("school.oil", "", "3"), ("", "", ""))
    for who, look, change in (
        ("clerk", 200, 302),
        ("office", 200, 302),
        ("head", 200, 403),
        ("leader", 200, 403),
        ("outsider_clerk", 404, 404),
        ("outsider_office", 404, 404),
    ):
        client.force_login(getattr(cast, who))
        assert client.get(address).status_code == look, who
        sent["seen"] = base.seen_on(client, address) if change == 302 else ""
        assert client.post(address, sent).status_code == change, who
    assert sorted(plan.tasks.values_list("category", "batches")) == [("produce.meat", 12), ("school.oil", 3)]
    client.force_login(cast.clerk)
    twice = lines(("school.oil", "", "3"), ("school.oil", "", "4"))
    assert client.post(address, twice).status_code == 422
    assert plan.tasks.count() == 2
    assert client.put(address).status_code == 405
