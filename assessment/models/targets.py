"""What regions aim at in a year."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.vocabulary import TargetState
from sectors.models import Department, Indicator, Region
from sectors.vocabulary import TargetBound


class TargetQuerySet(models.QuerySet["Target"]):
    def confirmed(self) -> TargetQuerySet:
        """In the order in which they came to hold: the last of a region, indicator and year does."""
        return self.filter(state=TargetState.CONFIRMED).order_by("pk")

    def waiting(self) -> TargetQuerySet:
        return self.filter(state=TargetState.PROPOSED)


class Target(models.Model):
    """A statement of what a region is to reach of an indicator in a year, and what the office made of it. Statements
    are added and decided, never changed. Without a value the catalogue's target is to hold again."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="targets")
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("Indicator"), on_delete=models.PROTECT, related_name="targets"
    )
    year = models.PositiveSmallIntegerField(_("Year"))
    value = models.DecimalField(_("Target"), max_digits=20, decimal_places=6, null=True, blank=True)
    bound = models.CharField(
        _("The target is reached with"), max_length=8, choices=TargetBound.choices, default=TargetBound.AT_LEAST
    )
    source = models.CharField(
        _("Source of the target"), max_length=80, blank=True, help_text=_("The plan or law that sets it.")
    )
    since = models.CharField(
        _("The target holds since"), max_length=10, blank=True, help_text=_("A year or a day: 2021, 2021-03-11.")
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department, verbose_name=_("Proposed by"), on_delete=models.PROTECT, related_name="targets"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    state = models.CharField(_("State"), max_length=9, choices=TargetState.choices, default=TargetState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    decision = models.CharField(_("Reason of the decision"), max_length=200, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("Target")
        verbose_name_plural = _("Targets")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["region", "indicator", "year"],
                condition=Q(state=TargetState.PROPOSED),
                name="target_one_proposal_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=TargetState.DECLINED) | ~Q(decision=""), name="target_declined_with_a_reason"
            ),
            models.CheckConstraint(condition=Q(value__isnull=False) | ~Q(reason=""), name="target_ended_with_a_reason"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["region", "year", "state"], name="target_region_year")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.name} {self.year}"

    @property
    def text(self) -> str:
        """`≥98%`; of one that is ended in words. With `indicator` and its unit fetched."""
        if self.value is None:
            return str(_("as in the catalogue"))
        return self.indicator.written_target(self.value, self.bound)
