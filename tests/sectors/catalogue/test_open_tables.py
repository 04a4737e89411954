"""Tables to which departments add rows, in catalogue files: what they say, what is refused, and back to a file."""

import re
import uuid
from pathlib import Path

import pytest

from sectors.catalogue import draft_acts, draft_pages, editing, writing, yaml_files
from sectors.catalogue.draft_forms import ElementForm
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.entry import writer
from sectors.models import Indicator, OpenRow, Sheet, Table
from tests import base
from tests.base import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FILE = base.DATA / "rows" / "works.yaml"


def load_text(text: str, folder: Path) -> None:
    path = folder / "works.yaml"
    path.write_text(text, encoding="utf-8")
    load(path)


def test_the_database_gives_back_what_was_loaded(cast: Cast, tmp_path: Path) -> None:
    load(FILE)
    written = yaml_files.as_yaml(writing.with_units(writing.of_sectors("works")["works"]))
    path = tmp_path / "again.yaml"
    path.write_text(written, encoding="utf-8")
    assert load(path, dry_run=True).lines == []
    assert Table.objects.get(code="pipes").most_rows == 20
    assert Table.objects.get(code="parks").rows_of_year == "last"
    assert Indicator.objects.get(code="works.pipes.length").of_rows == "sum(length)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of_rows: sum(length)", "of_rows: sum(name)", "names the column name"),
        ("of_rows: sum(length)", "of_rows: mean(length)", "must be made of"),
        ("of_rows: sum(length)", "of_rows: sum(money)", "The unit is 公里"),
        ("name: 管网长度, unit: 公里, decimals: 1", "name: 管网长度, unit: 公里", "decimals must be at least 1"),
        ("code: money, name: 投资", "code: length, name: 投资", "twice"),
        ("unit: 万元, decimals: 2}", "decimals: 2}", "unit is missing"),
        ("unit: 万元, decimals: 2}", "unit: 斤, decimals: 2}", "Unknown unit 斤"),
        ("most_rows: 20", "most_rows: 501", "at most 500"),
        ("most_rows: 20", "most_rows: 0", "at least 1"),
        ("rows_of_year: last", "rows_of_year: all", "Write both alike"),
        ("kind: text, required: true", "kind: text, max: 5, required: true", "max is said of numbers"),
        ("unit: 个}", "unit: 个, of_rows: count}", "said in a table with open_columns"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(cast: Cast, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(CatalogueError) as error:
        load_text(text.replace(old, new), tmp_path)
    assert said in str(error.value)
    assert re.search(r"works\.yaml:\d+", str(error.value))
    assert not Sheet.objects.filter(number="T-20").exists()


def test_columns_that_were_reported_stay(cast: Cast, tmp_path: Path) -> None:
    load(FILE)
    works = base.submission(cast.county, "T-20")
    key = uuid.uuid4().hex
    typed = {f"pipes/{key}/name": "东街", f"pipes/{key}/length": "5.2", f"pipes/{key}/kind": "W"}
    writer.save(works, writer.Typed(typed), by=cast.clerk)
    text = FILE.read_text(encoding="utf-8")
    without_money = re.sub(r" +- \{code: money.*\n", "", text)
    without_kind = re.sub(r" +- \{code: kind.*\n", "", text)
    other_options = text.replace("{D: 排水, W: 给水}", "{D: 排水, W: 供水}")
    load_text(without_kind, tmp_path)  # a draft that nobody has seen keeps nothing
    load_text(text, tmp_path)
    assert OpenRow.objects.get().cells["kind"] == "给水"
    base.take_to("accepted", cast, works)
    for refused in (without_kind, other_options):
        with pytest.raises(CatalogueError):
            load_text(refused, tmp_path)
    load_text(without_money, tmp_path)  # nothing stands in it


def test_a_draft_shows_their_columns_and_figures_follow_a_code_that_changes() -> None:
    specification = yaml_files.from_yaml(FILE)
    assert editing.is_well_formed(specification)
    columns = draft_pages.page(specification, {}, []).tables[0].open_columns
    assert [(column.name, column.unit) for column in columns][:2] == [("项目", ""), ("长度", "公里")]
    place = ("sheets", 0, "tables", 0, "open_columns", 1)
    form = ElementForm({"code": "km", "name": "里程"}, place=place, element={}, fixed=False, units=["公里"])
    assert {"unit", "decimals", "kind", "required", "max"} <= form.fields.keys()
    changed = editing.changed(specification, place, {"code": "km"})
    rows = changed["sheets"][0]["tables"][0]["indicators"]
    assert [row.get("of_rows") for row in rows] == ["count", "sum(km)", "max(km)", None]
    assert specification["sheets"][0]["tables"][0]["indicators"][1]["of_rows"] == "sum(length)"


def test_one_is_added_to_a_draft_with_a_figure_of_its_rows(cast: Cast) -> None:
    load(FILE)
    specification = yaml_files.from_yaml(FILE)
    added, place = draft_acts.add(specification, ("sheets", 0), "open")
    assert place == ("sheets", 0, "tables", 3)
    assert added["sheets"][0]["tables"][3]["indicators"][0]["of_rows"] == "count"
    more, place = draft_acts.add(added, (*place, "open_columns", 0), "next")
    assert [column["code"] for column in more["sheets"][0]["tables"][3]["open_columns"]] == ["name", "c1"]


def test_a_row_goes_though_something_stands_in_a_column_that_is_gone(cast: Cast, tmp_path: Path) -> None:
    load(FILE)
    works = base.submission(cast.county, "T-20")
    emptied, only = uuid.uuid4().hex, uuid.uuid4().hex
    typed = {f"pipes/{emptied}/name": "东街", f"pipes/{emptied}/length": "5.2", f"pipes/{emptied}/kind": "W"}
    writer.save(works, writer.Typed({**typed, f"pipes/{only}/kind": "D"}), by=cast.clerk)
    load_text(re.sub(r" +- \{code: kind.*\n", "", FILE.read_text(encoding="utf-8")), tmp_path)
    works = type(works).objects.get(pk=works.pk)
    saved = writer.save(
        works,
        writer.Typed({f"pipes/{key}/{column}": "" for key in (emptied, only) for column in ("name", "length")}),
        by=cast.clerk,
    )
    assert saved.is_complete
    assert not OpenRow.objects.exists()
    assert not works.figures.filter(indicator__code="works.pipes", value__isnull=False).exists()
