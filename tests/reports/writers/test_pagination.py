"""Lines, columns and pages computed without a font."""

import re
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from reports.document.blocks import (
    Block,
    Chart,
    Column,
    Contents,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Table,
    Text,
)
from reports.document.figures import Note
from reports.writers import pagination, pdf, svg
from reports.writers.docx import write_docx
from reports.writers.pagination import Measures
from reports.writers.text_metrics import text_width, wrapped
from tests.reports.sample_report import COLUMNS, annexes, change_chart, chart, figure_row, report
from tests.reports.writers.documents import figure


def body_lines(text):
    return pagination._body_lines(text)


def test_a_line_has_28_characters_and_the_first_one_26():
    lines = body_lines("质" * 60)
    assert [len(line) for line in lines] == [26, 28, 6]


def test_what_clings_to_a_character_goes_with_it():
    assert wrapped("甲乙丙（丁）戊", 3000) == ["甲乙丙", "（丁）", "戊"]
    assert wrapped("甲乙丙，丁", 3000) == ["甲乙丙，", "丁"]  # hangs
    assert wrapped("甲乙123.45%丁", 4000) == ["甲乙", "123.45%", "丁"]


def test_a_word_longer_than_a_line_is_cut():
    assert wrapped("1234567890", 2000) == ["1234", "5678", "90"]
    assert "".join(wrapped("aVeryLongWord，" * 9, 3000)) == "aVeryLongWord，" * 9


def test_widths_are_those_of_times_new_roman():
    assert text_width("2031年") == 4 * 500 + 220 + 1000
    assert text_width("i.W") == 278 + 250 + 944


def table(*cells, shares=(1, 1), words="甲" * 40, said="乙" * 40):
    columns = (Column("核查说明", "left", shares[0]), Column("2031年", "right"), Column("部门说明", "left", shares[1]))
    return Table("表", columns, tuple(Row(((Text(words),), (Number("a", cell),), (Text(said),))) for cell in cells))


def test_a_figure_gets_the_width_it_needs_and_words_share_the_rest():
    left, figure, right = pagination.column_widths(table("123456（3/4期）", "7", shares=(3, 1)))
    assert left + figure + right == pagination.TEXT_WIDTH
    assert figure - 2 * pagination.CELL_SIDE > text_width("123456（3/4期）") * pagination.TABLE_SIZE // 1000
    assert abs(left - 3 * right) <= 3
    assert wrapped("123456（3/4期）", figure - 2 * pagination.CELL_SIDE, size=pagination.TABLE_SIZE) == [
        "123456（3/4期）"
    ]


def test_a_column_of_words_leaves_what_it_does_not_need_to_the_others():
    widths = pagination.column_widths(table("7", said="尚无说明"))
    assert sum(widths) == pagination.TEXT_WIDTH
    assert wrapped("尚无说明", widths[2] - 2 * pagination.CELL_SIDE, size=pagination.TABLE_SIZE) == ["尚无说明"]
    assert widths[0] > 2 * widths[2]


def test_a_table_that_fits_is_spread_over_the_line():
    widths = pagination.column_widths(table("7", words="甲乙丙", said="乙"))
    assert sum(widths) == pagination.TEXT_WIDTH
    assert max(widths) < 2 * min(widths)


def test_too_many_figures_for_the_line_fall_back_on_shares():
    columns = tuple(Column("指标", "right", 1 + (n == 0)) for n in range(9))
    wide = Table("表", columns, (Row(tuple((Number("a", "123456789.12"),) for _ in columns)),))
    widths = pagination.column_widths(wide)
    assert sum(widths) == pagination.TEXT_WIDTH
    assert widths[0] > widths[1] == widths[8]


def test_a_heading_stays_with_the_first_line_behind_it():
    lines = [Paragraph((Text("字。"),))] * 20
    blocks: list[Block] = [*lines, Heading(1, "", "甲"), Heading(2, "", "乙"), Paragraph((Text("丙"),))]
    assert pagination.heading_pages(blocks, Measures()) == [2, 2]
    assert pagination.heading_pages(blocks[1:], Measures()) == [1, 1]


