"""Forms of what the office writes about a report as a whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from reports.models import AnnualReport
from reports.vocabulary import ANNEX_LENGTHS
from sectors.versions import Difference, VersionedForm, version_of

LONGEST_ANSWER = 500
COVER = ("title", "issuer", "dated")
ANNEXES = ("annexes",)


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


class AnnexesForm(VersionedForm, forms.Form):
    """How long the annexes of a draft report are, each with a field `public-figures`."""

    def __init__(self, *args: Any, report: AnnualReport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version_of(report, fields=ANNEXES)
        self.report = report
        self.fields.update(self._fields(report))

    def _fields(self, report: AnnualReport) -> dict[str, forms.Field]:
        chosen = {(audience, annex): length for audience, annex, length in report.annexes}
        return {
            f"{audience.value}-{annex.value}": forms.ChoiceField(
                label=f"{audience.label}: {annex.label}",
                choices=[(length.value, length.label) for length in lengths],
                initial=chosen.get((audience.value, annex.value), lengths[0].value),
            )
            for (audience, annex), lengths in ANNEX_LENGTHS.items()
        }

    @property
    def lengths(self) -> list[list[str]]:
        return [[*name.split("-"), length] for name, length in self.cleaned_data.items()]

    @property
    def differences(self) -> list[Difference]:
        """After a conflict, as of any such form."""
        if self.conflict is None:
            return []
        there: Any = self.conflict.there
        fields: Any = self._fields(there)
        named = {name: dict(field.choices) for name, field in fields.items()}
        return [
            Difference(fields[name].label, str(named[name][fields[name].initial]), str(named[name][mine]))
            for name, mine in self.cleaned_data.items()
            if fields[name].initial != mine
        ]


class IssueForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("Document number"),
        max_length=60,
        required=False,
        help_text=_("As the office numbers its documents; no other report of the region has it."),
    )
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


class OfflineForm(forms.Form):
    """An approval that was given on paper."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reviewer = forms.CharField(label=_("Reviewed by (name and office)"), max_length=60)
    approver = forms.CharField(label=_("Approved by (name and office)"), max_length=60)
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    words = forms.CharField(
        label=_("Why it was approved on paper, and what was written there"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    scan = forms.FileField(
        label=_("Scan of the signed approval sheet"),
        help_text=_("PDF, JPG or PNG, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, is_reviewed: bool, **kwargs: Any) -> None:
        """Who reviewed it here already is not asked for."""
        super().__init__(*args, **kwargs)
        if is_reviewed:
            del self.fields["reviewer"]


class VerifyForm(forms.Form):
    """A file to hold against issued editions."""

    code = forms.CharField(label=_("Verification code"), max_length=20, required=False)
    file = forms.FileField(label=_("File"))


class RevisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is revised"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
