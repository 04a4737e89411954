"""How well a number and an indicator fit, from their words, unit, value and what is known of other years. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sectors.reading.context import Context
from sectors.reading.entries import Entry
from sectors.reading.likeness import Weights, grams
from sectors.reading.mentions import Kind, Mention

NAME, NEAR, TABLE = 2.0, 1.6, 0.5
SAME_UNIT, SAME_BASE, COUNTED, OTHER_COUNTED, NO_UNIT = 0.7, 0.45, 0.1, -0.25, -0.2
FAR_SECTOR, TOO_PRECISE, OUT_OF_BOUNDS = -1.2, -0.8, -1.5
LIKE_BEFORE, UNLIKE_BEFORE = 0.4, -0.5
FEW_WORDS = 4.0  # the weight below which the words next to a number say little
CLEARLY = 3.4  # of words alone
ENOUGH = 2.2  # so that other sectors need not be asked
ZERO, WHOLE = Decimal(0), Decimal(100)
GROWTH = re.compile("增长|增幅|增速")
# What tells apart figures of the same thing.
MARKS = [
    re.compile(mark)
    for mark in (
        "不合格",
        "(?<!不)合格(?!证|证明)",
        "优良",
        "任务",
        "竣工",
        "办结|结案|整改到位|整改完成",
        "增长|增幅|增速|同比",
        "整体|总体|合计",
    )
]
# The total of a matrix is told without a word for it: 全县共抽查218批次.
WHOLE_OF = re.compile(r"(?:^(?:合计|总计|共计|小计)·)|(?:·(?:合计|总计|共计|小计|总数)$)")
MARK_MISSING, MARK_TOO_MUCH, ROW_MISSING = -0.5, -0.3, -0.9


class Reason(TextChoices):
    """Why an indicator is proposed."""

    NAME = "name", _("its name")
    UNIT = "unit", _("the unit")
    SECTOR = "sector", _("the section")
    HISTORY = "history", _("like other years")


@dataclass(frozen=True)
class Fit:
    entry: Entry
    score: float
    value: Decimal  # of the number in the indicator's unit
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class _Words:
    """What an indicator is called: the grams of its names and of its table with their shares of the whole, all grams
    of what is known of it, the pairs among them, and its names as they are written."""

    names: Sequence[Sequence[tuple[str, float]]]
    table: Sequence[tuple[str, float]]
    described: frozenset[str]
    pairs: frozenset[str]
    called: str


def _by_score(fit: Fit) -> float:
    return -fit.score


@dataclass
class Fitting:
    """Weighs numbers against the entries of a year. `known`: values of other years by code."""

    entries: Sequence[Entry]
    known: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._weights = Weights([f"{entry.name} {entry.table_name}" for entry in self.entries])
        self._words = {entry.code: self._words_of(entry) for entry in self.entries}

    def _words_of(self, entry: Entry) -> _Words:
        called = WHOLE_OF.sub("", entry.name)
        described = grams(" ".join((called, entry.row, entry.table_name, *entry.phrases)))
        names = [grams(name) for name in dict.fromkeys((called, *entry.phrases)) if grams(name)]
        return _Words(
            names=[self._weights.shares(name) for name in names],
            table=self._weights.shares(grams(entry.table_name)),
            described=described,
            pairs=frozenset(gram for gram in described if len(gram) > 1),
            called="".join((called, *entry.phrases)),
        )

    def best(self, mention: Mention, context: Context, sector: str, most: int) -> list[Fit]:
        """The entries that fit best, best first; none whose unit cannot be the number's. Where the sector is known,
        those of others are asked only if nothing of it fits; these have to share words with the clause."""
        near = grams(f"{context.near} {context.behind}")
        named = [entry for entry in self.entries if not self._words[entry.code].pairs.isdisjoint(near)]
        own = [entry for entry in self.entries if entry.sector == sector] if sector else named
        found = self._fits(mention, context, near, own, 0.0)
        if sector and (not found or found[0].score < ENOUGH):
            others = [entry for entry in named if entry.sector != sector]
            found = sorted([*found, *self._fits(mention, context, near, others, FAR_SECTOR)], key=_by_score)
        return found[:most]

    def _fits(
        self, mention: Mention, context: Context, near: frozenset[str], entries: Sequence[Entry], more: float
    ) -> list[Fit]:
        found = [self._fit(mention, context, near, entry, more) for entry in entries]
        return sorted((fit for fit in found if fit), key=_by_score)

    def _fit(self, mention: Mention, context: Context, near: frozenset[str], entry: Entry, more: float) -> Fit | None:
        unit = unit_score(mention, entry)
        if unit is None or not self._is_named(mention, entry):
            return None
        words = self._likeness(context, near, entry)
        value = value_in(mention, entry)
        history = self._history(entry.code, value)
        score = words + unit + _bounds(mention, entry, value) + history
        score += _marks(context, self._words[entry.code].called) + self._row_missing(context, entry)
        reasons = [
            reason
            for reason, holds in (
                (Reason.NAME, words > NAME),
                (Reason.UNIT, unit >= SAME_BASE),
                (Reason.SECTOR, more == 0),
                (Reason.HISTORY, history > 0),
            )
            if holds
        ]
        return Fit(entry, score + more, value, tuple(reasons))

    def _is_named(self, mention: Mention, entry: Entry) -> bool:
        """What is told without a number names what it is about itself: 未发生特种设备事故."""
        return mention.kind == Kind.NUMBER or not self._words[entry.code].pairs.isdisjoint(grams(mention.text))

    def _likeness(self, context: Context, near: frozenset[str], entry: Entry) -> float:
        words, there = self._words[entry.code], context.grams
        names = (sum(share * there.get(gram, 0.0) for gram, share in name) for name in words.names)
        known = self._weights.known(near)
        explained = self._weights.known(near & words.described) / max(known, FEW_WORDS)
        table = sum(share for gram, share in words.table if gram in there)
        return NAME * max(names, default=0.0) + NEAR * explained + TABLE * table

    def _row_missing(self, context: Context, entry: Entry) -> float:
        """A figure of a matrix is told with the head of its row."""
        if WHOLE_OF.match(entry.name):
            return 0.0
        row, dot, _column = entry.name.partition("·")
        pairs = [gram for gram in grams(row) if len(gram) > 1]
        return ROW_MISSING if dot and pairs and not any(gram in context.grams for gram in pairs) else 0.0

    def misfit(self, mention: Mention, context: Context, sector: str) -> Entry | None:
        """What the words next to a number say so clearly that its unit must be wrong."""
        if not (sector and mention.unit.base) or mention.kind != Kind.NUMBER:
            return None
        near = grams(f"{context.near} {context.behind}")
        others = [entry for entry in self.entries if entry.sector == sector and unit_score(mention, entry) is None]
        likeness, best = max(
            ((self._likeness(context, near, entry), entry) for entry in others),
            key=lambda pair: pair[0],
            default=(0.0, None),
        )
        return best if likeness >= CLEARLY else None

    def _history(self, code: str, value: Decimal) -> float:
        """Whether the value lies near those of other years."""
        before = [known for known in self.known.get(code, ()) if known]
        if not before or not value:
            return 0.0
        ratios = [value / known for known in before]
        if any(Decimal("0.7") <= ratio <= Decimal("1.43") for ratio in ratios):
            return LIKE_BEFORE
        return UNLIKE_BEFORE if all(not Decimal("0.1") <= ratio <= 10 for ratio in ratios) else 0.0


def value_in(mention: Mention, entry: Entry) -> Decimal:
    """The number in the indicator's unit, from the unit that is written."""
    unit = mention.unit
    is_alike = unit.base == entry.base or (unit.counts and entry.counts)
    is_converted = is_alike and not unit.is_percent and unit.scale != entry.scale
    value = mention.value * unit.scale / entry.scale if is_converted else mention.value
    if not unit.base:
        value *= unit.scale
    return -value if mention.falls and value > 0 and GROWTH.search(entry.name) else value


