"""What stations enter, how it changed, and what became of it in the department's sheet."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collection.vocabulary import PartSource, PartStatus
from sectors.calculation.cells import Cell
from sectors.calculation.words import LONGEST_WORDS
from sectors.models import Indicator
from sectors.vocabulary import FigureState, Qualifier

from .parts import PartRequest, StationPart


class PartFigure(models.Model):
    """One value of one indicator in a station's part; its fields are those of `sectors.models.Figure`."""

    part = models.ForeignKey(StationPart, on_delete=models.CASCADE, related_name="part_figures")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="part_figures")
    state = models.CharField(_("State"), max_length=6, choices=FigureState.choices)
    value = models.DecimalField(_("Value"), max_digits=20, decimal_places=6, null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("Decimals given"), default=0)
    qualifier = models.CharField(_("Qualifier"), max_length=8, choices=Qualifier.choices, blank=True)
    as_of = models.DateField(_("As of"), null=True, blank=True)
    words = models.CharField(_("Words"), max_length=LONGEST_WORDS, blank=True)

    class Meta:
        verbose_name = _("Figure of a station")
        verbose_name_plural = _("Figures of stations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["part", "indicator"], name="part_figure_once_a_part"),
            models.CheckConstraint(
                condition=Q(state=FigureState.NUMBER, value__isnull=False)
                | (~Q(state=FigureState.NUMBER) & Q(value__isnull=True)),
                name="part_figure_number_has_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} = {self.cell.stored or self.state}"

    @property
    def cell(self) -> Cell:
        return Cell(self.state, self.value, self.places, self.qualifier, self.as_of, self.words)


class PartChange(models.Model):
    """Append-only: what a station's figure was and is, since when, and by which way in. Without a person it came by a
    link."""

    part = models.ForeignKey(StationPart, on_delete=models.CASCADE, related_name="part_changes")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="part_changes")
    old = models.CharField(_("Before"), max_length=LONGEST_WORDS)
    new = models.CharField(_("After"), max_length=LONGEST_WORDS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    source = models.CharField(_("Way in"), max_length=8, choices=PartSource.choices)

    class Meta:
        verbose_name = _("Change of a station's figure")
        verbose_name_plural = _("Changes of stations' figures")
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.old} → {self.new}"


class PartStep(models.Model):
    """Append-only: from which status a part came to which, when and why. Without a person it was sent in by a link."""

    part = models.ForeignKey(StationPart, on_delete=models.CASCADE, related_name="part_steps")
    old = models.CharField(_("From"), max_length=8, choices=PartStatus.choices)
    new = models.CharField(_("To"), max_length=8, choices=PartStatus.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    reason = models.TextField(_("Reason"), blank=True)

    class Meta:
        verbose_name = _("Step of a part")
        verbose_name_plural = _("Steps of parts")
        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class TakenCell(models.Model):
    """What the stations made together when it was last taken over into the department's cell, and of how many."""

    request = models.ForeignKey(PartRequest, on_delete=models.CASCADE, related_name="taken_cells")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="taken_cells")
    stored = models.CharField(_("Value"), max_length=LONGEST_WORDS)
    answered = models.PositiveSmallIntegerField(_("Stations that answered"))
    asked = models.PositiveSmallIntegerField(_("Stations asked"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)

    class Meta:
        verbose_name = _("Cell taken over from stations")
        verbose_name_plural = _("Cells taken over from stations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "indicator"], name="taken_cell_once_a_request")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.stored}"
