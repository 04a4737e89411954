"""What a wording computes: numbers with each other, texts put together, and what is missing stays missing."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reports.wording.failures import about
from reports.wording.limits import Refused, short, small

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


def computed(left: Any, right: Any, sign: str, text: str) -> Any:
    """What a sign of arithmetic makes of two values; `text` is how the template has it. Raises Refused."""
    if missing := [value for value in (left, right) if isinstance(value, MissingValue)]:
        return min(missing, key=lambda value: value.not_applicable)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return short(left + right)
    if not (is_number(left) and is_number(right)):
        raise Refused(about(text, does_not_go(sign)))
    if sign == "/" and not right:
        if isinstance(right, Decimal):
            return MissingValue()
        raise Refused(about(text, _("Nothing is divided by 0. Write another divisor.")))
    if Decimal in (type(left), type(right)):
        left, right = _decimal(left), _decimal(right)
    return small(ARITHMETIC[sign](left, right))


def _decimal(number: float | Decimal) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))


def does_not_go(sign: str) -> str:
    return _("“%(operator)s” does not go with these values.") % {"operator": sign}


def is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def printed_number(value: object) -> object:
    """A computed number without the zeros at its end, of which databases give each its own count."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
