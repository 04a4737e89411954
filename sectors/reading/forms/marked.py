"""A sheet that was downloaded here and comes back as a form: its codes stand in hidden marks. No database is asked."""

from __future__ import annotations

from sectors.reading.forms.form import Form, FormTable
from sectors.reading.forms.page import Page
from sectors.spreadsheets.layout import PREFIX

ROW, TABLE, VALUE = f"{PREFIX}row:", f"{PREFIX}table:", f"{PREFIX}value:"


def take_codes(page: Page, form: Form) -> None:
    """Gives rows and columns the codes of the sheet that was downloaded."""
    for table in form.tables:
        _take(page, table)


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
