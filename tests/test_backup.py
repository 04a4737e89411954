"""Backups are restored to the last byte, on either database, and nothing else is taken for one."""

import contextlib
import json
import os
import random
import re
import resource
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from audit import chain
from config.backup import archives, making, rows
from sectors.models import Attachment, Department, Region, Submission
from tests import base

MANAGE = Path(settings.BASE_DIR) / "manage.py"
IS_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
WORDS = "“特克斯县”\\\n🌾 1½ 余"


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture
def filled(transactional_db, shipped_year_rows, media):
    """The county with all its figures, and a file of evidence."""
    shipped_year_rows.copy()
    region = base.shipped_county()
    place = default_storage.save("submissions/甲/证明.pdf", ContentFile(b"%PDF-1.7 \x00\xff" * 1000))
    Attachment.objects.create(
        submission=Submission.objects.earliest("pk"),
        file=place,
        name=WORDS,
        size=12000,
        by=base.user("clerk", Department.objects.first()),
    )
    default_storage.save("jobs/passing.xlsx", ContentFile(b"x"))
    return region


def run(*arguments, database, data, **kwargs):
    """A command of ours on another database and data folder, as on another server."""
    environment = {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(data), "SECRET_KEY": "x", "DEBUG": "0"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    environment.pop("BACKUP_DIR", None)
    command = [sys.executable, str(MANAGE), *map(str, arguments)]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True, **kwargs)


@contextlib.contextmanager
def new_postgres():
    """The address of a database without tables, on the server of the tests."""
    name = f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    own = connection.settings_dict
    try:
        yield f"postgresql://{own['USER']}:{own['PASSWORD']}@/{name}?host={own['HOST']}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def new_database(tmp_path):
    if IS_POSTGRES:
        with new_postgres() as address:
            yield address
    else:
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"


def rows_of(tables, address=None):
    """All rows of the tables as the driver hands them out, of the tests' database or of another of its kind."""
    own = connection if address is None else connection.copy()
    if address is not None:
        is_file = address.startswith("sqlite")
        own.settings_dict["NAME"] = address.removeprefix("sqlite:///") if is_file else urlsplit(address).path[1:]
    with own.cursor() as cursor:
        found = {table: sorted(map(repr, everything(cursor, table))) for table in tables}
    if address is not None:
        own.close()
    return found


def everything(cursor, table):
    """With the columns by their names: their order depends on how the tables were made."""
    cursor.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    order = sorted(range(len(names)), key=names.__getitem__)
    return [tuple(row[place] for place in order) for row in cursor.fetchall()]


def added_to(before, after):
    """The rows that are new, by table; none may be gone or changed."""
    assert {
        table: set(found) - set(after[table]) for table, found in before.items() if set(found) - set(after[table])
    } == {}
    new = {table: sorted(set(found) - set(before[table])) for table, found in after.items()}
    return {table: found for table, found in new.items() if found}


def test_a_backup_is_restored_to_the_last_byte(filled, folder, tmp_path):
    linked = chain.seal(everything=True)
    made = making.make(folder)
    tables = [model._meta.db_table for model in rows.tables(rows.applied())]
    before = rows_of(tables)
    assert sum(map(len, before.values())) == made.rows > 1500
    with new_database(tmp_path) as address:
        restored = run("restore", made.path, database=address, data=tmp_path / "data")
        assert restored.returncode == 0, restored.stderr
        new = added_to(before, rows_of(tables, address))
        assert {table: len(found) for table, found in new.items()} == {"audit_event": 1}  # that it was restored
        assert "restored" in new["audit_event"][0]
        verified = run("verify_audit", database=address, data=tmp_path / "data")
        assert (verified.returncode, str(linked + 1) in verified.stdout) == (0, True), verified.stderr
        added = run("shell", "--no-imports", "-c", ADD_A_REGION, database=address, data=tmp_path / "data")
        assert added.stdout.strip() == str(Region.objects.latest("pk").pk + 1), added.stderr
    (kept,) = (tmp_path / "data" / "media").rglob("*.pdf")
    assert kept.read_bytes() == b"%PDF-1.7 \x00\xff" * 1000
    assert not (tmp_path / "data" / "media" / "jobs").exists()
    assert made.missing == []
    assert made.path.stat().st_mode & 0o077 == 0


ADD_A_REGION = "from sectors.models import Region; print(Region.objects.create(code='659999', name='新').pk)"


@pytest.mark.skipif(not IS_POSTGRES, reason="wants both databases")
def test_a_backup_goes_from_postgresql_to_sqlite_and_back(filled, folder, tmp_path):
    chain.seal()  # verifying links what is not linked yet
    made = making.make(folder)
    tables = [model._meta.db_table for model in rows.tables(rows.applied())]
    before = rows_of(tables)
    small = {"database": f"sqlite:///{tmp_path / 'small.sqlite3'}", "data": tmp_path / "small"}
    assert run("restore", made.path, **small).returncode == 0
    assert run("verify_audit", **small).returncode == 0
    assert run("backup", **small).returncode == 0
    (back,) = (tmp_path / "small" / "backups").iterdir()
    with new_postgres() as address:
        assert run("restore", back, database=address, data=tmp_path / "back").returncode == 0
        new = added_to(before, rows_of(tables, address))
    # That it was restored, twice; the first of these was linked.
    assert {table: len(found) for table, found in new.items()} == {"audit_event": 2, "audit_link": 1}


