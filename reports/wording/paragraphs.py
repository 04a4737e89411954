"""A sector's wording as the paragraphs of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.document.blocks import Gap, Number, Paragraph, Run, Text, parse_marked
from reports.wording import comparisons
from reports.wording.rendering import Figures, render
from sectors.models import Sector

# Of so many missing figures a sentence names the first ones.
NAMED_GAPS = 2


def of_sector(sector: Sector, text: str, figures: Figures) -> Iterator[Paragraph]:
    """A sector's wording as it prints. Raises WordingError."""
    for line, marked in render(text, figures, where=sector.name).items():
        runs = fold_gaps(parse_marked(marked))
        note = comparisons.note(figures.values, [run.code for run in runs if isinstance(run, Number)])
        yield Paragraph((*runs, Text(note)) if note else runs, key=f"{sector.code}/text/{line}")


def fold_gaps(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Sentences that miss every one of their figures say nothing but that: one gap stands for all in a row."""
    folded: list[Run] = []
    lacking: list[Gap] = []
    for sentence in _sentences(runs):
        gaps = [run for run in sentence if isinstance(run, Gap)]
        if gaps and not any(isinstance(run, Number) for run in sentence):
            lacking += gaps
            continue
        folded += [*_one_gap(lacking), *sentence]
        lacking = []
    return (*folded, *_one_gap(lacking))


def _sentences(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs up to and with each full stop."""
    sentence: list[Run] = []
    for run in runs:
        if not isinstance(run, Text):
            sentence.append(run)
            continue
        *whole, rest = run.text.split("。")
        for part in whole:
            yield [*sentence, Text(f"{part}。")]
            sentence = []
        if rest:
            sentence.append(Text(rest))
    if sentence:
        yield sentence


def _one_gap(gaps: Sequence[Gap]) -> list[Run]:
    labels = list(dict.fromkeys(gap.label for gap in gaps))
    if not labels:
        return []
    named = "、".join(labels[:NAMED_GAPS]) + (f"等{len(labels)}项" if len(labels) > NAMED_GAPS else "")
    return [Gap(gaps[0].code, named), Text("。")]
