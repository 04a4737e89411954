"""A department's people see the trends, the explorer and the sentences of their own sheets, and of no others."""

import pytest
from django.urls import reverse

from reports.document.blocks import Document, Gap, Heading, Number, Paragraph, Run, Text
from reports.editing import own_sentences
from sectors.models import Assignment, Indicator, Sheet
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def figures(cast):
    for quarter in ("2023Q1", "2023Q2"):
        base.report(cast.county, quarter, {"food.done": "50", "food.passed": "45", "water.tests": "31"})


def text(client, who, address, **asked):
    client.force_login(who)
    answer = client.get(address, asked)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("who", ["clerk", "head"])
def test_sectors_and_trends_are_those_of_the_own_sheets(client, cast, who):
    mine = getattr(cast, who)
    page = text(client, mine, reverse("sectors"), period="2023")
    assert reverse("sector", args=["food"]) in page
    assert reverse("sector", args=["water"]) not in page
    page = text(client, mine, reverse("sector", args=["food"]), period="2023", indicator="food.rate")
    assert "90.0" in page
    assert cast.outsider_clerk.department.short_name not in page
    assert client.get(reverse("sector", args=["water"]), {"period": "2023"}).status_code == 404
    for board in ("board", "leader-board"):
        assert client.get(reverse(board)).status_code == 403


def test_the_explorer_offers_and_answers_the_own_indicators_alone(client, cast):
    page = text(client, cast.clerk, reverse("explore"), period="2023", i=["food.done", "water.tests"])
    assert "100" in page
    assert "water.tests" in page  # that there is none here is said
    assert 'value="water.tests"' not in page
    for asked in ({"find": "water"}, {"find": cast.outsider_clerk.department.short_name}, {"find": "%"}):
        offered = client.get(reverse("explore"), asked, headers={"HX-Request": "true"}).content.decode()
        assert "water.tests" not in offered
        assert "<html" not in offered
    assert ">62<" not in page.replace("\n", "").replace(" ", "")
    file = text(client, cast.clerk, reverse("explore"), period="2023", i=["food.done", "water.tests"], format="csv")
    assert "food.done" in file
    assert "water.tests" not in file
    # Another department is not given the page that was kept for this one.
    assert 'value="food.done"' not in text(client, cast.outsider_clerk, reverse("explore"), period="2023")


def test_a_region_is_the_own_one(client, cast):
    client.force_login(cast.clerk)
    for page in ("sectors", "explore"):
        assert client.get(reverse(page), {"region": cast.other_county.code}).status_code == 404


def test_a_number_with_a_part_of_another_department_is_not_told(client, cast):
    number = reverse("number", args=[2023, "food.rate"])
    assert "45" in text(client, cast.clerk, number)
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.passed / water.tests")
    assert client.get(number).status_code == 404
    client.force_login(cast.office)
    assert client.get(number).status_code == 200


def test_a_sheet_that_was_handed_over_is_no_longer_the_own_one(client, cast):
    Assignment.objects.filter(sheet=Sheet.objects.get(number="T-01")).update(department=cast.outsider_clerk.department)
    client.force_login(cast.clerk)
    assert client.get(reverse("sector", args=["food"]), {"period": "2023"}).status_code == 404
    assert client.get(reverse("number", args=[2023, "food.done"])).status_code == 404
    # Who has it now reads what it is; the people who reported it before, nobody else's page names.
    client.force_login(cast.outsider_clerk)
    assert client.get(reverse("number", args=[2023, "food.done"])).status_code == 404


@pytest.mark.parametrize("board", ["board", "leader-board", "sectors", "explore"])
def test_an_administrator_reads_the_boards_of_any_region(client, cast, board):
    page = text(client, cast.admin, reverse(board), period="2023", region=cast.county.code)
    assert cast.county.name in page
    assert text(client, cast.admin, reverse(board))
    assert client.get(reverse(board), {"region": "999999"}).status_code == 404
    assert "一键催报" not in page


def test_sentences_with_figures_of_others_are_left_out():
    runs = (
        *(
            Text("抽检"),
            Number("food.done", "100批次"),
            Text("，合格"),
            Number("food.passed", "90批次"),
            Text("。检测"),
        ),
        *(Number("water.tests", "62次"), Text("。合计"), Number("food.done", "100"), Text("和")),
        *(Number("water.tests", "62"), Text("。缺"), Gap("food.firms", "企业"), Text("。没有数字。")),
    )
    document = Document("报告", "云泽县", 2023, (Heading(1, "一、", "食品"), Paragraph(runs)))
    found = own_sentences.sentences(document, {"food.done", "food.passed", "food.firms"})
    assert [(one.heading, one.text) for one in found] == [
        ("一、食品", "抽检100批次，合格90批次。"),
        ("一、食品", "缺〔缺：企业〕。"),
    ]


@pytest.mark.parametrize("in_one", [True, False])
def test_a_sentence_of_part_of_a_year_says_so(in_one):
    note = "（其中抽检批次（食品）为1—6月数据，全年数据尚不完整。）"
    end = [Text(f"次。{note}")] if in_one else [Text("次。"), Text(note)]
    begin: list[Run] = [Text("抽检"), Number("food.done", "100批次"), Text("。水质检测"), Number("water.tests", "62")]
    runs = (*begin, *end)
    document = Document("报告", "云泽县", 2023, (Heading(1, "一、", "食品"), Paragraph(runs)))
    for code, sentence in (("food.done", "抽检100批次。"), ("water.tests", "水质检测62次。")):
        assert [one.text for one in own_sentences.sentences(document, {code})] == [sentence + note]
    of_others = (Number("food.done", "100批次"), Text("。（"), Number("water.tests", "62次"), Text("。）"))
    document = Document("报告", "云泽县", 2023, (Paragraph(of_others),))
    assert [one.text for one in own_sentences.sentences(document, {"food.done"})] == ["100批次。"]


def test_the_page_of_sentences_is_for_departments(client, cast):
    assert "还没有印发报告" in text(client, cast.clerk, reverse("own-sentences"))
    for who in ("office", "leader", "admin"):
        client.force_login(getattr(cast, who))
        assert client.get(reverse("own-sentences")).status_code == 403
