"""Two people have one record open: the second one overwrites nothing unseen, and can do so knowingly."""

import datetime

import pytest
from django.urls import reverse

from inspections import records
from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from inspections.registers import REGISTERS
from sectors.models import Sector
from sectors.versions import Conflict, version_of
from tests import base
from tests.inspections.recorded import batch
from tests.races import at_once

pytestmark = pytest.mark.django_db
DAY = datetime.date(2023, 2, 14)


def stored(cast, slug):
    """A record of a register, filled in as far as it has to be."""
    of = {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}
    if slug == "batches":
        return batch(cast, samples=4, note="初稿")
    if slug == "samples":
        of["batch"] = batch(cast, samples=4, failed=1)
    more = {
        "plans": (SamplingPlan, {"year": 2023, "name": "计划", "programme": "supervision", "issued_on": DAY}),
        "samples": (NonconformingSample, {"item": "毒死蜱", "found_on": DAY, "measured": "0.15"}),
        "inspections": (Inspection, {"held_on": DAY, "premises": "东门市场", "premises_type": "food"}),
        "rectifications": (
            RectificationNotice,
            {"premises": "东门市场", "premises_type": "food", "issued_on": DAY, "due_on": DAY},
        ),
        "cases": (EnforcementCase, {"party": "甲店", "category": "produce", "filed_on": DAY, "penalty": "100.5"}),
        "complaints": (Complaint, {"channel": "hotline", "subject": "短斤少两", "accepted_on": DAY}),
    }
    model, fields = more[slug]
    made = model(**of, **fields, note="初稿")
    records.save(made, by=cast.clerk)
    return model.objects.get(pk=made.pk)


def fields_of(slug, record):
    """What the form of a record sends when nothing is touched."""
    form = REGISTERS[slug].form(instance=record, department=record.department)
    values = {name: form[name].value() for name in form.fields}
    return {name: getattr(value, "pk", value) for name, value in values.items() if value is not None}


@pytest.fixture
def colleague(cast):
    return base.user("clerk", cast.market, "colleague")


def write(record, by, **fields):
    """What a colleague stores while the page is open."""
    found = type(record).objects.get(pk=record.pk)
    for name, value in fields.items():
        setattr(found, name, value)
    records.save(found, by=by)


@pytest.mark.parametrize("slug", REGISTERS)
def test_the_second_writer_sees_both_and_saves_knowingly(client, cast, colleague, slug):
    record = stored(cast, slug)
    client.force_login(cast.clerk)
    page = reverse(f"change-{slug}", args=[record.pk])
    mine = fields_of(slug, record) | {"note": "我写的备注", "seen": base.seen_on(client, page)}
    write(record, colleague, note="同事写的备注")
    answer = client.post(page, mine)
    assert answer.status_code == 409
    record.refresh_from_db()
    assert record.note == "同事写的备注"
    form = answer.context["form"]
    assert [(one.theirs, one.mine) for one in form.differences] == [("同事写的备注", "我写的备注")]
    assert form["note"].value() == "我写的备注"
    text = answer.content.decode()
    assert "colleague" in text.split('class="notice error conflict"')[1].split("</p>")[0]
    assert '<td data-label="现在的内容">同事写的备注</td>' in base.html(answer)
    assert f'name="seen" value="{form.seen}"' in text
    assert client.post(page, mine | {"seen": form.seen}).status_code == 302
    record.refresh_from_db()
    assert (record.note, record.changed_by) == ("我写的备注", cast.clerk)


@pytest.mark.parametrize("slug", REGISTERS)
def test_who_saves_what_nobody_touched_is_not_held_up(client, cast, slug):
    record = stored(cast, slug)
    client.force_login(cast.clerk)
    page = reverse(f"change-{slug}", args=[record.pk])
    assert base.change(client, page, fields_of(slug, record)).status_code == 302


def test_a_page_that_says_nothing_of_what_was_seen_overwrites_nothing(client, cast):
    record = stored(cast, "complaints")
    client.force_login(cast.clerk)
    for seen in ({}, {"seen": ""}, {"seen": "x"}):
        answer = client.post(
            reverse("change-complaints", args=[record.pk]), fields_of("complaints", record) | {"note": "我"} | seen
        )
        assert answer.status_code == 409
    record.refresh_from_db()
    assert record.note == "初稿"


