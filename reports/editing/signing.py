"""A draft goes from its drafter to whoever reviews it, from there to the leader who approves it: 拟稿, 核稿, 签批.

Every step is one locked, atomic move over the table `ACTS` that leaves a `ReportStep`. It is taken over the text that
the page showed: pages carry a mark (`Progress.mark`), and where something has changed since, it is said what, and
nothing is done. The three people are three.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reports.access import may_edit
from reports.document import snapshots
from reports.editing import assembly, drafts, papers, steps
from reports.editing.drafts import Working, WrongState
from reports.models import AnnualReport, ReportStep
from reports.vocabulary import PaperKind, StepKind
from sectors.models import Department, User
from sectors.people import notices
from sectors.texts import plain
from sectors.vocabulary import Role

MOST_WORDS = 1000
SCANS = ("pdf", "jpg", "jpeg", "png")


class WordsMissing(Exception):
    """The step needs words and none were written."""


class SamePerson(PermissionDenied):
    """Nobody reviews or approves what they drafted or reviewed; the message says who can."""


class Changed(WrongState):
    """The draft is not what the page showed; `what` says what was done since."""

    def __init__(self, what: list[str]) -> None:
        self.what = what
        super().__init__(_("Nothing was done: this is not any more what you had before you. Look at it again."))


@dataclass(frozen=True)
class Act:
    """A step: which one it leaves, after which it may come (None: before the first one), whether it needs words."""

    kind: StepKind
    after: frozenset[StepKind | None]
    words: bool = False


ACTS = {
    "send": Act(StepKind.SENT, frozenset({None})),
    "review": Act(StepKind.REVIEWED, frozenset({StepKind.SENT})),
    "approve": Act(StepKind.APPROVED, frozenset({StepKind.REVIEWED})),
    "record": Act(StepKind.OFFLINE, frozenset({StepKind.SENT, StepKind.REVIEWED}), words=True),
    "return": Act(
        StepKind.RETURNED,
        frozenset({StepKind.SENT, StepKind.REVIEWED, StepKind.APPROVED, StepKind.OFFLINE}),
        words=True,
    ),
}


@dataclass(frozen=True)
class Progress:
    """How far a draft is. `steps` are all that it ever took."""

    working: Working
    steps: list[ReportStep]

    @cached_property
    def digest(self) -> str:
        """Of the document as it would be printed, but for what an issue adds to its cover."""
        return snapshots.sha256(snapshots.dump(self.working.document(note="")))

    @cached_property
    def standing(self) -> tuple[ReportStep, ...]:
        return steps.standing(self.steps, self.digest)

    @property
    def state(self) -> StepKind | None:
        return StepKind(self.standing[-1].kind) if self.standing else None

    @property
    def is_approved(self) -> bool:
        return self.state in steps.APPROVALS

    def of(self, kind: StepKind) -> ReportStep | None:
        return next((step for step in self.standing if step.kind == kind), None)

    def mark(self, by: User) -> str:
        """What the person sees: last step, last comment of somebody else, last draft, last change, and the text."""
        comments = self.working.report.block_comments.exclude(by=by).order_by("-pk").values_list("pk", flat=True)
        changes = self.working.report.changes.order_by("-pk").values_list("pk", flat=True)
        parts = (self.steps[-1].pk if self.steps else 0, comments.first() or 0, self.working.draft.number)
        return "-".join(map(str, (*parts, changes.first() or 0, self.digest[:16])))


def progress(working: Working) -> Progress:
    return Progress(working, steps.of(working.report))


@dataclass(frozen=True)
class Place:
    """One of the three stations of a draft: the step that was taken there, and by whom."""

    name: str
    step: ReportStep | None
    who: str
    is_next: bool


def way(found: Progress) -> list[Place]:
    """Drafted, reviewed, approved, as a page shows them."""
    offline = found.of(StepKind.OFFLINE)
    places: list[Place] = []
    for kind in (StepKind.SENT, StepKind.REVIEWED, StepKind.APPROVED):
        step = found.of(kind) or (offline if kind != StepKind.SENT else None)
        on_paper = "" if offline is None else offline.reviewer if kind == StepKind.REVIEWED else offline.approver
        who = "" if step is None else on_paper if step is offline else step.by.full_name
        is_next = step is None and all(place.step is not None for place in places)
        places.append(Place(str(kind.label), step, who, is_next))
    return places


def may(action: str, by: User, report: AnnualReport) -> bool:
    """Whether the step is one for this person at all: for the office of the region, for a head of its department, for
    the region's leader."""
    if action == "review":
        return may_edit(by, report) or _heads_office(by, report)
    if action == "approve":
        return by.role == Role.LEADER and by.department is not None and by.department.region_id == report.region_id
    if action == "return":
        return may("review", by, report) or may("approve", by, report)
    return may_edit(by, report)


