"""What belongs to others does not come up on any page, whatever an address asks for."""

import io
import zipfile

import pytest
from django.urls import reverse

from inspections.models import NonconformingSample
from reports.api import tokens
from tests import base
from tests.addresses import addresses
from tests.world import first, mark

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

WATER, OTHER = "水利之密", "石浦之密"
FIGURES = {WATER: "71828182", OTHER: "57721566"}


@pytest.fixture
def others(places):
    """Places of another department and of another county with words and figures that are nowhere else."""
    found = {WATER: places["department"], OTHER: places["county"]}
    for text, place in found.items():
        base.report(place.department.region, "2023Q3", {place.code: FIGURES[text]}, "draft")
        mark(place, text)
    return found


def told(client, address, query=None, **headers):
    """All that an answer says; of a workbook what stands in its parts."""
    answer = client.get(address, query, headers=headers)
    content = b"".join(answer) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return content.decode(errors="replace").replace(",", "")


def tell(text, said):
    return text in said or FIGURES[text] in said


def queries(place):
    """What filters may ask for of a place."""
    sheet = place.sheet
    yield {}
    yield {"department": place.department.pk}
    yield {"region": place.department.region.code, "year": 2023}
    yield {"region": place.department.region_id, "period": sheet.period_id}
    yield {"period": sheet.period_id}
    yield {"q": "之密", "submission": sheet.pk}
    yield {"i": place.code, "year": 2023, "by": "region"}
    yield {"counted": f"{sheet.pk}:{place.code}"}
    yield {"after": f"samples:{first(NonconformingSample, department=place.department)}", "submission": sheet.pk}


def lists():
    """Addresses of the site that name no object."""
    return [one.name for one in addresses() if not (one.wanted or one.is_of_admin or one.is_of_api)]


@pytest.mark.slow
@pytest.mark.parametrize(("who", "hidden"), [("clerk", (WATER, OTHER)), ("office", (OTHER,)), ("leader", (OTHER,))])
def test_no_list_shows_what_is_anothers(client, cast, others, who, hidden):
    client.force_login(getattr(cast, who))
    for name in lists():
        for text in hidden:
            for query in queries(others[text]):
                assert not tell(text, told(client, reverse(name), query)), (name, query)


def test_whose_it_is_reads_it(client, cast, others):
    """Else the test above would look for what is nowhere. An office reads what records say of persons masked."""
    for who, text, least in ((cast.outsider_clerk, WATER, 20), (cast.outsider_office, OTHER, 14)):
        client.force_login(who)
        assert len([name for name in lists() if tell(text, told(client, reverse(name)))]) > least


def test_a_token_reads_what_its_department_may(client, cast, others):
    for by, hidden in ((cast.head, (WATER, OTHER)), (cast.office, (OTHER,))):
        bearer = {"Authorization": f"Bearer {tokens.make('程序', by=by)[1]}"}
        for name in ("figures", "submissions", "periods", "indicators", "regions", "sdmx_figures", "annual"):
            for query in ({"year": 2023}, {"region": "990102", "year": 2023}, {"sheet": "T-02", "year": 2023}):
                said = told(client, reverse(f"api:{name}"), query, **bearer)
                assert not any(tell(text, said) for text in hidden), (name, query)
                assert name == "regions" or "990102" not in said or "Not Found" in said, (name, query)
