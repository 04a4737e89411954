"""Pages of the way through Excel: who may, what is shown, and that nothing is stored but what was confirmed."""

import os
import re
import time
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sectors import jobs
from sectors.approval.moves import move
from sectors.entry import writer
from sectors.findings import storage
from sectors.models import Figure, FigureChange, Job, Period, StoredFinding, Submission
from tests import base
from tests.sectors.spreadsheets import workbooks
from tests.sectors.spreadsheets.workbooks import at, download, filled

pytestmark = pytest.mark.django_db

EMPTY = re.compile(r'(<c r="D\d+" s="\d+")/>')  # cells to enter, as they are downloaded
LOOK, CHOOSE, CONFIRM, MARKED = "sheet-excel", "sheet-import", "sheet-import-confirm", "sheet-import-marked"


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "uploads"


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def page(name, of):
    return reverse(name, args=[of.pk])


def send(client, sheet, data, name="填好的.xlsx"):
    return client.post(page(CHOOSE, sheet), {"file": SimpleUploadedFile(name, data)})


def ticket(answer):
    [found] = re.findall(r'name="ticket" value="([^"]+)"', answer.content.decode())
    return found


def confirm(client, sheet, answer, **more):
    return client.post(page(CONFIRM, sheet), {"ticket": ticket(answer), **more}, follow=True)


def said(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", [LOOK, CHOOSE, MARKED])
def test_pages_need_a_sign_in(client, sheet, name):
    assert client.get(page(name, sheet)).url.startswith(reverse("login"))


@pytest.mark.parametrize(
    ("who", "may_look", "may_choose"),
    [
        ("clerk", 200, 200),
        ("head", 200, 403),
        ("office", 200, 403),
        ("leader", 200, 403),
        ("admin", 200, 403),
        ("outsider_clerk", 404, 404),
        ("outsider_head", 404, 404),
        ("outsider_office", 404, 404),
    ],
)
def test_who_may_do_what(client, cast, sheet, who, may_look, may_choose):
    data = filled(download(sheet), food_task=5)
    client.force_login(getattr(cast, who))
    assert client.get(page(LOOK, sheet)).status_code == may_look
    assert client.get(page(CHOOSE, sheet)).status_code == may_choose
    assert send(client, sheet, data).status_code == may_choose
    if may_choose != 200:
        assert client.post(page(CONFIRM, sheet), {"ticket": "x"}).status_code == may_choose
        assert client.get(page(MARKED, sheet), {"ticket": "x"}).status_code == may_choose


@pytest.mark.parametrize(
    ("name", "wrong"), [(LOOK, ["post"]), (CHOOSE, ["put", "delete"]), (CONFIRM, ["get"]), (MARKED, ["post"])]
)
def test_wrong_methods(client, cast, sheet, name, wrong):
    client.force_login(cast.clerk)
    assert [getattr(client, method)(page(name, sheet)).status_code for method in wrong] == [405] * len(wrong)


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_a_sheet_on_its_way_takes_no_file(client, cast, status):
    sheet = base.submission(cast.county, status="draft")
    data = filled(download(sheet), food_task=5)
    client.force_login(cast.clerk)
    shown = send(client, sheet, data)
    Submission.objects.filter(pk=sheet.pk).update(status=status)
    for answer in (client.get(page(CHOOSE, sheet)), send(client, sheet, data), confirm(client, sheet, shown)):
        assert answer.status_code == 409
        assert "不能修改" in said(answer)
        assert 'type="file"' not in said(answer)
    assert not Figure.objects.exists()


def test_a_closed_period_takes_no_file_and_says_who_can_lift_that(client, cast, sheet):
    data = filled(download(sheet), food_task=5)
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    client.force_login(cast.clerk)
    answer = send(client, sheet, data)
    assert answer.status_code == 409
    assert "云泽县质量强县工作领导小组办公室" in said(answer)
    assert "云泽县质量强县工作领导小组办公室" in workbooks.opened(client.get(page(LOOK, sheet)).content)[1]["B4"].value


def test_the_download_is_named_after_the_sheet_and_reads_as_excel(client, cast, sheet):
    client.force_login(cast.leader)
    answer = client.get(page(LOOK, sheet))
    assert "filename*=utf-8''T-01%20%E9%A3%9F%E5%93%81" in answer["Content-Disposition"]
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    _book, shown = workbooks.opened(answer.content)
    assert "2023年第1季度" in shown["B3"].value


def test_pages_of_the_sheet_lead_there(client, cast, sheet):
    client.force_login(cast.clerk)
    text = said(client.get(page("sheet", sheet)))
    assert page(LOOK, sheet) in text
    assert page(CHOOSE, sheet) in text
    client.force_login(cast.head)
    assert page(LOOK, sheet) in said(client.get(page("submission", sheet)))


def test_from_the_file_to_the_stored_figures(client, cast, sheet, uploads):
    base.report(cast.county, "2023Q1", {"food.task": "1500"}, status="draft")
    client.force_login(cast.clerk)
    data = filled(
        client.get(page(LOOK, sheet)).content, food_task=1600, food_done="１，５４８批次", food_price="不适用"
    )
    shown = send(client, sheet, data)
    assert shown.status_code == 200
    text = said(shown)
    assert "填好的.xlsx" in text
    assert re.findall(r"<(?:del|ins)>([^<]+)</", text) == ["1500", "1600", "1548", "不适用"]
    assert f"<b>{at(data, 'food.task')}</b>" in text
    assert "确认导入 3 项" in text
    assert Figure.objects.count() == 1
    done = confirm(client, sheet, shown)
    assert done.redirect_chain == [(page("sheet", sheet), 302)]
    assert "已从 Excel 导入 3 项" in said(done)
    assert {f.indicator.code: f.value for f in Figure.objects.all()} == {
        "food.task": 1600,
        "food.done": 1548,
        "food.price": None,
    }
    assert FigureChange.objects.filter(source="excel", by=cast.clerk).count() == 3
    assert list(uploads.iterdir()) == []


def test_what_was_imported_is_judged_at_once(client, cast, sheet):
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=9, food_done=5, food_passed=6))
    assert not StoredFinding.objects.exists()
    assert confirm(client, sheet, shown).status_code == 200
    assert StoredFinding.objects.get().values == {"food.done": "5", "food.passed": "6"}


