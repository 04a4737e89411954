"""What a wording computes: numbers with each other, texts put together, and what is missing stays missing."""

from __future__ import annotations

import operator
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reports.wording.failures import about
from reports.wording.limits import Refused, short, small
from sectors.calculation.bounded import Bounds, overlap
from sectors.calculation.intervals import ANYTHING, OPERATIONS
from sectors.calculation.qualifiers import written

ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


class MissingValue:
    """A figure that is not there: it compares with nothing, counts as false and computes to a missing one again. What
    does not apply is not the same as what is not known."""

    def __init__(self, gap: str = "", *, not_applicable: bool = False) -> None:
        self.gap, self.not_applicable = gap, not_applicable

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return self.gap

    def __eq__(self, other: object) -> bool:
        return other is None or (isinstance(other, MissingValue) and other.not_applicable == self.not_applicable)

    def __ne__(self, other: object) -> bool:
        """Nor is it different from anything: a condition on a missing figure does not hold."""
        return False

    def _never(self, other: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never
    __hash__ = object.__hash__


# How often an undecided answer was taken for no: `and` and `or` keep no other trace of it.
_undecided: ContextVar[int] = ContextVar("_undecided", default=0)


class Undecided:
    """What is answered where it is not known whether something holds: it counts as false, and so does the contrary."""

    def __bool__(self) -> bool:
        _undecided.set(undecided() + 1)
        return False

    def __str__(self) -> str:
        return ""


def undecided() -> int:
    """How often it was asked for something undecided up to now."""
    return _undecided.get()


def decided(before: int, value: object) -> object:
    """What a condition comes to, undecided where it may hold; `before` is `undecided` from before it was asked."""
    return value if value or undecided() == before else Undecided()


def fails(before: int, condition: object) -> bool | Undecided:
    """Whether a condition does not hold; `before` likewise."""
    return False if condition else undecided() == before or Undecided()


def _holds(is_so: bool, is_not_so: bool) -> bool:
    return is_so if is_so or is_not_so else Undecided()  # type: ignore[return-value]  # as Decimal has it


class InexactNumber(Decimal):
    """A number of which it is known only between which values it lies. What is asked of it holds where it holds of all
    of them, and does not where it does of none; else it is undecided."""

    bounds: Bounds

    def __lt__(self, other: Any) -> bool:
        if not is_number(other):
            return NotImplemented
        with_other = bounds_of(other)
        return _holds(self.bounds.high < with_other.low, self.bounds.low >= with_other.high)

    def __le__(self, other: Any) -> bool:
        if not is_number(other):
            return NotImplemented
        with_other = bounds_of(other)
        return _holds(self.bounds.high <= with_other.low, self.bounds.low > with_other.high)

    def __gt__(self, other: Any) -> bool:
        if not is_number(other):
            return NotImplemented
        with_other = bounds_of(other)
        return _holds(self.bounds.low > with_other.high, self.bounds.high <= with_other.low)

    def __ge__(self, other: Any) -> bool:
        if not is_number(other):
            return NotImplemented
        with_other = bounds_of(other)
        return _holds(self.bounds.low >= with_other.high, self.bounds.high < with_other.low)

    def __eq__(self, other: object) -> bool:
        if not is_number(other):
            return NotImplemented
        return _holds(self is other, not overlap(self.bounds.interval, bounds_of(other).interval))

    def __bool__(self) -> bool:
        """Only what is sure to be 0 counts as none."""
        return bool(self.bounds.low or self.bounds.high)

    def __ne__(self, other: object) -> bool:
        if not is_number(other):
            return NotImplemented
        return _holds(not overlap(self.bounds.interval, bounds_of(other).interval), self is other)

    __hash__ = Decimal.__hash__


def inexactly(value: Decimal | None, bounds: Bounds | None) -> Decimal | None:
    """The value with its bounds, where it has any."""
    return value if value is None or bounds is None else between(value, bounds)


def between(value: Decimal, bounds: Bounds) -> Decimal:
    """The value with its bounds, where these are not itself."""
    if bounds.low == bounds.high:
        return value
    found = InexactNumber(value)
    found.bounds = bounds
    return found


def bounds_of(value: Any) -> Bounds:
    """Between which values a number lies."""
    return value.bounds if isinstance(value, InexactNumber) else Bounds(_decimal(value), _decimal(value))


def _within(left: Any, right: Any, sign: str, value: Any) -> Any:
    """What was computed, with the bounds that follow from those of both sides."""
    sides = [side.bounds.qualifiers for side in (left, right) if isinstance(side, InexactNumber)]
    if not sides:
        return value
    low, high = OPERATIONS[sign]([bounds_of(left).interval, bounds_of(right).interval]) or ANYTHING
    value = _decimal(value)
    return between(value, Bounds(min(low, value), max(high, value), frozenset().union(*sides)))


def computed(left: Any, right: Any, sign: str, text: str) -> Any:
    """What a sign of arithmetic makes of two values; `text` is how the template has it. Raises Refused."""
    if missing := [value for value in (left, right) if isinstance(value, MissingValue)]:
        return min(missing, key=lambda value: value.not_applicable)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return short(left + right)
    if not (is_number(left) and is_number(right)):
        raise Refused(about(text, does_not_go(sign)))
    if sign == "/" and not Decimal(str(right)):
        if isinstance(right, Decimal):
            return MissingValue()
        raise Refused(about(text, _("Nothing is divided by 0. Write another divisor.")))
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        left, right = _decimal(left), _decimal(right)
    return _within(left, right, sign, small(ARITHMETIC[sign](left, right)))


def _decimal(number: float | Decimal) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))


def does_not_go(sign: str) -> str:
    return _("“%(operator)s” does not go with these values.") % {"operator": sign}


def is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def printed_number(value: object) -> object:
    """A computed number without the zeros at its end, of which databases give each its own count."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value.normalize():f}"
    return (
        written(text, value.bounds.qualifier(Decimal(value), is_sum=False))
        if isinstance(value, InexactNumber)
        else text
    )
