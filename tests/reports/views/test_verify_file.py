"""Anybody holds a file against what was issued; nobody learns anything else of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.editing import issuing
from reports.models import ReportPaper
from reports.views import verifying
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
YES, NO = "是：文件与印发时一致", "否：这不是印发时的文件"
NEWER = "此后已印发新版"


@pytest.fixture
def issued(issued_report):
    return issued_report


@pytest.fixture(autouse=True)
def own_cache(settings, tmp_path):
    place = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    settings.CACHES = {"default": place}


def content(issued, to="pdf"):
    with issued.files.get(format=to, audience="internal").file.open("rb") as file:
        return file.read()


def verify(client, data, code=""):
    return client.post(reverse("verify-any-file"), {"file": SimpleUploadedFile("报告.pdf", data), "code": code})


@pytest.mark.parametrize("to", ["docx", "pdf", "html"])
def test_everybody_is_told_yes_with_number_and_date_and_no_more(client, issued, to):
    text = verify(client, content(issued, to), issued.code).content.decode()
    assert YES in text
    assert issued.number in text
    assert issued.title not in text
    assert "第1版" not in text


def test_a_changed_file_and_any_other_is_none(client, issued):
    for data in (content(issued) + b" ", b"%PDF-1.7", b"\x00"):
        text = verify(client, data).content.decode()
        assert NO in text
        assert issued.number not in text


def revised(issued, by):
    """The next edition, issued."""
    report = issuing.revise(report=issued, by=by, reason="更正")
    seen = issuing.readiness(draft_reports.working(report)).mark
    return issuing.issue(report=report, by=by, reason="先行", seen=seen)


def test_who_holds_an_edition_that_another_has_taken_the_place_of_is_told(client, cast, issued):
    code, file = reverse("verify-file", args=[issued.code]), content(issued)
    pages = [lambda: client.get(code), lambda: verify(client, file), lambda: verify(client, file, issued.code)]
    assert not any(NEWER in page().content.decode() for page in pages)
    second = revised(issued, cast.office)
    for page in pages:
        text = page().content.decode()
        assert NEWER in text
        assert second.number not in text
    assert NEWER not in verify(client, content(second)).content.decode()
    client.force_login(cast.leader)
    old, new = (base.html(client.get(reverse("edition", args=[2023, number]))) for number in (1, 2))
    assert f"已被第 2 版替代：{second.number}" in old
    assert "替代" not in new


def test_who_is_signed_in_reads_which_edition_and_file_and_what_took_its_place(client, cast, issued):
    client.force_login(cast.outsider_clerk)
    text = base.html(verify(client, content(issued)))
    assert "第1版 · 内部版 PDF" in text
    assert "没有更新的版本" in text
    second = revised(issued, cast.office)
    text = base.html(verify(client, content(issued)))
    assert "已被第 2 版替代" in text
    assert second.number in text


def test_a_file_of_another_report_than_the_code_says_so(client, cast, issued):
    second = revised(issued, cast.office)
    text = verify(client, content(issued), second.code).content.decode()
    assert "与此核验码不符" in text
    assert YES not in text


def test_the_page_behind_the_code_says_number_and_date_to_everybody(client, issued):
    page = client.get(reverse("verify-file", args=[issued.code]))
    assert issued.number in page.content.decode()
    assert issued.title not in page.content.decode()
    for code in ("ABCDEFGH", "x", "0" * 30):
        assert client.get(reverse("verify-file", args=[code])).status_code == 404
    assert client.get(reverse("verify-any-file")).status_code == 200


def test_no_file_one_too_large_and_another_method_are_refused(client, issued, monkeypatch):
    assert client.post(reverse("verify-any-file"), {}).status_code == 422
    assert client.put(reverse("verify-any-file")).status_code == 405
    monkeypatch.setattr(verifying, "MAX_FILE_BYTES", 10)
    answer = verify(client, content(issued))
    assert answer.status_code == 422
    assert YES not in answer.content.decode()


def test_who_is_not_signed_in_asks_so_often_a_minute(client, cast, issued, monkeypatch):
    monkeypatch.setattr(verifying, "REQUESTS_A_MINUTE", 2)
    address = reverse("verify-any-file")
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(address, REMOTE_ADDR="10.0.0.9").status_code == 200
    # No proxy is believed here, so nobody is somebody else by a header.
    assert client.get(address, headers={"X-Forwarded-For": "10.1.1.1"}).status_code == 429
    client.force_login(cast.clerk)
    assert client.get(address).status_code == 200


def test_behind_a_proxy_the_visitor_is_counted(client, issued, monkeypatch, settings):
    settings.TRUST_PROXY = True
    monkeypatch.setattr(verifying, "REQUESTS_A_MINUTE", 1)
    address = reverse("verify-any-file")

    def ask(*hops):
        return client.get(address, headers={"X-Forwarded-For": ", ".join(hops)}).status_code

    # What the visitor says of itself stands in front of what the proxy saw.
    assert [ask("1.1.1.1", "9.9.9.9"), ask("2.2.2.2", "9.9.9.9"), ask("8.8.8.8")] == [200, 429, 200]


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("clerk", 403), ("admin", 403), ("outsider_office", 404)])
def test_only_the_office_keeps_a_sealed_pdf(client, cast, issued, who, status):
    client.force_login(getattr(cast, who))
    address = reverse("seal-report", args=[2023, 1])
    assert client.post(address, {"file": base.pdf()}).status_code == status
    assert not ReportPaper.objects.filter(kind="sealed").exists()


def test_a_sealed_pdf_is_kept_once_and_verifies(client, cast, issued):
    client.force_login(cast.office)
    address = reverse("seal-report", args=[2023, 1])
    assert client.get(address).status_code == 405
    page = client.post(address, {}, follow=True).content.decode()
    assert "请先选择盖章件" in page
    page = client.post(address, {"file": base.pdf("盖章.pdf", b"%PDF-1.7 sealed")}, follow=True).content.decode()
    assert "盖章件" in page
    assert "存入盖章件…" not in page
    page = client.post(address, {"file": base.pdf("二.pdf", b"%PDF-1.7 two")}, follow=True).content.decode()
    assert "不能替换" in page
    paper = ReportPaper.objects.get(kind="sealed")
    answer = client.get(reverse("edition-paper", args=[2023, 1, paper.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 sealed"
    client.logout()
    assert YES in verify(client, b"%PDF-1.7 sealed").content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("clerk", 403), ("admin", 403), ("outsider_office", 404)]
)
def test_who_reads_the_papers_of_an_edition(client, cast, issued, who, status):
    client.force_login(getattr(cast, who))
    for paper in issued.papers.all():
        assert client.get(reverse("edition-paper", args=[2023, 1, paper.pk])).status_code == status
