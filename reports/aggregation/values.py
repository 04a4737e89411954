"""What aggregation gives: a value of a year or a period, and how it is compared and printed."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from reports.aggregation import months as calendar
from reports.aggregation.made import NOTHING, Coverage, Gap, Made
from reports.aggregation.months import Months
from reports.vocabulary import DECIMALS_OF_CHANGE
from sectors.calculation.bounded import EXACTLY, Bounds, Marked
from sectors.calculation.cells import formatted, rounded, unit_behind
from sectors.calculation.qualifiers import written
from sectors.models import Indicator
from sectors.vocabulary import AMOUNTS, Qualifier, TargetBound

MOST_DIGITS = 29  # a computed value has no more


class Comparison(NamedTuple):
    """A value and that of the year before, both over the pairs of region and months that the two years have in common.

    `is_plain` says that these are all that both years' values are made of, for twelve months or the whole period.
    `regions` is how many are compared, `all_regions` how many make either year's value. `is_about` says that not all
    that is compared is exact: which is the larger is sure all the same.
    """

    now: Decimal
    last: Decimal
    months_set: Months
    regions: int
    all_regions: int
    is_plain: bool
    is_about: bool = False

    @property
    def months(self) -> frozenset[int]:
        """From 1 to 12."""
        return calendar.numbers(self.months_set)


class AnnualValue(NamedTuple):
    """One indicator's year: unrounded, in the indicator's own unit; None when missing. See docs/figures.md.

    `before` is last year's value as it stands. `grows` says that it only becomes more in the course of a year.
    Of what is reported in words there is no value but the latest `words`, as a report prints them, with nothing beside.
    `declared` is the department's own statement of a computed value, `is_declared` that its parts are missing, so that
    only that is left. `bounds` are there where it is made of figures that are not exact, or as of another day.
    """

    indicator: Indicator
    year: int
    made: Made
    before: Made = NOTHING
    comparison: Comparison | None = None
    grows: bool = False
    is_declared: bool = False
    declared: Decimal | None = None
    bounds: Bounds | None = None
    last_bounds: Bounds | None = None
    declared_bounds: Bounds | None = None
    words: str = ""

    @property
    def value(self) -> Decimal | None:
        return self.made.value

    @property
    def is_there(self) -> bool:
        """As a number or in words."""
        return self.value is not None or bool(self.words)

    @property
    def coverage(self) -> Coverage:
        return self.made.origin.coverage

    @property
    def not_applicable(self) -> bool:
        return self.made.not_applicable

    @property
    def reason(self) -> Gap | None:
        return self.made.reason

    @property
    def months_set(self) -> Months:
        """Those that it is of."""
        return self.made.origin.months or calendar.YEAR

    @property
    def source(self) -> str:
        """Where it is from: `periods`, `annual`, `computed`, `declared`; empty where there is none."""
        if self.is_declared:
            return "declared"
        if not self.is_there:
            return ""
        if self.indicator.formula:
            return "computed"
        return "annual" if self.made.origin.is_annual else "periods"

    @property
    def last(self) -> Decimal | None:
        return self.before.value

    @property
    def last_coverage(self) -> Coverage:
        return self.before.origin.coverage

    @property
    def last_not_applicable(self) -> bool:
        return self.before.not_applicable

    @property
    def places(self) -> int:
        """Decimals it is printed with: what was only declared keeps those that it was declared with."""
        return self.made.places if self.is_declared else self.indicator.decimals

    @property
    def digits(self) -> str:
        return formatted(self.value, self.places, self.marked.rounding(self.indicator.rounding))

    @property
    def marked(self) -> Marked:
        """How the value is written beside its digits."""
        return self._marked(self.value, self.bounds, is_sum=self.is_declared)

    def _marked(self, value: Decimal | None, bounds: Bounds | None, *, is_sum: bool = False) -> Marked:
        if bounds is None or value is None:
            return EXACTLY
        is_sum = is_sum or not self.indicator.formula
        return Marked(bounds.qualifier(value, is_sum=is_sum), bounds.as_of)

    @property
    def stated_text(self) -> str:
        """What was entered, or declared for a computed value, without its unit."""
        if not self.indicator.is_computed:
            return self.text
        marked = self._marked(self.declared, self.declared_bounds, is_sum=True)
        return marked.write(formatted(self.declared, self.made.places), year=self.year)

    def write(self, digits: str, unit: str = "") -> str:
        """Its digits as they are printed, with what says that they are not exact and their unit behind them."""
        return self.marked.write(digits, unit_behind(unit), self.year)

    @property
    def text(self) -> str:
        """As printed where its unit stands elsewhere: `120余`."""
        return self.words or self.write(self.digits)

    @property
    def text_with_unit(self) -> str:
        """`120余家`, `98.5%以上`; empty where there is none."""
        return self.words or self.write(self.digits, self.indicator.unit.name)

    @property
    def exact_text(self) -> str:
        """With as many more decimals as tell on which side of its target it lies, where it prints on the other side;
        empty otherwise."""
        indicator, reaches = self.indicator, self.indicator.reaches_target(self.value)
        if reaches is None or self.value is None or indicator.reaches_target(Decimal(self.digits)) is reaches:
            return ""
        if self.bounds is not None:
            return ""
        longer = (formatted(self.value, places, indicator.rounding) for places in range(self.places + 1, MOST_DIGITS))
        return next((text for text in longer if indicator.reaches_target(Decimal(text)) is reaches), "")

    @property
    def last_text(self) -> str:
        return self._last("")

    @property
    def last_text_with_unit(self) -> str:
        return self._last(unit_behind(self.indicator.unit.name))

    def _last(self, unit: str) -> str:
        return self._last_marked.write(self.last_digits, unit, self.year - 1)

    @property
    def last_digits(self) -> str:
        return formatted(self.last, self.indicator.decimals, self._last_marked.rounding(self.indicator.rounding))

    @property
    def _last_marked(self) -> Marked:
        return self._marked(self.last, self.last_bounds)

    @property
    def other_text(self) -> str:
        """The other statement of the same fact, where it prints as another number; empty otherwise."""
        text = formatted(self.made.other, self.places, self.indicator.rounding)
        return text if text != self.digits else ""

    @property
    def change(self) -> Decimal | None:
        """Percentage points for a rate, per cent for anything else, over like pairs.

        None where nothing can be compared, and for a per cent of what was zero or negative.
        """
        if self.comparison is None:
            return None
        now, last = self.comparison.now, self.comparison.last
        if self.indicator.unit.is_percent:
            return now - last
        return (now / last - 1) * 100 if last > 0 else None

    @property
    def change_places(self) -> int:
        """Points have the decimals of the rate that they are of, so that one sentence has one number of them."""
        return self.places if self.indicator.unit.is_percent else DECIMALS_OF_CHANGE

    @property
    def plain_change(self) -> Decimal | None:
        """As `change`, of the whole of both years only, and exact: for sentences and charts that do not say what is
        compared."""
        found = self.comparison
        return self.change if found is not None and found.is_plain and not found.is_about else None

    @property
    def direction(self) -> int | None:
        """1 where it is more than last year, -1 where it is less, 0 where it prints as it was; None where not the whole
        of both years is compared. Known of what has no per cent too."""
        found = self.comparison
        if found is None or not found.is_plain:
            return None
        return 0 if self.is_unchanged else 1 if found.now > found.last else -1

    @property
    def plain_last(self) -> Decimal | None:
        """Last year's value where the whole of both years is compared: to stand beside this year's."""
        return self.last if self.comparison is not None and self.comparison.is_plain else None

    @property
    def plain_last_text(self) -> str:
        return "" if self.plain_last is None else self.last_text

    @property
    def rounded_change(self) -> Decimal | None:
        change = self.change
        return None if change is None else rounded(change, self.change_places)

    @property
    def is_unchanged(self) -> bool:
        """As it was, to the last digit or, of what is exact, as printed."""
        found = self.comparison
        return found is not None and (found.now == found.last or (not found.is_about and self.rounded_change == 0))

    @property
    def change_text(self) -> str:
        """`+0.8 points`, `-3.1%`, as last year, with what was compared; empty where there is nothing to compare."""
        amount = self.rounded_change
        if self.comparison is None or (amount is None and not self.is_unchanged):
            return ""
        if amount is None or self.comparison.now == self.comparison.last:
            text = _("as last year")
        else:
            number = f"{amount:+f}" if amount else f"{abs(amount):f}"
            text = _("%(count)s points") % {"count": number} if self.indicator.unit.is_percent else f"{number}%"
            text = written(text, Qualifier.ABOUT) if self.comparison.is_about else text
        basis = self.basis_text
        return _("%(text)s (%(more)s)") % {"text": text, "more": basis} if basis else text

    @property
    def basis_text(self) -> str:
        """What is compared, for the screen: months, regions; empty for the whole of both years."""
        found = self.comparison
        if found is None or found.is_plain:
            return ""
        texts = [_month_text(first, last) for first, last in calendar.spans(found.months_set)]
        parts = [] if found.months_set == self.months_set == calendar.YEAR else [_(", ").join(texts)]
        if found.regions < found.all_regions:
            parts.append(_("%(count)d of %(all)d regions") % {"count": found.regions, "all": found.all_regions})
        return _(", ").join(parts) or _("like with like")

    @property
    def is_of_nothing(self) -> bool:
        """Whether it does not apply because it is 0 of 0."""
        return self.reason is Gap.NOTHING

    @property
    def is_partial(self) -> bool:
        """Whether something is missing behind the value, or behind its being not applicable."""
        there = bool(self.source) or self.not_applicable
        return there and not self.is_declared and not self.coverage.complete

    @property
    def is_partial_amount(self) -> bool:
        return self.is_partial and self.indicator.accumulation in AMOUNTS and not self.indicator.unit.is_percent

    @property
    def is_last_partial(self) -> bool:
        there = self.last is not None or self.last_not_applicable
        return there and self.last_coverage.expected > 0 and not self.last_coverage.complete

    @property
    def reaches_target(self) -> bool | None:
        """Whether the unrounded value does, as GB/T 8170 compares with a limit; None where either is missing, as long
        as it is too early to say, and where a value that is not exact may lie on either side."""
        reaches = self._reaches()
        return None if reaches is None or self.is_too_early else reaches

    @property
    def is_undecidable(self) -> bool:
        """Whether the value may lie on either side of its target."""
        return self._reaches() is None and self.indicator.reaches_target(self.value) is not None

    def _reaches(self) -> bool | None:
        ends = (self.value,) if self.bounds is None else self.bounds.interval
        found = {self.indicator.reaches_target(end) for end in ends}
        return found.pop() if len(found) == 1 else None

    @property
    def is_too_early(self) -> bool:
        """Whether it grows, something is missing, and what is still to come decides about the target."""
        reaches = self._reaches()
        if reaches is None or not (self.is_partial and self.grows):
            return False
        return reaches is not (self.indicator.target_is == TargetBound.AT_LEAST)


def _month_text(first: int, last: int) -> str:
    if first == last:
        return _("month %(number)d") % {"number": first}
    return _("months %(first)d to %(last)d") % {"first": first, "last": last}
