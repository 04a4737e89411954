"""A load and what happens beside it: another load, a step of a submission, an edit of a rule."""

import datetime
import time
from functools import partial

import pytest
from django.db import connection

from sectors.approval import moves
from sectors.catalogue import rules
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Indicator, Rule, Sector, Sheet
from tests import base
from tests.races import PAUSE, at_once, while_looking
from tests.sectors.catalogue.test_owners import TOYS

pytestmark = pytest.mark.django_db(transaction=True)


def slowly(call):
    """The call with a pause behind what it reads of submissions and sectors, so that others write meanwhile."""

    def wait(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and ('FROM "sectors_sector"' in sql or 'FROM "sectors_figure"' in sql):
            time.sleep(PAUSE)
        return result

    def slowed():
        with connection.execute_wrapper(wait):
            return call()

    return slowed


@pytest.fixture
def small():
    base.make_cast()
    return base.cast()


def test_two_loads_of_a_new_file_are_one_after_the_other(small, tmp_path):
    path = tmp_path / "toys.yaml"
    path.write_text(TOYS, encoding="utf-8")
    results = at_once(slowly(lambda: load(path)), slowly(lambda: load(path)))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert sorted(bool(result.lines) for result in results) == [False, True]
    assert Sector.objects.filter(code="toys").count() == 1


def test_what_is_handed_in_during_a_load_is_handed_in_after_it(small, tmp_path):
    """The load has seen that nothing was reported, and changes a unit: who submits meanwhile waits for that."""
    of = base.submission(small.county)
    base.report(small.county, "2023Q1", {"food.output": "5"}, status="draft")
    base.complete(of)
    text = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
    path = tmp_path / "food.yaml"
    path.write_text(text.replace("name: 食品产量, unit: 吨", "name: 食品产量, unit: 万吨"), encoding="utf-8")
    submit = partial(moves.move, submission=of, action="submit", by=small.clerk)
    (failed, refused), ends = while_looking("sectors_figure", lambda: load(path), submit)
    assert not isinstance(failed, Exception), failed
    assert not isinstance(refused, Exception), refused
    assert ends == ["first", "second"]
    assert Indicator.objects.get(code="food.output").unit.name == "万吨"


def test_a_rule_that_is_edited_during_a_load_does_not_wait_for_ever(small, tmp_path):
    rule = Rule.objects.get(code="food.passed_within_done")
    rule.message = "合格数多于完成数"
    path = tmp_path / "food.yaml"
    text = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("合格数不能多于完成数", "合格批次不能多于完成批次"), encoding="utf-8")
    edit = slowly(lambda: rules.revise(rule, starts=datetime.date(2024, 1, 1)))
    results = at_once(slowly(lambda: load(path)), edit)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Sheet.objects.filter(number="T-01").exists()


def written(folder, name, text):
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


GAMES = TOYS.replace("toys", "games").replace("玩具", "游戏")


def test_two_files_that_take_the_same_number_are_not_both_loaded(small, tmp_path):
    toys, games = written(tmp_path, "toys", TOYS), written(tmp_path, "games", GAMES)
    results = at_once(slowly(lambda: load(toys)), slowly(lambda: load(games)))
    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(one) for one in refused] == [CatalogueError]
    assert "A-01" in str(refused[0])
    assert Sector.objects.filter(code__in=("toys", "games")).count() == 1
    of = Sector.objects.get(code__in=("toys", "games"))
    assert {sheet.sector for sheet in Sheet.objects.filter(sector=of)} == {of}
    assert set(Indicator.objects.filter(sheet__sector=of).values_list("code", flat=True)) == {
        code for code in Indicator.objects.values_list("code", flat=True) if code.startswith(f"{of.code}.")
    }


def test_two_files_of_different_sectors_are_both_loaded(small, tmp_path):
    toys, games = written(tmp_path, "toys", TOYS), written(tmp_path, "games", GAMES.replace("A-01", "A-02"))
    results = at_once(slowly(lambda: load(toys)), slowly(lambda: load(games)))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Sector.objects.filter(code__in=("toys", "games")).count() == 2
    assert not load(toys).lines
    assert not load(games).lines
