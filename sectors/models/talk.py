"""What is said about a cell of a submission, and the files that prove its figures."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .indicators import Indicator
from .submissions import Submission

# Both or neither: nothing is resolved or removed by nobody, or at no time.
RESOLVED = Q(resolved_by__isnull=True, resolved_at__isnull=True) | Q(
    resolved_by__isnull=False, resolved_at__isnull=False
)
REMOVED = Q(removed_by__isnull=True, removed_at__isnull=True) | Q(removed_by__isnull=False, removed_at__isnull=False)


class Comment(models.Model):
    """Append-only: words about one cell. All comments to a cell are one thread, open while any is not resolved."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    at = models.DateTimeField(_("At"), default=timezone.now)
    text = models.TextField(_("Text"))
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(_("Resolved at"), null=True)

    class Meta:
        verbose_name = _("Comment")
        verbose_name_plural = _("Comments")
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=RESOLVED, name="comment_resolved_by_somebody"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["submission", "indicator"])]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


def random_place(kept: KeptFile, name: str) -> str:
    """Where a file is kept: nothing of the name that it came with, so nothing in that name can do harm."""
    word = secrets.token_hex(16)
    return f"attachments/{word[:2]}/{word}"


class KeptFile(models.Model):
    """A file that was sent as evidence. A removed one stays on record and is not served."""

    file = models.FileField(_("File"), upload_to=random_place)
    name = models.CharField(_("Name"), max_length=150)
    size = models.PositiveBigIntegerField(_("Size"))
    content_type = models.CharField(_("Content type"), max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    at = models.DateTimeField(_("At"), default=timezone.now)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("Removed at"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Attachment(KeptFile):
    """Evidence for a submission."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attachments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        verbose_name = _("Attachment")
        verbose_name_plural = _("Attachments")
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=REMOVED, name="attachment_removed_by_somebody"),
            models.UniqueConstraint(
                fields=["submission", "sha256"],
                condition=Q(removed_at__isnull=True),
                name="attachment_once_a_submission",
            ),
        ]
