"""What findings say: the same sentences in either language, whenever and wherever they are put into words."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from sectors.calculation.cells import Limits
from sectors.checks.messages import Joined, Message, Statement, worded
from sectors.checks.templates import Template
from tests.sectors.checks.in_memory import breakdown, judge, point

PERCENT, TEN_THOUSAND = ("%", "0.01"), ("万吨", "10000")
WHOLE, THREE = breakdown("t.all", "t.a", "t.b"), breakdown("t.all", "t.a", "t.b", "t.c")
RATE = {"formulas": {"t.rate": "t.done / t.task"}, "units": {"t.rate": PERCENT}}
SHARES = {
    "formulas": {f"{code}.share": f"{code} / t.all" for code in THREE.parts},
    "units": {f"{code}.share": PERCENT for code in THREE.parts},
    "breakdowns": [THREE],
    "indicators": {code: {} for code in ("t.all", *THREE.parts)},
}
GROWN = {"t.all": "1000", "t.a": "600", "t.b": "400", "t.all.g": "14.7", "t.a.g": "15.0", "t.b.g": "14.2"}
GROWTH = {
    "formulas": {f"{code}.g": f"{code} / last_year({code}) - 1" for code in ("t.all", "t.a", "t.b")},
    "units": {f"{code}.g": PERCENT for code in ("t.all", "t.a", "t.b")},
    "breakdowns": [WHOLE],
    "indicators": {code: {"exact": False} for code in ("t.all", "t.a", "t.b")},
}
TABLE = {"t.r0.samples": "20", "t.r0.passed": "19", "t.r1.samples": "10", "t.r1.passed": "10"}
COLUMNS = {
    "breakdowns": [breakdown(f"t.all.{what}", f"t.r0.{what}", f"t.r1.{what}") for what in ("samples", "passed")],
    "rules": ["t.r0.passed <= t.r0.samples", "t.r1.passed <= t.r1.samples", "t.all.passed <= t.all.samples"],
    "indicators": {code: {"row": int(code[3])} for code in TABLE},
}


# A matrix whose total row and total column are reported; its corner is the total of both.
ROWS = {"milk": "乳制品", "meat": "肉制品", "tea": "茶叶", "oil": "食用油", "all": "合计"}
HEADS = {"done": "抽检批次", "again": "复检批次", "sum": "小计"}
MATRIX = {
    f"m.{row}.{column}": {
        "name": f"{ROWS[row]}·{head}",
        "table": 1, "row": at, "column": place, "row_name": ROWS[row], "column_name": head,
    }
    for at, row in enumerate(ROWS)
    for place, (column, head) in enumerate(HEADS.items())
}  # fmt: skip


def matrix(*breakdowns, rules=(), **figures):
    """Figures by `<row>__<column>`."""
    return {
        "figures": {f"m.{cell.replace('__', '.')}": text for cell, text in figures.items()},
        "breakdowns": breakdowns,
        "rules": rules,
        "indicators": MATRIX,
    }


COLUMN = breakdown("m.all.done", *(f"m.{row}.done" for row in ROWS if row != "all"), name="合计")
ROW = breakdown("m.milk.sum", "m.milk.done", "m.milk.again", name="小计")
CORNER = breakdown("m.all.sum", "m.all.done", "m.all.again", name="小计")
KINDS = breakdown("m.meat.done", "m.milk.done", "m.tea.done", name="按种类")


def growth(formula):
    return {
        "formulas": {"t.rate": "t.done / t.task", "t.growth": formula},
        "units": {"t.rate": PERCENT, "t.growth": PERCENT},
        "before": {4: {"t.done": "80", "t.task": "100"}},
    }


ALONE = {"formulas": {"t.g": "t.a / last_year(t.a) - 1"}, "units": {"t.g": PERCENT}}
WITHIN = [f"m.{row}.again <= m.{row}.done" for row in ROWS]
ADDED = [f"m.{row}.done + m.{row}.again == m.{row}.sum" for row in ROWS]
SECOND = {"meat__done": "7", "meat__again": "3", "tea__done": "5", "tea__again": "4"}


def year(*quarters):
    return {"a_year": 1, "periods": {"t.a": [point(text) if text else None for text in quarters]}}


def rows_of_a_table(projects, cost, *, count=6, elsewhere=()):
    """Rows of projects and what they cost, the last of them another; `elsewhere` is what others have in it."""
    usual = [("12", "3.1"), ("5", "1.4"), ("8", "2.0"), ("3", "0.9"), ("30", "8.8")]
    rows = [*usual[: count - 1], (projects, cost)]
    cells = [(f"t.r{n}.{name}", text) for n, row in enumerate(rows) for name, text in zip("nv", row, strict=True)]
    own = {code: {"table": 1, "row": int(code[3]), "column": "nv".index(code[-1])} for code, _text in cells}
    others = {
        code: dict.fromkeys(range(5), Decimal(text)) for code, text in zip(list(own)[-2:], elsewhere, strict=False)
    }
    units = {f"t.r{n}.v": TEN_THOUSAND for n in range(count)}
    return {"figures": dict(cells), "indicators": own, "units": units, "elsewhere": lambda: others}


CASES: dict[str, dict[str, Any]] = {
    "sum": {"figures": {"t.all": "271", "t.a": "200", "t.b": "65"}, "breakdowns": [WHOLE]},
    "total_row": matrix(COLUMN, milk__done="100", meat__done="100", tea__done="100", oil__done="14", all__done="317"),
    "total_column": matrix(ROW, milk__done="10", milk__again="2", milk__sum="13"),
    "corner": matrix(CORNER, all__done="314", all__again="20", all__sum="335"),
    "rows_of_a_kind": matrix(KINDS, milk__done="3", tea__done="2", meat__done="6"),
    "part_in_a_matrix": matrix(
        breakdown("m.meat.done", "m.milk.done", exhaustive=False, name="其中"), milk__done="6", meat__done="5"
    ),
    "rule_of_a_row": matrix(rules=["m.milk.again <= m.milk.done"], milk__done="6", milk__again="7"),
    "rule_of_two_rows": matrix(rules=["m.milk.again <= m.tea.done"], tea__done="6", milk__again="7"),
    "total_in_a_list": {
        "figures": {"t.all": "13", "t.a": "6", "t.b": "6"},
        "breakdowns": [breakdown("t.all", "t.a", "t.b", name="合计")],
    },
    "sum_cut_off": {
        "figures": {"t.all": "3.82", "t.a": "20021", "t.b": "18260"},
        "breakdowns": [WHOLE],
        "units": {"t.all": TEN_THOUSAND},
    },
    "too_large": {
        "figures": {"t.all": "38281.00", "t.a": "20021", "t.b": "18260"},
        "breakdowns": [WHOLE],
        "units": {"t.all": TEN_THOUSAND},
    },
    "off_by": {"figures": {"t.all": "260", "t.a": "200", "t.b": "35", "t.c": "30"}, "breakdowns": [THREE]},
    "off_by_or_missing": {"figures": {"t.all": "280", "t.a": "200", "t.b": "35", "t.c": "30"}, "breakdowns": [THREE]},
    "sum_with_blanks": {
        "figures": {"t.all": "10", "t.a": "12"},
        "breakdowns": [WHOLE],
        "indicators": {"t.b": {}},
    },
    "growth": dict(figures=GROWN | {"t.all.g": "28.8"}, **GROWTH),
    "growth_of_several": {
        "figures": {"t.all": "300", "t.a": "100", "t.b": "100", "t.c": "100", "t.all.g": "25.0"}
        | {"t.a.g": "0.0", "t.b.g": "25.0", "t.c.g": "25.0"},
        "breakdowns": [THREE],
        "formulas": {f"{code}.g": f"{code} / last_year({code}) - 1" for code in ("t.all", *THREE.parts)},
        "units": {f"{code}.g": PERCENT for code in ("t.all", *THREE.parts)},
    },
    "growth_none": dict(figures={"t.all": "100.0", "t.a": "95.0", "t.all.g": "-20.0", "t.a.g": "-90.0"}, **GROWTH),
    "growth_between": dict(
        figures={code: "4.2" for code in GROWN if code.endswith("g")} | {"t.all.g": "9.9"}, **GROWTH
    ),
    "absent": {"figures": {"t.all": "5", "t.a": "n/a", "t.b": "n/a"}, "breakdowns": [WHOLE]},
    "absent_total": {"figures": {"t.all": "n/a", "t.a": "3", "t.b": "2"}, "breakdowns": [WHOLE]},
    "growth_to_zero": dict(figures={"t.a": "0", "t.g": "-5.0"}, **ALONE),
    "growth_from_zero": dict(figures={"t.a": "5", "t.g": "25.0"}, before={4: {"t.a": "0"}}, **ALONE),
    "growth_not_to_zero": dict(figures={"t.a": "5", "t.g": "-100.0"}, **ALONE),
    "growth_over_level": {"figures": {"t.a": "3", "t.g": "5"}, "formulas": {"t.g": "t.a - last_year(t.a)"}},
    "columns_exchanged": matrix(rules=WITHIN, milk__done="2", milk__again="6", meat__done="3", meat__again="9"),
    "rows_exchanged": matrix(
        rules=["m.milk.done == m.tea.sum", "m.milk.again == m.meat.sum", "m.oil.done == m.oil.sum"],
        milk__done="9",
        milk__again="1",
        oil__done="2",
        oil__again="4",
        tea__sum="2",
        meat__sum="4",
        oil__sum="9",
    ),
    "cells_exchanged": matrix(rules=ADDED, milk__done="3", milk__again="1", milk__sum="9", **SECOND, tea__sum="4"),
    "shifted_down": matrix(
        rules=ADDED, milk__done="3", milk__again="1", milk__sum="9", **SECOND, tea__sum="10", meat__sum="4"
    ),
    "shifted_up": matrix(
        rules=ADDED, milk__done="3", milk__again="1", milk__sum="10", **SECOND, tea__sum="4", meat__sum="9"
    ),
    "whole": {
        "figures": {"t.y": "14", "t.r": "90.0"},
        "formulas": {"t.r": "t.x / t.y"},
        "units": {"t.r": PERCENT},
        "indicators": {"t.x": {"exact": True}},
    },
    "whole_cut_off": {
        "figures": {"t.a": "101", "t.g": "-0.9"},
        "formulas": {"t.g": "t.a / last_year(t.a) - 1"},
        "units": {"t.g": PERCENT},
    },
    "rows_more": rows_of_a_table("1", "551.8"),
    "rows_less": rows_of_a_table("50000", "5.5"),
    "regions_more": rows_of_a_table("1", "551.8", count=2, elsewhere=("4", "1.1")),
    "regions_less": rows_of_a_table("50000", "5.5", count=2, elsewhere=("4", "1.1")),
    "rows_alike": matrix(
        COLUMN,
        breakdown("m.all.again", *(f"m.{row}.again" for row in ROWS if row != "all"), name="合计"),
        milk__done="15",
        milk__again="1",
        meat__done="3",
        meat__again="1",
        tea__done="15",
        tea__again="1",
        oil__done="2",
        oil__again="0",
        all__done="37",
        all__again="4",
    ),
    "row_twice": dict(figures=TABLE | {"t.all.samples": "28", "t.all.passed": "27"}, **COLUMNS),
    "row_too_many": dict(figures=TABLE | {"t.all.samples": "20", "t.all.passed": "19"}, **COLUMNS),
    "part": {"figures": {"t.all": "5", "t.a": "6"}, "breakdowns": [breakdown("t.all", "t.a", exhaustive=False)]},
    "declared": dict(figures={"t.done": "134", "t.task": "225", "t.rate": "58.0"}, **RATE),
    "declared_cut_off": dict(figures={"t.done": "134", "t.task": "225", "t.rate": "59.5"}, **RATE),
    "too_small": dict(figures={"t.done": "134", "t.task": "225", "t.rate": "0.596"}, **RATE),
    "growth_of_rate": dict(
        figures={"t.done": "84", "t.task": "100", "t.growth": "5.0"}, **growth("t.rate - last_year(t.rate)")
    ),
    "difference_in_points": dict(
        figures={"t.done": "84", "t.task": "100", "t.growth": "4.0"}, **growth("t.rate / last_year(t.rate) - 1")
    ),
    "shares": dict(figures={"t.a.share": "40.0", "t.b.share": "33.4", "t.c.share": "33.3"}, **SHARES),
    "shares_over": dict(figures={"t.a.share": "63.3", "t.b.share": "43.3"}, **SHARES),
    "shares_cut_off": dict(figures={"t.a.share": "33.3", "t.b.share": "33.3", "t.c.share": "33.2"}, **SHARES),
    "rule": {"figures": {"t.a": "7", "t.b": "6"}, "rules": ["t.a <= t.b"]},
    "rule_in_a_unit": {
        "figures": {"t.a": "3.28", "t.b": "38281"},
        "rules": ["t.a == t.b"],
        "units": {"t.a": TEN_THOUSAND},
    },
    "also": {
        "figures": {"t.all": "78", "t.a": "58", "t.b": "21", "t.share": "73.1", "t.other": "26.9"},
        "formulas": {"t.share": "t.a / t.all", "t.other": "t.b / t.all"},
        "units": {"t.share": PERCENT, "t.other": PERCENT},
        "breakdowns": [WHOLE],
    },
    "confirmed_twice": {
        "figures": {"t.all": "78", "t.a": "58", "t.b": "21", "t.c": "100", "t.x": "73.1", "t.y": "57.0"},
        "formulas": {"t.x": "t.a / t.all", "t.y": "t.a / t.c"},
        "units": {"t.x": PERCENT, "t.y": PERCENT},
        "breakdowns": [WHOLE],
    },
    "missing_category": {
        "figures": {"t.all": "90", "t.a": "50", "t.b": "32", "t.x": "55.6", "t.y": "35.6"},
        "formulas": {"t.x": "t.a / t.all", "t.y": "t.b / t.all"},
        "units": {"t.x": PERCENT, "t.y": PERCENT},
        "breakdowns": [WHOLE],
    },
    "missing_category_alike": dict(figures=TABLE | {"t.all.samples": "34", "t.all.passed": "33"}, **COLUMNS),
    "missing_category_of_several": dict(figures=TABLE | {"t.all.samples": "34", "t.all.passed": "31"}, **COLUMNS),
    "too_many": {
        "figures": {"t.all": "100", "t.a": "60", "t.b": "45", "t.x": "60.0", "t.limit": "45"},
        "formulas": {"t.x": "t.a / t.all"},
        "units": {"t.x": PERCENT},
        "breakdowns": [WHOLE],
        "rules": ["t.b == t.limit"],
    },
    "too_few": {
        "figures": {
            "t.ax": "1",
            "t.ay": "2",
            "t.az": "6",
            "t.bx": "3",
            "t.by": "4",
            "t.bz": "14",
            "t.cx": "4",
            "t.cy": "6",
            "t.cz": "20",
        },
        "indicators": {f"t.{row}{cell}": {"row": place} for place, row in enumerate("abc") for cell in "xyz"},
        "breakdowns": [
            *(breakdown(f"t.{row}z", f"t.{row}x", f"t.{row}y") for row in "abc"),
            *(breakdown(f"t.c{cell}", f"t.a{cell}", f"t.b{cell}", name="by row") for cell in "xyz"),
        ],
    },
    "together": {
        "figures": {"t.all": "100", "t.a": "60", "t.b": "45", "t.x": "60.0", "t.y": "45", "t.z": "45", "t.task": "100"},
        "formulas": {"t.x": "t.a / t.all"},
        "units": {"t.x": PERCENT},
        "breakdowns": [WHOLE],
        "rules": ["t.b == t.y", "t.b == t.z", "t.all == t.task"],
    },
    "absent_in_two_sums": {
        "figures": {"t.ax": "3", "t.ay": "n/a", "t.bx": "5", "t.by": "1", "t.az": "7", "t.bz": "6", "t.cy": "5"},
        "breakdowns": [breakdown("t.az", "t.ax", "t.ay"), breakdown("t.cy", "t.ay", "t.by")],
    },
    "moved": {
        "figures": {"t.all": "100", "t.a": "60", "t.b": "40", "t.a.r": "50.0", "t.b.r": "50.0"},
        "formulas": {f"{code}.r": f"{code} / t.all" for code in ("t.a", "t.b")},
        "units": {"t.a.r": PERCENT, "t.b.r": PERCENT},
        "breakdowns": [WHOLE],
    },
    "moved_somewhere": {
        "figures": {
            "t.ax": "3",
            "t.ay": "4",
            "t.bx": "5",
            "t.by": "6",
            "t.az": "8",
            "t.bz": "10",
            "t.cx": "8",
            "t.cy": "10",
        },
        "breakdowns": [
            *(breakdown(f"t.{row}z", f"t.{row}x", f"t.{row}y", name="by column") for row in "ab"),
            *(breakdown(f"t.c{cell}", f"t.a{cell}", f"t.b{cell}", name="by row") for cell in "xy"),
        ],
    },
    "fall": {
        "figures": {"t.a": "90"},
        "before": {1: {"t.a": "100"}},
        "indicators": {"t.a": {"accumulation": "cumulative"}},
    },
    "annual": dict(figures={"t.a": "101"}, **year("10", "20", "30", "40")),
    "annual_reached": dict(figures={"t.a": "99"}, **year("10", "20", "70", None)),
    "changes": {"figures": {"t.a": "4000"}, "before": {1: {"t.a": "1000"}, 4: {"t.a": "1100"}}},
    "change_from_last_year": {"figures": {"t.a": "700"}, "before": {1: {"t.a": "300"}}, "a_year": 1, "now": 2023},
    "change_of_percentage": dict(
        figures={"t.done": "700", "t.task": "1000"}, before={1: {"t.done": "980", "t.task": "1000"}}, **RATE
    ),
    "change_by_times": {"figures": {"t.a": "38281.00"}, "before": {1: {"t.a": "3.83"}}},
    "change_to_fraction": {"figures": {"t.a": "3.83"}, "before": {4: {"t.a": "38281.00"}}},
    "outlier": {
        "figures": {"t.a": "140"},
        "before": {back: {"t.a": f"{100 + back % 3}"} for back in range(1, 13)},
    },
    "out_of_range": {
        "figures": {"t.a": "60"},
        "before": {back: {"t.a": f"{20 + back}"} for back in range(1, 6)},
        "indicators": {"t.a": {"change_limit": 900}},
    },
    "times_the_past": {"figures": {"t.a": "2500"}, "before": {2: {"t.a": "24"}}},
    "fraction_of_the_past": {"figures": {"t.a": "24"}, "before": {2: {"t.a": "250000"}}},
    "negative": {"figures": {"t.a": "-1"}},
    "negative_percentage": dict(figures={"t.rate": "-3"}, indicators={"t.done": {}, "t.task": {}}, **RATE),
    "falls_below_nothing": {
        "figures": {"t.a": "3", "t.g": "-105.0"},
        "formulas": {"t.g": "t.a / last_year(t.a) - 1"},
        "units": {"t.g": PERCENT},
    },
    "not_whole": {"figures": {"t.a": "2.5"}, "indicators": {"t.a": {"exact": True}}},
    "over_hundred": {"figures": {"t.p": "100.1"}, "units": {"t.p": PERCENT}},
    "below_minimum": {"figures": {"t.a": "49.9"}, "indicators": {"t.a": {"limits": Limits(minimum=Decimal(50))}}},
    "above_maximum": {
        "figures": {"t.p": "150.1"},
        "units": {"t.p": PERCENT},
        "indicators": {"t.p": {"limits": Limits(maximum=Decimal(150))}},
    },
    "required": {"figures": {}, "indicators": {"t.a": {"required": True}}, "required": True},
    "blank": {"figures": {"t.all": "5", "t.a": "5"}, "breakdowns": [WHOLE], "indicators": {"t.b": {}}, "blanks": True},
}

SENTENCES = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text())
REGISTRY = Message(Template.REGISTRY, {"name": "抽检", "value": "5", "counted": "4", "count": 1})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("case", CASES)
def test_a_finding_is_worded_from_its_data_in_the_language_of_the_reader(case, language):
    with translation.override("zh-hans" if language == "en" else "en"):
        (found,) = judge(**CASES[case])
    stored = json.loads(json.dumps(found.statement.data))
    with translation.override(language):
        assert str(found.statement) == worded(stored, repairs=True) == SENTENCES[case][language]
    assert stored == found.statement.data  # so that what is on record can be compared with what is found


@pytest.mark.parametrize(
    ("language", "count", "sentence"),
    [
        ("en", 1, "the registry counts 4 (1 record). Correct"),
        ("en", 4, "the registry counts 4 (4 records). Correct"),
        ("zh-hans", 4, "抽检：报表填5，台账4条记录计为4。"),
    ],
)
def test_a_count_chooses_the_plural(language, count, sentence):
    with translation.override(language):
        assert sentence in worded(
            Statement(Message(Template.REGISTRY, {**REGISTRY.values, "count": count})).data, repairs=True
        )


# What every other reader than the department reads where a repair is known; each case has a sentence of its own.
NO_REPAIRS = {
    "sum": (
        "t.all：分项（by kind）合计 265，填报的是 271。"
        "与其他数据不符的是：t.a（差 6）、t.b（差 6）、t.all（差 6）；或者漏了6的一个分项。"
    ),
    "sum_cut_off": "t.all：分项（by kind）合计 3.8281，填报的 3.82 是截尾，没有四舍五入。",
    "part": "t.a（6）大于它所属的t.all（5）。与其他数据不符的是：t.a（差 1）、t.all（差 1）。",
    "declared": (
        "t.rate申报为 58.0，按所报数据计算为 59.556。与其他数据不符的是：t.rate（差 1.6个百分点）、t.task（差 6）。"
    ),
    "declared_cut_off": "t.rate申报为 59.5，是截尾，没有四舍五入：按填报数计算为 59.556。",
    "also": (
        "t.all：分项（by kind）合计 79，填报的是 78。同一差错还表现在：t.share申报为 73.1，按所报数据计算为 74.359。"
        "58 与申报的t.share 73.1% 不符。与其他数据不符的是：t.a（差 1）。"
    ),
    "required": "t.a是必填项，还没有填。",
    "blank": "t.b没有填，旁边的都填了。",
}


@pytest.mark.parametrize("case", NO_REPAIRS)
def test_others_than_the_department_read_what_does_not_agree_and_by_how_much(case):
    (found,) = judge(**CASES[case])
    with translation.override("zh-hans"):
        for text in (found.statement.worded(repairs=False), worded(found.statement.data, repairs=False)):
            assert text == NO_REPAIRS[case]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("case", CASES)
def test_no_value_to_write_is_in_what_others_than_the_department_read(case, language):
    (found,) = judge(**CASES[case])
    with translation.override(language):
        text = found.statement.worded(repairs=False)
    told = r"would fit|would be|or n/a|write n/a|look exchanged|looks one row|Write|Fill|Correct"
    assert not re.search(rf"{told}|改为|四舍五入应为|推算应为|即相符|请填|请更正|填 0|似乎", text)


def test_a_suspect_of_an_earlier_version_is_named_without_by_how_much():
    suspect = Message(Template.SUSPECT, {"name": "抽检", "repair": "5"})
    data = Statement(Message(Template.REQUIRED, {"name": "抽检"}), hints=[suspect]).data
    with translation.override("en"):
        assert worded(data, repairs=False) == "抽检 is required and empty. 抽检"


def test_a_sum_of_an_earlier_version_says_how_the_total_is_split():
    values = {"name": "抽检", "split": "按环节", "expected": "5", "declared": "6", "rounded": "5"}
    with translation.override("zh-hans"):
        text = worded(Statement(Message(Template.SUM, values)).data, repairs=True)
    assert text == "抽检：分项（按环节）合计 5，填报的是 6。"


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_a_thing_twice(case):
    found = judge(**CASES[case])
    with translation.override("zh-hans"):
        for finding in found:
            assert "（合计）" not in str(finding.statement)
            assert "（小计）" not in str(finding.statement)


def test_a_text_that_an_earlier_version_worded_stands_for_itself():
    text = "抽检：分项合计 5，填报的是 6（100%）。"
    assert worded(text, repairs=True) == worded(text, repairs=False) == text


def test_every_template_is_among_the_cases():
    found = [finding for case in CASES.values() for finding in judge(**case)]
    used = {template for finding in found for template in _templates(finding.statement)}
    assert used | {Template.ALSO, Template.REGISTRY, Template.REGISTRY_EMPTY, Template.CORRECTED_LATER} == set(Template)


def _templates(statement):
    waiting = [statement.message, *statement.also, *statement.hints]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Joined):
            waiting += one.messages
        elif isinstance(one, Message):
            yield one.template
            waiting += one.values.values()
