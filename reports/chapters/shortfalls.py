"""Which indicators stand badly in a year: targets that were missed and rates that fell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from reports.aggregation.cube import AnnualValue
from reports.chapters.directions import better, is_rate
from reports.document.blocks import Number, Run, Text
from sectors.calculation.cells import formatted, with_unit
from sectors.vocabulary import TargetBound

# A rate whose target is reached, or that has none, is named from this many percentage points on.
NOTICEABLE = Decimal("0.5")
# A task fulfilled more than wholly is no problem, however much more it was last year.
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Shortfall:
    """An indicator that missed its target, fell against last year by `fall` percentage points, or both."""

    value: AnnualValue
    missed: bool
    fall: Decimal

    @property
    def gap(self) -> Decimal:
        """By which to tell the worst: what lacks to the target, in parts of it, and the fall."""
        target = self.value.indicator.target
        lacking = abs((self.value.value or 0) - target) / (target or 1) * 100 if self.missed and target else Decimal(0)
        return max(lacking, self.fall)


def of(values: Iterable[AnnualValue]) -> list[Shortfall]:
    """In the order of the report."""
    return [shortfall for value in values if (shortfall := _of(value))]


def _of(value: AnnualValue) -> Shortfall | None:
    missed = value.reaches_target is False
    fall = _fall(value)
    if missed or fall >= NOTICEABLE:
        return Shortfall(value, missed, fall)
    return None


def _fall(value: AnnualValue) -> Decimal:
    """In percentage points as printed; 0 for what did not fall, is all there is, or is no rate that should be high."""
    change = value.rounded_change if value.plain_change is not None and not (value.is_partial and value.grows) else None
    if change is None or value.value is None or value.value >= WHOLE or not _is_better_high(value):
        return Decimal(0)
    return max(-change, Decimal(0))


def could_fall(value: AnnualValue) -> bool:
    """Whether a fall would be seen: of a rate that should be high, over the whole of both years."""
    return value.plain_change is not None and _is_better_high(value)


def _is_better_high(value: AnnualValue) -> bool:
    return is_rate(value.indicator) and better(value.indicator) > 0


def spoken(value: AnnualValue) -> str:
    """The indicator's name in a sentence: `食用农产品合格率` for the matrix cell `食用农产品·合格率`."""
    return value.indicator.name.replace("·", "")


def clauses(found: Iterable[Shortfall]) -> list[list[Run]]:
    """`蔬菜合格率为91.3%，较上年下降8.7个百分点，未达到98%的目标`; those that missed the same target stand together."""
    return [list(_clause(list(members))) for _, members in groupby(found, key=_combined)]


def exactly(value: AnnualValue) -> list[Run]:
    """Behind a number that prints on the other side of its target than it lies: 98.0%（修约前97.96%）未达到98%."""
    if not value.exact_text:
        return []
    indicator = value.indicator
    return [Text("（修约前"), Number(indicator.code, with_unit(value.exact_text, indicator.unit.name)), Text("）")]


def _combined(shortfall: Shortfall) -> tuple[object, ...]:
    indicator = shortfall.value.indicator
    alone = shortfall.fall or not shortfall.missed
    return (indicator.code,) if alone else (indicator.target, indicator.target_is, indicator.unit.name)


def _clause(members: list[Shortfall]) -> Iterator[Run]:
    for place, shortfall in enumerate(members):
        indicator = shortfall.value.indicator
        yield Text(f"{'，' if place else ''}{spoken(shortfall.value)}为")
        yield Number(indicator.code, shortfall.value.text_with_unit)
        yield from exactly(shortfall.value)
        if shortfall.fall:
            yield Text("，较上年下降")
            yield Number(indicator.code, f"{formatted(shortfall.fall, shortfall.value.change_places)}个百分点")
    first = members[0].value.indicator
    if members[0].missed and first.target is not None:
        least = first.target_is == TargetBound.AT_LEAST
        before, after = ("未达到", "的目标") if least else ("超过", "的控制目标")
        yield Text(f"，{'均' if len(members) > 1 else ''}{before}")
        yield Number(first.code, with_unit(f"{first.target.normalize():f}", first.unit.name))
        yield Text(after)
