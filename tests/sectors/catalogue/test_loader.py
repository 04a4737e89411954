"""Loading catalogue files: what they expand to, what is refused and where."""

import shutil
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Assignment, Breakdown, Chapter, Indicator, Question, Region, Rule, Sector, Sheet
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FOOD = (base.SMALL / "food.yaml").read_text(encoding="utf-8")


@pytest.fixture
def files(tmp_path):
    """A copy of the small catalogue to change."""
    return shutil.copytree(base.SMALL, tmp_path / "catalogue")


def problems(path):
    with pytest.raises(CatalogueError) as caught:
        load(path)
    return [(problem.place.line, problem.message) for problem in caught.value.problems]


def test_the_shipped_catalogue_loads_and_a_second_time_changes_nothing():
    load(base.SHIPPED_CATALOGUE)
    assert Chapter.objects.count() == 3
    assert Sector.objects.count() == 16
    assert all(sector.wording and sector.sheets.exists() for sector in Sector.objects.all())
    assert Assignment.objects.count() == Sheet.objects.count()
    assert load(base.SHIPPED_CATALOGUE).lines == []


def test_a_dry_run_tells_and_does_nothing(files, capsys):
    call_command("load_catalogue", files, dry_run=True)
    assert "+ Indicator 抽检任务 (food.task)" in capsys.readouterr().out
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "near", "message"),
    [
        (
            "unit: 批次, accumulation: cumulative",
            "unit: 批, accumulation: cumulative",
            "code: food.task",
            "Unknown unit 批.",
        ),
        (
            "accumulation: stock",
            "accumulation: stok",
            "accumulation: stock",
            "accumulation is “stok”; it must be one of",
        ),
        ("frequency: quarter", "frequenzy: quarter", "number: T-01", "frequency is missing."),
        ("frequency: quarter", "frequency: quarter\n    colour: red", "frequency", "Unknown key colour."),
        ("food.price,", "food.firms,", "code: food.price", "indicator food.firms stands already at"),
        (
            "food.passed / food.done,",
            "food.passd / food.done,",
            "code: food.rate",
            "names food.passd, which no file has",
        ),
        ("food.passed / food.done,", "food.passed ~ food.done,", "code: food.rate", "cannot be read here"),
        ("{at_least: 98}", "{at_least: 98, at_most: 99}", "code: food.rate", "Unknown key at_most"),
        ("{at_least: 98}", "{at_least: much}", "code: food.rate", "at_least must be a number"),
        ("{at_least: 98}", "{over: 98}", "code: food.rate", "One of these keys must be here: at_least, at_most."),
        (
            "{at_least: 98}",
            "{at_least: 98, source: " + "长" * 81 + "}",
            "code: food.rate",
            "source has 81 characters; at most 80 are kept",
        ),
        ("food.passed / food.done,", "food.rate + 100%,", "code: food.rate", "in a circle: food.rate → food.rate"),
        ("food.passed / food.done,", "previous(food.rate),", "code: food.rate", "in a circle: food.rate → food.rate"),
        ("food.passed / food.done,", "food.passed / food.done * 100,", "code: food.rate", "computed without × 100"),
        ("food.passed / food.done,", "food.output / food.done,", "code: food.rate", "The formula gives 吨"),
        ("food.passed <= food.done,", "food.rate >= 98,", "code: food.passed_within_done", "98% instead of 98"),
        ("name: 种植环节}", "name: 种植环节, unit: 元}", "- name: 按环节", "food.done.farm in 元 cannot be a part"),
        (
            "food.passed <= food.done,",
            "food.passed,",
            "code: food.passed_within_done",
            "A rule compares two expressions",
        ),
        (",\n             formula: food.passed / food.done", "", "code: food.rate", "is a ratio and needs a formula"),
        (
            "table: sampling",
            "table: sampled",
            "table: sampling",
            "Question food.work stands under table sampled; this sheet has: sampling.",
        ),
        ("food.task,", "meat.task,", "code: food.task", "must begin with the sector's code"),
        ("exhaustive: true", "exhaustive: perhaps", "exhaustive", "exhaustive must be true or false"),
        ("position: 1\nsheets", "position: first\nsheets", "position: 1\nsheets", "position must be a whole number"),
        ("sector: food", "sector: [food", "sector: food", "The file is no YAML here"),
    ],
)
def test_every_problem_has_its_line_and_nothing_is_loaded(files, old, new, near, message):
    assert old in FOOD
    (files / "food.yaml").write_text(FOOD.replace(old, new, 1), encoding="utf-8")
    line = FOOD[: FOOD.index(near)].count("\n") + 1
    found = problems(files)
    # A key that is not there or too many, and broken YAML, are named where the parser met them: a line below at most.
    assert any(message in text and line <= at <= line + 1 for at, text in found), found
    assert not Sector.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "sign"),
    [
        ("    frequency: quarter", "    frequency： quarter", ":"),
        ("sheets:\n", "sheets：\n", ":"),
        ("{code: food.firms, name", "{code: food.firms，name", ","),
        (
            "{code: food.firms, name: 食品企业, unit: 家, accumulation: stock}",
            "｛code: food.firms, name: 食品企业｝",
            "{",
        ),
        ("formula: food.passed / food.done, key: true, pass", "formula: food.passed / food.done，key: true, pass", ","),
        ("accumulation: stock}", "accumulation: stock｝", "}"),
        ("  - number: T-01", "  － number: T-01", "-"),
    ],
)
def test_a_full_width_sign_is_named_with_its_line(files, old, new, sign):
    assert old in FOOD
    (files / "food.yaml").write_text(FOOD.replace(old, new, 1), encoding="utf-8")
    line = FOOD[: FOOD.index(old)].count("\n") + 1
    ((at, text),) = problems(files)
    assert at == line
    assert f"is a full-width one: write “{sign}”" in text