@pytest.fixture
def jumped(cast):
    """A finding on record that last year's figure caused, whose sheet is open again."""
    base.report(cast.county, "2022Q1", {"food.firms": "10"}, "returned")
    base.report(cast.county, "2023Q1", {"food.firms": "100"})
    (found,) = storage.refresh(base.submission(cast.county, status="accepted"))
    return base.submission(cast.county, "T-01", "2022Q1", "returned"), found


def test_what_was_held_against_the_old_figures_is_judged_again(client, cast, jumped):
    sheet, found = jumped
    client.force_login(cast.clerk)
    confirm(client, sheet, send(client, sheet, filled(download(sheet), food_firms=95)))
    found.refresh_from_db()
    assert found.state == "mended"


def test_so_it_is_after_a_long_import(client, cast, jumped, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("sectors.views.spreadsheets.LONG", 1)
    sheet, found = jumped
    client.force_login(cast.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, sheet, send(client, sheet, filled(download(sheet), food_firms=95)))
    found.refresh_from_db()
    assert found.state == "mended"


def test_a_file_that_changes_nothing_says_so(client, cast, sheet):
    client.force_login(cast.clerk)
    text = said(send(client, sheet, download(sheet)))
    assert "没有要导入的改动" in text
    assert "确认导入" not in text


def test_errors_are_listed_with_their_cells_and_nothing_can_be_confirmed(client, cast, sheet):
    client.force_login(cast.clerk)
    data = filled(download(sheet), food_task="十二", food_price=7.555, food_done=7)
    shown = send(client, sheet, data)
    assert shown.status_code == 422
    text = said(shown)
    for code in ("food.task", "food.price"):
        assert f"<b>{at(data, code)}</b>" in text
    assert "2 处错误" in text
    assert "确认导入" not in text
    answer = confirm(client, sheet, shown)
    assert answer.status_code == 409
    assert not Figure.objects.exists()


def test_the_marked_copy_comes_back_and_can_be_sent_again(client, cast, sheet):
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task="十二"))
    copy = client.get(page(MARKED, sheet), {"ticket": ticket(shown)})
    assert copy.status_code == 200
    assert "%EF%BC%88%E6%A0%87%E5%87%BA%E9%94%99%E8%AF%AF%EF%BC%89.xlsx" in copy["Content-Disposition"]
    cell = workbooks.cells(workbooks.opened(copy.content)[1])["food.task"]
    assert "不是数字" in cell.comment.text
    assert send(client, sheet, filled(copy.content, food_task=12)).status_code == 200


