"""A server on SQLite whose disk is full: whatever writes is refused in words, nothing half is kept, then it goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from drills.installation import Installation, installed
from drills.visitors import Answer

SIZE = "400m"
SAID = "磁盘"


def main() -> None:
    if os.geteuid():
        print("full_disk: left out, only root can make a small disk")
        return
    with installed("sqlite") as (site, _postgres):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(site.data)], check=True)
        try:
            sheet = site.fill()
            with site.gunicorn():
                _drill(site, sheet)
        finally:
            subprocess.run(["umount", "--lazy", str(site.data)], check=True)


def _drill(site: Installation, sheet: int) -> None:
    clerk, code = site.visitor("clerk"), "wide.1.1"
    attach = f"/submissions/{sheet}/attachments/"
    writes: dict[str, Callable[[], Answer]] = {
        "sign in": lambda: site.visitor().ask_to_sign_in("head"),
        "save a cell": lambda: clerk.send(
            f"/sheets/{sheet}/cells/", {"figures": {code: "7"}, "seen": {code: ["", "7"]}}
        ),
        "comment": lambda: clerk.post(f"/submissions/{sheet}/cells/{code}/comment/", {"text": "好" * 2000}),
        "attach": lambda: clerk.post(attach, files={"a.pdf": b"%PDF-1.7 " + b"0" * 5_000_000}),
    }
    clerk.get(f"/sheets/{sheet}/")
    filler = site.data / "filler"
    _fill(filler)
    files = _files(site)
    found = {}
    for name, write in writes.items():
        for _try in range(60):  # a page of the database may have room for some rows more
            answer = write()
            if answer.status == 503:
                break
            _fill(filler)
        found[name] = answer.status
        assert answer.status == 503, f"{name}: {answer.status}"
        text = answer.json()["error"] if "json" in (answer.headers["Content-Type"] or "") else answer.text
        assert SAID in text, f"{name}: {text[:500]}"
    assert _files(site) == files, "something half is left"
    reads = {path: clerk.get(path).status for path in ("/", f"/sheets/{sheet}/", attach, "/healthz")}
    filler.unlink()
    after = {name: write().status for name, write in writes.items()}
    print(f"full_disk: writes {found}; reads {reads}; with room again {after}; nothing half is left", flush=True)
    assert reads.pop("/healthz") == 200
    assert set(reads.values()) <= {200, 503}, reads  # SQLite makes files beside its own whenever it is opened
    assert set(after.values()) <= {200, 302}, after


def _fill(path: Path) -> None:
    with path.open("ab", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(b"0" * size)
            except OSError:
                continue


def _files(site: Installation) -> set[str]:
    return {str(path) for path in (site.data / "media").rglob("*") if path.is_file()}
