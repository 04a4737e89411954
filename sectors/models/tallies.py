"""What a registry counts for the cells of a submission, kept beside the figures and never instead of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .indicators import Indicator
from .submissions import Submission


class Tally(models.Model):
    """The value counted for one cell, and from how many records. `sectors.entry.writer` writes it.

    It follows the records after submission too, when the figure no longer does: then a finding says so. Of 0 records it
    keeps the value that was counted last, as long as a figure that may not be changed still says it.
    """

    submission = models.ForeignKey(
        Submission, verbose_name=_("Submission"), on_delete=models.CASCADE, related_name="tallies"
    )
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("Indicator"), on_delete=models.CASCADE, related_name="tallies"
    )
    value = models.DecimalField(_("Counted"), max_digits=20, decimal_places=6)
    records = models.PositiveIntegerField(_("Records"))
    at = models.DateTimeField(_("At"), default=timezone.now)

    class Meta:
        verbose_name = _("Tally")
        verbose_name_plural = _("Tallies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "indicator"], name="tally_once_a_submission")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} = {self.value} ({self.records})"
