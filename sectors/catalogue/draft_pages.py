"""A draft as its page shows it: the sheet as it will look, with the place of everything that can be changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sectors.calculation.tokens import in_words as formula_in_words
from sectors.catalogue.draft_checks import Problem
from sectors.catalogue.editing import SHEET, at
from sectors.catalogue.specification_source import Place, in_words
from sectors.vocabulary import QuestionKind

Specification = Mapping[str, Any]


class Cell(NamedTuple):
    """None of both is a cell that is not there."""

    is_entered: bool
    formula: str  # in words


@dataclass
class Part:
    """Something with a place: what it is called, what stands under it, and what is wrong with it."""

    place: str
    name: str
    more: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass
class Row(Part):
    indent: int = 0
    group: Part | None = None  # the breakdown that it begins
    unit: str = ""
    is_required: bool = False
    is_total: bool = False
    ends: str = ""  # the last day of one that is retired
    cells: list[Cell | None] = field(default_factory=list)

    @property
    def is_computed(self) -> bool:
        return all(cell is None or not cell.is_entered for cell in self.cells)

    @property
    def formula(self) -> str:
        return next((cell.formula for cell in self.cells if cell and cell.formula), "")


@dataclass
class Head(Part):
    unit: str = ""


@dataclass
class TablePage(Part):
    heads: list[Head] = field(default_factory=list)  # none of a list
    open_columns: list[Head] = field(default_factory=list)  # of rows that departments add
    rows: list[Row] = field(default_factory=list)


@dataclass
class DraftPage:
    sheet: Part
    sector: Part
    chapter: Part
    tables: list[TablePage]
    questions: list[Part]
    rules: list[Part]
    units: list[Part]
    elsewhere: list[str]  # problems of no place of the draft
    count: int  # of all problems


class _Page:
    def __init__(self, specification: Specification, names: Mapping[str, str], problems: Sequence[Problem]) -> None:
        self.specification, self.names = specification, names
        self.problems: dict[Place, list[str]] = {}
        self.elsewhere: list[str] = []
        for problem in problems:
            if place := self._shown_at(problem.place):
                self.problems.setdefault(place, []).append(problem.message)
            else:
                self.elsewhere.append(problem.message)

    def _shown_at(self, place: Place) -> Place:
        """The nearest thing around it that has a place on the page."""
        while place and not (
            (isinstance(place[-1], int) and place[-2] in SHOWN) or place[-1] in ("chapter", "total_row", "total_column")
        ):
            place = place[:-1]
        return place

    def part(self, place: Place, name: Any, more: str = "") -> Part:
        return Part(in_words(place), str(name or ""), more, self.problems.get(place, []))

    def listed(self, owner: Place, key: str, name: str, more: Callable[[Specification], str]) -> list[Part]:
        rows = at(self.specification, owner).get(key, [])
        return [self.part((*owner, key, number), row.get(name), more(row)) for number, row in enumerate(rows)]

    def words(self, formula: str) -> str:
        return formula_in_words(formula, self.names)

    def tables(self) -> Iterator[TablePage]:
        for number, table in enumerate(at(self.specification, SHEET).get("tables", [])):
            place = (*SHEET, "tables", number)
            own = self.problems.get(place, [])
            page = TablePage(in_words(place), str(table.get("name", "")), "", own)
            if "matrix" in table:
                page.heads = list(self._heads(table, place))
                page.rows = list(self._matrix_rows(table, place))
            else:
                page.open_columns = list(self._open_columns(table, place))
                page.rows = list(self._rows(table.get("indicators", []), (*place, "indicators"), 0, None, None))
            yield page

    def _rows(
        self, rows: list[Any], place: Place, indent: int, group: Part | None, total: Specification | None
    ) -> Iterator[Row]:
        for number, row in enumerate(rows):
            own = (*place, number)
            formula = str(row.get("formula", ""))
            inherited = str((total or {}).get("unit", ""))
            yield Row(
                in_words(own),
                str(row.get("name", "")),
                str(row.get("help", "")),
                self.problems.get(own, []),
                indent=indent,
                group=None if number else group,
                unit=str(row.get("unit") or inherited),
                is_required=bool(row.get("required")),
                ends=str(row.get("valid_to", "")),
                cells=[Cell(not formula, self.words(formula))],
            )
            below = {**row, "unit": row.get("unit") or inherited}
            for split, parts in enumerate(row.get("parts", [])):
                head = self.part((*own, "parts", split), parts.get("name"))
                inner = (*own, "parts", split, "indicators")
                yield from self._rows(parts.get("indicators", []), inner, indent + 1, head, below)

    def _heads(self, table: Specification, place: Place) -> Iterator[Head]:
        for number, column in enumerate(table.get("columns", [])):
            own = (*place, "columns", number)
            problems = self.problems.get(own, [])
            yield Head(
                in_words(own),
                str(column.get("name", "")),
                self._column_words(column),
                problems,
                str(column.get("unit")),
            )
        if side := table.get("total_column"):
            own = (*place, "total_column")
            yield Head(in_words(own), str(side.get("name", "")), "", self.problems.get(own, []))

    def _open_columns(self, table: Specification, place: Place) -> Iterator[Head]:
        for number, column in enumerate(table.get("open_columns", [])):
            own = (*place, "open_columns", number)
            name, unit = str(column.get("name", "")), str(column.get("unit", ""))
            yield Head(in_words(own), name, str(column.get("help", "")), self.problems.get(own, []), unit)

    def _column_words(self, column: Specification) -> str:
        return self.words(str(column.get("formula", "")).replace("{row}.", ""))

    def _matrix_rows(self, table: Specification, place: Place) -> Iterator[Row]:
        cells = [Cell(not column.get("formula"), "") for column in table.get("columns", [])]
        side = table.get("total_column")
        sides = [Cell(side.get("computed") is False, "")] if side else []
        computed = [
            Cell(cell.is_entered and not _is_summed(column), "")
            for cell, column in zip(cells, table.get("columns", []), strict=True)
        ]
        ways = {False: [*cells, *sides], True: [*computed, *sides]}
        yield from self._nested(table.get("rows", []), (*place, "rows"), 0, None, ways)
        if total := table.get("total_row"):
            own = (*place, "total_row")
            row = Row(in_words(own), str(total.get("name", "")), "", self.problems.get(own, []), is_total=True)
            entered = total.get("computed") is False
            summed = [
                Cell(entered and not column.get("formula"), "") if _is_summed(column) else None
                for column in table.get("columns", [])
            ]
            row.cells = [*summed, *sides]
            yield row

    def _nested(
        self, rows: list[Any], place: Place, indent: int, group: Part | None, cells: Mapping[bool, list[Cell]]
    ) -> Iterator[Row]:
        """`cells` are those of a row that is entered, and of one that is computed."""
        for number, row in enumerate(rows):
            own = (*place, number)
            name = str(row.get("name", ""))
            first = None if number else group
            found = Row(in_words(own), name, "", self.problems.get(own, []), indent=indent, group=first)
            found.cells = list(cells[bool(row.get("computed"))])
            yield found
            for split, parts in enumerate(row.get("parts", [])):
                head = self.part((*own, "parts", split), parts.get("name"))
                inner = (*own, "parts", split, "rows")
                yield from self._nested(parts.get("rows", []), inner, indent + 1, head, cells)


def _is_summed(column: Specification) -> bool:
    """Whether totals of rows add it up: no words, and nothing that is left out of them."""
    return bool(column.get("total", True)) and not column.get("kind")


SHOWN = ("sheets", "tables", "indicators", "rows", "columns", "open_columns", "parts", "questions", "rules", "units")


def page(specification: Specification, names: Mapping[str, str], problems: Sequence[Problem]) -> DraftPage:
    """`names` are those of indicators by code, of the draft and of others that it reads."""
    shown = _Page(specification, names, problems)
    sheet, chapter = at(specification, SHEET), specification.get("chapter") or {}
    kinds = dict(QuestionKind.choices)
    return DraftPage(
        sheet=shown.part(SHEET, f"{sheet.get('number', '')} {sheet.get('name', '')}".strip()),
        sector=shown.part((), specification.get("name")),
        chapter=shown.part(("chapter",), chapter.get("name")),
        tables=list(shown.tables()),
        questions=shown.listed(SHEET, "questions", "text", lambda row: str(kinds.get(str(row.get("kind")), ""))),
        rules=shown.listed((), "rules", "message", lambda row: shown.words(str(row.get("expression", "")))),
        units=shown.listed((), "units", "name", lambda row: str(row.get("base", ""))),
        elsewhere=shown.elsewhere,
        count=len(problems),
    )


def names_of(specification: Specification) -> dict[str, str]:
    """Names by code of the indicators of a draft, cells of matrix tables among them."""
    found: dict[str, str] = {}
    for table in at(specification, SHEET).get("tables", []):
        found |= names_of_table(table)
    return found


def names_of_table(table: Specification) -> dict[str, str]:
    if "matrix" not in table:
        return dict(_listed(table.get("indicators", []), "indicators"))
    rows = dict(_listed(table.get("rows", []), "rows"))
    columns = {str(column.get("code", "")): str(column.get("name", "")) for column in table.get("columns", [])}
    for key, into in (("total_row", rows), ("total_column", columns)):
        if total := table.get(key):
            into[str(total.get("code", ""))] = str(total.get("name", ""))
    prefix = table["matrix"]
    return {
        f"{prefix}.{row}.{column}": f"{name}·{head}" for row, name in rows.items() for column, head in columns.items()
    }


def _listed(rows: list[Any], key: str) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield str(row.get("code", "")), str(row.get("name", ""))
        for split in row.get("parts", []):
            yield from _listed(split.get(key, []), key)
