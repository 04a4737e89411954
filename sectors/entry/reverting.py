"""Taking back what one import changed, while nobody changed anything since."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sectors.entry import open_rows, writer
from sectors.guard import WrongState, open_for_entry
from sectors.models import FigureChange, NarrativeChange, OpenRowChange, Submission, User
from sectors.vocabulary import ChangeSource

Changes = list[FigureChange] | list[NarrativeChange] | list[OpenRowChange]
OF_IMPORTS = {ChangeSource.EXCEL, ChangeSource.ROWS}
Keys = tuple[int, int, int]  # of changes: of figures, of words, of open rows


def last_changes(submission: Submission) -> Keys:
    """The keys of the last changes, before something is imported."""
    every = (submission.changes, submission.text_changes, submission.row_changes)
    figures, texts, rows = (found.aggregate(last=Max("pk"))["last"] or 0 for found in every)
    return figures, texts, rows


@transaction.atomic
def revert(submission: Submission, *, since: Keys, until: Keys, by: User) -> int:
    """Store again what stood there before the changes after `since` up to `until`; returns how many. It stands in the
    history as a change of its own.

    Raises PermissionDenied, and WrongState where anything else was changed since or the sheet has moved on.
    """
    open_for_entry(submission, by)  # before the look: nobody changes anything between it and the writing
    figures = list(submission.changes.filter(pk__gt=since[0]).select_related("indicator").order_by("pk"))
    texts = list(submission.text_changes.filter(pk__gt=since[1]).select_related("question").order_by("pk"))
    rows = list(submission.row_changes.filter(pk__gt=since[2]).select_related("table").order_by("pk"))
    changes: tuple[Changes, ...] = (figures, texts, rows)
    if not all(_are_of_import(one, last, by) for one, last in zip(changes, until, strict=True)):
        raise WrongState(_("Cells were changed since the import, so it is not undone. Change them by hand."))
    count = _put_back(submission, {_code(change): change.old for change in reversed(rows)}, {}, by)
    made = open_rows.counts(submission)  # of the rows that are there again
    before = {change.indicator.code: change.old for change in reversed(figures)}
    words = {change.question.code: change.old for change in reversed(texts) if change.question}
    return count + _put_back(submission, {code: old for code, old in before.items() if code not in made}, words, by)


def _put_back(submission: Submission, figures: Mapping[str, str], narratives: Mapping[str, str], by: User) -> int:
    typed = writer.Typed(figures=figures, narratives=narratives, all_or_nothing=True)
    try:
        return writer.save(submission, typed, by=by, way=ChangeSource.EXCEL).changed
    except writer.NotEverythingStored:
        raise WrongState(_("Not everything could be put back, so nothing was. Change the cells by hand.")) from None


def _code(change: OpenRowChange) -> str:
    return f"{change.table.code}/{change.key.hex}/{change.column}"


def _are_of_import(changes: Changes, last: int, by: User) -> bool:
    """Whether none came after it or, from who waited until it was stored, before its last one was asked for."""
    ways = {getattr(change, "source", ChangeSource.EXCEL) for change in changes}
    people = {change.by_id for change in changes}
    return all(change.pk <= last for change in changes) and ways <= OF_IMPORTS and people <= {by.pk}
