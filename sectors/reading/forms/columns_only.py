"""Tables of which each column is one figure: their rows are times, or are added by the department. No database.

Of rows that are added a sheet asks for what they come to; the list itself is attached as a file.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sectors.reading.forms import formulas, heads, words
from sectors.reading.forms.form import Form, FormTable, Line, Remark
from sectors.reading.forms.heads import TIMES, Head, Kind
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed

FEWEST_OPEN = 2  # rows without a name


def read(
    page: Page,
    form: Form,
    head_rows: Sequence[int],
    body: Sequence[int],
    block: Sequence[Head],
    lines: Sequence[Line],
    units: Units,
) -> FormTable | None:
    """The table with the one row that its figures stand in; None for one whose rows are figures of their own."""
    row_heads = [head for head in block if head.kind is Kind.ROW_HEAD]
    values = [head for head in block if head.kind is Kind.VALUE]
    if not row_heads or not values:
        return None
    if kind := _times(lines):
        own = next(line for line in lines if heads.time_of(squeezed(line.name)) == kind)
        form.frequency = kind
        text = _("The rows from “%(first)s” to “%(last)s” become the periods of the sheet, each with one of them.")
        moments = [line for line in lines if heads.time_of(squeezed(line.name)) == kind]
        what = {"first": moments[0].name, "last": moments[-1].name}
        form.remarks.append(Remark((own.place, row_heads[-1].place), text % what))
    elif _is_open(page, body, block, row_heads, lines):
        total = [line for line in lines if words.TOTAL.match(squeezed(line.name))]
        own = total[-1] if total else Line(1, body[0], "")
        values = _with_figures(form, page, head_rows[0], values, own, units)
        _say_what_is_open(form, body[0], row_heads, values)
    else:
        return None
    own.number, own.parent, own.group, own.section = 1, None, "", ""
    columns = [
        Line(number, head.place, head.name, head.unit or units.in_name(squeezed(head.name)), required=head.required)
        for number, head in enumerate(values, start=1)
    ]
    table = FormTable(0, "", range(head_rows[0], head_rows[-1] + 1), [own], columns, has_only_columns=True)
    table.row_heads = row_heads[-1].place
    return table if columns else None


def drop_formulas_over_rows(table: FormTable) -> None:
    """A total over rows that the department adds is entered: there are no rows here to compute it of."""
    (row,) = table.rows
    for place, node in list(table.formulas.items()):
        if any(read_row != row.place for read_row, _column in formulas.cells(node)):
            del table.formulas[place]


def _times(lines: Sequence[Line]) -> str:
    """`month`, `quarter` or `half` where all rows are such times and sums over them; else nothing."""
    names = [squeezed(line.name) for line in lines]
    kinds = {heads.time_of(name) for name in names if heads.time_of(name)}
    is_all = all(heads.time_of(name) or words.OVER_TIMES.match(name) for name in names)
    finest = next((kind for kind in TIMES if kind in kinds), "")
    return finest if is_all and sum(heads.time_of(name) == finest for name in names) > 1 else ""


def _is_open(
    page: Page, body: Sequence[int], block: Sequence[Head], row_heads: Sequence[Head], lines: Sequence[Line]
) -> bool:
    """Rows that are numbered and have no names, or names of projects beside columns of words such as 建设单位."""
    named = {line.place: squeezed(line.name) for line in lines}
    rows = [row for row in body if not words.TOTAL.match(named.get(row, ""))]
    without = [row for row in rows if row not in named or words.MORE.match(named[row])]
    if rows and len(without) == len(rows) and len(without) >= FEWEST_OPEN:
        return True
    has_words = any(words.OF_WORDS.search(squeezed(head.name)) for head in block if not head.unit)
    return bool(rows) and has_words and any(map(_names_open_rows, row_heads))


def _names_open_rows(head: Head) -> bool:
    return bool(words.OPEN_NAMES.match(squeezed(head.name)))


def _with_figures(form: Form, page: Page, row: int, values: Sequence[Head], own: Line, units: Units) -> list[Head]:
    """Columns that come to something: with a unit or a total. A rate is none of them where no total row computes it."""
    found = []
    for head in values:
        has_total = page.is_number((own.place, head.place)) and bool(own.name)
        unit = head.unit or units.in_name(squeezed(head.name))
        if has_total or (unit and unit != "%"):
            found.append(head)
        else:
            text = _("“%(name)s” is left out: it says something of each row, which adds up to nothing.")
            form.remarks.append(Remark((row, head.place), text % {"name": head.name}))
    return found


def _say_what_is_open(form: Form, row: int, row_heads: Sequence[Head], values: Sequence[Head]) -> None:
    text = _(
        "The department adds rows here, one for each “%(name)s”: no rows are made of them. The sheet asks for what "
        "they come to (%(columns)s); the list itself can be attached to it as a file."
    )
    named = next(filter(_names_open_rows, row_heads), row_heads[-1])
    what = {"name": named.name, "columns": _(", ").join(head.name for head in values) or "–"}
    form.remarks.append(Remark((row, named.place), text % what))
