"""The office says how grave a check is in its region."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.aggregation.cube import annual
from reports.chapters import annexes, evidence, verification
from sectors.approval import moves, refusals
from sectors.checks.findings import CheckKind
from sectors.checks.severities import CHECKS
from sectors.findings import reasons, severities, storage
from sectors.guard import WrongState
from sectors.models import CatalogueVersion, Indicator, Rule, Sector, SeverityChange, StoredFinding, Submission
from tests import base
from tests.races import at_once, slow_locks
from tests.sectors.findings.test_follow import rule

pytestmark = pytest.mark.django_db

WHY = "本县企业数少，季度间变动属正常"
OF_COUNTS = {"food.done": "271", "food.done.farm": "200", "food.done.school": "65"}


def check(region, kind, code=""):
    return severities.find(region, kind, code)


def set_to(cast, new, kind="rule", code="", region=None, by=None):
    region = region or cast.county
    one = check(region, kind, code)
    severities.change(region=region, check=one, new=new, reason=WHY, by=by or cast.office, seen=one.seen)


def found(region, sheet="T-01", period="2023Q1", status="draft"):
    return {one.rule: one.severity for one in storage.refresh(base.submission(region, sheet, period, status))}


@pytest.fixture
def few(cast):
    """The code of a rule of warnings that both counties break."""
    code = rule("food.firms > 9")
    for region in (cast.county, cast.other_county):
        base.report(region, "2023Q1", {"food.firms": "5"}, "draft")
    return code


@pytest.mark.parametrize("new", ["error", "hint"])
def test_a_severity_holds_for_what_is_judged_from_then_on_in_its_region_only(cast, few, new):
    assert found(cast.county) == found(cast.other_county) == {few: "warning"}
    set_to(cast, new, code=few)
    assert found(cast.county) == {few: new}
    assert found(cast.other_county) == {few: "warning"}
    set_to(cast, "", code=few)
    assert found(cast.county) == {few: "warning"}
    kept = SeverityChange.objects.order_by("pk").values_list("old", "new", "reason", "by__username")
    assert list(kept) == [("", new, WHY, "office"), (new, "", WHY, "office")]


def test_a_county_says_nothing_for_its_prefecture_nor_the_other_way_round(cast, few):
    base.make_reporting(cast.prefecture)
    base.report(cast.prefecture, "2023Q1", {"food.firms": "5"}, "draft")
    set_to(cast, "hint", code=few)
    assert found(cast.prefecture) == {few: "warning"}
    set_to(cast, "error", code=few, region=cast.prefecture, by=cast.admin)
    assert found(cast.county) == {few: "hint"}


@pytest.mark.parametrize(("new", "is_stopped"), [("error", True), ("warning", True), ("hint", False)])
def test_the_severity_decides_whether_a_sheet_goes_out(cast, few, new, is_stopped):
    if new != "warning":
        set_to(cast, new, code=few)
    submission = base.submission(cast.county)
    base.complete(submission)
    if is_stopped:
        with pytest.raises(refusals.Unresolved) as caught:
            moves.move(submission=submission, action="submit", by=cast.clerk)
        assert bool(caught.value.errors) == (new == "error")
    else:
        moves.move(submission=submission, action="submit", by=cast.clerk)


def test_a_kind_of_built_in_checks_is_named_as_one(cast):
    base.report(cast.county, "2022Q1", {"food.firms": "10", "food.task": "9"}, "accepted")
    base.report(cast.county, "2023Q1", {"food.firms": "100", "food.task": "90"}, "draft")
    assert set(found(cast.county)) == {"change:food.firms", "change:food.task"}
    set_to(cast, "hint", "change")
    assert set(found(cast.county).values()) == {"hint"}


def test_whole_counts_that_do_not_add_up_stay_an_error(cast):
    base.report(cast.county, "2023Q1", OF_COUNTS, "draft")
    set_to(cast, "warning", "sum")
    assert set(found(cast.county).values()) == {"error"}
    base.change_catalogue(Indicator.objects.filter(code__in=list(OF_COUNTS)), decimals=1)
    assert set(found(cast.county).values()) == {"warning"}


def test_what_stands_for_several_is_as_grave_as_the_gravest(cast):
    """Two rules that the same slip breaks are one finding, known by the first of them."""
    first, _second = rule("food.firms == food.task", "error"), rule("food.task == food.firms", "warning")
    base.report(cast.county, "2023Q1", {"food.firms": "5", "food.task": "6"}, "draft")
    assert found(cast.county) == {first: "error"}
    set_to(cast, "hint", code=first)
    assert list(found(cast.county).values()) == ["warning"]


@pytest.mark.parametrize(
    ("kind", "new"),
    [("bound", "warning"), ("bound", "hint"), ("required", "warning"), ("sum", "hint"), ("part", "hint")]
    + [(kind, "hint") for kind in ("declared", "share", "fall", "annual")],
)
def test_what_is_impossible_is_lowered_by_nobody(cast, kind, new):
    with pytest.raises(severities.NotAllowed) as caught:
        set_to(cast, new, kind)
    assert str(caught.value) == str(CHECKS[kind].why)
    assert not SeverityChange.objects.exists()


def test_every_kind_of_check_can_be_named(cast):
    assert set(CHECKS) == set(CheckKind)
    named = {one.kind for one in severities.listed(cast.county)}
    assert named == set(CheckKind)


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "outsider_office"])
def test_only_the_office_of_the_region_and_the_administrator_may(cast, few, name):
    with pytest.raises(PermissionDenied):
        set_to(cast, "error", code=few, by=getattr(cast, name))
    set_to(cast, "error", code=few, by=cast.admin)


def test_who_decides_on_an_old_page_changes_nothing(cast, few):
    one = check(cast.county, "rule", few)
    set_to(cast, "error", code=few)
    with pytest.raises(WrongState):
        severities.change(region=cast.county, check=one, new="hint", reason=WHY, by=cast.office, seen=one.seen)
    assert found(cast.county) == {few: "error"}


@pytest.mark.parametrize("loaded", [{"severity": "error"}, {"is_on": False}, {"code": "food.other"}])
def test_who_decides_on_a_page_from_before_a_load_changes_nothing(cast, few, loaded):
    """What the catalogue's own severity is has become another decision, and a rule that is gone takes none."""
    one = check(cast.county, "rule", few)
    base.change_catalogue(Rule.objects.filter(code=few), **loaded)
    with pytest.raises(WrongState):
        severities.change(region=cast.county, check=one, new="hint", reason=WHY, by=cast.office, seen=one.seen)
    assert not SeverityChange.objects.exists()


