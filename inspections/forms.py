"""Forms of records: short, with what the last record said already filled in."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateField, Field, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections import links
from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PartyRecord,
    PlanTask,
    Record,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from inspections.models.words import fault, offered, word_fields
from sectors.catalogue.compiled_words import Words
from sectors.catalogue.words import words
from sectors.models import Department, Sector
from sectors.models.validators import validate_day
from sectors.texts import whole_number
from sectors.versions import VersionedForm, version_of
from sectors.vocabulary import WordKind

CHOICES_SHOWN = 200  # of records to choose from: the latest
MOST_TASKS = 300  # lines of a plan
# Texts for which words are proposed, beside what the department wrote lately.
PROPOSED = {"item": WordKind.ITEM, "unit": WordKind.UNIT, "cause": WordKind.CAUSE}
LATEST, SUGGESTED = 100, 20  # records that are looked at for suggestions, and suggestions of one field
Group = tuple[str | Promise, tuple[str, ...]]


def _field(model_field: Field, **kwargs: Any) -> Any:
    """Days get the browser's own calendar, whatever the language says a day looks like."""
    if isinstance(model_field, DateField):
        kwargs["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        kwargs["input_formats"] = ["%Y-%m-%d"]
        kwargs["validators"] = [validate_day]
    return model_field.formfield(**kwargs)


class RecordForm(VersionedForm, forms.ModelForm):
    """A record of one department.

    `same` names the fields by which two records look like one, `groups` the fields that stand together, and
    `suggested` the texts for which the latest of the department are offered.
    """

    same: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    suggested: tuple[str, ...] = ()

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        if self.instance.pk:
            self.version = version_of(self.instance)
        self.instance.department, self.instance.region_id = department, department.region_id
        self.words = words()
        self.first_day = self.instance.words_day
        offer(self, self.words, department.region_id, self.first_day or timezone.localdate())
        for name, field in self.fields.items():
            if isinstance(self.initial.get(name), Decimal):  # without the zeros that the database fills up with
                self.initial[name] = f"{self.initial[name].normalize():f}"
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = sectors_of(department) if name == "sector" else self._own(name, field.queryset)
            if name in getattr(self.instance, "parties", ()):  # the register of firms proposes (registry/firms.js)
                field.widget.attrs |= {"data-firms": reverse("suggest-firms"), "autocomplete": "off"}

    @property
    def chosen_firm(self) -> int:
        """That of the register which the person chose for the text beside it; 0 for none."""
        return whole_number(self.data.get("firm", ""))

    def fieldsets(self) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        """The fields as they stand together, and what was asked on the way at the end."""
        sets = [(head, [self[name] for name in names]) for head, names in self.groups]
        grouped = {name for _head, names in self.groups for name in names}
        rest = [self[name] for name in self.fields if name not in grouped]
        return [*sets, ("", rest)] if rest else sets

    def suggest(self) -> list[tuple[str, list[str]]]:
        """For each text that is mostly one of a few: what the department wrote lately; ties the fields to the lists."""
        if not self.suggested:
            return []
        rows = type(self.instance).objects.filter(department=self.department).order_by("-pk")
        latest = list(rows.values_list(*self.suggested)[:LATEST])
        found = []
        for place, name in enumerate(self.suggested):
            texts = list(dict.fromkeys(row[place] for row in latest if row[place]))[:SUGGESTED]
            texts = list(dict.fromkeys([*texts, *self._proposed(name)]))
            if texts:
                self.fields[name].widget.attrs["list"] = f"known-{name}"
                found.append((f"known-{name}", texts))
        return found

    def _proposed(self, name: str) -> list[str]:
        if name not in PROPOSED:
            return []
        offered_words = self.words.of_region(PROPOSED[name], self.department.region_id)
        return [word.name for word in offered_words]

    def _post_clean(self) -> None:
        """The record has what was typed by now, also its day."""
        super()._post_clean()  # type: ignore[misc]
        self._choose_firm()
        day = self.instance.words_day
        has_moved = self.first_day != day
        for field in word_fields(type(self.instance)):
            code = getattr(self.instance, field.attname)
            is_asked = field.name in self.fields and field.name not in self.errors
            if is_asked and (has_moved or field.name in self.changed_data or not self.instance.pk):
                why = fault(field, self.words, code, self.department.region_id, day or timezone.localdate())
                if why:
                    self.add_error(field.name, why)

    def _choose_firm(self) -> None:
        """Another text names another firm: the chosen one, else whichever it names by itself when it is stored."""
        record = self.instance
        if isinstance(record, PartyRecord) and (self.chosen_firm or {*record.parties} & {*self.changed_data}):
            record.firm_id = links.chosen(record, self.chosen_firm) if self.chosen_firm else None

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
        is_news = self.instance.pk is None or set(self.changed_data) & set(self.same)
        if is_news and not self.errors and "again" not in self.data and self._double(cleaned):
            self.fields["again"] = forms.BooleanField(required=False, label=_("It is another one: store it too"))
            raise ValidationError(_("The same is recorded already for this day and place."), code="double")
        return cleaned

    def _double(self, cleaned: dict[str, Any]) -> bool:
        key = {name: cleaned.get(name) for name in self.same}
        if not key or not all(key.values()):
            return False
        rows = type(self.instance).objects.filter(department=self.department, **key)
        number = once(type(self.instance))[-1:]
        if any(cleaned.get(name) for name in number):  # those of other numbers are others
            rows = rows.filter(**dict.fromkeys(number, ""))
        return bool(rows.exclude(pk=self.instance.pk).exists())

    def validate_unique(self) -> None:
        """The department is no field of the form, so Django would leave out what is unique within it."""
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            self.add_error(None, error)

    def validate_constraints(self) -> None:
        """Done in `validate_unique`, with the department."""


def offer(form: forms.ModelForm, known: Words, region: int, day: datetime.date) -> None:
    """Give the selects of a form the words that a region chooses from."""
    for field in word_fields(form._meta.model):
        if field.name in form.fields:
            of: Any = form.fields[field.name]
            chosen = getattr(form.instance, field.attname) if form.instance.pk else ""
            of.choices = offered(field, known, region, day, chosen)


def once(model: type[Record]) -> list[str]:
    """The fields that a department has once, the text that is a record's number among them last; none where there is
    none."""
    unique = (one for one in model._meta.constraints if isinstance(one, UniqueConstraint))
    return next(([name for name in one.fields if name != "department"] for one in unique), [])


def sectors_of(department: Department) -> Any:
    """Those a department reports on."""
    return Sector.objects.filter(sheets__assignments__department=department).distinct()


def _form(model: Any, *groups: Group, same: tuple[str, ...] = (), suggested: tuple[str, ...] = ()) -> type[RecordForm]:
    fields = [name for _head, names in groups for name in names]
    made = forms.modelform_factory(model, form=RecordForm, fields=fields, formfield_callback=_field)
    assert issubclass(made, RecordForm)
    made.same, made.groups, made.suggested = same, groups, suggested
    return made


BatchForm = _form(
    SamplingBatch,
    (gettext_lazy("What was sampled"), ("taken_on", "category", "product", "samples", "place", "setting")),
    (gettext_lazy("From whom"), ("sampled_unit", "producer")),
    (gettext_lazy("Task"), ("programme", "sector", "campaign", "plan")),
    (gettext_lazy("Tests and result"), ("items", "failed", "report_number")),
    (gettext_lazy("Way of the sample"), ("received_on", "tested_on", "reported_on", "closed_on", "note")),
    same=("taken_on", "place", "product"),
    suggested=("product", "place", "sampled_unit", "producer", "campaign", "items"),
)
PlanForm = _form(
    SamplingPlan,
    (gettext_lazy("Plan"), ("name", "year", "programme", "sector", "issued_on")),
    (gettext_lazy("Testing body and basis"), ("body", "basis", "note")),
    suggested=("body", "basis"),
)
NonconformingForm = _form(
    NonconformingSample,
    (gettext_lazy("What did not conform"), ("batch", "item", "found_on")),
    (gettext_lazy("Measured and limit"), ("measured", "limit", "unit", "judgement")),
    (gettext_lazy("What became of it"), ("disposal", "retest", "case", "closed_on", "note")),
    same=("batch", "item"),
    suggested=("item", "unit", "judgement", "disposal"),
)
InspectionForm = _form(
    Inspection,
    (gettext_lazy("Where and when"), ("held_on", "premises_type", "premises", "places")),
    (gettext_lazy("Task"), ("kind", "sector", "campaign")),
    (gettext_lazy("Dispatched"), ("people", "vehicles")),
    (gettext_lazy("What was found"), ("problems", "found", "note")),
    same=("held_on", "premises", "kind"),
    suggested=("premises", "campaign"),
)
NoticeForm = _form(
    RectificationNotice,
    (gettext_lazy("Notice"), ("number", "issued_on", "due_on", "sector", "inspection")),
    (gettext_lazy("To whom"), ("premises_type", "premises", "problems")),
    (gettext_lazy("What became of it"), ("evidence", "rechecked_on", "closed_on", "note")),
    same=("issued_on", "premises"),
    suggested=("premises", "evidence"),
)
CaseForm = _form(
    EnforcementCase,
    (gettext_lazy("Case"), ("number", "filed_on", "party", "category", "cause", "sector")),
    (gettext_lazy("Outcome"), ("closed_on", "penalty", "note")),
    same=("filed_on", "party"),
    suggested=("party", "cause"),
)
ComplaintForm = _form(
    Complaint,
    (gettext_lazy("Complaint"), ("accepted_on", "channel", "kind", "subject", "against", "number", "sector")),
    (gettext_lazy("What became of it"), ("answered_on", "closed_on", "note")),
    same=("accepted_on", "subject", "against"),
    suggested=("subject", "against"),
)


@lru_cache
def quick_form(whole: type[RecordForm], fields: tuple[str, ...]) -> type[RecordForm]:
    """A form of a few of the fields, for a row in a list."""
    suggested = tuple(name for name in whole.suggested if name in fields)
    return _form(whole._meta.model, ("", fields), same=whole.same, suggested=suggested)


class TaskForm(forms.ModelForm):
    """A line of a plan; one without a number of batches asks for nothing, one without a day for batches by the end of
    the year."""

    class Meta:
        model = PlanTask
        fields = ("category", "setting", "due_on", "batches")
        formfield_callback = _field

    def __init__(self, *args: Any, year: int, region: int, known: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.region, self.words = year, region, known
        self.fields["due_on"].required = False
        offer(self, known, region, datetime.date(year, 12, 31))

    def clean_due_on(self) -> datetime.date:
        due: datetime.date = self.cleaned_data["due_on"] or datetime.date(self.year, 12, 31)
        if due.year != self.year:
            raise ValidationError(
                _("This is a plan of %(year)d: its tasks are due in that year.") % {"year": self.year}
            )
        return due

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field in word_fields(PlanTask):
            code, due = cleaned.get(field.name), cleaned.get("due_on")
            why = fault(field, self.words, code, self.region, due) if code and due else ""
            if why:
                self.add_error(field.name, why)
        return cleaned


class BaseTaskFormSet(forms.BaseFormSet):
    """The lines of a plan: each category in each setting once a day."""

    def clean(self) -> None:
        keys = [(task.category, task.setting, task.due_on) for task in self.tasks()]
        if len(keys) != len(set(keys)):
            raise ValidationError(_("The same category, setting and day stand in two lines: make one of them."))

    def tasks(self) -> list[PlanTask]:
        """What is left when empty and deleted lines are taken away."""
        return [form.instance for form in self.forms if form not in self.deleted_forms and form.instance.batches]


TaskFormSet = forms.formset_factory(
    TaskForm, formset=BaseTaskFormSet, extra=4, can_delete=True, max_num=MOST_TASKS, absolute_max=MOST_TASKS
)
