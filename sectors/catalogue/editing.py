"""Changes of a specification, one function each. Pure: each gives another specification and leaves its own as it is.

A specification is the file of a sector with one sheet in it (`writing`), a place the keys and positions that lead to
something in it (`specification_source`). Whether what comes out can be loaded says the loader, not these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from typing import Any

from sectors.calculation.tokens import CODE
from sectors.catalogue.specification_source import Place

Specification = dict[str, Any]
SHEET: Place = ("sheets", 0)
EXPRESSIONS = ("formula", "expression", "wording")  # keys whose texts name codes
NAMED_BY_CODE = ("code", "matrix")
LISTS = ("sheets", "tables", "indicators", "rows", "columns", "open_columns", "parts", "questions", "rules", "units")
MAPPINGS = ("chapter", "total_row", "total_column", "target", "counted", "formerly")


def at(specification: Mapping[str, Any], place: Place) -> Any:
    """What stands at a place. Raises LookupError where nothing does."""
    found: Any = specification
    for step in place:
        if not isinstance(found, list if isinstance(step, int) else Mapping):
            raise LookupError(step)
        found = found[step]  # type: ignore[index]
    return found


def is_well_formed(value: Any, key: str = "") -> bool:
    """Whether lists are lists of mappings, and mappings mappings; what they say may be wrong all the same."""
    if key in LISTS and (
        key != "columns" or not isinstance(value, list) or any(isinstance(one, Mapping) for one in value)
    ):
        return isinstance(value, list) and all(isinstance(one, Mapping) and is_well_formed(one) for one in value)
    if key in MAPPINGS and not isinstance(value, Mapping | None):
        return False
    return not isinstance(value, Mapping) or all(is_well_formed(inner, name) for name, inner in value.items())


def kind(place: Place) -> str:
    """The list that something stands in, in the singular of the key: `indicators`, `rows`; else its own key."""
    names = [step for step in place if isinstance(step, str)]
    return names[-1] if names else "sector"


def changed(specification: Specification, place: Place, fields: Mapping[str, Any]) -> Specification:
    """With other values; None takes a key away. A code that changes does so wherever the specification names it."""
    new = deepcopy(specification)
    element = at(new, place)
    old_code = str(element.get("code", ""))
    for key, value in fields.items():
        if value is None:
            element.pop(key, None)
        else:
            element[key] = value
    code = str(element.get("code", ""))
    return _code_follows(new, place, old_code, code) if old_code and code and code != old_code else new


def _code_follows(specification: Specification, place: Place, old: str, new: str) -> Specification:
    match kind(place):
        case "indicators":
            return renamed(specification, lambda code: new if code == old else code)
        case "columns" | "total_column":
            return _column_follows(specification, place, old, new)
        case "open_columns":
            table = place[: place.index("tables") + 2]
            made = _texts_changed(
                at(specification, table), ("of_rows",), lambda text: text.replace(f"({old})", f"({new})")
            )
            at(specification, table[:-1])[table[-1]] = made
        case "rows" | "total_row":
            start = f"{_prefix(specification, place)}."
            return renamed(
                specification, lambda code: re.sub(rf"^{re.escape(start + old)}(?=\.)", lambda _m: start + new, code)
            )
        case "tables":
            for question in at(specification, place[:-2]).get("questions", []):
                if question.get("table") == old:
                    question["table"] = new
    return specification


def _column_follows(specification: Specification, place: Place, old: str, new: str) -> Specification:
    table = _table(specification, place)
    rows = rf"\{{row\}}|{re.escape(str(table.get('matrix', '')))}\.[a-z0-9_]+"
    pattern = re.compile(rf"((?:{rows})\.){re.escape(old)}(?![\w.])")
    specification = _texts_changed(specification, EXPRESSIONS, lambda text: pattern.sub(rf"\g<1>{new}", text))
    side = _table(specification, place).get("total_column") or {}
    if old in side.get("columns", []):
        side["columns"] = [new if code == old else code for code in side["columns"]]
    return specification


def _table(specification: Specification, place: Place) -> dict[str, Any]:
    end = place.index("tables") + 2
    found: dict[str, Any] = at(specification, place[:end])
    return found


def _prefix(specification: Specification, place: Place) -> str:
    return str(_table(specification, place).get("matrix", ""))


def renamed(specification: Specification, rename: Callable[[str], str]) -> Specification:
    """With other indicator codes wherever it names one."""

    def in_text(text: str) -> str:
        return CODE.sub(lambda found: rename(found[0]), text)

    found: Specification = _texts_changed(specification, (*EXPRESSIONS, *NAMED_BY_CODE), in_text)
    return found


def _texts_changed(value: Any, keys: Collection[str], change: Callable[[str], str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _texts_changed(inner, keys, change, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_texts_changed(inner, keys, change, key) for inner in value]
    return change(value) if isinstance(value, str) and key in keys else value


def added(specification: Specification, of: Place, key: str, element: Mapping[str, Any]) -> tuple[Specification, Place]:
    """With one more at the end of the list `key` of what stands at `of`; and its place."""
    new = deepcopy(specification)
    owner = at(new, of)
    owner.setdefault(key, []).append(deepcopy(dict(element)))
    return new, (*of, key, len(owner[key]) - 1)


def added_after(specification: Specification, place: Place, element: Mapping[str, Any]) -> tuple[Specification, Place]:
    """With one more behind what stands at a place in a list; and its place."""
    new = deepcopy(specification)
    number = int(place[-1]) + 1
    at(new, place[:-1]).insert(number, deepcopy(dict(element)))
    return new, (*place[:-1], number)


def moved(specification: Specification, place: Place, by: int) -> tuple[Specification, Place]:
    """With what stands in a list some places further down, at most to its end; and its new place."""
    new = deepcopy(specification)
    rows = at(new, place[:-1])
    number = int(place[-1])
    to = min(max(number + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(number))
    return new, (*place[:-1], to)


def removed(specification: Specification, place: Place) -> Specification:
    """Without it; a breakdown goes with its last part."""
    new = deepcopy(specification)
    owner = at(new, place[:-1])
    del owner[place[-1]]
    if owner == [] and place[-2] in ("parts", "rules", "questions", "units"):
        return removed(new, place[:-1])
    if owner == [] and len(place) > 3 and place[-4] == "parts":
        return removed(new, place[:-2])
    return new


def proposed(start: str, taken: Collection[str]) -> str:
    """The first of `start1`, `start2`, … that nothing is called."""
    return next(code for number in range(1, len(taken) + 2) if (code := f"{start}{number}") not in taken)


def codes(specification: Any) -> set[str]:
    """All that is given a code, whatever it is, and the prefixes of matrix tables."""
    if isinstance(specification, list):
        return set().union(*map(codes, specification))
    if not isinstance(specification, Mapping):
        return set()
    own = {str(specification[key]) for key in NAMED_BY_CODE if specification.get(key)}
    return own.union(*map(codes, specification.values()))


def extended(formula: str, sign: str, code: str) -> str:
    """A formula and one indicator more, as a pocket calculator goes on: what was there is taken first."""
    formula = formula.strip()
    if not formula:
        return code
    is_sum = re.search(r"[^*/(\s-]\s*[-+]\s", _outside_brackets(formula))
    return f"({formula}) {sign} {code}" if sign in "*/" and is_sum else f"{formula} {sign} {code}"


def _outside_brackets(text: str) -> str:
    while (shorter := re.sub(r"\([^()]*\)", "x", text)) != text:
        text = shorter
    return text


def copied(specification: Specification, number: str, sector: str, taken: Collection[str]) -> Specification:
    """A sheet once more, under another number, in its own sector or in another: codes are unique, so that each part
    behind the sector's code gets a number where it is taken. The wording is that of the copy: one of the sector is put
    back by whoever asks for the copy."""
    new = deepcopy(specification)
    own = str(specification["sector"])
    sheet = at(new, SHEET)
    sheet["number"] = number
    for key in ("formerly", "valid_from", "valid_to", "moved_from"):
        sheet.pop(key, None)
    heads = {code.split(".")[1] for code in codes([sheet, new.get("rules", [])]) if code.startswith(f"{own}.")}
    known = {code.split(".")[1] for code in taken if code.startswith(f"{sector}.")}
    called = {head: head if head not in known else _numbered(head, known | heads) for head in heads}

    def rename(code: str) -> str:
        first, *rest = code.split(".")
        return ".".join([sector, called[rest[0]], *rest[1:]]) if first == own and rest[0] in called else code

    return {**renamed(new, rename), "sector": sector}


def _numbered(head: str, taken: Collection[str]) -> str:
    return next(name for number in range(2, len(taken) + 3) if (name := f"{head}_{number}") not in taken)


def new_sheet(sector: Mapping[str, Any], sheet: Mapping[str, Any], taken: Collection[str]) -> Specification:
    """A sheet with one table of one row, in a sector that is new or there."""
    code = proposed(f"{sector['sector']}.t", {".".join(code.split(".")[:2]) for code in taken})
    row = {"code": f"{code}.r1", "name": "", "unit": ""}
    table = {"code": code.split(".")[1], "name": str(sheet["name"]), "indicators": [row]}
    return {**deepcopy(dict(sector)), "sheets": [{**sheet, "tables": [table]}]}
