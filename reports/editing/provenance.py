"""Where a number of a report comes from: its indicator, the formula with its numbers, the cells behind it, and who
entered, signed and accepted them when."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import F

from reports.aggregation.cube import EVERYTHING, AnnualValue, Cube
from reports.chapters.annexes import change_text
from reports.editing import used_figures
from reports.editing.used_figures import ABSENT, ReportedFigure, Standing
from sectors.calculation.cells import formatted
from sectors.calculation.formulas import LAST_YEAR, NOW, Formula
from sectors.calculation.tokens import CODE, in_words
from sectors.catalogue import compiled
from sectors.models import (
    Figure,
    FigureChange,
    Indicator,
    Region,
    Submission,
    Transition,
    User,
)
from sectors.sql.regions import regions_within
from sectors.vocabulary import FigureState, Frequency, SubmissionStatus


@dataclass(frozen=True)
class Signature:
    """Somebody did something at a time; `on_behalf_of` is the head whose deputy signed."""

    by: User | None
    at: datetime.datetime
    on_behalf_of: User | None = None


@dataclass(frozen=True)
class Cell:
    """A reported figure behind a number, with the people who stand for it."""

    indicator: Indicator
    submission: Submission
    text: str
    note: str
    entered: Signature | None
    source: str
    signed: Signature | None
    accepted: Signature | None
    is_used: bool

    @property
    def is_annual(self) -> bool:
        return self.submission.period.kind == Frequency.YEAR


@dataclass(frozen=True)
class Operand:
    """What a formula reads, a year back or not."""

    indicator: Indicator
    text: str
    moment: int


@dataclass(frozen=True)
class Provenance:
    """A number as its page shows it. `value` is that of now; the report may have printed another one. `computation` is
    the formula with its numbers in place of names, where these make it: not where it is of fewer periods or regions
    than they are, or declared."""

    value: AnnualValue
    formula: str
    computation: str
    operands: tuple[Operand, ...]
    cells: tuple[Cell, ...]

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator

    @property
    def printed(self) -> str:
        return self.value.text_with_unit

    @property
    def change(self) -> str:
        return change_text(self.value)

    @property
    def unrounded(self) -> str:
        """What was rounded for printing, where that says more."""
        value = self.value.value
        if value is None:
            return ""
        exact = formatted(value, self.indicator.decimals + 4)
        shown = exact.rstrip("0").rstrip(".") if "." in exact else exact
        return "" if shown == self.value.digits or "." not in shown else shown


def read(region: Region, year: int, code: str) -> Provenance | None:
    """The evidence of an indicator's year; None for a code that the catalogue has not. A fixed number of queries."""
    catalogue = compiled.catalogue()
    rows = catalogue.by_code
    if code not in rows:
        return None
    formula = catalogue.formula(code)
    read_by_formula = formula.names if formula else frozenset()
    order = _codes(rows[code].formula)
    names = sorted((name for name in read_by_formula if name[0] in rows), key=lambda name: _place(name[0], order))
    wanted = {code, *(name for name, _back in names)}
    cube = Cube(list(regions_within(region)), (year,), [rows[name] for name in wanted], catalogue=catalogue)
    values = cube.annual(year)
    behind = [rows[name] for name in catalogue.with_inputs([code]) if name in rows]
    entered = {row.pk for row in behind if not row.is_computed}
    operands = [_operand(values[name], back) for name, back in names]
    return Provenance(
        value=values[code],
        formula=in_words(rows[code].formula, {name: row.name for name, row in rows.items()}) if formula else "",
        computation=_computation(rows[code].formula, operands) if _is_made_of(values, code, formula) else "",
        operands=tuple(operands),
        cells=tuple(_cells(_figures(region, year, entered | {rows[code].pk}), _Used(cube, region, values[code], year))),
    )


def _codes(formula: str) -> list[str]:
    return [found[0] for found in CODE.finditer(formula)]


def _place(code: str, order: Sequence[str]) -> int:
    return order.index(code) if code in order else len(order)


def _operand(value: AnnualValue, moment: int) -> Operand:
    """A year has no period before it."""
    text = {NOW: value.text_with_unit, LAST_YEAR: value.last_text_with_unit}.get(moment, "")
    return Operand(value.indicator, text, moment)


def _computation(formula: str, operands: Sequence[Operand]) -> str:
    """`117批次 ÷ 119批次`; empty where a number is missing, or one indicator stands for two moments."""
    texts = {operand.indicator.code: operand.text for operand in operands}
    whole = len(texts) == len(operands) and all(texts.values()) and set(_codes(formula)) == set(texts)
    return in_words(formula, texts) if whole and not any(operand.moment for operand in operands) else ""