def test_a_change_that_the_catalogue_has_caught_up_with_is_none_on_page_and_in_annex(client, cast, few):
    """Until the catalogue says something else again: then it is in force."""
    set_to(cast, "error", code=few)
    client.force_login(cast.office)

    def changed():
        listed = client.get(reverse("checks"), {"changed": "on"}).context["page"].object_list
        assert len(verification.regraded(cast.county)) == len(listed)
        return [(one.code, one.severity) for one in listed]

    assert changed() == [(few, "error")]
    base.change_catalogue(Rule.objects.filter(code=few), severity="error")
    assert changed() == []
    assert found(cast.county) == {few: "error"}
    base.change_catalogue(Rule.objects.filter(code=few), severity="hint")
    assert changed() == [(few, "error")]
    assert found(cast.county) == {few: "error"}


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("error", " "),
        ("error", "\u3000\u200b"),
        ("error", "。。"),
        ("error", "理由" * 101),
        ("", WHY),
        ("warning", WHY),
    ],
)
def test_a_change_has_a_reason_and_changes_something(cast, few, new, reason):
    one = check(cast.county, "rule", few)
    with pytest.raises(severities.NotAllowed):
        severities.change(region=cast.county, check=one, new=new, reason=reason, by=cast.office, seen=one.seen)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeverityChange.objects.create(region=cast.county, kind="rule", rule=few, new="error", by=cast.office)


