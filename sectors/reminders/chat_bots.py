"""Posts a text to a robot of a group chat (企业微信, 钉钉). Nothing here touches the database.

Both take the same JSON and answer with an `errcode` of 0. An address is a secret: no error message repeats it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import quote_plus

from django.utils.translation import gettext as _

from sectors.models.validators import BadAddress, check_address
from sectors.reminders import outgoing
from sectors.texts import all_readable

# What a robot of 企业微信 takes in bytes of UTF-8; 钉钉 takes more.
MAX_TEXT_BYTES = 2048
HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class NotDelivered(Exception):
    """The robot did not take the text; the message says why."""


def post(address: str, text: str, *, secret: str = "") -> None:
    """Post a text. Raises NotDelivered, also for an address that is not allowed any more."""
    try:
        check_address(address)
        body = json.dumps({"msgtype": "text", "text": {"content": _truncated(text)}}, ensure_ascii=False).encode()
        status, answer = outgoing.post(_signed(address, secret), body, HEADERS)
    except BadAddress as error:
        raise NotDelivered(str(error)) from error
    except outgoing.NotPublic as error:
        raise NotDelivered(_not_public_message()) from error
    except outgoing.TooSlow as error:
        raise NotDelivered(
            _("The robot did not answer within %(seconds)d seconds.") % {"seconds": outgoing.TIMEOUT}
        ) from error
    except outgoing.Unreachable as error:
        raise NotDelivered(_("The robot cannot be reached.")) from error
    if not 200 <= status < 300:
        raise NotDelivered(_("The robot answered with status %(status)d.") % {"status": status})
    _check_answer(answer)


def _not_public_message() -> str:
    return _(
        "The address leads to a machine that is not on the internet. If it is to be reached, its host belongs into "
        "the setting WEBHOOK_HTTP_HOSTS or its network into WEBHOOK_NETWORKS."
    )


def _check_answer(content: bytes) -> None:
    try:
        answer = all_readable(json.loads(content))
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or "errcode" not in answer:
        raise NotDelivered(_("The answer was not that of a robot."))
    if answer["errcode"] != 0:
        what = {"code": str(answer["errcode"])[:20], "message": str(answer.get("errmsg", ""))[:100]}
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
