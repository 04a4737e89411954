"""Readers of environment variables for the settings.

Each takes the variable's name and a default, treats an empty value as not set, and raises
`ImproperlyConfigured` with one sentence that names the variable, what was given and what is expected.
"""

import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Never
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

SWITCHES = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
POSTGRES_OPTIONS = {
    "application_name",
    "connect_timeout",
    "options",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
}
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-f:]+\]", re.IGNORECASE)
ORIGIN = re.compile(r"https?://[^/\s]+", re.IGNORECASE)
WEB_ADDRESS = re.compile(r"https?://[\w.\[\]:-]+(/[^\s?#]*)?", re.IGNORECASE)
SHORTEST_SECRET = 20  # characters

# One connection writes at a time, so a writer takes the lock when its transaction begins (IMMEDIATE) and
# others wait: a read lock that turns into a write lock halfway would fail at once instead of waiting.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 20000;"
    ),
}


def _refuse(name: str, given: str, expected: str) -> Never:
    raise ImproperlyConfigured(f"{name} is {given!r}, but it must be {expected}.")


def _raw(name: str) -> str:
    return os.environ.get(name, "").strip()


def text(name: str, default: str) -> str:
    return _raw(name) or default


def switch(name: str, default: bool) -> bool:
    """A yes or no: 1/0, true/false, yes/no, on/off in any case."""
    value = _raw(name)
    if not value:
        return default
    if value.lower() not in SWITCHES:
        _refuse(name, value, "1 or 0 (or true/false, yes/no, on/off)")
    return SWITCHES[value.lower()]


