"""Cells of the administration's files as values: words as pages show them, regions, departments and sheets by code or
name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from import_export.widgets import Widget

from sectors.models import Department, Region, Sheet
from sectors.models.naming import departments_named, region_named, sheet_named
from sectors.spreadsheets import escaping
from sectors.texts import visible

Texts = Iterable[tuple[Any, str | Promise]]


def as_text(value: object) -> str:
    """A cell as it would be typed: Excel keeps a code as a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else escaping.unescape(visible(str(value))).strip()


def spellings(text: str | Promise) -> set[str]:
    """In every language of the site: a file goes from one person to another."""
    texts = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts.add(str(text))
    return texts


class Choice(Widget):
    """One of some words, which a file gives as pages show them; the code behind a word is understood too."""

    def __init__(self, choices: Texts) -> None:
        super().__init__()
        self.choices = list(choices)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        for key, text in self.choices:
            if value == str(key) or value in spellings(text):
                return key
        words = _(", ").join(str(text) for _key, text in self.choices)
        raise ValueError(_("“%(value)s” is none of these: %(words)s.") % {"value": value, "words": words})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(dict(self.choices).get(value, ""))


class OfRegion(Widget):
    """A region by its code or name."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Region | None:
        return region_named(value) if value else None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class OfDepartment(Widget):
    """A department by its code or a name; its region, by its code or name too, stands in another cell of the row."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Department | None:
        if not value:
            return None
        region = row.get("region", "")
        rows = Department.objects.all()
        if region:
            rows = rows.filter(Q(region__code=region) | Q(region__name=region))
        found = departments_named(value, rows)
        what = {"code": value, "region": region or "–"}
        if not found:
            text = _("There is no department with the code or name %(code)s in the region %(region)s.")
            raise ValueError(text % what)
        if len(found) > 1:
            raise ValueError(_("Several departments are called %(code)s in %(region)s: give the codes.") % what)
        return found[0]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class OfSheet(Widget):
    """A sheet by its number or name."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Sheet:
        return sheet_named(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.number if value else ""


class Text(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        return value


YES_OR_NO = Choice([(True, gettext_lazy("yes")), (False, gettext_lazy("no"))])
