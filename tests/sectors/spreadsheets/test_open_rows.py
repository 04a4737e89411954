"""Open rows in a sheet's Excel file: there and back, more of them, and emptied ones."""

import uuid

import pytest

from sectors.catalogue.loader import load
from sectors.entry import reverting, writer
from sectors.guard import WrongState
from sectors.models import OpenRow, Submission
from sectors.spreadsheets import reader
from sectors.spreadsheets import writer as file_writer
from tests import base
from tests.base import Cast
from tests.sectors.spreadsheets import workbooks

pytestmark = pytest.mark.django_db
EAST, WEST = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def works(cast: Cast) -> Submission:
    load(base.DATA / "rows")
    found = base.submission(cast.county, "T-20")
    type_in(found, cast, EAST, name="东街给水", length="5.2", done="2023-02-03")
    type_in(found, cast, WEST, name="西街排水", length="3.0", kind="D")
    return found


def type_in(works: Submission, cast: Cast, key: uuid.UUID, **cells: str) -> None:
    typed = {f"pipes/{key.hex}/{column}": text for column, text in cells.items()}
    assert writer.save(works, writer.Typed(typed), by=cast.clerk).is_complete


def download(works: Submission, cast: Cast) -> bytes:
    found = Submission.objects.for_reading().get(pk=works.pk)
    return file_writer.write(found, room=f"{cast.clerk.pk}/file")


def filled(data: bytes, cells: dict[str, object]) -> bytes:
    book, page = workbooks.opened(data)
    places = workbooks.cells(page)
    for code, value in cells.items():
        places[code].value = value
    return bytes(workbooks.saved(book))


def spare(data: bytes, column: str, number: int = 0) -> str:
    """The code of a column's cell in a blank row."""
    places = workbooks.cells(workbooks.opened(data)[1])
    keys = [EAST.hex, WEST.hex]
    codes = [code for code in places if code.startswith("pipes/") and code.endswith(f"/{column}")]
    return str([code for code in codes if code.split("/")[1] not in keys][number])


def test_an_untouched_file_changes_nothing(works: Submission, cast: Cast) -> None:
    preview = workbooks.upload(download(works, cast), works, cast.clerk)
    assert preview.is_empty
    assert not preview.problems
    assert not preview.notices


def test_rows_that_are_added_changed_and_emptied(works: Submission, cast: Cast) -> None:
    data = download(works, cast)
    name, length = spare(data, "name"), spare(data, "length")
    west = {f"pipes/{WEST.hex}/{column}": None for column in ("name", "length", "kind")}
    sent = filled(data, {name: "北街燃气", length: 2.5, f"pipes/{EAST.hex}/length": 6, **west})
    preview = workbooks.upload(sent, works, cast.clerk)
    assert not preview.problems
    assert len(preview.changes) == 6
    assert any("西街排水" in notice for notice in preview.notices)  # it goes
    assert OpenRow.objects.count() == 2  # nothing is stored yet
    reader.store(preview, works, cast.clerk)
    cells = [row.cells for row in OpenRow.objects.order_by("position")]
    assert cells == [
        {"name": "东街给水", "length": "6", "done": "2023-02-03"},
        {"name": "北街燃气", "length": "2.5"},
    ]
    total = works.figures.get(indicator__code="works.pipes.length")
    assert total.cell.stored == "8.5"


def test_what_does_not_fit_is_named_with_its_cell(works: Submission, cast: Cast) -> None:
    sent = filled(download(works, cast), {f"pipes/{EAST.hex}/length": "很长", f"pipes/{WEST.hex}/kind": "热力"})
    preview = workbooks.upload(sent, works, cast.clerk)
    assert sorted(problem.text for problem in preview.problems) == ["很长", "热力"]


def test_a_figure_that_is_made_of_rows_is_not_typed(works: Submission, cast: Cast) -> None:
    sent = filled(download(works, cast), {"works.pipes.length": 99})
    assert len(workbooks.upload(sent, works, cast.clerk).problems) == 1


def test_nor_is_it_where_the_file_brings_the_first_rows(works: Submission, cast: Cast) -> None:
    OpenRow.objects.all().delete()
    data = download(works, cast)
    sent = filled(data, {spare(data, "name"): "北街燃气", "works.pipes": 7})
    assert [problem.text for problem in workbooks.upload(sent, works, cast.clerk).problems] == ["7"]


def test_a_row_that_somebody_changed_meanwhile_is_a_conflict(works: Submission, cast: Cast) -> None:
    data = download(works, cast)
    type_in(works, cast, EAST, length="7")
    preview = workbooks.upload(filled(data, {f"pipes/{EAST.hex}/length": 6}), works, cast.clerk)
    assert [(change.old, change.new) for change in preview.conflicts] == [("7", "6")]
    assert preview.conflicts[0].conflict is not None
    assert preview.conflicts[0].conflict.by == cast.clerk


def test_heads_that_were_moved_are_noticed(works: Submission, cast: Cast) -> None:
    book, page = workbooks.opened(download(works, cast))
    places = workbooks.cells(page)
    place = places[f"pipes/{EAST.hex}/length"]
    page.cell(place.row - 1, place.column).value = "投资"
    place.value = 9
    assert workbooks.upload(workbooks.saved(book), works, cast.clerk).problems


@pytest.mark.parametrize("had_rows", [True, False])
def test_an_import_is_undone_with_its_rows(works: Submission, cast: Cast, had_rows: bool) -> None:
    if not had_rows:
        writer.save(works, writer.Typed(dict.fromkeys(_codes(works), "")), by=cast.clerk)
        assert writer.save(works, writer.Typed({"works.pipes.length": "9.5"}), by=cast.clerk).is_complete
    before = _there(works)
    assert before[1]["works.pipes.length"] == ("8.2" if had_rows else "9.5")
    since = reverting.last_changes(works)
    data = download(works, cast)
    gone = dict.fromkeys((code for code in _codes(works) if EAST.hex in code), "")
    typed = {**gone, spare(data, "name"): "北街给水", spare(data, "length"): 4, "works.lamps": 3}
    preview = workbooks.upload(filled(data, typed), works, cast.clerk)
    assert not preview.problems
    reader.store(preview, works, cast.clerk)
    until = reverting.last_changes(works)
    assert _there(works) != before
    reverting.revert(works, since=since, until=until, by=cast.clerk)
    assert _there(works) == before
    with pytest.raises(WrongState):  # its own undoing came after it
        reverting.revert(works, since=since, until=until, by=cast.clerk)


def test_an_import_is_not_undone_where_only_a_row_was_changed_since(works: Submission, cast: Cast) -> None:
    since = reverting.last_changes(works)
    type_in(works, cast, EAST, name="东街供水")
    until = reverting.last_changes(works)
    type_in(works, cast, EAST, name="东街自来水")
    with pytest.raises(WrongState):
        reverting.revert(works, since=since, until=until, by=cast.clerk)
    assert OpenRow.objects.get(key=EAST).cells["name"] == "东街自来水"


def _codes(works: Submission) -> list[str]:
    return [f"pipes/{row.key.hex}/{column}" for row in works.open_rows.all() for column in row.cells]


def _there(works: Submission) -> tuple[dict[uuid.UUID, dict[str, str]], dict[str, str]]:
    figures = {one.indicator.code: one.cell.stored for one in works.figures.select_related("indicator")}
    rows = {row.key: row.cells for row in works.open_rows.all()}
    return rows, {code: text for code, text in figures.items() if text}
