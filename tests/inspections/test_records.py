"""Lists and pages of records: who may do what, what is refused, and that lists stay cheap."""

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from inspections import deadlines, records
from inspections.files import RecordAttachments
from inspections.models import Inspection, RecordFile, RectificationNotice, SamplingBatch
from inspections.registers import REGISTERS
from sectors.models import Sector
from tests import base
from tests.inspections.recorded import DAY, batch


def typed(**fields):
    """What the form of a batch sends."""
    start = {
        "programme": "supervision",
        "sector": str(Sector.objects.get(code="food").pk),
        "category": "produce.vegetable",
        "product": "豇豆",
        "place": "东门市场",
        "taken_on": "2023-02-14",
        "samples": "3",
    }
    return {**start, **fields}


def test_a_clerk_records_and_the_next_form_remembers(client, cast):
    client.force_login(cast.clerk)
    answer = client.post("/sampling/new/", typed(failed="1", campaign="春季"))
    assert answer.status_code == 302
    made = SamplingBatch.objects.get()
    assert (made.department, made.by, made.samples, made.failed) == (cast.market, cast.clerk, 3, 1)
    assert 'value="春季"' in client.get("/sampling/new/").content.decode()
    assert [label for label, _word in client.get("/sampling/").context["quick"]["like"]]


@pytest.mark.parametrize("slug", REGISTERS)
@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader", "admin", "outsider_clerk"])
def test_every_list_opens_for_everyone(client, cast, slug, who):
    client.force_login(getattr(cast, who))
    assert client.get("/" + REGISTERS[slug].path).status_code == 200
    assert client.post("/" + REGISTERS[slug].path).status_code == 405


@pytest.mark.parametrize(
    ("who", "look", "change"),
    [
        ("clerk", 200, 302),
        ("head", 200, 403),
        ("office", 200, 403),
        ("leader", 200, 403),
        ("admin", 200, 403),
        ("outsider_clerk", 404, 404),
        ("outsider_office", 404, 404),
    ],
)
def test_a_record_belongs_to_its_department(client, cast, who, look, change):
    made = batch(cast)
    client.force_login(getattr(cast, who))
    page, delete = f"/sampling/{made.pk}/", f"/sampling/{made.pk}/delete/"
    assert client.get(page).status_code == look
    seen = {"seen": base.seen_on(client, page)} if who == "clerk" else {}
    assert client.post(page, typed(samples="9") | seen).status_code == change
    made.refresh_from_db()
    assert made.samples == (9 if who == "clerk" else 1)
    seen = {"seen": base.seen_on(client, delete)} if who == "clerk" else {}
    assert client.post(delete, seen).status_code == change
    assert SamplingBatch.objects.exists() == (who != "clerk")


@pytest.mark.parametrize(("who", "status"), [("head", 403), ("office", 403), ("leader", 403), ("admin", 403)])
@pytest.mark.parametrize("address", ["/sampling/new/", "/sampling/import/", "/sampling/import/template/"])
def test_only_a_clerk_records(client, cast, who, status, address):
    client.force_login(getattr(cast, who))
    assert client.get(address).status_code == status


def test_other_departments_do_not_see_a_record_in_list_or_export(client, cast):
    batch(cast, product="只此一件")
    for who, seen in (("office", True), ("clerk", True), ("outsider_clerk", False), ("outsider_office", False)):
        client.force_login(getattr(cast, who))
        assert ("只此一件" in client.get("/sampling/").content.decode()) is seen
        rows = exported(client, "/sampling/export/")
        assert (any("只此一件" in row for row in rows)) is seen


def exported(client, address):
    data = b"".join(client.get(address).streaming_content)
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_export_is_what_is_filtered(client, cast):
    batch(cast)
    batch(cast, product="羊肉", category="produce.meat", place="西门市场")
    client.force_login(cast.clerk)
    rows = exported(client, "/sampling/export/?category=produce.meat")
    assert len(rows) == 2
    assert "羊肉" in rows[1]


def test_filters_search_and_order(client, cast):
    batch(cast, product="羊肉", category="produce.meat", place="西门市场", taken_on=DAY + datetime.timedelta(1))
    batch(cast)
    client.force_login(cast.clerk)
    for query, found in (
        ("category=produce", ["羊肉", "豇豆"]),
        ("category=produce.meat", ["羊肉"]),
        ("q=东门", ["豇豆"]),
        ("until=2023-02-14", ["豇豆"]),
        ("sort=taken_on", ["豇豆", "羊肉"]),
        ("sort=password", ["羊肉", "豇豆"]),
        ("category=nothing&since=yesterday", ["羊肉", "豇豆"]),
    ):
        shown = client.get(f"/sampling/?{query}").context["page"].object_list
        assert [b.product for b in shown] == found, query


