"""Lists as people have them: merged cells, several worksheets, and what Excel makes of numbers and names."""

import datetime
import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from inspections.models import Complaint, SamplingBatch
from inspections.registers import REGISTERS
from inspections.spreadsheets import columns, write_template
from inspections.spreadsheets.reader import read as list_of
from sectors.models import Sector
from tests import base
from tests.inspections.recorded import batch, one_of_each
from tests.inspections.test_lists import HEADS, IMPORT, confirm, look, row
from tests.sectors.spreadsheets import workbooks

pytestmark = pytest.mark.django_db

AT = {name: "ABCDEFGHI"[n] for n, name in enumerate(HEADS)}
DAY = datetime.date(2023, 10, 9)


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def heads():
    names = {field.name: str(field.verbose_name) for field in SamplingBatch._meta.fields}
    return [names[name] for name in HEADS]


def book(*rows):
    made = Workbook()
    for texts in (heads(), *rows):
        made.active.append(texts)
    return made


def sent(made):
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    out.name = "list.xlsx"
    return out


def preview(client, made):
    return look(client, sent(made)).context["preview"]


def faults(found):
    return {address: why for address, _column, _text, why in found.faults}


def numbered(count, **fields):
    return [row(place=f"市场{n}", report_number=f"MG-{n}", **fields) for n in range(count)]


@pytest.mark.parametrize(
    ("name", "good", "addresses"),
    [
        ("merged", 0, ["N2", "N3", "N4"]),
        ("comma", 0, ["D2", "D3", "D4"]),
        ("autodate", 0, ["O2", "O3"]),
        ("longnum", 0, ["O2", "O3"]),
        ("year23", 0, ["A2", "A3"]),
        ("9999", 0, ["A2"]),
    ],
)
def test_lists_that_were_once_misread(clerk, name, good, addresses):
    Sector.objects.filter(code="food").update(name="农产品")
    with (base.DATA / "lists" / f"{name}.xlsx").open("rb") as file:
        found = look(clerk, file).context["preview"]
    assert (found.good, list(faults(found))) == (good, addresses)


def test_a_list_on_two_worksheets_is_refused(clerk):
    with (base.DATA / "lists" / "twosheets.xlsx").open("rb") as file:
        assert "10月、11月" in look(clerk, file).content.decode()


# Merged cells.


def test_a_merged_cell_gives_its_value_to_each_of_its_rows(clerk):
    made = book(*numbered(3))
    page = made.active
    for name, value in (("taken_on", DAY), ("product", "油麦菜"), ("category", "produce.vegetable")):
        page[f"{AT[name]}2"] = value
        page.merge_cells(f"{AT[name]}2:{AT[name]}4")
    looked = look(clerk, sent(made))
    assert looked.context["preview"].good == 3
    confirm(clerk, looked)
    assert set(SamplingBatch.objects.values_list("taken_on", "product", "category")) == {
        (DAY, "油麦菜", "produce.vegetable")
    }


def test_a_row_that_has_nothing_but_a_merged_cell_is_no_row(clerk):
    made = book(*numbered(2))
    made.active["C2"] = DAY
    made.active.merge_cells("C2:C5")
    found = preview(clerk, made)
    assert (found.good, found.bad_rows) == (2, 0)


@pytest.mark.parametrize("name", ["samples", "failed"])
def test_a_count_over_several_rows_is_named_at_each_of_them(clerk, name):
    made = book(*numbered(3))
    made.active.merge_cells(f"{AT[name]}3:{AT[name]}4")
    found = preview(clerk, made)
    assert (found.good, list(faults(found))) == (1, [f"{AT[name]}3", f"{AT[name]}4"])
    assert f"{AT[name]}3:{AT[name]}4" in found.faults[0][3]


def test_a_cell_merged_over_several_columns_is_named(clerk):
    made = book(*numbered(2))
    made.active.merge_cells("E2:F2")
    found = preview(clerk, made)
    assert (found.good, list(faults(found))) == (1, ["E2", "F2"])
    assert "E2:F2" in found.faults[0][3]


def test_the_faulty_rows_come_back_with_what_they_showed(clerk):
    made = book(*numbered(3))
    page = made.active
    page["C2"] = DAY
    page.merge_cells("C2:C4")
    page["H4"], page["I4"] = "x", 123
    page["I4"].number_format = "00000"
    looked = look(clerk, sent(made))
    data = b"".join(clerk.get(f"{IMPORT}failed/", {"ticket": looked.context["ticket"]}).streaming_content)
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True))
    assert [(row[2].date(), row[8]) for row in rows] == [(DAY, "00123")]


def test_an_error_in_a_merged_cell_is_named_in_each_of_its_rows(clerk):
    made = book(*numbered(2))
    made.active["E2"] = "#N/A"
    made.active.merge_cells("E2:E3")
    assert list(faults(preview(clerk, made))) == ["E2", "E3"]


