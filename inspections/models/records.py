"""What every record of the registry has."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.deadlines import DAY, Deadline
from sectors.models import Department, KeptFile, Region, Sector, User
from sectors.models.scopes import visible
from sectors.models.talk import REMOVED

from .firms import Firm

SOON = 7  # days in which something is due soon


@dataclass(frozen=True)
class State:
    """A state that lists can be narrowed to; its condition is built when it is asked for."""

    label: str | Promise
    build: Callable[[], Q]

    @property
    def condition(self) -> Q:
        return self.build()


class RecordQuerySet(models.QuerySet[Any]):
    """Records of a department: it writes them, the office and the leaders of its region read them."""

    def for_user(self, user: User) -> Self:
        return self.filter(visible(user))

    def for_listing(self) -> Self:
        return self.select_related("department", "sector")

    def late(self, today: datetime.date | None = None) -> Self:
        return self.filter(self.model.late_condition(today or timezone.localdate()))


class Record(models.Model):
    """Something a department did on a day in one sector. `inspections.records` writes it."""

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
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Changed by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    files = GenericRelation("inspections.RecordFile", "record_id", "record_type")

    objects = RecordQuerySet.as_manager()

    # The days by which a record falls into a period: what a counting rule calls it -> the field.
    days: ClassVar[dict[str, str]] = {}

    class Meta:
        abstract = True

    @classmethod
    def late_condition(cls, today: datetime.date) -> Q:
        """Which records are late; none where nothing is ever due."""
        return Q(pk=None)

    @classmethod
    def states(cls, today: datetime.date) -> dict[str, State]:
        """What a record of this kind can be; nothing where it is never settled."""
        if not hasattr(cls, "closed_on"):
            return {}
        settled = Q(closed_on__isnull=False)
        return {
            "open": State(_("not settled"), lambda: ~settled),
            **cls.deadline_states(today),
            "closed": State(_("settled"), lambda: settled),
        }

    @classmethod
    def deadline_states(cls, today: datetime.date) -> dict[str, State]:
        """What is overdue, and what will be within a week."""
        within = today + DAY * (SOON + 1)
        return {
            "late": State(_("overdue"), lambda: cls.late_condition(today)),
            "soon": State(_("due within 7 days"), lambda: cls.late_condition(within) & ~cls.late_condition(today)),
        }

    @property
    def deadline(self) -> Deadline | None:
        """What is due next, if anything is."""
        return None

    @property
    def words_day(self) -> datetime.date | None:
        """The day on which its words must be in use; None for one that is still to come."""
        return getattr(self, next(iter(self.days.values()))) if self.days else None

    @property
    def days_counted(self) -> list[datetime.date]:
        """Every day by which the record may be counted."""
        found: list[Any] = [getattr(self, field) for field in self.days.values()]
        return [day for day in found if day]


class PartyRecord(Record):
    """A record that is about a firm or a place, which it names in a text; `firm` is which of the register that is."""

    firm = models.ForeignKey(
        Firm, verbose_name=_("Firm or place"), null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    # A code that a list has beside the text, until the record is stored.
    party_code = ""
    # The texts that name it; the first that is filled counts.
    parties: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @property
    def party_text(self) -> str:
        return next((text for name in self.parties if (text := getattr(self, name))), "")


class RecordFile(KeptFile):
    """Evidence for a record: a test report, a photograph of what was put right."""

    record_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="record_files")

    class Meta:
        verbose_name = _("File of a record")
        verbose_name_plural = _("Files of records")
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=REMOVED, name="file_removed_by_somebody"),
            models.UniqueConstraint(
                fields=["record_type", "record_id", "sha256"],
                condition=Q(removed_at__isnull=True),
                name="file_once_a_record",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["record_type", "record_id"])]


class SavedView(models.Model):
    """A list as a person likes to see it: the filters of its address under a name of their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    register = models.CharField(_("List"), max_length=20)
    name = models.CharField(_("Name"), max_length=30)
    query = models.CharField(_("Filters"), max_length=1000)

    class Meta:
        verbose_name = _("Saved view")
        verbose_name_plural = _("Saved views")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "register", "name"], name="view_name_once_a_list")
        ]

    def __str__(self) -> str:
        return self.name


def order_errors(record: Record, *fields: str) -> dict[str, str]:
    """The first day that lies before an earlier step, with what to do about it."""
    labels: dict[str, Any] = {field.name: field.verbose_name for field in record._meta.fields}
    given = [(field, getattr(record, field)) for field in fields if getattr(record, field)]
    for (before, first), (field, day) in itertools.pairwise(given):
        if day < first:
            names = {"step": labels[before], "day": first}
            return {field: gettext("This day lies before “%(step)s” (%(day)s). One of them is wrong.") % names}
    return {}


def order_condition(*fields: str) -> Q:
    """Days that are given follow one another."""
    condition = Q()
    for n, earlier in enumerate(fields):
        for later in fields[n + 1 :]:
            condition &= Q(**{f"{earlier}": None}) | Q(**{f"{later}": None}) | Q(**{f"{later}__gte": F(earlier)})
    return condition


def validate_order(record: Record, *fields: str) -> None:
    wrong = order_errors(record, *fields)
    if wrong:
        raise ValidationError(wrong)
