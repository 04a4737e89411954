"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, state and nonce (mozilla-django-oidc).

What the library leaves open is closed here: issuer, audience and term of a token, one algorithm, one key, time limits
and no redirects of what is asked, and whose account it is.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote, urlencode

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import import_from_settings
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from accounts.outgoing import ProviderSession
from accounts.single_sign_on import WAITS, begin_again, person_named, unconfirmed
from sectors.models import User

ALGORITHM = "RS256"
LEEWAY = 60  # seconds by which the clocks of both servers may differ
CLAIMS = ["iss", "sub", "aud", "exp", "iat"]
DESCRIPTION_KEPT = 3600  # seconds
# Settings of the library that the provider's description of itself gives.
ENDPOINTS = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
    "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def description() -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery). Raises requests.RequestException, NotSignedIn."""
    key = f"oidc-{quote(settings.OIDC_ISSUER, safe='')}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _json(ProviderSession().get(f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration"))
        if found.get("issuer") != settings.OIDC_ISSUER or not all(isinstance(found.get(name), str) for name in NEEDED):
            raise unconfirmed()
        cache.set(key, found, DESCRIPTION_KEPT)
    return found


def setting(name: str, *default: Any) -> Any:
    return description().get(ENDPOINTS[name]) if name in ENDPOINTS else import_from_settings(name, *default)


def _json(answer: requests.Response) -> dict[str, Any]:
    found = answer.json()
    if not isinstance(found, dict):
        raise unconfirmed()
    return found


class BeginView(OIDCAuthenticationRequestView):
    """Leads to the provider; state, nonce and verifier stay in the session."""

    get_settings = staticmethod(setting)


class Client(OIDCAuthenticationBackend):
    """Asks the provider who it was, with the code that a browser brought."""

    get_settings = staticmethod(setting)

    def __init__(self) -> None:
        super().__init__()
        self.session = ProviderSession()
        self.id_token = ""

    def get_token(self, payload: dict[str, Any]) -> dict[str, Any]:
        auth = None
        if "client_secret_post" not in description().get("token_endpoint_auth_methods_supported", []):
            auth = (quote(payload["client_id"], safe=""), quote(payload.pop("client_secret"), safe=""))
        return _json(self.session.post(self.OIDC_OP_TOKEN_ENDPOINT, data=payload, auth=auth))

    def retrieve_matching_jwk(self, token: Any) -> jwt.PyJWK:
        """The provider's one key that can have signed the token."""
        named = jwt.get_unverified_header(token).get("kid")
        wanted = {"kty": "RSA", "use": "sig", "alg": ALGORITHM, **({"kid": named} if named else {})}
        keys = _json(self.session.get(self.OIDC_OP_JWKS_ENDPOINT)).get("keys")
        told = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        found = [key for key in told if all(key.get(name, wanted[name]) == wanted[name] for name in wanted)]
        if len(found) != 1:
            raise unconfirmed()
        return jwt.PyJWK(found[0], ALGORITHM)

    def _verify_jws(self, payload: Any, key: Any) -> dict[str, Any]:
        client = self.OIDC_RP_CLIENT_ID
        claims = jwt.decode(
            payload,
            key,
            algorithms=[ALGORITHM],
            audience=client,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": CLAIMS},
        )
        if claims.get("azp", client) != client:
            raise unconfirmed()
        return claims

    def store_tokens(self, access_token: str, id_token: str) -> None:
        self.id_token = id_token

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User:
        name = payload.get(settings.OIDC_CLAIM)
        if name is None and self.OIDC_OP_USER_ENDPOINT:
            bearer = {"Authorization": f"Bearer {access_token}"}
            told = _json(self.session.get(self.OIDC_OP_USER_ENDPOINT, headers=bearer))
            if told.get("sub") != payload["sub"]:
                raise unconfirmed()
            name = told.get(settings.OIDC_CLAIM)
        return person_named(name)


def identify(request: HttpRequest) -> tuple[User, str]:
    """The person whom the provider sent back, and its token.

    Raises NotSignedIn, and requests.RequestException where the provider does not answer.
    """
    begun = _begun(request)
    if "code" not in request.GET:
        raise unconfirmed()
    client = Client()
    try:
        person = client.authenticate(request, nonce=begun["nonce"], code_verifier=begun["code_verifier"])
    except (SuspiciousOperation, jwt.PyJWTError, requests.HTTPError, ValueError) as error:
        raise unconfirmed() from error
    if person is None:
        raise unconfirmed()
    return person, client.id_token


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What this session keeps of the sign-in that it began: taken once."""
    states = request.session.get("oidc_states", {})
    begun: dict[str, Any] | None = states.pop(request.GET.get("state", ""), None)
    request.session["oidc_states"] = states
    request.session.save()
    if begun is None or time.time() - begun["added_on"] > WAITS:
        raise begin_again()
    return begun


def leaving_address(id_token: str, back: str) -> str | None:
    """Where the person signs out at the provider; none where it has no such place, or does not answer."""
    try:
        address = description().get("end_session_endpoint")
    except requests.RequestException:
        return None
    asked = {"id_token_hint": id_token, "client_id": settings.OIDC_RP_CLIENT_ID, "post_logout_redirect_uri": back}
    return f"{address}?{urlencode(asked)}" if address else None
