"""Rates of few: said as numbers (44批次中42批次) and with the interval in which chance leaves them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reports.aggregation.cube import AnnualValue
from reports.document.blocks import Number, Run, Text
from reports.document.marks import mark_number
from sectors.calculation.cells import formatted
from sectors.calculation.tokens import codes_in

FEW = 100
Z = Decimal("1.959964")  # of the normal distribution, for 95 %
ALIKE = Decimal("1e-6")


@dataclass(frozen=True)
class Few:
    """A rate that is so many of few, both of them whole counts."""

    part: AnnualValue
    whole: AnnualValue

    @property
    def codes(self) -> set[str]:
        return {self.part.indicator.code, self.whole.indicator.code}

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """After Wilson, in per cent, with 95 % confidence."""
        n, k = self.whole.value or Decimal(1), self.part.value or Decimal(0)
        share, square = k / n, Z * Z
        middle = (share + square / (2 * n)) / (1 + square / n)
        reach = Z / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)).sqrt()
        return max(middle - reach, Decimal(0)) * 100, min(middle + reach, Decimal(1)) * 100

    @property
    def runs(self) -> list[Run]:
        """（44批次中42批次，95%置信区间84.9%—98.7%）"""
        low, high = (formatted(end, 1) for end in self.interval)
        return [
            Text("（"),
            Number(self.whole.indicator.code, self.whole.text_with_unit),
            Text("中"),
            Number(self.part.indicator.code, self.part.text_with_unit),
            Text(f"，95%置信区间{low}%—{high}%）"),
        ]

    @property
    def marked(self) -> str:
        """（按44批次中42批次计算）, as a marked string."""
        whole, part = (mark_number(of.indicator.code, of.text_with_unit) for of in (self.whole, self.part))
        return f"（按{whole}中{part}计算）"

    @property
    def shortly(self) -> list[Run]:
        """（42/44）"""
        part, whole = (Number(of.indicator.code, of.text) for of in (self.part, self.whole))
        return [Text("（"), part, Text("/"), whole, Text("）")]

    def holds(self, rate: Decimal | None) -> bool:
        """Whether chance alone may make this of such a rate."""
        low, high = self.interval
        return rate is not None and low <= rate <= high


def of(rate: AnnualValue, values: Mapping[str, AnnualValue]) -> Few | None:
    """The counts that make a rate, where they are few, exact and give it; `values` by code."""
    codes = codes_in(rate.indicator.formula)
    is_quotient = rate.indicator.formula.replace(" ", "") == "/".join(codes) and len(codes) == 2
    if not is_quotient or rate.value is None or not all(code in values for code in codes):
        return None
    part, whole = (values[code] for code in codes)
    if not (_is_count(part) and _is_count(whole)) or not 0 < (whole.value or 0) < FEW:
        return None
    share = (part.value or Decimal(0)) / (whole.value or Decimal(1)) * 100
    return Few(part, whole) if share <= FEW and abs(share - rate.value) < ALIKE else None


def _is_count(value: AnnualValue) -> bool:
    indicator, number = value.indicator, value.value
    is_whole = number is not None and number == number.to_integral_value() and not value.bounds
    return is_whole and indicator.unit.counts and indicator.unit.scale == 1
