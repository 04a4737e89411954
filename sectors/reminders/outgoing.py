"""Posts to addresses that people have entered: to public ones only, and within bounds. Pure: no database.

What is connected to is what was checked: the name is resolved once. There is no proxy of the environment, which would
resolve it again, and no redirect is followed.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.conf import settings

TIMEOUT = 5  # seconds to connect, and for the rest; the person who urges waits for it
MAX_ANSWER_BYTES = 65536
PORTS = {"http": 80, "https": 443}
# All that has been given out of IPv6: what lies outside is of the house (fec0::/10), or hides an address of IPv4.
GIVEN_OUT = ipaddress.ip_network("2000::/3")
# Addresses in it in which one of IPv4 is hidden, which something on the way may connect to.
TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32")))


class NotPublic(Exception):
    """The name leads to an address within the house, or to none that a server can have."""


class Unreachable(Exception):
    """Nothing answers there, or nothing that is HTTP."""


class TooSlow(Unreachable):
    """It took longer than `TIMEOUT`."""


def is_allowed(address: str) -> bool:
    """Whether a numeric address is a public one, or one of the networks of WEBHOOK_NETWORKS."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    if any(found in network for network in settings.WEBHOOK_NETWORKS):
        return True
    if isinstance(found, ipaddress.IPv6Address) and found not in GIVEN_OUT:
        return False
    return found.is_global and not found.is_multicast and not any(found in network for network in TUNNELS)


def post(address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and the first bytes of the answer. Raises NotPublic, Unreachable."""
    parts = urlsplit(address)
    try:
        with _connected(parts.hostname or "", parts.port or PORTS[parts.scheme]) as line, _within(TIMEOUT, line):
            connection = _over(line, parts)
            connection.request("POST", urlunsplit(("", "", parts.path or "/", parts.query, "")), body, dict(headers))
            answer = connection.getresponse()
            found = answer.status, answer.read(MAX_ANSWER_BYTES)
            connection.close()
            return found
    except TimeoutError as error:
        raise TooSlow from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable from error


def _connected(host: str, port: int) -> socket.socket:
    """A connection to the first address of a host that answers, within `TIMEOUT` however many there are. Raises
    NotPublic where one of them is not allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if host not in settings.WEBHOOK_HTTP_HOSTS and not all(is_allowed(str(at[0])) for *_kind, at in found):
        raise NotPublic
    problems = []
    for family, kind, protocol, _name, at in found:
        line = socket.socket(family, kind, protocol)
        line.settimeout(TIMEOUT / len(found))
        try:
            line.connect(at)
            line.settimeout(TIMEOUT)
        except OSError as error:
            line.close()
            problems.append(error)
        else:
            return line
    raise problems[0]


def _over(line: socket.socket, parts: SplitResult) -> HTTPConnection:
    """HTTP over a connection that is there, encrypted for the host where the address says so."""
    host = parts.hostname or ""
    if parts.scheme != "https":
        connection = HTTPConnection(host, parts.port)
        connection.sock = line.dup()
        return connection
    connection = HTTPSConnection(host, parts.port)
    connection.sock = ssl.create_default_context().wrap_socket(line.dup(), server_hostname=host)
    return connection


@contextlib.contextmanager
def _within(seconds: float, line: socket.socket) -> Iterator[None]:
    """Hang up after so many seconds, however slowly something comes. Raises TimeoutError then."""
    over = threading.Event()

    def hang_up() -> None:
        over.set()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if over.is_set():
        raise TimeoutError
