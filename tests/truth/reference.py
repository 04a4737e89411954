"""docs/figures.md written once more, over plain lists and fractions, to hold `reports/aggregation/` against.

It knows no database, no SQL and nothing of the product but the parser of formulas, and it is written for being read
next to the page: slow where that is plainer. A `World` is what was reported, `Reference(world)` what becomes of it.
"""

import datetime
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import Final, NamedTuple

from sectors.calculation.formulas import Tree, compile_formula

NA: Final = "n/a"
BLANK: Final = "blank"
Answer = Fraction | str  # a number, NA or BLANK
Months = frozenset[int]
Leaf = tuple[str, int]  # an entered indicator and where it is read: years back, and 100 for each period back

MONTHS_OF: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
ALL_MONTHS: Final = frozenset(range(1, 13))
NO_MONTHS: Final[Months] = frozenset()
BEFORE: Final = 100


class Period(NamedTuple):
    year: int
    kind: str = "year"
    number: int = 1

    @property
    def last_month(self) -> int:
        return self.number * MONTHS_OF[self.kind]

    @property
    def months(self) -> Months:
        return frozenset(range(self.last_month - MONTHS_OF[self.kind] + 1, self.last_month + 1))

    @property
    def last_day(self) -> datetime.date:
        following = datetime.date(self.year + self.last_month // 12, self.last_month % 12 + 1, 1)
        return following - datetime.timedelta(days=1)

    def back(self, years: int) -> "Period":
        return self._replace(year=self.year - years)


# What was reported


class Valid(NamedTuple):
    begin: datetime.date | None = None
    end: datetime.date | None = None

    def on(self, day: datetime.date) -> bool:
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)


ALWAYS: Final = Valid()


@dataclass(frozen=True)
class Sheet:
    frequency: str = "quarter"
    former: tuple[tuple[int, str], ...] = ()  # until which year and how often, in their order
    valid: Valid = ALWAYS

    def frequency_in(self, year: int) -> str:
        return next((kind for until, kind in self.former if year <= until), self.frequency)


@dataclass(frozen=True)
class Indicator:
    sheet: str
    accumulation: str = "flow"
    formula: str = ""
    scale: Fraction = Fraction(1)
    is_percent: bool = False
    valid: Valid = ALWAYS


class Mark(NamedTuple):
    """What says that a number is not exact, or of another day than the period's last."""

    qualifier: str = ""
    as_of: datetime.date | None = None


@dataclass(frozen=True)
class Submission:
    region: str
    sheet: str
    period: Period
    figures: Mapping[str, Answer] = field(default_factory=dict)
    status: str = "accepted"
    marks: Mapping[str, Mark] = field(default_factory=dict)  # of some figures


@dataclass(frozen=True)
class World:
    parents: Mapping[str, str | None]  # of each region
    sheets: Mapping[str, Sheet]
    indicators: Mapping[str, Indicator]
    parts: Mapping[str, Sequence[str]]  # what `parts(code)` adds up
    submissions: Sequence[Submission]


# What becomes of it


@dataclass(frozen=True)
class Comparison:
    now: Fraction
    last: Fraction
    months: Months
    regions: int
    all_regions: int  # that make either year's value
    is_plain: bool


@dataclass(frozen=True)
class Value:
    """`sources` are all that have a part in it. `change` is in points for a percentage, otherwise in per cent."""

    value: Fraction | None = None
    not_applicable: bool = False
    have: int = 0
    expected: int = 0
    sources: frozenset[str] = frozenset()
    last: Fraction | None = None
    last_not_applicable: bool = False
    other: Fraction | None = None
    declared: Answer | None = None
    comparison: Comparison | None = None
    change: Fraction | None = None

    @property
    def is_partial(self) -> bool:
        """A value, or its being not applicable. What is declared is of the whole year."""
        is_there = self.value is not None or self.not_applicable
        return is_there and "declared" not in self.sources and self.have < self.expected


# One region, one entered indicator


