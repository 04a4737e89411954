"""Sheets, rules and questions belong to their sector: a file takes none from another sector without saying so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from sectors.catalogue.nodes import FilePosition, FileProblem
from sectors.catalogue.specifications import CatalogueFiles, FileSector
from sectors.models import Indicator, Question, Rule, Sector, Sheet

NAMED = 3  # of what a sector has


class Owned(NamedTuple):
    """What the database has under a code, and the code of the sector that it belongs to."""

    sector: str
    name: str


class Owners:
    """What belongs to whom, as the database has it: to be made before anything is changed."""

    def __init__(self) -> None:
        sheets, rules, questions = Sheet.objects.all(), Rule.objects.all(), Question.objects.all()
        self.sheets = _owned(sheets.values_list("number", "sector__code", "name"))
        self.rules = _owned(rules.values_list("code", "sector__code", "message"))
        self.questions = _owned(questions.values_list("code", "sheet__sector__code", "text"))
        self.sheets_of_questions = dict(questions.values_list("code", "sheet__number"))
        self.names = dict(Sector.objects.values_list("code", "name"))

    def refusals(self, files: CatalogueFiles) -> Iterator[FileProblem]:
        loaded = {spec.code for spec in files.sectors}
        for spec in files.sectors:
            yield from self._of_sector(spec)
            moved = {row["number"]: row["moved_from"] for row in spec.sheets}
            for row in spec.sheets:
                yield from self._of(spec, _("sheet"), self.sheets, row["number"], row["moved_from"], row["place"])
                yield from self._of_moved(spec, row["number"], row["moved_from"], row["place"], loaded)
            for rule in spec.rules:
                yield from self._of(spec, _("rule"), self.rules, rule.fields["code"], rule.moved_from, rule.place)
            for row in spec.questions:
                # A question goes with its sheet.
                stays = self.sheets_of_questions.get(row["code"]) == row["sheet"]
                source = row["moved_from"] or (moved[row["sheet"]] if stays else "")
                yield from self._of(spec, _("question"), self.questions, row["code"], source, row["place"])

    def _of(
        self,
        spec: FileSector,
        kind: str,
        owned: Mapping[str, Owned],
        code: str,
        moved_from: str,
        place: FilePosition,
    ) -> Iterator[FileProblem]:
        have = owned.get(code)
        if have and have.sector not in (spec.code, moved_from):
            message = _(
                "%(kind)s %(code)s belongs to the sector %(sector)s: the database has it as “%(name)s” of %(owner)s. "
                "Take another code, or, to move it here, write moved_from: %(sector)s beside it."
            )
            what = {"kind": kind, "code": code, "sector": have.sector, "name": have.name}
            yield FileProblem(place, message % {**what, "owner": self.names[have.sector]})

    def _of_moved(
        self, spec: FileSector, number: str, moved_from: str, place: FilePosition, loaded: set[str]
    ) -> Iterator[FileProblem]:
        """A sheet that moves leaves no indicators behind: the file that has them is loaded with it."""
        have = self.sheets.get(number)
        if have and have.sector == moved_from != spec.code and moved_from not in loaded:
            rows = Indicator.objects.filter(sheet__number=number, code__startswith=f"{moved_from}.")
            if codes := list(rows.values_list("code", flat=True)):
                message = _(
                    "Sheet %(number)s still has %(codes)s of the sector %(sector)s: load the file of that sector "
                    "with it."
                )
                yield FileProblem(place, message % {"number": number, "codes": _few(codes), "sector": moved_from})

    def _of_sector(self, spec: FileSector) -> Iterator[FileProblem]:
        """A file that has nothing of what its sector has is another sector under a code that is taken."""
        code = spec.code
        have = [number for number, owned in self.sheets.items() if owned.sector == code]
        if have and not set(have) & {row["number"] for row in spec.sheets}:
            message = _(
                "The sector %(code)s is “%(name)s” in the database, with the sheets %(sheets)s, of which this file has "
                "none. Take another code; a sheet that is over stays in the file with a valid_to."
            )
            what = {"code": code, "name": self.names[code], "sheets": _few(have)}
            yield FileProblem(spec.place, message % what)


def _owned(rows: Iterable[tuple[str, str, str]]) -> dict[str, Owned]:
    return {code: Owned(sector, name) for code, sector, name in rows}


def _few(texts: list[str]) -> str:
    return ", ".join(texts[:NAMED]) + (" …" if len(texts) > NAMED else "")
