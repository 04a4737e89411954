"""What is read over months: periods of several things put together over the months that all of them have. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from reports.aggregation.months import NONE, Months, in_common, last_month, since_january, union, within
from sectors.calculation.evaluation import folded
from sectors.calculation.formulas import Name
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.vocabulary import Accumulation

Answers = Mapping[Months, Decimal | None]  # by the months of the period, in the order of time


def common_months(usable: Mapping[Name, Answers], to_date: Collection[Name]) -> Months:
    """The largest set of months made of usable periods of everything. Those of `to_date` stand for the months since
    January."""
    others = [own for name, own in usable.items() if name not in to_date]
    if not to_date:
        return in_common(others)
    ends = set.intersection(*({last_month(months) for months in usable[name]} for name in to_date))
    for month in sorted(ends, reverse=True):
        months = since_january(month)
        if all(union(within(own, months)) == months for own in others):
            return months
    return NONE


def covers(usable: Mapping[Name, Answers], months: Months, to_date: Collection[Name]) -> bool:
    """Whether exactly these months are made of usable periods of everything."""
    for name, own in usable.items():
        if name not in to_date:
            is_made = union(within(own, months)) == months
        else:
            is_ended = any(last_month(period) == last_month(months) for period in own)
            is_made = is_ended and months == since_january(last_month(months))
        if not is_made:
            return False
    return True


def read_over(
    catalogue: CompiledCatalogue, usable: Mapping[Name, Answers], months: Months, to_date: Collection[Name]
) -> dict[Name, Decimal | None]:
    """Each put together over its periods in the months, in the indicator's own unit; None where none has a number."""
    values: dict[Name, Decimal | None] = {}
    for name, own in usable.items():
        if name in to_date:
            known = [value for period, value in own.items() if last_month(period) <= last_month(months)]
            values[name] = next((value for value in reversed(known) if value is not None), None)
        else:
            values[name] = put_together(catalogue, name, [own[period] for period in within(own, months)])
    return values


def put_together(catalogue: CompiledCatalogue, name: Name, values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return folded(catalogue.by_code[name[0]].accumulation, known) if known else None


def read_to_date(catalogue: CompiledCatalogue, names: Iterable[Name]) -> frozenset[Name]:
    """Those that stand for the months since January, where a year is made."""
    by_code = catalogue.by_code
    return frozenset(name for name in names if by_code[name[0]].accumulation == Accumulation.CUMULATIVE)