def test_the_usual_severity_is_that_of_the_catalogue_again(cast, few):
    set_to(cast, "hint", code=few)
    set_to(cast, "warning", code=few)
    assert check(cast.county, "rule", few).changed is None
    assert verification.regraded(cast.county) == []
    assert check(cast.county, "rule", few).choices == ["error", "hint"]


@pytest.mark.parametrize("kind", [kind for kind, about in CHECKS.items() if about.varies])
def test_what_is_a_warning_in_some_cases_may_be_an_error_there_too_and_page_and_annex_say_what_that_changes(
    client, cast, kind
):
    set_to(cast, "error", kind)
    assert check(cast.county, kind).changed
    found = verification.regraded(cast.county)
    which = "下降100%而本期不为0的" if kind == "growth" else "截尾的"
    assert f"'错误（{which}为须核实）'" in str(list(annexes.remarks([], found)))
    client.force_login(cast.office)
    for address in (f"{reverse('checks')}?changed=on", reverse("check", args=[kind])):
        assert f"{which}为须核实" in base.html(client.get(address))


@pytest.mark.parametrize("way", ["deleted", "renamed", "switched off"])
def test_the_annex_names_no_change_of_a_rule_that_is_gone_until_it_is_back(cast, few, way):
    set_to(cast, "hint", code=few)
    held = Rule.objects.filter(code=few)
    row = held.values().get()
    if way == "deleted":
        held.delete()
    else:
        base.change_catalogue(held, **({"code": "food.other"} if way == "renamed" else {"is_on": False}))
    CatalogueVersion.objects.renew()
    assert check(cast.county, "rule", few) is None
    assert verification.regraded(cast.county) == []
    Rule.objects.filter(pk=row["id"]).delete()
    Rule.objects.create(**row)
    CatalogueVersion.objects.renew()
    assert [one.severity for one in verification.regraded(cast.county)] == ["hint"]
    set_to(cast, "", code=few)
    assert verification.regraded(cast.county) == []


@pytest.mark.parametrize(("new", "severity"), [("error", "error"), ("", "warning")])
def test_what_became_graver_after_signing_goes_on_record_and_is_explained_once_accepted(cast, few, new, severity):
    """The signature is about figures, which are the same; between signing and accepting nobody can explain."""
    set_to(cast, "hint", code=few)
    submission = base.take_to("signed", cast, base.submission(cast.county))
    set_to(cast, new, code=few)
    moves.move(submission=submission, action="accept", by=cast.office)
    submission.refresh_from_db()
    assert [step.new for step in submission.transitions.order_by("pk")] == ["submitted", "signed", "accepted"]
    (finding,) = StoredFinding.objects.filter(submission=submission)
    assert (finding.severity, finding.state) == (severity, "open")
    reasons.explain(finding=finding, text="两家企业本季度停产，登记已注销", by=cast.clerk)
    assert StoredFinding.objects.get(pk=finding.pk).state == "explained"


def test_the_reason_of_an_error_counts_where_it_becomes_a_warning_and_an_error_again(cast, few):
    set_to(cast, "error", code=few)
    submission = base.submission(cast.county)
    (finding,) = storage.refresh(submission)
    reasons.explain(finding=finding, text="两家企业本季度停产，登记已注销", by=cast.clerk)
    for severity in ("", "hint", "error"):
        set_to(cast, severity, code=few)
    (finding,) = storage.refresh(submission)
    assert (finding.severity, finding.state, finding.notes.count()) == ("error", "explained", 1)


def test_of_a_rule_with_a_draft_of_other_words_the_annex_tells_what_holds(cast, few):
    set_to(cast, "error", code=few)
    held = Rule.objects.get(code=few)
    draft = {"expression": held.expression, "severity": "hint", "message": "草稿", "is_on": False}
    Rule.objects.create(sector=held.sector, code=few, valid_from=datetime.date(2030, 1, 1), **draft)
    (found,) = verification.regraded(cast.county)
    assert (found.usual, held.message in found.check) == ("warning", True)


