"""An annual report: one edition of a region's year, a draft until it is issued and frozen from then on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.frozen import FreezableQuerySet
from reports.vocabulary import ReportStatus
from sectors.models import Region, User
from sectors.models.scopes import one_region
from sectors.vocabulary import Role

from .frozen import Freezable


class ReportQuerySet(FreezableQuerySet["AnnualReport"]):
    def for_user(self, user: User) -> ReportQuerySet:
        """Own region; the leader sees what is issued, the office drafts too, the administrator all; nobody else any."""
        if user.role == Role.ADMIN:
            return self.all()
        if user.role == Role.OFFICE:
            return self.filter(one_region(user))
        if user.role == Role.LEADER:
            return self.filter(one_region(user), status=ReportStatus.ISSUED)
        return self.none()

    def drafts(self) -> ReportQuerySet:
        return self.filter(status=ReportStatus.DRAFT)

    def issued(self) -> ReportQuerySet:
        return self.filter(status=ReportStatus.ISSUED)

    def with_people(self) -> ReportQuerySet:
        return self.select_related("region", "created_by__department", "issued_by__department")

    def without_texts(self) -> ReportQuerySet:
        """For lists: a snapshot is half a megabyte."""
        return self.defer("snapshot", "order")


class AnnualReport(Freezable):
    """`snapshot` is the document as issued, as `reports.document.snapshots` writes it, and `sha256` its hash; both are
    empty in a draft, whose text is made of the last `Draft` and the `Edit` rows. `order` lists the keys of all blocks
    once the office has moved one; `annexes` lists audience, annex and length where the office chose one.
    """

    frozen = "status"

    region = models.ForeignKey(Region, verbose_name=_("Region"), on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(_("Year"))
    edition = models.PositiveSmallIntegerField(_("Number of the edition"), default=1)
    status = models.CharField(_("Status"), max_length=6, choices=ReportStatus.choices, default=ReportStatus.DRAFT)
    title = models.CharField(_("Title"), max_length=120)
    issuer = models.CharField(_("Issuing body"), max_length=120)
    dated = models.DateField(_("Date of the report"))
    order = models.JSONField(_("Order of the blocks"), default=list, blank=True)
    annexes = models.JSONField(_("Lengths of the annexes"), default=list, blank=True)
    created_at = models.DateTimeField(_("Begun at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Begun by"), on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(_("Issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Issued by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.TextField(_("Why it was issued all the same"), blank=True)
    open_points = models.JSONField(_("What was open when it was issued"), default=list, blank=True)
    revision_reason = models.TextField(_("Why it was revised"), blank=True)
    snapshot = models.TextField(_("Snapshot"), blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Annual report")
        verbose_name_plural = _("Annual reports")
        ordering: ClassVar[list[str]] = ["-year", "-edition"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["region", "year", "edition"], name="edition_once_a_year"),
            models.UniqueConstraint(
                fields=["region", "year"], condition=Q(status=ReportStatus.DRAFT), name="one_draft_report_a_year"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=ReportStatus.DRAFT,
                    issued_at__isnull=True,
                    issued_by__isnull=True,
                    snapshot="",
                    sha256="",
                    reason="",
                )
                | (
                    Q(status=ReportStatus.ISSUED, issued_at__isnull=False, issued_by__isnull=False)
                    & ~Q(snapshot="")
                    & ~Q(sha256="")
                ),
                name="issued_report_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.year}: {self.edition}"

    @property
    def is_draft(self) -> bool:
        return self.status == ReportStatus.DRAFT


class DraftQuerySet(FreezableQuerySet["Draft"]):
    def without_texts(self) -> DraftQuerySet:
        return self.defer("generated", "left")


class Draft(Freezable):
    """The document as generated from the figures of one moment. `left` is what the office had made of it when the next
    one was generated, so that two drafts can be held against each other; empty in the current one.
    """

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="drafts")
    number = models.PositiveSmallIntegerField(_("Number"))
    at = models.DateTimeField(_("At"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed = models.PositiveSmallIntegerField(_("Figures changed since the draft before"), default=0)
    generated = models.TextField()
    left = models.TextField(blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("Draft of a report")
        verbose_name_plural = _("Drafts of reports")
        ordering: ClassVar[list[str]] = ["report", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "number"], name="draft_number_once_a_report")
        ]

    def __str__(self) -> str:
        return f"{self.report} #{self.number}"
