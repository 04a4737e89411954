"""What Excel shows is what is stored, or it is said: formats, marks, errors, pictures, and the names beside a cell."""

import io
import re

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from sectors.entry import writer
from sectors.models import Indicator, Unit
from sectors.spreadsheets.container import BadFile, open_file
from tests import base
from tests.sectors.spreadsheets import workbooks
from tests.sectors.spreadsheets.test_spreadsheets import changes, problem_of, refusal
from tests.sectors.spreadsheets.workbooks import at, download, filled, opened, saved, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

OUTPUT = "food.output"


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def asked_in(unit, decimals=2):
    """The unit and decimals of the cell that is filled here."""
    base.change_catalogue(
        Indicator.objects.filter(code=OUTPUT), unit=Unit.objects.get_or_create(name=unit)[0], decimals=decimals
    )


def formatted(sheet, value, code):
    book, page = opened(filled(download(sheet), food_output=value))
    workbooks.cells(page)[OUTPUT].number_format = code
    return saved(book)


@pytest.mark.parametrize(
    ("unit", "value", "code", "stored"),
    [
        ("%", 0.8, '0.00"%"', "0.80"),
        ("%", 0.8, "0.00\\%", "0.80"),
        ("%", 0.8, "0.00!%", "0.80"),
        ("%", 12.5, '0.0_%"%"', "12.5"),
        ("%", 0.8, "0.0%", "80.0"),
        ("%", 1, "0%", "100"),
        ("%", 0.005, "[<0.01]0.0%;0%", "0.5"),
        ("%", 12.5, '[Red]0.0"%";[Blue]-0.0"%"', "12.5"),
        ("吨", 1234.5, "#,##0.00", "1234.50"),
        ("吨", 12, '0"吨"', "12"),
        ("吨", 12, '#,##0.0_ "吨"', "12.0"),
        ("吨", 12, "0.##", "12"),
        ("吨", 0.5, "#.0", "0.5"),
        ("吨", 12, "[Green]General", "12"),
        ("吨", 5, "000", "005"),
        ("吨", 12, "@", "12"),
        ("吨", 12, "G/通用格式", "12"),
        ("吨", 12, 'G/通用格式"吨"', "12"),
        ("吨", 12, "[$-804]0.0", "12.0"),
        ("元", 12.5, "[$¥-804]#,##0.00", "12.50"),
        ("元", 12.5, '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', "12.50"),
        ("吨", 434.9999999999999, "General", "435"),
        ("吨", 96.70000000000002, "0.0", "96.7"),
    ],
)
def test_a_number_is_stored_as_its_format_shows_it(cast, sheet, unit, value, code, stored):
    asked_in(unit)
    found = upload(formatted(sheet, value, code), sheet, cast.clerk)
    assert not found.problems
    assert found.changes[0].new == stored.removeprefix("00")


@pytest.mark.parametrize(
    ("unit", "value", "code", "sentence"),
    [
        ("万元", 128500, '0!.0,"万"', "Excel shows “12.9万” here, and the cell holds 128500"),
        ("万元", 128500, '0\\.0,"万"', "Excel shows “12.9万”"),
        ("万元", 128500, '[>=10000]0!.0,"万元";0', "Excel shows “12.9万元”"),
        ("万元", 128500, "0.00,", "Excel shows “128.50”"),
        ("万元", 5000000, '0,,"百万"', "Excel shows “5百万”"),
        ("万元", 12, '0"元"', "The unit here is 万元, but “元” was given"),
        ("万元", 12, '"¥"0', "is not a number"),
        ("吨", 12, '0"万"', "“万” was given"),
        ("吨", 0.05, "0%", "formatted as a percentage"),
        ("吨", 1234.56, "#,##0", "Excel shows “1,235” here, and the cell holds 1234.56"),
        ("吨", 12.34, "0.0", "Excel shows “12.3”"),
        ("吨", 0, '#,##0;-#,##0;"-"', "Excel shows “-” here, and the cell holds 0"),
        ("吨", 0, "0;;", "Excel shows “” here, and the cell holds 0"),
        ("吨", 0, "#", "Excel shows “”"),
        ("吨", 5, ";;;", "Excel shows “”"),
        ("吨", -5, "0;0", "Excel shows “5” here, and the cell holds -5"),
        ("吨", 1, '[=1]"是";[=0]"否";0', "Excel shows “是”"),
        ("吨", 12345, "0.00E+00", "shows 12345 as something else"),
        ("吨", 0.5, "# ?/?", "shows 0.5 as something else"),
        ("吨", 12, "[DBNum1]General", "shows 12 as something else"),
        ("吨", 1548, "0 0 0 0", "Excel shows “1 5 4 8”"),
        ("%", 0.956, "0%", "Excel shows “96%” here, and the cell holds 0.956"),
        ("%", 150, '0.0"%"', "at most 100%"),
    ],
)
def test_a_number_that_is_shown_as_another_is_refused_with_both(cast, sheet, unit, value, code, sentence):
    asked_in(unit)
    assert sentence in problem_of(cast, sheet, formatted(sheet, value, code))


