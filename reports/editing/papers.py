"""What is kept beside a report's own files: its approval sheet, the scan of one that was signed on paper, a sealed PDF.
The only writer of `ReportPaper`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_edit
from reports.document import snapshots
from reports.editing import verification
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, ReportPaper
from reports.vocabulary import PaperKind
from sectors.evidence import uploads
from sectors.evidence.file_types import extension_of
from sectors.evidence.uploads import CheckedUpload
from sectors.models import User


def checked(file: UploadedFile, endings: Collection[str]) -> CheckedUpload:
    """A file of one of these types that is one inside. Raises ValidationError."""
    if extension_of(file.name or "") not in endings:
        message = _("Choose a file of one of these types: %(types)s.")
        raise ValidationError(message % {"types": "、".join(endings)})
    return uploads.check(file)


def keep_upload(report: AnnualReport, kind: PaperKind, upload: CheckedUpload, *, by: User) -> ReportPaper:
    row = ReportPaper(report=report, kind=kind, name=upload.name, content_type=upload.content_type, by=by)
    row.size, row.sha256 = upload.size, upload.sha256
    return _store(row, upload.file)


def keep(
    report: AnnualReport, kind: PaperKind, content: bytes, name: str, content_type: str, *, by: User
) -> ReportPaper:
    """What this program wrote."""
    row = ReportPaper(report=report, kind=kind, name=name, content_type=content_type, by=by)
    row.size, row.sha256 = len(content), snapshots.sha256(content)
    return _store(row, ContentFile(content))


def _store(row: ReportPaper, file: File) -> ReportPaper:
    report = row.report
    place = f"reports/{report.region.code}/{report.year}-{report.edition}-{row.kind}-{secrets.token_hex(8)}"
    row.file.save(place, file, save=False)
    try:
        with transaction.atomic():
            row.save()
            told = {"done": "attached", "sha256": row.sha256, "size": row.size, "of": str(report)}
            record.write(EventKind.FILE, row, name=row.name, by=row.by, region=report.region_id, **told)
    except BaseException:
        row.file.storage.delete(str(row.file.name))
        raise
    return row


@transaction.atomic
def seal(*, report: AnnualReport, by: User, file: UploadedFile) -> ReportPaper:
    """Keep the stamped or signed PDF of an issued edition, once and for good.

    Raises PermissionDenied, WrongState for a draft or where there is one, ValidationError for a file that is no PDF or
    was issued or kept already: it has no seal, or that of another edition.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    upload = checked(file, ("pdf",))
    if kept := verification.find(upload.sha256):
        message = _(
            "This very file is kept already (%(what)s). Choose the stamped scan or the signed PDF of this edition."
        )
        raise ValidationError(message % {"what": kept.what})
    rows = AnnualReport.objects.select_for_update(of=("self",), no_key=True).without_texts().select_related("region")
    locked = rows.get(pk=report.pk)
    if locked.is_draft:
        raise WrongState(_("Only an issued edition has a sealed PDF."))
    if locked.papers.filter(kind=PaperKind.SEALED).exists():
        raise WrongState(
            _("This edition has its sealed PDF already. It is not replaced; a revised edition has its own.")
        )
    return keep_upload(locked, PaperKind.SEALED, upload, by=by)
