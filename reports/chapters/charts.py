"""Which figures of a year become a chart, and what is said under it. Only where a picture shows more than its table:
something differs, and there are enough figures to differ.

The choice is made from what the catalogue says of an indicator (unit, key, formula, breakdowns), so that a sector or
a region of another catalogue file gets its charts without a change here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby

from reports.aggregation.cube import AnnualValue
from reports.document.blocks import Chart, Number, Paragraph, Point, Run, Series, Text
from reports.document.characters import printable
from reports.vocabulary import DECIMALS_OF_CHANGE
from reports.wording import comparisons
from sectors.calculation.cells import formatted

# A picture with the sentence under it.
Drawn = tuple[Chart, Paragraph]

NUMBER = re.compile(r"^(-?[0-9]+)(?:\.([0-9]+))?$")
RATES = ("合格率", "达标率")
SHARE = "占比"
TOTAL = "合计"
FEWEST, MOST = 3, 10
# Rates that all lie above this are drawn from it, or no difference would be seen.
HIGH = Decimal(50)
# A breakdown of which no part has moved by this much, in per cent, is not drawn.
NOTABLE = 5
LONGEST_UNDER_A_COLUMN, MOST_COLUMNS = 6, 6


def overview(values: Iterable[AnnualValue], year: int) -> Iterator[Chart | Paragraph]:
    """The charts of all sectors together: their rates, and how the amounts behind the rates have changed."""
    found = {value.indicator.code: value for value in values}
    rates = [rate for rate in map(_rate_of, _by_sector(found.values())) if rate]
    behind = [found[code] for rate in rates if (code := _denominator(rate)) in found]
    for drawn in (_rates(rates, year), _changes(behind)):
        yield from drawn or ()


def of_sector(
    values: Iterable[AnnualValue], parts: Mapping[str, Sequence[str]], year: int, told: Sequence[str] = ()
) -> Iterator[Chart | Paragraph]:
    """A sector's own: shares by category, and the breakdown with most parts against last year. `parts` has the codes of
    every total's parts; of several with as many it is what the sector's sentences tell first, by the codes `told`."""
    found = {value.indicator.code: value for value in values}
    for members in _share_columns(found.values()):
        yield from _shares(members, year) or ()
    totals = [(found[code], [found[part] for part in parts[code] if part in found]) for code in found if code in parts]
    place = {code: number for number, code in reversed(list(enumerate(told)))}
    totals.sort(key=lambda pair: (not pair[0].indicator.is_key, -len(pair[1]), place.get(_code(pair[0]), len(told))))
    compared = (drawn for total, members in totals if (drawn := _breakdown(total, members, year)))
    yield from next(compared, ())


def _by_sector(values: Iterable[AnnualValue]) -> Iterator[list[AnnualValue]]:
    for _sector, members in groupby(values, key=lambda value: value.indicator.sheet.sector_id):
        yield list(members)


def _rate_of(members: Sequence[AnnualValue]) -> AnnualValue | None:
    """The rate that stands for a sector: a key one before others, that of a total before its parts."""
    rates = [
        value
        for value in members
        if value.indicator.name.endswith(RATES) and value.indicator.unit.is_percent and value.value is not None
    ]
    return min(rates, key=_rank, default=None)


def _rank(value: AnnualValue) -> tuple[bool, bool]:
    return not value.indicator.is_key, TOTAL not in value.indicator.row_name


def _denominator(rate: AnnualValue) -> str:
    """The code of the amount that a rate is of; what is no code where the formula is not that simple."""
    return rate.indicator.formula.rpartition("/")[2].strip()


def _rates(rates: Sequence[AnnualValue], year: int) -> Drawn | None:
    if len(rates) < FEWEST or len({value.text for value in rates}) == 1:
        return None
    lowest = min(v for rate in rates for v in (rate.value, rate.plain_last) if v is not None)
    start = (lowest / 10).to_integral_value(ROUND_FLOOR) * 10 if HIGH <= lowest < 100 else Decimal(0)
    chart = Chart(
        kind="bar",
        title=_spanned("主要合格率、达标率", rates, f"横轴从{start}%开始" if start else ""),
        unit="%",
        categories=tuple(_sector_label(rate) for rate in rates),
        series=_series(rates, year),
        start=start,
        key="situation/chart/rates",
    )
    return _with_sentence(chart, [*_extremes(rates), *_moved(rates), *_caution(rates)])


def _changes(amounts: Sequence[AnnualValue]) -> Drawn | None:
    changed = [value for value in amounts if value.plain_change is not None]
    if len(changed) < FEWEST:
        return None
    points = [_change_point(value) for value in changed]
    order = sorted(zip(changed, points, strict=True), key=lambda pair: -(pair[1].value or 0))
    first, last = order[0][1], order[-1][1]
    if first.text == last.text:
        return None
    chart = Chart(
        kind="bar",
        title="主要检测、抽检数量比上年增减",
        unit="%",
        categories=tuple(_sector_label(value) for value, _point in order),
        series=(Series("比上年增减", tuple(point for _value, point in order)),),
        key="situation/chart/changes",
    )
    upper, lower = (
        [Text("、".join(_in_a_sentence(v) for v, at in order if at.text == end.text) + words), *_moved_by(end)]
        for end, words in ((first, "居首，比上年"), (last, "居末，比上年"))
    )
    return _with_sentence(chart, [*upper, Text("；"), *lower, Text("。")])


def _change_point(value: AnnualValue) -> Point:
    text = formatted(value.plain_change, DECIMALS_OF_CHANGE)
    return Point(value.indicator.code, text, Decimal(text))


def _moved_by(point: Point) -> list[Run]:
    if not point.value:
        return [Text("持平")]
    return [Text("下降" if point.value < 0 else "增长"), Number(point.code, f"{point.text.lstrip('-')}%")]


def _share_columns(values: Iterable[AnnualValue]) -> Iterator[list[AnnualValue]]:
    """The columns of shares in matrix tables, without the share that the total has in itself."""
    shares = [v for v in values if v.indicator.table.columns and v.indicator.name.endswith(SHARE) and not _is_whole(v)]
    for _table, members in groupby(shares, key=lambda value: (value.indicator.table_id, value.indicator.column)):
        yield list(members)


def _is_whole(share: AnnualValue) -> bool:
    part, _of, whole = share.indicator.formula.partition("/")
    return part.strip() == whole.strip() != ""


def _shares(members: Sequence[AnnualValue], year: int) -> Drawn | None:
    present = [value for value in members if value.value is not None]
    if not FEWEST <= len(present) <= MOST or len({value.text for value in present}) == 1:
        return None
    order = sorted(present, key=lambda value: -(value.value or 0))
    first = order[0]
    table = first.indicator.table
    chart = Chart(
        kind="bar",
        title=_spanned(f"{table.name}{SHARE}", order),
        unit=first.indicator.unit.name,
        categories=tuple(printable(value.indicator.row_name) for value in order),
        series=_series(order, year),
        key=f"{_sector_code(first)}/chart/{table.code}.{first.indicator.column}",
    )
    at_top = [value for value in order if value.text == first.text]
    sentence: list[Run] = [Text(f"{_row_names(at_top)}最多，{_share(at_top)}"), _number(first)]
    seconds = [value for value in order if value.text == order[len(at_top)].text]
    sentence += [Text(f"；其次是{_row_names(seconds)}，{_share(seconds)}"), _number(seconds[0]), Text("。")]
    return _with_sentence(
        chart, [*sentence, *_caution(order), *map(Text, filter(None, [comparisons.left_out(members)]))]
    )


def _row_names(values: Sequence[AnnualValue]) -> str:
    return "、".join(value.indicator.row_name for value in values)


def _share(values: Sequence[AnnualValue]) -> str:
    return "各占" if len(values) > 1 else "占"


def _breakdown(total: AnnualValue, members: Sequence[AnnualValue], year: int) -> Drawn | None:
    """A total's parts this year against last year, where both years are whole and something has moved."""
    both = [v for v in members if v.value is not None and v.plain_last is not None]
    changes = [value.plain_change for value in both if value.plain_change is not None]
    notable = any(abs(change) >= NOTABLE for change in changes)
    units = {value.indicator.unit.name for value in members}
    if not FEWEST <= len(members) <= MOST or len(both) < FEWEST or not notable or len(units) > 1:
        return None
    indicator, column = total.indicator, _column(total)
    names = [printable(value.indicator.row_name) for value in members]
    short = len(names) <= MOST_COLUMNS and max(map(len, names)) <= LONGEST_UNDER_A_COLUMN
    chart = Chart(
        kind="column" if short else "bar",
        title=f"{_titled(indicator.table.name, column) if column else indicator.name}与上年比较",
        unit=units.pop(),
        categories=tuple(names),
        series=_series(members, year),
        key=f"{_sector_code(total)}/chart/{indicator.code}",
    )
    return _with_sentence(chart, [Text(f"{_up_and_down(members, column)}。"), *_caution(members)])