def test_far_too_many_merged_cells_are_refused_at_once(clerk):
    made = book(*numbered(1))
    page = made.active
    page["A9000"] = "x"
    data = workbooks.with_page(
        sent(made).getvalue(),
        lambda text: text.replace(
            "</sheetData>", "</sheetData><mergeCells>" + '<mergeCell ref="A2:I9000"/>' * 100 + "</mergeCells>"
        ),
    )
    file = io.BytesIO(data)
    file.name = "list.xlsx"
    assert clerk.post(IMPORT, {"file": file}).status_code == 422


# Several worksheets.


def test_several_lists_in_one_file_are_refused_by_their_names(clerk):
    made = book(*numbered(1))
    made.active.title = "10月"
    other = made.create_sheet("11月")
    for texts in (heads(), *numbered(2)):
        other.append(texts)
    answer = look(clerk, sent(made))
    assert answer.status_code == 422
    assert "10月、11月" in answer.content.decode()


def test_the_list_is_found_behind_hidden_and_other_worksheets(clerk):
    made = book(*numbered(2))
    cover = made.create_sheet("封面", 0)
    cover["A1"] = "抽检台账"
    hidden = made.create_sheet("旧", 0)
    for texts in (heads(), *numbered(5)):
        hidden.append(texts)
    hidden.sheet_state = "hidden"
    answer = look(clerk, sent(made))
    found = answer.context["preview"]
    assert (found.good, found.unread) == (2, ["封面", "旧"]) or (found.good, found.unread) == (2, ["旧", "封面"])
    assert "封面" in answer.content.decode()


def test_the_words_of_the_empty_list_and_blank_worksheets_are_no_matter(clerk, cast):
    made = load_workbook(write_template(REGISTERS["batches"], cast.market))
    page = made.worksheets[0]
    places = {cell.value: cell.column for cell in page[1]}
    for head, value in zip(heads(), row(), strict=True):
        page.cell(2, places[head]).value = value
    made.create_sheet("Sheet3")
    found = preview(clerk, made)
    assert (found.good, found.unread) == (1, [])


def test_a_head_that_stands_twice_is_refused_by_its_name(clerk):
    made = book([*row(), "另一个"])
    made.active["J1"] = heads()[HEADS.index("place")]
    answer = look(clerk, sent(made))
    assert answer.status_code == 422
    assert f"重复：{heads()[HEADS.index('place')]}" in answer.content.decode()


# What Excel makes of what is typed.


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        (datetime.date(2023, 3, 1), 'm"月"d"日"', "当成了日期"),
        (datetime.datetime(2023, 3, 1, 8, 30), "yyyy-mm-dd h:mm", "当成了日期"),  # noqa: DTZ001
        (datetime.time(1, 40), "h:mm:ss", "当成了日期"),
        (654027199001011000, "General", "15"),
        (6.54027199001011e17, "0", "15"),
        (1e15, "General", "15"),
        (True, "General", "TRUE"),
        ("#N/A", "General", "#N/A"),
        (0.956, "0%", "96%"),
        (12345, "0.00E+00", "12345"),
    ],
)
def test_a_report_number_that_excel_made_something_else_of_is_refused(clerk, value, code, said):
    made = book(*numbered(2))
    cell = made.active["I2"]
    cell.value, cell.number_format = value, code
    found = preview(clerk, made)
    assert (found.good, list(faults(found))) == (1, ["I2"])
    assert said in found.faults[0][3]


@pytest.mark.parametrize(
    ("value", "code", "stored"),
    [
        (123, "00000", "00123"),
        (7, '"MG-"000', "MG-007"),
        (20231009, "General", "20231009"),
        (12.0, "0", "12"),
        ("0012", "@", "0012"),
        ("654027199001011234", "@", "654027199001011234"),
        ("\u200bMG-1\ufeff", "General", "MG-1"),
    ],
)
def test_a_report_number_is_stored_as_excel_shows_it(clerk, value, code, stored):
    made = book(row())
    cell = made.active["I2"]
    cell.value, cell.number_format = value, code
    confirm(clerk, look(clerk, sent(made)))
    assert SamplingBatch.objects.get().report_number == stored


@pytest.mark.parametrize(
    "value", ["1,5", "12，34", "1e3", "1.2E+05", "3 5", "12\n34", "0,05", "2.5", "二", "5%", "-3", 2.5, True, "#N/A"]
)
def test_a_count_is_read_as_a_sheet_reads_it(clerk, value):
    made = book(*numbered(2))
    made.active[f"{AT['samples']}2"] = value
    found = preview(clerk, made)
    assert (found.good, list(faults(found))) == (1, [f"{AT['samples']}2"])


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1,200", 1200),
        ("1 200", 1200),
        ("１２", 12),
        ("12.00", 12),
        (12.0, 12),
        (11.999999999999998, 12),
        ("\u200b7", 7),
    ],
)
def test_a_count_as_people_and_excel_write_it(clerk, value, read):
    made = book(row(samples=value))
    confirm(clerk, look(clerk, sent(made)))
    assert SamplingBatch.objects.get().samples == read


@pytest.mark.parametrize(
    ("value", "code"), [(0.05, "0%"), (128500, '0!.0,"万"'), (0, "#,##0;-#,##0;-"), (12, '0"批"'), (1548, "0 0 0 0")]
)
def test_a_count_that_is_shown_as_something_else_is_refused(clerk, value, code):
    made = book(*numbered(2))
    cell = made.active[f"{AT['samples']}2"]
    cell.value, cell.number_format = value, code
    assert list(faults(preview(clerk, made))) == [f"{AT['samples']}2"]


