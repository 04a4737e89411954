"""What a spreadsheet program lets a person type into the cells to enter. The last word has `entry`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from sectors.calculation.cells import HUNDRED, NOT_APPLICABLE_SPELLINGS, Kind, plain_digits
from sectors.calculation.qualifiers import AFTER, BEFORE, ZERO
from sectors.calculation.words import LONGEST_WORDS
from sectors.models import Indicator
from sectors.spreadsheets.positions import Position, address
from sectors.vocabulary import ValueKind

MAX_PROMPT = 255
BEGINS = "".join(sorted({word[0] for word in BEFORE} | {"截"}))
ENDS = "".join(sorted({word[-1] for word in AFTER} | {"）", ")"}))


def validate(page: Worksheet, entered: Sequence[Indicator], places: Mapping[str, Position]) -> None:
    """One rule for all cells of a column that are of one kind, with n/a always allowed."""
    in_words = [indicator for indicator in entered if indicator.is_words]
    for indicator in in_words:
        _validate_words(page, indicator, places[indicator.code])
    numbers = [indicator for indicator in entered if not indicator.is_words]
    for indicators, column in _columns(numbers, places):
        kind = indicators[0].kind
        rows = [places[i.code][0] for i in indicators]
        blocks = [(first, column, last, column) for first, last in _runs(rows)]
        cell = address((rows[0], column))
        limits = [f"{cell}>={plain_digits(kind.minimum)}"] if kind.minimum is not None else []
        limits.append(f"ABS({cell}-ROUND({cell},{kind.decimals}))<1E-9")
        spellings = ",".join(f'{cell}="{spelling}"' for spelling in NOT_APPLICABLE_SPELLINGS)
        # A rule has no room for all words, nor for lists: by the characters that they begin and end with.
        spellings += f',ISNUMBER(FIND(LEFT({cell}),"{BEGINS}")),ISNUMBER(FIND(RIGHT({cell}),"{ENDS}"))'
        limits += [f"{cell}<={plain_digits(kind.maximum)}"] if kind.maximum is not None else []
        options = {
            "validate": "custom",
            # An error in OR makes the whole an error, so a text must not reach the arithmetic. Texts are compared
            # whatever their case.
            "value": f"=IF(ISNUMBER({cell}),AND({','.join(limits)}),OR({spellings}))",
            "error_title": _("This does not fit here"),
            "error_message": _expected(kind, is_percent=indicators[0].unit.is_percent),
            "other_cells": blocks[1:],
        }
        if _prompt(indicators[0]):
            options["input_message"] = _prompt(indicators[0])
        page.data_validation(*blocks[0], options)


def _validate_words(page: Worksheet, indicator: Indicator, place: Position) -> None:
    """A list to choose from, as far as a rule has room for it, or how long a text may be; days are typed."""
    options: dict[str, Any] = {"error_title": _("This does not fit here")}
    listed = [*(words for _code, words in indicator.options), NOT_APPLICABLE_SPELLINGS[0]]
    if indicator.value_kind == ValueKind.CHOICE and len(",".join(listed)) <= MAX_PROMPT and "," not in "".join(listed):
        options |= {"validate": "list", "source": listed, "error_message": _("Choose from the list.")}
    elif indicator.value_kind == ValueKind.TEXT:
        message = _("Write at most %(most)d characters.") % {"most": LONGEST_WORDS}
        options |= {"validate": "length", "criteria": "<=", "value": LONGEST_WORDS, "error_message": message}
    else:
        return
    if _prompt(indicator):
        options["input_message"] = _prompt(indicator)
    page.data_validation(*place, *place, options)


def _expected(kind: Kind, *, is_percent: bool) -> str:
    decimals, ends = kind.decimals, (kind.minimum, kind.maximum)
    if ends == (ZERO, HUNDRED) and is_percent:
        return _(
            "Enter a rate from 0 to %(maximum)d with at most %(decimals)d decimals and without a percent sign, "
            "or n/a where the indicator does not apply."
        ) % {"maximum": HUNDRED, "decimals": decimals}
    if ends != (ZERO, None):
        least, most = (None if end is None else plain_digits(end) for end in ends)
        between = _("from %(least)s to %(most)s") if least and most else _("from %(least)s") if least else ""
        between = between or (_("up to %(most)s") if most else _("also below 0"))
        return _(
            "Enter a number (%(between)s) with at most %(decimals)d decimals and without its unit, "
            "or n/a where the indicator does not apply."
        ) % {"between": between % {"least": least, "most": most}, "decimals": decimals}
    if decimals:
        return _(
            "Enter a number from 0 with at most %(decimals)d decimals and without its unit, "
            "or n/a where the indicator does not apply."
        ) % {"decimals": decimals}
    return _("Enter a whole number from 0 without its unit, or n/a where the indicator does not apply.")


def _columns(indicators: Iterable[Indicator], places: Mapping[str, Position]) -> Iterable[tuple[list[Indicator], int]]:
    """Indicators that one validation covers: of one column and one kind."""

    def kind(indicator: Indicator) -> tuple[int, str, bool, str]:
        return places[indicator.code][1], repr(indicator.kind), indicator.unit.is_percent, _prompt(indicator)

    ordered = sorted(indicators, key=lambda i: (kind(i), places[i.code]))
    for (column, *_others), members in groupby(ordered, key=kind):
        yield list(members), column


def _prompt(indicator: Indicator) -> str:
    """What explains a cell of a table with columns, where its row head has no place for it."""
    return indicator.help[:MAX_PROMPT] if indicator.table.columns else ""


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """[3, 4, 5, 8] -> [(3, 5), (8, 8)]."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
