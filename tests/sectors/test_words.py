"""What is reported in words: a choice, a short text, a day. Typed, kept, corrected, told, never computed with."""

import csv
import datetime
import shutil

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from reports.aggregation.cube import Cube, Gap, annual
from reports.api import rows, sdmx
from reports.chapters.build import build
from reports.document.blocks import Table
from reports.document.marks import parse_marked
from reports.exports.lists import LISTS
from reports.exports.scopes import Scope
from reports.wording.rendering import Figures, render
from sectors.approval import moves
from sectors.calculation.numerals import BadNumber
from sectors.calculation.words import parse
from sectors.catalogue import asked
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.entry import cell_card, grid, writer
from sectors.findings import storage
from sectors.models import Figure, FigureChange, Indicator, Sector
from sectors.sql.regions import regions_within
from sectors.transfer.figure_files import import_figures
from tests import base
from tests.sectors.spreadsheets.workbooks import cells as workbook_cells
from tests.sectors.spreadsheets.workbooks import download, filled, opened, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CLIMATE = base.DATA / "kinds"
OPTIONS = [["I", "Ⅰ类"], ["II", "Ⅱ类"]]
WORDS = {
    "climate.water": "II",
    "climate.note": "总磷、氨氮",
    "climate.checked": "2023年3月5日",
    "climate.rivers.east.grade": "甲级",
}
STORED = {
    "climate.water": "Ⅱ类",
    "climate.note": "总磷、氨氮",
    "climate.checked": "2023-03-05",
    "climate.rivers.east.grade": "甲级",
}


@pytest.fixture
def climate(cast):
    load(CLIMATE)
    return base.submission(cast.county, "T-09")


def stands(of):
    return {figure.indicator.code: figure.cell.stored for figure in of.figures.select_related("indicator")}


@pytest.mark.parametrize("text", ["II", "ii", "Ⅱ类", "II类", " Ⅱ 类 ", "ＩＩ"])
def test_an_option_is_known_by_its_code_and_its_words(text):
    assert parse(text, kind="choice", options=OPTIONS).stored == "Ⅱ类"


@pytest.mark.parametrize(("text", "stored"), [("", ""), ("不适用", "n/a"), ("N/A", "n/a"), ("　", "")])
@pytest.mark.parametrize("kind", ["choice", "text", "date"])
def test_blank_and_not_applicable_are_what_they_are_for_numbers(kind, text, stored):
    assert parse(text, kind=kind, options=OPTIONS).stored == stored


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("choice", "劣Ⅴ类", "“劣Ⅴ类” is none of what may stand here: Ⅰ类、Ⅱ类."),
        ("choice", "2", "“2” is none of what may stand here: Ⅰ类、Ⅱ类."),
        ("date", "2023-02-30", "There is no day “2023-02-30”. A day such as 2023-04-18 is expected."),
        ("date", "春天", "A day such as 2023-04-18 is expected."),
        ("text", "一\n二", "There is a line break in the text: write it in one line."),
        ("text", "字" * 201, "These are 201 characters; at most 200 fit."),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_write(kind, text, sentence):
    with pytest.raises(BadNumber) as refused:
        parse(text, kind=kind, options=OPTIONS)
    assert str(refused.value) == sentence


def test_words_are_saved_corrected_and_typed_again_with_their_history(cast, climate):
    saved = writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    assert saved.is_complete
    assert stands(climate) == STORED
    writer.save(climate, writer.Typed({"climate.water": "III"}, seen={"climate.water": ["Ⅱ类"]}), by=cast.clerk)
    assert not writer.save(climate, writer.Typed({"climate.water": "Ⅲ类"}), by=cast.clerk).changed
    card = cell_card.read(climate, "climate.water", cast.clerk)
    assert card
    assert [(change.old, change.new) for change in card.changes] == [("Ⅱ类", "Ⅲ类"), ("", "Ⅱ类")]
    bad = writer.save(climate, writer.Typed({"climate.water": "很好", "climate.note": "铁"}), by=cast.clerk)
    assert bad.refused["climate.water"][0] == "很好"
    assert stands(climate)["climate.note"] == "铁"  # one slip does not cost the rest


