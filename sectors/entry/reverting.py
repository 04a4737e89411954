"""Taking back what one import changed, while nobody changed anything since."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from sectors.entry import writer
from sectors.guard import WrongState
from sectors.models import FigureChange, NarrativeChange, Submission, User
from sectors.vocabulary import ChangeSource


def last_changes(submission: Submission) -> tuple[int, int]:
    """The keys of the last changes of figures and of words, before something is imported."""
    rows = (submission.changes, submission.text_changes)
    figures, texts = (row.aggregate(last=Max("pk"))["last"] or 0 for row in rows)
    return figures, texts


def revert(submission: Submission, *, since: tuple[int, int], until: tuple[int, int], by: User) -> int:
    """Store again what stood there before the changes after `since` up to `until`; returns how many. It stands in the
    history as a change of its own.

    Raises PermissionDenied, and WrongState where anything was changed afterwards or the sheet has moved on.
    """
    figures = list(submission.changes.filter(pk__gt=since[0]).select_related("indicator").order_by("pk"))
    texts = list(submission.text_changes.filter(pk__gt=since[1]).select_related("question").order_by("pk"))
    if not _is_last(figures, until[0]) or not _is_last(texts, until[1]):
        raise WrongState(_("Cells were changed since the import, so it is not undone. Change them by hand."))
    typed = writer.Typed(
        figures={change.indicator.code: change.old for change in reversed(figures)},
        narratives={change.question.code: change.old for change in reversed(texts) if change.question},
        all_or_nothing=True,
    )
    try:
        return writer.save(submission, typed, by=by, way=ChangeSource.EXCEL).changed
    except writer.NotEverythingStored:
        raise WrongState(_("Not everything could be put back, so nothing was. Change the cells by hand.")) from None


def _is_last(rows: list[FigureChange] | list[NarrativeChange], last: int) -> bool:
    return not rows or rows[-1].pk <= last
