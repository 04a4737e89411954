"""Forms about days: calendars of periods, more time for a department, the absence of a head."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sectors.calendar import periods, workdays
from sectors.catalogue.compiled import catalogue
from sectors.models import Deputy, Extension, Period, Region, Sheet, Submission, User
from sectors.models.validators import validate_day
from sectors.people import deputies
from sectors.texts import LONGEST_REASON, whole_number
from sectors.versions import VersionedForm, version_of
from sectors.vocabulary import SubmissionStatus

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def check_workday(day: datetime.date | None) -> datetime.date | None:
    """Nobody is there to deliver or to help on a day off. Raises ValidationError with the next working day."""
    if day:
        validate_day(day)
    if day and not workdays.is_workday(day):
        what = {"day": day, "name": workdays.name_of(day), "next": workdays.next_workday(day)}
        raise ValidationError(_("%(day)s is a day off (%(name)s). The next working day is %(next)s.") % what)
    return day


class CalendarForm(forms.ModelForm):
    """The days of a period. What falls on a day off is asked again, with the next working day."""

    class Meta:
        model = Period
        fields: ClassVar[list[str]] = ["opens", "due", "closes"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"opens": DAY, "due": DAY, "closes": DAY}

    def clean_due(self) -> datetime.date | None:
        return check_workday(self.cleaned_data["due"])

    def clean_closes(self) -> datetime.date | None:
        return check_workday(self.cleaned_data["closes"])

    def validate_unique(self) -> None:
        """The region is no field of the form, so Django would leave out that a period opens once in a region."""
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, error)


class DaysForm(VersionedForm, CalendarForm):
    """Days of a period that departments work by already: whoever moves them says why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=100,
        help_text=gettext_lazy("The departments that have still to deliver are told, with this reason."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version_of(self.instance, fields=periods.DAYS)


class KnownSheets(forms.ModelMultipleChoiceField):
    """A number that is no key of any sheet is none of the choices; SQLite would stop at one that is no key at all."""

    def clean(self, value: Any) -> Any:
        return super().clean([whole_number(key) for key in value or ()])


class PeriodForm(CalendarForm):
    """A new period of a region, for all sheets of its frequency or for some."""

    ALL, SOME = "all", "some"
    is_early = forms.BooleanField(label=gettext_lazy("Due before the period ends"), required=False)
    which = forms.ChoiceField(
        label=gettext_lazy("Which sheets"),
        choices=[
            (ALL, gettext_lazy("All sheets of this frequency")),
            (SOME, gettext_lazy("Only those chosen below")),
        ],
        initial=ALL,
        required=False,
        widget=forms.RadioSelect,
    )
    sheets = KnownSheets(
        Sheet.objects.none(), label=gettext_lazy("Sheets"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(CalendarForm.Meta):
        fields: ClassVar[list[str]] = ["year", "kind", "number", "opens", "due", "closes"]

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_early = False  # whether the page asks if so early a day is meant
        self.instance.region = region
        self.assigned = Sheet.objects.filter(assignments__region=region).order_by("number")
        self.catalogue = catalogue()
        field = self.fields["sheets"]
        assert isinstance(field, KnownSheets)
        field.queryset = self.assigned

    def lapsed(self) -> list[Sheet]:
        """The region's sheets whose approval has ended: they are said, and opened all the same."""
        today = timezone.localdate()
        return [sheet for sheet in self.assigned if sheet.valid_on(today) and sheet.has_lapsed(today)]

    def fields_above(self) -> list[forms.BoundField]:
        """Those that stand above the choice of sheets, of which the last is only asked when it is needed."""
        others = {"which", "sheets"} if self.asks_early else {"which", "sheets", "is_early"}
        return [field for field in self if field.name not in others]

    def choices_of_sheets(self) -> list[tuple[Sheet, str]]:
        """The region's sheets, each with how often it is reported, as the page reads it.

        `2022:year 2025:quarter :month` is yearly until 2022, quarterly until 2025 and monthly since.
        """
        former = self.catalogue.former_frequencies
        return [
            (sheet, " ".join([*(f"{until}:{kind}" for until, kind in former.get(sheet.pk, ())), f":{sheet.frequency}"]))
            for sheet in self.assigned
        ]

    def _post_clean(self) -> None:
        """Days of another period, left standing, would make everybody late from the first moment."""
        super()._post_clean()  # type: ignore[misc]  # of a model's form
        data = self.cleaned_data
        if {"year", "kind", "number", "due"} & self.errors.keys() or not data.get("due"):
            return
        self.asks_early = data["due"] <= self.instance.last_day
        if self.asks_early and not data.get("is_early"):
            message = _(
                "The period ends on %(day)s, and reports of it would be due before. Move the day, or tick below."
            )
            self.add_error("due", message % {"day": self.instance.last_day})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("which") == self.SOME and not self._chosen(data):
            self.add_error("sheets", _("Choose at least one sheet of this frequency."))
        return data

    def _chosen(self, data: dict[str, Any]) -> list[Sheet]:
        """Those of the chosen sheets that are reported in the period's year as often as the period says."""
        year, kind = data.get("year"), data.get("kind")
        if year is None:
            return []
        return [sheet for sheet in data.get("sheets") or () if self.catalogue.frequency(sheet.pk, year) == kind]

    def save(self, commit: bool = True) -> Period:
        periods.keep_usual_days(self.instance)
        period: Period = super().save(commit)
        if self.cleaned_data["which"] == self.SOME:
            chosen = [sheet.pk for sheet in self._chosen(self.cleaned_data)]
            offered = [sheet for sheet in self.assigned if self.catalogue.is_own_period(sheet.pk, period.key)]
            periods.leave_out(period, [sheet for sheet in offered if sheet.pk not in chosen])
        return period


class CopyForm(CalendarForm):
    """One line of last year's calendar, to be taken over with these days."""

    take = forms.BooleanField(label=gettext_lazy("Take over"), required=False, initial=True)

    def save(self, commit: bool = True) -> Period:
        """A day that was changed is meant as it was typed."""
        for name in self.changed_data:
            self.instance.nominal.pop(name, None)
        period: Period = super().save(commit)
        return period


class SheetChoice(forms.ModelChoiceField):
    """Submissions of one period, told apart by their sheets."""

    def label_from_instance(self, obj: Submission) -> str:
        return str(obj.sheet)


class ExtensionForm(forms.ModelForm):
    """More time for a department of a period, or for one of its sheets."""

    submission = SheetChoice(
        Submission.objects.none(),
        label=gettext_lazy("Sheet"),
        empty_label=gettext_lazy("All its sheets"),
        required=False,
    )

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Extension
        fields: ClassVar[list[str]] = ["department", "submission", "until", "reason"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"until": DAY}

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Submission.objects.for_period(period).exclude(status=SubmissionStatus.ACCEPTED)
        departments, submissions = self.fields["department"], self.fields["submission"]
        assert isinstance(departments, forms.ModelChoiceField)
        assert isinstance(submissions, forms.ModelChoiceField)
        departments.queryset = period.region.departments.filter(submissions__in=open_ones).distinct()
        submissions.queryset = open_ones.select_related("sheet", "period").order_by("sheet__number")

    def clean_until(self) -> datetime.date | None:
        return check_workday(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        department, submission = data.get("department"), data.get("submission")
        if department and submission and submission.department_id != department.pk:
            self.add_error("submission", _("This sheet is reported by another department."))
        return data


class DeputyForm(forms.ModelForm):
    """Who stands in for the head who fills this in."""

    class Meta:
        model = Deputy
        fields: ClassVar[list[str]] = ["person", "first_day", "last_day"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"first_day": DAY, "last_day": DAY}

    def __init__(self, *args: Any, head: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.head = head
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = deputies.can_be_named(head)
        person.help_text = _("Left out are those who filled in or submitted all that waits for your signature.")

    def clean_last_day(self) -> datetime.date | None:
        last = self.cleaned_data["last_day"]
        if last and last < timezone.localdate():
            raise ValidationError(_("%(day)s is over already. Choose a day from today on.") % {"day": last})
        return last  # type: ignore[no-any-return]