@pytest.mark.parametrize(
    ("unit", "value", "code", "stored"),
    [
        ("%", 97.5609756, "0.00", "97.56"),
        ("%", 0.975609756, "0.00%", "97.56"),
        ("%", 97.5609756, '0.00"%"', "97.56"),
        ("吨", 1234.5678, "#,##0.00_ ", "1234.57"),
        ("吨", 1234.9999, "0.00", "1235.00"),
    ],
)
def test_a_number_shown_with_the_decimals_of_its_figure_is_stored_and_said(cast, sheet, unit, value, code, stored):
    asked_in(unit)
    found = upload(formatted(sheet, value, code), sheet, cast.clerk)
    assert not found.problems
    (change,) = found.changes
    assert (change.new, change.held) == (stored, str(value))


@pytest.mark.parametrize(
    ("unit", "value", "code", "decimals"),
    [
        ("%", 0.9756, "0.00", 2),  # 97.56 % or 0.98 %?
        ("吨", 12.345, "0.0", 2),  # fewer decimals than the figure has
        ("吨", 12.6, "0", 0),  # no whole number
        ("吨", 0.001, "0.00", 2),
        ("万元", 128512, "0.00,", 2),
    ],
)
def test_a_number_that_is_rounded_to_something_else_is_refused(cast, sheet, unit, value, code, decimals):
    asked_in(unit, decimals)
    assert "and the cell holds" in problem_of(cast, sheet, formatted(sheet, value, code))


def test_a_workbook_all_of_whose_cells_are_struck_out_is_refused(cast, sheet):
    """Cells that name no style have the first one."""
    data = filled(download(sheet), food_task=5)
    data = workbooks.with_page(data, lambda page: re.sub(r'(<c r="[A-Z]+\d+") s="\d+"', r"\1", page))
    found = workbooks.parts(data)
    found["xl/styles.xml"] = found["xl/styles.xml"].replace(b"<font>", b"<font><strike/>", 1)
    assert "struck out" in problem_of(cast, sheet, workbooks.packed(found))


PLAIN, RAISED, STRUCK = "", '<rPr><vertAlign val="superscript"/></rPr>', "<rPr><b/><strike/></rPr>"


def with_runs(data, code, *runs):
    """As Excel writes a text of several fonts: it stands among those that cells share."""
    text = "".join(f'<r>{font}<t xml:space="preserve">{text}</t></r>' for text, font in runs)
    cell, found = at(data, code), workbooks.parts(data)
    shared = found["xl/sharedStrings.xml"].decode()
    found["xl/sharedStrings.xml"] = shared.replace("</sst>", f"<si>{text}</si></sst>").encode()
    number, page = shared.count("<si>"), found["xl/worksheets/sheet1.xml"].decode()
    page, count = re.subn(rf'<c r="{cell}" s="(\d+)"/>', rf'<c r="{cell}" s="\1" t="s"><v>{number}</v></c>', page)
    assert count == 1
    return workbooks.packed(found | {"xl/worksheets/sheet1.xml": page.encode()})