def test_a_backup_of_an_earlier_version_is_brought_up_to_this_one(tmp_path):
    earlier = {"database": f"sqlite:///{tmp_path / 'earlier.sqlite3'}", "data": tmp_path / "earlier"}
    made = "from tests.migrating import migrate; migrate([('reports', '0008_editions_by_audience')])"
    assert run("shell", "-c", made, **earlier).returncode == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "earlier.sqlite3")) as other:
        other.execute("INSERT INTO django_content_type (app_label, model) VALUES ('gone', 'gone')")
        other.commit()
    assert run("backup", **earlier).returncode == 0
    (archive,) = (tmp_path / "earlier" / "backups").iterdir()
    later = {"database": f"sqlite:///{tmp_path / 'later.sqlite3'}", "data": tmp_path / "later"}
    assert run("restore", archive, **later).returncode == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "later.sqlite3")) as other:
        assert other.execute("SELECT COUNT(*) FROM django_content_type WHERE app_label = 'gone'").fetchone() == (1,)
    assert run("migrate", "--check", **later).returncode == 0
    new = {"database": f"sqlite:///{tmp_path / 'new.sqlite3'}", "data": tmp_path / "new"}
    assert run("migrate", **new).returncode == 0  # by the migrations that replace others; a backup goes one by one
    assert schema(tmp_path / "later.sqlite3") == schema(tmp_path / "new.sqlite3")


def schema(path):
    """Tables, indexes and triggers by name, whatever the order in which columns and constraints were added."""
    with contextlib.closing(sqlite3.connect(path)) as one:
        made = one.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {(kind, name): _parts(one, kind, name, table, sql) for kind, name, table, sql in made}


def _parts(one, kind, name, table, sql):
    if kind != "table":
        return table, re.sub(r"\s+", " ", sql)
    columns = sorted(row[1:] for row in one.execute(f'PRAGMA table_info("{name}")'))
    relations = sorted(row[2:7] for row in one.execute(f'PRAGMA foreign_key_list("{name}")'))
    unique = sorted(
        sorted(part[2] for part in one.execute(f'PRAGMA index_info("{row[1]}")'))
        for row in one.execute(f'PRAGMA index_list("{name}")')
        if row[3] != "c"
    )
    return columns, relations, unique, sorted(re.findall(r'CONSTRAINT "(\w+)"', sql)), sql.count("CHECK")


@pytest.fixture
def county(transactional_db, cast_rows):
    """Rows that are there: a backup reads what others have committed."""
    cast_rows.copy()


def test_only_the_key_opens_an_encrypted_backup(county, folder, tmp_path, settings):
    key, other = tmp_path / "key", tmp_path / "other"
    public = archives.new_key(key)
    archives.new_key(other)
    made = making.make(folder, public)
    assert made.path.read_bytes().startswith(b"age-encryption.org/")
    assert "市场".encode() not in made.path.read_bytes()
    for wrong in (other, None, MANAGE):
        with pytest.raises(archives.BadKey), archives.opened(made.path, wrong):
            pass
    with archives.opened(made.path, key) as archive:
        archive.verify()
    assert [path.name for path in folder.iterdir()] == [made.path.name]  # nothing readable beside it
    settings.BACKUP_KEY = "age1wrong"
    with pytest.raises(CommandError, match="BACKUP_KEY"):
        call_command("backup", folder=folder)


def test_nothing_readable_lies_beside_an_encrypted_backup_while_it_is_made(county, folder, tmp_path, monkeypatch):
    read, seen = rows.lines, set[bytes]()

    def reading(model):
        yield from read(model)
        seen.update(path.read_bytes() for path in folder.iterdir())

    monkeypatch.setattr(rows, "lines", reading)
    making.make(folder, archives.new_key(tmp_path / "key"))
    assert seen == {b""}  # the archive to come


def test_a_database_in_use_stays_as_it_is(county, folder, media):
    made = making.make(folder)
    before = {rows.label(model): model._base_manager.count() for model in rows.tables(rows.applied())}
    with pytest.raises(CommandError, match="正在使用"):
        call_command("restore", made.path)
    assert {rows.label(model): model._base_manager.count() for model in rows.tables(rows.applied())} == before


def test_a_folder_with_files_stays_as_it_is(transactional_db, folder, media):
    place = default_storage.save("submissions/a.pdf", ContentFile(b"one"))
    made = making.make(folder)
    Path(default_storage.path(place)).write_bytes(b"another")
    with pytest.raises(CommandError, match="已有"):
        call_command("restore", made.path)
    assert Path(default_storage.path(place)).read_bytes() == b"another"


