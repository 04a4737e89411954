"""Formulas, rules and wordings of catalogue files: whether they can be read, and whether all that they name is there.

Also those of other sectors, where they read what the files no longer have. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property, partial

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sectors.calculation.dimensions import checked_formula, checked_rule
from sectors.calculation.formulas import (
    PREVIOUS,
    Comparison,
    Formula,
    circle,
    compile_formula,
    compile_rule,
)
from sectors.calculation.parser import FormulaError
from sectors.calculation.tokens import codes_in
from sectors.calculation.units import MeasureUnit, Units
from sectors.catalogue import counted
from sectors.catalogue.beside import Beside
from sectors.catalogue.nodes import FilePosition, FileProblem
from sectors.catalogue.specifications import CatalogueFiles, FileIndicator, FileUnit
from sectors.models import Unit
from sectors.vocabulary import Frequency, ValueKind

Problems = Iterator[FileProblem]
Compiler = Callable[[str, Mapping[str, list[str]], Units], Formula | Comparison]


def known_units(files: CatalogueFiles, beside: Beside) -> Mapping[str, Unit | FileUnit]:
    return {**beside.units, **{unit.name: unit for unit in files.units}}


def units_of_indicators(files: CatalogueFiles, beside: Beside) -> Mapping[str, MeasureUnit]:
    """By code, as far as there is such a unit."""
    known = known_units(files, beside)
    names = {code: row.unit for code, row in beside.other_indicators.items()}
    names |= {row.code: row.fields["unit"] for spec in files.sectors for row in spec.indicators}
    return {code: known[name] for code, name in names.items() if name in known}


def rules_to_revise(files: CatalogueFiles, beside: Beside) -> Iterator[str]:
    """Rules of the administration whose units do not fit: they go on as they are, and who loads is told."""
    checks = Expressions(files, beside)
    for rule in checks.edited_rules:
        try:
            checked_rule(rule.expression, checks.parts, checks.known_units, checks.unit_of)
        except FormulaError as error:
            what = {"code": rule.code, "text": error.marked(rule.expression), "why": error}
            yield _("rule %(code)s is to be revised: “%(text)s”: %(why)s") % what


class Expressions:
    def __init__(self, files: CatalogueFiles, beside: Beside) -> None:
        self.beside, self.sectors = beside, files.sectors
        self.indicators = [row for spec in files.sectors for row in spec.indicators]
        self.known_units = known_units(files, beside)
        self.unit_of = units_of_indicators(files, beside)
        self.edited_rules = [rule for rule in beside.rules if rule.is_edited and rule.sector in beside.loaded]

    def problems(self) -> Problems:
        for part in (self.expressions, self.circles, self.nothing_before, self.cohorts, self.wordings, self.readers):
            yield from part()

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.beside.other_indicators) | {row.code for row in self.indicators}

    @cached_property
    def in_words(self) -> frozenset[str]:
        """Codes of what is reported in words."""
        there = {code for code, row in self.beside.other_indicators.items() if row.value_kind != ValueKind.NUMBER}
        return frozenset(there | {r.code for r in self.indicators if r.fields["value_kind"] != ValueKind.NUMBER})

    @cached_property
    def parts(self) -> dict[str, list[str]]:
        """Of the first exhaustive breakdown of each total: what `parts(code)` adds up."""
        own: dict[str, list[str]] = {}
        for row in (row for spec in self.sectors for row in spec.breakdowns if row.exhaustive):
            own.setdefault(row.total, row.parts)
        there = {code: row for code, row in self.beside.parts.items() if code in self.beside.other_indicators}
        return {**there, **own}

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
            for edited in self.edited_rules:
                if edited.sector == spec.code:
                    yield from self._expression(spec.place, edited.expression, compile_rule)

    def _expression(self, place: FilePosition, text: str, compiler: Compiler) -> Problems:
        if in_words := sorted(self.in_words.intersection(codes_in(text))):
            message = _("“%(text)s” names %(code)s, which is reported in words: only numbers are computed with.")
            yield FileProblem(place, message % {"text": text, "code": in_words[0]})
            return
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
        own = {code: formula for code, (_row, formula) in self.formulas.items()}
        path = circle({**self.other_formulas, **own})
        place = next((self.formulas[code][0].measured for code in path if code in own), None)
        if place:
            message = _("Formulas read each other in a circle: %(path)s.")
            yield FileProblem(place, message % {"path": " → ".join(path)})

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
        there = self.beside.other_indicators.items()
        rules = {code: (row.counted, row.accumulation) for code, row in there if row.counted and not row.formula}
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

    # What other sectors read

    @cached_property
    def other_formulas(self) -> dict[str, Formula]:
        """Those of other sectors that can be read."""
        found = {}
        for code, row in self.beside.other_indicators.items():
            compiled = self._read(row.formula, compile_formula) if row.formula else None
            if isinstance(compiled, Formula):
                found[code] = compiled
        return found

    def _read(self, text: str, compiler: Compiler) -> Formula | Comparison | None:
        try:
            return compiler(text, self.parts, self.known_units)
        except FormulaError:
            return None

    def readers(self) -> Problems:
        """Formulas, rules and wordings of other sectors that name what a file no longer has."""
        there = {code for code, row in self.beside.indicators.items() if row.sector in self.beside.loaded}
        gone = there - self.codes
        if not gone:
            return
        for name, codes in self._read_elsewhere(gone):
            for code in sorted(codes):
                spec = next((spec for spec in self.sectors if code.startswith(f"{spec.code}.")), self.sectors[0])
                message = _("%(code)s is read by %(name)s, and cannot be left out before that is changed.")
                yield FileProblem(spec.place, message % {"code": code, "name": name})

    def _read_elsewhere(self, gone: set[str]) -> Iterator[tuple[str, AbstractSet[str]]]:
        """Who names which of some codes."""
        for code, formula in self.other_formulas.items():
            yield _("the formula of %(code)s") % {"code": code}, formula.codes & gone
        for rule in self.beside.rules:
            if rule.sector not in self.beside.loaded and (compiled := self._read(rule.expression, compile_rule)):
                yield _("the rule %(code)s") % {"code": rule.code}, compiled.codes & gone
        check = import_string(settings.WORDING_CHECK)
        for sector, known in self.beside.others.items():
            names = {code for code in gone if code in known.wording}
            if names and len(check(known.wording, set(self.codes))) > len(check(known.wording, self.codes | gone)):
                yield _("the wording of the sector %(sector)s") % {"sector": sector}, names


def _entered(code: str, formulas: Mapping[str, Formula]) -> set[str]:
    """The codes that a formula reads in the end."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for name in formulas[waiting.pop()].codes - found:
            found.add(name)
            waiting += [name] if name in formulas else []
    return found - formulas.keys()
