from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from sectors.calculation.cells import shown
from sectors.entry.grid import field_id
from sectors.models import Indicator

register = template.Library()


@register.filter
def of(marks: Mapping[str, Any], code: str) -> Any:
    """`marks|of:code`: what is known of a cell, which a template cannot look up by itself; 0 where it is nothing."""
    return marks.get(code, 0)


@register.filter
def stored(text: str) -> str:
    """`change.old|stored`: a stored text for reading, a dash for a blank cell."""
    return shown(text) or "–"


@register.filter
def field(indicator: Indicator) -> str:
    """`indicator|field`: the id of its cell on a page."""
    return field_id(indicator.code)