def changed(path, change):
    """A copy of an archive with other entries and a list that says so."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        entries = {name: old.read(name) for name in old.namelist()}
        manifest = json.loads(entries.pop("manifest.json"))
        change(manifest, entries)
        for name, content in entries.items():
            new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
    return copy


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda manifest, entries: manifest.update(format=2), "新的版本"),
        (lambda manifest, entries: manifest.pop("tables"), "不是质报的备份文件"),
        (lambda manifest, entries: manifest["tables"].pop("sectors.region"), "sectors.region"),
        (lambda manifest, entries: manifest["migrations"].append(["sectors", "9999_later"]), "sectors.9999_later"),
        (lambda manifest, entries: manifest["migrations"].pop(), "不同版本"),
        (lambda manifest, entries: entries.pop("rows/sectors.region.jsonl"), "sectors.region"),
        (lambda manifest, entries: entries.update({"rows/sectors.region.jsonl": b"[1]\n"}), "sectors.region"),
        (
            lambda manifest, entries: (
                manifest["entries"].update({"media/../../x": manifest["entries"]["media/a.txt"]}),
                entries.update({"media/../../x": entries["media/a.txt"]}),
            ),
            "media/../../x",
        ),
    ],
)
def test_an_archive_that_is_not_as_it_was_written_is_refused(transactional_db, folder, media, change, why):
    default_storage.save("a.txt", ContentFile(b"one"))
    made = making.make(folder)
    copy = changed(made.path, change)
    Path(default_storage.path("a.txt")).unlink()
    with pytest.raises(CommandError, match=why):
        call_command("restore", copy)
    assert list(media.rglob("*")) == []
    assert not Region.objects.exists()


def contents(path):
    """Of every entry that the archive's own list names, once the whole of it was verified."""
    with archives.opened(path, None) as archive:
        archive.verify()
        return {name: b"".join(archive.pieces(name)) for name in archive.manifest["entries"]}


def test_a_byte_that_flipped_is_found(county, folder):
    """Or it changes nothing: a byte of a time, or the bits that fill up the end of what is compressed."""
    made = making.make(folder).path
    whole, copy, chance = made.read_bytes(), folder / "damaged.zip", random.Random(5)
    kept = contents(made)
    with zipfile.ZipFile(made) as archive:
        lists = archive.getinfo(archives.MANIFEST).header_offset  # the manifest, and what zip itself says of each entry
    for place in [*chance.sample(range(lists), 30), *chance.sample(range(lists, len(whole)), 60)]:
        flipped = whole[place] ^ 1 << chance.randrange(8)
        copy.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        try:
            assert contents(copy) == kept, place
        except archives.BadArchive:
            continue
    for cut in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        copy.write_bytes(whole[:cut])
        with pytest.raises(archives.BadArchive), archives.opened(copy, None):
            pass


@pytest.mark.skipif(not IS_POSTGRES, reason="the tests of one process share a connection to SQLite")
def test_a_backup_is_of_one_moment(county, folder, monkeypatch):
    """A region and its department, both made while the backup has read departments and not yet regions."""
    read = rows.lines

    def reading(model):
        yield from read(model)
        if rows.label(model) == "sectors.department":
            writer = threading.Thread(target=write)
            writer.start()
            writer.join()

    def write():
        region = Region.objects.create(code="650999", name="晚来县")
        region.departments.create(name="晚来局")
        connection.close()

    monkeypatch.setattr(rows, "lines", reading)
    with zipfile.ZipFile(making.make(folder).path) as archive:
        assert "晚来" not in archive.read("rows/sectors.region.jsonl").decode()
    assert Region.objects.filter(name="晚来县").exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    small = {"database": f"sqlite:///{tmp_path / 'small.sqlite3'}", "data": tmp_path / "small"}
    assert run("migrate", **small).returncode == 0
    (tmp_path / "small" / "media").mkdir()
    (tmp_path / "small" / "media" / "large.pdf").write_bytes(b"0" * 3_000_000)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    full = run("backup", preexec_fn=limit, **small)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert list((tmp_path / "small" / "backups").iterdir()) == []


def test_only_the_newest_are_kept_and_others_files_stay(transactional_db, folder):
    for name in ("zhibao-20220101-000000.zip", "zhibao-20230101-000000.zip.age", "zhibao-20240101-000000.zip", "a.zip"):
        (folder / name).write_bytes(b"")
    call_command("backup", folder=folder, keep=2)
    left = sorted(path.name for path in folder.iterdir())
    assert left[:2] == ["a.zip", "zhibao-20240101-000000.zip"]
    assert len(left) == 3
    with pytest.raises(CommandError):
        call_command("backup", folder=folder, keep=0)


def test_backups_among_the_files_are_not_backed_up(transactional_db, media):
    default_storage.save("a.txt", ContentFile(b"one"))
    assert making.make(media / "backups").files == 1
    assert making.make(media / "backups").files == 1


def test_a_file_that_rows_name_and_is_not_there_is_said(filled, folder, capsys):
    Path(default_storage.path(Attachment.objects.get().file.name)).unlink()
    call_command("backup", folder=folder)
    assert "证明.pdf" in capsys.readouterr().err
