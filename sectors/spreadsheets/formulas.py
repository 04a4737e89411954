"""An indicator's formula as a spreadsheet formula, where all that it reads stands in the same worksheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import cast

from sectors.calculation.cells import NOT_APPLICABLE_SPELLINGS
from sectors.calculation.evaluation import Definition
from sectors.entry.grid import GridCell
from sectors.spreadsheets.positions import Position, address

NOT_APPLICABLE = "{" + ",".join(f'"{spelling}"' for spelling in NOT_APPLICABLE_SPELLINGS) + "}"
MAX_LENGTH = 8000  # a spreadsheet takes 8,192 characters
MAX_NAMES = 250  # and 255 arguments of a function


@dataclass
class _Cells:
    """Cells that a formula reads: those that must hold a number, and parts of a sum, which may be n/a."""

    numbers: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)


class _Term:
    """Stands for a number while a compiled formula is evaluated, and writes down what is done to it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _with(self, sign: str, other: object, *, swapped: bool = False) -> _Term:
        text = f"{other.normalize():f}" if isinstance(other, Decimal) else cast(_Term, other).text
        left, right = (text, self.text) if swapped else (self.text, text)
        return _Term(f"({left}{sign}{right})")

    def __add__(self, other: object) -> _Term:
        return self._with("+", other)

    def __radd__(self, other: object) -> _Term:
        return self if other == 0 else self._with("+", other, swapped=True)

    def __sub__(self, other: object) -> _Term:
        return self._with("-", other)

    def __rsub__(self, other: object) -> _Term:
        return self._with("-", other, swapped=True)

    def __mul__(self, other: object) -> _Term:
        return self if other == 1 else self._with("*", other)

    def __rmul__(self, other: object) -> _Term:
        return self._with("*", other, swapped=True)

    def __truediv__(self, other: object) -> _Term:
        return self if other == 1 else self._with("/", other)

    def __rtruediv__(self, other: object) -> _Term:
        return self._with("/", other, swapped=True)

    def __neg__(self) -> _Term:
        return _Term(f"(-{self.text})")


def spreadsheet_formula(code: str, definitions: Mapping[str, Definition], places: Mapping[str, Position]) -> str:
    """`=IF(COUNT(C5,C4)=2,IFERROR(((C5/C4)*100),""),"")`; an empty text where it has to be a value.

    Like on the screen, a missing operand or a division by zero makes it empty, and a part of a sum that is n/a
    counts for nothing.
    """
    definition, cells = definitions[code], _Cells()

    def lookup(name: str, back: int, in_sum: bool) -> Decimal | None:
        if back or name not in places:
            return None
        at = address(places[name])
        (cells.parts if in_sum else cells.numbers)[at] = None
        # Nearly every compiled formula only adds, subtracts, multiplies and divides what it is given.
        return cast(Decimal, _Term(f"N({at})" if in_sum else at) * definitions[name].scale)

    try:
        result = definition.formula.evaluate(lookup) if definition.formula else None
    except TypeError:  # `abs`, `min` and `max` want numbers
        return ""
    if not isinstance(result, _Term) or len(cells.numbers) + len(cells.parts) > MAX_NAMES:
        return ""
    text = f'=IF({_condition(cells)},IFERROR({_unscaled(result, definition.scale).text},""),"")'
    return text if len(text) <= MAX_LENGTH else ""


def _unscaled(result: _Term, scale: Decimal) -> _Term:
    """In the unit of the indicator: `*100` reads better than `/0.01`."""
    factor = 1 / scale
    return result * factor.normalize() if factor * scale == 1 else result / scale


def _condition(cells: _Cells) -> str:
    counted = [*cells.numbers, *cells.parts]
    absent = "".join(f"+ISNUMBER(MATCH({at},{NOT_APPLICABLE},0))" for at in cells.parts)
    return f"COUNT({','.join(counted)}){absent}={len(counted)}"


def given(text: str) -> float | str:
    """What a formula gives, for programs that do not compute; empty where the value is none that it gives."""
    try:
        return float(Decimal(text))
    except InvalidOperation:
        return ""


def given_change(cell: GridCell) -> float | str:
    """What the formula of the change gives, for programs that do not compute."""
    try:
        now, then = Decimal(cell.text), Decimal(cell.last_year)
    except InvalidOperation:
        return ""
    if cell.indicator.unit.is_percent:
        return float(now - then)
    return float(now / then - 1) if then > 0 else ""
