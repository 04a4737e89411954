"""The queue and the review page: bulk acceptance, named cells, what changed, the lock and the way to the next."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sectors.access import MOVES
from sectors.approval import moves
from sectors.calendar import workdays
from sectors.catalogue import rules
from sectors.catalogue.compiled import catalogue
from sectors.entry import writer
from sectors.entry.requested_cells import RequestedCells, requested_cells
from sectors.models import Deputy, Extension, Indicator, Period, Rule, Sector, Submission, Transition
from sectors.vocabulary import SubmissionStatus
from tests import base

pytestmark = pytest.mark.django_db
GOOD = {"food.task": "5", "food.done": "5"}


def at(name, *args):
    return reverse(name, args=args)


def signed(cast, in_period="2023Q1", **figures):
    base.report(cast.county, in_period, GOOD | figures, "signed")
    return Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, in_period))


@pytest.fixture
def office(client, cast):
    client.force_login(cast.office)
    return client


@pytest.mark.parametrize(
    ("who", "status"),
    [("office", 200), ("head", 200), ("clerk", 403), ("leader", 403), ("admin", 403), ("outsider_office", 200)],
)
def test_the_queue_is_for_those_who_sign_or_accept(client, cast, who, status):
    sheet = signed(cast)
    client.force_login(getattr(cast, who))
    answer = client.get(at("queue"))
    assert answer.status_code == status
    if status == 200:
        assert [row.submission.pk for row in answer.context["rows"]] == ([sheet.pk] if who == "office" else [])
    assert client.post(at("queue")).status_code == 405


def test_a_deputy_has_the_queue(client, cast):
    sheet = base.submission(cast.county, status="submitted")
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=cast.clerk, first_day=today, last_day=today)
    client.force_login(cast.clerk)
    assert [row.submission for row in client.get(at("queue")).context["rows"]] == [sheet]


def test_a_head_and_who_stands_in_find_the_queue_on_their_first_page(client, cast):
    base.submission(cast.county, status="submitted")

    def offers(who):
        client.force_login(who)
        return f'href="{at("queue")}"' in client.get(at("home")).content.decode()

    assert offers(cast.head)
    assert not offers(cast.clerk)
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=cast.clerk, first_day=today, last_day=today)
    assert offers(cast.clerk)
    Submission.objects.update(status="signed")
    assert not offers(cast.head)


def test_clean_ones_are_accepted_together_and_the_rest_is_said(office, cast):
    good, bad = signed(cast), signed(cast, "2023Q2", **{"food.passed": "6"})
    elsewhere = base.submission(cast.other_county, status="signed")
    posted: dict[str, object] = {"submissions": [good.pk, bad.pk, elsewhere.pk, "x", "9" * 40]}
    posted |= {f"seen-{sheet.pk}": base.seen(cast.office, sheet) for sheet in (good, bad)}
    answer = office.post(at("accept-clean"), posted, follow=True)
    assert list(Submission.objects.filter(status="accepted")) == [good]
    assert [m.level_tag for m in answer.context["messages"]] == ["success", "warning"]
    assert [row.submission for row in answer.context["rows"]] == [bad]


@pytest.mark.parametrize("who", ["clerk", "head", "leader", "admin"])
def test_nobody_else_accepts_together(client, cast, who):
    sheet = signed(cast)
    client.force_login(getattr(cast, who))
    # A head signs together at the same address, and has nothing to sign here.
    answer = 302 if who == "head" else 403
    assert client.post(at("accept-clean"), {"submissions": [sheet.pk]}).status_code == answer
    assert client.get(at("accept-clean")).status_code == 405
    sheet.refresh_from_db()
    assert sheet.status == "signed"


def test_queries_of_the_queue_do_not_grow(office, cast):
    def queries():
        return base.queries(lambda: office.get(at("queue")))

    for number in (1, 2):
        signed(cast, f"2023Q{number}")
    catalogue()  # which is read once
    few = queries()
    for year in range(2014, 2023):
        for number in (1, 2):
            signed(cast, f"{year}Q{number}")
    assert Submission.objects.count() == 20
    assert queries() == few


def test_the_review_leads_to_its_neighbours_and_onward(office, cast):
    first, second, third = (signed(cast, f"{year}Q1") for year in (2021, 2022, 2023))
    page = office.get(at("submission", second.pk))
    assert (page.context["position"].before, page.context["position"].after) == (first, third)
    text = base.html(page)
    assert f'href="{at("submission", third.pk)}" data-key="j"' in text
    assert f'href="{at("submission", first.pk)}" data-key="k"' in text
    assert base.press(office, second, {"action": "accept"}).url == at("submission", third.pk)
    assert base.press(office, third, {"action": "accept"}).url == at("submission", first.pk)
    assert base.press(office, first, {"action": "accept"}).url == at("home")


def test_findings_beside_their_own_sheet_do_not_repeat_whose_they_are(office, cast):
    sheet = signed(cast, **{"food.passed": "6"})
    page = office.get(at("submission", sheet.pk))
    shown = base.html(page).split('<div id="findings">')[1].split("</section>")[0]
    assert 'class="finding-text"' in shown
    assert 'class="place"' not in shown
    assert sheet.sheet.name not in shown
    assert 'name="place"' not in base.html(page)


def test_the_second_half_of_a_double_click_has_no_news(office, cast):
    """It leads on like the first, and one step is on record; later, or from another, the same is too late."""
    first, second = (signed(cast, f"{year}Q1") for year in (2022, 2023))
    for _click in range(2):
        answer = base.press(office, first, {"action": "accept"})
        assert (answer.status_code, answer.url) == (302, at("submission", second.pk))
    assert Transition.objects.get().new == "accepted"
    assert base.press(office, first, {"action": "return", "reason": "x"}).status_code == 409
    Transition.objects.update(at=timezone.now() - moves.DOUBLE_CLICK)
    assert base.press(office, first, {"action": "accept"}).status_code == 409


def test_another_who_comes_second_is_told(office, client, cast):
    sheet = signed(cast)
    base.press(office, sheet, {"action": "accept"})
    client.force_login(base.user("office", cast.office.department, "colleague"))
    answer = base.press(client, sheet, {"action": "accept"})
    assert answer.status_code == 409
    assert "已接受" in str(list(answer.context["messages"])[-1])


STATUSES = {
    # Whose steps each is, and from which statuses of a department that signs they may be taken.
    "submit": ("clerk", {"draft", "returned"}),
    "withdraw": ("clerk", {"submitted"}),
    "sign": ("head", {"submitted"}),
    "unsign": ("head", {"signed"}),
    "send_back": ("head", {"submitted"}),
    "accept": ("office", {"signed"}),
    "return": ("office", {"signed"}),
    "reopen": ("office", {"accepted"}),
}
OUT_OF_SCOPE = {"outsider_clerk", "outsider_head", "outsider_office"}


@pytest.mark.parametrize("status", SubmissionStatus.values)
@pytest.mark.parametrize("action", MOVES)
def test_every_status_role_and_action_by_request(client, cast, action, status):
    """404 out of scope, 403 for the wrong role, 409 with the page for the wrong time, else the next page."""
    whose, when = STATUSES[action]
    sheet = base.submission(cast.county, status=status)
    base.complete(sheet)
    buttons = f'name="action" value="{action}"'
    for who in ("leader", "admin", *sorted(OUT_OF_SCOPE), "clerk", "head", "office"):
        person = getattr(cast, who)
        client.force_login(person)
        expected = 404 if who in OUT_OF_SCOPE else 403 if who != whose else 302 if status in when else 409
        shown = client.get(at("submission", sheet.pk))
        # The sheet itself is where a clerk submits.
        offered = action != "submit" and shown.status_code == 200 and buttons in shown.content.decode()
        assert offered == (expected == 302 and action != "submit"), who
        answer = base.press(client, sheet, {"action": action, "reason": "请核对"})
        assert answer.status_code == expected, who
        sheet.refresh_from_db()
        assert (sheet.status == status) == (expected != 302), who
        base.submission(cast.county, status=status)


def test_a_return_names_cells_and_locks_the_others(office, client, cast):
    sheet = signed(cast)
    assert 'name="cells" value="food.done"' in base.html(office.get(at("submission", sheet.pk)))
    assert 'name="cells" value="food.rate"' not in base.html(office.get(at("submission", sheet.pk)))
    posted = {"action": "return", "reason": "请核对完成数", "cells": ["food.done", "no.such"], "only_cells": "on"}
    base.press(office, sheet, posted)
    sheet.refresh_from_db()
    assert requested_cells(sheet) == RequestedCells(frozenset({"food.done"}), frozenset({"food.done"}))
    client.force_login(cast.clerk)
    page = client.get(at("submission", sheet.pk))
    assert [cell.indicator.code for cell in page.context["named"]] == ["food.done"]
    assert f'href="{at("sheet", sheet.pk)}#cell-food-done"' in page.content.decode()
    saved = writer.save(sheet, writer.Typed({"food.done": "4", "food.task": "9"}), by=cast.clerk)
    assert (saved.changed, list(saved.refused)) == (1, ["food.task"])


def test_a_return_without_a_reason_keeps_what_was_chosen(office, cast):
    sheet = signed(cast)
    posted = {"action": "return", "reason": " ", "cells": ["food.done"], "only_cells": "on"}
    answer = base.press(office, sheet, posted)
    assert answer.status_code == 422
    box = base.html(answer).split('name="cells" value="food.done"')[1].split(">")[0]
    assert "checked" in box
    assert 'name="only_cells" checked' in base.html(answer)


def test_after_the_return_the_reviewer_sees_what_changed(office, cast):
    sheet = signed(cast)
    base.press(office, sheet, {"action": "return", "reason": "请核对", "cells": ["food.done", "food.task"]})
    writer.save(sheet, writer.Typed({"food.done": "4", "food.firms": "2"}), by=cast.clerk)
    base.answer(sheet, cast.clerk)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    moves.move(submission=sheet, action="sign", by=cast.head)
    page = office.get(at("submission", sheet.pk))
    assert [(c.old, c.new) for c in page.context["changes"].values()] == [("5", "4"), ("", "2")]
    assert [(c.old, c.new) for c in page.context["unnamed"]] == [("", "2")]
    text = base.html(page)
    assert 'id="cell-food-done" class="number linked changed named' in text
    assert "<s>5</s>" in text
    assert [(n.indicator.code, bool(n.change)) for n in page.context["named"]] == [
        ("food.task", False),
        ("food.done", True),
    ]


def test_a_closed_submission_says_so_and_offers_the_office_an_extension(office, client, cast):
    sheet = base.submission(cast.county)
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    extend = f"{at('extend', sheet.period_id)}?department={cast.market.pk}&amp;submission={sheet.pk}"
    assert extend in office.get(at("submission", sheet.pk)).content.decode()
    client.force_login(cast.clerk)
    page = client.get(at("submission", sheet.pk))
    assert "2023-01-31" in page.context["lock"]
    assert page.context["lock"] in page.content.decode()
    assert not page.context["can_edit"]
    assert at("extend", sheet.period_id) not in page.content.decode()
    assert base.press(client, sheet, {"action": "submit"}).status_code == 409


def test_a_return_in_a_closed_period_proposes_time_and_gives_it(office, cast):
    sheet = signed(cast)
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    proposed = office.get(at("submission", sheet.pk)).context["return_form"].initial["until"]
    assert proposed == workdays.after(timezone.localdate(), 3)
    posted = {"action": "return", "reason": "请核对", "until": proposed.isoformat()}
    assert base.press(office, sheet, posted).status_code == 302
    assert Extension.objects.get().until == proposed


@pytest.mark.parametrize("until", ["2023-02-03", "2024-05-03", "soon"])
def test_a_wrong_day_to_mend_is_asked_again(office, cast, until):
    sheet = signed(cast)
    answer = base.press(office, sheet, {"action": "return", "reason": "请核对", "until": until})
    assert answer.status_code == 422
    sheet.refresh_from_db()
    assert sheet.status == "signed"
    assert "请核对" in answer.content.decode()


def test_a_deputy_is_told_for_whom_they_act(client, cast):
    sheet = base.submission(cast.county, status="submitted")
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=cast.clerk, first_day=today, last_day=today)
    client.force_login(cast.clerk)
    assert client.get(at("submission", sheet.pk)).context["acting_for"] == cast.head
    base.press(client, sheet, {"action": "sign"})
    assert "head" in client.get(at("submission", sheet.pk)).content.decode().split('class="moved"')[1]


def test_queries_of_the_review_do_not_grow(office, cast):
    def queries():
        return base.queries(lambda: office.get(at("submission", sheet.pk)))

    sheet = signed(cast)
    codes = list(Indicator.objects.filter(sheet=sheet.sheet, formula="").values_list("code", flat=True))

    def rounds(count, codes):
        for number in range(count):
            moves.move(submission=sheet, action="return", by=cast.office, reason="x", cells=codes)
            writer.save(sheet, writer.Typed({"food.firms": str(number + 1)}), by=cast.clerk)
            base.answer(sheet, cast.clerk)
            moves.move(submission=sheet, action="submit", by=cast.clerk)
            moves.move(submission=sheet, action="sign", by=cast.head)

    rounds(1, codes[:1])
    few = queries()
    rounds(5, codes)
    until = timezone.localdate() + datetime.timedelta(days=9)
    Extension.objects.bulk_create(
        Extension(period=sheet.period, department=cast.market, until=until, reason="x", by=cast.office)
        for _again in range(9)
    )
    assert queries() == few


def test_a_look_reads_the_submission_once(office, cast):
    sheet = signed(cast)
    with CaptureQueriesContext(connection) as captured:
        assert office.get(at("submission", sheet.pk)).status_code == 200
    own = re.compile(rf'FROM "sectors_submission" .*"sectors_submission"\."id" = {sheet.pk}\b')
    asked = [query["sql"] for query in captured if own.search(query["sql"])]
    assert len(asked) == 1


def test_a_page_that_shows_a_new_error_does_not_call_the_submission_clean(office, cast):
    """A rule that came after the signature: the page judges anew, and its panel says the same as its list."""
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.task": "9", "food.done": "5", "food.passed": "5"}, "draft")
    sheet = base.take_to("signed", cast, sheet)
    address = reverse("submission", args=[sheet.pk])
    assert office.get(address).context["open_points"].is_clean
    expression = "food.task <= food.done"
    sector = Sector.objects.get(code="food")
    rules.add(Rule(sector=sector, code="food.later", expression=expression, severity="error", message="后加规则不符"))
    page = office.get(address)
    assert "后加规则不符" in page.content.decode()
    assert (page.context["open_points"].is_clean, page.context["open_points"].findings) == (False, 1)
