"""Where a number comes from: formula with its numbers, cells, people, dates."""

import datetime
import re
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inspections import records
from inspections.models import RectificationNotice
from reports.editing import provenance
from sectors.approval import moves
from sectors.entry import writer
from sectors.models import Assignment, Figure, Sector, Sheet, Submission, Transition
from tests import base
from tests.reports.editing import draft_reports
from tests.truth import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def read(cast, code, year=2023):
    return provenance.read(cast.county, year, code)


@pytest.fixture
def quarters(cast):
    """Two quarters the ordinary way, with people."""
    for quarter, done, passed in ((1, "40", "39"), (2, "20", "20")):
        submission = base.submission(cast.county, "T-01", f"2023Q{quarter}")
        typed = {"food.task": "60", "food.done": done, "food.passed": passed}
        writer.save(submission, writer.Typed(typed), by=cast.clerk)
        base.take_to("accepted", cast, submission)


def test_a_ratio_shows_its_formula_with_numbers_and_the_cells_of_its_parts(cast, quarters):
    found = read(cast, "food.rate")
    assert (found.printed, found.unrounded) == ("98.3%", "98.33333")
    assert found.formula == "抽检合格 ÷ 抽检完成"
    assert found.computation == "59批次 ÷ 60批次"
    assert [(part.indicator.code, part.text) for part in found.operands] == [
        ("food.passed", "59批次"),
        ("food.done", "60批次"),
    ]
    cells = [(cell.indicator.code, cell.submission.period.code, cell.text) for cell in found.cells]
    assert sorted(cells) == [
        ("food.done", "2023Q1", "40批次"),
        ("food.done", "2023Q2", "20批次"),
        ("food.passed", "2023Q1", "39批次"),
        ("food.passed", "2023Q2", "20批次"),
    ]


def test_no_computation_is_shown_that_does_not_give_the_number(cast):
    for quarter, passed, done in ((1, "90", "100"), (2, "95", "100"), (3, "80", "100"), (4, "85", "")):
        base.report(cast.county, f"2023Q{quarter}", {"food.passed": passed, "food.done": done})
    found = read(cast, "food.rate")
    assert (found.printed, found.computation) == ("88.3%", "")  # not 350 ÷ 300
    assert [part.text for part in found.operands] == ["350批次", "300批次"]


def test_nor_one_of_what_was_declared_instead(cast):
    base.report(cast.county, "2023Q1", {"food.done": "100"})
    base.report(cast.county, "2023", {"food.passed": "380", "food.rate": "95.0"})
    found = read(cast, "food.rate")
    assert (found.value.source, found.computation) == ("declared", "")


def test_each_cell_names_who_entered_signed_and_accepted_it(cast, quarters):
    for cell in read(cast, "food.done").cells:
        assert (cell.entered.by, cell.signed.by, cell.accepted.by) == (cast.clerk, cast.head, cast.office)
        assert cell.entered.at <= cell.signed.at <= cell.accepted.at


def test_the_latest_change_and_the_latest_acceptance_count(cast, quarters):
    draft_reports.correct(cast, done="41", passed="39")
    cell = read(cast, "food.done").cells[0]
    assert cell.text == "41批次"
    latest = Transition.objects.filter(submission=cell.submission, new="accepted").latest("pk")
    assert cell.accepted.at == latest.at


def test_what_is_not_accepted_is_no_evidence(cast, quarters):
    moves.move(submission=Submission.objects.get(period__number=2), action="reopen", by=cast.office, reason="请核对")
    assert [cell.submission.period.code for cell in read(cast, "food.done").cells] == ["2023Q1"]


def test_an_annual_figure_beside_its_quarters_and_a_declared_ratio_are_for_comparison(cast, quarters):
    base.report(cast.county, "2023", {"food.done": "61", "food.rate": "98.4"})
    cells = {(cell.indicator.code, cell.submission.period.code): cell.is_used for cell in read(cast, "food.rate").cells}
    assert cells["food.done", "2023Q1"]
    assert not cells["food.done", "2023"]
    assert not cells["food.rate", "2023"]


