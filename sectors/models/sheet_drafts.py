"""Sheets that are edited in the browser before they are put in force, and what a sheet was before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import DraftStatus, Role

from .catalogue import Sheet
from .people import Region, User
from .specifications import SpecificationField


class SheetDraftQuerySet(models.QuerySet["SheetDraft"]):
    def open(self) -> SheetDraftQuerySet:
        return self.filter(status=DraftStatus.DRAFT)

    def for_user(self, user: User) -> SheetDraftQuerySet:
        """All for the administrator; those of their region for an office that makes sheets."""
        return self if user.role == Role.ADMIN else self.filter(region__makes_sheets=True, region=user.region)


class SheetDraft(models.Model):
    """A sheet as somebody wants it to be: the file of its sector with this one sheet in it, as
    `sectors.catalogue.writing` describes it. See `sectors.catalogue.drafts`."""

    # None for one that is to be new.
    sheet = models.ForeignKey(
        Sheet, verbose_name=_("Sheet"), on_delete=models.CASCADE, related_name="sheet_drafts", null=True, blank=True
    )
    # Whose own it is; None for one that all regions share.
    region = models.ForeignKey(
        Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    specification = SpecificationField(_("Specification"))
    # What was in force when it was begun, and the version of the catalogue by then; empty for one that is to be new.
    base = SpecificationField(_("In force when it was begun"), default=dict, blank=True)
    catalogue = models.UUIDField(_("Version of the catalogue"), null=True, editable=False)
    status = models.CharField(_("Status"), max_length=9, choices=DraftStatus.choices, default=DraftStatus.DRAFT)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Begun by"), on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField(_("Begun at"), default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Changed by"), on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("Changed at"), default=timezone.now)

    objects = SheetDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("Draft of a sheet")
        verbose_name_plural = _("Drafts of sheets")
        ordering: ClassVar[list[str]] = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        sheet = self.sheet_specification
        return f"{sheet.get('number', '')} {sheet.get('name', '')}".strip()

    @property
    def sheet_specification(self) -> dict[str, Any]:
        """Of the one sheet."""
        found: dict[str, Any] = self.specification["sheets"][0]
        return found


class SheetVersion(models.Model):
    """Append-only: what a sheet was from one load of the catalogue on, in the form of a draft's specification."""

    sheet = models.ForeignKey(Sheet, verbose_name=_("Sheet"), on_delete=models.CASCADE, related_name="sheet_versions")
    specification = SpecificationField(_("Specification"))
    # The account and the file of the load; both empty for what was there before versions were kept.
    by = models.CharField(_("By"), max_length=150, blank=True)
    file = models.CharField(_("File"), max_length=100, blank=True)
    at = models.DateTimeField(_("At"), default=timezone.now)

    class Meta:
        verbose_name = _("Version of a sheet")
        verbose_name_plural = _("Versions of sheets")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.sheet.number} · {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
