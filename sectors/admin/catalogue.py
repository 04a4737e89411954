"""The catalogue: it comes from its files, so here it is looked at, searched and handed out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sectors.models import Chapter, Figure, Indicator, RegistryWord, Sector, Sheet, Unit
from sectors.models.scopes import counted
from sectors.transfer.resources import IndicatorResource

from .base import ProtectedAdmin, ReadOnly, WithHistory
from .transfer import Export


class CatalogueAdmin(ProtectedAdmin, ReadOnly):
    """Written by `load_catalogue` alone. Who wants to delete is told how a thing leaves the catalogue."""

    instead = gettext_lazy("Retire it: give it a valid_to in its catalogue file and load the file.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The page says why not."""
        return self.has_view_permission(request, obj)

    def sentences(self, objs: list[Any]) -> Iterator[str]:
        reasons = list(super().sentences(objs))
        yield from reasons
        if not reasons:
            text = _("“%(name)s” stands in a catalogue file. Take it out there and load the file: then it goes.")
            yield from (text % {"name": row} for row in objs)


@admin.register(Chapter)
class ChapterAdmin(CatalogueAdmin):
    list_display = ("name", "code", "position")
    search_fields = ("name", "code")


@admin.register(Sector)
class SectorAdmin(CatalogueAdmin):
    list_display = ("name", "code", "chapter", "position", "region")
    list_filter = ("chapter", "region")
    list_select_related = ("chapter", "region")
    search_fields = ("name", "code")


@admin.register(Unit)
class UnitAdmin(CatalogueAdmin, WithHistory):
    list_display = ("name", "base", "scale", "also")
    search_fields = ("name", "base")


@admin.register(RegistryWord)
class RegistryWordAdmin(CatalogueAdmin):
    list_display = ("name", "english", "code", "kind", "region", "valid_from", "valid_to")
    list_filter = ("kind", "region")
    list_select_related = ("region",)
    search_fields = ("name", "english", "code")


@admin.register(Sheet)
class SheetAdmin(CatalogueAdmin, WithHistory):
    list_display = (
        *("number", "name", "sector", "frequency", "formerly"),
        *("department_code", "cells", "valid_from", "valid_to"),
    )
    list_filter = ("sector", "frequency")
    list_select_related = ("sector",)
    readonly_fields = ("formerly",)
    search_fields = ("number", "name")
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sheet]:
        of_sheet = Indicator.objects.filter(sheet=OuterRef("pk"))
        rows: QuerySet[Sheet] = super().get_queryset(request)
        return rows.annotate(cell_count=counted(of_sheet, "sheet")).prefetch_related("former_frequencies")

    @admin.display(description=gettext_lazy("Former frequency"))
    def formerly(self, sheet: Sheet) -> str:
        spans = ((row.get_frequency_display(), row.until) for row in sheet.former_frequencies.all())
        texts = [_("%(frequency)s until %(year)d") % {"frequency": text, "year": year} for text, year in spans]
        return _(", ").join(texts)

    @admin.display(description=gettext_lazy("Indicators"), ordering="cell_count")
    def cells(self, sheet: Any) -> int:
        return int(sheet.cell_count)


@admin.register(Indicator)
class IndicatorAdmin(Export, CatalogueAdmin, WithHistory):
    resource_classes = (IndicatorResource,)
    list_display = ("code", "name", "number", "unit", "accumulation", "figures", "valid_to")
    list_filter = ("sheet__sector", "accumulation", "required", "is_key", "sheet")
    list_select_related = ("sheet", "unit")
    search_fields = ("code", "name", "row_name")
    show_facets = admin.ShowFacets.ALWAYS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Indicator]:
        entered = Figure.objects.filter(indicator=OuterRef("pk"))
        rows: QuerySet[Indicator] = super().get_queryset(request)
        return rows.annotate(figure_count=counted(entered, "indicator"))

    @admin.display(description=gettext_lazy("Sheet number"), ordering="sheet__number")
    def number(self, indicator: Indicator) -> str:
        return indicator.sheet.number

    @admin.display(description=gettext_lazy("Figures"), ordering="figure_count")
    def figures(self, indicator: Any) -> int:
        return int(indicator.figure_count)
