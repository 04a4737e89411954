"""Schemes by which a year is assessed, in versions."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.schemes.reading import read_text
from assessment.schemes.specification import Specification, Subjects
from assessment.vocabulary import SchemeState
from sectors.models import Region

SUBJECTS = [(Subjects.DEPARTMENTS.value, _("departments")), (Subjects.REGIONS.value, _("regions"))]


class Scheme(models.Model):
    """A file as it was loaded for a region and year; a file that says something else is another version. What is in
    force is never changed: another version replaces it."""

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="schemes")
    year = models.PositiveSmallIntegerField(_("Year"))
    code = models.CharField(_("Code"), max_length=60)
    name = models.CharField(_("Name"), max_length=100)
    subjects = models.CharField(_("Who is assessed"), max_length=11, choices=SUBJECTS)
    version = models.PositiveSmallIntegerField(_("Version"))
    text = models.TextField(_("File"))
    state = models.CharField(_("State"), max_length=8, choices=SchemeState.choices, default=SchemeState.LOADED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Loaded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("Loaded at"), default=timezone.now)
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Put in force by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    in_force_at = models.DateTimeField(_("Put in force at"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Assessment scheme")
        verbose_name_plural = _("Assessment schemes")
        ordering: ClassVar[list[str]] = ["-year", "code", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "year", "code", "version"], name="scheme_version_once"),
            models.UniqueConstraint(
                fields=["region", "year", "subjects"],
                condition=Q(state=SchemeState.IN_FORCE),
                name="scheme_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"

    @property
    def specification(self) -> Specification:
        return _specification(self.text)


@lru_cache(maxsize=16)
def _specification(text: str) -> Specification:
    """Each page of a run asks for it, and reading a file takes some time."""
    return read_text(text).specification
