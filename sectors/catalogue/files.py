"""Reads catalogue files (YAML, described in docs/catalogue.md) into specifications. No database.

Every problem is collected with its file and line, so that an author sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue import counted
from sectors.catalogue.nodes import CatalogueError, FilePosition, FileProblem, Node, root
from sectors.vocabulary import (
    Accumulation,
    Frequency,
    MissingFigures,
    QuestionKind,
    RegionLevel,
    Rounding,
    Severity,
    TargetBound,
)

LONGEST_SOURCE = 80


@dataclass(frozen=True)
class FileUnit:
    place: FilePosition
    name: str
    base: str
    scale: Decimal


@dataclass(frozen=True)
class FileRegion:
    place: FilePosition
    chain: list[dict[str, str]]  # the region first, then those above it: code, name, level
    departments: list[dict[str, Any]]
    assignments: dict[str, str]


@dataclass(frozen=True)
class FileIndicator:
    place: FilePosition
    sheet: str
    table: str
    fields: dict[str, Any]  # as in the model, `unit` by name

    @property
    def code(self) -> str:
        return str(self.fields["code"])


@dataclass(frozen=True)
class FileBreakdown:
    place: FilePosition
    total: str
    name: str
    exhaustive: bool
    position: int
    parts: list[str]


@dataclass(frozen=True)
class FileRule:
    place: FilePosition
    fields: dict[str, Any]


@dataclass
class FileSector:
    place: FilePosition
    chapter: dict[str, Any]
    fields: dict[str, Any]
    wording: FilePosition  # of its first line
    sheets: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[FileIndicator] = field(default_factory=list)
    breakdowns: list[FileBreakdown] = field(default_factory=list)
    rules: list[FileRule] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class CatalogueFiles:
    units: list[FileUnit] = field(default_factory=list)
    regions: list[FileRegion] = field(default_factory=list)
    sectors: list[FileSector] = field(default_factory=list)


def read(path: Path) -> CatalogueFiles:
    """Read a file, or every .yaml of a folder and the folders in it. Raises CatalogueError with all problems."""
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    problems: list[FileProblem] = []
    catalogue = CatalogueFiles()
    if not files:
        problems.append(FileProblem(FilePosition(str(path), 1), _("There is no .yaml file here.")))
    for file in files:
        _read_file(file, catalogue, problems)
    if problems:
        raise CatalogueError(problems)
    return catalogue


def _read_file(file: Path, catalogue: CatalogueFiles, problems: list[FileProblem]) -> None:
    node = root(file, problems)
    if node is None:
        return
    if node.has("units"):
        catalogue.units += [_unit(child) for child in node.children("units")]
    elif node.has("region"):
        catalogue.regions.append(_region(node))
    elif node.has("sector"):
        catalogue.sectors.append(_SectorReader(node).read())
    else:
        node.problem(_("The file must begin with units:, region: or sector:."))
        return
    node.finish()


def _unit(node: Node) -> FileUnit:
    name = node.text("name")
    spec = FileUnit(node.place, name, node.text("base", name), node.decimal("scale", "1"))
    if spec.scale <= 0:
        node.problem(_("scale must be greater than 0."), "scale")
    node.finish()
    return spec


def _region(node: Node) -> FileRegion:
    chain = [
        {
            "code": node.text("region"),
            "name": node.text("name"),
            "level": node.text("level", choices=RegionLevel.values),
        }
    ]
    for above in node.children("within"):
        chain.append({key: above.text(key, choices=RegionLevel.values if key == "level" else ()) for key in chain[0]})
        above.finish()
    for step in chain:
        if not (step["code"].isdecimal() and len(step["code"]) in (6, 9)):
            node.problem(_("“%(code)s” is not a region code of 6 or 9 digits.") % {"code": step["code"]}, "region")
    departments = [_department(node.child("office"), signs=False)]
    departments += [_department(child, signs=True) for child in node.children("departments", required=True)]
    return FileRegion(node.place, chain, departments, node.mapping("assignments"))


def _department(node: Node, *, signs: bool) -> dict[str, Any]:
    name = node.text("name")
    found = {
        "code": node.text("code"),
        "name": name,
        "short_name": node.text("short", name),
        "signs": node.flag("signs", signs),
    }
    node.finish()
    return found


class _SectorReader:
    """Walks one sector file; tables expand to indicators and breakdowns on the way."""

    def __init__(self, node: Node) -> None:
        self.node = node
        chapter = node.child("chapter")
        self.spec = FileSector(
            node.place,
            {"code": chapter.text("code"), "name": chapter.text("name"), "position": chapter.number("position")},
            {
                "code": node.text("sector"),
                "name": node.text("name"),
                "position": node.number("position"),
                "wording": node.text("wording", ""),
            },
            node.first_line("wording"),
        )
        chapter.finish()
        self.positions: dict[str, int] = {}  # breakdowns so far of a total

    def read(self) -> FileSector:
        for position, sheet in enumerate(self.node.children("sheets", required=True)):
            self._sheet(sheet, position)
        self._rules(self.node)
        return self.spec

    def _sheet(self, node: Node, position: int) -> None:
        number = node.text("number")
        self.spec.sheets.append(
            {
                "place": node.place,
                "number": number,
                "name": node.text("name"),
                "frequency": node.text("frequency", choices=Frequency.values),
                "department_code": node.text("department"),
                "position": position,
                "valid_from": node.date("valid_from"),
                "valid_to": node.date("valid_to"),
            }
        )
        for place, table in enumerate(node.children("tables")):
            self._table(table, number, place)
        tables = [table["code"] for table in self.spec.tables if table["sheet"] == number]
        for place, question in enumerate(node.children("questions")):
            self._question(question, number, place, tables)
        node.finish()

    def _question(self, node: Node, sheet: str, position: int, tables: list[str]) -> None:
        fields = {
            "code": node.text("code"),
            "kind": node.text("kind", choices=QuestionKind.values),
            "text": node.text("text"),
        }
        table = node.text("table", "")
        if table and table not in tables:
            what = {"code": fields["code"], "table": table, "known": ", ".join(tables)}
            message = _("Question %(code)s stands under table %(table)s; this sheet has: %(known)s.")
            node.problem(message % what, "table")
        row = {"place": node.place, "sheet": sheet, "position": position, "table": table}
        self.spec.questions.append(row | fields)
        node.finish()

    def _table(self, node: Node, sheet: str, position: int) -> None:
        code = node.text("code")
        columns: list[dict[str, str]] = []
        if node.has("matrix"):
            columns = _Matrix(self, node, sheet, code).expand()
        else:
            rows = iter(range(10_000))
            for child in node.children("indicators", required=True):
                self._row(child, sheet, code, rows, {}, 0, "")
        self.spec.tables.append(
            {
                "place": node.place,
                "sheet": sheet,
                "code": code,
                "name": node.text("name"),
                "position": position,
                "columns": columns,
            }
        )
        self._rules(node)
        node.finish()

    def _row(
        self,
        node: Node,
        sheet: str,
        table: str,
        rows: Iterator[int],
        inherited: dict[str, Any],
        indent: int,
        group: str,
    ) -> str:
        fields = indicator_fields(node, inherited)
        name = node.text("name")
        fields |= {"code": node.text("code"), "name": name, "row_name": name, "row": next(rows), "column": 0}
        fields |= {"indent": indent, "group_name": group}
        self.add(FileIndicator(node.place, sheet, table, fields))
        passed_on = {key: fields[key] for key in ("unit", "decimals", "accumulation", "change_limit")}
        for split in node.children("parts"):
            label = split.text("name")
            codes = [
                self._row(child, sheet, table, rows, passed_on, indent + 1, "" if place else label)
                for place, child in enumerate(split.children("indicators", required=True))
            ]
            self.split(split.place, fields["code"], label, split.flag("exhaustive"), codes)
            split.finish()
        node.finish()
        return str(fields["code"])

    def add(self, spec: FileIndicator) -> None:
        if not spec.code.startswith(f"{self.spec.fields['code']}."):
            message = _("Indicator %(code)s must begin with the sector's code and a dot.") % {"code": spec.code}
            self.node.problems.append(FileProblem(spec.place, message))
        self.spec.indicators.append(spec)

    def split(self, place: FilePosition, total: str, name: str, exhaustive: bool, parts: list[str]) -> None:
        position = self.positions.get(total, 0)
        self.positions[total] = position + 1
        self.spec.breakdowns.append(FileBreakdown(place, total, name, exhaustive, position, parts))

    def _rules(self, node: Node) -> None:
        if not node.has("matrix"):
            for child in node.children("rules"):
                self.rule(child, child.text("code"), child.text("expression"))

    def rule(self, node: Node, code: str, expression: str) -> None:
        fields = {
            "code": code,
            "expression": expression,
            "severity": node.text("severity", Severity.ERROR, choices=Severity.values),
            "message": node.text("message"),
            "missing": node.text("missing", MissingFigures.SKIP_ANY, choices=MissingFigures.values),
            "valid_from": node.date("valid_from"),
            "valid_to": node.date("valid_to"),
        }
        self.spec.rules.append(FileRule(node.place_of("expression"), fields))
        node.finish()


def indicator_fields(node: Node, inherited: dict[str, Any]) -> dict[str, Any]:
    """The keys an indicator and a matrix column share."""
    return {
        "unit": node.text("unit", inherited.get("unit")),
        "decimals": node.number("decimals", inherited.get("decimals", 0)),
        "accumulation": node.text(
            "accumulation", inherited.get("accumulation", Accumulation.FLOW), choices=Accumulation.values
        ),
        "formula": node.text("formula", ""),
        "rounding": node.text("rounding", Rounding.HALF_UP, choices=Rounding.values),
        "required": node.flag("required", False),
        "change_limit": node.limit("change_limit", inherited.get("change_limit")),
        "help": node.text("help", ""),
        "counted": _counted(node),
        "is_key": node.flag("key", False),
        "is_pass_rate": node.flag("pass_rate", False),
        "valid_from": node.date("valid_from"),
        "valid_to": node.date("valid_to"),
        **_target(node),
    }


def _target(node: Node) -> dict[str, Any]:
    """`target: {at_least: 98}` or `{at_most: 2}`, in the indicator's unit; with `source`, which plan or law sets it."""
    if not node.has("target"):
        return {"target": None, "target_is": TargetBound.AT_LEAST, "target_source": ""}
    child = node.child("target")
    named = [key for key in TargetBound.values if child.has(key)]
    if len(named) != 1:
        node.problem(_("target needs either at_least or at_most, with a number."), "target")
    source = child.text("source", "")
    if len(source) > LONGEST_SOURCE:
        child.problem(_("source has more than %(most)d characters.") % {"most": LONGEST_SOURCE}, "source")
    child.finish()
    way = named[0] if named else TargetBound.AT_LEAST
    return {"target": child.decimal(way, "0"), "target_is": way, "target_source": source}


