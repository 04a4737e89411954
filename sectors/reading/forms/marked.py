"""A sheet that was downloaded here and comes back as a form: its codes stand in hidden marks. No database is asked."""

from __future__ import annotations

from sectors.reading.forms.form import Form, FormTable, Use
from sectors.reading.forms.page import Page
from sectors.spreadsheets.mark_prefix import PREFIX

ROW, TABLE, VALUE = f"{PREFIX}row:", f"{PREFIX}table:", f"{PREFIX}value:"


def table_at(page: Page, row: int) -> str:
    """The table of which the heads stand in a row, as the hidden marks above them call it; empty without any."""
    mark = str(page.worksheet.value((row - 1, 0))) if row and row - 1 in page.structure.hidden_rows else ""
    return mark[len(TABLE) :].rstrip("*") if mark.startswith(TABLE) else ""


def open_table_at(page: Page, row: int) -> str:
    """The same of a block of open rows alone: it is called `projects/`."""
    code = table_at(page, row)
    return code if code.endswith("/") else ""


def is_row_of(page: Page, row: int, table: str) -> bool:
    return str(page.worksheet.value((row, 0))).startswith(f"{ROW}{table}:")


def take_codes(page: Page, form: Form) -> None:
    """Gives rows and columns the codes of the sheet that was downloaded."""
    for table in form.tables:
        if table.open_columns:
            _take_open(page, table)
        else:
            _take(page, table)
    _join_open_rows(form)


def _take_open(page: Page, table: FormTable) -> None:
    table.code = table_at(page, table.heads[0])
    rows = [str(page.worksheet.value((row, 0))) for row in table.open_places]
    codes = next((row.removeprefix(f"{ROW}{table.code}:").split(",") for row in rows if row.startswith(ROW)), [])
    for column, code in zip(table.open_columns, codes, strict=False):
        column.code = code.rpartition("/")[2]


def _join_open_rows(form: Form) -> None:
    """The rows that stand in a block of their own below the figures of their table."""
    by_code = {table.code: table for table in form.tables if table.code}
    joined = []
    for table in form.tables:
        whole = by_code.get(table.code.removesuffix("/"))
        if not table.open_columns or whole is None or whole is table:
            continue
        whole.open_columns, whole.open_places = table.open_columns, table.open_places
        names = {column.name: column.number for column in table.open_columns}
        for line in whole.rows:
            line.of_column = names.get(line.of_name, 0)
            if line.of_rows:
                line.use = Use.COMPUTED
        joined.append(table.number)
    form.tables = [table for table in form.tables if table.number not in joined]
    for number, table in enumerate(form.tables, start=1):
        table.number = number


def _take(page: Page, table: FormTable) -> None:
    for row in table.rows:
        mark = str(page.worksheet.value((row.place, 0)))
        if not mark.startswith(ROW):
            continue
        table.code, _colon, codes = mark[len(ROW) :].partition(":")
        known = codes.split(",")
        row.code = next((code for code in known if code), "")
        for column, code in zip(table.columns, known, strict=False):
            if len(table.columns) > 1 and code:
                column.code = code.rpartition(".")[2]
        if len(table.columns) > 1:
            row.code = row.code.rpartition(".")[0]
