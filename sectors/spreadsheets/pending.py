"""Uploaded files between their preview and the confirmation: outside the web root, under names nobody can guess.

What is stored at last is read from the file again, never from what the browser sends back.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sectors.models import User
from sectors.spreadsheets.container import BadFile, unpacked_size

SALT = "sectors.spreadsheets.pending"
LIFE = 2 * 60 * 60  # seconds


@dataclass(frozen=True)
class PendingFile:
    path: Path
    name: str  # as the person called the file
    digest: str  # of what they were shown, see `Preview.digest`

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def unpacked(self) -> int:
        """Bytes that are to be read. Raises BadFile."""
        with self.path.open("rb") as source:
            return unpacked_size(source, self.size)


def keep(file: UploadedFile, user: User, about: str) -> str:
    """Store the file and return the name to ask for it; `about` says what it is to be brought into."""
    into_folder = folder()
    into_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(into_folder.iterdir())
    path = into_folder / f"{user.pk}-{about}-{secrets.token_hex(16)}"
    path.touch(mode=0o600)
    try:
        with path.open("wb") as into:
            for chunk in file.chunks():
                into.write(chunk)
    except OSError:  # a full disk: half of a file is of no use to anybody
        path.unlink(missing_ok=True)
        raise
    return path.name


def ticket(stored: str, name: str, digest: str, user: User, about: str) -> str:
    """What the browser holds meanwhile: signed, for this person and this purpose."""
    return signing.dumps([user.pk, about, stored, name, digest], salt=SALT)


def find(signed: str, user: User, about: str) -> PendingFile:
    """The file of a ticket. Raises BadFile for one that is forged, another's, too old or used already."""
    try:
        user_pk, purpose, stored, name, digest = signing.loads(signed, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        raise gone() from None
    kept = PendingFile(folder() / stored, name, digest)
    if (user_pk, purpose) != (user.pk, about) or not kept.path.is_file():
        raise gone()
    return kept


def own(stored: str, user: User, about: str) -> PendingFile:
    """The file of a name that `keep` gave this person for this purpose. Raises BadFile."""
    if not re.fullmatch(f"{user.pk}-{re.escape(about)}-[0-9a-f]{{32}}", stored):
        raise gone()
    kept = PendingFile(folder() / stored, "", "")
    if not kept.path.is_file():
        raise gone()
    return kept


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def gone() -> BadFile:
    return BadFile(_("The uploaded file is no longer kept. Nothing was imported; choose the file again."))


def _sweep(paths: Iterable[Path]) -> None:
    """Nobody comes back to a file whose ticket has run out."""
    for path in paths:
        if path.is_file() and time.time() - path.stat().st_mtime > LIFE:
            path.unlink(missing_ok=True)
