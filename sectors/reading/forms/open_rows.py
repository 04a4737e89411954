"""Tables to which the department adds rows: a head, rows without names or of last time's projects, a total. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sectors.calculation.cells import NOT_APPLICABLE_SPELLINGS
from sectors.reading.forms import formulas, heads, marked, open_kinds, words
from sectors.reading.forms.form import Form, FormTable, Line, Remark, Use
from sectors.reading.forms.heads import Head, Kind
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed
from sectors.vocabulary import RowTotal, ValueKind

FEWEST_WITHOUT_NAME = 2
FEWEST_HEADS = 3  # of a table below which nothing stands
COUNTED_IN = "个"
LONGEST_NAME, LONGEST_OPTION = 80, 40


@dataclass(frozen=True)
class _Block:
    """Columns of one table, `rows` without its totals; `total` is the last of these."""

    heads: list[Head]
    rows: list[int]
    total: int | None

    @property
    def name(self) -> Head:
        """The column that a row is called by."""
        found = next((head for head in self.heads if words.OPEN_NAMES.match(squeezed(head.name))), None)
        return found or next((head for head in self.heads if _is_row_head(head)), self.heads[0])


def read(page: Page, form: Form, head_rows: Sequence[int], units: Units) -> tuple[list[FormTable], int] | None:
    """The open tables under heads, and the first row behind them; None where the rows are figures of their own."""
    body, end = _body(page, head_rows)
    columns = heads.columns_of(page, head_rows, body, units)
    totals = [row for row in body if _is_total(page, row)]
    rows = [row for row in body if row not in totals]
    blocks = [_Block(own, rows, totals[-1] if totals else None) for own in _blocks(columns)]
    if not blocks or not (marked.open_table_at(page, head_rows[0]) or all(_is_open(page, block) for block in blocks)):
        return None
    return [_table(page, form, head_rows, block, units) for block in blocks], end


def _blocks(columns: Sequence[Head]) -> list[list[Head]]:
    """The columns of each table; those that stand side by side begin with the numbers of their rows."""
    found: list[list[Head]] = [[]]
    several = sum(head.kind is Kind.NUMBER for head in columns) > 1
    for head in columns:
        if head.kind is Kind.NUMBER:
            found += [[]] if several else []
        elif head.texts:
            found[-1].append(head)
    names = [[squeezed("·".join(head.texts)) for head in own] for own in found]
    return [own for own in found if own] if all(len(set(own)) == len(own) for own in names) else []


def _is_total(page: Page, row: int) -> bool:
    return any(words.TOTAL.match(squeezed(text)) for _area, text in page.starting(row)[:2])


def _body(page: Page, head_rows: Sequence[int]) -> tuple[list[int], int]:
    """The rows below heads, blank ones among them too, and the first that is none of them."""
    shown = [row for row in page.rows if row > head_rows[-1]]
    if code := marked.open_table_at(page, head_rows[0]):
        found = [row for row in shown if marked.is_row_of(page, row, code)]
        return found, (found[-1] if found else head_rows[-1]) + 1
    head = [squeezed(text) for _area, text in page.starting(head_rows[0])]
    rows: list[int] = []
    blank: list[int] = []
    for row in shown:
        texts = page.starting(row)
        if not texts:
            blank.append(row)
            continue
        if [squeezed(text) for _area, text in texts] == head:  # once more on the next printed page
            continue
        following = next((one for one in shown if one > row and page.starting(one)), None)
        if _ends(page, row, following, has_rows=bool(rows or blank)):
            return rows, row
        rows += [*blank, row]
        blank = []
        if _is_total(page, row) and len(rows) > 1:
            return rows, row + 1
    return rows + blank, (shown[-1] if shown else head_rows[-1]) + 1


def _ends(page: Page, row: int, following: int | None, *, has_rows: bool) -> bool:
    texts = page.starting(row)
    first = squeezed(texts[0][1])
    if words.FOOT.match(first) or any(words.FACT.match(squeezed(text)) for _area, text in texts):
        return True
    if len(texts) > 1:
        return _begins(page, row)
    if page.is_number(texts[0][0].first) or words.TOTAL.match(first) or words.MORE.match(first):
        return False
    is_wide = page.width(texts[0][0]) * 2 > len(page.columns)
    is_caption = following is not None and _begins(page, following)
    return is_wide or is_caption or (has_rows and len(first) > heads.FEW_WORDS)


def _begins(page: Page, row: int) -> bool:
    """Whether the heads of another table begin in a row of what could be this one."""
    first = squeezed(page.starting(row)[0][1])
    is_head = words.ROW_HEADS.match(first) or words.NUMBERS.match(first) or words.OPEN_NAMES.match(first)
    return bool(is_head) and heads.begins(page, row)


def _is_row_head(head: Head) -> bool:
    return bool(words.ROW_HEADS.match(squeezed(head.name)))


def _is_open(page: Page, block: _Block) -> bool:
    """Rows that have no names, or names of projects beside columns of words such as 建设单位; or none, below heads of
    which one says what a row is called."""
    if any(head.kind is Kind.TIME for head in block.heads):
        return False
    names = [head for head in block.heads if head.kind is Kind.ROW_HEAD] or [block.name]
    texts = {row: [text for head in names if (text := squeezed(page.text((row, head.place))))] for row in block.rows}
    without = [row for row, own in texts.items() if all(words.MORE.match(text) for text in own)]
    is_named = bool(words.OPEN_NAMES.match(squeezed(block.name.name)))
    if len(without) == len(block.rows):
        enough = len(without) >= FEWEST_WITHOUT_NAME
        has_name = is_named or _is_row_head(block.name)
        return len(block.heads) > 1 and (enough or (has_name and len(block.heads) >= FEWEST_HEADS))
    has_words = any(words.OF_WORDS.search(squeezed(head.name)) for head in block.heads if not head.unit)
    return is_named and has_words


def _table(page: Page, form: Form, head_rows: Sequence[int], block: _Block, units: Units) -> FormTable:
    columns = [_column(page, number, head, block, units) for number, head in enumerate(block.heads, start=1)]
    title = next((column for column in columns if column.place == block.name.place), columns[0])
    title.required = True
    _read_row_formulas(page, form, block, columns)
    own = Line(1, block.total if block.total is not None else head_rows[-1], "")
    table = FormTable(0, "", range(head_rows[0], head_rows[-1] + 1), [own], [], has_only_columns=True)
    table.open_columns, table.open_places, table.row_heads = columns, block.rows, title.place
    table.columns.append(_count(title))
    has_units = any(head.kind is Kind.UNIT for head in block.heads)
    for column in columns:
        if column.kind == ValueKind.NUMBER and (figure := _figure(page, form, table, column, has_units=has_units)):
            table.columns.append(figure)
    for number, figure in enumerate(table.columns, start=1):
        figure.number = number
    _say_what_is_open(form, head_rows[0], title, table)
    return table


def _column(page: Page, number: int, head: Head, block: _Block, units: Units) -> Line:
    name, listed = open_kinds.options_in(head.name or "·".join(head.texts))
    cells = [(row, head.place) for row in block.rows]
    column = Line(number, head.place, name[:LONGEST_NAME], head.unit, required=head.required)
    offered = next((own for cell in cells if (own := page.structure.choices_at(cell))), ()) or listed
    column.options = tuple(
        dict.fromkeys(word[:LONGEST_OPTION] for word in offered if word not in NOT_APPLICABLE_SPELLINGS)
    )
    open_kinds.settle(page, column, cells, is_named=head.place == block.name.place, units=units)
    return column


def _count(title: Line) -> Line:
    """How many rows there are: without any the department says 0."""
    of = re.sub(r"(?:全称|名称)$", "", title.name.rpartition("·")[2]) or title.name
    name = of if of.endswith("数") else f"{of}数"
    return Line(0, title.place, name, COUNTED_IN, required=True, of_rows=RowTotal.COUNT, use=Use.COMPUTED, code="count")


def _figure(page: Page, form: Form, table: FormTable, column: Line, *, has_units: bool) -> Line | None:
    """What a column of numbers comes to: by the formula of the total row, else its sum, where it adds up at all."""
    place = (table.rows[0].place, column.place)
    written = page.structure.formulas.get(place, "") if table.open_places else ""
    found = Line(0, column.place, column.name, column.unit, code=f"c{column.number}")
    how = formulas.over_range(written)
    if how in (RowTotal.SUM, RowTotal.MAX):
        return _made_of_rows(found, column, how)
    if how == RowTotal.COUNT:
        return None
    if written:
        try:
            node = formulas.read(written)
        except formulas.NotUnderstood:
            text = _("The formula =%(formula)s is not understood: the cell is entered. Write a check for it.")
            form.remarks.append(Remark(place, text % {"formula": written[:60]}))
            return found
        if all(row == place[0] for row, _column in formulas.cells(node)):
            table.formulas[place] = node
            return found
    is_typed = table.rows[0].place not in table.heads and page.is_typed(place)
    if not words.ADDS_UP_TO_NOTHING.search(squeezed(column.name)) and column.unit != "%" and not has_units:
        return _made_of_rows(found, column, RowTotal.SUM)
    if not is_typed:
        text = _("“%(name)s” is asked for in each row, and of no total: it adds up to nothing.")
        form.remarks.append(Remark((table.heads[-1], column.place), text % {"name": column.name}))
        return None
    return found


def _made_of_rows(figure: Line, column: Line, how: str) -> Line:
    figure.of_rows, figure.of_column, figure.use = how, column.number, Use.COMPUTED
    return figure


def _read_row_formulas(page: Page, form: Form, block: _Block, columns: Sequence[Line]) -> None:
    for column in columns:
        row = next((row for row in block.rows if (row, column.place) in page.structure.formulas), None)
        if row is not None:
            text = _("“%(name)s” has a formula in each row: in rows that the department adds it is typed.")
            form.remarks.append(Remark((row, column.place), text % {"name": column.name}))


def _say_what_is_open(form: Form, row: int, title: Line, table: FormTable) -> None:
    text = _(
        "The department adds rows here, one for each “%(name)s”: they become an open table, and its figures "
        "(%(figures)s) are made of the rows."
    )
    named = _(", ").join(figure.name for figure in table.columns if figure.of_rows)
    form.remarks.append(Remark((row, title.place), text % {"name": title.name, "figures": named}))
