"""What people send about a run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.models import Run, Scheme
from assessment.runs import Days
from assessment.vocabulary import SchemeState
from sectors.models import Region

DAY = {"type": "date"}


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **more)


class DaysForm(forms.Form):
    """Until when; both a new run's days and those that change."""

    self_until = _day(_("Self-scores until"))
    review_until = _day(_("Review until"))
    appeal_until = _day(_("Appeals until"))

    @property
    def days(self) -> Days:
        return Days(**{name: self.cleaned_data[name] for name in ("self_until", "review_until", "appeal_until")})


class ChangeDaysForm(DaysForm):
    reason = forms.CharField(label=_("Why they change"), max_length=200)


class OpenForm(DaysForm):
    """For a scheme in force that has no run yet."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=_("Scheme in force"), empty_label=None)
    field_order = ("scheme",)

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scheme"]
        assert isinstance(field, forms.ModelChoiceField)
        taken = Run.objects.filter(region=region).values_list("year", "subjects_are")
        rows = Scheme.objects.filter(region=region, state=SchemeState.IN_FORCE)
        free = [one.pk for one in rows if (one.year, one.subjects) not in set(taken)]
        field.queryset = rows.filter(pk__in=free)

    @property
    def has_schemes(self) -> bool:
        field = self.fields["scheme"]
        assert isinstance(field, forms.ModelChoiceField)
        return bool(field.queryset)


class MoveForm(forms.Form):
    to = forms.CharField(max_length=8)
    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000)
    reason = forms.CharField(max_length=200, required=False)
    rectify_until = forms.DateField(required=False)


class ReviewForm(forms.Form):
    """Points of a criterion; with a reason where they differ."""

    points = forms.DecimalField(label=_("Points"), max_digits=8, decimal_places=2, min_value=0)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text=_("Needed where the points differ from those by facts or from the self-score."),
    )
    seen = forms.CharField(max_length=60, widget=forms.HiddenInput)


class SelfScoreForm(forms.Form):
    """One criterion of the form of whoever is assessed."""

    points = forms.DecimalField(max_digits=8, decimal_places=2, required=False)
    remark = forms.CharField(max_length=1000, required=False)
    seen = forms.CharField(max_length=60, required=False)


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer, with the reason"), max_length=2000)
    decision = forms.ChoiceField(choices=[("accept", ""), ("decline", "")])


class AnsweredPointsForm(forms.Form):
    points = forms.DecimalField(max_digits=8, decimal_places=2, min_value=0, required=False)
    seen = forms.CharField(max_length=60, required=False)
