"""What a reviewer needs: the queue, what is clean in it, and what changed in a submission since the last look."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors import guard
from sectors.access import REVIEW_STEPS, actions_for
from sectors.approval import digests, marks, moves, text_diff, worklist
from sectors.approval.answered_returns import unanswered
from sectors.calculation.cells import shown
from sectors.entry import writer
from sectors.findings import storage
from sectors.models import (
    Attachment,
    Comment,
    FigureChange,
    FindingNote,
    Indicator,
    NarrativeChange,
    OpenRowChange,
    StoredFinding,
    Submission,
    Transition,
    User,
)
from sectors.vocabulary import FindingState, Role, SubmissionStatus

REVIEWED = frozenset({SubmissionStatus.SIGNED, SubmissionStatus.ACCEPTED, SubmissionStatus.RETURNED})
BEHIND = 1 << 15  # all questions of a sheet
NAMED = 3  # of the cells that changed, in a sentence
# The office lets a finding stand, or it goes away; until then it is one to read.
OPEN_FINDINGS = frozenset({FindingState.OPEN, FindingState.EXPLAINED})


@dataclass(frozen=True)
class CellChange:
    """A cell that stands otherwise than it did: texts as `Cell.stored` gives them, and who changed it last."""

    indicator: Indicator
    old: str
    new: str
    by: User | None
    at: datetime.datetime


@dataclass(frozen=True)
class TextChange:
    """Words that stand otherwise than they did, and who changed them last. `title` is the question that they answer, or
    what they are about."""

    title: str
    position: int
    old: str
    new: str
    by: User | None
    at: datetime.datetime

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """Both texts as one, as `text_diff.merged` gives it."""
        return text_diff.merged(self.old, self.new)


@dataclass(frozen=True)
class ReturnedCell:
    """A cell that the last return named, what became of it since, and what was said about it since; `was` is what stood
    in it then, as `Cell.stored` gives it."""

    indicator: Indicator
    was: str
    change: CellChange | None
    answers: list[Comment]
    is_open: bool  # neither changed nor answered


@dataclass(frozen=True)
class EditingSession:
    """What one person changed between two steps: a sheet is typed cell by cell."""

    at: datetime.datetime
    by: User | None
    changes: list[CellChange]
    texts: list[TextChange]


@dataclass(frozen=True)
class News:
    """What others did to a submission since a page was made; `asked` says whether the catalogue asks otherwise now,
    `findings` whether the checks find something else."""

    cells: list[CellChange]
    texts: list[TextChange]
    steps: list[Transition]
    notes: list[FindingNote]
    comments: list[Comment]
    resolved: list[Comment]
    files: list[Attachment]
    removed: list[Attachment]
    rows: list[OpenRowChange]
    asked: bool
    findings: bool

    @property
    def is_undone(self) -> bool:
        """Whether what was changed stands as before."""
        parts = (self.cells, self.texts, self.steps, self.notes, self.comments, self.resolved, self.files, self.removed)
        return not (self.asked or self.findings or any(parts) or self.rows)

    @property
    def in_short(self) -> str:
        """The first cells that changed from what to what, and who did the last of all and when."""
        cells = [f"{one.indicator.name} {shown(one.old) or '–'} → {shown(one.new) or '–'}" for one in self.cells]
        done = [
            (row.at, row.by)
            for rows in (self.cells, self.texts, self.steps, self.notes, self.comments, self.files, self.rows)
            for row in rows
        ]
        at, by = max(done, key=lambda one: one[0], default=(None, None))
        when = [f"{by or _('the system')} {timezone.localtime(at):%Y-%m-%d %H:%M}"] if at else []
        return _("; ").join([*cells[:NAMED], *when])


@dataclass(frozen=True)
class QueuePosition:
    """Where a submission stands in a person's queue."""

    number: int
    total: int
    before: Submission | None
    after: Submission | None


@dataclass(frozen=True)
class OpenPoints:
    """What keeps a submission from being accepted unread."""

    missing: int = 0
    findings: int = 0
    unanswered: int = 0  # cells that a return named

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.findings or self.unanswered)


@dataclass(frozen=True)
class QueueRow:
    """What waits, what keeps it from being accepted unread, its mark, and who passed it on."""

    submission: Submission
    open_points: OpenPoints
    seen: marks.Mark
    step: Transition | None
    digest: digests.Digest


def queue(user: User) -> list[Submission]:
    """Submissions that wait for this person's signature or acceptance, soonest due first."""
    statuses = (SubmissionStatus.SUBMITTED, SubmissionStatus.SIGNED)
    rows = Submission.objects.for_user(user).filter(status__in=statuses).for_listing()
    return [found for found in rows if REVIEW_STEPS & set(actions_for(user, found))]


