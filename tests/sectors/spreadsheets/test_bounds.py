"""Excel files that are small and become large: refused before they are unpacked, or before a row of them is made."""

import pickle
import re
import struct
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from sectors.spreadsheets import container, old_excel
from sectors.spreadsheets.container import BadFile, Limits, Parts, open_file, unpacked_size
from tests import base
from tests.sectors.spreadsheets import workbooks

pytestmark = pytest.mark.usefixtures("english")

PAGE, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FAR_TOO_LARGE, DAMAGED, FAR_AWAY = "Unpacked, the file is far too large", "The file is damaged", "something far away"


def book(text="字", cells=4):
    """A workbook whose cells all share one text."""
    out = BytesIO()
    made = xlsxwriter.Workbook(out)
    page = made.add_worksheet()
    for row in range(cells):
        page.write(row, 0, text)
    made.close()
    return out.getvalue()


def first_page(data, limits=container.SHEET):
    opened = open_file(BytesIO(data), len(data), limits)
    return opened.worksheet(opened.names[0])


def refusal(data, limits=container.SHEET):
    with pytest.raises(BadFile) as error:
        first_page(data, limits)
    return str(error.value)


def test_an_ordinary_file_is_within_all_bounds():
    assert first_page(book()).rows == [["字"]] * 4


def test_one_cell_far_below_a_long_list_is_refused():
    """However many cells a list may have: nobody waits for two million that are empty."""
    limits = Limits(cells=6_000_000)
    for far, is_read in ((60_000, False), (3_000, True)):
        out = BytesIO()
        made = xlsxwriter.Workbook(out)
        page = made.add_worksheet()
        page.write_row(0, 0, range(20))
        page.write(far, 19, "甲")
        made.close()
        if is_read:
            assert first_page(out.getvalue(), limits).rows[far][19] == "甲"
        else:
            assert f"T{far + 1}" in refusal(out.getvalue(), limits)
    full = book("字", 20_000)
    assert len(first_page(full, limits).rows) == 20_000


def test_a_text_that_many_cells_share_counts_for_each():
    few, limits = book("x" * 1000, 10), Limits(unpacked=20_000)
    assert len(first_page(few, limits).rows) == 10
    assert FAR_TOO_LARGE in refusal(book("x" * 1000, 21), limits)


def test_the_stated_number_of_texts_reaches_no_reader():
    """Room for as many texts as are stated would be made at once, and a process without so much memory is ended."""
    for stated in (b'uniqueCount="4000000000"', b"uniqueCount = '4000000000'"):
        parts = workbooks.parts(book())
        parts[SHARED] = re.sub(rb'uniqueCount="\d+"', stated, parts[SHARED])
        assert stated in parts[SHARED]
        unpacked = container._unpacked(workbooks.packed(parts), container.SHEET)
        assert b"uniqueCount" not in Parts(unpacked, container.SHEET).parts[SHARED]


@pytest.mark.parametrize("cell", ["<c/>", '<c s="1"/>', "<c><v>1</v></c>"])
def test_cells_are_counted_whether_they_hold_anything_or_not(cell):
    rows = f"<row>{cell * 100}</row>" * 11

    def fill(page):
        return re.sub("<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>", page)

    data = workbooks.with_page(book(), fill)
    assert FAR_TOO_LARGE in refusal(data, Limits(cells=1000)) or FAR_AWAY in refusal(data, Limits(cells=1000))
    first_page(data, Limits(cells=1100))


def test_tags_are_counted_over_all_parts():
    parts = workbooks.parts(book())
    parts |= {f"xl/worksheets/sheet{n}.xml": b"<a>" + b"<b/>" * 100 + b"</a>" for n in range(2, 12)}
    data = workbooks.packed(parts)
    assert FAR_TOO_LARGE in refusal(data, Limits(tags=1000))


@pytest.mark.parametrize("look", [lambda data: unpacked_size(BytesIO(data), len(data)), refusal])
def test_a_long_list_of_parts_is_refused_before_it_is_read(monkeypatch, look):
    data = workbooks.packed(workbooks.parts(book()) | {f"x{n:0200}": b"" for n in range(1200)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    try:
        said = look(data)
    except BadFile as error:
        said = str(error)
    assert FAR_TOO_LARGE in said


def test_the_end_of_a_zip_says_nothing_twice():
    """Two readers could take two ends of it for the right one."""
    data = book()
    at = data.rindex(container.END)
    locator = struct.pack("<4sIQI", container.END_64, 0, 0, 1)
    assert DAMAGED in refusal(data[:at] + locator + data[at:])
    assert DAMAGED in refusal(data[: at + 10])
    assert DAMAGED in refusal(data[:-2] + container.END)


def old_file(**changed):
    """An .xls, with the place of the last of its texts changed."""
    data = bytearray((base.DATA / "T-01.xls").read_bytes())
    at = data.rindex(b"\xfd\x00\x0a\x00")  # a cell with a shared text: row, column, format, text
    struct.pack_into("<HH", data, at + 4, changed["row"], changed["column"])
    return bytes(data)


def test_an_old_file_is_read_in_a_process_of_its_own():
    data = (base.DATA / "T-01.xls").read_bytes()
    page = first_page(data)
    assert any("zhibao" in str(cell) for row in page.rows for cell in row)
    assert page.details.formats


def test_an_old_file_with_a_cell_far_away_is_refused():
    said = refusal(old_file(row=9_999, column=255))
    assert FAR_AWAY in said
    assert "IU9999" in said  # the rectangle begins with the first cell
    assert DAMAGED in refusal(old_file(row=65_535, column=255))  # for which there is not even the memory


def test_who_reads_an_old_file_may_die_or_take_for_ever(monkeypatch):
    data = (base.DATA / "T-01.xls").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(old_excel, "SECONDS", 0.001)
        assert DAMAGED in refusal(data)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert DAMAGED in refusal(data)


def test_who_reads_an_old_file_has_little_memory():
    """The bound is one of the process, which may need more for what a file says."""
    script = (
        "import resource, sys; from sectors.spreadsheets import old_excel as o; o._read = lambda *a: bytearray(2**31)\n"
        "o._main(1, 1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"", capture_output=True, cwd=old_excel.BASE_DIR, env={}
    )
    assert isinstance(pickle.loads(done.stdout), old_excel.Unreadable)
