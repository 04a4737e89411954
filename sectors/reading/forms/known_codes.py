"""A form that goes into a sector that is there, or is the next version of a sheet: what is called alike keeps its code,
and what a form cannot say stays as it was. Pure: no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from types import MappingProxyType
from typing import Any

from sectors.calculation.tokens import codes_in
from sectors.reading.forms.form import Form, FormTable, Line
from sectors.reading.forms.words import squeezed
from sectors.vocabulary import Accumulation, RowTotal, ValueKind

Node = Mapping[str, Any]
NESTED = {"tables", "indicators", "rows", "columns", "open_columns", "parts", "total_row", "total_column"}
OF_TOTALS = ("unit", "decimals", "accumulation")
SAID = {"decimals", "accumulation", "required", "of_rows", "rows_of_year"}  # by the page of the form
OF_COLUMNS = SAID | {"kind", "options", "unit"}


def take(form: Form, sector: str, sheet: Node | None, taken: Collection[str]) -> None:
    """Gives tables, rows and columns codes: those of `sheet`, the one that is to be followed, else free ones. `taken`
    has all codes of the sector."""
    used = set(taken)
    tables = list(sheet.get("tables", ())) if sheet else []
    names = {str(table.get("code")) for table in tables}
    for table in form.tables:
        old = _table_like(table, tables, only=len(form.tables) == 1)
        if old is not None:
            table.code = str(old["code"])
            _take_lines(table, old, sector, used)
        elif table.code not in names or not table.code:
            table.code = next(
                code
                for number in count(table.number)
                if (code := f"t{number}") not in names and not _is_begun(f"{sector}.{code}", used)
            )
        names.add(table.code)


def _is_begun(prefix: str, used: Collection[str]) -> bool:
    return any(code == prefix or code.startswith((f"{prefix}.", f"{prefix}_")) for code in used)


def _table_like(table: FormTable, tables: Sequence[Node], *, only: bool) -> Node | None:
    """By its code, its name, or where both have but one."""
    found = [old for old in tables if table.code and old.get("code") == table.code]
    found = found or [old for old in tables if squeezed(str(old.get("name", ""))) == squeezed(table.name)]
    found = found or (list(tables) if only and len(tables) == 1 else [])
    is_matrix = len(table.used_columns()) > 1 and not table.has_only_columns
    return next((old for old in found if ("matrix" in old) == is_matrix), None)


def _take_lines(table: FormTable, old: Node, sector: str, used: set[str]) -> None:
    _take_open_columns(table, old)
    if "matrix" in old:
        prefix = str(old["matrix"])
        rows = [*_every(old, "rows"), *filter(None, [old.get("total_row")])]
        columns = [*old.get("columns", ()), *filter(None, [old.get("total_column")])]
        _match(table.rows, rows, f"{prefix}.", f"{prefix}.r{{}}", used | {f"{prefix}.{row['code']}" for row in rows})
        _match(table.columns, columns, "", "c{}", {str(column["code"]) for column in columns})
        return
    figures = list(_every(old, "indicators"))
    lines = table.columns if table.has_only_columns else table.rows
    _match(lines, figures, "", f"{sector}.{old['code']}.r{{}}", used)


def _take_open_columns(table: FormTable, old: Node) -> None:
    columns = list(old.get("open_columns", ()))
    _match(table.open_columns, columns, "", "c{}", {str(column["code"]) for column in columns})


def _match(lines: Sequence[Line], olds: Sequence[Node], prefix: str, pattern: str, used: set[str]) -> None:
    """Codes of what has the same name or code, else new ones as `pattern` says. A line takes over what a form seldom
    says of it."""
    by_code = {f"{prefix}{old['code']}": old for old in olds}
    by_name: dict[str, list[str]] = {}
    for code, old in by_code.items():
        by_name.setdefault(squeezed(str(old.get("name", ""))), []).append(code)
    left = set(by_code)
    for line in lines:
        alike = [code for code in by_name.get(squeezed(line.name), ()) if code in left]
        if line.of_rows == RowTotal.COUNT and not alike:
            alike = [code for code in left if by_code[code].get("of_rows") == line.of_rows]
        code = line.code if line.code in left else alike[0] if len(alike) == 1 else ""
        if code:
            left.discard(code)
            line.code = code
            _take_over(line, by_code[code])
        elif line.code in by_code or not line.code or ("." in pattern and "." not in line.code):
            line.code = next(new for number in count(line.number) if (new := pattern.format(number)) not in used)
            used.add(line.code)


def _take_over(line: Line, old: Node) -> None:
    if old.get("unit", line.unit) == line.unit:
        decimals = int(old.get("decimals") or 0)
        line.decimals = decimals if line.doubts else max(line.decimals, decimals)  # doubtful ones are assumed
    accumulation = str(old.get("accumulation", ""))
    line.accumulation = "" if accumulation == Accumulation.FLOW else accumulation
    line.required = line.required or bool(old.get("required"))


def _every(node: Node, key: str, told: Node = MappingProxyType({})) -> Iterator[Node]:
    """The rows and their parts, with what a part has of its total."""
    for own in node.get(key, ()):
        one = {**told, **own}
        yield one
        for split in one.get("parts", ()):
            yield from _every(split, key, {name: one[name] for name in OF_TOTALS if name in one})


def kept(sheet: Node, old: Node) -> dict[str, Any]:
    """A sheet with what the one before says further: help, targets, limits, questions, rules, a formula that the form
    does not show. What a form has no more is left out."""
    tables = {str(table.get("code")): table for table in old.get("tables", ())}
    new = [_kept_table(table, tables.get(str(table["code"]), {})) for table in sheet["tables"]]
    names = {table["code"] for table in new}
    questions = [one for one in old.get("questions", ()) if one.get("table", "") in ("", *names)]
    return {**_others(old, NESTED | {"questions"}), **sheet, "tables": new} | (
        {"questions": questions} if questions else {}
    )


def _others(old: Node, without: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in old.items() if key not in without}


def _kept_table(table: Node, old: Node) -> dict[str, Any]:
    found: dict[str, Any] = {**_others(old, NESTED | SAID), **table}
    for key in ("indicators", "rows"):
        if key in table:
            known = {str(one["code"]): one for one in _every(old, key)}
            found[key] = [_kept_row(row, known, key) for row in table[key]]
    if "columns" in table:
        columns = {str(one["code"]): one for one in old.get("columns", ())}
        found["columns"] = [_kept_figure(one, columns.get(str(one["code"]), {})) for one in table["columns"]]
    if "open_columns" in table:
        opened = {str(one["code"]): one for one in old.get("open_columns", ())}
        found["open_columns"] = [_kept_column(one, opened.get(str(one["code"]), {})) for one in table["open_columns"]]
    return found


def _kept_row(row: Node, known: Mapping[str, Node], key: str) -> dict[str, Any]:
    found = _kept_figure(row, known.get(str(row["code"]), {}))
    if "parts" in row:
        found["parts"] = [{**split, key: [_kept_row(one, known, key) for one in split[key]]} for split in row["parts"]]
    return found


def _kept_figure(new: Node, old: Node) -> dict[str, Any]:
    found = {**_others(old, NESTED | SAID), **new}
    formula = str(old.get("formula", ""))
    if "of_rows" in new:
        found.pop("formula", None)
    elif formula and set(codes_in(formula)) == set(codes_in(str(new.get("formula", formula)))):
        found["formula"] = formula  # in Excel it converts units, which the catalogue does by itself
        found |= {"accumulation": old["accumulation"]} if "accumulation" in old else {}
    return found


def _kept_column(new: Node, old: Node) -> dict[str, Any]:
    """A choice keeps the codes of its words."""
    found = {**_others(old, OF_COLUMNS), **new}
    if new.get("kind") == ValueKind.CHOICE:
        codes = {squeezed(str(words)): str(code) for code, words in old.get("options", {}).items()}
        used = set(codes.values())
        options: dict[str, str] = {}
        for words in new["options"].values():
            code = codes.get(squeezed(words)) or next(n for i in count(1) if (n := f"o{i}") not in used)
            used.add(code)
            options[code] = words
        found["options"] = options
    return found
