"""What is reported in words stands in the tables of boards, and that it is in no picture is said."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from sectors.catalogue.loader import load
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reported(cast, client):
    load(base.DATA / "kinds")
    for quarter, grade, warmth in (("2023Q1", "Ⅱ类", "5"), ("2023Q2", "Ⅰ类", "17")):
        base.report(cast.county, quarter, {"climate.water": grade, "climate.temperature": warmth})
    client.force_login(cast.office)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def page(client, name, *args, **asked):
    answer = client.get(reverse(name, args=args), {"period": "2023", **asked})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_periods_of_a_sector_have_the_words(client):
    text = page(client, "sector", "climate", indicator="climate.water")
    row = text[text.rindex("水质类别</a>") :].partition("</tr>")[0]
    assert re.findall(r"[ⅠⅡ]类", row) == ["Ⅱ类", "Ⅰ类", "Ⅰ类"]
    assert "reported in words, which are not drawn" in text
    assert "There is too little of it yet" not in text


def test_a_sector_shows_a_number_first(client):
    base.change_catalogue(Indicator.objects.filter(code="climate.water"), is_key=True)
    text = page(client, "sector", "climate")
    assert '<h2 id="shown-title">产值增速</h2>' in text
    assert "not drawn" not in text


@pytest.mark.parametrize("chosen", [["climate.water", "climate.temperature"], ["climate.temperature", "climate.water"]])
def test_the_explorer_draws_numbers_and_names_the_words(client, chosen):
    text = page(client, "explore", i=chosen, year="2023", by="period")
    assert "Reported in words and not drawn, the table has them: 水质类别" in text
    assert "1 row is in the table only" in text
    assert 'id="pivot"' in text
    assert "Ⅱ类" in text


def test_words_alone_have_no_chart_and_numbers_alone_no_remark(client):
    text = page(client, "explore", i=["climate.water"], year="2023", by="period")
    assert "Reported in words and not drawn" in text
    assert 'id="pivot"' not in text
    assert "not drawn" not in page(client, "explore", i=["climate.temperature"], year="2023", by="period")
