"""Next year's sampling plan as a proposal: what was found this year, weighed by `risk`, for the office to adjust."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from inspections import records, risk
from inspections.models import PlanTask, SamplingBatch, SamplingPlan
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.words import words
from sectors.models import Department, Region, Sector, User
from sectors.versions import Difference
from sectors.vocabulary import Frequency, WordKind

QUARTERS = range(1, 5)


@dataclass(frozen=True)
class ProposalLine:
    """One category in one setting: what was found, what is estimated of it, and how many batches are proposed."""

    category: str
    setting: str
    cell: risk.Cell
    estimate: risk.Estimate
    batches: int
    bar: int  # the upper estimate in per mille of the highest

    @property
    def name(self) -> str:
        return f"batches-{self.category}-{self.setting}"

    @property
    def category_label(self) -> str:
        return words().label(WordKind.CATEGORY, self.category)

    @property
    def setting_label(self) -> str:
        return words().label(WordKind.SETTING, self.setting) if self.setting else _("any setting")

    @property
    def percent(self) -> str:
        return f"{self.estimate.mean * 100:.1f}%"

    @property
    def upper_percent(self) -> str:
        return f"{self.estimate.upper * 100:.1f}%"


def propose(
    department: Department, sector: Sector, year: int, batches: int, floor: int, exposure: Mapping[str, Decimal]
) -> list[ProposalLine]:
    """Lines over category x setting from what the department sampled in `year`."""
    sampled = _sampled(department, sector, year)
    keys = candidates(sampled, department.region_id, datetime.date(year + 1, 1, 1))
    width: dict[str, int] = {}
    for category, _setting in keys:
        width[category] = width.get(category, 0) + 1
    categories = words().of(WordKind.CATEGORY)
    cells = [
        risk.Cell(
            category,
            f"{category} {setting}",
            *sampled.get((category, setting), (0, 0)),
            exposure.get(category, Decimal(categories[category].weight)) / width[category],
        )
        for category, setting in keys
    ]
    prior = risk.fit(cells)
    shares = risk.allocate(cells, batches, floor)
    estimates = [risk.estimate(cell, prior) for cell in cells]
    most = max((estimate.upper for estimate in estimates), default=Decimal(1))
    return [
        ProposalLine(category, setting, cell, estimate, share, int(estimate.upper * 1000 / most))
        for (category, setting), cell, estimate, share in zip(keys, cells, estimates, shares, strict=True)
    ]


def _sampled(department: Department, sector: Sector, year: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Samples with a result and failures, by category and setting."""
    rows = SamplingBatch.objects.filter(
        department=department, sector=sector, taken_on__year=year, failed__isnull=False
    ).exclude(programme__in=words().unplanned)
    summed = rows.order_by().values_list("category", "setting").annotate(s=Sum("samples"), f=Sum("failed"))
    return {(category, setting): (samples, failed) for category, setting, samples, failed in summed}


def categories_by_owner(region: Region, year: int) -> dict[tuple[int, int], int]:
    """Of how many categories there is something to learn from in a year, by department and sector."""
    rows = SamplingBatch.objects.filter(region=region, taken_on__year=year, failed__isnull=False)
    counted = rows.exclude(programme__in=words().unplanned).order_by().values_list("department", "sector")
    return {(department, sector): n for department, sector, n in counted.annotate(n=Count("category", distinct=True))}


def candidates(sampled: Mapping[tuple[str, str], object], region: int, day: datetime.date) -> list[tuple[str, str]]:
    """Every category beside one that was sampled, in every setting that its kind was sampled in; of the words that are
    in use on the day.

    So what nobody sampled stands in the proposal too: fruit, where vegetables and meat were taken from the market.
    """
    known = words()
    order = [word.code for word in known.offered(WordKind.CATEGORY, region, day)]
    places = {"", *(word.code for word in known.offered(WordKind.SETTING, region, day))}
    found = set(sampled)
    for top in {category.partition(".")[0] for category, _setting in sampled}:
        leaves = [code for code in order if code.startswith(f"{top}.")]
        settings = {setting for category, setting in sampled if category.partition(".")[0] == top}
        found |= {(leaf, setting) for leaf in leaves for setting in settings}
    in_use = (key for key in found if key[0] in order and key[1] in places)
    return sorted(in_use, key=lambda key: (order.index(key[0]), key[1]))


