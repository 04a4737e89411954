"""Nobody acts on what they did not see: a page that is out of date, or says nothing about it, takes no step."""

import re
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from sectors import guard
from sectors.access import MOVES
from sectors.approval import marks, moves, review
from sectors.calendar import workdays
from sectors.catalogue import rules
from sectors.entry import writer
from sectors.evidence import comments
from sectors.evidence.attachments import SubmissionAttachments
from sectors.findings import reasons, storage
from sectors.models import Attachment, Comment, Deputy, Indicator, Rule, Sector, Submission, Transition
from tests import base
from tests.races import PAUSE, at_once

pytestmark = pytest.mark.django_db
# Which step is decided on which page, and from which status.
JUDGING = {
    "sign": ("head", "submitted"),
    "send_back": ("head", "submitted"),
    "accept": ("office", "signed"),
    "return": ("office", "signed"),
    "reopen": ("office", "accepted"),
}
ON_THE_WAY = ["submit", "sign", "accept"]


def at(name, *args):
    return reverse(name, args=args)


def fresh(sheet):
    return Submission.objects.get(pk=sheet.pk)


def take(cast, sheet, *actions, **options):
    people = {"submit": cast.clerk, "withdraw": cast.clerk, "sign": cast.head, "unsign": cast.head}
    people |= {"send_back": cast.head, "accept": cast.office, "return": cast.office, "reopen": cast.office}
    for action in actions:
        moves.move(submission=fresh(sheet), action=action, by=people[action], reason="请核对", **options)


def mark_of(page, name="seen"):
    found = re.search(rf'name="{name}" value="([^"]*)"', base.html(page))
    assert found
    return found[1]


@pytest.fixture
def sheet(cast):
    found = base.submission(cast.county)
    figures = {"food.task": "9", "food.done": "5", "food.passed": "5"}
    writer.save(found, writer.Typed(figures, {"food.work": "开展抽检四次。"}), by=cast.clerk)
    return found


@pytest.fixture
def colleague(cast):
    """Another clerk of the department."""
    return base.user("clerk", cast.market, "colleague")


def corrected(cast, sheet, status):
    """As it is after others took it back, entered other figures and words, and brought it to where it was."""
    back = {"submitted": ["withdraw"], "signed": ["unsign", "withdraw"], "accepted": ["reopen"]}[status]
    take(cast, sheet, *back)
    typed = writer.Typed({"food.task": "8"}, {"food.work": "开展抽检五次。"})
    writer.save(fresh(sheet), typed, by=cast.clerk)
    take(cast, sheet, *ON_THE_WAY[: ["submitted", "signed", "accepted"].index(status) + 1])


@pytest.mark.parametrize("action", JUDGING)
def test_a_page_from_before_a_correction_takes_no_step_and_says_what_changed(client, cast, sheet, action):
    who, status = JUDGING[action]
    base.take_to(status, cast, sheet)
    client.force_login(getattr(cast, who))
    old = mark_of(client.get(at("submission", sheet.pk)))
    # Another head and another office took the steps in between; the person's own would be no news to them.
    others = base.Cast(
        **vars(cast)
        | {
            "head": base.user("head", cast.market, "other_head"),
            "office": base.user("office", cast.office.department, "other_office"),
        }
    )
    corrected(others, sheet, status)
    posted = {"action": action, "reason": "任务数不对", "cells": ["food.task"], "only_cells": "on", "seen": old}
    answer = client.post(at("move", sheet.pk), posted)
    assert answer.status_code == 409
    assert fresh(sheet).status == status
    news = answer.context["news"]
    assert [(one.indicator.code, one.old, one.new, one.by) for one in news.cells] == [
        ("food.task", "9", "8", cast.clerk)
    ]
    assert [(one.old, one.new) for one in news.texts] == [("开展抽检四次。", "开展抽检五次。")]
    page = base.html(answer)
    panel = page.split('class="panel news"')[1].split("</section>")[0]
    assert re.search(r"<s>9</s>\s*→\s*<strong>8</strong>", panel)
    assert "<ins>五</ins>" in panel
    assert "clerk" in panel
    assert timezone.localtime(news.cells[0].at).strftime("%Y-%m-%d %H:%M") in panel
    if action in ("send_back", "return", "reopen"):
        assert "任务数不对" in page
        assert 'name="cells" value="food.task"' in page
        assert "checked" in page.split('name="cells" value="food.task"')[1].split(">")[0]
        assert 'name="only_cells" checked' in page
    # Who looks at it again decides again, with the page that came.
    posted["seen"] = mark_of(answer)
    assert posted["seen"] != old
    assert client.post(at("move", sheet.pk), posted).status_code == 302
    assert fresh(sheet).status == MOVES[action].new


