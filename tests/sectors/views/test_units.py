"""Units of measure in the browser: shown, tried by the loader's own dry run, loaded by its load."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from sectors.models import Unit
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def look(client, **typed):
    return client.post(reverse("units"), {"name": "吨公里", "base": "", "scale": "", "also": "", **typed})


def load(client, page):
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.content.decode())
    return client.post(reverse("load-catalogue"), {"ticket": ticket})


def everything():
    return list(Unit.objects.order_by("pk").values())


def test_a_unit_is_shown_then_loaded(admin):
    before = everything()
    page = look(admin, name="吨公里", also="t·km、 吨·公里")
    assert page.status_code == 200
    assert "吨公里" in page.content.decode()
    assert everything() == before
    assert load(admin, page).status_code == 302
    unit = Unit.objects.get(name="吨公里")
    assert (unit.base, unit.scale, unit.counts, unit.also) == ("吨公里", 1, False, ["t·km", "吨·公里"])
    load(admin, look(admin, name="万吨公里", base="吨公里", scale="10000"))
    unit = Unit.objects.get(name="万吨公里")
    assert (unit.base, unit.scale) == ("吨公里", 10000)
    text = base.html(admin.get(reverse("units")))
    assert "10000 吨公里" in text


def test_a_unit_is_changed_from_what_it_is(admin):
    unit = Unit.objects.get(name="批次")
    page = admin.get(reverse("units"), {"unit": unit.pk}).content.decode()
    assert f'value="{unit.name}"' in page
    load(admin, look(admin, name=unit.name, counts="on", also="之一"))
    changed = Unit.objects.get(pk=unit.pk)
    assert (changed.name, changed.counts, changed.also) == (unit.name, True, ["之一"])
    assert admin.get(reverse("units"), {"unit": "9" * 30}).status_code == 200


def test_how_a_unit_is_converted_stays_under_accepted_figures(admin, cast):
    base.report(cast.county, "2023Q1", {"food.done": "50"}, "accepted")
    unit = Unit.objects.get(name="批次")
    other = Unit.objects.get(name="家")
    before = everything()
    answer = look(admin, name=unit.name, base=other.name, scale="10", counts="on")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert f'value="{unit.name}"' in answer.content.decode()  # what was typed is still there
    assert everything() == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "长" * 21}, "at most 20 characters"),
        ({"base": "家"}, "belong together"),
        ({"scale": "10"}, "belong together"),
        ({"base": "没有", "scale": "10"}, "Select a valid choice"),
        ({"base": "家", "scale": "many"}, "Enter a number"),
        ({"base": "家", "scale": "0"}, "greater than or equal to"),
        ({"base": "家", "scale": "-1"}, "greater than or equal to"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(admin, typed, said):
    before = everything()
    answer = look(admin, **typed)
    assert answer.status_code == 422
    assert said in base.html(answer)
    assert 'role="alert"' in answer.content.decode()
    assert everything() == before


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
def test_units_are_the_administrators(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("units")).status_code == 403
    assert look(client).status_code == 403
