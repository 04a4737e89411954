"""Sectors of one region beside the shared ones: their codes clash with nothing, and nothing shared rests on them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sectors.calculation.tokens import codes_in
from sectors.catalogue.beside import Beside
from sectors.catalogue.nodes import FilePosition, FileProblem
from sectors.catalogue.own_codes import OWN_CODE, code_prefix, number_prefix, region_of, region_of_number
from sectors.catalogue.specifications import CatalogueFiles, FileSector

Problems = Iterator[FileProblem]


class OwnSectors:
    def __init__(self, files: CatalogueFiles, beside: Beside) -> None:
        self.files, self.beside = files, beside

    def problems(self) -> Problems:
        for spec in self.files.sectors:
            yield from self._codes(spec)
            yield from self._moved(spec)
            yield from self._read(spec)
            if spec.region:
                yield from self._region(spec)
                yield from self._rules(spec)
                yield from self._units(spec)

    def _region(self, spec: FileSector) -> Problems:
        """It is there before its own sectors are, and so is their chapter."""
        if spec.region not in self.beside.regions:
            message = _("This sector is the own one of the region %(code)s, which there is not. Load its file first.")
            yield FileProblem(spec.place, message % {"code": spec.region})
        shared = {s.chapter[0] for code, s in self.beside.sectors.items() if not region_of(code)}
        shared |= {other.chapter["code"] for other in self.files.sectors if not other.region}
        if spec.chapter["code"] not in shared:
            message = _("A region's own sector stands in a chapter of the shared catalogue: %(known)s.")
            yield FileProblem(spec.chapter["place"], message % {"known": ", ".join(sorted(shared))})

    def _codes(self, spec: FileSector) -> Problems:
        """Of indicators the loader sees to it that they begin as the sector does."""
        named = [(_("sector"), spec.code, spec.place)]
        named += [(_("rule"), str(rule.fields["code"]), rule.place) for rule in spec.rules]
        named += [(_("question"), row["code"], row["place"]) for row in spec.questions]
        for kind, code, place in named:
            yield from self._begins(spec, kind, code, place, region_of(code), code_prefix(spec.region))
        for row in spec.sheets:
            number = row["number"]
            of, prefix = region_of_number(number), number_prefix(spec.region)
            yield from self._begins(spec, _("sheet"), number, row["place"], of, prefix)

    def _begins(
        self, spec: FileSector, kind: str, code: str, place: FilePosition, region: str, prefix: str
    ) -> Problems:
        if region == spec.region:
            return
        message = (
            _("%(kind)s %(code)s is of a sector that only the region %(region)s has: let it begin with %(prefix)s.")
            if spec.region
            else _(
                "%(kind)s %(code)s begins like what only the region %(of)s has. Write region: %(of)s, or another code."
            )
        )
        what = {"kind": kind, "code": code, "region": spec.region, "prefix": prefix, "of": region}
        yield FileProblem(place, message % what)

    def _moved(self, spec: FileSector) -> Problems:
        rows = [(row["moved_from"], row["place"]) for row in (*spec.sheets, *spec.questions)]
        for source, place in [*rows, *((rule.moved_from, rule.place) for rule in spec.rules)]:
            if source and region_of(source) != spec.region:
                message = _("Nothing moves between the shared catalogue and what only one region has. Copy it instead.")
                yield FileProblem(place, message)

    def _read(self, spec: FileSector) -> Problems:
        """What others read must be there for all that read it."""
        texts = [(row.fields["formula"], row.measured) for row in spec.indicators]
        texts += [(str(rule.fields["expression"]), rule.place) for rule in spec.rules]
        found = [(code, place) for text, place in texts for code in codes_in(text)]
        found += [(code, spec.wording) for code in OWN_CODE.findall(spec.fields["wording"])]
        for code, place in dict.fromkeys(found):
            if region_of(code) not in ("", spec.region):
                message = _("%(code)s is only reported in the region %(region)s: nothing beside it can read it.")
                yield FileProblem(place, message % {"code": code, "region": region_of(code)})

    def _rules(self, spec: FileSector) -> Problems:
        """A rule about shared indicators would be one for all regions."""
        for rule in spec.rules:
            shared = sorted(code for code in codes_in(str(rule.fields["expression"])) if not region_of(code))
            if shared:
                message = _("Rules of a region's own sector are about its own indicators, not about %(codes)s.")
                yield FileProblem(rule.place, message % {"codes": ", ".join(shared)})

    def _units(self, spec: FileSector) -> Problems:
        """Units are shared."""
        for unit in self.files.units:
            there = self.beside.units.get(unit.name)
            facts = (unit.base, unit.scale, unit.counts, list(unit.also))
            if unit.place.file == spec.place.file and (
                there is None or (there.base, there.scale, there.counts, list(there.also)) != facts
            ):
                message = _("Units are shared by all regions: have the administrator load %(unit)s first.")
                yield FileProblem(unit.place, message % {"unit": unit.name})
