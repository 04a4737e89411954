"""The only writer of `Scheme`: files are loaded for a region's year, tried, and put in force by its office."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.access import decides
from assessment.models import Run, Scheme
from assessment.schemes.checks import Known, check
from assessment.schemes.reading import SchemeFile, read
from assessment.targets import holding
from assessment.vocabulary import SchemeState
from audit import record
from audit.vocabulary import EventKind
from sectors.catalogue import compiled
from sectors.catalogue.yaml_text import text_of_file
from sectors.guard import WrongState, lock_region
from sectors.models import Department, Region, User
from sectors.texts import plain


class NotInForce(ValueError):
    """Why a scheme cannot be put in force; the message says what to do."""


def known(region: Region, year: int) -> Known:
    """What a scheme of the region's year may name."""
    rows = [one for one in compiled.catalogue().of_region(year, region.pk) if not one.is_words]
    aimed = {one.code for one in rows if one.target is not None}
    own = {code for targets in holding([region.pk], [year]).values() for code in targets}
    return Known(
        year=year,
        indicators=frozenset(one.code for one in rows),
        aimed=frozenset(aimed | own),
        departments=frozenset(Department.objects.filter(region=region).values_list("code", flat=True)),
        reporting=frozenset(Department.objects.reporting(region).values_list("code", flat=True)),
        regions=frozenset(region.children.values_list("code", flat=True)),
    )


def checked(path: Path, region: Region, year: int) -> SchemeFile:
    """A file that may be loaded for the region's year. Raises CatalogueError with every problem by its line."""
    file = read(path)
    check(file, known(region, year))
    return file


def latest(region: Region, year: int, code: str) -> Scheme | None:
    return Scheme.objects.filter(region=region, year=year, code=code).order_by("-version").first()


@transaction.atomic
def load(*, region: Region, year: int, path: Path, by: User | None) -> tuple[Scheme, bool]:
    """The version of the file, and whether it is new: a file that says what the last version says is that version.
    Without `by` a command loads it. Raises CatalogueError or PermissionDenied; nothing is stored then."""
    region = lock_region(region)
    if by is not None and not decides(by, region):
        raise PermissionDenied
    specification, text = checked(path, region, year).specification, text_of_file(path)
    last = latest(region, year, specification.code)
    if last is not None and last.text == text:
        return last, False
    found = Scheme.objects.create(
        region=region,
        year=year,
        code=specification.code,
        name=specification.name,
        subjects=specification.subjects.value,
        version=last.version + 1 if last else 1,
        text=text,
        by=by,
    )
    record.write(EventKind.CATALOGUE, found, by=by, region=region.pk, version=found.version)
    return found, True


@transaction.atomic
def put_in_force(*, scheme: Scheme, reason: str, by: User) -> None:
    """From now on the year is assessed by it. Whoever replaces another one says why.

    Raises PermissionDenied, WrongState for one that is in force or replaced already, or NotInForce.
    """
    if not decides(by, lock_region(scheme.region)):
        raise PermissionDenied
    found = Scheme.objects.get(pk=scheme.pk)
    if found.state != SchemeState.LOADED:
        raise WrongState(_("This version is %(state)s already.") % {"state": found.get_state_display()})
    before = Scheme.objects.filter(
        region=found.region_id, year=found.year, subjects=found.subjects, state=SchemeState.IN_FORCE
    ).first()
    if Run.objects.filter(region=found.region_id, year=found.year, subjects_are=found.subjects).exists():
        message = _("The year is being assessed by %(scheme)s, version %(version)d: it is frozen with the year.")
        raise NotInForce(message % {"scheme": before or found, "version": before.version if before else 0})
    reason = plain(reason)
    if before and not any(map(str.isalnum, reason)):
        message = _("%(scheme)s, version %(version)d, is in force. Say why another one replaces it.")
        raise NotInForce(message % {"scheme": before, "version": before.version})
    if before:
        before.state = SchemeState.REPLACED
        before.save(update_fields=["state"])
    found.state, found.in_force_by, found.in_force_at = SchemeState.IN_FORCE, by, timezone.now()
    found.reason = reason
    found.save(update_fields=["state", "in_force_by", "in_force_at", "reason"])
    changes = [("in force", f"{before} {before.version}" if before else "", f"{found} {found.version}")]
    record.write(EventKind.CATALOGUE, found, changes=changes, by=by, region=found.region_id, reason=reason)
