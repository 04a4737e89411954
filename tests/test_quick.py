"""Which tests `make quick` runs. The graph of imports is the real one."""

import subprocess
from itertools import chain

import pytest

from tests import quick


@pytest.mark.parametrize(
    ("changed", "some", "none"),
    [
        ("sectors/entry/writer.py", ["tests/sectors/entry", "tests/sectors/views"], ["tests/reports/writers"]),
        (
            "sectors/calculation/formulas.py",
            ["tests/sectors/calculation", "tests/sectors/checks"],
            ["tests/sectors/views"],
        ),
        ("reports/writers/pdf.py", ["tests/reports/writers"], ["tests/sectors/views", "tests/reports/editing"]),
        ("inspections/tally.py", ["tests/inspections"], ["tests/sectors/views"]),
        ("config/storage.py", ["tests/test_storage.py"], ["tests/sectors/views"]),
        ("templates/reports/boards/office.html", ["tests/reports/boards"], ["tests/sectors/views"]),
        ("templates/sectors/sheet.html", ["tests/test_templates.py", "tests/sectors/views"], ["tests/reports/views"]),
        ("templates/inspections/records.html", ["tests/inspections"], ["tests/reports/views"]),
        ("templates/admin/rule_form.html", ["tests/test_templates.py", "tests/sectors/admin"], ["tests/sectors/views"]),
        ("static/app/app.css", ["tests/test_templates.py"], ["tests/sectors/views"]),
        ("docs/checks.md", ["tests/test_docs.py"], ["tests/sectors/views"]),
        ("sectors/management/commands/load_catalogue.py", ["tests/sectors"], ["tests/reports"]),
        ("reports/management/commands/build_report.py", ["tests/reports"], ["tests/sectors"]),
        ("catalogue/units.yaml", ["tests/sectors/catalogue", "tests/reports/chapters"], ["tests/sectors/views"]),
        ("data/654027-2022/05-food.csv", ["tests/sectors/transfer", "tests/reports/chapters"], ["tests/sectors/views"]),
        ("locale/zh_Hans/LC_MESSAGES/django.po", ["tests/test_translations.py"], ["tests/sectors/views"]),
        ("bench/__main__.py", ["tests/test_bench.py"], ["tests/sectors/views"]),
        ("demo/story.py", ["tests/demo"], ["tests/sectors/views"]),
        ("sectors/templatetags/marks.py", ["tests/sectors/views", "tests/reports/views"], ["tests/sectors/people"]),
        ("tests/second_server.py", ["tests/sectors/catalogue"], ["tests/sectors/views"]),
        ("tests/sectors/people/test_deputies.py", ["tests/sectors/people/test_deputies.py"], ["tests/sectors/views"]),
        ("tests/browser/test_entry.py", [], ["tests/browser/test_entry.py"]),
        *((f"{app}/urls.py", ["tests/test_scope.py"], []) for app in ("accounts", "sectors", "inspections", "reports")),
        ("tests/data/scope.csv", ["tests/test_scope.py"], ["tests/sectors/views"]),
        ("README.md", [], ["tests/sectors/views"]),
    ],
)
def test_a_change_touches_its_own_tests_and_those_of_its_importers(changed, some, none):
    found = quick.touched([changed])
    assert {"tests/test_architecture.py", *some} <= {*found}
    assert {*none}.isdisjoint(found)


def test_what_is_tested_elsewhere_and_where_is_there():
    places = [*quick.ELSEWHERE, *chain.from_iterable(quick.ELSEWHERE.values())]
    assert [place for place in places if not (quick.BASE_DIR / place).exists()] == []
    # A folder is named as one, so that it is not the beginning of another's name.
    assert [key for key in quick.ELSEWHERE if (quick.BASE_DIR / key).is_dir() != key.endswith("/")] == []


def test_every_row_of_elsewhere_is_tried():
    (rows,) = [mark.args[1] for mark in test_a_change_touches_its_own_tests_and_those_of_its_importers.pytestmark]
    firsts = {next((key for key in quick.ELSEWHERE if changed.startswith(key)), "") for changed, *_rest in rows}
    assert set(quick.ELSEWHERE) <= firsts


def test_what_was_deleted_touches_the_tests_of_its_folder():
    assert "tests/sectors/entry" in quick.touched(["sectors/entry/gone.py", "tests/sectors/entry/test_gone.py"])


@pytest.mark.parametrize(
    "changed", ["tests/base.py", "sectors/models/catalogue.py", "config/settings.py", "tests/data/T-01.xls"]
)
def test_what_all_rest_on_touches_all(changed):
    assert quick.touched([changed, "README.md"]) == ["tests"]


def test_a_place_within_another_is_not_named_twice():
    found = quick.touched(["sectors/entry/writer.py", "tests/sectors/entry/test_writer.py"])
    assert "tests/sectors/entry" in found
    assert not [place for place in found if place.startswith("tests/sectors/entry/")]


def test_the_change_is_what_is_not_committed_and_what_the_branch_has_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(quick, "BASE_DIR", tmp_path)

    def git(*arguments):
        identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(*names):
        for name in names:
            (tmp_path / name).write_text(name)
        git("add", ".")
        git("commit", "-m", "More")

    git("init", "-b", "main")
    commit("old.py", "gone.py")
    git("switch", "-c", "branch")
    commit("mine.py")
    git("switch", "main")
    commit("theirs.py")
    git("switch", "branch")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "新.py").write_text("")
    assert quick.changed_files() == ["gone.py", "新.py"]
    assert quick.changed_files("main") == ["gone.py", "mine.py", "新.py"]
