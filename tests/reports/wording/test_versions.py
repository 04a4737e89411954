"""Versions of wordings, and the pages on which the office writes, compares and restores them."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.chapters import build
from reports.document.blocks import Paragraph, block_key, runs_text
from reports.models import Wording
from reports.wording import pages as wording_pages
from reports.wording import versions
from sectors.catalogue.loader import load
from sectors.models import Region, Sector
from tests import base

pytestmark = pytest.mark.django_db

OURS = "本县抽检{{ n('food.done') }}。"


@pytest.fixture
def food(cast):
    base.report(cast.county, "2022", {"food.done": "4", "food.passed": "4"})
    base.report(cast.county, "2023", {"food.done": "5", "food.passed": "5", "food.firms": "3"})
    return Sector.objects.get(code="food")


def write(cast, text, after=0, note=""):
    sector = Sector.objects.get(code="food")
    return versions.keep(region=cast.county, sector=sector, text=text, note=note, by=cast.office, after=after)


def said(region):
    blocks = build.build(region, 2023, day=datetime.date(2024, 1, 5)).blocks
    return [runs_text(b.runs) for b in blocks if isinstance(b, Paragraph) and block_key(b).startswith("food/text")]


def post(client, user, name, data, code="food"):
    client.force_login(user)
    return client.post(reverse(name, args=[code]), data)


# What counts


def test_the_report_uses_the_office_s_last_version_in_its_region_only(cast, food):
    base.report(cast.other_county, "2023", {"food.done": "7"})
    assert said(cast.county) == ["全年完成抽检5批次，较上年增长25.0%，合格率为100%。"]
    write(cast, "一稿。")
    write(cast, OURS, after=1)
    assert said(cast.county) == ["本县抽检5批次。"]
    assert said(cast.other_county)[0].startswith("全年完成抽检7批次")


def test_a_version_without_text_follows_the_catalogue_again(cast, food):
    write(cast, OURS)
    write(cast, "", after=1)
    Sector.objects.filter(code="food").update(wording="目录改了。")
    assert said(cast.county) == ["目录改了。"]


def test_loading_the_catalogue_leaves_the_office_s_version_alone(cast, food):
    write(cast, OURS)
    load(base.SMALL)
    assert said(cast.county) == ["本县抽检5批次。"]


def test_a_version_that_was_overtaken_is_not_written(cast, food):
    write(cast, OURS)
    with pytest.raises(versions.Overtaken):
        write(cast, "另一稿。", after=0)
    assert list(Wording.objects.values_list("number", "text")) == [(1, OURS)]


# The pages


def test_only_the_office_of_the_region_sees_and_writes_them(client, cast, food):
    pages = [reverse("wordings"), *(reverse(name, args=["food"]) for name in ("wording", "wording-versions"))]
    posts = [reverse(name, args=["food"]) for name in ("wording", "wording-preview", "wording-restore")]
    for user in (cast.clerk, cast.head, cast.leader, cast.admin):
        client.force_login(user)
        assert {client.get(page).status_code for page in pages} == {403}
        assert {client.post(page, {"text": OURS, "after": 0}).status_code for page in posts} == {403}
    client.force_login(cast.office)
    assert {client.get(page).status_code for page in pages} == {200}
    assert {client.post(page).status_code for page in (pages[0], pages[2])} == {405}
    assert {client.get(page).status_code for page in posts[1:]} == {405}
    assert not Wording.objects.exists()


def test_another_office_writes_for_its_own_region(client, cast, food):
    post(client, cast.outsider_office, "wording", {"text": OURS, "after": 0})
    assert [row.region for row in Wording.objects.all()] == [cast.other_county]


def test_a_sector_that_the_region_does_not_report_is_not_there(client, cast, food):
    Region.objects.get(code="990102").assignments.filter(sheet__sector=food).delete()
    client.force_login(cast.outsider_office)
    assert client.get(reverse("wording", args=["food"])).status_code == 404
    assert client.get(reverse("wording", args=["no-such"])).status_code == 404


def test_saving_makes_a_version_with_author_and_note(client, cast, food):
    answer = post(client, cast.office, "wording", {"text": f"{OURS}  \r\n\r\n完。\r\n", "after": 0, "note": "更短"})
    assert answer.status_code == 302
    row = Wording.objects.get()
    assert (row.number, row.text, row.note, row.by) == (1, f"{OURS}\n\n完。", "更短", cast.office)
    page = client.get(reverse("wording-versions", args=["food"])).content.decode()
    assert "更短" in page
    assert str(cast.office.full_name) in page


def test_saving_the_same_text_makes_no_version(client, cast, food):
    assert post(client, cast.office, "wording", {"text": food.wording, "after": 0}).status_code == 302
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("好。\n抽检{{ n('food.dne') }}。", 2, "food.dne"),
        ("好。\n好。\n{% if val('food.done') %}", 3, "没写完的内容"),
        ("{{ nonsense }}", 1, "nonsense"),
        ("{% for a in 'xx' %}{% endfor %}", 1, "只能用在列表上"),
        ("好。\n{% if not has('food.done') %}{{ 1 / 0 }}{% endif %}", 2, "除数不能为 0"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line_and_not_lost(client, cast, food, text, line, why):
    answer = post(client, cast.office, "wording", {"text": text, "after": 0, "note": "我的说明"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["trial"].wrong_lines == [line]
    assert f'data-wrong="{line}"' in page
    assert why in page
    assert answer.context["form"]["text"].value() == text
    assert "我的说明" in page
    assert not Wording.objects.exists()


def test_an_empty_wording_is_refused(client, cast, food):
    assert post(client, cast.office, "wording", {"text": "  ", "after": 0}).status_code == 422


def test_two_people_notice_each_other_and_lose_nothing(client, cast, food):
    write(cast, OURS)
    answer = post(client, cast.office, "wording", {"text": "我的一稿。", "after": 0})
    assert answer.status_code == 409
    rows = [row for row in answer.context["both"] if row.changed]
    assert ["".join(text for _kind, text in side) for side in (rows[0].old, rows[0].new)] == [OURS, "我的一稿。"]
    assert answer.context["form"]["text"].value() == "我的一稿。"
    assert Wording.objects.count() == 1
    again = {"text": "我的一稿。", "after": answer.context["form"]["after"].value()}
    assert post(client, cast.office, "wording", again).status_code == 302
    assert said(cast.county) == ["我的一稿。"]


def test_the_preview_prints_the_sentence_with_the_figures_of_the_chosen_year(client, cast, food):
    for year, text in ((2023, "本县抽检5批次。"), (2022, "本县抽检4批次。"), ("no", "本县抽检5批次。")):
        answer = post(client, cast.office, "wording-preview", {"text": OURS, "year": year})
        (paragraph,) = answer.context["trial"].paragraphs
        assert runs_text(paragraph.runs) == text
    answer = post(client, cast.office, "wording-preview", {"text": "好。\n{{ n('food.dne') }}"})
    assert 'data-wrong="2"' in answer.content.decode()


def test_the_preview_tells_which_figures_are_not_said(client, cast, food):
    trial = post(client, cast.office, "wording-preview", {"text": OURS}).context["trial"]
    assert [value.indicator.code for value in trial.unmentioned] == ["food.passed", "food.rate", "food.firms"]


def test_text_of_a_wording_cannot_become_markup(client, cast, food):
    page = post(client, cast.office, "wording-preview", {"text": "<b>抽检</b>{{ '<i>' }}"}).content.decode()
    assert "&lt;b&gt;抽检&lt;/b&gt;&lt;i&gt;" in page


def test_the_editor_offers_the_sector_s_figures_of_both_years(client, cast, food):
    client.force_login(cast.office)
    page = client.get(reverse("wording", args=["food"]), {"year": 2023})
    values = {value.indicator.code: (value.text, value.last_text) for value in page.context["values"]}
    assert values["food.done"] == ("5", "4")
    assert not any(code.startswith("water.") for code in values)
    assert 'data-code="food.done"' in page.content.decode()


def test_a_version_is_restored_by_writing_it_once_more(client, cast, food):
    write(cast, OURS)
    write(cast, "二稿。", after=1)
    post(client, cast.office, "wording-restore", {"number": 1, "after": 2})
    assert said(cast.county) == ["本县抽检5批次。"]
    post(client, cast.office, "wording-restore", {"number": 0, "after": 3})
    assert said(cast.county)[0].startswith("全年完成抽检")
    assert list(Wording.objects.order_by("number").values_list("text", flat=True)) == [OURS, "二稿。", OURS, ""]


@pytest.mark.parametrize(
    ("data", "status"), [({"number": 9, "after": 1}, 404), ({}, 404), ({"number": 0, "after": 0}, 302)]
)
def test_what_cannot_be_restored_changes_nothing(client, cast, food, data, status):
    write(cast, OURS)
    assert post(client, cast.office, "wording-restore", data).status_code == status
    assert Wording.objects.count() == 1


def test_versions_are_compared_side_by_side_down_to_the_words(client, cast, food):
    write(cast, "一行。\n抽检{{ n('food.done') }}。")
    write(cast, "一行。\n检验{{ n('food.rate') }}。\n新行。", after=1)
    client.force_login(cast.office)
    rows = client.get(reverse("wording-versions", args=["food"])).context["rows"]
    assert [row.changed for row in rows] == [False, True, True]
    assert rows[1].old == [("gone", "抽"), ("same", "检"), ("gone", "{{ n('food.done') }}"), ("same", "。")]
    assert rows[1].new == [("same", "检"), ("new", "验{{ n('food.rate') }}"), ("same", "。")]
    assert (rows[2].old, rows[2].new) == (None, [("new", "新行。")])
    against = client.get(reverse("wording-versions", args=["food"]), {"old": 0, "new": 1}).context["rows"]
    assert runs(against, "old") == food.wording.splitlines()


def runs(rows, side):
    lines = [getattr(row, side) for row in rows]
    return ["".join(text for _kind, text in line) for line in lines if line is not None]


def test_both_sides_of_a_comparison_hold_the_whole_texts():
    old, new = "甲\n乙{{ n('a') }}丙\n丁", "乙{{ n('b') }}丙\n丁\n\n戊"
    rows = wording_pages.side_by_side(old, new)
    assert runs(rows, "old") == old.splitlines()
    assert runs(rows, "new") == new.splitlines()


def test_the_pages_need_as_many_queries_for_two_as_for_twenty(client, cast, food):
    client.force_login(cast.office)
    pages = [reverse("wordings"), reverse("wording", args=["food"]), reverse("wording-versions", args=["food"])]

    def counts():
        counted = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            counted.append(len(captured))
        return counted

    write(cast, "第0稿。")
    counts()  # what is read once a process
    few = counts()
    base.wide(cast.county, 20, 1)
    for number in range(1, 21):
        write(cast, f"第{number}稿。", after=number)
        sector = Sector.objects.create(
            chapter=food.chapter, code=f"s{number}", name=f"领域{number}", position=20 + number, wording="好。"
        )
        sheet = sector.sheets.create(
            number=f"S-{number}", name="表", frequency="year", department_code="market", position=1
        )
        cast.county.assignments.create(sheet=sheet, department=cast.market)
        versions.keep(region=cast.county, sector=sector, text="嗯。", note="", by=cast.office, after=0)
    assert len(client.get(pages[0]).context["lines"]) > 20
    assert counts() == few
