"""Files that prove what a record says: the only writer of `RecordFile`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.access import may_write
from inspections.models import Record, RecordFile
from sectors.evidence import uploads
from sectors.evidence.file_types import TYPES
from sectors.evidence.uploads import Judged, Unfit
from sectors.models import User

MOST_FILES = 20


@dataclass(frozen=True)
class Files:
    """The files of a record as its page shows them; removed ones only to those who may bring them back."""

    kept: list[RecordFile]
    removed: list[RecordFile]
    may_change: bool

    @property
    def accept(self) -> str:
        """For the file field."""
        return ",".join(f".{end}" for end in TYPES)

    @property
    def types(self) -> str:
        return "、".join(TYPES)


def files_of(record: Record, *, by: User) -> Files:
    rows = list(record.files.select_related("by", "removed_by"))
    may_change = may_write(by, record)
    return Files([f for f in rows if not f.removed_at], [f for f in rows if f.removed_at and may_change], may_change)


def attach(*, record: Record, files: Sequence[UploadedFile], by: User) -> list[str]:
    """Keep the good files; returns a sentence for each of the others. Raises PermissionDenied, Unfit."""
    if not may_write(by, record):
        raise PermissionDenied
    uploads.check_amount(files)
    refused, judged = [], []
    for file in files:
        try:
            judged.append(uploads.judge(file))
        except Unfit as error:
            refused.append(str(error))
    return refused + _keep(record, judged, by)


@transaction.atomic
def _keep(record: Record, judged: Sequence[Judged], by: User) -> list[str]:
    type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    names = _names(record)
    _check_room(len(names) + len(judged))
    refused = []
    for found in judged:
        if found.sha256 in names:
            refused.append(_there_already(found.name, names[found.sha256]))
            continue
        names[found.sha256] = found.name
        RecordFile.objects.create(
            record_type=ContentType.objects.get_for_model(record),
            record_id=record.pk,
            file=found.file,
            name=found.name,
            size=found.size,
            content_type=found.content_type,
            sha256=found.sha256,
            by=by,
        )
    return refused


@transaction.atomic
def remove(*, record: Record, file: RecordFile, by: User) -> None:
    """Take a file away: it stays on record and can be brought back. Raises PermissionDenied."""
    if not may_write(by, record):
        raise PermissionDenied
    gone = RecordFile.objects.filter(pk=file.pk, removed_at__isnull=True)
    gone.update(removed_by=by, removed_at=timezone.now())


@transaction.atomic
def restore(*, record: Record, file: RecordFile, by: User) -> None:
    """Bring a removed file back. Raises PermissionDenied, and Unfit when there is no room for it."""
    if not may_write(by, record):
        raise PermissionDenied
    names = _names(record)
    if file.sha256 in names:
        raise Unfit(_there_already(file.name, names[file.sha256]))
    _check_room(len(names) + 1)
    RecordFile.objects.filter(pk=file.pk).update(removed_by=None, removed_at=None)


def _names(record: Record) -> dict[str, str]:
    return dict(record.files.filter(removed_at__isnull=True).values_list("sha256", "name"))


def _check_room(wanted: int) -> None:
    if wanted > MOST_FILES:
        message = _("A record holds at most %(most)d files. Remove some first, or put several into one .zip.")
        raise Unfit(message % {"most": MOST_FILES})


def _there_already(name: str, other: str) -> str:
    return _("“%(name)s” is attached already, as “%(other)s”.") % {"name": name, "other": other}
