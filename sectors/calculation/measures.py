"""What an expression gives: a dimension, a unit, and the numbers by which it is multiplied. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from sectors.calculation.units import MeasureUnit, Units

PURE = "1"
ZERO, ONE = Decimal(0), Decimal(1)
Dimension = Mapping[str, int]  # exponents of base units, without things that are counted


@dataclass(frozen=True)
class Measure:
    """What an expression gives: its dimension, the exponent of things that are counted, the unit in which a person
    would say it, the number, if it is nothing else, and the unit of both sides, if it is a quotient of like figures.
    Of conversions by hand: `factor`, the pure numbers by which it is multiplied; `scale`, that of the units of its
    figures taken together, 0 where its terms differ in it; how many `terms` it adds up; the exponent of `shares`
    in it; and the scales of the units of what is not divided by (`above`)."""

    dimension: Dimension
    counts: int = 0
    unit: MeasureUnit | None = None
    number: Decimal | None = None
    quotient_in: str = ""
    factor: Fraction = Fraction(1)
    scale: Fraction = Fraction(1)
    terms: int = 1
    shares: int = 0
    above: frozenset[Fraction] = frozenset()

    @property
    def is_scaled(self) -> bool:
        """Whether its unit is not that in which it is computed."""
        return self.unit is not None and self.unit.scale != ONE

    @property
    def is_share(self) -> bool:
        return self.unit is not None and is_share(self.unit)

    @property
    def is_index(self) -> bool:
        """A figure that is a pure number."""
        return self.unit is not None and self.unit.base == PURE and self.unit.scale == ONE

    @property
    def is_plain(self) -> bool:
        """A pure number or a percentage."""
        return not self.dimension and not self.counts and (self.unit is None or self.unit.base == PURE)

    @property
    def is_ambiguous(self) -> bool:
        """Whether a number may convert a unit that another one cancels, 万元/万人 * 10000, or be meant as it stands."""
        return (
            bool(self.dimension)
            and self.scale == 1
            and not {self.factor, 1 / (self.factor or 1)}.isdisjoint(self.above)
        )

    @property
    def text(self) -> str:
        if self.unit is not None and self.unit.name != PURE:
            return self.unit.name
        return in_units(self.dimension) or (_("a number of things") if self.counts else _("a pure number"))


def is_share(unit: MeasureUnit) -> bool:
    """A percentage, or the like."""
    return unit.base == PURE and unit.scale != ONE


def in_units(dimension: Dimension) -> str:
    above = [name + (f"^{power}" if power > 1 else "") for name, power in dimension.items() if power > 0]
    below = [name + (f"^{-power}" if power < -1 else "") for name, power in dimension.items() if power < 0]
    return "/".join(["·".join(above) or PURE, *below]) if dimension else ""


def fit_together(one: MeasureUnit, other: MeasureUnit, units: Units) -> bool:
    """Whether figures in these units can be added up."""
    return fit(measured(one, units), measured(other, units))


def measured(unit: MeasureUnit, units: Units) -> Measure:
    """A base unit like 元/亩 is made of base units. One that is made of others, like 万元/亩, stands for itself."""
    base, scale = units.get(unit.base), Fraction(unit.scale)
    above = frozenset({scale} - {Fraction(1)})
    if base is not None and base.counts:
        return Measure({}, 1, unit, scale=scale, above=above)
    if is_share(unit):
        return Measure({}, 0, unit, scale=scale, shares=1)
    names = unit.base.split("/")
    known = [units[name] for name in names if name in units]
    if any(one.base != one.name for one in known):
        return Measure({unit.base: 1}, 0, unit, scale=scale, above=above)
    counts, dimension = 0, dict[str, int]()
    for place, name in enumerate(names):
        power = -1 if place else 1
        if name in units and units[name].counts:
            counts += power
        elif name != PURE:
            dimension[name] = dimension.get(name, 0) + power
    return Measure(without_zeros(dimension), counts, unit, scale=scale, above=above)


def without_zeros(dimension: Dimension) -> Dimension:
    return {name: power for name, power in sorted(dimension.items()) if power}


def fit(one: Measure, other: Measure) -> bool:
    is_share_of_things = (one.is_share and other.counts) or (other.is_share and one.counts)
    is_share_of_one = (one.is_share and other.is_index) or (other.is_share and one.is_index)
    return one.dimension == other.dimension and not is_share_of_things and not is_share_of_one


def is_converted(one: Measure, other: Measure) -> bool:
    """Whether pure numbers turn one value into the unit of the other: of what is made of several figures, those that
    their printed values would need."""
    if one.dimension != other.dimension or not (one.factor and other.factor and one.scale and other.scale):
        return False
    ratio, scales = one.factor / other.factor, one.scale / other.scale
    is_of_one_kind = one.unit is not None and other.unit is not None and one.unit.base == other.unit.base
    return scales != 1 and (ratio == scales or (is_of_one_kind and ratio == 1 / scales))
