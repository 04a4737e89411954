"""From the administrator's list to the first sheet: a link, a password of one's own, a cell that is stored."""

import pytest
from playwright.sync_api import expect

from sectors.models import User
from tests import base
from tests.browser.steps import cell, keys, open_sheet, reach, serious, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OWN = "Kx7-steppe-wind"


@pytest.mark.parametrize("width", [1366, 390])
def test_whoever_is_invited_chooses_a_password_and_fills_a_sheet(page, cast, width):
    sheet = base.submission(cast.county)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, "admin")
    page.goto("/admin/sectors/user/add/")
    page.get_by_label("用户名").fill("13900000001")
    page.get_by_label("姓氏").fill("赵")
    page.get_by_label("名字").fill("敏")
    page.get_by_label("部门").select_option(str(cast.market.pk))
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="邀请", exact=True)).to_be_visible()
    expect(page.get_by_alt_text("链接的二维码")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    link = page.locator(".slips code").inner_text()

    page.goto(link)
    expect(page.get_by_role("heading", name="这是给别人的邀请")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("main").get_by_role("button", name="退出登录").click()
    page.goto(link)
    expect(page.get_by_role("heading", name="赵敏，您好")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    for field in ("新密码", "新密码确认"):
        reach(page, page.get_by_label(field, exact=True))
        keys(page, OWN)
    keys(page, "[Enter]")
    expect(page.get_by_text("密码已设置")).to_be_visible()

    open_sheet(page, sheet)
    cell(page, "food.done").fill("7")
    cell(page, "food.done").press("Enter")
    state(page, "food.done", "saved")
    changed = sheet.changes.get()
    assert (changed.new, changed.by) == ("7", User.objects.get(username="13900000001"))

    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_role("heading", name="链接无效")).to_be_visible()