def test_a_file_that_cannot_be_read_has_a_sentence(client, cast, sheet):
    client.force_login(cast.clerk)
    answer = send(client, sheet, b"a,b\n1,2\n", "数据.csv")
    assert answer.status_code == 422
    assert ".csv" in said(answer)
    assert 'type="file"' in said(answer)
    nothing = client.post(page(CHOOSE, sheet))
    assert nothing.status_code == 400
    assert "请先选择 Excel 文件" in said(nothing)


def test_an_xls_file_with_errors_has_no_marked_copy(client, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.done": "40"}, status="draft")
    client.force_login(cast.clerk)
    shown = send(client, sheet, (base.DATA / "T-01-formats.xls").read_bytes(), "T-01.xls")
    assert shown.status_code == 422
    assert "Excel 里这一格显示错误 #N/A" in said(shown)
    assert page(MARKED, sheet) not in said(shown)
    answer = client.get(page(MARKED, sheet), {"ticket": ticket(shown)})
    assert answer.status_code == 409
    assert "无法在这个文件上标出错误" in said(answer)


class Untouched(BytesIO):
    """A body that must not be read."""

    def read(self, *args):
        raise AssertionError("the body was read")

    readline = read


def test_fifty_megabytes_are_refused_before_they_are_read(client, cast, sheet):
    client.force_login(cast.clerk)
    size = 50 * 1024 * 1024
    large = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": f"{size}", "wsgi.input": Untouched()}
    answer = client.generic("POST", page(CHOOSE, sheet), **large)
    assert answer.status_code == 413
    assert "文件超过 10 MB" in said(answer)
    client.force_login(cast.head)
    answer = client.generic("POST", page(CHOOSE, sheet), **large)
    assert answer.status_code == 403


def test_a_file_a_little_too_large_is_refused_too(client, cast, sheet):
    client.force_login(cast.clerk)
    answer = send(client, sheet, b"PK\x03\x04" + b"\x00" * (10 * 1024 * 1024))
    assert answer.status_code == 422
    assert "文件超过 10 MB" in said(answer)


def test_another_site_cannot_send_a_file(cast, sheet):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.clerk)
    data = filled(download(sheet), food_task=5)
    assert send(client, sheet, data).status_code == 403
    assert client.post(page(CONFIRM, sheet), {"ticket": "x"}).status_code == 403


# Between preview and confirmation.


def test_the_file_lies_where_no_address_leads_under_a_name_nobody_guesses(client, cast, sheet, uploads):
    client.force_login(cast.clerk)
    send(client, sheet, filled(download(sheet), food_task=5))
    send(client, sheet, filled(download(sheet), food_task=6))
    files = list(uploads.iterdir())
    assert len({file.name for file in files}) == 2
    assert all(re.fullmatch(rf"{cast.clerk.pk}-{sheet.pk}-[0-9a-f]{{32}}", file.name) for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert uploads.stat().st_mode & 0o777 == 0o700


def test_old_files_are_swept(client, cast, sheet, uploads):
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=5))
    [old] = uploads.iterdir()
    os.utime(old, (time.time() - 3 * 3600,) * 2)
    send(client, sheet, filled(download(sheet), food_task=6))
    assert old not in list(uploads.iterdir())
    answer = confirm(client, sheet, shown)
    assert answer.status_code == 409
    assert "请重新选择文件" in said(answer)
    assert not Figure.objects.exists()


