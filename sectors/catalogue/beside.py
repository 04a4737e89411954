"""What there is beside the files that are being checked: nothing, what a database has, or other files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from sectors.catalogue.own_codes import region_of
from sectors.catalogue.specifications import CatalogueFiles, FileUnit
from sectors.models import Breakdown, Department, Indicator, Question, Region, RegistryWord, Rule, Sector, Sheet, Unit
from sectors.vocabulary import RuleSource


class Owned(NamedTuple):
    """What there is under a code, and the code of the sector that it belongs to."""

    sector: str
    name: str


class KnownIndicator(NamedTuple):
    sector: str
    sheet: str
    unit: str
    formula: str
    counted: dict[str, Any]
    accumulation: str
    value_kind: str


class KnownRule(NamedTuple):
    sector: str
    code: str
    expression: str
    is_edited: bool  # in the administration


class KnownSector(NamedTuple):
    name: str
    chapter: tuple[str, str, int]  # code, name and position
    wording: str


class KnownWord(NamedTuple):
    """Of the registry; `region` is the code of its region, empty where it is shared."""

    region: str
    name: str


@dataclass(frozen=True)
class Beside:
    """`where` names it in sentences; `loaded` are the sectors that the files say anew."""

    where: str = ""
    loaded: frozenset[str] = frozenset()
    units: Mapping[str, Unit | FileUnit] = field(default_factory=dict)
    sectors: Mapping[str, KnownSector] = field(default_factory=dict)
    sheets: Mapping[str, Owned] = field(default_factory=dict)
    questions: Mapping[str, Owned] = field(default_factory=dict)
    sheets_of_questions: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, KnownIndicator] = field(default_factory=dict)
    parts: Mapping[str, list[str]] = field(default_factory=dict)  # of all first exhaustive breakdowns
    rules: tuple[KnownRule, ...] = ()
    rule_names: Mapping[str, Owned] = field(default_factory=dict)  # with their messages
    regions: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # name and level
    parents: Mapping[str, str] = field(default_factory=dict)  # of regions, as far as they lie in one
    departments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # names by region and code

    words: Mapping[tuple[str, str], KnownWord] = field(default_factory=dict)  # by kind and code

    @cached_property
    def others(self) -> Mapping[str, KnownSector]:
        """Sectors that the files say nothing of."""
        return {code: sector for code, sector in self.sectors.items() if code not in self.loaded}

    @cached_property
    def chapters(self) -> Mapping[str, tuple[str, int]]:
        """Name and position of the chapters of other sectors. A region's own follow what the shared ones say."""
        shared = (sector.chapter for code, sector in self.others.items() if not region_of(code))
        return {code: (name, position) for code, name, position in shared}

    @cached_property
    def other_indicators(self) -> Mapping[str, KnownIndicator]:
        return {code: row for code, row in self.indicators.items() if row.sector not in self.loaded}


def in_database(files: CatalogueFiles) -> Beside:
    """What the database has, before anything of the files is loaded."""
    chapter = ("chapter__code", "chapter__name", "chapter__position")
    sectors = Sector.objects.values_list("code", "name", "wording", *chapter)
    indicators = Indicator.objects.values_list(
        *("code", "sheet__sector__code", "sheet__number"),
        *("unit__name", "formula", "counted", "accumulation", "value_kind"),
    )
    questions = Question.objects.values_list("code", "sheet__sector__code", "text", "sheet__number")
    rules = list(Rule.objects.values_list("sector__code", "code", "expression", "source", "message"))
    return Beside(
        where=_("the database"),
        loaded=frozenset(spec.code for spec in files.sectors),
        units=Unit.objects.by_name(),
        sectors={code: KnownSector(name, (its, title, place), text) for code, name, text, its, title, place in sectors},
        sheets=_owned(Sheet.objects.values_list("number", "sector__code", "name")),
        questions=_owned((code, sector, text) for code, sector, text, _sheet in questions),
        sheets_of_questions={code: sheet for code, _sector, _text, sheet in questions},
        indicators={code: KnownIndicator(*facts) for code, *facts in indicators},
        parts=Breakdown.objects.part_codes(),
        rules=tuple(
            KnownRule(sector, code, expression, source == RuleSource.ADMIN)
            for sector, code, expression, source, _message in rules
        ),
        rule_names=_owned((code, sector, message) for sector, code, _expression, _source, message in rules),
        regions={code: (name, level) for code, name, level in Region.objects.values_list("code", "name", "level")},
        parents=dict(Region.objects.filter(parent__isnull=False).values_list("code", "parent__code")),
        departments=_by_region(Department.objects.values_list("region__code", "code", "name")),
        words={
            (kind, code): KnownWord(region or "", name)
            for kind, code, region, name in RegistryWord.objects.values_list("kind", "code", "region__code", "name")
        },
    )


def in_files(there: CatalogueFiles, files: CatalogueFiles) -> Beside:
    """What a database would have in which other files are loaded."""
    indicators = {
        row.code: KnownIndicator(
            spec.code,
            row.sheet,
            *(row.fields[name] for name in ("unit", "formula", "counted", "accumulation", "value_kind")),
        )
        for spec in there.sectors
        for row in spec.indicators
    }
    parts: dict[str, list[str]] = {}
    for row in (row for spec in there.sectors for row in spec.breakdowns if row.exhaustive):
        parts.setdefault(row.total, row.parts)
    rules = [(spec.code, rule.fields) for spec in there.sectors for rule in spec.rules]
    questions = [(spec.code, row) for spec in there.sectors for row in spec.questions]
    steps = [step for spec in there.regions for step in spec.chain]
    return Beside(
        where=_("the shipped catalogue"),
        loaded=frozenset(spec.code for spec in files.sectors),
        units={unit.name: unit for unit in there.units},
        sectors={
            spec.code: KnownSector(
                spec.fields["name"],
                (spec.chapter["code"], spec.chapter["name"], spec.chapter["position"]),
                spec.fields["wording"],
            )
            for spec in there.sectors
        },
        sheets={row["number"]: Owned(spec.code, row["name"]) for spec in there.sectors for row in spec.sheets},
        questions={row["code"]: Owned(sector, row["text"]) for sector, row in questions},
        sheets_of_questions={row["code"]: row["sheet"] for _sector, row in questions},
        indicators=indicators,
        parts=parts,
        rules=tuple(KnownRule(sector, rule["code"], rule["expression"], False) for sector, rule in rules),
        rule_names={rule["code"]: Owned(sector, rule["message"]) for sector, rule in rules},
        regions={step["code"]: (step["name"], step["level"]) for step in steps},
        parents={low["code"]: high["code"] for spec in there.regions for low, high in pairwise(spec.chain)},
        departments=_by_region(
            (spec.code, row["code"], row["name"]) for spec in there.regions for row in spec.departments
        ),
        words={
            (word.kind, word.code): KnownWord(spec.region, word.fields["name"])
            for spec in there.registries
            for word in spec.words
        },
    )


def _owned(rows: Iterable[tuple[str, str, str]]) -> dict[str, Owned]:
    return {code: Owned(sector, name) for code, sector, name in rows}


def _by_region(rows: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for region, code, name in rows:
        found.setdefault(region, {})[code] = name
    return found
