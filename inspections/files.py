"""The files of a record: whose right it is to change them, and how the record is locked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inspections.access import may_write
from inspections.guard import lock
from inspections.models import Record
from sectors.evidence.attachments import Attachments
from sectors.models import User


class RecordAttachments(Attachments):
    too_many = _("A record holds at most %(most)d files. Remove some first, or put several into one .zip.")

    def __init__(self, record: Record, by: User) -> None:
        super().__init__(by)
        self.record = record

    @property
    def files(self) -> Any:
        return self.record.files

    def has_right(self) -> bool:
        return may_write(self.by, self.record)

    def lock(self) -> None:
        self.record = lock(self.record)

    def check_state(self) -> None:
        """Files of a record may change at any time."""
