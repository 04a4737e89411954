"""What a region aims at: proposed, confirmed, changed with a reason, and used wherever a year is held against it."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.urls import reverse
from openpyxl import load_workbook

from assessment import target_lists, targets
from assessment.models import Target
from assessment.vocabulary import TargetState
from audit.models import Event
from reports.aggregation.cube import Cube, annual
from sectors.guard import WrongState
from sectors.models import Indicator, Notice
from tests import base
from tests.races import at_once

pytestmark = pytest.mark.django_db
WHY = "省里下达了新的目标"


def rate():
    return Indicator.objects.select_related("unit", "sheet").get(code="food.rate")


def what(value="99", bound="at_least", source="市质量工作要点", since="2023", reason=WHY):
    return targets.Proposed(None if value is None else Decimal(value), bound, source, since, reason)


def state(cast, by=None, year=2023, region=None, code="food.rate", **kwargs):
    region = region or cast.county
    indicator = Indicator.objects.select_related("unit", "sheet").get(code=code)
    seen = targets.seen(targets.statements(region, indicator, year))
    return targets.propose(
        region=region, indicator=indicator, year=year, what=what(**kwargs), by=by or cast.office, seen_as=seen
    )


def aim(cast, year=2023, region=None):
    return annual(region or cast.county, year)["food.rate"].indicator.target_text


@pytest.fixture
def year(cast):
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "200", "food.passed": "197"})
        base.report(cast.county, f"2022Q{number}", {"food.done": "200", "food.passed": "190"})
    return cast


def test_what_is_confirmed_holds_for_its_region_and_year_and_else_the_catalogue(year):
    assert annual(year.county, 2023)["food.rate"].reaches_target is True  # 98.5% of at least 98%
    state(year)
    assert annual(year.county, 2023)["food.rate"].reaches_target is False
    assert [aim(year), aim(year, 2022), aim(year, 2024)] == ["≥99%", "≥98%", "≥98%"]
    assert aim(year, region=year.other_county) == "≥98%"
    assert aim(year, region=year.prefecture) == "≥98%"
    assert rate().target == 98


def test_a_target_that_was_ended_leaves_the_catalogue_s(year):
    state(year)
    state(year, value=None)
    assert aim(year) == "≥98%"
    with pytest.raises(targets.NotAllowed, match="没有"):
        state(year, value=None)


def test_the_other_bound_and_an_indicator_without_a_target_of_the_catalogue(year):
    state(year, code="food.firms", value="12.5", bound="at_most", reason="")
    found = annual(year.county, 2023)["food.firms"].indicator
    assert (found.target_text, found.target_source, found.target_since) == ("≤12.5家", "市质量工作要点", "2023")


def test_boards_and_the_report_hold_the_year_against_it(year, client):
    state(year, value="99", source="县政府工作报告")
    client.force_login(year.leader)
    page = client.get(reverse("leader-board"), {"period": "2023"}).content.decode()
    assert "≥99%" in page
    assert "≥98%" not in page
    page = client.get(reverse("sector", args=["food"]), {"period": "2023", "indicator": "food.rate"}).content.decode()
    assert "县政府工作报告" in page


def test_a_department_proposes_and_the_office_confirms(year, client):
    found = state(year, by=year.clerk)
    assert (found.state, aim(year)) == (TargetState.PROPOSED, "≥98%")
    assert Notice.objects.get(to=year.office).text == "市场监管局报备目标：抽检合格率 2023 ≥99%。"
    targets.decide(target=found, accept=True, reason="", by=year.office)
    assert aim(year) == "≥99%"
    assert Notice.objects.filter(to=year.clerk).get().link == reverse("target", args=[2023, "food.rate"])
    told = Event.objects.filter(subject="assessment.target").order_by("pk").values_list("detail", flat=True)
    assert told[0]["changes"] == [["target", "≥98%", "≥99%"]]
    assert told[1]["changes"] == [["state", "proposed", "confirmed"]]
    with pytest.raises(WrongState):
        targets.decide(target=found, accept=False, reason=WHY, by=year.office)


def test_a_declined_proposal_says_why_and_changes_nothing(year):
    found = state(year, by=year.head)
    with pytest.raises(targets.NotAllowed):
        targets.decide(target=found, accept=False, reason=" 。", by=year.office)
    targets.decide(target=found, accept=False, reason="低于上年水平", by=year.office)
    assert aim(year) == "≥98%"
    assert "低于上年水平" in Notice.objects.get(to=year.head).text


def test_a_new_statement_replaces_what_still_waits(year):
    first = state(year, by=year.clerk)
    state(year, by=year.head, value="98.5")
    first.refresh_from_db()
    assert first.state == TargetState.REPLACED
    state(year, value="99.5")
    assert list(Target.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", "replaced", "confirmed"]
    assert aim(year) == "≥99.5%"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "——"}, "reason"),
        ({"source": " "}, "source"),
        ({"value": "-1", "code": "food.done"}, "value"),
        ({"value": None}, "value"),
    ],
)
def test_what_cannot_be_a_target_is_said_with_its_field(year, typed, field):
    with pytest.raises(targets.NotAllowed) as found:
        state(year, **typed)
    assert found.value.field == field
    assert not Target.objects.exists()


def test_the_same_target_twice_is_none(year):
    state(year)
    with pytest.raises(targets.NotAllowed):
        state(year)
    state(year, source="另一文件")  # the same value by another paper needs no other value
    assert annual(year.county, 2023)["food.rate"].indicator.target_source == "另一文件"


def test_a_target_of_zero_and_a_negative_one(cast):
    state(cast, code="food.firms", value="0", bound="at_most", reason="")
    base.change_catalogue(Indicator.objects.filter(code="food.output"), signed=True)
    state(cast, code="food.output", value="-2.5", reason="")
    found = annual(cast.county, 2023)
    assert [found[code].indicator.target_text for code in ("food.firms", "food.output")] == ["≤0家", "≥-2.5吨"]


@pytest.mark.parametrize("who", ["outsider_clerk", "outsider_office", "leader", "admin"])
def test_nobody_else_states_or_decides(year, who):
    with pytest.raises(PermissionDenied):
        state(year, by=getattr(year, who))
    found = state(year, by=year.clerk)
    for other in (who, "clerk", "head"):
        with pytest.raises(PermissionDenied):
            targets.decide(target=found, accept=True, reason="", by=getattr(year, other))


def test_who_saw_something_else_stores_nothing(year):
    seen = targets.seen([])
    state(year)
    with pytest.raises(WrongState):
        targets.propose(region=year.county, indicator=rate(), year=2023, what=what("97"), by=year.clerk, seen_as=seen)
    assert aim(year) == "≥99%"


def test_the_page_proposes_confirms_and_keeps_what_was_typed(year, client):
    client.force_login(year.clerk)
    address = reverse("target", args=[2023, "food.rate"])
    typed = {"value": "99", "bound": "at_least", "source": "要点", "since": "2023-02", "reason": WHY}
    answer = base.change(client, address, typed)
    assert answer.status_code == 422
    assert "2023-02-06" in base.html(answer)
    assert WHY in base.html(answer)
    assert base.change(client, address, {**typed, "since": "2023-02-06"}).status_code == 302
    client.force_login(year.office)
    assert "1项报备" in base.html(client.get(reverse("targets"), {"year": 2023}))
    found = Target.objects.get()
    assert client.post(reverse("decide-target", args=[found.pk]), {"decision": "confirm"}).status_code == 302
    assert "≥99%" in base.html(client.get(reverse("targets"), {"year": 2023}))
    page = base.html(client.get(address))
    assert "2022" in page
    assert "95.0%" in page  # the figure of the year before stands beside its target


def test_a_department_reads_its_own_only(year, client):
    client.force_login(year.outsider_clerk)
    assert client.get(reverse("target", args=[2023, "food.rate"])).status_code == 404
    assert "抽检合格率" not in base.html(client.get(reverse("targets"), {"year": 2023, "all": "on"}))
    client.force_login(year.clerk)
    assert "抽检合格率" in base.html(client.get(reverse("targets"), {"year": 2023}))
    for wrong in ((1, "food.rate"), (2023, "nothing")):
        assert client.get(reverse("target", args=wrong)).status_code == 404


def test_the_list_as_excel(year, client):
    state(year)
    state(year, by=year.clerk, value="97")
    client.force_login(year.office)
    answer = client.get(reverse("targets-file"), {"year": 2023})
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    line = dict(zip(rows[0], next(row for row in rows if row[1] == "food.rate"), strict=True))
    said = [line[head] for head in ("目标值", "目标来源", "结论", "待确认")]
    assert said == [99, "市质量工作要点", "未达标", "≥97% 市场监管局"]
    assert Event.objects.filter(kind="export").count() == 1


def test_a_figure_that_is_not_exact_stands_in_the_list_as_it_is_printed(cast, client):
    base.report(cast.county, "2023", {"food.done": "120余"})
    client.force_login(cast.office)
    answer = client.get(reverse("targets-file"), {"year": 2023, "all": "on"})
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    line = dict(zip(rows[0], next(row for row in rows if row[1] == "food.done"), strict=True))
    assert "120余" in line.values()


def test_a_list_asks_no_more_for_more_indicators(year, client):
    client.force_login(year.office)
    few = base.queries(lambda: client.get(reverse("targets"), {"year": 2023}))
    for code in ("food.done", "food.passed", "food.firms", "food.output"):
        state(year, code=code, value="10", reason="")
        state(year, code=code, value="11", by=year.clerk)
    many = base.queries(lambda: client.get(reverse("targets"), {"year": 2023, "all": "on"}))
    assert many == few


def test_history_has_each_year_with_the_target_that_held(year):
    state(year, year=2022, value="96")
    found = target_lists.history(year.county, rate(), 2023)
    said = [(one.year, one.indicator.target_text, one.text, judged.word) for one, judged in found[:2]]
    assert said == [(2023, "≥98%", "98.5", "达标"), (2022, "≥96%", "95.0", "未达标")]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told_to_look_again(cast):
    seen = targets.seen([])

    def say(value):
        targets.propose(region=cast.county, indicator=rate(), year=2023, what=what(value), by=cast.office, seen_as=seen)

    answers = at_once(lambda: say("99"), lambda: say("97"))
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", "WrongState"]
    assert Target.objects.count() == 1


def test_each_county_of_a_prefecture_is_held_against_its_own(year):
    state(year)
    regions = [year.prefecture, year.county, year.other_county]
    cube = Cube(regions, (2023,), [rate()], apart=regions[1:])
    places = (None, year.county, year.other_county)
    found = [cube.annual(2023, place)["food.rate"].indicator.target_text for place in places]
    assert found == ["≥98%", "≥99%", "≥98%"]


def test_a_target_costs_a_cube_one_query(year):
    def ask():
        return Cube([year.county], (2023, 2022), [rate()]).annual(2023)

    before = base.queries(ask)
    for number in (2021, 2022, 2023):
        state(year, year=number, value="97")
    assert base.queries(ask) == before


def test_an_indicator_with_a_target_cannot_be_left_out(cast):
    state(cast)
    with pytest.raises(ProtectedError):
        rate().delete()
    assert Target.objects.count() == 1
