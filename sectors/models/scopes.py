"""Conditions and annotations that several querysets share. Scopes start here."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, IntegerField, Q, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from sectors.models.people import Region, User

# A region tree is at most four deep, so a subtree is one query.
ANCESTRY = ("", "__parent", "__parent__parent", "__parent__parent__parent")


def within(region: Region, field: str = "") -> Q:
    """Rows whose region (reached by `field`, or the row itself) is `region` or lies in it."""
    condition = Q()
    for step in ANCESTRY:
        condition |= Q(**{(field + step).removeprefix("__") or "pk": region.pk})
    return condition


def one_region(user: User) -> Q:
    return Q(region=user.department.region_id if user.department else None)


def valid_between(day: datetime.date) -> Q:
    return Q(Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & Q(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def counted(rows: models.QuerySet[Any], group: str) -> Coalesce:
    count = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)