def test_a_page_break_and_the_head_of_a_table_take_their_place():
    rows = tuple(Row(((Text("甲"),),)) for _ in range(62))
    long = Table("表", (Column("指标"),), rows)
    assert pagination.heading_pages([long, Heading(1, "", "甲"), PageBreak(), Heading(1, "", "乙")], Measures()) == [
        3,
        4,
    ]


def page_of_what_follows(*blocks):
    """The page of a heading behind them, which no text follows."""
    return pagination.heading_pages([*blocks, Heading(1, "", "尾")], Measures())[-1]


def lines(number):
    return [Paragraph((Text("字。"),))] * number


def test_an_annex_takes_four_lines_for_its_number_and_title():
    annex = Heading(1, "附件1　", "名")
    assert page_of_what_follows(annex, *lines(pagination.LINES - 5)) == 1
    assert page_of_what_follows(annex, *lines(pagination.LINES - 4)) == 2


def test_the_last_text_goes_on_a_page_with_the_list_of_annexes():
    text = Paragraph((Text("字" * 60),))  # three lines
    listed = list(annexes("甲", "乙"))[:2]
    whole = [Heading(1, "", "头"), text, *listed]  # with the blank line seven
    assert pagination.heading_pages([*lines(pagination.LINES - 7), *whole], Measures()) == [1]
    assert pagination.heading_pages([*lines(pagination.LINES - 6), *whole], Measures()) == [2]


@pytest.mark.parametrize(("rows", "page"), [(10, 2), (11, 1)])
def test_a_table_of_up_to_ten_rows_stays_on_one_page(rows, page):
    """The longer one begins on the page that it does not fit on."""
    whole = Table("表", COLUMNS, tuple(map(figure_row, range(rows))))
    assert pagination.heading_pages([*lines(14), Heading(1, "", "头"), whole], Measures()) == [page]


def test_what_does_not_fit_on_half_a_page_is_not_kept_whole():
    high = Table("表", (Column("说明"),), (Row(((Text("甲" * 400),),)),) * 4)
    assert not Measures().is_kept_whole(high)


def test_the_space_under_a_note_needs_no_place_at_the_foot_of_a_page():
    note = Paragraph((Text("注：无。"),), "note")
    left = pagination.TEXT_HEIGHT - 18 * pagination.LINE - 4 * (pagination.NOTE_LINE + pagination.NOTE_AFTER)
    assert pagination.NOTE_LINE <= left < pagination.NOTE_LINE + pagination.NOTE_AFTER  # for the fifth
    assert page_of_what_follows(*lines(18), *[note] * 5, *lines(pagination.LINES - 1)) == 2


def test_all_notes_of_a_table_stand_on_the_page_of_its_last_row():
    note, end = Paragraph((Text("注：无。"),), "note"), lines(1)[0]
    assert [pagination.is_held(note, after) for after in (note, end, None)] == [True, False, False]
    assert pagination.is_held(table("1"), note)
    # There is room for the heading and a note, but not for both notes.
    room = pagination.TEXT_HEIGHT // pagination.LINE
    heading = Heading(3, "1.", "尾")
    found = pagination.heading_pages([*lines(room - 2), heading, note, note], Measures())
    assert found == [2]


@pytest.mark.parametrize("entries", [22, 23, 30, 46, 47, 48, 50, 70, 73])
def test_the_contents_leave_no_page_to_a_few_of_their_lines(entries):
    headings = [Heading(3, f"{number}.", "头") for number in range(entries)]
    blocks: tuple[Block, ...] = (Contents(), *headings, Heading(4, "（1）", "不列入目录"))
    line = pagination.contents_line(headings)
    assert line in pagination.CONTENTS_LINES
    document = replace(report(), blocks=blocks)
    pages = [
        page.extract_text() for page in PdfReader(BytesIO(pdf.render(document, pdf.font_list([], system=False)))).pages
    ]
    on_each = [text.count("....") and len(re.findall(r"头[. ]*\d", text)) for text in pages]
    assert sum(on_each) == entries
    assert [count for count in on_each if count][-1] >= min(entries, 4)
    write_docx(document, stream := BytesIO())
    styles = docx.Document(stream).styles
    assert {styles[f"toc {n}"].paragraph_format.line_spacing.twips for n in (1, 2, 3)} == {line}


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_contents_leave_no_page_to_a_few_of_their_lines_in_libreoffice(tmp_path):
    headings = [Heading(3, f"{number}.", "头") for number in range(47)]
    write_docx(replace(report(), blocks=(Contents(), *headings)), tmp_path / "report.docx")
    pages = [re.findall(r"头[. ]*[0-9]", text) for text in in_libreoffice(tmp_path)]
    assert [len(found) > 20 for found in pages][:2] == [True, True]
    assert sum(map(len, pages[:2])) == 47


