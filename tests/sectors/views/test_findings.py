"""Pages about findings: who sees which, who may say what where, and nothing typed is lost."""

import re

import pytest
from django.urls import reverse

from sectors.findings import reasons, storage
from sectors.models import CatalogueVersion, FindingNote, Rule, Sector, StoredFinding
from tests import base

pytestmark = pytest.mark.django_db

WRONG = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
CUT_OFF = {"food.done": "9", "food.passed": "8", "food.rate": "88.8"}
WHY = "1批次由乡镇抽检，尚未分环节"
HTMX = {"HX-Request": "true"}


def found_in(region, figures=None, in_period="2023Q1", status="draft"):
    base.report(region, in_period, WRONG if figures is None else figures, status)
    (found,) = storage.refresh(base.submission(region, in_period=in_period, status=status))
    return found


@pytest.fixture
def error(cast):
    return found_in(cast.county)


def address(name, found):
    return reverse(name, args=[found.submission_id, found.key])


def words(found, text=WHY, **more):
    return {f"reason-{found.key}": text, f"basis-{found.key}": found.basis, **more}


def listed(client, **chosen):
    answer = client.get(reverse("findings"), chosen)
    assert answer.status_code == 200
    return [row.finding for row in answer.context["findings"]]


# The list


@pytest.mark.parametrize(
    ("who", "count"),
    [
        ("clerk", 1),
        ("head", 1),
        ("office", 2),
        ("leader", 2),
        ("admin", 3),
        ("outsider_clerk", 1),
        ("outsider_office", 1),
    ],
)
def test_everyone_sees_the_findings_of_their_scope(client, cast, error, who, count):
    Rule.objects.create(
        sector=Sector.objects.get(code="water"), code="water.few", expression="water.tests > 9", message="过少",
        severity="warning",
    )  # fmt: skip
    CatalogueVersion.objects.renew()
    base.report(cast.county, "2023Q1", {"water.tests": "1"}, "draft")
    storage.refresh(base.submission(cast.county, "T-02"))
    found_in(cast.other_county)
    client.force_login(getattr(cast, who))
    assert len(listed(client)) == count


def test_the_list_needs_a_sign_in_and_is_only_read(client, cast):
    assert client.get(reverse("findings")).url.startswith(reverse("login"))
    client.force_login(cast.office)
    assert client.post(reverse("findings")).status_code == 405


def test_the_list_is_narrowed_down(client, cast, error):
    warning = found_in(cast.county, CUT_OFF, "2023Q2")
    mended = found_in(cast.county, in_period="2023Q3")
    base.report(cast.county, "2023Q3", {"food.done": "6"}, "draft")
    storage.refresh(mended.submission)
    base.submission(cast.county, "T-02")
    client.force_login(cast.office)
    assert set(listed(client)) == {error, warning}
    assert listed(client, period=error.period_id) == [error]
    assert listed(client, severity="warning") == [warning]
    assert listed(client, state="mended") == [mended]
    assert listed(client, department=cast.water.pk) == []
    assert set(listed(client, department=cast.market.pk)) == {error, warning}
    assert set(listed(client, sector=Sector.objects.get(code="food").pk)) == {error, warning}
    assert listed(client, sector=Sector.objects.get(code="food").pk, severity="error", state="open") == [error]
    reasons.explain(finding=error, text=WHY, by=cast.clerk)
    assert listed(client, state="explained") == [error]


@pytest.mark.parametrize("odd", ["²", "-1", "x", "9" * 30, "0"])
def test_odd_values_in_the_address_narrow_nothing(client, cast, error, odd):
    client.force_login(cast.office)
    for name in ("department", "sector", "period", "severity", "state", "page"):
        assert listed(client, **{name: odd}) == [error]


def test_the_list_counts_what_is_left_to_do_and_whose_turn_it_is(client, cast, error):
    found_in(cast.county, CUT_OFF, "2023Q2")
    waiting = found_in(cast.county, in_period="2023Q3")
    reasons.explain(finding=waiting, text=WHY, by=cast.clerk)
    client.force_login(cast.office)
    answer = client.get(reverse("findings"))
    assert answer.context["counts"] == {"errors": 1, "waiting": 1, "warnings": 1}
    asked = {row.finding: row.is_asked for row in answer.context["findings"]}
    assert [finding for finding, is_asked in asked.items() if is_asked] == [waiting]


