"""What the second of two people sees who have one page open."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from inspections import records
from inspections.models import SamplingBatch
from tests import base
from tests.browser.steps import serious, sign_in
from tests.inspections.recorded import batch

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_are_seen_and_mine_is_saved_over_it_knowingly(page, cast):
    made = batch(cast, samples=4, note="初稿")
    sign_in(page, "clerk")
    page.goto(reverse("change-batches", args=[made.pk]))
    found = SamplingBatch.objects.get(pk=made.pk)
    found.note = "同事写的备注"
    records.save(found, by=base.user("clerk", cast.market, "colleague"))
    page.fill("[name=note]", "我写的备注")
    page.click("button.primary")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("colleague")
    expect(conflict.locator("tbody tr")).to_have_count(1)
    expect(conflict.locator("td")).to_have_text(["同事写的备注", "我写的备注"])
    expect(page.locator("[name=note]")).to_have_value("我写的备注")
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="用我的覆盖").click()
    page.wait_for_url(f"**{reverse('batches')}")
    found.refresh_from_db()
    assert found.note == "我写的备注"
