"""The columns of a register's list: their heads, the words they take, and how the text of a cell becomes a value."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from inspections.forms import sectors_of
from inspections.registers import Register
from sectors.calculation.cells import squeezed
from sectors.models import Department
from sectors.models.validators import validate_day
from sectors.spreadsheets import escaping
from sectors.texts import MOST_DIGITS, plain, whole_number

WORDS_SHOWN = 12
# Records that a list points to, by the text that names them in it.
POINTED = {"batch": "report_number", "plan": "name", "case": "number"}
# An inspection has no number: a list cannot point to it.
LEFT_OUT = {"inspection"}
NAMED = "sector"
LARGEST = 2_147_483_647  # that the database takes
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

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
    return [str(label) for _value, label in of.choices or ()]


def parser(of: Any, department: Department) -> Parser:
    """How the text of a cell becomes a value. The parser raises ValidationError."""
    if of.name == NAMED:
        return _one_of({sector.name: sector for sector in sectors_of(department)})
    if of.name in POINTED:
        return _pointing(of, department)
    if of.choices:
        known = {str(label): value for value, label in of.choices} | {value: value for value, _label in of.choices}
        return _one_of(known, empty="" if of.blank else None)
    if isinstance(of, models.DateField):
        return lambda cell: _day(cell, needed=not of.null)
    if isinstance(of, models.DecimalField):
        return lambda cell: _decimal(cell, of)
    if isinstance(of, models.IntegerField):
        return lambda cell: _whole(cell, of)
    return lambda cell: _text(cell, of)


def _one_of(known: dict[str, Any], empty: Any = None) -> Parser:
    def parse(cell: Any) -> Any:
        text = str(cell).strip()
        if text in known:
            return known[text]
        if not text and empty is not None:
            return empty
        listed = "、".join(itertools.islice(known, WORDS_SHOWN))
        raise ValidationError(_("One of these is expected: %(known)s.") % {"known": listed})

    return parse


def _pointing(of: Any, department: Department) -> Parser:
    """A record of the department by its number; they are fetched when the first cell asks."""
    known: dict[str, Any] = {}

    def parse(cell: Any) -> Any:
        text = _written(cell)
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
    day = _read_day(cell, needed=needed)
    if day:
        validate_day(day)
    return day


def _read_day(cell: Any, *, needed: bool) -> datetime.date | None:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    text = squeezed(str(cell)).rstrip("日").translate(str.maketrans("/.年月", "----"))
    if not text and not needed:
        return None
    try:
        year, month, day = map(whole_number, text.split("-"))
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        raise ValidationError(_("A day such as 2023-04-18 is expected.")) from None


def _number(cell: Any) -> Decimal:
    """What was typed, or a number of Excel's, which writes large and small ones with a power of ten."""
    text = squeezed(str(cell)).replace(",", "")
    if not NUMBER.fullmatch(text):
        raise ValidationError(_("A number is expected."))
    value = Decimal(text)
    if value < 0:
        raise ValidationError(_("A number, 0 or more, is expected."))
    if value.adjusted() >= MOST_DIGITS:
        raise ValidationError(_("The number is too long: at most %(count)d digits.") % {"count": MOST_DIGITS})
    return value.copy_abs()  # Excel knows a zero less than zero


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
    text = _written(cell)
    if not text and not of.blank:
        raise ValidationError(_("This cell must not be empty."))
    if len(text) > of.max_length:
        raise ValidationError(_("At most %(count)d characters fit in here.") % {"count": of.max_length})
    return text


def _written(cell: Any) -> str:
    """A number that Excel took for one comes without its `.0`, a day as a day, and text as we once wrote it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.date):
        return cell.isoformat()[:10]
    return escaping.unescape(plain(str(cell)))


def has_default(of: Any) -> bool:
    return bool(of.has_default())


def needed(register: Register) -> Iterable[str]:
    """Columns without which no record can be made."""
    asked = register.form.base_fields
    return [n for n in names(register) if asked[n].required and not has_default(register.model._meta.get_field(n))]
