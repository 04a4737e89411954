"""Rows of open tables of past years: known by their names, stored with the figures that are made of them."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from sectors.approval import moves
from sectors.models import Figure, FigureChange, OpenRow, OpenRowChange, Submission
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from sectors.transfer.row_files import import_rows
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

HEAD = "sheet,table,period,name,kind,state,length,investment\n"
ROADS = "D-01,projects,2022,一号路,village,new,7.925,\nD-01,projects,2022,大桥,桥梁,,,2860\n"


@pytest.fixture
def file(tmp_path):
    def write(text, head=HEAD, name="rows.csv"):
        path = tmp_path / name
        path.write_text(head + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def county(shipped_catalogue, file):
    head = "indicator,period,value,declared,note\n"
    import_figures(
        [file("transport.village_length,2022,7.925,,\n", head, "f.csv")], region=shipped_catalogue, year=2022
    )
    return shipped_catalogue


def load(county, *paths, **how):
    return import_rows(paths, region=county, year=2022, **how)


def cells():
    return [row.cells for row in OpenRow.objects.order_by("position")]


def everything():
    models = (Figure, FigureChange, OpenRow, OpenRowChange, Submission)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def projects():
    return Figure.objects.get(indicator__code="transport.projects").value


def test_rows_are_stored_with_what_is_made_of_them_and_a_second_time_nothing_changes(county, file):
    loaded = load(county, file(ROADS))
    assert cells() == [
        {"name": "一号路", "kind": "村组道路", "state": "新建", "length": "7.925"},
        {"name": "大桥", "kind": "桥梁", "investment": "2860"},
    ]
    assert projects() == 2
    assert [line.rpartition(": ")[2] for line in loaded.added] == [
        "D-01 交通工程建设和质量监督情况表, 建设项目, 2022, 一号路",
        "D-01 交通工程建设和质量监督情况表, 建设项目, 2022, 大桥",
    ]
    assert {change.by for change in OpenRowChange.objects.all()} == {None}
    before = everything()
    assert load(county, file(ROADS)).cells == 0
    assert everything() == before


def test_columns_and_table_by_their_names_and_the_order_of_columns_is_free(county, file):
    head = "sheet,table,period,总投资,项目,类别\n"
    load(county, file("D-01 交通工程建设和质量监督情况表,建设项目,2022,12.5,二号路,村组道路\n", head))
    assert cells() == [{"name": "二号路", "kind": "村组道路", "investment": "12.5"}]


def test_a_row_keeps_what_the_file_leaves_empty_and_others_stay(county, file):
    load(county, file(ROADS))
    load(county, file("D-01,projects,2022,大桥,,continued,,\nD-01,projects,2022,三号路,village,,,\n"), replace=True)
    assert cells()[1] == {"name": "大桥", "kind": "桥梁", "investment": "2860", "state": "续建"}
    assert [row["name"] for row in cells()] == ["一号路", "大桥", "三号路"]
    assert projects() == 3


def test_what_is_accepted_otherwise_wants_to_be_replaced(county, file):
    load(county, file(ROADS))
    other, before = file("D-01,projects,2022,大桥,bridge,,,2900\n"), everything()
    with pytest.raises(HistoryFileError, match="大桥, 总投资: 2860 → 2900"):
        load(county, other)
    assert everything() == before
    assert "2860 → 2900" in load(county, other, replace=True, dry_run=True).replaced[0]
    assert everything() == before
    load(county, other, replace=True)
    assert cells()[1]["investment"] == "2900"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("X-99,projects,2022,路,village,,,\n", "rows.csv:2: There is no sheet X-99"),
        ("D-01,pipes,2022,路,village,,,\n", "no table pipes of which rows are added, but: projects (建设项目)"),
        ("A-01,projects,2022,路,village,,,\n", "There is no sheet A-01"),
        ("D-01,projects,2021,路,village,,,\n", "2021 is not in the year 2022"),
        ("D-01,projects,夏天,路,village,,,\n", "“夏天” is no period"),
        ("D-01,projects,2022,,village,,,\n", "“项目” is empty: a row is known by it"),
        ("D-01,projects,2022,路,公路,,,\n", "rows.csv:2: 公路: "),
        ("D-01,projects,2022,路,village,,七,\n", "rows.csv:2: 七: "),
        ("D-01,projects,2022,路,village,,约7,\n", "In a row a number is exact"),
        ("D-01,projects,2022,路,village\n", "not exactly 8 columns"),
        ("D-01,projects,2022,路,village,,,\nD-01,projects,2022,路,rural,,,\n", "rows.csv:3: 路 stands already at"),
        ('D-01,projects,2022,"路,village,,,\n', "A quote is not closed"),
        ("", "The file has no rows"),
        ("C-01,projects,2022,保障性住房,,,,\n", "no figures of 2022 yet"),
        ("C-01,projects,2022,保障性住房,village,,,\n", "工程项目和监督覆盖 has no column kind"),
    ],
)
def test_what_cannot_be_loaded_is_said_with_its_place_and_nothing_changes(county, file, text, said):
    before = everything()
    with pytest.raises(HistoryFileError) as caught:
        load(county, file("D-01,projects,2022,好路,village,,1,\n" + text if text else "").with_name("rows.csv"))
    assert said.replace("rows.csv:2", "rows.csv:3").replace("rows.csv:3: 路", "rows.csv:4: 路") in str(caught.value)
    assert everything() == before


@pytest.mark.parametrize("head", ["name,kind\n", "sheet,table,period,name,name\n", "sheet;table;period;name\n"])
def test_heads_that_are_none_are_said(county, file, head):
    with pytest.raises(HistoryFileError, match="the first line must begin with sheet,table,period"):
        load(county, file(ROADS, head))


def test_a_figure_that_is_made_of_rows_is_not_loaded_beside_them(county, file):
    load(county, file(ROADS))
    head, before = "indicator,period,value,declared,note\n", everything()
    with pytest.raises(HistoryFileError, match=r"transport\.projects is made of the 2 rows of its table"):
        import_figures([file("transport.projects,2022,5,,\n", head)], region=county, year=2022, replace=True)
    assert everything() == before
    import_figures([file("transport.projects,2022,2,,\n", head)], region=county, year=2022)
    assert projects() == 2


def test_what_a_department_works_on_is_not_touched(county, file):
    submission = Submission.objects.get(period__year=2022)
    office = base.user("office", county.departments.get(code="office"))
    moves.move(submission=submission, action="reopen", by=office, reason="请核对")
    before = everything()
    with pytest.raises(HistoryFileError, match="in the department's hands"):
        load(county, file(ROADS), replace=True)
    assert everything() == before


def test_the_command_says_what_it_did(county, file, capsys):
    call_command("import_rows", file(ROADS), region=county.code, year=2022)
    assert "8 cells stored" in capsys.readouterr().out
    call_command("import_rows", file(ROADS), region=county.name, year=2022)
    assert "Nothing changes: all of it is there already." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("import_rows", file("D-01,projects,2022,大桥,,,,1\n"), region=county.code, year=2022)


def test_the_shipped_rows_are_as_many_as_the_report_says(shipped_year):
    import_rows(sorted((base.SHIPPED_DATA / "rows").glob("*.csv")), region=shipped_year, year=2022)
    made = dict(
        Figure.objects.filter(indicator__of_rows="count", value__isnull=False).values_list("indicator__code", "value")
    )
    assert made == {"construction.projects.municipal": Decimal(9), "transport.projects": Decimal(3)}
