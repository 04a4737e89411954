"""What a person types into a cell: read as what it says, and held against what they saw there."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext as _

from sectors.calculation import words
from sectors.calculation.cells import Cell, parse
from sectors.calculation.numerals import BadNumber
from sectors.models import Indicator


def read_cell(indicator: Indicator, text: str, last_day: datetime.date | None = None) -> Cell:
    """Parse text for an indicator (its `unit` fetched), of a period that ends on `last_day`. Raises BadNumber."""
    if indicator.is_words:
        return words.parse(text, kind=indicator.value_kind, options=indicator.options)
    unit = indicator.unit
    return parse(
        text,
        unit=unit.name,
        also=unit.also,
        decimals=indicator.decimals,
        computed=indicator.is_computed,
        limits=indicator.limits,
        last_day=last_day,
    )


def was_seen(indicator: Indicator, there: str, texts: Sequence[str], last_day: datetime.date) -> bool:
    """Whether what stands in a cell, as it is stored, is one of the texts that may stand there for the person."""
    return there in texts or any(_reads_as(indicator, text, last_day) == there for text in texts)


def _reads_as(indicator: Indicator, text: str, last_day: datetime.date) -> str | None:
    try:
        return read_cell(indicator, text, last_day).stored
    except BadNumber:
        return None


def stale(change: str) -> str:
    text = _("%(change)s What you typed is not stored, and is kept here: load the page anew, then type what fits.")
    return text % {"change": change}
