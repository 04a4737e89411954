"""What a value covers and what it is compared with, in the words of a report. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from reports.aggregation.made import Origin
from reports.aggregation.months import NONE, YEAR, Months, last_month, spans
from reports.aggregation.values import AnnualValue, Comparison
from reports.document.phrases import LEFT_OUT
from sectors.models import Indicator
from sectors.vocabulary import Accumulation

# Of so many indicators a note names the first ones.
NAMED = 3


def span(comparison: Comparison, indicator: Indicator) -> str:
    """The months that are compared, of a level the end of the last one; empty where it is the year."""
    if comparison.is_plain or (comparison.months_set == YEAR and comparison.regions < comparison.all_regions):
        return ""
    if indicator.accumulation == Accumulation.STOCK:
        return f"{last_month(comparison.months_set)}月末"
    return months(comparison.months_set)


def regions(comparison: Comparison) -> str:
    """Of how many regions the comparison is, where they are not all of both years."""
    return f"按可比的{comparison.regions}个地区计算，" if comparison.regions < comparison.all_regions else ""


def months(found: Months) -> str:
    """`1—6月`, `3月`, `1—3月和7—9月`."""
    return "和".join(f"{first}月" if first == last else f"{first}—{last}月" for first, last in spans(found))


def covered(origin: Origin) -> str:
    """In brackets behind what is not of the whole year: its months, or how many of its periods are in where these are
    not the same everywhere."""
    if origin.is_even and origin.months not in (NONE, YEAR):
        return f"（{months(origin.months)}）"
    return f"（{origin.coverage.have}/{origin.coverage.expected}期）"


def as_of(levels: Iterable[AnnualValue], year: int) -> str:
    """The day of what is told of levels: `截至2022年底`, `截至2022年6月底` as long as later periods are missing; where
    they are not all of one day `最近一期末`."""
    known = [value for value in levels if value.value is not None]
    days = {value.marked.until(0) for value in known}
    if days - {""}:
        return days.pop() if len(days) == 1 else "最近一期末"
    if any(value.is_partial and not value.made.origin.is_even for value in known):
        return "最近一期末"
    months = {last_month(value.months_set) if value.is_partial else 12 for value in known} or {12}
    if len(months) > 1:
        return "最近一期末"
    month = months.pop()
    return f"截至{year}年底" if month == 12 else f"截至{year}年{month}月底"


def note(shown: Collection[AnnualValue]) -> str:
    """What is to be said under figures of which some are not of a whole year; empty where all are."""
    partial = [value for value in shown if value.is_partial]
    if not partial:
        return ""
    span = common_span(partial)
    what = f"{span}数据" if span else "部分时期或者地区的数据"
    return f"{_named(partial) if len(partial) < len(shown) else '以上'}为{what}，全年数据尚不完整。"


def common_span(values: Collection[AnnualValue]) -> str:
    """The months that all of these are of; empty where that is the year, or not the same of all."""
    sets = {value.months_set if value.is_partial and value.made.origin.is_even else YEAR for value in values}
    return months(found) if len(sets) == 1 and (found := sets.pop()) != YEAR else ""


def days(told: Iterable[AnnualValue], text: str, year: int) -> str:
    """What is to be said of figures that a text tells without printing them, and that are of another day than the
    year's last, where it does not say so itself."""
    by_day: dict[str, list[AnnualValue]] = {}
    for value in told:
        if value.marked.as_of and value.marked.until(year) not in text:
            by_day.setdefault(value.marked.until(year), []).append(value)
    return "".join(f"其中{_names(values)}为{day}的数据。" for day, values in by_day.items())


def left_out(listed: Iterable[AnnualValue]) -> str:
    """What is to be said of a list or a ranking from which something is missing; empty where nothing is."""
    missing = {value.indicator.code: value for value in listed if value.value is None and not value.not_applicable}
    return f"{_names(missing.values())}{LEFT_OUT}。" if missing else ""


def _named(partial: Collection[AnnualValue]) -> str:
    return f"其中{_names(partial)}"


def _names(values: Collection[AnnualValue]) -> str:
    names = [value.indicator.name.replace("·", "") for value in values]
    return "、".join(names[:NAMED]) + (f"等{len(names)}项" if len(names) > NAMED else "")
