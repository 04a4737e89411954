"""Conditions and annotations that several querysets share. Scopes start here."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, IntegerField, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from sectors.vocabulary import REGION_ROLES, Role

if TYPE_CHECKING:
    from sectors.models.people import User


def one_region(user: User) -> Q:
    return Q(region=user.department.region_id if user.department else None)


def visible(user: User, department: str = "department") -> Q:
    """What belongs to a department (reached by `department`) is seen by its clerk and head, by office and leader of
    its region, and by the administrator."""
    if user.role == Role.ADMIN:
        return Q()
    return one_region(user) if user.role in REGION_ROLES else Q(**{department: user.department_id})


def valid_between(day: datetime.date | Combinable, of: str = "") -> Q:
    """Of rows, or of what is reached by `of`, those that hold on a day, which an expression may give."""
    begins, ends = f"{of}valid_from", f"{of}valid_to"
    begun = Q(**{f"{begins}__isnull": True}) | Q(**{f"{begins}__lte": day})
    return begun & (Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": day}))


def to_enter(day: datetime.date | Combinable, indicator: str = "") -> Q:
    """The cells of a period that ends on the day: indicators (reached by `indicator`) that are typed in, not computed,
    and valid then, as their sheet is. `CompiledCatalogue.to_enter` gives the same of one sheet."""
    typed = Q(**{f"{indicator}formula": ""})
    return typed & valid_between(day, indicator) & valid_between(day, f"{indicator}sheet__")


def counted(rows: models.QuerySet[Any], group: str) -> Coalesce:
    count = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)
