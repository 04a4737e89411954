"""What does not hold in a report: sums, shares, changes, one figure told twice, units, year and county."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.calculation.cells import Cell, parse
from sectors.calculation.numerals import BadNumber
from sectors.calculation.periods import PeriodKey
from sectors.calculation.qualifiers import written
from sectors.checks import gathering
from sectors.checks.reported import Inexact, Point
from sectors.models import Indicator, Region
from sectors.reading.blocks import Block
from sectors.reading.entries import Entry
from sectors.reading.fitting import value_in
from sectors.reading.mentions import Mention
from sectors.reading.reports import SURE, Proposal
from sectors.sql.figures import FigureRow, figure_rows
from sectors.vocabulary import FigureState, Frequency, Severity

TITLE_BLOCKS = 8
YEARS_BACK = 3
CLEAR = 0.5  # the margin from which a number is held against others
_YEAR = re.compile(r"((?:19|20)\d{2}|[二][〇零○][〇零○一二三四五六七八九]{2})年")
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:自治[县州旗]|地区|[县市区旗州盟])(?=[\d二〇]{0,4}年?|质量)")
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


@dataclass(frozen=True)
class Told:
    """A figure as the report tells it: which number of the report says so, and what would stand in its cell;
    `is_certain` where nobody needs to ask whether the number is of this indicator."""

    proposal: Proposal
    indicator: Indicator
    cell: Cell
    is_certain: bool


@dataclass(frozen=True)
class Remark:
    """What does not hold, in words; `numbers` are those of the report that it is about."""

    severity: Severity
    text: str
    numbers: Sequence[int] = ()


def typed(mention: Mention, entry: Entry) -> str:
    """The number as a person would type it into the indicator's cell, in its unit."""
    value = value_in(mention, entry)
    number = f"{value:.{mention.places}f}" if value == mention.value else f"{value.normalize():f}"
    text = written(number, mention.qualifier)
    return f"{text}（截至{mention.as_of}）" if mention.as_of else text


def told_by(proposal: Proposal, entry: Entry, indicator: Indicator, year: int, *, is_confirmed: bool = False) -> Told:
    """Raises BadNumber for what cannot stand in the indicator's cell."""
    cell = parse(
        typed(proposal.mention, entry),
        unit=indicator.unit.name,
        also=indicator.unit.also,
        decimals=indicator.decimals,
        computed=indicator.is_computed,
        limits=indicator.limits,
        last_day=PeriodKey.whole(year).last_day,
    )
    return Told(proposal, indicator, cell, is_confirmed or proposal.is_sure)


def clear(proposals: Iterable[Proposal], indicators: Mapping[str, Indicator], year: int) -> Iterator[Told]:
    """What the report tells clearly enough to be held against the rest of it, each indicator as it is told first."""
    seen: set[str] = set()
    for proposal in proposals:
        best = proposal.best
        if best is None or proposal.asides or proposal.margin < CLEAR or best.entry.code in seen:
            continue
        seen.add(best.entry.code)
        try:
            yield told_by(proposal, best.entry, indicators[best.entry.code], year)
        except BadNumber:
            continue


def remarks(
    blocks: Sequence[Block],
    proposals: Sequence[Proposal],
    told: Iterable[Told],
    region: Region,
    year: int,
    known: Iterable[FigureRow],
) -> list[Remark]:
    """All that does not hold; `told` are the figures that are held against one another, and against what is `known` of
    the year and the one before."""
    told = list(told)
    known = [] if is_of_another(blocks, region, year) else list(known)
    return [
        *_heading(blocks, region, year),
        *_twice(proposals),
        *_units(proposals),
        *_stored(told, known, year),
        *_checks(told, known, region, year),
    ]


def year_told(blocks: Sequence[Block]) -> int | None:
    """The year that the report is of by its top, the first one that it names."""
    return next(iter(_years_in(" ".join(block.text for block in blocks[:TITLE_BLOCKS]))), None)


def _years_in(text: str) -> list[int]:
    return [int(found.translate(_DIGITS)) for found in _YEAR.findall(text)]


def is_of_another(blocks: Sequence[Block], region: Region, year: int) -> bool:
    """Whether its top says that it is of another year or region: then no figure is clear."""
    return any(remark.severity == Severity.ERROR for remark in _heading(blocks, region, year))


def _heading(blocks: Sequence[Block], region: Region, year: int) -> Iterator[Remark]:
    """Another year or county at the top."""
    title = " ".join(block.text for block in blocks[:TITLE_BLOCKS])
    years = _years_in(title)
    if years and year not in years:
        message = _("At its top the report is of %(told)d, and it is read as one of %(year)d. Choose the year again.")
        yield Remark(Severity.ERROR, message % {"told": years[0], "year": year})
    elif not years:
        yield Remark(Severity.HINT, _("The top of the report names no year. Look whether it is the right report."))
    places = [found for found in _PLACE.findall(title) if not region.name.endswith(found)]
    if region.name not in title and places:
        message = _("At its top the report is of %(told)s, and not of %(region)s. Look whether it is the right report.")
        yield Remark(Severity.ERROR, message % {"told": places[0], "region": region.name})