def test_a_ticket_is_for_one_person_one_sheet_and_one_time(client, cast, sheet):
    colleague = base.user("clerk", cast.market, "colleague")
    later = base.submission(cast.county, in_period="2023Q2")
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=5))
    for forged in ("", "x", ticket(shown)[:-1], ticket(shown) + "x"):
        assert client.post(page(CONFIRM, sheet), {"ticket": forged}).status_code == 409
    assert client.post(page(CONFIRM, later), {"ticket": ticket(shown)}).status_code == 409
    client.force_login(colleague)
    assert confirm(client, sheet, shown).status_code == 409
    assert client.get(page(MARKED, sheet), {"ticket": ticket(shown)}).status_code == 409
    assert not Figure.objects.exists()
    client.force_login(cast.clerk)
    assert confirm(client, sheet, shown).status_code == 200
    assert confirm(client, sheet, shown).status_code == 409


def test_figures_sent_by_the_browser_count_for_nothing(client, cast, sheet):
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=5))
    confirm(client, sheet, shown, **{"figure:food.task": "99", "take": "food.done", "food.task": "99"})
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {"food.task": 5}


def test_a_cell_that_changed_after_the_preview_shows_again_and_nothing_is_stored(client, cast, sheet):
    colleague = base.user("clerk", cast.market, "colleague")
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=5, food_done=7))
    writer.save(sheet, writer.Typed({"food.done": "40"}), by=colleague)
    answer = confirm(client, sheet, shown)
    assert answer.status_code == 409
    assert "没有导入任何数据" in said(answer)
    assert "colleague" in said(answer)
    assert not Figure.objects.filter(indicator__code="food.task").exists()
    assert "导入 2 项" in said(confirm(client, sheet, answer, take="food.done"))
    assert Figure.objects.get(indicator__code="food.done").value == 7


def test_a_change_in_the_very_moment_of_storing_stops_it(client, cast, sheet, monkeypatch):
    colleague = base.user("clerk", cast.market, "colleague")
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=5, food_done=7))
    save = writer.save

    def late(*args, **kwargs):
        monkeypatch.setattr(writer, "save", save)
        save(sheet, writer.Typed({"food.done": "40"}), by=colleague)
        return save(*args, **kwargs)

    monkeypatch.setattr(writer, "save", late)
    answer = confirm(client, sheet, shown)
    assert answer.status_code == 409
    assert "须选择" in said(answer)
    assert not Figure.objects.filter(indicator__code="food.task").exists()


def test_what_is_not_ticked_stays_as_the_colleague_left_it(client, cast, sheet):
    colleague = base.user("clerk", cast.market, "colleague")
    data = filled(download(sheet), food_task=5, food_done=7)
    writer.save(sheet, writer.Typed({"food.done": "40"}), by=colleague)
    client.force_login(cast.clerk)
    shown = send(client, sheet, data)
    assert "下载以后系统中已有改动" in said(shown)
    assert "确认导入 1 项和打勾的项" in said(shown)
    assert "导入 1 项" in said(confirm(client, sheet, shown))
    assert Figure.objects.get(indicator__code="food.done").value == 40


def test_a_step_between_preview_and_confirmation_stops_it(client, cast, sheet):
    writer.save(sheet, writer.Typed({"food.task": "1", "food.done": "2"}), by=cast.clerk)
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(download(sheet), food_task=5))
    move(submission=sheet, action="submit", by=cast.clerk)
    assert confirm(client, sheet, shown).status_code == 409
    assert Figure.objects.get(indicator__code="food.task").value == 1


