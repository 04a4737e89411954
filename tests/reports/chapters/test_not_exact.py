"""The shipped year's figures that are not exact, as its report prints them."""

import csv
import datetime

import pytest

from reports.aggregation.cube import annual
from reports.chapters import build
from reports.document.blocks import Number, Paragraph, Table, runs_text
from reports.document.marks import parse_marked
from reports.wording.rendering import Figures, render
from sectors.models import Figure
from tests import base

pytestmark = pytest.mark.django_db

DAY = datetime.date(2022, 11, 11)
# As they stand in the county's own report of 2022.
SAID = {
    "agri.law.checks": "156余次",
    "agri.law.officers": "500余人次",
    "agri.law.vehicles": "130余次",
    "livestock.clenbuterol.samples": "4000余份",
    "livestock.clenbuterol.farm": "1000余份",
    "livestock.clenbuterol.slaughter": "3000余份",
    "orchard.variety.share": "90%以上",
    "orchard.practice.cleaning.rate": "90%以上",
    "orchard.practice.thinning.rate": "90%以上",
    "orchard.practice.pruning.rate": "90%以上",
    "orchard.practice.grading.rate": "90%以上",
    "orchard.manure": "约2.5立方米/亩",
    "health.examined": "2130余人",
    "health.leaflets": "20580余份",
    "health.lectures": "180余场次",
    "health.consultations": "4500余人次",
    "health.banners": "120余条",
    "construction.complaints_rate": "95%以上",
}
DATED = ("water.incidents", "water.air.checks", "water.air.opinions")


def numbers(document, kind):
    """By code, the texts of the numbers in paragraphs, or in tables."""
    found: dict[str, set[str]] = {}
    for block in document.blocks:
        if not isinstance(block, kind):
            continue
        lines = [block.runs] if kind is Paragraph else [cell for row in block.rows for cell in row.cells]
        for run in (run for runs in lines for run in runs if isinstance(run, Number)):
            found.setdefault(run.code, set()).add(run.text)
    return found


def test_all_eighteen_are_printed_as_they_were_said(shipped_year):
    document = build.build(shipped_year, 2022, day=DAY)
    printed, listed = numbers(document, Paragraph), numbers(document, Table)
    assert Figure.objects.exclude(qualifier="").count() == len(SAID) == 18
    assert {code: printed[code] for code in SAID} == {code: {text} for code, text in SAID.items()}
    stored = {figure.indicator.code: figure.cell.stored for figure in Figure.objects.exclude(qualifier="")}
    assert {code for code in SAID if stored[code] in listed[code]} == set(SAID)


def test_what_was_so_until_a_day_is_not_told_of_the_whole_year(shipped_year):
    document = build.build(shipped_year, 2022, day=DAY)
    text = "".join(runs_text(block.runs) for block in document.blocks if isinstance(block, Paragraph))
    assert "截至10月19日没有发生突发水环境污染事件" in text
    assert "现场检查5次（截至10月19日）" in text
    assert {figure.indicator.code for figure in Figure.objects.filter(as_of__isnull=False)} == set(DATED)


