"""The catalogue may not change the past: what a load refuses under reported figures, what it allows, what it says."""

import re
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.aggregation.cube import annual
from sectors.approval import moves
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.entry import writer
from sectors.models import (
    Breakdown,
    BreakdownPart,
    CatalogueVersion,
    FormerFrequency,
    Indicator,
    Question,
    Region,
    Rule,
    Sector,
    Sheet,
    Submission,
    Table,
    Unit,
)
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CATALOGUE = (Unit, Sector, Sheet, FormerFrequency, Table, Indicator, Breakdown, BreakdownPart, Question, Rule, Region)
DONE = {"food.task": "10", "food.done": "100", "food.passed": "90", "food.firms": "5", "food.price": "1.25"}


@pytest.fixture
def files(tmp_path):
    """A copy of the small catalogue to change."""
    return shutil.copytree(base.SMALL, tmp_path / "catalogue")


@pytest.fixture
def reported(cast):
    """A county's accepted year of T-01, by quarters, with figures of T-02 and an answered question."""
    for quarter in range(1, 5):
        base.report(cast.county, f"2023Q{quarter}", DONE)
    base.report(cast.county, "2023Q1", {"water.supply": "1.5"})
    writer.store_narratives(
        base.submission(cast.county, status="accepted"), {"food.work": "抽检了", "food.problem": "少"}
    )


