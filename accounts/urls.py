from __future__ import annotations

from typing import Any

from django.urls import path

from accounts.views import account, invitations, second_factor, sign_in, single_sign_on

urlpatterns: list[Any] = [
    path("account/login/", sign_in.SignIn.as_view(), name="login"),
    path("account/logout/", single_sign_on.SignOutView.as_view(), name="logout"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sessions/end/", account.end_sessions, name="end-sessions"),
    path("account/mails/", account.choose_mails, name="choose-mails"),
    path("account/session/", account.session_state, name="session-state"),
    path("account/invitation/<str:secret>/", invitations.invitation, name="invitation"),
    path("account/second-step/", second_factor.second_step, name="second-step"),
    path("account/second-factor/", second_factor.second_factor_page, name="second-factor"),
    path("account/second-factor/set-up/", second_factor.set_up, name="second-factor-setup"),
    path("account/second-factor/codes/", second_factor.renew_codes, name="second-factor-codes"),
    path("account/second-factor/off/", second_factor.turn_off, name="second-factor-off"),
    path("account/oidc/", single_sign_on.begin_oidc, name="oidc"),
    path("account/oidc/callback/", single_sign_on.end_oidc, name="oidc-callback"),
    path("account/cas/", single_sign_on.begin_cas, name="cas"),
    path("account/cas/callback/", single_sign_on.end_cas, name="cas-callback"),
]