@dataclass(frozen=True)
class Answers:
    """What a region answered in a year: for which periods an answer is expected, those that came, the annual one; in
    which of its periods the indicator is not valid; and whether the region reports the sheet by periods of its own."""

    expected: Sequence[Period] = ()
    periods: Mapping[Period, Answer] = field(default_factory=dict)
    annual: Answer | None = None
    not_valid: Sequence[Period] = ()
    reports_periods: bool = False

    @property
    def is_by_annual(self) -> bool:
        return self.annual is not None and len(self.periods) < len(self.expected)

    @property
    def have(self) -> int:
        return len(self.expected) if self.is_by_annual else len(self.periods)

    @property
    def is_whole(self) -> bool:
        return self.have == len(self.expected) > 0

    @property
    def months(self) -> Months:
        """For which its value stands if it is whole."""
        return ALL_MONTHS if self.is_by_annual else months_of(self.expected)

    def only(self, kind: str, number: int, own_kind: str) -> "Answers":
        """Of one period, of the kind that the sheet is reported by."""

        def is_it(period: Period) -> bool:
            return period[1:] == (kind, number) and kind == own_kind

        answers = {period: answer for period, answer in self.periods.items() if is_it(period)}
        expected, not_valid = list(filter(is_it, self.expected)), list(filter(is_it, self.not_valid))
        return Answers(expected, answers, None, not_valid, self.reports_periods)

    def as_if(self, period: Period) -> "Answers":
        """Of one period, as those of another one."""
        given = list(self.periods.values())
        answers = {period: given[0]} if given else {}
        expected, not_valid = [period] * len(self.expected), [period] * len(self.not_valid)
        return Answers(expected, answers, None, not_valid, self.reports_periods)

    @cached_property
    def numbers(self) -> dict[Period, Fraction]:
        return {period: answer for period, answer in self.periods.items() if isinstance(answer, Fraction)}

    def value(self, accumulation: str, months: Months | None = None) -> Answer | None:
        """Of the year, or of its periods within some months."""
        if months is None and self.is_by_annual:
            return self.annual
        within = [period for period in self.periods if months is None or period.months <= months]
        numbers = [self.numbers[period] for period in sorted(within, key=ending) if period in self.numbers]
        if numbers:
            return folded(accumulation, numbers)
        return NA if within else None


def ending(period: Period) -> int:
    return period.last_month


def months_of(periods: Sequence[Period]) -> Months:
    return NO_MONTHS.union(*(period.months for period in periods))


def folded(accumulation: str, values: Sequence[Fraction]) -> Fraction:
    if accumulation == "flow":
        return sum(values, Fraction(0))
    return sum(values, Fraction(0)) / len(values) if accumulation == "average" else values[-1]


# One region, all that a formula reads


@dataclass(frozen=True)
class Pairs:
    """What a region gives to a formula: over which months, the values in them, how much was answered (have, expected).

    `months` is empty where in no pair all has a number; n/a is what would have pairs if it did not matter.
    """

    months: Months
    is_not_applicable: bool
    values: Mapping[Leaf, Answer | None]
    coverage: Mapping[Leaf, tuple[int, int]]