def test_a_full_width_sign_in_a_text_is_not_to_blame(files):
    text = FOOD.replace("text: 主要问题及原因", "text: 主要问题：及原因，等").replace(
        "{code: food.problem", "{code: food.problem: x"
    )
    (files / "food.yaml").write_text(text, encoding="utf-8")
    ((_at, said),) = problems(files)
    assert "The file is no YAML here." in said


def test_a_unit_in_full_width_signs_is_named_with_the_one_that_is_meant(files):
    (files / "food.yaml").write_text(FOOD.replace('unit: "%"', "unit: ％"), encoding="utf-8")
    assert any("or write one of these: %." in text for _at, text in problems(files))


def test_what_is_reported_yearly_has_no_period_before_it(files):
    formula = "formula: food.done / previous(food.done) - 1"
    text = FOOD.replace("formula: food.passed / food.done", formula)
    (files / "food.yaml").write_text(text, encoding="utf-8")
    assert load(files).lines
    (files / "food.yaml").write_text(text.replace("frequency: quarter", "frequency: year"), encoding="utf-8")
    assert ["food.rate is reported yearly" in message for _line, message in problems(files)] == [True]


def test_all_problems_are_named_at_once_and_the_command_fails(files):
    broken = FOOD.replace("unit: 家", "unit: 户").replace("unit: 元", "unit: 圆")
    (files / "food.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(CommandError, match=r"(?s)food\.yaml:\d+: Unknown unit 户.*food\.yaml:\d+: Unknown unit 圆"):
        call_command("load_catalogue", files)


def test_parts_become_a_breakdown_in_the_tables_order(cast):
    breakdown = Breakdown.objects.get(total__code="food.done")
    assert breakdown.exhaustive
    assert list(breakdown.parts.order_by("memberships__position").values_list("code", flat=True)) == [
        "food.done.farm",
        "food.done.school",
    ]
    assert list(Indicator.objects.filter(code__startswith="food.done").values_list("code", "indent", "unit__name")) == [
        ("food.done", 0, "批次"),
        ("food.done.farm", 1, "批次"),
        ("food.done.school", 1, "批次"),
    ]


def test_a_question_stands_under_its_table_until_the_file_moves_it(cast, files):
    question = Question.objects.get(code="food.work")
    assert question.table
    assert question.table.code == "sampling"
    (files / "food.yaml").write_text(FOOD.replace("table: sampling, ", ""), encoding="utf-8")
    assert load(files).lines == ["~ Question 本期工作开展情况: table 抽检 → –"]
    question.refresh_from_db()
    assert question.table is None


def test_a_question_is_about_another_sector_or_about_none(cast, files):
    question = Question.objects.get(code="food.work")
    assert question.subject == ""
    for subject, line in (("general", "– → general"), ("water", "general → water")):
        text = FOOD.replace("table: sampling, ", f"table: sampling, subject: {subject}, ")
        (files / "food.yaml").write_text(text, encoding="utf-8")
        assert load(files).lines == [f"~ Question 本期工作开展情况: subject {line}"]
        question.refresh_from_db()
        assert question.subject == subject


@pytest.mark.parametrize("subject", ["tea", "genral", "food.done"])
def test_a_question_is_not_about_a_sector_that_is_not_there(cast, files, subject):
    text = FOOD.replace("table: sampling, ", f"table: sampling, subject: {subject}, ")
    (files / "food.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"food\.yaml:3[0-9]"):
        load(files)
    assert Question.objects.get(code="food.work").subject == ""


def test_a_question_may_be_about_a_sector_that_is_loaded_with_it(cast, files):
    (files / "food.yaml").write_text(FOOD.replace("table: sampling, ", "table: sampling, subject: toys, "), "utf-8")
    toys = FOOD.replace("sector: food", "sector: general").replace("food.", "general.").replace("T-01", "G-01")
    (files / "toys.yaml").write_text(toys.replace("name: 食品\n", "name: 玩具\n"), "utf-8")
    with pytest.raises(CatalogueError, match="general"):
        load(files)
    toys = toys.replace("sector: general", "sector: toys").replace("general.", "toys.")
    (files / "toys.yaml").write_text(toys.replace("name: 食品\n", "name: 玩具\n"), "utf-8")
    load(files)
    assert Question.objects.get(code="food.work").subject == "toys"


def test_a_matrix_expands_to_cells_totals_and_rules(cast):
    load(base.DATA / "shanyin")
    codes = set(Indicator.objects.filter(sheet__number="TEA-01").values_list("code", flat=True))
    rows, columns = ("green", "black", "brick", "all"), ("done", "passed", "rate")
    assert codes == {f"tea.tests.{row}.{column}" for row in rows for column in columns}
    total = Breakdown.objects.get(total__code="tea.tests.all.done")
    assert set(total.parts.values_list("code", flat=True)) == {"tea.tests.green.done", "tea.tests.black.done"}
    assert Indicator.objects.get(code="tea.tests.all.done").formula == "parts(tea.tests.all.done)"
    assert Indicator.objects.get(code="tea.tests.all.rate").formula == "tea.tests.all.passed / tea.tests.all.done"
    assert not Breakdown.objects.get(total__code="tea.tests.black.done").exhaustive
    assert Rule.objects.filter(sector__code="tea").count() == 4


def tea_with_total_column(tmp_path, columns):
    """A copy of the tea catalogue in which every row declares a total of some columns, and the line that names them."""
    files = shutil.copytree(base.DATA / "shanyin", tmp_path / "tea")
    total_row = "        total_row: {code: all, name: 合计}\n"
    total_column = (
        f"        total_column:\n          code: sum\n          name: 小计\n          computed: false\n{columns}"
    )
    text = (files / "tea.yaml").read_text(encoding="utf-8").replace(total_row, total_row + total_column)
    (files / "tea.yaml").write_text(text, encoding="utf-8")
    return files, text[: text.index(total_column)].count("\n") + 5


def test_a_total_column_adds_up_the_columns_that_it_names(cast, tmp_path):
    files, _line = tea_with_total_column(tmp_path, "          columns: [passed, done]\n")
    load(files)
    breakdown = Breakdown.objects.get(total__code="tea.tests.brick.sum")
    parts = breakdown.parts.order_by("memberships__position").values_list("code", flat=True)
    assert list(parts) == ["tea.tests.brick.passed", "tea.tests.brick.done"]


def test_a_total_column_that_names_none_adds_up_all_without_a_formula(cast, tmp_path):
    files, _line = tea_with_total_column(tmp_path, "")
    load(files)
    parts = Breakdown.objects.get(total__code="tea.tests.brick.sum").parts
    assert set(parts.values_list("code", flat=True)) == {"tea.tests.brick.done", "tea.tests.brick.passed"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            "[done, nonsense]",
            "total_column adds up nonsense, which is no column of this table. It has: done, passed, rate.",
        ),
        (
            "[sum]",
            "total_column adds up sum, which is no column of this table. It has: done, passed, rate.",
        ),
        ("[done, done]", "total_column names column done twice."),
        ("done", "columns must be a list of texts."),
        ("7", "columns must be a list of texts."),
        ("{done: passed}", "columns must be a list of texts."),
        ("[done, [passed]]", "columns must be a list of texts."),
        ("[done, true]", "columns must be a list of texts."),
        ("[done, null]", "columns must be a list of texts."),
        ("[7]", "columns must be a list of texts."),
    ],
)
def test_a_total_column_of_anything_but_columns_is_refused(cast, tmp_path, columns, message):
    files, line = tea_with_total_column(tmp_path, f"          columns: {columns}\n")
    assert problems(files) == [(line, message)]
    assert not Sector.objects.filter(code="tea").exists()


