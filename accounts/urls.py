from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import account, sign_in

urlpatterns: list[Any] = [
    path("account/login/", sign_in.SignIn.as_view(), name="login"),
    path("account/logout/", LogoutView.as_view(), name="logout"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sessions/end/", account.end_sessions, name="end-sessions"),
    path("account/session/", account.session_state, name="session-state"),
]
