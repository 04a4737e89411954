"""Units: what else is written for them, units of a sector's own, and what is refused."""

import pytest

from sectors.catalogue.files import read
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.entry.cell_texts import read_cell
from sectors.models import Indicator, Unit
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TEA = """\
sector: tea
name: 茶叶
chapter: {code: product, name: 产品质量, position: 1}
position: 9
units:
  - {name: 公斤, base: 吨, scale: 0.001, also: [kg, 千克]}
  - {name: 茶包, also: [包]}
sheets:
  - number: TEA-01
    name: 茶叶情况表
    frequency: quarter
    department: market
    tables:
      - code: tea
        name: 茶叶
        indicators:
          - {code: tea.made, name: 产量, unit: 公斤}
          - {code: tea.bags, name: 茶包, unit: 茶包}
"""


@pytest.fixture
def file(cast, tmp_path):
    def write(*change):
        assert not change or change[0] in TEA
        path = tmp_path / "tea.yaml"
        path.write_text(TEA.replace(*change) if change else TEA, encoding="utf-8")
        return path

    return write


def problems(path):
    with pytest.raises(CatalogueError) as caught:
        load(path)
    return [(problem.place.line, problem.message) for problem in caught.value.problems]


def test_a_sector_brings_units_of_its_own_and_cells_understand_what_is_written_for_them(file):
    load(file())
    assert load(file()).lines == []
    made = Indicator.objects.select_related("unit").get(code="tea.made")
    assert read_cell(made, "12 千克").value == read_cell(made, "12kg").value == 12
    load(file("also: [kg, 千克]", "also: [kg]"))
    assert Unit.objects.get(name="公斤").also == ["kg"]


@pytest.mark.parametrize("name", ["百分点", "万台", "只", "万只", "公斤"])
def test_usual_units_are_shipped(name):
    assert name in {unit.name for unit in read(base.SHIPPED_CATALOGUE / "units.yaml").units}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("kg", "公斤"),
        ("千克", "公斤"),
        ("km", "公里"),
        ("m", "米"),
        ("m²", "平方米"),
        ("㎡", "平方米"),
        ("个百分点", "百分点"),
    ],
)
def test_what_people_type_for_usual_units_is_shipped(text, unit):
    also = {unit.name: unit.also for unit in read(base.SHIPPED_CATALOGUE / "units.yaml").units}
    assert text in also[unit]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("unit: 公斤", "unit: kg", 17, "Unknown unit kg: it is another word for 公斤, so write 公斤."),
        ("unit: 茶包", "unit: 茶袋", 18, "Unknown unit 茶袋. Add it under units: in this file or in the file of units"),
        ("unit: 茶包", "unit: 批", 18, "or write one of these: 批次."),
        ("base: 吨", "base: 顿", 6, "The base 顿 of 公斤 is no unit that is its own base."),
        ("base: 吨", "base: 万吨", 6, "The base 万吨 of 公斤 is no unit that is its own base."),
        ("[包]", "[家]", 7, "“家” cannot be written for 茶包: it means another unit (家)"),
        ("[包]", "[千克]", 7, "“千克” cannot be written for"),
        ("[包]", '["1包"]', 7, "“1包” cannot be written for 茶包"),
        ("[包]", '["大 包"]', 7, "or has blanks"),
        ("[包]", "[包, 包]", 7, "stands there twice"),
        ("[包]", "[茶包]", 7, "stands there twice"),
        ("[包]", "包", 7, "also must be a list of texts."),
        ("[包]", "[1]", 7, "also must be a list of texts."),
    ],
)
def test_a_unit_that_cannot_be_understood_is_refused_with_its_line(file, old, new, line, message):
    found = problems(file(old, new))
    assert any(message in said and at in (line, line - 1) for at, said in found), found


def test_two_units_are_not_written_alike_across_files(file, cast):
    load(file())
    Unit.objects.filter(name="家").update(also=["茶企"])
    ((_line, said),) = problems(file("[包]", "[茶企]"))
    assert said.startswith("“茶企” cannot be written for 茶包: it means another unit (家)")
