"""What a load of catalogue files does, or with a dry run would do, in words."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from sectors.models import (
    Assignment,
    Breakdown,
    Department,
    FormerFrequency,
    Indicator,
    Question,
    Region,
    Rule,
    Sector,
    Sheet,
    Table,
    Unit,
)

LONGEST = 40  # characters of a value that is shown
# What was reported in or with these is touched by a change of them; with one that is added nothing was.
REPORTED = (Sector, Department, Region, Assignment, Unit)
ADDED, CHANGED, RETIRED, REMOVED, LEFT, DOUBTFUL = "+", "~", "×", "-", "=", "?"


class Changes:
    """One line each; of what was reported also what of it is touched."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.counts: Counter[str] = Counter()
        self.touched: dict[models.Model, list[str]] = {}
        self.reported: Mapping[models.Model, str] = {}  # in words, the periods in which what is touched was reported

    def added(self, row: models.Model) -> None:
        self.note(ADDED, row)

    def changed(self, row: models.Model, before: Mapping[str, Any]) -> None:
        """`before` has the values that are others now."""
        is_end = "valid_to" in before and getattr(row, "valid_to", None) is not None
        told = (_told(name, old, getattr(row, name)) for name, old in before.items())
        self.note(RETIRED if is_end else CHANGED, row, ", ".join(told))

    def removed(self, row: models.Model) -> None:
        self.note(REMOVED, row, _("no longer in the file"))

    def note(self, verb: str, row: models.Model, detail: str = "") -> None:
        self.counts[verb] += 1
        self.lines.append(f"{verb} {row._meta.verbose_name} {row}" + (f": {detail}" if detail else ""))
        touched = row if isinstance(row, REPORTED) and verb != ADDED else _reported_by(row)
        if touched is not None:
            self.touched.setdefault(touched, []).append(f"{verb} {getattr(row, 'code', row)}")

    def left(self, line: str) -> None:
        """Say that something stays although the file has it otherwise."""
        self.counts[LEFT] += 1
        self.lines.append(f"{LEFT} {line}")

    def doubtful(self, line: str) -> None:
        """Say what is loaded and should be looked at."""
        self.lines.append(f"{DOUBTFUL} {line}")

    @property
    def digest(self) -> str:
        """Of what is done, without what is only doubtful."""
        done = [line for line in self.lines if not line.startswith(DOUBTFUL)]
        return hashlib.sha256("\n".join(done).encode()).hexdigest()

    @property
    def doubts(self) -> int:
        return sum(line.startswith(DOUBTFUL) for line in self.lines)

    def summary(self) -> Iterator[str]:
        for touched, rows in self.touched.items():
            if periods := self.reported.get(touched):
                what = {"sheet": touched, "periods": periods, "rows": _few(rows)}
                yield _("Touches %(sheet)s, reported for %(periods)s: %(rows)s.") % what
        names = {
            ADDED: _("%(count)d added"),
            CHANGED: _("%(count)d changed"),
            RETIRED: _("%(count)d retired"),
            REMOVED: _("%(count)d removed"),
            LEFT: _("%(count)d left as they are"),
        }
        counts = [name % {"count": self.counts[verb]} for verb, name in names.items() if self.counts[verb]]
        yield _("%(count)d changes.") % {"count": len(self.lines) - self.doubts} + (
            f" {_(', ').join(counts)}" if counts else ""
        )


def _reported_by(row: models.Model) -> Sheet | Sector | None:
    """What is reported by what a row says: its sheet, and of a rule its sector."""
    if isinstance(row, Sheet):
        return row
    if isinstance(row, Rule):
        return row.sector
    if isinstance(row, (Indicator, Question, Table, FormerFrequency)):
        return row.sheet
    return row.total.sheet if isinstance(row, Breakdown) else None


def _told(name: str, old: Any, new: Any) -> str:
    """A field with what it was and is; its name alone where that would be long."""
    shown = [_shown(value) for value in (old, new)]
    return f"{name} {shown[0]} → {shown[1]}" if all(0 < len(text) <= LONGEST for text in shown) else name


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if isinstance(value, (dict, list)) else str(value).replace("\n", " ")


def _few(texts: Sequence[str], most: int = 8) -> str:
    return ", ".join(texts[:most]) + (" …" if len(texts) > most else "")
