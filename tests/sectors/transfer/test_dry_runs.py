"""What is only tried holds nobody up, on either database, and leaves nothing behind."""

import pytest

from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.entry import writer
from sectors.models import Figure, Sector
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives
from tests import base
from tests.races import while_looking

pytestmark = pytest.mark.django_db(transaction=True)

HISTORY = "indicator,period,value,declared,note\nfood.done,2021,134,,\n"


@pytest.fixture
def small():
    base.make_cast()
    return base.cast()


def tried(kind, county, folder, text):
    """A dry run of one kind, with what is in a file or refused of it."""
    path = folder / f"tried.{'csv' if kind == 'figures' else 'yaml'}"
    path.write_text(text, encoding="utf-8")
    if kind == "catalogue":
        return lambda: load(path, dry_run=True)
    imported = import_figures if kind == "figures" else import_narratives
    return lambda: imported([path], region=county, year=2021, dry_run=True)


@pytest.mark.parametrize(
    ("kind", "text", "reads"),
    [
        ("figures", HISTORY, "sectors_submission"),
        ("narratives", "food.work: 抽检了\n", "sectors_question"),
    ],
)
def test_a_dry_run_keeps_nobody_from_saving(small, tmp_path, kind, text, reads):
    sheet = base.submission(small.county)
    (_tried, saved), ends = while_looking(
        reads,
        tried(kind, small.county, tmp_path, text),
        lambda: writer.save(sheet, writer.Typed({"food.output": "5"}), by=small.clerk).stored,
    )
    assert saved == {"food.output": "5"}
    assert ends[0] == "second"
    assert Figure.objects.values_list("indicator__code", "value").get() == ("food.output", 5)


@pytest.mark.parametrize(
    ("kind", "text", "refused"),
    [
        ("figures", HISTORY, None),
        ("figures", HISTORY.replace("food.done", "food.none"), HistoryFileError),
        ("narratives", "food.none: 抽检了\n", HistoryFileError),
        ("catalogue", "sector: {code: toys}\n", CatalogueError),
    ],
)
def test_after_a_dry_run_everything_is_as_before(small, tmp_path, kind, text, refused):
    run, before = tried(kind, small.county, tmp_path, text), list(Sector.objects.values())
    if refused:
        with pytest.raises(refused):
            run()
    else:
        run()
    assert list(Sector.objects.values()) == before
    assert not Figure.objects.exists()
    assert writer.save(base.submission(small.county), writer.Typed({"food.output": "5"}), by=small.clerk).stored
    assert Figure.objects.count() == 1
