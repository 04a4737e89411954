"""Tables of which each column is one figure, since their rows are times: they become periods. No database."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sectors.reading.forms import heads, words
from sectors.reading.forms.form import Form, FormTable, Line, Remark
from sectors.reading.forms.heads import TIMES, Head, Kind
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed


def read(
    form: Form, head_rows: Sequence[int], block: Sequence[Head], lines: Sequence[Line], units: Units
) -> FormTable | None:
    """The table with the one row that its figures stand in; None for one whose rows are figures of their own."""
    row_heads = [head for head in block if head.kind is Kind.ROW_HEAD]
    values = [head for head in block if head.kind is Kind.VALUE]
    kind = _times(lines)
    if not row_heads or not values or not kind:
        return None
    moments = [line for line in lines if heads.time_of(squeezed(line.name)) == kind]
    own = moments[0]
    form.frequency = kind
    text = _("The rows from “%(first)s” to “%(last)s” become the periods of the sheet, each with one of them.")
    what = {"first": own.name, "last": moments[-1].name}
    form.remarks.append(Remark((own.place, row_heads[-1].place), text % what))
    own.number, own.parent, own.group, own.section = 1, None, "", ""
    columns = [
        Line(number, head.place, head.name, head.unit or units.in_name(squeezed(head.name)), required=head.required)
        for number, head in enumerate(values, start=1)
    ]
    table = FormTable(0, "", range(head_rows[0], head_rows[-1] + 1), [own], columns, has_only_columns=True)
    table.row_heads = row_heads[-1].place
    return table


def _times(lines: Sequence[Line]) -> str:
    """`month`, `quarter` or `half` where all rows are such times and sums over them; else nothing."""
    names = [squeezed(line.name) for line in lines]
    kinds = {heads.time_of(name) for name in names if heads.time_of(name)}
    is_all = all(heads.time_of(name) or words.OVER_TIMES.match(name) for name in names)
    finest = next((kind for kind in TIMES if kind in kinds), "")
    return finest if is_all and sum(heads.time_of(name) == finest for name in names) > 1 else ""
