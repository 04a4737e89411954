"""The values of one area in one year or period: from sums where all that is read is alike, else over pairs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from reports.aggregation import months
from reports.aggregation.common_months import Answers, common_months, read_over, read_to_date
from reports.aggregation.fetched import Fetched, region_keys
from reports.aggregation.formula_inputs import FormulaInputs
from reports.aggregation.made import NOTHING, Coverage, Gap, Made, Origin, least, undefined
from reports.aggregation.sums import AreaSums
from reports.aggregation.values import AnnualValue, Comparison
from sectors.calculation.bounded import EXACTLY, Marked
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import Name
from sectors.calculation.periods import PeriodKey
from sectors.calculation.words import said as words_said
from sectors.models import Indicator
from sectors.vocabulary import Frequency


class Asked(NamedTuple):
    """What is asked for: which indicators by code, with the targets of a region's year (`aimed`, which keeps nothing of
    a cube alive), which of them only become more in the course of a year, whether with the year before, from which
    figures, and how to come to other places: a weak reference, since a cube that its places refer to would be left to
    the garbage collector, which takes longer to find it than the cube took."""

    indicators: Mapping[str, Indicator]
    aimed: Callable[[Sequence[int], int], Mapping[str, Indicator]]
    growing: Collection[str]
    is_compared: bool
    fetched: Fetched
    place: Callable[[], Callable[[int, PeriodKey], Place] | None]


class _Declared(NamedTuple):
    """A department's own statement of a computed value; None: not applicable."""

    value: Decimal | None
    places: int
    region: int


