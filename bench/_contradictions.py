"""What can be seen of a wrong figure at all: asked of the figures alone, without the product's checks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bench._county_year import FARM, FOOD, WATER, YEAR
from inspections.models import SamplingBatch
from sectors.models import (
    Figure,
    Indicator,
    Region,
    Submission,
)
from sectors.vocabulary import RegionLevel, SubmissionStatus

Quarters = Mapping[str, Sequence[Decimal | None]]  # by code; of what does not apply or is blank None
# By how many times the smaller one a figure may differ from the quarter before and from last year's.
LIMITS: Mapping[str, tuple[Decimal | None, Decimal]] = {
    "flow": (Decimal(2), Decimal(1)),
    "stock": (Decimal("0.5"), Decimal("0.5")),
    "average": (Decimal("0.5"), Decimal("0.5")),
    "cumulative": (None, Decimal(1)),
}


def contradictions(region: Region) -> Iterator[str]:
    """What contradicts a figure of the county's year, told without the product's checks: the sum, the rule, the rate,
    a figure since January, the sign, the limits of change, the records, the annual figure, what is not there."""
    if region.level == RegionLevel.PREFECTURE:
        yield "a county's submissions are not there"
        return
    now, last = _quarters(region, YEAR), _quarters(region, YEAR - 1)
    for place in range(4):
        at = {code: values[place] for code, values in now.items()}
        yield from _in_one_quarter(at, place + 1)
        for code, kind in Indicator.objects.filter(code__in=list(now)).values_list("code", "accumulation"):
            times = (now[code][place - 1] if place else last[code][3], last[code][place])
            for limit, then in zip(LIMITS[kind], times, strict=True):
                value = at[code]
                if limit is not None and value is not None and then is not None and _is_jump(value, then, limit):
                    yield f"{code} of quarter {place + 1}: {value} after {then}"
    since_january = [value for value in now["food.task"] if value is not None]
    if since_january != sorted(since_january):
        yield "food.task falls"
    yield from _of_the_year(region, now)


def _is_jump(now: Decimal, then: Decimal, limit: Decimal) -> bool:
    return abs(now - then) > limit * min(abs(now), abs(then))


def _in_one_quarter(at: Mapping[str, Decimal | None], number: int) -> Iterator[str]:
    done, passed = at["food.done"], at["food.passed"]
    parts = [value for code in (FARM, "food.done.school") if (value := at[code]) is not None]
    if done is not None and parts and done != sum(parts):
        yield f"food.done of quarter {number} is not the sum"
    if done is not None and passed is not None and passed > done:
        yield f"more passed than done in quarter {number}"
    if any(value is not None and value < 0 for value in at.values()):
        yield f"a negative figure in quarter {number}"
    first = datetime.date(YEAR, number * 3 - 2, 1)
    counted_ = SamplingBatch.objects.filter(
        department__code="market", sector__code="food", taken_on__year=YEAR, taken_on__month__gte=first.month,
        taken_on__month__lt=first.month + 3,
    )  # fmt: skip
    if sum(row.samples for row in counted_) != (at[FARM] or 0):
        yield f"the records of quarter {number} say otherwise"


def _of_the_year(region: Region, now: Quarters) -> Iterator[str]:
    rows = Submission.objects.filter(region=region, period__year=YEAR, status=SubmissionStatus.ACCEPTED)
    if rows.count() < 9:
        yield "a submission is not there"
    annual = Figure.objects.filter(
        submission__in=rows.filter(period__kind="year"), indicator__code="food.output"
    ).first()
    if annual is not None and annual.value != sum(value or 0 for value in now["food.output"]):
        yield "the annual figure is not the sum"
    for row in Figure.objects.filter(submission__in=rows, indicator__code="food.rate").select_related(
        "submission__period"
    ):
        place = row.submission.period.number - 1
        done, passed = now["food.done"][place], now["food.passed"][place]
        if done and passed and row.value is not None and abs(row.value - 100 * passed / done) > Decimal("0.1"):
            yield "the declared rate is not the computed one"


def _quarters(region: Region, year: int) -> Quarters:
    found: dict[str, list[Decimal | None]] = {code: [None] * 4 for code in FOOD | WATER}
    rows = Figure.objects.filter(
        submission__region=region, submission__period__year=year, indicator__code__in=list(found)
    )
    for row in rows.filter(submission__period__kind="quarter").select_related("indicator", "submission__period"):
        found[row.indicator.code][row.submission.period.number - 1] = row.value
    return found