@pytest.mark.parametrize("code", ["food.task", "food.work"])
@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        ([("12", PLAIN), ("1", RAISED)], "a superscript"),
        ([("12", PLAIN), ("1", RAISED.replace("super", "sub"))], "a superscript"),
        ([("12", STRUCK), ("15", PLAIN)], "struck out"),
        ([("15", PLAIN), (" 12", STRUCK)], "struck out"),
    ],
)
def test_what_is_raised_or_struck_out_in_a_cell_is_refused(cast, sheet, code, runs, sentence):
    assert sentence in problem_of(cast, sheet, with_runs(download(sheet), code, *runs))


def test_a_superscript_within_its_cell_is_refused(cast, sheet):
    """As openpyxl writes it."""
    book, page = opened(download(sheet))
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    workbooks.cells(page)["food.task"].value = CellRichText("12", raised)
    assert "a superscript" in problem_of(cast, sheet, saved(book))


@pytest.mark.parametrize("font", [PLAIN, "<rPr><b/></rPr>", '<rPr><strike val="0"/></rPr>'])
def test_other_fonts_in_a_cell_do_no_harm(cast, sheet, font):
    data = with_runs(download(sheet), "food.task", ("1", font), ("2", PLAIN))
    assert changes(upload(data, sheet, cast.clerk)) == {"food.task": ("", "12")}


@pytest.mark.parametrize(
    ("font", "sentence"), [(Font(strike=True), "struck out"), (Font(vertAlign="superscript"), "a superscript")]
)
def test_a_cell_that_is_raised_or_struck_out_as_a_whole_is_refused(cast, sheet, font, sentence):
    book, page = opened(filled(download(sheet), food_task=12))
    workbooks.cells(page)["food.task"].font = font
    assert sentence in problem_of(cast, sheet, saved(book))


@pytest.mark.parametrize("code", ["food_task", "food_work"])
@pytest.mark.parametrize(
    "formula", ['=_xlfn.DISPIMG("ID_0A1B",1)', '=DISPIMG("ID_0A1B",1)', '=_xlfn.IMAGE("https://example.org/a.png")']
)
def test_a_picture_in_a_cell_is_refused(cast, sheet, code, formula):
    data = filled(download(sheet), **{code: formula})
    assert "Here is a picture" in problem_of(cast, sheet, data)
    cell = at(data, code.replace("_", "."))
    assert "Here is a picture" in problem_of(cast, sheet, workbooks.with_result(data, cell, "0"))


def test_the_formula_of_a_picture_that_was_pasted_as_text_is_refused(cast, sheet):
    book, page = opened(filled(download(sheet), food_work="x"))
    cell = workbooks.cells(page)["food.work"]
    cell.value, cell.data_type = '=DISPIMG("ID_0A1B",1)', "s"
    assert "Here is a picture" in problem_of(cast, sheet, saved(book))


ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BUSY!")


@pytest.mark.parametrize("error", [*ERRORS, "#GETTING_DATA"])
def test_every_error_is_named_at_its_cell_and_the_rest_read(cast, sheet, error):
    data = filled(download(sheet), food_task="#N/A", food_done=7, food_firms=3)
    data = workbooks.with_page(data, lambda page: page.replace("<v>#N/A</v>", f"<v>{error}</v>"))
    found = upload(data, sheet, cast.clerk)
    assert changes(found) == {"food.done": ("", "7"), "food.firms": ("", "3")}
    assert [problem.address for problem in found.problems] == [at(data, "food.task")]
    assert f"Excel shows the error {error} here" in found.problems[0].sentence


@pytest.mark.parametrize("code", ["food_task", "food_work"])
@pytest.mark.parametrize("error", ["#N/A", "#SPILL!", "########"])
def test_an_error_that_was_pasted_as_text_is_no_value(cast, sheet, code, error):
    book, page = opened(filled(download(sheet), **{code: "x"}))
    cell = workbooks.cells(page)[code.replace("_", ".")]
    cell.value, cell.data_type = error, "s"
    assert f"Excel shows the error {error} here" in problem_of(cast, sheet, saved(book))


