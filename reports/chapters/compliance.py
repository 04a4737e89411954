"""What the registry and the periods tell of a year: rectification overdue, who failed repeatedly, who reported late."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from inspections.models import Inspection, NonconformingSample, PlanTask, RectificationNotice, SamplingBatch
from reports.chapters import sources
from sectors.catalogue.words import words
from sectors.models import Region, Submission
from sectors.sql.regions import regions_within
from sectors.timeliness import Timeliness
from sectors.vocabulary import SubmissionStatus, WordKind

REPEATED = 2  # failing batches of one producer in a year


@dataclass(frozen=True)
class Notices:
    """Rectification notices of one sector that were issued in the year; `late` were put right, but after their day.
    `regions`: where, by name."""

    issued: int
    overdue: int
    late: int
    regions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Repeated:
    """Who failed more than once in one sector, by failing batches, and in what; `open` samples are not closed.
    `regions`: where batches of the sector failed, by name."""

    batches: tuple[tuple[str, int], ...]
    items: tuple[str, ...]
    open: int
    regions: frozenset[str] = frozenset()


# What a plan wanted sampled by the day and nobody has sampled at all: categories with their batches.
Unsampled = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Reporting:
    """Submissions of the year that were due by the day of the report: how many, and by department who was not in time.

    `late` came after their day, `owing` have not come at all.
    """

    due: int
    late: tuple[tuple[str, int], ...]
    owing: tuple[tuple[str, int], ...]

    @property
    def on_time(self) -> int:
        return self.due - _total(self.late) - _total(self.owing)


@dataclass(frozen=True)
class Compliance:
    """Everything of one year; `notices`, `repeated` and `unsampled` by sector. Without inspections, and without
    results of batches, nothing can be told from there being no notices and no failures. `reported`: the regions whose
    sheets of a sector are accepted, by name."""

    notices: dict[int, Notices]
    repeated: dict[int, Repeated]
    unsampled: dict[int, Unsampled]
    reporting: Reporting
    has_inspections: bool
    has_results: bool
    reported: Mapping[int, frozenset[str]]


def of_year(region: Region, year: int, day: datetime.date) -> Compliance:
    """As things stand on `day`, in the region and those in it. The number of queries does not depend on how much there
    is."""
    notices, within = _notices(region, year, day), regions_within(region)
    has_inspections = (
        bool(notices) or Inspection.objects.filter(region__in=within, held_on__year=year, held_on__lte=day).exists()
    )
    has_results = _tested(region, year, day).exists()
    return Compliance(
        notices,
        _repeated(region, year, day),
        _unsampled(region, year, day),
        _reporting(region, year, day),
        has_inspections,
        has_results,
        _reported(region, year),
    )


def _by_sector(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for sector, name in pairs:
        found.setdefault(sector, set()).add(name)
    return {sector: frozenset(names) for sector, names in found.items()}


def _reported(region: Region, year: int) -> dict[int, frozenset[str]]:
    rows = Submission.objects.filter(
        region__in=regions_within(region), period__year=year, status=SubmissionStatus.ACCEPTED
    )
    return _by_sector(rows.order_by().values_list("sheet__sector", "region__name").distinct())


def _notices(region: Region, year: int, day: datetime.date) -> dict[int, Notices]:
    """What was put right after the day was overdue on it, as the report of that day says."""
    known = RectificationNotice.objects.filter(
        region__in=regions_within(region), issued_on__year=year, issued_on__lte=day
    ).order_by()
    regions = _by_sector(known.values_list("sector", "region__name").distinct())
    rows = known.values_list("sector").annotate(
        issued=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=day) & (Q(closed_on=None) | Q(closed_on__gt=day))),
        late=Count("pk", filter=Q(closed_on__gt=F("due_on"), closed_on__lte=day)),
    )
    return {sector: Notices(issued, overdue, late, regions[sector]) for sector, issued, overdue, late in rows}


def _tested(region: Region, year: int, day: datetime.date) -> QuerySet[SamplingBatch]:
    """What only screens is left out: what rapid tests show is confirmed by a quantitative one."""
    within = regions_within(region)
    tested = SamplingBatch.objects.filter(region__in=within, reported_on__year=year, reported_on__lte=day)
    return tested.exclude(programme__in=words().screening)


def _repeated(region: Region, year: int, day: datetime.date) -> dict[int, Repeated]:
    """What was disposed of after the day was open on it. Places of two regions are two places."""

    def named(producer: str, place: str, of: int, region_name: str) -> str:
        return producer or (place if of == region.pk else f"{region_name}{place}")

    failed = _tested(region, year, day).filter(failed__gt=0)
    names = ("producer", "place", "region", "region__name")
    batches: dict[int, Counter[str]] = {}
    where: list[tuple[int, str]] = []
    for sector, *of in failed.values_list("sector", *names):
        batches.setdefault(sector, Counter())[named(*of)] += 1
        where.append((sector, of[-1]))
    regions = _by_sector(where)
    samples: Any = NonconformingSample.objects.filter(batch__in=failed).order_by("found_on", "pk")
    items: dict[int, list[str]] = {}
    still: Counter[int] = Counter()
    of_batch = [f"batch__{name}" for name in ("sector", *names)]
    for item, closed, sector, *of in samples.values_list("item", "closed_on", *of_batch):
        if batches[sector][named(*of)] >= REPEATED:
            items.setdefault(sector, []).append(item)
            still[sector] += closed is None or closed > day
    found = {}
    for sector, counts in batches.items():
        who = tuple((name, number) for name, number in counts.most_common() if number >= REPEATED)
        if who:
            found[sector] = Repeated(who, tuple(dict.fromkeys(items.get(sector, ()))), still[sector], regions[sector])
    return found


def _unsampled(region: Region, year: int, day: datetime.date) -> dict[int, Unsampled]:
    """A category stands for what lies below it, a task without a setting for any."""
    within = regions_within(region)
    tasks = PlanTask.objects.filter(plan__region__in=within, plan__year=year, due_on__lte=day, batches__gt=0)
    batches = SamplingBatch.objects.filter(region__in=within, taken_on__year=year, taken_on__lte=day)
    taken = set(batches.order_by().values_list("sector", "programme", "category", "setting").distinct())
    known, found = words(), dict[int, Counter[str]]()
    for sector, programme, category, setting, count in tasks.order_by("category", "setting").values_list(
        "plan__sector", "plan__programme", "category", "setting", "batches"
    ):
        is_taken = any(
            (sector, programme) == (of, by)
            and f"{what}.".startswith(f"{category}.")
            and (not setting or f"{where}.".startswith(f"{setting}."))
            for of, by, what, where in taken
        )
        if not is_taken:
            where = f"（{known.label(WordKind.SETTING, setting)}）" if setting else ""
            found.setdefault(sector, Counter())[f"{known.label(WordKind.CATEGORY, category)}{where}"] += count
    return {sector: tuple(counts.most_common()) for sector, counts in found.items()}


def _reporting(region: Region, year: int, day: datetime.date) -> Reporting:
    """What was imported, and what is not due yet, is not counted."""
    rows = (
        Submission.objects.filter(region__in=regions_within(region), period__year=year)
        .with_delivery()
        .select_related("period", "department")
        .order_by("department__code", "region__code")
    )
    due, late, owing = 0, Counter[str](), Counter[str]()
    for row in rows:
        judged = row.timeliness_on(day)
        if judged == Timeliness.IMPORTED or row.due >= day:
            continue
        due += 1
        if judged == Timeliness.OVERDUE:
            owing[sources.called(row.department, region)] += 1
        elif judged == Timeliness.LATE:
            late[sources.called(row.department, region)] += 1
    return Reporting(due, tuple(late.most_common()), tuple(owing.most_common()))


def _total(counts: Iterable[tuple[str, int]]) -> int:
    return sum(count for _name, count in counts)
