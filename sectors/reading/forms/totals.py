"""What adds up to what: by formulas, by words such as 合计, and by figures that stand in the form. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from sectors.reading.forms import formulas, words
from sectors.reading.forms.form import FormTable, Line, Use
from sectors.reading.forms.page import Page
from sectors.reading.forms.words import squeezed
from sectors.spreadsheets.positions import Position

NEAR = 0.0051  # by which typed figures may miss their sum, of the last of two decimals
Cells = Callable[[Line], list[Position]]


def find(page: Page, table: FormTable) -> None:
    """Sets `total_of` and `use` of rows and columns."""
    _by_formulas(table, table.rows, table.columns, place=lambda line, other: (line.place, other.place))
    _by_formulas(table, table.columns, table.rows, place=lambda line, other: (other.place, line.place))
    _rows_by_words(table)
    _columns_by_words(table)
    _parts_by_figures(page, table)
    _drop_what_figures_refute(page, table)
    _settle_uses(table)


def _by_formulas(
    table: FormTable, lines: list[Line], others: list[Line], place: Callable[[Line, Line], Position]
) -> None:
    """A line whose cells add up, each its own, the same other lines."""
    for line in lines:
        sums = []
        for other in others:
            node = table.formulas.get(place(line, other))
            added = formulas.as_sum(node) if node is not None else None
            numbers = _numbers(added or (), lines, lambda one, other=other: place(one, other))  # type: ignore[misc]
            if added and numbers:
                sums.append(numbers)
        if sums and all(one == sums[0] for one in sums) and line.number not in sums[0]:
            line.total_of = sums[0]


def _numbers(added: Iterable[Position], lines: Sequence[Line], at: Callable[[Line], Position]) -> tuple[int, ...]:
    """The lines whose cells are added up; empty where a cell is none of theirs, those of rows without a name aside."""
    known = {at(line): line.number for line in lines}
    found = [known.get(place) for place in added]
    return tuple(sorted(number for number in found if number)) if found and None not in found else ()


def _rows_by_words(table: FormTable) -> None:
    done: set[int] = {number for row in table.rows for number in row.total_of}
    for at, row in enumerate(table.rows):
        name = squeezed(row.name)
        is_last = at == len(table.rows) - 1 and at > 1
        if row.total_of or not (words.TOTAL.match(name) or (is_last and words.ENDS_TOTAL.search(name))):
            done.update(row.total_of)
            continue
        same = [one for one in table.rows if one is not row and one.unit == row.unit and one.parent == row.parent]
        if row.group and not words.SUBTOTAL.search(name) and is_last:
            row.group = ""
        if row.group and any(one.group == row.group for one in same):
            found = [one for one in same if one.group == row.group]
        elif words.SUBTOTAL.search(name):
            found = _before(table.rows[:at], row, done) or _children(table, row)
        else:
            found = _children(table, row) or _all_others(same, row.number)
        row.total_of = tuple(one.number for one in found)
        done.update(row.total_of)
    for row in table.rows:
        _count_subtotals(table, row)


def _children(table: FormTable, row: Line) -> list[Line]:
    return [one for one in table.rows if one.parent == row.number]


def _before(rows: Sequence[Line], row: Line, done: set[int]) -> list[Line]:
    """The rows above a 小计 that nothing has added up, back to the total or heading before them."""
    found: list[Line] = []
    for one in reversed(rows):
        if one.section != row.section or one.number in done or one.total_of or one.unit != row.unit:
            break
        if one.parent == row.parent:
            found.insert(0, one)
    return found


def _all_others(same: Sequence[Line], number: int) -> list[Line]:
    """What a 合计 adds up: all that stands below it where it comes first, else all above it."""
    below = [one for one in same if one.number > number]
    above = [one for one in same if one.number < number]
    return above or below


def _count_subtotals(table: FormTable, row: Line) -> None:
    """A sum of everything adds up the subtotals, not both them and their parts, and not the parts alone."""
    inner = [one for one in table.rows if one is not row and one.total_of and set(one.total_of) <= set(row.total_of)]
    if inner and row.total_of:
        parts = {number for one in inner for number in one.total_of}
        whole = (set(row.total_of) - parts) | {one.number for one in inner}
        row.total_of = tuple(sorted(whole))


def _columns_by_words(table: FormTable) -> None:
    for at, column in enumerate(table.columns):
        last = squeezed(column.name).rpartition("·")[2]
        has_formula = any((row.place, column.place) in table.formulas for row in table.rows)
        if column.total_of or has_formula or not words.TOTAL.match(last):
            continue
        group = column.name.rpartition("·")[0]
        same = [one for one in table.columns if one is not column and one.unit == column.unit]
        if group:
            same = [one for one in same if one.name.rpartition("·")[0] == group]
        elif words.SUBTOTAL.search(last):
            same = [one for one in same if one.number < at + 1]
        column.total_of = tuple(one.number for one in same) if len(same) > 1 else ()


def _parts_by_figures(page: Page, table: FormTable) -> None:
    """其中 that add up in every column where figures stand are all there is."""
    for row in table.rows:
        parts = _children(table, row)
        if row.total_of or len(parts) < 2 or any(part.unit != row.unit for part in parts):
            continue
        split_by = all(words.SPLIT_BY.match(squeezed(part.group)) for part in parts)
        if _adds_up(page, table, row, parts) or split_by:
            row.total_of = tuple(part.number for part in parts)
            if not split_by:
                row.doubts.append(_("Its parts add up in the figures of the form: it is taken for their total."))


def _sums(page: Page, table: FormTable, row: Line, parts: Sequence[Line]) -> list[bool]:
    """Of each column with figures in all of them whether they add up."""
    found = []
    for column in table.columns:
        if column.unit == "%" or row.unit == "%":
            continue
        total = page.number((row.place, column.place))
        values = [page.number((part.place, column.place)) for part in parts]
        if total and None not in values and any(values):
            found.append(abs(total - sum(value or 0 for value in values)) <= NEAR)
    return found


def _adds_up(page: Page, table: FormTable, row: Line, parts: Sequence[Line]) -> bool:
    found = _sums(page, table, row, parts)
    return bool(found) and all(found)


def _drop_what_figures_refute(page: Page, table: FormTable) -> None:
    """A 合计 without formula whose figures are no sum of what it seems to add up is told, and stays as it is."""
    for row in table.rows:
        typed = any(page.is_typed((row.place, column.place)) for column in table.columns)
        if row.total_of and typed:
            found = _sums(page, table, row, [table.row(number) for number in row.total_of])
            if found and not any(found):
                row.doubts.append(_("The figures in the form do not add up to it. Look at what it is the total of."))


def _settle_uses(table: FormTable) -> None:
    """Computed is what has a formula in each of its cells that anybody fills, a column the same in each row."""
    for column in table.columns if len(table.columns) > 1 else ():
        cells = [(row.place, column.place) for row in table.rows if not row.total_of]
        cells = [cell for cell in cells if cell not in table.blocked]
        if cells and all(cell in table.formulas for cell in cells) and (column.total_of or table.formula_of(column)):
            column.use = Use.COMPUTED
    for row in table.rows:
        cells = [(row.place, column.place) for column in table.columns if column.use is Use.ENTERED]
        known = [cell in table.formulas for cell in cells if cell not in table.blocked]
        if known and all(known):
            row.use = Use.COMPUTED
        elif any(known) and row.total_of:
            row.doubts.append(_("It has a formula in some cells only: it is entered, and checked as a total."))
