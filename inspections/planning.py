"""Next year's sampling plan as a proposal: what was found this year, weighed by `risk`, for the office to adjust."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from inspections import records, risk
from inspections.choices import Category, Programme, Setting
from inspections.models import PlanTask, SamplingBatch, SamplingPlan
from sectors.calculation.periods import PeriodKey
from sectors.models import Department, Region, Sector, User
from sectors.versions import Difference
from sectors.vocabulary import Frequency

# How much of a category people are exposed to, against the others: assumed from what a household eats, to be adjusted.
EXPOSURE = {
    Category.VEGETABLE: 5,
    Category.MEAT: 3,
    Category.FRUIT: 3,
    Category.EGG: 1,
    Category.AQUATIC: 1,
    Category.TABLEWARE: 3,
    Category.OIL: 1,
    Category.DOUGH: 1,
}
# Rapid tests screen, and what is tested for a higher authority is not ours to plan.
NOT_PLANNED = (Programme.RAPID, Programme.ASSIST)
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
        return str(Category(self.category).label)

    @property
    def setting_label(self) -> str:
        return str(Setting(self.setting).label) if self.setting else _("any setting")

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
    keys = candidates(sampled)
    width: dict[str, int] = {}
    for category, _setting in keys:
        width[category] = width.get(category, 0) + 1
    cells = [
        risk.Cell(
            category,
            f"{category} {setting}",
            *sampled.get((category, setting), (0, 0)),
            exposure.get(category, Decimal(EXPOSURE.get(Category(category), 1))) / width[category],
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
    ).exclude(programme__in=NOT_PLANNED)
    summed = rows.order_by().values_list("category", "setting").annotate(s=Sum("samples"), f=Sum("failed"))
    return {(category, setting): (samples, failed) for category, setting, samples, failed in summed}


def categories_by_owner(region: Region, year: int) -> dict[tuple[int, int], int]:
    """Of how many categories there is something to learn from in a year, by department and sector."""
    rows = SamplingBatch.objects.filter(region=region, taken_on__year=year, failed__isnull=False)
    counted = rows.exclude(programme__in=NOT_PLANNED).order_by().values_list("department", "sector")
    return {(department, sector): n for department, sector, n in counted.annotate(n=Count("category", distinct=True))}


def candidates(sampled: Mapping[tuple[str, str], object]) -> list[tuple[str, str]]:
    """Every category beside one that was sampled, in every setting that its kind was sampled in.

    So what nobody sampled stands in the proposal too: fruit, where vegetables and meat were taken from the market.
    """
    found = set(sampled)
    for top in {category.partition(".")[0] for category, _setting in sampled}:
        leaves = [c.value for c in Category if c.value.startswith(f"{top}.")]
        settings = {setting for category, setting in sampled if category.partition(".")[0] == top}
        found |= {(leaf, setting) for leaf in leaves for setting in settings}
    order = Category.values
    return sorted(found, key=lambda key: (order.index(key[0]), key[1]))


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
    batches: tuple[dict[str, str], ...] = ({}, {})
    for side, tasks in zip(batches, (theirs, mine), strict=True):
        for task in tasks:
            names = (task.get_category_display(), task.get_setting_display(), str(task.due_on or ""))
            side[" · ".join(filter(None, names))] = str(task.batches)
    labels = dict.fromkeys([*batches[0], *batches[1]])
    found = [Difference(label, *(side.get(label, "") for side in batches)) for label in labels]
    return [line for line in found if line.theirs != line.mine]


def _task_of(tasks: Sequence[PlanTask], category: str, setting: str, day: datetime.date) -> PlanTask | None:
    """The narrowest task that asks for such a batch: a task without a setting asks for any. Of those that are alike the
    next one due; what is taken after all of them is late for the last."""
    fit = [t for t in tasks if t.setting in ("", setting) and f"{category}.".startswith(f"{t.category}.")]
    narrowest = max(((len(task.category), task.setting != "") for task in fit), default=None)
    alike = sorted(
        (task for task in fit if (len(task.category), task.setting != "") == narrowest), key=lambda task: task.due_on
    )
    return next((task for task in alike if task.due_on >= day), alike[-1] if alike else None)


def adopt(
    *, department: Department, sector: Sector, year: int, name: str, lines: Sequence[tuple[str, str, int]], by: User
) -> SamplingPlan:
    """Make an adjusted proposal the department's plan of the year, spread evenly over its quarters. Raises
    PermissionDenied."""
    plan = SamplingPlan(
        department=department,
        region_id=department.region_id,
        sector=sector,
        year=year,
        name=name,
        programme=Programme.SUPERVISION,
        issued_on=f"{year}-01-01",
        basis=_("Proposal by risk, adjusted by the office"),
    )
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
