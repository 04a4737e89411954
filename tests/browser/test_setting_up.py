"""A county is set up from nothing by an administrator who has its Excel files, and nothing else."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Assignment, Department, User
from sectors.vocabulary import Role
from tests import base
from tests.browser.steps import serious, sign_in
from tests.counties import hefeng

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def excel(name, data):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def step(page, number):
    """The link of a step of 初始设置."""
    page.goto(reverse("setup"))
    page.locator("ol.setup li").nth(number).locator("a.button").click()


def test_from_an_empty_database_to_people_who_can_sign_in(page, media, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", base.PASSWORD)
    call_command("createsuperuser", username="root", interactive=False)
    sign_in(page, "root")
    step(page, 0)
    page.fill("#id_code", hefeng.REGION["code"])
    page.fill("#id_name", hefeng.REGION["name"])
    page.select_option("#id_level", "county")
    page.locator("input[name=_save]").click()

    people = excel("名单.xlsx", hefeng.people())
    step(page, 1)
    page.set_input_files("input[type=file]", people)
    page.locator(".submit-row input[type=submit]").click()
    expect(page.locator(".import-preview tbody tr")).to_have_count(3)
    expect(page.locator(".import-preview del")).to_have_count(0)
    assert serious(page) == []
    page.locator("input[name=confirm]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert Department.objects.get(code="office").name == hefeng.OFFICE

    page.goto(reverse("choose-form"))
    name = "房屋市政工程质量监督季报.xlsx"
    page.set_input_files("input[type=file]", excel(name, hefeng.FORMS[name]()))
    page.get_by_role("button", name="上传并识别").click()
    page.select_option("#id_chapter", "engineering")
    page.get_by_role("button", name="查看载入后的变化").click()
    page.get_by_role("button", name="载入", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert Assignment.objects.get().department.name == hefeng.HOUSING

    step(page, 4)
    page.set_input_files("input[type=file]", people)
    page.locator(".submit-row input[type=submit]").click()
    expect(page.get_by_text("住房和城乡建设局 (d02)")).to_have_count(2)
    page.locator("input[name=confirm]").click()
    expect(page.get_by_text("13800010001")).to_be_visible()
    assert [*User.objects.filter(role=Role.HEAD).order_by("pk").values_list("last_name", flat=True)] == ["欧阳", "谭"]
    page.goto(reverse("setup"))
    expect(page.locator("ol.setup li:not(.done)")).to_have_count(1)  # the first period, which the office opens
