"""Figures that were confirmed in a written report, on their way into the history of its year: all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.calculation.numerals import BadNumber
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Region, User
from sectors.reading.entries import entries_of
from sectors.reading.proofreading import Told, told_by, typed
from sectors.reading.reports import Proposal
from sectors.sql.dry_runs import undone
from sectors.transfer.figure_files import Loaded, import_figures
from sectors.transfer.history import HistoryFileError

LONGEST_NOTE = 200


class ChangedSince(Exception):
    """What would be stored is no longer what the preview showed."""


@dataclass(frozen=True)
class Figure:
    """A confirmed figure; `place` says where it stands in the report."""

    told: Told
    text: str
    place: str
    source: str

    @property
    def columns(self) -> list[str]:
        """Value, declared value and note, as a file of past years has them."""
        return [*(("", self.text) if self.told.indicator.is_computed else (self.text, "")), self.source]


@dataclass(frozen=True)
class Preview:
    """What storing would do: figures, lines of what is another now, and why it cannot be done at all."""

    figures: Sequence[Figure]
    replaced: Sequence[str]
    problems: Sequence[str]

    @property
    def digest(self) -> str:
        rows = ["\t".join((figure.told.indicator.code, *figure.columns)) for figure in self.figures]
        return hashlib.sha256("\n".join([*rows, *self.replaced]).encode()).hexdigest()


def confirmed(
    proposals: Sequence[Proposal],
    chosen: Iterable[tuple[int, str]],
    catalogue: CompiledCatalogue,
    year: int,
    region: Region | None = None,
) -> tuple[list[Figure], list[str]]:
    """Figures of pairs of a number of the report and the code of an indicator, and what is wrong with the others. One
    that the report tells again with the same value counts once; unknown numbers and codes are left out."""
    entries = {entry.code: entry for entry in entries_of(catalogue, year, region)}
    figures: dict[str, Figure] = {}
    problems: list[str] = []
    for number, code in chosen:
        if not 0 <= number < len(proposals) or code not in entries:
            continue
        proposal = proposals[number]
        place = _("paragraph %(number)d, “%(text)s”") % {
            "number": proposal.mention.block,
            "text": proposal.mention.text,
        }
        try:
            told = told_by(proposal, entries[code], catalogue.by_code[code], year, is_confirmed=True)
        except BadNumber as error:
            problems.append(f"{place}: {catalogue.by_code[code].name}: {error}")
            continue
        before = figures.get(code)
        if before is None:
            source = _source(proposal)
            figures[code] = Figure(told, typed(proposal.mention, entries[code]), place, source)
        elif before.told.cell != told.cell:
            message = _("%(name)s is confirmed already at %(place)s, with another value. Confirm one of them.")
            problems.append(f"{place}: " + message % {"name": told.indicator.name, "place": before.place})
    return list(figures.values()), problems


def _source(proposal: Proposal) -> str:
    """The words of the report around the number, as much of them as a note holds."""
    head = _("Report, paragraph %(number)d: ") % {"number": proposal.mention.block}
    room = LONGEST_NOTE - len(head)
    start = max(0, min(proposal.at - room // 2, len(proposal.sentence) - room))
    return head + proposal.sentence[start : start + room]


def preview(figures: Sequence[Figure], problems: Sequence[str], *, region: Region, year: int, by: User) -> Preview:
    """What storing would do; nothing is changed."""
    if problems or not figures:
        return Preview(figures, [], problems or [_("No figure is confirmed yet. Confirm one at least.")])
    try:
        with undone(True):
            loaded = _import(figures, region, year, by)
    except HistoryFileError as error:
        return Preview(figures, [], error.problems)
    return Preview(figures, loaded.replaced, [])


def store(figures: Sequence[Figure], digest: str, *, region: Region, year: int, by: User, name: str) -> Loaded:
    """Store what the preview of this digest showed. Raises HistoryFileError, ChangedSince: then nothing has changed."""
    with undone(False):
        loaded = _import(figures, region, year, by)
        if Preview(figures, loaded.replaced, []).digest != digest:
            raise ChangedSince
        record.write(EventKind.FIGURES, region, name=name, by=by, region=region.pk, year=year, figures=loaded.figures)
    return loaded


def _import(figures: Sequence[Figure], region: Region, year: int, by: User) -> Loaded:
    rows = [(figure.place, [figure.told.indicator.code, str(year), *figure.columns]) for figure in figures]
    return import_figures(rows=rows, region=region, year=year, by=by, replace=True)
