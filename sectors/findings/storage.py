"""Keeps what the checks find on record: the only writer of `StoredFinding`.

A finding is known by its submission and its rule. It keeps what was said about it as long as the values it judged
stay as they are, opens again when they change, and is mended when it no longer arises. The record follows when
something is written; a page that is only looked at shows what `current` makes of it and leaves it as it is.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sectors.calculation.cells import WIDE, Cell
from sectors.calculation.periods import PeriodKey
from sectors.checks import gathering
from sectors.checks.findings import PLACES, Finding
from sectors.checks.rulebooks import rulebooks
from sectors.guard import lock_submissions
from sectors.models import Figure, Period, Region, StoredFinding, Submission
from sectors.sql.findings import SheetPeriod, has_findings, submissions_with_findings
from sectors.vocabulary import FindingNoteKind, FindingState, Severity, SubmissionStatus

STATE_AFTER = {
    FindingNoteKind.REASON: FindingState.EXPLAINED,
    FindingNoteKind.ACCEPTED: FindingState.ACCEPTED,
    FindingNoteKind.REFUSED: FindingState.OPEN,
}
JUDGED = ("kind", "severity", "indicators", "values", "suspects", "declared", "expected", "statement", "basis")


def refresh(submission: Submission) -> list[StoredFinding]:
    """Judge a submission anew and return what stands, in the order of the checks.

    Writes only what differs from what is on record. `period` is fetched when it is not yet.
    """
    found = _by_rule(gathering.of_submission(submission))
    return _put_on_record(submission, found) if found or has_findings(submission.pk) else []


def _put_on_record(submission: Submission, found: Mapping[str, Finding]) -> list[StoredFinding]:
    stored = _stored(submission)
    if _differs(stored, found, _values(submission, found)):
        return _judge_and_write(submission)
    return [stored[rule] for rule in found]


@transaction.atomic
def _judge_and_write(submission: Submission) -> list[StoredFinding]:
    """One at a time: two that look at the same moment would store the same finding twice."""
    lock_submissions(Submission.objects.filter(pk=submission.pk))
    found = _by_rule(gathering.of_submission(submission))
    values, stored = _values(submission, found), _stored(submission)
    if _differs(stored, found, values):
        _write(submission, found, values, stored)
        stored = _stored(submission) if found else {}
    return [stored[rule] for rule in found]


def current(submission: Submission) -> list[StoredFinding]:
    """What stands, judged anew and beside the record, in the order of the checks (`period` fetched). Writes nothing:
    what came up since the record was written has no `pk` yet, and the rows that have one are not to be saved."""
    found = _by_rule(gathering.of_submission(submission))
    if not found:
        return []
    values, stored, now = _values(submission, found), _stored(submission), timezone.now()
    return [_row(submission, rule, finding, values, stored.get(rule), now) for rule, finding in found.items()]


def on_record(submission: Submission) -> list[StoredFinding]:
    """What stood when it was last judged."""
    return list(StoredFinding.objects.for_listing().standing().filter(submission=submission))


def refresh_year(region: Region, year: int) -> int:
    """Judge every submission of a region's year anew; returns how many findings stand."""
    return sum(map(refresh_period, Period.objects.filter(region=region, year=year)))


def refresh_period(period: Period, on_progress: Callable[[int, int, str], None] | None = None) -> int:
    """The same for a period's submissions; `on_progress` gets how many of how many are done, and which is next."""
    return _refresh_each(Submission.objects.for_period(period), on_progress)


def refresh_open(region: Region, on_progress: Callable[[int, int, str], None] | None = None) -> int:
    """The same for what a region has not accepted yet."""
    rows = Submission.objects.filter(region=region).exclude(status=SubmissionStatus.ACCEPTED)
    return _refresh_each(rows, on_progress, _refresh_open)


@transaction.atomic
def _refresh_open(submission: Submission) -> list[StoredFinding]:
    """What was accepted since it was listed keeps its findings."""
    rows = Submission.objects.filter(pk=submission.pk).exclude(status=SubmissionStatus.ACCEPTED)
    return refresh(submission) if lock_submissions(rows) else []


def _refresh_each(
    rows: QuerySet[Submission],
    on_progress: Callable[[int, int, str], None] | None,
    judge: Callable[[Submission], list[StoredFinding]] = refresh,
) -> int:
    submissions = list(rows.select_related("period", "sheet").order_by("pk"))
    count = 0
    for number, submission in enumerate(submissions):
        if on_progress:
            on_progress(number, len(submissions), str(submission.sheet))
        count += len(judge(submission))
    return count


def refresh_since(region: Region, year: int) -> int:
    """Judge the submissions of a year and of all later ones, whose figures are compared with it."""
    return sum(map(refresh_period, Period.objects.filter(region=region, year__gte=year)))


def refresh_beside(submission: Submission) -> None:
    """Judge the submissions anew whose checks read figures of this one: other sheets of its period, and sheets of later
    and of longer periods (`period` fetched)."""
    later = Submission.objects.filter(region=submission.region_id, period__year__gte=submission.period.year)
    _refresh_readers(submission, later.values_list("pk", "sheet", "period__year", "period__kind", "period__number"))


def refresh_standing_beside(submission: Submission) -> None:
    """The same for those only that have findings on record which stand: what is no longer so is said no longer. What is
    new is looked for when the sheet is submitted."""
    _refresh_readers(submission, submissions_with_findings(submission.region_id, submission.period.year))


