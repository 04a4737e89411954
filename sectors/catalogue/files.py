"""Reads catalogue files (YAML, described in docs/catalogue.md) into specifications. No database.

Units, regions and sectors with their list tables are read here, `matrix` expands the other tables. Every problem is
collected with its file and line, so that an author sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue.fields import indicator_fields
from sectors.catalogue.matrix import Matrix
from sectors.catalogue.nodes import CatalogueError, FilePosition, FileProblem, Node, root
from sectors.catalogue.specifications import (
    CatalogueFiles,
    FileBreakdown,
    FileIndicator,
    FileRegion,
    FileRule,
    FileSector,
    FileUnit,
)
from sectors.vocabulary import Frequency, MissingFigures, QuestionKind, RegionLevel, Severity


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


def _formerly(node: Node) -> dict[int, str]:
    """`formerly: {2025: quarter}`: by which frequency a sheet was reported until the end of which year."""
    found: dict[int, str] = {}
    for year, frequency in node.mapping("formerly").items():
        if not (year.isascii() and year.isdecimal() and len(year) == 4):
            node.problem(
                _("formerly names the last year of a frequency, such as 2025, not “%(text)s”.") % {"text": year},
                "formerly",
            )
        elif frequency not in Frequency.values:
            what = {"text": frequency, "known": ", ".join(Frequency.values)}
            node.problem(_("formerly says “%(text)s”; it must be one of: %(known)s.") % what, "formerly")
        else:
            found[int(year)] = frequency
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
                "moved_from": node.text("moved_from", ""),
                **node.validity(),
                "formerly": _formerly(node),
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
            **node.validity(),
        }
        table = node.text("table", "")
        if table and table not in tables:
            what = {"code": fields["code"], "table": table, "known": ", ".join(tables)}
            message = _("Question %(code)s stands under table %(table)s; this sheet has: %(known)s.")
            node.problem(message % what, "table")
        row = {"place": node.place, "sheet": sheet, "position": position, "table": table}
        row["moved_from"] = node.text("moved_from", "")
        self.spec.questions.append(row | fields)
        node.finish()

    def _table(self, node: Node, sheet: str, position: int) -> None:
        code = node.text("code")
        columns: list[dict[str, str]] = []
        if node.has("matrix"):
            columns = Matrix(self, node, sheet, code).expand()
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
            **node.validity(),
        }
        self.spec.rules.append(FileRule(node.place_of("expression"), fields, node.text("moved_from", "")))
        node.finish()
