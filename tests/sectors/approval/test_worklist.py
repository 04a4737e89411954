"""The first page: what is to be done next comes first, with the reason of a return; empty pages say what comes."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from sectors.approval import moves, worklist
from sectors.models import Indicator, Period, Sheet, Submission
from tests import base

pytestmark = pytest.mark.django_db


def due_in(days, cast, in_period, status="draft"):
    """The T-01 of 市场监管局, due so many days from today."""
    found = base.submission(cast.county, in_period=in_period, status=status)
    today = timezone.localdate()
    due = today + datetime.timedelta(days=days)
    Period.objects.filter(pk=found.period_id).update(opens=due - datetime.timedelta(days=10), due=due)
    return found


def returned(cast, of, reason="请核对完成数", **more):
    base.take_to("signed", cast, of)
    return moves.move(submission=of, action="return", by=cast.office, reason=reason, **more)


def home(client, who):
    client.force_login(who)
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return base.html(answer)


def steps(client, who):
    """The words of the buttons, from the top."""
    text = home(client, who).split('<td class="next">')[1:]
    return [part.split("</a>")[0].rpartition(">")[2] for part in text]


def test_what_was_returned_comes_first_then_by_urgency(client, cast):
    later = due_in(30, cast, "2022Q4")
    soon = due_in(7, cast, "2022Q3")
    today = due_in(0, cast, "2022Q2")
    late = due_in(-1, cast, "2022Q1")
    mended = returned(cast, due_in(20, cast, "2021Q4"))
    base.report(cast.county, "2022Q3", {"food.task": "5"}, "draft")
    groups = worklist.grouped(worklist.worklist_of(cast.clerk).mine)
    assert [[item.submission for item in group.rows] for group in groups] == [[mended], [late], [today, soon], [later]]
    text = home(client, cast.clerk)
    places = [text.index(word) for word in ("退回", "逾期 1 天", "剩 7 天", "剩 30 天")]
    assert places == sorted(places)


@pytest.mark.usefixtures("english")
def test_every_row_has_one_next_step(client, cast):
    client.cookies["django_language"] = "en"
    returned(cast, due_in(-5, cast, "2022Q1"))
    due_in(-4, cast, "2022Q2")
    due_in(1, cast, "2022Q3")
    due_in(2, cast, "2022Q4", "submitted")
    base.report(cast.county, "2022Q3", {"food.task": "5"}, "draft")
    assert steps(client, cast.clerk) == ["Mend", "Fill", "Go on filling"]
    assert steps(client, cast.head) == ["Look and sign"]
    due_in(2, cast, "2022Q4", "signed")
    assert steps(client, cast.head) == []
    assert steps(client, cast.office) == ["Look and accept"]


@pytest.mark.usefixtures("english")
def test_a_return_shows_who_why_and_which_cells_with_links_to_them(client, cast):
    client.cookies["django_language"] = "en"
    of = base.submission(cast.county)
    returned(cast, of, "请重新核对<完成数>", cells=["food.done", "food.passed"], only_cells=True)
    text = home(client, cast.clerk)
    assert "Returned by office (质强办)" in text
    assert "请重新核对&lt;完成数&gt;" in text
    for code, name in (("food-done", "抽检完成"), ("food-passed", "抽检合格")):
        assert f'href="{reverse("sheet", args=[of.pk])}#cell-{code}">{name}</a>' in text
    assert "(the other cells are locked)" in text
    base.answer(of, cast.clerk)
    moves.move(submission=of, action="submit", by=cast.clerk)
    assert "请重新核对" not in home(client, cast.clerk)
    assert "returned 1 time before" in home(client, cast.head)


def test_missing_required_cells_are_named_and_na_is_an_answer(cast):
    of = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.firms": "3"}, "draft")
    assert [item.missing for item in worklist.worklist_of(cast.clerk).mine] == [["抽检任务", "抽检完成"]]
    base.report(cast.county, "2023Q1", {"food.task": "n/a"}, "draft")
    assert worklist.worklist_of(cast.clerk).mine[0].missing == ["抽检完成"]
    base.change_catalogue(Indicator.objects.filter(code="food.done"), valid_to="2022-12-31")
    assert worklist.worklist_of(cast.clerk).mine[0].missing == []
    assert worklist.worklist_of(cast.clerk).mine[0].submission == of


@pytest.mark.usefixtures("english")
def test_required_cells_are_told_beside_the_sheet(client, cast):
    client.cookies["django_language"] = "en"
    base.submission(cast.county)
    assert "required cell" not in home(client, cast.clerk)  # an untouched sheet lacks everything anyway
    base.report(cast.county, "2023Q1", {"food.task": "3"}, "draft")
    assert "1 required cell is empty: 抽检完成" in home(client, cast.clerk)
    base.report(cast.county, "2023Q1", {"food.done": "0"}, "draft")
    assert "All required cells are filled" in home(client, cast.clerk)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("status", "who", "words"),
    [
        ("submitted", "clerk", "waits for the signature of head"),
        ("signed", "clerk", "waits for the office"),
        ("draft", "head", "with the clerk"),
        ("signed", "head", "waits for the office"),
    ],
)
def test_what_others_have_says_where_it_is(client, cast, status, who, words):
    client.cookies["django_language"] = "en"
    base.submission(cast.county, status=status)
    text = home(client, getattr(cast, who))
    assert words in text
    assert "1 sheet is with somebody else" in text


@pytest.mark.usefixtures("english")
def test_without_a_signing_head_a_sheet_goes_straight_to_the_office(client, cast):
    client.cookies["django_language"] = "en"
    cast.market.signs = False
    cast.market.save()
    base.submission(cast.county, status="submitted")
    assert "waits for the office" in home(client, cast.clerk)
    assert steps(client, cast.office) == ["Look and accept"]
    assert "without a signature" in home(client, cast.head)


def test_late_is_what_the_department_has_not_delivered(cast):
    states = {"2022Q1": "draft", "2022Q2": "submitted", "2022Q3": "signed", "2022Q4": "accepted"}
    rows = {in_period: due_in(-3, cast, in_period, status) for in_period, status in states.items()}
    due_in(0, cast, "2021Q4")
    late = {item.submission for item in worklist.worklist_of(cast.office).late}
    assert late == {rows["2022Q1"], rows["2022Q2"]}  # a sheet on the head's desk has not left the department
    cast.market.signs = False
    cast.market.save()
    assert {item.submission for item in worklist.worklist_of(cast.office).late} == {rows["2022Q1"]}


@pytest.mark.usefixtures("english")
def test_the_first_day_explains_itself_until_something_was_done(client, cast):
    client.cookies["django_language"] = "en"
    base.report(cast.county, "2022", {"food.task": "4"})  # history that nobody here has entered
    of = base.submission(cast.county)
    for who, words in ((cast.clerk, "Press “Fill”"), (cast.head, "Welcome")):
        assert (words in home(client, who)) == (who is cast.clerk)  # nothing waits for the head yet
    base.complete(of)
    moves.move(submission=of, action="submit", by=cast.clerk)
    moves.move(submission=of, action="withdraw", by=cast.clerk)
    assert "Welcome" not in home(client, cast.clerk)
    moves.move(submission=of, action="submit", by=cast.clerk)
    assert "Press “Sign”" in home(client, cast.head)


@pytest.mark.usefixtures("english")
def test_before_the_first_period_a_department_sees_what_it_will_report(client, cast):
    client.cookies["django_language"] = "en"
    text = home(client, cast.clerk)
    assert "No sheet has been handed out to your department yet." in text
    assert "T-01 食品抽检情况表" in text
    cast.market.assignments.all().delete()
    assert "No sheet is assigned to your department." in home(client, cast.clerk)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("in_period", "coming"),
    [
        ("2023Q3", "Quarter 4 of 2023, which ends on 2023-12-31"),
        ("2023Q4", "Quarter 1 of 2024, which ends on 2024-03-31"),
    ],
)
def test_all_done_says_what_comes_next(client, cast, in_period, coming):
    client.cookies["django_language"] = "en"
    base.submission(cast.county, in_period="2022", status="accepted")  # a whole year of a quarterly sheet is history
    base.submission(cast.county, in_period=in_period, status="accepted")
    for who in (cast.clerk, cast.head):
        text = home(client, who)
        assert "All done." in text
        assert f"Next comes {coming}." in text


@pytest.mark.usefixtures("english")
def test_what_comes_next_goes_by_the_frequency_of_the_coming_year(client, cast):
    client.cookies["django_language"] = "en"
    base.report_otherwise("T-01", "month", 2023, "quarter")
    base.submission(cast.county, in_period="2023Q4", status="accepted")
    assert "Next comes Month 1 of 2024, which ends on 2024-01-31." in home(client, cast.clerk)
    base.submission(cast.county, in_period="2024-01", status="accepted")
    assert "Next comes Month 2 of 2024" in home(client, cast.clerk)
    base.change_catalogue(Sheet.objects.filter(number="T-01"), valid_to=datetime.date(2024, 1, 31))
    assert "Next comes" not in home(client, cast.clerk)


@pytest.mark.usefixtures("english")
def test_what_will_be_reported_says_how_often_by_now(client, cast):
    client.cookies["django_language"] = "en"
    year = timezone.localdate().year
    base.report_otherwise("T-01", "month", year, "half")  # monthly from the coming year on
    text = home(client, cast.clerk)
    assert "Half-yearly" in text
    assert "Monthly" not in text
    base.change_catalogue(Sheet.objects.filter(number="T-01"), valid_to=datetime.date(year - 1, 12, 31))
    assert "T-01" not in home(client, cast.clerk)


@pytest.mark.usefixtures("english")
def test_finished_sheets_stand_below_and_the_rest_behind_a_link(client, cast):
    client.cookies["django_language"] = "en"
    for year in range(2019, 2023):
        for quarter in range(1, 5):
            base.submission(cast.county, in_period=f"{year}Q{quarter}", status="accepted")
    text = home(client, cast.clerk)
    assert text.count('class="status accepted"') == 10
    assert f'href="{reverse("submissions")}?status=accepted"' in text


@pytest.mark.usefixtures("english")
def test_the_offices_page_says_what_comes_when_nothing_waits(client, cast):
    client.cookies["django_language"] = "en"
    assert f'href="{reverse("open-period")}"' in home(client, cast.office)
    assert "Figures appear here when the leadership office opens a period." in home(client, cast.admin)
    of = due_in(9, cast, "2023Q1")
    day = timezone.localdate() + datetime.timedelta(days=9)
    text = home(client, cast.office)
    assert "1 sheet is still with its department." in text
    assert f"Quarter 1 of 2023 is due next, on {day}." in text
    base.take_to("accepted", cast, of)
    text = home(client, cast.office)
    assert "Every sheet handed out so far is accepted." in text
    assert "Nobody is late." in text
    assert f'href="{reverse("reports")}"' in text


def test_the_leaders_first_page_is_the_board(client, cast):
    client.force_login(cast.leader)
    assert client.get(reverse("home")).url == reverse("leader-board")


@pytest.mark.parametrize("who", ["clerk", "head", "office", "admin"])
def test_the_number_of_queries_is_fixed(client, cast, who):
    def queries():
        client.force_login(getattr(cast, who))
        return base.queries(lambda: client.get(reverse("home")))

    def some(year):
        """One each: a draft, a returned one with cells, a signed and an accepted one."""
        base.report(cast.county, f"{year}Q1", {"food.task": "5"}, "draft")
        returned(cast, base.submission(cast.county, in_period=f"{year}Q2"), cells=["food.done", "food.passed"])
        base.take_to("submitted", cast, base.submission(cast.county, in_period=f"{year}Q3"))
        base.take_to("signed", cast, base.submission(cast.county, in_period=f"{year}Q4"))
        base.take_to("accepted", cast, base.submission(cast.county, in_period=f"{year}"))

    some(2018)
    few = queries()
    for year in range(2019, 2023):
        some(year)
    assert Submission.objects.count() == 25
    assert queries() == few


@pytest.mark.parametrize(("who", "status"), [("clerk", 405), ("office", 405)])
def test_the_first_page_is_only_looked_at(client, cast, who, status):
    client.force_login(getattr(cast, who))
    assert client.post(reverse("home")).status_code == status