@pytest.mark.parametrize("key", ["columns", "rows"])
def test_a_matrix_without_columns_or_rows_is_refused(cast, tmp_path, key):
    files, _line = tea_with_total_column(tmp_path, "")
    path = files / "tea.yaml"
    text = path.read_text(encoding="utf-8")
    lines, start = text.splitlines(keepends=True), text[: text.index(f" {key}:\n")].count("\n")
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = next(n for n in range(start + 1, len(lines)) if len(lines[n]) - len(lines[n].lstrip()) <= depth)
    path.write_text("".join([*lines[:start], f"{' ' * depth}{key}: []\n", *lines[end:]]), encoding="utf-8")
    assert (start + 1, f"{key} must not be empty.") in problems(files)


def test_a_new_county_and_sector_are_files_and_get_their_assignments(cast):
    load(base.DATA / "shanyin")
    county = Region.objects.get(code="990201")
    assigned = dict(county.assignments.values_list("sheet__number", "department__code"))
    assert assigned["TEA-01"] == "tea"
    assert assigned["T-02"] == "market"  # by the region's own file
    assert not Assignment.objects.filter(region=cast.county, sheet__number="TEA-01").exists()


def test_what_accepted_figures_rest_on_is_retired_and_never_edited(cast, files):
    base.report(cast.county, "2023Q1", {"food.output": "5.5"})
    line = "{code: food.output, name: 食品产量, unit: 吨, decimals: 1}"
    assert line in FOOD
    (files / "food.yaml").write_text(FOOD.replace(line, line.replace("吨", "万吨")), encoding="utf-8")
    assert "Retire it with valid_to" in problems(files)[0][1]
    (files / "food.yaml").write_text(FOOD.replace(f"          - {line}\n", ""), encoding="utf-8")
    assert "cannot be left out" in problems(files)[0][1]
    retired = line.replace("}", ", valid_to: 2023-12-31}").replace("食品产量", "食品产量（旧）")
    (files / "food.yaml").write_text(FOOD.replace(line, retired), encoding="utf-8")
    assert len(load(files).lines) == 1


