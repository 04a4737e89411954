"""The columns of a register's list: their heads, the words they take, and how the text of a cell becomes a value."""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.forms import sectors_of
from inspections.models.words import WordField
from inspections.registers import Register
from sectors.calculation import days, numerals
from sectors.catalogue.words import words as registry_words
from sectors.models import Department, RegistryWord
from sectors.spreadsheets import escaping
from sectors.texts import plain

WORDS_SHOWN = 12
# Records that a list points to, by the text that names them in it.
POINTED = {"batch": "report_number", "plan": "name", "case": "number"}
# An inspection has no number: a list cannot point to it.
LEFT_OUT = {"inspection"}
NAMED = "sector"
LARGEST = 2_147_483_647  # that the database takes

Parser = Callable[[Any], Any]


def names(register: Register) -> list[str]:
    return [name for name in register.form.base_fields if name not in LEFT_OUT]


def head(register: Register, name: str) -> str:
    word = str(getattr(register.model._meta.get_field(name), "verbose_name", name))
    return _("%(kind)s (report number)") % {"kind": word} if name == "batch" else word


def words(of: Any, department: Department) -> list[str]:
    """What a column takes, where it takes one of a few words."""
    if of.name == NAMED:
        return [sector.name for sector in sectors_of(department)]
    if isinstance(of, WordField):
        return [word.label for word in _offered(of, department)]
    return [str(label) for _value, label in of.flatchoices]


def _offered(of: WordField, department: Department) -> list[RegistryWord]:
    return registry_words().offered(of.kind, department.region_id, timezone.localdate())


def parser(of: Any, department: Department) -> Parser:
    """How the text of a cell becomes a value. The parser raises ValidationError."""
    if of.name == NAMED:
        return _one_of({sector.name: sector for sector in sectors_of(department)}, {})
    if of.name in POINTED:
        return _pointing(of, department)
    if isinstance(of, WordField):
        return _one_of(*_understood(of, department), empty="" if of.blank else None)
    if of.choices:
        shown = {str(label): value for value, label in of.choices}
        return _one_of(shown, {value: value for value in shown.values()}, empty="" if of.blank else None)
    if isinstance(of, models.DateField):
        return lambda cell: _day(cell, needed=not of.null)
    if isinstance(of, models.DecimalField):
        return lambda cell: _decimal(cell, of)
    if isinstance(of, models.IntegerField):
        return lambda cell: _whole(cell, of)
    return lambda cell: _text(cell, of)


def _understood(of: WordField, department: Department) -> tuple[dict[str, str], dict[str, str]]:
    """The words that are in use, as the screen has them; and all that is written for a word of the region: its code,
    its names, also where it was in use only once."""
    rows = list(registry_words().of_region(of.kind, department.region_id))
    written = {text: word.code for word in rows for text in (word.english, word.name, word.code) if text}
    return {word.label: word.code for word in _offered(of, department)}, written


def _one_of(shown: dict[str, Any], known: dict[str, Any], empty: Any = None) -> Parser:
    """One of the words that are `shown`, or of the `known` codes behind them."""
    known = known | shown

    def parse(cell: Any) -> Any:
        text = written(cell)
        if text in known:
            return known[text]
        if not text and empty is not None:
            return empty
        similar = get_close_matches(text, shown, cutoff=0.5)  # those first: there may be more than are named
        listed = "、".join(itertools.islice(dict.fromkeys([*similar, *shown]), WORDS_SHOWN))
        raise ValidationError(_("One of these is expected: %(known)s.") % {"known": listed})

    return parse


