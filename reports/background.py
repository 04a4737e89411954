"""Long work of the reports that runs as jobs, see `sectors.jobs`: large exports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from reports.exports.choice import Export
from reports.exports.files import TooManyRows
from sectors import jobs
from sectors.jobs import Failed, Progress, Result
from sectors.models import User


@jobs.register("reports.export", atomic=False)
def export(progress: Progress, by: User, **arguments: Any) -> Result:
    choice = Export.of_job(by, **arguments)
    total = choice.count()
    if not total:  # what there was is gone meanwhile
        raise Failed(choice.nothing)
    with progress.new_file(choice.file_ending) as path:
        try:
            choice.write(path, lambda done: progress.step(done, total))
        except TooManyRows as error:
            raise Failed(str(error)) from error
    return Result(_("%(count)d rows.") % {"count": total}, file_name=f"{choice.title}.{choice.file_ending}")