def refresh_changed(submission: Submission) -> list[StoredFinding]:
    """Judge a submission anew while its figures are being corrected, and then what stands on record beside it."""
    # One query for both: this is done with every cell that is saved.
    standing = submissions_with_findings(submission.region_id, submission.period.year)
    if any(pk == submission.pk for pk, *_period in standing):
        # What is on record will mostly change with the cell, so it is locked first and judged once.
        stored = _judge_and_write(submission)
    else:
        found = _by_rule(gathering.of_submission(submission))
        stored = _put_on_record(submission, found) if found else []
    _refresh_readers(submission, standing)
    return stored


def _refresh_readers(submission: Submission, others: Iterable[SheetPeriod]) -> None:
    beside = [other for other in others if other[0] != submission.pk]
    if not beside:
        return
    reads, sheet, key = rulebooks().reads, submission.sheet_id, submission.period.key
    readers = [
        pk for pk, other, year, kind, number in beside if reads(other, PeriodKey(year, kind, number), sheet, key)
    ]
    for reader in Submission.objects.filter(pk__in=readers).select_related("period").order_by("pk"):
        refresh(reader)


def settle(finding: StoredFinding) -> None:
    """Bring a finding's state in line with what was said about it."""
    state = _state(finding.severity, finding, finding.basis)
    if state != finding.state:
        finding.state, finding.since = state, timezone.now()
        finding.save(update_fields=["state", "since"])


def stops(finding: StoredFinding, severity: str) -> bool:
    """Whether its sheet would not go out if it were of this severity, by what was said about it (`notes` fetched)."""
    state = _state(severity, finding, finding.basis)
    return state == FindingState.OPEN or (severity == Severity.ERROR and state == FindingState.EXPLAINED)


def _state(severity: str, finding: StoredFinding | None, basis: str) -> str:
    """What the last words about the values behind `basis` make of a finding; a hint asks for none."""
    if severity == Severity.HINT:
        return FindingState.NOTED
    said = [note for note in finding.notes.all() if note.basis == basis] if finding else []
    return STATE_AFTER[FindingNoteKind(said[-1].kind)] if said else FindingState.OPEN


def _stored(submission: Submission) -> dict[str, StoredFinding]:
    return {row.rule: row for row in StoredFinding.objects.for_listing().filter(submission=submission)}


def _by_rule(found: Iterable[Finding]) -> dict[str, Finding]:
    """Findings by rule; where one rule finds two things, the second is known by its indicators too."""
    named: dict[str, Finding] = {}
    for finding in found:
        rule = finding.rule if finding.rule not in named else f"{finding.rule} {','.join(finding.indicators)}"
        named[rule] = finding
    return named


def _values(submission: Submission, found: Mapping[str, Finding]) -> dict[str, str]:
    """What stands in the cells that the findings name, as stored, whatever sheet of the period they are in."""
    codes = {code for finding in found.values() for code in finding.indicators}
    if not codes:
        return {}
    rows = Figure.objects.filter(
        region=submission.region_id, submission__period=submission.period_id, indicator__code__in=codes
    ).values_list("indicator__code", "state", "value", "places", "qualifier", "as_of", "words")
    return {code: Cell._make(cell).stored for code, *cell in rows}


def _judged(finding: Finding, values: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `JUDGED`, from a finding and the values of all cells."""
    own = {code: finding.judged.get(code, values.get(code, "")) for code in finding.indicators}
    declared, expected = _rounded(finding.declared), _rounded(finding.expected)
    judged = json.dumps([sorted(own.items()), str(declared), str(expected)])
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "indicators": list(finding.indicators),
        "values": own,
        "suspects": [[suspect.code, f"{suspect.repair.normalize():f}"] for suspect in finding.suspects],
        "declared": declared,
        "expected": expected,
        "statement": finding.statement.data,
        "basis": hashlib.sha256(judged.encode()).hexdigest()[:32],
    }


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(PLACES, context=WIDE)


def _differs(stored: Mapping[str, StoredFinding], found: Mapping[str, Finding], values: Mapping[str, str]) -> bool:
    """Whether the record is behind."""
    standing = {rule: row for rule, row in stored.items() if row.state != FindingState.CORRECTED}
    if standing.keys() != found.keys():
        return True
    judged = {rule: _judged(finding, values) for rule, finding in found.items()}
    names = ("severity", "basis", "suspects", "statement")
    return any(
        row.state != _state(judged[rule]["severity"], row, judged[rule]["basis"])
        or any(getattr(row, name) != judged[rule][name] for name in names)
        for rule, row in standing.items()
    )


def _row(
    submission: Submission,
    rule: str,
    finding: Finding,
    values: Mapping[str, str],
    stored: StoredFinding | None,
    now: datetime.datetime,
) -> StoredFinding:
    """A finding as it goes on record: the row that is `stored` brought up to date, or a new one."""
    row = stored or StoredFinding(
        submission=submission, region_id=submission.region_id, period=submission.period, rule=rule
    )
    for name, value in _judged(finding, values).items():
        setattr(row, name, value)
    state = _state(row.severity, stored, row.basis)
    if stored is None or stored.state != state:
        row.state, row.since = state, now
    return row


def _write(
    submission: Submission, found: Mapping[str, Finding], values: Mapping[str, str], stored: Mapping[str, StoredFinding]
) -> None:
    """Bring the record in line with `found`, in a fixed number of queries."""
    now = timezone.now()
    rows = [_row(submission, rule, finding, values, stored.get(rule), now) for rule, finding in found.items()]
    for row in rows:
        row.pk = None  # submission and rule tell which it is
    StoredFinding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["submission", "rule"],
        update_fields=[*JUDGED, "state", "since"],
    )
    gone = submission.findings.standing().exclude(rule__in=list(found))
    gone.update(state=FindingState.CORRECTED, since=now)
