"""What a button beside something in a draft does: one change of `editing` each, with what is new proposed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sectors.catalogue import editing
from sectors.catalogue.draft_pages import names_of_table
from sectors.catalogue.editing import SHEET, Specification, at, kind
from sectors.catalogue.specification_source import Place
from sectors.models import Figure, Indicator, Period, Question, Rule

Edited = tuple[Specification, Place | None]  # and what is open on the page afterwards
SIGNS = {"+": "+", "-": "-", "*": "×", "/": "÷"}


class Refused(Exception):
    """With a sentence."""


def taken(specification: Specification) -> set[str]:
    """Codes that nothing new gets: those of the draft, and of the sector in the database."""
    start = f"{specification['sector']}."
    own = Q(code__startswith=start)
    models = (Indicator, Rule, Question)
    there = (model._default_manager.filter(own).values_list("code", flat=True) for model in models)
    return editing.codes(specification).union(*there)


def add(specification: Specification, place: Place, what: str) -> Edited:
    """One more: `next` behind what stands at the place, else what it is called. Raises Refused."""
    known = taken(specification)
    if what == "next":
        return editing.added_after(specification, place, _next(specification, place, known))
    if what not in NEW or kind(place) not in BESIDE.get(what, (kind(place),)):
        raise Refused(_("This cannot be added here."))
    return NEW[what](specification, place, known)


def _next(specification: Specification, place: Place, known: Collection[str]) -> dict[str, Any]:
    there = at(specification, place)
    code = str(there.get("code", ""))
    match kind(place):
        case "indicators":
            new = {"code": editing.proposed(f"{code.rpartition('.')[0]}.r", known), "name": ""}
            same = {key: there[key] for key in ("unit", "decimals", "accumulation") if key in there}
            if same.get("accumulation") == "ratio":
                del same["accumulation"]
            return new | same
        case "rows":
            return {"code": editing.proposed("r", editing.codes(_table(specification, place))), "name": ""}
        case "columns":
            column = {"code": editing.proposed("c", editing.codes(_table(specification, place))), "name": ""}
            return column | {"unit": there.get("unit", "")}
        case "open_columns":
            codes = {str(column.get("code")) for column in _table(specification, place)["open_columns"]}
            return {"code": editing.proposed("c", codes), "name": "", "kind": "text"}
        case "questions":
            return _question(specification, known)
        case "rules":
            return _rule(specification, known)
    raise Refused(_("This cannot be added here."))


def _table(specification: Specification, place: Place) -> dict[str, Any]:
    found: dict[str, Any] = at(specification, place[: place.index("tables") + 2])
    return found


def _question(specification: Specification, known: Collection[str]) -> dict[str, Any]:
    return {"code": editing.proposed(f"{specification['sector']}.q", known), "kind": "work", "text": ""}


def _rule(specification: Specification, known: Collection[str]) -> dict[str, Any]:
    return {"code": editing.proposed(f"{specification['sector']}.rule", known), "expression": "", "message": ""}


def _list_table(specification: Specification, place: Place, known: Collection[str]) -> Edited:
    code = _table_code(specification, known)
    row = {"code": f"{specification['sector']}.{code}.r1", "name": "", "unit": ""}
    return editing.added(specification, SHEET, "tables", {"code": code, "name": "", "indicators": [row]})


def _matrix(specification: Specification, place: Place, known: Collection[str]) -> Edited:
    code = _table_code(specification, known)
    table = {
        "code": code,
        "name": "",
        "matrix": f"{specification['sector']}.{code}",
        "rows": [{"code": "r1", "name": ""}],
        "columns": [{"code": "c1", "name": "", "unit": ""}],
    }
    return editing.added(specification, SHEET, "tables", table)


def _open_table(specification: Specification, place: Place, known: Collection[str]) -> Edited:
    """A table whose rows the department adds, with their number."""
    code = _table_code(specification, known)
    column = {"code": "name", "name": _("Name"), "kind": "text", "required": True}
    row = {"code": f"{specification['sector']}.{code}.r1", "name": _("Number of rows"), "unit": "", "of_rows": "count"}
    table = {"code": code, "name": "", "open_columns": [column], "indicators": [row]}
    return editing.added(specification, SHEET, "tables", table)


def _table_code(specification: Specification, known: Collection[str]) -> str:
    heads = {code.split(".")[1] for code in known if "." in code}
    return editing.proposed("t", heads | {str(table.get("code")) for table in _tables(specification)})


def _tables(specification: Specification) -> list[dict[str, Any]]:
    return list(at(specification, SHEET).get("tables", []))


def _split(specification: Specification, place: Place, known: Collection[str], *, exhaustive: bool) -> Edited:
    """A breakdown with one part under an indicator or a row."""
    there = at(specification, place)
    names = [split.get("name") for split in there.get("parts", [])]
    name = _("by kind") if exhaustive else "其中"
    name = name if name not in names else f"{name}{len(names) + 1}"
    if kind(place) == "rows":
        part = {"code": editing.proposed("r", editing.codes(_table(specification, place))), "name": ""}
        split = {"name": name, "exhaustive": exhaustive, "rows": [part]}
    else:
        part = {"code": editing.proposed(f"{there['code']}.p", known), "name": ""}
        split = {"name": name, "exhaustive": exhaustive, "indicators": [part]}
    key = "rows" if kind(place) == "rows" else "indicators"
    new, at_split = editing.added(specification, place, "parts", split)
    return new, (*at_split, key, 0)


def _parts(specification: Specification, place: Place, known: Collection[str]) -> Edited:
    return _split(specification, place, known, exhaustive=True)


def _among(specification: Specification, place: Place, known: Collection[str]) -> Edited:
    return _split(specification, place, known, exhaustive=False)


def _total(specification: Specification, place: Place, *, key: str) -> Edited:
    table = at(specification, place)
    if key in table or "matrix" not in table:
        raise Refused(_("The table has one already, or no columns."))
    known, code = editing.codes(table), "all" if key == "total_row" else "sum"
    code = editing.proposed(code, known) if code in known else code
    new = editing.changed(specification, place, {key: {"code": code, "name": _("Total")}})
    return new, (*place, key)


def _sum(specification: Specification, place: Place, known: Collection[str]) -> Edited:
    """The indicator is computed from its parts."""
    there = at(specification, place)
    if not any(split.get("exhaustive") for split in there.get("parts", [])):
        raise Refused(_("Add the parts first: a breakdown whose parts add up to the total."))
    return editing.changed(specification, place, {"formula": f"parts({there['code']})"}), place


NEW: Mapping[str, Callable[[Specification, Place, Collection[str]], Edited]] = {
    "list": _list_table,
    "matrix": _matrix,
    "open": _open_table,
    "parts": _parts,
    "among": _among,
    "sum": _sum,
    "total_row": lambda specification, place, _known: _total(specification, place, key="total_row"),
    "total_column": lambda specification, place, _known: _total(specification, place, key="total_column"),
    "question": lambda spec, _place, known: editing.added(spec, SHEET, "questions", _question(spec, known)),
    "rule": lambda spec, _place, known: editing.added(spec, (), "rules", _rule(spec, known)),
    "unit": lambda spec, _place, _known: editing.added(spec, (), "units", {"name": ""}),
}
# Beside what some of them stand; the others belong to the whole sheet.
BESIDE = {
    **dict.fromkeys(("parts", "among"), ("indicators", "rows")),
    **dict.fromkeys(("total_row", "total_column"), ("tables",)),
    "sum": ("indicators",),
}


def pick(specification: Specification, place: Place, sign: str, code: str) -> Edited:
    """One indicator more in a formula or a rule. Raises Refused."""
    key = "expression" if kind(place) == "rules" else "formula"
    if sign not in SIGNS or kind(place) not in ("rules", "indicators", "columns"):
        raise Refused(_("An indicator is picked for a formula or a rule, with one of + - × ÷."))
    there = at(specification, place)
    text = editing.extended(str(there.get(key, "")), sign, _in_row(specification, place, code))
    return editing.changed(specification, place, {key: text}), place


def _in_row(specification: Specification, place: Place, code: str) -> str:
    """In a column, a cell of its own table stands for that of each row."""
    if kind(place) != "columns":
        return code
    prefix = str(_table(specification, place).get("matrix", ""))
    return f"{{row}}.{code.rsplit('.', 1)[1]}" if code.startswith(f"{prefix}.") else code


def remove(specification: Specification, place: Place) -> Edited:
    """Take it out; what has figures is retired after the last period that has one. Raises Refused."""
    if (place[:1] != ("sheets",) and place[:1] not in (("rules",), ("units",))) or place == SHEET:
        raise Refused(_("This belongs to every sheet and stays."))
    day = _last_day(_codes(specification, place))
    if day is None:
        new = editing.removed(specification, place)
        return new, None
    if kind(place) not in ("indicators", "columns") or at(specification, place).get("parts"):
        raise Refused(
            _(
                "There are figures until %(day)s, so it stays for the years that have them. Retire indicators or "
                "columns one by one; rows of a matrix have no days of their own."
            )
            % {"day": day.isoformat()}
        )
    return editing.changed(specification, place, {"valid_to": day.isoformat()}), place


def _codes(specification: Specification, place: Place) -> set[str]:
    """Of the indicators that go with it."""
    if "tables" not in place:
        return set()
    index = place.index("tables") + 2
    before = set(names_of_table(at(specification, place[:index])))
    if len(place) == index:
        return before
    after = names_of_table(at(editing.removed(specification, place), place[:index]))
    return before - set(after)


def _last_day(codes: Collection[str]) -> datetime.date | None:
    """Of the last period of which one of them has a figure, of any state: a blank one is kept too."""
    figures = Figure.objects.filter(indicator__code__in=codes)
    periods = Period.objects.filter(pk__in=figures.values("submission__period"))
    return max((period.last_day for period in periods), default=None)
