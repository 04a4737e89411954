"""Which figures of a year fall short: targets and norms that were missed, rates that fell, amounts that fell by more
than is ordinary, and what is to be sampled and never was. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from reports.aggregation.cube import AnnualValue
from reports.aggregation.months import YEAR
from reports.chapters import targets
from reports.chapters.directions import better, is_rate, ordinary_change
from reports.chapters.norms import Norm
from reports.document.blocks import Number, Run, Text
from reports.vocabulary import DECIMALS_OF_CHANGE
from reports.wording import few
from reports.wording.comparisons import months
from reports.wording.few import Few
from sectors.calculation.cells import formatted, rounded, with_unit
from sectors.checks.usual import CHANCE
from sectors.vocabulary import AMOUNTS, Accumulation, TargetBound

# A rate whose target is reached, or that has none, is named from this many percentage points on.
NOTICEABLE = Decimal("0.5")
# A task fulfilled more than wholly is no problem, however much more it was last year.
WHOLE = Decimal(100)
# Samples, by the words and units that name them; none of them is nothing to be content with.
SAMPLED, SAMPLES = ("抽检", "抽样", "检测", "监测", "抽查"), ("批次", "份", "组", "次")
CONTENT_WITH_NONE = ("合格", "问题", "阳性", "异常", "任务", "意见", "通知")
ROUNDS = "次数"


@dataclass(frozen=True)
class Shortfall:
    """An indicator that missed its target, fell against last year by `fall` percentage points or `loss` per cent,
    missed a norm, was never sampled, or several of these. `few` are the counts that make a rate of few."""

    value: AnnualValue
    missed: bool = False
    fall: Decimal = Decimal(0)
    loss: Decimal = Decimal(0)
    norm: Norm | None = None
    unsampled: bool = False
    few: Few | None = None

    @property
    def gap(self) -> Decimal:
        """By which to tell the worst: what lacks to the target or norm, in parts of it, the fall, or the loss by what
        is ordinary; what was never sampled lacks wholly."""
        value, target = self.value.value or Decimal(0), self.value.indicator.target
        lacking = abs(value - target) / (abs(target) or 1) * 100 if self.missed and target is not None else Decimal(0)
        beyond = abs(value - self.norm.limit) / (self.norm.limit or 1) * 100 if self.norm else Decimal(0)
        return max(lacking, beyond, self.fall, self.loss, WHOLE if self.unsampled else Decimal(0))

    @property
    def is_by_chance(self) -> bool:
        """Whether chance alone may make the fall."""
        return bool(self.fall and self.few and self.few.holds(self.value.plain_last))


def of(values: Iterable[AnnualValue], norms: Mapping[str, Sequence[Norm]] | None = None) -> list[Shortfall]:
    """In the order of the report; `norms` by code of the indicator that has to keep them."""
    by_code = {value.indicator.code: value for value in values}
    each = (_of(value, by_code, (norms or {}).get(code, ())) for code, value in by_code.items())
    found = [shortfall for shortfall in each if shortfall]
    unsampled = [one.value.indicator.name for one in found if one.unsampled]
    return [one for one in found if not (one.unsampled and _is_round_of(one.value.indicator.name, unsampled))]


def _is_round_of(name: str, others: Iterable[str]) -> bool:
    """Whether it counts the rounds (风险监测次数) of samples that are named as well (风险监测样品)."""
    return name.endswith(ROUNDS) and any(one.startswith(name.removesuffix(ROUNDS)) for one in others if one != name)


def published(found: Iterable[Shortfall]) -> list[Shortfall]:
    """Those that the public edition tells: a target of which nobody says whose it is and since when counts as
    none."""
    told = (
        shortfall if targets.public_origin(shortfall.value) else replace(shortfall, missed=False) for shortfall in found
    )
    return [one for one in told if one.missed or one.fall or one.loss or one.norm or one.unsampled]


def _of(value: AnnualValue, values: Mapping[str, AnnualValue], norms: Sequence[Norm]) -> Shortfall | None:
    missed = value.reaches_target is False
    norm = next((norm for norm in norms if norm.is_missed_by(value)), None)
    unsampled = _is_unsampled(value)
    fall, loss = _fall(value), Decimal(0) if unsampled else _loss(value)
    if missed or fall >= NOTICEABLE or loss or norm or unsampled:
        return Shortfall(value, missed, fall, loss, norm, unsampled, few.of(value, values))
    return None


def _loss(value: AnnualValue) -> Decimal:
    """Of an amount or level, in per cent as printed; 0 where it is no more than is ordinary, or nothing to be sorry
    for."""
    indicator, now, last = value.indicator, value.value, value.plain_last
    is_amount = indicator.accumulation in (*AMOUNTS, Accumulation.STOCK) and not indicator.unit.is_percent
    if not is_amount or indicator.change_limit == 0 or better(indicator) < 0 or now is None or last is None:
        return Decimal(0)
    if not indicator.is_computed and indicator.may_be_negative and indicator.change_limit is None:
        return Decimal(0)  # degrees, an index: how many times as much it was says nothing
    if value.plain_change is None or last <= now * (1 + ordinary_change(indicator) / 100):
        return Decimal(0)
    if indicator.unit.counts and (last - now) ** 2 <= CHANCE**2 * (last + now):
        return Decimal(0)
    return -rounded(value.plain_change, DECIMALS_OF_CHANGE)


def _is_unsampled(value: AnnualValue) -> bool:
    indicator = value.indicator
    counts_samples = indicator.unit.name in SAMPLES and any(word in indicator.name for word in SAMPLED)
    is_sample = counts_samples or indicator.name.endswith("样品")
    is_none = value.value == 0 and not value.bounds and not value.is_partial
    return is_sample and is_none and not any(word in indicator.name for word in CONTENT_WITH_NONE)


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
    alone = shortfall.fall or shortfall.loss or shortfall.norm or shortfall.unsampled or not shortfall.missed
    if alone:
        return (indicator.code,)
    return (indicator.target, indicator.target_is, indicator.unit.name, targets.origin(indicator))


def _moved(shortfall: Shortfall) -> Iterator[Run]:
    code = shortfall.value.indicator.code
    if shortfall.fall:
        yield Text("，较上年下降")
        yield Number(code, f"{formatted(shortfall.fall, shortfall.value.change_places)}个百分点")
        if shortfall.is_by_chance:
            yield Text("（数量少，可能出于偶然）")
    if shortfall.loss:
        yield Text("，较上年减少")
        yield Number(code, f"{formatted(shortfall.loss, DECIMALS_OF_CHANGE)}%")


def _span(value: AnnualValue) -> str:
    """`（1—6月）` behind the name of what is of a part of the year only."""
    is_part = value.is_partial and value.months_set != YEAR
    return f"（{months(value.months_set)}）" if is_part else ""


def _clause(members: list[Shortfall]) -> Iterator[Run]:
    for place, shortfall in enumerate(members):
        indicator = shortfall.value.indicator
        yield Text(f"{'，' if place else ''}{spoken(shortfall.value)}{_span(shortfall.value)}为")
        yield Number(indicator.code, shortfall.value.text_with_unit)
        yield from exactly(shortfall.value)
        yield from shortfall.few.runs if shortfall.few else ()
        yield from _moved(shortfall)
        if shortfall.norm:
            yield from shortfall.norm.runs
        if shortfall.unsampled:
            yield Text("，全年没有开展")
    first = members[0].value.indicator
    if members[0].missed and first.target is not None:
        least = first.target_is == TargetBound.AT_LEAST
        before, after = ("未达到", "的目标") if least else ("超过", "的控制目标")
        yield Text(f"，{'均' if len(members) > 1 else ''}{before}")
        yield Number(first.code, with_unit(f"{first.target.normalize():f}", first.unit.name))
        yield Text(after)
