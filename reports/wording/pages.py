"""What the pages of wordings show: sectors with their wording, one as it would print, two versions side by side."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils import timezone

from reports.aggregation import cube, open_rows
from reports.aggregation.cube import AnnualValue
from reports.document.blocks import Paragraph
from reports.models import Wording
from reports.wording import lint, rendering
from reports.wording import paragraphs as wording_paragraphs
from reports.wording import versions as wording_versions
from reports.wording.codes import codes_named
from reports.wording.language import Fault
from reports.wording.lint import Finding
from reports.wording.rendering import Figures
from sectors.models import Indicator, Region, Sector

# A template's tags change as a whole; between them every character counts.
PIECE = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|.", re.DOTALL)
# So many pairs of lines are compared for a page, and so many pairs of pieces in all its lines.
MOST_PAIRS = 40_000


@dataclass(frozen=True)
class Trial:
    """A wording with a year's figures: its paragraphs, or what is wrong with it; which figures it does not say.

    `doubts` are what it may say in some year without its data; empty where nobody asked."""

    paragraphs: Sequence[Paragraph]
    faults: Sequence[Fault]
    unmentioned: Sequence[AnnualValue]
    doubts: Sequence[Finding] = ()

    @property
    def refused(self) -> list[Finding]:
        """What keeps the wording from being saved although it can be printed."""
        return [doubt for doubt in self.doubts if doubt.is_refused]

    @property
    def doubtful(self) -> list[Finding]:
        return [doubt for doubt in self.doubts if not doubt.is_refused]

    @property
    def wrong_lines(self) -> list[int]:
        return sorted({fault.line for fault in self.faults} | {doubt.line for doubt in self.refused})


@dataclass(frozen=True)
class SectorWording:
    """A sector in the list: the version in use (None: the catalogue's) and its trial."""

    sector: Sector
    version: Wording | None
    trial: Trial


def sectors(region: Region) -> list[Sector]:
    """Those that the region reports, in the order of the report."""
    found = Sector.objects.filter(sheets__assignments__region=region).select_related("chapter").distinct()
    return list(found)


def years(region: Region) -> list[int]:
    """Years to try a wording with, the latest first; the current one where there are no figures yet."""
    return [year for year, _demo in cube.years_with_data(region)] or [timezone.localdate().year]


def figures(region: Region, year: int) -> Figures:
    indicators = Indicator.objects.for_report(datetime.date(year, 12, 31))
    return Figures(cube.annual(region, year, indicators), year, region.name, open_rows.of_year(region, year))


def lines(region: Region, year: int) -> list[SectorWording]:
    """The number of queries does not depend on how many sectors there are."""
    with_figures = figures(region, year)
    texts, versions = wording_versions.texts(region), wording_versions.current(region)
    return [
        SectorWording(sector, versions.get(sector.pk), tried(sector, texts[sector.pk], with_figures))
        for sector in sectors(region)
    ]


def tried(sector: Sector, text: str, with_figures: Figures) -> Trial:
    faults = rendering.trial(text, with_figures, where=sector.name)
    paragraphs = [] if faults else list(wording_paragraphs.of_sector(sector, text, with_figures))
    named = codes_named(text)
    own = of_sector(sector, with_figures)
    return Trial(paragraphs, faults, [v for v in own if v.value is not None and v.indicator.code not in named])


def examined(sector: Sector, text: str, with_figures: Figures) -> Trial:
    """As `tried`, and looked at in all situations, which takes some tenths of a second."""
    indicators = {code: value.indicator for code, value in with_figures.values.items()}
    return replace(tried(sector, text, with_figures), doubts=lint.findings(text, indicators))


def of_sector(sector: Sector, with_figures: Figures) -> list[AnnualValue]:
    """The sector's own indicators, which its editor offers."""
    return [value for value in with_figures.values.values() if value.indicator.sheet.sector_id == sector.pk]


Pieces = list[tuple[str, str]]  # `same`, `gone` or `new`, and the text


@dataclass(frozen=True)
class ComparedLine:
    """A line of two versions side by side; None where a side has no such line."""

    old: Pieces | None
    new: Pieces | None
    changed: bool


def side_by_side(old: str, new: str) -> list[ComparedLine]:
    """Two wordings line by line, with what differs inside of lines that were changed."""
    before, after = old.splitlines(), new.splitlines()
    changes = _changes(before, after, MOST_PAIRS)
    changed = sum(max(len(a), len(b)) for what, a, b in changes if what != "equal")
    rows: list[ComparedLine] = []
    for what, gone, fresh in changes:
        if what == "equal":
            rows += [ComparedLine([("same", line)], [("same", line)], changed=False) for line in gone]
        else:
            rows += [_row(a, b, MOST_PAIRS // changed) for a, b in zip_longest(gone, fresh)]
    return rows


def _row(old: str | None, new: str | None, most_pairs: int) -> ComparedLine:
    if old is None or new is None:
        gone, fresh = ([(kind, line)] if line is not None else None for kind, line in (("gone", old), ("new", new)))
        return ComparedLine(gone, fresh, changed=True)
    changes = _changes(PIECE.findall(old), PIECE.findall(new), most_pairs)
    left = _pieces(("gone", before, what) for what, before, _after in changes)
    right = _pieces(("new", after, what) for what, _before, after in changes)
    return ComparedLine(left, right, changed=True)


def _changes(before: list[str], after: list[str], most_pairs: int) -> list[tuple[str, list[str], list[str]]]:
    """What became of what, `equal` or otherwise. Where more than `most_pairs` would have to be compared, all between
    the same beginning and the same end is one change: comparing takes the third power of its length."""
    start, end = _alike(before, after), 0
    if len(before) > start and len(after) > start:
        end = _alike(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) * len(new) > most_pairs:
        middle = [("replace", old, new)]
    else:
        codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        middle = [(what, old[i:j], new[k:m]) for what, i, j, k, m in codes]
    head, tail = before[:start], before[len(before) - end :]
    return [change for change in (("equal", head, head), *middle, ("equal", tail, tail)) if change[1] or change[2]]


def _alike(before: list[str], after: list[str]) -> int:
    """How many are the same from the start on."""
    pairs = zip(before, after, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))


def _pieces(parts: Iterator[tuple[str, list[str], str]]) -> Pieces:
    return [("same" if what == "equal" else kind, "".join(words)) for kind, words, what in parts if words]
