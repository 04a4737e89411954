"""Which files are what their names say, and which names are left of odd ones."""

import io
import zipfile

import pytest
from docx import Document

from sectors.evidence.file_types import HEAD, MAX_NAME, TAIL, TYPES, clean_name, extension_of, matches_content

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(*names, size=1):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * size)
    return file.getvalue()


def docx():
    file = io.BytesIO()
    Document().save(file)
    return file.getvalue()


REAL = {
    "pdf": b"\xef\xbb\xbf%PDF-1.7\n",
    "ofd": zipped("OFD.xml", "Doc_0/Document.xml"),
    "docx": docx(),
    "xlsx": zipped("[Content_Types].xml", "xl/workbook.xml", size=TAIL),
    "doc": OLE,
    "xls": OLE,
    "wps": OLE,
    "et": OLE,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif\x00",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00",
    "txt": "抽检四家市场\r\n".encode("gb18030"),
    "csv": "\ufeff指标,数\n抽检,4\n".encode(),
    "zip": zipped(),
}


def test_there_is_a_sample_of_every_type():
    assert set(REAL) == set(TYPES)


@pytest.mark.parametrize("name", REAL)
def test_a_file_is_taken_for_what_it_is(name):
    file = io.BytesIO(REAL[name])
    assert matches_content(TYPES[name], file)
    assert file.tell() == 0  # to be read from its beginning by whoever keeps it


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pdf", b"MZ\x90\x00 a program"),
        ("pdf", b"x" * 2000 + b"%PDF-1.7"),
        ("docx", zipped("xl/workbook.xml")),
        ("docx", OLE),  # how a document with a password is kept
        ("xlsx", zipped("word/document.xml")),
        ("ofd", zipped("word/document.xml")),
        ("doc", b"{\\rtf1 }"),
        ("xls", b"<html><table>"),
        ("et", b"<html><table>"),
        ("png", b"\xff\xd8\xff\xe0"),
        ("jpg", b"\x89PNG\r\n\x1a\n"),
        ("zip", b"Rar!\x1a\x07"),
        ("txt", b"MZ\x90\x00\x03"),
        ("csv", b"\xff\xff\xff\xff\n"),
        ("txt", b"\xff\xfe\x00\xd8A\x00"),  # half of a surrogate pair
    ],
)
def test_a_name_does_not_make_a_file(name, content):
    assert not matches_content(TYPES[name], io.BytesIO(content))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_long_text_is_judged_by_its_beginning_wherever_a_character_is_cut(encoding):
    for shift in range(4):
        content = (("a" * shift) + "质" * HEAD).encode(encoding)
        assert matches_content(TYPES["txt"], io.BytesIO(content))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("抽检 报告（盖章）.PDF", "抽检 报告（盖章）.PDF"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\王\\报告.docx", "报告.docx"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("附件\u202efdp.exe", "附件 fdp.exe"),
        ("  质量 \u3000 报告 .pdf. ", "质量 报告.pdf"),
        (".pdf", "pdf"),
        ("..", ""),
        ("报告" * 200 + ".xlsx", ("报告" * 200)[: MAX_NAME - 5] + ".xlsx"),
        ("cafe\u0301.txt", "café.txt"),
    ],
)
def test_a_name_is_shown_without_its_tricks(given, kept):
    assert clean_name(given) == kept
    assert len(clean_name(given)) <= MAX_NAME


@pytest.mark.parametrize(
    ("name", "end"), [("a.PDF", "pdf"), ("a.tar.zip", "zip"), ("pdf", ""), ("a.pdf.exe", "exe"), ("", "")]
)
def test_the_extension_is_the_last_one(name, end):
    assert extension_of(name) == end
