"""Values of indicators: entered ones as they are, computed ones by their formulas. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sectors.calculation.formulas import NOW, PREVIOUS, TO_DATE, ZERO, Formula, Lookup, Name, compile_formula
from sectors.calculation.periods import PeriodKey
from sectors.calculation.units import Units
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation

FARTHEST = 9  # years or periods back: a formula that reads its own value of last year has to begin somewhere


def is_beyond(moment: int) -> bool:
    """Whether nothing is read there: too far back, or before a span since January, which has no period before it."""
    periods = moment % TO_DATE // PREVIOUS
    return max(moment % PREVIOUS, periods) > FARTHEST or bool(periods and moment >= TO_DATE)


def period_at(period: PeriodKey, moment: int) -> PeriodKey:
    """The period that a moment means, seen from one."""
    back = moment % PREVIOUS * PERIODS_A_YEAR[period.kind] + moment // PREVIOUS
    return PeriodKey.at(period.kind, period.ordinal - back)


@dataclass(frozen=True)
class Definition:
    """What computing needs of an indicator: the scale of its unit and its formula, if it is computed."""

    code: str
    scale: Decimal
    formula: Formula | None = None


class Entered(Protocol):
    """Values by code and moment: a mapping, or something that works them out."""

    def get(self, name: Name, /) -> Decimal | None: ...


class Absent(Protocol):
    """Which figures were reported as not applicable: a set, or something that works it out."""

    def __contains__(self, name: Name, /) -> bool: ...


class Evaluation:
    """Values of many indicators; a computed one is worked out when it is asked for, and once.

    `entered` maps (code, moment) to values in the indicator's own unit; `absent` are those reported as not
    applicable. A formula that reads itself in a circle gives a missing value; the catalogue refuses such formulas
    when they are loaded. `instead` is what a missing entered figure counts as, where a rule wants that, and with
    `declared_stands` a computed value whose parts are missing is what was declared for it. The values are `of_year` or
    of periods: formulas find no period before a year.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        entered: Entered,
        absent: Absent = frozenset(),
        *,
        instead: Decimal | None = None,
        declared_stands: bool = False,
        of_year: bool = False,
    ) -> None:
        self.definitions = definitions
        self.entered = entered
        self.absent = absent
        self.instead = instead
        self.declared_stands = declared_stands
        self.of_year = of_year
        self._known: dict[Name, Decimal | None] = {}

    def value(self, code: str, moment: int = NOW) -> Decimal | None:
        """In the indicator's own unit, unrounded; None when missing."""
        base = self.base(code, moment)
        return None if base is None else base / self.definitions[code].scale

    def base(self, code: str, moment: int = NOW, in_sum: bool = False) -> Decimal | None:
        """In base units."""
        name = (code, moment)
        if in_sum and name in self.absent:
            return ZERO
        if name in self._known:
            return self._known[name]
        definition = self.definitions.get(code)
        if definition is None or (moment and is_beyond(moment)):
            return None
        formula, found = definition.formula, None
        if formula is not None:
            self._known[name] = None  # stands while a circle is being read
            found = formula.evaluate(self._seen_from(moment) if moment or self.of_year else self.base)
        if formula is None or (found is None and self.declared_stands):
            value = self.entered.get(name)
            missing = self.instead if formula is None else None
            found = missing if value is None else value * definition.scale
        self._known[name] = found
        return found

    def _seen_from(self, moment: int) -> Lookup:
        def lookup(code: str, more: int, in_sum: bool) -> Decimal | None:
            is_before_year = self.of_year and more >= PREVIOUS
            return None if is_before_year else self.base(code, moment + more, in_sum)

        return lookup


def definitions(
    rows: Iterable[tuple[str, Decimal, str]], parts: Mapping[str, Sequence[str]], units: Units
) -> dict[str, Definition]:
    """(code, scale, formula text) -> definitions by code."""

    def compiled(text: str) -> Formula | None:
        return compile_formula(text, parts, units) if text else None

    return {code: Definition(code, scale, compiled(text)) for code, scale, text in rows}


def folded(accumulation: str, values: Sequence[Decimal]) -> Decimal:
    """Values of successive periods as one, by the indicator's accumulation."""
    if accumulation == Accumulation.FLOW:
        return sum(values, ZERO)
    return sum(values, ZERO) / len(values) if accumulation == Accumulation.AVERAGE else values[-1]
