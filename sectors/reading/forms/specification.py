"""A recognised form as a sheet of the catalogue: the structure that catalogue files have (docs/catalogue.md). Pure.

What a form computes becomes a formula; a total that is typed becomes a breakdown, a total row or column, or a rule, and
so a check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sectors.reading.forms import formulas, units
from sectors.reading.forms.form import Form, FormTable, Line, Remark, Use
from sectors.reading.forms.wording import wording_of
from sectors.spreadsheets.positions import Position, address
from sectors.vocabulary import RowsOfYear, ValueKind

Node = dict[str, Any]  # a mapping of a catalogue file
WITHIN, PARTS = "其中", "分项"  # what breakdowns are called that a form gives no name


@dataclass(frozen=True)
class Facts:
    """What a person says of the sheet: `department`, `sector` and `chapter_code` are codes."""

    number: str
    name: str
    frequency: str
    department: str
    sector: str
    sector_name: str
    chapter_code: str
    chapter_name: str
    chapter_position: int
    position: int


@dataclass
class Draft:
    """The catalogue file, and what of the form could not be said in it."""

    content: Node
    remarks: list[Remark] = field(default_factory=list)


def draft(form: Form, facts: Facts, known_units: Iterable[str], usual: Mapping[str, Node] | None = None) -> Draft:
    """A sector with this sheet. Units that the catalogue does not know are added to it, as `usual` has them by name."""
    remarks: list[Remark] = []
    sheet = sheet_of(form, facts, remarks)
    content: Node = {
        "sector": facts.sector,
        "name": facts.sector_name,
        "chapter": {"code": facts.chapter_code, "name": facts.chapter_name, "position": facts.chapter_position},
        "position": facts.position,
    }
    if new := _new_units(form.units(), set(known_units), usual or {}):
        content["units"] = new
    content["sheets"] = [sheet]
    content["wording"] = wording_of(sheet["tables"])
    return Draft(content, remarks)


def sheet_of(form: Form, facts: Facts, remarks: list[Remark]) -> Node:
    """The sheet alone, as a sector's file has it under `sheets`."""
    codes = {place: code for table in form.tables for place, code in _codes(table, facts.sector)}
    tables = [one for table in form.tables for one in _Writer(table, facts.sector, codes, remarks).tables()]
    for number, table in enumerate(tables, start=1):
        table["name"] = table["name"] or (facts.name if len(tables) == 1 else f"{facts.name}{number}")
    found = {"number": facts.number, "name": facts.name, "frequency": facts.frequency, "department": facts.department}
    return {**found, "tables": tables}


def _new_units(used: set[str], known: set[str], usual: Mapping[str, Node]) -> list[Node]:
    found: dict[str, Node] = {}
    for name in sorted(used - known):
        found[name] = usual.get(name) or units.specification(name)
        base = str(found[name].get("base", ""))
        if base and base not in known:
            found.setdefault(base, usual.get(base) or units.specification(base))
    return sorted(found.values(), key=lambda one: "base" in one)


def _prefix(table: FormTable, sector: str) -> str:
    own = next((row.code.rpartition(".")[0] for row in table.rows if row.code), "")
    return own if own and not table.is_list else f"{sector}.{table.code or f't{table.number}'}"


def _row_code(table: FormTable, row: Line, sector: str) -> str:
    return row.code or f"{_prefix(table, sector)}.r{row.number}"


def _column_code(column: Line) -> str:
    return column.code or f"c{column.number}"


def _codes(table: FormTable, sector: str) -> Iterator[tuple[Position, str]]:
    """The code of each figure, by its cell."""
    for row in table.used_rows():
        for column in table.used_columns():
            if table.has_only_columns and "." in column.code:  # of the sheet that this one follows
                yield (row.place, column.place), column.code
                continue
            code = _prefix(table, sector) if table.has_only_columns else _row_code(table, row, sector)
            is_row = table.is_list and not (table.has_only_columns and table.open_columns)
            yield (row.place, column.place), code if is_row else f"{code}.{_column_code(column)}"