def test_the_same_day_place_and_product_is_asked_about(client, cast):
    client.force_login(cast.clerk)
    client.post("/sampling/new/", typed())
    again = client.post("/sampling/new/", typed())
    assert again.status_code == 422
    assert SamplingBatch.objects.count() == 1
    assert 'name="again"' in again.content.decode()
    assert client.post("/sampling/new/", typed(again="on")).status_code == 302
    assert SamplingBatch.objects.count() == 2


def test_a_report_number_is_recorded_once_in_a_department(client, cast):
    client.force_login(cast.clerk)
    done = {"report_number": "A-1", "failed": "0", "reported_on": "2023-03-01"}
    client.post("/sampling/new/", typed(**done))
    answer = client.post("/sampling/new/", typed(**done, place="西门"))
    assert answer.status_code == 422
    assert SamplingBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"failed": "4"}, "failed"),
        ({"reported_on": "2023-03-01"}, "failed"),
        ({"received_on": "2023-02-01"}, "received_on"),
        ({"programme": "rapid", "taken_on": ""}, "taken_on"),
    ],
)
def test_contradictions_are_named_at_their_field(client, cast, fields, field):
    client.force_login(cast.clerk)
    answer = client.post("/sampling/new/", typed(**fields))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not SamplingBatch.objects.exists()


def test_another_departments_records_cannot_be_pointed_to(client, cast):
    other = Inspection(
        department=cast.water, region=cast.county, sector=Sector.objects.get(code="water"), held_on=DAY,
        premises="水厂", premises_type="other",
    )  # fmt: skip
    records.save(other, by=cast.outsider_clerk)
    client.force_login(cast.clerk)
    notice = {
        "sector": str(Sector.objects.get(code="food").pk), "inspection": str(other.pk), "issued_on": "2023-02-14",
        "due_on": "2023-02-20", "premises": "店", "premises_type": "food", "problems": "1",
    }  # fmt: skip
    answer = client.post("/inspections/notices/new/", notice)
    assert answer.status_code == 422
    assert "inspection" in answer.context["form"].errors


def test_the_stage_refuses_who_may_not(cast):
    made = batch(cast)
    for who in (cast.office, cast.head, cast.outsider_clerk):
        with pytest.raises(PermissionDenied):
            records.save(made, by=who)
        with pytest.raises(PermissionDenied):
            records.delete(made, by=who)


def test_a_file_is_removed_by_somebody_at_some_time(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (file,) = RecordAttachments(batch(cast), cast.clerk).attach([SimpleUploadedFile("a.txt", b"a")]).stored
    row, now = RecordFile.objects.filter(pk=file.pk), timezone.now()
    for fields in ({"removed_by": cast.clerk}, {"removed_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**fields)
    assert row.update(removed_by=cast.clerk, removed_at=now) == 1


def test_clocks_run_in_working_days_and_late_ones_are_found(cast):
    # 2023-04-28 is a Friday; May 1 to 3 are holidays and May 6, a Saturday, is worked.
    taken = datetime.date(2023, 4, 28)
    assert deadlines.delivery_due(taken) == datetime.date(2023, 5, 9)
    made = batch(cast, taken_on=taken)
    for day, is_late in ((datetime.date(2023, 5, 9), False), (datetime.date(2023, 5, 10), True)):
        assert SamplingBatch.objects.late(day).filter(pk=made.pk).exists() is is_late, day


@pytest.mark.parametrize("offset", range(40))
def test_the_set_of_late_batches_agrees_with_each_clock(cast, offset):
    made = batch(cast, taken_on=datetime.date(2023, 9, 20))
    today = datetime.date(2023, 9, 20) + datetime.timedelta(offset)
    assert SamplingBatch.objects.late(today).exists() == (deadlines.delivery_due(made.taken_on) < today)


def test_backup_samples_are_kept_to_the_end_of_a_short_month():
    assert deadlines.kept_until(datetime.date(2023, 11, 30), failed=False) == datetime.date(2024, 2, 29)
    assert deadlines.kept_until(datetime.date(2023, 3, 15), failed=True) == datetime.date(2023, 9, 15)


def test_overdue_notices_are_a_list(client, cast):
    for number, closed in (("1", None), ("2", DAY)):
        notice = RectificationNotice(
            department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), number=number,
            premises=f"店{number}", premises_type="food", issued_on=DAY, due_on=DAY, closed_on=closed,
        )  # fmt: skip
        records.save(notice, by=cast.clerk)
    client.force_login(cast.office)
    shown = client.get("/inspections/notices/?state=late").context["page"].object_list
    assert [n.number for n in shown] == ["1"]


@pytest.mark.parametrize("reader", ["clerk", "head", "office"])
def test_queries_of_a_list_do_not_grow_with_its_rows(client, cast, reader):
    client.force_login(getattr(cast, reader))
    counts = []
    for many in (2, 20):
        while SamplingBatch.objects.count() < many:
            batch(cast, place=f"第{SamplingBatch.objects.count()}摊")
        counts.append(base.queries(lambda: client.get("/sampling/")))
    assert counts[0] == counts[1]