@pytest.mark.parametrize("seen", [None, "", "x", "1-2-3", "0-0-0-0-0-0-0-0-", "9" * 5000, "-".join(["9" * 5000] * 9)])
@pytest.mark.parametrize("action", JUDGING)
def test_a_page_without_a_mark_takes_no_step(client, cast, sheet, action, seen):
    who, status = JUDGING[action]
    base.take_to(status, cast, sheet)
    client.force_login(getattr(cast, who))
    posted = {"action": action, "reason": "任务数不对"} | ({} if seen is None else {"seen": seen})
    answer = client.post(at("move", sheet.pk), posted)
    assert answer.status_code == 409
    assert fresh(sheet).status == status
    assert client.post(at("move", sheet.pk), posted | {"seen": mark_of(answer)}).status_code == 302


def test_the_day_that_was_chosen_stands_there_still(client, cast, sheet):
    base.take_to("signed", cast, sheet)
    client.force_login(cast.office)
    until = str(workdays.next_workday(timezone.localdate() + timedelta(days=30)))
    answer = client.post(at("move", sheet.pk), {"action": "return", "reason": "任务数不对", "until": until})
    assert answer.status_code == 409
    assert f'value="{until}"' in base.html(answer)


def test_a_reason_is_not_lost_when_nothing_can_be_returned_any_more(client, cast, sheet):
    base.take_to("signed", cast, sheet)
    client.force_login(cast.office)
    old = mark_of(client.get(at("submission", sheet.pk)))
    take(cast, sheet, "unsign", "withdraw")
    answer = client.post(at("move", sheet.pk), {"action": "return", "reason": "任务数与计划不符", "seen": old})
    assert answer.status_code == 409
    assert "任务数与计划不符" in answer.content.decode()


def test_a_refused_acceptance_opens_no_return(client, cast, sheet):
    base.take_to("signed", cast, sheet)
    client.force_login(cast.office)
    assert not client.post(at("move", sheet.pk), {"action": "accept"}).context["return_form"].is_bound


# Everything that a page shows


def change_a_figure(cast, sheet, by):
    writer.save(fresh(sheet), writer.Typed({"food.firms": "3"}), by=by)


def change_and_change_back(cast, sheet, by):
    for text in ("3", ""):
        writer.save(fresh(sheet), writer.Typed({"food.firms": text}), by=by)


def change_words(cast, sheet, by):
    writer.save(fresh(sheet), writer.Typed(narratives={"food.problem": "企业少"}), by=by)


def comment(cast, sheet, by):
    comments.comment(submission=fresh(sheet), indicator=Indicator.objects.get(code="food.task"), by=by, text="已核对")


def attach(cast, sheet, by):
    SubmissionAttachments(fresh(sheet), by).attach([base.pdf()])


def attach_and_remove(cast, sheet, by):
    attach(cast, sheet, by)
    SubmissionAttachments(fresh(sheet), by).remove(Attachment.objects.get())


def count(cast, sheet, by):
    """What a registry counts is not what the person saw, whoever made the record."""
    cells = Indicator.objects.filter(code="food.firms").select_related("unit")
    writer.store_counts(fresh(sheet), {cell: writer.Counted(Decimal(2), 2) for cell in cells}, by=by)


DONE = [change_a_figure, change_and_change_back, change_words, comment, attach, attach_and_remove]


@pytest.mark.parametrize("done", [*DONE, count])
def test_a_clerk_submits_only_what_they_saw(client, cast, sheet, colleague, media, done):
    client.force_login(cast.clerk)
    page = client.get(at("sheet", sheet.pk))
    done(cast, sheet, colleague)
    answer = client.post(at("sheet", sheet.pk), {"seen": mark_of(page)})
    assert answer.status_code == 409
    assert fresh(sheet).status == "draft"
    assert answer.context["news"]
    told = "又改回" if done is change_and_change_back else "colleague"
    assert told in base.html(answer).split('class="panel news"')[1].split("</section>")[0]
    assert client.post(at("sheet", sheet.pk), {"seen": mark_of(answer)}).status_code == 302
    assert fresh(sheet).status == "submitted"


@pytest.mark.parametrize("done", DONE)
def test_what_one_did_oneself_is_no_news(client, cast, sheet, media, done):
    client.force_login(cast.clerk)
    page = client.get(at("sheet", sheet.pk))
    done(cast, sheet, cast.clerk)
    assert client.post(at("sheet", sheet.pk), {"seen": mark_of(page)}).status_code == 302
    assert fresh(sheet).status == "submitted"


def test_what_ones_own_records_counted_is(client, cast, sheet):
    client.force_login(cast.clerk)
    page = client.get(at("sheet", sheet.pk))
    count(cast, sheet, cast.clerk)
    assert client.post(at("sheet", sheet.pk), {"seen": mark_of(page)}).status_code == 409


