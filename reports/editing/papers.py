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

from reports.access import may_edit
from reports.document import snapshots
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
    about = {"size": upload.size, "content_type": upload.content_type, "sha256": upload.sha256}
    return _keep(report, kind, upload.file, upload.name, by, **about)


def keep(
    report: AnnualReport, kind: PaperKind, content: bytes, name: str, content_type: str, *, by: User
) -> ReportPaper:
    """What this program wrote."""
    about = {"size": len(content), "content_type": content_type, "sha256": snapshots.sha256(content)}
    return _keep(report, kind, ContentFile(content), name, by, **about)


def _keep(
    report: AnnualReport, kind: PaperKind, file: File, name: str, by: User, *, size: int, content_type: str, sha256: str
) -> ReportPaper:
    row = ReportPaper(report=report, kind=kind, name=name, size=size, content_type=content_type, sha256=sha256, by=by)
    place = f"reports/{report.region.code}/{report.year}-{report.edition}-{kind}-{secrets.token_hex(8)}"
    row.file.save(place, file, save=False)
    try:
        row.save()
    except BaseException:
        row.file.storage.delete(row.file.name)
        raise
    return row


@transaction.atomic
def seal(*, report: AnnualReport, by: User, file: UploadedFile) -> ReportPaper:
    """Keep the stamped or signed PDF of an issued edition, once and for good.

    Raises PermissionDenied, WrongState for a draft or where there is one, ValidationError for a file that is no PDF.
    """
    if not may_edit(by, report):
        raise PermissionDenied
    upload = checked(file, ("pdf",))
    rows = AnnualReport.objects.select_for_update(of=("self",), no_key=True).without_texts().select_related("region")
    locked = rows.get(pk=report.pk)
    if locked.is_draft:
        raise WrongState(_("Only an issued edition has a sealed PDF."))
    if locked.papers.filter(kind=PaperKind.SEALED).exists():
        raise WrongState(
            _("This edition has its sealed PDF already. It is not replaced; a revised edition has its own.")
        )
    return keep_upload(locked, PaperKind.SEALED, upload, by=by)
