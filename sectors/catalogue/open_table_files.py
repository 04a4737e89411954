"""Open tables of catalogue files: the columns of their rows, and what figures make of them. No database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sectors.calculation.cells import plain_digits
from sectors.catalogue import open_tables
from sectors.catalogue.fields import limits, of_words, options
from sectors.catalogue.nodes import Node
from sectors.vocabulary import Accumulation, RowsOfYear, RowTotal, ValueKind

# Which rows of a year a figure is made of, by how its periods make the year.
ROWS_OF: Mapping[str, str] = {
    Accumulation.FLOW: RowsOfYear.ALL,
    Accumulation.CUMULATIVE: RowsOfYear.LAST,
    Accumulation.STOCK: RowsOfYear.LAST,
}
TOLD = ("unit", "decimals", "accumulation")  # what a part has of its total


def fields(node: Node) -> dict[str, Any]:
    """What a table has besides others, as the model has it."""
    if not node.has("open_columns"):
        return {"open_columns": [], "most_rows": 0, "rows_of_year": RowsOfYear.ALL}
    columns = [_column(child) for child in node["open_columns"]]
    for number, child in enumerate(node["open_columns"]):
        before = node["open_columns"][:number]
        for key in ("code", "name"):
            if any(child[key] == other[key] for other in before):
                child.problem(_("open_columns has “%(text)s” twice.") % {"text": child[key]}, key)
    if not node["most_rows"]:
        node.problem(_("most_rows must be at least 1."), "most_rows")
    return {"open_columns": columns, "most_rows": node["most_rows"], "rows_of_year": node["rows_of_year"]}


def _column(node: Node) -> dict[str, Any]:
    if node["kind"] != ValueKind.NUMBER:
        of_words(node, node["unit"])
    elif not node.has("unit"):
        node.problem(_('unit is missing; of a number without a unit write unit: "1".'))
    ends = limits(node)
    return {
        **{key: node[key] for key in ("code", "name", "unit", "kind", "required", "help")},
        "options": options(node),
        "decimals": node["decimals"] or 0,
        "signed": bool(node["signed"]),
        "min": None if ends["minimum"] is None else plain_digits(ends["minimum"]),
        "max": None if ends["maximum"] is None else plain_digits(ends["maximum"]),
    }


def check(node: Node) -> None:
    """What a list or an open table says of the rows that its figures are made of."""
    made = [(row, told) for row, told in _every(node["indicators"], {}) if row["of_rows"]]
    if not node.has("open_columns"):
        for row, _told in made:
            row.problem(_("of_rows is said in a table with open_columns. Leave it out here."), "of_rows")
        return
    columns = {child["code"]: child for child in node["open_columns"]}
    for row, told in made:
        _check_total(row, told, columns, node["rows_of_year"])
    if not made:
        node.problem(
            _(
                "A table with open_columns needs a figure that is made of its rows, such as their number "
                "(of_rows: count): it is what a return names and what people talk about."
            )
        )


def _every(rows: Iterable[Node], inherited: Mapping[str, Any]) -> Iterator[tuple[Node, Mapping[str, Any]]]:
    """Those of a table and their parts, with the unit, decimals and accumulation that each has."""
    for row in rows:
        told = {**inherited, **{key: row[key] for key in TOLD if row[key] is not None}}
        yield row, told
        for split in row["parts"]:
            yield from _every(split["indicators"], told)


def _check_total(row: Node, told: Mapping[str, Any], columns: Mapping[str, Node], rows_of_year: str) -> None:
    if row["formula"] or row["counted"] or row["parts"] or row["kind"] != ValueKind.NUMBER:
        row.problem(
            _("What is made of rows is a number without a formula and parts, and nothing that a registry counts."),
            "of_rows",
        )
        return
    _check_year(row, told.get("accumulation", Accumulation.FLOW), rows_of_year)
    by, code = open_tables.total_of(row["of_rows"])
    if by != RowTotal.COUNT:
        _check_column(row, told, columns, code)


def _check_column(row: Node, told: Mapping[str, Any], columns: Mapping[str, Node], code: str) -> None:
    column = columns.get(code)
    numbers = [own for own, known in columns.items() if known["kind"] == ValueKind.NUMBER]
    if column is None or code not in numbers:
        message = _("of_rows names the column %(column)s. Columns of numbers here: %(known)s.")
        row.problem(message % {"column": code, "known": ", ".join(numbers) or "–"}, "of_rows")
        return
    if column["unit"] != told["unit"]:
        message = _("The unit is %(unit)s, and that of the column %(column)s is %(other)s: write the same.")
        row.problem(message % {"unit": told["unit"], "column": code, "other": column["unit"]}, "unit")
    if told.get("decimals", 0) < (column["decimals"] or 0):
        message = _("decimals must be at least %(count)d, as many as the column %(column)s has.")
        row.problem(message % {"count": column["decimals"], "column": code}, "decimals")


def _check_year(row: Node, accumulation: str, rows_of_year: str) -> None:
    wanted = ROWS_OF.get(accumulation, rows_of_year)
    if wanted != rows_of_year:
        message = _(
            "As %(accumulation)s the figure of a year is made of rows_of_year: %(wanted)s, and the table says "
            "%(given)s. Write both alike, so that a year's figure is that of the rows that are shown."
        )
        what = {"accumulation": accumulation, "wanted": wanted, "given": rows_of_year}
        row.problem(message % what, "accumulation" if row.has("accumulation") else "of_rows")
