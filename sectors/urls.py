from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from sectors.views import periods, sheets, spreadsheets, submissions, work

urlpatterns: list[Any] = [
    path("", work.home, name="home"),
    path("sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<int:pk>/excel/", spreadsheets.download, name="sheet-excel"),
    path("sheets/<int:pk>/import/", spreadsheets.upload, name="sheet-import"),
    path("sheets/<int:pk>/import/confirm/", spreadsheets.confirm, name="sheet-import-confirm"),
    path("sheets/<int:pk>/import/marked/", spreadsheets.marked, name="sheet-import-marked"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<int:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:pk>/move/", submissions.move, name="move"),
    path("periods/", periods.periods, name="periods"),
    path("periods/open/", periods.open_period, name="open-period"),
    path("periods/<int:pk>/", periods.period, name="period"),
    path("help/", work.help_page, name="help"),
    path("account/login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("account/logout/", LogoutView.as_view(), name="logout"),
]
