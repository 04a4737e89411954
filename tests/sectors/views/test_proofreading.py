"""Pages on which a written report is proofread and its figures are taken over."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from sectors.models import Figure
from sectors.spreadsheets import pending
from sectors.views import proofreading
from sectors.vocabulary import Role
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TEXT = "特克斯县2021年质量状况分析报告\n1.特种设备\n特种设备使用单位96家，电梯175部、锅炉12台。\n"


@pytest.fixture
def office(shipped_catalogue, client):
    person = base.user(Role.OFFICE, shipped_catalogue.departments.get(code="office"))
    client.force_login(person)
    return person


def send(client, data, name="report.txt", **more):
    file = SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())
    region = base.shipped_county()
    return client.post(reverse("proofreading"), {"region": region.pk, "file": file, **more})


def page_of(client, text=TEXT, **more):
    answer = send(client, text, **more)
    assert answer.status_code == 302
    return answer["Location"]


def chosen(page):
    return re.findall(r'<option\s+value="(\d+:[\w.]+)"\s+selected', page)


def test_a_report_is_uploaded_read_previewed_and_stored(client, office):
    address = page_of(client)
    page = client.get(address).content.decode()
    assert "特种设备使用单位<mark" in page
    figures = chosen(page)
    assert figures == ["1:equipment.lifts", "2:equipment.boilers"]
    figures.append("0:equipment.users")
    shown = client.post(f"{address}store/", {"figure": [*figures, ""]})
    assert shown.status_code == 200
    assert not Figure.objects.exists()
    (digest,) = re.findall(r'name="digest"\s+value="(\w+)"', shown.content.decode())
    stored = client.post(f"{address}store/", {"figure": figures, "digest": digest})
    assert (stored.status_code, stored["Location"]) == (302, address)
    assert Figure.objects.count() == 3
    assert client.get(address).status_code == 200


def test_a_word_file_is_read_too(client, office):
    document, into = Document(), BytesIO()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    document.save(into)
    page = client.get(page_of(client, into.getvalue(), name="报告.docx")).content.decode()
    assert len(chosen(page)) == 2


def test_proofreading_alone_offers_nothing_to_store(client, office):
    address = page_of(client, only_check="on")
    page = client.get(address).content.decode()
    assert "电梯" in page
    assert "<select" not in page
    assert not Figure.objects.exists()


def test_nothing_chosen_is_said_and_nothing_stored(client, office):
    answer = client.post(f"{page_of(client)}store/", {"figure": ["", "x", "1:"]})
    assert answer.status_code == 422
    assert not Figure.objects.exists()


def test_a_mark_of_another_preview_stores_nothing(client, office):
    address = page_of(client)
    answer = client.post(f"{address}store/", {"figure": ["1:equipment.lifts"], "digest": "0" * 64})
    assert answer.status_code == 409
    assert not Figure.objects.exists()


@pytest.mark.parametrize(
    ("data", "status"), [(b"", 422), (b"%PDF-1.4", 422), (b"PK\x03\x04", 422), ("没有年份的文字".encode(), 422)]
)
def test_what_cannot_be_read_is_said(client, office, data, status):
    assert send(client, data).status_code == status


def test_the_year_may_be_chosen(client, office):
    assert "-2019-" in page_of(client, "没有年份的报告\n电梯3部。", year=2019)
    assert send(client, TEXT, year=1800).status_code == 422


@pytest.mark.parametrize("top", ["特克斯县2020年", "昭苏县2021年", "伊犁州2021年", "喀什地区2021年"])
def test_of_another_year_or_region_nothing_is_confirmed_by_default(client, office, top):
    page = client.get(page_of(client, TEXT.replace("特克斯县2021年", top), year=2021)).content.decode()
    assert "equipment.lifts" in page
    assert chosen(page) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(client, office, monkeypatch):
    monkeypatch.setattr(proofreading, "MAX_REQUEST", 10)
    assert send(client, TEXT).status_code == 413


def test_a_kept_file_is_its_persons_alone(client, office, shipped_catalogue):
    address = page_of(client)
    other = base.user(Role.OFFICE, shipped_catalogue.departments.get(code="office"), "second")
    client.force_login(other)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}store/", {"figure": ["1:equipment.lifts"]}).status_code == 404


@pytest.mark.parametrize(
    "stored", ["nothing", "1-report-1-2021-" + "0" * 32, "1-report-99999999999999999-2021-" + "a" * 32]
)
def test_a_file_that_is_not_kept_is_said(client, office, stored):
    assert client.get(reverse("reading", args=[stored])).status_code == 404


def test_of_another_region_the_office_reads_nothing(client, office, settings):
    other = base.shipped_county().parent
    assert other
    answer = client.post(reverse("proofreading"), {"region": other.pk, "file": SimpleUploadedFile("a.txt", b"1")})
    assert answer.status_code == 422
    name = pending.keep(SimpleUploadedFile("a.txt", TEXT.encode()), office, f"report-{other.pk}-2021")
    assert client.get(reverse("reading", args=[name])).status_code == 404


def test_the_administrator_chooses_the_region(client, office):
    client.force_login(base.user(Role.ADMIN, None))
    assert client.get(page_of(client)).status_code == 200


@pytest.mark.parametrize("role", [Role.CLERK, Role.HEAD, Role.LEADER])
def test_nobody_else_reads_reports(client, shipped_catalogue, role):
    client.force_login(base.user(role, shipped_catalogue.departments.get(code="office")))
    assert client.get(reverse("proofreading")).status_code == 403


def test_queries_do_not_grow_with_the_numbers(client, office):
    few = page_of(client)
    many = page_of(client, TEXT + "起重机械15台，压力容器64台，客运索道1条。\n" * 10)
    client.get(few)
    assert base.queries(lambda: client.get(few)) == base.queries(lambda: client.get(many))
