"""From draft to issued report, frozen with its snapshot and files; from an issued one to a revised edition.

The only writer of `ReportFile` and of a report's status. An issued report is rebuilt from its snapshot: `verify` holds
stored files, hashes and rebuilt files against each other.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.access import may_edit
from reports.document import snapshots
from reports.document.blocks import Document
from reports.editing import answers, drafts, open_chain, outdated, outstanding
from reports.editing.answers import Answered
from reports.editing.audiences import for_audience
from reports.editing.drafts import Working, WrongState
from reports.editing.open_chain import BrokenChain
from reports.editing.outdated import Outdated
from reports.models import AnnualReport, ReportFile
from reports.vocabulary import Audience, ReportStatus
from reports.writers import files
from sectors.models import User


class ReasonMissing(Exception):
    """Something is open in the report, or it is revised, and no reason was written."""


class Unanswered(Exception):
    """The text does not agree with itself somewhere, and nobody answered that."""


class PointsChanged(Exception):
    """What is open is not what the page showed."""


@dataclass(frozen=True)
class Readiness:
    """What stands between a draft and its being issued. What is `outdated` needs a new draft, whatever the reason;
    `open_points` need a reason, each of the `contradictions` an answer. `draft` tells one state of the draft from the
    next."""

    draft: str
    outdated: Outdated
    year: outstanding.Outstanding
    chain: tuple[BrokenChain, ...]
    stale: int
    contradictions: list[Answered]

    @property
    def unanswered(self) -> int:
        return sum(one.is_open for one in self.contradictions)

    @property
    def open_points(self) -> list[str]:
        points = [*(item.sentence for item in self.year.missing), *(link.sentence for link in self.chain)]
        if self.stale:
            message = ngettext(
                "%(count)d text of the office is out of date: what it was written over has changed since",
                "%(count)d texts of the office are out of date: what they were written over has changed since",
                self.stale,
            )
            points.append(message % {"count": self.stale})
        return points

    @property
    def mark(self) -> str:
        """Of the draft and of what is open: who issues it issues what was on the page, with a reason for what was
        open there."""
        keys = [one.key for found in (self.year.missing, self.chain, self.contradictions) for one in found]
        points = [*keys, self.stale]
        return f"{self.draft}-{snapshots.sha256(str(points))[:12]}"


def readiness(working: Working) -> Readiness:
    """A fixed number of queries."""
    report = working.report
    return Readiness(
        draft=_draft_mark(report),
        outdated=outdated.of(working),
        year=outstanding.of_year(report.region, report.year),
        chain=open_chain.of_year(report.region, report.year, report.dated),
        stale=working.stale,
        contradictions=answers.of(working),
    )


def _draft_mark(report: AnnualReport) -> str:
    number = report.drafts.order_by("-number").values_list("number", flat=True).first() or 0
    last = report.changes.order_by("-pk").values_list("pk", flat=True).first() or 0
    cover = f"{report.title}{report.issuer}{report.dated}"
    return f"{number}-{last}-{snapshots.sha256(cover)[:12]}"


def issue(*, report: AnnualReport, by: User, reason: str, seen: str) -> AnnualReport:
    """Freeze the draft as the person saw it (`seen` is the `mark` of its readiness), with the files of all audiences.

    Raises PermissionDenied, WrongState when it was changed or issued meanwhile or would be generated otherwise by now,
    PointsChanged when something else is open by now, Unanswered, and ReasonMissing when submissions are not accepted or
    texts of the office stale, and no reason is given.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    current = AnnualReport.objects.select_related("region").get(pk=report.pk)
    as_read = _draft_mark(current)
    working = drafts.load(current)
    document = working.document(note=edition_note(current))
    made = _made(document)  # takes seconds, so before the lock
    stored: list[ReportFile] = []
    try:
        with transaction.atomic():
            locked = drafts.lock(report, by)
            ready = readiness(replace(working, report=locked))
            if not seen.rpartition("-")[0] == as_read == ready.draft:
                raise WrongState(_("The draft was changed meanwhile. Look at it again before you issue it."))
            points = _checked(ready, reason, seen)
            for (audience, to), content in made.items():
                stored.append(_store(locked, audience, to, content))
            answers.keep_only(locked, [one.found.mark for one in ready.contradictions])
            _freeze(locked, document, by=by, reason=reason.strip() if points else "", points=points)
    except BaseException:
        for row in stored:
            row.file.storage.delete(row.file.name)
        raise
    return AnnualReport.objects.get(pk=report.pk)


def _made(document: Document) -> dict[tuple[str, str], bytes]:
    """Each format for each audience."""
    editions = {audience: for_audience(document, audience) for audience in Audience.values}
    return {(audience, to): files.write(editions[audience], to) for audience in editions for to in files.FORMATS}


def edition_note(report: AnnualReport) -> str:
    words = drafts.edition_words(report)
    return f"（{words}）" if words else ""


