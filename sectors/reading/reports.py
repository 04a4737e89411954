"""A whole report read: its numbers in their sentences, each with the indicators that it may be of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, islice

from django.utils.translation import gettext as _

from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Region, Sector, Unit
from sectors.reading import assignment, headings
from sectors.reading.asides import Aside, asides_of
from sectors.reading.blocks import Block
from sectors.reading.context import Context, contexts_of
from sectors.reading.entries import Entry, entries_of
from sectors.reading.fitting import GROWTH, Fit, Fitting
from sectors.reading.mentions import Kind, Mention, Reader
from sectors.spreadsheets.container import BadFile

SURE = 2.2  # the margin above which a proposal is confirmed by default
WORDS_ENOUGH = 2.9  # what words without a number must score
MOST_NUMBERS = 2000
SHOWN = 5  # candidates of a number


@dataclass(frozen=True)
class Proposal:
    """A number, its sentence, and what it may be, best first; `is_chosen` where the best one is better than none,
    `margin` by how much it is better than all others. `number` counts the numbers of the report from 0."""

    number: int
    mention: Mention
    sector: str
    sentence: str
    at: int  # where the number begins in its sentence
    fits: Sequence[Fit]
    is_chosen: bool
    margin: float
    asides: Sequence[Aside] = ()
    misfit: Entry | None = None  # what it would be of, were its unit another
    is_contested: bool = False  # another number of the report says something else of the same indicator

    @property
    def best(self) -> Fit | None:
        return self.fits[0] if self.is_chosen else None

    @property
    def is_sure(self) -> bool:
        """Whether it is confirmed by default: a number with its unit, in a section of its sector, that fits one
        indicator far better than all others, and is said of the year."""
        mention = self.mention
        is_whole = mention.kind == Kind.NUMBER and not (mention.in_words or mention.odd_unit or mention.is_part)
        is_placed = bool(mention.unit.base and self.sector) and not (self.is_contested or self.asides)
        return self.is_chosen and is_whole and is_placed and self.margin >= SURE

    @property
    def confidence(self) -> int:
        """In per cent, from how much better the best one is; no probability."""
        return round(100 * (1 - 2 ** -max(self.margin, 0.0))) if self.is_chosen else 0


@dataclass(frozen=True)
class _Row:
    mention: Mention
    context: Context
    sector: str
    asides: Sequence[Aside]


def read(
    blocks: Sequence[Block],
    catalogue: CompiledCatalogue,
    year: int,
    known: Mapping[str, Sequence[Decimal]],
    region: Region | None = None,
) -> list[Proposal]:
    """All numbers of a report of the year, in their order. `known`: values of other years by code; `region`: the one
    that it is of. Raises BadFile."""
    reader = Reader(Unit.objects.all().spellings(), catalogue.units)
    fitting = Fitting(entries_of(catalogue, year, region), known)
    rows = list(islice(_rows(blocks, reader, catalogue, year, region), MOST_NUMBERS + 1))
    if len(rows) > MOST_NUMBERS:
        message = _("There are more than %(most)d numbers in the file: this is no report of one year.")
        raise BadFile(message % {"most": MOST_NUMBERS})
    found: list[Proposal] = []
    for _section, members in groupby(rows, key=lambda row: row.sector):
        found += _proposals(list(members), fitting, len(found))
    return _contested(found)


def _contested(proposals: Sequence[Proposal]) -> list[Proposal]:
    """With those marked whose indicator has several values in the report: one of them is of something else."""
    values: dict[str, set[Decimal]] = {}
    for proposal in proposals:
        if proposal.best and not proposal.asides:
            values.setdefault(proposal.best.entry.code, set()).add(proposal.best.value)
    several = {code for code, found in values.items() if len(found) > 1}
    return [
        replace(proposal, is_contested=bool(proposal.best and proposal.best.entry.code in several))
        for proposal in proposals
    ]


def _rows(
    blocks: Sequence[Block], reader: Reader, catalogue: CompiledCatalogue, year: int, region: Region | None
) -> Iterator[_Row]:
    reported = catalogue.sectors_of(region.pk if region else None)
    names = {code: one.name for code, one in reported.items()}
    sectors = headings.sectors_of(blocks, names, _chapters(reported))
    for block in blocks:
        mentions = reader.mentions(block.number, block.text)
        for mention, context in zip(mentions, contexts_of(block.text, mentions), strict=True):
            asides = asides_of(block.text, mention.start, year, region.name if region else "")
            yield _Row(mention, context, sectors[block.number], asides)


def _chapters(sectors: Mapping[str, Sector]) -> dict[str, str]:
    """The names of chapters with one sector, by its code: 产品质量状况 is about all that is known of products."""
    members: dict[str, list[str]] = {}
    for code, sector in sectors.items():
        members.setdefault(sector.chapter.name, []).append(code)
    return {codes[0]: name for name, codes in members.items() if len(codes) == 1}


def _asides(row: _Row, fit: Fit | None) -> Sequence[Aside]:
    """A change is what an indicator of growth asks for, and it names the time it is held against."""
    is_growth = fit is not None and bool(GROWTH.search(fit.entry.name))
    return [one for one in row.asides if not (is_growth and one in (Aside.CHANGE, Aside.TIME))]


def _proposals(rows: Sequence[_Row], fitting: Fitting, first: int) -> list[Proposal]:
    nothing = assignment.NOTHING if rows[0].sector else assignment.NOTHING_ELSEWHERE
    fits = [fitting.best(row.mention, row.context, row.sector, assignment.CANDIDATES) for row in rows]
    chosen = assignment.assigned(fits, nothing)
    found: list[Proposal] = []
    for place, row in enumerate(rows):
        ranked = assignment.ranked(fits, chosen, place)
        if row.mention.kind != Kind.NUMBER and (chosen[place] is None or ranked[0].score < WORDS_ENOUGH):
            continue  # words that are about no figure
        others = max([*(fit.score for fit in ranked[1:]), nothing])
        margin = ranked[0].score - others if ranked else 0.0
        found.append(
            Proposal(
                first + len(found),
                row.mention,
                row.sector,
                row.context.sentence,
                row.mention.start - row.context.begin,
                ranked[:SHOWN],
                chosen[place] is not None,
                margin,
                _asides(row, chosen[place]),
                None if chosen[place] else fitting.misfit(row.mention, row.context, row.sector),
            )
        )
    return found
