"""Reports of a region by year, as their list shows them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from reports.models import AnnualReport


@dataclass
class ReportYear:
    """A year with accepted figures or reports; editions latest first."""

    year: int
    demo: bool = False
    draft: AnnualReport | None = None
    editions: list[AnnualReport] = field(default_factory=list)

    @property
    def issued_at(self) -> datetime.datetime | None:
        """Of the latest edition."""
        return self.editions[0].issued_at if self.editions else None


def years(reports: Iterable[AnnualReport], with_data: Iterable[tuple[int, bool]]) -> list[ReportYear]:
    """Latest year first."""
    found = {year: ReportYear(year, demo=demo) for year, demo in with_data}
    for report in sorted(reports, key=lambda report: -report.edition):
        row = found.setdefault(report.year, ReportYear(report.year))
        if report.is_draft:
            row.draft = report
        else:
            row.editions.append(report)
    return [found[year] for year in sorted(found, reverse=True)]