def _is_made_of(values: Mapping[str, AnnualValue], code: str, formula: Formula | None) -> bool:
    """Whether the years' values that a formula names give, put together by it, what the computed year prints."""

    def in_base_units(name: str, _back: int, _in_sum: bool) -> Decimal | None:
        value, scale = values[name].value, values[name].indicator.unit.scale
        return None if value is None else value * scale

    found = (
        formula.evaluate(in_base_units) if formula and all(name in values for name, _back in formula.names) else None
    )
    own = values[code]
    return found is not None and own.digits == formatted(
        found / own.indicator.unit.scale, own.places, own.marked.rounding(own.indicator.rounding)
    )


def _figures(region: Region, year: int, indicators: Iterable[int]) -> list[Figure]:
    """Accepted ones of the year, in the order of the report."""
    return list(
        Figure.objects.filter(
            region__in=regions_within(region),
            indicator__in=list(indicators),
            submission__status=SubmissionStatus.ACCEPTED,
            submission__period__year=year,
        )
        .exclude(state=FigureState.BLANK)
        .select_related(
            "indicator__unit", "submission__sheet", "submission__period", "submission__department", "region"
        )
        .order_by(
            *("indicator__sheet__position", "indicator__table__position", "indicator__row", "indicator__column"),
            *("region__code", F("submission__period__kind"), "submission__period__number"),
        )
    )


def _cells(figures: Sequence[Figure], used: _Used) -> Iterable[Cell]:
    entered, makes = _entered(figures), used.among(figures)
    signed, accepted = (_steps(figures, status) for status in (SubmissionStatus.SIGNED, SubmissionStatus.ACCEPTED))
    for figure in figures:
        change = entered.get((figure.submission_id, figure.indicator_id))
        yield Cell(
            indicator=figure.indicator,
            submission=figure.submission,
            text=figure.cell.printed(figure.indicator.unit.name, year=figure.submission.period.year),
            note=figure.note,
            entered=Signature(change.by, change.at) if change else None,
            source=change.get_source_display() if change else "",
            signed=signed.get(figure.submission_id),
            accepted=accepted.get(figure.submission_id),
            is_used=figure.pk in makes,
        )


@dataclass(frozen=True)
class _Used:
    """Tells the figures that make a value: of the regions whose statements stand, and in them of the months that all
    the value is computed from have in common."""

    cube: Cube
    region: Region
    value: AnnualValue
    year: int

    def among(self, figures: Iterable[Figure]) -> set[int]:
        """Keys of those."""
        of_region: dict[tuple[int, str], list[Figure]] = defaultdict(list)
        for figure in figures:
            of_region[figure.region_id, figure.indicator.code].append(figure)
        if self.value.is_declared:
            code = self.value.indicator.code
            declared = of_region.get((self.region.pk, code)) or [
                figure for (_region, of), rows in of_region.items() if of == code for figure in rows
            ]
            return {figure.pk for figure in declared if figure.submission.period.kind == Frequency.YEAR}
        found: set[int] = set()
        for (region, code), rows in of_region.items():
            standing = self._standing(region)
            if standing and not rows[0].indicator.is_computed:
                found |= self._used(code, rows, standing)
        return found

    def _standing(self, region: int) -> Standing | None:
        if self.value.not_applicable:
            return ABSENT
        if self.value.value is None or region not in self._regions:
            return None
        origin = self.cube.fetched.pairs.made(self.value.indicator.code, (region,), self.year, None).origin
        return Standing(origin.months, by_annual=origin.is_annual)

    @cached_property
    def _regions(self) -> frozenset[int]:
        roots = self.cube.fetched.roots(EVERYTHING)
        return self.cube.fetched.pairs.made(self.value.indicator.code, roots, self.year, None).origin.regions

    def _used(self, code: str, rows: Iterable[Figure], standing: Standing) -> set[int]:
        figures = (ReportedFigure(row.pk, row.submission.period.key, row.value) for row in rows)
        expected = self.cube.fetched.catalogue.expected_periods(code, self.year)
        accumulation = self.cube.fetched.catalogue.by_code[code].accumulation
        return used_figures.used(figures, accumulation=accumulation, expected=expected, standing=standing)


def _entered(figures: Iterable[Figure]) -> dict[tuple[int, int], FigureChange]:
    """The latest change of each cell."""
    changes = FigureChange.objects.filter(
        submission__in={figure.submission_id for figure in figures},
        indicator__in={figure.indicator_id for figure in figures},
    )
    rows = changes.select_related("by__department").order_by("pk")
    return {(change.submission_id, change.indicator_id): change for change in rows}


def _steps(figures: Iterable[Figure], status: str) -> dict[int, Signature]:
    """The latest step of each submission to a status."""
    steps = Transition.objects.filter(submission__in={figure.submission_id for figure in figures}, new=status)
    rows = steps.select_related("by__department", "on_behalf_of").order_by("pk")
    return {step.submission_id: Signature(step.by, step.at, step.on_behalf_of) for step in rows}
