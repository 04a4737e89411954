"""System checks of single sign-on. Their ids are stable, so that one can be silenced by id."""

from typing import Any

from django.conf import settings
from django.core import checks


def register_all() -> None:
    checks.register(client_named, checks.Tags.security)
    checks.register(somebody_can_sign_in, checks.Tags.security)
    checks.register(providers_by_https, checks.Tags.security, deploy=True)


def client_named(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.OIDC_ISSUER or (settings.OIDC_RP_CLIENT_ID and settings.OIDC_RP_CLIENT_SECRET):
        return []
    return [
        checks.Error(
            "OIDC_ISSUER names a provider that does not know this site.",
            hint="Put what the provider gave you into OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.",
            id="zhibao.E004",
        )
    ]


def somebody_can_sign_in(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.PASSWORD_SIGN_IN == "all" or settings.OIDC_ISSUER or settings.CAS_SERVER_URL:
        return []
    return [
        checks.Error(
            "Only administrators may sign in by password, and there is no single sign-on for the others.",
            hint="Set OIDC_ISSUER or CAS_SERVER_URL, or leave PASSWORD_SIGN_IN at all.",
            id="zhibao.E005",
        )
    ]


def providers_by_https(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"{name} is reached without https: who stands in between can sign in as anybody.",
            hint="Name the provider's address with https://.",
            id="zhibao.W004",
        )
        for name in ("OIDC_ISSUER", "CAS_SERVER_URL")
        if getattr(settings, name).startswith("http://")
    ]