def test_an_error_without_a_text_leaves_the_cells_behind_it_alone(cast, sheet):
    data = filled(download(sheet), food_task="#N/A", food_done=7)
    data = workbooks.with_page(data, lambda page: page.replace("<v>#N/A</v>", ""))
    found = upload(data, sheet, cast.clerk)
    assert (changes(found), found.problems) == ({"food.done": ("", "7")}, [])


# The names that a person sees, and the codes that nobody sees.


def without_the_hidden_column(page, first, second):
    """Two rows change places in all columns but the hidden one."""
    for column in range(2, 9):
        one, other = page.cell(first, column), page.cell(second, column)
        one.value, other.value = other.value, one.value


def test_rows_sorted_without_the_hidden_column_are_refused_row_by_row(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5, food_passed=4, food_firms=3))
    rows = {code: cell.row for code, cell in workbooks.cells(page).items()}
    without_the_hidden_column(page, rows["food.task"], rows["food.passed"])
    found = upload(saved(book), sheet, cast.clerk)
    assert changes(found) == {"food.firms": ("", "3")}
    assert [problem.name for problem in found.problems] == ["抽检任务", "抽检合格"]
    assert "This row shows “抽检合格 *”" not in found.problems[0].sentence
    assert "This row shows “抽检合格”, and its hidden code is that of “抽检任务”" in found.problems[0].sentence


def test_cells_shifted_down_by_an_inserted_row_are_refused_row_by_row(cast, sheet):
    book, page = opened(filled(download(sheet), food_firms=3, food_price=7, food_output=2))
    places = workbooks.cells(page)
    first, last = places["food.firms"].row, places["food.output"].row
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.move_range(f"B{first}:H{last}", rows=1)
    found = upload(saved(book), sheet, cast.clerk)
    assert not changes(found)
    assert [problem.name for problem in found.problems] == ["每批次费用", "食品产量"]
    assert "This row shows “食品企业”" in found.problems[0].sentence


def test_a_row_whose_name_was_deleted_is_refused(cast, sheet):
    book, page = opened(filled(download(sheet), food_firms=3))
    page.cell(workbooks.cells(page)["food.firms"].row, 2).value = None
    assert "its hidden code is that of “食品企业”" in problem_of(cast, sheet, saved(book))


def test_rows_that_are_blank_and_moved_do_no_harm(cast, sheet):
    book, page = opened(filled(download(sheet), food_firms=3))
    rows = {code: cell.row for code, cell in workbooks.cells(page).items()}
    without_the_hidden_column(page, rows["food.task"], rows["food.passed"])
    assert changes(upload(saved(book), sheet, cast.clerk)) == {"food.firms": ("", "3")}


def test_a_row_that_was_renamed_since_the_download_is_read(cast, sheet):
    data = filled(download(sheet), food_firms=3)
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), name="企业", row_name="企业")
    assert changes(upload(data, sheet, cast.clerk)) == {"food.firms": ("", "3")}


def test_an_answer_that_moved_away_from_its_question_is_refused(cast, sheet):
    book, page = opened(filled(download(sheet), food_work="抽检三家市场"))
    place = workbooks.cells(page)["food.work"]
    page.cell(place.row - 1, place.column).value = "别的"
    assert "does not stand over this answer" in problem_of(cast, sheet, saved(book))


def test_columns_that_changed_places_without_their_hidden_row_are_refused(shipped_catalogue):
    sheet = base.submission(shipped_catalogue, "S-01", "2023Q2")
    clerk = base.user("clerk", sheet.department, "clerk-of-food")
    book, page = opened(filled(download(sheet)))
    place = workbooks.cells(page)["food.sampling.produce.done"]
    place.value = 40
    passed = workbooks.cells(page)["food.sampling.produce.passed"].column
    for row in range(place.row - 1, place.row + 1):
        one, other = page.cell(row, place.column), page.cell(row, passed)
        one.value, other.value = other.value, one.value
    found = upload(saved(book), sheet, clerk)
    assert not changes(found)
    assert "The head of this column is “完成抽检 *”" in found.problems[0].sentence


# .xls, and files that are not what they say.


def test_an_xls_file_tells_as_much_as_an_xlsx(cast, sheet):
    """Made of a download with LibreOffice: see the sentences for what is in it."""
    writer.save(sheet, writer.Typed({"food.task": "5", "food.done": "7"}), by=cast.clerk)
    found = upload((base.DATA / "T-01-formats.xls").read_bytes(), sheet, cast.clerk)
    assert {problem.name: problem.sentence.split(".")[0] for problem in found.problems} == {
        "抽检任务": "Excel shows the error #N/A here",
        "抽检完成": "Excel shows the error #DIV/0! here",
        "种植环节": "The cell is formatted as a percentage, and the unit here is another",
        "学校食堂": "Something stands raised or lowered here (a superscript), and only plain text is read",
        "抽检合格": "Excel shows “12",
        "食品企业": "Something is struck out here, and would be read like the rest",
    }
    assert changes(found) == {"food.price": ("", "1234.50"), "food.work": ("", "完成 3 家")}


@pytest.mark.parametrize(("value", "stored"), [(1, "100"), (0.955, "95.5"), (0.01, "1")])
def test_a_percentage_in_xls_is_what_the_person_sees(cast, value, stored):
    """`percent.xls` has 1, 0.955 and 0.01 with the format 0.0% under each other, and a hidden worksheet."""
    data = (base.DATA / "percent.xls").read_bytes()
    book = open_file(io.BytesIO(data), len(data))
    row = [1, 0.955, 0.01].index(value)
    page = book.worksheet(book.names[0])
    shown = page.shown((row, 0), value)
    assert shown
    assert (page.value((row, 0)), shown.exact, shown.is_percent) == (value, True, True)
    assert float(shown.text.rstrip("%")) == float(stored)
    assert not book.worksheet(book.names[1]).is_visible


@pytest.mark.parametrize(
    "name", ["xl/workbook22.xml", "xl/Workbook.xml", "xl/book.xml"], ids=["workbook22", "capital", "book"]
)
def test_a_workbook_of_another_name_is_read(cast, sheet, name):
    found = workbooks.parts(filled(download(sheet), food_task=5))
    found[name] = found.pop("xl/workbook.xml")
    found[f"xl/_rels/{name[3:]}.rels"] = found.pop("xl/_rels/workbook.xml.rels")
    for part in ("_rels/.rels", "[Content_Types].xml"):
        found[part] = found[part].replace(b"xl/workbook.xml", name.encode())
    assert changes(upload(workbooks.packed(found), sheet, cast.clerk)) == {"food.task": ("", "5")}


def test_a_file_packed_with_backslashes_is_read(cast, sheet):
    parts = workbooks.parts(filled(download(sheet), food_task=5))
    data = workbooks.packed({name.replace("/", "\\"): part for name, part in parts.items()})
    assert changes(upload(data, sheet, cast.clerk)) == {"food.task": ("", "5")}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xef\xbb\xbf<HTML><table><tr><td>5</td></tr></table>", "web page under the name of an Excel file"),
        (b"\r\n <table><tr><td>5</td></tr></table>", "web page under the name"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "web page under the name"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "web page under"),
        (b"{\\rtf1\\ansi 5}", "This is no Excel file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no Excel file"),
        (workbooks.packed({"mimetype": b"x", "content.xml": b"<a/>"}), "choose “save as” and the kind “.xlsx”"),
        (workbooks.compound_file("EncryptedPackage"), "protected by a password. Remove the password"),
    ],
)
def test_a_file_that_is_not_what_it_says_gets_one_sentence(cast, sheet, data, sentence):
    assert sentence in refusal(cast, sheet, data)
    with pytest.raises(BadFile):
        open_file(io.BytesIO(data), len(data))
