"""The only writer of drafts of sheets: begun, changed, discarded, put in force by the loader.

Two people may work at one draft: whoever changes it says as which version they saw it (`sectors.versions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit import record
from audit.vocabulary import EventKind
from sectors import versions
from sectors.access import can_make_sheets_of
from sectors.catalogue.changes import Changes
from sectors.catalogue.comparing import differences
from sectors.catalogue.draft_checks import in_force, reading
from sectors.catalogue.editing import SHEET, at, is_well_formed
from sectors.catalogue.loader import load_read
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.own_codes import region_of
from sectors.catalogue.yaml_files import as_yaml, ordered
from sectors.models import Region, Sheet, SheetDraft, User
from sectors.sql.catalogue import catalogue_version
from sectors.vocabulary import DraftStatus

HELD = ("specification", "status")  # what a version of a draft is about


class NotOpen(Exception):
    """The draft was put in force or discarded already."""


def begin_draft(user: User, specification: Mapping[str, Any]) -> SheetDraft:
    """A draft of the one sheet that the file of a sector (`writing`, `yaml_files.from_yaml`) has in it.

    It may say what is wrong: that is shown and mended in the draft. Raises ValueError unless it has the one sheet, with
    lists and mappings where the keys of a file have them, PermissionDenied where this person makes no such sheets.
    """
    if not is_well_formed(specification) or len(specification.get("sheets", [])) != 1:
        raise ValueError("a draft is the file of a sector with one sheet")
    region = _region(user, specification)
    number = str(at(specification, SHEET).get("number", ""))
    with transaction.atomic():
        new = SheetDraft(
            sheet=Sheet.objects.filter(number=number, sector__code=specification.get("sector", "")).first(),
            region=Region.objects.filter(code=region).first(),
            specification=dict(specification),
            base=in_force(specification),
            catalogue=catalogue_version(),
            begun_by=user,
            changed_by=user,
        )
        new.save(force_insert=True)
        record.write(EventKind.ADMINISTRATION, new, by=user, status=new.status)
    return new


def _region(user: User, specification: Mapping[str, Any]) -> str:
    """The code of the region whose own it is. Raises PermissionDenied where this person makes no such sheets."""
    region = str(specification.get("region", ""))
    if not can_make_sheets_of(user, region) or region_of(str(specification.get("sector", ""))) not in ("", region):
        raise PermissionDenied
    return region


def version(draft: SheetDraft) -> str:
    """Alike whatever order the database keeps the keys in."""
    held = SheetDraft(specification=ordered(draft.specification), status=draft.status)
    return versions.version_of(held, fields=HELD)


def change(draft: SheetDraft, specification: Mapping[str, Any], *, by: User, seen: str) -> SheetDraft:
    """Give it another specification. Raises versions.Conflict where somebody else changed it since, NotOpen where it is
    no draft any more, PermissionDenied for one of another region."""
    with transaction.atomic():
        there = _locked(draft, seen)
        if _region(by, specification) != str(there.specification.get("region", "")):
            raise PermissionDenied
        changes = [(line.where, line.before, line.after) for line in differences(there.specification, specification)]
        if as_yaml(there.specification) != as_yaml(specification):  # mappings are equal in any order
            there.specification = dict(specification)
            there.changed_by, there.changed_at = by, timezone.now()
            there.save(update_fields=["specification", "changed_by", "changed_at"])
            record.write(EventKind.ADMINISTRATION, there, by=by, changes=changes)
    return there


def discard(draft: SheetDraft, *, by: User, seen: str) -> None:
    with transaction.atomic():
        _close(_locked(draft, seen), DraftStatus.DISCARDED, by)


def put_in_force(draft: SheetDraft, *, by: User, seen: str, digest: str) -> Changes:
    """Load it as its preview showed it: `digest` is that of the dry run. Raises CatalogueError for what cannot be
    loaded, OtherChanges where it would do something else by now, and what `change` raises."""
    with transaction.atomic():
        there = _locked(draft, seen)
    _region(by, there.specification)
    read = reading(there.specification)
    if read.files is None:
        raise CatalogueError(read.found)
    changes = load_read(read.files, by=by.username, seen=digest)
    with transaction.atomic():
        there = SheetDraft.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
        if version(there) == seen:
            there.sheet = Sheet.objects.get(number=there.sheet_specification["number"])
            _close(there, DraftStatus.IN_FORCE, by)
        else:  # somebody went on with it meanwhile: that is a draft of what is in force now
            there.base = in_force(there.specification)
            there.save(update_fields=["base"])
            record.write(EventKind.ADMINISTRATION, there, by=by, status=there.status)
    return changes


def _locked(draft: SheetDraft, seen: str) -> SheetDraft:
    there = SheetDraft.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
    if there.status != DraftStatus.DRAFT:
        raise NotOpen
    if seen != version(there):
        raise versions.Conflict(there, version(there), (there.changed_by, there.changed_at))
    return there


def _close(there: SheetDraft, status: DraftStatus, by: User) -> None:
    there.status, there.changed_by, there.changed_at = status, by, timezone.now()
    there.save(update_fields=["sheet", "status", "changed_by", "changed_at"])
    record.write(EventKind.ADMINISTRATION, there, by=by, changes=[("status", DraftStatus.DRAFT, status)])
