"""Catalogue files checked without a database, by the command and by the schema that editors use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from django.core.management import CommandError, call_command
from ruamel.yaml import YAML

from sectors.catalogue.files import SCHEMES
from sectors.catalogue.keys import FILE
from sectors.catalogue.shapes import schema_of
from tests import base

FOLDERS = (base.SHIPPED_CATALOGUE, base.SMALL, base.DATA / "shanyin")
FILES = [path for folder in FOLDERS for path in sorted(folder.rglob("*.yaml")) if path.parent.name != SCHEMES]
FOOD = (base.SHIPPED_CATALOGUE / "sectors" / "05-food.yaml").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("english")


def check(*paths, **options):
    call_command("check_catalogue", *paths, **options)


@pytest.mark.parametrize(("folder", "alone"), [(FOLDERS[0], False), (FOLDERS[0], True), (FOLDERS[1], True)])
def test_what_is_right_is_said_to_be(folder, alone, capsys):
    check(folder, alone=alone)
    assert capsys.readouterr().out == "Nothing is wrong in these files.\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="05-food.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_stands_beside_the_shipped_catalogue_in_place_of_its_own_sector(file):
    check(file(FOOD.replace("name: 食用农产品\n", "name: 食用农产品抽样\n")))
    with pytest.raises(CommandError):
        check(file(FOOD), alone=True)  # its units lie elsewhere


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("S-01", "[S-01]", "05-food.yaml:6: number must be a text."),
        ("position: 5", "position: 2023-13-01", "05-food.yaml:4: position must be a whole number"),
        ("{code: product, name: 产品质量", "{code: product, name: 质量", "05-food.yaml:3: The chapter product is"),
        (
            "food.sampling.produce.done\n    message",
            "food.nothing\n    message",
            "names food.nothing, which no file has",
        ),
        ("number: S-01", "number: S-02", "sheet S-02 belongs to the sector livestock: the shipped catalogue has it as"),
        ("{{ year }}", "{{ yaer }}", "05-food.yaml:"),
        ("食用农产品}", "'食用农产品}", "The file is no YAML here."),
    ],
)
def test_every_problem_is_named_and_the_command_fails(file, old, new, message, capsys):
    shipped = base.SHIPPED_CATALOGUE / "sectors" / "02-livestock.yaml"
    number = next(line for line in shipped.read_text(encoding="utf-8").splitlines() if "number:" in line).split()[-1]
    assert old in FOOD
    with pytest.raises(CommandError, match="problem"):
        check(file(FOOD.replace(old, new.replace("S-02", number), 1)))
    assert message.replace("S-02", number) in capsys.readouterr().err


def test_what_is_only_doubtful_does_not_fail(file, capsys):
    check(file(FOOD.replace("department: market", "department: markt", 1)))
    assert ":6: Sheet S-01 goes to the department markt" in capsys.readouterr().out


def test_problems_of_several_files_are_named_at_once(file, capsys):
    with pytest.raises(CommandError, match="2 problems"):
        check(file(FOOD.replace("position: 5", "position: x")), file("units: 5\n", "units.yaml"))
    said = capsys.readouterr().err
    assert "05-food.yaml:4: " in said
    assert "units.yaml:1: " in said


@pytest.mark.parametrize("command", [["check_catalogue", "catalogue"], ["catalogue_schema"]])
def test_no_database_is_needed(command):
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=base.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# The schema


def plain(node):
    """As an editor sees it: days are texts."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node if node is None or isinstance(node, (bool, int, float, str)) else str(node)


def loaded(text):
    return plain(YAML(typ="safe", pure=True).load(text))


@pytest.fixture(scope="module")
def schema():
    return jsonschema_rs.Draft202012Validator(schema_of(FILE), validate_formats=True)


def test_the_command_writes_a_valid_schema(capsys):
    call_command("catalogue_schema")
    written = json.loads(capsys.readouterr().out)
    jsonschema_rs.meta.validate(written)
    assert written == json.loads(json.dumps(schema_of(FILE)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_holds_by_the_schema(schema, path):
    found = list(schema.iter_errors(loaded(path.read_text(encoding="utf-8"))))
    assert not found, found[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("number: S-01", "number: 1"),
        ("number: S-01", "nummer: S-01"),
        ("name: 食品安全抽检情况表", 'name: "　"'),
        ("name: 食品安全抽检情况表", 'name: "食品\\t抽检"'),
        ("name: 食品安全抽检情况表", 'name: "食品\\u2028抽检"'),
        ("frequency: quarter", 'frequency: " quarter"'),
        ("code: food.scope.produce", 'code: " food.scope.produce"'),
        ('where: {category: "{key}"}', "where: {colour: red}"),
        ("name: 食品安全抽检情况表", "name: [食品]"),
        ("name: 食品安全抽检情况表", f"name: {'长' * 81}"),
        ("frequency: quarter", "frequency: weekly"),
        ("frequency: quarter", "frequency: quarter\n    valid_from: 2023"),
        ("frequency: quarter", 'frequency: quarter\n    valid_from: "2023-13-01"'),
        ("    frequency: quarter\n", ""),
        ("code: food.scope.produce", "code: food.Produce"),
        ("code: food.scope.produce", "code: 食品.范围"),
        ("code: food.scope.items", "decimals: 20\n            code: food.scope.items"),
        ("required: true", "required: 是"),
        ("of: task", "of: tasks"),
        ("{at_least: 98,", "{at_least: 98, at_most: 99,"),
        ("{at_least: 98,", "{"),
        ("matrix: food.sampling", "matrix: food.sampling\n        indicators: []"),
    ],
)
def test_what_the_loader_refuses_in_one_place_the_schema_refuses_too(schema, file, old, new):
    text = FOOD.replace(old, new, 1)
    assert text != FOOD
    assert not schema.is_valid(loaded(text))
    with pytest.raises(CommandError):
        check(file(text))


def test_whole_files_in_the_documentation_hold_by_the_schema(schema):
    text = (Path(base.BASE_DIR) / "docs" / "catalogue.md").read_text(encoding="utf-8")
    whole = [block.split("```")[0] for block in text.split("```yaml\n")[1:]]
    whole = [block for block in whole if block.startswith(("sector: toys", "units:", "region:"))]
    assert len(whole) >= 3
    for block in whole:
        assert not list(schema.iter_errors(loaded(block))), block
