"""The office's pages of periods: calendars, handing out, more time, urging."""

import datetime
import time
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.vocabulary import EventKind
from sectors import guard
from sectors.calendar import periods as calendars
from sectors.calendar import workdays
from sectors.catalogue.compiled import catalogue
from sectors.entry import writer
from sectors.entry.cell_texts import read_cell
from sectors.findings import storage
from sectors.models import (
    Assignment,
    Comment,
    Extension,
    FindingNote,
    Indicator,
    Narrative,
    Notice,
    OpenRowChange,
    Period,
    Question,
    Sheet,
    StoredFinding,
    Submission,
    Table,
    Transition,
    Urge,
)
from sectors.reminders import urging
from sectors.views import periods as views
from sectors.vocabulary import ChangeSource
from tests import base
from tests.races import PAUSE, at_once

pytestmark = pytest.mark.django_db
QUARTER = {"year": "2024", "kind": "quarter", "number": "1", "opens": "2024-04-01", "due": "2024-04-10"}


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


@pytest.fixture
def office(client, cast):
    client.force_login(cast.office)
    return client


def at(name, *args):
    return reverse(name, args=args)


def numbers(period):
    return set(Submission.objects.filter(period=period).values_list("sheet__number", flat=True))


@pytest.mark.parametrize("name", ["edit-period", "hand-out", "extend", "urge", "take-back-period"])
@pytest.mark.parametrize(
    ("who", "status"),
    # Everybody of the region knows of its periods, but only the office may do this.
    [("clerk", 403), ("head", 403), ("leader", 403), ("admin", 403), ("outsider_office", 404), ("outsider_clerk", 403)],
)
def test_only_the_regions_office_changes_a_period(client, cast, sheet, name, who, status):
    client.force_login(getattr(cast, who))
    answer = client.post(at(name, sheet.period_id), {"departments": [cast.market.pk]})
    assert answer.status_code == status
    assert not Urge.objects.exists()
    assert not Extension.objects.exists()
    assert Period.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [("take-back-period", 405), ("hand-out", 405), ("urge", 405), ("edit-period", 200), ("extend", 200)],
)
def test_what_changes_something_is_posted(office, sheet, name, status):
    assert office.get(at(name, sheet.period_id)).status_code == status
    assert office.put(at(name, sheet.period_id)).status_code == 405


