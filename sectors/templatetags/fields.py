"""Cells to be filled, written in Python: a large sheet has thousands, and a template weighs each of its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sectors.catalogue.asked import asked
from sectors.entry.grid import Grid, GridCell, GridRow
from sectors.entry.sparkline import drawn
from sectors.models import Submission
from sectors.vocabulary import ValueKind

register = template.Library()


@register.simple_tag
def cells(row: GridRow, in_columns: bool, grid: Grid, submission: Submission, marks: Mapping[str, int]) -> SafeString:
    """The `<td>` of each cell; in a list also those of what it is compared with."""
    return mark_safe("".join(_row(row, in_columns, grid, submission, marks)))


def _row(row: GridRow, in_columns: bool, grid: Grid, submission: Submission, marks: Mapping[str, int]) -> Iterator[str]:
    for cell in row.cells:
        if cell is None:
            yield "<td></td>"
        elif cell.indicator.is_computed:
            yield _computed(cell, in_columns)
        else:
            beside = _beside(cell, submission) if in_columns else ""
            field = f"{_field(cell, in_columns)}{drawn(cell.course)}"
            yield f"{_opening(cell)}{field}{beside}{_mark(cell, marks)}</td>"
        if cell and not in_columns:
            yield from _comparisons(cell, to_date=grid.has_to_date)


def _opening(cell: GridCell) -> str:
    returned = " returned" if cell.is_returned else ""
    state = "made" if cell.rows else "locked" if cell.is_locked else ""
    return f'<td class="entry{returned}"' + (f' data-state="{state}">' if state else ">")


def _field(cell: GridCell, in_columns: bool) -> str:
    """The `<input>` of an entered cell; among columns it is named by its indicator, in a list by its row's label."""
    code = cell.indicator.code
    mode = ' class="words" data-words' if cell.indicator.is_words else ' inputmode="decimal"'
    start = f'<input type="text"{mode} id="{cell.field_id}" data-code="{code}" value="{escape(cell.text)}"'
    start += "".join(_more(cell, in_columns)) + (" readonly>" if cell.is_locked or cell.rows else ">")
    return start + _options(cell)


def _options(cell: GridCell) -> str:
    """What may be chosen. It is typed like everything else, so that nothing typed or pasted is lost that is none."""
    if cell.indicator.value_kind != ValueKind.CHOICE:
        return ""
    options = "".join(f'<option value="{escape(words)}">' for _code, words in cell.indicator.options)
    return f'<datalist id="{cell.field_id}-options">{options}</datalist>'


def _more(cell: GridCell, in_columns: bool) -> Iterator[str]:
    indicator = cell.indicator
    yield f' data-asked="{escape(asked(indicator))}"'
    if cell.seen != cell.text:
        yield f' data-seen="{escape(cell.seen)}"'
    if cell.previous and cell.copies:
        yield f' data-previous="{escape(cell.previous)}"'
    if indicator.value_kind == ValueKind.CHOICE:
        yield f' list="{cell.field_id}-options" autocomplete="off"'
    elif indicator.value_kind == ValueKind.DATE:
        day = _("such as %(day)s") % {"day": f"{timezone.localdate().year}-01-31"}
        yield f' placeholder="{escape(day)}"'
    if indicator.required:
        yield ' aria-required="true"'
    if in_columns:
        yield f' aria-label="{escape(indicator.name)}"'
    elif indicator.help:
        yield f' aria-describedby="{cell.field_id}-help"'


def _beside(cell: GridCell, submission: Submission) -> str:
    """Under a field among columns: what it is compared with, and where its figure comes from."""
    compared = f'<span class="before">{escape(cell.compared)}</span>' if cell.compared else ""
    if not cell.counted:
        return compared
    address = reverse("counted", args=[submission.pk, cell.indicator.code])
    return f'{compared}<a class="counted" tabindex="-1" href="{address}">{escape(cell.counted_text)}</a>'


def _mark(cell: GridCell, marks: Mapping[str, int]) -> str:
    count = marks.get(cell.indicator.code)
    return render_to_string("sectors/_mark.html", {"code": cell.indicator.code, "count": count}) if count else ""


def _computed(cell: GridCell, in_columns: bool) -> str:
    beside = ""
    if cell.declared:
        beside = f'<span class="before declared">{_("declared")} {escape(cell.declared)}</span>'
    elif in_columns and cell.compared:
        beside = f'<span class="before">{escape(cell.compared)}</span>'
    value = f'<span class="value" data-cell="{cell.indicator.code}">{cell.text or "–"}</span>'
    return f'<td class="number computed" id="{cell.field_id}" title="{_("computed")}">{value}{beside}</td>'


def _comparisons(cell: GridCell, *, to_date: bool) -> Iterator[str]:
    """The columns of a list; year to date and last period only where a year has more than one of these periods."""
    shown = (
        ("", cell.previous, to_date),
        ("", cell.last_year, True),
        (" to-date", cell.to_date, to_date),
        (" change", cell.change, True),
    )
    for name, text, is_shown in shown:
        if is_shown:
            yield f'<td class="number compare{name}">{escape(text) or "–"}</td>'
