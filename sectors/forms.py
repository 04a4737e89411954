"""Forms of what the office enters."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from sectors.models import Period, Region


class PeriodForm(forms.ModelForm):
    """A new period of a region."""

    class Meta:
        model = Period
        fields: ClassVar[list[str]] = ["year", "kind", "number", "opens", "due"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "opens": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.region = region

    def validate_unique(self) -> None:
        """The region is no field of the form, so Django would leave out that a period opens once in a region."""
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, error)
