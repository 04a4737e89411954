"""Draws a `Chart` as SVG: one drawing for the web page and for the PDF; the Word file has Word's own chart of the same
height. Dark and white bars, so that a copy without colours shows the same. No style attributes and no scripts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from html import escape

from reports.document.blocks import Chart, Point
from reports.writers.text_metrics import text_width, wrapped
from reports.writers.typography import printed

INK, MUTED, LINE_COLOUR = "#1a1a1a", "#595959", "#8c8c8c"
FILLS = ("#1f3f66", "#ffffff", "#9fb3c8")  # of the first, the second and the third series
SIZE = 10  # of the letters, in the unit of the picture; everything else goes with it
_LEGEND, _AXIS, _GAP = 18, 18, 6
_BAR, _COLUMN_HEIGHT = 10, 130
_LABEL_LINE = 13
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
GAP_WORD = "缺"


@dataclass(frozen=True)
class Scale:
    """The axis of values, from `low` to `high` in steps."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        return [self.low + self.step * number for number in range(int((self.high - self.low) / self.step) + 1)]

    def share(self, value: Decimal) -> Decimal:
        """Where on the axis a value is, from 0 to 1."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def scale(chart: Chart) -> Scale:
    """An axis of three to six round ticks that holds every value."""
    low, high = min(chart.start, *chart.values), max(chart.start, *chart.values)
    if chart.unit == "%" and 50 <= high <= 100 and low >= 0:
        high = Decimal(100)
    span = (high - low) or Decimal(1)
    size = Decimal(1).scaleb((span / 5).adjusted())
    step = next(size * factor for factor in _STEPS if span / (size * factor) <= 5)
    low = (low / step).to_integral_value(ROUND_FLOOR) * step
    high = (high / step).to_integral_value(ROUND_CEILING) * step
    return Scale(low, max(high, low + step), step)


def height(chart: Chart, width: int) -> int:
    """The height of the picture at a width, in the same unit."""
    return _height(chart, width, [] if stands(chart, width) else _row_heights(chart, width))


def _height(chart: Chart, width: int, rows: list[int]) -> int:
    """`rows` are the heights of the rows of bars; without any, columns stand."""
    if rows:
        return _LEGEND + sum(rows) + _AXIS
    return _LEGEND + _COLUMN_HEIGHT + _LABEL_LINE * _most_lines(chart, _slot(chart, width)) + _GAP


def stands(chart: Chart, width: int) -> bool:
    """Whether columns stand: not where their numbers would run into each other. Then they lie as bars."""
    numbers = max(_wide(point.text) for series in chart.series for point in series.points)
    return chart.kind == "column" and numbers <= _column_width(chart, width)


def svg(chart: Chart, width: int, font: str = "") -> str:
    """The picture as an `svg` element of that width; `font` is a list of families, else the page's own is taken."""
    rows = [] if stands(chart, width) else _row_heights(chart, width)
    high = _height(chart, width, rows)
    family = f' font-family="{escape(font)}"' if font else ""
    drawn = _bars(chart, width, rows) if rows else _columns(chart, width)
    parts = "".join((*_legend(chart), *drawn))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {high}" role="img" '
        f'aria-label="{_escape(chart.title)}" font-size="{SIZE}"{family} fill="{INK}">{parts}</svg>'
    )


def _escape(text: str) -> str:
    return escape(printed(text))


def _legend(chart: Chart) -> Iterator[str]:
    """The names of the series; one alone needs none."""
    left = Decimal(2)
    for number, series in enumerate(chart.series if len(chart.series) > 1 else ()):
        yield _box(number, left, Decimal(3), Decimal(9), Decimal(9))
        yield _text(series.name, left + 13, Decimal(11))
        left += 13 + _wide(series.name) + 14


def _bars(chart: Chart, width: int, rows: list[int]) -> Iterator[str]:
    axis = scale(chart)
    left, right = Decimal(_label_width(chart, width) + 8), Decimal(width) - _room_for_numbers(chart)
    zero = left + axis.share(max(axis.low, Decimal(0))) * (right - left)
    bottom = Decimal(_LEGEND + sum(rows))
    for tick in axis.ticks:
        place = left + axis.share(tick) * (right - left)
        yield _rule(place, Decimal(_LEGEND), place, bottom, INK if place == zero else LINE_COLOUR, place == zero)
        yield _text(f"{tick.normalize():f}", place, bottom + 13, "middle", MUTED)
    top = Decimal(_LEGEND)
    for row, high_row in enumerate(rows):
        lines = wrapped(chart.categories[row], _label_width(chart, width), size=SIZE)
        first = top + Decimal(high_row - _LABEL_LINE * len(lines)) / 2 + 10
        for number, line in enumerate(lines):
            yield _text(line, left - 5, first + _LABEL_LINE * number, "end")
        bar = top + Decimal(high_row - _BAR * len(chart.series)) / 2
        for number, series in enumerate(chart.series):
            yield from _bar(series.points[row], number, (zero, left, right), bar, axis)
            bar += _BAR
        top += high_row


