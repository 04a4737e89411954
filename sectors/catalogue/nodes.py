"""YAML files as nodes that know their place: what is wrong in a file is said with file and line.

A file is composed and not constructed: a scalar stays as it was written, so that `001` is never silently 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.nodes import Node as YamlNode

from sectors.catalogue.yaml_text import (
    TOO_DEEP,
    Comment,
    UnreadableFile,
    check_depth,
    place_of_error,
    scanned,
    text_of_file,
    why,
    wide_sign,
)
from sectors.texts import plain, readable, visible

TAG = "tag:yaml.org,2002:"
MOST_VALUES = 100_000  # the largest sheet that was ever seen has a tenth of it
TEXT, NOTHING = f"{TAG}str", f"{TAG}null"


@dataclass(frozen=True)
class FilePosition:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class FileProblem:
    place: FilePosition
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def _count(node: YamlNode, known: dict[int, int]) -> int:
    """How many values there are below a node and in it, those that an alias repeats each time."""
    if id(node) not in known:
        known[id(node)] = MOST_VALUES + 1  # stands while a circle is being counted
        below = () if isinstance(node, ScalarNode) else node.value
        if isinstance(node, MappingNode):
            below = chain.from_iterable(node.value)
        known[id(node)] = 1 + sum(_count(one, known) for one in below)
    return known[id(node)]


def composed(text: str) -> YamlNode | None:
    """The nodes of a file; None for an empty one. Raises YAMLError."""
    root: YamlNode | None = YAML(typ="safe", pure=True).compose(text)
    return root


class CatalogueError(Exception):
    """Files that cannot be loaded; `problems` has them all, nothing was changed."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Source:
    """A file that is being read, and what is wrong in it."""

    def __init__(self, file: Path, problems: list[FileProblem]) -> None:
        self.file, self.problems = file, problems
        self.comments: list[Comment] = []

    def place(self, line: int) -> FilePosition:
        return FilePosition(str(self.file), line)

    def problem(self, line: int, message: str) -> None:
        self.problems.append(FileProblem(self.place(line), readable(message)))

    def root(self) -> YamlNode | None:
        """The whole file; None for an empty one and, with a problem more, for one that is no YAML."""
        try:
            text = text_of_file(self.file)
            check_depth(text)
            self.comments, quoted = scanned(text)
            root = composed(text)
            if root is not None and _count(root, {}) > MOST_VALUES:
                self.problem(1, _("The file has too many values. Divide it into several."))
                return None
        except UnreadableFile as error:
            self.problem(error.line, str(error))
        except MarkedYAMLError as error:
            line = place_of_error(error, quoted)
            wide = wide_sign(text, line, error)
            self.problem(*(wide or (line, why(error))))
        except RecursionError:
            self.problem(1, str(TOO_DEEP))
        except YAMLError as error:
            self.problem(1, _("The file cannot be read: %(why)s") % {"why": error})
        else:
            return root
        return None

    def pairs(self, node: YamlNode) -> dict[str, tuple[ScalarNode, YamlNode]]:
        """Keys, as they are written, and values of a mapping; what is none, and a key that stands twice, is named."""
        found: dict[str, tuple[ScalarNode, YamlNode]] = {}
        if not isinstance(node, MappingNode):
            self.problem(line_of(node), _("A mapping (key: value) is expected here."))
            return found
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.problem(line_of(key), _("A key must be a text."))
                continue
            name = _stored(key.value)
            if name in found:
                what = {"key": name, "line": line_of(found[name][0])}
                self.problem(line_of(key), _("%(key)s stands already in line %(line)d.") % what)
            found.setdefault(name, (key, value))
        return found


class Node:
    """A mapping of a file: the values of its keys, the default of a key that is left out, and their places."""

    def __init__(self, source: Source, line: int) -> None:
        self.source, self.line = source, line
        self.values: dict[str, Any] = {}
        self.given: dict[str, tuple[ScalarNode, YamlNode]] = {}

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def place(self) -> FilePosition:
        return self.source.place(self.line)

    def has(self, key: str) -> bool:
        return key in self.given

    def place_of(self, key: str) -> FilePosition:
        return self.source.place(line_of(self.given[key][0])) if key in self.given else self.place

    def first_line(self, key: str) -> FilePosition:
        """Where a text begins: a block of lines below its key, anything else beside it."""
        place = self.place_of(key)
        block = key in self.given and getattr(self.given[key][1], "style", None) == "|"
        return FilePosition(place.file, place.line + block)

    def problem(self, message: str, key: str = "") -> None:
        self.source.problem(self.place_of(key).line, message)


def line_of(node: YamlNode) -> int:
    return int(node.start_mark.line) + 1


def text_of(node: YamlNode, key: str) -> str:
    """A text, and nothing that YAML takes for something else. Raises ValueError with a sentence."""
    if not isinstance(node, ScalarNode):
        raise ValueError(_("%(key)s must be a text.") % {"key": key})
    text = _stored(node.value)
    if node.tag != TEXT:
        raise ValueError(_('%(key)s must be a text: write it in quotes, "%(text)s".') % {"key": key, "text": text})
    return text


def _stored(text: str) -> str:
    return plain(visible(text))
