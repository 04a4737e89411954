"""Signing in, a password of one's own, and which mails one wants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import mail_choices, passwords
from accounts.models import MailChoice
from sectors.models import User


class SignInForm(AuthenticationForm):
    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if passwords.has_run_out(user):
            message = _("This one-time password has run out. Ask your administrator for another one.")
            raise ValidationError(message, code="run_out")


class MailForm(forms.ModelForm):
    class Meta:
        model = MailChoice
        fields = mail_choices.FIELDS


class OwnPasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Guessed here it locks the account as it does at the sign-in."""
        password: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=password) is None:
            raise ValidationError(_("This is not your present password."), code="password_incorrect")
        return password