def number(name: str, default: int, least: int = 0) -> int:
    """A whole number that is not below `least`, which is not negative."""
    value = _raw(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        _refuse(name, value, f"a whole number, {least} or more")
    return int(value)


def choice(name: str, default: str, choices: list[str]) -> str:
    value = _raw(name) or default
    if value not in choices:
        _refuse(name, value, f"one of {', '.join(choices)}")
    return value


def choices(name: str, choices: list[str]) -> list[str]:
    """Some of the choices, separated by commas; none when not set."""
    values = [word.strip() for word in _raw(name).split(",") if word.strip()]
    for value in values:
        if value not in choices:
            _refuse(name, value, f"some of {', '.join(choices)}, separated by commas")
    return values


def time_zone(name: str, default: str) -> str:
    """The name of a time zone that this machine knows."""
    value = _raw(name) or default
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        _refuse(name, value, "the name of a time zone, such as Asia/Shanghai")
    return value


def words(name: str) -> list[str]:
    """Words separated by commas."""
    return [word.strip() for word in _raw(name).split(",") if word.strip()]


def _matching(name: str, default: list[str], pattern: re.Pattern[str], expected: str) -> list[str]:
    values = words(name)
    for value in values:
        if not pattern.fullmatch(value):
            _refuse(name, value, expected)
    return values or default


def hosts(name: str, default: list[str]) -> list[str]:
    """Host names separated by commas, without scheme, port or path."""
    return _matching(name, default, HOST, "host names separated by commas, such as zhibao.example.gov.cn")


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks separated by commas, such as 10.20.0.0/16; a single address is one of its own."""
    try:
        return [ip_network(word.strip()) for word in _raw(name).split(",") if word.strip()]
    except ValueError:
        _refuse(name, _raw(name), "networks separated by commas, such as 10.20.0.0/16")


def socket_place(name: str) -> str | tuple[str, int] | None:
    """Where a service of this machine or another listens: the absolute path of a socket, or host and port."""
    value = _raw(name)
    host, _colon, port = value.rpartition(":")
    if not value or value.startswith("/"):
        return value or None
    if not (HOST.fullmatch(host) and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        _refuse(name, value, "the path of a socket such as /run/clamav/clamd.ctl, or host:port")
    return host.strip("[]"), int(port)


def origins(name: str) -> list[str]:
    """Scheme and host, separated by commas."""
    return _matching(name, [], ORIGIN, "addresses separated by commas, such as https://zhibao.example.gov.cn")


def address(name: str) -> str:
    """Where the site is reached, without the slash at the end; empty when not set."""
    return next(iter(_matching(name, [], ORIGIN, "an address such as https://zhibao.example.gov.cn")), "")


def web_address(name: str, *, slash: bool = False) -> str:
    """An address with or without a path, as it is given, or with a slash at the end; empty when not set."""
    value = _raw(name)
    if value and not WEB_ADDRESS.fullmatch(value):
        _refuse(name, value, "an address such as https://sso.example.gov.cn/realms/county")
    return f"{value.rstrip('/')}/" if value and slash else value


def secret(name: str) -> str:
    """A long random text without blanks; empty when not set."""
    value = _raw(name)
    if value and (len(value) < SHORTEST_SECRET or not value.isascii() or len(value.split()) > 1):
        _refuse(name, "***", f"{SHORTEST_SECRET} or more letters, digits and signs without a blank")
    return value


def dsn(name: str) -> str:
    """Where a Sentry takes errors; empty when not set."""
    value = _raw(name)
    if value and not re.fullmatch(r"https?://\w+@[^/@\s]+/(\S+/)?\d+", value, re.ASCII):
        _refuse(name, re.sub(r"//.*@", "//***@", value), "an address such as https://key@sentry.example.gov.cn/1")
    return value


def email(name: str) -> dict[str, Any]:
    """Django's `EMAIL_...` settings for a server at `smtp://user:password@host:25`; empty when none is set.

    `smtps` encrypts from the start, `smtp+tls` after a greeting in the clear.
    """
    value = _raw(name)
    if not value:
        return {}
    try:
        url = urlsplit(value)
        port = url.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[url.scheme]
    except (ValueError, KeyError):
        return _refuse_email(name, value)
    if not url.hostname:
        return _refuse_email(name, value)
    return {
        "HOST": url.hostname,
        "PORT": port,
        "HOST_USER": unquote(url.username or ""),
        "HOST_PASSWORD": unquote(url.password or ""),
        "USE_SSL": url.scheme == "smtps",
        "USE_TLS": url.scheme == "smtp+tls",
    }


def _refuse_email(name: str, value: str) -> Never:
    shown = re.sub(r"//.*@", "//***@", value)
    _refuse(name, shown, "smtp://user:password@host:25, smtps://... (port 465) or smtp+tls://... (port 587)")


def folder(name: str, default: Path) -> Path:
    """An absolute folder, made when it is not there yet."""
    path = Path(_raw(name) or default).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _refuse(name, str(path), f"a folder that exists or can be made ({error.strerror})")
    return path


def path(name: str, default: Path) -> Path:
    """An absolute path, whether something is there or not."""
    return Path(_raw(name) or default).expanduser().resolve()


def folders(name: str) -> list[Path]:
    """Folders that are there already, separated as in PATH."""
    found = [Path(part).expanduser() for part in _raw(name).split(os.pathsep) if part.strip()]
    for path in found:
        if not path.is_dir():
            _refuse(name, str(path), f"folders that exist, separated by {os.pathsep!r}")
    return found


def keys(name: str) -> list[bytes]:
    """Secret texts of 16 characters at least, separated by commas."""
    values = [word.strip() for word in _raw(name).split(",") if word.strip()]
    if any(len(value) < 16 for value in values):
        _refuse(name, "***", "texts of 16 characters or more, separated by commas")
    return [value.encode() for value in values]


def secret_key(name: str, debug: bool, stored_in: Path) -> str:
    """The key given; else, only with DEBUG on, a key that is made once and kept in the file `stored_in`."""
    value = _raw(name)
    if value:
        return value
    if not debug:
        raise ImproperlyConfigured(f"{name} is not set, but it must be a long random text when DEBUG is off.")
    if not stored_in.exists():
        stored_in.touch(mode=0o600)
        stored_in.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return stored_in.read_text(encoding="ascii")


def board_cache(name: str, folder: Path) -> dict[str, Any]:
    """Django's description of the cache of boards: in files, for all workers of a machine together, in the memory of
    each worker, or nowhere. A day's worth, since a board is of its day."""
    backends = {"files": "filebased.FileBasedCache", "memory": "locmem.LocMemCache", "none": "dummy.DummyCache"}
    kind = choice(name, "files", list(backends))
    place = str(folder) if kind == "files" else "boards"
    backend = f"django.core.cache.backends.{backends[kind]}"
    return {"BACKEND": backend, "LOCATION": place, "TIMEOUT": 24 * 60 * 60, "OPTIONS": {"MAX_ENTRIES": 500}}


def database(name: str, default: Path, base: Path) -> dict[str, Any]:
    """Django's description of the database at an address; of the SQLite file `default` when none is set.

    `postgresql://user:password@host:port/name?sslmode=require`; the folder of a Unix socket goes to `?host=`.
    `sqlite:///file` is relative to `base`, `sqlite:////file` is absolute.
    """
    value = _raw(name)
    if not value:
        return _sqlite(default)
    try:
        url = urlsplit(value)
        port = url.port
    except ValueError:
        return _refuse_database(name, value)
    path = unquote(url.path).removeprefix("/")
    if url.scheme == "sqlite" and not url.netloc and path:
        return _sqlite(base / path)
    if url.scheme in ("postgres", "postgresql") and path:
        return _postgres(name, url, path, port)
    return _refuse_database(name, value)


def _refuse_database(name: str, value: str) -> Never:
    shown = re.sub(r"//.*@", "//***@", value)  # the sentence ends in logs, where a password must not be
    _refuse(name, shown, "postgresql://user:password@host:5432/name or sqlite:///file")


def _sqlite(path: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}


def _postgres(name: str, url: SplitResult, database_name: str, port: int | None) -> dict[str, Any]:
    options = dict(parse_qsl(url.query))
    socket = options.pop("host", "")
    for option in options.keys() - POSTGRES_OPTIONS:
        _refuse(name, f"...?{option}=", f"without options other than host, {', '.join(sorted(POSTGRES_OPTIONS))}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": socket or unquote(url.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": number("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }
