"""A sheet as an Excel file and back: real files, opened, filled and broken as people and programs do."""

import datetime
import random
import re
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from sectors.approval.moves import move
from sectors.calculation.cells import NOT_APPLICABLE_SPELLINGS
from sectors.entry import writer
from sectors.models import Figure, FigureChange, Indicator, Narrative, Question, Sheet, Unit
from sectors.spreadsheets import layout, reader
from sectors.spreadsheets.annotated import annotated_copy
from sectors.spreadsheets.container import BadFile
from sectors.spreadsheets.validation import BEGINS, ENDS
from sectors.vocabulary import ChangeSource
from tests import base
from tests.sectors.spreadsheets import workbooks
from tests.sectors.spreadsheets.workbooks import at, download, filled, opened, saved, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LAST_ROW, LAST_COLUMN = 1_048_576, "XFD"


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def enter(cast, sheet, **figures):
    texts = {name.replace("_", "."): text for name, text in figures.items()}
    writer.save(sheet, writer.Typed(texts), by=cast.clerk, way=ChangeSource.FORM)


def changes(found):
    return {change.code: (change.old, change.new) for change in found.changes}


def problems(found):
    return {problem.address: problem.sentence for problem in found.problems}


def problem_of(cast, sheet, data):
    """The one sentence about the one bad cell of a file."""
    found = upload(data, sheet, cast.clerk)
    assert len(found.problems) == 1
    return found.problems[0].sentence


def refusal(cast, sheet, data):
    with pytest.raises(BadFile) as error:
        upload(data, sheet, cast.clerk)
    return str(error.value)


# The file.


def test_the_file_is_the_form_with_only_its_cells_to_enter_open(cast, sheet):
    enter(cast, sheet, food_task="1500", food_price="7.50", food_firms="不适用")
    book, page = opened(download(sheet))
    places = workbooks.cells(page)
    assert page.title == "T-01"
    assert page["B2"].value == "食品抽检情况表"
    assert "T-01" in page["B3"].value
    assert "云泽县市场监督管理局" in page["B3"].value
    assert {code: places[code].value for code in ("food.task", "food.price", "food.firms", "food.done")} == {
        "food.task": 1500,
        "food.price": 7.5,
        "food.firms": "n/a",
        "food.done": None,
    }
    open_cells = {c.coordinate for row in page.iter_rows() for c in row if not c.protection.locked}
    entered = Indicator.objects.filter(sheet=sheet.sheet, formula="").values_list("code", flat=True)
    questions = ["food.work", "food.problem"]
    assert {places[code].coordinate for code in [*entered, *questions]} <= open_cells
    assert places["food.rate"].protection.locked
    assert page.protection.sheet
    assert not page.protection.password
    assert page.column_dimensions["A"].hidden
    assert page.freeze_panes == "C8"
    assert book["_zhibao"].sheet_state == "veryHidden"
    assert page.page_setup.paperSize == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_parts_are_indented_and_units_stand_beside(cast, sheet):
    _book, page = opened(download(sheet))
    cell = workbooks.cells(page)["food.done.farm"]
    head, unit = page.cell(cell.row, 2), page.cell(cell.row, 3)
    assert (head.value, head.alignment.indent, unit.value) == ("种植环节", 2, "批次")
    assert page.cell(cell.row - 1, 2).value == "按环节"


def test_what_reads_the_period_before_is_a_value(cast, sheet):
    formula = "food.done / previous(food.done) - 1"
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)
    base.report(cast.county, "2022Q4", {"food.done": "50"})
    enter(cast, sheet, food_done="60")
    _book, page = opened(download(sheet))
    assert float(workbooks.cells(page)["food.rate"].value) == 20


@pytest.mark.parametrize("document", ["", "国统制〔2024〕12号"])
def test_a_rate_is_a_formula_with_its_value(cast, sheet, document):
    base.change_catalogue(Sheet.objects.filter(pk=sheet.sheet_id), document=document)
    enter(cast, sheet, food_done="40", food_passed="39")
    data = download(sheet)
    done, passed, rate = (at(data, code) for code in ("food.done", "food.passed", "food.rate"))
    formula = f'=IF(COUNT({passed},{done})=2,IFERROR((({passed}/{done})*100),""),"")'
    assert opened(data)[1][rate].value == formula
    assert load_workbook(BytesIO(data), data_only=True).worksheets[0][rate].value == 97.5
    assert opened(data)[1][rate].number_format == "0.0"
    assert opened(data)[1].freeze_panes == ("C9" if document else "C8")


@pytest.mark.parametrize(
    ("before", "now", "change"), [("10", "-5", -1.5), ("0", "5", None), ("-10", "5", None), ("-10", "-20", None)]
)
def test_from_what_was_zero_or_negative_there_is_no_per_cent(cast, sheet, before, now, change):
    unit = Indicator.objects.get(code="food.done").unit
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done - food.passed", unit=unit)
    for period, difference in (("2022Q1", before), ("2023Q1", now)):
        base.report(cast.county, period, {"food.done": str(100 + int(difference)), "food.passed": "100"}, "draft")
    data = download(sheet)
    cell = opened(data)[1].cell(int(at(data, "food.rate")[1:]), 8)
    assert "IF(F" in cell.value
    shown = load_workbook(BytesIO(data), data_only=True).worksheets[0][cell.coordinate].value
    assert shown == change or (change is None and not shown)


def test_points_have_the_decimals_of_their_rate(cast, sheet):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), decimals=2)
    data = download(sheet)
    assert opened(data)[1].cell(int(at(data, "food.rate")[1:]), 8).number_format.startswith("+0.00")


def test_the_comparison_stands_beside_and_grows_while_one_types(cast, sheet):
    base.report(cast.county, "2022Q1", {"food.done": "20"})
    base.report(cast.county, "2022Q4", {"food.done": "30"})
    enter(cast, sheet, food_done="40")
    data = download(sheet)
    row = int(at(data, "food.done")[1:])
    page = load_workbook(BytesIO(data), data_only=True).worksheets[0]
    assert [page.cell(row, column).value for column in range(4, 9)] == [40, 30, 20, 40, 1.0]
    shown = opened(data)[1]
    assert shown[f"G{row}"].value == f'=IF(ISNUMBER(D{row}),D{row},"")'
    assert shown[f"H{row}"].value == f'=IF(COUNT(D{row},F{row})=2,IF(F{row}>0,D{row}/F{row}-1,""),"")'


def test_year_to_date_adds_to_the_periods_before(cast):
    base.report(cast.county, "2023Q1", {"food.done": "20"})
    second = base.submission(cast.county, in_period="2023Q2")
    data = download(second)
    row = int(at(data, "food.done")[1:])
    absent = f'ISNUMBER(MATCH(D{row},{{"不适用","n/a","na"}},0))'
    assert opened(data)[1][f"G{row}"].value == f'=IF(OR(ISNUMBER(D{row}),D{row}="",{absent}),20+N(D{row}),"")'


def test_each_kind_of_cell_has_its_validation(cast, sheet):
    _book, page = opened(download(sheet))
    places = workbooks.cells(page)
    rules = {rule.formula1: rule for rule in page.data_validations.dataValidation}
    cell = places["food.price"].coordinate
    spelled = f'OR({cell}="不适用",{cell}="n/a",{cell}="na"'
    spelled += f',ISNUMBER(FIND(LEFT({cell}),"{BEGINS}")),ISNUMBER(FIND(RIGHT({cell}),"{ENDS}")))'
    rule = rules[f"IF(ISNUMBER({cell}),AND({cell}>=0,ABS({cell}-ROUND({cell},2))<1E-9),{spelled})"]
    assert str(rule.sqref) == cell
    assert "at most 2 decimals" in rule.error
    covered = {c for rule in rules.values() for part in rule.sqref for row in part.rows for c in row}
    entered = Indicator.objects.filter(sheet=sheet.sheet, formula="").values_list("code", flat=True)
    assert {(places[code].row, places[code].column) for code in entered} == covered


@pytest.mark.parametrize("spelling", NOT_APPLICABLE_SPELLINGS)
def test_whatever_is_read_as_not_applicable_passes_the_validation_and_is_stored(cast, sheet, spelling):
    data = download(sheet)
    page = opened(data)[1]
    price = workbooks.cells(page)["food.price"].coordinate
    (rule,) = (rule for rule in page.data_validations.dataValidation if price in rule.sqref)
    assert f'{price}="{spelling}"' in rule.formula1
    assert changes(upload(filled(data, food_price=spelling), sheet, cast.clerk)) == {"food.price": ("", "n/a")}


def test_what_is_typed_never_becomes_a_formula(cast, sheet):
    writer.save(sheet, writer.Typed(narratives={"food.work": "=1+1\nhttp://a.b"}), by=cast.clerk)
    data = download(sheet)
    cell = workbooks.cells(opened(data)[1])["food.work"]
    assert (cell.value, cell.data_type) == ("=1+1\nhttp://a.b", "s")
    assert upload(data, sheet, cast.clerk).is_empty


def test_a_figure_longer_than_a_spreadsheets_numbers_comes_back_whole(cast, sheet):
    enter(cast, sheet, food_price="12345678901234.56")
    data = download(sheet)
    # SQLite itself keeps fewer digits than were typed.
    stored = Figure.objects.get().value
    assert opened(data)[1][at(data, "food.price")].value == f"{stored:.2f}"
    assert upload(data, sheet, cast.clerk).is_empty


def test_what_the_return_locked_is_locked_in_the_file(cast, sheet):
    enter(cast, sheet, food_task="1", food_done="2")
    for action, by in (("submit", cast.clerk), ("sign", cast.head)):
        sheet = move(submission=sheet, action=action, by=by)
    sheet = move(submission=sheet, action="return", by=cast.office, reason="核对", cells=["food.done"], only_cells=True)
    data = download(sheet)
    places = workbooks.cells(opened(data)[1])
    assert [code for code in places if not places[code].protection.locked] == ["food.done", "food.work", "food.problem"]
    assert problem_of(cast, sheet, filled(data, food_task=3)) == "Locked: the office asked for other cells only."
    assert changes(upload(filled(data, food_done=3), sheet, cast.clerk)) == {"food.done": ("2", "3")}


def test_a_sheet_that_is_with_others_is_locked_altogether(cast):
    sheet = base.submission(cast.county, status="submitted")
    _book, page = opened(download(sheet))
    assert all(cell.protection.locked for row in page.iter_rows() for cell in row)
    assert "to read, not to fill" in page["B4"].value


def test_a_table_with_columns_compares_to_its_right(shipped_catalogue):
    county = shipped_catalogue
    base.report(county, "2023Q1", {"food.sampling.produce.done": "40", "food.sampling.produce.passed": "39"})
    second = base.submission(county, "S-01", "2023Q2")
    data = download(second)
    page = opened(data)[1]
    places = workbooks.cells(page)
    done = places["food.sampling.produce.done"]
    heads = {str(cell.value).replace("\n", " "): cell.column for cell in page[done.row - 1] if cell.value}
    assert page.cell(done.row, heads["Last period 完成抽检"]).value == 40
    assert heads["Last period 完成抽检"] == done.column + 5
    passed = places["food.sampling.produce.passed"]
    rate = page.cell(done.row, passed.column + 1).value
    assert rate.startswith(f"=IF(COUNT({passed.coordinate},{done.coordinate})=2")
    assert "完成抽检 * (批次)" in heads
    prompts = [rule.prompt for rule in page.data_validations.dataValidation if done.coordinate in str(rule.sqref)]
    assert prompts == ["以收到检验报告为准"]


# There and back.


def test_every_sheet_of_the_shipped_catalogue_comes_back_unchanged(shipped_catalogue):
    county = shipped_catalogue
    clerks = {}
    dice = random.Random(7)
    for form in Sheet.objects.filter(assignments__region=county):
        sheet = base.submission(county, form.number, {"year": "2023", "half": "2023H2"}.get(form.frequency, "2023Q4"))
        department = sheet.department
        if department not in clerks:
            clerks[department] = base.user("clerk", department, f"clerk-{department.code}")
        clerk = clerks[department]
        figures = {
            i.code: dice.choice(["", "0", "n/a", f"{dice.random() * 99:.{i.decimals}f}"])
            for i in form.indicators.filter(formula="")
        }
        words = {q.code: "第一行\n\n 第二行 " for q in form.questions.all()}
        writer.save(sheet, writer.Typed(figures, narratives=words, all_or_nothing=True), by=clerk)
        data = download(sheet)
        found = upload(data, sheet, clerk)
        assert (found.is_empty, found.notices) == (True, []), form.number
        # What openpyxl writes has other styles, other text cells and no results of formulas.
        found = upload(saved(load_workbook(BytesIO(data))), sheet, clerk)
        assert (found.is_empty, found.notices) == (True, []), form.number
    assert len(clerks) > 5


def test_a_filled_file_shows_its_changes_and_stores_them(cast, sheet):
    enter(cast, sheet, food_task="1500", food_done="40", food_firms="3")
    data = filled(
        download(sheet),
        food_task=1600,
        food_done="１，５４８ 批次",
        food_firms=None,
        food_price="不适用",
        food_output=0.1 + 0.2,
        food_work="本季度抽检三家\n市场",
    )
    found = upload(data, sheet, cast.clerk)
    assert (problems(found), found.conflicts, found.notices) == ({}, [], [])
    assert changes(found) == {
        "food.task": ("1500", "1600"),
        "food.done": ("40", "1548"),
        "food.firms": ("3", ""),
        "food.price": ("", "n/a"),
        "food.output": ("", "0.3"),
        "food.work": ("", "本季度抽检三家\n市场"),
    }
    first = found.changes[0]
    assert (first.address, first.table, first.row, first.column) == (
        at(data, "food.task"),
        "抽检",
        "抽检任务",
        "This period",
    )
    assert not FigureChange.objects.filter(source="excel").exists()
    assert reader.store(found, sheet, cast.clerk).changed == 6
    stored = {figure.indicator.code: str(figure.value) for figure in Figure.objects.select_related("indicator")}
    assert stored == {
        "food.task": "1600.000000",
        "food.done": "1548.000000",
        "food.firms": "None",
        "food.price": "None",
        "food.output": "0.300000",
    }
    assert Narrative.objects.get().text == "本季度抽检三家\n市场"
    assert FigureChange.objects.filter(source="excel", by=cast.clerk).count() == 5
    assert upload(data, sheet, cast.clerk).is_empty


def test_zero_blank_and_not_applicable_are_three_things(cast, sheet):
    enter(cast, sheet, food_task="0", food_done="n/a")
    found = upload(filled(download(sheet), food_task=None, food_done=0, food_firms="N/A"), sheet, cast.clerk)
    assert changes(found) == {"food.task": ("0", ""), "food.done": ("n/a", "0"), "food.firms": ("", "n/a")}


def test_a_result_of_a_formula_is_taken(cast, sheet):
    data = filled(download(sheet), food_task="=1200+348")
    assert changes(upload(workbooks.with_result(data, at(data, "food.task"), "1548"), sheet, cast.clerk)) == {
        "food.task": ("", "1548")
    }


def test_only_the_clerk_of_the_department_stores(cast, sheet):
    found = upload(filled(download(sheet), food_task=5), sheet, cast.clerk)
    with pytest.raises(PermissionDenied):
        reader.store(found, sheet, cast.head)
    assert not Figure.objects.exists()


# Moved about.


def test_moved_columns_and_rows_are_found_by_their_marks(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5, food_price=7.5))
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.insert_cols(3, 2)
    page.insert_rows(8, 4)
    data = saved(book)
    found = upload(data, sheet, cast.clerk)
    assert changes(found) == {"food.task": ("", "5"), "food.price": ("", "7.5")}
    assert found.changes[0].address == "F12"


def test_rows_may_be_sorted_and_the_worksheet_renamed(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5, food_price=7.5))
    places = workbooks.cells(page)
    first, second = places["food.task"].row, places["food.price"].row
    for column in range(1, 9):
        one, other = page.cell(first, column), page.cell(second, column)
        one.value, other.value = other.value, one.value
    page.title = "我填的"
    book.create_sheet("草稿", 0)["A1"] = "别的计算"
    found = upload(saved(book), sheet, cast.clerk)
    assert changes(found) == {"food.task": ("", "5"), "food.price": ("", "7.5")}
    assert found.changes[0].code == "food.price"


def test_a_deleted_row_is_named_and_left_as_it_is(cast, sheet):
    enter(cast, sheet, food_firms="3")
    book, page = opened(filled(download(sheet), food_task=5))
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.delete_rows(workbooks.cells(page)["food.firms"].row)
    found = upload(saved(book), sheet, cast.clerk)
    assert changes(found) == {"food.task": ("", "5")}
    assert found.notices == ["Not in the file, and left as it is: 食品企业."]


def test_a_row_without_its_code_is_an_error_at_its_figure(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5))
    row = workbooks.cells(page)["food.task"].row
    page.cell(row, 1).value = None
    found = upload(saved(book), sheet, cast.clerk)
    assert list(problems(found)) == [f"D{row}"]
    assert "lost its hidden code" in found.problems[0].sentence


def test_notes_beside_the_form_are_left_out_and_said(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5))
    page["D40"] = "请李科长核对"
    found = upload(saved(book), sheet, cast.clerk)
    assert (problems(found), changes(found)) == ({}, {"food.task": ("", "5")})
    assert found.notices == ["Not read, because these cells belong to no indicator: D40."]


def test_a_row_that_stands_twice_is_an_error_at_both(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5))
    row = workbooks.cells(page)["food.task"].row
    for column in range(1, 9):
        page.cell(50, column).value = page.cell(row, column).value
    found = upload(saved(book), sheet, cast.clerk)
    assert problems(found) == dict.fromkeys(
        (f"D{row}", "D50"), f"This row stands in the file more than once (D{row}、D50). Delete the copies."
    )


def test_merged_entry_cells_are_named(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5))
    row = workbooks.cells(page)["food.task"].row
    page.merge_cells(f"D{row}:D{row + 1}")
    found = upload(saved(book), sheet, cast.clerk)
    assert changes(found) == {}
    assert problems(found) == {
        f"D{row}": f"Merged cells (D{row}:D{row + 1}) cover cells to enter. Take the merging back and fill each cell."
    }


def test_merging_that_hides_no_entry_cell_does_no_harm(cast, sheet):
    book, page = opened(filled(download(sheet), food_task=5))
    row = workbooks.cells(page)["food.task"].row
    page.merge_cells(f"D{row}:F{row}")
    found = upload(saved(book), sheet, cast.clerk)
    assert (problems(found), changes(found)) == ({}, {"food.task": ("", "5")})


# Bad cells.


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("food_task", "十二", "“十二” is not a number"),
        ("food_task", 5.5, "counted in whole 批次"),
        ("food_task", -3, "cannot be negative"),
        ("food_task", "1,548 吨", "The unit here is 批次, but “吨” was given"),
        ("food_task", "120 %", "The unit here is 批次, but “%” was given"),
        ("food_price", 7.555, "At most 2 decimals"),
        ("food_task", True, "Here stands TRUE or FALSE"),
        ("food_task", datetime.date(2023, 3, 4), "Excel made a date of it (2023-03-04)"),
        ("food_task", datetime.time(3, 4), "Excel made a date of it (03:04:00)"),
        ("food_task", "#DIV/0!", "Excel shows the error #DIV/0!"),
        ("food_task", "#REF!", "Excel shows the error #REF!"),
        ("food_task", "=1200+348", "The formula has no result in the file"),
        ("food_work", "#N/A", "Excel shows the error #N/A"),
        ("food_work", "=1200+348", "The formula has no result in the file"),
    ],
)
def test_a_bad_cell_says_what_to_do_and_costs_the_whole(cast, sheet, code, value, sentence):
    data = filled(download(sheet), **{code: value, "food_done": 7})
    found = upload(data, sheet, cast.clerk)
    assert [problem.address for problem in found.problems] == [at(data, code.replace("_", "."))]
    assert sentence in found.problems[0].sentence
    assert changes(found) == {"food.done": ("", "7")}


def test_a_percentage_is_what_the_person_sees(cast, sheet):
    share = Indicator.objects.get(code="food.output")
    share.unit, share.decimals = Unit.objects.get(name="%"), 1
    share.save()
    book, page = opened(filled(download(sheet), food_output=0.955, food_task=0.05))
    for code in ("food.output", "food.task"):
        workbooks.cells(page)[code].number_format = "0.0%"
    found = upload(saved(book), sheet, cast.clerk)
    assert changes(found) == {"food.output": ("", "95.5")}
    assert "formatted as a percentage" in found.problems[0].sentence


def test_a_cell_that_was_bad_before_and_left_alone_is_no_matter(cast, sheet):
    enter(cast, sheet, food_price="7.55")
    base.change_catalogue(Indicator.objects.filter(code="food.price"), decimals=0)
    assert upload(download(sheet), sheet, cast.clerk).is_empty


def test_remarks_in_the_xml_do_no_harm(cast, sheet):
    data = filled(download(sheet), food_task=5)
    with_remarks = workbooks.with_page(
        data, lambda text: text.replace("<v>", "<!-- a --><v>").replace("<c ", "<!-- b --><c ")
    )
    assert changes(upload(with_remarks, sheet, cast.clerk)) == {"food.task": ("", "5")}


# Files of something else.


def test_a_file_of_another_department_sheet_or_period_is_told_apart(cast, sheet):
    water = base.submission(cast.county, "T-02")
    assert "云泽县水利局" in refusal(cast, sheet, download(water))
    elsewhere = base.submission(cast.other_county)
    assert "石浦县市场监督管理局" in refusal(cast, sheet, download(elsewhere))
    later = base.submission(cast.county, in_period="2023Q2")
    assert refusal(cast, sheet, download(later)) == (
        "This is the file of Quarter 2 of 2023, and here is Quarter 1 of 2023. Choose the file of this period."
    )
    other = base.submission(cast.county, "T-03", "2023")
    with pytest.raises(BadFile, match="file of the sheet T-03 水厂情况表"):
        upload(download(other), water, cast.outsider_clerk)


def test_an_older_version_says_what_came_and_went_and_takes_the_rest(cast, sheet):
    data = filled(download(sheet), food_task=5, food_firms=3, food_output=2)
    workbooks.more_indicators(sheet, 1)
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), valid_to="2022-12-31")
    found = upload(data, sheet, cast.clerk)
    assert changes(found) == {"food.task": ("", "5"), "food.output": ("", "2")}
    assert found.notices == [
        "The sheet has changed since you downloaded it. New, and not in the file: 第0项. Fill it on the page.",
        "The sheet has changed since you downloaded it. No longer asked for, and not read: 食品企业.",
    ]


def test_a_question_that_is_asked_no_more_is_not_in_the_file_and_not_read(cast, sheet):
    data = filled(download(sheet), food_problem="旧的话")
    Question.objects.filter(code="food.problem").update(valid_to="2022-12-31")
    found = upload(data, sheet, cast.clerk)
    assert not changes(found)
    assert found.notices == [
        "The sheet has changed since you downloaded it. No longer asked for, and not read: 主要问题及原因.",
    ]
    assert "food.problem" not in workbooks.cells(workbooks.opened(download(sheet))[1])


def test_another_unit_since_the_download_is_an_error(cast, sheet):
    data = filled(download(sheet), food_output=2)
    base.change_catalogue(Indicator.objects.filter(code="food.output"), unit=Unit.objects.get(name="万吨"))
    sentence = "The unit was 吨 and is 万吨 now. The file is from before: download the sheet again, and type what fits."
    assert problem_of(cast, sheet, data) == sentence


def test_another_unit_is_told_to_a_file_of_before_units_were_written_in_full(cast, sheet):
    book, _page = opened(filled(download(sheet), food_output=2))
    for row in book[layout.HIDDEN].iter_rows(min_col=5, max_col=5):
        row[0].value = None
    base.change_catalogue(Indicator.objects.filter(code="food.output"), unit=Unit.objects.get(name="万吨"))
    assert "The unit was 吨 and is 万吨 now." in problem_of(cast, sheet, saved(book))


def test_a_unit_of_the_same_name_that_is_worth_something_else_is_an_error(cast, sheet):
    output = Indicator.objects.filter(code="food.output")
    base.change_catalogue(output, unit=Unit.objects.get(name="万吨"))
    data = filled(download(sheet), food_output=2)
    base.change_catalogue(Unit.objects.filter(name="万吨"), scale=1000)
    assert "One 万吨 was 10000 吨 and is 1000 吨 now." in problem_of(cast, sheet, data)
    base.change_catalogue(Unit.objects.filter(name="万吨"), scale=10000)
    base.change_catalogue(output, accumulation="cumulative")
    assert "The figure was asked for as" in problem_of(cast, sheet, data)


def test_all_codes_deleted(cast, sheet):
    book, page = opened(download(sheet))
    for row in page.iter_rows(max_col=1):
        row[0].value = None
    assert "The hidden codes beside the rows were deleted" in refusal(cast, sheet, saved(book))


def test_the_column_of_figures_deleted(cast, sheet):
    book, page = opened(download(sheet))
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.delete_cols(4)
    assert "A column of figures" in refusal(cast, sheet, saved(book))


def test_the_form_twice_in_one_file(cast, sheet):
    book, page = opened(download(sheet))
    book.copy_worksheet(page)
    assert "The file holds the form twice (T-01、T-01 Copy)" in refusal(cast, sheet, saved(book))


def test_a_file_that_was_not_downloaded_here(cast, sheet):
    book = Workbook()
    book.active["A1"] = "食品抽检"
    assert "This file was not downloaded here" in refusal(cast, sheet, saved(book))
    book, _page = opened(download(sheet))
    del book["_zhibao"]
    assert "This file was not downloaded here" in refusal(cast, sheet, saved(book))


def test_an_own_form_is_shown_as_it_is_and_nothing_is_stored(client, cast, sheet):
    book = Workbook()
    page = book.active
    page.title = "我的表"
    for row in (["食品抽检情况", None], ["项目", "本季"], ["抽检完成", 7], [None, None], ["合格率", 0.5]):
        page.append(row)
    page["B5"].number_format = "0.0%"
    client.force_login(cast.clerk)
    answer = client.post(
        reverse("sheet-import", args=[sheet.pk]), {"file": SimpleUploadedFile("own.xlsx", saved(book))}
    )
    assert answer.status_code == 422
    (form,) = answer.context["forms"]
    assert form.name == "我的表"
    assert form.rows == [["食品抽检情况", ""], ["项目", "本季"], ["抽检完成", "7"], ["合格率", "50.0%"]]
    assert "<td>抽检完成</td>" in answer.content.decode()
    assert not Figure.objects.exists()


def test_a_worksheet_of_an_own_form_that_cannot_be_read_is_left_out(client, cast, sheet):
    book = Workbook()
    book.active.append(["抽检完成", 7])
    far = book.create_sheet("远")
    far["A1"], far["XFD1048576"] = "近", "远"
    client.force_login(cast.clerk)
    sent = {"file": SimpleUploadedFile("own.xlsx", saved(book))}
    answer = client.post(reverse("sheet-import", args=[sheet.pk]), sent)
    assert answer.status_code == 422
    assert [form.rows for form in answer.context["forms"]] == [[["抽检完成", "7"]]]


def word_document(_data):
    into = BytesIO()
    Document().save(into)
    return into.getvalue()


def far_away(data):
    book, page = opened(data)
    page[f"{LAST_COLUMN}{LAST_ROW}"] = 1
    return saved(book)


def bomb(data):
    return workbooks.packed(workbooks.parts(data) | {"xl/worksheets/sheet9.xml": b"\x00" * 80 * 1024 * 1024})


def with_entities(data):
    kind = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    return workbooks.with_page(data, lambda text: text.replace("<worksheet", f"{kind}<worksheet", 1))


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (lambda data: b"", "The file is empty"),
        (lambda data: "表号,指标,本期\nT-01,抽检任务,5\n".encode("gb18030"), "such as .csv"),
        (lambda data: b"<html><table><tr><td>5</td></tr></table></html>", "This is a web page under the name"),
        (lambda data: b"%PDF-1.7\n\x00\x01\x02", "This is no Excel file"),
        (word_document, "This is a Word document"),
        (lambda data: workbooks.packed({"T-01.xlsx": data}), "This is a packed folder"),
        (lambda data: workbooks.packed({"content.xml": b"<a/>"}), "This kind of spreadsheet cannot be read"),
        (lambda data: workbooks.packed({"xl/workbook.bin": b"x"}), "This kind of spreadsheet cannot be read"),
        (lambda data: workbooks.packed({"readme.txt": b"x"}), "This is no Excel file"),
        (lambda data: workbooks.compound_file("EncryptedPackage"), "protected by a password"),
        (lambda data: workbooks.compound_file("Something"), "damaged or was cut off"),
        (lambda data: data[: len(data) // 2], "damaged or was cut off"),
        (lambda data: data[:-30], "damaged or was cut off"),
        (lambda data: workbooks.with_page(data, lambda text: text[:-40]), "damaged or was cut off"),
        (lambda data: workbooks.packed({"xl/workbook.xml": b"<workbook/>"}), "damaged or was cut off"),
        (with_entities, "damaged or was cut off"),
        (bomb, "far too large for a sheet"),
        (
            lambda data: workbooks.with_page(
                data, lambda text: text.replace("</row>", "<c/>" * 3_000_001 + "</row>", 1)
            ),
            "far too large for a sheet",
        ),
        (
            lambda data: workbooks.packed(workbooks.parts(data) | {f"xl/media/{n}.png": b"" for n in range(1001)}),
            "far too large for a sheet",
        ),
        (lambda data: data + b"\x00" * 10 * 1024 * 1024, "larger than 10 MB"),
        (far_away, "has something far away in cell XFD1048576"),
    ],
)
def test_a_file_that_cannot_be_read_has_an_answer(cast, sheet, broken, sentence):
    assert sentence in refusal(cast, sheet, broken(download(sheet)))


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(cast, sheet):
    """What its headers state is all that is unpacked; the rest makes the checksum wrong."""
    data = lying_bomb(download(sheet))
    assert "damaged or was cut off" in refusal(cast, sheet, data)


def lying_bomb(data):
    name = "xl/worksheets/sheet1.xml"
    return workbooks.lying(workbooks.packed({name: b" " * 70 * 1024 * 1024} | workbooks.parts(data)), name, 1000)


def test_more_worksheets_and_merged_cells_than_any_form_has(cast, sheet):
    ranges = "".join(f'<mergeCell ref="K{n}:L{n}"/>' for n in range(100, 20_200))
    data = workbooks.with_page(
        download(sheet), lambda text: re.sub(r"<mergeCells[^>]*>", lambda found: found[0] + ranges, text)
    )
    assert "damaged or was cut off" in refusal(cast, sheet, data)


