"""Uploaded files between their preview and the confirmation: outside the web root, under names nobody can guess.

What is stored at last is read from the file again, never from what the browser sends back.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sectors.models import Submission, User

from .container import BadFile
from .upload import Upload

SALT = "sectors.spreadsheets.kept"
LIFE = 2 * 60 * 60  # seconds


@dataclass(frozen=True)
class Kept:
    path: Path
    name: str  # as the person called the file
    digest: str  # of what they were shown, see `Upload.digest`
    changes: int  # how many that were

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def keep(file: UploadedFile, user: User, submission: Submission) -> str:
    """Store the file and return the name to ask for it."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder.iterdir())
    path = folder / f"{user.pk}-{submission.pk}-{secrets.token_hex(16)}"
    path.touch(mode=0o600)
    with path.open("wb") as into:
        for chunk in file.chunks():
            into.write(chunk)
    return path.name


def ticket(stored: str, name: str, found: Upload, user: User, submission: Submission) -> str:
    """What the browser holds meanwhile: signed, for this person and this submission."""
    changes = len(found.changes) + len(found.conflicts)
    return signing.dumps([user.pk, submission.pk, stored, name, found.digest, changes], salt=SALT)


def find(signed: str, user: User, submission: Submission) -> Kept:
    """The file of a ticket. Raises BadFile for one that is forged, another's, too old or used already."""
    try:
        user_pk, submission_pk, stored, name, digest, changes = signing.loads(signed, salt=SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError):
        raise _gone() from None
    kept = Kept(_folder() / stored, name, digest, changes)
    if (user_pk, submission_pk) != (user.pk, submission.pk) or not kept.path.is_file():
        raise _gone()
    return kept


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def _gone() -> BadFile:
    return BadFile(_("The uploaded file is no longer kept. Nothing was imported; choose the file again."))


def _sweep(paths: Iterable[Path]) -> None:
    """Nobody comes back to a file whose ticket has run out."""
    for path in paths:
        if path.is_file() and time.time() - path.stat().st_mtime > LIFE:
            path.unlink(missing_ok=True)
