"""Tables and charts that the office adds: the figures that it chose, as the draft has them. Pure.

What is kept is the choice. Each draft makes the block anew from its own figures, so that it is never out of date, and
notes, sources and checks know its figures by their codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reports.document.blocks import Chart, Column, Gap, Number, Point, Row, Run, Series, Table, Text
from reports.document.figures import FigureUsed
from reports.document.phrases import DECLARED
from reports.editing import figure_tokens
from reports.editing.figure_tokens import BadText, Figures
from reports.vocabulary import NOT_APPLICABLE, AddedKind
from sectors.calculation.cells import rounded

MOST = 20
LONGEST_UNDER_A_COLUMN, MOST_COLUMNS = 6, 6


def choice(codes: Sequence[str], figures: Figures, *, kind: str, last: bool) -> dict[str, Any]:
    """What is kept of a choice of figures, `last` with those of the last year. Raises BadText."""
    chosen = [figures[code] for code in dict.fromkeys(codes) if code in figures]
    if len(chosen) < len(set(codes)):
        raise BadText(_("A figure that was chosen is not in the report any more. Choose again."))
    if not chosen:
        raise BadText(_("Choose the figures first: look for them by name."))
    if len(chosen) > MOST:
        message = _("These are %(have)d figures; at most %(most)d stand in one table or chart.")
        raise BadText(message % {"have": len(chosen), "most": MOST})
    if kind == AddedKind.CHART:
        if len({figure.unit for figure in chosen}) > 1:
            raise BadText(_("Figures of one chart have one unit. Choose a table for these."))
        if sum(figure.value is not None for figure in chosen) < 2:
            raise BadText(_("A chart needs at least two figures that are there."))
    return {"figures": [[figure.code, figure.name] for figure in chosen], "last": last}


def caption(shows: Mapping[str, Any], place: str, year: int, sector: str) -> str:
    """The usual one: place, year, and the figure or the field."""
    names = [name for _code, name in shows["figures"]]
    return f"{place}{year}年{names[0] if len(names) == 1 else f'{sector}有关指标'}"


def block(kind: str, key: str, title: str, shows: Mapping[str, Any], figures: Figures, year: int) -> Table | Chart:
    """A chart of which fewer than two figures are left, or no longer in one unit, is a table."""
    chosen = [figures.get(code) or _gone(code, name) for code, name in shows["figures"]]
    has_last = bool(shows["last"]) and any(figure.last_value is not None for figure in chosen)
    is_chart = kind == AddedKind.CHART and len({figure.unit for figure in chosen}) == 1
    if is_chart and sum(figure.value is not None for figure in chosen) > 1:
        return _chart(key, title, chosen, year, has_last=has_last)
    return _table(key, title, chosen, year, has_last=has_last)


def _gone(code: str, name: str) -> FigureUsed:
    return FigureUsed(code, name, "", None, "", None, None, (0, 0), None, "")


def _table(key: str, title: str, chosen: Sequence[FigureUsed], year: int, *, has_last: bool) -> Table:
    columns = [Column("指标", "left", 15), Column("单位", "center", 5), Column(f"{year}年", "right", 6)]
    if has_last:
        columns += [Column(f"{year - 1}年", "right", 6), Column("比上年", "right", 7)]
    rows = tuple(Row(_cells(figure)[: len(columns)]) for figure in chosen)
    return Table(title, tuple(columns), rows, key=key)


def _cells(figure: FigureUsed) -> tuple[tuple[Run, ...], ...]:
    now: list[Run] = [Number(figure.code, figure.text)] if figure.value is not None else [_missing(figure)]
    if figure.source == "declared":
        now.append(Text(DECLARED))
    elif partial := _coverage(figure):
        now.append(Text(partial))
    last, change = figure_tokens.last_text(figure), figure.change
    told = "—" if change is None else figure_tokens.signed_change(figure, change)
    unit = "" if figure.unit == "1" else figure.unit
    return ((Text(figure.name),), (Text(unit),), tuple(now), (Text(last or "—"),), (Text(told),))


def _coverage(figure: FigureUsed) -> str:
    """Of which months a value is, or of how many periods, where some are missing."""
    have, expected = figure.coverage
    return f"（{figure.span or f'{have}/{expected}期'}）" if figure.value is not None and have < expected else ""


def _missing(figure: FigureUsed) -> Run:
    return Text(NOT_APPLICABLE) if figure.text == NOT_APPLICABLE else Gap(figure.code, "")


def _chart(key: str, title: str, chosen: Sequence[FigureUsed], year: int, *, has_last: bool) -> Chart:
    """With last year only where both years are compared as a whole; what is not of the whole year says so."""
    names = [figure.name + _coverage(figure) for figure in chosen]
    has_last = has_last and not any(_coverage(figure) or figure.change is None for figure in chosen)
    is_short = len(names) <= MOST_COLUMNS and max(map(len, names)) <= LONGEST_UNDER_A_COLUMN
    series = [Series(f"{year}年", tuple(_point(figure, figure.text, figure.value) for figure in chosen))]
    if has_last:
        points = (_point(figure, figure_tokens.last_text(figure), figure.last_value) for figure in chosen)
        series.append(Series(f"{year - 1}年", tuple(points)))
    unit = chosen[0].unit
    kind: Any = "column" if is_short else "bar"
    return Chart(kind, title, "—" if unit == "1" else unit, tuple(names), tuple(series), key=key)


def _point(figure: FigureUsed, text: str, value: Decimal | None) -> Point:
    """Drawn as it is printed."""
    return Point(figure.code, text, None if value is None else rounded(value, figure_tokens.places(figure)))
