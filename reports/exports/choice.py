"""What a person may choose to have handed out, and the choice as a job carries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms as django_forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.exports import files, forms, lists
from reports.exports.scopes import Scope
from sectors.models import Region, Sector, User

FORMS = "forms"
# Rows that a person waits for; more are written by a job.
AT_ONCE = 20_000
FORMS_AT_ONCE = 5
WRITERS: dict[str, Callable[..., None]] = {"xlsx": files.write_xlsx, "csv": files.write_csv}
WORDS = {
    "figures": (gettext_lazy("Figures, one a row"), gettext_lazy("every figure with its sheet, period and status")),
    "wide": (gettext_lazy("Figures, one period a column"), gettext_lazy("for looking at and comparing")),
    "annual": (gettext_lazy("Annual values"), gettext_lazy("accepted figures, as report and boards have them")),
    "rows": (
        gettext_lazy("Rows of open tables"),
        gettext_lazy("projects and whatever else departments list row by row"),
    ),
    FORMS: (gettext_lazy("Filled forms"), gettext_lazy("each sheet as an Excel file, in one .zip")),
    "findings": (gettext_lazy("Findings"), gettext_lazy("with what was said about them")),
    "transitions": (gettext_lazy("Steps of submissions"), gettext_lazy("who moved what, when and why")),
}


class ExportForm(django_forms.Form):
    """Years, sectors and regions of the person's own scope."""

    what = django_forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[(name, format_lazy("{}: {}", *words)) for name, words in WORDS.items()],
        widget=django_forms.RadioSelect,
        initial="figures",
    )
    region = django_forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("Region"), required=False)
    year = django_forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int, empty_value=None, required=False)
    sector = django_forms.ModelChoiceField(Sector.objects.none(), label=gettext_lazy("Sector"), required=False)
    ending = django_forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("xlsx", gettext_lazy("Excel (.xlsx)")), ("csv", gettext_lazy("Text (.csv)"))],
        initial="xlsx",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        scope = lists.to_choose_from(user)
        years = sorted(set(scope.values_list("period__year", flat=True)), reverse=True)
        options = {
            "region": Region.objects.filter(pk__in=scope.values("region")),
            "sector": Sector.objects.filter(pk__in=scope.values("sheet__sector")),
        }
        for name, queryset in options.items():
            field = self.fields[name]
            assert isinstance(field, django_forms.ModelChoiceField)
            field.queryset, field.empty_label = queryset, _("All")
        year = self.fields["year"]
        assert isinstance(year, django_forms.ChoiceField)
        year.choices = [("", _("All")), *((str(year), str(year)) for year in years)]
        if user.department:
            del self.fields["region"]

    def choice(self) -> Export:
        chosen = self.cleaned_data
        scope = Scope(self.user, chosen.get("region"), chosen["year"], chosen["sector"])
        return Export(chosen["what"], chosen["ending"], scope)


@dataclass(frozen=True)
class Export:
    """One export: `what` of WORDS, in which file, of which rows."""

    what: str
    ending: str
    scope: Scope

    @classmethod
    def of_job(
        cls, by: User, what: str, ending: str, region: int | None, year: int | None, sector: int | None
    ) -> Export:
        """The choice that `arguments` carried. What was deleted meanwhile raises DoesNotExist."""
        place = Region.objects.get(pk=region) if region else None
        return cls(what, ending, Scope(by, place, year, Sector.objects.get(pk=sector) if sector else None))

    @property
    def arguments(self) -> dict[str, Any]:
        scope = self.scope
        keys = {
            "region": scope.region.pk if scope.region else None,
            "sector": scope.sector.pk if scope.sector else None,
        }
        return {"what": self.what, "ending": self.ending, "year": scope.year, **keys}

    @property
    def title(self) -> str:
        year, sector = self.scope.year, self.scope.sector
        return " ".join(str(part) for part in (WORDS[self.what][0], sector, year) if part)

    @property
    def file_ending(self) -> str:
        return "zip" if self.what == FORMS else self.ending

    def is_long(self, count: int) -> bool:
        """Whether so many rows, or forms, are written by a job."""
        return count > (FORMS_AT_ONCE if self.what == FORMS else AT_ONCE)

    @property
    def nothing(self) -> str:
        """What is said instead of handing out an empty file."""
        scope = self.scope
        chosen = " ".join(str(part) for part in (scope.region, scope.sector, scope.year) if part)
        words = {
            "annual": _("There is nothing to export: nothing is accepted. Annual values are made of accepted figures."),
            "findings": _("There is nothing to export: the checks found nothing."),
            "transitions": _("There is nothing to export: no submission was moved yet."),
            FORMS: _("There is nothing to export: no sheet was handed out."),
        }.get(self.what, _("There is nothing to export: no figure was entered."))
        said = _("You chose: %(what)s.") % {"what": chosen}
        return f"{words}{said}" if chosen else words

    def count(self) -> int:
        """Rows, or forms."""
        return forms.count(self.scope) if self.what == FORMS else lists.LISTS[self.what](self.scope).count

    def write(self, path: Path, step: files.Step = lambda _done: None) -> None:
        """Raises TooManyRows."""
        if self.what == FORMS:
            forms.write_zip(self.scope, path, step)
        else:
            WRITERS[self.ending](lists.LISTS[self.what](self.scope), path, step)
