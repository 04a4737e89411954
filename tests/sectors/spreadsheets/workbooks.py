"""Hands for the tests of Excel files: what a clerk, and what a malicious or broken program, does to one."""

import re
import struct
import zipfile
from io import BytesIO

from openpyxl import load_workbook

from sectors.models import Assignment, CatalogueVersion, Indicator, Question, Sector, Sheet, Submission, Table, Unit
from sectors.spreadsheets import reader, writer
from tests import base


def download(submission):
    """The file of a submission, as bytes."""
    return writer.write(Submission.objects.for_reading().get(pk=submission.pk))


def upload(data, submission, by):
    fresh = Submission.objects.for_reading().get(pk=submission.pk)
    return reader.read(BytesIO(data), len(data), fresh, by)


def opened(data):
    """The workbook and its page."""
    book = load_workbook(BytesIO(data))
    return book, book.worksheets[0]


def saved(book):
    into = BytesIO()
    book.save(into)
    return into.getvalue()


def cells(page):
    """The cell of each code, by the hidden marks."""
    found, columns = {}, {}
    for row in page.iter_rows():
        for cell in row:
            text = cell.value if isinstance(cell.value, str) else ""
            if text.startswith("zhibao:table:"):
                values = {c.value: c.column for c in row if str(c.value).startswith("zhibao:value:")}
                columns[text.split(":")[2]] = values
            elif text.startswith("zhibao:row:"):
                _zhibao, _row, table, codes = text.split(":")
                for n, code in enumerate(codes.split(",")):
                    if code:
                        found[code] = page.cell(cell.row, columns[table][f"zhibao:value:{n}"])
    return found


def filled(data, **values):
    """The file with values typed in; `food_task` stands for `food.task`."""
    book, page = opened(data)
    places = cells(page)
    for name, value in values.items():
        places[name.replace("_", ".")].value = value
    return saved(book)


def at(data, code):
    """`D8`: where a code's cell is."""
    return cells(opened(data)[1])[code].coordinate


def parts(data):
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    into = BytesIO()
    with zipfile.ZipFile(into, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return into.getvalue()


def with_page(data, change):
    """The file with the XML of its first worksheet changed, as no spreadsheet program would write it."""
    found = parts(data)
    name = "xl/worksheets/sheet1.xml"
    found[name] = change(found[name].decode()).encode()
    return packed(found)


def with_result(data, cell, result):
    """A formula that openpyxl wrote gets the result that Excel would have kept with it."""
    pattern = rf'(<c r="{cell}"[^>]*?)( t="\w+")?(><f>[^<]*</f>)<v ?/?>(</v>)?'

    def change(text):
        text, count = re.subn(pattern, rf"\1\3<v>{result}</v>", text)
        assert count == 1
        return text

    return with_page(data, change)


def lying(data, name, stated):
    """The file whose headers state another unpacked size for one of its parts than it has."""
    changed = bytearray(data)
    # Sizes stand 22 bytes into a local header and 24 into an entry of the directory; names 30 and 46 bytes into them.
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        start = -1
        while (start := changed.find(signature, start + 1)) >= 0:
            if changed[start + name_at :].startswith(name.encode()):
                struct.pack_into("<I", changed, start + size_at, stated)
    return bytes(changed)


def compound_file(stream):
    """The smallest OLE file that holds one stream, as Excel keeps what a password protects."""
    end, free, none = 0xFFFFFFFE, 0xFFFFFFFF, b"\x00" * 16
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + none + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    header += struct.pack("<I", free) * 108
    table = struct.pack("<III", 0xFFFFFFFD, end, end) + struct.pack("<I", free) * 125

    def entry(name, kind, child, start, size):
        text = name.encode("utf-16-le")
        head = text.ljust(64, b"\x00") + struct.pack("<HBB", len(text) + 2, kind, 1)
        return head + struct.pack("<III", free, free, child) + b"\x00" * 36 + struct.pack("<IQ", start, size)

    entries = entry("Root Entry", 5, 1, end, 0) + entry(stream, 2, free, 2, 512) + b"\x00" * 256
    return header + table + entries + b"\x00" * 512


def long_sheet(cast, rows):
    """A draft of 市场监管局 with so many indicators `food.more<n>` to enter, and one question."""
    form = Sheet.objects.create(
        sector=Sector.objects.get(code="food"),
        number=f"T-{rows}",
        name="长表",
        frequency="quarter",
        department_code="market",
        position=9,
    )
    Table.objects.create(sheet=form, code="long", name="长表", position=1)
    Question.objects.create(sheet=form, code=f"food.long{rows}", kind="work", text="工作开展情况", position=1)
    Assignment.objects.create(sheet=form, region=cast.county, department=cast.market)
    found = base.submission(cast.county, form.number)
    more_indicators(found, rows, start=rows)
    return found


def more_indicators(submission, count, start=0):
    """Adds entered indicators `food.more<n>` to the first table of the submission's sheet."""
    table = submission.sheet.tables.first()
    unit = Unit.objects.get(name="家")
    Indicator.objects.bulk_create(
        Indicator(
            sheet=submission.sheet,
            table=table,
            code=f"food.more{n}",
            name=f"第{n}项",
            row_name=f"第{n}项",
            row=100 + n,
            unit=unit,
            accumulation="flow",
        )
        for n in range(start, start + count)
    )
    CatalogueVersion.objects.renew()