def queue_rows(user: User) -> list[QueueRow]:
    """The same with what the list says of each; constant queries."""
    rows = queue(user)
    seen = marks.read(user, [row.pk for row in rows])  # before what is judged clean is read
    found = open_points(rows)
    steps = Transition.objects.filter(submission__in=rows).exclude(old=F("new")).select_related("by")
    last = {step.submission_id: step for step in steps.order_by("pk")}
    short = digests.read(rows)
    return [QueueRow(row, found[row.pk], seen[row.pk], last.get(row.pk), short[row.pk]) for row in rows]


def position_in(rows: list[Submission], submission: Submission) -> QueuePosition | None:
    """The place in a queue; none for what does not wait there."""
    keys = [row.pk for row in rows]
    if submission.pk not in keys:
        return None
    at = keys.index(submission.pk)
    return QueuePosition(
        number=at + 1,
        total=len(rows),
        before=rows[at - 1] if at else None,
        after=rows[at + 1] if at + 1 < len(rows) else None,
    )


def next_in_queue(rows: list[Submission], submission: Submission) -> Submission | None:
    """Which of a queue comes after one that has been dealt with: the next, else the one before, else the first."""
    found = position_in(rows, submission)
    return (found.after or found.before) if found else next(iter(rows), None)


def open_points(submissions: Collection[Submission]) -> dict[int, OpenPoints]:
    """Empty required cells, findings and unanswered cells of returns of each submission (`period` fetched) by its key;
    constant queries.

    A finding that the department explained is one for the office to read, until it lets the finding stand.
    """
    waiting = StoredFinding.objects.filter(submission__in=submissions, state__in=OPEN_FINDINGS)
    found = Counter(waiting.values_list("submission", flat=True))
    missing, left = worklist.missing_names(submissions), unanswered(submissions)
    return {s.pk: OpenPoints(len(missing[s.pk]), found[s.pk], len(left[s.pk])) for s in submissions}


def open_points_in(missing: int, findings: Iterable[StoredFinding], left: int) -> OpenPoints:
    """The same of one submission as it stands now, where its findings on record may be behind."""
    return OpenPoints(missing, sum(finding.state in OPEN_FINDINGS for finding in findings), left)


def accept_clean(
    submissions: Iterable[Submission], *, by: User, seen: Mapping[int, str] | None = None
) -> tuple[list[Submission], list[str]]:
    """Pass on those that are clean at this moment, by whichever step of the review is this person's: the head's
    signature or the office's acceptance. Returns them, and a sentence for each that was left.

    `seen` has the mark of each from the page where they were chosen, by its key; None where there was no page.
    """
    passed: list[Submission] = []
    left: list[str] = []
    for submission in submissions:
        try:
            with transaction.atomic():
                # Locked before the look: what is judged clean is what is passed on.
                locked = guard.lock(submission)
                if seen is not None:
                    marks.check(seen.get(locked.pk, ""), marks.mark(by, locked.pk))
                storage.refresh(locked)
                if open_points([locked])[locked.pk].is_clean:
                    passed.append(moves.move(submission=locked, action=_review_step(by), by=by))
                else:
                    left.append(_("%(sheet)s is not clean: read it before accepting.") % {"sheet": submission.sheet})
        except marks.Outdated:
            left.append(_outdated(submission, (seen or {}).get(submission.pk, ""), by))
        except guard.WrongState as error:
            left.append(f"{submission.sheet}: {error}")
        except PermissionDenied:
            left.append(_("%(sheet)s is not yours to accept.") % {"sheet": submission.sheet})
    return passed, left


def _review_step(by: User) -> str:
    """The step by which this person passes on what waits, whether it fits now or not."""
    return "accept" if by.role == Role.OFFICE else "sign"


def _outdated(submission: Submission, seen: str, by: User) -> str:
    what = news(submission, seen, by)
    text = _("%(sheet)s has changed since this list was made (%(what)s): read it before accepting.")
    unknown = _("%(sheet)s was chosen on a page that is too old: look at the list again, then accept it.")
    names = {"sheet": submission.sheet, "what": what.in_short if what else ""}
    return (text if what else unknown) % names


def news(submission: Submission, seen: str, user: User, findings: Iterable[StoredFinding] | None = None) -> News | None:
    """What others did since the page with this mark was made, beside which `findings` stand now; None where nothing
    was done, or the mark cannot be read."""
    before, now = marks.Mark.parse(seen), marks.mark(user, submission.pk)
    now = now if findings is None else now.with_findings(findings)
    if before is None or before.stands(now):
        return None

    def since(field: str, *names: str) -> list[Any]:
        """Those after the last that was seen, and of what is only counted the last ones."""
        rows = marks.by_others(field, user).filter(**{marks.ROWS[field][1]: submission}).select_related(*names)
        old, new = getattr(before, field), getattr(now, field)
        if field in ("resolved", "removed"):
            return list(rows.order_by(f"-{field}_at")[: max(new - old, 0)])
        return list(rows.filter(pk__gt=old).order_by("pk")) if new != old else []

    return News(
        cells=list(_net(since("figures", "indicator", "by__department")).values()),
        texts=_net_texts(since("texts", "question", "by__department")),
        steps=since("steps", "by__department", "on_behalf_of"),
        notes=since("notes", "finding", "by__department"),
        comments=since("comments", "indicator", "by__department"),
        resolved=since("resolved", "indicator", "resolved_by__department"),
        files=since("files", "by__department"),
        removed=since("removed", "removed_by__department"),
        rows=since("rows", "table", "by__department"),
        asked=before.asked != now.asked,
        findings=bool(now.findings and before.findings) and before.findings != now.findings,
    )