def _heads_office(by: User, report: AnnualReport) -> bool:
    offices = Department.objects.offices(report.region)
    return by.role == Role.HEAD and by.department is not None and offices.filter(pk=by.department.pk).exists()


def actions_for(by: User, found: Progress) -> list[str]:
    """What this person may do now, in the order of the way."""
    report = found.working.report
    return [
        name
        for name, act in ACTS.items()
        if found.state in act.after
        and may(name, by, report)
        and _fits_place(name, by, found)
        and not _is_same(by, found, name)
    ]


def _fits_place(action: str, by: User, found: Progress) -> bool:
    """What was sent is returned by who would review it, what was reviewed by who would approve it."""
    if action != "return":
        return True
    return may("review" if found.state == StepKind.SENT else "approve", by, found.working.report)


def _is_same(by: User, found: Progress, action: str) -> bool:
    """Whether the person drafted it, or reviewed it, and is to judge it now."""
    earlier = {step.by_id for step in found.standing if step.kind in (StepKind.SENT, StepKind.REVIEWED)}
    return action in ("review", "approve", "return") and by.pk in earlier


@transaction.atomic
def act(*, report: AnnualReport, action: str, by: User, seen: str | None, words: str = "") -> ReportStep:
    """Take one step of `ACTS` but `record`. `seen` is the mark of the page that the person decided on; None where there
    was no page.

    Raises PermissionDenied for a missing right (SamePerson where it was theirs before), WrongState when another step
    came first, Changed when the page showed something else, WordsMissing for a return without a reason.
    """
    found = _found(report, action, by, seen)
    step = _write(found, action, by, words)
    _tell(step, found)
    return step


@transaction.atomic
def record_offline(
    *,
    report: AnnualReport,
    by: User,
    seen: str | None,
    reviewer: str,
    approver: str,
    signed_on: datetime.date,
    words: str,
    scan: UploadedFile,
) -> ReportStep:
    """Keep on record that the draft was reviewed and approved on paper (线下签批): by whom, when, why not here, and the
    scan of the signed sheet.

    Raises as `act`, and ValidationError for a day to come, for people who are not three, and for a scan that is none.
    """
    if not may("record", by, report):
        raise PermissionDenied
    checked = papers.checked(scan, SCANS)  # reads it through, so before the lock
    found = _found(report, "record", by, seen)
    if signed_on > timezone.localdate():
        raise ValidationError({"signed_on": _("This day is still to come.")})
    made = found.working.generated.day
    if made and signed_on < made:
        message = _("The draft is of %(day)s, so nobody can have signed it before that day.")
        raise ValidationError({"signed_on": message % {"day": made.isoformat()}})
    reviewed = found.of(StepKind.REVIEWED)
    drafted = found.standing[0].by
    people = [drafted.full_name, reviewed.by.full_name if reviewed else plain(reviewer), plain(approver)]
    if len(set(map(_bare_name, people))) < len(people):
        raise ValidationError({"approver": _("Drafter, reviewer and approver are three different people.")})
    kept = papers.keep_upload(found.working.report, PaperKind.SCAN, checked, by=by)
    names = {"reviewer": people[1], "approver": people[2], "signed_on": signed_on, "scan": kept}
    try:
        step = _write(found, "record", by, words, **names)
    except BaseException:
        kept.file.storage.delete(kept.file.name)
        raise
    _tell(step, found)
    return step


def _bare_name(typed: str) -> str:
    """Without the office behind it: `张三（县政府）` and `张三 县政府` are 张三, and so is `张 三`."""
    first, *more = re.split("[（(，,、/]", typed)[0].split() or [typed]
    return first + more[0] if len(first) == 1 and more else first


def issued(found: Progress, *, by: User, reason: str, at: datetime.datetime) -> ReportStep:
    """That the locked draft is issued, and why all the same where something was open."""
    report = found.working.report
    step = steps.tell(
        ReportStep.objects.create(report=report, kind=StepKind.ISSUED, by=by, at=at, words=reason, digest=found.digest)
    )
    with translation.override(settings.LANGUAGE_CODE):
        text = _("The report of %(year)d is issued.")
        if not found.is_approved:
            text = _("The report of %(year)d is issued without a leader's approval. Reason: %(words)s")
        text %= {"year": report.year, "words": reason}
    notices.notify(people(report, by).leaders, text, reverse("edition", args=[report.year, report.edition]))
    return step


def _found(report: AnnualReport, action: str, by: User, seen: str | None) -> Progress:
    """How far the locked draft is, once it is sure that the person may take the step now and saw this."""
    if not may(action, by, report):
        raise PermissionDenied
    found = progress(drafts.load(drafts.hold(report)))
    if seen is not None and seen != found.mark(by):
        raise Changed(news(found, by, seen))
    if found.state not in ACTS[action].after:
        raise WrongState(_where(found))
    if _is_same(by, found, action):
        raise SamePerson(_("You drafted or reviewed this yourself, so somebody else has to judge it."))
    if not _fits_place(action, by, found):
        raise PermissionDenied
    return found


