"""Pages of a cell and of a submission's files: who gets what, as a page and as a part of one."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse

from sectors.entry import writer
from sectors.evidence import comments, uploads
from sectors.evidence.attachments import SubmissionAttachments
from sectors.models import Attachment, Comment, Indicator
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

HTMX = {"HX-Request": "true"}
PEOPLE = ("clerk", "head", "office", "leader", "admin")
OUTSIDERS = ("outsider_clerk", "outsider_head", "outsider_office")


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


@pytest.fixture
def comment(cast, sheet):
    done = Indicator.objects.get(code="food.done")
    return comments.comment(submission=sheet, indicator=done, by=cast.office, text="请核对完成数")


@pytest.fixture
def file(cast, sheet):
    return SubmissionAttachments(sheet, cast.clerk).attach([base.pdf()]).stored[0]


def cell(sheet, name="cell", code="food.done"):
    return reverse(name, args=[sheet.pk, code])


def of_file(file, name="attachment"):
    return reverse(name, args=[file.submission_id, file.pk])


def text_of(answer):
    return answer.content.decode()


def queries(client, address, **headers):
    return base.queries(lambda: client.get(address, headers=headers))


# Who may


@pytest.mark.parametrize("who", PEOPLE)
def test_whoever_reads_the_submission_reads_its_cells_and_files(client, cast, sheet, comment, file, who):
    client.force_login(getattr(cast, who))
    assert "请核对完成数" in text_of(client.get(cell(sheet)))
    assert "抽检 报告.pdf" in text_of(client.get(reverse("attachments", args=[sheet.pk])))
    answer = client.get(of_file(file))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 a"


@pytest.mark.parametrize("who", OUTSIDERS)
def test_for_everybody_else_they_do_not_exist(client, cast, sheet, comment, file, who):
    client.force_login(getattr(cast, who))
    for address in (cell(sheet), reverse("attachments", args=[sheet.pk]), of_file(file)):
        assert client.get(address).status_code == 404
    for address in (
        cell(sheet, "comment"),
        cell(sheet, "resolve"),
        reverse("attachments", args=[sheet.pk]),
        of_file(file, "remove-attachment"),
        of_file(file, "restore-attachment"),
    ):
        assert client.post(address, {"text": "x", "files": base.pdf()}).status_code == 404
    assert Comment.objects.filter(resolved_at=None).count() == 1
    assert Attachment.objects.filter(removed_at=None).count() == 1


def test_pages_need_a_sign_in(client, cast, sheet, file):
    for address in (cell(sheet), reverse("attachments", args=[sheet.pk]), of_file(file)):
        assert client.get(address).url.startswith(reverse("login"))


@pytest.mark.parametrize("who", ["leader", "admin"])
def test_leader_and_administrator_read_only(client, cast, sheet, comment, who):
    client.force_login(getattr(cast, who))
    assert "<textarea" not in text_of(client.get(cell(sheet)))
    assert client.post(cell(sheet, "comment"), {"text": "x"}).status_code == 403
    assert client.post(cell(sheet, "resolve"), {"up_to": comment.pk}).status_code == 403
    assert Comment.objects.get().resolved_at is None


@pytest.mark.parametrize("who", ["head", "office", "leader", "admin"])
def test_only_the_clerk_changes_the_files(client, cast, sheet, file, who):
    client.force_login(getattr(cast, who))
    page = reverse("attachments", args=[sheet.pk])
    assert 'type="file"' not in text_of(client.get(page))
    assert client.post(page, {"files": base.pdf()}).status_code == 403
    assert client.post(of_file(file, "remove-attachment")).status_code == 403
    assert client.post(of_file(file, "restore-attachment")).status_code == 403
    assert Attachment.objects.filter(removed_at=None).count() == 1


def test_other_methods_are_refused(client, cast, sheet, file):
    client.force_login(cast.clerk)
    assert client.post(cell(sheet)).status_code == 405
    assert client.post(of_file(file)).status_code == 405
    assert client.put(reverse("attachments", args=[sheet.pk])).status_code == 405
    for address in (
        cell(sheet, "comment"),
        cell(sheet, "resolve"),
        of_file(file, "remove-attachment"),
        of_file(file, "restore-attachment"),
    ):
        assert client.get(address).status_code == 405


@pytest.mark.parametrize("code", ["water.tests", "no.such"])
def test_a_cell_that_the_sheet_does_not_have_is_not_found(client, cast, sheet, code):
    client.force_login(cast.clerk)
    assert client.get(cell(sheet, code=code)).status_code == 404
    assert client.post(cell(sheet, "comment", code), {"text": "x"}).status_code == 404
    assert client.post(cell(sheet, "resolve", code)).status_code == 404
    answer = client.get(reverse("submission", args=[sheet.pk]), {"cell": code})
    assert answer.status_code == 200
    assert 'id="cell-name"' not in text_of(answer)


@pytest.mark.parametrize("code", ["food\0done", "food", "Food.Done", "food.done/../x"])
def test_an_address_takes_codes_and_nothing_else(code):
    with pytest.raises(NoReverseMatch):
        reverse("cell", args=[1, code])


# A cell, alone and beside its sheet


def test_a_cell_is_a_page_of_its_own_or_a_part_of_another(client, cast, sheet, comment):
    client.force_login(cast.clerk)
    page, part = client.get(cell(sheet)), client.get(cell(sheet), headers=HTMX)
    assert "<!DOCTYPE html>" in text_of(page)
    assert "hx-post" not in text_of(page)
    assert "<!DOCTYPE html>" not in text_of(part)
    assert text_of(part).count("hx-post") == 2
    assert "HX-Request" in page["Vary"]  # a browser going back shows no part for a page
    assert "HX-Request" in part["Vary"]
    event = json.loads(part["HX-Trigger"])["talk"]
    assert event["code"] == "food.done"
    assert "评 1" in event["mark"]


def test_it_says_who_entered_what_and_how_it_is_computed(client, cast, sheet):
    for text in ("38", "不适用", "39"):
        writer.save(sheet, writer.Typed({"food.passed": text, "food.done": "40"}), by=cast.clerk)
    client.force_login(cast.office)
    shown = " ".join(text_of(client.get(cell(sheet, code="food.passed"))).split())
    assert "不适用 → <strong>39</strong>" in shown
    assert "38 → <strong>不适用</strong>" in shown
    assert "未填 → <strong>38</strong>" in shown
    computed = text_of(client.get(cell(sheet, code="food.rate")))
    assert "抽检合格 ÷ 抽检完成" in computed
    assert "97.5" in computed
    assert "自动计算，无人填写。" in computed


def test_a_comment_from_the_page_leads_back_to_it(client, cast, sheet):
    client.force_login(cast.head)
    answer = client.post(cell(sheet, "comment"), {"text": "<b>为什么</b>？"}, follow=True)
    assert answer.redirect_chain == [(cell(sheet), 302)]
    assert "意见已发送" in text_of(answer)
    assert "&lt;b&gt;为什么&lt;/b&gt;？" in text_of(answer)


def test_a_comment_beside_the_sheet_comes_back_as_a_part(client, cast, sheet, comment):
    client.force_login(cast.head)
    answer = client.post(cell(sheet, "comment"), {"text": "已核对"}, headers=HTMX)
    assert answer.status_code == 200
    assert "已核对" in text_of(answer)
    assert "评 2" in json.loads(answer["HX-Trigger"])["talk"]["mark"]
    last = Comment.objects.latest("pk")
    answer = client.post(cell(sheet, "resolve"), {"up_to": last.pk}, headers=HTMX)
    assert "再发意见会重新打开" in text_of(answer)
    assert json.loads(answer["HX-Trigger"])["talk"] == {"code": "food.done", "mark": ""}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_cannot_be_said_stays_in_the_field(client, cast, sheet, headers):
    client.force_login(cast.clerk)
    answer = client.post(cell(sheet, "comment"), {"text": "长" * 2001}, headers=headers)
    assert answer.status_code == 422
    assert "最多 2000 个字" in text_of(answer)
    assert "长" * 2001 in text_of(answer)
    answer = client.post(cell(sheet, "comment"), {}, headers=headers)
    assert answer.status_code == 422
    assert "请先写下对本格的意见" in text_of(answer)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("up_to", ["", "x", "²", "-1", "9" * 30, "0"])
def test_resolving_what_was_not_read_resolves_nothing(client, cast, sheet, comment, up_to):
    client.force_login(cast.clerk)
    answer = client.post(cell(sheet, "resolve"), {"up_to": up_to})
    assert answer.status_code == 409
    assert "意见已经全部解决" in text_of(answer)
    comment.refresh_from_db()
    assert comment.resolved_at is None


def test_resolving_on_the_page(client, cast, sheet, comment):
    client.force_login(cast.clerk)
    answer = client.post(cell(sheet, "resolve"), {"up_to": comment.pk}, follow=True)
    assert answer.redirect_chain == [(cell(sheet), 302)]
    assert "标为解决" in text_of(answer)


# The review page


def test_the_review_page_links_and_marks_its_cells(client, cast, sheet, comment):
    client.force_login(cast.office)
    page = reverse("submission", args=[sheet.pk])
    text = text_of(client.get(page))
    codes = Indicator.objects.filter(sheet=sheet.sheet_id).values_list("code", flat=True)
    for code in codes:  # the computed one too
        assert f'href="{page}?cell={code}"' in text
    assert text.count('class="mark"') == 1
    assert 'data-mark="food.done"' in text
    assert "请核对完成数" in text  # among what happened


def test_an_address_leads_to_a_cell(client, cast, sheet, comment):
    client.force_login(cast.office)
    text = text_of(client.get(reverse("submission", args=[sheet.pk]), {"cell": "food.done"}))
    assert 'id="cell-name"' in text
    assert text.count('aria-current="true"') == 1
    assert 'hx-post="' + cell(sheet, "comment") in text


def test_a_refused_move_shows_cells_and_links_that_work(client, cast, sheet, comment):
    client.force_login(cast.head)
    answer = base.press(client, sheet, {"action": "sign"})
    assert answer.status_code == 409
    assert f'href="{reverse("submission", args=[sheet.pk])}?cell=food.done"' in text_of(answer)


def test_queries_do_not_grow_with_talk_and_files(client, cast, sheet):
    done = Indicator.objects.get(code="food.done")
    client.force_login(cast.clerk)
    pages = [cell(sheet), reverse("submission", args=[sheet.pk]), reverse("attachments", args=[sheet.pk])]

    def fill(numbers):
        for n in numbers:
            by = cast.clerk if n % 2 else cast.office
            comments.comment(submission=sheet, indicator=done, by=by, text=str(n))
            writer.save(sheet, writer.Typed({"food.done": str(n)}), by=cast.clerk)
            stored = SubmissionAttachments(sheet, cast.clerk).attach([base.pdf(f"{n}.pdf", b"%%PDF-%d" % n)]).stored
            if n % 2:
                SubmissionAttachments(sheet, cast.clerk).remove(stored[0])
                comments.resolve(submission=sheet, indicator=done, by=by, up_to=10**9)
        queries(client, pages[1])  # the first to look at changed figures has them judged

    fill(range(1, 3))
    few = [queries(client, page) for page in pages] + [queries(client, pages[0], **HTMX)]
    fill(range(3, 21))
    assert Comment.objects.count() == Attachment.objects.count() == 20
    assert [queries(client, page) for page in pages] + [queries(client, pages[0], **HTMX)] == few


# Files


def test_files_are_attached_and_listed(client, cast, sheet):
    client.force_login(cast.clerk)
    page = reverse("attachments", args=[sheet.pk])
    answer = client.post(page, {"files": [base.pdf(), base.pdf("二.pdf", b"%PDF-2")]}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    text = text_of(answer)
    assert "已上传 2 个附件。" in text
    assert text.index("抽检 报告.pdf") < text.index("二.pdf")
    assert "10\xa0字节" in text


def test_beside_the_sheet_the_list_comes_back_as_a_part(client, cast, sheet):
    client.force_login(cast.clerk)
    page = reverse("attachments", args=[sheet.pk])
    answer = client.post(page, {"files": [base.pdf(), base.pdf("假.png")]}, headers=HTMX)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "<!DOCTYPE html>" not in text
    assert "“假.png”的内容不是 .png 文件" in text
    assert "已上传 1 个附件。" in text
    file = Attachment.objects.get()
    text = text_of(client.post(of_file(file, "remove-attachment"), headers=HTMX))
    assert "已移除，可以在这里恢复" in text
    assert of_file(file) + '"' not in text
    text = text_of(client.post(of_file(file, "restore-attachment"), headers=HTMX))
    assert "“抽检 报告.pdf”已恢复。" in text
    assert of_file(file) + '"' in text


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "请先选择要上传的文件。"),
        ([("病毒.exe", b"MZ")], "“病毒.exe”的类型不能上传。请另存为以下类型之一：pdf、ofd、docx"),
        ([("空.pdf", b"")], "“空.pdf”是空文件。"),
        ([("报告.docx", b"%PDF-1.7")], "“报告.docx”的内容不是 .docx 文件，或者加了密码。"),
        ([(f"{n}.pdf", b"%%PDF-%d" % n) for n in range(21)], "每份报送最多 20 个附件，现有 0 个。"),
    ],
)
def test_what_is_not_taken_is_said_with_what_to_do(client, cast, sheet, files, sentence):
    client.force_login(cast.clerk)
    answer = client.post(
        reverse("attachments", args=[sheet.pk]), {"files": [SimpleUploadedFile(*file) for file in files]}
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Attachment.objects.exists()


def test_a_file_over_the_limit_is_refused(client, cast, sheet, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 9)
    client.force_login(cast.clerk)
    answer = client.post(reverse("attachments", args=[sheet.pk]), {"files": base.pdf()})
    assert answer.status_code == 422
    assert "“抽检 报告.pdf”有 10\xa0字节，单个文件最大 9\xa0字节。" in text_of(answer)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_too_late_for_files_is_said_and_changes_nothing(client, cast, sheet, file, headers):
    base.submission(cast.county, status="submitted")
    client.force_login(cast.clerk)
    for address in (
        reverse("attachments", args=[sheet.pk]),
        of_file(file, "remove-attachment"),
        of_file(file, "restore-attachment"),
    ):
        answer = client.post(address, {"files": base.pdf("二.pdf", b"%PDF-2")}, headers=headers)
        assert answer.status_code == 409
        assert "现在是“已报送”，不能修改" in text_of(answer)
    assert Attachment.objects.filter(removed_at=None).count() == 1


def test_a_file_is_saved_under_its_own_name_and_never_opened_as_a_page(client, cast, sheet, file):
    client.force_login(cast.leader)
    answer = client.get(of_file(file))
    assert answer["Content-Disposition"] == ("attachment; filename*=utf-8''%E6%8A%BD%E6%A3%80%20%E6%8A%A5%E5%91%8A.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == "10"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.streaming


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ("..\\..\\boot.txt", 'attachment; filename="boot.txt"'),
        ('a".txt', 'attachment; filename="a\\".txt"'),
    ],
)
def test_tricks_in_a_name_reach_neither_disk_nor_header(client, cast, sheet, media, given, header):
    client.force_login(cast.clerk)
    SubmissionAttachments(sheet, cast.clerk).attach([SimpleUploadedFile(given, b"text")])
    assert client.get(of_file(Attachment.objects.get()))["Content-Disposition"] == header
    (kept,) = [path for path in media.rglob("*") if path.is_file()]
    assert kept.parent.parent == media / "attachments"


def test_a_removed_file_is_served_to_nobody(client, cast, sheet, file):
    SubmissionAttachments(sheet, cast.clerk).remove(file)
    for who in PEOPLE:
        client.force_login(getattr(cast, who))
        assert client.get(of_file(file)).status_code == 404


def test_a_file_belongs_to_its_own_submission(client, cast, sheet, file):
    other = base.submission(cast.county, in_period="2023Q2")
    client.force_login(cast.clerk)
    for name, send in [
        ("attachment", client.get),
        ("remove-attachment", client.post),
        ("restore-attachment", client.post),
    ]:
        assert send(reverse(name, args=[other.pk, file.pk])).status_code == 404


def test_a_file_that_was_lost_from_the_disk_is_not_found(client, cast, sheet, file, media, caplog):
    (media / file.file.name).unlink()
    client.force_login(cast.clerk)
    assert client.get(of_file(file)).status_code == 404
    assert "is not in the media folder" in caplog.text


def test_the_media_folder_has_no_address(client, cast, sheet, file):
    client.force_login(cast.clerk)
    for address in (f"/{file.file.name}", f"/media/{file.file.name}", f"/static/{file.file.name}"):
        assert client.get(address).status_code == 404