def test_a_sheet_without_a_mark_is_not_submitted(client, cast, sheet):
    client.force_login(cast.clerk)
    for posted in ({}, {"seen": ""}, {"seen": "x"}):
        assert client.post(at("sheet", sheet.pk), posted).status_code == 409
        assert client.post(at("move", sheet.pk), posted | {"action": "submit"}).status_code == 409
    assert fresh(sheet).status == "draft"


def resolve(cast, sheet, by):
    (said,) = Comment.objects.all()
    comments.resolve(submission=fresh(sheet), indicator=said.indicator, by=by, up_to=said.pk)


def add_a_rule(cast, sheet, by):
    sector = Sector.objects.get(code="food")
    rules.add(Rule(sector=sector, code="food.x", expression="food.task <= 8", severity="warning", message="任务偏多"))


def change_another_sheet(cast, sheet, by):
    """A rule reads both; the finding stands beside this sheet."""
    base.report(cast.county, "2023Q1", {"water.tests": "4"}, "draft")


@pytest.mark.parametrize("done", [comment, resolve, add_a_rule, change_another_sheet])
@pytest.mark.parametrize("action", ["sign", "accept", "return"])
def test_talk_and_findings_are_seen_before_a_step(client, cast, sheet, colleague, action, done):
    if done is change_another_sheet:
        base.across_two_sheets()
    who, status = JUDGING[action]
    base.take_to(status, cast, sheet)
    if done is resolve:
        comment(cast, sheet, cast.clerk)
    client.force_login(getattr(cast, who))
    old = mark_of(client.get(at("submission", sheet.pk)))
    done(cast, sheet, colleague)
    posted = {"action": action, "reason": "请核对"}
    answer = client.post(at("move", sheet.pk), posted | {"seen": old})
    assert answer.status_code == 409
    assert fresh(sheet).status == status
    assert answer.context["news"]
    assert client.post(at("move", sheet.pk), posted | {"seen": mark_of(answer)}).status_code == 302


def test_the_offices_own_word_on_a_finding_is_no_news_and_a_colleagues_is(client, cast):
    base.report(cast.county, "2023Q1", {"food.task": "9", "food.done": "5", "food.passed": "6"}, "accepted")
    sheet = base.submission(cast.county, status="accepted")
    (found,) = storage.refresh(sheet)
    other = base.user("office", cast.office.department, "other_office")
    client.force_login(cast.office)
    old = mark_of(client.get(at("submission", sheet.pk)))
    reasons.judge(finding=found, accept=True, text="已看过乡镇台账，可以保留", by=cast.office)
    now = marks.mark(cast.office, sheet.pk).with_findings(storage.current(fresh(sheet)))
    assert str(now) == old
    reasons.judge(finding=found, accept=False, text="台账与报表不一致，请重新核对", by=other)
    posted = {"action": "reopen", "reason": "请核对", "seen": old}
    answer = client.post(at("move", sheet.pk), posted)
    assert answer.status_code == 409
    assert "台账与报表不一致" in base.html(answer).split('class="panel news"')[1].split("</section>")[0]


def test_what_is_taken_back_needs_no_mark(client, cast, sheet):
    base.take_to("signed", cast, sheet)
    client.force_login(cast.head)
    assert client.post(at("move", sheet.pk), {"action": "unsign"}).status_code == 302
    client.force_login(cast.clerk)
    assert client.post(at("move", sheet.pk), {"action": "withdraw"}).status_code == 302


def test_a_deputys_page_is_held_to_its_mark_as_well(client, cast, sheet, colleague):
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=colleague, first_day=today, last_day=today, by=cast.head)
    take(cast, sheet, "submit")
    client.force_login(colleague)
    old = mark_of(client.get(at("submission", sheet.pk)))
    corrected(cast, sheet, "submitted")
    assert client.post(at("move", sheet.pk), {"action": "sign", "seen": old}).status_code == 409
    assert fresh(sheet).status == "submitted"


def test_code_takes_steps_without_a_page(cast, sheet):
    take(cast, sheet, *ON_THE_WAY)
    assert fresh(sheet).status == "accepted"
    with pytest.raises(marks.Outdated):
        take(cast, sheet, "reopen", seen="")


# The list of what is clean


@pytest.fixture
def waiting(cast, sheet):
    """Two clean sheets that wait for the office."""
    other = base.submission(cast.county, in_period="2023Q2")
    writer.save(other, writer.Typed({"food.task": "9", "food.done": "5"}), by=cast.clerk)
    for one in (sheet, other):
        take(cast, one, "submit", "sign")
    return sheet, other