def _pointing(of: Any, department: Department) -> Parser:
    """A record of the department by its number; they are fetched when the first cell asks."""
    known: dict[str, Any] = {}

    def parse(cell: Any) -> Any:
        text = written(cell)
        if not text and of.null:
            return None
        if not known:
            key = POINTED[of.name]
            rows = of.related_model.objects.filter(department=department).select_related("sector").order_by("pk")
            known.update({getattr(one, key): one for one in rows.exclude(**{key: ""})} or {"": None})
        if not text or text not in known:
            kind = {"kind": of.related_model._meta.verbose_name}
            raise ValidationError(_("No %(kind)s of yours has this number or name. Record it first.") % kind)
        return known[text]

    return parse


def _day(cell: Any, *, needed: bool) -> datetime.date | None:
    try:
        if isinstance(cell, datetime.datetime):
            return days.within(cell.date())
        if isinstance(cell, datetime.date):
            return days.within(cell)
        text = _digits(cell) if isinstance(cell, float) else str(cell)
        return days.of_text(text) if needed or text.strip() else None
    except days.BadDay as error:
        raise ValidationError(str(error)) from None


def _number(cell: Any) -> Decimal:
    """A number of Excel, or what was typed."""
    try:
        value = Decimal(_digits(cell)) if type(cell) in (int, float) else numerals.of_text(str(cell))
    except numerals.BadNumber as error:
        raise ValidationError(str(error)) from None
    if value < 0:
        raise ValidationError(_("A number, 0 or more, is expected."))
    if value.adjusted() >= numerals.MAX_DIGITS:
        raise ValidationError(_("The number is too long: at most %(count)d digits.") % {"count": numerals.MAX_DIGITS})
    return value


def _digits(cell: float) -> str:
    if not math.isfinite(cell):
        raise ValidationError(_("A number is expected."))
    return f"{numerals.of_spreadsheet(cell):f}"


def _whole(cell: Any, of: Any) -> int | None:
    if of.null and not str(cell).strip():
        return None
    value = _number(cell)
    if value % 1 or value > LARGEST:
        raise ValidationError(_("A whole number, 0 or more, is expected."))
    of.run_validators(int(value))
    return int(value)


def _decimal(cell: Any, of: Any) -> Decimal | None:
    if of.null and not str(cell).strip():
        return None
    value = _number(cell)
    of.run_validators(value)
    return value


def _text(cell: Any, of: Any) -> str:
    text = written(cell)
    if not text and not of.blank:
        raise ValidationError(_("This cell must not be empty."))
    if len(text) > of.max_length:
        raise ValidationError(_("At most %(count)d characters fit in here.") % {"count": of.max_length})
    return text


def written(cell: Any) -> str:
    """The text of a cell, as we once wrote it. What Excel made of a text, a day or a number of so many digits that it
    keeps others, raises ValidationError."""
    again = _("Format the column as text, and type it again.")
    if isinstance(cell, bool):
        raise ValidationError(_("Excel made TRUE or FALSE of it.") + " " + again)
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        raise ValidationError(_("Excel made a date of it (%(date)s).") % {"date": cell} + " " + again)
    if isinstance(cell, int | float):
        if abs(cell) >= numerals.LONGEST:
            raise ValidationError(_("Excel keeps 15 digits of a number, and the others are lost.") + " " + again)
        return _digits(cell)
    text = escaping.unescape(plain(str(cell)))
    if numerals.ERROR.fullmatch(text):
        raise ValidationError(_("Excel found an error here (%(error)s): type the value.") % {"error": text})
    return text


def is_count(of: Any) -> bool:
    """Whether a column counts something, which must not be told of several rows at once."""
    return isinstance(of, models.IntegerField | models.DecimalField) and not of.choices


def is_text(of: Any) -> bool:
    """Whether a column holds what is typed, whatever it looks like."""
    return of.name in POINTED or (isinstance(of, models.CharField) and not (of.choices or isinstance(of, WordField)))


def has_default(of: Any) -> bool:
    return bool(of.has_default())


def needed(register: Register) -> Iterable[str]:
    """Columns without which no record can be made."""
    asked = register.form.base_fields
    return [n for n in names(register) if asked[n].required and not has_default(register.model._meta.get_field(n))]