def test_two_at_once_are_a_conflict(cast, climate):
    writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    other = writer.save(climate, writer.Typed({"climate.note": "铜"}, seen={"climate.note": ["锌"]}), by=cast.clerk)
    assert (other.conflicts["climate.note"].mine, other.conflicts["climate.note"].theirs) == ("铜", "总磷、氨氮")
    assert stands(climate)["climate.note"] == "总磷、氨氮"


def test_the_database_keeps_words_and_numbers_apart(cast, climate):
    writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    for fields in ({"words": ""}, {"state": "na"}, {"value": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Figure.objects.filter(indicator__code="climate.water").update(**fields)


def test_a_required_choice_is_asked_for_and_then_not(cast, climate):
    def missing():
        return [one.code for one in climate.missing_cells()]

    assert missing() == ["climate.water"]
    writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    assert missing() == []
    assert not [one for one in storage.current(climate) if "climate.water" in one.indicators]


def test_returned_reopened_and_accepted_they_stay(cast, climate):
    writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    accepted = base.take_to("accepted", cast, climate)
    assert STORED.items() <= stands(accepted).items()
    reopened = moves.move(
        submission=accepted, action="reopen", by=cast.office, reason="核对类别", cells=["climate.water"]
    )
    writer.save(reopened, writer.Typed({"climate.water": "I"}), by=cast.clerk)
    assert stands(reopened)["climate.water"] == "Ⅰ类"
    last = FigureChange.objects.filter(indicator__code="climate.water").latest("pk")
    assert (last.old, last.new, last.by) == ("Ⅱ类", "Ⅰ类", cast.clerk)


def test_the_sheet_has_a_field_with_the_options_and_what_was_before(cast, climate, client):
    base.report(cast.county, "2022Q1", {"climate.water": "I", "climate.checked": "2022-01-31"})
    writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    found = {c.indicator.code: c for t in grid.read(climate).tables for row in t.rows for c in row.cells if c}
    cell = found["climate.water"]
    assert (cell.text, cell.last_year, cell.previous, cell.to_date, cell.change) == ("Ⅱ类", "Ⅰ类", "", "", "")
    assert found["climate.checked"].last_year == "2022-01-31"
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[climate.pk])).content.decode()
    assert '<option value="Ⅱ类">' in page
    assert 'list="cell-climate-water-options"' in page


def test_they_go_into_an_excel_file_and_back(cast, climate):
    writer.save(climate, writer.Typed(WORDS), by=cast.clerk)
    data = download(climate)
    _book, page = opened(data)
    cell = workbook_cells(page)["climate.water"]
    assert (cell.value, cell.number_format) == ("Ⅱ类", "@")
    lists = [rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert '"Ⅰ类,Ⅱ类,Ⅲ类,不适用"' in lists
    assert not upload(data, climate, cast.clerk).changes
    changed = filled(
        data,
        climate_water="iii",
        climate_note="铁（0.4）",
        climate_checked=datetime.date(2023, 3, 6),
        climate_rivers_west_grade="丙级",
    )
    preview = upload(changed, climate, cast.clerk)
    assert {change.code: change.new for change in preview.changes} == {
        "climate.water": "Ⅲ类",
        "climate.note": "铁（0.4）",
        "climate.checked": "2023-03-06",
    }
    assert [problem.text for problem in preview.problems] == ["丙级"]


def test_history_from_a_file(cast, climate, tmp_path):
    path = tmp_path / "2021.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ["indicator", "period", "value", "declared", "note"],
                ["climate.water", "2021", "Ⅰ类", "", ""],
                ["climate.checked", "2021", "2021.12.1", "", ""],
            ]
        )
    import_figures([path], region=cast.county, year=2021)
    assert annual(cast.county, 2021)["climate.water"].words == "Ⅰ类"