def edit(files, name, *changes):
    path = files / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def rows():
    """All of the catalogue, as it is stored."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (*CATALOGUE, CatalogueVersion)}


def refusals(path):
    """What is said; the database is as it was."""
    before = rows()
    with pytest.raises(CatalogueError) as caught:
        load(path)
    assert rows() == before
    return caught.value.problems


RATE = "food.passed / food.done"
PASSED = "{code: food.passed, name: 抽检合格, unit: 批次}"
FIRMS = "          - {code: food.firms, name: 食品企业, unit: 家, accumulation: stock}\n"
PRICE = "{code: food.price, name: 每批次费用, unit: 元, decimals: 2, accumulation: average}"
RATIO = '          - {code: food.rate, name: 抽检合格率, unit: "%", decimals: 1, accumulation: ratio,\n'
WORK = "      - {code: food.work, kind: work, table: sampling, text: 本期工作开展情况}\n"


def with_days(line, days):
    return line.replace("}", f", {days}}}")


@pytest.mark.parametrize(
    ("file", "changes", "near", "said"),
    [
        # A unit, of entered figures and of computed values alone
        ("units", [("scale: 10000", "scale: 1000")], "name: 万吨", "万吨 is the unit of figures of water.supply"),
        ("units", [("base: 吨", "base: 家")], "name: 万吨", "its base and scale stay"),
        ("units", [("{name: 批次,", "{name: 批次, scale: 2,")], "name: 批次", "food.task, food.done, food.passed"),
        ("units", [("scale: 0.01", "scale: 0.001")], 'name: "%"', "% is the unit of figures of food.rate"),
        # What a figure means
        ("food", [(PASSED, PASSED.replace("批次", "家"))], PASSED, "food.passed has values of 2023Q1, 2023Q2 … 2023Q4"),
        ("food", [("家, accumulation: stock", "家, accumulation: flow")], FIRMS, "so these stay: accumulation"),
        ("food", [('unit: "%", decimals', "unit: 家, decimals")], RATIO, "so these stay: unit"),
        ("food", [(PASSED, PASSED.replace("}", ", formula: food.done}"))], PASSED, "so these stay: formula"),
        (
            "food",
            [("decimals: 1, accumulation: ratio", "decimals: 1"), (f"formula: {RATE}, ", "")],
            RATIO,
            "food.rate has values of 2023Q1, 2023Q2 … 2023Q4, so these stay: accumulation, formula",
        ),
        ("food", [(RATE, "food.done / food.passed")], RATIO, "food.rate is computed for 2023Q1"),
        ("food", [(RATE, "food.done.farm / food.done")], RATIO, "its formula stays"),
        ("food", [(RATE, f"2 * {RATE}")], RATIO, "its formula stays"),
        # Digits that were given
        ("food", [("decimals: 2", "decimals: 1")], PRICE, "food.price has figures with 2 decimals"),
        ("food", [("decimals: 2, ", "")], PRICE, "decimals is at least 2"),
        # Days
        (
            "food",
            [(PASSED, with_days(PASSED, "valid_from: 2023-04-01"))],
            PASSED,
            "food.passed has values of 2023Q1, which would not count any more. It must be valid from 2023-03-31 or "
            "earlier to 2023-12-31 or later.",
        ),
        ("food", [(PASSED, with_days(PASSED, "valid_to: 2023-12-30"))], PASSED, "values of 2023Q4, which would not"),
        ("food", [(PASSED, with_days(PASSED, "valid_from: 2024-01-01"))], PASSED, "2023Q1, 2023Q2 … 2023Q4, which"),
        ("food", [(f"formula: {RATE}", f"formula: {RATE}, valid_to: 2022-12-31")], RATIO, "food.rate has values of"),
        (
            "food",
            [("frequency: quarter", "frequency: quarter\n    valid_from: 2023-06-30")],
            "number: T-01",
            "T-01 has values of 2023Q1, which would not count",
        ),
        (
            "food",
            [("frequency: quarter", "frequency: quarter\n    valid_to: 2023-09-30")],
            "number: T-01",
            "T-01 has values of 2023Q4, which would not count",
        ),
        # What is left out
        ("food", [(FIRMS, "")], "sector: food", "food.firms has values of 2023Q1"),
        ("food", [(WORK, "")], "sector: food", "cannot be left out"),
        # Questions
        ("food", [("kind: work", "kind: measure")], "code: food.work", "food.work was answered for 2023Q1"),
        (
            "food",
            [("text: 本期工作开展情况", "text: 本期工作开展情况, valid_to: 2022-12-31")],
            "code: food.work",
            "must be valid on the last day of each",
        ),
    ],
)
def test_what_would_change_the_past_is_refused_with_its_line(reported, files, file, changes, near, said):
    before = (files / f"{file}.yaml").read_text(encoding="utf-8")
    path = edit(files, file, *changes)
    (problem,) = refusals(files)
    assert said in problem.message
    assert problem.place.file == str(path)
    assert problem.place.line == before[: before.index(near)].count("\n") + 1


def test_a_computed_indicator_cannot_be_left_out_though_it_has_no_figures(reported, files):
    text = (files / "food.yaml").read_text(encoding="utf-8")
    whole = text[text.index(RATIO) : text.index(FIRMS)]
    wording = "，合格率为{{ n('food.rate') }}"
    edit(files, "food", (whole, ""), (wording, ""))
    (problem,) = refusals(files)
    assert problem.message.startswith("food.rate has values of 2023Q1, 2023Q2 … 2023Q4 and cannot be left out.")


def test_all_refusals_are_named_at_once(reported, files):
    edit(files, "units", ("scale: 10000", "scale: 1000"))
    edit(files, "food", (PASSED, PASSED.replace("批次", "家")), ("decimals: 2", "decimals: 1"), (FIRMS, ""))
    edit(files, "food", ("frequency: quarter", "frequency: month"))
    edit(files, "990101", ('"990100", name: 云州市', '"990109", name: 他州市'))
    found = [problem.message for problem in refusals(files)]
    said = [
        "its base and scale",
        "stay: unit",
        "2 decimals",
        "food.firms",
        "formerly",
        "云泽县",
    ]
    for part in said:
        assert [part in message for message in found].count(True) == 1, (part, found)
    assert len(found) == len(said)
    with pytest.raises(CommandError, match=r"(?s)units\.yaml:\d+: .*food\.yaml:\d+: "):
        call_command("load_catalogue", files)


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("food", [("name: 抽检合格,", "name: 合格批次数,")]),
        ("food", [("accumulation: stock}", "accumulation: stock, help: 年末数}")]),
        ("food", [("accumulation: stock}", "accumulation: stock, rounding: half_even}")]),
        ("food", [("at_least: 98", "at_least: 99")]),
        ("food", [("accumulation: stock}", "accumulation: stock, required: true, key: true, change_limit: 5}")]),
        ("food", [("decimals: 2", "decimals: 3")]),
        ("food", [(FIRMS, ""), (RATIO, FIRMS + RATIO)]),  # another place
        ("food", [(RATE, "(food.passed)/food.done")]),
        ("food", [(RATE, "food.passed * 100% / food.done")]),
        ("food", [("name: 抽检\n", "name: 抽检监测\n")]),
        ("food", [("code: sampling", "code: inspection"), ("table: sampling", "table: inspection")]),
        ("food", [("name: 食品抽检情况表", "name: 食品抽检表"), ("department: market", "department: water")]),
        ("food", [("text: 本期工作开展情况", "text: 本期抽检工作")]),
        ("food", [("exhaustive: true", "exhaustive: false"), ("name: 按环节", "name: 其中")]),
        ("food", [(FIRMS, FIRMS + FIRMS.replace("firms", "shops"))]),
        ("food", [(PASSED, with_days(PASSED, "valid_from: 2023-01-01, valid_to: 2023-12-31"))]),
        ("food", [("frequency: quarter", "frequency: quarter\n    valid_to: 2023-12-31")]),
        ("food", [("food.passed <= food.done", "food.passed < food.done")]),
        ("food", [("text: 本期工作开展情况", "text: 本期工作开展情况, valid_to: 2023-12-31")]),
        ("units", [("{name: 家, counts: true}", "{name: 家, counts: true}\n  - {name: 千家, base: 家, scale: 1000}")]),
        ("food", [("position: 1\nsheets", "position: 3\nsheets"), ("name: 食品\n", "name: 食品安全\n")]),
    ],
)
def test_what_changes_no_value_of_the_past_is_loaded(reported, files, cast, file, changes):
    before = {code: (value.value, value.coverage) for code, value in annual(cast.county, 2023).items()}
    edit(files, file, *changes)
    assert load(files).lines
    after = {code: (value.value, value.coverage) for code, value in annual(cast.county, 2023).items()}
    assert {code: after[code] for code in before} == before
    assert before["food.done"] == (400, (4, 4))
    assert load(files).lines == []


@pytest.mark.parametrize(
    ("status", "was_accepted", "is_refused"),
    [
        ("draft", False, False),
        ("submitted", False, True),
        ("signed", False, True),
        ("accepted", True, True),
        ("returned", True, True),
        ("draft", True, True),  # accepted, reopened, handed in and taken back
    ],
)
def test_figures_of_drafts_that_nobody_else_has_seen_bind_nothing(cast, files, status, was_accepted, is_refused):
    base.report(cast.county, "2023Q1", {"food.passed": "5"}, status)
    if was_accepted:
        found = base.submission(cast.county, status=status)
        found.transitions.create(old="signed", new="accepted")
    edit(files, "food", (PASSED, PASSED.replace("批次", "家")))
    edit(files, "units", ("{name: 批次, counts: true}", "{name: 批次, scale: 2, counts: true}"))
    if is_refused:
        assert len(refusals(files)) == 2
    else:
        assert load(files).lines


def test_a_cell_that_was_left_empty_binds_nothing_and_one_that_does_not_apply_does(cast, files):
    edit(files, "food", (PASSED, PASSED.replace("批次", "家")))
    base.report(cast.county, "2023Q1", {"food.passed": ""})
    load(files)
    base.report(cast.county, "2023Q2", {"food.passed": "n/a"})
    assert len(refusals(base.SMALL)) == 1


# Frequencies


def frequency(text):
    return ("food", ("frequency: quarter", f"frequency: {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "month",
        "year",
        "half\n    formerly: {2022: quarter}",
        "month\n    formerly: {2023: month}",
        "month\n    formerly: {2022: quarter, 2023: half}",
        "quarter\n    formerly: {2023: month}",
    ],
)
def test_another_frequency_under_handed_out_periods_is_refused_and_says_what_to_write(reported, files, text):
    edit(files, *frequency(text))
    (problem,) = refusals(files)
    assert "T-01 was handed out for 2023Q1, 2023Q2 … 2023Q4 by another frequency." in problem.message
    assert "formerly: {2023: quarter}" in problem.message


def test_a_frequency_ends_with_a_year_and_the_year_before_counts_as_it_did(reported, files, cast):
    edit(files, *frequency("month\n    formerly: {2023: quarter}"))
    assert "+ Former frequency T-01 → 2023: Quarterly" in load(files).lines
    assert load(files).lines == []
    sheet = Sheet.objects.get(number="T-01")
    assert [catalogue().frequency(sheet.pk, year) for year in (2022, 2023, 2024)] == ["quarter", "quarter", "month"]
    value = annual(cast.county, 2023)["food.done"]
    assert (value.value, value.coverage) == (400, (4, 4))
    moves.open_period(base.period(cast.county, "2024-01"))
    assert Submission.objects.filter(sheet=sheet, period__kind="month").count() == 1
    # A month of 2024 is out now, so that year's frequency stays too.
    edit(files, "food", ("formerly: {2023: quarter}", "formerly: {2024: quarter}"))
    (problem,) = refusals(files)
    assert "handed out for 2024-01" in problem.message
    assert "formerly: {2023: quarter, 2024: month}" in problem.message
    edit(files, "food", ("month\n    formerly: {2024: quarter}", "year\n    formerly: {2023: quarter, 2024: month}"))
    load(files)
    assert [catalogue().frequency(sheet.pk, year) for year in (2023, 2024, 2025)] == ["quarter", "month", "year"]
    edit(files, "food", ("    formerly: {2023: quarter, 2024: month}\n", ""))
    assert "formerly: {2023: quarter, 2024: month}" in refusals(files)[0].message


def test_a_later_last_year_is_as_good_while_nothing_was_handed_out_otherwise(reported, files):
    edit(files, *frequency("month\n    formerly: {2025: quarter}"))
    load(files)
    edit(files, "food", ("{2025: quarter}", "{2023: quarter}"))
    assert load(files).lines[-1] == "- Former frequency T-01 → 2025: Quarterly: no longer in the file"
    assert list(FormerFrequency.objects.values_list("until", "frequency")) == [(2023, "quarter")]


def test_a_sheet_that_was_never_handed_out_takes_any_frequency(cast, files):
    edit(files, *frequency("month"))
    load(files)
    assert catalogue().frequency(Sheet.objects.get(number="T-01").pk, 2023) == "month"


def test_annual_history_of_a_sheet_of_periods_does_not_bind_their_frequency(cast, files):
    base.report(cast.county, "2022", {"food.done": "400"})
    edit(files, *frequency("month"))
    load(files)
    assert annual(cast.county, 2022)["food.done"].value == 400
    edit(files, "food", ("frequency: month", "frequency: year"))
    assert "formerly: {2022: month}" in refusals(files)[0].message


def test_drafts_that_are_out_bind_the_frequency_of_their_year(cast, files):
    moves.open_period(base.period(cast.county, "2023Q1"))
    edit(files, *frequency("month"))
    assert "formerly: {2023: quarter}" in refusals(files)[0].message


@pytest.mark.parametrize(
    ("formerly", "said"),
    [
        ("{last: quarter}", "formerly names “last”; it must be made of the four digits of a year, such as 2025."),
        ("{25: quarter}", "formerly names “25”"),
        ("{2023Q4: quarter}", "formerly names “2023Q4”"),
        ("{2023: weekly}", "formerly 2023 is “weekly”; it must be one of: month, quarter, half, year."),
        ("[2023, quarter]", "formerly must be a mapping."),
        ("{2023: quarter, 2023: month}", "2023"),
    ],
)
def test_a_former_frequency_that_cannot_be_read_is_named(cast, files, formerly, said):
    edit(files, *frequency(f"month\n    formerly: {formerly}"))
    (problem,) = refusals(files)
    assert said in problem.message
    assert 9 <= problem.place.line <= 10


# Days


@pytest.mark.parametrize(
    ("code", "days", "widened", "missing"),
    [
        ("food.passed", {"valid_from": "2023-07-01"}, "", "2023Q1, 2023Q2"),
        ("food.passed", {"valid_to": "2023-06-30"}, "", "2023Q3, 2023Q4"),
        ("food.passed", {"valid_from": "2023-07-01"}, "valid_from: 2023-04-01", "2023Q2"),
    ],
)
def test_a_year_that_was_whole_does_not_become_incomplete(cast, files, code, days, widened, missing):
    base.change_catalogue(Indicator.objects.filter(code=code), **days)
    for quarter in ("2023Q3", "2023Q4") if "valid_from" in days else ("2023Q1", "2023Q2"):
        base.report(cast.county, quarter, {code: "5"})
    if widened:
        edit(files, "food", (PASSED, with_days(PASSED, widened)))
    (problem,) = refusals(files)
    assert f"{code} has values and was not reported for {missing}, which would be missing" in problem.message


def test_a_sheet_that_began_in_july_does_not_begin_in_january_later(cast, files):
    base.change_catalogue(Sheet.objects.filter(number="T-01"), valid_from="2023-07-01")
    base.report(cast.county, "2023Q3", {"food.done": "5"})
    (problem,) = refusals(files)
    assert "T-01 has values and was not reported for 2023Q1, 2023Q2" in problem.message


def test_days_may_be_widened_to_years_and_periods_that_nothing_was_said_of(cast, files, on):
    on("2023-10-10")
    indicator = Indicator.objects.filter(code="food.passed")
    base.change_catalogue(indicator, valid_from="2023-01-01", valid_to="2023-09-30")
    for quarter in range(1, 4):
        base.report(cast.county, f"2023Q{quarter}", {"food.passed": "5"})
    days = "valid_from 2023-01-01 → –, valid_to 2023-09-30 → –"
    assert load(files).lines == [f"~ Indicator 抽检合格 (food.passed): {days}"]


def test_figures_that_do_not_count_may_come_to_count(cast, files):
    base.change_catalogue(Indicator.objects.filter(code="food.passed"), valid_from="2023-07-01")
    for quarter in range(1, 5):
        base.report(cast.county, f"2023Q{quarter}", {"food.passed": "5"})
    load(files)
    assert Indicator.objects.get(code="food.passed").valid_from is None


def test_a_retired_code_does_not_come_back_under_another_name(cast, files):
    line = with_days(PASSED, "valid_to: 2023-12-31")
    base.report(cast.county, "2023Q1", {"food.passed": "5"})
    edit(files, "food", (PASSED, line))
    load(files)
    edit(files, "food", (line, PASSED.replace("抽检合格", "抽检问题")))
    (problem,) = refusals(files)
    assert "food.passed was retired with 2023-12-31 and has values under the name 抽检合格." in problem.message
    edit(files, "food", ("抽检问题", "抽检合格"))
    load(files)


@pytest.mark.parametrize("of", ["indicator", "sheet", "question", "rule"])
def test_days_in_the_wrong_order_are_a_problem_of_the_file(cast, files, of):
    days = "valid_from: 2024-01-01, valid_to: 2023-12-31"
    changes = {
        "indicator": (PASSED, with_days(PASSED, days)),
        "sheet": ("frequency: quarter", "frequency: quarter\n    valid_from: 2024-01-01\n    valid_to: 2023-12-31"),
        "question": ("text: 主要问题及原因", f"text: 主要问题及原因, {days}"),
        "rule": ("message: 合格数不能多于完成数", f"message: 合格数不能多于完成数, {days}"),
    }
    edit(files, "food", changes[of])
    (problem,) = refusals(files)
    assert problem.message == "valid_to lies before valid_from."


def test_a_time_of_day_is_no_date(cast, files):
    edit(files, "food", (PASSED, with_days(PASSED, "valid_from: 2024-01-01 08:00:00")))
    assert "must be a date" in refusals(files)[0].message


# Places


SECOND = """  - number: T-09
    name: 另一张表
    frequency: quarter
    department: market
    tables:
      - code: other
        name: 其他
        indicators:
