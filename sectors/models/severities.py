"""How grave offices let the checks of their regions be."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import Severity

from .people import Region


class SeverityChangeQuerySet(models.QuerySet["SeverityChange"]):
    def in_force(self) -> dict[tuple[int, str, str], SeverityChange]:
        """By region and check what the last change of each made another severity than the catalogue's."""
        last = {(row.region_id, row.kind, row.rule): row for row in self.order_by("pk")}
        return {place: row for place, row in last.items() if row.new}


class SeverityChange(models.Model):
    """Append-only: the severity that the office of a region gave a check. The last row of a check is in force, for what
    is judged from then on; an empty severity is that of the catalogue. See `sectors.findings.severities`."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("Kind"), max_length=30)
    # The code of a written rule; empty for all built-in checks of the kind.
    rule = models.CharField(_("Rule"), max_length=150, blank=True)
    old = models.CharField(_("From"), max_length=8, choices=Severity.choices, blank=True)
    new = models.CharField(_("To"), max_length=8, choices=Severity.choices, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("By"), on_delete=models.PROTECT, related_name="severity_changes"
    )
    at = models.DateTimeField(_("At"), default=timezone.now)

    objects = SeverityChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Change of a severity")
        verbose_name_plural = _("Changes of severities")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="severity_change_has_a_reason")
        ]

    def __str__(self) -> str:
        return self.rule or self.kind