def test_what_is_struck_out_in_a_list_is_refused(clerk):
    made = book(*numbered(2))
    made.active["E3"].font = Font(strike=True)
    assert list(faults(preview(clerk, made))) == ["E3"]


@pytest.mark.parametrize(
    "value", ["23-10-9", "3-4-5", "9999-12-31", "1999-12-31", "2023-13-01", 45208, datetime.date(9999, 12, 31)]
)
def test_a_day_that_nothing_happened_on_is_asked_back(clerk, value):
    made = book(*numbered(2))
    made.active["C2"] = value
    found = preview(clerk, made)
    assert (found.good, list(faults(found))) == (1, ["C2"])


@pytest.mark.parametrize("value", ["2023-10-09", "2023/10/9", "2023.10.9", "2023年10月9日", "20231009", 20231009, DAY])
def test_a_day_is_read_as_people_write_it(clerk, value):
    confirm(clerk, look(clerk, sent(book(row(taken_on=value)))))
    assert SamplingBatch.objects.get().taken_on == DAY


@pytest.mark.parametrize(
    ("code", "shown"), [('m"月"d"日"', False), ("yyyy-mm", False), ('yyyy"年"m"月"d"日"', True), ("yy/m/d h:mm", True)]
)
def test_a_day_that_is_shown_in_part_is_asked_back(clerk, code, shown):
    made = book(row(taken_on=DAY))
    made.active["C2"].number_format = code
    found = preview(clerk, made)
    assert (found.good, list(faults(found))) == ((1, []) if shown else (0, ["C2"]))


@pytest.mark.parametrize(
    ("code", "read", "said"),
    [
        ("#,##0.00", ["1234.57"], ["A2 1234.5678 → 1,234.57"]),
        ("0.0", [], []),
        ("0.00,", [], []),
    ],
)
def test_an_amount_that_is_shown_to_the_cent_is_stored_as_shown_and_said(cast, code, read, said):
    register = REGISTERS["cases"]
    texts = {"penalty": 1234.5678, "filed_on": DAY, "party": "甲", "sector": "食品", "category": "produce"}
    made = Workbook()
    made.active.append([columns.head(register, name) for name in texts])
    made.active.append([*texts.values()])
    made.active["A2"].number_format = code
    file = sent(made)
    found = list_of(register, file, len(file.getvalue()), cast.market)
    assert [str(record.penalty) for record in found.records] == read
    assert found.rounded == said
    assert [fault.address for fault in found.faults] == ([] if read else ["A2"])


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u200b", "\ufeff ", "\n"])
def test_a_row_of_blanks_is_no_row(clerk, blank):
    found = preview(clerk, book(row(), [blank] * 9, [None, blank]))
    assert (found.good, found.bad_rows) == (1, 0)


def test_words_are_expected_and_no_codes(clerk):
    found = preview(clerk, book(row(programme="抽查")))
    assert "监督抽查" in found.faults[0][3]
    assert "supervision" not in found.faults[0][3]


def test_the_empty_list_keeps_what_is_typed_in_columns_of_text(cast):
    page = load_workbook(write_template(REGISTERS["batches"], cast.market)).worksheets[0]
    formats = {cell.value: page.column_dimensions[cell.column_letter] for cell in page[1]}
    styles = {head: column.number_format for head, column in formats.items()}
    assert {styles[head] for head in ("报告编号", "样品名称", "抽样地点")} == {"@"}
    assert styles["样品数"] == "General"


# What is stored already.

EXTREME = [datetime.date(1, 1, 1), datetime.date(1899, 12, 31), datetime.date(9999, 12, 31)]


@pytest.mark.parametrize("day", EXTREME)
def test_no_clock_list_or_export_stumbles_over_a_stored_day(client, cast, day):
    made = batch(cast, report_number="A-1", failed=0)
    days = ({"received_on": None}, {"received_on": day}, {"received_on": day, "tested_on": day, "reported_on": day})
    for fields in days:
        SamplingBatch.objects.filter(pk=made.pk).update(taken_on=day, **fields)
        for person in (cast.clerk, cast.office):
            client.force_login(person)
            for address in ("/", "/sampling/", f"/sampling/{made.pk}/"):
                assert client.get(address).status_code in (200, 302), address
        answer = client.get("/sampling/export/")
        assert load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.max_row == 2


@pytest.mark.parametrize("day", EXTREME)
def test_no_complaint_stumbles_over_its_day(client, cast, day):
    one_of_each(cast)
    Complaint.objects.update(accepted_on=day)
    client.force_login(cast.clerk)
    path = f"/{REGISTERS['complaints'].path}"
    for address in ("/", path, f"{path}{Complaint.objects.get().pk}/"):
        assert client.get(address).status_code in (200, 302), address


def test_the_sector_of_a_list_is_given_by_its_name(clerk):
    assert preview(clerk, book(row(sector=Sector.objects.get(code="food").name))).good == 1