def in_libreoffice(folder):
    """The text of each page of the folder's report."""
    command = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", folder, folder / "report.docx"], check=True, timeout=120)
    return [page.extract_text() for page in PdfReader(folder / "report.pdf").pages]


def test_the_name_of_a_year_is_not_broken():
    targets = Table("表", (Column("指标"), Column("2022年", "right"), Column("来源")), (
        Row(((Text("率" * 60),), (Text("9.9"),), (Text("源" * 60),))),
    ))  # fmt: skip
    width = pagination.column_widths(targets)[1]
    assert width >= text_width("2022年") * pagination.TABLE_SIZE / 1000 + 2 * pagination.CELL_SIDE


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("is_noted", [False, True])
def test_the_contents_say_the_pages_that_libreoffice_prints(tmp_path, is_noted):
    """Every heading of a report of some pages, with charts and a long table, without footnotes and with some. No
    numbers in its long text: what stands in for Times New Roman on this computer may be wider."""
    long = Paragraph((Text("各部门按期报送，质强办逐项审核，没有发现漏报。" * 30), Number("a", "三份"), Text("不符。")))
    whole = Table("表", COLUMNS, tuple(map(figure_row, range(9))))
    noted = (whole, Paragraph((Text("注：无。"),), "note"))
    document = report(chart(), long, *noted * 2, change_chart(), *noted, Heading(3, "3.", "尾"))
    listed = annexes("主要指标数据", "数据核查说明")
    document = replace(document, blocks=(*document.blocks, *(Paragraph((Text("文。"),)),) * 17, long, *listed))
    if is_noted:
        texts = ("填报三份，与分项之和四份不符。" + "部门说明：口径不同，已逐项核对。" * times for times in range(9))
        document = replace(
            document,
            figures=(replace(figure("a", 3), text="三份", unit="1"),),
            notes=tuple(Note(("a",), text) for text in texts),
        )
    write_docx(document, tmp_path / "report.docx")
    pages = [re.sub(r"\s", "", text) for text in in_libreoffice(tmp_path)[2:]]
    names = [re.sub(r"\s", "", heading.printed) for heading in document.headings]
    found = [next(n for n, text in enumerate(pages, 1) if name in text) for name in names]
    said = [
        p.text
        for p in docx.Document(tmp_path / "report.docx").paragraphs
        if str(p.style and p.style.name).startswith("toc ")
    ]
    entries = zip(document.headings, found, strict=True)
    assert said == [f"{heading.printed}\t{page}" for heading, page in entries if heading.level < 4]
    assert len(set(found)) > 5
    written = PdfReader(BytesIO(pdf.render(document, pdf.font_list([], system=False)))).pages
    assert abs(len(written) - 2 - len(pages)) <= 1


def test_a_document_is_measured_once_for_its_contents_and_its_blocks(monkeypatch):
    """Finding the pages and writing the blocks ask for the same widths and heights."""
    measured = []
    for module, name in ((pagination, "column_widths"), (svg, "height"), (svg, "_row_heights")):
        original = getattr(module, name)

        def counting(block, *args, name=name, original=original):
            measured.append((name, id(block)))
            return original(block, *args)

        monkeypatch.setattr(module, name, counting)
    document = report(change_chart())
    write_docx(document, BytesIO())
    tables = [block for block in document.body if isinstance(block, Table)]
    charts = [block for block in document.body if isinstance(block, Chart)]
    assert tables
    assert charts
    assert len(measured) == len(set(measured))
    assert {key for name, key in measured if name != "_row_heights"} == {id(block) for block in (*tables, *charts)}


def test_rows_of_a_picture_are_measured_once(monkeypatch):
    measured = []
    original = svg._row_heights

    def counting(chart, width):
        measured.append(chart)
        return original(chart, width)

    monkeypatch.setattr(svg, "_row_heights", counting)
    lying = replace(change_chart(), kind="bar")
    svg.svg(lying, 330)
    assert len(measured) == 1
