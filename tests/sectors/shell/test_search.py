"""The search of every page: sheets, indicators and numbers, within one's scope."""

import datetime

import pytest
from django.urls import reverse

from inspections.models import SamplingBatch
from sectors.models import Indicator, Sector, Sheet
from sectors.shell import search
from tests import base


def look(client, text):
    """What is found: the kinds with the codes under them."""
    page = client.get(reverse("search"), {"q": text})
    assert page.status_code == 200
    return {hits.name: [hit.code for hit in hits.rows] for hits in page.context["found"]}


def address(client, text):
    page = client.get(reverse("search"), {"q": text})
    return page.context["found"][0].rows[0].address


@pytest.fixture
def batch(cast):
    return batches(cast.market, "SC2023")[0]


def batches(department, number, count=1):
    sector = Sector.objects.first()
    return SamplingBatch.objects.bulk_create(
        SamplingBatch(
            region=department.region,
            department=department,
            sector=sector,
            programme="routine",
            category="food",
            product="菜籽油",
            place="集市",
            taken_on=datetime.date(2023, 2, 1),
            report_number=f"{number}-{n:03}",
        )
        for n in range(count)
    )


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader", "admin"])
def test_a_sheet_is_found_by_number_and_name_and_leads_to_its_latest_submission(client, cast, who):
    base.submission(cast.county, "T-01", "2023Q1")
    latest = base.submission(cast.county, "T-01", "2023Q2")
    client.force_login(getattr(cast, who))
    for text in ("t-01", latest.sheet.name, f"{latest.sheet.name[:2]} T-0"):
        assert look(client, text)["报表"] == ["T-01"]
    assert address(client, "T-01") == reverse("submission", args=[latest.pk])
    assert client.get(address(client, "T-01")).status_code == 200


def test_a_sheet_without_a_period_says_so(client, cast):
    client.force_login(cast.clerk)
    page = client.get(reverse("search"), {"q": "T-01"}).content.decode()
    assert "还没有开放报告期" in page
    assert address(client, "T-01") == ""


@pytest.mark.parametrize(
    ("who", "start"), [("clerk", "/submissions/"), ("office", "/sectors/"), ("leader", "/sectors/")]
)
def test_an_indicator_leads_to_its_cell_or_its_sector(client, cast, who, start):
    base.submission(cast.county)
    row = Indicator.objects.get(code="food.done")
    client.force_login(getattr(cast, who))
    assert "food.done" in look(client, "food.done")["指标"]
    assert "food.done" in look(client, row.name)["指标"]
    to = address(client, "food.done")
    assert to.startswith(start)
    assert to.endswith("=food.done")
    assert client.get(to).status_code == 200


def test_nothing_out_of_scope_is_found(client, cast, batch):
    base.submission(cast.county)
    text = batch.report_number
    for who, sees in (("clerk", True), ("office", True), ("leader", True), ("admin", True), ("head", True)):
        client.force_login(getattr(cast, who))
        assert (look(client, text).get("抽检批次") == [text]) is sees, who
    for who in ("outsider_clerk", "outsider_head", "outsider_office"):
        client.force_login(getattr(cast, who))
        assert look(client, text) == {}, who
    client.force_login(cast.outsider_clerk)
    assert "报表" not in look(client, "T-01")
    assert "指标" not in look(client, "food.done")


def test_a_report_number_leads_to_its_record(client, cast, batch):
    client.force_login(cast.clerk)
    assert address(client, "sc2023") == reverse("change-batches", args=[batch.pk])
    assert client.get(address(client, "sc2023")).status_code == 200


def test_many_are_cut_and_lead_to_their_list(client, cast):
    batches(cast.market, "SC2023", 12)
    client.force_login(cast.clerk)
    (hits,) = client.get(reverse("search"), {"q": "SC2023"}).context["found"]
    assert (len(hits.rows), hits.has_more) == (10, True)
    assert client.get(hits.more).status_code == 200


def test_as_many_questions_whatever_is_found(client, cast):
    client.force_login(cast.office)

    def asked():
        return base.queries(lambda: client.get(reverse("search"), {"q": "2 3"}))

    batches(cast.market, "23A", 2)
    base.change_catalogue(Indicator.objects.filter(code="food.done"), name="2 3")
    Sheet.objects.filter(number="T-01").update(name="表 23")
    few = asked()
    base.wide(cast.county, 20, 4)
    Sheet.objects.filter(number="T-90").update(name="宽表 23")
    base.change_catalogue(Indicator.objects.filter(sheet__number="T-90"), name="2 3")
    batches(cast.market, "23B", 20)
    assert asked() == few


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "没有这个",
        "%",
        "__",
        "'; --",
        '"',
        "\\",
        ".*",
        "[a-z]+",
        "(",
        "T-01%",
        "x" * 5000,
        "行" * 200,
        "\x00",
    ],
)
@pytest.mark.parametrize("who", ["clerk", "office", "admin"])
def test_whatever_is_typed_is_answered(client, cast, text, who):
    base.submission(cast.county)
    client.force_login(getattr(cast, who))
    assert look(client, text) == {}


