"""What narrows a list of findings down."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sectors.models import Department, Period, Rule, Sector, StoredFinding, Submission, User


class FindingFilter(forms.Form):
    """Which findings of one's scope a list shows. What is not understood narrows nothing."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), required=False)
    sector = forms.ModelChoiceField(Sector.objects.none(), label=_("Sector"), required=False)
    period = forms.ModelChoiceField(Period.objects.none(), label=_("Period"), required=False)
    severity = forms.ChoiceField(choices=[("", _("All")), *Rule.Severity.choices], label=_("Severity"), required=False)
    state = forms.ChoiceField(
        choices=[("", _("All that stand")), *StoredFinding.State.choices], label=_("State"), required=False
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
        if user.role in (user.Role.CLERK, user.Role.HEAD):
            del self.fields["department"]
        self.is_valid()

    def chosen(self, *names: str) -> dict[str, Any]:
        """Conditions for the named fields, those that were chosen."""
        return {self.FIELDS[name]: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
