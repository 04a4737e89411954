"""A `Document` as the text of a snapshot, and back. The same document gives the same text, and the same hash."""

from __future__ import annotations

import hashlib
import json
import types
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from reports.document import blocks as blocks
from reports.document.blocks import Document
from reports.document.figures import FigureUsed


class BadSnapshot(ValueError):
    """A text that is no snapshot of a document; the message says what is wrong with it."""


def dump(document: Document) -> str:
    """The document as one line of JSON."""
    return json.dumps(json.loads(to_json(document)), ensure_ascii=False, separators=(",", ":"))


def to_json(document: Document) -> str:
    """The document as JSON: blocks and runs with their type, Decimals as strings, in a stable order."""
    return json.dumps(_jsonable(document), ensure_ascii=False, indent=1)


def _jsonable(value: object) -> object:
    if is_dataclass(value):
        content = {field.name: _jsonable(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__, **content}
    if isinstance(value, tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    # Decimal's own str() may answer in exponents: 1E+3.
    return format(value, "f") if isinstance(value, Decimal) else value


def load(text: str) -> Document:
    """The document of a snapshot. Raises BadSnapshot."""
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or content["type"] != "Document":
            raise BadSnapshot("This is no snapshot of a report: it holds no document.")
        document: Document = _made(Document, content)
    except BadSnapshot:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, StopIteration) as error:
        raise BadSnapshot(f"This is no snapshot of a report: {error}") from error
    return document


def figures(text: str) -> tuple[FigureUsed, ...]:
    """The figures of a snapshot of a document alone, which is much faster than all of it."""
    return tuple(_made(FigureUsed, content) for content in json.loads(text)["figures"])


def sha256(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _made(hint: Any, value: Any) -> Any:
    """The value as its type hint asks for it: an object of a dataclass, a tuple, Decimal or date, or as JSON has it."""
    if isinstance(value, dict):
        kind = _kinds()[value["type"]]
        hints = _hints(kind)
        return kind(**{field.name: _made(hints[field.name], value[field.name]) for field in _fields(kind, value)})
    if isinstance(value, list):
        return tuple(_made(item, part) for item, part in zip(_items(hint, len(value)), value, strict=True))
    if isinstance(value, str) and Decimal in _choices(hint):
        return Decimal(value)
    if isinstance(value, str) and date in _choices(hint):
        return date.fromisoformat(value)
    return value


def _fields(kind: Any, value: dict[str, Any]) -> list[Any]:
    """A field that a later version of the program added stays at its default."""
    return [field for field in fields(kind) if field.name in value]


def _items(hint: Any, count: int) -> list[Any]:
    """The hints of the items of a tuple: `tuple[X, ...]` or `tuple[X, Y]`, also where it is one of several choices."""
    found = next(part for part in _choices(hint) if get_origin(part) is tuple)
    items = get_args(found)
    return [items[0]] * count if items[-1] is Ellipsis else list(items)


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


@cache
def _kinds() -> dict[str, Any]:
    return {name: kind for name, kind in vars(blocks).items() if isinstance(kind, type) and is_dataclass(kind)}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
