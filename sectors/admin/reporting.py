"""Periods with their calendars, and what was reported in them: the latter has its own writers and is looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sectors import guard
from sectors.approval import moves
from sectors.calendar import periods as calendars
from sectors.checks.messages import worded
from sectors.models import (
    Attachment,
    Comment,
    Deputy,
    Extension,
    Figure,
    FigureChange,
    FindingNote,
    Job,
    NarrativeChange,
    Period,
    Robot,
    SeverityChange,
    StoredFinding,
    Submission,
    Transition,
    Urge,
    User,
)
from sectors.people import notices

from .base import ProtectedAdmin, ReadOnly, Recorded, Versioned, WithHistory


@admin.register(Period)
class PeriodAdmin(Versioned, ProtectedAdmin, WithHistory):
    instead = _("Give it a closing day: after it nobody enters or submits.")
    list_display = ("called", "region", "opens", "due", "closes")
    list_filter = ("region", "year", "kind")
    list_select_related = ("region",)
    filter_horizontal = ("left_out",)

    @admin.display(description=_("Period"))
    def called(self, period: Period) -> str:
        return period.label

    def save_model(self, request: HttpRequest, obj: Period, form: Any, change: bool) -> None:
        if change:
            calendars.keep_nominal_days(obj, guard.lock_period(obj))
        else:
            calendars.keep_usual_days(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        calendars.leave_out(form.instance, form.cleaned_data.pop("left_out"))
        super().save_related(request, form, formsets, change)
        if form.instance.is_planned:
            return
        count = moves.open_period(form.instance)
        self.message_user(request, gettext("%(count)d sheets were handed out to their departments.") % {"count": count})


@admin.register(Submission)
class SubmissionAdmin(ReadOnly):
    list_display = ("sheet", "period", "department", "status", "is_demo")
    list_filter = ("region", "status", "period__year")
    list_select_related = ("sheet", "period", "department")


@admin.register(Figure)
class FigureAdmin(ReadOnly):
    list_display = (
        *("indicator", "submission", "state", "value", "words", "qualifier", "as_of", "note"),
        "is_demo",
    )
    list_filter = ("region", "submission__period__year", "indicator__sheet__sector")
    list_select_related = ("indicator", "submission__sheet", "submission__period")
    search_fields = ("indicator__code", "indicator__name")

    @admin.display(description=_("Demonstration data"), ordering="submission__is_demo", boolean=True)
    def is_demo(self, figure: Figure) -> bool:
        return figure.submission.is_demo


@admin.register(Transition)
class TransitionAdmin(ReadOnly):
    list_display = ("submission", "old", "new", "by", "at", "reason")
    list_select_related = ("submission__sheet", "submission__period", "by")


@admin.register(StoredFinding)
class FindingAdmin(ReadOnly):
    list_display = ("text", "submission", "rule", "severity", "state", "declared", "expected", "since")
    list_filter = ("region", "period__year", "submission__sheet__sector", "severity", "state")
    list_select_related = ("submission__sheet", "submission__period")
    search_fields = ("rule", "quoted")
    readonly_fields = ("text",)
    exclude = ("statement", "suspects")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoredFinding]:
        """`quoted`: what is put into the sentences, such as names and figures, for the search."""
        rows: QuerySet[StoredFinding] = super().get_queryset(request)
        return rows.annotate(quoted=Cast("statement", TextField()))

    @admin.display(description=_("Message"))
    def text(self, finding: StoredFinding) -> str:
        return worded(finding.statement, repairs=False)


@admin.register(FindingNote)
class FindingNoteAdmin(ReadOnly):
    list_display = ("finding_text", "kind", "text", "by", "at")
    list_select_related = ("finding", "by")

    @admin.display(description=_("Finding"))
    def finding_text(self, note: FindingNote) -> str:
        return worded(note.finding.statement, repairs=False)[:60]


@admin.register(SeverityChange)
class SeverityChangeAdmin(ReadOnly):
    """What offices made of the checks of their regions, and when; it is changed on the page of the check."""

    list_display = ("region", "kind", "rule", "old", "new", "reason", "by", "at")
    list_filter = ("region", "kind")
    list_select_related = ("region", "by")
    search_fields = ("rule", "reason")


@admin.register(Deputy)
class DeputyAdmin(Recorded, Versioned):
    """For a head who could not name a deputy before leaving."""

    list_display = ("head", "person", "first_day", "last_day", "by", "ended_at")
    list_select_related = ("head", "person", "by")
    fields = ("head", "person", "first_day", "last_day", "ended_at")

    def save_model(self, request: HttpRequest, obj: Deputy, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        obj.by = obj.by or request.user
        super().save_model(request, obj, form, change)
        if not change:
            notices.notify_deputy(obj)


@admin.register(Robot)
class RobotAdmin(Recorded, Versioned):
    """The address and the secret let anybody post in the group chat: they are written here and shown in no list."""

    secret_fields = ("address", "secret")
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


@admin.register(FigureChange)
class FigureChangeAdmin(ReadOnly):
    list_display = ("indicator", "submission", "old", "new", "by", "at", "source")
    list_filter = ("source",)
    list_select_related = ("indicator", "submission__sheet", "submission__period", "by")
    search_fields = ("indicator__code", "indicator__name", "by__username")


@admin.register(NarrativeChange)
class NarrativeChangeAdmin(ReadOnly):
    list_display = ("question", "submission", "by", "at")
    list_select_related = ("question", "submission__sheet", "submission__period", "by")
    search_fields = ("question__text", "by__username")


@admin.register(Comment)
class CommentAdmin(ReadOnly):
    list_display = ("submission", "text", "by", "at")
    list_select_related = ("submission__sheet", "submission__period", "by")
    search_fields = ("text",)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly):
    list_display = ("name", "submission", "by", "at", "removed_at")
    list_select_related = ("submission__sheet", "submission__period", "by")
    search_fields = ("name",)


@admin.register(Job)
class JobAdmin(ReadOnly):
    """How work stands; what it is about and what came of it are its owner's."""

    list_display = ("kind", "owner", "department", "state", "created", "finished")
    list_filter = ("state", "kind")
    fields = ("kind", "owner", "department", "state", "done", "total", "attempts", "created", "started", "finished")
    list_select_related = ("owner", "department")
