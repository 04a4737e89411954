"""What figures of a report can be of: the indicators of a year with all that they are called. Pure but for the
catalogue that is handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sectors.calculation.cells import Kind
from sectors.calculation.units import Units
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator, Region

_STATEMENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PRINTED = re.compile(r"\bn\(\s*['\"]([^'\"]+)['\"]\s*\)")
_CLAUSE = re.compile(r"[，。；：、（）\n]")


@dataclass(frozen=True)
class Entry:
    """An indicator as the matching knows it; `place` counts in the catalogue, `printed` in the shipped wording of its
    sector (-1 where that does not print it by itself)."""

    code: str
    name: str
    sector: str
    table: int
    place: int
    unit: str
    base: str
    scale: Decimal
    counts: bool
    decimals: int
    is_computed: bool
    is_percent: bool
    kind: Kind  # what it may be
    row: str  # head of its row, in a matrix with that of the column apart
    table_name: str
    phrases: Sequence[str] = ()  # words around it in the wording
    printed: int = -1
    total: str = ""  # the code of what it is a part of


def entries_of(catalogue: CompiledCatalogue, year: int, region: Region | None) -> list[Entry]:
    """Of all indicators of the region that are valid at the end of the year, in the order of the report."""
    totals = {part.code: row.total.code for row in catalogue.breakdowns for part in row.parts}
    wordings = {sector: phrases_of(row.wording) for sector, row in catalogue.sectors.items()}
    return [
        _entry(row, place, wordings[row.sheet.sector.code], totals.get(row.code, ""), catalogue.units)
        for place, row in enumerate(catalogue.of_region(year, region.pk if region else None))
        if not row.is_words
    ]


def _entry(row: Indicator, place: int, phrases: Mapping[str, list[str]], total: str, units: Units) -> Entry:
    base = units.get(row.unit.base)
    return Entry(
        code=row.code,
        name=row.name,
        sector=row.sheet.sector.code,
        table=row.table_id,
        place=place,
        unit=row.unit.name,
        base=row.unit.base,
        scale=row.unit.scale,
        counts=row.unit.counts or (base is not None and base.counts),
        decimals=row.decimals,
        is_computed=row.is_computed,
        is_percent=row.unit.base == "1" and row.unit.scale != 1,
        kind=row.kind,
        row=row.row_name,
        table_name=f"{row.table.name}{row.sheet.name}",
        phrases=tuple(phrases.get(row.code, ())),
        printed=list(phrases).index(row.code) if row.code in phrases else -1,
        total=total,
    )


def phrases_of(wording: str) -> dict[str, list[str]]:
    """By code, in the order of the text: the words right before and behind where a wording prints it."""
    text = _STATEMENT.sub("", wording)
    found: dict[str, list[str]] = {}
    before = ""
    pieces = _PLACEHOLDER.split(text)  # words and placeholders in turn
    for place in range(1, len(pieces), 2):
        before += pieces[place - 1]
        printed = _PRINTED.search(pieces[place])
        if printed:
            behind = _CLAUSE.split(pieces[place + 1], maxsplit=1)[0] if place + 1 < len(pieces) else ""
            found.setdefault(printed[1], []).append(_last_clause(before) + behind)
            before = ""
    return found


def _last_clause(text: str) -> str:
    parts = [part for part in _CLAUSE.split(text) if part.strip()]
    return parts[-1].strip() if parts else ""


def by_sector(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.sector, []).append(entry)
    return found
