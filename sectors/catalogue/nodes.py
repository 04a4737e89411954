"""YAML files as nodes that know their place: what is wrong in a file is said with file and line."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from sectors.texts import plain, readable


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


class CatalogueError(Exception):
    """Files that cannot be loaded; `problems` has them all, nothing was changed."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Node:
    """A mapping of a file that remembers its lines, reports what is wrong and which keys were never asked for."""

    def __init__(self, data: Any, file: str, problems: list[FileProblem], line: int = 1) -> None:
        self.file, self.problems = file, problems
        self.data = data if isinstance(data, CommentedMap) else CommentedMap()
        self.line = self.data.lc.line + 1 if isinstance(data, CommentedMap) else line
        self.asked: set[str] = set()
        if not isinstance(data, CommentedMap):
            self.problem(_("A mapping (key: value) is expected here."))

    @property
    def place(self) -> FilePosition:
        return FilePosition(self.file, self.line)

    def place_of(self, key: str) -> FilePosition:
        try:
            return FilePosition(self.file, self.data.lc.key(key)[0] + 1)
        except KeyError:
            return self.place

    def first_line(self, key: str) -> FilePosition:
        """Where a text begins: a block of lines below its key, anything else beside it."""
        place = self.place_of(key)
        return FilePosition(place.file, place.line + isinstance(self.data.get(key), LiteralScalarString))

    def problem(self, message: str, key: str = "") -> None:
        self.problems.append(FileProblem(self.place_of(key) if key else self.place, readable(message)))

    def text(self, key: str, default: str | None = None, choices: Collection[str] = ()) -> str:
        value = self._value(key, default)
        if value is None:
            return ""
        if isinstance(value, (dict, list, bool)):
            self.problem(_("%(key)s must be a text.") % {"key": key}, key)
            return ""
        text = plain(str(value))
        if choices and text not in choices:
            known = ", ".join(choices)
            self.problem(
                _("%(key)s is “%(text)s”; it must be one of: %(known)s.") % {"key": key, "text": text, "known": known},
                key,
            )
        return text

    def number(self, key: str, default: int | None = None) -> int:
        value = self._value(key, default)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value or 0
        self.problem(_("%(key)s must be a whole number, not “%(text)s”.") % {"key": key, "text": value}, key)
        return 0

    def limit(self, key: str, default: int | None) -> int | None:
        """A whole number that may be left out."""
        return self.number(key, default) if self.has(key) else default

    def decimal(self, key: str, default: str) -> Decimal:
        try:
            return Decimal(str(self._value(key, default)))
        except InvalidOperation:
            self.problem(_("%(key)s must be a number.") % {"key": key}, key)
            return Decimal(1)

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.problem(_("%(key)s must be true or false.") % {"key": key}, key)
        return False

    def date(self, key: str) -> datetime.date | None:
        self.asked.add(key)
        value = self.data.get(key)
        if value is None or (isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)):
            return value
        self.problem(_("%(key)s must be a date such as 2023-01-01.") % {"key": key}, key)
        return None

    def validity(self) -> dict[str, datetime.date | None]:
        """`valid_from` and `valid_to`, which may both be left out."""
        first, last = self.date("valid_from"), self.date("valid_to")
        if first and last and last < first:
            self.problem(_("valid_to lies before valid_from."), "valid_to")
        return {"valid_from": first, "valid_to": last}

    def child(self, key: str) -> Node:
        return Node(self._value(key, None), self.file, self.problems, self.place_of(key).line)

    def children(self, key: str, required: bool = False) -> list[Node]:
        value = self._value(key, None if required else [])
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(_("%(key)s must be a list.") % {"key": key}, key)
            return []
        if required and not value:
            self.problem(_("%(key)s must not be empty.") % {"key": key}, key)
        line = self.place_of(key).line
        return [Node(item, self.file, self.problems, line) for item in value]

    def texts(self, key: str) -> list[str]:
        """A list of texts that may be left out; empty then, and where it is none."""
        value = self._value(key, [])
        if isinstance(value, list) and not any(item is None or isinstance(item, (dict, list, bool)) for item in value):
            return [plain(str(item)) for item in value]
        self.problem(_("%(key)s must be a list of texts.") % {"key": key}, key)
        return []

    def mapping(self, key: str) -> dict[str, str]:
        self.asked.add(key)
        value = self.data.get(key) or {}
        if isinstance(value, dict):
            return {readable(str(k)): readable(str(v)) for k, v in value.items()}
        self.problem(_("%(key)s must be a mapping.") % {"key": key}, key)
        return {}

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.data

    def finish(self) -> None:
        """Name the keys nobody asked for: mostly typing slips."""
        for key in self.data:
            if key not in self.asked:
                self.problem(_("Unknown key %(key)s.") % {"key": key}, str(key))

    def _value(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        value = self.data.get(key)
        if value is None and default is None:
            self.problem(_("%(key)s is missing.") % {"key": key})
        return default if value is None else value


def root(file: Path, problems: list[FileProblem]) -> Node | None:
    """The whole file; None, with a problem more, for one that is no YAML."""
    yaml = YAML(typ="rt")
    try:
        data = yaml.load(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(
            FileProblem(FilePosition(str(file), line), _("Not readable as YAML: %(why)s") % {"why": error.problem})
        )
    except (OSError, UnicodeDecodeError, YAMLError, RecursionError) as error:
        problems.append(FileProblem(FilePosition(str(file), 1), _("The file cannot be read: %(why)s") % {"why": error}))
    else:
        return Node(data, str(file), problems)
    return None
