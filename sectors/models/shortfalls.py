"""What departments say to the shortfalls of a year: why, what is done about it, by whom and until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Department
from .submissions import Submission


class ShortfallAnswer(models.Model):
    """A department's answer to one shortfall, in the submission that closes the year.

    `shortfall` is the key by which a report knows it again, `problem` what it said when it was answered.
    """

    submission = models.ForeignKey(
        Submission, verbose_name=_("Submission"), on_delete=models.CASCADE, related_name="shortfall_answers"
    )
    shortfall = models.CharField(_("Shortfall"), max_length=120)
    problem = models.TextField(_("Problem"))
    cause = models.TextField(_("Cause of the shortfall"), blank=True)
    measure = models.TextField(_("Measure"), blank=True)
    lead = models.ForeignKey(
        Department, verbose_name=_("Lead department"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateField(_("To be done until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Answer to a shortfall")
        verbose_name_plural = _("Answers to shortfalls")
        ordering: ClassVar[list[str]] = ["submission", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "shortfall"], name="shortfall_answered_once")
        ]

    def __str__(self) -> str:
        return self.problem[:40]
