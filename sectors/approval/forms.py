"""Forms of steps."""

from __future__ import annotations

import datetime

from django import forms
from django.utils.translation import gettext_lazy

from sectors.calendar.forms import DAY, check_workday


class MoveForm(forms.Form):
    """What a step is sent with. The cells that a return names are looked up by the step itself."""

    reason = forms.CharField(required=False)
    only_cells = forms.BooleanField(required=False)
    until = forms.DateField(label=gettext_lazy("To be mended until"), required=False, widget=DAY)

    def clean_until(self) -> datetime.date | None:
        return check_workday(self.cleaned_data["until"])
