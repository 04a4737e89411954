"""The words of the registry in catalogue files: how they are read, and what is wrong between them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue.beside import Beside, KnownWord
from sectors.catalogue.counted import words_of
from sectors.catalogue.fields import days
from sectors.catalogue.keys import CODED_WORDS, PROPOSED_WORDS, SHARED
from sectors.catalogue.nodes import FileProblem, Node
from sectors.catalogue.shapes import too_long
from sectors.catalogue.specifications import CatalogueFiles, FileRegistry, FileWord
from sectors.models import RegistryWord
from sectors.texts import folded
from sectors.vocabulary import WordKind

Problems = Iterator[FileProblem]
LONGEST_TEXT = 60


def read(node: Node) -> FileRegistry:
    """A file of words, as the model has them."""
    kinds = {kind for key, (kind, _shape) in CODED_WORDS.items() if node[key] is not None}
    kinds |= {kind for key, kind in PROPOSED_WORDS.items() if node[key] is not None}
    region = "" if node["registry"] == SHARED else node["registry"]
    words = [*_coded(node), *_proposed(node)]
    return FileRegistry(node.place_of("registry"), region, frozenset(kinds), words)


def _coded(node: Node) -> Iterator[FileWord]:
    for key, (kind, _shape) in CODED_WORDS.items():
        for position, child in enumerate(node[key] or ()):
            fields = {name: child[name] for name in ("code", "name", "english")}
            fields |= {"position": position, **days(child)}
            if kind == WordKind.CATEGORY:
                fields["weight"] = child["weight"]
            if kind == WordKind.PROGRAMME:
                fields |= {"is_screening": child["screening"], "is_planned": child["planned"]}
            yield FileWord(child.place, str(kind), fields)


def _proposed(node: Node) -> Iterator[FileWord]:
    """Texts, which are their own codes; what stands there twice stands once."""
    for key, kind in PROPOSED_WORDS.items():
        for position, text in enumerate(dict.fromkeys(node[key] or ())):
            if problem := too_long(key, text, LONGEST_TEXT):
                node.problem(problem, key)
            fields = {"code": text, "name": text, "english": "", "position": position}
            yield FileWord(node.place_of(key), str(kind), fields | {"valid_from": None, "valid_to": None})


class WordChecks:
    """What is wrong between the words of files and of what lies beside them, and in what counts by them."""

    def __init__(self, files: CatalogueFiles, beside: Beside) -> None:
        self.files, self.beside = files, beside
        self.words = [(spec.region, word) for spec in files.registries for word in spec.words]

    @cached_property
    def known(self) -> Mapping[tuple[str, str], KnownWord]:
        """By kind and code: of lists that the files say anew, what they say."""
        anew = {(spec.region, kind) for spec in self.files.registries for kind in spec.kinds}
        found = {key: word for key, word in self.beside.words.items() if (word.region, key[0]) not in anew}
        return found | {(word.kind, word.code): KnownWord(region, word.fields["name"]) for region, word in self.words}

    def regions(self) -> Problems:
        there = {*self.beside.regions, *(spec.code for spec in self.files.regions)}
        for spec in self.files.registries:
            if spec.region and spec.region not in there:
                message = _("These words are of the region %(code)s, which there is not. Load its file as well.")
                yield FileProblem(spec.place, message % {"code": spec.region})

    def codes(self) -> Problems:
        """A code means one thing everywhere, so that what several regions recorded can be counted together."""
        first: dict[tuple[str, str], tuple[str, str]] = {
            key: (word.region, self.beside.where) for key, word in self.beside.words.items()
        }
        seen: set[tuple[str, str]] = set()
        for region, word in self.words:
            key = word.kind, word.code
            other, where = first.get(key, (region, ""))
            what = {"kind": WordKind(word.kind).label, "code": word.code, "where": where}
            if key in seen:
                yield FileProblem(word.place, _("%(kind)s %(code)s stands already at %(where)s.") % what)
            elif other != region:
                message = _(
                    "%(kind)s %(code)s is a word of others (%(where)s): leave it out if the same is meant, else give "
                    "this one another code."
                )
                yield FileProblem(word.place, message % what)
            seen.add(key)
            first[key] = (region, str(word.place))

    def above(self) -> Problems:
        """What a code lies below is there, for all regions or for the same one."""
        for region, word in self.words:
            above = word.code.rpartition(".")[0]
            known = self.known.get((word.kind, above)) if above and _is_coded(word.kind) else KnownWord("", "")
            if known is None or known.region not in ("", region):
                message = _("%(kind)s %(code)s lies below %(above)s, which is no word here. Add it before this one.")
                what = {"kind": WordKind(word.kind).label, "code": word.code, "above": above}
                yield FileProblem(word.place, message % what)

    def names(self) -> Problems:
        """Lists that people fill in name words: no two that one of them reads are called the same."""
        called: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for (kind, code), known in self.known.items():
            called.setdefault((kind, _key(known.name)), []).append((code, known.region))
        for region, word in self.words:
            for code, other in called.get((word.kind, _key(word.fields["name"])), ()):
                if code != word.code and ("" in (region, other) or region == other):
                    message = _("%(kind)s %(code)s has the name of %(other)s, “%(name)s”. Write another name.")
                    what = {"kind": WordKind(word.kind).label, "code": word.code, "other": code}
                    yield FileProblem(word.place, message % {**what, "name": word.fields["name"]})

    def counted(self) -> Problems:
        """A rule by a word that there is not would count nothing, and say 0. Without any words there is no telling."""
        if self.known:
            for row in (row for spec in self.files.sectors for row in spec.indicators):
                for kind, code in words_of(row.fields["counted"]):
                    if (str(kind), code) not in self.known:
                        message = _(
                            "%(indicator)s counts records by the %(kind)s “%(code)s”, which no list of words has. Add "
                            "it to a file of words, or write one of: %(known)s."
                        )
                        have = sorted(known for its, known in self.known if its == kind)
                        what = {"indicator": row.code, "kind": kind.label, "code": code, "known": ", ".join(have)}
                        yield FileProblem(row.place, message % what)


def _is_coded(kind: str) -> bool:
    return kind not in PROPOSED_WORDS.values()


def _key(name: str) -> str:
    return "".join(folded(name).split())


def fields_of(word: FileWord) -> dict[str, Any]:
    """All but its code, with what the model has for those that say nothing else."""
    plain = RegistryWord()
    standard = {name: getattr(plain, name) for name in ("weight", "is_screening", "is_planned")}
    return {**standard, **{name: value for name, value in word.fields.items() if name != "code"}}
