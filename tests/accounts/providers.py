"""Providers of single sign-on, small but real: servers in threads that a test can make go wrong."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener
from xml.sax.saxutils import escape

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "zhibao", "a secret: of the client"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Server:
    """Listens on a port of its own; `name` is who signs in at it, `asked` what it was asked for."""

    def __init__(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self)

            def do_POST(self):
                provider.answer(self)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.name, self.asked, self.instead = "clerk", [], {}
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request):
        address = urlsplit(request.path)
        self.asked.append(address.path)
        length = int(request.headers.get("Content-Length", 0))
        sent = dict(parse_qsl(address.query) + parse_qsl(request.rfile.read(length).decode()))
        status, kind, body, headers = self.instead.get(address.path) or self.page(address.path, sent, request.headers)
        request.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body.encode())), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body.encode())

    def page(self, path, sent, headers):
        raise NotImplementedError


def as_json(found, status=200):
    return status, "application/json", json.dumps(found), {}


def redirect(address):
    return 302, "text/plain", "", {"Location": address}


class OpenId(Server):
    """The authorization code flow of OpenID Connect with PKCE, client authentication and signed tokens."""

    def __init__(self):
        super().__init__()
        self.codes = {}
        self.claims = {}  # in place of, or beside, those of the token; None leaves one out
        self.info = {}
        self.description = {}
        self.sign = lambda claims: jwt.encode(claims, KEY, "RS256", headers={"kid": "one"})

    def page(self, path, sent, headers):
        pages = {
            "/.well-known/openid-configuration": self.described,
            "/authorize": self.authorize,
            "/token": self.token,
            "/keys": self.keys,
            "/userinfo": self.userinfo,
        }
        return pages[path](sent, headers) if path in pages else as_json({}, 404)

    def described(self, _sent, _headers):
        return as_json(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "end_session_endpoint": f"{self.url}/end",
                **self.description,
            }
        )

    def authorize(self, sent, _headers):
        assert sent["response_type"] == "code"
        assert sent["client_id"] == CLIENT
        assert sent["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = sent
        return redirect(f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}")

    def token(self, sent, headers):
        begun = self.codes.pop(sent.get("code"), None)
        if not self.is_client(sent, headers):
            return as_json({"error": "invalid_client"}, 401)
        challenge = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        is_right = begun and begun["code_challenge"] == base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if not is_right or begun["redirect_uri"] != sent["redirect_uri"]:
            return as_json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        claims |= {"preferred_username": self.name, **self.claims}
        token = self.sign({name: value for name, value in claims.items() if value is not None})
        return as_json({"access_token": "access", "token_type": "Bearer", "id_token": token})

    def is_client(self, sent, headers):
        if "client_secret" in sent:
            return (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)
        basic = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        return tuple(map(unquote, basic.partition(":")[::2])) == (CLIENT, SECRET)

    def keys(self, _sent, _headers):
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return as_json({"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]})

    def userinfo(self, _sent, headers):
        if headers.get("Authorization") != "Bearer access":
            return as_json({}, 401)
        return as_json({"sub": "7", "preferred_username": self.name, **self.info})


class Cas(Server):
    """CAS 3: a ticket is for one service and is validated once."""

    def __init__(self):
        super().__init__()
        self.tickets = {}
        self.attributes = ""

    def page(self, path, sent, _headers):
        if path == "/login":
            ticket = f"ST-{secrets.token_urlsafe()}"
            self.tickets[ticket] = sent["service"]
            return redirect(f"{sent['service']}&{urlencode({'ticket': ticket})}")
        if path == "/p3/serviceValidate":
            is_right = self.tickets.pop(sent["ticket"], None) == sent["service"]
            return 200, "application/xml", self.success() if is_right else self.failure(), {}
        return 404, "text/plain", "", {}

    def success(self):
        return (
            '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess>'
            f"<cas:user>{escape(self.name)}</cas:user><cas:attributes>{self.attributes}</cas:attributes>"
            "</cas:authenticationSuccess></cas:serviceResponse>"
        )

    def failure(self):
        return (
            '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">'
            '<cas:authenticationFailure code="INVALID_SERVICE">no</cas:authenticationFailure></cas:serviceResponse>'
        )


@contextmanager
def running(kind):
    server = kind()
    try:
        yield server
    finally:
        server.stop()


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args, **_kwargs):
        return None

    def http_error_302(self, _request, answer, *_args):
        return answer


def at_provider(address):
    """Where the provider sends a browser back to that comes to it, who is signed in there: path and query."""
    back = urlsplit(build_opener(_NoRedirects).open(address, timeout=10).headers["Location"])
    return f"{back.path}?{back.query}"


def query(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
