"""The catalogue out of the database is the catalogue that was loaded into it."""

from typing import Any

import pytest
from django.core.management import call_command

from sectors.catalogue import writing, yaml_files
from sectors.catalogue.loader import load
from sectors.models import Breakdown, Indicator, Rule, Sector, Sheet, Table, Unit
from sectors.vocabulary import RuleSource
from tests import base

pytestmark = pytest.mark.django_db
# What a matrix may say, and a list that nests.
WOOL = """
sector: wool
name: 羊毛
chapter: {code: product, name: 产品质量, position: 1}
position: 40
units: [{name: 只}, {name: 千只, base: 只, scale: 1000, also: [kz]}]
sheets:
  - number: W-01
    name: "W: 001 表 # 一"
    frequency: month
    formerly: {2022: year, 2025: quarter}
    department: market
    valid_from: 2021-01-01
    tables:
      - code: heads
        name: "2023"
        matrix: wool.heads
        rows:
          - code: sheep
            name: 绵羊
            parts:
              - name: 按性别
                exhaustive: true
                rows:
                  - {code: ewe, name: 母羊, parts: [{name: 其中, exhaustive: false, rows: [{code: old, name: 老羊}]}]}
                  - {code: ram, name: 公羊}
              - name: 其中
                exhaustive: false
                rows: [{code: lamb, name: 羔羊}]
          - {code: goat, name: 山羊}
        columns:
          - {code: spring, name: 春季, unit: 千只, decimals: 2, key: true, required: true, valid_to: 2030-12-31}
          - {code: autumn, name: 秋季, unit: 千只, decimals: 2,
             counted: {of: batch, measure: samples, where: {category: "{key}"}}}
          - {code: killed, name: 死亡, unit: 只, total: false, help: "第一行\\n第二行：#"}
          - {code: share, name: 占比, unit: "%", decimals: 1, accumulation: ratio, pass_rate: true,
             formula: "{row}.autumn / wool.heads.all.autumn", target: {at_most: 97.5, source: 某规划, since: "2021"}}
          - {code: of_goats, name: 比山羊, unit: "%", decimals: 1, accumulation: ratio,
             formula: "{row}.spring / wool.heads.goat.spring"}
        total_row: {code: all, name: 合计, computed: false}
        total_column: {code: sum, name: 两季, columns: [autumn, spring]}
        rules:
          - {expression: "{row}.autumn <= {row}.spring", message: 秋季不多于春季, severity: warning}
      - code: lists
        name: 其他
        indicators:
          - code: wool.weight
            name: 产量
            unit: 千只
            change_limit: 0
            accumulation: cumulative
            parts:
              - name: 按用途
                exhaustive: true
                indicators:
                  - {code: wool.weight.fine, name: 细毛, decimals: 1, parts: [
                      {name: 其中, exhaustive: false, indicators: [{code: wool.weight.best, name: 特级, decimals: 2}]}]}
                  - {code: wool.weight.coarse, name: 粗毛, unit: 只, accumulation: flow}
              - {name: 其中, exhaustive: false, indicators: [{code: wool.weight.sold, name: 出售}]}
          - {code: wool.total, name: 合计, unit: 千只, formula: parts(wool.weight), rounding: half_even}
    questions:
      - {code: wool.q1, kind: measure, text: 措施, valid_to: 2025-12-31, subject: general}
      - {code: wool.q2, kind: work, text: 工作, table: lists}
  - {number: W-02, name: 空表, frequency: year, department: market}
rules:
  - {code: wool.r, expression: "wool.total <= 2 * wool.weight", message: m, missing: zero, valid_from: 2022-01-01}
wording: |
  全年产毛{{ n('wool.weight') }}。
  {% if val('wool.total') == 0 %}无。{% endif %}
"""


SUMS = """
sector: sums
name: 汇总
chapter: {code: product, name: 产品质量, position: 1}
position: 41
sheets:
  - number: S-91
    name: 汇总表
    frequency: quarter
    department: market
    tables:
      - code: sums
        name: 汇总
        matrix: sums.heads
        rows:
          - code: all
            name: 全部
            computed: true
            parts: [{name: 按类, exhaustive: true, rows: [{code: produce, name: 农产品}, {code: food, name: 食品}]}]
          - {code: rest, name: 其余}
        columns:
          - {code: batches, name: 批次, unit: 批次, max: 500,
             counted: {of: batch, measure: batches, where: {category: "{key}"}}}
          - {code: growth, name: 增减, unit: "%", decimals: 1, accumulation: average, signed: true}
          - {code: grade, name: 等级, unit: "1", kind: choice, options: {A: 甲级, B: 乙级}}
        total_column: {code: sum, name: 合计, columns: [batches]}
"""


