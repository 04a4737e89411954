"""Small words for the templates of the registry."""

from __future__ import annotations

import datetime

from django import template
from django.urls import reverse
from django.utils.functional import Promise

from inspections.registers import Column, Register

register = template.Library()


@register.simple_tag
def address(action: str, of: Register, pk: int | None = None) -> str:
    """The address of an action in a register, of one of its records where there is one."""
    return reverse(f"{action}-{of.slug}", args=[pk] if pk else [])


@register.simple_tag
def head_of(columns: list[tuple[Column, str]], place: int) -> str | Promise:
    return columns[place][0].head


@register.filter
def plain(value: object) -> object:
    """A day as it is written in fields and files."""
    return value.isoformat() if isinstance(value, datetime.date) else value
