"""Whether a file is one of an issued edition: by its SHA-256, never by what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from reports.editing import imprint
from reports.models import AnnualReport, ReportFile, ReportPaper
from reports.models.annual import ReportQuerySet
from reports.vocabulary import PaperKind, ReportStatus


@dataclass(frozen=True)
class Found:
    """The edition that a file is of, which of its files, and the edition that has taken its place, if any has."""

    report: AnnualReport
    what: str
    newer: AnnualReport | None


def digest(file: Any) -> str:
    """Of an open binary file."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def find(sha256: str) -> Found | None:
    """At most three queries."""
    issued = {"report__status": ReportStatus.ISSUED, "sha256": sha256}
    file = ReportFile.objects.filter(**issued).first()
    if file is not None:
        return _found(file.report_id, f"{file.get_audience_display()} {file.get_format_display()}")
    paper = ReportPaper.objects.filter(**issued).exclude(kind=PaperKind.SCAN).first()
    return _found(paper.report_id, paper.get_kind_display()) if paper is not None else None


def _found(pk: int, what: str) -> Found:
    report = _editions().get(pk=pk)
    return Found(report, what, newer(report))


def newer(report: AnnualReport) -> AnnualReport | None:
    """The last edition that was issued after this one, which it has taken the place of; one query."""
    return (
        _editions()
        .filter(region=report.region_id, year=report.year, edition__gt=report.edition)
        .order_by("edition")
        .last()
    )


def by_code(typed: str) -> AnnualReport | None:
    code = imprint.read_code(typed)
    return _editions().filter(code=code).first() if code else None


def _editions() -> ReportQuerySet:
    return AnnualReport.objects.issued().without_texts().select_related("region")
