"""What would be loaded of a draft, what is wrong in it and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sectors.catalogue import consistency
from sectors.catalogue.beside import in_database
from sectors.catalogue.editing import SHEET, at
from sectors.catalogue.files import read_sources
from sectors.catalogue.key_names import label
from sectors.catalogue.nodes import CatalogueError, FileProblem
from sectors.catalogue.specification_source import Place, SpecificationSource
from sectors.catalogue.specifications import CatalogueFiles
from sectors.catalogue.writing import Specification, of_sectors, parted


class Problem(NamedTuple):
    """`place` lies in the draft's specification, and is empty for what lies elsewhere in the sector."""

    place: Place
    message: str


@dataclass
class Reading:
    """A draft together with the other sheets of its sector, as the loader reads it."""

    source: SpecificationSource
    position: int  # of the draft's sheet in the sector
    rules: int  # of the draft; those of other sheets follow
    files: CatalogueFiles | None = None  # None where it cannot be read
    found: list[FileProblem] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return [self.problem(one) for one in self.found]

    def problem(self, one: FileProblem) -> Problem:
        place = self.source.place_of(one)
        message = _with_label(place, one.message)
        if place[:2] == ("sheets", self.position):
            return Problem((*SHEET, *place[2:]), message)
        is_own_rule = place[:1] == ("rules",) and (len(place) < 2 or int(place[1]) < self.rules)
        is_elsewhere = place[:1] == ("sheets",) or (place[:1] == ("rules",) and not is_own_rule)
        return Problem(() if is_elsewhere else place, message)


def _with_label(place: Place, message: str) -> str:
    """A sentence that begins with the key of a file begins with what the page calls it."""
    key = str(place[-1]) if place else ""
    return f"{label(key)}{message.removeprefix(key)}" if key and message.startswith(f"{key} ") else message


def in_force(specification: Mapping[str, Any]) -> Specification:
    """What the database has of the draft's sheet; empty where it has none."""
    code = str(specification.get("sector", ""))
    number = at(specification, SHEET).get("number")
    sector = of_sectors(code).get(code) if code else None
    return parted(sector).get(number, {}) if sector else {}


def reading(specification: Specification) -> Reading:
    """Read it, and check it beside the database. Nothing is tried out: that is a dry run of the loader."""
    whole, position = whole_sector(specification)
    name = f"{at(specification, SHEET).get('number', '')}.yaml".replace("/", "-")
    found: list[FileProblem] = []
    source = SpecificationSource(whole, name, found)
    read = Reading(source, position, len(specification.get("rules", [])))
    try:
        files = read_sources([source], found)
        read.found = consistency.problems(files, in_database(files))
        read.files = files
    except CatalogueError as error:
        read.found = error.problems
    return read


def whole_sector(specification: Specification) -> tuple[Specification, int]:
    """The file of the sector with the draft's sheet in its place, and that place: what a file leaves out goes."""
    code = str(specification.get("sector", ""))
    sector = of_sectors(code).get(code) if code else None
    if sector is None:
        return specification, 0
    sheet = at(specification, SHEET)
    sheets = list(sector["sheets"])
    numbers = [one["number"] for one in sheets]
    position = numbers.index(sheet.get("number")) if sheet.get("number") in numbers else len(sheets)
    sheets[position : position + 1] = [sheet]
    own = specification.get("rules", [])
    named = {rule.get("code") for rule in own}
    others = [
        rule
        for number, part in parted(sector).items()
        if number != sheet.get("number")
        for rule in part.get("rules", [])
        if rule["code"] not in named
    ]
    return {**specification, "sheets": sheets, "rules": [*own, *others]}, position