def _checked(ready: Readiness, reason: str, seen: str) -> list[str]:
    if ready.outdated.problem:
        message = _("The report cannot be generated now, so nobody can say whether the draft is still right: %(why)s")
        raise WrongState(message % {"why": ready.outdated.problem})
    if ready.outdated:
        raise WrongState(_("What this draft prints has changed since it was generated. Generate the next draft first."))
    if seen != ready.mark:
        raise PointsChanged(_("What is open has changed since the page was opened. Look at it again."))
    if ready.unanswered:
        message = ngettext(
            "%(count)d contradiction of the text is neither mended nor answered. Mend the sentence or the figure, or "
            "write beside it why it stays.",
            "%(count)d contradictions of the text are neither mended nor answered. Mend the sentences or the figures, "
            "or write beside each why it stays.",
            ready.unanswered,
        )
        raise Unanswered(message % {"count": ready.unanswered})
    points = ready.open_points
    if points and not reason.strip():
        raise ReasonMissing(_("Something is still open. Write why the report is issued all the same."))
    return points


def _store(report: AnnualReport, audience: str, to: str, content: bytes) -> ReportFile:
    row = ReportFile(
        report=report,
        audience=audience,
        format=to,
        size=len(content),
        sha256=snapshots.sha256(content),
        writer=files.writer_mark(to),
    )
    name = f"reports/{report.region.code}/{report.year}-{report.edition}-{audience}-{secrets.token_hex(8)}.{to}"
    row.file.save(name, ContentFile(content), save=False)
    row.save()
    return row


def _freeze(report: AnnualReport, document: Document, *, by: User, reason: str, points: list[str]) -> None:
    snapshot = snapshots.dump(document)
    AnnualReport.objects.filter(pk=report.pk).update(
        status=ReportStatus.ISSUED,
        issued_at=timezone.now(),
        issued_by=by,
        reason=reason,
        open_points=points,
        snapshot=snapshot,
        sha256=snapshots.sha256(snapshot),
    )


def since_issue(report: AnnualReport) -> Outdated:
    """What of the issued report would be generated otherwise by now."""
    return outdated.of(drafts.load(report))


@dataclass(frozen=True)
class FileCheck:
    """One stored file: whether it is there and unchanged, and whether the snapshot makes the same bytes again.
    `same_writer` tells whether this program is the one that wrote it."""

    row: ReportFile
    is_there: bool
    is_unchanged: bool
    is_rebuilt: bool
    same_writer: bool


@dataclass(frozen=True)
class Verification:
    snapshot_unchanged: bool
    files: tuple[FileCheck, ...]

    @property
    def all_agree(self) -> bool:
        """Nothing was touched, and this program makes the same files; another version of it need not."""
        rebuilt = all(check.is_rebuilt or not check.same_writer for check in self.files)
        return self.snapshot_unchanged and all(check.is_unchanged for check in self.files) and rebuilt


def verify(report: AnnualReport) -> Verification:
    """Hold an issued report's stored files against their hashes and against what its snapshot makes now."""
    is_whole = snapshots.sha256(report.snapshot) == report.sha256
    document = snapshots.load(report.snapshot)
    editions = {audience: for_audience(document, audience) for audience in Audience.values}
    return Verification(is_whole, tuple(_checked_file(row, editions[row.audience]) for row in report.files.all()))


def _checked_file(row: ReportFile, document: Document) -> FileCheck:
    try:
        with row.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        content = None
    return FileCheck(
        row=row,
        is_there=content is not None,
        is_unchanged=content is not None and snapshots.sha256(content) == row.sha256,
        is_rebuilt=snapshots.sha256(files.write(document, row.format)) == row.sha256,
        same_writer=files.writer_mark(row.format) == row.writer,
    )


@transaction.atomic
def revise(*, report: AnnualReport, by: User, reason: str) -> AnnualReport:
    """Begin the next edition: what the office wrote is taken over, and a new draft made of the figures of now.

    Raises PermissionDenied, WrongState for a report that is not the last edition or still a draft, ReasonMissing,
    analysis.NoData, WordingError.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    latest = AnnualReport.objects.filter(region=report.region_id, year=report.year).order_by("edition").last()
    if report.is_draft or latest is None or latest.pk != report.pk:
        raise WrongState(_("Only the last issued edition is revised, and there is a later one."))
    if not reason.strip():
        raise ReasonMissing(_("Write why the report is revised: it will stand beside the new edition."))
    before = drafts.load(report)
    revised = drafts.create(
        before.generated, region=report.region, edition=report.edition + 1, by=by, revision_reason=reason.strip()
    )
    drafts.take_over(before, revised)
    answers.take_over(report, revised)
    drafts.regenerate(report=revised, by=by, seen=1)
    return AnnualReport.objects.get(pk=revised.pk)
