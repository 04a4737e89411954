"""Forms of records: short, with what the last record said already filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateField, Field
from django.utils.translation import gettext as _

from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from sectors.models import Department, Sector, User

CHOICES_SHOWN = 200  # of records to choose from: the latest


def _field(model_field: Field, **kwargs: Any) -> Any:
    """Days get the browser's own calendar, whatever the language says a day looks like."""
    if isinstance(model_field, DateField):
        kwargs["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        kwargs["input_formats"] = ["%Y-%m-%d"]
    return model_field.formfield(**kwargs)


class RecordForm(forms.ModelForm):
    """A record of one department. `same` names the fields by which two records look like one."""

    same: tuple[str, ...] = ()

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.instance.department, self.instance.region_id = department, department.region_id
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = sectors_of(department) if name == "sector" else self._own(name, field.queryset)

    def _own(self, name: str, rows: Any) -> Any:
        """The department's own records to choose from: the latest, and the one that is chosen already."""
        own = rows.filter(department=self.department)
        if self.is_bound:
            return own
        chosen = getattr(self.instance, f"{name}_id", None) or self.initial.get(name)
        latest = list(own.values_list("pk", flat=True)[:CHOICES_SHOWN])
        return own.filter(pk__in=[*latest, *([chosen] if chosen else [])])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.same and not self.errors and "again" not in self.data and self._double(cleaned):
            self.fields["again"] = forms.BooleanField(required=False, label=_("It is another one: store it too"))
            raise ValidationError(_("The same is recorded already for this day and place."), code="double")
        return cleaned

    def _double(self, cleaned: dict[str, Any]) -> bool:
        key = {name: cleaned.get(name) for name in self.same}
        if not all(key.values()):
            return False
        rows = type(self.instance).objects.filter(department=self.department, **key)
        return bool(rows.exclude(pk=self.instance.pk).exists())

    def validate_unique(self) -> None:
        """The department is no field of the form, so Django would leave out what is unique within it."""
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error)

    def validate_constraints(self) -> None:
        """Done in `validate_unique`, with the department."""


def sectors_of(department: Department) -> Any:
    """Those a department reports on."""
    return Sector.objects.filter(sheets__assignments__department=department).distinct()


def department_of(user: User) -> Department | None:
    return user.department if user.role == User.Role.CLERK else None


def _form(model: Any, fields: tuple[str, ...], same: tuple[str, ...] = ()) -> type[RecordForm]:
    made = forms.modelform_factory(model, form=RecordForm, fields=fields, formfield_callback=_field)
    assert issubclass(made, RecordForm)
    made.same = same
    return made


BatchForm = _form(
    SamplingBatch,
    (
        *("programme", "sector", "campaign", "plan", "taken_on", "category", "product", "setting", "place"),
        *("producer", "samples", "failed", "items", "report_number", "received_on", "tested_on", "reported_on"),
        *("closed_on", "note"),
    ),
    same=("taken_on", "place", "product"),
)
PlanForm = _form(SamplingPlan, ("name", "year", "programme", "sector", "issued_on", "body", "basis", "note"))
NonconformingForm = _form(
    NonconformingSample,
    (
        *("batch", "found_on", "item", "measured", "limit", "unit", "judgement", "disposal", "retest", "case"),
        *("closed_on", "note"),
    ),
)
InspectionForm = _form(
    Inspection,
    (
        *("kind", "sector", "campaign", "held_on", "premises_type", "premises", "places", "people", "vehicles"),
        *("problems", "found", "note"),
    ),
    same=("held_on", "premises", "kind"),
)
NoticeForm = _form(
    RectificationNotice,
    (
        *("sector", "inspection", "number", "issued_on", "due_on", "premises_type", "premises", "problems"),
        *("evidence", "rechecked_on", "closed_on", "note"),
    ),
)
CaseForm = _form(
    EnforcementCase, ("sector", "number", "filed_on", "party", "category", "cause", "closed_on", "penalty", "note")
)
ComplaintForm = _form(
    Complaint,
    (
        *("sector", "number", "channel", "kind", "accepted_on", "subject", "against", "answered_on", "closed_on"),
        *("note",),
    ),
)


class TaskForm(forms.ModelForm):
    """A line of a plan; one without a number of batches asks for nothing."""

    class Meta:
        model = PlanTask
        fields = ("category", "setting", "batches")


class BaseTaskFormSet(forms.BaseFormSet):
    """The lines of a plan: each category in each setting once."""

    def clean(self) -> None:
        keys = [(task.category, task.setting) for task in self.tasks()]
        if len(keys) != len(set(keys)):
            raise ValidationError(_("The same category and setting stand in two lines: make one of them."))

    def tasks(self) -> list[PlanTask]:
        """What is left when empty and deleted lines are taken away."""
        return [form.instance for form in self.forms if form not in self.deleted_forms and form.instance.batches]


TaskFormSet = forms.formset_factory(TaskForm, formset=BaseTaskFormSet, extra=4, can_delete=True)
