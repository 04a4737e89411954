"""The form of a sheet that is begun from nothing or as a copy, in a sector that is there or a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sectors.access import can_set_up
from sectors.catalogue import draft_acts, editing, keys, writing
from sectors.catalogue.own_codes import code_prefix, number_prefix, region_of
from sectors.models import Chapter, Department, Region, Sector, Sheet, User
from sectors.models.catalogue import reported_in
from sectors.models.naming import departments_named
from sectors.texts import folded
from sectors.vocabulary import Frequency

NEW = "new"  # a sector, a chapter that is not there yet


class NewSheetForm(forms.Form):
    """`specification` gives that of a draft; what it says further is checked with the draft.

    The administrator chooses who reports the sheet, an office makes sheets of its own region. Codes and numbers of
    what only one region has get their beginning (`own_codes`) by themselves.
    """

    region = forms.ModelChoiceField(
        Region.objects.order_by("code"),
        required=False,
        label=gettext_lazy("Reporting region"),
        empty_label=gettext_lazy("all regions"),
    )
    copy = forms.ModelChoiceField(
        Sheet.objects.all(),
        required=False,
        label=gettext_lazy("Begin with"),
        empty_label=gettext_lazy("an empty sheet"),
    )
    number = forms.CharField(label=gettext_lazy("Sheet number"), max_length=20)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    frequency = forms.ChoiceField(label=gettext_lazy("Frequency"), choices=Frequency.choices, initial=Frequency.QUARTER)
    department = forms.CharField(
        label=gettext_lazy("Department (code or name)"),
        max_length=30,
        help_text=gettext_lazy("Reports it in every region that has such a department."),
    )
    sector = forms.ChoiceField(label=gettext_lazy("Sector"))
    sector_code = forms.CharField(
        label=gettext_lazy("Code of the new sector"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Lower-case letters, digits and _; all its indicator codes begin with it."),
    )
    sector_name = forms.CharField(label=gettext_lazy("Name of the new sector"), required=False, max_length=60)
    chapter = forms.ModelChoiceField(
        Chapter.objects.all(), required=False, label=gettext_lazy("Chapter of the new sector"), to_field_name="code"
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        sectors = Sector.objects.select_related("region")
        if not can_set_up(user):
            del self.fields["region"]
            sectors = sectors.filter(region=user.region)
            shared = reported_in("sector__", user.region)
            self.fields["copy"].queryset = Sheet.objects.filter(shared)  # type: ignore[attr-defined]
        there = [(sector.code, f"{sector}（{sector.region}）" if sector.region else str(sector)) for sector in sectors]
        self.fields["sector"].choices = [*there, (NEW, _("a new sector"))]  # type: ignore[attr-defined]
        codes = list(Department.objects.order_by("code").values_list("code", flat=True).distinct())
        self.fields["department"].widget.attrs["list"] = "department-codes"
        self.department_codes = codes

    @property
    def own(self) -> Region | None:
        """The region that alone reports the sheet; None where all do."""
        found: Region | None = self.cleaned_data.get("region") if can_set_up(self.user) else self.user.region
        return found

    def clean_number(self) -> str:
        number = _begun(str(self.cleaned_data["number"]), number_prefix(self.own.code if self.own else ""))
        if any(folded(number) == folded(other) for other in Sheet.objects.values_list("number", flat=True)):
            raise forms.ValidationError(_("There is a sheet with this number. Take another, or edit that one."))
        return number

    def clean_department(self) -> str:
        """A name becomes the code; what nobody is called stays, for departments may be made afterwards."""
        text = str(self.cleaned_data["department"])
        departments = self.own.departments.all() if self.own else Department.objects.all()
        codes = sorted({department.code for department in departments_named(text, departments)})
        if len(codes) > 1:
            message = _("Several are called %(name)s. Give the code: %(codes)s.")
            raise forms.ValidationError(message % {"name": text, "codes": ", ".join(codes)})
        return codes[0] if codes else text

    def clean_sector_code(self) -> str:
        code = str(self.cleaned_data["sector_code"])
        return _begun(code, code_prefix(self.own.code if self.own else "")) if code else ""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("sector") == NEW:
            for name in ("sector_code", "sector_name", *(("chapter",) if self.own else ())):
                if not found.get(name):
                    self.add_error(name, _("A new sector needs it."))
            if Sector.objects.filter(code=found.get("sector_code")).exists():
                self.add_error("sector_code", _("There is a sector with this code. Choose it above."))
        elif region_of(found.get("sector", "")) != (self.own.code if self.own else ""):
            message = _("This sector is not reported by the same regions as the sheet. Choose another, or a new one.")
            self.add_error("sector", message)
        return found

    def specification(self) -> writing.Specification:
        found = self.cleaned_data
        sector = self._sector()
        code = str(sector["sector"])
        named = {name: found[name] for name in ("number", "name", "frequency", "department")}
        if found["copy"] is None:
            return editing.new_sheet(sector, named, draft_acts.taken(sector))
        other = found["copy"].sector.code
        original = writing.parted(writing.of_sectors(other)[other]).get(found["copy"].number)
        if original is None:  # a sheet with nothing in it
            return editing.new_sheet(sector, named, draft_acts.taken(sector))
        copied = editing.copied(original, found["number"], code, draft_acts.taken(sector))
        kept = {key: sector[key] for key in ("region", "name", "chapter", "position") if key in sector}
        if found["sector"] != NEW:
            kept["wording"] = sector.get("wording", "")
        copied.pop("region", None)
        return editing.changed({**copied, **kept}, editing.SHEET, named)

    def _sector(self) -> writing.Specification:
        """Without sheets and rules."""
        found = self.cleaned_data
        if found["sector"] != NEW:
            there = writing.of_sectors(found["sector"])[found["sector"]]
            return {key: value for key, value in there.items() if key not in ("sheets", "rules")}
        chapter = found["chapter"]
        last = max(Sector.objects.values_list("position", flat=True), default=0)
        return {
            "sector": found["sector_code"],
            **({"region": self.own.code} if self.own else {}),
            "name": found["sector_name"],
            "chapter": {"code": chapter.code, "name": chapter.name, "position": chapter.position}
            if chapter
            else {"code": found["sector_code"], "name": found["sector_name"], "position": 1},
            "position": min(last + 1, keys.LONGEST_POSITION),
        }


def _begun(text: str, prefix: str) -> str:
    return text if text.startswith(prefix) else f"{prefix}{text}"
