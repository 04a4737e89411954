"""What ties sentences and figures together, read from a report as it stands: sentences that lack a figure, figures that
no sentence tells, numbers that the office typed itself, and paragraphs that say the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from reports.document.blocks import Block, Gap, Number, Paragraph, Text
from reports.document.figures import FigureUsed
from reports.editing.assembly import Placed, block_runs, printed_text
from reports.editing.typed_numbers import TypedNumbers

# Paragraphs of so many characters repeat each other when so much of them is the same.
SHORTEST_REPEATED, LEAST_ALIKE = 8, 0.75


@dataclass(frozen=True)
class Sentence:
    """A paragraph of the report that wants something: names of the figures it lacks, or numbers without a source."""

    key: str
    section: str
    text: str
    wanting: tuple[str, ...]


@dataclass(frozen=True)
class Repetition:
    """Two paragraphs that say nearly the same, each with its section."""

    first: Sentence
    second: Sentence


@dataclass(frozen=True)
class UnmentionedFigures:
    """Figures of one section that stand in its table only."""

    section: str
    figures: tuple[FigureUsed, ...]


def lacking(placed: Sequence[Placed]) -> list[Sentence]:
    """Sentences that print a gap instead of a figure."""
    found = []
    for section, item in _paragraphs(placed):
        gaps = [run.label or run.code for run in block_runs(item.block) if isinstance(run, Gap)]
        if gaps:
            found.append(Sentence(item.key, section, printed_text(item.block), tuple(dict.fromkeys(gaps))))
    return found


def typed(placed: Sequence[Placed], spellings: Mapping[str, str]) -> list[Sentence]:
    """Sentences of the office with numbers that come from no figure; `spellings` are those of the units."""
    found, numbers_of = [], TypedNumbers(spellings)
    for section, item in _paragraphs(placed):
        if item.edit is None or item.edit.text is None:
            continue
        own = "|".join(run.text for run in block_runs(item.block) if isinstance(run, Text))
        numbers = [number.text for number in numbers_of.find(own)]
        if numbers:
            found.append(Sentence(item.key, section, printed_text(item.block), tuple(dict.fromkeys(numbers))))
    return found


def repeated(placed: Sequence[Placed]) -> list[Repetition]:
    """Paragraphs in people's own words that repeat another one, wherever it stands: a quarter's words in the next, or
    in another sector's. What is generated from figures says something else with every figure."""
    texts = [
        Sentence(item.key, section, printed_text(item.block), ())
        for section, item in _paragraphs(placed)
        if not _tells_figures(item.block) and len(printed_text(item.block)) >= SHORTEST_REPEATED
    ]
    return [Repetition(one, other) for one, other in combinations(texts, 2) if _are_alike(one.text, other.text)]


def _tells_figures(block: Block) -> bool:
    is_note = isinstance(block, Paragraph) and block.style == "note"
    return is_note or any(isinstance(run, Number) for run in block_runs(block))


def _are_alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The quick ones are upper bounds.
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(ratio() >= LEAST_ALIKE for ratio in ratios)


def unmentioned(placed: Sequence[Placed], figures: Sequence[FigureUsed]) -> list[UnmentionedFigures]:
    """Figures with a value that no sentence prints, by the section whose table they stand in."""
    mentioned = {
        run.code for _, item in _paragraphs(placed) for run in block_runs(item.block) if isinstance(run, Number)
    }
    homes = _homes(placed)
    groups: dict[str, list[FigureUsed]] = {}
    for figure in figures:
        if figure.value is not None and figure.code not in mentioned:
            groups.setdefault(homes.get(figure.code, ""), []).append(figure)
    return [UnmentionedFigures(section, tuple(members)) for section, members in groups.items()]


def _paragraphs(placed: Sequence[Placed]) -> Iterator[tuple[str, Placed]]:
    """What is printed, with the heading over it."""
    for section, item in with_sections(placed):
        if isinstance(item.block, Paragraph):
            yield section, item


def with_sections(placed: Sequence[Placed]) -> Iterator[tuple[str, Placed]]:
    """What is printed but headings, each block with the heading over it."""
    section = ""
    for item in placed:
        if item.hidden:
            continue
        if item.level:
            section = printed_text(item.block)
        else:
            yield section, item


def sections_of(placed: Sequence[Placed]) -> Iterator[tuple[str, str]]:
    """Each block's key with the words of the heading that it stands under; a heading's with its own."""
    section = ""
    for item in placed:
        if item.level:
            section = printed_text(item.block)
        yield item.key, section


def _homes(placed: Sequence[Placed]) -> dict[str, str]:
    """The sector whose table each figure stands in, by its heading; else the heading over the first table."""
    headings = {item.key: printed_text(item.block) for item in placed if item.level}
    homes: dict[str, str] = {}
    for section, item in with_sections(placed):
        if not isinstance(item.block, Paragraph):
            for run in block_runs(item.block):
                if isinstance(run, Number):
                    homes.setdefault(run.code, headings.get(item.key.partition("/")[0], section))
    return homes
