"""The boards as leaders and the office use them: on a phone, on a wall, by keyboard, without a script."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Urge
from tests import base
from tests.browser.steps import serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
SECTOR = "/sectors/food/?period=2023&indicator=food.rate"
PAGES = (
    "/board/?period=2023Q1",
    "/board/?period=2023",
    "/board/leader/?period=2023",
    "/sectors/?period=2023",
    SECTOR,
    "/sectors/food/?period=2023&indicator=food.done",
    "/explore/",
    "/explore/?i=food.rate&i=food.done&i=water.tests&year=2022&year=2023",
)


@pytest.fixture
def county(cast):
    """A year and a half of figures; the sheets of water are long late."""
    base.report(cast.county, "2022", {"food.done": "200", "food.passed": "190"})
    for quarter, passed in (("2023Q1", "90"), ("2023Q2", "99")):
        parts = {"food.done": "100", "food.done.farm": "30", "food.done.school": "70", "food.passed": passed}
        base.report(cast.county, quarter, parts)
        base.submission(cast.county, "T-02", quarter)
    return cast


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_every_page_fits_and_axe_finds_nothing_serious(page, county, viewport):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, "office")
    if viewport:
        page.set_viewport_size(viewport)
    for path in PAGES:
        page.goto(path)
        if page.locator(".chart").count():
            expect(page.locator(".chart canvas").first).to_be_visible()
        assert serious(page) == []
        assert overflow(page) <= 0, path
    # Nothing is fetched from elsewhere.
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {page.url.split("/")[2]}


def test_a_leader_reads_the_county_on_a_phone_and_goes_where_a_number_is_from(page, county):
    page.set_viewport_size(PHONE)
    sign_in(page, "leader")
    expect(page).to_have_url(re.compile(reverse("leader-board")))
    page.goto("/board/leader/?period=2023")
    expect(page.locator(".lead")).to_contain_text("达标0项")
    expect(page.locator(".who-is-late")).to_contain_text("水利局")
    value = page.locator(".keys .value a")
    expect(value).to_contain_text("94.5")
    assert value.bounding_box()["y"] < PHONE["height"]
    expect(page.locator(".keys .coverage")).to_be_visible()
    expect(page.locator(".keys .coverage")).to_have_text("2/4")
    value.press("Enter")
    expect(page.get_by_role("heading", level=2, name="抽检合格率")).to_be_visible()
    assert "indicator=food.rate" in page.url


def test_a_chart_has_its_numbers_under_it_by_keyboard_and_without_a_script(page, browser, county, live_server):
    sign_in(page, "leader")
    page.goto(SECTOR)
    figure = page.locator(".chart-figure").first
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure.get_by_role("img", name="各期走势")).to_be_visible()
    expect(figure.locator("table")).to_be_hidden()
    figure.locator("summary").press("Enter")
    expect(figure.locator("tbody td")).to_have_text(["95.0", "90.0", "99.0"])
    state = page.context.storage_state()
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False, storage_state=state)
    still = plain.new_page()
    still.goto(SECTOR)
    expect(still.locator(".chart-figure").first.locator("tbody td")).to_have_text(["95.0", "90.0", "99.0"])
    plain.close()


def test_a_wall_screen_pages_by_itself_and_escape_leaves(page, county):
    sign_in(page, "leader")
    page.clock.install()
    page.goto("/board/leader/?period=2023&present=1")
    shown = page.locator(".slide.shown")
    expect(shown).to_contain_text("有目标和数据的关键指标")
    expect(page.locator(".nav")).to_be_hidden()
    page.clock.fast_forward(12_500)
    expect(shown).to_contain_text("抽检合格率")
    page.keyboard.press("ArrowRight")
    expect(shown.locator("canvas")).to_be_visible()
    page.get_by_role("button", name="暂停").click()
    page.clock.fast_forward(60_000)
    expect(page.get_by_text("3 / 3")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".nav")).to_be_visible()
    expect(page.get_by_role("button", name="投屏")).to_be_focused()
    assert "present" not in page.url


def test_who_wants_less_motion_pages_by_hand(page, county):
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, "leader")
    page.clock.install()
    page.goto("/board/leader/?period=2023&present=1")
    expect(page.get_by_text("1 / 3")).to_be_visible()
    page.clock.fast_forward(60_000)
    expect(page.get_by_text("1 / 3")).to_be_visible()
    page.get_by_role("button", name="下一页").press("Enter")
    expect(page.get_by_text("2 / 3")).to_be_visible()


def test_the_office_urges_from_the_board_by_keyboard(page, county):
    sign_in(page, "office")
    page.goto("/board/?period=2023Q1")
    page.get_by_role("button", name="催报 水利局").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已催报")
    assert page.url.endswith("/board/?period=2023Q1")
    assert Urge.objects.get().department == county.water


def test_the_explorer_finds_shows_and_hands_out(page, county):
    sign_in(page, "office")
    page.goto("/explore/?period=2023")
    page.get_by_label("添加指标").press_sequentially("cjhgl")  # 抽检合格率
    offers = page.locator("#found a")
    expect(offers).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("table.figures tbody td.number")).to_have_text(["90.0", "99.0", "94.5 2/4"])
    expect(page.locator(".chosen li")).to_have_count(1)
    # What it is computed from is proposed; chips change places and go.
    page.get_by_role("list", name="相关指标").get_by_role("link", name="抽检完成").press("Enter")
    expect(page.locator(".chosen li > span")).to_have_text(["抽检合格率", "抽检完成"])
    page.get_by_role("link", name="抽检完成 前移").press("Enter")
    expect(page.locator(".chosen li > span")).to_have_text(["抽检完成", "抽检合格率"])
    expect(page.locator("table.figures tbody th a")).to_have_text(["抽检完成", "抽检合格率"])
    assert serious(page) == []
    page.get_by_role("link", name="抽检完成 去掉").press("Enter")
    expect(page.locator(".chosen li > span")).to_have_text(["抽检合格率"])
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "zhibao-990101.csv"


def test_the_choice_of_a_year_goes_along(page, county):
    sign_in(page, "office")
    page.goto("/board/?period=2022")
    page.get_by_role("link", name="质量看板").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("云泽县2022年质量状况")
    page.get_by_role("link", name="数据", exact=True).click()
    expect(page).to_have_url(re.compile(r"/sectors/\?period=2022$"))


def test_a_board_on_paper_has_the_numbers_of_its_charts(page, county):
    sign_in(page, "leader")
    page.goto("/board/leader/?period=2023")
    expect(page.locator(".chart canvas")).to_be_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".chart-figure table")).to_be_visible()
    expect(page.locator(".nav")).to_be_hidden()
    expect(page.locator(".chooser")).to_be_hidden()
