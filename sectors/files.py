"""Files that are kept beside the database: whole or not at all, and none where what was stored with it is undone."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage

PART = ".part"
FULL = {errno.ENOSPC, errno.EDQUOT}
_saved: ContextVar[list[str] | None] = ContextVar("saved files", default=None)


def is_full(error: BaseException) -> bool:
    """Whether the disk has no room."""
    return isinstance(error, OSError) and error.errno in FULL


class WholeFileStorage(FileSystemStorage):
    """Writes beside the file's place, onto the disk, and only then gives it its name."""

    def _save(self, name: str, content: Any) -> str:
        part = PurePosixPath(name).with_name(f".{secrets.token_hex(8)}{PART}").as_posix()
        try:
            super()._save(part, content)  # type: ignore[misc]
            with open(self.path(part), "rb") as file:  # noqa: PTH123 a descriptor is all that is wanted
                os.fsync(file.fileno())
            name = self.get_available_name(name)
            Path(self.path(part)).replace(self.path(name))
        except BaseException:
            Path(self.path(part)).unlink(missing_ok=True)
            raise
        if (names := _saved.get()) is not None:
            names.append(name)
        return name


@contextmanager
def undone_on_error() -> Iterator[None]:
    """Files that are saved inside are removed again where it raises. Stands inside of the transaction: where a commit
    breaks off nobody knows whether its rows are there, and what no row names is removed later (`remove_leftovers`)."""
    names: list[str] = []
    before = _saved.set(names)
    try:
        yield
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise
    finally:
        _saved.reset(before)
