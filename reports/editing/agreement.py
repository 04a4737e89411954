"""Whether a finished report agrees with itself: the same fact told twice, sums, shares and decimals of one list, and
what the registry counts against what the sheets say. It reads the text as it is printed, whoever wrote it. Pure.

What does not agree is mended in the text, or answered before the report is issued (`reports.editing.answers`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from django.utils.translation import gettext as _

from reports.document import footnotes
from reports.document.blocks import Chart, Document, Number, Paragraph, Text
from reports.document.figures import FigureUsed
from reports.editing import figure_tokens, lists
from reports.editing.assembly import Placed, block_runs, paragraph_runs, printed_text
from reports.editing.source_check import with_sections
from reports.editing.typed_numbers import TypedNumber, TypedNumbers

# The keys under which chapter 二 prints the notices that the registry counts, by sector.
NOTICES = "registry.notices."
# A shorter name is part of too many words.
_SHORTEST_NAME = 3
# Between what a number is of and the number.
_LINK = r"(?:数量?|共有?|总?计|合计|达到?|约?为|是|有|了|约|：|:|\s){0,3}"
# Of another time than the report's year.
_OTHER_TIME = re.compile("上年|去年|同期|季度|上半年|下半年|\\d{1,2}月|以来")
_CLAUSE_ENDS = "，。；：、！？（）\n"


class Kind(StrEnum):
    """What does not agree."""

    NOTED = "noted"  # what the checks found, and the department did not explain
    TWICE = "twice"  # one fact with two numbers
    REGISTRY = "registry"  # the registry counts otherwise than the sheets say
    LIST = "list"  # see `lists`


@dataclass(frozen=True)
class Contradiction:
    """What does not agree, in the block with this key. `seen`: the numbers and words that it is about, whatever the
    language of the reader; an answer is about these only."""

    kind: Kind
    key: str
    section: str
    text: str
    seen: tuple[str, ...]

    @property
    def mark(self) -> str:
        content = json.dumps([self.kind, self.key, *self.seen], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Finished:
    """A report as it would be printed. `spellings` are those of the units; `counted` the figures of the sheets that
    tell how many rectification notices there were, by the code of their sector."""

    document: Document
    placed: Sequence[Placed]
    spellings: Mapping[str, str]
    counted: Mapping[str, Sequence[str]]

    @cached_property
    def figures(self) -> dict[str, FigureUsed]:
        return {figure.code: figure for figure in self.document.figures}

    @cached_property
    def blocks(self) -> list[tuple[str, Placed]]:
        """What prints numbers, each with the heading over it; not the list of annexes."""
        return [
            (section, item)
            for section, item in with_sections(self.placed)
            if not (isinstance(item.block, Paragraph) and item.block.style in ("annex", "right"))
        ]

    @cached_property
    def numbers(self) -> TypedNumbers:
        return TypedNumbers(self.spellings)


def found(report: Finished) -> list[Contradiction]:
    """In the order of the report; the same once in a block."""
    every = (*_noted(report), *_twice(report), *_by_registry(report), *_in_lists(report))
    place = {item.key: number for number, (_section, item) in enumerate(report.blocks)}
    return sorted({one.mark: one for one in every}.values(), key=lambda one: place[one.key])


def _noted(report: Finished) -> Iterator[Contradiction]:
    """Notes of the report that only say that there is no explanation, where the first of their marks stands."""
    waiting = [note for note in report.document.notes if not note.explained]
    printed = {code: footnotes.own_texts(figure) for code, figure in report.figures.items()}
    for section, item in report.blocks:
        if isinstance(item.block, Chart):
            continue
        numbers = [run for run in block_runs(item.block) if isinstance(run, Number)]
        codes = {run.code for run in numbers if run.text in printed.get(run.code, ())}
        for note in [note for note in waiting if codes.intersection(note.codes)]:
            waiting.remove(note)
            yield Contradiction(Kind.NOTED, item.key, section, note.text, (note.text,))


def _twice(report: Finished) -> Iterator[Contradiction]:
    yield from _printed_otherwise(report)
    for section, item in report.blocks:
        if isinstance(item.block, Paragraph) and item.block.style == "body":
            yield from _typed_otherwise(report, section, item)


def _printed_otherwise(report: Finished) -> Iterator[Contradiction]:
    """Figures in the office's words that the report prints otherwise by now, and what the registry counts with two
    numbers."""
    counted: dict[str, str] = {}
    for section, item in report.blocks:
        generated = {(run.code, run.text) for run in block_runs(item.generated) if isinstance(run, Number)}
        for run in (run for run in block_runs(item.block) if isinstance(run, Number)):
            if "/" in run.code:  # of an open row: with its unit or without, and taken over it has another every period
                continue
            figure = report.figures.get(run.code)
            if figure is None:
                there, name = counted.setdefault(run.code, run.text), run.code
            elif item.has_own_words and (run.code, run.text) not in generated:
                forms = figure_tokens.forms(figure)
                there = run.text if run.text in forms.values() else forms.get(figure_tokens.WITH_UNIT, "")
                name = figure.name
            else:
                continue
            if there and there != run.text:
                yield _two_numbers(section, item, name, run.text, there)


def _typed_otherwise(report: Finished, section: str, item: Placed) -> Iterator[Contradiction]:
    """Numbers in words, by hand or by a department, that stand behind the name of a figure, or where the report prints
    one, and are another."""
    text = "".join(run.text if isinstance(run, Text) else "\0" * len(run.text) for run in paragraph_runs(item.block))
    typed = {number.start: number for number in report.numbers.find(text)}
    if not typed:
        return
    for figure, words in _named(report, item):
        if words not in text:
            continue
        for match in re.finditer(re.escape(words) + _LINK, text):
            number = typed.get(match.end())
            if number is None or figure.value is None or _is_other(number, figure):
                continue
            if _OTHER_TIME.search(_clause(text, match.start())) or number.agrees_with(figure.value):
                continue
            there = figure_tokens.forms(figure)[figure_tokens.WITH_UNIT]
            yield _two_numbers(section, item, figure.name, number.text, there)


def _named(report: Finished, item: Placed) -> Iterator[tuple[FigureUsed, str]]:
    """Each figure with the words that a number of it may stand behind: its name, and those before it in the generated
    sentence."""
    for figure in report.figures.values():
        name = figure.name.replace("·", "")
        if len(name) >= _SHORTEST_NAME:
            yield figure, name
    before = ""
    for run in paragraph_runs(item.generated) if item.has_own_words else ():
        of = report.figures.get(run.code) if isinstance(run, Number) else None
        words = re.split(f"[{_CLAUSE_ENDS}]", before)[-1]
        if of is not None and len(words) > 1 and run.text in footnotes.own_texts(of):
            yield of, words
        before = run.text if isinstance(run, Text) else ""


def _is_other(number: TypedNumber, figure: FigureUsed) -> bool:
    """Whether it is in another unit, or the change of a figure."""
    return number.unit != figure.unit or number.agrees_with(abs(figure.change or Decimal(-1)))


def _clause(text: str, place: int) -> str:
    """The sentence up to a place in it."""
    start = max(text.rfind(end, 0, place) for end in "。；！？\n") + 1
    return text[start:place]


def _two_numbers(section: str, item: Placed, name: str, here: str, there: str) -> Contradiction:
    text = _("%(name)s: %(here)s stands here, %(there)s elsewhere in the report.")
    said = text % {"name": name, "here": here, "there": there}
    return Contradiction(Kind.TWICE, item.key, section, said, (name, here, there))


def _by_registry(report: Finished) -> Iterator[Contradiction]:
    """Notices of a sector: those of the registry, of which chapter 二 tells, and those of its sheets."""
    for section, item in report.blocks:
        for run in block_runs(item.block):
            sector = run.code.removeprefix(NOTICES) if isinstance(run, Number) else ""
            figures = [report.figures[code] for code in report.counted.get(sector, ()) if code in report.figures]
            stated = [figure.value for figure in figures if figure.value is not None]
            if not stated:
                continue
            registry, sheets = re.sub(r"\D", "", run.text), f"{sum(stated, Decimal(0)).normalize():f}"
            if registry != sheets:
                names = "、".join(figure.name for figure in figures)
                text = _(
                    "The registry has %(registry)s rectification notices, the sheets say %(sheets)s (%(names)s): name "
                    "source, period and scope of both, or mend what is wrong."
                )
                said = text % {"registry": registry, "sheets": sheets, "names": names}
                yield Contradiction(Kind.REGISTRY, item.key, section, said, (names, registry, sheets))


def _in_lists(report: Finished) -> Iterator[Contradiction]:
    """Sums, shares and decimals in sentences. A whole to which a note stands already is left to it."""
    noted = {code for note in report.document.notes for code in note.codes}
    for section, item in report.blocks:
        if not isinstance(item.block, Paragraph) or item.block.style != "body":
            continue
        wholes = {run.text for run in item.block.runs if isinstance(run, Number) and run.code in noted}
        for fault in lists.faults(printed_text(item.block), report.numbers):
            if fault.whole in wholes:
                continue
            yield Contradiction(Kind.LIST, item.key, section, fault.text, fault.seen)
