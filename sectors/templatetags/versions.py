"""As which version a page shows rows that it lets be deleted."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.db.models import Model

from sectors.versions import version_of_all

register = template.Library()


@register.filter
def version(rows: Model | Iterable[Model]) -> str:
    return version_of_all([rows] if isinstance(rows, Model) else rows)
