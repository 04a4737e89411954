"""Pages of the departments and the office: who gets what, and nothing that was typed is lost."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from sectors.catalogue.compiled import catalogue
from sectors.models import Figure, Period, Sheet, Submission, User
from sectors.views import submissions
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def page(name, of):
    return reverse(name, args=[of.pk])


def fill(client, sheet, **figures):
    texts = {f"food.{code}": text for code, text in figures.items()}
    return client.post(page("cells", sheet), {"figures": texts}, content_type="application/json")


@pytest.mark.parametrize("name", ["home", "submissions", "help"])
def test_pages_need_a_sign_in(client, cast, name):
    assert client.get(reverse(name)).url.startswith(reverse("login"))


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader", "admin"])
def test_everyone_has_a_first_page_in_chinese(client, cast, sheet, who):
    client.force_login(getattr(cast, who))
    assert 'lang="zh-hans"' in client.get(reverse("home"), follow=True).content.decode()


def test_language_follows_the_choice_and_not_the_browser(client, cast):
    client.force_login(cast.clerk)
    assert "我的工作" in client.get(reverse("home"), headers={"accept-language": "en"}).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": reverse("home")})
    assert "My work" in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("clerk", "sheet", 200),
        ("head", "sheet", 403),
        ("office", "sheet", 403),
        ("leader", "sheet", 403),
        ("outsider_clerk", "sheet", 404),
        ("outsider_office", "sheet", 404),
        ("clerk", "submission", 200),
        ("head", "submission", 200),
        ("office", "submission", 200),
        ("leader", "submission", 200),
        ("admin", "submission", 200),
        ("outsider_clerk", "submission", 404),
        ("outsider_head", "submission", 404),
        ("outsider_office", "submission", 404),
        ("clerk", "move", 405),
    ],
)
def test_who_may_open_what(client, cast, sheet, who, name, status):
    client.force_login(getattr(cast, who))
    assert client.get(page(name, sheet)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("admin", 200), ("clerk", 403), ("head", 403)]
)
def test_periods_are_for_the_office_and_the_leader(client, cast, sheet, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("periods")).status_code == status
    assert client.get(page("period", sheet.period)).status_code == status


def test_periods_of_another_county_do_not_exist(client, cast, sheet):
    client.force_login(cast.outsider_office)
    assert client.get(page("period", sheet.period)).status_code == 404


def test_an_empty_required_cell_stops_the_submission(client, cast, sheet):
    client.force_login(cast.clerk)
    fill(client, sheet, task="5")
    answer = base.press(client, sheet, {}, page="sheet", follow=True)
    assert "抽检完成" in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.status == "draft"


def test_a_sheet_goes_all_the_way_through_the_pages(client, cast, sheet):
    client.force_login(cast.clerk)
    fill(client, sheet, task="5", done="0")
    base.press(client, sheet, {}, page="sheet")
    for who, step, status in [
        (cast.head, {"action": "sign"}, "signed"),
        (cast.office, {"action": "return", "reason": "请核对完成数"}, "returned"),
        (cast.clerk, None, "submitted"),
        (cast.head, {"action": "sign"}, "signed"),
        (cast.office, {"action": "accept"}, "accepted"),
    ]:
        client.force_login(who)
        if step is None:
            assert "请核对完成数" in client.get(page("sheet", sheet)).content.decode()
            fill(client, sheet, done="4")
            base.press(client, sheet, {}, page="sheet")
        else:
            assert base.press(client, sheet, step).status_code == 302
        sheet.refresh_from_db()
        assert sheet.status == status


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("head", {"action": "sign"}, 409),  # still a draft
        ("clerk", {"action": "sign"}, 403),
        ("office", {"action": "submit"}, 403),
        ("outsider_head", {"action": "sign"}, 404),
        ("head", {"action": "fly"}, 400),
    ],
)
def test_a_step_out_of_turn_changes_nothing(client, cast, sheet, who, step, status):
    client.force_login(getattr(cast, who))
    assert base.press(client, sheet, step).status_code == status
    sheet.refresh_from_db()
    assert sheet.status == "draft"


def test_a_return_without_a_reason_is_asked_for_again(client, cast):
    sheet = base.submission(cast.county, status="signed")
    client.force_login(cast.office)
    assert base.press(client, sheet, {"action": "return", "reason": " "}).status_code == 422


def test_a_sum_that_does_not_add_up_is_shown_to_clerk_and_head(client, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.done": "271", "food.done.farm": "200", "food.done.school": "65"}, "draft")
    for who, name in [(cast.clerk, "sheet-findings"), (cast.head, "submission")]:
        client.force_login(who)
        assert "265" in client.get(page(name, sheet)).content.decode()


def queries(client, address):
    return base.queries(lambda: client.get(address))


@pytest.mark.parametrize(
    ("who", "name"), [("office", "submissions"), ("office", "home"), ("clerk", "home"), ("office", "periods")]
)
def test_queries_do_not_grow_with_the_rows(client, cast, who, name):
    client.force_login(getattr(cast, who))
    for year in (2021, 2022):
        base.submission(cast.county, in_period=f"{year}Q1")
    catalogue()  # which is read once
    few = queries(client, reverse(name))
    for year in range(2001, 2019):
        base.submission(cast.county, in_period=f"{year}Q1")
    assert Submission.objects.count() == 20
    assert queries(client, reverse(name)) == few


def test_admin_shows_figures_and_changes_none(client, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.task": "5"}, "draft")
    client.force_login(cast.admin)
    figure = Figure.objects.get()
    assert client.get(reverse("admin:sectors_figure_changelist")).status_code == 200
    assert client.post(reverse("admin:sectors_figure_change", args=[figure.pk]), {"value": "9"}).status_code == 403
    assert client.post(reverse("admin:sectors_submission_delete", args=[sheet.pk]), {"post": "yes"}).status_code == 403
    client.force_login(cast.clerk)
    assert client.get(reverse("admin:sectors_figure_changelist")).status_code == 302


def test_a_period_added_by_the_administrator_hands_out_its_sheets(client, cast):
    client.force_login(cast.admin)
    calendar = {"region": cast.county.pk, "year": 2024, "kind": "quarter", "number": 1}
    days = {"opens": "2024-04-01", "due": "2024-04-10"}
    assert client.post(reverse("admin:sectors_period_add"), calendar | days).status_code == 302
    assert set(Submission.objects.values_list("sheet__number", "status")) == {("T-01", "draft"), ("T-02", "draft")}


def test_the_sheet_says_in_words_how_periods_make_the_year(client, cast, sheet):
    client.force_login(cast.clerk)
    text = client.get(page("sheet", sheet)).content.decode()
    assert text.count("时点数，取最近一期") == 1
    assert text.count("累计数，取最近一期") == 1


QUARTER = {"year": "2024", "kind": "quarter", "number": "1", "opens": "2024-04-01", "due": "2024-04-10"}


def test_the_office_opens_a_period_and_its_sheets_go_out(client, cast):
    client.force_login(cast.office)
    answer = client.post(reverse("open-period"), QUARTER, follow=True)
    assert "2024年第1季度" in answer.content.decode()
    assert set(Submission.objects.values_list("sheet__number", "region__code", "status")) == {
        ("T-01", "990101", "draft"),
        ("T-02", "990101", "draft"),
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "5"}, "number"),
        ({"due": "2024-03-01"}, "due"),
        ({"year": "24"}, "year"),
        ({"opens": "soon"}, "opens"),
        ({"kind": "decade"}, "kind"),
    ],
)
def test_a_wrong_calendar_is_said_in_words_and_opens_nothing(client, cast, change, field):
    client.force_login(cast.office)
    answer = client.post(reverse("open-period"), QUARTER | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Period.objects.exists()


def test_a_period_opens_once(client, cast):
    client.force_login(cast.office)
    client.post(reverse("open-period"), QUARTER)
    assert client.post(reverse("open-period"), QUARTER).status_code == 422
    assert Period.objects.count() == 1


@pytest.mark.parametrize("who", ["clerk", "head", "leader", "admin"])
def test_only_the_office_opens_periods(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("open-period")).status_code == 403
    assert client.post(reverse("open-period"), QUARTER).status_code == 403
    assert not Period.objects.exists()


def test_the_first_person_of_a_site_is_an_administrator(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", base.PASSWORD)
    call_command("createsuperuser", interactive=False, username="first")
    assert User.objects.get(username="first").role == "admin"


@pytest.mark.parametrize("period", ["²", "-1", "x", "9" * 30, "0"])
def test_an_odd_period_in_the_address_breaks_nothing(client, cast, sheet, period):
    client.force_login(cast.office)
    assert client.get(reverse("submissions"), {"period": period}).status_code == 200


def test_after_a_signature_the_next_sheet_of_the_queue_opens(client, cast):
    first, second = (base.submission(cast.county, in_period=f"2023Q{n}", status="submitted") for n in (1, 2))
    client.force_login(cast.head)
    assert base.press(client, first, {"action": "sign"}).url == page("submission", second)
    assert base.press(client, second, {"action": "sign"}).url == reverse("home")


def test_the_pages_of_a_list_keep_all_else_of_its_address(client, cast, monkeypatch):
    for number in (1, 2, 3):
        base.submission(cast.county, in_period=f"2023Q{number}")
    monkeypatch.setattr(submissions, "PAGE", 1)
    client.force_login(cast.office)
    text = base.html(client.get(reverse("submissions") + "?status=draft&also=1&also=%26&page=2"))
    assert '<p class="pages"><a href="?status=draft&amp;also=1&amp;also=%26&amp;page=1" rel="prev">上一页</a>' in text
    assert '第2页，共3页<a href="?status=draft&amp;also=1&amp;also=%26&amp;page=3" rel="next">下一页</a></p>' in text
    assert '<p class="pages">' not in base.html(client.get(reverse("submissions") + "?status=accepted"))


@pytest.mark.parametrize(("valid_to", "is_said"), [("2023-03-30", True), ("2023-03-31", False)])
def test_a_sheet_that_is_not_valid_at_the_end_of_its_period_says_so(client, cast, sheet, valid_to, is_said):
    base.change_catalogue(Sheet.objects.filter(pk=sheet.sheet_id), valid_to=valid_to)
    client.force_login(cast.clerk)
    text = base.html(client.get(reverse("sheet", args=[sheet.pk])))
    assert ("本报表在报告期最后一天（2023-03-31）无效" in text) is is_said
    assert ("抽检完成" in text) is not is_said


def test_the_list_of_submissions_is_sorted_by_its_address(client, cast):
    rows = [
        base.submission(cast.county, sheet, of)
        for sheet, of in (("T-01", "2023Q1"), ("T-01", "2023Q2"), ("T-02", "2023Q1"))
    ]
    client.force_login(cast.office)

    def shown(sort):
        page = client.get(reverse("submissions"), {"sort": sort})
        assert page.status_code == 200
        return [one.pk for one in page.context["page"].object_list]

    first, second, third = (row.pk for row in rows)
    assert shown("sheet")[-1] == third
    assert shown("-sheet")[0] == third
    assert shown("-period")[0] == second or rows[0].period.due == rows[1].period.due
    for sort in (
        "department",
        "-department",
        "due",
        "filled",
        "-status",
        "no",
        "-",
        "password",
        "department__users__password",
    ):
        assert sorted(shown(sort)) == [first, second, third], sort
    page = client.get(reverse("submissions"), {"sort": "-sheet", "status": "draft"}).content.decode()
    assert 'aria-sort="descending"' in page
    assert 'name="sort" value="-sheet"' in page