def load_again(folder, files, *, dry_run=True):
    folder.mkdir(exist_ok=True)
    for name, specification in files.items():
        (folder / f"{name}.yaml").write_text(yaml_files.as_yaml(specification))
    return load(folder, dry_run=dry_run).lines


def rows() -> dict[Any, list[Any]]:
    """All that the catalogue has, without keys and editions."""
    models: tuple[Any, ...] = (Unit, Sector, Sheet, Table, Indicator, Rule)
    found: dict[Any, list[Any]] = {
        model: [{**row, **dict.fromkeys(("id", "edition"))} for row in model.objects.values()] for model in models
    }
    found[Breakdown] = list(
        Breakdown.objects.values("total__code", "name", "exhaustive", "memberships__indicator__code")
    )
    return {model: sorted(rows, key=str) for model, rows in found.items()}


def test_the_shipped_catalogue_is_written_as_it_was_loaded(tmp_path):
    base.make_shipped_catalogue()
    sectors = writing.of_sectors()
    assert len(sectors) == 16
    assert load_again(tmp_path, {**sectors, "units": {"units": writing.units()}}) == []


def test_whatever_a_matrix_and_a_list_may_say_is_written(tmp_path):
    load(base.SMALL)
    (tmp_path / "wool.yaml").write_text(WOOL)
    load(tmp_path / "wool.yaml")
    before, written = rows(), writing.of_sectors("wool")["wool"]
    assert load_again(tmp_path / "again", {"wool": writing.with_units(written)}, dry_run=False) == []
    assert rows() == before
    heads = written["sheets"][0]["tables"][0]
    assert [row["code"] for row in heads["rows"]] == ["sheep", "goat"]
    assert heads["columns"][3]["formula"] == "{row}.autumn / wool.heads.all.autumn"
    assert heads["columns"][4]["formula"] == "{row}.spring / wool.heads.goat.spring"
    assert heads["columns"][1]["counted"]["where"] == {"category": ["{key}"]}
    assert heads["columns"][2]["total"] is False
    assert heads["total_row"] == {"code": "all", "name": "合计", "computed": False}
    assert heads["total_column"] == {"code": "sum", "name": "两季", "columns": ["autumn", "spring"]}
    assert [sheet["number"] for sheet in written["sheets"]] == ["W-01"]  # the other has nothing in it


def test_words_limits_and_computed_rows_are_written(tmp_path):
    load(base.SMALL)
    for folder, code in ((base.DATA / "kinds", "climate"), (_computed_rows(tmp_path), "sums")):
        load(folder)
        before, written = rows(), writing.of_sectors(code)[code]
        assert load_again(tmp_path / f"again-{code}", {code: written}, dry_run=False) == []
        assert rows() == before
    assert [row.get("computed") for row in written["sheets"][0]["tables"][0]["rows"]] == [True, None]


def _computed_rows(folder):
    """A first row that is computed from its parts, in a column that is counted and in one of words."""
    made = folder / "sums"
    made.mkdir()
    (made / "sums.yaml").write_text(SUMS)
    return made


def test_a_file_of_one_sector_can_be_loaded_by_itself(tmp_path):
    """With the units that it names, into a database that has none."""
    (tmp_path / "wool.yaml").write_text(WOOL)
    load(base.SMALL / "units.yaml", tmp_path / "wool.yaml")
    written = writing.with_units(writing.of_sectors("wool")["wool"])
    assert [unit["name"] for unit in written["units"]] == ["%", "1", "千只", "只"]
    assert yaml_files.ordered(read_back(tmp_path, written)) == yaml_files.ordered(written)
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "wool.yaml").write_text(yaml_files.as_yaml(written))
    call_command("check_catalogue", str(tmp_path / "alone"), "--alone")


def read_back(folder, specification):
    (folder / "file.yaml").write_text(yaml_files.as_yaml(specification))
    return yaml_files.from_yaml(folder / "file.yaml")


def test_a_rule_of_the_administration_is_not_written(tmp_path):
    load(base.SMALL)
    rule = Rule.objects.get(code="food.passed_within_done")
    Rule.objects.filter(pk=rule.pk).update(source=RuleSource.ADMIN)
    written = writing.of_sectors("food")["food"]
    assert rule.code not in str(written)
    assert load_again(tmp_path, {"food": written}) == []


def test_each_sheet_has_its_rules(tmp_path):
    load(base.SMALL)
    sector = writing.of_sectors("food")["food"]
    parts = writing.parted(sector)
    assert [rule for part in parts.values() for rule in part.get("rules", [])] == sector["rules"]
    assert all(len(part["sheets"]) == 1 for part in parts.values())
