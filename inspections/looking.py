"""Where samples fail: by category, item, producer, place and season, and who failed again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import ExtractQuarter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import NonconformingSample, SamplingBatch
from inspections.vocabulary import Category
from sectors.kinds import formatted
from sectors.models import User

# What failures can be looked at by -> the field.
WAYS = {"category": "category", "item": "item", "producer": "producer", "place": "place", "season": "season"}
WAY_WORDS = {
    "category": gettext_lazy("Category"),
    "item": gettext_lazy("Item"),
    "producer": gettext_lazy("Producer"),
    "place": gettext_lazy("Place"),
    "season": gettext_lazy("Season"),
}
SHOWN = 30
AGAIN = 2  # failures in different batches that make a repeat offender


@dataclass(frozen=True)
class Row:
    """Samples and failures of one category, producer and so on; `bar` is its failures in per mille of the most."""

    name: str
    samples: int | None
    failed: int
    bar: int

    @property
    def rate(self) -> str:
        return f"{formatted(Decimal(self.failed) * 100 / self.samples, 1, 'half_up')}%" if self.samples else ""


@dataclass(frozen=True)
class Offender:
    name: str
    batches: int
    failed: int
    last: Any


def tested(user: User, year: int) -> QuerySet[Any]:
    """Batches of a year that have a result, in the person's scope."""
    rows: QuerySet[Any] = SamplingBatch.objects.for_user(user)
    return rows.filter(taken_on__year=year, failed__isnull=False)


def years(user: User) -> list[int]:
    """Years with batches, the latest first."""
    taken = SamplingBatch.objects.for_user(user).exclude(taken_on=None)
    return [day.year for day in taken.dates("taken_on", "year", order="DESC")]


def latest_telling(user: User) -> int | None:
    """The latest year in which something did not conform: the one there is most to learn from."""
    failed = SamplingBatch.objects.for_user(user).filter(failed__gt=0, taken_on__isnull=False)
    last = failed.aggregate(last=Max("taken_on"))["last"]
    return last.year if last else None


def by(way: str, user: User, year: int) -> list[Row]:
    """The worst first."""
    if way == "item":
        rows = NonconformingSample.objects.for_user(user).filter(found_on__year=year)
        counted = rows.values_list("item").annotate(n=Count("pk")).order_by("-n", "item")[:SHOWN]
        return _with_bars([(item, None, n) for item, n in counted])
    batches = tested(user, year)
    if way == "season":
        batches = batches.annotate(season=ExtractQuarter("taken_on"))
    field = WAYS[way]
    summed = batches.exclude(**{field: ""}) if way in ("producer", "place") else batches
    rows_of = summed.values_list(field).annotate(s=Sum("samples"), f=Sum("failed")).order_by("-f", "-s", field)[:SHOWN]
    return _with_bars([(_named(way, name), samples, failed) for name, samples, failed in rows_of])


def _named(way: str, value: Any) -> str:
    if way == "category":
        return str(Category(value).label)
    return _("Quarter %(number)d") % {"number": value} if way == "season" else str(value)


def _with_bars(rows: list[tuple[str, int | None, int]]) -> list[Row]:
    most = max((failed for _name, _samples, failed in rows), default=0) or 1
    return [Row(name, samples, failed, failed * 1000 // most) for name, samples, failed in rows]


def offenders(user: User, year: int) -> list[Offender]:
    """Producers that failed in more than one batch."""
    rows = tested(user, year).filter(failed__gt=0).exclude(producer="")
    again = rows.values_list("producer").annotate(n=Count("pk"), f=Sum("failed"), last=Max("taken_on"))
    return [Offender(*row) for row in again.filter(n__gte=AGAIN).order_by("-n", "-f", "producer")[:SHOWN]]


def followed_up(user: User, year: int) -> dict[str, int]:
    """What became of the samples that did not conform."""
    rows = NonconformingSample.objects.for_user(user).filter(found_on__year=year)
    found: dict[str, int] = rows.aggregate(
        all=Count("pk"),
        closed=Count("pk", filter=Q(closed_on__isnull=False)),
        handed=Count("pk", filter=Q(case__isnull=False)),
        reversed=Count("pk", filter=Q(retest="reversed")),
    )
    return found