def usual_programme(department: Department, sector: Sector, year: int) -> str:
    """Under which programme of its own the department took most batches in `year`; empty where it took none."""
    rows = SamplingBatch.objects.filter(department=department, sector=sector, taken_on__year=year)
    counted = rows.exclude(programme__in=words().unplanned).order_by().values_list("programme")
    most = counted.annotate(n=Count("pk")).order_by("-n", "programme").first()
    return str(most[0]) if most else ""


@dataclass(frozen=True)
class TaskProgress:
    """A task of a plan, and how many of its batches were taken."""

    task: PlanTask
    taken: int

    @property
    def share(self) -> int:
        """In per mille of the task, at most all of it."""
        return min(self.taken * 1000 // self.task.batches, 1000) if self.task.batches else 1000


def progress(plan: SamplingPlan) -> list[TaskProgress]:
    """Batches that name the plan, counted for the task of their category and setting, else of their category, and of
    several of these for the one that was next due when they were taken."""
    rows = plan.sampled.filter(taken_on__isnull=False).order_by()
    taken = rows.values_list("category", "setting", "taken_on").annotate(n=Count("pk"))
    tasks = list(plan.tasks.all())
    counts = dict.fromkeys((task.pk for task in tasks), 0)
    for category, setting, day, n in taken:
        task = _task_of(tasks, category, setting, day)
        if task:
            counts[task.pk] += n
    return [TaskProgress(task, counts[task.pk]) for task in tasks]


def differing_tasks(theirs: Iterable[PlanTask], mine: Iterable[PlanTask]) -> list[Difference]:
    """The lines of a plan that two people wrote otherwise, by what they ask for until when."""
    known = words()
    batches: tuple[dict[str, str], ...] = ({}, {})
    for side, tasks in zip(batches, (theirs, mine), strict=True):
        for task in tasks:
            names = (
                known.label(WordKind.CATEGORY, task.category),
                known.label(WordKind.SETTING, task.setting),
                str(task.due_on or ""),
            )
            side[" · ".join(filter(None, names))] = str(task.batches)
    labels = dict.fromkeys([*batches[0], *batches[1]])
    found = [Difference(label, *(side.get(label, "") for side in batches)) for label in labels]
    return [line for line in found if line.theirs != line.mine]


def _task_of(tasks: Sequence[PlanTask], category: str, setting: str, day: datetime.date) -> PlanTask | None:
    """The narrowest task that asks for such a batch: a task without a setting asks for any. Of those that are alike the
    next one due; what is taken after all of them is late for the last."""
    fit = [task for task in tasks if _within(category, task.category) and _within(setting, task.setting)]
    narrowest = max(((len(task.category), len(task.setting)) for task in fit), default=None)
    alike = sorted(
        (task for task in fit if (len(task.category), len(task.setting)) == narrowest), key=lambda task: task.due_on
    )
    return next((task for task in alike if task.due_on >= day), alike[-1] if alike else None)


def _within(code: str, above: str) -> bool:
    """Whether a word is another one or lies below it; any lies below none."""
    return not above or f"{code}.".startswith(f"{above}.")


def adopt(
    *,
    department: Department,
    sector: Sector,
    year: int,
    name: str,
    programme: str,
    lines: Sequence[tuple[str, str, int]],
    by: User,
) -> SamplingPlan:
    """Make an adjusted proposal the department's plan of the year, spread evenly over its quarters. Raises
    PermissionDenied, and ValidationError for a name or programme that will not do."""
    plan = SamplingPlan(
        department=department,
        region_id=department.region_id,
        sector=sector,
        year=year,
        name=name,
        programme=programme,
        issued_on=f"{year}-01-01",
        basis=_("Proposal by risk, adjusted by the office"),
    )
    offered = words().offered(WordKind.PROGRAMME, plan.region_id, datetime.date(year, 1, 1))
    if programme not in {word.code for word in offered if word.is_planned}:
        raise ValidationError(_("Choose the programme that the plan is of."))
    plan.clean_fields(exclude=["by"])
    plan.validate_constraints()
    tasks = [
        PlanTask(
            category=category, setting=setting, due_on=PeriodKey(year, Frequency.QUARTER, n).last_day, batches=part
        )
        for category, setting, count in lines
        for n in QUARTERS
        if (part := count * n // 4 - count * (n - 1) // 4)
    ]
    records.save_plan(plan, tasks, by=by)
    return plan