def test_the_list_has_pages(client, cast, error):
    sector = Sector.objects.get(code="food")
    for n in range(30):
        rule = {"code": f"food.r{n}", "expression": "food.done > 9", "severity": "warning", "message": f"少{n}"}
        Rule.objects.create(sector=sector, **rule)
    CatalogueVersion.objects.renew()
    storage.refresh(error.submission)
    client.force_login(cast.office)
    assert len(listed(client)) == 25
    assert len(listed(client, page=2)) == 6
    text = client.get(reverse("findings"), {"severity": "warning"}).content.decode()
    assert "?severity=warning&amp;page=2" in text


@pytest.mark.parametrize("reader", ["office", "clerk"])
def test_the_queries_of_the_list_do_not_grow(client, cast, reader):
    def queries():
        return base.queries(lambda: client.get(reverse("findings")))

    for year in (2001, 2002):
        reasons.explain(finding=found_in(cast.county, in_period=f"{year}Q1"), text=WHY, by=cast.clerk)
    client.force_login(getattr(cast, reader))
    few = queries()
    for year in range(2003, 2021):
        reasons.explain(finding=found_in(cast.county, in_period=f"{year}Q1"), text=WHY, by=cast.clerk)
    assert StoredFinding.objects.count() == 20
    assert queries() == few


def test_a_finding_says_that_its_figures_have_changed_since(client, cast, error):
    client.force_login(cast.office)
    mark = "figures have changed since"
    client.cookies["django_language"] = "en"
    assert mark not in client.get(reverse("findings")).content.decode()
    base.report(cast.county, "2023Q1", {"food.done": "8"}, "draft")
    assert mark in client.get(reverse("findings")).content.decode()
    client.force_login(cast.clerk)
    client.post(reverse("sheet-findings", args=[error.submission_id]))
    assert mark not in client.get(reverse("findings")).content.decode()


@pytest.mark.parametrize("page", ["submission", "sheet-findings"])
def test_a_page_shows_what_stands_now_and_leaves_the_record_as_it_is(client, cast, error, page):
    """A reason stays with the figures that it is about, whether it is looked at or judged again."""
    reasons.explain(finding=error, text=WHY, by=cast.clerk)
    before = list(StoredFinding.objects.values())
    base.report(cast.county, "2023Q1", {"food.done": "9", "food.passed": "10"}, "draft")
    client.force_login(cast.clerk)
    address = reverse(page, args=[error.submission_id])
    text = client.get(address).content.decode()
    assert "填报的是 9" in text
    assert text.count('class="finding error"') == 2
    assert "现在的数据已有变动" not in text
    assert list(StoredFinding.objects.values()) == before
    base.report(cast.county, "2023Q1", {"food.done": "6", "food.passed": "5"}, "draft")
    assert 'class="finding' not in client.get(address).content.decode()
    assert list(StoredFinding.objects.values()) == before


def test_after_a_cell_was_saved_the_sheet_has_its_findings_put_on_record(client, cast, error):
    address = reverse("sheet-findings", args=[error.submission_id])
    base.report(cast.county, "2023Q1", {"food.done": "6"}, "draft")
    for who, status in [(cast.head, 403), (cast.office, 403), (cast.outsider_clerk, 404), (cast.clerk, 200)]:
        client.force_login(who)
        assert client.post(address).status_code == status
        error.refresh_from_db()
        assert error.state == ("mended" if who == cast.clerk else "open")


def test_what_is_not_on_record_yet_can_be_explained_where_it_is_seen(client, cast):
    """As after a rule was changed: the submission is accepted, and nothing is written to it."""
    base.report(cast.county, "2023Q1", CUT_OFF)
    sheet = base.submission(cast.county, status="accepted")
    client.force_login(cast.clerk)
    (row,) = client.get(reverse("submission", args=[sheet.pk])).context["findings"]
    assert (row.finding.pk, row.can_explain, row.notes, row.old_notes) == (None, True, [], [])
    answer = client.post(address("finding-reason", row.finding), words(row.finding, "总结材料按截尾列出"), headers=HTMX)
    assert base.html(answer).startswith(f'<li id="finding-{row.finding.key}"')
    assert FindingNote.objects.get().finding == StoredFinding.objects.get()
    base.report(cast.county, "2023Q1", {"food.rate": "88.9"})
    assert client.post(address("finding-reason", row.finding), words(row.finding)).status_code == 409


def test_cells_are_linked_where_they_can_be_mended_or_read(client, cast, error):
    anchor = "#cell-food-done-farm"
    for who, link in [
        (cast.clerk, reverse("sheet", args=[error.submission_id]) + anchor),
        (cast.head, reverse("submission", args=[error.submission_id]) + "?cell=food.done.farm" + anchor),
    ]:
        client.force_login(who)
        assert f'href="{link}"' in client.get(reverse("findings")).content.decode()


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader", "admin"])
def test_the_navigation_of_every_role_leads_there(client, cast, who):
    client.force_login(getattr(cast, who))
    text = base.html(client.get(reverse("findings")))
    assert f'href="{reverse("findings")}" aria-current="page"' in text


