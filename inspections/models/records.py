"""What every record of the registry has."""

from __future__ import annotations

import datetime
import itertools
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.clocks import Clock
from inspections.querysets import RecordQuerySet
from sectors.models import Department, Region, Sector


class Record(models.Model):
    """Something a department did on a day in one sector. `inspections.recording` writes it."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="+")
    sector = models.ForeignKey(Sector, verbose_name=_("Sector"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("Note"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("Demonstration data"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    changed = models.DateTimeField(_("Changed"), auto_now=True)

    objects = RecordQuerySet.as_manager()

    # The days by which a record falls into a period: what a counting rule calls it -> the field.
    days: ClassVar[dict[str, str]] = {}

    class Meta:
        abstract = True

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        """Which records are late; none where there is no clock."""
        return Q(pk=None)

    @property
    def clock(self) -> Clock | None:
        """What is due next, if anything is."""
        return None

    @property
    def days_counted(self) -> list[datetime.date]:
        """Every day by which the record may be counted."""
        found: list[Any] = [getattr(self, field) for field in self.days.values()]
        return [day for day in found if day]


def out_of_order(record: Record, *fields: str) -> dict[str, str]:
    """The first day that lies before an earlier step, with what to do about it."""
    labels: dict[str, Any] = {field.name: field.verbose_name for field in record._meta.fields}
    given = [(field, getattr(record, field)) for field in fields if getattr(record, field)]
    for (before, first), (field, day) in itertools.pairwise(given):
        if day < first:
            names = {"step": labels[before], "day": first}
            return {field: gettext("This day lies before “%(step)s” (%(day)s). One of them is wrong.") % names}
    return {}


def in_order(*fields: str) -> Q:
    """Days that are given follow one another."""
    condition = Q()
    for n, earlier in enumerate(fields):
        for later in fields[n + 1 :]:
            condition &= Q(**{f"{earlier}": None}) | Q(**{f"{later}": None}) | Q(**{f"{later}__gte": F(earlier)})
    return condition


def refuse_disorder(record: Record, *fields: str) -> None:
    wrong = out_of_order(record, *fields)
    if wrong:
        raise ValidationError(wrong)