def _twice(proposals: Iterable[Proposal]) -> Iterator[Remark]:
    """One figure with several values."""
    several: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        if proposal.best and proposal.is_contested and not proposal.asides and proposal.margin >= CLEAR:
            several.setdefault(proposal.best.entry.code, []).append(proposal)
    for found in several.values():
        values = dict.fromkeys(proposal.mention.text for proposal in found)
        if len({proposal.best.value for proposal in found if proposal.best}) > 1 and found[0].best:
            message = _("“%(name)s” is told with different values: %(values)s. Keep one, or say what each is of.")
            what = {"name": found[0].best.entry.name, "values": "、".join(values)}
            is_certain = all(proposal.margin >= SURE for proposal in found)
            numbers = [proposal.number for proposal in found]
            yield _remark(Severity.WARNING, message % what, numbers, is_certain=is_certain)


def _remark(severity: Severity, text: str, numbers: Sequence[int], *, is_certain: bool) -> Remark:
    """What does not hold between numbers: a hint where one of them may be of something else than it was taken for."""
    if is_certain:
        return Remark(severity, text, numbers)
    return Remark(
        Severity.HINT, _("If the numbers were taken for the right figures: %(text)s") % {"text": text}, numbers
    )


def _units(proposals: Iterable[Proposal]) -> Iterator[Remark]:
    for proposal in proposals:
        mention = proposal.mention
        if mention.odd_unit and proposal.best:
            message = _("“%(text)s”: “%(odd)s” is no unit; %(name)s is given in %(unit)s.")
            what = {"text": mention.text, "odd": mention.odd_unit}
            what |= {"name": proposal.best.entry.name, "unit": proposal.best.entry.unit}
            yield Remark(Severity.WARNING, message % what, [proposal.number])
        elif proposal.misfit:
            message = _("“%(text)s”: %(name)s is given in %(unit)s, which this unit does not fit.")
            what = {"text": mention.text, "name": proposal.misfit.name, "unit": proposal.misfit.unit}
            yield Remark(Severity.WARNING, message % what, [proposal.number])


def _stored(told: Iterable[Told], known: Iterable[FigureRow], year: int) -> Iterator[Remark]:
    """Other values than those that stand in the system for the whole year."""
    there = {row[0]: row for row in known if row[2] == year}
    for one in told:
        row = there.get(one.indicator.pk)
        if row is None or row[4] is None or (row[4], row[6]) == (one.cell.value, one.cell.qualifier):
            continue
        stored = Cell(FigureState.NUMBER, row[4], row[5], row[6], row[7])
        what = {"name": one.indicator.name, "told": one.cell.text, "stored": stored.text}
        message = _("“%(name)s” is %(told)s in the report and %(stored)s in the system.")
        yield _remark(Severity.WARNING, message % what, [one.proposal.number], is_certain=one.is_certain)


def _checks(told: Sequence[Told], known: Iterable[FigureRow], region: Region, year: int) -> Iterator[Remark]:
    """What the checks of the catalogue find: sums and parts, shares and rates, rules, changes against the last year."""
    points: dict[str, dict[int, Point]] = {}
    inexact: dict[str, dict[int, Inexact]] = {}
    by_code: dict[str, Told] = {}
    for one in told:
        code, cell = one.indicator.code, one.cell
        points[code] = {year: (cell.value, cell.places)}
        by_code[code] = one
        if cell.qualifier:
            inexact[code] = {year: Inexact.of_cell(cell, one.indicator.kind)}
    codes = {one.indicator.pk: one.indicator.code for one in told}
    for key, _kind, of_year, _number, value, places, _qualifier, _day in known:
        if of_year == year - 1 and key in codes:
            points[codes[key]][of_year] = (value, places)
    for finding in gathering.of_points(region, points, year, {}, inexact):
        found = [by_code[code] for code in finding.indicators if code in by_code]
        if found:
            text, numbers = finding.statement.worded(repairs=False), [one.proposal.number for one in found]
            is_certain = all(one.is_certain for one in found)
            yield _remark(Severity(finding.severity), text, numbers, is_certain=is_certain)


def whole_years(region: Region, year: int) -> list[FigureRow]:
    """The figures of whole years that are accepted, of the year, some before it and the one after it. One query."""
    rows = figure_rows(region.pk, (year - YEARS_BACK, year + 1), accepted=True)
    return [row for row in rows if row[1] == Frequency.YEAR]


def other_years(rows: Iterable[FigureRow], codes: Mapping[int, str], year: int) -> dict[str, list[Decimal]]:
    """Values by code of all years but the one that is read."""
    found: dict[str, list[Decimal]] = {}
    for key, _kind, of_year, _number, value, *_more in rows:
        if of_year != year and value is not None:
            found.setdefault(codes[key], []).append(value)
    return found
