"""Forms of what the office writes about a report as a whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from reports.models import AnnualReport
from sectors.versions import VersionedForm, version_of

LONGEST_ANSWER = 500
COVER = ("title", "issuer", "dated")


class CoverForm(VersionedForm, forms.Form):
    """The cover of a draft report."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At most three lines, as they stand on the cover."),
    )
    issuer = forms.CharField(label=_("Issuing body"), max_length=120)
    dated = forms.DateField(
        label=_("Date of the report"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, report: AnnualReport, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": model_to_dict(report, COVER), **kwargs})
        self.version = version_of(report, fields=COVER)


class IssueForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it is issued all the same"),
        max_length=1000,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """An answer to what does not agree in a text; an empty one takes it back."""

    mark = forms.CharField(max_length=32)
    seen = forms.IntegerField(min_value=0)
    text = forms.CharField(label=_("Answer"), max_length=LONGEST_ANSWER, required=False, strip=True)


class RevisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is revised"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
