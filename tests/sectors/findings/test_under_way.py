"""Before an office raises a check it sees which sheets have gone out that would not have."""

import pytest
from django.urls import reverse

from sectors.approval import moves
from sectors.findings import reasons, severities, storage
from sectors.findings.under_way import under_way
from sectors.models import StoredFinding, Submission
from tests import base
from tests.sectors.findings.test_follow import rule
from tests.sectors.findings.test_severities import set_to

pytestmark = pytest.mark.django_db


def sheets(cast, code):
    check = severities.find(cast.county, "rule", code)
    assert check
    return {one.submission.pk: one.severities for one in under_way(cast.county, check)}


@pytest.fixture
def hinted(cast):
    """A rule that its office lowered to a hint, and a sheet that goes out with it."""
    code = rule("food.firms > 9")
    set_to(cast, "hint", code=code)
    base.report(cast.county, "2023Q1", {"food.firms": "5"}, "draft")
    return code


@pytest.mark.parametrize(("status", "is_listed"), [("draft", False), ("submitted", True), ("signed", True)])
def test_what_is_under_way_is_listed_with_what_would_stop_it(cast, hinted, status, is_listed):
    sheet = base.take_to(status, cast, base.submission(cast.county))
    storage.refresh(sheet)
    assert sheets(cast, hinted) == ({sheet.pk: ["error", "warning"]} if is_listed else {})
    assert sheets(cast, rule("food.firms > 7")) == {}


def test_what_is_accepted_is_not(cast, hinted):
    base.take_to("accepted", cast, base.submission(cast.county))
    assert sheets(cast, hinted) == {}


def test_what_was_explained_is_stopped_by_an_error_only_and_an_error_by_nothing_graver(cast):
    code = rule("food.firms > 9")
    base.report(cast.county, "2023Q1", {"food.firms": "5"}, "draft")
    sheet = base.submission(cast.county)
    storage.refresh(sheet)
    reasons.explain(finding=StoredFinding.objects.get(rule=code), by=cast.clerk, text="两家企业已经停产")
    base.take_to("signed", cast, sheet)
    assert sheets(cast, code) == {sheet.pk: ["error"]}
    set_to(cast, "error", code=code)
    storage.refresh_open(cast.county)
    assert sheets(cast, code) == {}  # nothing is graver


def test_the_page_lists_them_for_the_office_of_the_region(client, cast, hinted):
    base.take_to("signed", cast, base.submission(cast.county))
    address = f"{reverse('check', args=['rule'])}?rule={hinted}"
    client.force_login(cast.office)
    page = base.html(client.get(address))
    assert "已报送的报表" in page
    assert reverse("submission", args=[Submission.objects.get().pk]) in page
    client.force_login(cast.outsider_office)
    assert "已报送的报表" not in base.html(client.get(address))


def test_many_cost_no_more_queries_than_few(cast, hinted):
    def queries():
        check = severities.find(cast.county, "rule", hinted)
        assert check
        return base.queries(lambda: under_way(cast.county, check))

    base.take_to("signed", cast, base.submission(cast.county))
    few = queries()
    for quarter in range(2, 5):
        base.report(cast.county, f"2023Q{quarter}", {"food.firms": "5"}, "draft")
        sheet = base.submission(cast.county, "T-01", f"2023Q{quarter}")
        base.complete(sheet)
        storage.refresh(sheet)
        Submission.objects.filter(pk=sheet.pk).update(status="signed")
    assert queries() == few
    assert len(sheets(cast, hinted)) == 4


def test_they_go_on_all_the_same(cast, hinted):
    sheet = base.take_to("signed", cast, base.submission(cast.county))
    set_to(cast, "error", code=hinted)
    assert moves.move(submission=sheet, action="accept", by=cast.office).status == "accepted"
