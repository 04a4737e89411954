"""The words of the registry made ready for use, as a part of the compiled catalogue."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from sectors.models import Region, RegistryWord
from sectors.vocabulary import WordKind

NO_WORDS: Mapping[str, RegistryWord] = {}


class Words:
    """One state of all words; the rows in it are read, never changed."""

    def __init__(self) -> None:
        found: dict[str, dict[str, RegistryWord]] = {}
        for row in RegistryWord.objects.all():
            found.setdefault(row.kind, {})[row.code] = row
        self._by_kind = {kind: dict(sorted(rows.items(), key=_order(rows))) for kind, rows in found.items()}

    def of(self, kind: str) -> Mapping[str, RegistryWord]:
        """By code, what lies below a word right after it; the shared ones before those of regions."""
        return self._by_kind.get(kind, NO_WORDS)

    def of_region(self, kind: str, region: int | None) -> Iterator[RegistryWord]:
        """Those that are shared, and the region's own."""
        return (word for word in self.of(kind).values() if word.region_id in (None, region))

    def offered(self, kind: str, region: int | None, day: datetime.date) -> list[RegistryWord]:
        """Those of a region to choose from for something of a day."""
        return [word for word in self.of_region(kind, region) if word.valid_on(day)]

    def label(self, kind: str, code: str) -> str:
        """What the screen calls a code: itself, where the word is not loaded (any more)."""
        word = self.of(kind).get(code)
        return word.label if word else code

    def choices(self, kind: str, region: Region | None = None) -> list[tuple[str, str]]:
        """Codes and what the screen calls them: of a region, or of all."""
        rows = self.of_region(kind, region.pk) if region else self.of(kind).values()
        return [(word.code, word.label) for word in rows]

    @cached_property
    def screening(self) -> frozenset[str]:
        """Programmes whose batches screen: they are read off on the spot and confirmed by others."""
        return frozenset(word.code for word in self.of(WordKind.PROGRAMME).values() if word.is_screening)

    @cached_property
    def unplanned(self) -> frozenset[str]:
        """Programmes of which nothing is planned here."""
        return frozenset(word.code for word in self.of(WordKind.PROGRAMME).values() if not word.is_planned)


def _order(
    rows: Mapping[str, RegistryWord],
) -> Callable[[tuple[str, RegistryWord]], list[tuple[bool, int, str]]]:
    def key(item: tuple[str, RegistryWord]) -> list[tuple[bool, int, str]]:
        parts = item[0].split(".")
        path = (rows.get(".".join(parts[:n])) for n in range(1, len(parts) + 1))
        return [(word.region_id is not None, word.position, word.code) for word in path if word]

    return key