def test_an_xls_file_is_read(cast, sheet):
    """Made of a download with LibreOffice: 1600 in 抽检任务, 不适用 in 每批次费用, 抽检完成 (40) emptied."""
    data = (base.DATA / "T-01.xls").read_bytes()
    enter(cast, sheet, food_done="40")
    found = upload(data, sheet, cast.clerk)
    assert changes(found) == {
        "food.task": ("", "1600"),
        "food.price": ("", "n/a"),
        "food.work": ("", "抽检三家市场"),
        "food.done": ("40", ""),
    }
    assert not found.problems
    assert not found.can_be_marked


# Two people.


def test_what_one_did_not_touch_stays_as_a_colleague_made_it(cast, sheet):
    data = filled(download(sheet), food_task=5)
    enter(cast, sheet, food_done="40")
    assert changes(upload(data, sheet, cast.clerk)) == {"food.task": ("", "5")}


def test_a_cell_that_both_changed_is_for_the_person_to_choose(cast, sheet):
    colleague = base.user("clerk", cast.market, "colleague")
    data = filled(download(sheet), food_task=5, food_done=7, food_work="我写的")
    theirs = {"food.done": "40", "food.task": "5"}
    writer.save(sheet, writer.Typed(theirs, narratives={"food.work": "他写的"}), by=colleague)
    found = upload(data, sheet, cast.clerk)
    assert (changes(found), problems(found)) == ({}, {})
    assert [(c.code, c.old, c.new, c.conflict.by) for c in found.conflicts] == [
        ("food.done", "40", "7", colleague),
        ("food.work", "他写的", "我写的", None),
    ]
    assert reader.store(found, sheet, cast.clerk).changed == 0
    assert reader.store(found, sheet, cast.clerk, frozenset({"food.done"})).changed == 1
    assert Figure.objects.get(indicator__code="food.done").value == 7
    assert Narrative.objects.get().text == "他写的"


def test_what_one_uploaded_oneself_is_no_conflict(cast, sheet):
    data = download(sheet)
    reader.store(upload(filled(data, food_task=5), sheet, cast.clerk), sheet, cast.clerk)
    found = upload(filled(data, food_task=6), sheet, cast.clerk)
    assert (changes(found), found.conflicts) == ({"food.task": ("5", "6")}, [])


def test_a_change_between_reading_and_storing_stops_all(cast, sheet):
    found = upload(filled(download(sheet), food_task=5, food_done=7), sheet, cast.clerk)
    enter(cast, sheet, food_done="40")
    with pytest.raises(writer.NotEverythingStored) as error:
        reader.store(found, sheet, cast.clerk)
    assert error.value.saved.conflicts["food.done"].theirs == "40"
    assert not Figure.objects.filter(indicator__code="food.task").exists()


# The marked copy.


def test_the_marked_copy_shows_each_error_at_its_cell_and_all_in_a_list(cast, sheet):
    data = filled(download(sheet), food_task="十二", food_done=7, food_work="=一")
    book, page = opened(data)
    workbooks.cells(page)["food.done"].font = Font(bold=True)
    data = saved(book)
    found = upload(data, sheet, cast.clerk)
    copy = annotated_copy(BytesIO(data), found)
    book, page = opened(copy)
    cell = workbooks.cells(page)["food.task"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("十二", "FFF4B6B2")
    assert "is not a number" in cell.comment.text
    assert workbooks.cells(page)["food.done"].comment is None
    rows = [[c.value for c in row if c.value] for row in book["Check of the file"].iter_rows()]
    assert rows[1][:3] == [cell.coordinate, "抽检任务", "十二"]
    assert ["D9", "抽检", "抽检完成", "This period", "7"] in rows
    assert page.protection.sheet
    assert len(page.data_validations.dataValidation) == 3


def test_a_mended_copy_is_read_and_loses_its_old_marks(cast, sheet):
    data = filled(download(sheet), food_task="十二", food_done="十")
    copy = annotated_copy(BytesIO(data), upload(data, sheet, cast.clerk))
    half = filled(copy, food_task=12)
    found = upload(half, sheet, cast.clerk)
    assert changes(found) == {"food.task": ("", "12")}
    again = workbooks.cells(opened(annotated_copy(BytesIO(half), found))[1])
    assert again["food.task"].comment is None
    assert again["food.done"].comment is not None
    assert changes(upload(filled(copy, food_task=12, food_done=10), sheet, cast.clerk)) == {
        "food.task": ("", "12"),
        "food.done": ("", "10"),
    }


def test_a_file_that_openpyxl_cannot_write_has_no_marked_copy(cast, sheet):
    found = upload(filled(download(sheet), food_task="十二"), sheet, cast.clerk)
    with pytest.raises(BadFile, match="No marked copy"):
        annotated_copy(BytesIO(b"no workbook"), found)
