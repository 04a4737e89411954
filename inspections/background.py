"""Long work of the registry that runs as jobs, see `sectors.jobs`."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections import recording, spreadsheets
from inspections.access import can_record
from inspections.registers import REGISTERS
from sectors import jobs
from sectors.jobs import Failed, Progress, Result
from sectors.models import User


@jobs.register("inspections.bring_in")
def bring_in(progress: Progress, by: User, *, register: str, file: str) -> Result:
    """Store the records of an uploaded list that its person has looked at; `file` is where it lies in the storage."""
    if not can_record(by) or by.department is None:
        raise Failed(_("Only the clerk of a department records."))
    if not default_storage.exists(file):
        raise Failed(_("The uploaded file is no longer kept. Nothing was imported; choose the file again."))
    with default_storage.open(file) as source:
        reading = spreadsheets.read(REGISTERS[register], source, by.department)
    if reading.problem:
        raise Failed(reading.problem)
    count = len(reading.records)
    progress.step(0, count)
    followed = recording.bring_in(reading.records, department=by.department, by=by)
    progress.step(count, count)
    transaction.on_commit(lambda: default_storage.delete(file))  # who takes this up again needs it
    stored = ngettext("%(count)d record stored.", "%(count)d records stored.", count) % {"count": count}
    cells = ngettext("%(count)d cell of an open sheet follows.", "%(count)d cells of open sheets follow.", followed)
    return Result(f"{stored} {cells % {'count': followed}}" if followed else stored, link=reverse(register))