def _spanned(title: str, values: Collection[AnnualValue], more: str = "") -> str:
    """With the months of what is drawn in brackets, where that is one part of the year, and what else the reader has
    to know: a caption stands alone."""
    parts = [part for part in (comparisons.common_span(values), more) if part]
    return f"{title}（{'，'.join(parts)}）" if parts else title


def _with_sentence(chart: Chart, sentence: Sequence[Run]) -> Drawn:
    return chart, Paragraph(tuple(sentence), key=f"{chart.key}/text")


def _column(value: AnnualValue) -> str:
    """The head of its column in a matrix, which says what is drawn of the rows; empty in a list."""
    indicator = value.indicator
    return str(indicator.table.columns[indicator.column]["name"]) if indicator.table.columns else ""


def _titled(table: str, column: str) -> str:
    """`库存数量` for the column of that name in the table of that name, `库存数量·货位` for another one."""
    return table if column in table else f"{table}·{column}"


def _up_and_down(values: Sequence[AnnualValue], what: str) -> str:
    """Which rose and fell in `what`; of what cannot be compared nothing is said."""
    directions = ((1, "增加"), (-1, "减少"), (0, "持平"))
    moved = [(word, [v.indicator.row_name for v in values if v.direction == sign]) for sign, word in directions]
    for word, which in moved:
        if len(which) == len(values):
            return f"各项{what}均比上年{word}"
    is_all = sum(len(which) for _word, which in moved) == len(values)
    named = [f"{'其余' if is_all and word == '持平' else '、'.join(which)}{word}" for word, which in moved if which]
    return f"{what}与上年相比，{'，'.join(named)}"


