"""Shows every file that somebody sends to ClamAV before a view sees it, where `CLAMD_SOCKET` says where that listens.

Fail closed: a file that was not found clean is not taken. An own client and no library: `clamd` of PyPI takes a scanner
that hangs up for one that found nothing, and may send half of a piece.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from config import errors

logger = logging.getLogger(__name__)

SECONDS = 20  # that the scanner may take for each step
PIECE = 64 * 1024
LONGEST_ANSWER = 1000
TOO_LARGE = "size limit exceeded"


class NotScanned(Exception):
    """The scanner does not answer, or not as one."""


class VirusScanMiddleware:
    """Files of persons who are signed in: nobody else's are kept anywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if settings.CLAMD_SOCKET is None or request.method != "POST" or not request.user.is_authenticated:
            return None
        for file in (file for name in request.FILES for file in request.FILES.getlist(name)):
            if (answer := _refusal(request, file)) is not None:
                return answer
        return None


def _refusal(request: HttpRequest, file: UploadedFile) -> HttpResponse | None:
    """The page that says why nothing of a request was taken; None for a file in which nothing was found."""
    try:
        found = scan(file)
    except NotScanned:
        logger.exception("The virus scanner does not answer")
        text = _("Files are searched for viruses first, and the scanner does not answer. Nothing was stored.")
        return errors.unavailable(request, text)
    if not found:
        return None
    logger.warning("Refused a file of user %s: %s", request.user.pk, found)
    if TOO_LARGE in found:
        text = _("“%(name)s” is larger than what can be searched for viruses. Divide it, and send it again.")
    else:
        text = _("“%(name)s” carries a virus (%(virus)s). Nothing was stored. Tell your administrator.")
    return errors.refused(request, _("The file was not taken"), text % {"name": file.name, "virus": found})


def scan(file: UploadedFile) -> str:
    """What was found in a file, in the scanner's words; empty where it is clean. Raises NotScanned."""
    file.seek(0)
    try:
        with _connected() as line:
            answer = _answer(line, file)
    except OSError as error:
        raise NotScanned from error
    finally:
        file.seek(0)
    found = answer.partition(":")[2].strip() if ":" in answer else answer
    if found == "OK":
        return ""
    if found.endswith(" FOUND") or TOO_LARGE in found:
        return found.removesuffix(" FOUND")
    raise NotScanned(answer)


def _connected() -> socket.socket:
    where = settings.CLAMD_SOCKET
    if isinstance(where, tuple):
        return socket.create_connection(where, SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(str(where))
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket, file: UploadedFile) -> str:
    """The file goes in pieces with their lengths before them, the last of them empty."""
    try:
        line.sendall(b"zINSTREAM\0")
        for piece in file.chunks(PIECE):
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # of a file that is too large it reads no more, and says so
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.decode(errors="replace").strip("\0\n ")