# What is said


@pytest.mark.parametrize(
    ("who", "reason", "verdict"),
    [
        ("clerk", 302, 403),
        ("head", 403, 403),
        ("office", 403, 302),
        ("leader", 403, 403),
        ("admin", 403, 403),
        ("outsider_clerk", 404, 404),
        ("outsider_head", 404, 404),
        ("outsider_office", 404, 404),
    ],
)
def test_who_may_say_what(client, cast, error, who, reason, verdict):
    client.force_login(getattr(cast, who))
    sent = words(error, verdict="accept")
    assert client.post(address("finding-reason", error), sent).status_code == reason
    assert FindingNote.objects.count() == (reason == 302)
    assert client.post(address("finding-verdict", error), sent).status_code == verdict
    assert FindingNote.objects.count() == (302 in (reason, verdict))


@pytest.mark.parametrize("name", ["finding-reason", "finding-verdict"])
def test_the_small_requests_are_only_posted(client, cast, error, name):
    assert client.post(address(name, error)).url.startswith(reverse("login"))
    client.force_login(cast.clerk)
    assert client.get(address(name, error)).status_code == 405


def test_a_finding_of_another_submission_is_not_there(client, cast, error):
    other = base.submission(cast.county, in_period="2023Q2")
    client.force_login(cast.clerk)
    wrong = reverse("finding-reason", args=[other.pk, error.key])
    assert client.post(wrong, words(error)).url == reverse("submission", args=[other.pk])
    assert not FindingNote.objects.exists()


def test_of_what_was_corrected_before_it_was_on_record_the_reader_is_told(client, cast):
    sheet, agrees = base.submission(cast.county), reasons.corrected_message()
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (shown,) = storage.current(sheet)
    base.report(cast.county, "2023Q1", {"food.passed": "5"}, "draft")
    client.force_login(cast.clerk)
    assert agrees in client.post(address("finding-reason", shown), words(shown), follow=True).content.decode()
    answer = client.post(address("finding-reason", shown), words(shown), headers={"hx-request": "true"})
    assert (answer.status_code, agrees in answer.content.decode()) == (409, True)
    assert f'<li id="finding-{shown.key}"' in answer.content.decode()
    assert not StoredFinding.objects.exists()


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("clerk", "finding-reason", 302),
        ("office", "finding-reason", 403),
        ("leader", "finding-reason", 403),
        ("clerk", "finding-verdict", 403),
        ("office", "finding-verdict", 302),
        ("leader", "finding-verdict", 403),
    ],
)
def test_who_may_say_nothing_is_told_nothing(client, cast, who, name, status):
    """Of a finding that does not arise any more, either."""
    client.force_login(getattr(cast, who))
    assert client.post(reverse(name, args=[base.submission(cast.county).pk, "none"])).status_code == status


def test_without_htmx_one_comes_back_to_the_finding(client, cast, error):
    client.force_login(cast.clerk)
    back = reverse("findings") + "?severity=error"
    answer = client.post(address("finding-reason", error), words(error, next=back))
    assert answer.url == f"{back}#finding-{error.key}"
    assert WHY in client.get(back).content.decode()


def test_nobody_is_led_away(client, cast, error):
    client.force_login(cast.clerk)
    for away in ("https://example.com/", "//example.com", ""):
        answer = client.post(address("finding-reason", error), words(error, next=away))
        assert answer.url == reverse("submission", args=[error.submission_id]) + f"#finding-{error.key}"


def test_with_htmx_what_was_done_is_said_at_the_head_of_the_page_once(client, cast, error):
    client.force_login(cast.clerk)
    page = client.get(reverse("submissions")).content.decode()
    assert re.search(
        r'<div role="status"[^>]*>\s*<ul class="messages" id="messages">', page
    )  # there before anything is said
    sent = client.post(address("finding-reason", error), words(error, "总结材料按截尾列出"), headers=HTMX)
    part = sent.content.decode()
    assert 'hx-swap-oob="afterbegin:#messages"' in part
    assert "原因已保存" in part
    assert "原因已保存" not in client.get(reverse("submissions")).content.decode()


def test_a_part_that_says_nothing_new_brings_no_message(client, cast, error):
    client.force_login(cast.clerk)
    refused = client.post(address("finding-reason", error), words(error, ""), headers=HTMX)
    assert refused.status_code == 422
    assert "hx-swap-oob" not in refused.content.decode()


