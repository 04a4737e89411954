"""Reports, tokens and records in the administration: looked at, never written."""

import datetime

import pytest
from django.contrib import admin
from django.urls import reverse

from reports.models import ApiToken
from tests import base

OWN = ("reports", "inspections")
MODELS = [model for model in admin.site._registry if model._meta.app_label in OWN]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_they_are_looked_at_only(client, cast, model):
    client.force_login(cast.admin)
    names = f"{model._meta.app_label}_{model._meta.model_name}"
    assert client.get(reverse(f"admin:{names}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:{names}_add")).status_code == 403
    assert "delete_selected" not in client.get(reverse(f"admin:{names}_changelist")).content.decode()


def test_a_token_is_neither_shown_nor_changed(client, cast):
    token = ApiToken.objects.create(
        department=cast.market,
        name="平台",
        digest="d" * 64,
        hint="zb_12345",
        created_by=cast.head,
        role="head",
        expires_on=datetime.date(2099, 1, 1),
    )
    client.force_login(cast.admin)
    address = reverse("admin:reports_apitoken_change", args=[token.pk])
    assert token.digest not in client.get(address).content.decode()
    assert client.post(address, {"name": "x"}).status_code == 403
    assert client.post(reverse("admin:reports_apitoken_delete", args=[token.pk]), {"post": "yes"}).status_code == 403


def test_whom_a_report_or_a_token_names_stays(client, cast):
    person = base.user("head", cast.market, "gone")
    of = {"department": cast.market, "created_by": person, "role": "head", "expires_on": datetime.date(2099, 1, 1)}
    ApiToken.objects.create(name="平台", digest="e" * 64, hint="zb_1", **of)
    client.force_login(cast.admin)
    page = client.post(reverse("admin:sectors_user_delete", args=[person.pk]), {"post": "yes"})
    assert "数据接口令牌 1" in page.content.decode()
