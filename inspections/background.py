"""Long work of the registry that runs as jobs, see `sectors.jobs`: large lists looked at, handed back and stored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections import listing, spreadsheets
from inspections import records as record_writer
from inspections.access import can_record
from inspections.registers import REGISTERS
from inspections.spreadsheets import Preview, Reading
from sectors import jobs
from sectors.guard import WrongState
from sectors.jobs import Failed, Progress, Result
from sectors.models import Department, User
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile


@jobs.register("inspections.look", atomic=False)
def preview(progress: Progress, by: User, *, register: str, stored: str, name: str) -> Result:
    """Read an uploaded list, and keep beside it what its person is to look at."""
    try:
        file = pending.own(stored, by, register)
    except BadFile as error:
        raise Failed(str(error)) from error
    found = Preview.of(REGISTERS[register], _read(progress, by, register, file))
    preview_path(file).write_text(json.dumps({"name": name, **found.as_json()}), encoding="utf-8")
    counts = {"good": found.good, "bad": found.bad_rows}
    message = _("Read: %(good)d records can be stored, %(bad)d rows have faults. Nothing is stored yet.") % counts
    return Result(message, link=f"{reverse(f'import-look-{register}')}?file={stored}")


@jobs.register("inspections.bring_in")
def import_list(progress: Progress, by: User, *, register: str, ticket: str, doubles: bool) -> Result:
    """Store the records of a list that its person has looked at."""
    file = _kept(ticket, by, register)
    reading = _read(progress, by, register, file)
    if reading.digest != file.digest:
        raise Failed(_("Records have changed since the preview. Nothing was stored; choose the file once more."))
    try:
        message = store(reading, by, doubles=doubles)
    except WrongState as error:
        raise Failed(str(error)) from error
    transaction.on_commit(lambda: drop(file))  # who takes this up again needs it
    return Result(message, link=reverse(register))


@jobs.register("inspections.export", atomic=False)
def export(progress: Progress, by: User, *, register: str, query: str) -> Result:
    """A long list as the address narrows it, as a file."""
    of = REGISTERS[register]
    rows = listing.read(of, QueryDict(query), by).rows
    count = rows.count()
    with progress.new_file("xlsx") as path, path.open("wb") as into:
        shutil.copyfileobj(spreadsheets.write(of, rows, lambda done: progress.step(done, count)), into)
    message = ngettext("%(count)d record.", "%(count)d records.", count) % {"count": count}
    return Result(message, file_name=f"{of.title}-{timezone.localdate():%Y%m%d}.xlsx")


@jobs.register("inspections.failed", atomic=False)
def export_failed(progress: Progress, by: User, *, register: str, ticket: str) -> Result:
    """The faulty rows of a list as a file."""
    file = _kept(ticket, by, register)
    reading = _read(progress, by, register, file)
    with progress.new_file("xlsx") as path, path.open("wb") as into, spreadsheets.write_failed(reading) as faulty:
        into.write(faulty.read())
    return Result(_("Mend the red cells and send the file as it is."), file_name=failed_name(file))


def store(reading: Reading, by: User, *, doubles: bool) -> str:
    """Store what a reading found good, and return a sentence about it. Raises WrongState."""
    records = reading.to_store(with_doubles=doubles)
    updated = record_writer.bulk_create(records, department=_department(by), by=by)
    stored = ngettext("%(count)d record stored.", "%(count)d records stored.", len(records)) % {"count": len(records)}
    cells = ngettext("%(count)d cell of an open sheet follows.", "%(count)d cells of open sheets follow.", updated)
    said = [stored]
    if linked := sum(getattr(one, "firm_id", None) is not None for one in records):
        named = ngettext("%(count)d names a firm of the register.", "%(count)d name firms of the register.", linked)
        said.append(named % {"count": linked})
    if updated:
        said.append(cells % {"count": updated})
    return " ".join(said)


def preview_path(file: pending.PendingFile) -> Path:
    return file.path.with_name(f"{file.path.name}.json")


def drop(file: pending.PendingFile) -> None:
    """A list that is stored is kept no longer, nor what was shown of it."""
    file.path.unlink(missing_ok=True)
    preview_path(file).unlink(missing_ok=True)


def failed_name(file: pending.PendingFile) -> str:
    return _("%(name)s (to be mended).xlsx") % {"name": file.name.rpartition(".")[0] or file.name}


def _kept(ticket: str, by: User, register: str) -> pending.PendingFile:
    try:
        return pending.find(ticket, by, register)
    except BadFile as error:
        raise Failed(str(error)) from error


def _read(progress: Progress, by: User, register: str, file: pending.PendingFile) -> Reading:
    department = _department(by)
    try:
        with file.path.open("rb") as source:
            return spreadsheets.read(REGISTERS[register], source, file.size, department, progress.step)
    except BadFile as error:
        raise Failed(str(error)) from error
    except FileNotFoundError as error:
        raise Failed(str(pending.gone())) from error


def _department(by: User) -> Department:
    if not can_record(by) or by.department is None:
        raise Failed(_("Only the clerk of a department records."))
    return by.department
