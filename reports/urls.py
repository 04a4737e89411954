from __future__ import annotations

from django.urls import path

from reports.views import reading

urlpatterns = [
    path("reports/", reading.reports, name="reports"),
    path("reports/<int:year>/", reading.report, name="report"),
    path("reports/<int:year>/download/", reading.download, name="report-download"),
]
