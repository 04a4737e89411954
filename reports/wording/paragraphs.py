"""A sector's wording as the paragraphs of the report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from reports.aggregation.values import AnnualValue
from reports.document.blocks import Gap, MarkedRun, NotApplicable, Number, Paragraph, Run, Text, runs_text
from reports.document.marks import parse_marked
from reports.vocabulary import NOT_APPLICABLE
from reports.wording import comparisons
from reports.wording.codes import codes_by_line, codes_computed, lists_by_line
from reports.wording.rendering import Figures, render
from sectors.models import Sector

# Of so many missing figures a sentence names the first ones.
NAMED_GAPS = 2
ENDS_OF_CLAUSES = "，；：。"  # from the weakest on


def of_sector(sector: Sector, text: str, figures: Figures) -> Iterator[Paragraph]:
    """A sector's wording as it prints, each paragraph with a note where it tells of part of a year, or lists what
    is not all there. Raises WordingError."""
    rendered = render(text, figures, where=sector.name)
    named, lists, computed = codes_by_line(text), lists_by_line(text), codes_computed(text)
    for line, marked in rendered.items():
        number = int(line.partition(".")[0])
        codes = [code for code in named.get(number, ()) if code in figures.values]
        values = [figures.values[code] for code in codes]
        runs = fold_gaps(without_claims(parse_marked(marked), values), of_nothing(values))
        # A number of a row is one of the figure that is made of it.
        printed = dict.fromkeys(run.code.partition("/")[0] for run in runs if isinstance(run, Number))
        known = [code for code in codes if code not in printed]
        told = [code for code in known if code in computed or _is_in_words(figures.values[code])]
        left_out = comparisons.left_out(
            figures.values[code]
            for codes in lists.get(number, ())
            if not printed.keys().isdisjoint(codes)
            for code in codes
        )
        note = comparisons.note([figures.values[code] for code in (*printed, *told)]) + left_out
        note += comparisons.days([figures.values[code] for code in known], runs_text(runs), figures.year)
        yield Paragraph((*runs, Text(f"（{note}）")) if note else runs, key=f"{sector.code}/text/{line}")


def without_claims(runs: Sequence[MarkedRun], values: Sequence[AnnualValue]) -> Sequence[MarkedRun]:
    """The gaps alone where nothing is known of all that a paragraph is about: no figure bears out what it says."""
    gaps = [run for run in runs if isinstance(run, Gap)]
    is_known = any(value.value is not None or value.not_applicable for value in values)
    return runs if is_known or not gaps else gaps


def _is_in_words(value: AnnualValue) -> bool:
    """Whether a sentence tells it without a number: that there was none, or that it does not apply."""
    return value.not_applicable or value.value == 0


def of_nothing(values: Sequence[AnnualValue]) -> set[str]:
    """The codes of those that are 0 of 0."""
    return {value.indicator.code for value in values if value.is_of_nothing}


def without_clauses_of_nothing(sentence: Sequence[MarkedRun], codes: Collection[str]) -> list[MarkedRun]:
    """检测0批次 says all of a sentence that goes on with a rate of 0 of 0: without the clauses that tell nothing else,
    where another one tells something."""
    kept: list[list[MarkedRun]] = []
    for clause in _clauses(sentence):
        figures = [run for run in clause if not isinstance(run, Text)]
        if not figures or not all(isinstance(run, NotApplicable) and run.code in codes for run in figures):
            kept.append(clause)
        elif kept:
            kept[-1] = _ended_as(kept[-1], clause)
    found = [run for clause in kept for run in clause]
    return found if any(isinstance(run, Number | Gap) for run in found) else list(sentence)


def _clauses(sentence: Sequence[MarkedRun]) -> Iterator[list[MarkedRun]]:
    clause: list[MarkedRun] = []
    for run in sentence:
        *whole, rest = re.split(f"(?<=[{ENDS_OF_CLAUSES}])", run.text) if isinstance(run, Text) else ("",)
        for part in whole:
            yield [*clause, Text(part)]
            clause = []
        if not isinstance(run, Text):
            clause.append(run)
        elif rest:
            clause.append(Text(rest))
    if clause:
        yield clause


def _ended_as(clause: list[MarkedRun], other: Sequence[MarkedRun]) -> list[MarkedRun]:
    """With the stronger of both signs at its end."""
    *before, last = clause
    own, its = (run.text[-1:] for run in (last, other[-1]))
    is_stronger = own and its and ENDS_OF_CLAUSES.find(own) < ENDS_OF_CLAUSES.find(its)
    return [*before, Text(last.text[:-1] + its)] if is_stronger and isinstance(last, Text) else clause


def fold_gaps(runs: Sequence[MarkedRun], codes_of_nothing: Collection[str] = ()) -> tuple[Run, ...]:
    """Sentences none of whose figures is there say nothing but that: one gap, and one list of what does not apply,
    stand for all in a row. Others are told without their clauses of nothing."""
    folded: list[Run] = []
    lacking: list[Gap | NotApplicable] = []
    for sentence in sentences(runs):
        if is_silent(sentence):
            lacking += [run for run in sentence if isinstance(run, Gap | NotApplicable)]
            continue
        told = without_clauses_of_nothing(sentence, codes_of_nothing)
        folded += [*_instead(lacking), *_in_words(told)]
        lacking = []
    return (*folded, *_instead(lacking))


def is_silent(sentence: Sequence[MarkedRun]) -> bool:
    """Whether a sentence has figures of which none is there. A single one that does not apply keeps its words."""
    figures = [run for run in sentence if not isinstance(run, Text)]
    if any(isinstance(run, Number) for run in figures):
        return False
    return len(figures) > 1 or any(isinstance(run, Gap) for run in figures)


def _in_words(runs: Sequence[MarkedRun]) -> Iterator[Run]:
    """合格率不适用, not 合格率为不适用."""
    for run, behind in zip_longest(runs, runs[1:]):
        if isinstance(run, Text) and isinstance(behind, NotApplicable):
            yield Text(run.text.removesuffix("为"))
        else:
            yield Text(run.text) if isinstance(run, NotApplicable) else run


def sentences(runs: Sequence[MarkedRun]) -> Iterator[list[MarkedRun]]:
    """Runs up to and with each full stop."""
    sentence: list[MarkedRun] = []
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


def _instead(lacking: Sequence[Gap | NotApplicable]) -> list[Run]:
    gaps = [run for run in lacking if isinstance(run, Gap)]
    others = [run for run in lacking if isinstance(run, NotApplicable)]
    found: list[Run] = [Gap(gaps[0].code, _named(gaps)), Text("。")] if gaps else []
    return [*found, Text(f"{_named(others)}{NOT_APPLICABLE}。")] if others else found


def _named(runs: Sequence[Gap | NotApplicable]) -> str:
    labels = list(dict.fromkeys(run.label.replace("·", "") for run in runs))
    return "、".join(labels[:NAMED_GAPS]) + (f"等{len(labels)}项" if len(labels) > NAMED_GAPS else "")
