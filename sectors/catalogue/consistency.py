"""What catalogue files say about each other and about what lies beside them: no code twice, nothing named that is not
there, one meaning of what is shared. Pure but for `in_database`; files alone can be checked without a database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sectors.calculation.dimensions import checked_formula, checked_rule, fit_together
from sectors.calculation.formulas import (
    PREVIOUS,
    Comparison,
    Formula,
    FormulaError,
    circle,
    compile_formula,
    compile_rule,
)
from sectors.calculation.units import MeasureUnit, Units
from sectors.catalogue import counted
from sectors.catalogue.nodes import FilePosition, FileProblem
from sectors.catalogue.shapes import too_long
from sectors.catalogue.specifications import CatalogueFiles, FileIndicator, FileUnit
from sectors.models import Breakdown, Chapter, Department, Indicator, Region, Rule, Sector, Sheet, Unit
from sectors.vocabulary import Accumulation, Frequency, RuleSource

Problems = Iterator[FileProblem]
Compiler = Callable[[str, Mapping[str, list[str]], Units], Formula | Comparison]
WRITTEN = r"[^\d\s.,+-]\S*"  # what can stand behind a number as its unit


@dataclass(frozen=True)
class Beside:
    """What there is beside the files: nothing, or what a database has of other files."""

    units: Mapping[str, Unit | FileUnit] = field(default_factory=dict)
    sheets: frozenset[str] = frozenset()
    departments: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by region
    regions: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # name and level
    chapters: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # name and position, of other sectors
    sectors: Mapping[str, str] = field(default_factory=dict)  # names of other sectors
    codes: Mapping[str, str] = field(default_factory=dict)  # of indicators, with the names of their units
    parts: Mapping[str, list[str]] = field(default_factory=dict)
    counting: Mapping[str, tuple[dict[str, Any], str]] = field(default_factory=dict)  # rule and accumulation
    # Sector, code and expression of those of the administration.
    edited_rules: tuple[tuple[str, str, str], ...] = ()


def in_database(files: CatalogueFiles) -> Beside:
    """What the database has beside what the files say anew."""
    loaded = {spec.code for spec in files.sectors}
    others = Indicator.objects.exclude(sheet__sector__code__in=loaded)
    departments: dict[str, set[str]] = {}
    for region, code in Department.objects.values_list("region__code", "code"):
        departments.setdefault(region, set()).add(code)
    chapters = Chapter.objects.filter(sectors__in=Sector.objects.exclude(code__in=loaded)).distinct()
    counting = others.exclude(counted={}).filter(formula="").values_list("code", "counted", "accumulation")
    edited = Rule.objects.filter(source=RuleSource.ADMIN, sector__code__in=loaded)
    return Beside(
        units=Unit.objects.by_name(),
        sheets=frozenset(Sheet.objects.values_list("number", flat=True)),
        departments={region: frozenset(codes) for region, codes in departments.items()},
        regions={code: (name, level) for code, name, level in Region.objects.values_list("code", "name", "level")},
        sectors=dict(Sector.objects.exclude(code__in=loaded).values_list("code", "name")),
        chapters={code: (name, position) for code, name, position in chapters.values_list("code", "name", "position")},
        codes=dict(others.values_list("code", "unit__name")),
        parts=Breakdown.objects.exclude(total__sheet__sector__code__in=loaded).part_codes(),
        counting={code: (rule, accumulation) for code, rule, accumulation in counting},
        edited_rules=tuple(edited.values_list("sector__code", "code", "expression")),
    )


def problems(files: CatalogueFiles, beside: Beside) -> list[FileProblem]:
    """All that is wrong, each once."""
    checks = _Checks(files, beside)
    parts: tuple[Callable[[], Problems], ...] = (
        *(
            checks.twice,
            checks.breakdowns,
            checks.chapters,
            checks.names,
            checks.regions,
            checks.departments,
            checks.assignments,
        ),
        *(checks.units, checks.measures, checks.parts_and_totals, checks.lengths, checks.expressions, checks.circles),
        *(checks.nothing_before, checks.cohorts, checks.wordings),
    )
    return list(dict.fromkeys(problem for part in parts for problem in part()))


def rules_to_revise(files: CatalogueFiles, beside: Beside) -> list[str]:
    """Rules of the administration whose units do not fit: they go on as they are, and who loads is told."""
    return list(_Checks(files, beside).rules_to_revise())


class _Checks:
    def __init__(self, files: CatalogueFiles, beside: Beside) -> None:
        self.files, self.beside, self.sectors = files, beside, files.sectors
        self.indicators = [row for spec in files.sectors for row in spec.indicators]

    def twice(self) -> Problems:
        """A code that stands twice in the files is a slip, whatever the database has."""
        sectors = self.sectors
        named: dict[str, Iterable[tuple[FilePosition, Any]]] = {
            _("unit"): [(u.place, u.name) for u in self.files.units],
            _("region"): [(r.place, r.code) for r in self.files.regions],
            _("sector"): [(s.place, s.code) for s in sectors],
            _("sheet"): [(x["place"], x["number"]) for s in sectors for x in s.sheets],
            _("indicator"): [(x.place, x.code) for x in self.indicators],
            _("rule"): [(x.place, x.fields["code"]) for s in sectors for x in s.rules],
            _("question"): [(x["place"], x["code"]) for s in sectors for x in s.questions],
        }
        for kind, rows in named.items():
            yield from _twice(kind, rows)
        for spec in sectors:
            for number in {table["sheet"] for table in spec.tables}:
                tables = [(table["place"], table["code"]) for table in spec.tables if table["sheet"] == number]
                yield from _twice(_("table"), tables)
        for region in self.files.regions:
            yield from _twice(_("department"), [(row["place"], row["code"]) for row in region.departments])

    def breakdowns(self) -> Problems:
        for spec in self.sectors:
            first: dict[tuple[str, str], FilePosition] = {}
            for row in spec.breakdowns:
                place = first.setdefault((row.total, row.name), row.place)
                if place is not row.place or any(row.parts.count(code) > 1 for code in row.parts):
                    message = _("%(total)s is broken down “%(name)s” already at %(place)s. Give this one another name.")
                    yield FileProblem(row.place, message % {"total": row.total, "name": row.name, "place": place})

    def chapters(self) -> Problems:
        """Whoever names a chapter says the same of it, and no two chapters are told apart by their code alone."""
        known = {code: (*facts, _("the database")) for code, facts in self.beside.chapters.items()}
        for chapter in (spec.chapter for spec in self.sectors):
            code, name, position = chapter["code"], chapter["name"], chapter["position"]
            have = known.setdefault(code, (name, position, str(chapter["place"])))
            what = {"code": code, "name": have[0], "position": have[1], "place": have[2]}
            if have[:2] != (name, position):
                message = _(
                    "The chapter %(code)s is “%(name)s” in position %(position)d (%(place)s), and shared: write the "
                    "same, or change it in the files of all its sectors and load them together."
                )
                yield FileProblem(chapter["place"], message % what)
            for other, (its_name, its_position, place) in known.items():
                if other != code and (its_name == name or its_position == position):
                    what = {"code": code, "other": other, "name": its_name, "position": its_position, "place": place}
                    message = _(
                        "The chapter %(code)s has the name or position of the chapter %(other)s, “%(name)s” in "
                        "position %(position)d (%(place)s). If that is meant, write its code; else another name and "
                        "position."
                    )
                    yield FileProblem(chapter["place"], message % what)

    def names(self) -> Problems:
        """No two sectors are told apart by their code alone: who reads a report sees their names."""
        known = {name: (code, _("the database")) for code, name in self.beside.sectors.items()}
        for spec in self.sectors:
            other, place = known.setdefault(spec.fields["name"], (spec.code, str(spec.place)))
            if other != spec.code:
                message = _("The sector %(code)s has the name of the sector %(other)s (%(place)s). Write another name.")
                yield FileProblem(spec.place, message % {"code": spec.code, "other": other, "place": place})

    def regions(self) -> Problems:
        """What lies around a region is shared: only its own file says otherwise than before."""
        own = {spec.code: (spec.chain[0], spec.place) for spec in self.files.regions}
        known = {code: (*facts, _("the database")) for code, facts in self.beside.regions.items() if code not in own}
        known |= {code: (step["name"], step["level"], str(place)) for code, (step, place) in own.items()}
        for spec in self.files.regions:
            for step, at in zip(spec.chain[1:], spec.places[1:], strict=True):
                facts = step["name"], step["level"]
                have = known.setdefault(step["code"], (*facts, str(at)))
                if have[:2] != facts:
                    message = _("The region %(code)s is “%(name)s”, %(level)s (%(place)s): write the same.")
                    what = {"code": step["code"], "name": have[0], "level": have[1], "place": have[2]}
                    yield FileProblem(at, message % what)

    def departments(self) -> Problems:
        """A sheet names a department that some region has, once regions are known at all."""
        known = {row["code"] for region in self.files.regions for row in region.departments}
        known = known.union(*self.beside.departments.values())
        for row in (row for spec in self.sectors for row in spec.sheets):
            if known and row["department_code"] not in known:
                message = _(
                    "Sheet %(number)s goes to the department %(code)s, which no region has. There are: %(known)s."
                )
                what = {"number": row["number"], "code": row["department_code"], "known": ", ".join(sorted(known))}
                yield FileProblem(row["place"], message % what)

    def assignments(self) -> Problems:
        sheets = self.beside.sheets | {row["number"] for spec in self.sectors for row in spec.sheets}
        for spec in self.files.regions:
            have = {row["code"] for row in spec.departments}
            have |= self.beside.departments.get(spec.code, frozenset())
            for number, code in sorted(spec.assignments.items()):
                what = {"number": number, "code": code}
                if number not in sheets:
                    message = _("assignments names sheet %(number)s, which no file has.")
                    yield FileProblem(spec.assigned, message % what)
                if code not in have:
                    message = _("%(number)s is assigned to %(code)s, which is no department here.")
                    yield FileProblem(spec.assigned, message % what)

    @cached_property
    def written(self) -> dict[str, list[str]]:
        """Of what is written for units, their own names too: for which ones."""
        found: dict[str, list[str]] = {name: [name] for name in self.known_units}
        for name, unit in self.known_units.items():
            for text in unit.also:
                found.setdefault(text, []).append(name)
        return found

    def units(self) -> Problems:
        for unit in self.files.units:
            base = self.known_units.get(unit.base)
            if base is None or base.base != unit.base:
                message = _("The base %(base)s of %(unit)s is no unit that is its own base.")
                yield FileProblem(unit.place, message % {"base": unit.base, "unit": unit.name})
            for text in unit.also:
                others = [name for name in self.written[text] if name != unit.name]
                if others or self.written[text].count(unit.name) > 1 or not re.fullmatch(WRITTEN, text):
                    message = _(
                        "“%(text)s” cannot be written for %(unit)s: it means another unit (%(other)s), stands there "
                        "twice, begins as a number or has blanks."
                    )
                    what = {"text": text, "unit": unit.name, "other": ", ".join(others) or "–"}
                    yield FileProblem(unit.place, message % what)

    def measures(self) -> Problems:
        for row in self.indicators:
            if row.fields["unit"] not in self.known_units:
                yield FileProblem(row.measured, self._unknown_unit(row.fields["unit"]))
            if row.fields["accumulation"] == Accumulation.RATIO and not row.fields["formula"]:
                message = _("%(code)s is a ratio and needs a formula.")
                yield FileProblem(row.measured, message % {"code": row.code})

    def parts_and_totals(self) -> Problems:
        for row in (row for spec in self.sectors for row in spec.breakdowns):
            for code in row.parts:
                total, part = self.unit_of.get(row.total), self.unit_of.get(code)
                if total is not None and part is not None and not fit_together(total, part, self.known_units):
                    message = _("%(part)s in %(other)s cannot be a part of %(total)s in %(unit)s.")
                    what = {"total": row.total, "unit": total.name, "part": code, "other": part.name}
                    yield FileProblem(row.place, message % what)

    def _unknown_unit(self, name: str) -> str:
        if name in self.written:
            message = _("Unknown unit %(unit)s: it is another word for %(name)s, so write %(name)s.")
            return message % {"unit": name, "name": self.written[name][0]}
        similar = ", ".join(get_close_matches(name, self.known_units, n=3, cutoff=0.5))
        told = _(", or write one of these: %(known)s") % {"known": similar} if similar else ""
        message = _("Unknown unit %(unit)s. Add it under units: in this file or in the file of units%(similar)s.")
        return message % {"unit": name, "similar": told}

    def lengths(self) -> Problems:
        """Of what is put together of several texts: codes and names of a matrix."""
        for row in self.indicators:
            for name in ("code", "name"):
                yield from _too_long(row.place, Indicator, name, row.fields[name])
        for rule in (rule for spec in self.sectors for rule in spec.rules):
            yield from _too_long(rule.place, Rule, "code", rule.fields["code"])

    # Formulas, rules, wordings

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.beside.codes) | {row.code for row in self.indicators}

    @cached_property
    def known_units(self) -> Mapping[str, Unit | FileUnit]:
        return {**self.beside.units, **{unit.name: unit for unit in self.files.units}}

    @cached_property
    def unit_of(self) -> Mapping[str, MeasureUnit]:
        """Of indicators, as far as there is such a unit."""
        names = {**self.beside.codes, **{row.code: row.fields["unit"] for row in self.indicators}}
        return {code: self.known_units[name] for code, name in names.items() if name in self.known_units}

    @cached_property
    def parts(self) -> dict[str, list[str]]:
        """Of the first exhaustive breakdown of each total: what `parts(code)` adds up."""
        own: dict[str, list[str]] = {}
        for row in (row for spec in self.sectors for row in spec.breakdowns if row.exhaustive):
            own.setdefault(row.total, row.parts)
        return {**self.beside.parts, **own}

    @cached_property
    def formulas(self) -> dict[str, tuple[FileIndicator, Formula]]:
        """Those that can be read."""
        found = {}
        for row in self.indicators:
            try:
                if row.fields["formula"]:
                    found[row.code] = row, compile_formula(row.fields["formula"], self.parts, self.known_units)
            except FormulaError:
                continue  # named by `expressions`
        return found

    def expressions(self) -> Problems:
        """Every formula and rule, also those that were edited in the administration."""
        for row in self.indicators:
            if row.fields["formula"]:
                unit = self.unit_of.get(row.code)
                checked = partial(checked_formula, unit_of=self.unit_of, unit=unit) if unit else compile_formula
                yield from self._expression(row.measured, row.fields["formula"], checked)
        for spec in self.sectors:
            for rule in spec.rules:
                checked_with_units = partial(checked_rule, unit_of=self.unit_of)
                yield from self._expression(rule.place, rule.fields["expression"], checked_with_units)
            for sector, _code, text in self.beside.edited_rules:
                if sector == spec.code:
                    yield from self._expression(spec.place, text, compile_rule)

    def rules_to_revise(self) -> Iterator[str]:
        for _sector, code, text in self.beside.edited_rules:
            try:
                checked_rule(text, self.parts, self.known_units, self.unit_of)
            except FormulaError as error:
                what = {"code": code, "text": error.marked(text), "why": error}
                yield _("rule %(code)s is to be revised: “%(text)s”: %(why)s") % what

    def _expression(self, place: FilePosition, text: str, compiler: Compiler) -> Problems:
        try:
            compiled = compiler(text, self.parts, self.known_units)
        except FormulaError as error:
            where = {"text": error.marked(text), "column": error.column + 1, "why": error}
            yield FileProblem(place, _("“%(text)s”, character %(column)d: %(why)s") % where)
            return
        for name in sorted(compiled.codes - self.codes):
            message = _("“%(text)s” names %(code)s, which no file has.")
            yield FileProblem(place, message % {"text": text, "code": name})

    def circles(self) -> Problems:
        path = circle({code: formula for code, (_row, formula) in self.formulas.items()})
        if path:
            message = _("Formulas read each other in a circle: %(path)s.")
            yield FileProblem(self.formulas[path[0]][0].measured, message % {"path": " → ".join(path)})

    def nothing_before(self) -> Problems:
        """A year has no period before it, so that what is reported yearly would never have a value."""
        yearly = {
            sheet["number"] for spec in self.sectors for sheet in spec.sheets if sheet["frequency"] == Frequency.YEAR
        }
        for row, formula in self.formulas.values():
            if row.sheet in yearly and any(moment == PREVIOUS for _code, moment in formula.names):
                message = _("%(code)s is reported yearly, and a year has no period before it: write last_year.")
                yield FileProblem(row.measured, message % {"code": row.code})

    def cohorts(self) -> Problems:
        """What a rate puts together is counted of the same records, over the same span."""
        rules = dict(self.beside.counting)
        for row in self.indicators:
            if row.fields["counted"] and not row.fields["formula"]:
                rules[row.code] = row.fields["counted"], row.fields["accumulation"]
        formulas = {code: formula for code, (_row, formula) in self.formulas.items()}
        for row, formula in self.formulas.values():
            if formula.form or "/" not in formula.text:  # nothing is divided by a figure
                continue
            read = _entered(row.code, formulas)
            if message := counted.mixed_cohorts({code: rules[code] for code in read & rules.keys()}):
                yield FileProblem(row.place, message)

    def wordings(self) -> Problems:
        """Reports know the language of wordings; which function that is, the settings say."""
        check = import_string(settings.WORDING_CHECK)
        for spec in self.sectors:
            for fault in check(spec.fields["wording"], set(self.codes)):
                line = spec.wording.line + fault.line - 1
                yield FileProblem(replace(spec.wording, line=line), fault.message)


def _twice(kind: str, rows: Iterable[tuple[FilePosition, Any]]) -> Problems:
    first: dict[Any, FilePosition] = {}
    for place, code in rows:
        if first.setdefault(code, place) is not place:
            what = {"kind": kind, "code": code, "place": first[code]}
            yield FileProblem(place, _("%(kind)s %(code)s stands already at %(place)s.") % what)


def _too_long(place: FilePosition, model: type[models.Model], name: str, text: str) -> Problems:
    column: Any = model._meta.get_field(name)
    if problem := too_long(f"{name} {text}", text, column.max_length):
        yield FileProblem(place, problem)


def _entered(code: str, formulas: Mapping[str, Formula]) -> set[str]:
    """The codes that a formula reads in the end."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for name in formulas[waiting.pop()].codes - found:
            found.add(name)
            waiting += [name] if name in formulas else []
    return found - formulas.keys()
