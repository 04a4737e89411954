"""A specification as a source that `files` reads: the same checks as for a file, with the place in it of each problem.

A line of such a source is the number of a place; `places` has them as paths: the keys and positions that lead there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from sectors.catalogue.nodes import NOTHING, TAG, TEXT, FileProblem, Source
from sectors.catalogue.shapes import NUMBER
from sectors.catalogue.yaml_files import NUMBERS

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class _Mark:
    line: int
    column: int = 0
    index: int = 0


class SpecificationSource(Source):
    def __init__(self, specification: Mapping[str, Any], name: str, problems: list[FileProblem]) -> None:
        super().__init__(Path(name), problems)
        self.specification = specification
        self.places: list[Place] = []

    def root(self) -> YamlNode | None:
        return self._node(self.specification, (), "")

    def place_of(self, problem: FileProblem) -> Place:
        return self.places[problem.place.line - 1] if 0 < problem.place.line <= len(self.places) else ()

    def _mark(self, place: Place) -> _Mark:
        self.places.append(place)
        return _Mark(len(self.places) - 1)

    def _node(self, value: Any, place: Place, key: str) -> YamlNode:
        mark = self._mark(place)
        if isinstance(value, Mapping):
            pairs = [
                (ScalarNode(TEXT, str(name), self._mark((*place, name)), mark), self._node(inner, (*place, name), name))
                for name, inner in value.items()
            ]
            return MappingNode(f"{TAG}map", pairs, mark, mark)
        if isinstance(value, list):
            rows = [self._node(inner, (*place, number), key) for number, inner in enumerate(value)]
            return SequenceNode(f"{TAG}seq", rows, mark, mark)
        return ScalarNode(_tag(value, key), _text(value), mark, mark)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tag(value: Any, key: str) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return f"{TAG}bool"
    if isinstance(value, int):
        return f"{TAG}int"
    if key in NUMBERS and NUMBER.fullmatch(str(value)):
        return f"{TAG}float" if not str(value).isdigit() else f"{TAG}int"
    return TEXT


def in_words(place: Place) -> str:
    """A place as an address names it; a dot is the whole."""
    return ".".join(map(str, place)) or "."


def place_from(text: str) -> Place:
    return tuple(int(part) if part.isascii() and part.isdigit() else part for part in text.split(".") if part)
