"""What stands around a record: files, what follows from it, views of one's own, and test items by group."""

import datetime
from unittest import mock

import pytest
from django.db import OperationalError
from django.urls import reverse

from inspections import access, files, items, planning, records
from inspections.files import RecordAttachments
from inspections.models import (
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    RecordFile,
    RectificationNotice,
    SamplingPlan,
    SavedView,
)
from inspections.views import planning as planning_views
from inspections.views import records as record_views
from sectors.catalogue import counted
from sectors.evidence import attachments
from sectors.models import Indicator, Sector
from tests import base
from tests.inspections.recorded import DAY, batch
from tests.inspections.test_records import typed

pytestmark = pytest.mark.usefixtures("media")


def test_a_file_is_attached_served_removed_and_restored(client, cast):
    made = batch(cast)
    client.force_login(cast.clerk)
    answer = client.post(
        f"/sampling/{made.pk}/files/", {"files": [base.pdf(), base.pdf("bad.exe"), base.pdf("again.pdf")]}
    )
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 2
    file = RecordFile.objects.get()
    assert (file.name, file.by, file.record) == ("抽检 报告.pdf", cast.clerk, made)
    address = f"/sampling/{made.pk}/files/{file.pk}/"
    served = client.get(address)
    assert b"".join(served.streaming_content) == b"%PDF-1.7 a"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Disposition"].startswith("attachment")
    assert file.name in client.get(f"/sampling/{made.pk}/").content.decode()
    client.post(f"{address}remove/")
    assert client.get(address).status_code == 404
    client.post(f"{address}restore/")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("who", "look", "change"),
    [("clerk", 200, 302), ("head", 200, 403), ("office", 200, 403), ("outsider_clerk", 404, 404)],
)
def test_files_are_seen_and_changed_by_whom_the_record_is(client, cast, who, look, change):
    made = batch(cast)
    RecordAttachments(made, cast.clerk).attach([base.pdf()])
    address = f"/sampling/{made.pk}/files/"
    file = RecordFile.objects.get()
    client.force_login(getattr(cast, who))
    assert client.get(f"{address}{file.pk}/").status_code == look
    assert client.post(address, {"files": [base.pdf("b.pdf", b"%PDF-1.7 b")]}).status_code == change
    assert client.post(f"{address}{file.pk}/remove/").status_code == change
    assert client.post(f"{address}{file.pk}/restore/").status_code == change
    assert client.get(address).status_code == 405


def test_a_file_of_another_record_is_not_there(client, cast):
    one, other = batch(cast), batch(cast, place="西门")
    RecordAttachments(one, cast.clerk).attach([base.pdf()])
    client.force_login(cast.clerk)
    file = RecordFile.objects.get()
    assert client.get(f"/sampling/{other.pk}/files/{file.pk}/").status_code == 404
    assert client.get(f"/inspections/{one.pk}/files/{file.pk}/").status_code == 404


