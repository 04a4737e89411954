"""What new wordings claim is looked for before a load locks anything, and by the check of files alone as well."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reports.wording import lint
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.entry import writer
from sectors.models import CatalogueVersion, Figure, Sector
from tests import base
from tests.races import while_looking

FOOD = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
LAST = "合格率为{{ n('food.rate') }}。\n"
DOUBTFUL = f"{LAST}  重点检查食品企业。\n"
REFUSED = f"{LAST}  抽检合格{{{{ n('food.passed') }}}}，较上年增长。\n"

looked_at = []


def spy(template, indicators):
    """As the settings name the function that looks; says whether something was locked meanwhile."""
    looked_at.append(connection.in_atomic_block)
    return lint.findings(template, indicators)


def spy_on_another_load(template, indicators):
    """Another load comes in between, once."""
    if not looked_at:
        CatalogueVersion.objects.renew()
    return spy(template, indicators)


@pytest.fixture
def food(tmp_path):
    def write(wording):
        assert LAST in FOOD
        path = tmp_path / "food.yaml"
        path.write_text(FOOD.replace(LAST, wording), encoding="utf-8")
        return path

    looked_at.clear()
    return write


@pytest.fixture
def small():
    base.make_cast()
    return base.cast()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dry_run", [True, False])
def test_claims_are_looked_for_before_anything_is_locked(small, settings, food, dry_run):
    settings.WORDING_LINT = f"{__name__}.spy"
    with pytest.raises(CatalogueError, match=r"food\.yaml:\d+:.*增长"):
        load(food(REFUSED), dry_run=dry_run)
    assert looked_at == [False]
    assert "增长" not in Sector.objects.get(code="food").wording


@pytest.mark.django_db(transaction=True)
def test_they_are_looked_for_again_where_the_catalogue_changed_meanwhile(small, settings, food):
    settings.WORDING_LINT = f"{__name__}.spy_on_another_load"
    with pytest.raises(CatalogueError):
        load(food(REFUSED))
    assert looked_at == [False, True]


@pytest.mark.django_db
def test_a_wording_that_stays_is_not_looked_at(cast, settings, food):
    settings.WORDING_LINT = f"{__name__}.spy"
    load(food(LAST))
    assert looked_at == []


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("wording", [DOUBTFUL, REFUSED])
def test_the_check_of_files_finds_what_a_load_finds(cast, food, capsys, wording):
    folder = food(wording).parent
    for name in ("units.yaml", "plants.yaml", "water.yaml", "990101.yaml"):
        (folder / name).write_text((base.SMALL / name).read_text(encoding="utf-8"), encoding="utf-8")
    try:
        loaded = [line[2:] for line in load(folder, dry_run=True).lines if line.startswith("? ")]
    except CatalogueError as error:
        loaded = [str(problem) for problem in error.problems]
    assert loaded
    try:
        call_command("check_catalogue", folder, alone=True)
    except CommandError:
        assert wording == REFUSED
    said = capsys.readouterr()
    checked = said.err.splitlines() if wording == REFUSED else said.out.splitlines()
    assert [line.removeprefix("? ") for line in checked if "food.yaml" in line] == loaded


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_keeps_nobody_from_saving(small, food):
    sheet = base.submission(small.county)
    base.report(small.county, "2022Q1", {"food.done": "4"})
    path = food(LAST)
    path.write_text(FOOD.replace("食品产量, unit: 吨", "食品产量, unit: 万吨"), encoding="utf-8")
    (failed, saved), ends = while_looking(
        "sectors_figure",
        lambda: load(path, dry_run=True),
        lambda: writer.save(sheet, writer.Typed({"food.output": "5"}), by=small.clerk).stored,
    )
    assert not isinstance(failed, Exception), failed
    assert saved == {"food.output": "5"}
    assert ends == ["second", "first"]
    assert Figure.objects.filter(indicator__code="food.output").values_list("value", flat=True).get() == 5
