"""A server whose database has no room on its disk: whatever writes is refused in words, nothing half is kept, then it
goes on, and gunicorn is left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from drills.installation import HOST, Installation, Nginx, Postgres, has, installed
from drills.visitors import Answer, Visitor

SIZE = "400m"
# That the disk is full; PostgreSQL stops where it cannot write its log, and that it does not answer is said then.
SAID = {"sqlite": ("磁盘",), "postgresql": ("磁盘", "没有响应")}
TRIES = 200  # a page of the database may have room for some rows more


def main() -> None:
    if os.geteuid():
        print("full_disk: left out, only root can make a small disk")
        return
    for database in ("sqlite", "postgresql"):
        served = {"USE_HTTPS": "1", "TRUST_PROXY": "1", "CSRF_TRUSTED_ORIGINS": f"https://{HOST}"}
        behind = served if has("nginx") and has("openssl") else {}
        with installed(database, disk=SIZE, **behind) as (site, postgres):
            sheet = site.fill()
            with site.gunicorn(), _front(site, bool(behind)) as visitor:
                _drill(database, site, postgres, visitor, sheet)


@contextmanager
def _front(site: Installation, behind: bool) -> Iterator[Callable[[], Visitor]]:
    """How people come in. Without nginx a refused upload may find its connection closed before it has read why."""
    with ExitStack() as stack:
        if not behind:
            yield site.visitor
            return
        nginx = Nginx(site)
        stack.enter_context(nginx.started())
        yield nginx.visitor


def _drill(
    database: str, site: Installation, postgres: Postgres | None, visitor: Callable[[], Visitor], sheet: int
) -> None:
    clerk, code = visitor(), "wide.1.1"
    clerk.sign_in("clerk")
    attach, cells, page = f"/submissions/{sheet}/attachments/", f"/sheets/{sheet}/cells/", f"/sheets/{sheet}/"
    comment = f"/submissions/{sheet}/cells/{code}/comment/"
    typed = iter(range(1, 10**6))
    stored = [""]

    def save() -> Answer:
        mine = str(next(typed))
        answer = clerk.send(cells, {"figures": {code: mine}, "seen": {code: [stored[0]]}})
        if answer.status == 200:
            stored[0] = mine
        return answer

    writes: dict[str, Callable[[], Answer]] = {
        "sign in": lambda: visitor().ask_to_sign_in("head"),
        "save a cell": save,
        "comment": lambda: clerk.post(comment, {"text": "好" * 2000}),
        "attach": lambda: clerk.post(attach, files={"a.pdf": b"%PDF-1.7 " + os.urandom(8) + b"0" * 5_000_000}),
    }
    clerk.get(page)
    disk = Path(postgres.server.pgdata) if postgres else site.data
    assert disk.is_mount(), "the disk of the machine is not to be filled"
    filler = disk / "filler"
    _fill(filler)
    found: dict[str, str] = {}
    for name, write in writes.items():
        answer, files = _refused(write, filler, site)
        text = answer.json()["error"] if "json" in (answer.headers["Content-Type"] or "") else answer.text
        found[name] = next((word for word in SAID[database] if word in text), "")
        assert found[name], f"{name}: {answer.status} {text[:500]}"
        assert _files(site) == files, f"{name}: something half is left"
    reads = {path: clerk.get(path).status for path in ("/", page, attach)}
    filler.unlink()
    if postgres:
        postgres.start()  # where it stopped; systemd does that too
    after = {name: _again(write).status for name, write in writes.items()}
    print(f"full_disk, {database}: refused with {found}; reads {reads}; with room again {after}", flush=True)
    assert set(reads.values()) <= {200, 503}, reads  # SQLite makes files beside its own whenever it is opened
    assert set(after.values()) <= {200, 302}, after


def _refused(write: Callable[[], Answer], filler: Path, site: Installation) -> tuple[Answer, set[str]]:
    """What was answered when nothing fitted any more, and the files that were there before."""
    for _try in range(TRIES):
        files = _files(site)
        answer = write()
        if answer.status == 503:
            return answer, files
        _fill(filler)
    raise AssertionError(f"never refused: {answer.status} {answer.text[:300]}")


def _again(write: Callable[[], Answer]) -> Answer:
    """PostgreSQL may need a moment to come back."""
    for _try in range(30):
        answer = write()
        if answer.status != 503:
            break
    return answer


def _fill(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"0" * size)


def _files(site: Installation) -> set[str]:
    return {str(path) for path in (site.data / "media").rglob("*") if path.is_file()}