@dataclass(frozen=True)
class Reading:
    """All that a formula reads in one region.

    Of each leaf: whether it must be a number, its accumulation, and `gaps`, the periods in which a sum goes on without
    it, as it is not valid and another part is.
    """

    answers: Mapping[Leaf, Answers]
    must_be_number: Mapping[Leaf, bool]
    gaps: Mapping[Leaf, Sequence[Period]]
    accumulations: Mapping[Leaf, str]
    is_of_year: bool

    @property
    def takes_year(self) -> bool:
        """Whether the year's values are taken: all whole, of the same months, one of them by an annual figure."""
        return (
            all(map(self.is_whole, self.answers))
            and len({self.months_of(leaf) for leaf in self.answers}) == 1
            and any(answers.is_by_annual for answers in self.answers.values())
        )

    def is_whole(self, leaf: Leaf) -> bool:
        """A part that is not valid in the whole year is nothing in it."""
        return self.answers[leaf].is_whole or bool(self.gaps[leaf] and not self.answers[leaf].expected)

    @property
    def months(self) -> Months:
        """For which the value stands if it is whole."""
        return ALL_MONTHS.intersection(*map(self.months_of, self.answers))

    def months_of(self, leaf: Leaf) -> Months:
        """What is year-to-date is so since January, even if it was expected for the first time later on."""
        months = self.answers[leaf].months | months_of(self.gaps[leaf])
        return frozenset(range(1, max(months, default=0) + 1)) if self.is_to_date(leaf) else months

    @cached_property
    def pairs(self) -> Pairs:
        if self.takes_year:
            values = {leaf: answers.value(self.accumulations[leaf]) for leaf, answers in self.answers.items()}
            applies = not any(self.must_be_number[leaf] and value == NA for leaf, value in values.items())
            applies = applies and any(isinstance(value, Fraction) for value in values.values())
            coverage = {leaf: (self.expected(leaf),) * 2 for leaf in self.answers}
            return Pairs(ALL_MONTHS if applies else NO_MONTHS, not applies, values, coverage)
        given = {leaf: [*answers.periods, *self.gaps[leaf]] for leaf, answers in self.answers.items()}
        answered = self.largest(given)
        months = self.largest(self.usable()) if any(one.numbers for one in self.answers.values()) else NO_MONTHS
        coverage = {leaf: (within(self.counted(leaf), answered), self.expected(leaf)) for leaf in given}
        is_answered = any(within(answers.periods, answered) for answers in self.answers.values())
        return Pairs(months, is_answered and not months, self.values(months), coverage)

    def expected(self, leaf: Leaf) -> int:
        """For how many periods an answer is expected."""
        return len(self.answers[leaf].expected) + len(self.counted_gaps(leaf))

    def counted(self, leaf: Leaf) -> list[Period]:
        """The answered ones of them."""
        return [*self.answers[leaf].periods, *self.counted_gaps(leaf)]

    def counted_gaps(self, leaf: Leaf) -> Sequence[Period]:
        """Where a sum goes on without it a region that reports it by periods has answered."""
        return self.gaps[leaf] if self.answers[leaf].reports_periods else ()

    def usable(self) -> dict[Leaf, list[Period]]:
        """Own periods with a number, or with an n/a that may stand for one."""
        return {
            leaf: [*(answers.numbers if self.must_be_number[leaf] else answers.periods), *self.gaps[leaf]]
            for leaf, answers in self.answers.items()
        }

    def values(self, months: Months) -> dict[Leaf, Answer | None]:
        return {leaf: answers.value(self.accumulations[leaf], months) for leaf, answers in self.answers.items()}

    def over(self, months: Months) -> Mapping[Leaf, Answer | None] | None:
        """Values over exactly these months; None where they cannot be put together."""
        if self.pairs.months == months:
            return self.pairs.values
        fits = all(self.fits(leaf, periods, months) for leaf, periods in self.usable().items())
        return self.values(months) if fits else None

    def is_to_date(self, leaf: Leaf) -> bool:
        return self.is_of_year and self.accumulations[leaf] == "cumulative"

    def fits(self, leaf: Leaf, periods: Sequence[Period], months: Months) -> bool:
        """Whether the months can be made of the periods."""
        if self.is_to_date(leaf):
            end = max(months)
            return months == frozenset(range(1, end + 1)) and any(period.last_month == end for period in periods)
        return months_of([period for period in periods if period.months <= months]) == months

    def largest(self, periods: Mapping[Leaf, Sequence[Period]]) -> Months:
        """The largest set of months that can be made of each one's periods."""
        if not any(map(self.is_to_date, periods)):
            return shrunk(list(periods.values()))
        since_january = (frozenset(range(1, end + 1)) for end in range(12, 0, -1))
        found = (months for months in since_january if all(self.fits(leaf, periods[leaf], months) for leaf in periods))
        return next(found, NO_MONTHS)


