"""Submissions of counties over years, with figures and steps, as they are in life: most is accepted, some of the last
period is under way, a little of it and of what was before came back, was never handed in or does not apply."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from demo.scale.figures import Pattern, Typed
from demo.scale.regions import County, Desk
from demo.scale.rows import Rows, continue_keys, store
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Figure, Period, Submission, Transition
from sectors.vocabulary import FigureState, SubmissionStatus

_DRAFT, _SUBMITTED, _SIGNED = SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED, SubmissionStatus.SIGNED
_ACCEPTED, _RETURNED, _MISSING = SubmissionStatus.ACCEPTED, SubmissionStatus.RETURNED, ""
# How many of a hundred are what, at the end.
BEFORE = ((_ACCEPTED, 96), (_RETURNED, 1), (_DRAFT, 2), (_MISSING, 1))
LAST = ((_ACCEPTED, 60), (_SIGNED, 10), (_SUBMITTED, 10), (_RETURNED, 8), (_DRAFT, 12))
# Of a thousand free cells: what never applies in a county, what does not in one period, what is left out in one.
NEVER_APPLIES, DOES_NOT_APPLY, LEFT_OUT = 15, 3, 10
LATE = 7  # of a hundred
REPORTING = datetime.timedelta(days=10)
RETURNED_FOR = "请核实本期数据后重新报送。"
NOON = datetime.time(12)


@dataclass(frozen=True)
class Made:
    counties: int
    periods: int
    submissions: int
    figures: int
    transitions: int


class Reporting:
    def __init__(self, catalogue: CompiledCatalogue, patterns: Sequence[Pattern], years: Sequence[int]) -> None:
        self.catalogue, self.patterns, self.years = catalogue, patterns, years
        self._periods, self._submissions = Rows(Period), Rows(Submission)
        self._figures, self._transitions = Rows(Figure), Rows(Transition)
        self._tables = self._periods, self._submissions, self._figures, self._transitions

    def make(self, counties: Sequence[County]) -> Made:
        for number, county in enumerate(counties):
            self._county(county, self.patterns[number % len(self.patterns)])
            if self._figures.is_full:
                store(*self._tables)
        store(*self._tables)
        continue_keys(*self._tables)
        return Made(len(counties), *(rows.count for rows in self._tables))

    def _county(self, county: County, pattern: Pattern) -> None:
        by_period: dict[PeriodKey, list[int]] = {}
        for sheet in county.desks:
            for year in self.years:
                for key in self.catalogue.own_periods(sheet, year):
                    by_period.setdefault(key, []).append(sheet)
        for key in sorted(by_period):
            due = key.last_day + REPORTING
            days = {"opens": key.last_day + datetime.timedelta(days=1), "due": due}
            what = {"year": key.year, "kind": key.kind, "number": key.number}
            period = self._periods.add(region=county.region, **what, **days)
            for sheet in by_period[key]:
                self._submission(county, sheet, key, period, due, pattern[sheet, key])

    def _submission(
        self, county: County, sheet: int, key: PeriodKey, period: int, due: datetime.date, cells: Sequence[Typed]
    ) -> None:
        desk, place = county.desks[sheet], f"{county.code} {self.catalogue.sheets[sheet].number} {key.code}"
        shares = LAST if key.last_day >= PeriodKey.whole(self.years[-1]).last_day else BEFORE
        status = _status(shares, desk, place)
        if status == _MISSING:
            return
        steps = list(_steps(status, desk, county, _at(due, place)))
        opened = _moment(key.last_day + datetime.timedelta(days=1))
        submission = self._submissions.add(
            sheet=sheet,
            period=period,
            region=county.region,
            department=desk.department,
            status=status,
            is_demo=True,
            submitted_by=desk.clerk if steps else None,
            created=opened,
            changed=steps[-1]["at"] if steps else opened,
        )
        for step in steps:
            self._transitions.add(submission=submission, **step)
        if status == _DRAFT:  # nobody has begun, or half of it is typed
            cells = cells[: len(cells) // 2] if _of(2, place) else ()
        for cell in cells:
            self._figure(county, submission, cell, key)

    def _figure(self, county: County, submission: int, cell: Typed, key: PeriodKey) -> None:
        said = {"region": county.region, "submission": submission, "indicator": cell.indicator}
        if not cell.is_free:
            is_absent, is_left_out = False, False
        else:
            now = _of(1000, county.code, cell.code, key.code)
            is_absent = _of(1000, county.code, cell.code) < NEVER_APPLIES or now < DOES_NOT_APPLY
            is_left_out = not cell.is_required and DOES_NOT_APPLY <= now < DOES_NOT_APPLY + LEFT_OUT
        if is_absent:
            self._figures.add(**said, state=FigureState.NOT_APPLICABLE)
        elif not is_left_out:
            self._figures.add(**said, state=FigureState.NUMBER, value=cell.value, places=cell.places)


def _of(count: int, *words: object) -> int:
    """A number below the count, always the same for the same words."""
    digest = hashlib.blake2b(" ".join(map(str, words)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % count


def _status(shares: Sequence[tuple[str, int]], desk: Desk, place: str) -> str:
    drawn = _of(100, "status", place)
    for status, share in shares:
        drawn -= share
        if drawn < 0:
            return _SUBMITTED if status == _SIGNED and desk.head is None else status
    raise ValueError("The shares make less than a hundred.")


def _at(due: datetime.date, place: str) -> datetime.datetime:
    """When the clerk submits: before it is due, or three days after."""
    early = _of(6, "day", place)
    return _moment(due + datetime.timedelta(days=3 if _of(100, "late", place) < LATE else -early))


def _moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, NOON))


def _steps(status: str, desk: Desk, county: County, at: datetime.datetime) -> Iterator[dict[str, object]]:
    """What people did until it came to this."""
    if status == _DRAFT:
        return
    yield {"old": _DRAFT, "new": _SUBMITTED, "by": desk.clerk, "at": at}
    at, last = at + datetime.timedelta(hours=1), _SUBMITTED
    if status != _SUBMITTED and desk.head is not None:
        yield {"old": _SUBMITTED, "new": _SIGNED, "by": desk.head, "at": at, "is_of_head": True}
        last = _SIGNED
    if status in (_ACCEPTED, _RETURNED):
        reason = RETURNED_FOR if status == _RETURNED else ""
        at += datetime.timedelta(days=1)
        yield {"old": last, "new": status, "by": county.office.office, "at": at, "reason": reason}
