"""The administration in a browser: clean under the content security policy and for axe, desktop and phone."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from sectors.models import User
from tests import base
from tests.browser.steps import serious, sign_in

pytestmark = pytest.mark.browser

HEADS = "用户名,姓氏,名字,电子邮件,区划代码,部门代码,角色,有效\n"


def choose(page, text):
    page.goto("/admin/sectors/user/import/")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    page.set_input_files("[name=import_file]", file)
    page.get_by_role("button", name="先看会改什么").click()


def test_people_are_imported_after_a_wrong_file_was_mended(page, cast):
    sign_in(page, "admin")
    choose(page, HEADS + "zhao,赵,敏,,990101,nowhere,填报员,是\n")
    expect(page.locator(".import-preview .errorlist")).to_contain_text("没有代码或名称为 nowhere 的部门")
    assert serious(page) == []
    choose(page, HEADS + "zhao,赵,敏,,990101,market,填报员,是\n")
    expect(page.locator(".import-preview tr.new")).to_contain_text("zhao")
    assert serious(page) == []
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("heading", name="邀请", exact=True)).to_be_visible()
    assert serious(page) == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="保存为 Excel 文件").click()
    assert saved.value.suggested_filename == "邀请.xlsx"
    (_heads, line) = load_workbook(BytesIO(saved.value.path().read_bytes())).active.values
    assert line[3] == page.locator(".slips code").inner_text()
    assert not User.objects.get(username="zhao").has_usable_password()


@pytest.mark.parametrize("width", [1366, 390])
def test_pages_of_the_administration_are_clean(page, cast, width):
    base.submission(cast.county)
    sign_in(page, "admin")
    page.set_viewport_size({"width": width, "height": 844})
    market = cast.market.pk
    for path in (
        *("", "sectors/indicator/", "sectors/user/", "sectors/user/export/", f"sectors/department/{market}/change/"),
        *(f"sectors/department/{market}/history/", f"sectors/department/{market}/delete/", "sectors/user/add/"),
    ):
        page.goto(f"/admin/{path}")
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
