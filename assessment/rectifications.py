"""What is to be put right after a run: each criterion that lost points, by whom, until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _

from assessment.models import Run
from assessment.results import ScoreLine, Standing, by_rank
from assessment.scoring import State
from reports.exports.files import ExportColumn, ExportNumber, Listing, write_xlsx


@dataclass(frozen=True)
class Rectification:
    """A criterion of a subject with the points that it lost; `reason` says why."""

    standing: Standing
    line: ScoreLine

    @property
    def lost(self) -> Decimal:
        return self.line.lost

    @property
    def reason(self) -> str:
        """The reviewer's, else that the self-score is no more, else what was counted, or that nothing is there."""
        score = self.line.score
        if score.points is not None and score.points == score.self_score:
            return score.reason or _("as its self-score has it")
        return score.reason or score.system["shown"] or self.line.lack


def listed(found: Iterable[Standing]) -> list[Rectification]:
    """In the order of ranks; who is left out has nothing to put right here."""
    return [
        Rectification(one, line)
        for one in by_rank(found)
        if not one.subject.left_out
        for line in one.lines
        if line.outcome.state is State.SCORED and line.lost > 0
    ]


def workbook(run: Run, found: Iterable[Standing]) -> tuple[str, bytes]:
    """The name of the file and what is in it."""
    rows = listed(found)
    columns = (
        *(ExportColumn(_("Who is assessed"), 20), ExportColumn(_("Criterion"), 34)),
        *(ExportColumn(_("Points at most"), 10), ExportColumn(_("Points"), 10), ExportColumn(_("Points lost"), 10)),
        *(ExportColumn(_("Why"), 50), ExportColumn(_("To be put right until"), 14)),
    )
    values = (
        (
            *(one.standing.subject.name, one.line.criterion.name, _number(one.line.criterion.points)),
            *(_number(one.line.outcome.points or Decimal(0)), _number(one.lost), one.reason, run.rectify_until),
        )
        for one in rows
    )
    title = _("To be put right, %(run)s, %(region)s") % {"run": run, "region": run.region}
    content = BytesIO()
    write_xlsx(Listing(title, columns, values, len(rows)), content)
    return f"{title}.xlsx", content.getvalue()


def _number(points: Decimal) -> ExportNumber:
    return ExportNumber(points, 2)
