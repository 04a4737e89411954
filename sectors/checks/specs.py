"""What the checks know of the catalogue: indicators, breakdowns and rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sectors.calculation.cells import USUAL, Kind, Limits, formatted, kind_of, with_unit
from sectors.calculation.evaluation import Definition
from sectors.calculation.formulas import Comparison, Tree
from sectors.vocabulary import Accumulation, MissingFigures


@dataclass(frozen=True)
class IndicatorSpec(Definition):
    """What the checks know of an indicator, besides its scale and formula."""

    name: str = ""
    unit: str = ""
    decimals: int = 0
    exact: bool = False  # a whole count
    accumulation: str = Accumulation.FLOW
    limits: Limits = USUAL
    required: bool = False
    change_limit: int | None = None  # the largest change that is ordinary, in per cent or points; 0 for any
    is_pass_rate: bool = False
    sheet: int = 0
    table: int = 0
    row: int = 0
    column: int = 0
    row_name: str = ""
    column_name: str = ""  # empty in lists

    @property
    def is_percent(self) -> bool:
        return self.unit == "%"

    @cached_property
    def kind(self) -> Kind:
        """What may be entered for it."""
        computed = self.formula is not None
        return kind_of(unit=self.unit, decimals=self.decimals, computed=computed, limits=self.limits)

    @property
    def is_amount(self) -> bool:
        """Whether it may be added to others of its kind: neither a percentage nor a mean."""
        return not self.is_percent and self.accumulation != Accumulation.AVERAGE

    def shown(self, value: Decimal, places: int | None = None) -> str:
        """A value in the indicator's unit as a person reads it."""
        return with_unit(formatted(value, self.decimals if places is None else places), self.unit)


@dataclass(frozen=True)
class BreakdownSpec:
    """A breakdown: exhaustive parts add up to the total, others are each at most it."""

    total: str
    name: str
    exhaustive: bool
    parts: Sequence[str]


@dataclass(frozen=True)
class RuleSpec:
    """A rule of the catalogue."""

    code: str
    comparison: Comparison
    severity: str
    message: str
    missing: str = MissingFigures.SKIP_ANY


def never_negative(tree: Tree, indicators: Mapping[str, IndicatorSpec]) -> bool:
    """Whether what an expression gives cannot be below 0, since no figure that it reads is."""
    if isinstance(tree, str):
        if tree not in indicators:
            return True
        formula, least = indicators[tree].formula, indicators[tree].kind.minimum
        return never_negative(formula.tree, indicators) if formula is not None else least is not None and least >= 0
    sign, *operands = tree
    each = (never_negative(operand, indicators) for operand in operands if not isinstance(operand, int))
    return sign == "abs" or (sign not in ("-", "neg") and (any(each) if sign == "max" else all(each)))


def reads_signed(codes: Iterable[str], indicators: Mapping[str, IndicatorSpec]) -> bool:
    """Whether an entered figure that may be below 0 is among figures, or behind computed ones: then more of them is
    not always more."""
    waiting, seen = list(codes), set[str]()
    while waiting:
        code = waiting.pop()
        if code in seen or code not in indicators:
            continue
        seen.add(code)
        formula = indicators[code].formula
        if formula is not None:
            waiting += formula.codes
        elif not never_negative(code, indicators):
            return True
    return False
