"""Specifications as YAML text, and YAML text as specifications."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.nodes import Node as YamlNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import LiteralScalarString

from sectors.catalogue.keys import FILE
from sectors.catalogue.nodes import NOTHING, TAG, CatalogueError, FileProblem, Source
from sectors.catalogue.shapes import NUMBER, WHOLE, Number, Whole, every_shape
from sectors.texts import MOST_DIGITS, plain, visible

# Keys whose texts are numbers.
NUMBERS = frozenset(
    key for shape in every_shape(FILE) for key, kind in shape.keys.items() if isinstance(kind, Number | Whole)
)
# What names a thing stands first; other keys follow as `keys` has them.
FIRST = ("sector", "region", "number", "of", "code")
ORDER = dict.fromkeys((*FIRST, *(key for shape in every_shape(FILE) for key in shape.keys)))
OPTIONS = "options"
RANK = {key: place for place, key in enumerate(ORDER)}


class _PlainNumber(str):
    """Written without quotes."""

    __slots__ = ()


class _Representer(RoundTripRepresenter):
    pass


_Representer.add_representer(_PlainNumber, lambda own, text: own.represent_scalar(f"{TAG}float", str(text)))


def as_yaml(specification: Mapping[str, Any]) -> str:
    yaml = YAML()
    yaml.Representer = _Representer
    yaml.width = 100_000  # a text is never folded
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(_written("", ordered(specification)), text)
    return text.getvalue()


def ordered(value: Any, of: str = "") -> Any:
    """With the keys in the order of the documentation: a database may keep them in another. Options, which are `of`
    that key, stay in theirs: it says what is better."""
    if isinstance(value, Mapping) and of == OPTIONS:
        return dict(value)
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (RANK.get(key, len(RANK)), key))
        return {key: ordered(value[key], key) for key in keys}
    return [ordered(one) for one in value] if isinstance(value, list) else value


def _written(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _written(name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_written(key, inner) for inner in value]
    if isinstance(value, str) and key in NUMBERS and NUMBER.fullmatch(value):
        return _PlainNumber(value)
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def number_of_text(text: str) -> int | str:
    """As a specification has it: a whole number is one, whatever else is a text."""
    return int(text) if WHOLE.fullmatch(text) and len(text) < MOST_DIGITS else text


def from_yaml(path: Path) -> dict[str, Any]:
    """What a file says, as it stands there; whether it is right says `files.read`. Raises CatalogueError for a file
    that is no YAML."""
    problems: list[FileProblem] = []
    source = Source(path, problems)
    root = source.root()
    if root is None and not problems:
        source.problem(1, _("The file is empty."))
    if problems:
        raise CatalogueError(problems)
    found = _value(root)
    return found if isinstance(found, dict) else {}


def from_text(text: str) -> dict[str, Any]:
    """The same of the text of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.yaml"
        path.write_text(text, encoding="utf-8")
        return from_yaml(path)


def _value(node: YamlNode | None) -> Any:
    if isinstance(node, MappingNode):
        return {visible(str(key.value)): _value(value) for key, value in node.value}
    if not isinstance(node, ScalarNode):
        return [_value(one) for one in node.value] if node is not None else None
    text = plain(visible(node.value))
    if node.tag == NOTHING:
        return None
    if node.tag == f"{TAG}bool":
        return text.lower() == "true"
    return number_of_text(text) if node.tag == f"{TAG}int" else text