"""


def test_an_indicator_does_not_move_to_another_sheet(reported, files):
    edit(files, "food", (FIRMS, ""), ("rules:\n", SECOND + FIRMS + "rules:\n"))
    (problem,) = refusals(files)
    assert "food.firms has values of 2023Q1, 2023Q2 … 2023Q4, so these stay: sheet" in problem.message


def test_a_sheet_is_not_taken_over_by_another_sector(reported, files):
    path = edit(files, "water", ("number: T-02", "number: T-01"))
    messages = [problem.message for problem in refusals(path)]
    assert any(message.startswith("sheet T-01 belongs to the sector food") for message in messages)


def test_an_indicator_stays_in_its_sheet(reported, files):
    supply = "          - {code: water.supply, name: 供水量, unit: 万吨, decimals: 2}\n"
    sheet = (
        "  - number: T-09\n    name: 供水情况表\n    frequency: quarter\n    department: water\n    tables:\n"
        f"      - code: supply\n        name: 供水\n        indicators:\n{supply}"
    )
    (problem,) = refusals(edit(files, "water", (supply, ""), ("wording:", sheet + "wording:")))
    assert problem.message.startswith("water.supply has values of 2023Q1, so these stay: sheet")


def test_a_question_is_not_taken_over_by_another_sheet(reported, files):
    path = edit(files, "plants", ("code: plants.measure", "moved_from: food, code: food.problem"))
    messages = [problem.message for problem in refusals(path)]
    assert any("food.problem was answered for 2023Q1, so its sheet and kind stay." in message for message in messages)


# Parts of a computed total


@pytest.fixture
def tea(cast, tmp_path):
    """A matrix whose total row is computed, loaded and reported."""
    files = shutil.copytree(base.DATA / "shanyin", tmp_path / "tea")
    load(files)
    county = Region.objects.get(code="990201")
    of_row = {f"tea.tests.{row}.{column}": "5" for row in ("green", "black", "brick") for column in ("done", "passed")}
    base.report(county, "2023H1", of_row)
    base.report(county, "2023H2", of_row)
    return files, county


GREEN = "          - {code: green, name: 绿茶}\n"


def test_a_total_that_was_printed_does_not_get_other_parts(tea):
    files, county = tea
    before = annual(county, 2023)["tea.tests.all.done"]
    assert (before.value, before.coverage) == (20, (2, 2))
    edit(files, "tea", (GREEN, GREEN + "          - {code: white, name: 白茶}\n"))
    messages = [problem.message for problem in refusals(files)]
    assert [message.split(" ")[0] for message in messages] == ["tea.tests.all.done", "tea.tests.all.passed"]
    assert all("so do the parts that it adds up" in message for message in messages)


def test_parts_may_stand_in_another_order(tea):
    files, _county = tea
    text = (files / "tea.yaml").read_text(encoding="utf-8")
    black = text[text.index("          - code: black") : text.index("        columns:")]
    edit(files, "tea", (GREEN + black, black + GREEN))
    assert load(files).lines


def test_a_total_of_another_file_keeps_its_parts_too(cast, files):
    total = "{code: water.tests, name: 水质检测, unit: 批次}"
    edit(
        files,
        "water",
        (total, f"{total}\n          - {{code: water.food, name: 食品抽检, unit: 批次, formula: parts(food.done)}}"),
    )
    load(files)
    base.report(cast.county, "2023Q1", {"food.done.farm": "5", "food.done.school": "5"})
    school = "                  - {code: food.done.school, name: 学校食堂}\n"
    path = edit(files, "food", (school, school + school.replace("school", "canteen")))
    (problem,) = refusals(path)
    assert problem.message.startswith("water.food is computed for 2023Q1")
    edit(files, "food", ("exhaustive: true", "exhaustive: false"))
    assert refusals(path)[-1].message.startswith("water.food is computed for 2023Q1")


# Regions


def test_a_county_that_was_reported_for_stays_where_it_counts(reported, files, cast):
    edit(files, "990101", ('"990100", name: 云州市', '"990109", name: 他州市'))
    (problem,) = refusals(files)
    assert "云泽县 was reported for and counts in 云州市." in problem.message
    edit(files, "990102", ('"990100", name: 云州市', '"990109", name: 他州市'))
    edit(files, "990101", ('"990109", name: 他州市', '"990100", name: 云州市'))
    load(files)  # nothing was reported for the other one
    assert Region.objects.get(code="990102").parent == Region.objects.get(code="990109")


def test_a_chain_that_ends_early_cuts_nothing_off(reported, files, cast):
    edit(files, "990102", ('  - {code: "990000", name: 云省, level: province}\n', ""))
    assert load(files).lines == []
    assert Region.objects.get(code="990100").parent == Region.objects.get(code="990000")


def test_a_region_may_be_put_in_between(reported, files):
    province = '  - {code: "990000", name: 云省, level: province}\n'
    edit(files, "990101", (province, '  - {code: "990900", name: 云片区, level: prefecture}\n' + province))
    edit(files, "990102", (province, '  - {code: "990900", name: 云片区, level: prefecture}\n' + province))
    load(files)
    prefecture = Region.objects.get(code="990100")
    assert (prefecture.parent and prefecture.parent.code) == "990900"


NAME = "name: 云泽县\n"


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("990101", [(NAME, "name: 云湖县\n")]),  # a copied file with the code of the one it was made from
        ("990102", [('"990102"', '"990101"'), ("name: 石浦县", "name: 云湖县")]),  # or with that of another
    ],
)
def test_a_county_that_was_reported_for_is_not_taken_over(reported, files, file, changes):
    path = edit(files, file, *changes)
    messages = [problem.message for problem in refusals(path)]
    assert messages[0].startswith("The region 990101 is “云泽县” in the database and was reported for.")
    assert "write renamed_from: 云泽县 beside it" in messages[0]


def test_what_was_reported_for_in_a_prefecture_binds_its_name(reported, files):
    text = (files / "990101.yaml").read_text(encoding="utf-8")
    text = text.replace('"990101"', '"990100"').replace("name: 云泽县\n", "name: 他州市\n")
    path = files / "990100.yaml"
    path.write_text(re.sub("  - .code: .990100.*\n", "", text).replace("level: county", "level: prefecture"), "utf-8")
    (problem,) = refusals(path)
    assert problem.message.startswith("The region 990100 is “云州市”")
    assert problem.place.line == 1


def test_a_county_gets_another_name_if_its_file_says_so(reported, files):
    path = edit(files, "990101", (NAME, "name: 云泽市\nrenamed_from: 云泽县\n"))
    assert load(path).lines == ["~ Region 云泽市: name 云泽县 → 云泽市"]
    assert load(path).lines == []


def test_a_county_that_was_not_reported_for_gets_any_name(reported, files):
    path = edit(files, "990102", ("name: 石浦县\n", "name: 云湖县\n"))
    assert load(path).lines == ["~ Region 云湖县: name 石浦县 → 云湖县"]


MARKET, WATER = "name: 云泽县市场监督管理局", "name: 云泽县水利局"


@pytest.mark.parametrize("other", [WATER, "name: 云泽县别的局"])
def test_departments_that_reported_do_not_change_names(reported, files, other):
    """Neither both, nor where the second gets another one."""
    path = edit(files, "990101", (MARKET, "name: 别的"), (WATER, MARKET), ("name: 别的", other))
    problems = {problem.place.line: problem.message for problem in refusals(path)}
    assert problems[10].startswith("The department water reported as “云泽县水利局” and would get the name that market")
    assert (9 in problems) == (other == WATER)


def test_a_department_gets_a_name_that_nobody_had(reported, files):
    path = edit(files, "990101", (WATER, "name: 云泽县水务局"))
    assert load(path).lines == ["~ Department 云泽县水务局: name 云泽县水利局 → 云泽县水务局"]


# Nothing is asked that does not matter


def test_a_load_that_changes_nothing_reads_no_figures(reported, files):
    with CaptureQueriesContext(connection) as captured:
        load(files)
    assert not [query["sql"] for query in captured if "sectors_figure" in query["sql"]]


# Names that change places


@pytest.mark.parametrize("other", ["抽检完成", "食品企业"])
def test_a_reported_indicator_does_not_get_the_name_of_another(reported, files, other):
    """Its figures would stand under the other's name, whether both change places or the other gets a new one."""
    edit(files, "food", (f"name: {other}", "name: 别的"), (PASSED, PASSED.replace("抽检合格", other)))
    (problem,) = refusals(files)
    assert problem.message.startswith("food.passed has values of 2023Q1")
    code = {"抽检完成": "food.done", "食品企业": "food.firms"}[other]
    assert f"would get the name that {code} had, “{other}”" in problem.message