def test_with_htmx_the_finding_comes_back_alone(client, cast, error):
    client.force_login(cast.clerk)
    text = base.html(client.post(address("finding-reason", error), words(error), headers=HTMX))
    assert text.startswith(f'<li id="finding-{error.key}"')
    assert WHY in text
    assert "等质强办认可" in text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_empty_words_come_back_as_typed_with_what_to_write_instead(client, cast, error, headers):
    client.force_login(cast.clerk)
    answer = client.post(address("finding-reason", error), words(error, "核实无误"), headers=headers)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert ">核实无误</textarea>" in text
    assert 'aria-invalid="true"' in text
    assert "没有说明原因" in text
    assert not FindingNote.objects.exists()


def test_words_for_other_figures_come_back_beside_the_new_ones(client, cast, error):
    base.report(cast.county, "2023Q1", {"food.done": "9"}, "draft")
    client.force_login(cast.clerk)
    answer = client.post(address("finding-reason", error), words(error))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert f">{WHY}</textarea>" in text
    assert "填报的是 9" in text
    error.refresh_from_db()
    assert f'value="{error.basis}"' in text
    assert client.post(address("finding-reason", error), words(error)).status_code == 302


def test_the_office_decides_on_the_page_and_a_third_word_is_none(client, cast, error):
    reasons.explain(finding=error, text=WHY, by=cast.clerk)
    client.force_login(cast.office)
    office = "已看过乡镇台账，可以保留"
    assert client.post(address("finding-verdict", error), words(error, office)).status_code == 400
    assert client.post(address("finding-verdict", error), words(error, office, verdict="perhaps")).status_code == 400
    client.post(address("finding-verdict", error), words(error, "乡镇台账里没有这一批", verdict="refuse"))
    error.refresh_from_db()
    assert error.state == "open"
    client.post(address("finding-verdict", error), words(error, office, verdict="accept"))
    error.refresh_from_db()
    assert error.state == "accepted"
    text = client.get(reverse("submission", args=[error.submission_id])).content.decode()
    assert WHY in text
    assert office in text


def test_a_page_with_many_reason_fields_stores_the_one_that_was_sent(client, cast, error):
    base.report(cast.county, "2023Q1", {"food.passed": "9"}, "draft")
    first, second = storage.refresh(error.submission)
    client.force_login(cast.clerk)
    sent = words(first) | words(second, "这一项还没有写完的半句话")
    client.post(address("finding-reason", first), sent)
    assert list(FindingNote.objects.values_list("finding", "text")) == [(first.pk, WHY)]


def test_a_submission_with_findings_says_what_is_left_and_stays_a_draft(client, cast):
    base.report(cast.county, "2023Q1", {**WRONG, "food.task": "9"}, "draft")
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    answer = base.press(client, sheet, {"then": "submit"}, page="sheet", follow=True)
    text = answer.content.decode()
    assert "1项错误需要更正" in text
    assert 'id="finding-' in text
    answer = base.press(client, sheet, {"action": "submit"})
    assert answer.status_code == 409
    assert "1项错误需要更正" in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.status == "draft"


# A period checked again


@pytest.mark.parametrize(
    ("who", "status"), [("office", 302), ("clerk", 403), ("head", 403), ("leader", 403), ("admin", 403)]
)
def test_the_office_has_a_period_checked_again(client, cast, who, status):
    base.report(cast.county, "2023Q1", WRONG, "accepted")
    period = base.period(cast.county, "2023Q1")
    client.force_login(getattr(cast, who))
    assert client.post(reverse("check-period"), {"period": period.pk}).status_code == status
    assert StoredFinding.objects.count() == (status == 302)


def test_a_period_of_another_county_is_not_checked(client, cast):
    period = base.period(cast.county, "2023Q1")
    client.force_login(cast.outsider_office)
    for pk in (period.pk, "", "x", "9" * 30):
        assert client.post(reverse("check-period"), {"period": pk}).status_code == 404
    assert client.get(reverse("check-period")).status_code == 405


def test_of_very_many_findings_a_sheet_shows_the_first_and_says_so(client, cast, monkeypatch):
    monkeypatch.setattr("sectors.findings.rows.BESIDE", 1)
    wrong = {"food.task": "9", "food.done": "7", "food.done.farm": "3", "food.done.school": "3", "food.passed": "9"}
    base.report(cast.county, "2023Q1", wrong, "draft")
    sheet = base.submission(cast.county)
    storage.refresh(sheet)
    standing = sheet.findings.standing().count()
    assert standing > 1
    client.force_login(cast.clerk)
    for name in ("sheet", "sheet-findings"):
        page = client.get(reverse(name, args=[sheet.pk])).content.decode()
        assert page.count('class="finding error"') == 1
        assert f"先列出前 1 项，共 {standing} 项" in page
