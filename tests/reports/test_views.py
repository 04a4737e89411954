import io

import pytest
from django.urls import reverse
from docx import Document

from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(cast):
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "39"})
    return 2023


@pytest.mark.parametrize(
    ("who", "status"), [("office", 200), ("leader", 200), ("clerk", 403), ("head", 403), ("admin", 403)]
)
def test_who_reads_reports(client, cast, year, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("reports")).status_code == status
    assert client.get(reverse("report", args=[year])).status_code == status


def test_only_the_office_builds_the_word_file_and_it_opens(client, cast, year):
    address = reverse("report-download", args=[year])
    client.force_login(cast.office)
    assert client.get(address).status_code == 405
    answer = client.post(address)
    text = "\n".join(p.text for p in Document(io.BytesIO(answer.content)).paragraphs)
    assert "全年完成抽检40批次" in text
    client.force_login(cast.leader)
    assert client.post(address).status_code == 403


def test_a_year_without_figures_and_another_county_have_no_report(client, cast, year):
    client.force_login(cast.office)
    assert client.get(reverse("report", args=[1999])).status_code == 404
    client.force_login(cast.outsider_office)
    assert client.get(reverse("report", args=[year])).status_code == 404


def test_the_page_shows_figures_and_gaps(client, cast, year):
    client.force_login(cast.leader)
    text = client.get(reverse("report", args=[year])).content.decode()
    assert 'data-code="food.rate">97.5%' in text
    assert "〔缺" in text
