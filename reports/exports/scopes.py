"""Whose rows are handed out, and which of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from sectors.models import Region, Sector, Submission, User
from sectors.models.submissions import SubmissionQuerySet


@dataclass(frozen=True)
class Scope:
    """Whose rows, and which of them: of a region, a year and a sector, or of all that this person sees."""

    user: User
    region: Region | None = None
    year: int | None = None
    sector: Sector | None = None

    def submissions(self) -> SubmissionQuerySet:
        rows = self.chosen(Submission.objects.for_user(self.user))
        return rows.filter(region=self.region) if self.region else rows

    def chosen(self, rows: SubmissionQuerySet) -> SubmissionQuerySet:
        """Those of the year and sector."""
        chosen = {"period__year": self.year, "sheet__sector": self.sector}
        return rows.filter(**{name: value for name, value in chosen.items() if value})

    def of_submissions(self) -> Q:
        """The same for rows that belong to a submission."""
        return Q(submission__in=self.submissions().values("pk"))
