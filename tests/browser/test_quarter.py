"""A quarter from its opening to the last acceptance, with a return, an urge and an extension in between."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from sectors.calendar import workdays
from sectors.models import Extension, Figure, Notice, Period, Submission, Transition, Urge
from sectors.reminders import urging
from tests import base
from tests.browser.steps import cell, open_sheet, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill(page, code, text):
    cell(page, code).fill(text)
    page.keyboard.press("Enter")
    state(page, code, "saved")


def submit(page):
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .success")).to_be_visible()


def press(page, action):
    page.locator(f'button[name="action"][value="{action}"]').click()
    expect(page.locator(".messages .success")).to_be_visible()


def review(page, who, submission):
    sign_in(page, who)
    page.goto(reverse("submission", args=[submission.pk]))


def test_the_list_of_sheets_follows_the_frequency_of_the_chosen_year(page, cast):
    base.report_otherwise("T-01", "month", 2024, "quarter")
    sign_in(page, "office")
    page.goto(reverse("open-period"))
    page.get_by_label("只发下面勾选的报表").check()
    listed = page.locator("#sheets label:visible")
    for year, kind, numbers in (
        ("2024", "quarter", ["T-01", "T-02"]),
        ("2025", "quarter", ["T-02"]),
        ("2025", "month", ["T-01"]),
        ("2024", "month", []),
        ("2024", "year", ["T-03"]),
    ):
        page.fill("#id_year", year)
        page.select_option("#id_kind", kind)
        expect(listed).to_have_count(len(numbers))
        assert [text.split()[0] for text in listed.all_inner_texts()] == numbers


def test_a_quarter(page, cast):
    # The office opens it; the sheets go out at once, for the day has come.
    sign_in(page, "office")
    page.goto(reverse("open-period"))
    for name, text in {"year": "2024", "number": "1", "opens": "2024-04-01", "due": "2024-04-13"}.items():
        page.fill(f"#id_{name}", text)
    page.locator("form.panel button.primary").click()
    expect(page.locator(".field-error")).to_contain_text("2024-04-15")  # the 13th is a Saturday
    page.fill("#id_due", "2024-04-15")
    page.locator("form.panel button.primary").click()
    expect(page.locator(".owing tbody tr")).to_have_count(2)
    period = Period.objects.get()
    food, water = (Submission.objects.get(sheet__number=number) for number in ("T-01", "T-02"))

    # One department fills and signs; the office returns two cells and locks the rest.
    sign_in(page, "clerk")
    open_sheet(page, food)
    for code, text in {"food.task": "50", "food.done": "40", "food.firms": "7"}.items():
        fill(page, code, text)
    submit(page)
    review(page, "head", food)
    press(page, "sign")
    review(page, "office", food)
    page.keyboard.press("m")
    expect(page.locator("#name-cells")).to_have_attribute("aria-pressed", "true")
    for code in ("done", "firms", "task"):
        page.locator(f"#cell-food-{code}").click()
    page.locator("#chips button", has_text="抽检任务").click()  # not this one after all
    expect(page.locator("#chips button")).to_have_count(2)
    page.check('#return [name="only_cells"]')
    page.fill("#reason", "请核对完成数和企业数")
    press(page, "return")

    # The clerk hears of it, finds only those cells open, mends one and answers for the other.
    sign_in(page, "clerk")
    expect(page.locator(".bell .count")).to_contain_text("1")
    page.locator(".bell").click()
    page.locator(".notices button").click()
    expect(page.locator(".named-cells li")).to_have_count(2)
    page.locator("#cell-food-firms a").click()
    page.fill("#comment-text", "企业数与登记一致，没有变化。")
    page.locator("form.say button").click()
    expect(page.locator("#cell-panel .thread li")).to_have_count(1)
    open_sheet(page, food)
    expect(cell(page, "food.task")).not_to_be_editable()
    fill(page, "food.done", "41")
    submit(page)
    expect(page.locator(".bell .count")).to_have_count(0)  # dealt with
    review(page, "head", food)
    press(page, "sign")

    # The office sees what changed and what was answered, and accepts.
    review(page, "office", food)
    expect(page.locator("#cell-food-done s")).to_have_text("40")
    expect(page.locator(".named-cells")).to_contain_text("企业数与登记一致")
    expect(page.locator("td.changed")).to_have_count(1)
    press(page, "accept")

    # The other department is late: it is urged, the period closes on it, and it gets an extension.
    page.goto(reverse("period", args=[period.pk]))
    expect(page.locator(".owing tbody tr")).to_have_count(1)
    page.fill("#note", "请于本周内报送。")
    page.locator(".owing .note button").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.goto(reverse("edit-period", args=[period.pk]))
    page.fill("#id_closes", "2024-04-19")
    page.fill("#id_reason", "按市里要求关闭")
    page.locator("form.panel button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()
    Notice.objects.filter(at__gt=timezone.now()).update(at=timezone.now())  # it waits while it may be undone
    sign_in(page, "outsider_clerk")
    page.locator(".bell").click()
    expect(page.locator(".notices li.unread", has_text="按市里要求关闭")).to_have_count(1)
    urged = page.locator(".notices li.unread", has_text="请于本周内报送。")
    urged.get_by_role("button").click()
    expect(page.locator(".notice.lock")).to_contain_text("2024-04-19")
    expect(page.locator(f'a[href="{reverse("sheet", args=[water.pk])}"]')).to_have_count(0)
    review(page, "office", water)
    page.locator(".notice.lock a").click()
    page.fill("#id_until", workdays.after(timezone.localdate(), 2).isoformat())
    page.fill("#id_reason", "汛期抢险，人员不足")
    page.locator("form.panel button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()
    sign_in(page, "outsider_clerk")
    open_sheet(page, water)
    fill(page, "water.tests", "12")
    submit(page)

    # It needs no signature and is clean: the office accepts it from its queue, and nothing is left.
    sign_in(page, "office")
    page.goto(reverse("queue"))
    expect(page.locator('input[name="submissions"]')).to_have_count(1)
    page.locator("form.queue button.primary").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.goto(reverse("period", args=[period.pk]))
    expect(page.locator("dl.facts")).to_contain_text("2/2")
    expect(page.locator(".owing")).to_have_count(0)

    assert dict(Figure.objects.values_list("indicator__code", "value")) == {
        "food.task": 50,
        "food.done": 41,
        "food.firms": 7,
        "water.tests": 12,
    }
    assert list(Transition.objects.filter(submission=food).values_list("new", flat=True)) == [
        *("submitted", "signed", "returned", "submitted", "signed", "accepted")
    ]
    assert [(u.department, u.by) for u in Urge.objects.all()] == [(cast.water, cast.office)]
    assert [(e.department, e.submission) for e in Extension.objects.all()] == [(cast.water, water)]


@pytest.mark.parametrize("width", [390, 1366])
def test_the_pages_of_a_quarter_fit_their_width_and_axe_finds_nothing_serious(page, cast, width):
    sheet, other = (base.submission(cast.county, number) for number in ("T-01", "T-02"))
    urging.urge(period=sheet.period, departments=[cast.market.pk, cast.water.pk], by=cast.office)
    base.take_to("signed", cast, sheet)
    page.set_viewport_size({"width": width, "height": 900})
    pages = {
        "office": [
            reverse("period", args=[sheet.period_id]),
            reverse("open-period"),
            reverse("copy-calendar"),
            reverse("edit-period", args=[sheet.period_id]),
            reverse("extend", args=[sheet.period_id]),
            reverse("queue"),
            reverse("submission", args=[sheet.pk]),
        ],
        "outsider_clerk": [reverse("notices"), reverse("submission", args=[other.pk])],
        "head": [reverse("deputy")],
    }
    found = []
    for who, addresses in pages.items():
        sign_in(page, who)
        for address in addresses:
            assert page.goto(address).status == 200, address
            if address == reverse("submission", args=[sheet.pk]):
                page.keyboard.press("m")
                expect(page.locator("#reason")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
            violations = Axe().run(page).response["violations"]
            grave = [v for v in violations if v["impact"] in ("serious", "critical")]
            found += [(address, v["id"], v["nodes"][0]["html"]) for v in grave]
    assert found == []


def test_the_queue_is_gone_through_by_keyboard(page, cast):
    sheets = [base.submission(cast.county, "T-02", f"{year}Q1", "submitted") for year in (2021, 2022, 2023)]
    review(page, "office", sheets[0])
    for key, number in (("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        page.wait_for_url(f"**{reverse('submission', args=[sheets[number].pk])}")
    page.locator("#send-back summary").click()
    page.fill("#reason", "jjkkmaa")  # letters, while somebody writes
    assert page.url.endswith(reverse("submission", args=[sheets[1].pk]))
    expect(page.locator("#name-cells")).to_have_attribute("aria-pressed", "true")
    page.locator("#name-cells").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#name-cells")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(page.locator("#send-back")).not_to_have_attribute("open", "")


def test_fifteen_clean_sheets_take_a_minute(page, cast):
    """Two keys a sheet: A goes to the button, Enter presses it, and the next one stands there."""
    sheets = [base.submission(cast.county, "T-02", f"{year}Q1", "submitted") for year in range(2009, 2024)]
    review(page, "office", sheets[0])
    begun = time.monotonic()
    for left in range(len(sheets), 0, -1):
        expect(page.locator(".decide .clean")).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator('.decide button[value="accept"]')).to_be_focused()
        page.keyboard.press("Enter")
        if left > 1:
            page.wait_for_url(f"**{reverse('submission', args=[sheets[len(sheets) - left + 1].pk])}")
    expect(page.get_by_role("heading", level=1, name="我的工作")).to_be_visible()
    assert time.monotonic() - begun < 60
    assert Submission.objects.filter(status="accepted").count() == 15


def test_cells_are_named_with_the_keyboard_alone(page, cast):
    sheet = base.submission(cast.county, "T-02", status="submitted")
    review(page, "office", sheet)
    page.locator('.name-cell[value="water.tests"]').evaluate("box => box.id = 'box'")
    expect(page.locator("#box")).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator("#box")).to_be_visible()
    page.locator("#box").press("Space")
    expect(page.locator("#chips button")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#box")).to_be_hidden()
    page.fill("#reason", "请核对检测数")
    press(page, "return")
    step = Transition.objects.get()
    assert [indicator.code for indicator in step.cells.all()] == ["water.tests"]
    assert not step.only_cells
    assert Notice.objects.get().to == cast.outsider_clerk
