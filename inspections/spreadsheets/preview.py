"""What a person looks at before a list is stored: counts, the first faults, doubles and records. JSON too."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.utils import timezone

from inspections.registers import Register

from .reader import Reading

FAULTS, DOUBLES, RECORDS = 200, 200, 10  # at most shown


@dataclass(frozen=True)
class Preview:
    """Texts only: `faults` are address, column, what stands there and what to do; `doubles` row, record, whether the
    other one stands in the list; `rounded` cells that hold more decimals than they show; `records` the columns of the
    register."""

    good: int
    bad_rows: int
    double_rows: int
    all_faults: int
    digest: str
    layout: str  # who said how the columns are read, and when; empty for our own
    unknown: list[str]
    unread: list[str]
    rounded: list[str]
    faults: list[list[str]]
    doubles: list[list[Any]]
    records: list[list[str]]

    @classmethod
    def of(cls, register: Register, reading: Reading) -> Self:
        return cls(
            good=len(reading.records),
            bad_rows=reading.bad_rows,
            double_rows=len(reading.doubles),
            all_faults=len(reading.faults),
            digest=reading.digest,
            layout=_said(reading),
            unknown=reading.unknown,
            unread=reading.unread,
            rounded=reading.rounded[:FAULTS],
            faults=[[f.address, f.column, f.text, f.why] for f in reading.faults[:FAULTS]],
            doubles=[[d.row, str(d.record), d.in_list] for d in reading.doubles[:DOUBLES]],
            records=[[_written(c.text(r)) for c in register.columns] for r in reading.records[:RECORDS]],
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _said(reading: Reading) -> str:
    layout = reading.found.layout
    return f"{layout.by.full_name} {timezone.localdate(layout.changed)}" if layout else ""


def _written(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)
