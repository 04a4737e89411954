"""Reads catalogue files (YAML, described in docs/catalogue.md) into specifications. No database.

What may stand in a file says `keys`; a file that says anything else is no further looked at. Units, regions and sectors
with their list tables are put together here, `matrix` expands the other tables, `registry` reads the words of records.
Every problem is collected with its file and line, so that an author sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sectors.catalogue import open_table_files, registry
from sectors.catalogue.fields import days, indicator_fields
from sectors.catalogue.keys import FILE, INHERITED, REGION_FILE, REGISTRY_FILE, SECTOR_FILE, SHORT
from sectors.catalogue.matrix import Matrix
from sectors.catalogue.nodes import CatalogueError, FilePosition, FileProblem, Node, Source
from sectors.catalogue.shapes import too_long
from sectors.catalogue.specifications import (
    CatalogueFiles,
    FileBreakdown,
    FileIndicator,
    FileRegion,
    FileRule,
    FileSector,
    FileUnit,
)

SCHEMES = "schemes"  # a folder of assessment schemes, which say nothing of the catalogue


def read(*paths: Path) -> CatalogueFiles:
    """Read files, and every .yaml of folders and the folders in them but for those of schemes. Raises CatalogueError
    with all problems."""
    problems: list[FileProblem] = []
    files = {file.resolve(): file for path in paths for file in _files(path, problems)}
    return read_sources([Source(file, problems) for file in files.values()], problems)


def read_sources(sources: Iterable[Source], problems: list[FileProblem]) -> CatalogueFiles:
    """The same of sources, whose problems come to those that there are already."""
    catalogue = CatalogueFiles()
    for source in sources:
        _read_file(source, catalogue)
    if problems:
        raise CatalogueError(list(dict.fromkeys(problems)))
    return catalogue


def _files(path: Path, problems: list[FileProblem]) -> Iterable[Path]:
    files = [path]
    if path.is_dir():
        inside = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")])
        files = [file for file in inside if SCHEMES not in file.relative_to(path).parts]
    if not files:
        problems.append(FileProblem(FilePosition(str(path), 1), _("There is no .yaml file here.")))
    return files


def _read_file(source: Source, catalogue: CatalogueFiles) -> None:
    before = len(source.problems)
    root = source.root()
    if root is None:
        if len(source.problems) == before:
            source.problem(1, _("The file is empty."))
        return
    shape = FILE.pick(root, source)
    node = shape.read(root, source) if shape else None
    if node is None or len(source.problems) > before:
        return
    if shape is REGION_FILE:
        catalogue.regions.append(_region(node))
    elif shape is REGISTRY_FILE:
        catalogue.registries.append(registry.read(node))
    elif shape is SECTOR_FILE:
        catalogue.sectors.append(_SectorReader(node).read())
    if node.has("units"):
        catalogue.units += [_unit(child) for child in node["units"]]


def _unit(node: Node) -> FileUnit:
    scale = node["scale"] or Decimal(1)
    return FileUnit(node.place, node["name"], node["base"] or node["name"], scale, node["counts"], list(node["also"]))


def _region(node: Node) -> FileRegion:
    chain = [{"code": node["region"], "name": node["name"], "level": node["level"]}]
    chain += [{key: above[key] for key in ("code", "name", "level")} for above in node["within"]]
    places = [node.place, *(above.place for above in node["within"])]
    departments = [_department(node["office"], signs=False)]
    departments += [_department(child, signs=True) for child in node["departments"]]
    assigned = node.place_of("assignments")
    return FileRegion(node.place, chain, places, departments, node["assignments"], assigned, node["renamed_from"])


def _department(node: Node, *, signs: bool) -> dict[str, Any]:
    short = node["short"] or node["name"]
    if problem := too_long("short", short, SHORT.longest):
        node.problem(problem, "short")
    return {
        "place": node.place,
        "code": node["code"],
        "name": node["name"],
        "short_name": short,
        "signs": signs if node["signs"] is None else node["signs"],
    }


class _SectorReader:
    """Walks one sector file; tables expand to indicators and breakdowns on the way."""

    def __init__(self, node: Node) -> None:
        self.node = node
        chapter = node["chapter"]
        self.spec = FileSector(
            node.place,
            {"place": chapter.place, **{key: chapter[key] for key in ("code", "name", "position")}},
            {"code": node["sector"], **{key: node[key] for key in ("name", "position", "wording", "region")}},
            node.first_line("wording"),
        )
        self.positions: dict[str, int] = {}  # breakdowns so far of a total

    def read(self) -> FileSector:
        for position, sheet in enumerate(self.node["sheets"]):
            self._sheet(sheet, position)
        self._rules(self.node)
        return self.spec

    def _sheet(self, node: Node, position: int) -> None:
        number = node["number"]
        self.spec.sheets.append(
            {
                "place": node.place,
                "number": number,
                "name": node["name"],
                "frequency": node["frequency"],
                "department_code": node["department"],
                "position": position,
                "moved_from": node["moved_from"],
                **days(node),
                **{key: node[key] for key in ("document", "authority", "approved_until")},
                "formerly": {int(year): frequency for year, frequency in node["formerly"].items()},
            }
        )
        for place, table in enumerate(node["tables"]):
            self._table(table, number, place)
        tables = [table["code"] for table in self.spec.tables if table["sheet"] == number]
        for place, question in enumerate(node["questions"]):
            self._question(question, number, place, tables)

    def _question(self, node: Node, sheet: str, position: int, tables: list[str]) -> None:
        fields = {key: node[key] for key in ("code", "kind", "text", "table", "subject", "moved_from")}
        if fields["table"] and fields["table"] not in tables:
            message = _("Question %(code)s stands under table %(table)s; this sheet has: %(known)s.")
            node.problem(message % {**fields, "known": ", ".join(tables)}, "table")
        row = {"place": node.place, "sheet": sheet, "position": position}
        self.spec.questions.append(row | fields | days(node))

    def _table(self, node: Node, sheet: str, position: int) -> None:
        code = node["code"]
        columns: list[dict[str, str]] = []
        if node.has("matrix"):
            columns = Matrix(self, node, sheet, code).expand()
        else:
            rows = count()
            for child in node["indicators"]:
                self._row(child, sheet, code, rows, {}, 0, "")
            self._rules(node)
            open_table_files.check(node)
        self.spec.tables.append(
            {
                "place": node.place,
                "sheet": sheet,
                "code": code,
                "name": node["name"],
                "position": position,
                "columns": columns,
                **open_table_files.fields(node),
            }
        )

    def _row(
        self,
        node: Node,
        sheet: str,
        table: str,
        rows: count[int],
        inherited: dict[str, Any],
        indent: int,
        group: str,
    ) -> str:
        fields = indicator_fields(node, inherited)
        fields |= {"code": node["code"], "name": node["name"], "row_name": node["name"], "row": next(rows), "column": 0}
        fields |= {"indent": indent, "group_name": group}
        self.add(FileIndicator(node.place, node.place, sheet, table, fields))
        passed_on = {key: fields[key] for key in ("unit", *INHERITED)}
        for split in node["parts"]:
            codes = [
                self._row(child, sheet, table, rows, passed_on, indent + 1, "" if place else split["name"])
                for place, child in enumerate(split["indicators"])
            ]
            self.split(split.place, fields["code"], split["name"], split["exhaustive"], codes)
        return str(fields["code"])

    def add(self, spec: FileIndicator) -> None:
        if not spec.code.startswith(f"{self.spec.fields['code']}."):
            message = _("Indicator %(code)s must begin with the sector's code and a dot.") % {"code": spec.code}
            self.node.source.problem(spec.place.line, message)
        self.spec.indicators.append(spec)

    def split(self, place: FilePosition, total: str, name: str, exhaustive: bool, parts: list[str]) -> None:
        position = self.positions.get(total, 0)
        self.positions[total] = position + 1
        self.spec.breakdowns.append(FileBreakdown(place, total, name, exhaustive, position, parts))

    def _rules(self, node: Node) -> None:
        for child in node["rules"]:
            self.rule(child, child["code"], child["expression"])

    def rule(self, node: Node, code: str, expression: str) -> None:
        fields = {"code": code, "expression": expression}
        fields |= {key: node[key] for key in ("severity", "message", "missing")} | days(node)
        self.spec.rules.append(FileRule(node.place_of("expression"), fields, node["moved_from"]))
