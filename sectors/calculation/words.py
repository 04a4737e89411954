"""What is reported in words: one of some options, a short text, a day. Pure.

What is stored is what a person reads: the words of the option, the text, the day as `2023-05-31`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext as _

from sectors.calculation import days
from sectors.calculation.cells import Cell, says_not_applicable
from sectors.calculation.numerals import BREAK, SHOWN, BadNumber, squeezed
from sectors.texts import folded, too_long, visible
from sectors.vocabulary import FigureState, ValueKind

LONGEST_WORDS = 200
Options = Sequence[Sequence[str]]  # code and words of each, in their order


def parse(text: str, *, kind: str, options: Options = ()) -> Cell:
    """Read what a person typed for an indicator of a kind. Of an option its code or its words are understood, in any
    width and case. Raises BadNumber with a sentence for what does not fit."""
    if not squeezed(text):
        return Cell(FigureState.BLANK)
    if says_not_applicable(text):
        return Cell(FigureState.NOT_APPLICABLE)
    if kind == ValueKind.CHOICE:
        return Cell(FigureState.TEXT, words=_option(text, options))
    if kind == ValueKind.DATE:
        try:
            return Cell(FigureState.TEXT, words=days.of_text(text).isoformat())
        except days.BadDay as error:
            raise BadNumber(str(error)) from error
    return Cell(FigureState.TEXT, words=_line(text))


def _option(text: str, options: Options) -> str:
    wanted = _alike(text)
    for code, words in options:
        if wanted in (_alike(code), _alike(words)):
            return words
    known = "、".join(words for _code, words in options)
    message = _("“%(text)s” is none of what may stand here: %(known)s.")
    raise BadNumber(message % {"text": text.strip()[:SHOWN], "known": known})


def _alike(text: str) -> str:
    return folded(squeezed(text))


def _line(text: str) -> str:
    plain = visible(text).strip()
    if BREAK.search(plain):
        raise BadNumber(_("There is a line break in the text: write it in one line."))
    if problem := too_long(plain, LONGEST_WORDS):
        raise BadNumber(problem)
    return plain


def said(words: str, kind: str) -> str:
    """As a report prints what is stored: a day as `2023年5月31日`; what was stored as other words, as it is."""
    if kind != ValueKind.DATE:
        return words
    try:
        day = datetime.date.fromisoformat(words)
    except ValueError:
        return words
    return f"{day.year}年{day.month}月{day.day}日"
