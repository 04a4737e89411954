"""The archive of a backup: a zip with the rows of each table, the files, and a list of it all with checksums.

    manifest.json              {"format": 1, "made": time, "database": vendor, "migrations": [[app, name]],
                                "tables": {label: {"columns": [...], "rows": n}}, "entries": {name: {"sha256", "size"}}}
    rows/<app>.<model>.jsonl   a row a line, values in the order of "columns"
    media/<path>               a file of MEDIA_ROOT

With a key the whole is a file of age (https://age-encryption.org), which `age --decrypt` opens as well.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

import pyrage
from django.utils.translation import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
CONTENT = {"format", "migrations", "tables", "entries"}  # what has to stand in it
PIECE = 1024 * 1024  # bytes
# What zipfile raises of a damaged archive; the last two where a bit names another method or asks for a password.
UNREADABLE = (KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
ENCRYPTED = ".age"


class BadArchive(ValueError):
    """What is wrong with it, in words."""


class BadKey(ValueError):
    """What is wrong with it, in words."""


class Writer:
    """Puts entries into an archive, and notes down their checksums."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.entries: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> None:
        with nullcontext() if kind is None else suppress(OSError):  # the disk is as full as it was
            self._zip.close()

    def add(self, name: str, pieces: Iterable[bytes], *, is_compressed: bool = False) -> None:
        """`is_compressed`: such as most files that people attach, for which there is nothing to win."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                size += len(piece)
        self.entries[name] = {"sha256": digest.hexdigest(), "size": size}

    def finish(self, manifest: dict[str, Any]) -> None:
        text = json.dumps({"format": FORMAT, **manifest, "entries": self.entries}, ensure_ascii=False, indent=1)
        self._zip.writestr(MANIFEST, text)


class Reader:
    """An archive that has every entry that its list names, as it was written."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            self.manifest = json.loads(self._zip.read(MANIFEST))
        except (*UNREADABLE, ValueError) as error:
            raise BadArchive(_("This is no backup of Zhibao, or it is damaged.")) from error
        if not isinstance(self.manifest, dict) or not self.manifest.keys() >= CONTENT:
            raise BadArchive(_("This is no backup of Zhibao, or it is damaged."))
        if self.manifest["format"] != FORMAT:
            raise BadArchive(_("This backup was made by a later version. Install that version first."))

    def verify(self) -> None:
        """Raise BadArchive where an entry is missing or is not what was written."""
        for name, noted in self.manifest["entries"].items():
            digest = hashlib.sha256()
            try:
                for piece in self.pieces(name):
                    digest.update(piece)
            except UNREADABLE as error:
                raise BadArchive(_("The backup is damaged: %(name)s cannot be read.") % {"name": name}) from error
            if digest.hexdigest() != noted["sha256"]:
                raise BadArchive(_("The backup is damaged: %(name)s is not what was written.") % {"name": name})

    def pieces(self, name: str) -> Iterator[bytes]:
        with self._zip.open(name) as entry:
            while piece := entry.read(PIECE):
                yield piece

    def lines(self, name: str) -> Iterator[str]:
        with self._zip.open(name) as entry:
            for line in entry:
                yield line.decode()

    def files(self, folder: str) -> Iterator[tuple[str, PurePosixPath]]:
        """The entries below a folder, and their paths in it."""
        for name in self.manifest["entries"]:
            path = PurePosixPath(name)
            if path.parts[0] != folder:
                continue
            if path.is_absolute() or ".." in path.parts:
                raise BadArchive(_("The backup names a file outside of its folder: %(name)s.") % {"name": name})
            yield name, path.relative_to(folder)


@contextmanager
def written(target: Path, recipient: str) -> Iterator[IO[bytes]]:
    """A file to write an archive to; it stands at `target` once it is whole, encrypted where there is a recipient."""
    key = _recipient(recipient) if recipient else None
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        with _private(part) as file:
            if key is None:
                yield file
            else:
                with tempfile.TemporaryFile(dir=target.parent) as plain:  # without a name: gone with the process
                    yield plain
                    plain.seek(0)
                    pyrage.encrypt_io(plain, file, [key])
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, identity: Path | None) -> Iterator[Reader]:
    """An archive for reading, decrypted with the key in the file `identity`."""
    with tempfile.TemporaryFile() as plain, path.open("rb") as file:
        if path.suffix == ENCRYPTED:
            if identity is None:
                raise BadKey(_("This backup is encrypted. Name the file with its key by --key."))
            try:
                pyrage.decrypt_io(file, plain, [_identity(identity)])
            except pyrage.DecryptError as error:
                raise BadKey(_("This key does not open this backup.")) from error
        else:
            shutil.copyfileobj(file, plain)
        plain.seek(0)
        yield Reader(plain)


def new_key(path: Path) -> str:
    """Write a new key to a file that nobody else may read; returns what to encrypt with."""
    identity = pyrage.x25519.Identity.generate()
    with _private(path) as file:
        file.write(f"# {identity.to_public()}\n{identity}\n".encode())
    return str(identity.to_public())


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BadKey(_("BACKUP_KEY is no public key of age; it begins with age1.")) from error


def _identity(path: Path) -> Any:
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            with suppress(pyrage.IdentityError):
                return pyrage.x25519.Identity.from_str(line.strip())
    raise BadKey(_("%(path)s has no key of age; one begins with AGE-SECRET-KEY-1.") % {"path": path})


def _private(path: Path) -> IO[bytes]:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
