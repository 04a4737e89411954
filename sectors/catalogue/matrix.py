"""A matrix table: how its rows and columns expand to indicators, breakdowns and rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from django.utils.translation import gettext as _

from sectors.catalogue.fields import indicator_fields
from sectors.catalogue.nodes import FilePosition, Node
from sectors.catalogue.specifications import FileIndicator
from sectors.vocabulary import ValueKind


class SectorContents(Protocol):
    """Takes what a table expands to."""

    def add(self, spec: FileIndicator) -> None: ...

    def split(self, place: FilePosition, total: str, name: str, exhaustive: bool, parts: list[str]) -> None: ...

    def rule(self, node: Node, code: str, expression: str) -> None: ...


@dataclass
class _Column:
    place: FilePosition
    code: str
    name: str
    fields: dict[str, Any]
    in_total: bool

    @property
    def is_words(self) -> bool:
        return bool(self.fields["value_kind"] != ValueKind.NUMBER)


class Matrix:
    """Rows x columns: every crossing is an indicator `<prefix>.<row>.<column>`."""

    def __init__(self, sector: SectorContents, node: Node, sheet: str, table: str) -> None:
        self.sector, self.node, self.sheet, self.table = sector, node, sheet, table
        self.prefix = node["matrix"]
        self.columns = [self._column(child) for child in node["columns"]]
        self.side = self._total(node["total_column"])
        self.has_total = node["total_row"] is not None
        self.rows = count()
        self.row_codes: list[str] = []

    def expand(self) -> list[dict[str, str]]:
        top = [self._row(child, 0, "") for child in self.node["rows"]]
        total = self._total(self.node["total_row"])
        if total:
            computed = total["computed"]
            self._cells(total["place"], total["code"], total["name"], 0, "", total=total, computed=computed)
            for column in self._summed():
                parts = [self._code(row, column.code) for row in top]
                self.sector.split(total["place"], self._code(total["code"], column.code), total["name"], True, parts)
        self._expand_rules()
        heads = [{"name": column.name, "unit": column.fields["unit"]} for column in self.columns]
        if self.side:
            heads.append({"name": self.side["name"], "unit": self._first.fields["unit"]})
        return heads

    def _column(self, node: Node) -> _Column:
        return _Column(node.place, node["code"], node["name"], indicator_fields(node, {}), node["total"])

    @property
    def _first(self) -> _Column:
        """The column whose unit a total column has."""
        return next((column for column in self.columns if not column.is_words), self.columns[0])

    def _total(self, node: Node | None) -> dict[str, Any] | None:
        if node is None:
            return None
        total = {"place": node.place, **{key: node[key] for key in ("code", "name", "computed")}}
        if "columns" in node.values:
            total["columns"] = self._listed(node) or [c.code for c in self._summed()]
        return total

    def _listed(self, total_column: Node) -> list[str]:
        """The columns that a total column names."""
        listed = list(total_column["columns"])
        known = [column.code for column in self.columns if not column.is_words]
        for code in dict.fromkeys(listed):
            what = {"column": code, "known": ", ".join(known)}
            if code not in known:
                message = _("total_column adds up %(column)s, which is no column of this table. It has: %(known)s.")
                total_column.problem(message % what, "columns")
            elif listed.count(code) > 1:
                total_column.problem(_("total_column names column %(column)s twice.") % what, "columns")
        return listed

    def _summed(self) -> Iterable[_Column]:
        return [c for c in self.columns if c.in_total and not c.fields["formula"] and not c.is_words]

    def _code(self, row: str, column: str) -> str:
        return f"{self.prefix}.{row}.{column}"

    def _row(self, node: Node, indent: int, group: str) -> str:
        code = node["code"]
        if node["computed"] and not any(split["exhaustive"] for split in node["parts"]):
            node.problem(
                _("computed: the row has no parts that add up to it (parts with exhaustive: true)."), "computed"
            )
        self._cells(node.place, code, node["name"], indent, group, computed=node["computed"])
        for split in node["parts"]:
            label, exhaustive = split["name"], split["exhaustive"]
            rows = [self._row(child, indent + 1, "" if place else label) for place, child in enumerate(split["rows"])]
            for column in self._summed():
                parts = [self._code(row, column.code) for row in rows]
                self.sector.split(split.place, self._code(code, column.code), label, exhaustive, parts)
        return str(code)

    def _cells(
        self,
        place: FilePosition,
        row: str,
        name: str,
        indent: int,
        group: str,
        total: dict[str, Any] | None = None,
        *,
        computed: bool = False,
    ) -> None:
        """The figures of a row, which is the total row with `total`, and computed from its parts if `computed`."""
        number = next(self.rows)
        self.row_codes.append(row)
        shared = {"row_name": name, "row": number, "indent": indent, "group_name": group}
        for position, column in enumerate(self.columns):
            if total and (not column.in_total or column.is_words):
                continue
            code = self._code(row, column.code)
            formula = column.fields["formula"].replace("{row}", f"{self.prefix}.{row}")
            if computed and column.in_total and not column.is_words and not formula:
                formula = f"parts({code})"
            own = {"code": code, "name": f"{name}·{column.name}", "column": position, "formula": formula}
            # Of a column that matters, the total stands for it.
            stands = total is not None or not self.has_total
            own |= {flag: column.fields[flag] and stands for flag in ("is_key", "is_pass_rate")}
            own |= _limits_of_total([column], is_computed=bool(formula)) if total else {}
            own["counted"] = (
                _counted_in(column.fields["counted"], row, is_total=total is not None) if not formula else {}
            )
            self.sector.add(FileIndicator(place, column.place, self.sheet, self.table, column.fields | own | shared))
        if self.side:
            self._side_cell(place, row, name, shared)

    def _side_cell(self, place: FilePosition, row: str, name: str, shared: dict[str, Any]) -> None:
        assert self.side is not None
        code = self._code(row, self.side["code"])
        own = {
            "code": code,
            "name": f"{name}·{self.side['name']}",
            "column": len(self.columns),
            "formula": f"parts({code})" if self.side["computed"] else "",
            "counted": {},
            "is_key": False,
            "is_pass_rate": False,
        }
        summed = [column for column in self.columns if column.code in self.side["columns"]]
        own |= _limits_of_total(summed, is_computed=self.side["computed"])
        self.sector.add(
            FileIndicator(place, self.side["place"], self.sheet, self.table, self._first.fields | own | shared)
        )
        parts = [self._code(row, column) for column in self.side["columns"]]
        self.sector.split(place, code, self.side["name"], True, parts)

    def _expand_rules(self) -> None:
        for position, child in enumerate(self.node["rules"]):
            expression, base = child["expression"], child["code"] or f"{self.prefix}.rule{position + 1}"
            for row in self.row_codes:
                text = expression.replace("{row}", f"{self.prefix}.{row}")
                self.sector.rule(child, f"{base}.{row}", text)


def _limits_of_total(columns: Iterable[_Column], *, is_computed: bool) -> dict[str, Any]:
    """Of what adds up figures: below 0 where these may be, and not held to what each of them may be."""
    each = [column.fields for column in columns]
    signed = any(fields["signed"] or (fields["minimum"] or 0) < 0 for fields in each)
    return {"signed": signed and not is_computed, "minimum": None, "maximum": None}


def _counted_in(rule: dict[str, Any], row: str, *, is_total: bool) -> dict[str, Any]:
    """The rule of a column for one row: `{key}` is the row's own code, and says nothing in the total row."""
    if not rule:
        return {}
    where = {
        name: [value.replace("{key}", row) for value in values]
        for name, values in rule["where"].items()
        if not (is_total and any("{key}" in value for value in values))
    }
    return {**rule, "where": where}