@pytest.mark.parametrize("who", ["clerk", "head", "leader", "admin"])
def test_only_the_office_copies_a_calendar(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(at("copy-calendar")).status_code == 403


def test_the_form_proposes_the_next_quarter_on_working_days(office, cast, on):
    base.submission(cast.county, in_period="2025Q2")
    initial = office.get(at("open-period")).context["initial"]
    assert (initial["year"], initial["number"]) == (2025, 3)
    assert initial["opens"] == datetime.date(2025, 10, 9)  # after National Day
    assert initial["due"] == datetime.date(2025, 10, 10)


def test_where_no_sheet_is_reported_by_quarters_any_more_it_proposes_what_is(office, cast, on):
    base.submission(cast.county, in_period="2025Q4")
    for number in Sheet.objects.values_list("number", flat=True):
        base.report_otherwise(number, "month", 2025, "quarter")
    for day, proposed in (("2026-01-05", ("month", 2025, 12)), ("2026-03-05", ("month", 2026, 2))):
        on(day)
        initial = office.get(at("open-period")).context["initial"]
        assert (initial["kind"], initial["year"], initial["number"]) == proposed
    base.submission(cast.county, in_period="2026-04")
    initial = office.get(at("open-period")).context["initial"]
    assert (initial["kind"], initial["number"], initial["due"].month) == ("month", 5, 6)


def test_without_periods_it_proposes_what_ended_last(office, on):
    for day, proposed in (("2024-05-03", (2024, 1)), ("2024-02-03", (2023, 4)), ("2024-12-31", (2024, 3))):
        on(day)
        initial = office.get(at("open-period")).context["initial"]
        assert (initial["year"], initial["number"]) == proposed


@pytest.mark.parametrize(
    ("change", "field", "part"),
    [
        ({"due": "2024-04-13"}, "due", "2024-04-15"),
        ({"due": "2024-05-03"}, "due", "劳动节"),
        ({"closes": "2024-04-21"}, "closes", "2024-04-22"),
        ({"closes": "2024-04-09"}, "closes", ""),
        ({"which": "some"}, "sheets", ""),
    ],
)
def test_a_day_off_is_asked_again_with_the_next_working_day(office, cast, change, field, part):
    answer = office.post(at("open-period"), QUARTER | change)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert part in errors[field][0]
    assert not Period.objects.exists()


def test_a_due_day_before_the_period_ends_is_asked_back(office, cast):
    """Days of another quarter, left standing, would make everybody late from the first moment."""
    typed = QUARTER | {"opens": "2024-01-02", "due": "2024-03-29", "closes": ""}
    answer = office.post(at("open-period"), typed)
    assert answer.status_code == 422
    assert "2024-03-31" in answer.context["form"].errors["due"][0]
    assert 'name="is_early"' in answer.content.decode()
    assert 'value="2024-03-29"' in answer.content.decode()
    assert not Period.objects.exists()
    assert office.post(at("open-period"), typed | {"is_early": "on"}).status_code == 302
    assert Period.objects.get().due == datetime.date(2024, 3, 29)


def test_whether_so_early_a_day_is_meant_is_not_asked_of_others(office):
    assert 'name="is_early"' not in office.get(at("open-period")).content.decode()
    assert office.post(at("open-period"), QUARTER).status_code == 302


def test_the_last_day_itself_is_still_too_early(office):
    """Nobody knows on a day what came of all of it."""
    year = QUARTER | {
        "kind": "year",
        "year": 2023,
        "number": 1,
        "opens": "2023-12-01",
        "due": "2024-01-02",
        "closes": "",
    }
    assert office.post(at("open-period"), year).status_code == 302
    half = QUARTER | {
        "kind": "half",
        "year": 2023,
        "number": 1,
        "opens": "2023-06-01",
        "due": "2023-06-30",
        "closes": "",
    }
    assert "due" in office.post(at("open-period"), half).context["form"].errors


def test_the_days_of_a_chosen_period_are_proposed(office, cast):
    asked = {"year": "2023", "kind": "quarter", "number": "4"}
    initial = office.get(at("open-period"), asked).context["initial"]
    assert (initial["year"], initial["number"], initial["due"]) == (2023, 4, datetime.date(2024, 1, 10))
    usual = office.get(at("open-period")).context["initial"]
    for wrong in ({"number": "5"}, {"number": "0"}, {"kind": "week"}, {"year": "9" * 30}, {"year": "²"}, {"year": "1"}):
        assert office.get(at("open-period"), asked | wrong).context["initial"] == usual


def test_a_period_that_was_opened_by_mistake_is_taken_back(office, cast):
    """Also with what was counted by itself, and with what was left out; it can be opened again."""
    office.post(at("open-period"), QUARTER | {"which": "some", "sheets": [Sheet.objects.get(number="T-01").pk]})
    period = Period.objects.get()
    found = Submission.objects.get(period=period)
    done = Indicator.objects.get(code="food.done")
    writer.store(found, {done: read_cell(done, "3")}, by=None, way=ChangeSource.REGISTRY)
    storage.refresh(found)
    assert office.get(at("period", period.pk)).context["can_take_back"]
    assert office.post(at("take-back-period", period.pk)).status_code == 302
    assert not Period.objects.exists()
    assert not Submission.objects.exists()
    (event,) = Event.objects.filter(kind=EventKind.CALENDAR).order_by("-pk")[:1]
    assert "T-01" in str(event.detail)
    assert office.post(at("open-period"), QUARTER).status_code == 302


def begin_by(name, cast, found):
    done = Indicator.objects.get(code="food.done")
    if name == "figure":
        writer.store(found, {done: read_cell(done, "3")}, by=cast.clerk, way=ChangeSource.FORM)
    elif name == "words":
        Narrative.objects.create(submission=found, question=Question.objects.all()[0], text="甲")
    elif name == "row":  # of which no figure is made yet
        made_of = {"submission": found, "table": Table.objects.all()[0], "key": uuid.uuid4()}
        OpenRowChange.objects.create(**made_of, column="name", new="甲", by=cast.clerk, source=ChangeSource.FORM)
    elif name == "explanation":
        about = {"region": found.region, "period": found.period, "statement": {}, "basis": "x"}
        finding = StoredFinding.objects.create(submission=found, rule="r", kind="rule", severity="error", **about)
        FindingNote.objects.create(finding=finding, kind="explain", text="甲", basis="x", by=cast.clerk)
    elif name == "comment":
        Comment.objects.create(submission=found, indicator=done, by=cast.clerk, text="甲")
    elif name == "step":
        Transition.objects.create(submission=found, old="draft", new="draft", reason="甲")
    elif name == "status":
        Submission.objects.filter(pk=found.pk).update(status="submitted")
    elif name == "urge":
        day = datetime.date(2023, 5, 4)
        Urge.objects.create(
            period=found.period, department=cast.market, by=cast.office, day=day, kind="urge", text="甲"
        )
    elif name == "time":
        Extension.objects.create(
            period=found.period, department=cast.market, until=datetime.date(2023, 5, 4), reason="甲", by=cast.office
        )


@pytest.mark.parametrize("name", ["figure", "words", "row", "explanation", "comment", "step", "status", "urge", "time"])
def test_a_period_in_which_somebody_has_begun_stays(office, cast, sheet, name):
    begin_by(name, cast, sheet)
    assert not office.get(at("period", sheet.period_id)).context["can_take_back"]
    answer = office.post(at("take-back-period", sheet.period_id), follow=True)
    assert "已有人开始" in answer.content.decode()
    assert Submission.objects.filter(pk=sheet.pk).exists()


def test_of_two_who_take_a_period_back_the_second_finds_nothing(office, cast, sheet, monkeypatch):
    period = sheet.period
    monkeypatch.setattr(views, "_managed", lambda _request, pk: period)  # which was there a moment ago
    calendars.take_back(Period.objects.get(pk=period.pk))
    assert office.post(at("take-back-period", period.pk)).status_code == 404
    assert Event.objects.filter(kind=EventKind.CALENDAR, subject_id=period.pk).count() == 1


def test_who_types_into_a_period_that_is_taken_back_is_told(client, cast, sheet):
    calendars.take_back(sheet.period)
    with pytest.raises(guard.WrongState):
        guard.lock(sheet)


def test_a_weekend_that_is_worked_is_a_good_due_day(office):
    assert office.post(at("open-period"), QUARTER | {"due": "2024-04-28"}).status_code == 302


def test_a_period_is_opened_for_some_sheets_and_the_rest_follow(office, cast):
    chosen = Sheet.objects.get(number="T-01")
    office.post(at("open-period"), QUARTER | {"which": "some", "sheets": [chosen.pk]})
    period = Period.objects.get()
    assert numbers(period) == {"T-01"}
    other = Sheet.objects.get(number="T-02")
    assert office.get(at("period", period.pk)).context["left_out"] == [other]
    office.post(at("hand-out", period.pk))
    assert numbers(period) == {"T-01"}
    office.post(at("hand-out", period.pk), {"sheets": [other.pk]})
    assert numbers(period) == {"T-01", "T-02"}


def test_a_sheet_of_another_frequency_is_no_choice(office):
    yearly = Sheet.objects.get(number="T-03")
    answer = office.post(at("open-period"), QUARTER | {"which": "some", "sheets": [yearly.pk]})
    assert list(answer.context["form"].errors) == ["sheets"]


def test_sheets_are_chosen_by_the_frequency_of_the_periods_year(office, cast):
    monthly = base.report_otherwise("T-01", "month", 2024, "quarter")
    sheets = [monthly.pk, Sheet.objects.get(number="T-02").pk]
    office.post(at("open-period"), QUARTER | {"which": "some", "sheets": sheets[:1]})
    period = Period.objects.get()
    assert numbers(period) == {"T-01"}
    assert [sheet.number for sheet in period.left_out.all()] == ["T-02"]
    later = {**QUARTER, "year": "2025", "opens": "2025-04-01", "due": "2025-04-10"}
    answer = office.post(at("open-period"), later | {"which": "some", "sheets": sheets[:1]})
    assert list(answer.context["form"].errors) == ["sheets"]
    office.post(at("open-period"), later | {"which": "some", "sheets": sheets})
    period = Period.objects.get(year=2025)
    assert numbers(period) == {"T-02"}
    assert not period.left_out.exists()
    context = office.get(at("period", period.pk)).context
    assert (context["missing"], context["left_out"]) == ([], [])


def test_the_page_knows_how_often_each_sheet_was_reported_when(office, cast):
    base.report_otherwise("T-01", "month", 2024, "quarter")
    text = base.html(office.get(at("open-period")))
    assert 'data-frequencies="2024:quarter :month"' in text
    assert 'data-frequencies=":year"' in text


def test_a_future_period_is_planned_and_hands_out_on_its_day(office, on):
    on("2024-03-20")
    answer = office.post(at("open-period"), QUARTER, follow=True)
    period = Period.objects.get()
    assert numbers(period) == set()
    assert "2024-04-01" in answer.content.decode()
    assert [s.number for s in answer.context["missing"]] == ["T-01", "T-02"]
    office.post(at("hand-out", period.pk))  # the office may do it earlier
    assert numbers(period) == {"T-01", "T-02"}


def test_last_years_calendar_moves_to_working_days(office, cast, on):
    on("2024-12-02")
    for number, opens, due, closes in (
        (1, "2024-04-01", "2024-04-10", None),
        (3, "2024-10-01", "2024-10-10", "2024-10-18"),
    ):
        period = Period.objects.create(
            region=cast.county, year=2024, kind="quarter", number=number, opens=opens, due=due, closes=closes
        )
    period.left_out.set(Sheet.objects.filter(number="T-02"))
    page = office.get(at("copy-calendar"))
    proposed = [(f.instance.code, f.instance.opens, f.instance.due, f.instance.closes) for f in page.context["forms"]]
    day = datetime.date
    assert proposed == [
        ("2025Q1", day(2025, 4, 1), day(2025, 4, 10), None),
        ("2025Q3", day(2025, 10, 9), day(2025, 10, 10), day(2025, 10, 20)),  # 10-18 is a Saturday
    ]
    posted = {
        "2025Q1-take": "on",
        "2025Q1-opens": "2025-04-01",
        "2025Q1-due": "2025-04-11",
        "2025Q3-opens": "",
        "2025Q3-due": "nonsense",
    }
    assert office.post(at("copy-calendar"), posted).status_code == 302
    made = Period.objects.get(year=2025)
    assert (made.code, made.due, made.left_out.count()) == ("2025Q1", day(2025, 4, 11), 0)
    posted = {"2025Q3-take": "on", "2025Q3-opens": "2025-10-09", "2025Q3-due": "2025-10-10"}
    office.post(at("copy-calendar"), posted)
    assert [s.number for s in Period.objects.get(year=2025, number=3).left_out.all()] == ["T-02"]
    assert office.get(at("copy-calendar")).context["forms"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["open-period", "copy-calendar"])
def test_of_two_who_open_one_period_at_once_the_second_is_told(cast, on, monkeypatch, name):
    on("2024-12-02")
    base.period(cast.county, "2024Q1")
    days = {"opens": "2025-04-01", "due": "2025-04-11"}
    opened = QUARTER | {"year": "2025"} | days
    copied = {"2025Q1-take": "on"} | {f"2025Q1-{day}": text for day, text in days.items()}
    original = Period.validate_constraints

    def late(*args, **kwargs):
        original(*args, **kwargs)
        time.sleep(PAUSE)

    monkeypatch.setattr(Period, "validate_constraints", late)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(cast.office)
    address, posted = at(name), opened if name == "open-period" else copied
    results = at_once(*[lambda client=client: client.post(address, posted) for client in clients])
    assert sorted(getattr(answer, "status_code", answer) for answer in results) == [302, 422]
    assert Period.objects.filter(year=2025).count() == 1


def test_a_wrong_line_stops_the_whole_copy(office, cast, on):
    on("2024-12-02")
    base.period(cast.county, "2024Q1")
    base.period(cast.county, "2024Q2")
    posted = {
        "2025Q1-take": "on",
        "2025Q1-opens": "2025-04-01",
        "2025Q1-due": "2025-04-11",
        "2025Q2-take": "on",
        "2025Q2-opens": "2025-07-01",
        "2025Q2-due": "2025-07-12",
    }
    answer = office.post(at("copy-calendar"), posted)
    assert answer.status_code == 422
    assert "2025-07-14" in answer.content.decode()
    assert not Period.objects.filter(year=2025).exists()


def test_the_29th_of_february_has_a_day_a_year_later(office, cast, on):
    on("2024-12-02")
    Period.objects.create(region=cast.county, year=2024, kind="month", number=1, opens="2024-02-01", due="2024-02-29")
    (form,) = office.get(at("copy-calendar")).context["forms"]
    assert form.instance.due == datetime.date(2025, 2, 28)


def test_a_year_whose_holidays_are_unknown_says_so(office, cast, on):
    known = max(workdays.ANNOUNCED)
    on(f"{known}-12-01")
    for year in (known - 1, known):
        Period.objects.create(
            region=cast.county,
            year=year,
            kind="quarter",
            number=year - known + 2,
            opens=f"{year}-04-01",
            due=f"{year}-04-10",
        )
    page = office.get(at("copy-calendar"))
    assert page.context["unknown"] == [known + 1]
    assert f"{known + 1}" in page.content.decode().split('class="notice warning"')[1]
    page = office.get(at("copy-calendar"), {"year": str(known)})
    assert page.context["unknown"] == []
    planned = Period.objects.create(
        region=cast.county, year=known, kind="quarter", number=4, opens=f"{known + 1}-01-04", due=f"{known + 1}-01-08"
    )
    assert office.get(at("period", planned.pk)).context["unknown"] == [known + 1]


def test_the_office_moves_the_days_and_so_lifts_the_lock(office, cast, sheet):
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    page = office.get(at("period", sheet.period_id))
    assert page.context["is_closed"]
    later = workdays.next_workday(timezone.localdate() + datetime.timedelta(days=30))
    days = {"opens": "2023-01-03", "due": "2023-01-11", "closes": later.isoformat()}
    assert list(base.change(office, at("edit-period", sheet.period_id), days).context["form"].errors) == ["reason"]
    days["reason"] = "汛期抢险，全县顺延"
    assert base.change(office, at("edit-period", sheet.period_id), days).status_code == 302
    sheet.refresh_from_db()
    assert not sheet.is_closed
    assert base.change(office, at("edit-period", sheet.period_id), days | {"closes": "2023-01-02"}).status_code == 422


def test_who_moved_the_days_when_and_why_is_on_record_and_told(office, cast, sheet):
    base.submission(cast.county, "T-02", status="accepted")
    days = {"opens": "2023-01-01", "due": "2023-01-13", "reason": "汛期抢险，全县顺延"}
    base.change(office, at("edit-period", sheet.period_id), days)
    base.change(office, at("edit-period", sheet.period_id), days | {"reason": "没有改动"})
    (change,) = office.get(at("period", sheet.period_id)).context["day_changes"]
    assert (change.by, change.reason) == (cast.office, "汛期抢险，全县顺延")
    assert [(before.isoformat(), after.isoformat()) for _name, before, after in change.days] == [
        ("2023-01-11", "2023-01-13")
    ]
    # Whoever has delivered is left in peace.
    assert set(Notice.objects.values_list("to__username", flat=True)) == {"clerk", "head"}
    assert "2023-01-13" in Notice.objects.earliest("pk").text


def test_two_who_move_the_days_do_not_overwrite_each_other(office, cast, sheet):
    page = at("edit-period", sheet.period_id)
    mine = {"opens": "2023-01-03", "due": "2023-01-16", "reason": "我的理由", "seen": base.seen_on(office, page)}
    colleague = base.user("office", cast.office.department, "colleague")
    other = Client()
    other.force_login(colleague)
    base.change(other, page, {"opens": "2023-01-03", "due": "2023-01-13", "reason": "同事的理由"})
    answer = office.post(page, mine)
    assert answer.status_code == 409
    sheet.period.refresh_from_db()
    assert sheet.period.due == datetime.date(2023, 1, 13)
    form = answer.context["form"]
    assert [(one.theirs, one.mine) for one in form.differences] == [("2023-01-13", "2023-01-16")]
    assert form.conflict.by == colleague
    assert form["reason"].value() == "我的理由"
    assert "colleague于" in answer.content.decode()
    assert office.post(page, mine | {"seen": form.seen}).status_code == 302
    sheet.period.refresh_from_db()
    assert sheet.period.due == datetime.date(2023, 1, 16)
    assert Notice.objects.count() == 4  # both changes are told


def test_days_sent_without_what_was_seen_are_not_stored(office, cast, sheet):
    days = {"opens": "2023-01-03", "due": "2023-01-16", "reason": "顺延"}
    assert office.post(at("edit-period", sheet.period_id), days).status_code == 409
    assert not Notice.objects.exists()


def test_a_reassigned_sheet_is_shown_and_handed_over(office, cast, sheet):
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    page = office.get(at("period", sheet.period_id))
    assert page.context["misplaced"] == [sheet]
    assert "草稿仍在原部门：T-01 " in base.html(page)
    office.post(at("hand-out", sheet.period_id))
    sheet.refresh_from_db()
    assert sheet.department == cast.water
    assert sheet.transitions.get().by == cast.office


def soon():
    return workdays.next_workday(timezone.localdate() + datetime.timedelta(days=5)).isoformat()


def test_the_office_gives_one_sheet_time_and_ends_it(office, cast, sheet):
    given = {"department": cast.market.pk, "submission": sheet.pk, "until": soon(), "reason": "系统升级"}
    assert office.post(at("extend", sheet.period_id), given).url == at("period", sheet.period_id)
    extension = Extension.objects.get()
    assert (extension.submission, extension.by, extension.reason) == (sheet, cast.office, "系统升级")
    assert "系统升级" in office.get(at("period", sheet.period_id)).content.decode()
    assert office.get(at("end-extension", extension.pk)).status_code == 405
    assert office.post(at("end-extension", extension.pk)).status_code == 302
    sheet.refresh_from_db()
    assert sheet.extended_until is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": "2023-01-13"}, "until"),  # over
        ({"until": "2024-05-03"}, "until"),  # a holiday
        ({"reason": " "}, "reason"),
        ({"department": ""}, "department"),
        ({"submission": "water"}, "submission"),
        ({"submission": "elsewhere"}, "submission"),
    ],
)
def test_an_extension_without_sense_is_refused(office, cast, sheet, change, field):
    others = {
        "water": base.submission(cast.county, "T-02").pk,
        "elsewhere": base.submission(cast.other_county).pk,
    }
    given = {"department": cast.market.pk, "until": soon(), "reason": "x"}
    given |= {key: others.get(value, value) for key, value in change.items()}
    answer = office.post(at("extend", sheet.period_id), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Extension.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("leader", 403), ("admin", 403), ("outsider_office", 404)])