def test_no_more_files_than_there_is_room_for(client, cast, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    made = batch(cast)
    client.force_login(cast.clerk)
    address = f"/sampling/{made.pk}/files/"
    assert client.post(address, {"files": [base.pdf(), base.pdf("b.pdf", b"%PDF-1.7 b")]}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert not RecordFile.objects.exists()


def test_a_deleted_record_takes_its_files_along(cast, media, django_capture_on_commit_callbacks):
    made = batch(cast)
    RecordAttachments(made, cast.clerk).attach([base.pdf()])
    assert [path for path in media.rglob("*") if path.is_file()]
    with django_capture_on_commit_callbacks(execute=True):
        records.delete(made, by=cast.clerk)
    assert not RecordFile.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def failing(cast):
    return batch(
        cast,
        samples=2,
        failed=1,
        producer="老王合作社",
        sampled_unit="东门超市",
        reported_on=DAY + datetime.timedelta(9),
    )


def test_from_a_batch_over_a_sample_to_its_case(client, cast):
    made = failing(cast)
    client.force_login(cast.clerk)
    begin = f"/samples/new/?after=batches:{made.pk}"
    assert begin in client.get(f"/sampling/{made.pk}/").content.decode()
    form = client.get(begin).context["form"]
    assert (form["batch"].value(), form["found_on"].value()) == (made.pk, made.reported_on)
    fields = {"batch": made.pk, "item": "毒死蜱", "found_on": "2023-02-23", "retest": "none"}
    answer = client.post(begin, fields)
    sample = NonconformingSample.objects.get()
    # Its case is what comes next, so its page is; for the batch all is told now.
    assert answer.url == f"/samples/{sample.pk}/"
    assert begin not in client.get(f"/sampling/{made.pk}/").content.decode()
    begin = f"/inspections/cases/new/?after=samples:{sample.pk}"
    assert begin in client.get(answer.url).content.decode()
    form = client.get(begin).context["form"]
    assert (form["party"].value(), form["category"].value()) == ("东门超市", "produce.vegetable")
    assert "毒死蜱" in form["cause"].value()
    case = {
        "sector": made.sector_id, "number": "C-1", "party": "东门超市", "category": "produce.vegetable",
        "filed_on": "2023-02-24",
    }  # fmt: skip
    assert client.post(begin, case).status_code == 302
    sample.refresh_from_db()
    assert sample.case == EnforcementCase.objects.get()
    assert f"/samples/{sample.pk}/" in client.get(f"/inspections/cases/{sample.case.pk}/").content.decode()


def test_a_case_that_cannot_take_its_sample_over_is_not_filed(client, cast, monkeypatch):
    made = failing(cast)
    sample = NonconformingSample(department=cast.market, region=cast.county, batch=made, item="铅", found_on=DAY)
    records.save(sample, by=cast.clerk)
    client.force_login(cast.clerk)
    case = {
        "sector": made.sector_id, "number": "C-1", "party": "东门超市", "category": "produce.vegetable",
        "filed_on": "2023-02-24",
    }  # fmt: skip
    broken = mock.Mock(side_effect=OperationalError("the database is gone"))
    monkeypatch.setattr(NonconformingSample, "save", broken)
    with pytest.raises(OperationalError):
        client.post(f"/inspections/cases/new/?after=samples:{sample.pk}", case)
    assert broken.called
    assert not EnforcementCase.objects.exists()


def test_a_new_batch_that_failed_leads_to_what_failed(client, cast):
    client.force_login(cast.clerk)
    answer = client.post("/sampling/new/", typed(failed="1"))
    assert answer.url.startswith("/sampling/")
    assert answer.url != "/sampling/"
    assert client.post("/sampling/new/", typed(failed="0", place="西门")).url == "/sampling/"
    rapid = typed(failed="1", programme="rapid", place="南门")
    assert client.post("/sampling/new/", rapid).url == "/sampling/"


def test_from_an_inspection_to_its_notice(client, cast):
    inspection = Inspection(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), held_on=DAY,
        premises="某店", premises_type="food", problems=3,
    )  # fmt: skip
    records.save(inspection, by=cast.clerk)
    client.force_login(cast.clerk)
    begin = f"/inspections/notices/new/?after=inspections:{inspection.pk}"
    assert begin in client.get(f"/inspections/{inspection.pk}/").content.decode()
    form = client.get(begin).context["form"]
    assert (form["premises"].value(), form["problems"].value()) == ("某店", 3)
    notice = {
        "sector": inspection.sector_id, "inspection": inspection.pk, "issued_on": "2023-02-14", "due_on": "2023-03-01",
        "premises": "某店", "premises_type": "food", "problems": "3",
    }  # fmt: skip
    assert client.post(begin, notice).status_code == 302
    assert RectificationNotice.objects.get().inspection == inspection


@pytest.mark.parametrize("after", ["batches:1x", "batches:999999", "moon:1", "batches", "inspections:1"])
def test_what_follows_from_nothing_begins_empty(client, cast, after):
    client.force_login(cast.clerk)
    answer = client.get(f"/samples/new/?after={after}")
    assert answer.status_code == 200
    assert answer.context["before"] is None


def test_nothing_follows_from_a_record_of_another_department(client, cast):
    made = failing(cast)
    client.force_login(cast.outsider_clerk)
    assert client.get(f"/samples/new/?after=batches:{made.pk}").context["before"] is None
    client.force_login(cast.office)
    page = client.get(f"/sampling/{made.pk}/").content.decode()
    assert "after=" not in page


def test_queries_of_a_record_do_not_grow_with_what_follows(client, cast):
    made = batch(cast, samples=30, failed=25)
    client.force_login(cast.clerk)
    counts = []
    for many in (2, 20):
        while made.nonconforming.count() < many:
            sample = NonconformingSample(
                department=cast.market,
                region=cast.county,
                batch=made,
                item=f"{made.nonconforming.count()}",
                found_on=DAY,
            )
            records.save(sample, by=cast.clerk)
        RecordAttachments(made, cast.clerk).attach([base.pdf(f"{many}.pdf", b"%%PDF-1.7 %d" % many)])
        counts.append(base.queries(lambda: client.get(f"/sampling/{made.pk}/")))
    assert counts[0] == counts[1]


def test_a_view_is_saved_shown_replaced_and_forgotten(client, cast):
    client.force_login(cast.clerk)
    saved = client.post("/sampling/views/", {"name": " 本季 逾期 ", "query": "state=late&category=produce"})
    assert saved.url == "/sampling/?state=late&category=produce"
    view = SavedView.objects.get()
    assert (view.name, view.user) == ("本季 逾期", cast.clerk)
    shown = client.get(saved.url).context["views"]
    assert [(v.name, is_shown) for v, is_shown in shown] == [("本季 逾期", True)]
    client.post("/sampling/views/", {"name": "本季 逾期", "query": "state=closed"})
    assert SavedView.objects.get().query == "state=closed"
    assert not client.get("/inspections/").context["views"]
    client.post(f"/sampling/views/{SavedView.objects.get().pk}/delete/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("sent", [{"name": "", "query": "q=x"}, {"name": "x" * 31, "query": "q=x"}, {"name": "x"}])
def test_a_view_without_a_name_or_filters_is_refused(client, cast, sent):
    client.force_login(cast.clerk)
    assert client.post("/sampling/views/", sent).status_code == 302
    assert not SavedView.objects.exists()
    assert client.get("/sampling/views/").status_code == 405


def test_views_are_ones_own(client, cast):
    view = SavedView.objects.create(user=cast.clerk, register="batches", name="x", query="q=x")
    client.force_login(cast.office)
    assert not client.get("/sampling/").context["views"]
    assert client.post(f"/sampling/views/{view.pk}/delete/").status_code == 404
    client.force_login(cast.clerk)
    assert client.post(f"/inspections/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()


def test_the_office_narrows_lists_to_a_department(client, cast):
    batch(cast)
    client.force_login(cast.office)
    for department, rows in ((cast.market, 1), (cast.water, 0)):
        assert len(client.get(f"/sampling/?department={department.pk}").context["page"].object_list) == rows
    client.force_login(cast.clerk)
    assert "department" not in [choice.name for choice in client.get("/sampling/").context["found"].choices]


def test_what_is_typed_often_is_offered(client, cast):
    batch(cast, place="东门市场", producer="老王合作社")
    client.force_login(cast.clerk)
    page = client.get("/sampling/new/").content.decode()
    assert '<option value="老王合作社">' in page
    assert 'list="known-producer"' in page
    client.force_login(cast.outsider_clerk)
    assert "老王合作社" not in client.get("/sampling/new/").content.decode()


def test_rapid_tests_begin_like_the_last_ones(client, cast):
    batch(cast, programme="rapid", place="天山批发市场", samples=300, failed=0)
    batch(cast, place="别处", product="羊肉")
    client.force_login(cast.clerk)
    form = client.get("/sampling/new/?programme=rapid").context["form"]
    assert (form["programme"].value(), form["place"].value()) == ("rapid", "天山批发市场")


def test_quick_entry_returns_into_its_row(client, cast):
    client.force_login(cast.clerk)
    assert client.post("/sampling/new/", typed(quick="1")).url == "/sampling/#quick-product"
    assert 'id="quick-product"' in client.get("/sampling/").content.decode()


def test_batches_are_counted_for_the_task_they_were_taken_for(cast):
    plan = SamplingPlan(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), year=2023, name="计划",
        programme="supervision", issued_on=DAY,
    )  # fmt: skip
    tasks = [
        PlanTask(category="produce", batches=10),
        PlanTask(category="produce.meat", batches=4),
        PlanTask(category="produce.meat", setting="market", batches=2),
        PlanTask(category="school", due_on=datetime.date(2023, 3, 31), batches=3),
        PlanTask(category="school", due_on=datetime.date(2023, 6, 30), batches=3),
    ]
    records.save_plan(plan, tasks, by=cast.clerk)
    for n, (category, setting) in enumerate(
        [("produce.meat", "market"), ("produce.meat", "shop"), ("produce.egg", "shop"), ("school.oil", "shop")]
    ):
        batch(cast, plan=plan, category=category, setting=setting, place=f"{n}")
    batch(cast, plan=plan, taken_on=None, place="计划中")
    for day in ("2023-03-31", "2023-04-01", "2023-12-30"):  # the last one is late
        batch(cast, plan=plan, category="school.dough", taken_on=datetime.date.fromisoformat(day), place=day)
    found = {(p.task.category, p.task.setting, p.task.due_on.month): p.taken for p in planning.progress(plan)}
    assert found == {
        ("produce", "", 12): 1, ("produce.meat", "", 12): 1, ("produce.meat", "market", 12): 1,
        ("school", "", 3): 2, ("school", "", 6): 2,
    }  # fmt: skip


def test_a_plan_that_batches_name_is_not_deleted(client, cast):
    plan = SamplingPlan(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), year=2023, name="计划",
        programme="supervision", issued_on=DAY,
    )  # fmt: skip
    records.save_plan(plan, [PlanTask(category="produce", batches=10)], by=cast.clerk)
    made = batch(cast, plan=plan)
    client.force_login(cast.clerk)
    answer = base.change(client, reverse("delete-plans", args=[plan.pk]))
    answer = client.get(answer.url)
    assert "1批抽样填了这个计划" in answer.content.decode()
    assert SamplingPlan.objects.get() == made.plan
    records.delete(made, by=cast.clerk)
    base.change(client, reverse("delete-plans", args=[plan.pk]))
    assert not SamplingPlan.objects.exists()


@pytest.mark.parametrize("name", ["change-batches", "attach-batches", "delete-batches", "plan-tasks"])
def test_what_is_said_of_a_record_that_was_deleted_meanwhile(client, cast, monkeypatch, name):
    """Between its fetching and its writing."""
    gone = "这条记录已被别人删除"
    made = batch(cast)
    if name == "plan-tasks":
        made = SamplingPlan(
            department=cast.market, region=cast.county, sector=made.sector, year=2023, name="计划",
            programme="supervision", issued_on=DAY,
        )  # fmt: skip
        records.save(made, by=cast.clerk)
    may_write = access.may_write

    def deleted(by, record):
        type(record).objects.filter(pk=record.pk).delete()
        return may_write(by, record)

    for module in (files, record_views, planning_views):
        monkeypatch.setattr(module, "may_write", deleted)
    lines = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
    client.force_login(cast.clerk)
    answer = client.post(reverse(name, args=[made.pk]), typed(files=[base.pdf()]) | lines, follow=True)
    assert gone in answer.content.decode()
    if name == "change-batches":
        assert 'value="豇豆"' in answer.content.decode()
    assert not type(made).objects.exists()


def test_a_list_shows_the_records_of_a_cell_that_are_in_it(client, cast):
    sheet = base.submission(cast.county)
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    counts = batch(cast, taken_on=sheet.period.key.first_day)
    batch(cast, taken_on=sheet.period.key.last_day + datetime.timedelta(1), place="西门")
    client.force_login(cast.clerk)

    def shown(slug, text):
        return client.get(reverse(slug), {"counted": text}).context["found"]

    assert list(shown("batches", f"{sheet.pk}:food.done").rows) == [counts]
    for slug, text in (("inspections", f"{sheet.pk}:food.done"), ("batches", f"{sheet.pk}:none")):
        assert shown(slug, text).counted is None


def test_a_raised_two_is_no_number(client, cast):
    client.force_login(cast.clerk)
    queries = {"where-to-look": "year=²", "new-cases": "after=samples:²", "batches": "counted=²:food.done"}
    for name, query in queries.items():
        assert client.get(f"{reverse(name)}?{query}").status_code == 200, name


@pytest.mark.parametrize(
    ("text", "groups", "count"),
    [
        ("农药残留：毒死蜱、克百威；重金属：铅", [("农药残留", ("毒死蜱", "克百威")), ("重金属", ("铅",))], 3),
        ("毒死蜱，克百威", [("", ("毒死蜱", "克百威"))], 2),
        ("pesticides: a, b, a; metals:", [("pesticides", ("a", "b")), ("metals", ())], 3),
        ("", [], 0),
        ("；；：", [], 0),
    ],
)
def test_items_are_read_by_group(text, groups, count):
    assert [(group.name, group.items) for group in items.read(text)] == groups
    assert items.count(text) == count
