"""Files that somebody sent together, kept as one archive between their preview and the confirmation."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from sectors.spreadsheets.container import BadFile

MAX_FILES = 50
MEGABYTE = 1024 * 1024
LONGEST = 60  # characters of a name, which may have four bytes each, of the 255 that a file system takes


def sent(
    files: Iterable[UploadedFile], endings: tuple[str, ...], *, most: int, other: str, none: str
) -> list[tuple[str, bytes]]:
    """Names and contents of files of some kinds, of at most `most` bytes together; what they say is checked by whoever
    reads them. Raises BadFile; `other` is its sentence about a file of another kind (%(name)s), `none` without one."""
    found: dict[str, bytes] = {}
    size = 0
    for file in files:
        name = Path(file.name or "").name
        size += file.size or 0
        if size > most or len(found) == MAX_FILES:
            limits = {"count": MAX_FILES, "size": most // MEGABYTE}
            raise BadFile(_("At most %(count)d files of %(size)d MB together can be loaded at once.") % limits)
        if not name.lower().endswith(endings):
            raise BadFile(other % {"name": name})
        if name in found:
            raise BadFile(_("Two of the files are called %(name)s. Choose one of them.") % {"name": name})
        found[name] = file.read()
    if not found:
        raise BadFile(none)
    return list(found.items())


def packed(files: Iterable[tuple[str, bytes]]) -> UploadedFile:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for number, (name, content) in enumerate(files):
            into.writestr(f"{number:03}/{Path(name).stem[:LONGEST]}{Path(name).suffix}", content)
    return SimpleUploadedFile("files.zip", archive.getvalue())


class Unpacked(NamedTuple):
    folder: str
    paths: list[Path]

    def without_folder(self, text: object) -> str:
        """A sentence that names places in the files, with the files called as they were sent."""
        return re.sub(rf"{re.escape(self.folder)}/\d+/", "", str(text))


@contextmanager
def unpacked(archive: Path) -> Iterator[Unpacked]:
    """The files of an archive that `packed` made, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as kept:
        yield Unpacked(folder, [Path(kept.extract(name, folder)) for name in kept.namelist()])