def test_an_extension_of_another_is_not_ended(client, cast, sheet, who, status):
    extension = Extension.objects.create(
        period=sheet.period, department=cast.market, until="2023-02-01", reason="x", by=cast.office
    )
    client.force_login(getattr(cast, who))
    assert client.post(at("end-extension", extension.pk)).status_code == status
    extension.refresh_from_db()
    assert extension.ended_at is None


def test_the_board_urges_whom_the_office_chose_and_shows_the_record(office, cast, sheet):
    base.submission(cast.county, "T-02")
    page = office.get(at("period", sheet.period_id))
    assert [owed.department for owed, _last, _times in page.context["owing"]] == [cast.market, cast.water]
    assert page.context["late_count"] == 2
    answer = office.post(at("urge", sheet.period_id), {"departments": [cast.water.pk], "note": "周五开会"}, follow=True)
    assert [(u.department, u.by) for u in Urge.objects.all()] == [(cast.water, cast.office)]
    assert "outsider_clerk" in answer.content.decode()
    told = {owed.department: times for owed, _last, times in answer.context["owing"]}
    assert told == {cast.market: 0, cast.water: 1}
    again = office.post(at("urge", sheet.period_id), {"departments": [cast.water.pk, "x", "9" * 30]}, follow=True)
    assert Urge.objects.count() == 1
    assert [m.level_tag for m in again.context["messages"]] == ["warning"]


