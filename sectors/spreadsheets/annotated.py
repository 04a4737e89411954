"""The uploaded file handed back with what is wrong in it: coloured cells with a note, and everything in one list."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from sectors.spreadsheets.container import BadFile
from sectors.spreadsheets.preview import Preview, ProposedChange

logger = logging.getLogger(__name__)

AUTHOR = "质报"
BAD, TO_ENTER = PatternFill("solid", "FFF4B6B2"), PatternFill("solid", "FFFFFBE6")
SHORT, WRAPPED = 12, Alignment(wrap_text=True, vertical="top")


def annotated_copy(file: IO[bytes], preview: Preview) -> bytes:
    """The .xlsx file as it was sent, with `preview.problems` marked. Raises BadFile where it cannot be written."""
    try:
        book = load_workbook(file, rich_text=True)
        page = book[preview.worksheet]
        _unmark(page)
        for problem in preview.problems:
            cell = page.cell(problem.place[0] + 1, problem.place[1] + 1)
            cell.fill = BAD
            cell.comment = Comment(problem.sentence, AUTHOR, height=90, width=260)
        _list(book, preview)
        into = BytesIO()
        book.save(into)
    except Exception as error:  # openpyxl raises whatever a strange file makes of it
        logger.warning("No marked copy of an uploaded file", exc_info=True)
        raise BadFile(_("No marked copy can be made of this file. Mend the cells by the list on the page.")) from error
    return into.getvalue()


def _unmark(page: Any) -> None:
    """Take back the marks of the time before, in a copy that was mended and sent again."""
    for row in page.iter_rows():
        for cell in row:
            if cell.comment and cell.comment.author == AUTHOR:
                cell.comment, cell.fill = None, TO_ENTER


def _list(book: Any, preview: Preview) -> None:
    name = _("Check of the file")
    if name in book.sheetnames:
        del book[name]
    page = book.create_sheet(name)
    for column, width in zip("ABCDEF", (9, 26, 34, 14, 22, 60), strict=True):
        page.column_dimensions[column].width = width
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if preview.problems:
        heads = [_("Cell"), _("Indicator"), _("In the file"), "", "", _("What to do")]
        _rows(page, preview, heads, [(p.address, p.name, p.text, "", "", p.sentence) for p in preview.problems])
    heads = [_("Cell"), _("Table"), _("Row"), _("Column"), _("In the system"), _("In the file")]
    both = ((_("Changed in the system since your download"), preview.conflicts), (_("Changes"), preview.changes))
    for title, changes in both:
        if changes:
            _rows(page, preview, [title], [])
            _rows(page, preview, heads, [_change(change) for change in changes])


def _change(change: ProposedChange) -> tuple[str, ...]:
    return change.address, change.table, change.row, change.column, change.old, change.new


def _rows(page: Any, preview: Preview, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    start = page.max_row + 1 if page["A1"].value is not None else 1
    for column, text in enumerate(heads, 1):
        page.cell(start, column, text).font = Font(bold=True)
    for number, texts in enumerate(rows, start + 1):
        for column, text in enumerate(texts, 1):
            cell = page.cell(number, column, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"  # never a formula, whatever it begins with
            if len(text) > SHORT:
                cell.alignment = WRAPPED
        sheet = preview.worksheet.replace("'", "''")
        page.cell(number, 1).hyperlink = Hyperlink(ref=f"A{number}", location=f"'{sheet}'!{texts[0]}")
