"""What people call a region, a department, a sheet: its code, its name, what is short for it; several are told."""

import pytest

from sectors.models import Department, Region
from sectors.models.naming import departments_named, is_short_for, region_named, sheet_named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_region(cast):
    for text in (cast.county.code, "云泽县", "云泽"):
        assert region_named(text) == cast.county
    for text in ("没有县", "云", ""):
        with pytest.raises(ValueError, match="There is no region"):
            region_named(text)


def test_several_regions(cast):
    Region.objects.create(code="990199", name="云泽县", level="county")
    assert region_named(cast.county.code) == cast.county
    for text in ("云泽县", "云泽"):
        with pytest.raises(ValueError, match=f"Several are called {text}. Give the code: .*990199"):
            region_named(text)


def test_a_department(cast):
    departments = Department.objects.filter(region=cast.county)
    for text in ("market", "云泽县市场监督管理局", "市场监督管理局", "市场监管局", "市监局"):
        assert departments_named(text, departments) == [cast.market], text
    assert departments_named("市场局长", departments) == []
    assert len(departments_named("market", Department.objects.all())) >= 1
    twin = Department.objects.create(region=cast.county, code="m2", name="云泽县市容监察局", short_name="市容局")
    assert departments_named("市监局", departments) == [twin, cast.market]
    assert departments_named("market", departments) == [cast.market]  # a code comes first


def test_a_sheet(cast):
    sheet = sheet_named("T-01")
    assert sheet_named(sheet.name) == sheet
    with pytest.raises(ValueError, match="no sheet with the number or name T-99"):
        sheet_named("T-99")


@pytest.mark.parametrize(
    ("text", "name", "is_short"),
    [
        ("市场监管局", "市场监督管理局", True),
        ("卫健委", "卫生健康委员会", False),
        ("卫健会", "卫生健康委员会", True),
        ("市局", "市场监督管理局", False),
        ("水利厅", "水利局", False),
        ("市理监局", "市场监督管理局", False),
    ],
)
def test_what_is_short_for_a_name(text, name, is_short):
    assert is_short_for(text, name) == is_short