class _Writer:
    """Writes one table of a form, as a list, a matrix, or a list for each column."""

    def __init__(self, table: FormTable, sector: str, codes: Mapping[Position, str], remarks: list[Remark]) -> None:
        self.table, self.sector, self.codes, self.remarks = table, sector, codes, remarks
        self.rows, self.columns = table.used_rows(), table.used_columns()
        self.known = {row.number: row for row in self.rows}
        self.placed: dict[int, Line] = {}  # rows that stand below another one, by their number
        self._place()
        self.code = table.code or f"t{table.number}"

    def _place(self) -> None:
        """Which row stands below which: a part below its total, once, and none below itself."""
        for row in self.rows:
            parts = [self.known[number] for number in row.total_of if number in self.known]
            for part in parts:
                if part.number not in self.placed and not self._is_below(row, part) and part is not row:
                    self.placed[part.number] = row
        for row in self.rows:
            above = self.known.get(row.parent or 0)
            if above and row.number not in self.placed and above is not row and not self._is_below(above, row):
                self.placed[row.number] = above

    def _is_below(self, row: Line, other: Line) -> bool:
        """Whether a row stands somewhere below the other one."""
        above = self.placed.get(row.number)
        return above is not None and (above is other or self._is_below(above, other))

    def tables(self) -> list[Node]:
        if not self.rows or not self.columns:
            return []
        if self.table.has_only_columns:
            return [self._columns_as_list()]
        if self.table.is_list:
            return [self._list(self.columns[0], self.table.name, self.code)]
        if self._is_matrix():
            return [self._matrix()]
        return [
            self._list(column, f"{self.table.name}{'：' if self.table.name else ''}{column.name}", f"{self.code}_{n}")
            for n, column in enumerate(self.columns, start=1)
        ]

    def _is_matrix(self) -> bool:
        """Every column has one unit, and rows compute nothing but totals."""
        rows = [row for row in self.rows if row.use is Use.COMPUTED and not row.total_of]
        return not rows and all(column.unit for column in self.columns) and not any(row.unit for row in self.rows)

    # A list: an indicator a row.

    def _list(self, column: Line, name: str, code: str) -> Node:
        rules: list[Node] = []
        roots = [row for row in self.rows if row.number not in self.placed]
        indicators = [found for row in roots for found in self._indicator(row, column, rules)]
        found: Node = {"code": code, "name": name, **self._open_rows(), "indicators": indicators}
        return found | ({"rules": rules} if rules else {})

    def _open_rows(self) -> Node:
        """The keys of a table to which the department adds rows."""
        columns = self.table.used_open_columns()
        if not columns:
            return {}
        found: Node = {"open_columns": [_open_column(column) for column in columns]}
        if self.table.rows_of_year != RowsOfYear.ALL:
            found["rows_of_year"] = str(self.table.rows_of_year)
        return found

    def _of_rows(self, line: Line) -> Node:
        """What says that a figure is made of rows; it has the unit and decimals of their column."""
        if not self.table.is_made_of_rows(line):
            return {}
        column = self.table.column_of_rows(line)
        if column is None:
            return {"of_rows": str(line.of_rows)}
        return {"of_rows": f"{line.of_rows}({_column_code(column)})", **_number(column.unit, column.decimals)}

    def _columns_as_list(self) -> Node:
        """The columns of a table that has but one row of figures."""
        (row,) = self.rows
        rules: list[Node] = []
        indicators = []
        for column in self.columns:
            place = (row.place, column.place)
            found: Node = {"code": self.codes[place], "name": column.name, **self._measured(row, column)}
            added = " + ".join(
                self.codes[row.place, one.place] for one in self.columns if one.number in column.total_of
            )
            of_rows = self._of_rows(column)
            is_computed = column.use is Use.COMPUTED and not of_rows
            computed = (added or self._cell_formula(row, column, [])) if is_computed else ""
            if of_rows:
                found |= of_rows
            elif computed:
                found |= {"accumulation": "ratio"} if self._is_ratio(place) else {}
                found["formula"] = computed
            elif added:
                code = self.codes[place]
                message = _not_the_sum(column.name)
                rules.append({"code": f"{code}_sum", "expression": f"{code} == {added}", "message": message})
            if column.required:
                found["required"] = True
            indicators.append(found)
        found = {"code": self.code, "name": self.table.name, **self._open_rows(), "indicators": indicators}
        return found | ({"rules": rules} if rules else {})

    def _indicator(self, row: Line, column: Line, rules: list[Node]) -> list[Node]:
        """None for a cell that the form blocks, where nothing stands below it."""
        place = (row.place, column.place)
        parts = self._parts(row, lambda part: self._indicator(part, column, rules), "indicators")
        if place in self.table.blocked and not parts:
            return []
        found: Node = {"code": self.codes[place], "name": row.name, **self._measured(row, column)}
        of_rows = self._of_rows(row)
        formula = "" if of_rows else self._cell_formula(row, column, parts)
        if of_rows:
            found |= of_rows
        elif formula:
            found |= {"accumulation": "ratio"} if self._is_ratio(place) else {}
            found["formula"] = formula
        elif row.total_of and not self._has_all(row, parts):
            rules += self._total_rule(row, column)
        if row.required or column.required:
            found["required"] = True
        if parts:
            found["parts"] = parts
        return [found]

    def _measured(self, row: Line, column: Line) -> Node:
        unit = row.unit or column.unit or units.PURE
        decimals = row.decimals if row.unit or self.table.is_list else column.decimals
        accumulation = row.accumulation or column.accumulation
        found = _number(unit, decimals)
        if accumulation:
            found["accumulation"] = accumulation
        return found

    def _parts(self, row: Line, write: Any, key: str) -> list[Node]:
        """The breakdowns of a row: what adds up to it, then what is 其中, by their names."""
        below = [one for one in self.rows if self.placed.get(one.number) is row]
        groups: dict[tuple[bool, str], list[Line]] = {}
        for one in below:
            adds_up = one.number in row.total_of
            group = one.group if one.parent == row.number and one.group else PARTS if adds_up else WITHIN
            groups.setdefault((adds_up, group), []).append(one)
        found = []
        for (adds_up, name), lines in sorted(groups.items(), key=lambda item: not item[0][0]):
            inner = [mapping for line in lines for mapping in write(line)]
            if inner:
                found.append({"name": name, "exhaustive": adds_up, key: inner})
        return found

    def _has_all(self, row: Line, parts: Sequence[Node]) -> bool:
        """Whether all that a row adds up stands below it."""
        wanted = [number for number in row.total_of if number in self.known]
        return bool(parts) and all(self.placed.get(number) is row for number in wanted)

    def _cell_formula(self, row: Line, column: Line, parts: Sequence[Node]) -> str:
        """Of a computed cell; empty for one that is entered."""
        if Use.COMPUTED not in (row.use, column.use):
            return ""
        place = (row.place, column.place)
        if row.use is Use.COMPUTED and row.total_of:
            if self._has_all(row, parts):
                return f"parts({self.codes[place]})"
            return self._sum(row, column)
        node = self.table.formulas.get(place)
        if node is None:
            self._say(place, _("No formula stands here in the form: the cell is entered."))
            return ""
        return self._written(node, place, row.unit or column.unit, lambda one: self.codes[one])

    def _written(self, node: formulas.Node, place: Position, unit: str, name: Any) -> str:
        if unit == "%":
            node = formulas.without_hundred(node)
        try:
            return formulas.written(node, name)
        except KeyError as error:
            row, at = error.args[0]
            what = {"cell": address((place[0] if row == formulas.OWN else row, at))}
            self._say(
                place, _("The formula reads %(cell)s, which is no figure of the sheet: the cell is entered.") % what
            )
            return ""

    def _sum(self, row: Line, column: Line) -> str:
        lines = [self.known[number] for number in row.total_of if number in self.known]
        return " + ".join(self.codes[one.place, column.place] for one in lines)

    def _total_rule(self, row: Line, column: Line) -> Iterator[Node]:
        code = self.codes[row.place, column.place]
        if added := self._sum(row, column):
            yield {"code": f"{code}_sum", "expression": f"{code} == {added}", "message": _not_the_sum(row.name)}

    def _is_ratio(self, place: Position) -> bool:
        node = self.table.formulas.get(place)
        return node is not None and formulas.is_quotient(node)

    def _say(self, place: Position, text: str) -> None:
        self.remarks.append(Remark(place, text))

    # A matrix: rows x columns.

    def _matrix(self) -> Node:
        total = self._total_row()
        side = self._total_column()
        roots = [row for row in self.rows if row is not total and self.placed.get(row.number) in (None, total)]
        prefix = _prefix(self.table, self.sector)
        rules: list[Node] = []
        found: Node = {"code": self.code, "name": self.table.name, "matrix": prefix}
        found["rows"] = [self._matrix_row(row) for row in roots]
        found["columns"] = [self._column(column, total, rules) for column in self.columns if column is not side]
        if total:
            computed = total.use is Use.COMPUTED
            found["total_row"] = {"code": self._last(total), "name": total.name, "computed": computed}
        if side:
            named = [_column_code(one) for one in self.columns if one.number in side.total_of]
            computed = side.use is Use.COMPUTED
            found["total_column"] = {
                "code": _column_code(side),
                "name": side.name,
                "computed": computed,
                "columns": named,
            }
        for place in sorted(self.table.blocked & self.codes.keys()):
            self._say(place, _("Nobody fills this cell in the form; in the sheet the department says 不适用 here."))
        return found | ({"rules": rules} if rules else {})

    def _last(self, row: Line) -> str:
        return _row_code(self.table, row, self.sector).rpartition(".")[2]

    def _total_row(self) -> Line | None:
        """A row that adds up all others that stand below none, where it comes last or computes."""
        for row in self.rows:
            others = {one.number for one in self.rows if self.placed.get(one.number) in (None, row) and one is not row}
            comes_last = row is self.rows[-1]
            if others and others == {*row.total_of} & self.known.keys() and (comes_last or row.use is Use.COMPUTED):
                if not comes_last:
                    self._say((row.place, 0), _("The total row stands last in the sheet."))
                return row
        return None

    def _total_column(self) -> Line | None:
        last = self.columns[-1]
        added = [one for one in self.columns if one.number in last.total_of]
        same = {(one.unit, one.decimals, one.accumulation) for one in (self.columns[0], last, *added)}
        return last if added and len(same) == 1 and self.columns[0].use is not Use.COMPUTED else None

    def _matrix_row(self, row: Line) -> Node:
        found: Node = {"code": self._last(row), "name": row.name}
        parts = self._parts(row, lambda part: [self._matrix_row(part)], "rows")
        if row.use is Use.COMPUTED and self._has_all(row, parts):
            found["computed"] = True
        elif row.total_of and not self._has_all(row, parts):
            self._say((row.place, 0), _("What it adds up stands in other totals too: write a rule for it."))
        return found | ({"parts": parts} if parts else {})

    def _column(self, column: Line, total: Line | None, rules: list[Node]) -> Node:
        found: Node = {"code": _column_code(column), "name": column.name, "unit": column.unit}
        if column.decimals:
            found["decimals"] = column.decimals
        if column.accumulation:
            found["accumulation"] = column.accumulation
        if column.use is Use.COMPUTED and (formula := self._column_formula(column)):
            node = self.table.formula_of(column)
            found |= {"accumulation": "ratio"} if node is not None and formulas.is_quotient(node) else {}
            found["formula"] = formula
        elif column.total_of:
            named = "{row}." + _column_code(column)
            message = _not_the_sum(column.name)
            rules.append({"expression": f"{named} == {self._added(column)}", "message": message})
        if column.required:
            found["required"] = True
        if total and (total.place, column.place) in self.table.blocked:
            found["total"] = False
        return found

    def _added(self, column: Line) -> str:
        return " + ".join("{row}." + _column_code(one) for one in self.columns if one.number in column.total_of)

    def _column_formula(self, column: Line) -> str:
        if column.total_of:
            return self._added(column)
        node = self.table.formula_of(column)
        own = {one.place: "{row}." + _column_code(one) for one in self.columns}
        if node is None:
            self._say(
                (self.table.heads[-1], column.place), _("Its rows have different formulas: the column is entered.")
            )
            return ""
        first = self.table.rows[0].place
        named = {(formulas.OWN, place): code for place, code in own.items()} | dict(self.codes)
        return self._written(node, (first, column.place), column.unit, named.__getitem__)


def _number(unit: str, decimals: int) -> Node:
    return {"unit": unit, "decimals": decimals} if decimals else {"unit": unit}


def _open_column(column: Line) -> Node:
    found: Node = {"code": _column_code(column), "name": column.name}
    if column.kind == ValueKind.NUMBER:
        found |= _number(column.unit, column.decimals)
    else:
        found["kind"] = str(column.kind)
    if column.kind == ValueKind.CHOICE:
        found["options"] = {f"o{number}": words for number, words in enumerate(column.options, start=1)}
    if column.required:
        found["required"] = True
    return found


def _not_the_sum(name: str) -> str:
    return f"{name}与分项之和不一致"
