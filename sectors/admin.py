"""Django's own admin for the catalogue, users and regions. Figures and statuses have one writer each, so here they
are only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from sectors import approval
from sectors.models import (
    Assignment,
    Chapter,
    Department,
    Figure,
    Indicator,
    Period,
    Region,
    Rule,
    Sector,
    Sheet,
    Submission,
    Transition,
    Unit,
    User,
)

admin.site.site_header = admin.site.site_title = _("Zhibao administration")


class ReadOnly(admin.ModelAdmin):
    """What has its own writer: to be looked at and exported, never edited here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ("username", "full_name", "role", "department", "is_active")
    list_filter = ("role", "department__region", "is_active")
    list_select_related = ("department",)
    search_fields = ("username", "last_name", "first_name")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("last_name", "first_name", "email", "department", "role")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "last_name",
                    "first_name",
                    "department",
                    "role",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "level", "parent")
    list_select_related = ("parent",)
    search_fields = ("code", "name")


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    list_display = ("name", "short_name", "region", "signs")
    list_filter = ("region",)
    list_select_related = ("region",)
    search_fields = ("name", "short_name")


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin):
    list_display = ("sheet", "region", "department")
    list_filter = ("region",)
    list_select_related = ("sheet", "region", "department")


@admin.register(Period)
class PeriodAdmin(admin.ModelAdmin):
    list_display = ("label", "region", "opens", "due", "closes")
    list_filter = ("region", "year", "kind")
    list_select_related = ("region",)

    def save_model(self, request: HttpRequest, obj: Period, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        count = approval.open_period(obj)
        self.message_user(request, gettext("%(count)d sheets were handed out to their departments.") % {"count": count})


@admin.register(Chapter, Sector, Sheet, Unit)
class CatalogueAdmin(ReadOnly):
    """The catalogue comes from its files; `load_catalogue` changes it."""


@admin.register(Indicator)
class IndicatorAdmin(ExportMixin, ReadOnly):
    list_display = ("code", "name", "sheet", "unit", "accumulation", "formula")
    list_filter = ("sheet__sector", "accumulation")
    list_select_related = ("sheet", "unit")
    search_fields = ("code", "name")


@admin.register(Rule)
class RuleAdmin(ReadOnly):
    list_display = ("code", "sector", "expression", "severity")
    list_filter = ("sector", "severity")
    list_select_related = ("sector",)
    search_fields = ("code", "expression")


@admin.register(Submission)
class SubmissionAdmin(ReadOnly):
    list_display = ("sheet", "period", "department", "status", "is_demo")
    list_filter = ("region", "status", "period__year")
    list_select_related = ("sheet", "period", "department")


@admin.register(Figure)
class FigureAdmin(ExportMixin, ReadOnly):
    list_display = ("indicator", "submission", "state", "value", "note", "submission__is_demo")
    list_filter = ("region", "submission__period__year", "indicator__sheet__sector")
    list_select_related = ("indicator", "submission__sheet", "submission__period")
    search_fields = ("indicator__code", "indicator__name")


@admin.register(Transition)
class TransitionAdmin(ReadOnly):
    list_display = ("submission", "old", "new", "by", "at", "reason")
    list_select_related = ("submission__sheet", "submission__period", "by")
