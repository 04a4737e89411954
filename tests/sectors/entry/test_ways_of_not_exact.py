"""A qualifier and a day through all that may happen to a sheet: none is lost, none comes that nobody typed."""

import pytest

from sectors.approval import moves
from sectors.entry import writer
from sectors.models import Figure, FigureChange
from sectors.spreadsheets import reader
from sectors.transfer.figure_files import import_figures
from tests import base
from tests.sectors.spreadsheets.workbooks import download, filled, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

# As they are typed, by what is stored of them.
TYPED = {
    "food.done": ("120余批次", "120余"),
    "food.passed": ("约110（截至2月19日）", "约110（截至2023年2月19日）"),
    "food.firms": ("近20", "近20"),
    "food.price": ("≥7.50", "7.50以上"),
    "food.task": ("截至2月底 35以下", "35以下（截至2023年2月28日）"),
}
STORED = {code: stored for code, (_typed, stored) in TYPED.items()}


@pytest.fixture
def sheet(cast):
    of = base.submission(cast.county)
    type_in(cast, of, {code: typed for code, (typed, _stored) in TYPED.items()})
    return of


def type_in(cast, of, texts, **seen):
    saved = writer.save(of, writer.Typed(texts, seen=seen), by=cast.clerk)
    assert saved.is_complete, saved
    return saved


def stands(of):
    return {figure.indicator.code: figure.cell.stored for figure in of.figures.select_related("indicator")}


def test_it_comes_back_returned_and_reopened_as_it_was_and_an_older_one_is_typed_again(cast, sheet):
    accepted = base.take_to("accepted", cast, sheet)
    assert {code: text for code, text in stands(accepted).items() if code in STORED} == STORED
    moves.move(submission=accepted, action="reopen", by=cast.office, reason="核对抽检数", cells=["food.done"])
    assert {code: text for code, text in stands(accepted).items() if code in STORED} == STORED
    type_in(cast, accepted, {"food.done": "125"}, **{"food.done": ["120余"]})
    assert stands(accepted)["food.done"] == "125"
    older = FigureChange.objects.filter(submission=accepted, indicator__code="food.done").earliest("pk").new
    type_in(cast, accepted, {"food.done": older}, **{"food.done": ["125"]})
    assert {code: text for code, text in stands(accepted).items() if code in STORED} == STORED


@pytest.mark.parametrize("code", list(TYPED))
def test_each_is_typed_again_as_its_history_has_it_and_nothing_changes(cast, sheet, code):
    before = FigureChange.objects.count()
    type_in(cast, sheet, {code: STORED[code]}, **{code: [STORED[code]]})
    assert FigureChange.objects.count() == before
    for other in ("1", STORED[code], ""):
        type_in(cast, sheet, {code: other})
    history = FigureChange.objects.filter(indicator__code=code).order_by("pk").values_list("old", "new")
    assert list(history)[1:] == [(STORED[code], "1"), ("1", STORED[code]), (STORED[code], "")]


def test_a_file_that_was_downloaded_before_puts_back_nothing_and_only_what_was_typed_in_it(cast, sheet):
    old = download(sheet)
    type_in(cast, sheet, {"food.done": "130", "food.firms": "约30"})
    assert upload(old, sheet, cast.clerk).is_empty  # it was left as it was downloaded
    found = upload(filled(old, food_price="约8.00", food_done="120余"), sheet, cast.clerk)
    reader.store(found, sheet, cast.clerk)
    assert stands(sheet) == STORED | {"food.done": "130", "food.firms": "约30", "food.price": "约8.00"}


def test_history_is_replaced_with_its_qualifiers_and_only_where_it_differs(cast, tmp_path):
    file = tmp_path / "figures.csv"

    def load(replace=False, **texts):
        lines = [
            f"{code.replace('_', '.')},2022Q1," + (f",{text}," if code == "food_rate" else f"{text},,")
            for code, text in texts.items()
        ]
        file.write_text("\n".join(["indicator,period,value,declared,note", *lines]), encoding="utf-8")
        return import_figures([file], region=cast.county, year=2022, replace=replace)

    load(food_done="120余", food_passed="110", food_rate="95以上")
    again = load(food_done="120多批次", food_passed="110", food_rate="不低于95")
    assert again.replaced == []
    other = load(replace=True, food_done="120", food_passed="110（截至2月19日）", food_rate="约95")
    assert [line.rpartition(": ")[2] for line in other.replaced] == [
        "120余 → 120",
        "110 → 110（截至2022年2月19日）",
        "95以上 → 约95",
    ]
    rows = {figure.indicator.code: figure.cell.stored for figure in Figure.objects.select_related("indicator")}
    assert rows == {"food.done": "120", "food.passed": "110（截至2022年2月19日）", "food.rate": "约95"}
