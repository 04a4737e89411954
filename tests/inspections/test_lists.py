"""Lists in from Excel and out to it: looked at before anything is stored, with what is wrong in each cell."""

import datetime
import io

import pytest
import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from inspections import background, spreadsheets
from inspections.models import Inspection, NonconformingSample, SamplingBatch
from inspections.registers import REGISTERS
from sectors import jobs
from sectors.models import Job
from sectors.spreadsheets import pending
from tests.inspections.recorded import batch, one_of_each
from tests.inspections.test_records import exported
from tests.sectors.spreadsheets import workbooks

IMPORT = "/sampling/import/"
HEADS = ("programme", "sector", "taken_on", "category", "product", "place", "samples", "failed", "report_number")


def workbook(*rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    heads = {field.name: str(field.verbose_name) for field in SamplingBatch._meta.fields}
    names = [heads[name] for name in HEADS]
    for n, row in enumerate([names, *rows]):
        sheet.write_row(n, 0, row)
    book.close()
    out.seek(0)
    out.name = "list.xlsx"
    return out


def row(**fields):
    start = {
        "programme": "supervision", "sector": "食品", "taken_on": "2023-02-14", "category": "produce.meat",
        "product": "羊肉", "place": "东门", "samples": 2, "failed": 0, "report_number": "",
    }  # fmt: skip
    return [{**start, **fields}[name] for name in HEADS]


def look(client, file, address=IMPORT):
    """The page after an upload."""
    return client.post(address, {"file": file})


def confirm(client, looked, address=IMPORT, **more):
    return client.post(f"{address}confirm/", {"ticket": looked.context["ticket"], **more})


def test_a_list_is_looked_at_and_then_stored(client, cast):
    client.force_login(cast.clerk)
    file = workbook(row(), row(samples="two"), row(product=""), row(failed=3), row(category="mars"), row(samples=0))
    looked = look(client, file)
    assert looked.status_code == 200
    assert not SamplingBatch.objects.exists()
    preview = looked.context["preview"]
    assert (preview.good, preview.bad_rows) == (1, 5)
    assert [address for address, _column, _text, _why in preview.faults] == ["G3", "E4", "H5", "D6", "G7"]
    assert confirm(client, looked).status_code == 302
    made = SamplingBatch.objects.get()
    assert (made.product, made.department, made.by, made.region) == ("羊肉", cast.market, cast.clerk, cast.county)
    # The file is gone, so a second click stores nothing twice.
    assert confirm(client, looked).status_code == 409
    assert SamplingBatch.objects.count() == 1


def test_what_nobody_can_have_typed_is_left_out(client, cast):
    """Excel writes such characters as `_x0000_`."""
    client.force_login(cast.clerk)
    packed = workbooks.parts(workbook(row(product="羊_x0000_肉_x000B_")).getvalue())
    packed["xl/sharedStrings.xml"] = packed["xl/sharedStrings.xml"].replace(b"_x005F_x", b"_x")
    file = io.BytesIO(workbooks.packed(packed))
    file.name = "list.xlsx"
    assert confirm(client, look(client, file)).status_code == 302
    assert SamplingBatch.objects.get().product == "羊肉"


def test_the_faulty_rows_come_back_marked_and_can_be_sent_again(client, cast):
    client.force_login(cast.clerk)
    looked = look(client, workbook(row(), row(samples="two", place="西门"), row(product="", failed=9)))
    data = b"".join(client.get(f"{IMPORT}failed/", {"ticket": looked.context["ticket"]}).streaming_content)
    page = load_workbook(io.BytesIO(data)).active
    assert page.max_row == 3
    assert page["G2"].comment
    assert page["G2"].fill.fgColor.rgb == "FFF4B6B2"
    assert "样品数" in str(page["J2"].value) or "Samples" in str(page["J2"].value)
    assert page["E3"].comment
    assert page["A3"].comment is None
    page["G2"] = 2
    mended = io.BytesIO()
    page.parent.save(mended)
    mended.seek(0)
    mended.name = "mended.xlsx"
    again = look(client, mended).context["preview"]
    assert (again.good, again.bad_rows, len(again.unknown)) == (1, 1, 1)


def test_a_number_twice_in_a_list_is_a_fault(client, cast):
    client.force_login(cast.clerk)
    batch(cast, report_number="A-1", failed=0)
    file = workbook(
        row(report_number="A-1"), row(report_number="A-2", place="西门"), row(report_number="A-2", place="南门")
    )
    preview = look(client, file).context["preview"]
    assert [address for address, *_rest in preview.faults] == ["I2", "I4"]


def test_the_same_place_day_and_product_is_asked_about(client, cast):
    client.force_login(cast.clerk)
    batch(cast, product="羊肉", place="东门")
    looked = look(client, workbook(row(), row(place="西门"), row(place="西门")))
    preview = looked.context["preview"]
    assert [(row, in_list) for row, _record, in_list in preview.doubles] == [(2, False), (4, True)]
    assert confirm(client, looked).status_code == 302
    assert SamplingBatch.objects.count() == 2
    again = look(client, workbook(row(), row(place="北门")))
    assert confirm(client, again, doubles="1").status_code == 302
    assert SamplingBatch.objects.count() == 4


def test_what_changed_since_the_preview_is_shown_again(client, cast):
    client.force_login(cast.clerk)
    looked = look(client, workbook(row()))
    batch(cast, product="羊肉", place="东门")
    answer = confirm(client, looked)
    assert answer.status_code == 409
    assert answer.context["preview"].double_rows == 1
    assert SamplingBatch.objects.count() == 1


def test_what_is_no_list_is_refused_in_words(client, cast):
    client.force_login(cast.clerk)
    for data in (b"no workbook", b"", b"PK\x03\x04 broken"):
        file = io.BytesIO(data)
        file.name = "x.xlsx"
        answer = look(client, file)
        assert answer.status_code == 422
        assert answer.context["problem"]
    assert look(client, workbook()).status_code == 422
    assert client.post(IMPORT, {}).status_code == 422
    assert not SamplingBatch.objects.exists()


def test_a_file_of_somebody_else_or_of_another_list_is_not_taken(client, cast):
    client.force_login(cast.clerk)
    looked = look(client, workbook(row()))
    assert confirm(client, looked, "/inspections/import/").status_code == 409
    client.force_login(cast.outsider_clerk)
    assert confirm(client, looked).status_code == 409
    client.force_login(cast.office)
    assert confirm(client, looked).status_code == 403
    assert client.get(f"{IMPORT}failed/", {"ticket": looked.context["ticket"]}).status_code == 403
    assert not SamplingBatch.objects.exists()


def test_errors_of_excel_are_no_values(client, cast):
    client.force_login(cast.clerk)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    heads = {field.name: str(field.verbose_name) for field in SamplingBatch._meta.fields}
    sheet.write_row(0, 0, [heads[name] for name in HEADS])
    sheet.write_row(1, 0, row())
    sheet.write_formula("G2", "=1/0", value="#DIV/0!")
    book.close()
    out.seek(0)
    out.name = "list.xlsx"
    preview = look(client, out).context["preview"]
    assert [address for address, *_rest in preview.faults] == ["G2"]


def test_too_large_a_request_is_refused_unread(client, cast, monkeypatch):
    monkeypatch.setattr("inspections.views.transfer.MAX_REQUEST", 10)
    client.force_login(cast.clerk)
    assert look(client, workbook(row())).status_code == 413
    client.force_login(cast.office)
    assert look(client, workbook(row())).status_code == 403


@pytest.mark.parametrize("slug", REGISTERS)
def test_every_exported_list_comes_back_in(client, cast, slug):
    one_of_each(cast)
    client.force_login(cast.clerk)
    register = REGISTERS[slug]
    data = io.BytesIO(b"".join(client.get(f"/{register.path}export/").streaming_content))
    data.name = "list.xlsx"
    looked = look(client, data, f"/{register.path}import/")
    preview = looked.context["preview"]
    # It is recorded already, which a number tells for sure and the same day and place nearly so.
    assert (preview.good, preview.double_rows + preview.all_faults) == (0, 1), preview.faults
    register.model.objects.filter(pk__gt=0).delete() if slug not in ("batches", "plans", "cases") else None
    if slug in ("samples", "inspections", "rectifications", "complaints"):
        data.seek(0)
        looked = look(client, data, f"/{register.path}import/")
        assert looked.context["preview"].faults == []
        assert confirm(client, looked, f"/{register.path}import/").status_code == 302
        assert register.model.objects.count() == 1


def test_a_list_points_to_batches_and_cases_by_their_numbers(client, cast):
    one_of_each(cast)
    client.force_login(cast.clerk)
    heads, only = exported(client, "/samples/export/")
    assert {"A-1", "C-1", "毒死蜱"} <= set(only)
    NonconformingSample.objects.all().delete()
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    days = [cell.isoformat() if isinstance(cell, datetime.date) else cell for cell in only]
    sheet.write_row(0, 0, heads)
    sheet.write_row(1, 0, days)
    sheet.write_row(2, 0, ["Z-9" if cell == "A-1" else cell for cell in days])
    book.close()
    out.seek(0)
    out.name = "list.xlsx"
    looked = look(client, out, "/samples/import/")
    assert [text for _address, _column, text, _why in looked.context["preview"].faults] == ["Z-9"]
    confirm(client, looked, "/samples/import/")
    sample = NonconformingSample.objects.get()
    assert sample.case
    assert (sample.batch.report_number, sample.case.number, sample.sector.code) == ("A-1", "C-1", "food")


def test_formulas_go_out_as_text_and_come_back_as_they_were(client, cast):
    batch(cast, product='=HYPERLINK("http://x")', place="@here", note="-1+1", report_number="+8")
    client.force_login(cast.clerk)
    data = b"".join(client.get("/sampling/export/").streaming_content)
    page = load_workbook(io.BytesIO(data)).active
    cells = [cell for cell in page[2] if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    SamplingBatch.objects.all().delete()
    file = io.BytesIO(data)
    file.name = "list.xlsx"
    confirm(client, look(client, file))
    made = SamplingBatch.objects.get()
    assert (made.product, made.place, made.note, made.report_number) == (
        '=HYPERLINK("http://x")',
        "@here",
        "-1+1",
        "+8",
    )


@pytest.mark.parametrize("slug", REGISTERS)
def test_the_empty_list_has_the_columns_that_a_list_needs(client, cast, slug):
    client.force_login(cast.clerk)
    register = REGISTERS[slug]
    data = b"".join(client.get(f"/{register.path}import/template/").streaming_content)
    heads = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[0]
    file = io.BytesIO(data)
    reading = spreadsheets.read(register, file, len(data), cast.market)
    assert (reading.unknown, reading.records, reading.faults) == ([], [], [])
    assert len(heads) == len(set(heads))


def test_a_kept_file_is_swept_with_its_ticket(client, cast):
    client.force_login(cast.clerk)
    looked = look(client, workbook(row()))
    assert pending.find(looked.context["ticket"], cast.clerk, "batches").size
    assert Inspection.objects.count() == 0


@pytest.fixture
def all_are_large(monkeypatch, settings, tmp_path):
    """Every list is so large that jobs do the work."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("inspections.views.transfer.LARGE", 10)


def test_a_large_list_is_looked_at_and_stored_by_jobs(client, cast, all_are_large, django_capture_on_commit_callbacks):
    client.force_login(cast.clerk)
    answer = client.post(IMPORT, {"file": workbook(row(), row(samples="two"))})
    looked = client.get(answer.url)
    assert looked.status_code == 200
    assert (looked.context["preview"].good, looked.context["preview"].bad_rows) == (1, 1)
    assert not SamplingBatch.objects.exists()
    answer = client.get(f"{IMPORT}failed/", {"ticket": looked.context["ticket"]})
    job = Job.objects.get(kind="inspections.failed")
    assert answer.url == f"/jobs/{job.pk}/"
    assert load_workbook(jobs.file_of(job)).active.max_row == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert confirm(client, looked).url == "/sampling/"
    assert SamplingBatch.objects.get().product == "羊肉"
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    again = confirm(client, looked)
    assert again.status_code == 409
    assert SamplingBatch.objects.count() == 1


def test_a_long_export_is_written_by_a_job(client, cast, all_are_large, monkeypatch):
    monkeypatch.setattr("inspections.views.transfer.ROWS_AT_ONCE", 1)
    for product in ("豇豆", "羊肉", "豇豆二"):
        batch(cast, product=product, place=product)
    client.force_login(cast.office)
    answer = client.get("/sampling/export/?q=豇豆")
    job = Job.objects.get(kind="inspections.export")
    assert answer.url == f"/jobs/{job.pk}/"
    assert load_workbook(jobs.file_of(job)).active.max_row == 3
    client.force_login(cast.outsider_clerk)
    assert client.get("/sampling/export/").status_code == 200
    assert client.get(answer.url).status_code == 404


def test_the_preview_of_a_large_list_is_its_persons(client, cast, all_are_large):
    client.force_login(cast.clerk)
    answer = client.post(IMPORT, {"file": workbook(row())})
    client.force_login(cast.outsider_clerk)
    assert client.get(answer.url).status_code == 409
    client.force_login(cast.office)
    assert client.get(answer.url).status_code == 403
    client.force_login(cast.clerk)
    assert client.get(f"{IMPORT}look/?file=../../x").status_code == 409


def test_a_large_file_that_is_none_fails_in_words(client, cast, all_are_large):
    client.force_login(cast.clerk)
    file = io.BytesIO(b"no workbook at all")
    file.name = "list.xlsx"
    client.post(IMPORT, {"file": file})
    job = Job.objects.get()
    assert job.state == "failed"
    assert job.message
    assert job.is_over


def test_who_records_no_more_stores_nothing(client, cast, all_are_large, settings):
    client.force_login(cast.clerk)
    looked = client.get(client.post(IMPORT, {"file": workbook(row())}).url)
    ticket = looked.context["ticket"]
    with pytest.raises(jobs.Failed):
        background.import_list(jobs.Progress(Job()), cast.head, register="batches", ticket=ticket, doubles=False)
    assert not SamplingBatch.objects.exists()
