"""Rows that a department adds to an open table, and the figures that are made of them."""

import uuid
from collections.abc import Mapping, Sequence

import pytest

from audit.models import Event
from sectors.approval import moves
from sectors.approval.refusals import Incomplete
from sectors.catalogue.loader import load
from sectors.entry import cell_card, row_tables, writer
from sectors.guard import WrongState
from sectors.models import FigureChange, Indicator, OpenRow, OpenRowChange, Submission, User
from sectors.vocabulary import ChangeSource
from tests import base
from tests.base import Cast

pytestmark = pytest.mark.django_db
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)
TOTALS = ("works.pipes", "works.pipes.length", "works.pipes.longest")


@pytest.fixture
def works(cast: Cast) -> Submission:
    load(base.DATA / "rows")
    return base.submission(cast.county, "T-20")


def row(key: uuid.UUID, table: str = "pipes", **cells: str) -> dict[str, str]:
    return {f"{table}/{key.hex}/{column}": text for column, text in cells.items()}


def save(
    works: Submission, by: User, figures: Mapping[str, str], seen: Mapping[str, Sequence[str]] | None = None
) -> writer.Saved:
    return writer.save(works, writer.Typed(figures, seen=seen or {}), by=by)


def figures(works: Submission) -> dict[str, str]:
    rows = works.figures.select_related("indicator")
    return {figure.indicator.code: figure.cell.stored for figure in rows if figure.cell.stored}


def test_figures_are_made_of_rows(works: Submission, cast: Cast) -> None:
    typed = row(FIRST, name="东街给水", length="5.2", money="120.5", kind="w", done="2023/2/3")
    saved = save(works, cast.clerk, typed | row(SECOND, name="西街排水", length="3"))
    assert saved.is_complete
    assert saved.made == sorted(TOTALS)
    assert OpenRow.objects.get(key=FIRST).cells == {
        "name": "东街给水", "length": "5.2", "money": "120.5", "kind": "给水", "done": "2023-02-03",
    }  # fmt: skip
    assert figures(works) == {"works.pipes": "2", "works.pipes.length": "8.2", "works.pipes.longest": "5.2"}
    assert {change.source for change in FigureChange.objects.all()} == {ChangeSource.ROWS}


def test_decimals_are_exact(works: Submission, cast: Cast) -> None:
    for number in range(10):
        save(works, cast.clerk, row(uuid.UUID(int=number + 1), name=f"项目{number}", length="0.1"))
    assert figures(works)["works.pipes.length"] == "1.0"


@pytest.mark.parametrize(
    ("lengths", "total"),
    [
        (["5.2", ""], None),  # a part is missing, and missing is no 0
        (["5.2", "n/a"], "5.2"),  # what does not apply counts as nothing
        (["n/a", "n/a"], "n/a"),
        (["0", "0"], "0"),
        (["5.2", "0"], "5.2"),
    ],
)
def test_what_is_missing_in_a_row(works: Submission, cast: Cast, lengths: list[str], total: str | None) -> None:
    for number, length in enumerate(lengths):
        save(works, cast.clerk, row(uuid.UUID(int=number + 1), name=f"项目{number}", length=length))
    assert figures(works).get("works.pipes.length") == total
    assert figures(works)["works.pipes"] == "2"