def shrunk(periods: Sequence[Sequence[Period]]) -> Months:
    """From all months on, without what is not made of whole periods of each, until nothing more has to go."""
    months, before = ALL_MONTHS, NO_MONTHS
    while months != before:
        before = months
        for own in periods:
            months = months_of([period for period in own if period.months <= months])
    return months


def within(periods: Iterable[Period], months: Months) -> int:
    return sum(period.months <= months for period in periods)


# Areas

Values = Sequence[Mapping[Leaf, Answer | None]]  # of several regions


class Reference:
    """What docs/figures.md says of a world. With `only`, a kind and number, everything is asked of that period.

    An entered indicator is taken as a formula that reads nothing but itself: the definitions come to the same.
    """

    def __init__(self, world: World, only: tuple[str, int] | None = None) -> None:
        self.world = world
        self.only = only
        self.children: dict[str, list[str]] = {region: [] for region in world.parents}
        for region, parent in world.parents.items():
            if parent is not None:
                self.children[parent].append(region)
        self.rows: dict[tuple[str, str, int], list[Submission]] = {}
        for row in world.submissions:
            if row.period.kind in (world.sheets[row.sheet].frequency_in(row.period.year), "year"):
                self.rows.setdefault((row.region, row.sheet, row.period.year), []).append(row)
        self.leaves, self.answers, self.pairs = cache(self._leaves), cache(self._answers), cache(self._pairs)
        self.seen_from = cache(lambda only: Reference(world, only))
        self.reading, self.standing, self.value = cache(self._reading), cache(self._standing), cache(self._value)

    def full(self, area: str, code: str, year: int) -> Value:
        """The value with last year's and its change."""
        now, last = self.value(area, code, year), self.value(area, code, year - 1)
        comparison = self.comparison(area, code, year)
        change = self.change(code, comparison) if comparison else None
        found = replace(now, last=last.value, last_not_applicable=last.not_applicable)
        return replace(found, comparison=comparison, change=change)

    # What a formula reads

    def tree(self, code: str) -> Tree:
        """Of an entered indicator it is the code itself."""
        formula = self.world.indicators[code].formula
        return compile_formula(formula, self.world.parts, {}).tree if formula else code

    def _leaves(self, code: str, with_last_year: bool = False) -> dict[Leaf, frozenset[Leaf] | None]:
        """The entered indicators behind it, with the other parts of the sums they are in; None if read outside."""
        found: dict[Leaf, frozenset[Leaf] | None] = {}
        for back in (0, 1) if with_last_year else (0,):
            for leaf, parts in self._read(self.tree(code), back, None):
                before = found.get(leaf, frozenset())
                found[leaf] = None if before is None or parts is None else before | parts - {leaf}
        return found

    def of_same_year(self, code: str) -> list[Leaf]:
        """Those of the leaves; all, if none is of the same year."""
        leaves = list(self.leaves(code))
        return [leaf for leaf in leaves if not leaf[1]] or leaves

    def _read(
        self, tree: Tree, back: int, parts: frozenset[Leaf] | None
    ) -> Iterator[tuple[Leaf, frozenset[Leaf] | None]]:
        code, more = named(tree)
        if code and self.world.indicators[code].formula:
            yield from self._read(self.tree(code), back + more, None)
        elif code:
            yield (code, back + more), parts
        elif not isinstance(tree, str):
            leaves = frozenset((part, back + years) for part, years in map(named, operands(tree)))
            for operand in operands(tree):
                yield from self._read(operand, back, leaves if tree[0] == "sum" else None)

    # A region

    def _answers(self, region: str, code: str, year: int) -> Answers:
        sheet = self.world.indicators[code].sheet
        kind, whole_year = self.world.sheets[sheet].frequency_in(year), Period(year)
        rows = self.rows.get((region, sheet, year), [])
        own = periods = [Period(year, kind, number) for number in range(1, 12 // MONTHS_OF[kind] + 1)]
        if all(row.period == whole_year for row in rows):
            own = [whole_year] if rows else []
        valid = [period for period in (*own, whole_year) if self.is_valid(code, period)]
        accepted = {row.period: row.figures.get(code, BLANK) for row in rows if row.status == "accepted"}
        given = {period: answer for period, answer in accepted.items() if answer != BLANK and period in valid}
        annual = given.pop(whole_year, None) if kind != "year" else None
        is_ended = not any(self.is_valid(code, period) for period in periods)
        not_valid = [period for period in (periods if is_ended else own) if period not in valid]
        expected = [period for period in own if period in valid]
        answers = Answers(expected, given, annual, not_valid, reports_periods=own == periods)
        return answers.only(*self.only, kind) if self.only else answers

    def is_valid(self, code: str, period: Period) -> bool:
        indicator = self.world.indicators[code]
        return indicator.valid.on(period.last_day) and self.world.sheets[indicator.sheet].valid.on(period.last_day)

    def _reading(self, region: str, code: str, year: int, with_last_year: bool) -> Reading:
        leaves = self.leaves(code, with_last_year)
        read = {leaf: self.read_at(region, leaf, others or (), year) for leaf, others in leaves.items()}
        return Reading(
            {leaf: answers for leaf, (answers, _gaps) in read.items()},
            {leaf: others is None for leaf, others in leaves.items()},
            {leaf: gaps for leaf, (_answers, gaps) in read.items()},
            {leaf: self.world.indicators[leaf[0]].accumulation for leaf in leaves},
            is_of_year=self.only is None,
        )

    def read_at(self, region: str, leaf: Leaf, others: Collection[Leaf], year: int) -> tuple[Answers, Sequence[Period]]:
        """Answers and gaps of a leaf, as those of the year or period at hand. A year has no period before it."""
        code, moment = leaf
        if moment < BEFORE:
            answers = self.answers(region, code, year - moment)
            return answers, self.gaps(answers.not_valid, others)
        if self.only is None:
            return Answers(), []
        then, here = self.moved(year, moment), Period(year, *self.only)
        answers = self.seen_from(then[1:]).answers(region, code, then.year)
        gaps = self.gaps(answers.not_valid, others)
        return answers.as_if(here), [here for _gap in gaps]

    def moved(self, year: int, moment: int) -> Period:
        """So many years and periods back. A year has no period before it: what is asked is the year itself."""
        years, periods = moment % BEFORE, moment // BEFORE
        if self.only is None:
            return Period(year - years)
        kind, number = self.only
        a_year = 12 // MONTHS_OF[kind]
        of_year, place = divmod((year - years) * a_year + number - 1 - periods, a_year)
        return Period(of_year, kind, place + 1)

    def gaps(self, not_valid: Sequence[Period], others: Collection[Leaf]) -> list[Period]:
        return [period for period in not_valid if any(self.is_valid(other, period) for other, _back in others)]

    def _pairs(self, region: str, code: str, year: int) -> Pairs:
        return self.reading(region, code, year, with_last_year=False).pairs

    # Which regions stand

    def _standing(self, area: str, code: str, year: int) -> tuple[str, ...]:
        """Those whose own statements the value is made of, without those that do not report."""
        below = self.standing_below(area, code, year)
        have, expected = self.coverage((area,), code, year)
        if not self.reports(area, code, year):
            return below
        is_missing, is_partial = not have, have < expected
        return below if below and (is_missing or (is_partial and self.is_whole(below, code, year))) else (area,)

    def reports(self, region: str, code: str, year: int) -> bool:
        """Something of what is read."""
        read = self.of_same_year(code)
        sheets = ((self.world.indicators[code].sheet, self.moved(year, moment).year) for code, moment in read)
        return any((region, *sheet_year) in self.rows for sheet_year in sheets)

    def standing_below(self, area: str, code: str, year: int) -> tuple[str, ...]:
        return tuple(region for child in self.children[area] for region in self.standing(child, code, year))

    def is_whole(self, regions: Sequence[str], code: str, year: int) -> bool:
        """Nothing is missing, and together they say something."""
        have, expected = self.coverage(regions, code, year)
        says = self.is_not_applicable(regions, code, year) or self.computed(regions, code, year) is not None
        return have == expected > 0 and says

    def coverage(self, regions: Sequence[str], code: str, year: int) -> tuple[int, int]:
        """(have, expected) of the least covered leaf of the same year, of equals that of which most is expected; of any
        leaf, if none is of the same year."""
        leaves = self.of_same_year(code)
        rows = [self.pairs(region, code, year).coverage for region in regions]
        sums = [(sum(row[leaf][0] for row in rows), sum(row[leaf][1] for row in rows)) for leaf in leaves]
        asked = [(have, expected) for have, expected in sums if expected]
        return min(asked, key=lambda covered: (Fraction(*covered), -covered[1]), default=(0, 0))

    def months(self, regions: Sequence[str], code: str, year: int) -> set[Months]:
        """For which months the values of those regions stand, if they are whole, of which something is expected."""
        found = (self.reading(region, code, year, with_last_year=False).months for region in regions)
        return {months for months in found if months}

    # Values

    def made_of(self, regions: Sequence[str], code: str, year: int) -> dict[str, Months]:
        """The regions that have what a value is computed over, with the months of each."""
        found = {region: self.pairs(region, code, year).months for region in regions}
        return {region: months for region, months in found.items() if months}

    def is_not_applicable(self, regions: Sequence[str], code: str, year: int) -> bool:
        """Something is answered, and what is read applies in no pair."""
        pairs = [self.pairs(region, code, year) for region in regions]
        return any(one.is_not_applicable for one in pairs) and not any(one.months for one in pairs)

    def is_of_nothing(self, regions: Sequence[str], code: str, year: int) -> bool:
        """All that is read is 0, of which nothing comes out though something would of other numbers."""
        read = [self.pairs(region, code, year).values for region in self.made_of(regions, code, year)]
        if any(answer for one in read for answer in one.values() if isinstance(answer, Fraction)):
            return False
        others = [
            {leaf: Fraction(2**n) if isinstance(one[leaf], Fraction) else one[leaf] for n, leaf in enumerate(one)}
            for one in read
        ]
        return self.evaluated(code, 0, read) is None and self.evaluated(code, 0, others) is not None

    def computed(self, regions: Sequence[str], code: str, year: int) -> Fraction | None:
        values = [self.pairs(region, code, year).values for region in self.made_of(regions, code, year)]
        return self.evaluated(code, 0, values)

    def _value(self, area: str, code: str, year: int) -> Value:
        standing = self.standing(area, code, year)
        have, expected = self.coverage(standing, code, year)
        value = self.computed(standing, code, year)
        is_not_applicable = self.is_not_applicable(standing, code, year) or self.is_of_nothing(standing, code, year)
        declaring, declared = self.declared(area, code, year)
        source = self.sources(standing, code, year)
        if value is None and declared is not None:
            value = declared if isinstance(declared, Fraction) else None
            is_not_applicable, source = declared == NA, frozenset(["declared"])
            have = expected = len(self.answers(declaring, code, year).expected)
        other = self.other(area, code, year) if standing == (area,) else None
        return Value(value, is_not_applicable, have, expected, source, other=other, declared=declared)

    def other(self, area: str, code: str, year: int) -> Fraction | None:
        """What the regions below make together, where both are whole and of the same months."""
        below = self.standing_below(area, code, year)
        both = self.is_whole((area,), code, year) and self.is_whole(below, code, year)
        is_like = len(self.months((area, *below), code, year)) == 1
        is_number = self.computed((area,), code, year) is not None
        return self.computed(below, code, year) if both and is_like and is_number else None

    def sources(self, regions: Sequence[str], code: str, year: int) -> frozenset[str]:
        if self.world.indicators[code].formula:
            return frozenset(["computed"] if self.made_of(regions, code, year) else [])
        given = [self.answers(region, code, year) for region in regions]
        is_yearly = self.world.sheets[self.world.indicators[code].sheet].frequency_in(year) == "year"
        return frozenset("annual" if is_yearly or one.is_by_annual else "periods" for one in given if one.have)

    def evaluated(self, code: str, back: int, values: Values) -> Fraction | None:
        """In the indicator's unit, computed once from the sums; None where it cannot be."""
        base = self._evaluated(code, back, values) if values else None
        return None if base is None else base / self.world.indicators[code].scale

    def _evaluated(self, tree: Tree, back: int, values: Values) -> Fraction | None:
        code, more = named(tree)
        if code and self.world.indicators[code].formula:
            return self._evaluated(self.tree(code), back + more, values)
        if code:
            return self.summed((code, back + more), values)
        if isinstance(tree, str):
            return Fraction(tree)
        if tree[0] == "sum":
            return self.summed_parts(operands(tree), back, values)
        if tree[0] == "*" and len(values) > 1 and all(map(reads, operands(tree))):
            return total([self._evaluated(tree, back, [one]) for one in values])
        return applied(str(tree[0]), [self._evaluated(operand, back, values) for operand in operands(tree)])

    def summed(self, leaf: Leaf, values: Values) -> Fraction | None:
        """Of several regions, in base units. Percentages are not put together."""
        indicator = self.world.indicators[leaf[0]]
        numbers = [answer for one in values if isinstance(answer := one[leaf], Fraction)]
        if not numbers or (indicator.is_percent and len(numbers) > 1):
            return None
        mean = indicator.accumulation == "average"
        return folded("average" if mean else "flow", numbers) * indicator.scale

    def summed_parts(self, parts: Sequence[Tree], back: int, values: Values) -> Fraction | None:
        """One that applies nowhere counts as nothing."""
        said = [part for part in parts if not self.applies_nowhere(part, back, values)]
        return total([self._evaluated(part, back, values) for part in said])

    def applies_nowhere(self, part: Tree, back: int, values: Values) -> bool:
        code, more = named(part)
        return not self.world.indicators[code].formula and not any(
            isinstance(one[code, back + more], Fraction) for one in values
        )

    # What is declared

    def declared(self, area: str, code: str, year: int) -> tuple[str, Answer | None]:
        """The annual statement that may stand, and the region whose it is."""
        own = self.statement(area, code, year)
        if own is not None or not self.world.indicators[code].formula:
            return area, own
        sheet = self.world.indicators[code].sheet
        reporting = [region for region in self.within(area) if self.rows.get((region, sheet, year))]
        return (reporting[0], self.statement(reporting[0], code, year)) if len(reporting) == 1 else (area, None)

    def statement(self, region: str, code: str, year: int) -> Answer | None:
        period, sheet = Period(year, *(self.only or ())), self.world.indicators[code].sheet
        is_asked = not self.only or period.kind == self.world.sheets[sheet].frequency_in(year)
        if not is_asked or not self.world.indicators[code].formula or not self.is_valid(code, period):
            return None
        rows = self.rows.get((region, sheet, year), [])
        found = [row.figures.get(code, BLANK) for row in rows if row.period == period and row.status == "accepted"]
        return found[0] if found and found[0] != BLANK else None

    def within(self, area: str) -> list[str]:
        return [area, *(region for child in self.children[area] for region in self.within(child))]

    # Change

    def comparison(self, area: str, code: str, year: int) -> Comparison | None:
        now, last = self.value(area, code, year), self.value(area, code, year - 1)
        if now.value is None or last.value is None:
            return None
        if "declared" in now.sources | last.sources:
            return self.declared_comparison(area, code, year)
        return self.like_comparison(area, code, year)

    def like_comparison(self, area: str, code: str, year: int) -> Comparison | None:
        """Over one set of months: that with which most is compared."""
        made_of = [self.made_of(self.standing(area, code, one), code, one) for one in (year, year - 1)]
        readings = {region: self.reading(region, code, year, with_last_year=True) for region in made_of[0]}

        def taking_part(months: Months) -> dict[str, Mapping[Leaf, Answer | None]]:
            found = {region: reading.over(months) for region, reading in readings.items()}
            return {region: values for region, values in found.items() if values is not None}

        def rank(months: Months) -> tuple[int, int, list[int]]:
            return len(taking_part(months)) * len(months), len(months), [-month for month in sorted(months)]

        months = max({reading.pairs.months for reading in readings.values()} - {NO_MONTHS}, key=rank, default=NO_MONTHS)
        if not months:
            return None
        compared = taking_part(months)
        now, last = (self.evaluated(code, back, list(compared.values())) for back in (0, 1))
        if now is None or last is None:
            return None
        is_plain = all(self.is_of_whole_year(area, code, one) for one in (year, year - 1)) and all(
            one.keys() == compared.keys()
            and all(readings[region].takes_year or one[region] == months for region in one)
            for one in made_of
        )
        return Comparison(now, last, months, len(compared), len(set().union(*made_of)), is_plain)

    def is_of_whole_year(self, area: str, code: str, year: int) -> bool:
        regions = self.standing(area, code, year)
        return self.is_whole(regions, code, year) and self.months(regions, code, year) == {self.span(year)}

    def span(self, year: int) -> Months:
        return Period(year, *self.only).months if self.only else ALL_MONTHS

    def declared_comparison(self, area: str, code: str, year: int) -> Comparison | None:
        """Where one of the years is declared: only if both are of one region, the same, and whole."""
        (now, of_now), (last, of_last) = (self.only_statement(area, code, one) for one in (year, year - 1))
        if now is None or last is None or of_now != of_last:
            return None
        return Comparison(now, last, self.span(year), 1, 1, is_plain=True)

    def only_statement(self, area: str, code: str, year: int) -> tuple[Fraction | None, str]:
        """The value of the whole year that one region makes, and the region."""
        value, (declaring, _declared) = self.value(area, code, year), self.declared(area, code, year)
        if "declared" in value.sources:
            return value.value, declaring
        made_of = [*self.made_of(self.standing(area, code, year), code, year)]
        is_only = len(made_of) == 1 and self.is_of_whole_year(area, code, year)
        return (value.value, made_of[0]) if is_only else (None, "")

    def change(self, code: str, comparison: Comparison) -> Fraction | None:
        if self.world.indicators[code].is_percent:
            return comparison.now - comparison.last
        return 100 * (comparison.now / comparison.last - 1) if comparison.last > 0 else None


# Trees of formulas


def named(tree: Tree) -> tuple[str, int]:
    """The code that is read here, and how many years back; an empty text for a number or an operation."""
    if isinstance(tree, str):
        return (tree, 0) if tree[0].isalpha() else ("", 0)
    return (str(tree[1]), int(str(tree[2]))) if tree[0] == "at" else ("", 0)


def reads(tree: Tree) -> bool:
    return bool(named(tree)[0]) or (not isinstance(tree, str) and any(map(reads, operands(tree))))


def operands(tree: Tree) -> Sequence[Tree]:
    return [] if isinstance(tree, str) else [operand for operand in tree[1:] if not isinstance(operand, int)]


def applied(sign: str, values: Sequence[Fraction | None]) -> Fraction | None:
    """What is computed with something missing is missing, and so is a quotient by 0."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or (sign == "/" and not known[1]):
        return None
    return OPERATIONS[sign](*known)


def total(values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


OPERATIONS: Final[Mapping[str, Callable[..., Fraction]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
    "abs": abs,
    "min": min,
    "max": max,
}
