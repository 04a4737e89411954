"""What the templates of the registry cannot say by themselves, and rows of lists, which a page has 50 of.

Rows are put together here and not by a template: that takes a third of the time.
"""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.deadlines import Deadline
from inspections.models import Record, SamplingBatch
from inspections.registers import Column, Register

register = template.Library()


@register.simple_tag
def address(action: str, of: Register, *keys: int) -> str:
    """The address of an action in a register: of one of its records, of a file of that."""
    return reverse(f"{action}-{of.slug}", args=keys)


@register.filter
def plain(value: object) -> object:
    """A day as it is written in fields and files."""
    return value.isoformat() if isinstance(value, datetime.date) else value


@register.simple_tag
def list_rows(of: Register, records: Any, can_record: bool) -> SafeString:
    """The rows of a list: its columns, the state, for others the department, and the way to the record."""
    heads = [(_opening(column), column.text) for column in of.columns]
    state_cell, department_cell = (f'<td data-label="{escape(word)}">' for word in (_("State"), _("Department")))
    open_it, word = escape(_("Open the record")), escape(_("Change") if can_record else _("Look"))
    base, rows = reverse(of.slug), []
    for one in records:
        cells = "".join([f"{opening}{_escaped(text(one))}</td>" for opening, text in heads])
        owner = "" if can_record else f"{department_cell}{escape(one.department.short_name)}</td>"
        link = f'<a href="{base}{one.pk}/" aria-label="{open_it}: {escape(str(one))}">{word}</a>'
        rows.append(f'<tr>{cells}{state_cell}{state(one, of)}</td>{owner}<td class="nowrap">{link}</td></tr>')
    return SafeString("\n".join(rows))


def _opening(column: Column) -> str:
    style = ' class="number"' if column.is_number else ""
    return f'<td{style} data-label="{escape(str(column.head))}">'


def _escaped(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime.date) else escape(str(value))


@register.simple_tag
def options(choices: Any, chosen: str = "") -> SafeString:
    """The choices of a select, or of a list of suggestions where they have no words of their own."""
    pairs = [(choice, choice) if isinstance(choice, str) else choice for choice in choices]
    mark = " selected"
    found = [f'<option value="{escape(v)}"{mark if v == chosen else ""}>{escape(word)}</option>' for v, word in pairs]
    return SafeString("".join(found))


@register.simple_tag
def preview_rows(of: Register, records: Any) -> SafeString:
    """Records that are not stored yet, as texts in the columns of their list."""
    heads = [_opening(column) for column in of.columns]
    rows = ("".join(f"{o}{escape(text)}</td>" for o, text in zip(heads, texts, strict=True)) for texts in records)
    return SafeString("\n".join(f"<tr>{row}</tr>" for row in rows))


@register.simple_tag
def state(record: Record, of: Register) -> SafeString:
    """How far a record has come, in a colour and a word, and what is due next."""
    style, word = _stage(record, of)
    found = format_html('<span class="status {}">{}</span>', style, word) if word else SafeString("")
    deadline = record.deadline
    return found + _deadline(deadline) if deadline else found


def _stage(record: Any, of: Register) -> tuple[str, str | Promise]:
    if isinstance(record, SamplingBatch):
        style = "accepted" if record.closed_on else "signed" if record.reported_on else "draft"
        return style, record.stage.label
    if not of.closes:
        return "", ""
    return ("accepted", _("settled")) if record.closed_on else ("draft", _("open"))


def _deadline(deadline: Deadline) -> SafeString:
    if not deadline.is_late:
        return format_html(
            ' <span class="muted">{} {}</span>', deadline.step, _("up to %(day)s") % {"day": deadline.due.isoformat()}
        )
    late = ngettext("%(days)s day late", "%(days)s days late", deadline.days_late) % {"days": deadline.days_late}
    return format_html(' <span class="status late">{}: {}</span>', deadline.step, late)