def _counted(node: Node) -> dict[str, Any]:
    """The counting rule of an indicator, completed; empty without one."""
    if not node.has("counted"):
        return {}
    rule = _plain(node.data["counted"])
    problems = list(counted.faults(rule)) if isinstance(rule, dict) else [_("counted must be a mapping.")]
    for problem in problems:
        node.problem(problem, "counted")
    return {} if problems else counted.completed(rule)


def _plain(data: Any) -> Any:
    """Without the lines that the parser remembers, so that it can be stored."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list) else data


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


@dataclass
class _Column:
    code: str
    name: str
    fields: dict[str, Any]
    in_total: bool


class _Matrix:
    """Rows x columns: every crossing is an indicator `<prefix>.<row>.<column>`."""

    def __init__(self, reader: _SectorReader, node: Node, sheet: str, table: str) -> None:
        self.reader, self.node, self.sheet, self.table = reader, node, sheet, table
        self.prefix = node.text("matrix")
        self.columns = [self._column(child) for child in node.children("columns", required=True)]
        self.side = self._total(node, "total_column")
        self.has_total = node.has("total_row")
        self.rows = iter(range(10_000))
        self.row_codes: list[str] = []

    def expand(self) -> list[dict[str, str]]:
        top = [self._row(child, 0, "") for child in self.node.children("rows", required=True)]
        total = self._total(self.node, "total_row")
        if total:
            self._cells(total["place"], total["code"], total["name"], 0, "", total=total)
            for column in self._summed():
                parts = [self._code(row, column.code) for row in top]
                self.reader.split(total["place"], self._code(total["code"], column.code), total["name"], True, parts)
        self._expand_rules()
        heads = [{"name": column.name, "unit": column.fields["unit"]} for column in self.columns]
        if self.side:
            heads.append({"name": self.side["name"], "unit": self.columns[0].fields["unit"]})
        return heads

    def _column(self, node: Node) -> _Column:
        column = _Column(node.text("code"), node.text("name"), indicator_fields(node, {}), node.flag("total", True))
        node.finish()
        return column

    def _total(self, node: Node, key: str) -> dict[str, Any] | None:
        if not node.has(key):
            return None
        child = node.child(key)
        total: dict[str, Any] = {
            "place": child.place,
            "code": child.text("code"),
            "name": child.text("name"),
            "computed": child.flag("computed", True),
        }
        if key == "total_column":
            listed = child.data.get("columns")
            child.asked.add("columns")
            total["columns"] = [str(c) for c in listed] if listed else [c.code for c in self._summed()]
        child.finish()
        return total

    def _summed(self) -> Iterable[_Column]:
        return [c for c in self.columns if c.in_total and not c.fields["formula"]]

    def _code(self, row: str, column: str) -> str:
        return f"{self.prefix}.{row}.{column}"

    def _row(self, node: Node, indent: int, group: str) -> str:
        code = node.text("code")
        self._cells(node.place, code, node.text("name"), indent, group)
        for split in node.children("parts"):
            label, exhaustive = split.text("name"), split.flag("exhaustive")
            rows = [
                self._row(child, indent + 1, "" if place else label)
                for place, child in enumerate(split.children("rows", required=True))
            ]
            for column in self._summed():
                parts = [self._code(row, column.code) for row in rows]
                self.reader.split(split.place, self._code(code, column.code), label, exhaustive, parts)
            split.finish()
        node.finish()
        return code

    def _cells(
        self, place: FilePosition, row: str, name: str, indent: int, group: str, total: dict[str, Any] | None = None
    ) -> None:
        number = next(self.rows)
        self.row_codes.append(row)
        shared = {"row_name": name, "row": number, "indent": indent, "group_name": group}
        for position, column in enumerate(self.columns):
            if total and not column.in_total:
                continue
            code = self._code(row, column.code)
            formula = column.fields["formula"].replace("{row}", f"{self.prefix}.{row}")
            if total and total["computed"] and not formula:
                formula = f"parts({code})"
            own = {"code": code, "name": f"{name}·{column.name}", "column": position, "formula": formula}
            # Of a column that matters, the total stands for it.
            stands = total is not None or not self.has_total
            own |= {flag: column.fields[flag] and stands for flag in ("is_key", "is_pass_rate")}
            own["counted"] = (
                _counted_in(column.fields["counted"], row, is_total=total is not None) if not formula else {}
            )
            self.reader.add(FileIndicator(place, self.sheet, self.table, column.fields | own | shared))
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
        self.reader.add(FileIndicator(place, self.sheet, self.table, self.columns[0].fields | own | shared))
        parts = [self._code(row, column) for column in self.side["columns"]]
        self.reader.split(place, code, self.side["name"], True, parts)

    def _expand_rules(self) -> None:
        for position, child in enumerate(self.node.children("rules")):
            expression, base = child.text("expression"), child.text("code", f"{self.prefix}.rule{position + 1}")
            for row in self.row_codes:
                text = expression.replace("{row}", f"{self.prefix}.{row}")
                self.reader.rule(child, f"{base}.{row}", text)