def test_a_year_is_what_was_said_last(cast, climate):
    base.report(
        cast.county, "2023Q1", {**WORDS, "climate.rivers.east.samples": "5", "climate.rivers.west.samples": "4"}
    )
    base.report(cast.county, "2023Q2", {"climate.water": "III", "climate.note": "n/a"})
    base.report(cast.county, "2023Q3", {"climate.water": "I"}, "draft")
    values = annual(cast.county, 2023)
    assert {code: values[code].words for code in STORED} == {
        "climate.water": "Ⅲ类",
        "climate.note": "总磷、氨氮",
        "climate.checked": "2023年3月5日",
        "climate.rivers.east.grade": "甲级",
    }
    water = values["climate.water"]
    assert (water.value, water.text, water.text_with_unit, water.change_text) == (None, "Ⅲ类", "Ⅲ类", "")
    assert (water.coverage, water.source, water.not_applicable, water.last_not_applicable) == (
        (2, 4),
        "periods",
        False,
        False,
    )
    assert water.is_there
    assert not values["climate.rivers.west.grade"].is_there


def test_of_an_area_none_is_told_where_more_than_one_said_anything(cast, climate):
    base.report(cast.county, "2023Q1", {"climate.water": "I"})
    values = annual(cast.prefecture, 2023)
    assert values["climate.water"].words == "Ⅰ类"
    base.report(cast.other_county, "2023Q1", {"climate.water": "II"})
    water = annual(cast.prefecture, 2023)["climate.water"]
    assert (water.words, water.not_applicable, water.reason) == ("", False, Gap.WORDS)
    apart = Cube(list(regions_within(cast.prefecture)), (2023,), [water.indicator], apart=[cast.county])
    assert apart.annual(2023, cast.county)["climate.water"].words == "Ⅰ类"


def test_not_applicable_all_year_is_that(cast, climate):
    base.report(cast.county, "2023Q1", {"climate.water": "n/a"})
    assert annual(cast.county, 2023)["climate.water"].not_applicable


def test_a_wording_prints_them_and_asks_what_they_are(cast, climate):
    base.report(cast.county, "2023Q1", WORDS)
    wording = Sector.objects.get(code="climate").wording

    def told():
        said = render(wording, Figures(annual(cast.county, 2023), 2023, cast.county.name), where="climate")
        return "".join(run.text for run in parse_marked(next(iter(said.values()))) if hasattr(run, "text"))

    assert told() == "水质良好（Ⅱ类），最近于2023年3月5日检查。"
    base.report(cast.county, "2023Q2", {"climate.water": "III"})
    assert told() == "水质为Ⅲ类，最近于2023年3月5日检查。"


def test_interface_and_exports_have_them(cast, climate):
    base.report(cast.county, "2023Q1", {"climate.water": "II"})
    figure = Figure.objects.select_related("submission__period", "submission__sheet", "region", "indicator__unit").get()
    row = rows.figure(figure)
    assert (row["state"], row["value"], row["words"]) == ("text", None, "Ⅱ类")
    line = list(sdmx.lines([figure]))[1]
    assert ",Ⅱ类,A,1,," in line
    value = rows.annual(annual(cast.county, 2023)["climate.water"], region="990101", year=2023)
    assert (value["state"], value["text"], value["value"]) == ("text", "Ⅱ类", None)
    listed = {
        name: [cell for row in LISTS[name](Scope(cast.admin)).rows for cell in row] for name in ("figures", "wide")
    }
    assert "Ⅱ类" in listed["figures"]
    assert "Ⅱ类" in listed["wide"]
    indicator = rows.indicator(Indicator.objects.get(code="climate.water"))
    assert (indicator["kind"], indicator["options"][1]) == ("choice", ["II", "Ⅱ类"])


def test_boards_stand_with_them_and_say_their_words(cast, climate, client):
    base.report(cast.county, "2023Q1", {**WORDS, "climate.temperature": "-2.5"})
    client.force_login(cast.office)
    sector = client.get(reverse("sector", args=["climate"]), {"year": 2023, "indicator": "climate.water"})
    chosen = {"i": ["climate.water", "climate.temperature"], "year": 2023}
    explorer = client.get(reverse("explore"), chosen)
    listed = client.get(reverse("explore"), chosen | {"format": "csv"})
    assert (sector.status_code, explorer.status_code) == (200, 200)
    assert "Ⅱ类" in explorer.content.decode()
    assert "Ⅱ类" in b"".join(listed).decode()


