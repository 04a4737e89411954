"""Rules in versions by date, edited by administrators, tried on the past, and left alone by the catalogue."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from sectors.catalogue import loader
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.rules import revise
from sectors.checks import trials
from sectors.findings import storage
from sectors.models import Breakdown, Figure, Rule, Sector, StoredFinding
from tests import base

pytestmark = pytest.mark.django_db

CODE = "food.passed_within_done"
JULY = datetime.date(2023, 7, 1)
WRONG = {"food.done": "5", "food.passed": "6"}


@pytest.fixture
def rule(cast):
    return Rule.objects.get(code=CODE)


def versions(code=CODE):
    return list(Rule.objects.filter(code=code).values_list("valid_from", "valid_to", "severity", "source"))


def form(rule=None, **changes):
    """What the page of the administration sends."""
    fields = {"starts": "2023-07-01", "valid_from": "", "valid_to": ""}
    if rule is None:
        fields |= {"sector": str(Sector.objects.get(code="food").pk), "code": "food.new", "severity": "warning"}
        fields |= {"expression": "food.done <= food.task", "message": "完成多于任务", "missing": "any"}
    else:
        fields |= {name: getattr(rule, name) for name in ("expression", "severity", "message", "missing")}
        fields |= {"is_on": "on"} if rule.is_on else {}
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def change(rule):
    return reverse("admin:sectors_rule_change", args=[rule.pk])


# Versions


def test_an_edited_rule_ends_the_day_before_and_goes_on_with_new_words(rule):
    rule.severity = "warning"
    ended = revise(rule, starts=JULY)
    assert versions() == [
        (None, datetime.date(2023, 6, 30), "error", "catalogue"),
        (JULY, None, "warning", "admin"),
    ]
    assert ended is not None
    assert ended.pk != rule.pk
    for day, severity in ((datetime.date(2023, 6, 30), "error"), (JULY, "warning")):
        assert [r.severity for r in Rule.objects.filter(is_on=True) if r.valid_on(day)] == [severity]


def test_submissions_are_judged_by_the_version_of_their_period(cast, rule):
    rule.severity = "warning"
    revise(rule, starts=JULY)
    for period, severity in (("2023Q2", "error"), ("2023Q3", "warning")):
        base.report(cast.county, period, WRONG, "draft")
        (found,) = storage.refresh(base.submission(cast.county, in_period=period))
        assert found.severity == severity


def test_an_edit_that_changes_no_words_ends_nothing(rule):
    rule.valid_to = datetime.date(2023, 12, 31)
    assert revise(rule, starts=JULY) is None
    assert versions() == [(None, datetime.date(2023, 12, 31), "error", "admin")]


def test_a_second_edit_for_the_same_day_makes_no_empty_version(rule):
    rule.severity = "warning"
    revise(rule, starts=JULY)
    rule.message = "合格多于完成，请核对"
    assert revise(rule, starts=JULY) is None
    assert len(versions()) == 2


def test_a_draft_is_rewritten_in_place(rule):
    base.change_catalogue(Rule.objects.all(), is_on=False)
    rule.refresh_from_db()
    rule.severity = "warning"
    assert revise(rule, starts=JULY) is None
    assert len(versions()) == 1


def test_a_rule_in_force_is_switched_off_from_a_day_on(cast, rule):
    rule.is_on = False
    revise(rule, starts=JULY)
    for period, found in (("2023Q2", CODE), ("2023Q3", "bound:food.rate")):
        base.report(cast.county, period, WRONG, "draft")
        assert [row.rule for row in storage.refresh(base.submission(cast.county, in_period=period))] == [found]


# The catalogue


def test_the_catalogue_does_not_undo_what_was_edited_and_says_so(rule):
    rule.severity = "warning"
    revise(rule, starts=JULY)
    before = versions()
    changes = loader.load(base.SMALL)
    assert versions() == before
    assert [line for line in changes.lines if CODE in line]
    assert len(changes.lines) == 1


def test_the_catalogue_still_keeps_its_own_rules(rule):
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), severity="warning")
    Rule.objects.create(sector=rule.sector, code="food.gone", expression="food.done > 0", severity="error", message="x")
    Rule.objects.create(
        sector=rule.sector, code="food.ours", expression="food.done > 0", severity="error", message="x", source="admin"
    )
    loader.load(base.SMALL)
    assert dict(Rule.objects.values_list("code", "severity")) == {CODE: "error", "food.ours": "error"}


def test_a_catalogue_that_breaks_an_edited_rule_is_refused(rule):
    rule.expression = "parts(food.done) == food.done"
    revise(rule, starts=JULY)
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), expression="parts(food.task) == food.task")
    assert not Breakdown.objects.filter(total__code="food.task").exists()
    with pytest.raises(CatalogueError, match=r"food\.task"):
        loader.load(base.SMALL)


@pytest.mark.parametrize("expression", ["food.rate >= 0.98", "food.output <= 500", "food.firms <= food.price"])
def test_an_edited_rule_whose_units_do_not_fit_goes_on_as_it_was_and_is_named(client, cast, rule, expression):
    rule.expression = "food.rate >= 1%"
    revise(rule, starts=JULY)
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), expression=expression)
    assert [line for line in loader.load(base.SMALL).lines if f"= 审核关系{CODE}须修订" in line]
    client.force_login(cast.admin)
    rule.refresh_from_db()
    assert "须修订" in client.get(change(rule)).content.decode()
    sent = form(rule, seen=base.seen_on(client, change(rule)), severity="hint", valid_from=str(JULY))
    assert client.post(change(rule), sent).status_code == 302
    assert Rule.objects.get(pk=rule.pk).severity == "hint"


def test_a_stored_number_means_what_it_meant(cast, rule):
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), expression="food.rate >= 0.9")
    base.report(cast.county, "2023Q1", {"food.done": "10", "food.passed": "8"}, "draft")
    assert [row.rule for row in storage.refresh(base.submission(cast.county))] == [CODE]
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), expression="food.rate >= 0.8")
    assert storage.refresh(base.submission(cast.county)) == []
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), expression="food.rate >= 80.1%")
    assert [row.rule for row in storage.refresh(base.submission(cast.county))] == [CODE]


# The past


def test_a_rule_is_tried_on_accepted_figures_by_year(cast, rule):
    base.report(cast.county, "2022Q1", WRONG)
    base.report(cast.county, "2022Q2", {"food.done": "6", "food.passed": "6"})
    base.report(cast.county, "2022Q3", {"food.done": "6"})  # cannot be judged
    base.report(cast.county, "2023Q1", WRONG, "draft")  # nobody has accepted it
    base.report(cast.other_county, "2021Q4", WRONG)
    trial = trials.against_the_past(rule)
    assert trial.years == [(2022, 1, 2), (2021, 1, 1)]
    assert [(str(case.period.region), case.declared, case.expected) for case in trial.cases] == [
        ("云泽县", "6", "5"),
        ("石浦县", "6", "5"),
    ]
    assert not StoredFinding.objects.exists()


def test_a_rule_over_rates_and_last_year_is_tried_too(cast, rule):
    base.report(cast.county, "2022Q1", {"food.done": "10", "food.passed": "10"})
    base.report(cast.county, "2023Q1", {"food.done": "10", "food.passed": "5"})
    rule.expression = "food.rate >= 0.9"
    assert trials.against_the_past(rule).years == [(2023, 1, 1), (2022, 0, 1)]
    rule.expression = "food.passed >= last_year(food.passed)"
    assert trials.against_the_past(rule).years == [(2023, 1, 1)]


def test_the_queries_of_a_try_do_not_grow_with_the_years(cast, rule):
    def queries():
        return base.queries(lambda: trials.against_the_past(rule))

    base.report(cast.county, "2001Q1", WRONG)
    queries()  # the first to look reads the catalogue
    few = queries()
    for year in range(2002, 2012):
        base.report(cast.county, f"{year}Q1", WRONG)
    assert queries() == few


# The administration


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
def test_only_administrators_edit_rules(client, cast, rule, who):
    client.force_login(getattr(cast, who))
    assert client.get(change(rule)).status_code == 302
    assert client.post(change(rule), form(rule, severity="warning")).status_code == 302
    assert versions() == [(None, None, "error", "catalogue")]


def test_an_administrator_edits_a_rule_from_a_day_on(client, cast, rule):
    client.force_login(cast.admin)
    assert client.get(change(rule)).status_code == 200
    answer = client.post(
        change(rule), form(rule, seen=base.seen_on(client, change(rule)), severity="warning"), follow=True
    )
    assert "2023" in answer.content.decode()
    assert [(start, end, severity) for start, end, severity, _source in versions()] == [
        (None, datetime.date(2023, 6, 30), "error"),
        (JULY, None, "warning"),
    ]
    ended = Rule.objects.get(code=CODE, valid_to=datetime.date(2023, 6, 30))
    assert client.post(change(ended), form(ended, severity="warning")).status_code == 403


@pytest.mark.parametrize(
    ("expression", "marked"),
    [
        ("food.passed =< food.done", "food.passed <mark>=</mark>&lt; food.done"),
        ("food.passed <= food.dome", "food.passed &lt;= <mark>food.dome</mark>"),
        ("food.passed <= parts(food.task)", "food.passed &lt;= <mark>parts"),
        ("food.passed <=", "food.passed &lt;<mark>=</mark>"),
        ("food.passed", "<mark>food.passed</mark>"),
        ("food.passed <= __import__('os')", "food.passed &lt;= <mark>"),
        ("food.passed\n  <= food.dome", "food.passed &lt;= <mark>food.dome</mark>"),
        ("food.rate >= 98", "food.rate &gt;= <mark>98</mark>"),
        ("food.rate >= 98厘", "food.rate &gt;= 98<mark>厘</mark>"),
        ("food.rate >= 98％", "food.rate &gt;= 98<mark>％</mark>"),
        ("food.rate >= 5吨", "food.rate &gt;= <mark>5吨</mark>"),
        ("food.passed <= <script>", "food.passed &lt;= <mark>&lt;</mark>script&gt;"),
    ],
)
def test_a_wrong_expression_is_refused_with_the_place_marked(client, cast, rule, expression, marked):
    client.force_login(cast.admin)
    answer = client.post(change(rule), form(rule, seen=base.seen_on(client, change(rule)), expression=expression))
    assert answer.status_code == 200
    assert marked in answer.content.decode()
    assert Rule.objects.get().expression == "food.passed <= food.done"


def test_a_new_rule_begins_as_a_draft_of_today(client, cast):
    client.force_login(cast.admin)
    initial = client.get(reverse("admin:sectors_rule_add")).context["adminform"].form.initial
    assert (initial["is_on"], initial["valid_from"]) == (False, timezone.localdate())
    client.post(reverse("admin:sectors_rule_add"), form())
    new = Rule.objects.get(code="food.new")
    assert (new.source, new.is_on) == ("admin", False)
    base.report(cast.county, "2023Q1", {"food.task": "1", "food.done": "2"}, "draft")
    assert storage.refresh(base.submission(cast.county)) == []
    client.post(change(new), form(new, seen=base.seen_on(client, change(new)), is_on="on"))
    assert len(storage.refresh(base.submission(cast.county))) == 1
    assert len(versions("food.new")) == 1


def test_versions_may_not_overlap(client, cast, rule):
    client.force_login(cast.admin)
    answer = client.post(reverse("admin:sectors_rule_add"), form(code=CODE, valid_from="2023-07-01"))
    assert "valid_from" in answer.context["adminform"].form.errors
    client.post(change(rule), form(rule, seen=base.seen_on(client, change(rule)), valid_to="2023-06-30"))
    answer = client.post(reverse("admin:sectors_rule_add"), form(code=CODE, valid_from="2023-06-30"))
    assert "valid_from" in answer.context["adminform"].form.errors
    client.post(reverse("admin:sectors_rule_add"), form(code=CODE, valid_from="2023-07-01"))
    assert len(versions()) == 2


def test_a_change_after_the_end_is_refused(client, cast, rule):
    future = timezone.localdate() + datetime.timedelta(days=30)
    base.change_catalogue(Rule.objects.all(), valid_to=future)
    client.force_login(cast.admin)
    late = str(future + datetime.timedelta(days=1))
    answer = client.post(
        change(rule),
        form(rule, seen=base.seen_on(client, change(rule)), severity="warning", starts=late, valid_to=str(future)),
    )
    assert "valid_to" in answer.context["adminform"].form.errors
    assert Rule.objects.get().severity == "error"


def test_a_try_shows_what_the_rule_would_have_raised_and_saves_nothing(client, cast, rule):
    base.report(cast.county, "2022Q1", WRONG)
    client.force_login(cast.admin)
    answer = client.post(
        change(rule), form(rule, seen=base.seen_on(client, change(rule)), message="改了一半的话", _try="yes")
    )
    assert answer.status_code == 200
    text = answer.content.decode()
    assert answer.context["trial"].years == [(2022, 1, 1)]
    assert reverse("submission", args=[Figure.objects.get(indicator__code="food.done").submission_id]) in text
    assert text.count("改了一半的话") == 2  # in its field, and as the finding would read
    assert versions() == [(None, None, "error", "catalogue")]
    answer = client.post(reverse("admin:sectors_rule_add"), form(expression="food.passed < food.done", _try="yes"))
    assert answer.context["trial"].years == [(2022, 1, 1)]
    assert Rule.objects.count() == 1


def test_a_try_tells_the_total_from_what_its_parts_make(cast, rule):
    base.report(cast.county, "2022Q1", {"food.done": "9", "food.done.farm": "5", "food.done.school": "3"})
    rule.expression = "food.done.farm + food.done.school == food.done"
    (case,) = trials.against_the_past(rule).cases
    assert (case.declared, case.expected) == ("9", "8")


def test_an_expression_is_read_by_names_as_well(client, cast, rule):
    client.force_login(cast.admin)
    assert "抽检合格 &lt;= 抽检完成" in client.get(change(rule)).content.decode()


def test_a_try_of_a_wrong_expression_marks_the_place(client, cast, rule):
    client.force_login(cast.admin)
    answer = client.post(
        change(rule), form(rule, seen=base.seen_on(client, change(rule)), expression="food.passed <", _try="yes")
    )
    assert "trial" not in answer.context
    assert "<mark>" in answer.content.decode()


def test_only_drafts_are_deleted(client, cast, rule):
    client.force_login(cast.admin)
    delete = reverse("admin:sectors_rule_delete", args=[rule.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    base.change_catalogue(Rule.objects.all(), is_on=False, source="admin")
    assert base.change(client, delete, {"post": "yes"}).status_code == 302
    assert not Rule.objects.exists()


def test_findings_are_only_looked_at_in_the_administration(client, cast):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    client.force_login(cast.admin)
    assert client.get(reverse("admin:sectors_storedfinding_changelist")).status_code == 200
    assert client.get(reverse("admin:sectors_findingnote_changelist")).status_code == 200
    page = reverse("admin:sectors_storedfinding_change", args=[found.pk])
    assert client.post(page, {"state": "accepted"}).status_code == 403


def test_what_missing_figures_do_is_part_of_a_rule_and_of_its_try(client, cast, rule):
    base.report(cast.county, "2023Q1", {"food.passed": "6"})
    rule.expression = "food.passed <= food.done"
    assert trials.against_the_past(rule).years == []
    rule.missing = "zero"
    assert trials.against_the_past(rule).years == [(2023, 1, 1)]
    client.force_login(cast.admin)
    assert (
        client.post(
            change(rule), form(Rule.objects.get(pk=rule.pk), seen=base.seen_on(client, change(rule)), missing="all")
        ).status_code
        == 302
    )
    assert [r.missing for r in Rule.objects.filter(code=CODE)] == ["any", "all"]


def test_a_rule_over_the_period_before_is_tried(cast, rule):
    for quarter, done in ((1, "5"), (2, "6"), (3, "20")):
        base.report(cast.county, f"2023Q{quarter}", {"food.done": done})
    rule.expression = "food.done <= previous(food.done) * 2"
    trial = trials.against_the_past(rule)
    assert trial.years == [(2023, 1, 2)]
    assert [case.period.code for case in trial.cases] == ["2023Q3"]
