"""Where a sheet goes that is made of an Excel form: into a sector that is there, or in place of one of its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue import draft_acts
from sectors.catalogue.editing import SHEET, at
from sectors.catalogue.writing import Specification, of_sectors, parted
from sectors.models import Sector, Sheet
from sectors.reading.forms import known_codes
from sectors.reading.forms.form import Form
from sectors.texts import folded

SECTOR, NUMBER = "sector:", "sheet:"
Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Target:
    """`whole` is the file of the sector; `number` that of the sheet which the form follows, empty for a new one."""

    code: str
    whole: Specification
    number: str

    @property
    def _part(self) -> Specification:
        """The sector with the sheet alone."""
        return parted(self.whole).get(self.number, {})

    @property
    def _sheet(self) -> Specification | None:
        return at(self._part, SHEET) if self._part else None

    def is_taken(self, number: str) -> bool:
        """Whether a new sheet cannot have the number, since it would take another one's place."""
        numbers = Sheet.objects.values_list("number", flat=True)
        return not self.number and folded(number) in {folded(one) for one in numbers}

    def give_codes(self, form: Form) -> None:
        known_codes.take(form, self.code, self._sheet, draft_acts.taken(self.whole))

    def with_sheet(self, content: Specification) -> Specification:
        """The sector with the one sheet that was made of the form, and the words of the sector as they are; a new
        sheet's paragraph follows them."""
        (new,) = content["sheets"]
        units = {"units": content["units"]} if "units" in content else {}
        if self._sheet is not None:
            return {**self._part, **units, "sheets": [known_codes.kept(new, self._sheet)]}
        there = {key: value for key, value in self.whole.items() if key not in ("sheets", "rules")}
        wording = "".join(part.rstrip("\n") + "\n" for part in (there.get("wording", ""), content["wording"]) if part)
        return {**there, **units, "sheets": [new], "wording": wording}


def target(into: str) -> Target | None:
    """What a choice says; None for a new sector."""
    if into.startswith(NUMBER):
        number = into.removeprefix(NUMBER)
        sheet = Sheet.objects.select_related("sector").filter(number=number).first()
        return Target(sheet.sector.code, of_sectors(sheet.sector.code)[sheet.sector.code], number) if sheet else None
    code = into.removeprefix(SECTOR)
    found = of_sectors(code) if into.startswith(SECTOR) and Sector.objects.filter(code=code).exists() else {}
    return Target(code, found[code], "") if code in found else None


def sheet_of(number: str) -> str:
    """The choice of the sheet that a form says by its number to be; that of a new sector where there is none."""
    return f"{NUMBER}{number}" if number and Sheet.objects.filter(number=number).exists() else ""


def choices() -> Choices:
    """A new sector, then those that are there, then their sheets."""
    sectors: Sequence[Sector] = list(Sector.objects.select_related("region"))
    sheets = Sheet.objects.order_by("number").values_list("number", "name")
    named = [(f"{SECTOR}{one.code}", f"{one}（{one.region}）" if one.region else str(one)) for one in sectors]
    follow = [(f"{NUMBER}{number}", f"{number} {name}") for number, name in sheets]
    found: Choices = [("", _("A new sector"))]
    found += [(_("A new sheet of the sector"), named)] if named else []
    return [*found, (_("The next version of the sheet"), follow)] if follow else found
