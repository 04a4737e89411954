"""Records that a program sends: read and stored as the rows of a list are, and stored once however often they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inspections import records as record_writer
from inspections import spreadsheets
from inspections.registers import Register
from inspections.spreadsheets import columns
from intake.schemas import FieldRow
from reports.models import ApiToken
from sectors.models import Department, User


@dataclass(frozen=True)
class RefusedField:
    """Rows count from 1; `field` is empty where a record is refused as a whole."""

    row: int
    field: str
    text: str
    why: str


class Refused(Exception):
    """Nothing was stored, and why."""

    def __init__(self, faults: list[RefusedField]) -> None:
        super().__init__("records were refused")
        self.faults = faults


@dataclass(frozen=True)
class Stored:
    """How many records are new, how many were there as they were sent, which (counted from 1) were there with other
    content and stay as they are, and how many cells of sheets follow."""

    stored: int
    unchanged: int
    other: list[int]
    cells: int


def fields(register: Register, by: User) -> list[FieldRow]:
    """What a record of the register may say, and in which words."""
    needed, of = set(columns.needed(register)), register.model._meta
    return [
        FieldRow(
            code=name,
            name=columns.head(register, name),
            required=name in needed,
            words=columns.words(of.get_field(name), _department(by)),
        )
        for name in columns.names(register)
    ]


@transaction.atomic
def save(register: Register, sent: Sequence[Mapping[str, str]], *, by: User, token: ApiToken, doubles: bool) -> Stored:
    """Raises Refused, and WrongState where a record was taken by somebody else meanwhile."""
    # One request of a program at a time: a second one sees what the first has stored.
    ApiToken.objects.select_for_update(of=("self",), no_key=True).get(pk=token.pk)
    department = _department(by)
    if unknown := list(_unknown(register, sent)):
        raise Refused(unknown)
    reading = spreadsheets.read_rows(register, sent, department)
    numbered = [one for one in reading.recorded if not one.in_list]
    there = [*numbered, *(one for one in reading.doubles if not one.in_list)]
    same = _sent_before(register, department, there, sent)
    other = {one.row - 1 for one in numbered} - same
    faults = [_of_cell(register, fault) for fault in reading.faults]
    if not doubles:
        faults += [_of_double(one) for one in reading.doubles]
    faults = [fault for fault in faults if fault.row not in same | other]
    if faults:
        raise Refused(sorted(faults, key=lambda fault: fault.row))
    new = [*reading.records, *(one.record for one in reading.doubles if one.row - 1 not in same)]
    cells = record_writer.bulk_create(new, department=department, by=by) if new else 0
    return Stored(len(new), len(same), sorted(other), cells)


def _unknown(register: Register, sent: Sequence[Mapping[str, str]]) -> Iterator[RefusedField]:
    known = columns.names(register)
    for row, one in enumerate(sent, 1):
        for name in one.keys() - set(known):
            why = _("There is no such field; these are known: %(names)s.") % {"names": ", ".join(known)}
            yield RefusedField(row, name, one[name], why)


def _of_cell(register: Register, fault: spreadsheets.Fault) -> RefusedField:
    names = {columns.head(register, name): name for name in columns.names(register)}
    return RefusedField(fault.row - 1, names.get(fault.column, ""), fault.text, fault.why)


def _of_double(double: spreadsheets.Double) -> RefusedField:
    why = _("It looks like a record that is there, or stands before it. Send “doubles”: true to store it all the same.")
    return RefusedField(double.row - 1, "", str(double.record), why)


def _sent_before(
    register: Register,
    department: Department,
    found: Sequence[spreadsheets.Double],
    sent: Sequence[Mapping[str, str]],
) -> set[int]:
    """Which of the records, counted from 1, stand there as they were sent: each of them for one."""
    days = [day for one in found if (day := getattr(one.record, register.day))]
    if not days:
        return set()
    rows = register.model._default_manager.filter(department=department)
    there = list(rows.filter(**{f"{register.day}__range": (min(days), max(days))}))
    of: Any = register.model._meta
    same, counts = set(), dict[tuple[str, ...], Counter[tuple[Any, ...]]]()
    for one in found:
        names = tuple(of.get_field(name).attname for name in sent[one.row - 2])
        count = counts.setdefault(names, Counter(_said(row, names) for row in there))
        if count[_said(one.record, names)] > 0:
            count[_said(one.record, names)] -= 1
            same.add(one.row - 1)
    return same


def _said(record: Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in names)


def _department(by: User) -> Department:
    assert by.department is not None  # of a clerk for whom a token writes
    return by.department
