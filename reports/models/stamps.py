"""What tells whether boards that were put together still stand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.vocabulary import StampKind


class BoardStamp(models.Model):
    """A mark of the last change in a region, or of every region (`EVERYWHERE`). `reports/triggers.py` alone writes it.

    Whoever changes what boards show leaves a token of their own and removes those that they see. Nobody waits for
    anybody: where several change something at once, all their tokens stand until the next change. So the tokens of
    a region are never again what they were before a change.
    """

    EVERYWHERE = 0

    region = models.BigIntegerField(_("Region"))  # by its key; no reference, for which a new row would lock the region
    kind = models.CharField(_("Kind"), max_length=6, choices=StampKind.choices)
    token = models.CharField(_("Token"), max_length=36)

    class Meta:
        verbose_name = _("Stamp of a board")
        verbose_name_plural = _("Stamps of boards")
        indexes = (models.Index(fields=["region", "kind"]),)

    def __str__(self) -> str:
        return f"{self.region} {self.kind}"
