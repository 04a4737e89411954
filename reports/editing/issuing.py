"""From draft to issued report, frozen with its snapshot and files; from an issued one to a revised edition.

The only writer of `ReportFile` and of a report's status. An issued report is rebuilt from its snapshot: `verify` holds
stored files, hashes and rebuilt files against each other.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_edit
from reports.document import snapshots
from reports.document.blocks import Document
from reports.document.characters import printable
from reports.editing import (
    answers,
    approval_sheet,
    drafts,
    imprint,
    outdated,
    outstanding,
    papers,
    signing,
    steps,
    verification,
)
from reports.editing.answers import Answered
from reports.editing.audiences import for_audience
from reports.editing.drafts import Working, WrongState
from reports.editing.outdated import Outdated
from reports.editing.signing import Progress
from reports.models import AnnualReport, ReportFile, ReportPaper, ReportStep
from reports.vocabulary import Audience, PaperKind, ReportStatus
from reports.writers import files
from sectors.models import User


class ReasonMissing(Exception):
    """Something is open in the report, or it is revised, and no reason was written."""


class Unanswered(Exception):
    """The text does not agree with itself somewhere, and nobody answered that."""


class PointsChanged(Exception):
    """What is open is not what the page showed."""


class NumberTaken(Exception):
    """Another report of the region has this number."""


@dataclass(frozen=True)
class Readiness:
    """What stands between a draft and its being issued. What is `outdated` needs a new draft, whatever the reason; what
    is open, `groups` of points by their source, needs a reason, each of the `contradictions` an answer. `draft` tells
    one state of the draft from the next."""

    draft: str
    outdated: Outdated
    year: outstanding.Outstanding
    progress: Progress
    groups: list[outstanding.Group]
    contradictions: list[Answered]

    @property
    def unanswered(self) -> int:
        return sum(one.is_open for one in self.contradictions)

    @property
    def open_points(self) -> list[str]:
        return [point.sentence for group in self.groups for point in group.points]

    @property
    def mark(self) -> str:
        """Of the draft and of what is open: who issues it issues what was on the page, with a reason for what was
        open there."""
        points = [point.key for group in self.groups for point in group.points]
        points += [one.key for one in self.contradictions]
        return f"{self.draft}-{snapshots.sha256(str(points))[:12]}"


def readiness(working: Working) -> Readiness:
    """A fixed number of queries."""
    report, gathered = working.report, outdated.gathered(working)
    year = outstanding.of_year(report.region, report.year)
    state = outstanding.State(working, signing.progress(working), year, gathered.evidence)
    return Readiness(
        draft=_draft_mark(report),
        outdated=outdated.of(working, gathered),
        year=state.year,
        progress=state.progress,
        groups=outstanding.groups(state),
        contradictions=answers.of(working),
    )


def _draft_mark(report: AnnualReport) -> str:
    number = report.drafts.order_by("-number").values_list("number", flat=True).first() or 0
    last = report.changes.order_by("-pk").values_list("pk", flat=True).first() or 0
    cover = f"{report.title}{report.issuer}{report.dated}"
    return f"{number}-{last}-{steps.last(report)}-{snapshots.sha256(cover)[:12]}"


def issue(*, report: AnnualReport, by: User, reason: str, seen: str, number: str = "") -> AnnualReport:
    """Freeze the draft as the person saw it (`seen` is the `mark` of its readiness), with the files of all audiences
    and its approval sheet, under a number (without one the next of the region) and a code by which its files are
    verified.

    Raises PermissionDenied, WrongState when it was changed or issued meanwhile or would be generated otherwise by now,
    PointsChanged when something else is open by now, Unanswered, ReasonMissing when something is open and no reason is
    given, and NumberTaken.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    current = AnnualReport.objects.select_related("region").get(pk=report.pk)
    as_read = _draft_mark(current)
    working, at = drafts.load(current), timezone.now()
    number, code = " ".join(printable(number).split()) or imprint.proposed_number(current), imprint.new_code()
    document = imprint.imprinted(working.document(note=edition_note(current)), number, code)
    made = _made(document)  # takes seconds, so before the lock
    kept: list[FieldFile] = []
    try:
        with transaction.atomic():
            locked = drafts.lock(report, by)
            ready = readiness(replace(working, report=locked))
            if not seen.rpartition("-")[0] == as_read == ready.draft:
                raise WrongState(_("The draft was changed meanwhile. Look at it again before you issue it."))
            points = _checked(ready, reason, seen)
            reason = reason.strip() if points else ""
            step = signing.issued(ready.progress, by=by, reason=reason, at=at)
            for (audience, to), content in made.items():
                kept.append(_store(locked, audience, to, content).file)
            answers.keep_only(locked, [one.found.mark for one in ready.contradictions])
            kept += _store_sheet(locked, ready.progress, step, number)
            _freeze(locked, document, step, reason=reason, points=points, number=number, code=code)
    except BaseException:
        for file in kept:
            file.storage.delete(str(file.name))
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