def test_negative_numbers_add_up(works: Submission, cast: Cast) -> None:
    save(
        works,
        cast.clerk,
        row(FIRST, "parks", name="东园", change="-2.5") | row(SECOND, "parks", name="西园", change="1"),
    )
    assert figures(works)["works.parks.change"] == "-1.5"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("length", "五公里"), ("length", "5.25"), ("length", "-1"), ("length", "500.1"), ("length", "约5"),
        ("length", "5（截至2月1日）"), ("kind", "热力"), ("done", "2023-02-30"), ("name", "两\n行"), ("price", "5"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_stored_and_comes_back(works: Submission, cast: Cast, column: str, text: str) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水"))
    code = next(iter(row(FIRST, **{column: text})))
    saved = save(works, cast.clerk, {code: text})
    assert saved.refused[code][0] == text
    assert saved.refused[code][1]
    assert OpenRow.objects.get().cells == {"name": "东街给水"}


def test_an_emptied_row_goes_and_so_do_its_figures(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2"))
    save(works, cast.clerk, row(FIRST, name="", length=" "))
    assert not OpenRow.objects.exists()
    assert figures(works) == {}
    changes = OpenRowChange.objects.filter(key=FIRST, column="length").order_by("pk")
    assert [(change.old, change.new, change.by) for change in changes] == [
        ("", "5.2", cast.clerk),
        ("5.2", "", cast.clerk),
    ]
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2"))  # taken back
    assert figures(works)["works.pipes.length"] == "5.2"


def test_without_rows_a_figure_is_typed_and_with_rows_it_is_not(works: Submission, cast: Cast) -> None:
    assert save(works, cast.clerk, {"works.pipes": "0", "works.pipes.length": "0"}).is_complete
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2"))
    assert figures(works)["works.pipes.length"] == "5.2"
    assert "works.pipes.length" in save(works, cast.clerk, {"works.pipes.length": "9"}).refused
    assert figures(works)["works.pipes.length"] == "5.2"


def test_two_people_do_not_overwrite_each_other(works: Submission, cast: Cast) -> None:
    code, other = next(iter(row(FIRST, length=""))), base.user("clerk", cast.market, "other_clerk")
    save(works, other, row(FIRST, name="东街给水", length="5.2"))
    saved = save(works, cast.clerk, {code: "6"}, {code: [""]})
    assert saved.conflicts[code] == writer.Conflict("6", "5.2", other, OpenRowChange.objects.first().at)  # type: ignore[union-attr]
    assert save(works, cast.clerk, {code: "6"}, {code: ["5.20"]}).is_complete
    assert save(works, cast.clerk, {code: " 6 公里"}, {code: ["7"]}).is_complete  # both say the same


def test_a_table_takes_only_so_many_rows(works: Submission, cast: Cast) -> None:
    rows: dict[str, str] = {}
    for number in range(21):
        rows |= row(uuid.UUID(int=number + 1), name=f"项目{number}")
    saved = save(works, cast.clerk, rows)
    assert OpenRow.objects.count() == 20
    assert [text for text, _why in saved.refused.values()] == ["项目20"]


def test_a_closed_or_submitted_sheet_takes_no_rows(works: Submission, cast: Cast) -> None:
    Submission.objects.filter(pk=works.pk).update(status="signed")
    with pytest.raises(WrongState):
        save(works, cast.clerk, row(FIRST, name="东街给水"))
    assert not OpenRow.objects.exists()


def test_a_return_locks_rows_of_which_no_figure_was_named(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2") | {"works.lamps": "3"})
    base.take_to("signed", cast, works)
    moves.move(
        submission=works,
        action="return",
        by=cast.office,
        reason="请核对",
        cells=["works.pipes.length"],
        only_cells=True,
    )
    saved = save(works, cast.clerk, row(FIRST, length="5.3") | row(SECOND, "parks", name="东园"))
    assert [code.split("/")[0] for code in saved.refused] == ["parks"]
    assert figures(works)["works.pipes.length"] == "5.3"


def test_blank_required_cells_keep_a_sheet_from_being_submitted(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2") | row(SECOND, length="3"))
    with pytest.raises(Incomplete, match="项目"):
        base.take_to("submitted", cast, works)
    save(works, cast.clerk, row(SECOND, name="西街排水"))
    assert base.take_to("submitted", cast, works).status == "submitted"


def test_rows_of_the_last_period_are_taken_over(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2", kind="W"))
    save(works, cast.clerk, row(SECOND, "parks", name="东园", change="-2"))
    following = base.submission(cast.county, "T-20", "2023Q2")
    offers = row_tables.offers(following)
    for code, offer in offers.items():
        writer.take_over_rows(following, code, offer.rows, by=cast.clerk)
    found = {kept.key: kept.cells for kept in following.open_rows.all()}
    # A length is of its quarter, what lies in a list of the whole year goes on.
    assert found == {FIRST: {"name": "东街给水", "kind": "给水"}, SECOND: {"name": "东园", "change": "-2"}}
    assert figures(following) == {"works.pipes": "1", "works.parks": "1", "works.parks.change": "-2"}
    with pytest.raises(WrongState):
        writer.take_over_rows(following, "pipes", offers["pipes"].rows, by=cast.clerk)


def test_the_audit_record_is_told(works: Submission, cast: Cast) -> None:
    before = Event.objects.count()
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2"))
    told = str(list(Event.objects.order_by("pk").values_list("detail", flat=True)[before:]))
    assert f"pipes/{FIRST.hex}/length" in told
    assert "works.pipes.length" in told


def test_a_figure_shows_who_changed_the_rows_that_it_is_made_of(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2"))
    save(works, cast.clerk, row(FIRST, length="6"))
    card = cell_card.read(Submission.objects.for_reading().get(pk=works.pk), "works.pipes.length", cast.clerk)
    assert card is not None
    assert [(change.what, change.old, change.new) for change in card.row_changes] == [
        ("东街给水 · 长度", "5.2", "6"),
        ("东街给水 · 长度", "", "5.2"),
        ("东街给水 · 项目", "", "东街给水"),
    ]
    assert {change.by for change in card.row_changes} == {cast.clerk}


def test_a_table_whose_figures_are_retired_takes_no_rows(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, "parks", name="东园"))
    base.change_catalogue(Indicator.objects.filter(code__startswith="works.parks"), valid_to="2022-12-31")
    works = Submission.objects.get(pk=works.pk)
    assert list(save(works, cast.clerk, row(SECOND, "parks", name="西园")).refused)
    assert [table.table.code for table in row_tables.read(works, room="1").values()] == ["pipes"]


@pytest.mark.parametrize("added", [False, True])
def test_of_what_is_reopened_rows_that_stand_as_they_were_are_not_asked_for(
    works: Submission, cast: Cast, added: bool
) -> None:
    save(works, cast.clerk, row(FIRST, length="5.2") | {"works.lamps": "3"})  # without its name, as in an old report
    moves.file_history([works], reason="declared")
    moves.move(submission=works, action="reopen", by=cast.office, reason="核对", cells=["works.lamps"])
    save(works, cast.clerk, {"works.lamps": "4"} | (row(SECOND, length="3") if added else {}))
    if added:
        with pytest.raises(Incomplete, match="第2行"):
            moves.move(submission=works, action="submit", by=cast.clerk)
    else:
        moves.move(submission=works, action="submit", by=cast.clerk)


BIG = "60000000000000"  # twice of it is more than a figure holds


def test_a_row_that_brings_a_sum_beyond_what_a_figure_holds_is_refused(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, "parks", name="东园", change=BIG))
    saved = save(works, cast.clerk, row(SECOND, "parks", name="西园", change=BIG))
    ((code, (text, why)),) = saved.refused.items()
    assert (code, text) == (f"parks/{SECOND.hex}/change", BIG)
    assert "120,000,000,000,000" in why
    assert OpenRow.objects.get(key=SECOND).cells == {"name": "西园"}  # what was good is stored
    assert figures(works)["works.parks"] == "2"
    assert "works.parks.change" not in figures(works)  # a part is missing, which the sheet asks for
    assert save(works, cast.clerk, row(SECOND, "parks", change="3")).is_complete
    assert figures(works)["works.parks.change"] == "60000000000003"


def test_what_makes_room_in_the_same_save_is_no_reason_to_refuse(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, "parks", name="东园", change=BIG))
    saved = save(works, cast.clerk, row(SECOND, "parks", name="西园", change=BIG) | row(FIRST, "parks", change="1"))
    assert saved.is_complete
    assert figures(works)["works.parks.change"] == "60000000000001"


def test_a_total_that_comes_into_force_is_made_of_the_rows_of_drafts(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2", money="120.5"))
    Indicator.objects.filter(code="works.pipes.length").update(of_rows="")
    works.figures.filter(indicator__code="works.pipes.length").delete()
    load(base.DATA / "rows")
    assert figures(works)["works.pipes.length"] == "5.2"
    change = FigureChange.objects.filter(indicator__code="works.pipes.length").order_by("pk").last()
    assert change is not None
    assert (change.source, change.by) == (ChangeSource.ROWS, None)


def test_totals_of_what_left_the_department_stay(works: Submission, cast: Cast) -> None:
    save(works, cast.clerk, row(FIRST, name="东街给水", length="5.2"))
    works.figures.filter(indicator__code="works.pipes.length").delete()
    Submission.objects.filter(pk=works.pk).update(status="accepted")
    assert writer.remake_totals(Submission.objects.get(pk=works.pk)) == 0
    assert "works.pipes.length" not in figures(works)
