"""Submissions as the boards show them: whose turn it is, how late, how much is filled and when it was delivered."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.boards.choice import BoardChoice
from sectors import timeliness
from sectors.calculation.periods import PeriodKey
from sectors.models import Sector, Sheet
from sectors.sql import boards
from sectors.sql.boards import Chosen
from sectors.sql.execution import as_time
from sectors.timeliness import Timeliness
from sectors.vocabulary import SubmissionStatus

# A letter stands for a state where a word has no room; the page lists them. The key is also the class of its colour.
STATES: dict[str, tuple[str | Promise, str | Promise]] = {
    "late": (pgettext_lazy("one letter", "L"), _("Late")),
    "unfilled": (pgettext_lazy("one letter", "E"), _("Not filled yet")),
    SubmissionStatus.DRAFT: (pgettext_lazy("one letter", "D"), _("Draft")),
    SubmissionStatus.RETURNED: (pgettext_lazy("one letter", "R"), _("Returned")),
    SubmissionStatus.SUBMITTED: (pgettext_lazy("one letter", "S"), _("Submitted")),
    SubmissionStatus.SIGNED: (pgettext_lazy("one letter", "H"), _("Signed")),
    SubmissionStatus.ACCEPTED: (pgettext_lazy("one letter", "A"), _("Accepted")),
}


class BoardSubmission(NamedTuple):
    """A submission as a board shows it. `delivered` is the day on which it was, if that is on record."""

    pk: int
    region: int
    department: int
    department_name: str
    period: int
    status: str
    signs: bool
    is_demo: bool
    is_reopened: bool
    filled: int
    required_filled: int
    sheet: Sheet
    key: PeriodKey
    required: int
    due: datetime.date
    delivered: datetime.date | None
    is_imported: bool
    today: datetime.date

    @property
    def is_with_department(self) -> bool:
        return timeliness.is_with_department(self.status, self.signs)

    @property
    def days_late(self) -> int:
        late = timeliness.is_overdue(self.status, self.signs, self.due, self.today, is_reopened=bool(self.is_reopened))
        return (self.today - self.due).days if late else 0

    @property
    def state(self) -> str:
        if self.days_late:
            return "late"
        return "unfilled" if self.status == SubmissionStatus.DRAFT and not self.filled else self.status

    @property
    def status_word(self) -> str | Promise:
        """What it is besides late."""
        return STATES["unfilled" if self.status == SubmissionStatus.DRAFT and not self.filled else self.status][1]

    @property
    def letter(self) -> str | Promise:
        return STATES[self.state][0]

    @property
    def word(self) -> str | Promise:
        return STATES[self.state][1]

    @property
    def timeliness(self) -> Timeliness:
        return timeliness.judged(
            status=self.status,
            signs=self.signs,
            due=self.due,
            delivered_on=self.delivered,
            is_imported=self.is_imported,
            today=self.today,
            is_reopened=bool(self.is_reopened),
        )


class OpenFindings(NamedTuple):
    """Findings of a period that nobody has dealt with, and hints, which nobody has to."""

    period: int
    key: PeriodKey
    errors: int
    waiting: int
    warnings: int
    hints: int

    @property
    def total(self) -> int:
        """How many are left to deal with."""
        return self.errors + self.waiting + self.warnings


def submissions(choice: BoardChoice, sector: Sector | None = None) -> list[BoardSubmission]:
    """Of the chosen region and all in it, of all sectors or one, in the order of the report."""
    catalogue, today, zone = choice.catalogue, timezone.localdate(), timezone.get_current_timezone()

    @cache
    def about(sheet: int, *at: Any) -> tuple[Sheet, PeriodKey, int]:
        key = PeriodKey(*at)
        return catalogue.sheets[sheet], key, catalogue.required_cells(sheet, key.last_day)

    rows = boards.submissions(_chosen(choice, sector))
    place = {sheet: place for place, sheet in enumerate(catalogue.sheets)}
    rows.sort(key=lambda row: place[row[0]])
    found = []
    for row in rows:
        due, extended, delivered, imported = row[4:8]
        day = as_time(delivered).astimezone(zone).date() if delivered else None
        known_of = (*about(*row[:4]), timeliness.due_day(due, extended), day, bool(imported), today)
        found.append(BoardSubmission._make((*row[8:], *known_of)))
    return found if choice.only is None else [one for one in found if one.department == choice.only.department]


def last_urges(choice: BoardChoice) -> dict[tuple[int, int], datetime.datetime]:
    """When a department was last urged or reminded, by period and department."""
    return boards.last_urges(_chosen(choice))


def findings(choice: BoardChoice, sector: Sector | None = None) -> list[OpenFindings]:
    """By period, the latest first; periods without any are left out. They are counted for whole regions: of one
    department's sheets none are."""
    if choice.only is not None:
        return []
    rows = boards.open_findings(_chosen(choice, sector))
    found = [OpenFindings(pk, PeriodKey(year, kind, number), *counts) for pk, year, kind, number, *counts in rows]
    return sorted((one for one in found if one.total or one.hints), key=lambda one: one.key, reverse=True)


def _chosen(choice: BoardChoice, sector: Sector | None = None) -> Chosen:
    at = (choice.period.kind, choice.period.number) if choice.period else ("", 0)
    return Chosen(choice.within, choice.year, *at, sector.pk if sector else None)
