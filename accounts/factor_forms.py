"""Fields for codes, and for the password that protects a change of the second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.backends import may_use_password
from sectors.models import User
from sectors.shell.http import PersonRequest

CODE_FIELD = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none"}


class CodeForm(forms.Form):
    """A code of the app or a recovery code."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        widget=forms.TextInput(attrs=CODE_FIELD),
        error_messages={"required": _("Type the code.")},
    )


class ConfirmedForm(CodeForm):
    """A code and the password; no password of who has none that signs them in."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )
    field_order = ("password", "code")

    def __init__(self, *args: Any, request: PersonRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        if not asks_password(request.user):
            del self.fields["password"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        # Asked like a sign-in, so that wrong passwords count together.
        if authenticate(self.request, username=self.request.user.username, password=password) != self.request.user:
            raise ValidationError(_("This is not your password."))
        return password


def asks_password(person: User) -> bool:
    return person.has_usable_password() and may_use_password(person)
