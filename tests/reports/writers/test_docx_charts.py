"""Word's own charts: editable, with their workbook, and nothing that Word would have to repair."""

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree
from openxml_audit.errors import FileFormat
from openxml_audit.validator import OpenXmlValidator

from reports.document.blocks import DEMO_WORD
from reports.writers.docx import write_docx
from tests.reports.sample_report import change_chart, chart, report

NAMES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}


def written(document):
    stream = BytesIO()
    write_docx(document, stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def data():
    return written(report(chart(), change_chart()))


@pytest.fixture(scope="module")
def parts(data):
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def space(parts):
    return etree.fromstring(parts["word/charts/chart1.xml"])


def values(element, path):
    return element.xpath(path, namespaces=NAMES)


def test_the_numbers_are_drawn_and_a_gap_is_none(space):
    series = values(space, "//c:ser")
    assert [values(s, "c:tx//c:v/text()") for s in series] == [["2031年"], ["2030年"]]
    drawn = [[(p.get("idx"), values(p, "c:v/text()")[0]) for p in values(s, "c:val//c:pt")] for s in series]
    assert drawn == [[("0", "97.75"), ("1", "100.0")], [("0", "98.1"), ("2", "99.0")]]
    assert values(space, "//c:dispBlanksAs/@val") == ["gap"]
    # As printed, each with its own decimals.
    assert values(series[0], "c:val//c:pt/@formatCode") == ['0.00;"\u2212"0.00', '0.0;"\u2212"0.0']
    assert values(series[0], "c:dLbls/c:dLbl/c:numFmt/@formatCode") == ['0.00;"\u2212"0.00', '0.0;"\u2212"0.0']


def test_the_workbook_holds_the_same_numbers_where_the_chart_looks_for_them(parts, space):
    assert values(space, "//c:externalData/@r:id")
    assert b"../embeddings/Microsoft_Excel_Sheet1.xlsx" in parts["word/charts/_rels/chart1.xml.rels"]
    sheet = openpyxl.load_workbook(BytesIO(parts["word/embeddings/Microsoft_Excel_Sheet1.xlsx"]))["Sheet1"]
    assert list(sheet.values) == [
        (None, "2031年", "2030年"),
        ("茶叶", 97.75, 98.1),
        ("竹木制品", 100, None),
        ("水产品", None, 99),
    ]
    assert values(space, "//c:val//c:f/text()") == ["Sheet1!$B$2:$B$4", "Sheet1!$C$2:$C$4"]
    assert values(space, "//c:cat//c:f/text()") == ["Sheet1!$A$2:$A$4"] * 2


def test_its_letters_have_an_east_asian_font_and_its_bars_can_be_told_without_colour(space):
    assert values(space, "//a:defRPr/a:ea/@typeface")
    assert set(values(space, "//a:ea/@typeface")) == {"仿宋_GB2312"}
    assert values(space, "//c:ser/c:spPr/a:solidFill/a:srgbClr/@val") == ["1F3F66", "FFFFFF"]
    assert values(space, "//c:valAx//c:min/@val") == ["90.0"]
    assert values(space, "//c:catAx//c:orientation/@val | //c:valAx/c:tickLblPos/@val") == ["maxMin", "high"]


def test_the_picture_stands_in_the_text_with_its_title_and_is_told(parts):
    body = etree.fromstring(parts["word/document.xml"])
    (first, second) = values(body, "//wp:docPr")
    assert first.get("descr") == (
        "主要合格率（单位：%）：茶叶2031年97.75，2030年98.1；竹木制品2031年100.0，2030年〔缺〕；水产品2031年〔缺〕，"
        "2030年99.0。"
    )
    assert second.get("id") != first.get("id")
    assert len(values(body, "//c:chart/@r:id")) == 2


def test_columns_below_zero_keep_their_labels_out_of_the_way(parts):
    space = etree.fromstring(parts["word/charts/chart2.xml"])
    assert values(space, "//c:barDir/@val") == ["col"]
    assert values(space, "//c:catAx/c:tickLblPos/@val") == ["low"]
    assert values(space, "//c:invertIfNegative/@val") == ["0"]


def test_nothing_in_the_file_depends_on_the_clock(data):
    assert written(report(chart(), change_chart())) == data
    with ZipFile(BytesIO(data)) as archive:
        book = ZipFile(BytesIO(archive.read("word/embeddings/Microsoft_Excel_Sheet1.xlsx")))
    assert b"2032-01-01T00:00:00Z" in book.read("docProps/core.xml")


@pytest.mark.parametrize("demo", [False, True])
def test_the_file_keeps_the_rules_of_office_open_xml(tmp_path, demo):
    path = tmp_path / "report.docx"
    write_docx(replace(report(chart(), change_chart()), demo=demo), path)
    result = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0).validate(path)
    assert [error.description for error in result.errors] == []


def test_a_broken_file_would_be_found(tmp_path, parts):
    """That the validator looks at the parts at all."""
    path = tmp_path / "broken.docx"
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"<c:gapWidth", b"<c:gapWide"))
    assert not OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).is_valid


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_keeps_everything(tmp_path):
    document = replace(report(chart()), demo=True)
    write_docx(document, tmp_path / "report.docx")
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "again"), str(tmp_path / "report.docx")], check=True, timeout=120
    )
    with ZipFile(tmp_path / "again" / "report.docx") as archive:
        names = archive.namelist()
        text = "".join(etree.fromstring(archive.read("word/document.xml")).itertext())
        space = etree.fromstring(archive.read(next(name for name in names if name.startswith("word/charts/chart"))))
    assert all(heading.printed in text for heading in document.headings)
    assert DEMO_WORD in text
    assert values(space, "//c:ser[1]/c:val//c:v/text()")[:2] == ["97.75", "100"]
