"""Single sign-on in a browser, which holds what forms may lead to against the content security policy."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from tests.accounts.providers import CLIENT, SECRET, OpenId, Server, redirect, running

pytestmark = pytest.mark.browser


class Elsewhere(Server):
    """Where people are signed out, at another address than the provider's own."""

    def page(self, path, sent, headers):
        return redirect(sent["post_logout_redirect_uri"])


@pytest.fixture
def provider(settings):
    cache.clear()
    with running(OpenId) as provider, running(Elsewhere) as elsewhere:
        settings.OIDC_ISSUER, settings.SSO_LOGOUT = provider.url, True
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
        provider.description = {"end_session_endpoint": f"{elsewhere.url}/end"}
        provider.elsewhere = elsewhere
        yield provider
    cache.clear()


@pytest.mark.parametrize("name", ["clerk", "admin"])
def test_signing_out_leads_to_the_provider_and_back(page, cast, provider, name):
    provider.name = name
    page.goto(reverse("login"))
    page.click(f'a[href^="{reverse("oidc")}"]')
    page.goto("/admin/" if name == "admin" else "/")
    page.get_by_role("button", name="退出").click()
    expect(page.locator("input[name=username]")).to_be_visible()
    assert provider.elsewhere.asked == ["/end"]
    assert page.url.endswith(reverse("login"))
