"""What the templates of the registry cannot say by themselves, and rows of lists, which a page has 50 of.

Rows are put together here and not by a template: that takes a third of the time.
"""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.clocks import Clock
from inspections.models import Record, SamplingBatch
from inspections.registers import Register

register = template.Library()

CELL = '<td{} data-label="{}">{}</td>'
NUMBER = SafeString(' class="number"')


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
    heads = [(str(column.head), NUMBER if column.is_number else "", column.text) for column in of.columns]
    words = {"state": _("State"), "department": _("Department"), "look": _("Change") if can_record else _("Look")}
    open_it, base = _("Open the record"), reverse(of.slug)
    return format_html_join(
        "\n",
        "<tr>{}{}{}{}</tr>",
        (
            (
                format_html_join("", CELL, ((style, head, _written(text(one))) for head, style, text in heads)),
                format_html(CELL, "", words["state"], state(one, of)),
                "" if can_record else format_html(CELL, "", words["department"], one.department.short_name),
                format_html(
                    '<td class="nowrap"><a href="{}{}/" aria-label="{}: {}">{}</a></td>',
                    *(base, one.pk, open_it, one, words["look"]),
                ),
            )
            for one in records
        ),
    )


@register.simple_tag
def preview_rows(of: Register, records: Any) -> SafeString:
    """Records that are not stored yet, as texts in the columns of their list."""
    heads = [(str(column.head), NUMBER if column.is_number else "") for column in of.columns]
    cells = (
        format_html_join("", CELL, ((style, head, text) for (head, style), text in zip(heads, texts, strict=True)))
        for texts in records
    )
    return format_html_join("\n", "<tr>{}</tr>", ((row,) for row in cells))


def _written(value: object) -> object:
    return "" if value is None else plain(value)


@register.simple_tag
def state(record: Record, of: Register) -> SafeString:
    """How far a record has come, in a colour and a word, and the clock that runs."""
    style, word = _stage(record, of)
    found = format_html('<span class="status {}">{}</span>', style, word) if word else SafeString("")
    clock = record.clock
    return found + _clock(clock) if clock else found


def _stage(record: Any, of: Register) -> tuple[str, str | Promise]:
    if isinstance(record, SamplingBatch):
        style = "accepted" if record.closed_on else "signed" if record.reported_on else "draft"
        return style, record.stage.label
    if not of.closes:
        return "", ""
    return ("accepted", _("settled")) if record.closed_on else ("draft", _("open"))


def _clock(clock: Clock) -> SafeString:
    if not clock.is_late:
        return format_html(
            ' <span class="muted">{} {}</span>', clock.step, _("up to %(day)s") % {"day": clock.due.isoformat()}
        )
    late = ngettext("%(days)s day late", "%(days)s days late", clock.days_late) % {"days": clock.days_late}
    return format_html(' <span class="status late">{}: {}</span>', clock.step, late)
