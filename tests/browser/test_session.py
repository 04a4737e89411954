"""What was typed outlives a sign-in, and nobody sees a person's pages after them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts import passwords
from accounts.models import Session
from sectors.models import Figure
from tests import base
from tests.browser.steps import cell, keys, open_sheet, reach, serious, sign_in, sign_in_in_another_tab, state

pytestmark = pytest.mark.browser

GOOD = "Kx7-steppe-wind"


def idle(minutes):
    Session.objects.update(seen=timezone.now() - datetime.timedelta(minutes=minutes))


def test_the_end_is_told_before_it_comes_and_a_key_keeps_the_session(page, cast):
    sign_in(page, "clerk")
    page.clock.install()
    page.reload()
    idle(57)
    page.clock.fast_forward("56:00")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 分钟后")
    expect(page.get_by_role("button", name="继续使用")).to_be_focused()
    assert serious(page) == []
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert Session.objects.get().seen > timezone.now() - datetime.timedelta(minutes=1)


def test_the_other_tab_keeps_the_session_so_that_nothing_is_told(page, cast):
    sign_in(page, "clerk")
    page.clock.install()
    page.reload()
    with page.expect_response("**/account/session/"):
        page.clock.fast_forward("56:00")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_cells_that_were_typed_after_the_end_are_saved_after_the_next_sign_in(page, cast):
    sheet = base.submission(cast.county)
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    idle(61)
    cell(page, "food.task").focus()
    keys(page, "50", "[Enter]", "40")
    expect(page.locator("#trouble")).to_be_visible()
    sign_in_in_another_tab(page)
    state(page, "food.task", "saved")
    state(page, "food.done", "saved")
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {"food.task": 50, "food.done": 40}


def test_a_part_of_a_page_that_is_asked_for_after_the_end_brings_the_dialog(page, cast):
    sheet = base.submission(cast.county)
    sign_in(page, "head")
    page.goto(reverse("submission", args=[sheet.pk]))
    idle(61)
    page.locator(".cell-link").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("登录已结束")
    assert serious(page) == []
    sign_in_in_another_tab(page, "head")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator(".cell-link").first.click()
    expect(page.locator("#cell-panel .cell")).to_be_visible()


def test_somebody_else_who_signs_in_in_another_tab_is_told(page, cast):
    sign_in(page, "clerk")
    Session.objects.all().delete()
    sign_in_in_another_tab(page, "head")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("dialog")).to_contain_text("另一人登录")


def test_a_form_that_is_sent_after_the_end_comes_back_filled(page, cast):
    sign_in(page, "clerk")
    address = reverse("new-inspections")
    page.goto(address)
    page.fill("[name=premises]", "云泽面粉厂")
    page.fill("[name=found]", "未公示许可证")
    page.locator("[name=premises_type]").select_option(index=2)
    kind = page.locator("[name=premises_type]").input_value()
    page.evaluate("document.querySelector('.record-form').noValidate = true")
    idle(61)
    page.get_by_role("button", name="保存", exact=True).click()
    page.fill("#id_username", "clerk")
    page.fill("#id_password", base.PASSWORD)
    page.press("#id_password", "Enter")
    expect(page.locator("main .notice", has_text="没有保存")).to_be_visible()
    assert page.url.endswith(address)
    for name, value in [("premises", "云泽面粉厂"), ("found", "未公示许可证"), ("premises_type", kind)]:
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    page.reload()
    expect(page.locator("[name=premises]")).to_have_value("")


def test_a_form_of_before_is_sent_after_a_sign_in_in_another_tab(page, cast):
    """The token that it was made with is an old one by then."""
    sign_in(page, "head")
    clerk = base.user("clerk", cast.market, "colleague")
    page.goto(reverse("deputy"))
    page.locator("[name=person]").select_option(str(clerk.pk))
    page.fill("[name=last_day]", (timezone.localdate() + datetime.timedelta(days=3)).isoformat())
    Session.objects.all().delete()
    sign_in_in_another_tab(page, "head")
    page.get_by_role("button", name="指定代签人").click()
    expect(page.locator(".messages .success")).to_be_visible()


def test_what_was_stored_does_not_come_back(page, cast):
    sign_in(page, "head")
    clerk = base.user("clerk", cast.market, "colleague")
    page.goto(reverse("deputy"))
    page.locator("[name=person]").select_option(str(clerk.pk))
    page.fill("[name=last_day]", (timezone.localdate() + datetime.timedelta(days=3)).isoformat())
    page.get_by_role("button", name="指定代签人").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.wait_for_function("sessionStorage.getItem('zhibao:form') === null")


def test_after_signing_out_the_back_button_shows_nothing_of_the_person(page, cast):
    sign_in(page, "clerk")
    page.goto(reverse("account"))
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("#id_username")).to_be_visible()
    for _time in range(2):
        page.go_back()
        expect(page.locator("#id_username")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("云泽县")


@pytest.mark.parametrize("width", [1366, 390])
def test_a_first_password_is_exchanged_by_keyboard(page, cast, width):
    page.set_viewport_size({"width": width, "height": 844})
    given = passwords.give_one_time(cast.clerk)
    page.goto(reverse("login"))
    keys(page, "clerk", "[Tab]", given, "[Enter]")
    expect(page.get_by_role("heading", level=1, name="修改密码")).to_be_visible()
    assert serious(page) == []
    reach(page, page.locator("#id_old_password"))
    keys(page, given, "[Tab]", GOOD, "[Tab]", GOOD, "[Enter]")
    expect(page.locator(".messages .success")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="我的账号")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_who_is_locked_out_reads_for_how_long(page, cast):
    page.goto(reverse("login"))
    for _time in range(5):
        page.fill("#id_username", "clerk")
        page.fill("#id_password", "wrong")
        page.press("#id_password", "Enter")
        page.wait_for_load_state()
    expect(page.get_by_role("alert")).to_contain_text("15分钟")
    assert serious(page) == []
