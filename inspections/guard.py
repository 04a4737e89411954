"""Whether a record may still be changed, asked by all that write to one."""

from __future__ import annotations

from typing import TypeVar

from django.utils.translation import gettext as _

from inspections.models import Record
from sectors.guard import WrongState

AnyRecord = TypeVar("AnyRecord", bound=Record)


def lock(record: AnyRecord) -> AnyRecord:
    """The record as it is now, kept from others until the transaction ends. Raises WrongState when it is gone."""
    rows = type(record).objects.select_for_update(of=("self",)).select_related("sector", "department")
    found: AnyRecord | None = rows.filter(pk=record.pk).first()
    if found is None:
        raise WrongState(_("Somebody has deleted this record in the meantime. What is typed here is not stored."))
    return found
