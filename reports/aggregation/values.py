"""What aggregation gives: a value of a year or a period with its coverage, and how it is compared and printed."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from sectors.calculation.cells import formatted, rounded
from sectors.models import Indicator
from sectors.vocabulary import AMOUNTS


class Coverage(NamedTuple):
    """How many of the expected periods (over all reporting regions) have the figure."""

    have: int
    expected: int

    @property
    def complete(self) -> bool:
        return self.have >= self.expected > 0

    @property
    def percent(self) -> str:
        """In whole per cent, cut off: what is not complete is never called 100%. Empty where nothing is expected."""
        return f"{100 * self.have // self.expected}%" if self.expected else ""

    @property
    def share(self) -> float:
        return self.have / self.expected if self.expected else 0.0


class AnnualValue(NamedTuple):
    """One indicator's year: unrounded, in the indicator's own unit; None when missing.

    `source` tells where the value is from: `periods`, `annual`, `computed`, `declared` (a computed indicator whose
    parts are missing, so that only the department's own statement is left) or nothing.
    """

    indicator: Indicator
    value: Decimal | None
    last: Decimal | None
    coverage: Coverage
    source: str
    declared: Decimal | None = None
    declared_places: int = 0
    not_applicable: bool = False

    @property
    def places(self) -> int:
        """Decimals it is printed with: what was only declared keeps those that it was declared with."""
        return self.declared_places if self.source == "declared" else self.indicator.decimals

    @property
    def text(self) -> str:
        return formatted(self.value, self.places, self.indicator.rounding)

    @property
    def last_text(self) -> str:
        return formatted(self.last, self.indicator.decimals, self.indicator.rounding)

    @property
    def change(self) -> Decimal | None:
        """Percentage points for a rate, per cent for anything else.

        None without a last year (or one of zero), and for an amount of which periods are still missing: three
        quarters are not to be held against a whole year.
        """
        if self.value is None or self.last is None or self.is_partial_amount:
            return None
        if self.indicator.unit.is_percent:
            return self.value - self.last
        return (self.value / self.last - 1) * 100 if self.last else None

    @property
    def change_text(self) -> str:
        """`+0.8 percentage points`, `-3.1%`, as it was; empty where there is nothing to compare."""
        if self.value is None or self.last is None or self.is_partial_amount:
            return ""
        if self.value == self.last:
            return _("as last year")
        if self.change is None:
            return ""
        amount = rounded(self.change, 1)
        text = f"{amount:+f}" if amount else "0.0"
        return _("%(count)s points") % {"count": text} if self.indicator.unit.is_percent else f"{text}%"

    @property
    def is_partial(self) -> bool:
        """Whether periods are missing behind the value."""
        return self.source in ("periods", "computed") and not self.coverage.complete

    @property
    def is_partial_amount(self) -> bool:
        grows = self.indicator.accumulation in AMOUNTS
        return self.is_partial and grows and not self.indicator.unit.is_percent
