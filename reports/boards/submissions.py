"""Submissions as the boards show them: whose turn it is, how late, how much is filled and when it was delivered.

What boards ask of them is written out in SQL (see `sectors.sql`), each in one statement.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.aggregation.values import Moment
from reports.boards.choice import Choice
from sectors.catalogue import compiled
from sectors.models import Sector, Sheet
from sectors.sql.execution import as_time, fetch, placeholders

# A letter stands for a state where a word has no room; the page lists them. The key is also the class of its colour.
STATES: dict[str, tuple[str | Promise, str | Promise]] = {
    "late": (pgettext_lazy("one letter", "L"), _("Late")),
    "unfilled": (pgettext_lazy("one letter", "E"), _("Not filled yet")),
    "draft": (pgettext_lazy("one letter", "D"), _("Draft")),
    "returned": (pgettext_lazy("one letter", "R"), _("Returned")),
    "submitted": (pgettext_lazy("one letter", "S"), _("Submitted")),
    "signed": (pgettext_lazy("one letter", "H"), _("Signed")),
    "accepted": (pgettext_lazy("one letter", "A"), _("Accepted")),
}

# A submission is delivered when it first leaves its department.
SLIPS = """
    WITH given AS (
        SELECT s.id FROM sectors_submission s JOIN sectors_period p ON p.id = s.period_id WHERE {chosen}
    ),
    filled AS (
        SELECT f.submission_id, COUNT(*) AS cells, COUNT(*) FILTER (WHERE i.required) AS required
        FROM sectors_figure f JOIN sectors_indicator i ON i.id = f.indicator_id
        WHERE f.submission_id IN (SELECT id FROM given) AND i.formula = '' AND f.state <> 'blank'
        GROUP BY f.submission_id
    ),
    delivered AS (
        SELECT t.submission_id, MIN(t.at) AS at
        FROM sectors_transition t
        JOIN sectors_submission s ON s.id = t.submission_id
        JOIN sectors_department d ON d.id = s.department_id
        WHERE s.id IN (SELECT id FROM given)
            AND (t.new IN ('signed', 'accepted') OR (t.new = 'submitted' AND NOT d.signs))
        GROUP BY t.submission_id
    )
    SELECT s.sheet_id, p.year, p.kind, p.number, p.due, s.extended_until, delivered.at,
        s.id, s.region_id, s.department_id, d.short_name, s.period_id, s.status, d.signs, s.is_demo,
        COALESCE(filled.cells, 0), COALESCE(filled.required, 0)
    FROM given
    JOIN sectors_submission s ON s.id = given.id
    JOIN sectors_period p ON p.id = s.period_id
    JOIN sectors_department d ON d.id = s.department_id
    LEFT JOIN filled ON filled.submission_id = s.id
    LEFT JOIN delivered ON delivered.submission_id = s.id
    ORDER BY p.due, s.id"""
TOLD = """
    SELECT s.period_id, s.department_id, MAX(s.at)
    FROM sectors_urge s JOIN sectors_period p ON p.id = s.period_id WHERE {chosen}
    GROUP BY s.period_id, s.department_id"""
FINDINGS = """
    SELECT p.id, p.year, p.kind, p.number,
        COUNT(*) FILTER (WHERE g.severity = 'error' AND g.state = 'open'),
        COUNT(*) FILTER (WHERE g.severity = 'error' AND g.state = 'explained'),
        COUNT(*) FILTER (WHERE g.severity = 'warning' AND g.state = 'open')
    FROM sectors_storedfinding g
    JOIN sectors_period p ON p.id = g.period_id
    LEFT JOIN sectors_submission s ON s.id = g.submission_id
    WHERE {chosen} AND g.state <> 'mended'
    GROUP BY p.id, p.year, p.kind, p.number"""


class Slip(NamedTuple):
    """A submission as a board shows it. `delivered` is the day on which it was, if that is on record."""

    pk: int
    region: int
    department: int
    department_name: str
    period: int
    status: str
    signs: bool
    is_demo: bool
    filled: int
    required_filled: int
    sheet: Sheet
    moment: Moment
    required: int
    due: datetime.date
    delivered: datetime.date | None
    today: datetime.date

    @property
    def is_with_department(self) -> bool:
        return self.status in ("draft", "returned") or (self.status == "submitted" and self.signs)

    @property
    def days_late(self) -> int:
        return max((self.today - self.due).days, 0) if self.is_with_department else 0

    @property
    def state(self) -> str:
        if self.days_late:
            return "late"
        return "unfilled" if self.status == "draft" and not self.filled else self.status

    @property
    def status_word(self) -> str | Promise:
        """What it is besides late."""
        return STATES["unfilled" if self.status == "draft" and not self.filled else self.status][1]

    @property
    def letter(self) -> str | Promise:
        return STATES[self.state][0]

    @property
    def word(self) -> str | Promise:
        return STATES[self.state][1]

    @property
    def was_on_time(self) -> bool | None:
        """None while there is still time, and for history that came in without its dates."""
        if self.delivered is not None:
            return self.delivered <= self.due
        return False if self.days_late else None


class Open(NamedTuple):
    """Findings of a period that nobody has dealt with."""

    period: int
    moment: Moment
    errors: int
    waiting: int
    warnings: int

    @property
    def total(self) -> int:
        return self.errors + self.waiting + self.warnings


def slips(choice: Choice, sector: Sector | None = None) -> list[Slip]:
    """Of the chosen region and all in it, of all sectors or one, in the order of the report."""
    catalogue, today, zone = compiled.catalogue(), timezone.localdate(), timezone.get_current_timezone()

    @cache
    def about(sheet: int, *at: Any) -> tuple[Sheet, Moment, int]:
        moment = Moment(*at)
        return catalogue.sheets[sheet], moment, catalogue.required_cells(sheet, moment.last_day)

    rows = _asked(SLIPS, choice, sector)
    place = {sheet: place for place, sheet in enumerate(catalogue.sheets)}
    rows.sort(key=lambda row: place[row[0]])
    found = []
    for row in rows:
        due, extended, left = row[4:7]
        day = as_time(left).astimezone(zone).date() if left else None
        found.append(Slip._make((*row[7:], *about(*row[:4]), max(due, extended or due), day, today)))
    return found


def told(choice: Choice) -> dict[tuple[int, int], datetime.datetime]:
    """When a department was last urged or reminded, by period and department."""
    return {(period, department): as_time(at) for period, department, at in _asked(TOLD, choice)}


def findings(choice: Choice, sector: Sector | None = None) -> list[Open]:
    """By period, the latest first; periods without any are left out."""
    rows = _asked(FINDINGS, choice, sector)
    found = [Open(pk, Moment(year, kind, number), *counts) for pk, year, kind, number, *counts in rows]
    return sorted((one for one in found if one.total), key=lambda one: one.moment.last_month, reverse=True)


def _asked(statement: str, choice: Choice, sector: Sector | None = None) -> list[tuple[Any, ...]]:
    """Rows of the chosen periods `p`; with a sector, of its submissions `s` only."""
    chosen = [f"p.region_id IN ({placeholders(choice.region_keys)})", "p.year = %s"]
    values: list[Any] = [*choice.region_keys, choice.year]
    if choice.moment:
        chosen.append("p.kind = %s AND p.number = %s")
        values += [choice.moment.kind, choice.moment.number]
    if sector is not None:
        chosen.append("s.sheet_id IN (SELECT id FROM sectors_sheet WHERE sector_id = %s)")
        values.append(sector.pk)
    return fetch(statement.format(chosen=" AND ".join(chosen)), values)
