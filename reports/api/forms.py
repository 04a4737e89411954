from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from reports.api import tokens
from reports.models import ApiToken


class TokenForm(forms.ModelForm):
    class Meta:
        model = ApiToken
        fields: ClassVar[list[str]] = ["name", "expires_on"]
        widgets: ClassVar[dict[str, Any]] = {"expires_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("expires_on", tokens.last_day())
        self.fields["expires_on"].required = False  # then it holds as long as it may
