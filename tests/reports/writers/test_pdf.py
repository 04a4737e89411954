"""The PDF: Chinese without a font of the server, text that stays text, pages numbered as the standard wants them."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.document.blocks import Cover, Gap, Heading, Number, PageBreak, Paragraph, Row, Table, Text
from reports.writers import pagination, pdf
from tests.reports.sample_report import COLUMNS, annexes, change_chart, chart, figure_row, report

HOSTILE = (
    '#import "x.typ": * #panic("no") $x$ \\ `raw` *bold* _em_ @ref <label> // rest [[]] {{}} "quote" =甲 #sys.inputs'
)


@pytest.fixture(scope="module")
def bare():
    """Only what the package brings: a server without any font for Chinese."""
    return pdf.font_list([], system=False)


def read(document, fonts):
    return PdfReader(BytesIO(pdf.render(document, fonts)))


def plain(text):
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def reader(bare):
    return read(report(chart(), change_chart()), bare)


@pytest.fixture(scope="module")
def pages(reader):
    return [plain(page.extract_text()) for page in reader.pages]


def test_chinese_is_there_without_a_font_of_the_server(reader, bare):
    assert pdf.families(bare)["fang"][-1] == "Noto Serif SC"
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    names = {str(font["/BaseFont"]).partition("+")[2].partition("-")[0] for font in fonts}
    assert {"NotoSerifSC", "NotoSansSC"} <= names
    inner = [descendant.get_object() for font in fonts for descendant in font["/DescendantFonts"]]
    assert all("/FontFile3" in font["/FontDescriptor"] or "/FontFile2" in font["/FontDescriptor"] for font in inner)


def test_a_font_of_the_server_comes_first(tmp_path):
    class Server:
        def families(self):
            return ["FangSong", "SimHei", "Noto Serif SC", "Noto Sans SC", "Times New Roman", "Liberation Serif"]

    found = pdf.families(Server())  # type: ignore[arg-type]
    assert found["fang"] == ["Times New Roman", "FangSong", "Noto Serif SC"]
    assert found["hei"] == ["Times New Roman", "SimHei", "Noto Sans SC"]
    assert found["title"] == ["Times New Roman", "Noto Serif SC"]


def test_page_numbers_begin_behind_the_contents(pages):
    assert not any(re.search(r"—\d+—", page) for page in pages[:2])
    assert [re.findall(r"—(\d+)—", page) for page in pages[2:]] == [[str(n)] for n in range(1, len(pages) - 1)]


def placed(page, wanted):
    """How far from the left and the top of the page, in pt, the baseline of the piece of text starts."""
    found: list[tuple[str, float, float]] = []

    def visit(text, cm, tm, *_):
        x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
        found.append((text.strip(), x, float(page.mediabox.height) - y))  # without the blanks that lead

    page.extract_text(visitor_text=visit)
    return next((x, y) for text, x, y in found if text == wanted)


def test_numbers_stand_at_the_right_of_odd_pages_and_at_the_left_of_even_ones(reader):
    places = [placed(page, "—")[0] for page in reader.pages[2:5]]
    assert places[0] > 400
    assert places[1] < 120
    assert places[2] > 400


def test_the_dashes_of_the_page_number_are_7_mm_below_the_text(bare):
    _x, baseline = placed(read(replace(report(), blocks=(Paragraph((Text("正文。"),)),)), bare).pages[0], "—")
    dash = baseline - 0.3 * 14  # about a third of a character above the baseline
    text_ends = (pagination.PAGE_HEIGHT - pagination.BOTTOM) / 20
    assert abs(dash - text_ends - 7 / 25.4 * 72) < 1.5


@pytest.mark.parametrize(("headings", "pages"), [(9, 2), (40, 4)])
def test_the_text_begins_on_the_front_of_a_sheet(bare, headings, pages):
    """Contents of two pages leave the back of a sheet empty, without a number."""
    blocks = (*report().front, *(Heading(1, f"{n}、", "标题") for n in range(headings)))
    read_pages = read(replace(report(), blocks=blocks), bare).pages
    assert "—1—" in plain(read_pages[pages].extract_text())
    assert plain(read_pages[pages - 1].extract_text()) == "" or pages == 2


def test_an_annex_has_its_number_at_the_edge_and_its_title_in_the_third_line(bare):
    page = read(replace(report(), blocks=tuple(annexes("主要指标数据"))), bare).pages[-1]
    left, first = placed(page, "附件")
    middle, third = placed(page, "主要指标数据")
    assert abs(left - pagination.LEFT / 20) < 1
    assert abs(first - (pagination.TOP / 20 + 0.88 * 16)) < 1
    assert abs(third - (pagination.TOP / 20 + 2 * pagination.LINE / 20 + 0.88 * 22)) < 1
    assert abs(middle + 6 * 22 / 2 - (pagination.LEFT + pagination.TEXT_WIDTH / 2) / 20) < 2
    words = plain(page.extract_text())
    assert words.startswith("附件1主要指标数据主要指标数据表")


def test_the_list_of_annexes_stands_behind_a_blank_line_and_hangs(bare):
    names = ("指" * 40, "数据来源")
    page = read(replace(report(), blocks=(Paragraph((Text("正文。"),)), *annexes(*names))), bare).pages[0]
    left, text = placed(page, "正文。")
    label, first = placed(page, "附件：")
    name, _same = placed(page, "指" * 22)
    again, second = placed(page, "指" * 18)
    other, third = placed(page, "数据来源")
    line = pagination.LINE / 20
    assert [round((y - text) / line, 2) for y in (first, second, third)] == [2, 3, 4]
    assert abs(label - left) < 1
    assert max(name, again, other) - min(name, again, other) < 1.5


def test_the_list_of_annexes_is_never_alone_at_the_head_of_a_page(bare):
    lines = [Paragraph((Text("正文。"),))] * (pagination.LINES - 1)
    pages = read(replace(report(), blocks=(*lines, *annexes("主要指标数据"))), bare).pages
    assert plain(pages[1].extract_text()).startswith("正文。附件：1.主要指标数据")


@pytest.mark.parametrize(("rows", "pages"), [(10, 1), (11, 2)])
def test_a_table_of_up_to_ten_rows_stays_on_one_page(bare, rows, pages):
    lines = [Paragraph((Text("正文。"),))] * 14
    table = Table("表", COLUMNS, tuple(map(figure_row, range(rows))))
    texts = [plain(page.extract_text()) for page in read(replace(report(), blocks=(*lines, table)), bare).pages]
    assert sum("指标单位" in text for text in texts) == pages


def test_a_table_ends_on_the_page_of_its_note(bare):
    table = Table("表", COLUMNS, tuple(map(figure_row, range(9))))
    blocks = (*[Paragraph((Text("正文。"),))] * 14, table, Paragraph((Text("注：无。"),), "note"))
    texts = [plain(page.extract_text()) for page in read(replace(report(), blocks=blocks), bare).pages]
    assert "表指标单位" in texts[1]
    assert "注：无。" in texts[1]


def test_lines_are_as_long_as_those_of_the_word_file(bare):
    """Signs that could be squeezed keep their width."""
    words = "学校、医院、车站、码头、广场，" * 12
    page = read(replace(report(), blocks=(Paragraph((Text(words),)),)), bare).pages[0]
    places: set[float] = set()
    page.extract_text(visitor_text=lambda text, cm, tm, *_: places.add(tm[5] * cm[3] + cm[5]) if "、" in text else None)
    assert len(places) == len(pagination._body_lines(words))


def test_a_span_of_months_stands_on_one_line(bare):
    words = [f"{'率' * count}为95.0（1—6月），{'量' * 23}7—12月。" for count in range(1, 24)]
    blocks = tuple(Paragraph((Text(one),)) for one in words)
    pages = read(replace(report(), blocks=blocks), bare).pages
    lines = [re.sub(r"[ \xa0]", "", line) for page in pages for line in page.extract_text().splitlines()]
    spans = [line for line in lines if re.search("1—6月|7—12月", line)]
    assert len(re.findall("1—6月|7—12月", "".join(spans))) == 2 * len(words)
    assert not [line for line in lines if re.search("[17]$", line) or line.startswith(("—6", "—12"))]


def test_contents_and_bookmarks_lead_to_every_heading(reader, pages):
    document = report(chart(), change_chart())
    titles = []

    def walk(items):
        for item in items:
            if isinstance(item, list):
                walk(item)
            else:
                titles.append((plain(item.title), reader.get_destination_page_number(item)))

    walk(reader.outline)
    assert [title for title, _page in titles] == [plain(heading.printed) for heading in document.headings]
    for title, page in titles:
        assert title in pages[page]
        if not title.startswith("（1）"):  # of the fourth level
            assert re.search(rf"{re.escape(title)}[.]*{page - 1}", pages[1])


def test_it_says_what_it_is(reader):
    assert reader.metadata.title == "云泽县2031年质量状况分析报告"
    assert reader.metadata.author == "云泽县质量办"
    assert reader.metadata.creation_date.date().isoformat() == "2032-01-01"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("zh")


def test_the_head_of_a_table_stands_again_on_the_next_page(pages):
    assert sum("指标单位2031年比上年" in page for page in pages) >= 3


def test_charts_are_drawn_with_their_numbers_and_gaps(pages):
    text = "".join(pages)
    assert "主要合格率" in text
    for shown in ("97.75", "98.1", "99.0", "\u22128.1", "缺", "2031年2030年"):
        assert shown in text


def test_the_same_document_gives_the_same_bytes(bare):
    document = report(chart())
    assert pdf.render(document, bare) == pdf.render(document, pdf.font_list([], system=False))


def test_typst_is_no_way_in(bare):
    """Whatever a person writes anywhere is printed as it stands."""
    cell = ((Text(HOSTILE),), (Gap(HOSTILE, HOSTILE),), (Number(HOSTILE, HOSTILE),), (Text("甲"),))
    blocks = (
        Cover((HOSTILE,), HOSTILE, HOSTILE, HOSTILE),
        Heading(1, "", HOSTILE),
        Paragraph((Text(HOSTILE), Gap("", HOSTILE))),
        Table(HOSTILE, tuple(replace(column, title=HOSTILE) for column in COLUMNS), (Row(cell),)),
        chart(title=HOSTILE, categories=(HOSTILE, "乙", "丙")),
        PageBreak(),
        Paragraph((Text("末尾"),)),
    )
    document = replace(report(), title=HOSTILE, blocks=blocks)
    text = "".join(plain(page.extract_text()) for page in read(document, bare).pages)
    assert text.count("#panic") >= 10
    assert plain('#import "x.typ": * #panic("no") $x$ \\ `raw` *bold* _em_ @ref <label>') in text
    assert "末尾" in text


def test_control_characters_and_empty_texts_are_no_trouble(bare):
    blocks = (Paragraph((Text("甲\x0b\x00乙\n丙"),)), Paragraph(()), Paragraph((Text(""),), "note"), Heading(3, "", ""))
    text = plain(read(replace(report(), blocks=blocks), bare).pages[0].extract_text())
    assert text.startswith("甲乙丙")


def test_a_demonstration_says_so_on_every_page(bare):
    reader = read(replace(report(), demo=True), bare)
    assert all("演示数据" in page.extract_text() for page in reader.pages)


def test_writes_to_a_path_and_to_a_stream(tmp_path, settings):
    settings.FONT_PATHS = []
    stream = BytesIO()
    pdf.write_pdf(report(), stream)
    pdf.write_pdf(report(), tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes() == stream.getvalue()
    assert stream.getvalue().startswith(b"%PDF-")
