"""What pages show of runs: which runs and scores a person sees, progress, distribution, and how reviewers differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from assessment.access import decides, may_review
from assessment.models import Appeal, Result, ReviewerAssignment, Run, RunSubject, Score
from assessment.results import ScoreLine, Standing
from assessment.schemes.specification import Criterion, Deduction, OwnTargets
from assessment.trials import PAGES
from assessment.vocabulary import RunState
from sectors.catalogue import compiled
from sectors.models import User
from sectors.vocabulary import DEPARTMENT_ROLES, REGION_ROLES, Role

# While these last, whoever is assessed sees what reviewers gave.
RESULTS = (RunState.SHOWN, RunState.APPEALS, RunState.CLOSED)
REVIEWED = (RunState.REVIEW, *RESULTS)
FAR = Decimal("0.2")  # of a criterion's points: so far a reviewer is from the others before it is said


def visible(user: User) -> QuerySet[Run]:
    """Of one's own region, and those by which it is assessed; of all for an administrator."""
    rows = Run.objects.select_related("region", "scheme", "opened_by")
    if user.role == Role.ADMIN:
        return rows
    region = user.region
    own = Q(pk__in=RunSubject.objects.filter(place=region).values("run")) if user.role in REGION_ROLES else Q(pk__in=[])
    return rows.filter(Q(region=region) | own) if region else rows.none()


def visible_scores(user: User) -> QuerySet[Score]:
    """Of subjects that the person reads, and of criteria that they review, once the review has begun."""
    rows = Score.objects.select_related("subject__run__region", "subject__run__scheme", "self_by", "reviewer")
    assigned = ReviewerAssignment.objects.of(user).filter(run=OuterRef("subject__run"), criterion=OuterRef("criterion"))
    own = RunSubject.objects.for_user(user).values("pk")
    return rows.filter(Q(subject__in=own) | (Exists(assigned) & Q(subject__run__state__in=REVIEWED)))


@dataclass(frozen=True)
class ShownLine:
    """A line with where its points lead: the page of the number, else of the list, else of the criterion."""

    line: ScoreLine
    address: str
    number: str


def shown(lines: Iterable[ScoreLine], user: User, run: Run, subject: RunSubject) -> list[ShownLine]:
    return [ShownLine(line, *addresses(line, user, run, subject)) for line in lines]


def addresses(line: ScoreLine, user: User, run: Run, subject: RunSubject) -> tuple[str, str]:
    """Where the points of a line lead, and where its figure does."""
    code, method = line.score.system["indicator"], line.criterion.method
    row = compiled.catalogue().by_code.get(code)
    if row and subject.place_id and not subject.is_own(user):
        sector = reverse("sector", args=[row.sheet.sector.code])
        address = f"{sector}?region={subject.code}&period={run.year}&indicator={code}#shown"
        return (address, address) if user.role in REGION_ROLES else ("", "")
    if row:
        address = reverse("number", args=[run.year, code])
        return address, address
    if isinstance(method, Deduction) and line.score.system["shown"]:
        return f"{reverse(PAGES[method.counted])}?year={run.year}", ""
    page = reverse("score", args=[line.score.pk])
    return (page, "") if isinstance(method, OwnTargets) else ("", "")


@dataclass(frozen=True)
class Waiting:
    """The lines that a person reviews: all of them in order, and how many still wait."""

    scores: list[tuple[RunSubject, ScoreLine]]

    @property
    def left(self) -> list[tuple[RunSubject, ScoreLine]]:
        return [pair for pair in self.scores if pair[1].waits]


def reviewed_by(user: User, run: Run, found: Sequence[Standing], codes: set[str]) -> Waiting:
    """By criterion and then by who is assessed, for who reviews one criterion compares. Never their own department."""
    order = {one.code: place for place, (one, _depth) in enumerate(run.specification.all)}
    pairs = [
        (one.subject, line)
        for one in found
        if not one.subject.left_out
        for line in one.lines
        if line.criterion.code in codes
        and not line.is_left_out
        and may_review(user, run, one.subject, line.criterion.code in codes)
    ]
    return Waiting(sorted(pairs, key=lambda pair: (order[pair[1].criterion.code], pair[0].code)))