def test_a_sheet_with_a_period_leads_to_what_was_reported_for_it(client, cast):
    first = base.submission(cast.county, "T-01", "2022Q1")
    second = base.submission(cast.county, "T-01", "2022Q2")
    latest = base.submission(cast.county, "T-01", "2023Q1")
    client.force_login(cast.clerk)
    for text, found in (
        ("T-01 2022", [second, first]),
        ("T-01 2022Q1", [first]),
        ("2022年一季度 t-01", [first]),
        ("T-01 一季度", [latest, first]),
        ("T-01 2022 第1季度", [first]),
        ("T-01 q2", [second]),
    ):
        rows = client.get(reverse("search"), {"q": text}).context["found"][0].rows
        assert [row.address for row in rows] == [reverse("submission", args=[one.pk]) for one in found], text
        assert all(row.about.startswith("202") for row in rows)
    # Nothing of that period: the sheet itself, with its latest.
    assert address(client, "T-01 2021") == reverse("submission", args=[latest.pk])
    # Two years name none, and no name has both in it.
    assert look(client, "T-01 2021 2022") == {}
    cell = client.get(reverse("search"), {"q": "food.done 2022Q1"}).context["found"][0].rows[0].address
    assert cell == f"{reverse('submission', args=[first.pk])}?cell=food.done"


def test_what_others_have_pushes_nothing_of_ones_own_out(client, cast, monkeypatch):
    base.submission(cast.county)
    row = Indicator.objects.get(code="water.tests")
    base.change_catalogue(Indicator.objects.filter(pk=row.pk), name="检测")  # fits better, and is another department's
    base.change_catalogue(Indicator.objects.filter(code="food.done"), name="检测批次")
    monkeypatch.setattr(search, "ASKED", 1)
    client.force_login(cast.clerk)
    assert look(client, "检测")["指标"] == ["food.done"]
    client.force_login(cast.outsider_clerk)
    assert look(client, "检测")["指标"] == ["water.tests"]


def test_an_indicator_without_the_named_period_leads_to_the_last_one(client, cast):
    sent = base.submission(cast.county)
    client.force_login(cast.clerk)
    page = client.get(reverse("search"), {"q": "food.done 2019"})
    assert "还没有开放报告期" not in page.content.decode()
    assert address(client, "food.done 2019").startswith(reverse("submission", args=[sent.pk]))


def test_first_letters_and_some_characters_find_a_name(client, cast):
    base.submission(cast.county)
    Sheet.objects.filter(number="T-01").update(name="银行质量监督情况表")
    base.change_catalogue(Indicator.objects.filter(code="food.done"), name="长期贷款笔数")
    client.force_login(cast.clerk)
    for text in ("yhzl", "yxzl", "YH", "质监", "zlJD"):
        assert look(client, text)["报表"] == ["T-01"], text
    for text in ("cqdk", "zqdk", "贷款数"):
        assert look(client, text)["指标"] == ["food.done"], text
    for text in ("监质", "yhjd", "y"):
        assert "T-01" not in look(client, text).get("报表", []), text


def test_the_department_finds_its_sheets(client, cast):
    base.submission(cast.county)
    client.force_login(cast.office)
    assert look(client, cast.market.short_name)["报表"] == ["T-01"]


def test_pages_are_those_that_the_person_may_open(client, cast):
    for who, sees in (("clerk", False), ("office", True), ("leader", False)):
        client.force_login(getattr(cast, who))
        found = client.get(reverse("search"), {"q": "dkbgq"}).context["found"]  # 打开报告期
        assert bool(found) is sees, who
        for hits in client.get(reverse("search"), {"q": "报"}).context["found"]:
            for hit in hits.rows if hits.name == "页面" else []:
                assert client.get(hit.address).status_code == 200, hit


def test_regions_are_found_by_who_reads_their_boards(client, cast):
    client.force_login(cast.office)
    name = cast.county.name
    assert look(client, name)["行政区划"] == [cast.county.code]
    assert (
        client.get(client.get(reverse("search"), {"q": name}).context["found"][-1].rows[0].address).status_code == 200
    )
    for who in ("clerk", "outsider_office"):
        client.force_login(getattr(cast, who))
        assert "行政区划" not in look(client, name), who


def test_people_are_found_by_the_administrator_alone(client, cast):
    client.force_login(cast.admin)
    found = look(client, cast.clerk.username)["用户"]
    assert cast.clerk.username in found
    assert cast.clerk.username in look(client, cast.clerk.full_name)["用户"]
    for who in ("clerk", "head", "office", "leader"):
        client.force_login(getattr(cast, who))
        assert "用户" not in look(client, cast.clerk.username), who


def test_the_box_is_given_what_is_found_alone(client, cast):
    base.submission(cast.county)
    client.force_login(cast.clerk)
    part = client.get(reverse("search"), {"q": "T-01"}, headers={"HX-Request": "true"}).content.decode()
    assert "T-01" in part
    assert "<html" not in part


@pytest.mark.parametrize("page", ["search", "explore"])
def test_a_browser_takes_no_part_for_the_page_of_the_same_address(client, cast, page):
    client.force_login(cast.clerk)
    for headers in ({}, {"HX-Request": "true"}):
        assert "HX-Request" in client.get(reverse(page), {"find": "T"}, headers=headers)["Vary"]


def test_strangers_sign_in_first_and_nothing_is_posted(client, cast):
    assert client.get(reverse("search"), {"q": "T-01"}).status_code == 302
    client.force_login(cast.clerk)
    assert client.post(reverse("search"), {"q": "T-01"}).status_code == 405


def test_every_page_has_the_search(client, cast):
    client.force_login(cast.clerk)
    page = client.get(reverse("home")).content.decode()
    assert f'action="{reverse("search")}"' in page
    assert "app/search.js" in page
