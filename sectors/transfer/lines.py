"""Lines of text files with commas: a line is a row, whatever its quotes say."""

from __future__ import annotations

import csv

from django.utils.translation import gettext as _


def cells_of(line: str) -> list[str]:
    """The cells of one line. A quote that is not closed in it would swallow the next one: raises ValueError."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        raise ValueError(
            _("A quote is not closed in its line, or something stands behind it. In a quoted cell a quote is doubled.")
        ) from None
