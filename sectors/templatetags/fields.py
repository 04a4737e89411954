"""The field of a cell, written in Python: a large sheet has thousands, and a template weighs each of its conditions."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sectors.grid import GridCell

register = template.Library()


@register.simple_tag
def field(cell: GridCell, in_columns: bool) -> SafeString:
    """The `<input>` of an entered cell; among columns it is named by its indicator, in a list by its row's label."""
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in _attributes(cell, in_columns))
    return mark_safe(f"<input {attributes}{' readonly' if cell.is_locked else ''}>")


def _attributes(cell: GridCell, in_columns: bool) -> Iterator[tuple[str, str]]:
    indicator = cell.indicator
    yield from (("type", "text"), ("inputmode", "decimal"), ("id", cell.field_id), ("data-code", indicator.code))
    yield "value", cell.text
    if cell.seen != cell.text:
        yield "data-seen", cell.seen
    if cell.previous and cell.copies:
        yield "data-previous", cell.previous
    if indicator.required:
        yield "aria-required", "true"
    if in_columns:
        yield "aria-label", indicator.name
    elif indicator.help:
        yield "aria-describedby", f"{cell.field_id}-help"
