"""Single faults planted in a whole year, each followed to the issued report: printed right, marked, or stopped.

Every fault starts from the same right year of a small county with two neighbours, in a savepoint that is rolled back.
Some faults are corrections, after which the data are the truth: the report must be what is generated anew, with the
values of tests/truth/reference.py. The others leave wrong or missing data: the report must say so (a remark of annex 2,
a coverage, an open point), or a step before it must be refused. What no sum, rule, span of a year, record or limit of
change touches (`_contradictions`) cannot be told from a right figure and is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from tempfile import TemporaryDirectory

from django.db import transaction
from django.test import TestCase, override_settings

from bench import Result
from bench._contradictions import contradictions
from bench._county_year import DAY, SEED, STOPPED, YEAR, World, make_world
from bench._faults import KINDS, Kind
from bench._scratch import site
from reports.chapters import build
from reports.document import snapshots
from reports.document.blocks import Cover, Document, Paragraph, Table, block_key, runs_text
from reports.editing import answers, drafts, issuing, outstanding
from reports.editing.audiences import for_audience
from reports.models import AnnualReport
from reports.vocabulary import Audience
from sectors.models import (
    Breakdown,
    Figure,
    Indicator,
    Region,
    Sheet,
    Submission,
    User,
)
from sectors.vocabulary import FigureState
from tests.truth import reference

OUTCOMES = ("printed right", "marked", "blocked", "not detectable", "unmarked")


@dataclass(frozen=True)
class Followed:
    number: int
    kind: str
    outcome: str
    what: str


# Following one to the report


@dataclass(frozen=True)
class Marks:
    """What a report says of its own data."""

    found: frozenset[str]

    @classmethod
    def of(cls, document: Document, points: list[str]) -> Marks:
        partial = {f"coverage of {one.code}" for one in document.figures if one.coverage[0] < one.coverage[1]}
        remarks = next((block for block in document.blocks if block_key(block) == "remarks/table"), None)
        lines = {runs_text(row.cells[2]) for row in remarks.rows} if isinstance(remarks, Table) else set()
        notes = {
            runs_text(block.runs) for block in document.blocks if isinstance(block, Paragraph) and block.style == "note"
        }
        return cls(frozenset(partial | lines | notes | set(points)))


def run() -> list[Result]:
    with site(is_shipped=False), TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        followed = follow(make_world(), [kind for kind in KINDS for _time in range(kind.share)])
    return results(followed)


def follow(world: World, kinds: Sequence[Kind]) -> list[Followed]:
    """One fault of each kind that is named, each by itself."""
    regions = (world.cast.county, world.cast.prefecture)
    ordinary = {region.code: Marks.of(build.build(region, YEAR, day=DAY), []) for region in regions}
    return [_followed(world, number, kind, ordinary) for number, kind in enumerate(kinds, 1)]


def _followed(world: World, number: int, kind: Kind, ordinary: Mapping[str, Marks]) -> Followed:
    world.random, world.notes = Random(f"{SEED}-{number}"), []
    region = world.cast.prefecture if kind.name.startswith("county") else world.cast.county
    by = world.above if region == world.cast.prefecture else world.cast.office
    with transaction.atomic():
        outcome = _outcome(world, kind, region, by, ordinary[region.code])
        transaction.set_rollback(True)
    return Followed(number, kind.name, outcome, "; ".join(world.notes))


def _outcome(world: World, kind: Kind, region: Region, by: User, ordinary: Marks) -> str:
    report = drafts.begin(region=region, year=YEAR, by=by, day=DAY) if kind.drafted else None
    seen = issuing.readiness(drafts.load(report)).mark if report and kind.drafted == "page" else ""
    try:
        # What is done at the end of a transaction is done, though the outer one never ends.
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            kind.plant(world)
    except STOPPED as error:
        world.notes.append(f"{type(error).__name__}: {error}")
        return "blocked"
    was_blocked = False
    if report is None:
        report = drafts.begin(region=region, year=YEAR, by=by, day=DAY)
    else:
        was_blocked = _is_refused(report, by, seen or issuing.readiness(drafts.load(report)).mark)
        if was_blocked:
            drafts.regenerate(report=report, by=by, seen=1)
    if report.is_draft and AnnualReport.objects.get(pk=report.pk).is_draft:
        for one in answers.of(drafts.load(report)):
            answers.write(report=report, mark=one.found.mark, text="已核对。", seen=one.version, by=by)
        issue(report, by, issuing.readiness(drafts.load(report)).mark)
    issued = AnnualReport.objects.get(pk=report.pk)
    document = snapshots.load(issued.snapshot)
    fresh = build.build(region, YEAR, day=document.day or DAY)  # one generated anew has another day
    faults = list(differences(document, fresh, region))
    world.notes += faults
    if faults:
        return "unmarked"
    if kind.is_truth:
        return "blocked" if was_blocked else "printed right"
    # Of what was open only submissions speak of data; that nobody signed it is so of every report here.
    missing = [item.sentence for item in outstanding.of_year(region, YEAR).missing]
    if Marks.of(document, missing).found - ordinary.found:
        return "marked"
    broken = list(contradictions(region))
    world.notes += broken
    return "unmarked" if broken else "not detectable"


def issue(report: AnnualReport, by: User, seen: str) -> None:
    issuing.issue(report=report, by=by, reason="按时印发，未完事项另行补充。", seen=seen)


def _is_refused(report: AnnualReport, by: User, seen: str) -> bool:
    try:
        with transaction.atomic():
            issue(report, by, seen)
    except (drafts.WrongState, issuing.PointsChanged, issuing.Unanswered):
        return True
    return False


def differences(issued: Document, fresh: Document, region: Region) -> Iterator[str]:
    """What the issued report prints otherwise than one generated now, or than the independent reference has it."""
    editions = (for_audience(document, Audience.INTERNAL) for document in (issued, fresh))
    pair = [[block for block in document.blocks if not isinstance(block, Cover)] for document in editions]
    if pair[0] != pair[1]:
        yield "the issued report is not what is generated now"
    truth = reference.Reference(reported())
    for figure in issued.figures:
        value = truth.full(region.code, figure.code, YEAR)
        printed = (figure.value, figure.last_value, figure.change)
        for name, ours, theirs in zip(
            ("value", "last", "change"), printed, (value.value, value.last, value.change), strict=True
        ):
            if (ours is None) != (theirs is None) or (
                ours is not None and theirs is not None and abs(Fraction(ours) - theirs) > Fraction(1, 10**6)
            ):
                yield f"{name} of {figure.code}: {ours}, but {theirs and float(theirs)} by the reference"
        if figure.coverage != (value.have, value.expected):
            yield f"coverage of {figure.code}: {figure.coverage}, but {value.have}/{value.expected} by the reference"


def reported() -> reference.World:
    """The database as the reference reads it."""
    figures: dict[int, dict[str, reference.Answer]] = {}
    states = {FigureState.NOT_APPLICABLE: reference.NA, FigureState.BLANK: reference.BLANK}
    for row in Figure.objects.select_related("indicator"):
        answer = Fraction(row.value) if row.value is not None else states[FigureState(row.state)]
        figures.setdefault(row.submission_id, {})[row.indicator.code] = answer
    return reference.World(
        parents={row.code: row.parent.code if row.parent else None for row in Region.objects.select_related("parent")},
        sheets={
            row.number: reference.Sheet(row.frequency, (), reference.Valid(row.valid_from, row.valid_to))
            for row in Sheet.objects.all()
        },
        indicators={
            row.code: reference.Indicator(
                row.sheet.number, row.accumulation, row.formula, Fraction(row.unit.scale), row.unit.is_percent,
                reference.Valid(row.valid_from, row.valid_to),
            )
            for row in Indicator.objects.select_related("sheet", "unit")
        },
        parts={
            row.total.code: [part.code for part in row.parts.all()]
            for row in Breakdown.objects.select_related("total").prefetch_related("parts")
        },
        submissions=[
            reference.Submission(
                row.region.code, row.sheet.number,
                reference.Period(row.period.year, row.period.kind, row.period.number),
                figures.get(row.pk, {}), row.status,
            )
            for row in Submission.objects.select_related("region", "sheet", "period")
        ],
    )  # fmt: skip


# What is printed


def results(followed: Sequence[Followed]) -> list[Result]:
    """A line for each kind, and the one with the target: how many got through unmarked."""
    found: dict[str, Counter[str]] = {}
    for one in followed:
        found.setdefault(one.kind, Counter())[one.outcome] += 1
    for kind, outcomes in found.items():
        print(f"truth: {kind}: planted {outcomes.total()}, {_words(outcomes)}")
    for one in followed:
        if one.outcome == "unmarked":
            print(f"truth: UNMARKED no. {one.number}, {one.kind}: {one.what}")
    totals = Counter(one.outcome for one in followed)
    print(f"truth: all kinds: planted {totals.total()}, {_words(totals)}")
    part = f"{len(followed)} faults planted, of which got through unmarked"
    return [Result(part, Decimal(totals["unmarked"]), target=Decimal(0), unit="faults")]


def _words(outcomes: Counter[str]) -> str:
    return ", ".join(f"{outcome} {outcomes[outcome]}" for outcome in OUTCOMES)