def test_a_name_that_nobody_had_is_another_word_for_the_same(reported, files):
    edit(files, "food", (PASSED, PASSED.replace("抽检合格", "抽检合格数")))
    assert load(files).lines == [
        "~ Indicator 抽检合格数 (food.passed): name 抽检合格 → 抽检合格数, row_name 抽检合格 → 抽检合格数"
    ]


def test_an_indicator_without_values_may_get_the_name_of_another(cast, files):
    edit(files, "food", ("name: 抽检完成", "name: 别的"), (PASSED, PASSED.replace("抽检合格", "抽检完成")))
    assert len(load(files).lines) == 2


def test_answered_questions_do_not_change_places(reported, files):
    work, problem = "text: 本期工作开展情况", "text: 主要问题及原因"
    edit(files, "food", (work, "text: ?"), (problem, work), ("text: ?", problem))
    messages = [found.message for found in refusals(files)]
    assert any("as “主要问题及原因” and would get the name that food.work had" in message for message in messages)


# What is shown before it is done


def test_a_dry_run_says_what_is_touched_and_for_which_periods_it_was_reported(reported, files, capsys):
    output = "          - {code: food.output, name: 食品产量, unit: 吨, decimals: 1}\n"
    new = "          - {code: food.new, name: 新指标, unit: 批次}\n"
    edit(files, "food", (output, new), (PASSED, PASSED.replace("}", ", valid_to: 2023-12-31}")))
    before = set(Indicator.objects.values_list("code", "valid_to"))
    call_command("load_catalogue", files, dry_run=True)
    said = capsys.readouterr().out.splitlines()
    assert "× Indicator 抽检合格 (food.passed): valid_to – → 2023-12-31" in said
    assert "+ Indicator 新指标 (food.new)" in said
    assert "- Indicator 食品产量 (food.output): no longer in the file" in said
    (touched,) = [line for line in said if line.startswith("Touches ")]
    assert touched.startswith("Touches T-01 食品抽检情况表, reported for 2023Q1")
    assert all(part in touched for part in ("× food.passed", "+ food.new", "- food.output"))
    assert "3 changes. 1 added, 1 retired, 1 removed" in said
    assert said[-1] == "Nothing was changed: this is what a load would do."
    assert set(Indicator.objects.values_list("code", "valid_to")) == before


def test_a_sheet_that_was_never_reported_is_not_said_to_be_touched(cast, files, capsys):
    edit(files, "food", ("name: 食品抽检情况表", "name: 食品抽检表"))
    call_command("load_catalogue", files, dry_run=True)
    said = capsys.readouterr().out
    assert "~ Sheet T-01 食品抽检表: name 食品抽检情况表 → 食品抽检表" in said
    assert "Touches" not in said
