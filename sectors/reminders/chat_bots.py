"""Posts a text to a robot of a group chat (企业微信, 钉钉). Nothing here touches the database.

Both take the same JSON and answer with an `errcode` of 0. An address is a secret: no error message repeats it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote_plus
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.utils.translation import gettext as _

from sectors.models.validators import BadAddress, check_address

TIMEOUT = 5  # seconds; the person who urges waits for it
MAX_ANSWER_BYTES = 65536
# What a robot of 企业微信 takes in bytes of UTF-8; 钉钉 takes more.
MAX_TEXT_BYTES = 2048


class NotDelivered(Exception):
    """The robot did not take the text; the message says why."""


class _NoRedirects(HTTPRedirectHandler):
    """A robot answers itself; following a redirect would carry the key in the address to another place."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def post(address: str, text: str, *, secret: str = "") -> None:
    """Post a text. Raises NotDelivered, also for an address that is not allowed any more."""
    try:
        check_address(address)
    except BadAddress as error:
        raise NotDelivered(str(error)) from error
    body = json.dumps({"msgtype": "text", "text": {"content": _truncated(text)}}, ensure_ascii=False).encode()
    request = Request(_signed(address, secret), data=body, headers={"Content-Type": "application/json; charset=utf-8"})
    try:
        with _opener.open(request, timeout=TIMEOUT) as response:
            answer = json.loads(response.read(MAX_ANSWER_BYTES))
    except HTTPError as error:
        raise NotDelivered(_("The robot answered with status %(status)d.") % {"status": error.code}) from error
    except (OSError, HTTPException) as error:
        raise NotDelivered(_unreachable_message(error)) from error
    except ValueError as error:
        raise NotDelivered(_("The answer was not that of a robot.")) from error
    _check_answer(answer)


def _unreachable_message(error: Exception) -> str:
    # While connecting, a time limit that is over comes wrapped.
    if isinstance(getattr(error, "reason", error), TimeoutError):
        return _("The robot did not answer within %(seconds)d seconds.") % {"seconds": TIMEOUT}
    return _("The robot cannot be reached.")


def _check_answer(answer: Any) -> None:
    if not isinstance(answer, dict) or "errcode" not in answer:
        raise NotDelivered(_("The answer was not that of a robot."))
    if answer["errcode"] != 0:
        what = {"code": answer["errcode"], "message": str(answer.get("errmsg", ""))[:100]}
        raise NotDelivered(_("The robot refused: %(code)s %(message)s") % what)


def _truncated(text: str) -> str:
    raw = text.encode()
    return text if len(raw) <= MAX_TEXT_BYTES else raw[: MAX_TEXT_BYTES - 3].decode(errors="ignore") + "…"


def _signed(address: str, secret: str) -> str:
    """With 钉钉's signature of the moment, where the robot asks for one."""
    if not secret:
        return address
    moment = str(round(time.time() * 1000))
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{address}&timestamp={moment}&sign={quote_plus(base64.b64encode(digest))}"
