"""Files that prove what a row says, a submission's figures or a record: the only writer of every `KeptFile`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import record
from audit.vocabulary import EventKind
from sectors.access import can_edit, may_enter
from sectors.evidence import uploads
from sectors.evidence.file_types import TYPES
from sectors.files import undone_on_error
from sectors.guard import WrongState, check_entry, lock
from sectors.models import KeptFile, Submission, User

MOST_FILES = 20


@dataclass
class Attached:
    """What became of an upload: good files are kept, and each bad one has a sentence."""

    stored: list[KeptFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FileList:
    """The files of a row as a page shows them; removed ones only to those who may bring them back."""

    kept: list[KeptFile]
    removed: list[KeptFile]
    may_change: bool

    @property
    def accept(self) -> str:
        """For the file field."""
        return ",".join(f".{extension}" for extension in TYPES)

    @property
    def types(self) -> str:
        return "、".join(TYPES)


class Attachments(ABC):
    """The files of one row, as one person lists and changes them.

    A subclass says of one kind of row where its files are, whose right it is to change them, and how it is locked.
    """

    too_many: ClassVar[Promise]  # the sentence for more than MOST_FILES; it may name `most` and `have`

    def __init__(self, by: User) -> None:
        self.by = by

    @property
    @abstractmethod
    def files(self) -> Any:
        """The related manager of the row's files."""

    @abstractmethod
    def has_right(self) -> bool:
        """Whether the person may change the row's files at all."""

    def may_change(self) -> bool:
        """Whether they may do so now."""
        return self.has_right()

    @abstractmethod
    def lock(self) -> None:
        """Keep the row from others until the transaction ends, and bring it up to date."""

    @abstractmethod
    def check_state(self) -> None:
        """Of the locked row. Raises WrongState where its files have to stay as they are."""

    def listed(self) -> FileList:
        """One query."""
        rows = list(self.files.select_related("by__department", "removed_by"))
        may_change = self.may_change()
        removed = [row for row in rows if row.removed_at and may_change]
        return FileList([row for row in rows if not row.removed_at], removed, may_change)

    def attach(self, files: Sequence[UploadedFile]) -> Attached:
        """Keep files as evidence; a bad one does not cost the others.

        Raises PermissionDenied, WrongState, and ValidationError when there are none or too many.
        """
        self._check_right()
        uploads.check_amount(files)
        done, checked = Attached(), []
        for file in files:  # before the lock: reading large files takes a while
            try:
                checked.append(uploads.check(file))
            except ValidationError as error:
                done.refused += error.messages
        with transaction.atomic(), undone_on_error():
            self._keep(checked, done)
        return done

    def _keep(self, checked: Sequence[uploads.CheckedUpload], done: Attached) -> None:
        names = self._locked_names()
        self._check_room(len(names), len(checked))
        for upload in checked:
            if upload.sha256 in names:
                done.refused.append(_duplicate_message(upload.name, names[upload.sha256]))
                continue
            names[upload.sha256] = upload.name
            done.stored.append(self.files.create(by=self.by, **vars(upload)))
        record.write_all(self._event(file, "attached") for file in done.stored)

    @transaction.atomic
    def remove(self, file: KeptFile) -> None:
        """Take a file away: it stays on record and can be brought back. Raises PermissionDenied, WrongState."""
        self._locked_names()
        gone = self.files.filter(pk=file.pk, removed_at__isnull=True)
        if not gone.update(removed_by=self.by, removed_at=timezone.now()):
            raise WrongState(_("“%(name)s” is removed already.") % {"name": file.name})
        record.write_all([self._event(file, "removed")])

    @transaction.atomic
    def restore(self, file: KeptFile) -> None:
        """Bring a removed file back. Raises PermissionDenied, WrongState, ValidationError when there is no room."""
        names = self._locked_names()
        if file.sha256 in names:
            raise WrongState(_duplicate_message(file.name, names[file.sha256]))
        self._check_room(len(names), 1)
        self.files.filter(pk=file.pk).update(removed_by=None, removed_at=None)
        record.write_all([self._event(file, "restored")])

    def _event(self, file: KeptFile, done: str) -> record.Happened:
        """What is in a file is not told, but which it is."""
        of, more = self.files.instance, {"done": done, "sha256": file.sha256, "size": file.size}
        more["of"] = f"{of._meta.label_lower} {of.pk}"
        return record.Happened(EventKind.FILE, file, file.name, by=self.by, region=of.region_id, more=more)

    def _check_right(self) -> None:
        if not self.has_right():
            raise PermissionDenied

    def _locked_names(self) -> dict[str, str]:
        """What lies there now, with the row locked: SHA-256 -> name."""
        self.lock()
        self._check_right()
        self.check_state()
        return dict(self.files.filter(removed_at__isnull=True).values_list("sha256", "name"))

    def _check_room(self, have: int, more: int) -> None:
        if have + more > MOST_FILES:
            raise ValidationError(str(self.too_many) % {"most": MOST_FILES, "have": have})


class SubmissionAttachments(Attachments):
    """Those of a submission (`department` fetched), which its clerk changes while it is with the department."""

    too_many = gettext_lazy(
        "A submission holds at most %(most)d files, and %(have)d are here. "
        "Remove some first, or put several into one .zip."
    )

    def __init__(self, submission: Submission, by: User) -> None:
        super().__init__(by)
        self.submission = submission

    @property
    def files(self) -> Any:
        return self.submission.attachments

    def has_right(self) -> bool:
        return may_enter(self.by, self.submission)

    def may_change(self) -> bool:
        return can_edit(self.by, self.submission)

    def lock(self) -> None:
        lock(self.submission)

    def check_state(self) -> None:
        check_entry(self.submission, self.by)


def _duplicate_message(name: str, other: str) -> str:
    return _("“%(name)s” is attached already, as “%(other)s”.") % {"name": name, "other": other}
