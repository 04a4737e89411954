"""Reports, their files and the tokens of other systems: each has its own writer and is looked at here."""

from __future__ import annotations

from django.contrib import admin

from reports.models import AnnualReport, ApiToken, ReportFile, ReportPaper, ReportStep, Wording
from sectors.admin.base import ReadOnly


@admin.register(AnnualReport)
class AnnualReportAdmin(ReadOnly):
    list_display = ("title", "region", "year", "edition", "status", "issued_at", "issued_by")
    list_filter = ("region", "year", "status")
    list_select_related = ("region", "issued_by")
    exclude = ("snapshot", "order", "open_points")  # half a megabyte that its own page shows


@admin.register(ReportFile)
class ReportFileAdmin(ReadOnly):
    list_display = ("__str__", "report")
    list_select_related = ("report__region",)


@admin.register(ReportStep)
class ReportStepAdmin(ReadOnly):
    list_display = ("report", "kind", "by", "at", "words")
    list_filter = ("kind",)
    list_select_related = ("report__region", "by")


@admin.register(ReportPaper)
class ReportPaperAdmin(ReadOnly):
    list_display = ("name", "report", "kind", "by", "at")
    list_filter = ("kind",)
    list_select_related = ("report__region", "by")


@admin.register(Wording)
class WordingAdmin(ReadOnly):
    list_display = ("sector", "region", "__str__")
    list_filter = ("region", "sector")
    list_select_related = ("sector", "region")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    list_display = ("name", "department", "hint", "created_at", "created_by", "expires_on", "last_used", "ended_at")
    list_filter = ("department",)
    list_select_related = ("department", "created_by")
    exclude = ("digest",)
