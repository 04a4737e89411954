"""A backup of the database and of the files, as one archive."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.backup import archives, rows

# Results of long work, and files between their preview and the confirmation: made again by whoever wants them.
PASSING = {"jobs", "uploads"}
NAME = "zhibao-%Y%m%d-%H%M%S.zip"
NAMES = "zhibao-????????-??????.zip*"


@dataclass(frozen=True)
class Made:
    path: Path
    rows: int
    files: int
    missing: list[str]  # files that rows name and that are not there


def make(folder: Path, recipient: str = "") -> Made:
    """Write an archive into the folder, encrypted for the recipient's key.

    Rows are of one moment, files are read after them: one that was attached meanwhile is there without its row, which
    does no harm. Raises BadKey, and OSError where the disk is full; nothing is left behind then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = timezone.localtime()
    path = folder / (made.strftime(NAME) + (archives.ENCRYPTED if recipient else ""))
    with archives.written(path, recipient) as file, archives.Writer(file) as writer:
        tables, migrations, named = _add_rows(writer)
        files = _add_files(writer, folder)
        writer.finish(
            {
                "made": made.isoformat(),
                "database": connection.vendor,
                "migrations": migrations,
                "tables": tables,
            }
        )
    return Made(path, sum(table["rows"] for table in tables.values()), len(files), sorted(named - files))


def remove_old(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` archives of the folder; returns those removed."""
    old = sorted(folder.glob(NAMES), reverse=True)[keep:]
    for path in old:
        path.unlink()
    return old


def _add_rows(writer: archives.Writer) -> tuple[dict[str, dict], list[rows.Migration], set[str]]:
    tables, named = {}, set()
    with rows.snapshot():
        migrations = rows.applied()
        for model in rows.tables(migrations):
            count = 0

            def pieces(model: rows.Model = model) -> Iterator[bytes]:
                nonlocal count
                for line, files in rows.lines(model):
                    count += 1
                    named.update(files)
                    yield line.encode()

            label = rows.label(model)
            writer.add(f"rows/{label}.jsonl", pieces())
            tables[label] = {"columns": rows.columns(model), "rows": count}
    return tables, migrations, named


def _add_files(writer: archives.Writer, folder: Path) -> set[str]:
    """The paths below MEDIA_ROOT that were added; a folder of backups among them is none of them."""
    found = set()
    root = Path(settings.MEDIA_ROOT).resolve()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if name.parts[0] in PASSING or not path.is_file() or path.is_relative_to(folder.resolve()):
            continue
        try:
            with path.open("rb") as file:
                writer.add(f"media/{name.as_posix()}", iter(lambda: file.read(archives.PIECE), b""), is_compressed=True)
        except FileNotFoundError:  # removed meanwhile
            continue
        found.add(name.as_posix())
    return found
