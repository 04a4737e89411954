"""Forms of stations and of what they are asked for."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collection.models import Station
from collection.models.parts import LONGEST_NOTE
from collection.models.stations import FIELDS
from sectors.models import Department, User
from sectors.versions import VersionedForm, version_of
from sectors.vocabulary import Role


def day_field() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StationForm(VersionedForm, forms.ModelForm):
    """A station of one department."""

    class Meta:
        model = Station
        fields = FIELDS
        widgets = {"valid_from": day_field(), "valid_to": day_field()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Department = self.instance.department
        account: Any = self.fields["account"]
        people = User.objects.filter(department__region=department.region_id, role=Role.CLERK, is_active=True)
        account.queryset = people.select_related("department").order_by("department", "username")
        self.version = version_of(self.instance, fields=FIELDS) if self.instance.pk else ""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        others = Station.objects.filter(department=self.instance.department).exclude(pk=self.instance.pk)
        if found.get("name") and others.filter(name=found["name"]).exists():
            self.add_error("name", _("Another station has this name."))
        if found.get("code") and others.filter(code=found["code"]).exists():
            self.add_error("code", _("Another station has this code."))
        return found


class WantedForm(forms.Form):
    """Until when stations are asked, and what they are told; cells and stations are marked in their lists."""

    due = forms.DateField(label=_("Stations send in until"), widget=day_field())
    note = forms.CharField(
        label=_("Note to the stations"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_due(self) -> datetime.date:
        due: datetime.date = self.cleaned_data["due"]
        if due < timezone.localdate() and due != self.initial.get("due"):
            raise forms.ValidationError(_("This day is past: give the stations time."))
        if due > timezone.localdate() + datetime.timedelta(days=366):
            raise forms.ValidationError(_("This day is more than a year away."))
        return due
