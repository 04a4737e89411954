"""What is said of units that do not fit together, and what to write instead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.calculation.measures import ONE, PURE, Dimension, Measure, is_share
from sectors.calculation.units import MeasureUnit, Units


def not_together(one: str, other: str) -> str:
    return _("%(one)s and %(other)s are neither added up nor compared.") % {"one": one, "other": other}


def times_hundred(unit: MeasureUnit) -> str:
    what = {"unit": unit.name, "factor": f"{ONE / unit.scale:f}"}
    return (
        _("A value in %(unit)s is computed without × %(factor)s. To compute points of it, divide by 1%(unit)s.") % what
    )


def without_factor(unit: MeasureUnit) -> str:
    what = {"unit": unit.name, "factor": f"{ONE / unit.scale:f}"}
    return (
        _(
            "A value in %(unit)s is computed without × %(factor)s and without dividing by 1%(unit)s, which is the "
            "same: leave it out. A small share of a figure says its unit, as in a / (b * 1%(unit)s)."
        )
        % what
    )


def times_hundredth(unit: MeasureUnit) -> str:
    message = _(
        "Values in %(unit)s are shares already, 98%(unit)s is computed as %(share)s: leave the number out. Where so "
        "small a share is meant, say its unit, as in 1%(unit)s."
    )
    return message % {"unit": unit.name, "share": digits(98 * unit.scale)}


def index_and_share(unit: MeasureUnit) -> str:
    message = _(
        "A plain number meets a value in %(unit)s. Multiply the plain number by 100%% where 1 is the whole, or by 1%% "
        "where 100 is."
    )
    return message % {"unit": unit.name}


def converted(value: Measure) -> str:
    if value.unit is None or value.unit.name == PURE:
        return _("Figures in different units are converted by themselves: leave the number out.")
    message = _(
        "Values in %(unit)s are converted by themselves: leave the number out, or say its unit, as in 1%(unit)s."
    )
    return message % {"unit": value.unit.name}


def number_with_unit(number: Decimal, beside: Measure, units: Units) -> str:
    """What to write instead of a number that has no unit."""
    unit, said = beside.unit, digits(number)
    words = [_in_base_units(said, beside.dimension) if unit is None else said + unit.name]
    if unit is None:
        return said_with_unit(beside.text, words, said)
    if is_share(unit) and abs(number) <= ONE:
        words.insert(0, digits(number / unit.scale) + unit.name)
    elif not is_share(unit) and unit.scale != ONE and unit.base in units:
        words.append(said + unit.base)
    text = said_with_unit(unit.name, words, said)
    if is_share(unit):
        text += " " + _("To compute in points, divide the value by 1%(unit)s.") % {"unit": unit.name}
    return text


def said_with_unit(unit: str, words: Sequence[str], number: str) -> str:
    message = _("Say the unit of the number, which stands beside a value in %(unit)s: %(words)s instead of %(number)s.")
    return message % {"unit": unit, "words": _(" or ").join(words), "number": number}


def _in_base_units(number: str, dimension: Dimension) -> str:
    above = [name for name, power in dimension.items() for _time in range(power)]
    below = [name for name, power in dimension.items() for _time in range(-power)]
    first = number + "".join(above[:1])
    return " ".join([first, *(f"* 1{name}" for name in above[1:]), *(f"/ 1{name}" for name in below)])


def digits(number: Decimal) -> str:
    return f"{number.normalize():f}"
