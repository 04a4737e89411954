from __future__ import annotations

from django.urls import path

from reports import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<int:year>/", views.report, name="report"),
    path("reports/<int:year>/download/", views.download, name="report-download"),
]
