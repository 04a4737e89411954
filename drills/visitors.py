"""People at their browsers, as far as a server sees them."""

import json
import re
import ssl
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

from drills import PASSWORD

SIGN_IN = "/account/login/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
BROKEN = (OSError, HTTPException)  # nobody answered, or not to the end


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes
    address: str

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Visitor:
    """Follows redirects and keeps cookies. Raises one of BROKEN where there is no answer."""

    def __init__(self, address: str, host: str = "", timeout: float = 60) -> None:
        """`host`: the name of the site, where `address` is another."""
        self.address, self.host, self.timeout = address, host, timeout
        self.site = f"https://{host}" if host else address
        self.cookies = CookieJar()
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # the certificate is made for the drill
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), HTTPSHandler(context=trusting))
        self._opener.addheaders = []

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask(Request(self.address + path, headers=dict(headers or {})))

    def post(
        self, path: str, form: Mapping[str, str] | None = None, files: Mapping[str, bytes] | None = None
    ) -> Answer:
        """As from a page of the site; `files` are sent in the field `files`."""
        fields = {"csrfmiddlewaretoken": self._token(), **(form or {})}
        kind, body = (
            _multipart(fields, files) if files else ("application/x-www-form-urlencoded", urlencode(fields).encode())
        )
        return self._ask(Request(self.address + path, body, {"Content-Type": kind, "Referer": self.site + path}))

    def send(self, path: str, what: Any) -> Answer:
        """JSON, as a script sends it."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token(), "Referer": self.site + path}
        return self._ask(Request(self.address + path, json.dumps(what).encode(), headers))

    def sign_in(self, username: str) -> Answer:
        answer = self.ask_to_sign_in(username)
        assert not answer.address.endswith(SIGN_IN), f"{username} was not let in: {answer.status}"
        return answer

    def ask_to_sign_in(self, username: str) -> Answer:
        """Whatever comes of it."""
        token = TOKEN.search(self.get(SIGN_IN).text)
        assert token, "the page has no form"
        return self.post(SIGN_IN, {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1]})

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self.cookies if cookie.name.endswith("csrftoken")), "")

    def _ask(self, request: Request) -> Answer:
        if self.host:
            request.add_header("Host", self.host)
        try:
            found = self._opener.open(request, timeout=self.timeout)
        except HTTPError as error:
            found = error
        with found:
            return Answer(found.status, found.headers, found.read(), found.url)


def _multipart(fields: Mapping[str, str], files: Mapping[str, bytes]) -> tuple[str, bytes]:
    mark = uuid.uuid4().hex
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [(f'name="files"; filename="{name}"', content) for name, content in files.items()]
    lines = (f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body for head, body in parts)
    return f"multipart/form-data; boundary={mark}", b"\r\n".join(lines) + f"\r\n--{mark}--\r\n".encode()