def test_the_report_prints_them_in_its_tables(cast, climate):
    places = [f"climate.rivers.{one}" for one in ("east", "west", "south")]
    rivers = {f"{place}.{column}": "5" for place in places for column in ("samples", "passed")}
    grades = {"climate.rivers.east.grade": "A", "climate.rivers.west.grade": "乙级"}
    base.report(cast.county, "2023Q1", rivers | grades)
    document = build(cast.county, 2023, day=datetime.date(2024, 1, 20))
    (table,) = (block for block in document.blocks if isinstance(block, Table) and block.key.endswith("T-09/rivers"))
    said = [[run.text for cell in row.cells for run in cell if hasattr(run, "text")] for row in table.rows]
    assert ["东河", "5", "5", "甲级"] in said
    assert ["西河", "5", "5", "乙级"] in said


# The catalogue


@pytest.fixture
def files(tmp_path):
    return shutil.copytree(CLIMATE, tmp_path / "kinds")


def refused(files, old, new):
    path = files / "climate.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(path)
    return [problem.message for problem in caught.value.problems]


NOTE = '{code: climate.note, name: 超标项目, unit: "1", kind: text}'


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "kind: text}",
            "kind: text, max: 5}",
            "max is said of numbers, and this is reported in words (kind: text). Leave it out.",
        ),
        ('unit: "1", kind: text}', "unit: 元, kind: text}", 'What is reported in words has no unit: write unit: "1".'),
        (
            "kind: text}",
            "kind: text, accumulation: flow}",
            "Of what is reported in words the latest counts: leave accumulation out.",
        ),
        (
            "kind: text}",
            "kind: text, options: {A: 甲}}",
            "options are what a choice (kind: choice) has, at least one, and nothing else.",
        ),
        ("II: Ⅱ类", "II: III", "options has “Ⅲ类” or “III” twice, in whatever width or case."),
        (
            "formula: climate.profit.dairy / climate.profit",
            "formula: climate.note / climate.profit",
            "“climate.note / climate.profit” names climate.note, which is reported in words: only numbers are computed "
            "with.",
        ),
        (
            "{code: climate.profit.feed, name: 饲料}",
            '{code: climate.profit.feed, name: 饲料, unit: "1", kind: text}',
            "climate.profit.feed is reported in words: it is no total and no part of one.",
        ),
        ("n('climate.checked')", "abs_n('climate.checked')", None),
    ],
)
def test_what_a_catalogue_may_not_say_of_words(cast, files, old, new, sentence):
    problems = refused(files, old, new)
    if sentence is None:
        assert any("climate.checked is reported in words" in problem for problem in problems)
    else:
        assert sentence in problems


def test_a_kind_does_not_change_under_reported_figures(cast, climate, files):
    base.report(cast.county, "2023Q1", WORDS)
    assert refused(files, NOTE, '{code: climate.note, name: 超标项目, unit: "1", accumulation: stock}') == [
        "climate.note has values of 2023Q1, so these stay: kind. Retire it with valid_to and add an indicator with a "
        "new code."
    ]


def test_the_words_of_a_reported_option_stay_and_others_may_come(cast, climate, files):
    base.report(cast.county, "2023Q1", WORDS)
    assert refused(files, "II: Ⅱ类, III: Ⅲ类", "III: Ⅲ类") == [
        "climate.water has figures with Ⅱ类, so these options stay as they are. Others may be added."
    ]
    path = files / "climate.yaml"
    text = (CLIMATE / "climate.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("I: Ⅰ类, II: Ⅱ类, III: Ⅲ类", "II: Ⅱ类, IV: Ⅳ类"), encoding="utf-8")
    load(path)
    assert Indicator.objects.get(code="climate.water").options == [["II", "Ⅱ类"], ["IV", "Ⅳ类"]]


def test_a_page_that_asked_for_a_number_stores_no_words(cast, climate):
    note = Indicator.objects.select_related("unit").get(code="climate.note")
    change = asked.change("1|1|1|stock", note)
    assert change == "Here was asked for: number. Now it is: short text."
    assert asked.change(asked.asked(note), note) == ""
    saved = writer.save(
        climate, writer.Typed({"climate.note": "12"}, asked={"climate.note": "1|1|1|stock"}), by=cast.clerk
    )
    assert "climate.note" in saved.refused