def test_only_what_the_list_showed_is_accepted_together(client, cast, waiting):
    sheet = waiting[0]
    client.force_login(cast.office)
    page = client.get(at("queue"))
    posted = {"submissions": [one.pk for one in waiting]}
    posted |= {f"seen-{one.pk}": mark_of(page, f"seen-{one.pk}") for one in waiting}
    corrected(cast, sheet, "signed")
    answer = client.post(at("accept-clean"), posted, follow=True)
    assert [fresh(one).status for one in waiting] == ["signed", "accepted"]
    said = [str(message) for message in answer.context["messages"]]
    assert "抽检任务 9 → 8" in said[1]
    assert "head" in said[1]
    posted[f"seen-{sheet.pk}"] = mark_of(answer, f"seen-{sheet.pk}")
    client.post(at("accept-clean"), posted)
    assert [fresh(one).status for one in waiting] == ["accepted", "accepted"]


@pytest.mark.parametrize("seen", [None, "", "x"])
def test_a_list_without_marks_accepts_nothing(client, cast, waiting, seen):
    client.force_login(cast.office)
    posted = {"submissions": [one.pk for one in waiting]}
    posted |= {} if seen is None else {f"seen-{one.pk}": seen for one in waiting}
    answer = client.post(at("accept-clean"), posted, follow=True)
    assert [fresh(one).status for one in waiting] == ["signed", "signed"]
    assert len(list(answer.context["messages"])) == 3


def test_the_list_says_who_passed_each_on(client, cast, waiting):
    client.force_login(cast.office)
    page = client.get(at("queue"))
    assert [row.step.by for row in page.context["rows"]] == [cast.head, cast.head]


def test_a_mark_costs_one_query_for_one_and_for_many(cast, waiting, django_assert_num_queries):
    with django_assert_num_queries(1):
        one = marks.mark(cast.office, waiting[0].pk)
    with django_assert_num_queries(1):
        assert marks.read(cast.office, [one.pk for one in waiting])[waiting[0].pk] == one
    assert marks.mark(cast.office, 0) == marks.Mark()
    assert marks.Mark.parse(str(one)) == one


def test_a_refused_step_costs_the_same_however_much_changed(client, cast, sheet, colleague):
    def queries():
        return base.queries(lambda: review.news(fresh(sheet), old, cast.clerk))

    old = str(marks.mark(cast.clerk, sheet.pk))
    for number in ("food.firms", "food.price"):
        writer.save(fresh(sheet), writer.Typed({number: "3"}), by=colleague)
    few = queries()
    for code in ("food.done.farm", "food.done.school", "food.output", "food.passed", "food.task", "food.done"):
        writer.save(fresh(sheet), writer.Typed({code: "2"}), by=colleague)
    news = review.news(fresh(sheet), old, cast.clerk)
    assert news
    assert len(news.cells) == 8
    assert queries() == few


# At the same moment


@pytest.fixture
def slow(monkeypatch):
    """A pause between looking and writing."""
    for module, name in ((moves, "_write"), (writer, "_write_figures")):
        original = getattr(module, name)

        def late(*args, original=original, **kwargs):
            time.sleep(PAUSE)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, late)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_comment_comes_before_the_acceptance_and_stops_it_or_after_it(cast, slow, _round):
    sheet = base.take_to("signed", cast, base.submission(cast.county))
    seen, task = base.seen(cast.office, sheet), Indicator.objects.get(code="food.task")
    said, accepted = at_once(
        lambda: comments.comment(submission=fresh(sheet), indicator=task, by=cast.clerk, text="任务数写错了"),
        lambda: moves.move(submission=fresh(sheet), action="accept", by=cast.office, seen=seen),
    )
    assert isinstance(said, Comment)
    if isinstance(accepted, marks.Outdated):
        assert fresh(sheet).status == "signed"
    else:
        assert isinstance(accepted, Submission)
        assert said.at > Transition.objects.latest("pk").at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_colleagues_figure_comes_before_the_submission_and_stops_it_or_not_at_all(cast, slow, _round):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    colleague, seen = base.user("clerk", cast.market, "colleague"), str(marks.mark(cast.clerk, sheet.pk))
    saved, submitted = at_once(
        lambda: writer.save(fresh(sheet), writer.Typed({"food.firms": "5"}), by=colleague),
        lambda: moves.move(submission=fresh(sheet), action="submit", by=cast.clerk, seen=seen),
    )
    if isinstance(saved, guard.WrongState):
        assert isinstance(submitted, Submission)
        assert not sheet.changes.filter(by=colleague).exists()
    else:
        assert (saved.changed, type(submitted)) == (1, marks.Outdated)
        assert fresh(sheet).status == "draft"
