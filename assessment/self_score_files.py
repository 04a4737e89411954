"""Self-scores as an Excel file, and a filled file back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _

from assessment import self_scores
from assessment.models import RunSubject
from assessment.results import ScoreLine
from assessment.self_scores import SelfScore
from reports.exports.files import ExportColumn, ExportNumber, Listing, Value, write_xlsx
from sectors.spreadsheets import escaping
from sectors.spreadsheets.container import BadFile, open_file

CODE, POINTS, REMARK, MARK = 0, 5, 6, 7  # columns that are read back


def title_of(subject: RunSubject) -> str:
    return _("Self-scores %(year)d, %(name)s") % {"year": subject.run.year, "name": subject.name}


def workbook(subject: RunSubject, lines: Sequence[ScoreLine], needs: dict[str, str]) -> bytes:
    """`needs` says by criterion what its points need."""
    columns = (
        *(ExportColumn(_("Code"), 20), ExportColumn(_("Criterion"), 30), ExportColumn(_("Points at most"), 10)),
        *(ExportColumn(_("How it is scored"), 50), ExportColumn(_("Points by facts"), 10)),
        *(ExportColumn(_("Self-score"), 10), ExportColumn(_("Remark"), 50), ExportColumn(_mark_head(subject), 36)),
    )
    content = BytesIO()
    rows = (_row(line, needs.get(line.criterion.code, "")) for line in lines)
    write_xlsx(Listing(title_of(subject), columns, rows, len(lines)), content)
    return content.getvalue()


def _mark_head(subject: RunSubject) -> str:
    """Tells the assessment and whom it is about."""
    return _("Do not change: %(mark)s") % {"mark": f"{subject.run_id}/{subject.run.year}/{subject.code}"}


def _row(line: ScoreLine, need: str) -> tuple[Value, ...]:
    score, facts = line.score, line.score.by_facts
    return (
        *(line.criterion.code, line.criterion.name, ExportNumber(line.criterion.points, 2), need),
        ExportNumber(facts, 2) if facts is not None else line.lack,
        None if score.self_score is None else ExportNumber(score.self_score, 2),
        *(score.remark, self_scores.mark(score)),
    )


def read(subject: RunSubject, file: IO[bytes], size: int) -> dict[str, SelfScore]:
    """What a filled file says, by criterion. Raises BadFile for one that is not of this assessment, and
    `self_scores.Refused` for cells that are no points."""
    opened = open_file(file, size)
    page = opened.worksheet(opened.names[0])
    head = [str(cell or "").strip() for cell in page.rows[0]] if page.rows else []
    if len(head) <= MARK or head[MARK] != _mark_head(subject):
        message = _("This is not the file of %(title)s. Download it here, fill it, and send it again.")
        raise BadFile(message % {"title": title_of(subject)})
    found, problems = dict[str, SelfScore](), dict[str, str]()
    for place, row in enumerate(page.rows[1:], start=1):
        code, problem = _text(row, CODE), page.refusal((place, POINTS)) or page.refusal((place, REMARK))
        if not code and (_text(row, POINTS) or _text(row, REMARK)):
            problems[_("Row %(number)d") % {"number": place + 1}] = _(
                "This row has no code, so nobody knows what it is about. Type it under a criterion of the file."
            )
        if code in found:
            problem = _("This criterion stands in the file twice. Leave one of its rows.")
        try:
            found[code] = SelfScore(_points(row), _text(row, REMARK), _text(row, MARK))
        except InvalidOperation:
            problem = problem or _("“%(text)s” is no number of points.") % {"text": _text(row, POINTS)}
        if problem and code:
            problems[code] = problem
    found.pop("", None)
    if problems:
        raise self_scores.Refused(problems)
    return found


def _points(row: Sequence[Any]) -> Decimal | None:
    """Raises InvalidOperation."""
    text = _text(row, POINTS)
    if not text:
        return None
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation
    return number


def _text(row: Sequence[Any], place: int) -> str:
    cell = row[place] if place < len(row) else None
    return "" if cell is None else escaping.unescape(str(cell)).strip()
