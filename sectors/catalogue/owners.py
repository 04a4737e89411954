"""Sheets, rules and questions belong to their sector: a file takes none from another sector without saying so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from sectors.catalogue.beside import Beside, Owned
from sectors.catalogue.nodes import FilePosition, FileProblem
from sectors.catalogue.specifications import CatalogueFiles, FileSector

NAMED = 3  # of what a sector has


class Owners:
    """What belongs to whom, as it is beside the files."""

    def __init__(self, files: CatalogueFiles, beside: Beside) -> None:
        self.files, self.beside = files, beside

    def refusals(self) -> Iterator[FileProblem]:
        for spec in self.files.sectors:
            yield from self._of_sector(spec)
            moved = {row["number"]: row["moved_from"] for row in spec.sheets}
            for row in spec.sheets:
                yield from self._of(
                    spec, _("sheet"), self.beside.sheets, row["number"], row["moved_from"], row["place"]
                )
                yield from self._of_moved(spec, row["number"], row["moved_from"], row["place"])
            for rule in spec.rules:
                yield from self._of(
                    spec, _("rule"), self.beside.rule_names, rule.fields["code"], rule.moved_from, rule.place
                )
            for row in spec.questions:
                # A question goes with its sheet.
                stays = self.beside.sheets_of_questions.get(row["code"]) == row["sheet"]
                source = row["moved_from"] or (moved[row["sheet"]] if stays else "")
                yield from self._of(spec, _("question"), self.beside.questions, row["code"], source, row["place"])
            yield from self._needless(spec)

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
                "%(kind)s %(code)s belongs to the sector %(sector)s: %(where)s has it as “%(name)s” of %(owner)s. "
                "Take another code, or, to move it here, write moved_from: %(sector)s beside it."
            )
            what = {"kind": kind, "code": code, "sector": have.sector, "name": have.name, "where": self.beside.where}
            yield FileProblem(place, message % {**what, "owner": self.beside.sectors[have.sector].name})

    def _needless(self, spec: FileSector) -> Iterator[FileProblem]:
        """A `moved_from` with the file's own sector. Any other may have been true once, in a version of the files that
        a new installation, or one that left a version out, never had: there is nothing to move then."""
        rows = [(x["moved_from"], x["place"]) for x in (*spec.sheets, *spec.questions)]
        for moved_from, place in [*rows, *((x.moved_from, x.place) for x in spec.rules)]:
            if moved_from == spec.code:
                message = _("moved_from: %(sector)s is the sector of this file. Leave it out.")
                yield FileProblem(place, message % {"sector": moved_from})

    def _of_moved(self, spec: FileSector, number: str, moved_from: str, place: FilePosition) -> Iterator[FileProblem]:
        """A sheet that moves leaves no indicators behind: the file that has them is loaded with it."""
        have = self.beside.sheets.get(number)
        if have and have.sector == moved_from != spec.code and moved_from not in self.beside.loaded:
            rows = self.beside.indicators.items()
            if codes := [code for code, row in rows if row.sheet == number and code.startswith(f"{moved_from}.")]:
                message = _(
                    "Sheet %(number)s still has %(codes)s of the sector %(sector)s: load the file of that sector "
                    "with it."
                )
                yield FileProblem(place, message % {"number": number, "codes": _few(codes), "sector": moved_from})

    def _of_sector(self, spec: FileSector) -> Iterator[FileProblem]:
        """A file that has nothing of what its sector has is another sector under a code that is taken."""
        code = spec.code
        have = [number for number, owned in self.beside.sheets.items() if owned.sector == code]
        if have and not set(have) & {row["number"] for row in spec.sheets}:
            message = _(
                "The sector %(code)s is “%(name)s” in %(where)s, with the sheets %(sheets)s, of which this file has "
                "none. Take another code; a sheet that is over stays in the file with a valid_to."
            )
            what = {"code": code, "name": self.beside.sectors[code].name, "sheets": _few(have)}
            yield FileProblem(spec.place, message % {**what, "where": self.beside.where})


def _few(texts: list[str]) -> str:
    return ", ".join(texts[:NAMED]) + (" …" if len(texts) > NAMED else "")