def unit_score(mention: Mention, entry: Entry) -> float | None:
    """None where a number in this unit cannot be one of the indicator."""
    unit = mention.unit
    if mention.kind == Kind.NONE:
        return COUNTED if entry.counts and not entry.is_computed else None
    if not unit.base:
        return NO_UNIT
    if unit.is_percent or entry.is_percent:
        return SAME_UNIT if unit.is_percent and entry.is_percent else None
    if unit.base == entry.base:
        return SAME_UNIT if unit.name == entry.unit else SAME_BASE
    if unit.counts and entry.counts:
        return COUNTED if unit.name in entry.unit or entry.unit in unit.name else OTHER_COUNTED
    return COUNTED if entry.base.startswith(f"{unit.base}/") else None


def _marks(context: Context, called: str) -> float:
    """Words that tell two figures of the same thing apart stand in both, the name and the clause, or in neither."""
    said = context.own + context.behind
    score = 0.0
    for mark in MARKS:
        is_said, is_called = bool(mark.search(said)), bool(mark.search(called))
        if is_said != is_called:
            score += MARK_MISSING if is_called else MARK_TOO_MUCH
    return score


def _bounds(mention: Mention, entry: Entry, value: Decimal) -> float:
    score = 0.0
    if mention.places and not entry.decimals and not entry.is_percent:
        score += TOO_PRECISE
    if _is_beyond(value, entry):
        score += OUT_OF_BOUNDS
    if mention.end_of_range:
        score += 0.5 if ("最高" if mention.end_of_range == "high" else "最低") in entry.name else -0.3
    return score


def _is_beyond(value: Decimal, entry: Entry) -> bool:
    """Whether it could not be entered, or is no percentage that is computed."""
    if entry.is_computed:
        return entry.is_percent and not ZERO <= value <= WHOLE and not GROWTH.search(entry.name)
    kind = entry.kind
    return (kind.minimum is not None and value < kind.minimum) or (kind.maximum is not None and value > kind.maximum)
