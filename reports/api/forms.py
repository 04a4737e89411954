from __future__ import annotations

from typing import ClassVar

from django import forms

from reports.models import ApiToken


class TokenForm(forms.ModelForm):
    class Meta:
        model = ApiToken
        fields: ClassVar[list[str]] = ["name"]
