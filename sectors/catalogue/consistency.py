"""What catalogue files say about each other and about what lies beside them: no code twice, nothing named that is not
there, one meaning of what is shared. Pure but for `in_database`; files alone can be checked without a database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from sectors.calculation.measures import fit_together
from sectors.catalogue.beside import Beside
from sectors.catalogue.expressions import Expressions, known_units, units_of_indicators
from sectors.catalogue.nodes import FilePosition, FileProblem
from sectors.catalogue.own_codes import region_of
from sectors.catalogue.own_sectors import OwnSectors
from sectors.catalogue.owners import Owners
from sectors.catalogue.registry import WordChecks
from sectors.catalogue.shapes import too_long
from sectors.catalogue.specifications import CatalogueFiles
from sectors.models import Indicator, Rule
from sectors.texts import folded
from sectors.vocabulary import GENERAL, Accumulation, RegionLevel, ValueKind

Problems = Iterator[FileProblem]
LEVELS = RegionLevel.values  # the largest first
WRITTEN = r"[^\d\s.,+-]\S*"  # what can stand behind a number as its unit


def problems(files: CatalogueFiles, beside: Beside) -> list[FileProblem]:
    """All that is wrong, each once."""
    checks, words = _Checks(files, beside), WordChecks(files, beside)
    parts: tuple[Callable[[], Problems], ...] = (
        *(checks.twice, checks.alike, checks.breakdowns, checks.chapters, checks.names, checks.subjects),
        *(
            checks.regions,
            checks.regions_around,
            checks.regions_of_one_name,
            checks.renamed,
            checks.departments,
            checks.departments_of_one_name,
            checks.assignments,
        ),
        *(checks.units, checks.measures, checks.parts_and_totals, checks.lengths),
        *(words.regions, words.codes, words.above, words.names, words.counted),
        *(Expressions(files, beside).problems, Owners(files, beside).refusals, OwnSectors(files, beside).problems),
    )
    return list(dict.fromkeys(problem for part in parts for problem in part()))


def doubts(files: CatalogueFiles, beside: Beside) -> list[FileProblem]:
    """What is loaded and should be looked at: departments made in the browser have codes of their own, and their
    sheets are assigned afterwards."""
    return [] if files.regions else list(_Checks(files, beside).unknown_departments())


class _Checks:
    def __init__(self, files: CatalogueFiles, beside: Beside) -> None:
        self.files, self.beside, self.sectors = files, beside, files.sectors
        self.indicators = [row for spec in files.sectors for row in spec.indicators]
        self.known_units = known_units(files, beside)
        self.unit_of = units_of_indicators(files, beside)

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

    def alike(self) -> Problems:
        """Sheets and units that only their codes tell apart, and that people would take for one another."""
        sheets = [(row["place"], row["number"]) for spec in self.sectors for row in spec.sheets]
        yield from self._alike(_("sheet"), sheets, self.beside.sheets, folded)
        units = [(unit.place, unit.name) for unit in self.files.units]
        yield from self._alike(_("unit"), units, self.beside.units, lambda name: unicodedata.normalize("NFKC", name))

    def _alike(
        self, kind: str, rows: list[tuple[FilePosition, str]], there: Iterable[str], key: Callable[[str], str]
    ) -> Problems:
        known = {key(code): (code, self.beside.where) for code in there}
        for place, code in rows:
            other, where = known.setdefault(key(code), (code, str(place)))
            if other != code and code not in there:
                message = _(
                    "%(kind)s %(code)s and %(other)s (%(where)s) differ only in capitals or in the width of their "
                    "characters. Write the same, or another one."
                )
                yield FileProblem(place, message % {"kind": kind, "code": code, "other": other, "where": where})

    def breakdowns(self) -> Problems:
        """A finding is known by the total and the name of its breakdown, and a person knows it by them, too."""
        for spec in self.sectors:
            first: dict[tuple[str, str], FilePosition] = {}
            for row in spec.breakdowns:
                place = first.setdefault((row.total, "".join(folded(row.name).split())), row.place)
                if place is not row.place or any(row.parts.count(code) > 1 for code in row.parts):
                    message = _("%(total)s is broken down “%(name)s” already at %(place)s. Give this one another name.")
                    yield FileProblem(row.place, message % {"total": row.total, "name": row.name, "place": place})

    def chapters(self) -> Problems:
        """Whoever names a chapter says the same of it, and no two chapters are told apart by their code alone."""
        known = {code: (*facts, self.beside.where) for code, facts in self.beside.chapters.items()}
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

    def subjects(self) -> Problems:
        """What a question is about is a sector that there is, or the region as a whole."""
        known = {*self.beside.sectors, *(spec.code for spec in self.sectors), GENERAL, ""}
        for spec in self.sectors:
            if spec.code == GENERAL:
                message = _("A sector cannot be called general: so questions call what is about no single sector.")
                yield FileProblem(spec.place, message)
            for row in spec.questions:
                if row["subject"] not in known:
                    message = _(
                        "Question %(code)s is about %(subject)s, and there is no such sector. Write the code of a "
                        "sector, or general where it is about none alone."
                    )
                    what = {"code": row["code"], "subject": row["subject"]}
                    yield FileProblem(row["place"], message % what)

    def names(self) -> Problems:
        """No two sectors are told apart by their code alone: who reads a report sees their names."""
        others = self.beside.others.items()
        known = {(region_of(code), sector.name): (code, self.beside.where) for code, sector in others}
        for spec in self.sectors:
            own = (spec.code, str(spec.place))
            other, place = known.setdefault((spec.region, spec.fields["name"]), own)
            if other == spec.code and spec.region:  # what is shared comes before what is a region's own
                other, place = known.get(("", spec.fields["name"]), own)
            if other != spec.code:
                message = _("The sector %(code)s has the name of the sector %(other)s (%(place)s). Write another name.")
                yield FileProblem(spec.place, message % {"code": spec.code, "other": other, "place": place})

    def regions(self) -> Problems:
        """What lies around a region is shared: only its own file says otherwise than before."""
        own = {spec.code: (spec.chain[0], spec.place) for spec in self.files.regions}
        known = {code: (*facts, self.beside.where) for code, facts in self.beside.regions.items() if code not in own}
        known |= {code: (step["name"], step["level"], str(place)) for code, (step, place) in own.items()}
        for spec in self.files.regions:
            for step, at in zip(spec.chain[1:], spec.places[1:], strict=True):
                facts = step["name"], step["level"]
                have = known.setdefault(step["code"], (*facts, str(at)))
                if have[:2] != facts:
                    message = _("The region %(code)s is “%(name)s”, %(level)s (%(place)s): write the same.")
                    what = {"code": step["code"], "name": have[0], "level": have[1], "place": have[2]}
                    yield FileProblem(at, message % what)

    def regions_around(self) -> Problems:
        """No region lies in a smaller one, and none in itself by way of others."""
        around = dict(self.beside.parents)
        for spec in self.files.regions:
            for low, high, at in zip(spec.chain, spec.chain[1:], spec.places[1:], strict=False):
                around[low["code"]] = high["code"]
                if LEVELS.index(high["level"]) > LEVELS.index(low["level"]):
                    message = _("%(high)s, %(level)s, does not lie around %(low)s: within begins with the nearest one.")
                    what = {"high": high["name"], "level": high["level"], "low": low["name"]}
                    yield FileProblem(at, message % what)
        for spec in self.files.regions:
            path = [spec.code]
            while (code := around.get(path[-1])) and code not in path:
                path.append(code)
            if code:
                message = _("Regions lie in each other in a circle: %(path)s.")
                yield FileProblem(spec.place, message % {"path": " → ".join([*path, code])})

    def regions_of_one_name(self) -> Problems:
        """Two regions in one have two names: a second one is most likely a copied file, or has a wrong code."""
        own = {spec.code for spec in self.files.regions}
        there = {code: name for code, (name, _level) in self.beside.regions.items()}
        known = {
            (self.beside.parents.get(code), name): (code, self.beside.where)
            for code, name in there.items()
            if code not in own
        }
        for spec in self.files.regions:
            name = spec.chain[0]["name"]
            parent = spec.chain[1]["code"] if len(spec.chain) > 1 else self.beside.parents.get(spec.code)
            other, place = known.setdefault((parent, name), (spec.code, str(spec.place)))
            if other != spec.code and there.get(spec.code) != name:
                message = _(
                    "The region %(code)s has the name of the region %(other)s beside it, “%(name)s” (%(place)s). Write "
                    "the code of the region that is meant, or another name."
                )
                what = {"code": spec.code, "other": other, "name": name, "place": place}
                yield FileProblem(spec.place, message % what)

    def renamed(self) -> Problems:
        """A `renamed_from` beside a region that is called otherwise was meant for another one. Of what has the new name
        already, or is not there yet, it says what it was called in an installation of before."""
        for spec in self.files.regions:
            old, new = spec.renamed_from, spec.chain[0]["name"]
            now, _level = self.beside.regions.get(spec.code, (new, ""))
            what = {"old": old, "code": spec.code, "now": now, "where": self.beside.where}
            if old and old == new:
                message = _("renamed_from: %(old)s is the name that the file gives. Leave it out.")
                yield FileProblem(spec.place, message % what)
            elif old and now not in (old, new):
                message = _(
                    "The region %(code)s is “%(now)s” in %(where)s, not “%(old)s”: write renamed_from: %(now)s."
                )
                yield FileProblem(spec.place, message % what)

    def departments(self) -> Problems:
        """A sheet names a department of the regions that the files say anew, or of others that are known."""
        if self.files.regions:
            yield from self.unknown_departments()

    def unknown_departments(self) -> Problems:
        """Sheets that go to a department that no region has, once regions are known at all."""
        known = {row["code"] for region in self.files.regions for row in region.departments}
        known = known.union(*self.beside.departments.values())
        for row in (row for spec in self.sectors for row in spec.sheets):
            if known and row["department_code"] not in known:
                message = _(
                    "Sheet %(number)s goes to the department %(code)s, which no region has. There are: %(known)s."
                )
                what = {"number": row["number"], "code": row["department_code"], "known": ", ".join(sorted(known))}
                yield FileProblem(row["place"], message % what)

    def departments_of_one_name(self) -> Problems:
        """Two departments of a region have two names: else one is most likely the other under a changed code."""
        for spec in self.files.regions:
            there = self.beside.departments.get(spec.code, {})
            own = {row["code"] for row in spec.departments}
            known = {name: (code, self.beside.where) for code, name in there.items() if code not in own}
            for row in spec.departments:
                code, name = row["code"], row["name"]
                other, place = known.setdefault(name, (code, str(row["place"])))
                if other != code and there.get(code) != name:
                    message = _(
                        "The department %(code)s has the name of the department %(other)s, “%(name)s” (%(place)s). "
                        "Write the code %(other)s if it is the same, else another name."
                    )
                    what = {"code": code, "other": other, "name": name, "place": place}
                    yield FileProblem(row["place"], message % what)

    def assignments(self) -> Problems:
        sheets = self.beside.sheets.keys() | {row["number"] for spec in self.sectors for row in spec.sheets}
        for spec in self.files.regions:
            have = {row["code"] for row in spec.departments}
            have |= self.beside.departments.get(spec.code, {}).keys()
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
        for table in (table for spec in self.sectors for table in spec.tables):
            for unit in dict.fromkeys(column["unit"] for column in table["open_columns"]):
                if unit not in self.known_units:
                    yield FileProblem(table["place"], self._unknown_unit(unit))

    def parts_and_totals(self) -> Problems:
        in_words = {row.code for row in self.indicators if row.fields["value_kind"] != ValueKind.NUMBER}
        for row in (row for spec in self.sectors for row in spec.breakdowns):
            for code in sorted(in_words.intersection((row.total, *row.parts))):
                message = _("%(code)s is reported in words: it is no total and no part of one.")
                yield FileProblem(row.place, message % {"code": code})
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
        narrow = unicodedata.normalize("NFKC", name)
        similar = ", ".join(get_close_matches(narrow, self.known_units, n=3, cutoff=0.5))
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
