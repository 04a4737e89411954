"""What a person corrects in a recognised form, as the fields that a page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sectors.reading.forms import corrections
from sectors.reading.forms.corrections import Problem
from sectors.reading.forms.form import Form, FormTable, Line
from sectors.spreadsheets.positions import address
from sectors.vocabulary import RowTotal


@dataclass(frozen=True)
class LineFields:
    """A row or a column with what stands in its fields; `errors` are sentences about them."""

    name: str
    line: Line
    address: str
    decimals: str
    total_of: str
    parent: str
    has_unit: bool
    made_of: str
    options: str
    can_compute: bool
    errors: list[str]


def _has_formula(table: FormTable, line: Line, *, is_row: bool) -> bool:
    return any(cell[not is_row] == line.place for cell in table.formulas)


def _made_of(table: FormTable, line: Line) -> str:
    """In words what a figure makes of open rows; empty for any other."""
    column = table.column_of_rows(line)
    if not line.of_rows or (column is None and line.of_rows != RowTotal.COUNT):
        return ""
    return f"{RowTotal(line.of_rows).label}：{column.name}" if column else str(RowTotal.COUNT.label)


@dataclass(frozen=True)
class TableFields:
    """`columns` is empty where there is only one, which says nothing that its rows do not; `rows` where the department
    adds them, with `open_columns`."""

    table: FormTable
    rows: list[LineFields]
    columns: list[LineFields]
    open_columns: list[LineFields]


def fields_of(form: Form, problems: list[Problem], typed: Mapping[str, str]) -> Iterator[TableFields]:
    """What was typed and cannot be taken stays as it was typed."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        errors.setdefault(problem.field.rpartition(".")[0], []).append(problem.text)
    known = {name: _line_fields(name, table, line, errors, typed) for name, table, line in form.lines()}
    for table in form.tables:
        columns = [known[f"t{table.number}.c{column.number}"] for column in table.columns]
        rows = [known[f"t{table.number}.r{row.number}"] for row in table.rows]
        open_columns = [known[f"t{table.number}.o{column.number}"] for column in table.open_columns]
        is_open = bool(open_columns) and table.has_only_columns
        shown = columns if len(columns) > 1 or is_open else []
        yield TableFields(table, [] if is_open else rows, shown, open_columns)


def _line_fields(
    name: str, table: FormTable, line: Line, errors: Mapping[str, list[str]], typed: Mapping[str, str]
) -> LineFields:
    is_row = name.split(".")[1].startswith("r")
    rows_have_units = len(table.columns) == 1 or any(row.unit for row in table.rows)
    has_own_unit = rows_have_units == is_row or (table.has_only_columns and bool(table.open_columns))
    place = (line.place, table.row_heads) if is_row else (table.heads[-1], line.place)
    return LineFields(
        name=name,
        line=line,
        address=address(place),
        decimals=typed.get(f"{name}.decimals", str(line.decimals)),
        total_of=typed.get(f"{name}.total_of", corrections.spelled(line.total_of)),
        parent=typed.get(f"{name}.parent", str(line.parent or "")),
        has_unit=line in table.open_columns or (table.column_of_rows(line) is None and has_own_unit),
        made_of=_made_of(table, line),
        options="、".join(line.options),
        can_compute=bool(line.total_of or line.of_rows)
        or any(cell[not is_row] == line.place for cell in table.formulas),
        errors=errors.get(name, []),
    )
