"""What people send about targets and schemes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.targets import Proposed
from sectors.models import Indicator, Sector
from sectors.vocabulary import TargetBound

MAX_SIZE = 1024 * 1024  # bytes of a scheme
YEAR = re.compile(r"(19|20)[0-9]{2}")


class TargetFilter(forms.Form):
    """Which targets a list shows. What is not understood narrows nothing."""

    sector = forms.ModelChoiceField(
        Sector.objects.all(), label=gettext_lazy("Sector"), required=False, empty_label=gettext_lazy("All")
    )
    all = forms.BooleanField(label=gettext_lazy("Also indicators without a target"), required=False)

    def __init__(self, *args: Any, sectors: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sector"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Sector.objects.filter(pk__in=sectors)
        self.is_valid()


class TargetForm(forms.Form):
    """What an indicator is to reach in a year; it begins with the target that holds."""

    value = forms.DecimalField(label=gettext_lazy("Target"), max_digits=20, decimal_places=6, required=False)
    bound = forms.ChoiceField(label=gettext_lazy("The target is reached with"), choices=TargetBound.choices)
    since = forms.CharField(
        label=gettext_lazy("The target holds since"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("A year or a day: 2021, 2021-03-11."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source of the target"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("The plan or law that sets it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed where another target holds already; it stays on record."),
    )

    def __init__(self, *args: Any, indicator: Indicator, may_end: bool, **kwargs: Any) -> None:
        """`indicator` has the target that holds; `may_end` says that it was set for the year."""
        target = indicator.target
        start = {
            "value": None if target is None else f"{target.normalize():f}",
            "bound": indicator.target_is,
            "since": indicator.target_since,
            "source": indicator.target_source,
        }
        kwargs["initial"] = start
        super().__init__(*args, **kwargs)
        unit = indicator.unit_text
        said = _("In %(unit)s.") % {"unit": unit} if unit else ""
        more = _("Left empty, the catalogue's target holds again.") if may_end else ""
        self.fields["value"].help_text = " ".join(part for part in (said, more) if part)

    def clean_since(self) -> str:
        text = str(self.cleaned_data["since"])
        try:
            found = text if not text or YEAR.fullmatch(text) else date.fromisoformat(text).isoformat()
        except ValueError:
            raise forms.ValidationError(_("Type a year or a day, such as 2023 or 2023-02-06.")) from None
        return found

    @property
    def proposed(self) -> Proposed:
        return Proposed(**self.cleaned_data)


class SchemeForm(forms.Form):
    """The file of a scheme, and the year that it is to be of."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=1990, max_value=2100)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(".yaml, at most 1 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml, .yml"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_SIZE:
            raise forms.ValidationError(_("The file is larger than 1 MB, and no scheme is."))
        if not file.name.lower().endswith((".yaml", ".yml")):
            raise forms.ValidationError(_("A scheme is a text file whose name ends in .yaml."))
        return file