def _write(found: Progress, action: str, by: User, words: str, **more: object) -> ReportStep:
    words = plain(words)
    if ACTS[action].words and not words:
        raise WordsMissing(_("Write why: it stays on record beside the step."))
    if len(words) > MOST_WORDS:
        message = _("These are %(have)d characters; at most %(most)d fit.")
        raise WordsMissing(message % {"have": len(words), "most": MOST_WORDS})
    report, kind = found.working.report, ACTS[action].kind
    step = ReportStep.objects.create(report=report, kind=kind, by=by, words=words, digest=found.digest, **more)
    return steps.tell(step)


def _where(found: Progress) -> str:
    """Why a step does not fit now."""
    if not found.standing:
        return _("This draft is with its drafter now: it was returned or changed, or was never sent for review.")
    step = found.standing[-1]
    when = timezone.localtime(step.at).strftime("%Y-%m-%d %H:%M")
    what = {"step": step.get_kind_display(), "who": step.by.full_name, "when": when}
    return _("The step does not fit any more. Last: “%(step)s”, by %(who)s, %(when)s.") % what


def news(found: Progress, by: User, seen: str) -> list[str]:
    """What was done since the page with this mark was made."""
    numbers = [int(part) if part.isdigit() else 0 for part in seen.split("-")[:4]]
    step, comment, draft, change = [*numbers, 0, 0, 0, 0][:4]
    report = found.working.report
    lines = [
        _("%(who)s: %(what)s %(text)s") % {"who": one.by.full_name, "what": one.get_kind_display(), "text": one.words}
        for one in found.steps
        if one.pk > step
    ]
    if found.working.draft.number > draft:
        what = {"number": found.working.draft.number, "who": found.working.draft.by.full_name}
        lines.append(_("Draft no. %(number)d was generated by %(who)s.") % what)
    for row in report.changes.filter(pk__gt=change).select_related("by").order_by("pk"):
        what = {"who": row.by.full_name, "what": row.get_kind_display(), "text": _block_words(found.working, row.key)}
        lines.append(_("%(who)s: %(what)s %(text)s") % what)
    for said in report.block_comments.filter(pk__gt=comment).exclude(by=by).select_related("by").order_by("pk"):
        lines.append(_("%(who)s commented: %(text)s") % {"who": said.by.full_name, "text": said.text[:60]})
    return lines or [_("The text of the draft is another one.")]


def _block_words(working: Working, key: str) -> str:
    item = working.by_key.get(key)
    return assembly.printed_text(item.block)[:40] if item else ""


@contextmanager
def changing(report: AnnualReport, steps_seen: int) -> Iterator[None]:
    """For pages that change a draft: whoever presses knows of the steps that the change voids. Raises WrongState."""
    with transaction.atomic():
        steps.refuse_unseen(drafts.hold(report), steps_seen)
        yield


@dataclass(frozen=True)
class People:
    """Who could take the next steps of a draft, besides whoever drafted it."""

    reviewers: list[User]
    leaders: list[User]
    admins: list[User]


def people(report: AnnualReport, drafter: User) -> People:
    """Two queries."""
    offices = Department.objects.offices(report.region).values("pk")
    rows = User.objects.filter(is_active=True).select_related("department").order_by("pk")
    of_region = rows.filter(department__region=report.region_id, role__in=(Role.OFFICE, Role.LEADER, Role.HEAD))
    found = list(of_region.filter(role=Role.HEAD, department__in=offices) | of_region.exclude(role=Role.HEAD))
    return People(
        reviewers=[one for one in found if one.role != Role.LEADER and one.pk != drafter.pk],
        leaders=[one for one in found if one.role == Role.LEADER],
        admins=list(rows.filter(role=Role.ADMIN)),
    )


def _tell(step: ReportStep, found: Progress) -> None:
    """Leave a notice with those who have something to do now."""
    drafter = found.standing[0].by if found.standing else step.by
    others = people(step.report, drafter)
    what = {"year": step.report.year, "who": step.approver or step.by.full_name, "words": step.words}
    with translation.override(settings.LANGUAGE_CODE):
        match step.kind:
            case StepKind.SENT:
                to, text = others.reviewers, _("The report of %(year)d was sent for review by %(who)s. %(words)s")
            case StepKind.REVIEWED:
                to = others.leaders
                text = _("The report of %(year)d waits for your approval; %(who)s reviewed it. %(words)s")
            case StepKind.RETURNED:
                to, text = [drafter], _("The report of %(year)d was returned by %(who)s: %(words)s")
            case _:
                to, text = [drafter], _("The report of %(year)d was approved by %(who)s and can be issued. %(words)s")
        text = (text % what).strip()
    notices.notify(to, text, reverse("sign-report", args=[step.report.year]))