def test_the_shipped_files_say_what_stands_in_the_database(shipped_year):
    rows = [row for path in base.SHIPPED_DATA.glob("*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))]
    texts = {row["indicator"]: row["value"] or row["declared"] for row in rows}
    inexact = {figure.indicator.code: figure for figure in Figure.objects.select_related("indicator").all()}
    assert all(inexact[code].cell.stored == texts[code] for code in SAID)


@pytest.mark.parametrize(
    ("stated", "result"), [("98以上", "达到"), ("95以上", "无法判断"), ("约98", "无法判断"), ("97以下", "未达到")]
)
def test_a_target_is_judged_where_it_is_sure(cast, stated, result):
    base.report(cast.county, "2022", {"food.rate": stated})
    document = build.build(cast.county, 2022, day=DAY)
    (targets,) = (block for block in document.blocks if isinstance(block, Table) and block.key == "figures/targets")
    (row,) = (row for row in targets.rows if runs_text(row.cells[0]) == "抽检合格率")
    assert [runs_text(cell) for cell in row.cells[2:4]] == [f"{stated}*", result]
    text = "".join(runs_text(block.runs) for block in document.blocks if isinstance(block, Paragraph))
    assert ("有1项指标的数据不是确数，不能判断是否达到目标" in text) is (result == "无法判断")


def test_a_wording_decides_only_what_is_sure(cast):
    base.report(cast.county, "2022", {"food.done": "120余", "food.passed": "500以下", "food.firms": "约30"})
    wording = (
        "{% if val('food.done') >= 120 %}甲{% endif %}{% if val('food.done') > 125 %}乙{% else %}丙{% endif %}"
        "{% if val('food.passed') == 0 %}丁{% endif %}{{ val('food.done') - 20 }}，{{ v('food.passed') }}批次，"
        "{{ v('food.firms') }}家，{{ cn('food.done') }}"
    )
    values = annual(cast.county, 2022)
    (text,) = render(wording, Figures(values, 2022, "云泽县"), where="食品").values()
    assert runs_text(parse_marked(text)) == "甲100以上，500批次以下，约30家，120余批次"


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("{% if DONE > 125 %}甲{% else %}乙{% endif %}", ""),
        ("{% if DONE > 130 %}甲{% else %}乙{% endif %}", "乙"),
        ("{% if DONE > 125 %}甲{% else %}抽检{{ n('food.done') }}{% endif %}", "抽检120余批次"),
        ("{% if DONE > 125 %}甲{% else %}没有{{ name('food.done') }}{% endif %}", ""),
        ("{% if DONE > 125 %}甲{% else %}{% if DONE > 100 %}乙{% endif %}{% endif %}", ""),
        ("{% if DONE > 125 %}甲{% elif FIRMS == 7 %}乙{% else %}丙{% endif %}", ""),
        ("{% if DONE > 125 %}甲{% elif FIRMS == 7 %}有{{ n('food.firms') }}{% else %}丙{% endif %}", "有7家"),
        ("{% if DONE > 125 %}甲{% elif FIRMS == 8 %}乙{% else %}抽检{{ n('food.done') }}{% endif %}", "抽检120余批次"),
        ("{% if not DONE > 125 %}甲{% else %}乙{% endif %}", ""),
        ("{% if not DONE > 130 %}甲{% else %}乙{% endif %}", "甲"),
        ("{% if DONE > 125 or FIRMS == 8 %}甲{% else %}乙{% endif %}", ""),
        ("{% if FIRMS == 7 or DONE > 125 %}甲{% else %}乙{% endif %}", "甲"),
        ("{% if FIRMS == 8 and DONE > 125 %}甲{% else %}乙{% endif %}", "乙"),
        ("{% if 100 < DONE < 125 %}甲{% else %}乙{% endif %}", ""),
        ("{% set many = DONE > 125 or FIRMS == 8 %}{% if many %}甲{% else %}乙{% endif %}", ""),
        ("{% set few = not DONE > 125 %}{% if not few %}甲{% else %}乙{% endif %}", ""),
        ("{{ '甲' if DONE > 125 else '乙' }}", ""),
        ("{{ '甲' if DONE > 130 else '乙' }}", "乙"),
        ("{{ '甲' if DONE > 125 else n('food.done') }}", "120余批次"),
        ("{{ DONE > 125 }}", ""),
    ],
)
def test_words_do_not_say_the_contrary_of_what_cannot_be_decided(cast, wording, said):
    base.report(cast.county, "2022", {"food.done": "120余", "food.firms": "7"})
    for name in ("DONE", "FIRMS"):
        wording = wording.replace(name, f"val('food.{name.lower()}')")
    printed = render(f"：{wording}", Figures(annual(cast.county, 2022), 2022, "云泽县"), where="食品")
    assert [runs_text(parse_marked(text)) for text in printed.values()] == [f"：{said}"]


@pytest.mark.parametrize(
    ("done", "passed", "printed"),
    [
        ("300", "197以上", "65.6%以上"),
        ("300以上", "196", "65.4%以下"),
        ("300", "约197", "约65.7%"),
        ("300", "197", "65.7%"),
    ],
)
def test_a_bound_is_not_rounded_past_itself(cast, done, passed, printed):
    """Neither this year's nor, beside the next one's, last year's."""
    base.report(cast.county, "2022", {"food.done": done, "food.passed": passed})
    wording = "{{ n('food.rate') }}；{{ last_n('food.rate') }}"
    for year, place in ((2022, 0), (2023, 1)):
        (text,) = render(wording, Figures(annual(cast.county, year), year, "云泽县"), where="食品").values()
        assert runs_text(parse_marked(text)).split("；")[place] == printed


