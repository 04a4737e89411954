"""Which submissions of a year are not accepted yet: what a report of that year lacks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.chapters import sources
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Region, Submission
from sectors.sql.regions import regions_within
from sectors.vocabulary import Frequency, SubmissionStatus


@dataclass(frozen=True)
class MissingSubmission:
    """A sheet that is wanted and not accepted. Without a `submission` it was never handed out, `periods` times."""

    sheet: str
    department: str
    submission: Submission | None = None
    periods: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """Tells one from another whatever the language."""
        of = self.submission
        return (of.pk, str(of.status)) if of else (self.sheet, self.department, self.periods)

    @property
    def sentence(self) -> str:
        if self.submission is not None:
            what = {"sheet": self.sheet, "department": self.department, "period": self.submission.period.label}
            status = self.submission.get_status_display()
            return _("%(sheet)s, %(period)s, %(department)s: %(status)s") % {**what, "status": status}
        message = _("%(sheet)s, %(department)s: %(periods)d of the year's periods were never opened")
        return message % {"sheet": self.sheet, "department": self.department, "periods": self.periods}


@dataclass(frozen=True)
class Outstanding:
    """How many submissions the year wants, and which of them are not accepted."""

    expected: int
    missing: tuple[MissingSubmission, ...]

    @property
    def accepted(self) -> int:
        return self.expected - sum(item.periods or 1 for item in self.missing)


def of_year(region: Region, year: int) -> Outstanding:
    """Every sheet that the report is made of and that is valid at the end of the year, in each of its periods in which
    it is; one annual submission stands for all of them, as history has it. Three queries."""
    catalogue, last_day = compiled.catalogue(), datetime.date(year, 12, 31)
    by_sheet: dict[tuple[int, int], list[Submission]] = defaultdict(list)
    rows = Submission.objects.filter(region__in=regions_within(region), period__year=year)
    for row in rows.select_related("sheet", "period", "department").order_by("period__kind", "period__number"):
        by_sheet[row.region_id, row.sheet_id].append(row)
    expected = 0
    missing: list[MissingSubmission] = []
    for assignment in sources.wanted(region, year):
        if not assignment.sheet.valid_on(last_day):
            continue
        of_sheet = by_sheet.get((assignment.region_id, assignment.sheet_id), [])
        wanted = _wanted(of_sheet, catalogue.own_periods(assignment.sheet_id, year), year)
        expected += len(wanted)
        counted = [row for row in of_sheet if row.period.key in wanted]
        waiting = [row for row in counted if row.status != SubmissionStatus.ACCEPTED]
        missing += [MissingSubmission(str(row.sheet), sources.called(row.department, region), row) for row in waiting]
        if never := len(wanted) - len(counted):
            name = sources.called(assignment.department, region)
            missing.append(MissingSubmission(str(assignment.sheet), name, periods=never))
    return Outstanding(expected, tuple(missing))


def _wanted(rows: list[Submission], own: Sequence[PeriodKey], year: int) -> Sequence[PeriodKey]:
    is_history = bool(rows) and all(row.period.kind == Frequency.YEAR for row in rows)
    return [PeriodKey.whole(year)] if is_history else own
