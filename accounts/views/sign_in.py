"""Signing in by user name and password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from accounts import passwords, sessions
from accounts.forms import SignInForm


class SignIn(LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """The session keeps whether the password must be changed, so that no page asks for it."""
        answer = super().form_valid(form)
        sessions.describe(self.request)
        self.request.session["change_password"] = passwords.why_to_change(form.get_user())
        return answer
