"""Who drafted, reviewed and approved a report, what was said about its blocks, and what is kept on paper."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.vocabulary import PaperKind, StepKind

from .annual import AnnualReport
from .frozen import AppendOnly, AppendOnlyQuerySet, Freezable, FreezableQuerySet


class PaperQuerySet(AppendOnlyQuerySet["ReportPaper"]):
    pass


class ReportPaper(AppendOnly):
    """Append-only: a file beside the report's own ones. The approval sheet is kept in two formats when the report is
    issued, a scan when an approval on paper is recorded, a sealed PDF once after the issue."""

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(_("Kind"), max_length=6, choices=PaperKind.choices)
    file = models.FileField(_("File"), max_length=200)
    name = models.CharField(_("Name"), max_length=150)
    size = models.PositiveIntegerField(_("Bytes"))
    content_type = models.CharField(_("Content type"), max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    at = models.DateTimeField(_("At"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("Paper of a report")
        verbose_name_plural = _("Papers of reports")
        ordering: ClassVar[list[str]] = ["report", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["report", "kind"], condition=~Q(kind=PaperKind.SCAN), name="paper_once_a_report"
            )
        ]

    def __str__(self) -> str:
        return self.name


class StepQuerySet(AppendOnlyQuerySet["ReportStep"]):
    pass


class ReportStep(AppendOnly):
    """Append-only: one step of a draft. `digest` is the SHA-256 of the document that the person had before them: a step
    stands for no other text. What was approved on paper says who reviewed and signed it there, when, and has a scan.
    """

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(_("Step"), max_length=8, choices=StepKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    words = models.TextField(_("Words"), blank=True)
    digest = models.CharField(max_length=64, blank=True)
    reviewer = models.CharField(_("Reviewed by"), max_length=60, blank=True)
    approver = models.CharField(_("Approved by"), max_length=60, blank=True)
    signed_on = models.DateField(_("Signed on"), null=True, blank=True)
    scan = models.ForeignKey(ReportPaper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("Step of a report")
        verbose_name_plural = _("Steps of reports")
        ordering: ClassVar[list[str]] = ["report", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(
                    Q(kind=StepKind.OFFLINE, signed_on__isnull=False, scan__isnull=False)
                    & ~Q(reviewer="")
                    & ~Q(approver="")
                    & ~Q(words="")
                )
                | (~Q(kind=StepKind.OFFLINE) & Q(signed_on__isnull=True, scan__isnull=True, reviewer="", approver="")),
                name="approval_on_paper_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.RETURNED) | ~Q(words=""), name="returned_report_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.kind}"


class CommentQuerySet(FreezableQuerySet["BlockComment"]):
    def waiting(self) -> CommentQuerySet:
        return self.filter(resolved_at__isnull=True)


class BlockComment(Freezable):
    """Append-only but for being resolved: words about one block of a draft. All of a block are one thread, open while
    any is not resolved. They belong to the key of the block, so the next draft keeps them."""

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="block_comments")
    key = models.CharField(_("Key of the block"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("At"), default=timezone.now)
    text = models.TextField(_("Text"))
    quoted = models.CharField(_("What it is about"), max_length=80, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(_("Resolved at"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Comment to a block")
        verbose_name_plural = _("Comments to blocks")
        ordering: ClassVar[list[str]] = ["report", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="block_comment_resolved_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="block_comment_says_something"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["report", "key"])]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
