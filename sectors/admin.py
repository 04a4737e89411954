"""Django's own admin for the catalogue, users and regions. Figures and statuses have one writer each, so here they
are only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from sectors import approval, notices, rules, trials
from sectors.forms import RuleForm
from sectors.formulas import codes_in, in_words
from sectors.models import (
    Assignment,
    Chapter,
    Department,
    Deputy,
    Extension,
    Figure,
    FindingNote,
    Indicator,
    Period,
    Region,
    Robot,
    Rule,
    Sector,
    Sheet,
    StoredFinding,
    Submission,
    Transition,
    Unit,
    Urge,
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

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        """Periods that run hand the sheet out, or over, at once."""
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)
        today = timezone.localdate()
        for period in Period.objects.filter(region=obj.region, opens__lte=today, due__gte=today):
            approval.open_period(period)
            approval.hand_over(period, by=request.user)


@admin.register(Period)
class PeriodAdmin(admin.ModelAdmin):
    list_display = ("label", "region", "opens", "due", "closes")
    list_filter = ("region", "year", "kind")
    list_select_related = ("region",)

    filter_horizontal = ("left_out",)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.is_planned:
            return
        count = approval.open_period(form.instance)
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
class RuleAdmin(admin.ModelAdmin):
    """Rules are edited in versions (`sectors.rules`), and tried against the past before they are switched on."""

    form = RuleForm
    change_form_template = "admin/rule_form.html"
    list_display = ("code", "sector", "expression", "severity", "is_on", "valid_from", "valid_to", "source")
    list_filter = ("sector", "severity", "is_on", "source")
    list_select_related = ("sector",)
    search_fields = ("code", "expression", "message")
    fieldsets = (
        (None, {"fields": ("sector", "code", "expression", "missing", "severity", "message")}),
        (_("When it holds"), {"fields": ("is_on", "starts", "valid_from", "valid_to")}),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_on": False, "valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Rule | None = None) -> tuple[str, ...]:
        return ("sector", "code", "in_words") if obj else ()

    @admin.display(description=_("Read as"))
    def in_words(self, rule: Rule) -> str:
        return in_words(rule.expression, Indicator.objects.names(codes_in(rule.expression)))

    def get_fieldsets(self, request: HttpRequest, obj: Rule | None = None) -> Any:
        """A new rule has nothing that could go on until the day before a change."""
        first, (name, fields) = self.fieldsets
        if obj is not None:
            sector, code, expression, *rest = first[1]["fields"]
            return (None, {"fields": (sector, code, expression, "in_words", *rest)}), (name, fields)
        return first, (name, {"fields": ("is_on", "valid_from", "valid_to")})

    def has_change_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        """A version that has ended is history."""
        ended = obj is not None and obj.valid_to is not None and obj.valid_to < timezone.localdate()
        return super().has_change_permission(request, obj) and not ended

    def has_delete_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        """Only a draft: what has judged submissions ends instead."""
        is_draft = obj is not None and not obj.is_on and obj.source == Rule.Source.ADMIN
        return super().has_delete_permission(request, obj) and is_draft

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        if not change:
            obj.source = Rule.Source.ADMIN
            super().save_model(request, obj, form, change)
            return
        ended = rules.revise(obj, starts=form.starting)
        if ended is not None:
            days = {"end": ended.valid_to, "start": obj.valid_from}
            self.message_user(request, gettext("The old words hold until %(end)s, the new ones from %(start)s.") % days)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = context["adminform"].form
        if "_try" in request.POST and not set(form.errors) - {NON_FIELD_ERRORS}:
            context["trial"] = trials.against_the_past(form.instance)
            context["errors"] = None  # nothing is wrong with it
        return super().render_change_form(request, context, *args, **kwargs)


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


@admin.register(StoredFinding)
class FindingAdmin(ExportMixin, ReadOnly):
    list_display = ("text", "submission", "rule", "severity", "state", "declared", "expected", "since")
    list_filter = ("region", "period__year", "submission__sheet__sector", "severity", "state")
    list_select_related = ("submission__sheet", "submission__period")
    search_fields = ("rule", "text")


@admin.register(FindingNote)
class FindingNoteAdmin(ReadOnly):
    list_display = ("finding", "kind", "text", "by", "at")
    list_select_related = ("finding", "by")


@admin.register(Deputy)
class DeputyAdmin(admin.ModelAdmin):
    """For a head who could not name a deputy before leaving."""

    list_display = ("head", "person", "first_day", "last_day", "by", "ended_at")
    list_select_related = ("head", "person", "by")
    fields = ("head", "person", "first_day", "last_day", "ended_at")

    def save_model(self, request: HttpRequest, obj: Deputy, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        obj.by = obj.by or request.user
        super().save_model(request, obj, form, change)
        if not change:
            notices.tell_of_deputy(obj)


@admin.register(Robot)
class RobotAdmin(admin.ModelAdmin):
    """The address and the secret let anybody post in the group chat: they are written here and shown in no list."""

    list_display = ("name", "region", "kind", "is_active")
    list_filter = ("region",)
    list_select_related = ("region",)


@admin.register(Extension)
class ExtensionAdmin(ReadOnly):
    list_display = ("period", "department", "submission", "until", "reason", "by", "at", "ended_at")
    list_select_related = ("period", "department", "submission__sheet", "submission__period", "by")


@admin.register(Urge)
class UrgeAdmin(ReadOnly):
    list_display = ("period", "department", "kind", "day", "by", "at")
    list_filter = ("period__region", "kind")
    list_select_related = ("period", "department", "by")
