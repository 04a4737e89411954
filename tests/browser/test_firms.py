"""A clerk inspects a firm that is chosen from the register by keyboard; the coverage of the year goes up."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from inspections.models import Inspection
from tests.browser.steps import keys, reach, serious, sign_in
from tests.inspections.firms_made import code, firm

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def schools(cast):
    """Two of one name, which only their townships and codes tell apart, and another one."""
    firm(cast, "红旗小学", township="甲乡")
    firm(cast, "红旗小学", township="乙乡", code=code("5265"))
    firm(cast, "城北中学")


def covered(page, text):
    page.goto(reverse("firm-coverage"))
    expect(page.locator("table.coverage tbody tr").first).to_contain_text(text)


def test_a_firm_is_chosen_by_keyboard_and_counts_as_inspected(page, cast, schools):
    sign_in(page, "clerk")
    covered(page, "0 / 3")
    page.goto(reverse("new-inspections"))
    page.locator("#id_premises_type").select_option("school")
    page.locator("#id_sector").select_option(label=page.locator("#id_sector option").last.inner_text())
    premises = page.locator("#id_premises")
    reach(page, premises)
    keys(page, "红旗")
    options = page.get_by_role("option").filter(has_text="红旗小学")
    expect(options).to_have_count(2)
    keys(page, "[ArrowDown]", "[ArrowDown]")
    marked = page.locator('.firm-options [aria-selected="true"]')
    expect(marked).to_contain_text("乙乡")
    expect(premises).to_have_attribute("aria-activedescendant", marked.get_attribute("id"))
    keys(page, "[Enter]")
    expect(premises).to_have_value("红旗小学")
    expect(premises).to_have_attribute("aria-expanded", "false")
    keys(page, "[Enter]")  # now it stores
    expect(page.locator(".messages .success")).to_contain_text("红旗小学")
    made = Inspection.objects.get()
    assert made.firm
    assert (made.firm.township, made.held_on) == ("乙乡", timezone.localdate())
    covered(page, "1 / 3")


def test_a_text_that_is_no_firm_is_stored_as_it_is_typed(page, cast, schools):
    sign_in(page, "clerk")
    page.goto(reverse("new-inspections"))
    page.locator("#id_premises_type").select_option("school")
    page.locator("#id_sector").select_option(label=page.locator("#id_sector option").last.inner_text())
    premises = page.locator("#id_premises")
    premises.focus()
    keys(page, "城北中学")
    expect(page.locator(".firm-options li")).to_have_count(1)
    keys(page, "[ArrowDown]", "[Enter]", "食堂")
    expect(page.locator(".firm-options")).to_be_hidden()
    keys(page, "[Escape]", "[Enter]")
    expect(page.locator(".messages .success")).to_contain_text("城北中学食堂")
    made = Inspection.objects.get()
    assert (made.premises, made.firm) == ("城北中学食堂", None)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_pages_of_the_register_fit_and_can_be_used_by_all(page, cast, schools, width):
    sign_in(page, "office")
    page.set_viewport_size({"width": width, "height": 844})
    for name in ("firms", "new-firm", "firm-coverage", "firm-matching", "import-firms"):
        page.goto(reverse(name))
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert serious(page) == [], name
