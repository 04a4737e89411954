"""Lists of other systems, as a department said once how they are to be read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sectors.models import Department


class ListLayout(models.Model):
    """What the columns of a list mean, known by its heads: names of fields by column, counted from 0, since a head may
    stand twice; what every row says that no column says; and what is written for something else, by field. Values are
    texts, read as those of cells are."""

    department = models.ForeignKey(
        Department, verbose_name=_("Department"), on_delete=models.CASCADE, related_name="list_layouts"
    )
    register = models.CharField(_("List"), max_length=20)
    digest = models.CharField(max_length=64)  # of the heads, see `inspections.layouts.digest`
    fields = models.JSONField(_("Columns"), default=dict)
    constants = models.JSONField(_("In every row"), default=dict)
    words = models.JSONField(_("Words"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Said by"), on_delete=models.PROTECT, related_name="+"
    )
    changed = models.DateTimeField(_("Said at"), auto_now=True)

    class Meta:
        verbose_name = _("Layout of a list")
        verbose_name_plural = _("Layouts of lists")
        ordering: ClassVar[list[str]] = ["-changed"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["department", "register", "digest"], name="layout_once_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.digest[:8]}"
