"""What somebody types who looks for what is not theirs: by code, number and name, with signs of queries."""

import pytest
from django.urls import reverse

from sectors.models import Department, Region, User
from tests import base
from tests.inspections.firms_made import code, firm
from tests.sectors.shell.test_search import batches

pytestmark = pytest.mark.django_db

SIGNS = (
    "{}",
    "{}%",
    "%{}",
    "_{}",
    "{}_",
    "'{}'",
    '"{}"',
    "^{}$",
    "({})|.*",
    "{} OR 1=1",
    "{}\\",
    "[{}]",
    "{} 2023",
    "{} q1",
)


@pytest.fixture
def elsewhere(cast):
    """Another county with a firm, a record, a sheet's submission and a person."""
    office = cast.other_county.departments.first() or Department.objects.create(
        region=cast.other_county, code="there", name="石浦县市场局", short_name="石浦市场"
    )
    made = firm(cast, "海堤水产行", region=cast.other_county, code=code("91653100000000009"))
    (batch,) = batches(office, "SPX2023")
    person = User.objects.create(username="shipu_only", last_name="石", first_name="浦人", department=office)
    sent = base.submission(cast.other_county, "T-01", "2023Q1")
    return [
        made.name, made.code, batch.report_number, person.username, person.full_name,
        cast.other_county.name, cast.other_county.code,
    ], (
        reverse("firm", args=[made.pk]), reverse("change-batches", args=[batch.pk]),
        reverse("submission", args=[sent.pk]), reverse("admin:sectors_user_change", args=[person.pk]),
        f"region={cast.other_county.code}",
    )  # fmt: skip


@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader"])
def test_what_is_of_another_county_is_found_by_no_sign(client, cast, elsewhere, who):
    texts, addresses = elsewhere
    client.force_login(getattr(cast, who))
    plain = [*texts, *(text[:3] for text in texts), "T-01 2023", "spx", "hdsc"]
    for text in [*plain, *(form.format(texts[n % len(texts)]) for n, form in enumerate(SIGNS))]:
        answer = client.get(reverse("search"), {"q": text})
        assert answer.status_code == 200, text
        page = answer.content.decode()
        assert [address for address in addresses if f'{address}"' in page] == [], text


@pytest.mark.parametrize(
    "text", ["%", "_", "%%%", "\\", "'", "质" * 200, "a" * 200, "%25", "２０２３", "2023-13", "2023Q5", "第0季度"]
)
def test_signs_alone_find_no_more_than_what_has_them(client, cast, text):
    base.submission(cast.county)
    firm(cast, "红旗小学")
    for who in (cast.clerk, cast.office):
        client.force_login(who)
        found = client.get(reverse("search"), {"q": text})
        assert found.status_code == 200
        assert [hit for kind in found.context["found"] for hit in kind.rows] == []


def test_names_are_told_as_texts(client, cast):
    firm(cast, "<script>alert(1)</script>学校")
    client.force_login(cast.clerk)
    page = client.get(reverse("search"), {"q": "<script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_prefecture_finds_its_counties_by_name_and_leads_to_nothing_of_them(client, cast):
    office = Department.objects.create(region=cast.prefecture, code="q", name="州质强办", short_name="州质强办")
    person = User.objects.create(username="above", role="office", department=office)
    base.submission(cast.county)
    client.force_login(person)
    found = client.get(reverse("search"), {"q": cast.county.name}).context["found"]
    assert [hit.code for kind in found if kind.name == "行政区划" for hit in kind.rows] == [cast.county.code]
    assert "报表" not in [kind.name for kind in client.get(reverse("search"), {"q": "T-01"}).context["found"]]
    assert Region.objects.filter(parent=cast.prefecture).exists()
