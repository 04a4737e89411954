"""What figures and words of past years have in common on their way in: accepted history, all or nothing."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from sectors.models import Submission
from sectors.sql.catalogue import catalogue_version
from sectors.vocabulary import SubmissionStatus


class HistoryFileError(Exception):
    """Files that cannot be loaded; `problems` names every bad line, nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def check_catalogue(version: uuid.UUID | None) -> None:
    """To be asked under the locks: files were read by this state of the catalogue. Raises HistoryFileError for another
    one, in which units may be others."""
    if catalogue_version() != version:
        text = _("The catalogue was changed while the files were read. Nothing was loaded: load them again.")
        raise HistoryFileError([text])


def is_theirs(submission: Submission | None) -> bool:
    """Not history: a department is working on it, or somebody once moved it."""
    if submission is None:
        return False
    moved = submission.transitions.filter(by__isnull=False)
    return submission.status != SubmissionStatus.ACCEPTED or moved.exists()


def in_their_hands(submission: Submission) -> str:
    message = _("%(submission)s is in the department's hands; only the department changes its figures.")
    return message % {"submission": submission}


def check_replaced(replaced: list[str], *, replace: bool) -> None:
    """Against overwriting what is accepted, unless it is asked for. Raises HistoryFileError with all of it."""
    if replaced and not replace:
        asked = _("The file has accepted values otherwise. Is it right, load it with --replace:")
        raise HistoryFileError([asked, *replaced])
