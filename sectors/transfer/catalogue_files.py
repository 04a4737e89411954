"""Catalogue files that somebody sent, or that come with the program, kept as one archive until they are loaded."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from sectors.spreadsheets.container import BadFile

MAX_FILES = 50
MAX_SIZE = 1024 * 1024  # bytes of all files together; the shipped ones have a seventh of it
LONGEST = 60  # characters of a name, which may have four bytes each, of the 255 that a file system takes
ENDINGS = (".yaml", ".yml")


def shipped() -> list[tuple[str, bytes]]:
    """Units, words of the registry and sectors; the region that is shipped as an example is left out."""
    folder = settings.BASE_DIR / "catalogue"
    paths = (folder / "units.yaml", folder / "registry.yaml", *sorted(folder.glob("sectors/*.yaml")))
    return [(path.name, path.read_bytes()) for path in paths]


def sent(files: Iterable[UploadedFile]) -> list[tuple[str, bytes]]:
    """Names and contents. Raises BadFile for what is no catalogue file; what they say is checked by the loader."""
    found: dict[str, bytes] = {}
    size = 0
    for file in files:
        name = Path(file.name or "").name
        size += file.size or 0
        if size > MAX_SIZE or len(found) == MAX_FILES:
            most = {"count": MAX_FILES, "size": MAX_SIZE // 1024**2}
            raise BadFile(_("At most %(count)d files of %(size)d MB together can be loaded at once.") % most)
        if not name.lower().endswith(ENDINGS):
            message = _("%(name)s is no catalogue file: these are text files whose names end in .yaml.")
            raise BadFile(message % {"name": name})
        if name in found:
            raise BadFile(_("Two of the files are called %(name)s. Choose one of them.") % {"name": name})
        found[name] = file.read()
    if not found:
        raise BadFile(_("Choose the catalogue files first."))
    return list(found.items())


def packed(files: Iterable[tuple[str, bytes]]) -> UploadedFile:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for number, (name, content) in enumerate(files):
            into.writestr(f"{number:03}/{Path(name).stem[:LONGEST]}{Path(name).suffix}", content)
    return SimpleUploadedFile("catalogue.zip", archive.getvalue())


class Unpacked(NamedTuple):
    folder: str
    paths: list[Path]

    @property
    def are_shipped(self) -> bool:
        return [path.read_bytes() for path in self.paths] == [content for _name, content in shipped()]

    def without_folder(self, text: object) -> str:
        """A sentence that names places in the files, with the files called as they were sent."""
        return re.sub(rf"{re.escape(self.folder)}/\d+/", "", str(text))


@contextmanager
def unpacked(archive: Path) -> Iterator[Unpacked]:
    """The files of an archive that `packed` made, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as kept:
        yield Unpacked(folder, [Path(kept.extract(name, folder)) for name in kept.namelist()])