@pytest.mark.django_db(transaction=True)
def test_of_two_offices_that_decide_at_once_one_is_told(cast, few):
    one = check(cast.county, "rule", few)

    def decide(new):
        return lambda: severities.change(
            region=cast.county, check=one, new=new, reason=WHY, by=cast.office, seen=one.seen
        )

    found = at_once(slow_locks(decide("error")), slow_locks(decide("hint")))
    assert [type(result) for result in found if result is not None] == [WrongState]
    assert SeverityChange.objects.count() == 1


@pytest.mark.parametrize(("before", "new"), [("hint", "error"), ("error", "hint")])
@pytest.mark.django_db(transaction=True)
def test_a_sheet_that_goes_out_while_its_check_is_changed_is_judged_by_one_of_both(cast, few, before, new):
    set_to(cast, before, code=few)
    submission = base.submission(cast.county)
    base.complete(submission)
    storage.refresh(submission)
    one = check(cast.county, "rule", few)
    changed, sent = at_once(
        slow_locks(
            lambda: severities.change(region=cast.county, check=one, new=new, reason=WHY, by=cast.office, seen=one.seen)
        ),
        slow_locks(lambda: moves.move(submission=submission, action="submit", by=cast.clerk)),
    )
    assert changed is None
    kept = StoredFinding.objects.get(submission=submission)
    status = Submission.objects.get(pk=submission.pk).status
    if isinstance(sent, refusals.Unresolved):
        assert status == "draft"
    else:
        assert (status, kept.severity, kept.state) == ("submitted", "hint", "noted")
    storage.refresh_open(cast.county)
    kept.refresh_from_db()
    assert (kept.severity, kept.state) == (new, "open" if new == "error" else "noted")


# The page


def page(few):
    return f"{reverse('check', args=['rule'])}?rule={few}"


def test_the_office_changes_a_severity_and_open_sheets_are_judged_anew(client, cast, few):
    found(cast.county)
    found(cast.other_county)
    base.report(cast.county, "2022Q1", {"food.firms": "5"})
    found(cast.county, period="2022Q1", status="accepted")
    client.force_login(cast.office)
    shown = client.get(page(few))
    typed = {"new": "error", "reason": WHY, "seen": shown.context["check"].seen}
    answer = client.post(page(few), typed, follow=True)
    assert WHY in base.html(answer)
    stored = StoredFinding.objects.filter(rule=few).values_list("region__code", "submission__status", "severity")
    assert set(stored) == {
        ("990101", "draft", "error"),
        ("990101", "accepted", "warning"),
        (cast.other_county.code, "draft", "warning"),
    }
    (row,) = client.get(page(few)).context["history"]
    assert (row.old, row.new, row.by) == ("", "error", cast.office)
    changed = client.get(reverse("checks"), {"changed": "on"}).context["page"].object_list
    assert [one.code for one in changed] == [few]
    assert "级别由质强办调整" in base.html(client.get(reverse("findings")))


def test_a_page_that_is_old_or_without_reason_comes_again_with_what_was_typed(client, cast, few):
    client.force_login(cast.office)
    seen = client.get(page(few)).context["check"].seen
    answer = client.post(page(few), {"new": "error", "reason": "", "seen": seen})
    assert answer.status_code == 422
    set_to(cast, "hint", code=few)
    answer = client.post(page(few), {"new": "error", "reason": WHY, "seen": seen})
    assert answer.status_code == 409
    assert WHY in base.html(answer)
    assert answer.context["check"].severity == "hint"
    typed = {"new": "error", "reason": WHY, "seen": answer.context["check"].seen}
    assert client.post(page(few), typed).status_code == 302


@pytest.mark.parametrize("reason", ["字" * 5000, "\x00", "　 ", "\u200b\u200b"])
def test_a_reason_that_is_none_is_refused_and_comes_again(client, cast, few, reason):
    client.force_login(cast.office)
    seen = client.get(page(few)).context["check"].seen
    answer = client.post(page(few), {"new": "error", "reason": reason, "seen": seen})
    assert answer.status_code == 422
    assert reason.strip("\x00　 ") in base.html(answer)
    assert not SeverityChange.objects.exists()


