"""The catalogue of the database as specifications: what a catalogue file says, as plain data.

A specification is JSON: mappings, lists, texts, numbers that are whole, true and false, with the keys of `keys`. Days
and numbers with a point are texts. Comments of a file, and how a matrix wrote its rules, are not in the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sectors.calculation.tokens import codes_in
from sectors.catalogue.keys import INHERITED
from sectors.catalogue.writing_matrix import matrix_table
from sectors.catalogue.writing_rows import days, measured, nested, number, open_table
from sectors.models import (
    Breakdown,
    FormerFrequency,
    Indicator,
    Question,
    Rule,
    Sector,
    Sheet,
    Table,
    Unit,
)
from sectors.vocabulary import MissingFigures, RuleSource, Severity

Specification = dict[str, Any]


def of_sectors(*codes: str) -> dict[str, Specification]:
    """The file of each sector, of all without codes, in the order of the report; a number of queries that does not
    depend on how many there are."""
    sectors = Sector.objects.select_related("chapter", "region")
    if codes:
        sectors = sectors.filter(code__in=codes)
    rows = _Rows(list(sectors))
    return {sector.code: rows.sector(sector) for sector in rows.sectors}


class _Rows:
    """What belongs to some sectors, read at once."""

    def __init__(self, sectors: list[Sector]) -> None:
        self.sectors = sectors
        of_sheet = {"sheet__sector__in": sectors}
        self.sheets = _grouped(Sheet.objects.filter(sector__in=sectors).order_by("position", "pk"), "sector_id")
        self.tables = _grouped(Table.objects.filter(**of_sheet).order_by("position", "pk"), "sheet_id")
        indicators = Indicator.objects.filter(**of_sheet).select_related("unit").order_by("row", "column", "pk")
        self.indicators = _grouped(indicators, "table_id")
        self.questions = _grouped(
            Question.objects.filter(**of_sheet).select_related("table").order_by("position", "pk"), "sheet_id"
        )
        self.formerly = _grouped(
            FormerFrequency.objects.filter(sheet__sector__in=sectors).order_by("until"), "sheet_id"
        )
        edited = Rule.objects.filter(source=RuleSource.ADMIN).values("code")
        rules = Rule.objects.filter(sector__in=sectors).exclude(code__in=edited)
        self.rules = _grouped(rules.order_by("code"), "sector_id")
        self.breakdowns = self._breakdowns(sectors)

    def _breakdowns(self, sectors: list[Sector]) -> dict[int, dict[str, tuple[bool, list[int]]]]:
        """By total: its breakdowns by name, with whether they are exhaustive and their parts."""
        rows = Breakdown.objects.filter(total__sheet__sector__in=sectors).order_by("position", "memberships__position")
        found: dict[int, dict[str, tuple[bool, list[int]]]] = defaultdict(dict)
        for total, name, exhaustive, part in rows.values_list("total", "name", "exhaustive", "memberships__indicator"):
            found[total].setdefault(name, (exhaustive, []))[1].append(part)
        return found

    def sector(self, sector: Sector) -> Specification:
        chapter = sector.chapter
        sheets = [found for sheet in self.sheets[sector.pk] if (found := self.sheet(sheet))]
        found = {
            "sector": sector.code,
            "region": sector.region.code if sector.region else "",
            "name": sector.name,
            "chapter": {"code": chapter.code, "name": chapter.name, "position": chapter.position},
            "position": sector.position,
            "sheets": sheets,
            "rules": [_rule(rule) for rule in self.rules[sector.pk]],
            "wording": sector.wording,
        }
        return {key: value for key, value in found.items() if value not in ("", [])}

    def sheet(self, sheet: Sheet) -> Specification | None:
        """None for one of which no file says anything any more."""
        tables = [self.table(table) for table in self.tables[sheet.pk] if self.indicators[table.pk]]
        questions = [_question(question) for question in self.questions[sheet.pk]]
        if not tables and not questions:
            return None
        found = {
            "number": sheet.number,
            "name": sheet.name,
            "frequency": sheet.frequency,
            "formerly": {str(row.until): row.frequency for row in self.formerly[sheet.pk]},
            "department": sheet.department_code,
            **days(sheet),
            "document": sheet.document,
            "authority": sheet.authority,
            "approved_until": sheet.approved_until.isoformat() if sheet.approved_until else "",
            "tables": tables,
            "questions": questions,
        }
        return {key: value for key, value in found.items() if value not in ({}, [], "")}

    def table(self, table: Table) -> Specification:
        named = {"code": table.code, "name": table.name}
        rows = self.indicators[table.pk]
        if table.columns:
            return {**named, **matrix_table(table, rows, self.breakdowns)}
        listed = nested(rows, self._indicator, self._is_exhaustive, "indicators")
        return {**named, **open_table(table), "indicators": listed}

    def _indicator(self, row: Indicator, total: Indicator | None) -> Specification:
        inherited = dict(INHERITED)
        if total is not None:
            inherited = {"unit": total.unit.name, **{key: getattr(total, key) for key in INHERITED}}
        return {"code": row.code, "name": row.name, **measured(row, inherited)}

    def _is_exhaustive(self, total: Indicator, name: str) -> bool:
        return self.breakdowns.get(total.pk, {}).get(name, (False, []))[0]


def units(*names: str) -> list[Specification]:
    """Those with the names and their bases; all without names."""
    known = Unit.objects.by_name()
    wanted = set(names) & known.keys() or set(known)
    wanted |= {known[name].base for name in wanted} & known.keys()
    return [_unit(known[name]) for name in sorted(wanted)]


def with_units(sector: Mapping[str, Any]) -> Specification:
    """The file of a sector with the units that it names, so that it can be loaded elsewhere by itself."""
    return {**sector, "units": units(*_named_units(sector["sheets"]))}


def _named_units(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_named_units, value))
    if not isinstance(value, Mapping):
        return set()
    own = {value["unit"]} if isinstance(value.get("unit"), str) else set()
    return own.union(*map(_named_units, value.values()))


def _unit(unit: Unit) -> Specification:
    found: Specification = {"name": unit.name}
    if unit.base != unit.name:
        found["base"] = unit.base
    if unit.scale != 1:
        found["scale"] = number(unit.scale)
    if unit.counts:
        found["counts"] = True
    if unit.also:
        found["also"] = list(unit.also)
    return found


def _rule(rule: Rule) -> Specification:
    found: Specification = {"code": rule.code, "expression": rule.expression}
    if rule.severity != Severity.ERROR:
        found["severity"] = rule.severity
    found["message"] = rule.message
    if rule.missing != MissingFigures.SKIP_ANY:
        found["missing"] = rule.missing
    return found | days(rule)


def _question(question: Question) -> Specification:
    found: Specification = {"code": question.code, "kind": question.kind, "text": question.text}
    if question.table:
        found["table"] = question.table.code
    if question.subject:
        found["subject"] = question.subject
    return found | days(question)


def parted(sector: Mapping[str, Any]) -> dict[str, Specification]:
    """The file of a sector as one for each of its sheets, by number, with the rules that are about it.

    A rule is about the sheet of the first indicator that it names; about the first sheet where it names none of them.
    """
    sheets = sector["sheets"]
    rules = defaultdict[str, list[Any]](list)
    for rule in sector.get("rules", []) if sheets else ():
        rules[_sheet_of(rule, sheets)].append(rule)
    return {
        sheet["number"]: {
            **{key: value for key, value in sector.items() if key != "rules"},
            "sheets": [sheet],
            **({"rules": rules[sheet["number"]]} if rules[sheet["number"]] else {}),
        }
        for sheet in sheets
    }


def _sheet_of(rule: Mapping[str, Any], sheets: list[Specification]) -> str:
    for code in codes_in(str(rule.get("expression", ""))):
        for sheet in sheets:
            if any(_has(table, code) for table in sheet.get("tables", [])):
                return str(sheet["number"])
    return str(sheets[0]["number"])


def _has(table: Mapping[str, Any], code: str) -> bool:
    if prefix := table.get("matrix"):
        return code.startswith(f"{prefix}.")
    return code in codes_of(table.get("indicators", []))


def codes_of(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Of the indicators of a list table, parts among them."""
    found: set[str] = set()
    for row in rows:
        found.add(str(row.get("code", "")))
        for split in row.get("parts", []):
            found |= codes_of(split.get("indicators", []))
    return found


def _grouped(rows: Iterable[Any], key: str) -> defaultdict[int, list[Any]]:
    found = defaultdict[int, list[Any]](list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