def _series(values: Sequence[AnnualValue], year: int) -> tuple[Series, ...]:
    """This year's, and last year's where the whole of both years is compared. A gap stays a gap."""
    this = [_point(v, v.text, v.digits) for v in values]
    last = [_point(v, v.plain_last_text, v.plain_last_text and v.last_digits) for v in values]
    if all(point.value is None for point in last):
        return (Series(f"{year}年", tuple(_with_same_decimals(this))),)
    points = _with_same_decimals([*this, *last])
    return Series(f"{year}年", tuple(points[: len(this)])), Series(f"{year - 1}年", tuple(points[len(this) :]))


def _with_same_decimals(points: Sequence[Point]) -> list[Point]:
    """The numbers of a picture with as many decimals as the longest of them; words around a number stay."""
    places = max(len(number[2] or "") if (number := NUMBER.fullmatch(point.text)) else 0 for point in points)
    if not places:
        return list(points)
    padded = [NUMBER.sub(lambda number: f"{number[1]}.{number[2] or '':0<{places}}", p.text) for p in points]
    return [replace(point, text=text) for point, text in zip(points, padded, strict=True)]


def _point(value: AnnualValue, text: str, digits: str) -> Point:
    """Drawn as it is printed."""
    return Point(value.indicator.code, text, Decimal(digits) if digits else None)


def _extremes(rates: Sequence[AnnualValue]) -> list[Run]:
    least = min(rates, key=lambda rate: rate.value or 0)
    lowest = "、".join(_in_a_sentence(rate) for rate in rates if rate.text == least.text)
    full = sum(rate.value == 100 and not rate.marked.qualifier for rate in rates)
    whole = f"{len(rates)}项比率中" + (f"有{full}项为100%，" if full else "，")
    return [Text(f"{whole}最低的是{lowest}，{'均' if '、' in lowest else ''}为"), _number(least), Text("。")]


def _moved(rates: Sequence[AnnualValue]) -> list[Run]:
    down = [_in_a_sentence(rate) for rate in rates if rate.direction == -1]
    if not down:
        return []
    return [Text(f"与上年相比，{'、'.join(down)}有所下降。")]


def _caution(values: Sequence[AnnualValue]) -> list[Run]:
    said: list[Run] = [Text(note)] if (note := comparisons.note(values)) else []
    return (
        [*said, Text("部分数据不是确数，按所报数值绘制和排序。")] if any(v.marked.qualifier for v in values) else said
    )


def _number(value: AnnualValue) -> Number:
    return Number(value.indicator.code, value.text_with_unit)


def _code(value: AnnualValue) -> str:
    return value.indicator.code


def _sector_code(value: AnnualValue) -> str:
    return value.indicator.sheet.sector.code


def _sector_label(value: AnnualValue) -> str:
    return printable(f"{value.indicator.sheet.sector.name}·{value.indicator.name}")


def _in_a_sentence(value: AnnualValue) -> str:
    return _sector_label(value).replace("·", "")
