"""What new wordings claim without figures. It takes seconds, so it is asked before a load locks anything.

Reports know the language of wordings; which function finds it, the settings say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.module_loading import import_string

from sectors.catalogue.nodes import FileProblem
from sectors.catalogue.specifications import CatalogueFiles
from sectors.models import Indicator, Sector, Table, Unit


@dataclass(frozen=True)
class WordingFinding:
    """What a wording claims; one that `is_refused` is not loaded."""

    problem: FileProblem
    is_refused: bool


def found_beside_database(files: CatalogueFiles) -> list[WordingFinding]:
    """Of wordings that are others than in the database, with its indicators of other sectors."""
    loaded = [spec.code for spec in files.sectors]
    others = Indicator.objects.exclude(sheet__sector__code__in=loaded).select_related("unit", "table")
    there = {row.code: row for row in others}
    return _found(files, {**there, **indicators_of(files, Unit.objects.by_name())}, _wordings_in_database())


def _wordings_in_database() -> Mapping[str, str]:
    return dict(Sector.objects.values_list("code", "wording"))


def found_beside_files(files: CatalogueFiles, there: CatalogueFiles) -> list[WordingFinding]:
    """The same beside other files."""
    before = {spec.code: spec.fields["wording"] for spec in there.sectors}
    units = units_of(there)
    return _found(files, {**indicators_of(there, units), **indicators_of(files, units)}, before)


def _found(
    files: CatalogueFiles, indicators: Mapping[str, Indicator], before: Mapping[str, str]
) -> list[WordingFinding]:
    findings = import_string(settings.WORDING_LINT)
    return [
        WordingFinding(
            FileProblem(replace(spec.wording, line=spec.wording.line + finding.line - 1), finding.message),
            finding.is_refused,
        )
        for spec in files.sectors
        if spec.fields["wording"] != before.get(spec.code)
        for finding in findings(spec.fields["wording"], indicators)
    ]


def units_of(files: CatalogueFiles) -> dict[str, Unit]:
    return {one.name: Unit(name=one.name, base=one.base, scale=one.scale, counts=one.counts) for one in files.units}


def indicators_of(files: CatalogueFiles, units: Mapping[str, Unit]) -> dict[str, Indicator]:
    """As rows that are in no database, without those whose unit is not known: that is refused elsewhere."""
    known = {**units, **units_of(files)}
    numbers = dict.fromkeys(row.sheet for spec in files.sectors for row in spec.indicators)
    sheets = {number: -place for place, number in enumerate(numbers, start=1)}  # keys that no row has
    tables = {
        (table["sheet"], table["code"]): Table(pk=-place, code=table["code"], open_columns=table["open_columns"])
        for place, table in enumerate((table for spec in files.sectors for table in spec.tables), start=1)
    }
    return {
        row.code: Indicator(
            **{**row.fields, "unit": known[row.fields["unit"]], "table": tables[row.sheet, row.table]},
            sheet_id=sheets[row.sheet],
        )
        for spec in files.sectors
        for row in spec.indicators
        if row.fields["unit"] in known
    }