def _store_sheet(report: AnnualReport, found: Progress, step: ReportStep, number: str) -> list[FieldFile]:
    """The approval sheet as it is at the issue, in two formats."""
    sheet = approval_sheet.document(report, [*found.steps, step], found.standing, number, answers.kept(report))
    kinds = {PaperKind.SHEET_DOCX: "docx", PaperKind.SHEET_PDF: "pdf"}
    return [
        papers.keep(
            report, kind, files.write(sheet, to), f"{sheet.title}.{to}", files.CONTENT_TYPES[to], by=step.by
        ).file
        for kind, to in kinds.items()
    ]


def _freeze(
    report: AnnualReport,
    document: Document,
    step: ReportStep,
    *,
    reason: str,
    points: list[str],
    number: str,
    code: str,
) -> None:
    snapshot = snapshots.dump(document)
    try:
        with transaction.atomic():
            AnnualReport.objects.filter(pk=report.pk).update(
                status=ReportStatus.ISSUED,
                issued_at=step.at,
                issued_by=step.by,
                reason=reason,
                open_points=points,
                number=number,
                code=code,
                snapshot=snapshot,
                sha256=snapshots.sha256(snapshot),
            )
            changes = [("status", report.status, ReportStatus.ISSUED), ("number", "", number)]
            region, sums = report.region_id, {str(row): row.sha256 for row in report.files.all()}
            record.write(EventKind.REPORT, report, changes=changes, by=step.by, region=region, sha256=sums)
    except IntegrityError as error:
        message = _("“%(number)s” is the number of another report of the region. Write another one.")
        raise NumberTaken(message % {"number": number}) from error


def since_issue(report: AnnualReport) -> Outdated:
    """What of the issued report would be generated otherwise by now."""
    working = drafts.load(report)
    return outdated.of(working, outdated.gathered(working))


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
class PaperCheck:
    """A paper beside them: nothing makes it again."""

    row: ReportPaper
    is_there: bool
    is_unchanged: bool


@dataclass(frozen=True)
class Verification:
    snapshot_unchanged: bool
    files: tuple[FileCheck, ...]
    papers: tuple[PaperCheck, ...] = ()

    @property
    def all_agree(self) -> bool:
        """Nothing was touched, and this program makes the same files; another version of it need not."""
        rebuilt = all(check.is_rebuilt or not check.same_writer for check in self.files)
        unchanged = all(check.is_unchanged for check in self.files) and all(one.is_unchanged for one in self.papers)
        return self.snapshot_unchanged and unchanged and rebuilt


def verify(report: AnnualReport) -> Verification:
    """Hold an issued report's stored files against their hashes and against what its snapshot makes now."""
    is_whole = snapshots.sha256(report.snapshot) == report.sha256
    document = snapshots.load(report.snapshot)
    editions = {audience: for_audience(document, audience) for audience in Audience.values}
    made = tuple(_checked_file(row, editions[row.audience]) for row in report.files.all())
    beside = tuple(PaperCheck(row, *_read(row.file, row.sha256)) for row in report.papers.all())
    return Verification(is_whole, made, beside)


def _checked_file(row: ReportFile, document: Document) -> FileCheck:
    is_there, is_unchanged = _read(row.file, row.sha256)
    return FileCheck(
        row=row,
        is_there=is_there,
        is_unchanged=is_unchanged,
        is_rebuilt=snapshots.sha256(files.write(document, row.format)) == row.sha256,
        same_writer=files.writer_mark(row.format) == row.writer,
    )


def _read(file: FieldFile, sha256: str) -> tuple[bool, bool]:
    """Whether a stored file is there, and whether it is unchanged."""
    try:
        with file.open("rb") as content:
            return True, verification.digest(content) == sha256
    except FileNotFoundError:
        return False, False


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
