"""Notes to figures put in their places: a footnote to a sentence, a lettered note under a table. Pure.

A document keeps its notes by the codes of figures; where their marks stand follows from what is printed, so that
edited, moved and hidden blocks have theirs too. Writers ask for it; a document without notes stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from string import ascii_lowercase

from reports.document.blocks import (
    Block,
    Document,
    Heading,
    NotedNumber,
    NoteMark,
    Number,
    Paragraph,
    Row,
    Run,
    Table,
    Text,
    block_key,
)
from reports.document.figures import FigureUsed, Note

MarkOf = Callable[[Note], NoteMark]


def placed(document: Document) -> Document:
    """The document with a mark behind every figure that a note is about, once in a paragraph, and with the notes of
    tables under them. A note is told once in a section."""
    if not document.notes:
        return document
    return replace(document, blocks=tuple(_Placing(document).blocks()))


def of_block(document: Document, key: str) -> tuple[Block, ...]:
    """The block with this key of a document that `placed` gave, and the notes that were put under it."""
    place = next((place for place, block in enumerate(document.blocks) if block_key(block) == key), None)
    if place is None:
        return ()
    notes = takewhile(lambda block: isinstance(block, Paragraph) and not block.key, document.blocks[place + 1 :])
    return (document.blocks[place], *notes)


def footnotes(document: Document) -> list[NoteMark]:
    """The footnotes of a document that `placed` gave, in their order."""
    paragraphs = (block for block in document.blocks if isinstance(block, Paragraph))
    return [mark for block in paragraphs for mark in marks_of(block.runs) if mark.note]


def marks_of(runs: Iterable[Run]) -> Iterator[NoteMark]:
    """The marks of a paragraph, in their order."""
    for run in runs:
        if isinstance(run, NotedNumber):
            yield from run.marks


@dataclass
class _Placing:
    document: Document
    number: int = 0
    section: dict[Note, int] = field(default_factory=dict)  # the footnotes that it has by now

    def __post_init__(self) -> None:
        self.notes: dict[str, list[Note]] = {}
        for note in self.document.notes:
            for code in note.codes:
                self.notes.setdefault(code, []).append(note)
        self.printed = {figure.code: own_texts(figure) for figure in self.document.figures if figure.code in self.notes}

    def blocks(self) -> Iterator[Block]:
        under: list[Paragraph] = []  # the last table
        for block in self.document.blocks:
            if not (isinstance(block, Paragraph) and block.style == "note"):
                yield from under
                under = []
            match block:
                case Heading():
                    self.section = {}
                    yield block
                case Paragraph(style="body"):
                    yield replace(block, runs=self._marked(block.runs, self._footnote, set()))
                case Table():
                    table, under = self._table(block)
                    yield table
                case _:
                    yield block
        yield from under

    def _table(self, table: Table) -> tuple[Table, list[Paragraph]]:
        letters: dict[Note, str] = {}

        def mark(note: Note) -> NoteMark:
            return NoteMark(letters.setdefault(note, _letter(len(letters))))

        rows = tuple(self._row(row, mark) for row in table.rows)
        under = [Paragraph((Text(f"{letter}　{note.text}"),), "note") for note, letter in letters.items()]
        return (replace(table, rows=rows) if under else table), under

    def _row(self, row: Row, mark: MarkOf) -> Row:
        return replace(row, cells=tuple(self._marked(cell, mark, set()) for cell in row.cells))

    def _footnote(self, note: Note) -> NoteMark:
        is_first = note not in self.section
        if is_first:
            self.number += 1
        number = self.section.setdefault(note, self.number)
        return NoteMark(f"[{number}]", number, note.text if is_first else "")

    def _marked(self, runs: tuple[Run, ...], mark: MarkOf, seen: set[str]) -> tuple[Run, ...]:
        found: list[Run] = []
        for run in runs:
            if isinstance(run, Number) and run.code not in seen and run.text in self.printed.get(run.code, ()):
                seen.add(run.code)
                marks = dict.fromkeys(map(mark, self.notes[run.code]))
                run = NotedNumber(run.code, run.text, tuple(sorted(marks, key=_in_order)))
            found.append(run)
        return tuple(found)


def own_texts(figure: FigureUsed) -> frozenset[str]:
    """How the year's own value is printed, unlike last year's, a change or a target of the same indicator."""
    unit = "" if figure.unit == "1" else figure.unit
    with_units = {figure.text + behind for behind in ("", unit, f"个{unit}")} if figure.text else set()  # 个百分点
    return frozenset(with_units | {figure.text_with_unit} - {""})


def _letter(place: int) -> str:
    """a to z, then aa."""
    times, letter = divmod(place, len(ascii_lowercase))
    return ascii_lowercase[letter] * (times + 1)


def _in_order(mark: NoteMark) -> tuple[int, int, str]:
    return mark.number, len(mark.text), mark.text
