from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.api import tokens
from reports.models import ApiToken
from sectors.models import User


class TokenForm(forms.ModelForm):
    class Meta:
        model = ApiToken
        fields: ClassVar[list[str]] = ["name", "writes_as", "expires_on"]
        widgets: ClassVar[dict[str, Any]] = {"expires_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clerks: Any = self.fields["writes_as"]
        clerks.queryset, clerks.empty_label = tokens.writers(by), _("nobody: it only reads")
        if not clerks.queryset.exists():
            del self.fields["writes_as"]
        self.initial.setdefault("expires_on", tokens.last_day())
        self.fields["expires_on"].required = False  # then it holds as long as it may
