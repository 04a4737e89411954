"""Loads the words of the registry from catalogue files, for `loader`: what is in use is retired, never taken away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue import counted
from sectors.catalogue.nodes import FilePosition
from sectors.catalogue.registry import fields_of
from sectors.catalogue.specifications import FileRegistry, FileWord
from sectors.models import Indicator, Region, RegistryWord

Upsert = Callable[[Any, dict[str, Any], dict[str, Any], Any], Any]
Remove = Callable[[Iterable[Any], FilePosition], None]
Problem = Callable[[FilePosition, str], None]


def load(registries: Collection[FileRegistry], upsert: Upsert, remove: Remove, problem: Problem) -> None:
    """All lists of one kind and region are one, so that several files may share it."""
    have = {(word.kind, word.code): word for word in RegistryWord.objects.select_related("region")}
    regions = {"": None, **Region.objects.in_bulk({spec.region for spec in registries}, field_name="code")}
    lists: dict[tuple[str, str], tuple[FilePosition, list[FileWord]]] = {}
    for spec in registries:
        for kind in sorted(spec.kinds):
            _place, words = lists.setdefault((spec.region, kind), (spec.place, []))
            words += [word for word in spec.words if word.kind == kind]
    for (region, kind), (place, words) in lists.items():
        for position, word in enumerate(words):
            key = {"kind": kind, "code": word.code}
            fields = {**fields_of(word), "position": position, "region": regions[region]}
            upsert(RegistryWord, key, fields, have.get((kind, word.code)))
        named = {word.code for word in words}
        own = [word for word in have.values() if (word.kind, word.region) == (kind, regions[region])]
        gone = [word for word in own if word.code not in named]
        used = _in_use(kind, {word.code for word in gone})
        for row in (row for row in gone if row.code in used):
            message = _("%(code)s (%(name)s) is in use and cannot be left out. Keep it and give it a valid_to.")
            problem(place, message % {"code": row.code, "name": row.name})
        remove([row for row in gone if row.code not in used], place)


def _in_use(kind: str, codes: set[str]) -> set[str]:
    """Those that a record has, that a cell is counted by, or that others lie below."""
    if not codes:
        return set()
    by_records = set[str]().union(*(use(kind, codes) for use in counted.word_uses))
    return by_records | _in_rules(kind, codes) | set(_with_others_below(kind, codes))


def _in_rules(kind: str, codes: Collection[str]) -> set[str]:
    """By which cells are counted, whichever file has them."""
    rules = Indicator.objects.exclude(counted={}).values_list("counted", flat=True)
    return {code for rule in rules for of, code in counted.words_of(rule) if of == kind} & set(codes)


def _with_others_below(kind: str, codes: Collection[str]) -> Iterator[str]:
    """Below which a word stays."""
    for code in RegistryWord.objects.filter(kind=kind).exclude(code__in=codes).values_list("code", flat=True):
        parts = code.split(".")
        yield from ({".".join(parts[:n]) for n in range(1, len(parts))} & set(codes))
