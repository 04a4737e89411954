"""The forms of the register of firms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateField, Field
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections import firm_names
from inspections.choices import RiskGrade
from inspections.forms import offer
from inspections.models import Firm
from inspections.models.firms import LONGEST_NAME, MOST_A_YEAR
from inspections.models.words import fault, word_fields
from sectors.catalogue.words import words
from sectors.models import Department, Region
from sectors.models.validators import validate_day
from sectors.versions import VersionedForm

MOST_NAMES = 30
DAY = {"type": "date"}


def _field(model_field: Field, **kwargs: Any) -> Any:
    if isinstance(model_field, DateField):
        kwargs["widget"] = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
        kwargs["input_formats"] = ["%Y-%m-%d"]
        kwargs["validators"] = [validate_day]
    return model_field.formfield(**kwargs)


class FirmForm(VersionedForm, forms.ModelForm):
    """A firm of a region, with its other names, one a line."""

    code = forms.CharField(
        label=gettext_lazy("Unified social credit code"),
        required=False,
        max_length=40,  # with the blanks that it is often written with
        help_text=gettext_lazy("18 places; empty where there is none, as of a school or a stall."),
    )
    others = forms.CharField(
        label=gettext_lazy("Other names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Former and short names, one a line. Records that have one of them name this firm."),
    )

    class Meta:
        model = Firm
        fields = (
            *("name", "code", "kind", "size", "grade", "township", "address", "department", "opened_on", "closed_on"),
            "note",
        )
        formfield_callback = _field

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.region = region
        offer(self, words(), region.pk, timezone.localdate())
        of: Any = self.fields["department"]
        of.queryset = Department.objects.filter(region=region).order_by("pk")
        of.label_from_instance = lambda department: department.short_name
        self.fields["township"].widget.attrs["list"] = "known-townships"

    def clean_others(self) -> list[str]:
        names = firm_names.lines([self.cleaned_data["others"].replace("\r", "")])
        if len(names) > MOST_NAMES:
            raise ValidationError(_("At most %(count)d other names.") % {"count": MOST_NAMES})
        for name in names:
            if len(name) > LONGEST_NAME:
                raise ValidationError(_("At most %(count)d characters fit in here.") % {"count": LONGEST_NAME})
            if not firm_names.key(name):
                raise ValidationError(_("“%(name)s” has neither letters nor digits.") % {"name": name})
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "again" not in self.data and not self.errors and self._twin(cleaned) is not None:
            self.fields["again"] = forms.BooleanField(required=False, label=_("It is another one: store it too"))
            twin = self._twin(cleaned)
            text = _("“%(name)s” is in the register already, with the same name and no other code (%(where)s).")
            where = (twin.address or twin.township or twin.code or _("no address")) if twin else ""
            raise ValidationError(text % {"name": cleaned["name"], "where": where}, code="double")
        return cleaned

    def _twin(self, cleaned: dict[str, Any]) -> Firm | None:
        """Another one of this name that no other code tells apart."""
        if self.instance.pk and "name" not in self.changed_data:
            return None
        rows = Firm.objects.current().filter(region=self.instance.region, key=firm_names.key(cleaned.get("name", "")))
        code = firm_names.written_code(cleaned.get("code", ""))
        if code:
            rows = rows.filter(code="")
        return rows.exclude(pk=self.instance.pk).first()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for field in word_fields(Firm):
            code = getattr(self.instance, field.attname)
            if field.name not in self.errors and field.name in self.changed_data:
                why = fault(field, words(), code, self.instance.region_id, timezone.localdate())
                if why:
                    self.add_error(field.name, why)

    def validate_unique(self) -> None:
        """The region is no field of the form, so Django would leave out what is unique within it."""
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error)

    def validate_constraints(self) -> None:
        """Done in `validate_unique`, with the region."""


class FrequencyForm(forms.Form):
    """Inspections a year by grade."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for grade in RiskGrade:
            self.fields[grade.value] = forms.IntegerField(label=grade.label, min_value=0, max_value=MOST_A_YEAR)
