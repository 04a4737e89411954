"""Notes to figures that do not agree: in official words, with what was said, and at nothing that is right."""

import datetime

import pytest

from reports.chapters import build
from reports.chapters.note_words import note_words
from reports.document import footnotes
from reports.document.blocks import NotedNumber, Table
from reports.editing.assembly import block_runs
from sectors.checks.messages import Message
from sectors.checks.templates import Template
from tests import base
from tests.reports.chapters.test_build import DAY, explain

pytestmark = pytest.mark.django_db
WRONG = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}


def texts(region, year=2023):
    return [note.text for note in build.build(region, year, day=DAY).notes]


def test_each_known_slip_of_the_shipped_year_is_marked_where_it_stands(shipped_year):
    document = build.build(shipped_year, 2022, day=datetime.date(2023, 2, 17))
    placed = footnotes.placed(document)
    told = [mark.note for mark in footnotes.footnotes(placed)]
    assert sorted(set(told)) == sorted(note.text for note in document.notes)
    assert len(set(told)) == 18
    for said in (
        "特种设备填报271台，与分项（按设备种类）之和265台不符，部门未说明。",
        "林果挂果面积填报3.27万亩，与分项（按树种）之和3.63万亩不符，部门未说明。",
        "专业技术人员填报563人，与分项（按岗位）之和469人不符，部门未说明。",
        "专业技术人员填报563人，与分项（按职称）之和570人不符，部门未说明。",
        "容重最低值低于一等小麦的下限790克/升（786 < 790克/升），部门未说明。",
        "整改通知书与现场检查整改通知单份数不一致（30 ≠ 32份），部门未说明。",
    ):
        assert said in told
    assert not [note for note in told if "请" in note or "改为" in note]
    # The tables of the annex have them under them.
    cells = [run for block in placed.blocks if isinstance(block, Table) for run in block_runs(block)]
    total = [run for run in cells if isinstance(run, NotedNumber) and run.code == "equipment.total"]
    assert [(run.text, [mark.text for mark in run.marks]) for run in total] == [("271", ["a"])]
    # Nothing else than what a note names is marked.
    noted = {code for note in document.notes for code in note.codes}
    assert {run.code for block in placed.blocks for run in block_runs(block) if isinstance(run, NotedNumber)} <= noted


def test_a_year_without_findings_has_no_notes(cast):
    base.report(cast.county, "2023Q1", {"food.done": "6", "food.done.farm": "3", "food.done.school": "3"})
    assert texts(cast.county) == []


def test_the_departments_reason_stands_in_the_note(cast):
    base.report(cast.county, "2022", WRONG)
    (note,) = build.build(cast.county, 2022, day=DAY).notes
    assert (note.text.endswith("不符，部门未说明。"), note.explained) == (True, False)
    explain(cast, "2022", "1批次由乡镇抽检，\n尚未分环节", "已看过乡镇台账，可以保留。")
    (note,) = build.build(cast.county, 2022, day=DAY).notes
    assert note.explained
    assert note.text.endswith(
        "之和6批次不符。市场监管局说明：1批次由乡镇抽检， 尚未分环节。质强办准予保留：已看过乡镇台账，可以保留。"
    )


def test_what_was_wrong_in_one_period_only_is_no_note_to_the_years_figure(cast):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"})
    base.report(cast.county, "2023Q2", {"food.done": "50", "food.passed": "40"})
    explain(cast, "2023Q1", "含上年第四季度复检的1批次")
    assert texts(cast.county) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "监督检查次数与现场检查场次不一致，如为同一检查请统一，如口径不同请说明",
            "监督检查次数与现场检查场次不一致（36 ≠ 38次）",
        ),
        ("结案件数多于办理件数；如含往年立案的案件，请在说明中写明", "结案件数多于办理件数（36 ≠ 38次）"),
        ("办结投诉多于收到投诉；只填本期收到的", "办结投诉多于收到投诉；只填本期收到的（36 ≠ 38次）"),
    ],
)
def test_a_note_does_not_ask_the_department_for_anything(rule, said):
    message = Message(Template.RULE, {"message": rule, "left": "36", "sign": "≠", "right": "38次"})
    assert note_words({"message": message.data, "also": [], "hints": []}, "x.y", None, "36", "38") == said