def test_other_parts_of_a_total_are_a_change(cast, files):
    farm = "                  - {code: food.done.farm, name: 种植环节}\n"
    school = "                  - {code: food.done.school, name: 学校食堂}\n"
    (files / "food.yaml").write_text(FOOD.replace(farm + school, school + farm), encoding="utf-8")
    assert "~ Breakdown food.done: 按环节: parts" in load(files).lines
    assert load(files).lines == []


def test_an_indicator_without_figures_may_go(cast, files):
    line = "          - {code: food.output, name: 食品产量, unit: 吨, decimals: 1}\n"
    (files / "food.yaml").write_text(FOOD.replace(line, ""), encoding="utf-8")
    load(files)
    assert not Indicator.objects.filter(code="food.output").exists()


@pytest.mark.parametrize("path", ["nowhere", "empty"])
def test_a_path_without_files_is_an_error(tmp_path, path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_catalogue", tmp_path / path)


def test_a_rule_says_what_missing_figures_do(cast, files):
    assert set(Rule.objects.values_list("missing", flat=True)) == {"any"}
    rule = "{code: food.passed_within_done, expression: food.passed <= food.done, "
    (files / "food.yaml").write_text(FOOD.replace(rule, rule + "missing: zero, "), encoding="utf-8")
    assert any("missing" in line for line in load(files).lines)
    assert Rule.objects.get(code="food.passed_within_done").missing == "zero"
    (files / "food.yaml").write_text(FOOD.replace(rule, rule + "missing: never, "), encoding="utf-8")
    ((_line, message),) = problems(files)
    assert message == "missing is “never”; it must be one of: any, all, zero."


def test_the_largest_ordinary_change_is_inherited_by_parts(files):
    total = "name: 抽检完成\n"
    (files / "food.yaml").write_text(FOOD.replace(total, total + "            change_limit: 30\n"), encoding="utf-8")
    load(files)
    limits = dict(Indicator.objects.values_list("code", "change_limit"))
    assert {code for code, limit in limits.items() if limit == 30} == {
        "food.done",
        "food.done.farm",
        "food.done.school",
    }
    assert limits["food.task"] is None


def test_a_wrong_expression_is_named_with_its_place(files):
    text = FOOD.replace("food.passed <= food.done", "food.passed <= food.done ** 2")
    (files / "food.yaml").write_text(text, encoding="utf-8")
    ((_line, message),) = problems(files)
    assert message.startswith("“food.passed <= food.done ▶** 2”, character 26:")


def test_a_target_is_reached_from_its_side(cast):
    rate = Indicator.objects.get(code="food.rate")
    assert (rate.is_key, rate.target, rate.target_is) == (True, 98, "at_least")
    assert [rate.reaches_target(value) for value in (Decimal(98), Decimal("97.96"), None)] == [True, False, None]
    rate.target_is = "at_most"
    assert [rate.reaches_target(value) for value in (Decimal(98), Decimal("98.04"))] == [True, False]
    assert Indicator.objects.get(code="food.done").reaches_target(Decimal(1)) is None


def test_the_total_of_a_matrix_stands_for_its_key_column(shipped_catalogue):
    sampling = Indicator.objects.filter(code__startswith="food.sampling.", code__endswith=".pass_rate")
    assert [i.code for i in sampling.filter(is_key=True)] == ["food.sampling.all.pass_rate"]
    assert {i.target for i in sampling} == {98}


@pytest.mark.parametrize(
    ("wording", "line", "message"),
    [
        ("wording: |\n  好。\n  抽检{{ n('food.dne') }}。\n", 3, "food.dne"),
        ("wording: |\n  好。\n  {% if val('food.done') %}\n", 3, "open at the end"),
        ("wording: 抽检{{ n('food.dne') }}。\n", 1, "food.dne"),
        ("wording: |\n  {% for i in range(9) %}{% endfor %}\n", 2, "range"),
        ("wording: |\n  好。\n  " + "{% if 1 %}" * 99 + "{% endif %}" * 99 + "\n", 3, "40"),
        ("wording: |\n  好。\n  {% set a = 99 %}" + "{% set a = a * a %}" * 24 + "\n", 3, ""),
    ],
)
def test_a_wording_that_no_report_could_use_is_refused_with_its_line(files, wording, line, message):
    load(files)
    path = files / "food.yaml"
    kept, _rest = path.read_text(encoding="utf-8").split("wording: |\n")
    path.write_text(kept + wording, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(files)
    (problem,) = caught.value.problems
    assert problem.place.line == kept.count("\n") + line
    assert message in problem.message
    assert Sector.objects.get(code="food").wording.startswith("全年完成抽检")


def test_a_wording_may_name_an_indicator_of_another_file(files):
    path = files / "food.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  水质检测{{ n('water.tests') }}。\n", encoding="utf-8")
    load(files)
    assert "water.tests" in Sector.objects.get(code="food").wording


def with_target(files, target):
    (files / "food.yaml").write_text(FOOD.replace("{at_least: 98}", target), encoding="utf-8")
    return files


@pytest.mark.parametrize("since", ["2023", '"2023"', "2023-02-06"])
def test_a_target_says_whose_it_is_and_since_when(files, since):
    load(base.SMALL)
    written = since.strip('"')
    changes = load(with_target(files, f"{{at_least: 98, source: 质量强国建设纲要, since: {since}}}"), dry_run=True)
    (line,) = [line for line in changes.lines if "food.rate" in line]
    assert line.endswith(f"target_source – → 质量强国建设纲要, target_since – → {written}")
    load(files)
    rate = Indicator.objects.get(code="food.rate")
    assert (rate.target_source, rate.target_since) == ("质量强国建设纲要", written)
    load(base.SMALL)
    rate.refresh_from_db()
    assert (rate.target_source, rate.target_since) == ("", "")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("since", ["2023-02", "2023-02-30", "23", "1989", "2023.5", "02023", "今年", "[2023]"])
def test_since_when_a_target_holds_is_a_year_or_a_day(files, since):
    with pytest.raises(CatalogueError, match="since must be a year or a date") as caught:
        load(with_target(files, f"{{at_least: 98, source: 计划, since: {since}}}"))
    assert "food.yaml" in str(caught.value)


@pytest.mark.usefixtures("english")
def test_since_when_a_target_holds_is_nothing_without_whose_it_is(files):
    with pytest.raises(CatalogueError, match="name it as source"):
        load(with_target(files, "{at_least: 98, since: 2023}"))


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("target", "is_said"),
    [
        ("{at_least: 97}", True),
        ("{at_least: 98, source: 计划}", True),
        ("{at_least: 98}", False),  # as it was
        ("{at_least: 97, source: 计划, since: 2023}", False),
    ],
)
def test_a_load_tells_of_targets_that_the_public_does_not_read(files, target, is_said):
    load(base.SMALL)
    lines = [line for line in load(with_target(files, target)).lines if "since when" in line]
    assert [line.startswith("? ") and "food.yaml" in line for line in lines] == [True] * is_said


def test_what_nobody_can_have_typed_is_left_out_of_files(files):
    path = files / "food.yaml"
    text = path.read_text(encoding="utf-8").replace("name: 食品\n", 'name: "食\\ud800品\\0"\n')
    path.write_text(text.replace("text: 主要问题及原因", 'text: "主要\\x0B问题"'), encoding="utf-8")
    load(files)
    assert Sector.objects.get(code="food").name == "食品"
    assert Question.objects.get(code="food.problem").text == "主要问题"


def test_what_is_wrong_can_be_said_whatever_it_names(files):
    path = files / "food.yaml"
    path.write_text(path.read_text(encoding="utf-8") + '"odd\\ud800": 1\n', encoding="utf-8")
    ((_line, message),) = problems(files)
    assert message.encode()


def test_a_file_that_nests_endlessly_is_refused(files):
    (files / "food.yaml").write_text("sector: " + "[" * 3000, encoding="utf-8")
    ((_line, message),) = problems(files)
    assert "cannot be read" in message
