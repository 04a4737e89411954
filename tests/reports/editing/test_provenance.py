"""Where a number comes from: formula with its numbers, cells, people, dates."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inspections import records
from inspections.models import RectificationNotice
from reports.editing import provenance
from sectors.approval import moves
from sectors.entry import writer
from sectors.models import Sector, Submission, Transition
from tests import base
from tests.reports.editing import draft_reports

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
    assert len(statements) == 9, statements
    assert [one for one in statements if 'FROM "sectors_indicator"' in one] == []


@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("clerk", 403), ("head", 403), ("admin", 403)]
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
    page = client.get(reverse("draft", args=[2023])).content.decode()
    counted = {"reporting.due", "registry.notices.food", "registry.notices.food.overdue"}
    assert counted <= set(re.findall(r'data-code="([^"]+)"', page))
    links = set(re.findall(r'href="(/reports/2023/numbers/[^"]+)"', page))
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
