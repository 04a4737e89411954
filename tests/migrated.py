"""A migrated SQLite database, kept between runs: to migrate one anew takes half a minute.

Its name says what it was made of. Whoever changes a migration gets another one, and those that nobody asks for any more
are removed.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.sqlite3.creation import DatabaseCreation

BASE_DIR = Path(__file__).resolve().parent.parent
MADE_OF = ["*/migrations/*.py", "*/triggers.py", "requirements.txt"]

create_empty: Callable[..., str] = DatabaseCreation._create_test_db  # type: ignore[attr-defined]


def create_test_db(self: DatabaseCreation, *args: Any, **kwargs: Any) -> str:
    """Django's, with the kept database in the place of an empty one. `migrate` then finds what is done already."""
    name = create_empty(self, *args, **kwargs)
    if kept().exists():
        shutil.copyfile(kept(), name)
    return name


def keep() -> None:
    """Keeps the database of this run, if it is SQLite's and none is kept. To be called before anything is written."""
    if connection.vendor != "sqlite" or kept().exists():
        return
    connection.ensure_connection()
    part = kept().with_suffix(f".{os.getpid()}")
    copy = sqlite3.connect(part)
    connection.connection.backup(copy)
    copy.close()
    for other in part.parent.glob("migrated-*.sqlite3"):
        other.unlink(missing_ok=True)
    part.replace(kept())


def kept() -> Path:
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.relative_to(BASE_DIR).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return Path(settings.DATA_DIR) / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def _files() -> Iterator[Path]:
    for pattern in MADE_OF:
        yield from sorted(BASE_DIR.glob(pattern))
