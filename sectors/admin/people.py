"""Regions, departments, people and assignments: written here one by one, or by file."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sectors.approval import moves
from sectors.catalogue.assignments import assign_by_code
from sectors.catalogue.past_regions import of_moved_region, of_region_level
from sectors.models import Assignment, Department, Region, User
from sectors.people import deputies
from sectors.transfer.resources import AssignmentResource, DepartmentResource, RegionResource, UserResource

from .base import ProtectedAdmin, Versioned, WithHistory
from .transfer import Transfer


class RegionForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The codes of what only it reports begin with its own: nobody could load or edit that any more.
        self.fields["code"].disabled = self.instance.pk is not None and self.instance.own_sectors.exists()

    def clean_parent(self) -> Region | None:
        parent: Region | None = self.cleaned_data["parent"]
        refused = list(of_moved_region(self.instance.code, parent))
        if refused:
            raise ValidationError(refused)
        return parent

    def clean_level(self) -> str:
        level: str = self.cleaned_data["level"]
        refused = list(of_region_level(self.instance.code, level))
        if refused:
            raise ValidationError(refused)
        return level


@admin.register(Region)
class RegionAdmin(Versioned, ProtectedAdmin, Transfer, WithHistory):
    form = RegionForm
    resource_classes = (RegionResource,)
    import_notes = (
        _("A region is known by its code; one that is there already is changed, none is deleted."),
        _("A region may lie within one that stands above it in the same file."),
    )
    instead = _("A code that is no longer in use stays, with all that was reported under it.")
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")


@admin.register(Department)
class DepartmentAdmin(Versioned, ProtectedAdmin, Transfer, WithHistory):
    resource_classes = (DepartmentResource,)
    import_notes = (
        _("A department is known by the code of its region and its own code. None is deleted."),
        _("A list of people will do, with 单位, 姓名, 职务 and so on: each department is made once and gets a code."),
    )
    instead = _(
        "Assign its sheets to another department and deactivate its people; what it reported stays under its name."
    )
    list_display = ("name", "short_name", "code", "region", "signs")
    list_filter = ("region",)
    list_select_related = ("region",)
    search_fields = ("name", "short_name", "code")

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._assign_sheets(request, {obj.region_id})

    @transaction.atomic
    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if not (result.has_errors() or result.has_validation_errors()):
            self._assign_sheets(request, {row.instance.region_id for row in result.rows if row.instance})
        return super().process_result(result, request)

    def _assign_sheets(self, request: HttpRequest, regions: Collection[int]) -> None:
        """The sheets that name the code of a department are its own, as after a load of the catalogue."""
        for region in Region.objects.filter(pk__in=regions):
            new = assign_by_code(region)
            if not new:
                continue
            moves.apply_assignments({region.pk}, by=request.user)  # type: ignore[arg-type]
            for department, own in groupby(sorted(new, key=_of_department), _of_department):
                what = {"department": department, "sheets": gettext(", ").join(one.sheet.number for one in own)}
                text = gettext("%(department)s reports these sheets, which name its code: %(sheets)s.")
                messages.info(request, text % what)


def _of_department(assignment: Assignment) -> str:
    return assignment.department.name


@admin.register(User)
class PersonAdmin(Versioned, ProtectedAdmin, Transfer, WithHistory, UserAdmin):
    resource_classes = (UserResource,)
    import_notes = (
        _("A person is known by the username; one who is there already is changed, nobody is deleted."),
        _("A department, and its region, may be given by its name instead of its code."),
        _(
            "The list that you keep will do: lines above its heads, merged cells and columns such as 序号 or 科室 "
            "are no matter. 姓名 is taken apart, who has no username gets the telephone number, and without a role "
            "职务 says who signs (局长、主任 …); look at the roles before you confirm."
        ),
        _("Passwords are neither exported nor imported. New people get links and QR codes, which are shown once."),
        _("A new administrator gets into the administration once “Staff status” is ticked on the person’s own page."),
    )
    instead = _("Untick “Active”: the person cannot sign in any more, and what they did keeps their name.")
    list_display = ("username", "full_name", "role", "department", "is_active", "last_login")
    list_filter = ("role", "department__region", "is_active")
    list_select_related = ("department",)
    search_fields = ("username", "last_name", "first_name", "department__name")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("last_name", "first_name", "email", "department", "role")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "last_name", "first_name", "email", "department", "role")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            deputies.end_all(obj)

    @admin.display(description=_("Name"), ordering="last_name")
    def full_name(self, person: User) -> str:
        return person.full_name


@admin.register(Assignment)
class AssignmentAdmin(Versioned, Transfer, WithHistory):
    resource_classes = (AssignmentResource,)
    import_notes = (
        _("Which department of a region reports a sheet. In periods that run, open sheets are handed over at once."),
    )
    list_display = ("sheet", "region", "department")
    list_filter = ("region", "department")
    list_select_related = ("sheet", "region", "department")
    search_fields = ("sheet__number", "sheet__name", "department__name")

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        moves.apply_assignments({obj.region_id}, by=request.user)  # type: ignore[arg-type]

    @transaction.atomic
    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if not (result.has_errors() or result.has_validation_errors()):
            regions = {row.instance.region_id for row in result.rows if row.instance}
            moves.apply_assignments(regions, by=request.user)  # type: ignore[arg-type]
        return super().process_result(result, request)
