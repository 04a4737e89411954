"""Where samples fail: by category, item, producer, place and season, and who failed again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import ExtractMonth, ExtractQuarter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.choices import Retest
from inspections.models import NonconformingSample, SamplingBatch
from sectors.calculation.cells import formatted
from sectors.catalogue.words import under, words
from sectors.models import User
from sectors.vocabulary import Rounding, WordKind

# What failures can be grouped by -> the field.
GROUP_FIELDS = {"category": "category", "item": "item", "producer": "producer", "place": "place", "season": "season"}
GROUP_LABELS = {
    "category": gettext_lazy("Category"),
    "item": gettext_lazy("Item"),
    "producer": gettext_lazy("Producer"),
    "place": gettext_lazy("Place"),
    "season": gettext_lazy("Season"),
}
MAX_ROWS = 30
REPEATED = 2  # failures in different batches that make a repeat offender
MONTHS = range(1, 13)
ALL = "all"  # programmes, those that screen among them


@dataclass(frozen=True)
class Scope:
    """Whose samples of which year; `programme` may name one, take all, or leave out those that screen (the usual)."""

    user: User
    year: int
    programme: str = ""

    def batches(self) -> QuerySet[Any]:
        """Those that have a result."""
        rows: QuerySet[Any] = SamplingBatch.objects.for_user(self.user)
        return self._narrowed(rows.filter(taken_on__year=self.year, failed__isnull=False), "programme")

    def samples(self) -> QuerySet[Any]:
        """Samples that did not conform, as they were recorded one by one."""
        rows: QuerySet[Any] = NonconformingSample.objects.for_user(self.user)
        return self._narrowed(rows.filter(found_on__year=self.year), "batch__programme")

    def _narrowed(self, rows: QuerySet[Any], field: str) -> QuerySet[Any]:
        known = words()
        if self.programme in known.of(WordKind.PROGRAMME):
            return rows.filter(under(field, [self.programme]))
        return rows if self.programme == ALL else rows.exclude(**{f"{field}__in": known.screening})


@dataclass(frozen=True)
class FailureGroup:
    """Samples and failures of one category, producer and so on.

    `bar` and `rate_bar` are its failures and its rate in per mille of the most; `query` narrows the list to it.
    """

    name: str
    samples: int | None
    failed: int
    bar: int
    rate_bar: int
    query: str

    @property
    def rate(self) -> str:
        return f"{formatted(Decimal(self.failed) * 100 / self.samples, 1, Rounding.HALF_UP)}%" if self.samples else ""


@dataclass(frozen=True)
class Month:
    """A month as a column of the chart: heights in per mille of the most samples, and of the most failures."""

    number: int
    samples: int
    failed: int
    height: int

    @property
    def place(self) -> int:
        return (self.number - 1) * 80 + 20

    @property
    def top(self) -> int:
        return 120 - self.height


@dataclass(frozen=True)
class RepeatOffender:
    name: str
    batches: int
    failed: int
    last: Any
    open: int


def years(user: User) -> list[int]:
    """Years with batches, the latest first."""
    taken = SamplingBatch.objects.for_user(user).exclude(taken_on=None)
    return [day.year for day in taken.dates("taken_on", "year", order="DESC")]


def latest_year_with_failures(user: User) -> int | None:
    """The latest year in which something did not conform: the one there is most to learn from."""
    failed = SamplingBatch.objects.for_user(user).filter(failed__gt=0, taken_on__isnull=False)
    last = failed.aggregate(last=Max("taken_on"))["last"]
    return last.year if last else None


def grouped(by: str, scope: Scope) -> list[FailureGroup]:
    """The worst first; seasons in their order."""
    if by == "item":
        counted = (
            scope.samples().order_by().values_list("item").annotate(n=Count("pk")).order_by("-n", "item")[:MAX_ROWS]
        )
        return _with_bars(by, scope, [(item, None, n) for item, n in counted])
    batches = scope.batches().order_by()
    if by == "season":
        batches = batches.annotate(season=ExtractQuarter("taken_on"))
    field = GROUP_FIELDS[by]
    summed = batches.exclude(**{field: ""}) if by in ("producer", "place") else batches
    order = (field,) if by == "season" else ("-f", "-s", field)
    rows = summed.values_list(field).annotate(s=Sum("samples"), f=Sum("failed")).order_by(*order)[:MAX_ROWS]
    return _with_bars(by, scope, list(rows))


def _with_bars(by: str, scope: Scope, rows: list[tuple[Any, int | None, int]]) -> list[FailureGroup]:
    most = max((failed for _value, _samples, failed in rows), default=0) or 1
    rates = [Decimal(failed) / samples if samples else Decimal(0) for _value, samples, failed in rows]
    worst = max(rates, default=Decimal(0)) or Decimal(1)
    return [
        FailureGroup(
            _label(by, value), samples, failed, failed * 1000 // most, int(rate * 1000 / worst),
            _query(by, value, scope.year),
        )
        for (value, samples, failed), rate in zip(rows, rates, strict=True)
    ]  # fmt: skip


def _label(by: str, value: Any) -> str:
    if by == "category":
        return words().label(WordKind.CATEGORY, value)
    return _("Quarter %(number)d") % {"number": value} if by == "season" else str(value)


def _query(by: str, value: Any, year: int) -> str:
    """The address part that narrows the list of nonconforming samples to a row."""
    since, until = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    if by == "season":
        since = datetime.date(year, value * 3 - 2, 1)
        until = (since + datetime.timedelta(days=95)).replace(day=1) - datetime.timedelta(days=1)
    found = {"since": since.isoformat(), "until": until.isoformat()}
    if by == "category":
        found["batch__category"] = value
    elif by != "season":
        found["q"] = value
    return urlencode(found)


def months(scope: Scope) -> list[Month]:
    """How failures lie over the year."""
    rows = scope.batches().order_by().annotate(month=ExtractMonth("taken_on"))
    summed = {m: (s, f) for m, s, f in rows.values_list("month").annotate(s=Sum("samples"), f=Sum("failed"))}
    most = max((failed for _samples, failed in summed.values()), default=0) or 1
    return [Month(m, *summed.get(m, (0, 0)), summed.get(m, (0, 0))[1] * 100 // most) for m in MONTHS]


def repeat_offenders(scope: Scope) -> list[RepeatOffender]:
    """Producers that failed in more than one batch, and how many of their samples are not settled."""
    rows = scope.batches().filter(failed__gt=0).exclude(producer="").order_by()
    repeated = rows.values_list("producer").annotate(n=Count("pk"), f=Sum("failed"), last=Max("taken_on"))
    listed = list(repeated.filter(n__gte=REPEATED).order_by("-n", "-f", "producer")[:MAX_ROWS])
    waiting = scope.samples().filter(closed_on=None, batch__producer__in=[row[0] for row in listed]).order_by()
    waiting_of = dict(waiting.values_list("batch__producer").annotate(n=Count("pk")))
    return [RepeatOffender(name, n, f, last, waiting_of.get(name, 0)) for name, n, f, last in listed]


def unsettled(scope: Scope) -> QuerySet[Any]:
    """The follow-up of each: samples that are not settled, the oldest first."""
    rows = scope.samples().filter(closed_on=None).select_related("batch", "case", "department", "sector")
    return rows.order_by("found_on", "pk")[:MAX_ROWS]


def outcomes(scope: Scope) -> dict[str, int]:
    """What became of the samples that did not conform."""
    found: dict[str, int] = scope.samples().aggregate(
        all=Count("pk"),
        closed=Count("pk", filter=Q(closed_on__isnull=False)),
        handed=Count("pk", filter=Q(case__isnull=False)),
        retested=Count("pk", filter=~Q(retest=Retest.NONE)),
        reversed=Count("pk", filter=Q(retest=Retest.REVERSED)),
    )
    return found
