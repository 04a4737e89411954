"""What differs between two specifications of a sheet, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from sectors.catalogue.key_names import KINDS, label
from sectors.catalogue.yaml_files import ordered


class Line(NamedTuple):
    """One difference: `where` is what it is about; what is not there before or after is empty."""

    sign: str  # + added, - left out, ~ changed
    where: str
    what: str
    before: str
    after: str


class _Element(NamedTuple):
    name: str
    fields: dict[str, str]


Key = tuple[str, str]  # what it is, and the codes that lead to it
NAMING = ("code", "number", "name")


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Line]:
    """In the order of the new one; what it leaves out stands at the end."""
    # A database may keep the keys in another order.
    before, after = (dict(_elements(ordered(one), "sector", "")) for one in (old, new))
    found: list[Line] = []
    for key, element in after.items():
        if key not in before:
            found.append(Line("+", _where(key, element), "", "", _told(element)))
        else:
            found += _changed(key, before[key], element)
    found += [
        Line("-", _where(key, element), "", _told(element), "") for key, element in before.items() if key not in after
    ]
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        found.append(Line("~", _("Order"), _("Rows stand in another order."), "", ""))
    return found


def _changed(key: Key, before: _Element, after: _Element) -> Iterator[Line]:
    for name in [*after.fields, *(name for name in before.fields if name not in after.fields)]:
        old, new = before.fields.get(name, ""), after.fields.get(name, "")
        if old != new:
            yield Line("~", _where(key, after), label(name), old, new)


def _where(key: Key, element: _Element) -> str:
    name = f"{KINDS.get(key[0], key[0])} {element.name}".strip()
    code = key[1].rsplit("/", 1)[-1]
    return name if code in name or key[0] == "parts" else f"{name} ({code})"


def _told(element: _Element) -> str:
    return _(", ").join(f"{label(name)} {value}" for name, value in element.fields.items() if name not in NAMING)


def _elements(value: Mapping[str, Any], kind: str, path: str) -> Iterator[tuple[Key, _Element]]:
    """The mapping and all below it that have names of their own, with what stands at their keys."""
    if not value:
        return
    own = str(value.get("code") or value.get("number") or value.get("name") or "")
    # An indicator has the same code wherever it stands; rows, columns and breakdowns are told apart by their tables.
    key = own if kind in ("indicators", "questions", "rules", "sheets", "units") else f"{path}/{own}"
    below = [(name, inner) for name, inner in value.items() if _is_element(inner)]
    fields = {name: _shown(inner) for name, inner in value.items() if not _is_element(inner)}
    yield (kind, key), _Element(str(value.get("name") or value.get("text") or ""), fields)
    for name, inner in below:
        for one in inner if isinstance(inner, list) else [inner]:
            yield from _elements(one, name, key)


def _is_element(value: Any) -> bool:
    """Whether it has parts with names of their own; a target or a counting rule is one value."""
    if isinstance(value, list):
        return any(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) and "name" in value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{label(str(name))} {_shown(inner)}" for name, inner in value.items())
    return _(", ").join(map(_shown, value)) if isinstance(value, list) else str(value)