def of_region(region, code) -> Any:
    return provenance.read(region, 2023, code)


def used(cast, code, region=None):
    """Periods of the cells that make the value, with the region where there are several."""
    cells = of_region(region or cast.county, code).cells
    return [
        (cell.submission.region.name, cell.submission.period.code) if region else cell.submission.period.code
        for cell in cells
        if cell.is_used
    ]


def typed(cast, code, **by_period):
    for period, text in by_period.items():
        base.report(cast.county, f"2023{period.removeprefix('year')}", {code: text})


def test_of_a_level_the_latest_figure_makes_the_year(cast):
    typed(cast, "food.firms", Q1="7", Q2="8", Q3="9", Q4="5")
    assert used(cast, "food.firms") == ["2023Q4"]
    typed(cast, "food.task", Q1="10", Q3="30")  # cumulative
    assert used(cast, "food.task") == ["2023Q3"]


def test_of_what_adds_up_and_of_a_mean_all_figures_do(cast):
    typed(cast, "food.done", Q1="1", Q2="0", Q3="n/a", Q4="4")
    assert used(cast, "food.done") == ["2023Q1", "2023Q2", "2023Q4"]
    typed(cast, "food.price", Q1="1", Q4="3")
    assert used(cast, "food.price") == ["2023Q1", "2023Q4"]


def test_where_periods_are_missing_the_annual_figure_makes_the_year(cast):
    typed(cast, "food.done", Q1="1", Q2="2", Q3="3", year="99")
    assert used(cast, "food.done") == ["2023"]
    typed(cast, "food.done", Q4="n/a")
    assert used(cast, "food.done") == ["2023Q1", "2023Q2", "2023Q3"]


def test_the_latest_figure_is_one_with_a_number_and_what_never_applies_is_told_by_all(cast):
    typed(cast, "food.firms", Q1="7", Q2="8", Q3="n/a")
    assert used(cast, "food.firms") == ["2023Q2"]
    typed(cast, "food.done", Q1="n/a", Q2="n/a")
    assert used(cast, "food.done") == ["2023Q1", "2023Q2"]


def test_a_sheet_of_the_year_has_one_figure(cast):
    base.report(cast.county, "2023", {"plants.count": "3"})
    assert used(cast, "plants.count") == ["2023"]


def test_a_rate_is_made_of_what_its_parts_have_in_common(cast):
    for quarter, done, passed in ((1, "40", "39"), (2, "20", ""), (3, "", "9")):
        figures = {"food.done": done, "food.passed": passed}
        base.report(cast.county, f"2023Q{quarter}", {code: text for code, text in figures.items() if text})
    cells = {(c.indicator.code, c.submission.period.code) for c in read(cast, "food.rate").cells if c.is_used}
    assert cells == {("food.done", "2023Q1"), ("food.passed", "2023Q1")}
    assert used(cast, "food.done") == ["2023Q1", "2023Q2"]


def test_a_declared_rate_is_used_where_nothing_can_be_computed(cast):
    base.report(cast.county, "2023", {"food.rate": "98.4"})
    assert used(cast, "food.rate") == ["2023"]


def of_prefecture(cast, quarters, text):
    office = cast.prefecture.departments.create(code="market", name="市监局", short_name="市监局")
    sheet = Sheet.objects.get(number="T-01")
    Assignment.objects.create(sheet=sheet, region=cast.prefecture, department=office)
    for quarter in quarters:
        base.report(cast.prefecture, f"2023Q{quarter}", {"food.done": text})


def test_of_a_regions_own_total_and_its_counties_figures_one_statement_stands(cast):
    for quarter in "1234":
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "10"})
    counties = [("云泽县", f"2023Q{quarter}") for quarter in "1234"]
    assert used(cast, "food.done", cast.prefecture) == counties
    of_prefecture(cast, "12", "20")  # partial, while the county is whole
    assert used(cast, "food.done", cast.prefecture) == counties
    for quarter in "34":
        base.report(cast.prefecture, f"2023Q{quarter}", {"food.done": "20"})
    assert used(cast, "food.done", cast.prefecture) == [("云州市", f"2023Q{quarter}") for quarter in "1234"]