def test_a_mistake_in_between_does_not_make_one_forget_what_was_seen(client, cast, colleague):
    record = stored(cast, "complaints")
    client.force_login(cast.clerk)
    page = reverse("change-complaints", args=[record.pk])
    mine = fields_of("complaints", record) | {"note": "我", "seen": base.seen_on(client, page)}
    write(record, colleague, note="同事")
    refused = client.post(page, mine | {"accepted_on": "nonsense"})
    assert refused.status_code == 422
    assert refused.context["form"].seen == mine["seen"]
    assert client.post(page, mine).status_code == 409


def test_two_who_write_the_same_are_in_nobodys_way(client, cast, colleague):
    record = stored(cast, "cases")
    client.force_login(cast.clerk)
    page = reverse("change-cases", args=[record.pk])
    seen = base.seen_on(client, page)
    write(record, colleague, closed_on=DAY)
    mine = fields_of("cases", record) | {"closed_on": DAY.isoformat(), "seen": seen}
    assert client.post(page, mine).status_code == 302


def test_a_third_one_in_between_is_shown_too(client, cast, colleague):
    record = stored(cast, "complaints")
    client.force_login(cast.clerk)
    page = reverse("change-complaints", args=[record.pk])
    mine = fields_of("complaints", record) | {"note": "我", "seen": base.seen_on(client, page)}
    write(record, colleague, note="同事")
    seen = client.post(page, mine).context["form"].seen
    write(record, base.user("clerk", cast.market, "third"), note="第三人")
    answer = client.post(page, mine | {"seen": seen})
    assert answer.status_code == 409
    assert [one.theirs for one in answer.context["form"].differences] == ["第三人"]
    assert answer.context["form"].conflict.by.username == "third"


def test_what_another_record_did_to_this_one_is_a_change_too(client, cast, colleague):
    """A case that is deleted leaves its sample, whose page says still that it was handed over."""
    sample, case = stored(cast, "samples"), stored(cast, "cases")
    records.hand_over(sample, case, by=cast.clerk)
    sample.refresh_from_db()
    client.force_login(cast.clerk)
    page = reverse("change-samples", args=[sample.pk])
    mine = fields_of("samples", sample) | {"note": "已移交", "seen": base.seen_on(client, page)}
    records.delete(case, by=colleague)
    mine.pop("case")
    answer = client.post(page, mine)
    assert answer.status_code == 409
    assert answer.context["form"].conflict.by == colleague


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told(cast, colleague):
    record = stored(cast, "complaints")
    seen = version_of(record)

    def save(by, note):
        found = Complaint.objects.get(pk=record.pk)
        found.note = note
        return lambda: records.save(found, by=by, seen=seen)

    results = at_once(save(cast.clerk, "甲"), save(colleague, "乙"))
    assert sum(isinstance(result, Conflict) for result in results) == 1, results
    record.refresh_from_db()
    assert record.note == ("乙" if isinstance(results[0], Exception) else "甲")


# Deleting.


@pytest.mark.parametrize("slug", REGISTERS)
def test_what_was_changed_since_is_not_deleted_unseen(client, cast, colleague, slug):
    record = stored(cast, slug)
    client.force_login(cast.clerk)
    page = reverse(f"delete-{slug}", args=[record.pk])
    seen = base.seen_on(client, page)
    write(record, colleague, note="同事写的备注")
    answer = client.post(page, {"seen": seen})
    assert answer.status_code == 409
    assert "同事写的备注" in answer.content.decode()
    assert answer.context["conflict"].by == colleague
    assert type(record).objects.filter(pk=record.pk).exists()
    assert client.post(page, {"seen": answer.context["seen"]}).status_code == 302
    assert not type(record).objects.filter(pk=record.pk).exists()


