"""Number, code and QR code on the cover of each file, and the approval sheet as a document."""

import io
import zipfile
from dataclasses import replace

import pytest
from openxml_audit.errors import FileFormat
from openxml_audit.validator import OpenXmlValidator
from pypdf import PdfReader

from reports.document import snapshots
from reports.document.blocks import Cover, Document, Paragraph, Text
from reports.writers import files, qr
from tests.reports import sample_report

ADDRESS = "https://zhibao.example.gov.cn/verify/K7QM2XPA/"


def imprinted(address=ADDRESS):
    document = sample_report.report()
    blocks = (
        replace(block, number="云质报〔2024〕1号", code="K7QM2XPA", address=address)
        if isinstance(block, Cover)
        else block
        for block in document.blocks
    )
    return replace(document, blocks=tuple(blocks))


def texts(document):
    """The cover's words in each format."""
    with zipfile.ZipFile(io.BytesIO(files.write(document, "docx"))) as package:
        word = package.read("word/document.xml").decode()
    pdf = PdfReader(io.BytesIO(files.write(document, "pdf"))).pages[0].extract_text()
    return {"docx": word, "pdf": pdf.replace("\n", ""), "html": files.write(document, "html").decode()}


@pytest.mark.parametrize("to", files.FORMATS)
def test_the_cover_says_number_and_code(to):
    text = texts(imprinted())[to]
    assert "质报〔2024〕1" in text.replace(" ", "")
    assert "K7QM2XPA" in text


def test_the_picture_holds_the_address_and_is_none_without_one():
    with zipfile.ZipFile(io.BytesIO(files.write(imprinted(), "docx"))) as package:
        pictures = [package.read(name) for name in package.namelist() if name.startswith("word/media/")]
    assert pictures == [qr.png(ADDRESS)]
    assert qr.svg(ADDRESS) in files.write(imprinted(), "html").decode()
    without = imprinted("")
    with zipfile.ZipFile(io.BytesIO(files.write(without, "docx"))) as package:
        assert not [name for name in package.namelist() if name.startswith("word/media/")]
    assert '<svg class="qr"' not in files.write(without, "html").decode()
    assert "K7QM2XPA" in texts(without)["pdf"]


@pytest.mark.parametrize("to", files.FORMATS)
@pytest.mark.parametrize("address", [ADDRESS, ""])
def test_the_same_document_gives_the_same_bytes_also_from_its_snapshot(to, address):
    document = imprinted(address)
    again = snapshots.load(snapshots.dump(document))
    assert again == document
    assert files.write(again, to) == files.write(document, to)


@pytest.mark.parametrize("address", [ADDRESS, ""])
def test_the_cover_stays_one_page(address):
    plain = PdfReader(io.BytesIO(files.write(sample_report.report(), "pdf")))
    assert len(PdfReader(io.BytesIO(files.write(imprinted(address), "pdf"))).pages) == len(plain.pages)


def test_the_file_keeps_the_rules_of_office_open_xml(tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(files.write(imprinted(), "docx"))
    result = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0).validate(path)
    assert [error.description for error in result.errors] == []


def test_another_address_is_another_code():
    assert qr.png(ADDRESS) != qr.png(ADDRESS + "x")


@pytest.mark.parametrize("to", files.FORMATS)
def test_a_title_stands_over_a_document_without_a_cover(to):
    title = Paragraph((Text("云泽县质强办\n发文稿纸"),), "title")
    document = Document("发文稿纸", "云泽县", 2023, (title, Paragraph((Text("正文"),))))
    assert "发文稿纸" in texts(document)[to]