@pytest.mark.parametrize("name", ["leader", "clerk", "head", "outsider_office"])
def test_nobody_else_changes_a_severity_by_its_address(client, cast, few, name):
    client.force_login(getattr(cast, name))
    for address in (page(few), f"{page(few)}&region={cast.county.code}", f"{page(few)}&region={cast.prefecture.code}"):
        typed = {"new": "error", "reason": WHY, "seen": "0:warning"}
        own = name == "outsider_office" and address == page(few)
        assert client.post(address, typed).status_code in ([302] if own else [403, 404])
    assert not SeverityChange.objects.exclude(region=cast.other_county).exists()


def test_a_fixed_check_says_why_and_takes_nothing(client, cast):
    client.force_login(cast.office)
    address = reverse("check", args=["bound"])
    answer = client.get(address)
    assert "只能是错误" in base.html(answer)
    assert 'name="reason"' not in base.html(answer)
    typed = {"new": "hint", "reason": WHY, "seen": "0"}
    assert client.post(address, typed).status_code == 422


@pytest.mark.parametrize(
    ("name", "status"),
    [("office", 200), ("admin", 200), ("leader", 403), ("clerk", 403), ("head", 403), ("outsider_office", 404)],
)
def test_who_sees_the_pages(client, cast, few, name, status):
    client.force_login(getattr(cast, name))
    assert client.get(reverse("checks"), {"region": cast.county.code}).status_code == status
    assert client.get(f"{page(few)}&region={cast.county.code}").status_code == status
    assert client.post(reverse("checks")).status_code == 405


@pytest.mark.parametrize("address", ["rule/?rule=none", "rule/", "none/", "change/?region=999999", "change/?rule=x"])
def test_what_is_not_there_is_not_found(client, cast, address):
    client.force_login(cast.office)
    assert client.get(f"{reverse('checks')}{address}").status_code == 404


def test_the_queries_of_the_pages_do_not_grow(client, cast, few):
    client.force_login(cast.office)

    def queries():
        counts = []
        for address in (reverse("checks"), page(few)):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    set_to(cast, "error", code=few)
    before = queries()
    sector = Sector.objects.get(code="food")
    for number in range(20):
        code = f"food.more{number}"
        Rule.objects.create(sector=sector, code=code, expression="food.firms > 0", severity="error", message="少")
        CatalogueVersion.objects.renew()
        set_to(cast, "hint", code=code)
        set_to(cast, ("error", "hint")[number % 2], code=few) if number else None
    assert queries() == before


# The annex


def test_the_annex_says_what_the_office_changed(cast, few):
    base.submission(cast.county, status="accepted")
    found(cast.county, status="accepted")
    values = annual(cast.county, 2023)
    day = base.period(cast.county, "2023Q1").due
    assert evidence.gather(cast.county, 2023, day, values).regraded == []
    set_to(cast, "hint", code=few)
    set_to(cast, "hint", "change")
    set_to(cast, "", "change")
    gathered = evidence.gather(cast.county, 2023, day, values)
    assert [(one.region, one.usual, one.severity, one.reason) for one in gathered.regraded] == [
        ("云泽县", "warning", "hint", WHY)
    ]
    text = str(list(annexes.remarks(gathered.remarks, gathered.regraded)))
    assert "质强办调整了1项核查的级别" in text
    assert f"核实（{few}）" in text
    # Another region's report says nothing of it, the prefecture's does.
    assert verification.regraded(cast.other_county) == []
    assert len(verification.regraded(cast.prefecture)) == 1


def test_annual_values_are_as_grave_as_the_region_says(cast, few):
    base.submission(cast.county, status="accepted")
    rules = {one.rule: one.severity for one in verification.of_year(cast.county, 2023)}
    assert rules == {few: "warning"}
    set_to(cast, "error", code=few)
    assert {one.severity for one in verification.of_year(cast.county, 2023)} == {"error"}
    values = annual(cast.county, 2023)
    assert {one.severity for one in verification.of_values(cast.county, values, 2023)} == {"error"}