def last_look(user: User, submission: Submission) -> datetime.datetime | None:
    """When this person last moved the submission on or back, or else when it was last returned."""
    steps = [step for step in submission.transitions.all() if step.old != step.new and step.new in REVIEWED]
    own = [step.at for step in steps if step.by_id == user.pk]
    returned = [step.at for step in steps if step.new == SubmissionStatus.RETURNED]
    return max(own, default=max(returned, default=None))


def changes_since(submission: Submission, since: datetime.datetime | None) -> dict[str, CellChange]:
    """Cells by code that stand otherwise than then; none when there was no look before."""
    return _net(_changes(submission).filter(at__gt=since)) if since else {}


def row_changes_since(submission: Submission, since: datetime.datetime | None) -> list[OpenRowChange]:
    """Changes of open rows since then, the first one first."""
    return list(submission.row_changes.filter(at__gt=since).order_by("pk")) if since else []


def texts_since(submission: Submission, since: datetime.datetime | None) -> list[TextChange]:
    """The same for the department's words, in the order of the questions."""
    return _net_texts(_text_changes(submission).filter(at__gt=since)) if since else []


def returned_cells(submission: Submission, left: Collection[Indicator]) -> tuple[Transition | None, list[ReturnedCell]]:
    """The last return, and the cells that it named with what changed in them and was said about them since; `left` are
    the unanswered ones."""
    last = submission.last_return()
    if last is None:
        return None, []
    cells = list(last.cells.all())
    if not cells:
        return last, []
    changes, stored = changes_since(submission, last.at), writer.stored_cells(submission, cells)
    said: dict[int, list[Comment]] = {}
    for comment in submission.comments.filter(at__gt=last.at).select_related("by__department"):
        said.setdefault(comment.indicator_id, []).append(comment)
    found = []
    for cell in cells:
        change = changes.get(cell.code)
        was = change.old if change else stored[cell.pk][0].stored if cell.pk in stored else ""
        found.append(ReturnedCell(cell, was, change, said.get(cell.pk, []), cell in left))
    return last, found


def editing_sessions(submission: Submission) -> list[EditingSession]:
    """All changes of figures and words (`transitions` prefetched), in the order of their last one."""
    bounds = [step.at for step in submission.transitions.all()]
    cells: dict[tuple[int, int | None], list[FigureChange]] = {}
    texts: dict[tuple[int, int | None], list[NarrativeChange]] = {}
    for row in _changes(submission):
        cells.setdefault((sum(bound <= row.at for bound in bounds), row.by_id), []).append(row)
    for text in _text_changes(submission):
        texts.setdefault((sum(bound <= text.at for bound in bounds), text.by_id), []).append(text)
    found = []
    for key in cells | texts:
        net, words = list(_net(cells.get(key, ())).values()), _net_texts(texts.get(key, ()))
        if net or words:
            last = max((*cells.get(key, ()), *texts.get(key, ())), key=lambda row: row.at)
            found.append(EditingSession(last.at, last.by, net, words))
    return found


def _changes(submission: Submission) -> QuerySet[FigureChange]:
    return submission.changes.select_related("indicator", "by__department").order_by("pk")


def _text_changes(submission: Submission) -> QuerySet[NarrativeChange]:
    return submission.text_changes.select_related("question", "by__department").order_by("pk")


def _net(rows: Iterable[FigureChange]) -> dict[str, CellChange]:
    """First and last text of each cell; what was changed back is no change."""
    found: dict[str, CellChange] = {}
    for row in rows:
        before = found.get(row.indicator.code)
        old = before.old if before else row.old
        found[row.indicator.code] = CellChange(row.indicator, old, row.new, row.by, row.at)
    return {code: change for code, change in found.items() if change.old != change.new}


def _net_texts(rows: Iterable[NarrativeChange]) -> list[TextChange]:
    found: dict[tuple[int | None, str], TextChange] = {}
    for row in rows:
        key = (row.question_id, row.about)
        old = found[key].old if key in found else row.old
        title, position = (row.question.text, row.question.position) if row.question else (row.about, BEHIND)
        found[key] = TextChange(title, position, old, row.new, row.by, row.at)
    return sorted((one for one in found.values() if one.old != one.new), key=lambda one: one.position)
