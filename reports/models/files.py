"""The files of an issued report."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.frozen import FreezableQuerySet
from reports.vocabulary import Audience, ReportFormat

from .annual import AnnualReport
from .frozen import Freezable


class FileQuerySet(FreezableQuerySet["ReportFile"]):
    pass


class ReportFile(Freezable):
    """One format of an issued report for one audience, as written when it was issued. `writer` tells the version of the
    program that wrote it (`reports.writers.files.writer_mark`): another one may write the same document in other bytes.
    """

    frozen = "report__status"

    report = models.ForeignKey(AnnualReport, on_delete=models.CASCADE, related_name="files")
    audience = models.CharField(_("Edition for"), max_length=8, choices=Audience.choices, default=Audience.INTERNAL)
    format = models.CharField(_("Format"), max_length=4, choices=ReportFormat.choices)
    file = models.FileField(_("File"), max_length=200)
    size = models.PositiveIntegerField(_("Bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    writer = models.CharField(_("Written by"), max_length=64)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("File of a report")
        verbose_name_plural = _("Files of reports")
        ordering: ClassVar[list[str]] = ["report", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["report", "audience", "format"], name="file_once_a_format")
        ]

    def __str__(self) -> str:
        return f"{self.report}-{self.audience}.{self.format}"