def _bar(
    point: Point, number: int, sides: tuple[Decimal, Decimal, Decimal], top: Decimal, axis: Scale
) -> Iterator[str]:
    zero, left, right = sides
    if point.value is None:
        yield _text(GAP_WORD, zero + 4, top + 9, "start", MUTED)
        return
    end = left + axis.share(point.value) * (right - left)
    yield _box(number, min(zero, end), top, abs(end - zero), Decimal(_BAR))
    # Beside the end of the bar; a negative one has its number on the other side of the axis.
    yield _text(point.text, max(zero, end) + 4, top + 9)


def _columns(chart: Chart, width: int) -> Iterator[str]:
    axis, slot = scale(chart), _slot(chart, width)
    top, bottom = Decimal(_LEGEND + _LABEL_LINE), Decimal(_LEGEND + _COLUMN_HEIGHT)
    zero = bottom - axis.share(max(axis.low, Decimal(0))) * (bottom - top)
    left = Decimal(width - slot * len(chart.categories))
    for tick in axis.ticks:
        place = bottom - axis.share(tick) * (bottom - top)
        yield _rule(left, place, Decimal(width), place, INK if place == zero else LINE_COLOUR, place == zero)
        yield _text(f"{tick.normalize():f}", left - 4, place + 3, "end", MUTED)
    wide = _column_width(chart, width)
    for slot_number, category in enumerate(chart.categories):
        middle = left + slot * slot_number + Decimal(slot) / 2
        for number, line in enumerate(wrapped(category, slot - 4, size=SIZE)):
            yield _text(line, middle, bottom + _LABEL_LINE * (number + 1), "middle")
        for number, series in enumerate(chart.series):
            x = middle + wide * (number - Decimal(len(chart.series)) / 2)
            yield from _column(series.points[slot_number], number, x, wide, (zero, bottom, bottom - top), axis)


def _column(
    point: Point, number: int, x: Decimal, wide: Decimal, sides: tuple[Decimal, Decimal, Decimal], axis: Scale
) -> Iterator[str]:
    zero, bottom, room = sides
    if point.value is None:
        yield _text(GAP_WORD, x + wide / 2, zero - 4, "middle", MUTED)
        return
    end = bottom - axis.share(point.value) * room
    yield _box(number, x, min(zero, end), wide, abs(zero - end))
    yield _text(point.text, x + wide / 2, min(zero, end) - 3, "middle")


def _row_heights(chart: Chart, width: int) -> list[int]:
    """A row holds its bars and the lines of its label."""
    room = _label_width(chart, width)
    bars = _BAR * len(chart.series)
    return [max(bars, _LABEL_LINE * len(wrapped(category, room, size=SIZE))) + _GAP for category in chart.categories]


def _label_width(chart: Chart, width: int) -> int:
    return min(max(map(_wide, chart.categories)) + 2, width * 2 // 5)


def _room_for_numbers(chart: Chart) -> int:
    return max(_wide(point.text) for series in chart.series for point in series.points) + 8


def _slot(chart: Chart, width: int) -> int:
    """The width of a category of columns: the axis's numbers stand at the left of the first one."""
    axis = scale(chart)
    return (width - max(_wide(f"{tick.normalize():f}") for tick in axis.ticks) - 8) // len(chart.categories)


def _column_width(chart: Chart, width: int) -> Decimal:
    return min(Decimal(_slot(chart, width)) * 8 / 10 / len(chart.series), Decimal(34))


def _most_lines(chart: Chart, slot: int) -> int:
    return max(len(wrapped(category, slot - 4, size=SIZE)) for category in chart.categories)


def _wide(text: str) -> int:
    # Fonts of pages have wider digits than Times New Roman.
    return text_width(text) * SIZE * 11 // 10_000


def _box(number: int, x: Decimal, y: Decimal, wide: Decimal, high: Decimal) -> str:
    size = f'x="{_at(x)}" y="{_at(y + Decimal("0.5"))}" width="{_at(wide)}" height="{_at(high - 1)}"'
    return f'<rect {size} fill="{FILLS[number]}" stroke="{FILLS[0]}"/>'


def _rule(x1: Decimal, y1: Decimal, x2: Decimal, y2: Decimal, colour: str, strong: bool) -> str:
    ends = f'x1="{_at(x1)}" y1="{_at(y1)}" x2="{_at(x2)}" y2="{_at(y2)}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{1 if strong else "0.25"}"/>'


def _text(text: str, x: Decimal, y: Decimal, anchor: str = "start", fill: str = "") -> str:
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    colour = f' fill="{fill}"' if fill else ""
    return f'<text x="{_at(x)}" y="{_at(y)}"{side}{colour}>{_escape(text)}</text>'


def _at(length: Decimal) -> str:
    return f"{round(length, 1).normalize() + 0:f}"
