"""What narrows lists of findings and of checks down, and the severity of a check."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sectors.findings.severities import RegionCheck
from sectors.models import Department, Period, Region, Sector, Submission, User
from sectors.vocabulary import DEPARTMENT_ROLES, FindingState, Severity


class FindingFilter(forms.Form):
    """Which findings of one's scope a list shows. What is not understood narrows nothing."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), required=False)
    sector = forms.ModelChoiceField(Sector.objects.none(), label=_("Sector"), required=False)
    period = forms.ModelChoiceField(Period.objects.none(), label=_("Period"), required=False)
    severity = forms.ChoiceField(choices=[("", _("All")), *Severity.choices], label=_("Severity"), required=False)
    state = forms.ChoiceField(
        choices=[("", _("All that stand")), *FindingState.choices], label=_("State"), required=False
    )
    FIELDS: ClassVar[dict[str, str]] = {
        "department": "submission__department",
        "sector": "submission__sheet__sector",
        "period": "period",
        "severity": "severity",
        "state": "state",
    }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = Submission.objects.for_user(user)
        options = {
            "department": Department.objects.filter(pk__in=scope.values("department")),
            "sector": Sector.objects.filter(pk__in=scope.values("sheet__sector")),
            "period": Period.objects.filter(pk__in=scope.values("period")).order_by("-due"),
        }
        for name, queryset in options.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = queryset, _("All")
        if user.role in DEPARTMENT_ROLES:
            del self.fields["department"]
        self.is_valid()

    def chosen(self, *names: str) -> dict[str, Any]:
        """Conditions for the named fields, those that were chosen."""
        return {self.FIELDS[name]: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class CheckFilter(forms.Form):
    """Which checks a list shows. What is not understood narrows nothing."""

    sector = forms.ModelChoiceField(Sector.objects.none(), label=_("Sector"), required=False, empty_label=_("All"))
    changed = forms.BooleanField(label=_("Changed only"), required=False)

    def __init__(self, data: Any, *, region: Region) -> None:
        super().__init__(data)
        self.fields["sector"].queryset = Sector.objects.reported_in(region)  # type: ignore[attr-defined]
        self.is_valid()


class SeverityForm(forms.Form):
    """Another severity for a check, or that of the catalogue again, with the reason."""

    new = forms.ChoiceField(label=_("Severity"), widget=forms.RadioSelect, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays on record and is printed in the annex of the report."),
    )

    def __init__(self, *args: Any, check: RegionCheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = _("as the catalogue has it: %(severity)s") % {"severity": check.usual.label}
        field = self.fields["new"]
        assert isinstance(field, forms.ChoiceField)
        everywhere = _("%(severity)s, also where a value was cut off") % {"severity": check.usual.label}
        labels = {one.value: everywhere if one == check.usual else one.label for one in check.choices}
        field.choices = [("", usual), *labels.items()]
        field.initial = check.changed.new if check.changed else ""
