"""What a backup holds, into a database that nobody has used yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from config import single_migrations
from config.backup import archives, rows
from config.migration_states import LazyExecutor


class Refused(ValueError):
    """Why nothing was restored, in words."""


@dataclass(frozen=True)
class Restored:
    rows: int
    files: int


def restore(archive: archives.Reader) -> Restored:
    """Raise Refused or BadArchive, and leave rows and files as they were.

    A database without tables gets those that the backup was made with, and keeps them when the rows are refused;
    `migrate` brings it up to date afterwards.
    """
    archive.verify()
    places = _places(archive)
    tables = _prepared(archive)
    with _files(archive, places), transaction.atomic(durable=True):
        rows.empty(tables)
        count = sum(_insert(archive, model) for model in tables)
        rows.continue_keys(tables)
    return Restored(count, len(places))


def _prepared(archive: archives.Reader) -> list[rows.Model]:
    """The tables of a database that is as the backup's was, and empty."""
    wanted = [(app, name) for app, name in archive.manifest["migrations"]]
    executor = LazyExecutor(connection)
    executor.loader = single_migrations.load(connection)
    if unknown := set(wanted) - set(executor.loader.disk_migrations):
        raise Refused(
            _("The backup was made by a later version (it has %(migration)s). Install that version first.")
            % {"migration": ".".join(min(unknown))}
        )
    applied = rows.applied()
    if not applied:
        executor.migrate(_last(wanted, executor))
    elif applied != sorted(wanted):
        raise Refused(
            _("The database has tables of another version than the backup. Restore into a database without tables.")
        )
    tables = rows.tables(wanted)
    if used := rows.used_tables(tables):
        raise Refused(_("The database is in use (%(tables)s has rows). Restore into a new one.") % {"tables": used[0]})
    return tables


def _last(wanted: list[rows.Migration], executor: LazyExecutor) -> list[rows.Migration]:
    """Those that none of the same app follows."""
    nodes = executor.loader.graph.node_map
    followed = {parent.key for key in wanted for parent in nodes[key].parents if parent.key[0] == key[0]}
    return [key for key in wanted if key not in followed]


def _insert(archive: archives.Reader, model: rows.Model) -> int:
    label = rows.label(model)
    table = archive.manifest["tables"].get(label)
    if table is None:
        raise archives.BadArchive(_("The backup is damaged: %(name)s lacks rows.") % {"name": label})
    count = rows.insert(model, table["columns"], archive.lines(f"rows/{label}.jsonl"))
    if count != table["rows"]:
        raise archives.BadArchive(_("The backup is damaged: %(name)s lacks rows.") % {"name": label})
    return count


def _places(archive: archives.Reader) -> dict[str, Path]:
    """Where each file of the backup goes. Raises Refused where another stands there."""
    root = Path(settings.MEDIA_ROOT)
    places = {name: root / path for name, path in archive.files("media")}
    for path in places.values():
        if path.exists():
            raise Refused(
                _("%(path)s is there already. Restore into a folder without files, see DATA_DIR.") % {"path": path}
            )
    return places


@contextmanager
def _files(archive: archives.Reader, places: dict[str, Path]) -> Iterator[None]:
    """Write the files, and take them away again when what follows fails."""
    try:
        for name, path in places.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.writelines(archive.pieces(name))
        yield
    except BaseException:
        for path in places.values():
            path.unlink(missing_ok=True)
        raise
