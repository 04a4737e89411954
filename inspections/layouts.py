"""The only writer of `ListLayout`: what a department said about the columns of another system's list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from audit import record
from audit.vocabulary import EventKind
from inspections.models import ListLayout
from sectors.models import Department, User

SAID = ("fields", "constants", "words")


def digest(heads: Sequence[str]) -> str:
    """Knows a list again by its heads, in their order."""
    return hashlib.sha256("\x1f".join(heads).encode()).hexdigest()


def found(department: Department, register: str, rows: Sequence[Sequence[str]]) -> dict[str, ListLayout]:
    """Of rows that may be heads, those that the department has said something about, by digest."""
    digests = {digest(heads) for heads in rows}
    of = ListLayout.objects.filter(department=department, register=register, digest__in=digests)
    return {layout.digest: layout for layout in of.select_related("by")}


@transaction.atomic
def save(
    register: str,
    heads: Sequence[str],
    *,
    fields: Mapping[str, str],
    constants: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    by: User,
) -> ListLayout:
    """What was said last counts, for all clerks of the department."""
    assert by.department is not None
    key: dict[str, Any] = {"department": by.department, "register": register, "digest": digest(heads)}
    before = ListLayout.objects.select_for_update(of=("self",), no_key=True).filter(**key).first()
    said: dict[str, Any] = {
        "fields": dict(fields),
        "constants": dict(constants),
        "words": {name: dict(of) for name, of in words.items() if of},
    }
    layout, _new = ListLayout.objects.update_or_create(defaults={**said, "by": by}, **key)
    changes = record.differences({name: getattr(before, name) for name in SAID} if before else {}, said)
    record.write(EventKind.RECORD, layout, changes=changes, by=by, region=by.department.region_id)
    return layout
