"""Rows that a department adds to an open table of a sheet: projects, sources, brands."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.calculation.words import LONGEST_WORDS
from sectors.vocabulary import ChangeSource

from .catalogue import Table
from .submissions import Submission


class OpenRow(models.Model):
    """One row of an open table in one submission.

    `key` stays when the row is taken over into the next period, which tells what became of it. `cells` has, by code of
    the column, what stands there as `Cell.stored` gives it: texts, so that numbers are exact; blank ones are left out.
    """

    submission = models.ForeignKey(
        Submission, verbose_name=_("Submission"), on_delete=models.CASCADE, related_name="open_rows"
    )
    table = models.ForeignKey(Table, verbose_name=_("Table"), on_delete=models.PROTECT, related_name="open_rows")
    key = models.UUIDField(_("Key"), default=uuid.uuid4)
    position = models.PositiveIntegerField(_("Position"))
    cells = models.JSONField(_("Cells of the row"), default=dict, blank=True)

    class Meta:
        verbose_name = _("Open row")
        verbose_name_plural = _("Open rows")
        ordering: ClassVar[list[str]] = ["submission", "table", "position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "key"], name="open_row_once_a_submission")
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.position}"


class OpenRowChange(models.Model):
    """Append-only: who changed a cell of an open row from what to what, when, and by which way in."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="row_changes")
    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(_("Key"))
    column = models.CharField(_("Column"), max_length=40, blank=True)
    old = models.CharField(_("Before"), max_length=LONGEST_WORDS, blank=True)
    new = models.CharField(_("After"), max_length=LONGEST_WORDS, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="row_changes")
    at = models.DateTimeField(_("At"), default=timezone.now)
    source = models.CharField(_("Way in"), max_length=8, choices=ChangeSource.choices)

    class Meta:
        verbose_name = _("Change of an open row")
        verbose_name_plural = _("Changes of open rows")
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.table} {self.column}: {self.old} → {self.new}"