# Many.


def test_pages_ask_the_database_as_often_for_twenty_figures_as_for_two(client, cast):
    client.force_login(cast.clerk)
    counts = []
    for rows in (2, 20):
        sheet = workbooks.long_sheet(cast, rows)
        codes = sheet.sheet.indicators.values_list("code", flat=True)
        writer.save(sheet, writer.Typed(dict.fromkeys(codes, "1")), by=cast.clerk)
        with CaptureQueriesContext(connection) as looking:
            data = client.get(page(LOOK, sheet)).content
        data = filled(data, **{code.replace(".", "_"): n + 5 for n, code in enumerate(codes)})
        with CaptureQueriesContext(connection) as sending:
            shown = send(client, sheet, data)
        with CaptureQueriesContext(connection) as storing:
            done = client.post(page(CONFIRM, sheet), {"ticket": ticket(shown)})
        assert done.status_code == 302
        counts.append((len(looking), len(sending), len(storing)))
    assert counts[0] == counts[1]


def test_ten_thousand_figures_are_previewed_readably_and_stored(client, cast):
    sheet = workbooks.long_sheet(cast, 10_000)
    client.force_login(cast.clerk)
    data = client.get(page(LOOK, sheet)).content
    shown = send(client, sheet, workbooks.with_page(data, lambda text: EMPTY.sub(r"\1><v>7</v></c>", text)))
    text = said(shown)
    assert "确认导入 10000 项" in text
    assert "这里列出前 200 项，共 10000 项。" in text
    assert text.count("<ins>") == 200
    done = client.post(page(CONFIRM, sheet), {"ticket": ticket(shown)})
    assert Figure.objects.filter(submission=sheet, value=7).count() == 10_000
    assert (done.status_code, done["Location"]) == (302, page("sheet", sheet))
    job = Job.objects.get()  # so that nobody waits before a page for it
    assert (job.kind, job.state, job.owner) == ("sectors.import_sheet", "done", cast.clerk)


def test_a_long_import_tells_of_each_row_that_it_reads_compares_and_stores(client, cast, monkeypatch):
    monkeypatch.setattr("sectors.views.spreadsheets.LONG", 1)
    told = []
    monkeypatch.setattr("sectors.jobs.Progress.step", lambda _progress, *step: told.append(step))
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(client.get(page(LOOK, sheet)).content, food_task=5, food_done=6))
    client.post(page(CONFIRM, sheet), {"ticket": ticket(shown)})
    shares = [done / total for done, total, _words in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert {words[:4] for _done, _total, words in told} == {"正在读第", "正在比对", "正在保存"}
    assert Job.objects.get().message == "已从 Excel 导入 2 项。"


def test_a_long_import_that_is_stopped_while_it_stores_leaves_nothing(client, cast, monkeypatch):
    monkeypatch.setattr("sectors.views.spreadsheets.LONG", 1)

    def step(_progress, _done, _total, words):
        if words.startswith("正在保存"):
            raise jobs.Cancelled

    monkeypatch.setattr("sectors.jobs.Progress.step", step)
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(client.get(page(LOOK, sheet)).content, food_task=5))
    client.post(page(CONFIRM, sheet), {"ticket": ticket(shown)})
    assert (Job.objects.get().state, Figure.objects.count()) == ("cancelled", 0)


def test_a_long_import_stops_when_the_sheet_changed_since_the_preview(client, cast, monkeypatch):
    monkeypatch.setattr("sectors.views.spreadsheets.LONG", 1)
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    shown = send(client, sheet, filled(client.get(page(LOOK, sheet)).content, food_task=5, food_done=6))
    base.report(cast.county, "2023Q1", {"food.task": "9"}, "draft")
    done = client.post(page(CONFIRM, sheet), {"ticket": ticket(shown)}, follow=True)
    assert "您核对期间，报表有了变化" in done.content.decode()
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {"food.task": 9}
