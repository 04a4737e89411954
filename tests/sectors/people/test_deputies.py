"""Who stands in for a head."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from sectors.access import acting_for, actions_for, can_review
from sectors.approval import moves, refusals, review
from sectors.entry import writer
from sectors.models import Deputy, Notice, User
from sectors.people import deputies
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def deputy(cast, **change):
    days = {"first_day": datetime.date(2023, 1, 9), "last_day": datetime.date(2023, 1, 13)}
    return Deputy(**{"head": cast.head, "person": cast.clerk, **days, **change})


def test_a_head_names_a_clerk_who_is_told(cast):
    made = deputies.name(deputy(cast), by=cast.head)
    assert made.by == cast.head
    assert Notice.objects.get().to == cast.clerk
    assert "2023-01-13" in Notice.objects.get().text
    for day, names in (("2023-01-08", []), ("2023-01-09", ["clerk"]), ("2023-01-13", ["clerk"]), ("2023-01-14", [])):
        found = Deputy.objects.on(datetime.date.fromisoformat(day))
        assert [row.person.username for row in found] == names


@pytest.mark.parametrize("name", ["clerk", "office", "leader", "admin", "outsider_head"])
def test_nobody_names_a_deputy_for_somebody_else(cast, name):
    with pytest.raises(PermissionDenied):
        deputies.name(deputy(cast), by=getattr(cast, name))
    assert not Deputy.objects.exists()


def test_only_the_head_ends_it_and_only_once(cast, on):
    made = deputies.name(deputy(cast), by=cast.head)
    with pytest.raises(PermissionDenied):
        deputies.end(made, by=cast.outsider_head)
    deputies.end(made, by=cast.head)
    made.refresh_from_db()
    first = made.ended_at
    deputies.end(made, by=cast.head)
    made.refresh_from_db()
    assert made.ended_at == first
    assert not Deputy.objects.on(datetime.date(2023, 1, 10)).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"last_day": datetime.date(2023, 1, 1)}, "The last day lies before the first day."),
        ({"person": "head"}, "Choose a clerk of the head's own department."),
        ({"person": "outsider_clerk"}, "Choose a clerk of the head's own department."),
        ({"person": "office"}, "Choose a clerk of the head's own department."),
        ({"head": "clerk"}, "Only a head has a deputy."),
    ],
)
def test_what_no_deputy_can_be(cast, change, sentence):
    change = {key: getattr(cast, value) if isinstance(value, str) else value for key, value in change.items()}
    with pytest.raises(ValidationError, match=sentence):
        deputy(cast, **change).full_clean()


def test_the_question_whose_deputy_costs_one_query_and_for_most_none(cast, django_assert_num_queries):
    deputies.name(deputy(cast), by=cast.head)
    with django_assert_num_queries(1):
        assert [cast.clerk.heads_stood_in_for for _again in range(3)] == [[]] * 3
    with django_assert_num_queries(0):
        assert cast.office.heads_stood_in_for == cast.head.heads_stood_in_for == []


# Who has lost it

LOST = [
    ("head", {"is_active": False}),
    ("head", {"role": "clerk"}),
    ("head", {"department": "water"}),
    ("clerk", {"is_active": False}),
    ("clerk", {"role": "head"}),
    ("clerk", {"department": "water"}),
]


@pytest.mark.parametrize(("name", "change"), LOST)
def test_who_has_lost_the_right_signs_nothing_and_sees_no_queue(client, cast, on, name, change):
    on("2023-01-10")
    deputies.name(deputy(cast), by=cast.head)
    sheet = base.submission(cast.county, status="submitted")
    clerk = User.objects.get(pk=cast.clerk.pk)
    assert (can_review(clerk), review.queue(clerk)) == (True, [sheet])
    changed = {key: getattr(cast, value) if key == "department" else value for key, value in change.items()}
    User.objects.filter(username=name).update(**changed)
    clerk = User.objects.get(pk=cast.clerk.pk)
    assert clerk.heads_stood_in_for == []
    if clerk.role == "clerk":
        assert (can_review(clerk), review.queue(clerk)) == (False, [])
        with pytest.raises(PermissionDenied):
            moves.move(submission=sheet, action="sign", by=clerk)
        client.force_login(clerk)
        assert client.get(reverse("queue")).status_code == (403 if clerk.is_active else 302)


@pytest.mark.parametrize(("name", "change"), LOST[3:])
def test_the_page_of_the_head_says_who_does_not_stand_in_any_more(client, cast, on, name, change):
    on("2023-01-10")
    deputies.name(deputy(cast), by=cast.head)
    client.force_login(cast.head)
    word = "已不再代签"
    assert word not in base.html(client.get(reverse("deputy")))
    changed = {key: getattr(cast, value) if key == "department" else value for key, value in change.items()}
    User.objects.filter(username=name).update(**changed)
    page = base.html(client.get(reverse("deputy")))
    assert word in page
    assert 'class="status submitted"' not in page


def test_of_two_heads_the_one_who_is_still_there_is_acted_for(cast, on):
    on("2023-01-10")
    second = base.user("head", cast.market, "second_head")
    deputies.name(deputy(cast), by=cast.head)
    deputies.name(deputy(cast, head=second), by=second)
    User.objects.filter(pk=second.pk).update(is_active=False)
    sheet = base.submission(cast.county, status="submitted")
    clerk = User.objects.get(pk=cast.clerk.pk)
    assert acting_for(clerk, "sign", sheet) == cast.head
    User.objects.filter(pk=second.pk).update(is_active=True)
    User.objects.filter(pk=cast.head.pk).update(role="clerk")
    assert acting_for(User.objects.get(pk=cast.clerk.pk), "sign", sheet) == second


@pytest.mark.parametrize("who", ["head", "person"])
def test_nobody_who_is_locked_out_becomes_a_deputy_or_names_one(cast, who):
    made = deputy(cast)
    person = getattr(made, who)
    person.is_active = False
    person.save()
    with pytest.raises(ValidationError, match="This account is switched off"):
        made.clean()


# Four eyes


@pytest.fixture
def stands_in(cast, on):
    """A second clerk of 市场监管局, who stands in for its head today."""
    day = timezone.localdate()
    person = base.user("clerk", cast.market, "stand-in")
    deputies.name(deputy(cast, person=person, first_day=day, last_day=day), by=cast.head)
    return person


def again(person):
    """As at the next request."""
    return User.objects.get(pk=person.pk)


def type_figure(sheet, by):
    writer.save(sheet, writer.Typed({"food.firms": "3"}), by=by)


def type_and_have_it_changed(sheet, by):
    type_figure(sheet, by)
    writer.save(sheet, writer.Typed({"food.firms": "4"}), by=User.objects.get(username="clerk"))


def type_words(sheet, by):
    writer.save(sheet, writer.Typed(narratives={"food.work": "开展抽检四次。"}), by=by)


def submit_it(sheet, by):
    moves.move(submission=sheet, action="submit", by=by)


def submit_it_before_another(sheet, by):
    moves.move(submission=sheet, action="submit", by=by)
    moves.move(submission=sheet, action="withdraw", by=User.objects.get(username="clerk"))


OWN_WORK = [type_figure, type_and_have_it_changed, type_words, submit_it, submit_it_before_another]
REFUSED = "You filled in or submitted this sheet yourself, so you do not sign it in the head's place. Who can: head."


def submitted(sheet, cast):
    sheet.refresh_from_db()
    if sheet.status != "submitted":
        moves.move(submission=sheet, action="submit", by=cast.clerk)
    return sheet


@pytest.mark.parametrize("work", OWN_WORK)
@pytest.mark.parametrize("action", ["sign", "send_back"])
def test_a_deputy_takes_no_step_over_their_own_work(cast, stands_in, work, action):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    work(sheet, stands_in)
    submitted(sheet, cast)
    assert action not in actions_for(again(stands_in), sheet)
    assert review.queue(again(stands_in)) == []
    with pytest.raises(refusals.OwnWork) as error:
        moves.move(submission=sheet, action=action, by=stands_in, reason="请核对")
    assert str(error.value) == REFUSED
    assert moves.move(submission=sheet, action=action, by=cast.head, reason="请核对").status != "submitted"


def test_another_deputy_who_did_nothing_is_named(cast, stands_in):
    day = timezone.localdate()
    for name in ("free", "typed"):
        person = base.user("clerk", cast.market, name)
        deputies.name(deputy(cast, person=person, first_day=day, last_day=day), by=cast.head)
    over = base.user("clerk", cast.market, "over")
    deputies.name(deputy(cast, person=over), by=cast.head)  # in 2023
    sheet = base.submission(cast.county)
    base.complete(sheet)
    type_figure(sheet, stands_in)
    type_words(sheet, User.objects.get(username="typed"))
    submitted(sheet, cast)
    with pytest.raises(refusals.OwnWork, match="Who can: head、free"):
        moves.move(submission=sheet, action="sign", by=stands_in)
    assert moves.move(submission=sheet, action="sign", by=User.objects.get(username="free")).status == "signed"


@pytest.mark.parametrize("work", OWN_WORK)
def test_what_was_accepted_since_is_nobodys_own_work_any_more(cast, stands_in, work):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    work(sheet, stands_in)
    submitted(sheet, cast)
    moves.move(submission=sheet, action="sign", by=cast.head)
    moves.move(submission=sheet, action="accept", by=cast.office)
    moves.move(submission=sheet, action="reopen", by=cast.office, reason="请核对")
    writer.save(sheet, writer.Typed({"food.price": "2"}), by=cast.clerk)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    assert review.queue(again(stands_in)) == [sheet]
    assert moves.move(submission=sheet, action="sign", by=stands_in).status == "signed"


def test_a_deputy_who_types_after_the_page_was_opened_is_refused_as_well(cast, stands_in):
    """What is cached for a request is asked anew while the submission is locked."""
    sheet = base.submission(cast.county)
    base.complete(sheet)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    assert review.queue(stands_in) == [sheet]
    moves.move(submission=sheet, action="withdraw", by=cast.clerk)
    type_figure(sheet, again(stands_in))
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="sign", by=stands_in)


def test_the_page_says_who_signs_instead(client, cast, stands_in):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    type_figure(sheet, stands_in)
    client.force_login(stands_in)
    address = reverse("submission", args=[sheet.pk])
    assert not client.get(address).context["own_work"]  # nothing waits for a signature yet
    submitted(sheet, cast)
    page = client.get(address)
    assert page.context["own_work"]
    assert escape(page.context["own_work"]) in page.content.decode()
    assert 'value="sign"' not in page.content.decode()
    answer = base.press(client, sheet, {"action": "sign"})
    assert answer.status_code == 403
    assert "head" in answer.context["own_work"]
    client.force_login(cast.clerk)
    assert not client.get(address).context["own_work"]


def test_the_queue_of_a_deputy_costs_the_same_with_many_sheets(cast, stands_in):
    def queries():
        person = again(stands_in)
        return base.queries(lambda: review.queue(person))

    def sheets(year):
        for number in (1, 2, 3, 4):
            sheet = base.submission(cast.county, in_period=f"{year}Q{number}")
            type_figure(sheet, stands_in if number == 1 else cast.clerk)
            base.submission(cast.county, in_period=f"{year}Q{number}", status="submitted")

    sheets(2020)
    few = queries()
    for year in (2016, 2017, 2018, 2019):
        sheets(year)
    assert len(review.queue(again(stands_in))) == 15
    assert queries() == few


def offered(client, head):
    client.force_login(head)
    return sorted(person.username for person in client.get(reverse("deputy")).context["form"].fields["person"].queryset)


def test_who_could_sign_nothing_that_waits_is_not_offered(client, cast):
    base.user("clerk", cast.market, "second")
    base.user("clerk", cast.market, "gone")
    User.objects.filter(username="gone").update(is_active=False)
    assert offered(client, cast.head) == ["clerk", "second"]
    sheet = base.submission(cast.county)
    base.complete(sheet)
    submitted(sheet, cast)
    assert offered(client, cast.head) == ["second"]
    typed = {"person": cast.clerk.pk, "first_day": timezone.localdate(), "last_day": timezone.localdate()}
    assert client.post(reverse("deputy"), typed).status_code == 422
    moves.move(submission=sheet, action="sign", by=cast.head)
    assert offered(client, cast.head) == ["clerk", "second"]


def test_the_choice_of_a_deputy_costs_the_same_with_many_clerks(client, cast):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    submitted(sheet, cast)
    base.user("clerk", cast.market, "second")
    offered(client, cast.head)  # what is asked once
    few = base.queries(lambda: offered(client, cast.head))
    for number in range(10):
        base.user("clerk", cast.market, f"more_{number}")
    assert base.queries(lambda: offered(client, cast.head)) == few
