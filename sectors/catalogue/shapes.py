"""What may stand at a key of a file: how it is read, and the JSON Schema that says the same to an editor.

A `Shape` names the keys of a mapping with the kind of each; `keys` puts the files of the catalogue together of them.
What is read is checked by its kind alone: what one key says about another is looked at later.
"""

from __future__ import annotations

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from sectors.catalogue.nodes import NOTHING, TAG, Node, Source, line_of, text_of
from sectors.catalogue.yaml_text import cut_off
from sectors.texts import visible

REQUIRED: Any = object()
WHOLE = re.compile(r"0|[1-9][0-9]*")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
BREAKS = r"\t\n\r\u0085\u2028\u2029"  # what a text of one line has not
NO_LINE = re.compile(f"[{BREAKS}]")
CUT = re.compile(r"#[^\s#]")  # no comment: behind the # of one stands a blank
FIRST_YEAR, LAST_YEAR = 1990, 2100  # of what the catalogue says, which may be older than any record
YEAR = re.compile(r"[0-9]{4}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind(ABC):
    """What may stand at a key; without a default the key must be there."""

    default: Any = REQUIRED

    @abstractmethod
    def read(self, node: YamlNode, key: str, source: Source) -> Any:
        """The value. Raises ValueError with a sentence."""

    @abstractmethod
    def schema(self) -> Schema: ...

    def shapes(self) -> Iterator[Shape]:
        """Those that its schema refers to."""
        return iter(())


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """A text of one line, unless `lines`; `form` says in words what `pattern` asks for."""

    longest: int = 0
    pattern: str = ""
    form: str | Promise = ""
    choices: tuple[str, ...] = ()
    lines: bool = False

    def read(self, node: YamlNode, key: str, source: Source) -> str:
        text = text_of(node, key)
        if text and (self.choices or self.pattern):
            text = visible(str(node.value))  # a word has no blanks around it
        what = {"key": key, "text": text, "known": ", ".join(self.choices), "form": self.form}
        if self.choices and text not in self.choices:
            raise ValueError(_("%(key)s is “%(text)s”; it must be one of: %(known)s.") % what)
        if not text and self.default is REQUIRED:
            raise ValueError(_("%(key)s is empty.") % what)
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError(_("%(key)s is “%(text)s”; it must be made of %(form)s.") % what)
        if problem := too_long(key, text, self.longest):
            raise ValueError(problem)
        if NO_LINE.search(text) and not self.lines:
            raise ValueError(_("%(key)s must be one line, without tabs in it.") % what)
        return text

    def schema(self) -> Schema:
        found: Schema = {"type": "string"}
        if self.choices:
            found["enum"] = list(self.choices)
        if self.default is REQUIRED:
            found["minLength"] = 1
        if self.longest:
            found["maxLength"] = self.longest
        if self.pattern:
            found["pattern"] = f"^(?:{self.pattern})$" if self.default is REQUIRED else f"^(?:{self.pattern})?$"
        elif not self.choices:
            within = r"[\s\S]*" if self.lines else rf"[^{BREAKS}]*"
            needed = "" if self.default is REQUIRED else "?"
            found["pattern"] = rf"^\s*(?:\S(?:{within}\S)?){needed}\s*$"
        return found


@dataclass(frozen=True, kw_only=True)
class Whole(Kind):
    most: int

    def read(self, node: YamlNode, key: str, source: Source) -> int:
        text = _scalar(node, "int")
        if not WHOLE.fullmatch(text):
            raise ValueError(_("%(key)s must be a whole number, not “%(text)s”.") % {"key": key, "text": _shown(node)})
        if len(text) > len(str(self.most)) or int(text) > self.most:
            what = {"key": key, "text": text, "most": self.most}
            raise ValueError(_("%(key)s is %(text)s; it may be at most %(most)d.") % what)
        return int(text)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 0, "maximum": self.most}


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A number of so many digits, so many of them behind the point; greater than 0 if `positive`."""

    digits: int
    places: int
    positive: bool = False

    def read(self, node: YamlNode, key: str, source: Source) -> Decimal:
        text = _scalar(node, "int", "float")
        if not NUMBER.fullmatch(text):
            raise ValueError(_("%(key)s must be a number.") % {"key": key})
        value = Decimal(text)
        if self.positive and value <= 0:
            raise ValueError(_("%(key)s must be greater than 0.") % {"key": key})
        if abs(value) >= self._limit or value != round(value, self.places):
            what = {"key": key, "digits": self.digits - self.places, "places": self.places}
            message = _("%(key)s may have %(digits)d digits before the point and %(places)d behind it.")
            raise ValueError(message % what)
        return value

    @property
    def _limit(self) -> int:
        return int(10 ** (self.digits - self.places))

    def schema(self) -> Schema:
        least: Schema = {"exclusiveMinimum": 0 if self.positive else -self._limit}
        return {"type": "number", "exclusiveMaximum": self._limit, **least}


@dataclass(frozen=True, kw_only=True)
class Flag(Kind):
    def read(self, node: YamlNode, key: str, source: Source) -> bool:
        text = _scalar(node, "bool").lower()
        if text not in ("true", "false"):
            raise ValueError(_("%(key)s must be true or false.") % {"key": key})
        return text == "true"

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, kw_only=True)
class Day(Kind):
    default: Any = None

    def read(self, node: YamlNode, key: str, source: Source) -> datetime.date:
        text = _scalar(node, "timestamp", "str")
        try:
            day = datetime.date.fromisoformat(text) if DAY.fullmatch(text) else datetime.date.min
        except ValueError:
            day = datetime.date.min
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            what = {"key": key, "text": _shown(node), "first": FIRST_YEAR, "last": LAST_YEAR}
            message = _(
                "%(key)s must be a date such as 2023-01-01, of the years %(first)d to %(last)d, not “%(text)s”."
            )
            raise ValueError(message % what)
        return day

    def schema(self) -> Schema:
        return {"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"}


@dataclass(frozen=True, kw_only=True)
class YearOrDay(Kind):
    """As text: `2021`, `2021-03-11`."""

    def read(self, node: YamlNode, key: str, source: Source) -> str:
        text = _scalar(node, "int", "str")
        if YEAR.fullmatch(text) and FIRST_YEAR <= int(text) <= LAST_YEAR:
            return text
        try:
            return Day().read(node, key, source).isoformat()
        except ValueError as error:
            what = {"key": key, "text": _shown(node), "first": FIRST_YEAR, "last": LAST_YEAR}
            message = _(
                "%(key)s must be a year or a date, 2023 or 2023-01-01, of %(first)d to %(last)d, not “%(text)s”."
            )
            raise ValueError(message % what) from error

    def schema(self) -> Schema:
        pattern = f"^({YEAR.pattern}|{DAY.pattern})$"
        return {"type": ["integer", "string"], "minimum": FIRST_YEAR, "maximum": LAST_YEAR, "pattern": pattern}


@dataclass(frozen=True, kw_only=True)
class Texts(Kind):
    """A list of texts."""

    default: Any = ()

    def read(self, node: YamlNode, key: str, source: Source) -> list[str]:
        if not isinstance(node, SequenceNode):
            raise ValueError(_("%(key)s must be a list of texts.") % {"key": key})
        try:
            return [text_of(child, key) for child in node.value]
        except ValueError:
            raise ValueError(_("%(key)s must be a list of texts.") % {"key": key}) from None

    def schema(self) -> Schema:
        return {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True, kw_only=True)
class OneOrMore(Texts):
    """A text, or a list of them; read as a list."""

    def read(self, node: YamlNode, key: str, source: Source) -> list[str]:
        return [text_of(node, key)] if isinstance(node, ScalarNode) else super().read(node, key, source)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "string"}, super().schema()]}


@dataclass(frozen=True, kw_only=True)
class Pairs(Kind):
    """A mapping whose keys are free but for their pattern."""

    names: Text
    values: Kind
    default: Any = field(default_factory=dict)

    def read(self, node: YamlNode, key: str, source: Source) -> dict[str, Any]:
        if not isinstance(node, MappingNode):
            raise ValueError(_("%(key)s must be a mapping.") % {"key": key})
        found: dict[str, Any] = {}
        for name, (key_node, value) in source.pairs(node).items():
            if wrong := self._wrong_name(key, name):
                source.problem(line_of(key_node), wrong)
                continue
            try:
                found[name] = self.values.read(value, f"{key} {name}", source)
            except ValueError as error:
                source.problem(line_of(key_node), str(error))
        return found

    def _wrong_name(self, key: str, name: str) -> str:
        what = {"key": key, "text": name, "known": ", ".join(self.names.choices), "form": self.names.form}
        if self.names.choices and name not in self.names.choices:
            return _("%(key)s names “%(text)s”; it must be one of: %(known)s.") % what
        if self.names.pattern and not re.fullmatch(self.names.pattern, name):
            return _("%(key)s names “%(text)s”; it must be made of %(form)s.") % what
        return ""

    def schema(self) -> Schema:
        names = {"propertyNames": self.names.schema()}
        return {"type": "object", "additionalProperties": self.values.schema(), **names}


@dataclass(frozen=True)
class Shape:
    """The keys of a mapping; `name` is that of its definition in the schema."""

    name: str
    keys: Mapping[str, Kind]

    def read(self, node: YamlNode, source: Source) -> Node:
        found = Node(source, line_of(node))
        found.given = source.pairs(node)
        for key in found.given.keys() - self.keys.keys():
            what = {"key": key, "known": ", ".join(self.keys)}
            found.problem(_("Unknown key %(key)s. Known here: %(known)s.") % what, key)
        if isinstance(node, MappingNode):
            found.values = {key: _value(found, key, kind) for key, kind in self.keys.items()}
        return found

    def pick(self, node: YamlNode, source: Source) -> Shape:
        return self

    def all(self) -> Iterator[Shape]:
        yield self

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.name}"}

    def definition(self) -> Schema:
        needed = [key for key, kind in self.keys.items() if kind.default is REQUIRED]
        known = {
            key: kind.schema() if kind.default is REQUIRED else {"anyOf": [kind.schema(), {"type": "null"}]}
            for key, kind in self.keys.items()
        }
        return {"type": "object", "properties": known, "required": needed, "additionalProperties": False}


@dataclass(frozen=True)
class Either:
    """One of some shapes: the first whose key is there; `otherwise` where none is."""

    shapes: Mapping[str, Shape]
    otherwise: Shape | None = None

    def pick(self, node: YamlNode, source: Source) -> Shape | None:
        if not isinstance(node, MappingNode):
            return next(self.all())  # which says so
        given = {key.value for key, _value in node.value if isinstance(key, ScalarNode)}
        found = next((shape for key, shape in self.shapes.items() if key in given), self.otherwise)
        if found is None:
            what = {"keys": ", ".join(self.shapes)}
            source.problem(line_of(node), _("One of these keys must be here: %(keys)s.") % what)
        return found

    def all(self) -> Iterator[Shape]:
        yield from self.shapes.values()
        if self.otherwise:
            yield self.otherwise

    def schema(self) -> Schema:
        return {"anyOf": [shape.schema() for shape in self.all()]}


Shapes = Shape | Either


@dataclass(frozen=True, kw_only=True)
class Child(Kind):
    shape: Shapes

    def read(self, node: YamlNode, key: str, source: Source) -> Node | None:
        shape = self.shape.pick(node, source)
        return shape.read(node, source) if shape else None

    def schema(self) -> Schema:
        return self.shape.schema()

    def shapes(self) -> Iterator[Shape]:
        return self.shape.all()


@dataclass(frozen=True, kw_only=True)
class Children(Kind):
    """A list of mappings; where the key must be there, the list must not be empty. `shape` is asked for late, since a
    shape may contain itself."""

    shape: Callable[[], Shapes]

    def read(self, node: YamlNode, key: str, source: Source) -> list[Node]:
        if not isinstance(node, SequenceNode):
            raise ValueError(_("%(key)s must be a list.") % {"key": key})
        if not node.value and self.default is REQUIRED:
            raise ValueError(_("%(key)s must not be empty.") % {"key": key})
        found = ((self.shape().pick(child, source), child) for child in node.value)
        return [shape.read(child, source) for shape, child in found if shape]

    def schema(self) -> Schema:
        least = {"minItems": 1} if self.default is REQUIRED else {}
        return {"type": "array", "items": self.shape().schema(), **least}

    def shapes(self) -> Iterator[Shape]:
        return self.shape().all()


def every_shape(root: Shapes) -> Iterator[Shape]:
    """Those of a file and of all that may stand in it, each once."""
    found: set[str] = set()
    waiting = list(root.all())
    while waiting:
        shape = waiting.pop(0)
        if shape.name not in found:
            found.add(shape.name)
            yield shape
            waiting += [inner for kind in shape.keys.values() for inner in kind.shapes()]


def schema_of(root: Shapes) -> Schema:
    """The JSON Schema of files of a shape."""
    definitions = {shape.name: shape.definition() for shape in every_shape(root)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root.schema(), "$defs": definitions}


def of_field(model: type[models.Model], name: str, **more: Any) -> Text:
    """A text that a field of a model keeps, with its length and choices."""
    column: Any = model._meta.get_field(name)
    choices = tuple(str(key) for key, _label in column.choices or ())
    return Text(longest=0 if choices else column.max_length or 0, choices=choices, **more)


def too_long(key: str, text: str, most: int) -> str:
    """A sentence, if the text is."""
    if not most or len(text) <= most:
        return ""
    what = {"key": key, "have": len(text), "most": most}
    return _("%(key)s has %(have)d characters; at most %(most)d are kept.") % what


def _value(found: Node, key: str, kind: Kind) -> Any:
    name, node = found.given.get(key, (None, None))
    comment = cut_off(found.source.comments, name, node) if name and node else ""
    if CUT.match(comment):
        message = _("The # cuts %(key)s off before “%(text)s”. Put the text in quotes, or a blank behind the #.")
        found.problem(message % {"key": key, "text": comment}, key)
        return None
    if node is None or (isinstance(node, ScalarNode) and node.tag == NOTHING):
        if kind.default is REQUIRED:
            found.problem(_("%(key)s is missing.") % {"key": key}, key)
            return None
        return kind.default
    try:
        return kind.read(node, key, found.source)
    except ValueError as error:
        found.problem(str(error), key)
        return None


def _scalar(node: YamlNode, *tags: str) -> str:
    """As it is written, where YAML takes it for one of these; else empty."""
    return str(node.value) if isinstance(node, ScalarNode) and node.tag in {f"{TAG}{tag}" for tag in tags} else ""


def _shown(node: YamlNode) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else "…"
