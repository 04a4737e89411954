"""Catalogue files that somebody sent, or that come with the program."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sectors.transfer import sent_files

MAX_SIZE = 1024 * 1024  # bytes of all files together; the shipped ones have a seventh of it
ENDINGS = (".yaml", ".yml")


def shipped() -> list[tuple[str, bytes]]:
    """Units, words of the registry and sectors; the region that is shipped as an example is left out."""
    folder = settings.BASE_DIR / "catalogue"
    paths = (folder / "units.yaml", folder / "registry.yaml", *sorted(folder.glob("sectors/*.yaml")))
    return [(path.name, path.read_bytes()) for path in paths]


def are_shipped(paths: Iterable[Path]) -> bool:
    return [path.read_bytes() for path in paths] == [content for _name, content in shipped()]


def sent(files: Iterable[UploadedFile]) -> list[tuple[str, bytes]]:
    """Names and contents. Raises BadFile for what is no catalogue file; what they say is checked by the loader."""
    other = _("%(name)s is no catalogue file: these are text files whose names end in .yaml.")
    return sent_files.sent(files, ENDINGS, most=MAX_SIZE, other=other, none=_("Choose the catalogue files first."))
