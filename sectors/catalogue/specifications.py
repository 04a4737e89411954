"""What catalogue files say, as plain data: units, regions and sectors with their sheets, indicators and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sectors.catalogue.nodes import FilePosition


@dataclass(frozen=True)
class FileUnit:
    place: FilePosition
    name: str
    base: str
    scale: Decimal
    counts: bool
    also: list[str]


@dataclass(frozen=True)
class FileRegion:
    place: FilePosition
    chain: list[dict[str, str]]  # the region first, then those above it: code, name, level
    places: list[FilePosition]  # of each
    departments: list[dict[str, Any]]
    assignments: dict[str, str]
    assigned: FilePosition
    renamed_from: str  # its name until now, where it is to get another one

    @property
    def code(self) -> str:
        return self.chain[0]["code"]


@dataclass(frozen=True)
class FileWord:
    place: FilePosition
    kind: str
    fields: dict[str, Any]  # as in the model, without `region`

    @property
    def code(self) -> str:
        return str(self.fields["code"])


@dataclass(frozen=True)
class FileRegistry:
    """Words that are shared, or of the `region` of a code. Of kinds that are not listed it says nothing."""

    place: FilePosition
    region: str  # empty where they are shared
    kinds: frozenset[str]
    words: list[FileWord]


@dataclass(frozen=True)
class FileIndicator:
    place: FilePosition
    measured: FilePosition  # of its unit and formula: in a matrix, of the column
    sheet: str
    table: str
    fields: dict[str, Any]  # as in the model, `unit` by name

    @property
    def code(self) -> str:
        return str(self.fields["code"])


@dataclass(frozen=True)
class FileBreakdown:
    place: FilePosition
    total: str
    name: str
    exhaustive: bool
    position: int
    parts: list[str]


@dataclass(frozen=True)
class FileRule:
    place: FilePosition
    fields: dict[str, Any]
    moved_from: str  # the sector that it belonged to, where it is to leave that


@dataclass
class FileSector:
    place: FilePosition
    chapter: dict[str, Any]
    fields: dict[str, Any]
    wording: FilePosition  # of its first line
    sheets: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[FileIndicator] = field(default_factory=list)
    breakdowns: list[FileBreakdown] = field(default_factory=list)
    rules: list[FileRule] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return str(self.fields["code"])

    @property
    def region(self) -> str:
        """The code of the region whose own it is; empty where all share it."""
        return str(self.fields["region"])


@dataclass
class CatalogueFiles:
    units: list[FileUnit] = field(default_factory=list)
    regions: list[FileRegion] = field(default_factory=list)
    sectors: list[FileSector] = field(default_factory=list)
    registries: list[FileRegistry] = field(default_factory=list)

    def places(self) -> Iterator[FilePosition]:
        """Of all files but those of units alone."""
        for specs in (self.sectors, self.regions, self.registries):
            yield from (spec.place for spec in specs)
