"""The checks of single sign-on, each by its stable id."""

import pytest

from accounts import checks


def ids(messages):
    return [message.id for message in messages]


def test_provider_without_a_client(settings):
    assert checks.client_named(None) == []
    settings.OIDC_ISSUER = "https://sso.example"
    assert ids(checks.client_named(None)) == ["zhibao.E004"]
    settings.OIDC_RP_CLIENT_ID = settings.OIDC_RP_CLIENT_SECRET = "x"
    assert checks.client_named(None) == []


@pytest.mark.parametrize("provider", ["OIDC_ISSUER", "CAS_SERVER_URL"])
def test_nobody_could_sign_in(settings, provider):
    assert checks.somebody_can_sign_in(None) == []
    settings.PASSWORD_SIGN_IN = "admins"
    assert ids(checks.somebody_can_sign_in(None)) == ["zhibao.E005"]
    setattr(settings, provider, "https://sso.example/")
    assert checks.somebody_can_sign_in(None) == []


@pytest.mark.parametrize("provider", ["OIDC_ISSUER", "CAS_SERVER_URL"])
def test_provider_without_https(settings, provider):
    assert checks.providers_by_https(None) == []
    setattr(settings, provider, "https://sso.example/")
    assert checks.providers_by_https(None) == []
    setattr(settings, provider, "http://sso.example/")
    assert ids(checks.providers_by_https(None)) == ["zhibao.W004"]