def last_years(run: Run, subject: RunSubject, criterion: Criterion) -> Score | None:
    """The same criterion of the same subject in the last closed run before this one."""
    rows = Score.objects.filter(
        subject__run__region=run.region_id,
        subject__run__subjects_are=run.subjects_are,
        subject__run__year=run.year - 1,
        subject__run__state=RunState.CLOSED,
        subject__code=subject.code,
        criterion=criterion.code,
    )
    return rows.first()


@dataclass(frozen=True)
class Outlier:
    """A reviewer whose points of a criterion are far from those that others give; shares of its points in per cent."""

    criterion: str
    reviewer: User
    own: int
    others: int
    count: int


def outliers(found: Iterable[Standing]) -> list[Outlier]:
    """Where several people review the same criterion of different subjects."""
    given = defaultdict[tuple[str, str], dict[User, list[Decimal]]](lambda: defaultdict(list))
    for one in found:
        for line in one.lines:
            if line.score.points is not None and line.score.reviewer and line.criterion.points:
                shares = given[line.criterion.code, line.criterion.name][line.score.reviewer]
                shares.append(line.score.points / line.criterion.points)
    told = []
    for (_code, name), people in given.items():
        for person, shares in people.items():
            others = [share for other, row in people.items() if other != person for share in row]
            if others and abs(mean(shares) - mean(others)) > FAR:
                told.append(Outlier(name, person, round(mean(shares) * 100), round(mean(others) * 100), len(shares)))
    return told


def distribution(run: Run, found: Iterable[Standing]) -> list[tuple[str, int, int]]:
    """Grades with how many have each, and that as a share of a thousand; the last without a grade."""
    rows = [one.grade for one in found if not one.subject.left_out]
    letters = [*run.specification.grades, run.specification.lowest, ""]
    return [(one, rows.count(one), round(1000 * rows.count(one) / len(rows)) if rows else 0) for one in letters]


def history(run: Run) -> tuple[list[int], dict[str, dict[int, Result]]]:
    """The years of closed runs up to this one, and results by the code of who is assessed and year."""
    rows = Result.objects.filter(
        subject__run__region=run.region_id,
        subject__run__subjects_are=run.subjects_are,
        subject__run__year__lte=run.year,
        subject__run__state=RunState.CLOSED,
    ).select_related("subject__run")
    found = defaultdict[str, dict[int, Result]](dict)
    for row in rows:
        found[row.subject.code][row.subject.run.year] = row
    return sorted({row.subject.run.year for row in rows}), found


def has_queue(user: User, run: Run) -> bool:
    return run.state == RunState.REVIEW and (decides(user, run.region) or run.reviewers.of(user).exists())


@dataclass(frozen=True)
class ReviewedCriterion:
    """A criterion with its reviewers, and how many subjects it still waits for."""

    criterion: Criterion
    people: list[User]
    left: int

    @property
    def keys(self) -> set[int]:
        return {one.pk for one in self.people}


def reviewers_of(run: Run, found: Iterable[Standing]) -> list[ReviewedCriterion]:
    """Of the lowest level, in the order of the scheme."""
    people = defaultdict[str, list[User]](list)
    for row in run.reviewers.select_related("person__department").order_by("person__username"):
        people[row.criterion].append(row.person)
    left = Counter(line.criterion.code for one in found if not one.subject.left_out for line in one.lines if line.waits)
    return [
        ReviewedCriterion(one, people[one.code], left[one.code])
        for one, _depth in run.specification.all
        if one.method is not None
    ]


def possible_reviewers(run: Run) -> QuerySet[User]:
    """People of the region that assesses, its leaders not: they read."""
    roles = (Role.OFFICE, *DEPARTMENT_ROLES)
    rows = User.objects.filter(department__region=run.region_id, is_active=True, role__in=roles)
    return rows.select_related("department").order_by("department__code", "username")


def appeals(run: Run) -> QuerySet[Appeal]:
    """Those that wait first."""
    rows = Appeal.objects.filter(subject__run=run).select_related("subject", "by", "answered_by")
    return rows.order_by(F("answered_at").asc(nulls_first=True), "pk")


@dataclass(frozen=True)
class Dot:
    """A subject's total as a place on the line from 0 to the most, in thousandths."""

    standing: Standing
    across: int


def dots(run: Run, found: Iterable[Standing]) -> list[Dot]:
    """Of those with a total; a bonus may lift one above all points, so the most is what is reached then."""
    rows = [(one, one.score) for one in found if one.score is not None]
    most = max([run.specification.points, *(score for _one, score in rows)])
    return [Dot(one, round(1000 * score / most)) for one, score in rows]