def test_what_would_go_along_unseen_stops_the_deletion(client, cast, colleague, media):
    record = batch(cast, samples=4, failed=1)
    client.force_login(cast.clerk)
    page = reverse("delete-batches", args=[record.pk])
    seen = base.seen_on(client, page)
    common = {"department": cast.market, "region": cast.county, "found_on": DAY}
    records.save(NonconformingSample(**common, batch=record, item="毒死蜱"), by=colleague)
    answer = client.post(page, {"seen": seen})
    assert answer.status_code == 409
    assert "1条不合格样品" in answer.content.decode()
    assert answer.context["conflict"].by is None  # the batch itself is as it was
    seen = answer.context["seen"]
    client.post(reverse("attach-batches", args=[record.pk]), {"files": base.pdf()})
    assert client.post(page, {"seen": seen}).status_code == 409
    assert SamplingBatch.objects.exists()


def test_a_deletion_that_says_nothing_of_what_was_seen_deletes_nothing(client, cast):
    record = stored(cast, "cases")
    client.force_login(cast.clerk)
    assert client.post(reverse("delete-cases", args=[record.pk])).status_code == 409
    assert EnforcementCase.objects.exists()


# The lines of a plan.


def lines(*rows):
    sent = {"form-TOTAL_FORMS": f"{len(rows)}", "form-INITIAL_FORMS": "0"}
    for n, (category, count) in enumerate(rows):
        values = {"category": category, "setting": "", "due_on": "2023-12-31", "batches": count}
        sent |= {f"form-{n}-{name}": value for name, value in values.items()}
    return sent


def asked(plan):
    return dict(plan.tasks.values_list("category", "batches"))


def test_the_lines_of_a_plan_are_not_overwritten_unseen(client, cast, colleague):
    plan = stored(cast, "plans")
    records.save_plan(plan, [PlanTask(category="produce", batches=10)], by=cast.clerk)
    client.force_login(cast.office)
    page = reverse("plan-tasks", args=[plan.pk])
    mine = lines(("produce", 20), ("school.oil", 5)) | {"seen": base.seen_on(client, page)}
    tasks = [PlanTask(category="produce", batches=12), PlanTask(category="produce.meat", batches=3)]
    records.save_plan(plan, tasks, by=colleague)
    answer = client.post(page, mine)
    assert answer.status_code == 409
    assert asked(plan) == {"produce": 12, "produce.meat": 3}
    assert [(one.theirs, one.mine) for one in answer.context["differences"]] == [("12", "20"), ("3", ""), ("", "5")]
    assert answer.context["conflict"].by == colleague
    assert [form["batches"].value() for form in answer.context["lines"].forms] == ["20", "5"]
    assert client.post(page, mine | {"seen": answer.context["seen"]}).status_code == 302
    assert asked(plan) == {"produce": 20, "school.oil": 5}


def test_what_is_changed_about_the_plan_stays_while_its_lines_are_stored(cast, colleague):
    """The plan was fetched before somebody gave it another name."""
    plan = stored(cast, "plans")
    write(plan, colleague, name="新计划")
    records.save_plan(plan, [PlanTask(category="produce", batches=10)], by=cast.clerk)
    assert SamplingPlan.objects.get().name == "新计划"


# A sample that goes to a case.


def test_a_sample_is_not_taken_away_from_a_case_unseen(client, cast, colleague):
    sample = stored(cast, "samples")
    client.force_login(cast.clerk)
    page = f"{reverse('new-cases')}?after=samples:{sample.pk}"
    mine = {"party": "甲店", "category": "produce", "filed_on": "2023-02-15", "sector": sample.sector_id}
    mine["seen"] = base.seen_on(client, page)
    theirs = EnforcementCase(
        department=cast.market, region=cast.county, sector=sample.sector, party="乙店", category="produce", filed_on=DAY
    )
    records.save(theirs, by=colleague, after=sample)
    answer = client.post(page, mine)
    assert answer.status_code == 409
    assert EnforcementCase.objects.count() == 1
    assert "乙店" in answer.context["form"].non_field_errors()[0]
    assert answer.context["form"].differences == []
    assert answer.context["form"]["party"].value() == "甲店"
    again = mine | {"seen": answer.context["form"].seen}
    assert client.post(page, again).status_code == 302
    sample.refresh_from_db()
    assert sample.case.party == "甲店"
