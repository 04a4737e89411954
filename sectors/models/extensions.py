"""More time for one department, or for one of its sheets."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Department
from .periods import Period
from .submissions import Submission


class Extension(models.Model):
    """Who got more time, until when, why and from whom. What was granted may be ended, never erased."""

    period = models.ForeignKey(Period, verbose_name=_("Period"), on_delete=models.PROTECT, related_name="extensions")
    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.PROTECT, related_name="extensions"
    )
    submission = models.ForeignKey(
        Submission,
        verbose_name=_("Submission"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="extensions",
        help_text=_("Empty: all sheets of the department in this period."),
    )
    until = models.DateField(_("Until"))
    reason = models.TextField(_("Reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Granted by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("At"), default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Ended by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("Ended at"), null=True)

    class Meta:
        verbose_name = _("Extension")
        verbose_name_plural = _("Extensions")
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="extension_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(ended_by__isnull=True, ended_at__isnull=True)
                | models.Q(ended_by__isnull=False, ended_at__isnull=False),
                name="extension_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department.short_name} · {self.until}"