@pytest.mark.parametrize(
    ("done", "passed", "firms", "said"),
    [
        ("100", "90", "80以上", ""),  # any of them may be the most, and the least
        ("100", "90", "80余", "done最多。"),
        ("100余", "90", "50", "done最多。最低firms。"),
        ("约95", "95", "80", "最低firms。"),
        ("100", "90", "约85", "done最多。最低firms。"),
        ("100", "约40", "约80", "done最多。最低passed。"),
        ("95", "80", "80", "done最多。最低passed、firms。"),
    ],
)
def test_a_ranking_says_the_most_and_the_least_where_it_is_sure(cast, done, passed, firms, said):
    base.report(cast.county, "2022", {"food.done": done, "food.passed": passed, "food.firms": firms})
    wording = (
        "{% set all = ranked('food.done', 'food.passed', 'food.firms') %}甲"
        "{% if all[1].value < all[0].value %}{{ all[0].code }}最多。{% endif %}"
        "{% if all[-1].value <= all[-2].value %}最低{% for one in all %}{% if one.value == all[-1].value %}"
        "{{ one.code }}{% if not loop.last %}、{% endif %}{% endif %}{% endfor %}。{% endif %}"
    )
    (text,) = render(wording, Figures(annual(cast.county, 2022), 2022, "云泽县"), where="食品").values()
    assert text.replace("food.", "").removeprefix("甲") == said


def test_what_may_be_something_is_not_left_out_as_nothing(cast):
    base.report(cast.county, "2022", {"food.done": "0以上", "food.passed": "0余", "food.firms": "0"})
    wording = (
        "{{ listed('food.done', 'food.passed', 'food.firms') }}；"
        "{% for code in ['food.done', 'food.passed', 'food.firms'] %}"
        "{% if not val(code) %}没有{% endif %}、{% endfor %}"
        "{{ has('food.done') and val('food.firms') / val('food.done') }}"
    )
    (text,) = render(wording, Figures(annual(cast.county, 2022), 2022, "云泽县"), where="食品").values()
    assert runs_text(parse_marked(text)) == "抽检完成0批次以上和抽检合格0余批次；、、没有、"


def test_a_change_too_small_to_print_is_not_called_none(cast):
    base.report(cast.county, "2021", {"food.done": "1000000", "food.passed": "1000000"})
    base.report(cast.county, "2022", {"food.done": "1000100以上", "food.passed": "1000100"})
    values = annual(cast.county, 2022)
    (text,) = render(
        "一{{ change('food.done') }}{{ change('food.passed') }}", Figures(values, 2022, "云泽县"), where="食品"
    ).values()
    assert text == "一，与上年持平"
    assert (values["food.done"].direction, values["food.passed"].direction) == (1, 0)


@pytest.mark.parametrize(
    ("declared", "printed", "fall"),
    [
        ("-5以下", "-5%以下", "下降5%以上"),
        ("-5以上", "-5%以上", ""),
        ("-5余", "-5%多", "下降5%多"),
        ("近-5", "近-5%", "下降近5%"),
        ("约-5", "约-5%", "下降约5%"),
        ("-5", "-5%", "下降5%"),
        ("5以上", "5%以上", "增长5%以上"),
    ],
)
def test_a_fall_is_told_without_its_sign(cast, declared, printed, fall):
    base.report(cast.county, "2022", {"food.rate": declared})
    wording = (
        "{{ n('food.rate') }}{% if val('food.rate') < 0 %}下降{{ abs_n('food.rate') }}"
        "{% elif val('food.rate') > 0 %}增长{{ abs_n('food.rate') }}{% endif %}"
    )
    (text,) = render(wording, Figures(annual(cast.county, 2022), 2022, "云泽县"), where="食品").values()
    assert runs_text(parse_marked(text)) == printed + fall
