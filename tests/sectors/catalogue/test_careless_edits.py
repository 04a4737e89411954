"""Careless edits of files over a catalogue in use: refused with file and line, or done and undone without a trace."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import (
    Assignment,
    Breakdown,
    BreakdownPart,
    CatalogueVersion,
    Chapter,
    Department,
    Figure,
    FormerFrequency,
    Indicator,
    Narrative,
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
from tests.sectors.catalogue.test_owners import QUESTION, RULE, TOYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
MODELS = (
    *(Unit, Chapter, Sector, Sheet, FormerFrequency, Table, Indicator, Breakdown, BreakdownPart, Question, Rule),
    *(Region, Department, Assignment, Submission, Figure, Narrative, CatalogueVersion),
)
FIGURES = {"food.task": "10", "food.done": "100", "food.passed": "90", "food.firms": "5", "food.price": "1.25"}
YEARLY = 'name: 抽检合格率, unit: "%", decimals: 1, accumulation: ratio,'


@pytest.fixture
def files(tmp_path):
    """A copy of the small catalogue to change."""
    return shutil.copytree(base.SMALL, tmp_path / "catalogue")


@pytest.fixture
def reported(cast):
    for quarter in range(1, 5):
        base.report(cast.county, f"2023Q{quarter}", FIGURES)
    base.report(cast.county, "2023Q1", {"water.supply": "1.5", "water.tests": "7"})


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def edit(files, name, *changes):
    path = files / f"{name}.yaml"
    text = path.read_text(encoding="utf-8") if path.exists() else TOYS
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def refused(path):
    """What is said, each with its line; the database is as it was."""
    before = rows()
    with pytest.raises(CatalogueError) as caught:
        load(path)
    assert rows() == before
    return [(problem.place.line, problem.message) for problem in caught.value.problems]


NUMBER, FIRMS, DONE = "number: T-01", "name: 食品企业", "name: 抽检完成\n"
OWN = "is the sector of this file"
LEVEL = "level: county"
PREFECTURE = '  - {code: "990100", name: 云州市, level: prefecture}\n'
PROVINCE = '  - {code: "990000", name: 云省, level: province}\n'
ABOVE, BELOW = PREFECTURE + PROVINCE, PROVINCE + PREFECTURE
ALIKE = "differ only in capitals or in the width"
OUTPUT = "          - {code: food.output, name: 食品产量, unit: 吨, decimals: 1}\n"
PART = "                  - {code: food.done.school, name: 学校食堂}\n"


@pytest.mark.parametrize(
    ("name", "changes", "near", "said"),
    [
        # Words that move or rename nothing
        ("food", [(NUMBER, f"{NUMBER}\n    moved_from: food")], NUMBER, OWN),
        (
            "food",
            [("code: food.work", "moved_from: food, code: food.work")],
            "code: food.work",
            OWN,
        ),
        (
            "toys",
            [("code: toys.work", "moved_from: water, code: food.work")],
            "code: toys.work",
            "write moved_from: food",
        ),
        (
            "990101",
            [(LEVEL, f"{LEVEL}\nrenamed_from: 云泽县")],
            "region:",
            "云泽县 is the name",
        ),
        (
            "990101",
            [("name: 云泽县\n", "name: 云湖县\nrenamed_from: 石浦县\n")],
            "region:",
            "is “云泽县” in the database, not “石浦县”: write renamed_from: 云泽县.",
        ),
        # Names that change places, codes that change
        (
            "food",
            [(FIRMS, "name: 抽检任务"), ("name: 抽检任务", "name: 食品企业")],
            "code: food.firms",
            "food.task had",
        ),
        ("990101", [("code: water", "code: shuili")], "code: water", "Write the code water if it is the same"),
        (
            "990101",
            [("name: 云泽县水利局", "name: 云泽县市场监督管理局")],
            "code: water",
            "has the name of the department",
        ),
        (
            "990101",
            [('"990100", name: 云州市', '"990200", name: 海州市')],
            PREFECTURE,
            "云泽县 was reported for and counts in 云州市",
        ),
        # Codes that look alike
        (
            "toys",
            [("number: A-01", "number: t-01")],
            "number: A-01",
            "t-01 and T-01 (the database)",
        ),
        ("toys", [("number: A-01", "number: Ｔ-01")], "number: A-01", ALIKE),
        ("toys", [("number: A-01", "number: T-０１")], "number: A-01", ALIKE),
        (
            "units",
            [("{name: 家,", "{name: ％, scale: 0.01, base: '1'}\n  - {name: 家,")],
            "{name: 家,",
            "％ and %",
        ),
        # Names of more than one line
        ("food", [(FIRMS, 'name: "食品\\t企业"')], FIRMS, "name must be one line, without tabs"),
        ("food", [(FIRMS, 'name: "食品\\r企业"')], FIRMS, "name must be one line"),
        ("food", [(FIRMS, 'name: "食品\\u2028企业"')], FIRMS, "name must be one line"),
        ("food", [(FIRMS, 'name: "\\u200b \\u3000"')], FIRMS, "name is empty."),
        # Texts that a sign of a comment cuts off
        ("food", [(DONE, f"{DONE}            help: #3 号\n")], "unit: 批次\n", "The # cuts help off before “#3 号”"),
        ("food", [(DONE, f"{DONE}            help: 抽检\n              #3 号\n")], "unit: 批次\n", "cuts help off"),
        # Regions around a region
        (
            "990101",
            [(ABOVE, BELOW)],
            '- {code: "990000"',
            "云州市, prefecture, does not lie around 云省: within begins with the",
        ),
        ("990102", [(ABOVE, BELOW)], "region:", "in a circle: 990102 → 990000 → 990100 → 990000."),
        (
            "990102",
            [('"990000", name: 云省, level: province', '"990102", name: 石浦县, level: county')],
            "region:",
            "circle",
        ),
        # A wrong code of a region
        (
            "990101",
            [('"990101"', '"990102"')],
            "region:",
            "The region 990102 has the name of the region 990101 beside it",
        ),
        (
            "990101",
            [('"990101"', '"990103"')],
            "region:",
            "The region 990103 has the name of the region 990101 beside it",
        ),
        ("990102", [("name: 石浦县\n", "name: 云泽县\n")], "region:", "has the name of the region 990101 beside it"),
        # Levels
        ("990101", [("level: county", "level: prefecture")], "region:", "云泽县 was reported for as “County”, so its"),
        ("990101", [("level: county", "level: township")], "region:", "so its level stays"),
    ],
)
def test_a_careless_edit_is_refused_with_its_line(reported, files, name, changes, near, said):
    path = files / f"{name}.yaml"
    before = path.read_text(encoding="utf-8") if path.exists() else TOYS
    line = before[: before.index(near)].count("\n") + 1
    found = refused(edit(files, name, *changes))
    assert any(at == line and said in message for at, message in found), found


@pytest.mark.parametrize(("number", "there"), [("ａ-01", "A-01"), ("a-01", "A-01"), ("Ａ－01", "A-01")])
def test_two_numbers_of_one_file_do_not_look_alike(cast, files, number, there):
    second = TOYS[TOYS.index("  - number") : TOYS.index("    questions")].replace("toys.", "toys.b.")
    path = edit(files, "toys", ("rules:", second.replace("A-01", number) + "rules:"))
    ((_line, message),) = refused(path)
    assert f"sheet {number} and {there} ({path}:6) differ only" in message


@pytest.mark.parametrize(
    "name", ["　食品企业　", "\\t食品企业\\n", "食品\\u200b企业", "\\ufeff食品企业", "食品企\\u00ad业\\u00a0"]
)
def test_what_nobody_sees_is_not_stored(cast, files, name):
    path = edit(files, "food", (FIRMS, f'name: "{name}"'))
    assert load(path).lines == []
    assert Indicator.objects.get(code="food.firms").name == "食品企业"


WORDS = [
    ("food", [(NUMBER, f"{NUMBER}\n    moved_from: nowhere")]),
    ("food", [("code: food.work", "moved_from: former, code: food.work")]),
    ("food", [("code: food.passed_", "moved_from: former, code: food.passed_")]),
    ("toys", [("number: A-01", "number: A-01\n    moved_from: food")]),
    ("toys", [("number: A-01", "number: A-01\n    moved_from: former")]),
    ("toys", [("code: toys.work", "moved_from: food, code: toys.work")]),
    ("toys", [("code: toys.within", "moved_from: water, code: toys.within")]),
    ("990101", [(LEVEL, f"{LEVEL}\nrenamed_from: 旧县")]),
    ("990102", [(LEVEL, f"{LEVEL}\nrenamed_from: 云泽县")]),
]


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(("name", "changes"), WORDS)
def test_what_a_thing_was_before_is_loaded_where_that_never_was(request, files, name, changes, is_new):
    """Files say of a new installation, and of one that left a version out, what only others went through."""
    if not is_new:
        request.getfixturevalue("reported")
    edit(files, name, *changes)
    assert bool(load(files).lines) == (is_new or name == "toys")
    assert load(files).lines == []
    call_command("check_catalogue", files, alone=True)


@pytest.mark.parametrize("name", ["Region", "Sector"])
def test_what_moved_or_was_renamed_loads_again(reported, files, name):
    if name == "Region":
        paths = [edit(files, "990101", ("name: 云泽县\n", "name: 云泽市\nrenamed_from: 云泽县\n"))]
    else:
        moves = [("code: toys.work", "moved_from: food, code: food.work")]
        moves += [("code: toys.within", "moved_from: food, code: food.passed_within_done")]
        edit(files, "food", (QUESTION, ""), (RULE, ""), ("rules:\n", ""))
        edit(files, "toys", *moves)
        paths = [files]
    for path in paths:
        assert load(path, dry_run=True).lines
        assert load(path).lines
        before = rows()
        assert load(path).lines == []
        assert {**rows(), "CatalogueVersion": 0} == {**before, "CatalogueVersion": 0}


def test_a_region_that_was_not_reported_for_gets_another_level(cast, files):
    path = edit(files, "990102", ("level: county", "level: prefecture"))
    assert load(path).lines == ["~ Region 石浦县: level county → prefecture"]


# What other files read


READS = [
    ("water.food, name: 食品产量, unit: 吨, formula: food.output", "", "the formula of water.food"),
    (
        "",
        "rules:\n  - {code: water.rule, expression: water.supply >= food.output, message: 少}\n",
        "the rule water.rule",
    ),
    ("", "", "the wording of the sector water"),
]


@pytest.mark.parametrize(("formula", "rule", "reader"), READS)
def test_what_another_file_reads_is_not_left_out(cast, files, formula, rule, reader):
    """Nothing was reported: what reads it would name something that is not there."""
    tests = "          - {code: water.tests, name: 水质检测, unit: 批次}\n"
    new = f"          - {{code: {formula}}}\n" if formula else ""
    word = "" if formula or rule else "食品产量{{ n('food.output') }}。"
    edit(files, "water", (tests, tests + new), ("wording: |\n  ", f"{rule}wording: |\n  {word}"))
    load(files)
    path = edit(files, "food", (OUTPUT, ""))
    ((line, message),) = refused(path)
    assert line == 1
    assert message == f"food.output is read by {reader}, and cannot be left out before that is changed."


def test_formulas_of_two_files_do_not_read_each_other_in_a_circle(cast, files):
    supply = "{code: water.supply, name: 供水量, unit: 万吨, decimals: 2}"
    edit(files, "water", (supply, supply[:-1] + ", formula: food.output}"))
    load(files)
    path = edit(files, "food", ("unit: 吨, decimals: 1}", "unit: 吨, decimals: 1, formula: water.supply}"))
    ((_line, message),) = refused(path)
    assert message.startswith("Formulas read each other in a circle: ")


# What is told of a change


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        (
            "food",
            ("name: 食品\n", "name: 食品安全\n"),
            "Touches 食品安全, reported for 2023Q1, 2023Q2 … 2023Q4: ",
        ),
        ("food", ("position: 1\nsheets", "position: 7\nsheets"), "Touches 食品, reported for 2023Q1, 2023Q2 … 2023Q4"),
        (
            "990101",
            ("name: 云泽县\n", "name: 云泽市\nrenamed_from: 云泽县\n"),
            "Touches 云泽市, reported for 2023Q1, 2023Q2 … 2023Q4: ~ 990101.",
        ),
        (
            "990101",
            ("name: 云泽县水利局, short: 水利局", "name: 云泽县水务局, short: 水务局"),
            "Touches 云泽县水务局, reported for 2023Q1: ~ water.",
        ),
        (
            "990101",
            ("signs: false}\n", "signs: false}\nassignments: {T-02: market}\n"),
            "Touches T-02 → 市场监管局, reported for 2023Q1: ~ T-02 → 市场监管局.",
        ),
        (
            "units",
            ("{name: 元}", "{name: 元, counts: true}"),
            "Touches 元, reported for 2023Q1, 2023Q2 … 2023Q4: ~ 元.",
        ),
        ("units", ("{name: 万吨,", "{name: 万吨, also: [wt],"), "Touches 万吨, reported for 2023Q1: ~ 万吨."),
        (
            "food",
            ("food.passed <= food.done", "food.passed >= food.done"),
            "Touches 食品, reported for 2023Q1, 2023Q2 … 2023Q4: ~ food.passed_within_done.",
        ),
        (
            "food",
            ("code: food.passed_within_done", "code: food.within"),
            "Touches 食品, reported for 2023Q1, 2023Q2 … 2023Q4: + food.within, - food.passed_within_done.",
        ),
    ],
)
def test_a_dry_run_says_what_was_reported_in_what_changes(reported, files, capsys, name, change, told):
    path = edit(files, name, change)
    before = rows()
    call_command("load_catalogue", path, dry_run=True)
    said = capsys.readouterr().out
    assert told in said
    assert rows() == before
    edit(files, name, change[::-1])
    call_command("load_catalogue", path, dry_run=True)
    assert "Touches" not in capsys.readouterr().out


def test_what_is_new_touches_nothing(reported, files, capsys):
    call_command("load_catalogue", edit(files, "toys"), dry_run=True)
    assert "Touches" not in capsys.readouterr().out


# The same without a database


SAME = [
    ("toys", [("number: A-01", "number: T-01")]),
    ("toys", [("number: A-01", "number: T-01\n    moved_from: food")]),
    ("toys", [("number: A-01", "number: T-01\n    moved_from: food"), ("toys.work", "food.work")]),
    ("toys", [("number: A-01", "number: A-01\n    moved_from: nowhere")]),
    ("toys", [("number: A-01", "number: A-01\n    moved_from: water")]),
    ("toys", [("number: A-01", "number: a-01")]),
    ("toys", [("code: toys.within", "code: food.passed_within_done")]),
    ("toys", [("code: toys.within", "moved_from: food, code: food.passed_within_done")]),
    ("toys", [("code: toys.work", "moved_from: food, code: food.work")]),
    ("toys", [("department: market", "department: markt")]),
    ("toys", [("toys", "food")]),
    ("toys", [("name: 玩具\n", "name: 食品\n")]),
    ("toys", [("position: 1}", "position: 2}")]),
    ("food", [(OUTPUT, "")]),
    ("food", [(PART, "")]),
    ("990101", [("  - {code: water, name: 云泽县水利局, short: 水利局, signs: false}\n", "")]),
    ("990101", [("  - {code: market, name: 云泽县市场监督管理局, short: 市场监管局}\n", "")]),
    ("990101", [("signs: false}\n", "signs: false}\nassignments: {T-01: wter}\n")]),
    ("990101", [("signs: false}\n", "signs: false}\nassignments: {T-09: water}\n")]),
    ("990101", [(LEVEL, f"{LEVEL}\nrenamed_from: 旧县")]),
    ("990101", [("name: 云泽县\n", "name: 云泽市\nrenamed_from: 云泽县\n")]),
    ("990101", [("level: prefecture", "level: county")]),
    ("990101", [('"990101"', '"990103"')]),
    ("units", [("{name: 万吨, base: 吨,", "{name: 万吨, base: 克,")]),
]


@pytest.mark.parametrize(("name", "changes"), SAME)
def test_a_check_without_a_database_says_what_a_load_says(cast, files, settings, name, changes, capsys):
    settings.BASE_DIR = files.parent / "site"
    shutil.copytree(base.SMALL, settings.BASE_DIR / "catalogue")
    path = edit(files, name, *changes)
    loaded: list[str] = []
    try:
        load(path, dry_run=True)
    except CatalogueError as error:
        loaded = [str(problem).replace("the database", "the shipped catalogue") for problem in error.problems]
    try:
        call_command("check_catalogue", path)
        checked = []
    except CommandError:
        checked = capsys.readouterr().err.splitlines()
    assert checked == loaded