def shaken(figures, by=Decimal("1000.25")):
    Figure.objects.filter(pk__in=figures).exclude(value=None).update(value=F("value") + by)


@pytest.mark.parametrize("seed", range(15))
def test_nothing_else_makes_the_value_in_any_world(db, seed):
    """What is not used may be anything; of an entered indicator each figure that is used matters."""
    world = worlds.Maker(Random(seed)).world()
    root = next(iter(worlds.store(world).values()))
    for code, indicator in world.indicators.items():
        found = of_region(root, code)
        keys: dict[bool, set[int]] = {True: set(), False: set()}
        for cell in found.cells:
            figure = Figure.objects.get(submission=cell.submission, indicator=cell.indicator)
            keys[cell.is_used].add(figure.pk)
        if found.value.value is not None and "last_year" not in indicator.formula:
            assert keys[True], code
        with rolled_back():
            shaken(keys[False])
            again = of_region(root, code).value
            assert (again.value, again.not_applicable) == (found.value.value, found.value.not_applicable), code
        for key in keys[True] if not indicator.formula and found.value.value is not None else ():
            with rolled_back():
                shaken([key])
                assert of_region(root, code).value.value != found.value.value, code


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_missing_figure_has_no_cells_and_an_unknown_code_no_page(client, cast, quarters):
    assert read(cast, "food.output").cells == ()
    assert read(cast, "no.such") is None
    client.force_login(cast.office)
    assert client.get(reverse("number", args=[2023, "no.such"])).status_code == 404
    assert client.get(reverse("number", args=[2023, "food.output"])).status_code == 200


def test_the_page_stands_alone_and_beside_a_report(client, cast, quarters):
    client.force_login(cast.leader)
    address = reverse("number", args=[2023, "food.rate"])
    page = base.html(client.get(address))
    assert "<html" in page
    assert "59批次 ÷ 60批次 = 98.3%" in page
    assert "2023年第1季度" in page
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_a_click_does_not_read_the_catalogue_again(cast, quarters):
    read(cast, "food.rate")
    with CaptureQueriesContext(connection) as asked:
        assert read(cast, "food.rate").operands
    statements = [query["sql"] for query in asked]
    assert len(statements) == 11, statements
    assert [one for one in statements if 'FROM "sectors_indicator"' in one] == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("office", 200), ("leader", 200), ("clerk", 200), ("head", 200)),
        *(("outsider_clerk", 404), ("outsider_head", 404), ("admin", 403)),  # another department's; of no region
    ],
)
def test_who_may_ask(client, cast, quarters, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("number", args=[2023, "food.rate"])).status_code == status


def test_another_county_sees_its_own_numbers_only(client, cast, quarters):
    client.force_login(cast.outsider_office)
    page = client.get(reverse("number", args=[2023, "food.rate"]))
    assert page.status_code == 200
    assert "98.3" not in page.content.decode()
    assert "已接受的报送中没有这项数据" in page.content.decode()
    base.report(cast.other_county, "2023Q1", {"food.done": "8", "food.passed": "7"})
    page = client.get(reverse("number", args=[2023, "food.rate"]))
    assert page.status_code == 200
    assert "87.5" in page.content.decode()
    assert "59批次" not in page.content.decode()


def test_only_figures_of_indicators_are_links(client, cast, quarters):
    """What was counted in the registry or of submissions has a dotted code too, and no page."""
    overdue = RectificationNotice(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), premises="东门小吃",
        premises_type="food", issued_on=datetime.date(2023, 2, 14), due_on=datetime.date(2023, 2, 20),
    )  # fmt: skip
    records.save(overdue, by=cast.clerk)
    client.force_login(cast.office)
    client.post(reverse("begin-report", args=[2023]))
    page = client.get(reverse("draft", args=[2023]), {"whole": 1}).content.decode()
    counted = {"reporting.due", "registry.notices.food", "registry.notices.food.overdue"}
    assert counted <= set(re.findall(r'data-code="([^"]+)"', page))
    links = set(re.findall(r'href="(/reports/2023/numbers/[^"]+)"', page))
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
