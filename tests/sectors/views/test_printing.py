"""The paper form: everything that is on the sheet, nothing that only helps to fill it, and who stands behind it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from sectors.approval import moves
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.models import Indicator, Region, Table, User
from tests import base

pytestmark = pytest.mark.django_db


def page(client, who, of):
    client.force_login(who)
    answer = client.get(reverse("print", args=[of.pk]))
    assert answer.status_code == 200
    return base.html(answer)


def signed(client, who, of):
    """What stands on the four lines: filled by, head, seal, date."""
    text = page(client, who, of).split('class="signatures"')[1].split("</dl>")[0]
    return [part.split("</dd>")[0] for part in text.split("<dd>")[1:]]


@pytest.fixture
def sheet(cast):
    User.objects.filter(pk=cast.clerk.pk).update(last_name="李", first_name="秀英")
    User.objects.filter(pk=cast.head.pk).update(last_name="王", first_name="建国")
    return base.submission(cast.county)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 200),
        ("head", 200),
        ("office", 200),
        ("leader", 200),
        ("admin", 200),
        ("outsider_clerk", 404),
        ("outsider_head", 404),
        ("outsider_office", 404),
    ],
)
def test_whoever_may_read_it_may_print_it(client, cast, sheet, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("print", args=[sheet.pk])).status_code == status


def test_it_is_only_looked_at_and_only_signed_in(client, cast, sheet):
    assert client.get(reverse("print", args=[sheet.pk])).url.startswith(reverse("login"))
    client.force_login(cast.clerk)
    assert client.post(reverse("print", args=[sheet.pk])).status_code == 405


def test_the_form_has_its_title_numbers_units_and_figures(client, cast, sheet):
    figures = {"food.task": "1500", "food.done": "80", "food.passed": "78", "food.firms": "n/a", "food.rate": "97"}
    base.report(cast.county, "2022Q1", {"food.task": "4321", "food.done": "60", "food.passed": "60"})
    base.report(cast.county, "2023Q1", figures, "draft")
    writer.store_narratives(sheet, {"food.work": "查了三家\n<b>市场</b>"})
    text = page(client, cast.clerk, sheet)
    for word in ("<h1>食品抽检情况表</h1>", "2023年第1季度", "T-01", cast.market.name, "质量强县", "批次", "抽检"):
        assert word in text
    values = [part.split("</td>")[0] for part in text.split('<td class="value">')[1:]]
    assert values[:2] == ["1500", "80"]
    assert values[5].startswith("97.5<")
    assert "97<" in values[5]  # what was declared stands beside what was computed
    assert values[6] == "不适用"
    assert values[7] == ""
    assert "4321" not in text  # no comparison on paper
    assert "<p>查了三家<br>&lt;b&gt;市场&lt;/b&gt;</p>" in text
    assert "style=" not in text


def test_no_blank_stands_after_a_chinese_colon(client, cast, sheet):
    client.force_login(cast.clerk)
    text = client.get(reverse("print", args=[sheet.pk])).content.decode()
    numbers = text.split('class="numbers"')[1].split("</dl>")[0]
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", numbers) == [
        ("表号：", "T-01"),
        ("填报单位：", str(cast.market)),
        ("制表机关：", "云泽县质量强县工作领导小组办公室"),
    ]


def test_lists_run_on_under_one_head(client, cast, sheet):
    model = Indicator.objects.get(code="food.price")
    table = Table.objects.create(sheet=model.sheet, code="costs", name="经费", position=1)
    base.change_catalogue(Indicator.objects.filter(pk=model.pk), table=table)
    text = page(client, cast.clerk, sheet)
    assert text.count("<thead>") == 1
    assert text.index(">抽检</th>") < text.index("食品产量") < text.index(">经费</th>") < text.index("每批次费用")


def test_a_table_with_columns_has_a_head_of_its_own_with_units(client, cast):
    load(base.DATA / "shanyin")
    of = base.submission(Region.objects.get(code="990201"), "TEA-01", "2023H1")
    text = page(client, cast.admin, of)
    assert text.count("<thead>") == 1
    assert "检测<br>(公斤)</th>" in text
    assert text.count('<td class="value">') == 12  # 4 rows of 3 columns


def test_nobody_has_signed_a_draft(client, cast, sheet):
    assert signed(client, cast.clerk, sheet) == ["", "", "", ""]


def test_names_are_filled_in_as_the_sheet_goes_its_way_and_go_when_it_comes_back(client, cast, sheet):
    today = date_format(timezone.localdate())
    base.complete(sheet)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    assert signed(client, cast.head, sheet) == ["李秀英", "", "", today]
    moves.move(submission=sheet, action="sign", by=cast.head)
    assert signed(client, cast.head, sheet) == ["李秀英", "王建国", "", today]
    moves.move(submission=sheet, action="return", by=cast.office, reason="请核对")
    assert signed(client, cast.clerk, sheet) == ["", "", "", ""]
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    moves.move(submission=sheet, action="sign", by=cast.head)
    moves.move(submission=sheet, action="accept", by=cast.office)
    assert signed(client, cast.office, sheet) == ["李秀英", "王建国", "", today]


def test_history_that_nobody_signed_here_has_empty_lines(client, cast, sheet):
    moves.file_history([sheet], reason="2022")
    assert signed(client, cast.office, sheet) == ["", "", "", ""]


def test_demonstration_figures_are_marked_on_paper_too(client, cast, sheet):
    assert "演示数据" not in page(client, cast.clerk, sheet)
    sheet.is_demo = True
    sheet.save()
    assert "演示数据" in page(client, cast.clerk, sheet)


def test_the_review_page_leads_to_the_form(client, cast, sheet):
    client.force_login(cast.head)
    text = client.get(reverse("submission", args=[sheet.pk])).content.decode()
    assert f'href="{reverse("print", args=[sheet.pk])}"' in text


def test_the_number_of_queries_is_fixed(client, cast, sheet):
    def queries():
        return base.queries(lambda: client.get(reverse("print", args=[sheet.pk])))

    base.report(cast.county, "2023Q1", {"food.task": "5"}, "draft")
    client.force_login(cast.office)
    queries()  # the first to look reads the catalogue
    few = queries()
    figures = dict.fromkeys(("food.done.farm", "food.done.school", "food.passed", "food.firms"), "3")
    base.report(cast.county, "2023Q1", figures | {"food.done": "6"}, "draft")
    writer.store_narratives(sheet, {"food.work": "一", "food.problem": "二"})
    for _round in range(3):
        base.take_to("signed", cast, sheet)
        moves.move(submission=sheet, action="return", by=cast.office, reason="请核对")
    base.take_to("submitted", cast, sheet)
    assert queries() == few
