"""What the office types in the editor of a wording."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WordingForm(forms.Form):
    """`after` is the version that the text was made from, so that two people notice each other."""

    text = forms.CharField(
        label=_("Wording"), widget=forms.Textarea(attrs={"spellcheck": "false", "autocomplete": "off"}), strip=False
    )
    note = forms.CharField(label=_("Why it was changed"), max_length=200, required=False)
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """As lines are kept: without the browser's carriage returns and without blanks at their ends."""
        text: str = self.cleaned_data["text"]
        kept = "\n".join(line.rstrip() for line in text.strip().splitlines())
        if not kept:
            raise forms.ValidationError(_("Write the wording, or go back to the catalogue's under Versions."))
        return kept


class RestoreForm(forms.Form):
    """Which version to go back to; 0 is the catalogue's."""

    number = forms.IntegerField(min_value=0)
    after = forms.IntegerField(min_value=0)
