"""A figure is found by what it is called."""

import pytest
from django.urls import reverse

from reports.editing import figure_search
from sectors.catalogue.compiled import catalogue
from tests.reports.editing import draft_reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(draft_report):
    return draft_report


def codes(report, words, *nearby):
    figures = draft_reports.working(report).generated.figures
    hits, _count = figure_search.find(figures, catalogue().by_code, words, nearby)
    return [hit.figure.code for hit in hits]


def test_by_name_code_sheet_and_sector_in_any_order_of_words(report):
    assert codes(report, "抽检完成")[0] == "food.done"
    assert codes(report, "FOOD.DONE") == codes(report, "food.done")
    assert codes(report, "完成 抽检") == codes(report, "抽检 完成") != []
    indicator = catalogue().by_code["water.tests"]
    for words in (indicator.sheet.number, indicator.sheet.sector.name, f"{indicator.sheet.number} water.tests"):
        assert "water.tests" in codes(report, words), words
    assert codes(report, "没有这样的") == []


def test_those_of_the_own_sector_come_first_and_alone_without_words(report):
    assert {code.partition(".")[0] for code in codes(report, "", "water", "text")} == {"water"}
    assert len({code.partition(".")[0] for code in codes(report, "", "added")}) > 1
    found = [code.partition(".")[0] for code in codes(report, "检", "water")]
    assert found == sorted(found, reverse=True)
    assert "food" in found


def test_no_gaps_and_no_more_than_a_list_holds(report, monkeypatch):
    figures = draft_reports.working(report).generated.figures
    missing = {figure.code for figure in figures if not figure.text}
    assert missing
    monkeypatch.setattr(figure_search, "SHOWN", 2)
    hits, count = figure_search.find(figures, catalogue().by_code, "", ())
    assert len(hits) == 2 < count == len([one for one in figures if one.text])
    assert not missing & {hit.figure.code for hit in hits}


def test_the_answer_names_value_unit_year_sector_and_how_much_is_in(
    client, cast, report, django_assert_max_num_queries
):
    client.force_login(cast.office)
    client.get(reverse("draft-figures", args=[2023]))
    with django_assert_max_num_queries(8):
        page = client.get(reverse("draft-figures", args=[2023]), {"q": "food.done", "key": "water/text/1"})
    text = page.content.decode()
    for words in ("抽检完成", "40批次", "2023", "（1/4期）", "food.done", "{{food.done|40批次}}"):
        assert words in text, words
    assert client.get(reverse("draft-figures", args=[2023]), {"q": "\x00" + "长" * 500}).status_code == 200
    assert client.get(reverse("draft-figures", args=[2022])).status_code == 404