class Place(dict[str, AnnualValue]):
    """Values of one period or year and area by code, each put together when it is first asked for, while there is the
    cube that it is of."""

    def __init__(self, asked: Asked, area: int, period: PeriodKey) -> None:
        super().__init__()
        self.asked, self.fetched, self.catalogue = asked, asked.fetched, asked.fetched.catalogue
        self.area, self.period = area, period
        self.year, self.is_year = period.year, period.kind == Frequency.YEAR
        self.months, self.one = months.of_period(period), None if self.is_year else period
        self.indicators = asked.aimed(self.fetched.roots(area), self.year)
        self.sums = AreaSums(self.fetched, area, period)
        self._made: dict[str, Made] = {}
        self._read: dict[Name, Decimal | None] = {}  # by code and number of years back, of what is alike
        if not asked.is_compared and not asked.fetched.inexact:
            self._begin()

    def _begin(self) -> None:
        """What is entered stands as it is where nothing is beside it: a table has thousands of such values."""
        indicators, growing, year = self.indicators, self.asked.growing, self.year
        for code, made in self.sums.items():
            if made and code in indicators and not indicators[code].is_words:
                row = (indicators[code], year, made, NOTHING, None, code in growing, False, None, None, None, None, "")
                self[code] = _new(AnnualValue, row)

    @cached_property
    def evaluation(self) -> Evaluation:
        return Evaluation(self.catalogue.definitions, self._read)

    @cached_property
    def before(self) -> Place:
        """The same a year earlier."""
        place = self.asked.place()
        assert place is not None, "The cube of this place is gone."
        return place(self.area, PeriodKey(self.year - 1, self.period.kind, self.period.number))

    def back(self, years: int) -> Place:
        return self if not years else self.before.back(years - 1)

    def number(self, code: str) -> tuple[Decimal | None, int]:
        """The value and the decimals that it is printed with, for whoever shows nothing else of it."""
        indicator, value = self.asked.indicators[code], self._value(code)
        if value is not None or not indicator.formula:
            return value, indicator.decimals
        found = self[code]  # perhaps declared
        return found.value, found.places

    def _value(self, code: str) -> Decimal | None:
        """That of `made`, without what it was made of."""
        if not self.asked.indicators[code].formula:
            return (self.sums[code] or self.made(code)).value
        read = self._all_alike(self.fetched.inputs(code))
        if read is None:
            return self.made(code).value
        return self.evaluation.value(code) if read.origin.regions else None

    def __missing__(self, code: str) -> AnnualValue:
        asked = self.asked
        indicator, now = self.indicators[code], self.sums.get(code) or self.made(code)
        if indicator.is_words:
            self[code] = self._in_words(indicator, now)
            return self[code]
        last = self.before.made(code) if asked.is_compared else NOTHING
        comparison = None if now.value is None or last.value is None else self._comparison(code, now, last)
        grows = code in asked.growing
        row = (indicator, self.year, now, last, comparison, grows, False, None, None, None, None, "")
        found = _new(AnnualValue, row)
        if indicator.formula:
            found = self._with_declared(code, found)
        self[code] = found
        return found

    def _in_words(self, indicator: Indicator, made: Made) -> AnnualValue:
        """What was said last in the year, or in the period; nothing where more than one region said anything."""
        found = self.fetched.words.get((indicator.code, self.area, self.year), {})
        said = {region: words for region, rows in found.items() if (words := self._latest(rows))}
        if said:
            made = made._replace(not_applicable=False, reason=Gap.WORDS if len(said) > 1 else None)
        words = next(iter(said.values())) if len(said) == 1 else ""
        return AnnualValue(indicator, self.year, made, words=words_said(words, indicator.value_kind))

    def _latest(self, rows: Mapping[tuple[str, int], str]) -> str:
        """Of a region's words by kind and number of the period; a year is that of its periods, else of the whole."""
        if self.one is not None:
            return rows.get((self.one.kind, self.one.number), "")
        own = [key for key in rows if key[0] != Frequency.YEAR]
        return rows[max(own or rows, key=lambda key: key[1])] if rows else ""

    def is_exact(self, code: str) -> bool:
        """Whether all figures are that a value may be made of."""
        return True

    def reads_exactly(self, code: str) -> bool:
        """Whether all figures are that its value is computed from."""
        return True

    def marked(self, code: str) -> Marked:
        """How the value of `number` is written beside its digits."""
        return EXACTLY if self.is_exact(code) else self[code].marked

    # Computed from sums where all is alike, else over pairs

    def made(self, code: str) -> Made:
        found = self._made.get(code)
        if found is None:
            inputs = self.fetched.inputs(code)
            found = self._all_alike(inputs)
            if found is None:
                found = self.fetched.pairs.made(code, self.fetched.roots(self.area), self.year, self.one)
            elif self.catalogue.by_code[code].formula:
                found = self._of_computed(code, inputs)
            if found.reason is Gap.NOTHING:
                is_exact = self.reads_exactly(code)
                found = found._replace(not_applicable=is_exact, reason=Gap.NOTHING if is_exact else Gap.UNDEFINED)
            self._made[code] = found
        return found

    def _of_computed(self, code: str, inputs: FormulaInputs) -> Made:
        origin = self._origin(inputs)
        if not origin.regions:
            return Made(None, origin)
        value = self.evaluation.value(code)
        reason = undefined(self._read[name] for name in inputs.names) if value is None else None
        return Made(value, origin, reason=reason)

    def _origin(self, inputs: FormulaInputs) -> Origin:
        """That of all that is read of the time, where all is of the same months and regions: as well covered as the
        least of it."""
        read = [self.back(back).sums[name] for name, back in inputs.of_the_time]
        origins = [one.origin for one in read if one]
        first = origins[0]
        if all(one is first for one in origins):
            return first
        coverage = least([one.coverage for one in origins])
        is_whole = coverage.complete and first.months == self.months
        return first._replace(coverage=coverage, is_whole=is_whole, is_even=all(one.is_even for one in origins))

    def _all_alike(self, inputs: FormulaInputs) -> Made | None:
        """One of all that is read; None where regions, or the things that are read, differ in what there is of them."""
        if inputs.reads_before:
            return None
        found: Made | None = None
        for name in inputs.names:
            code, back = name
            made = (self.back(back) if back else self).sums[code]
            if made is None:
                return None
            if found is not None and made.origin is not found.origin and not _is_same(made.origin, found.origin):
                return None
            found, self._read[name] = made, made.value
        is_single = found is None or len(found.origin.regions) <= 1
        return found if is_single or not (inputs.has_product or inputs.percentages) else None

    # The year before

    def _comparison(self, code: str, now: Made, last: Made) -> Comparison | None:
        inputs = self.fetched.inputs_of_both(code)
        read, regions = self._all_alike(inputs), now.origin.regions
        if read is not None:
            is_whole = now.origin.is_whole and last.origin.is_whole
            return Comparison(now.value, last.value, read.origin.months, len(regions), len(regions), is_whole)  # type: ignore[arg-type]
        is_one = len(regions) <= 1 or not (inputs.has_product or inputs.percentages)
        may_be_whole = now.origin.months == last.origin.months == months.YEAR  # one of them by annual figures
        if self.is_year and is_one and regions == last.origin.regions and not may_be_whole:
            own = self._periods_read(inputs, regions)
            if own is not None:
                return self._over_periods(code, own, len(regions))
        return self.fetched.pairs.comparison(code, self.fetched.roots(self.area), self.year, self.one)

    def _periods_read(self, inputs: FormulaInputs, regions: frozenset[int]) -> dict[Name, Answers] | None:
        """The periods of all that is read; None where it is not these regions' or they differ in what they have."""
        own: dict[Name, Answers] = {}
        for name in inputs.names:
            rows = self.fetched.periods_of_year(self.area, name[0], self.year - name[1])
            if rows is None or (rows and region_keys(rows[0].regions) != regions):
                return None
            own[name] = {row.months: row.value for row in rows}
        return own

    def _over_periods(self, code: str, own: Mapping[Name, Answers], regions: int) -> Comparison | None:
        """Over the months that both years have in common, in regions that have the same."""
        to_date = read_to_date(self.catalogue, own)
        common = common_months(own, to_date)
        if not common:
            return None
        evaluation = Evaluation(self.catalogue.definitions, read_over(self.catalogue, own, common, to_date))
        now, last = evaluation.value(code), evaluation.value(code, 1)
        if now is None or last is None:
            return None
        return Comparison(now, last, common, regions, regions, is_plain=False)

    # Declared by a department

    def declared(self, code: str) -> _Declared | None:
        """What stands for the area: its own statement, or that of the only region in it that reports the sheet."""
        row = self.sums.figures.get(code)
        if row is None or code not in self.catalogue.valid_codes(self.period.last_day):
            return None
        rows = self.sums.differing.get(code, [row])
        regions = [region for row in rows for region in region_keys(row.regions)]
        reporters = self.fetched.reporters(self.catalogue.sheet_of[code], self.year, self.area).all
        own = [region for region in self.fetched.roots(self.area) if region in regions] or list(reporters)
        if len(own) != 1:
            return None
        if len(regions) == 1:
            return _Declared(row.value, row.places, own[0])
        return _Declared(*self.fetched.pairs.regions.declared(code, own[0], self.period), own[0])

    def _with_declared(self, code: str, found: AnnualValue) -> AnnualValue:
        """A declared value stands where nothing can be computed, and beside what is."""
        declared, earlier = self.declared(code), self.before.declared(code) if self.asked.is_compared else None
        if not declared and not earlier:
            return found
        now, last = self._stated(code, found.made, declared), self.before._stated(code, found.before, earlier)
        comparison, is_declared = found.comparison, declared is not None and found.value is None
        if is_declared or (earlier is not None and found.last is None):
            comparison = self._of_declared(now, last)
        value = declared.value if declared else None
        return found._replace(made=now, before=last, comparison=comparison, is_declared=is_declared, declared=value)

    def _stated(self, code: str, made: Made, declared: _Declared | None) -> Made:
        """What is computed, else what was declared."""
        if declared is None:
            return made
        value, places, region = declared
        if made.value is not None:
            return made._replace(places=places)
        coverage = self._declared_coverage(code, declared)
        origin = made.origin._replace(coverage=coverage, regions=frozenset([region]), is_whole=True)
        reason = made.reason if value is None else None
        return made._replace(value=value, origin=origin, places=places, not_applicable=value is None, reason=reason)

    def _of_declared(self, now: Made, last: Made) -> Comparison | None:
        """Declared values are compared when they are of the same only region and both years are whole."""
        if now.value is None or last.value is None or not (now.origin.is_whole and last.origin.is_whole):
            return None
        if now.origin.regions != last.origin.regions or len(now.origin.regions) != 1:
            return None
        return Comparison(now.value, last.value, self.months, 1, 1, is_plain=True)

    def _declared_coverage(self, code: str, declared: _Declared) -> Coverage:
        """An annual statement answers all that is expected of its region."""
        is_own = declared.region in self.fetched.reporters(self.catalogue.sheet_of[code], self.year, self.area).own
        count = len(self.catalogue.expected_periods(code, self.year)) if is_own and self.is_year else 1
        return Coverage(count, count)


def _is_same(one: Origin, other: Origin) -> bool:
    """Whether they are of the same months and regions."""
    return one.months == other.months and one.regions == other.regions


# A table has thousands of cells, and one is put together twice as fast without the steps between its class and the
# tuple that it is.
_new: Callable[[type[AnnualValue], tuple[Any, ...]], AnnualValue] = tuple.__new__