def test_the_button_of_one_department_urges_it_alone(office, cast, sheet):
    base.submission(cast.county, "T-02")
    posted = {"departments": [cast.market.pk, cast.water.pk], "one": cast.water.pk}
    office.post(at("urge", sheet.period_id), posted)
    assert [urge.department for urge in Urge.objects.all()] == [cast.water]


def test_a_message_that_did_not_arrive_is_said(office, cast, sheet):
    cast.market.users.update(is_active=False)
    answer = office.post(at("urge", sheet.period_id), {"departments": [cast.market.pk]}, follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["warning"]
    assert 'class="failed"' in answer.content.decode()


def test_the_leader_sees_the_record_and_no_button(client, cast, sheet):
    urging.urge(period=sheet.period, departments=[cast.market.pk], by=cast.office)
    client.force_login(cast.leader)
    text = client.get(at("period", sheet.period_id)).content.decode()
    assert "clerk、head" in text
    assert at("urge", sheet.period_id) not in text


def test_queries_of_the_board_do_not_grow(office, cast, sheet):
    def queries():
        return base.queries(lambda: office.get(at("period", sheet.period_id)))

    def more(count):
        for _again in range(count):
            Urge.objects.update(at=timezone.now() - datetime.timedelta(hours=1))
            urging.urge(period=sheet.period, departments=[cast.market.pk, cast.water.pk], by=cast.office)
            Extension.objects.create(
                period=sheet.period, department=cast.market, until="2023-02-01", reason="x", by=cast.office
            )

    base.submission(cast.county, "T-02")
    catalogue()  # which is read once
    more(2)
    few = queries()
    more(8)
    assert Urge.objects.count() == 20
    assert queries() == few
