"""The office's own wording of a sector's section, kept version by version."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.models import Region, Sector


class Wording(models.Model):
    """One version, append-only; the latest of a region and sector counts.

    Without any version the region's report has the wording that the catalogue ships (`Sector.wording`), and so it has
    after a version without text: the office went back to the shipped one, and follows it when the catalogue changes.
    """

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="wordings")
    sector = models.ForeignKey(Sector, verbose_name=_("Sector"), on_delete=models.PROTECT, related_name="wordings")
    number = models.PositiveSmallIntegerField(_("Version"))
    text = models.TextField(_("Wording"), blank=True)
    note = models.CharField(_("Why it was changed"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Written by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("Written at"), default=timezone.now)

    class Meta:
        verbose_name = _("Version of a wording")
        verbose_name_plural = _("Versions of wordings")
        ordering: ClassVar[list[str]] = ["region", "sector", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "sector", "number"], name="wording_version_once_a_sector"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="wording_versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.sector} {self.number}"

    @property
    def is_shipped(self) -> bool:
        """Whether it goes back to the wording of the catalogue."""
        return not self.text
