"""A finished report that does not agree with itself: what is found, and what is none."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.document.blocks import Column, Number, Paragraph, Row, Table, Text
from reports.document.figures import Note
from reports.editing import agreement, assembly, lists
from reports.editing.agreement import Finished, Kind
from reports.editing.typed_numbers import TypedNumbers
from reports.models import Edit
from tests.reports.writers import documents

pytestmark = pytest.mark.usefixtures("english")
SPELLINGS = {
    "批次": "批次",
    "%": "%",
    "台": "台",
    "家": "家",
    "份": "份",
    "万亩": "万亩",
    "吨": "吨",
    "t": "吨",
    "次": "次",
}
FOOD = "food/text/1"


def finished(document=None, *edits, counted=None):
    document = document or documents.report()
    placed = assembly.assemble(document, edits)
    return Finished(document, placed, SPELLINGS, counted or {})


def found(*of, **more):
    return [(one.kind, one.key, one.seen) for one in agreement.found(finished(*of, **more))]


def with_text(*runs, key="food/words/1"):
    """The report with a paragraph behind the food sentence."""
    document = documents.report()
    at = next(place for place, block in enumerate(document.blocks) if getattr(block, "key", "") == FOOD) + 1
    runs = tuple(Text(run) if isinstance(run, str) else run for run in runs)
    return replace(document, blocks=(*document.blocks[:at], Paragraph(runs, key=key), *document.blocks[at:]))


def test_a_report_that_agrees_has_nothing():
    assert found() == []


@pytest.mark.parametrize(
    "words",
    ["全年抽检完成45批次。", "抽检完成共45批次。", "抽检完成达到45 批次", "其中抽检完成数为45批次"],
)
def test_a_figure_that_is_typed_with_another_number(words):
    assert [(kind, seen[0], seen[2]) for kind, _, seen in found(with_text(words))] == [
        (Kind.TWICE, "抽检完成", "40批次")
    ]


@pytest.mark.parametrize(
    "words",
    [
        "抽检完成40批次。",
        "抽检完成45家。",  # of something else
        "上年抽检完成50批次。",
        "第一季度抽检完成10批次。",
        "抽检完成情况良好，检查45批次。",
        "合格率为98%。",  # as far as it is written
    ],
)
def test_what_tells_something_else_or_the_same_is_none(words):
    assert found(with_text(words)) == []


def test_a_number_typed_over_a_figure():
    """Where the report prints the figure, whatever its name is."""
    edit = Edit(
        key=FOOD,
        text="全年完成抽检46批次，合格率为{{food.rate|97.5%}}。",
        quotes=[{"code": "food.rate", "form": "n", "value": "97.5"}],
    )
    assert found(None, edit) == [(Kind.TWICE, FOOD, ("抽检完成", "46批次", "40批次"))]
    hidden = Edit(key=FOOD, text=edit.text, quotes=edit.quotes, hidden=True)
    assert found(None, hidden) == []


def test_what_the_registry_counts_with_two_numbers():
    code = "registry.notices.food"
    document = with_text("下达整改通知书", Number(code, "34份"), "。")
    assert found(document) == []
    document = replace(
        document, blocks=(*document.blocks, Paragraph((Text("督办"), Number(code, "18份")), key="measures/1"))
    )
    assert found(document) == [(Kind.TWICE, "measures/1", (code, "18份", "34份"))]


def test_the_registry_and_the_sheets_of_one_sector():
    stated = documents.figure("food.notices", "18", name="整改通知书", unit="份")
    document = with_text("下达整改通知书", Number("registry.notices.food", "34份"), "。")
    document = replace(document, figures=(*document.figures, stated))
    counted = {"food": ["food.notices"], "water": ["water.notices"]}
    assert found(document, counted=counted) == [(Kind.REGISTRY, "food/words/1", ("整改通知书", "34", "18"))]
    agrees = replace(document, figures=(*document.figures[:-1], replace(stated, value=Decimal(34), text="34")))
    assert found(agrees, counted=counted) == []
    missing = replace(document, figures=(*document.figures[:-1], replace(stated, value=None, text="")))
    assert found(missing, counted=counted) == []


def test_what_nobody_explained_is_listed_where_its_first_mark_stands():
    note = Note(("food.done",), "抽检完成填报40批次，与分项之和38批次不符，部门未说明。")
    document = replace(documents.report(), notes=(note, replace(note, text="x。", explained=True)))
    assert found(document) == [(Kind.NOTED, FOOD, (note.text,))]
    assert found(replace(document, notes=(replace(note, codes=("food.other",)),))) == []


def test_other_numbers_are_another_contradiction():
    one, same, other = (
        agreement.found(finished(with_text(f"抽检完成{number}批次。")))[0].mark for number in (45, 45, 46)
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("sentence", "seen"),
    [
        ("特种设备271台，其中锅炉100台、压力容器200台。", ("271台", "100台、200台")),
        ("共40家，分别为甲类10家、乙类20家。", ("40家", "10家、20家")),
        ("共40家，其中甲类30家，占60%。", ("40家", "30家", "60%")),
        ("共40家，其中甲类10家（占30.5%）、乙类5家。", ("40家", "10家", "30.5%")),
        ("甲类占60%、乙类占50%。", ("60%、50%",)),
        ("甲类占60.5%，乙类占30%，丙类占20%。", ("60.5%、30%、20%",)),
        ("合格率甲为97.5%、乙为96%、丙为95.25%。", ("97.5%、96%、95.25%",)),
        ("苹果1.25万亩、杏1.1万亩。", ("1.25万亩、1.1万亩",)),
    ],
)
def test_lists_that_do_not_fit(sentence, seen):
    assert [fault.seen for fault in lists.faults(sentence, TypedNumbers(SPELLINGS))] == [seen]


@pytest.mark.parametrize(
    "sentence",
    [
        "特种设备271台，其中锅炉100台、压力容器171台。",
        "特种设备271台，其中锅炉100台。",
        "酒店63家（含兵团3家），其中星级酒店10家，包括三星级7家和二星级3家。",
        "下达任务225批次，其中农产品149批次，完成90批次。",
        "共40家，其中甲类30家，占75%。",
        "共3家，其中甲类1家，占33.3%；乙类2家，占66.7%。",
        "甲类占33.3%、乙类占33.3%、丙类占33.4%。",
        "符合标准的占100%；水分合格的占100%。",
        "合格率甲为97.5%、乙为100%。",
        "2022年检查3次，其中1月检查2次。",
    ],
)
def test_lists_that_fit(sentence):
    assert list(lists.faults(sentence, TypedNumbers(SPELLINGS))) == []


def test_a_total_with_a_note_is_not_listed_again():
    figure = documents.figure("food.done", "40")
    words = ("完成", Number("food.done", "40批次"), "，其中甲30批次、乙20批次。")
    document = with_text(*words)
    assert [kind for kind, _, _ in found(document)] == [Kind.LIST]
    noted = replace(document, notes=(Note((figure.code,), "不符，市场监管局说明：……。", explained=True),))
    assert found(noted) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("执法检查999次", ["999次"]),
        ("产量1,200.5吨", ["1,200.5吨"]),
        ("产量3t，长5min", ["3t"]),
        ("共3万家", ["3万家"]),
        ("2022年第3次会议，5月20日", []),
    ],
)
def test_numbers_are_known_by_the_units_of_the_catalogue(text, numbers):
    assert [number.text for number in TypedNumbers(SPELLINGS).find(text)] == numbers


def test_a_multiple_is_worth_as_much():
    assert [number.value for number in TypedNumbers(SPELLINGS).find("3万家，1.5万亩")] == [30000, Decimal("1.5")]


def test_a_row_that_a_sentence_and_its_table_print_agrees_with_itself():
    """With its unit in words, without it under a head that has it; taken over into the next quarter with another."""
    code = "food.done/0123456789ab/length"
    document = with_text("新建东街管网", Number(code, "5.2公里"), "、东街管网", Number(code, "3公里"), "。")
    rows = tuple(Row((one,)) for one in ((Number(code, "5.2"),), (Number(code, "3"),)))
    table = Table("管网", (Column("长度（公里）", "right", 4),), rows, key="food/table/1")
    assert found(replace(document, blocks=(*document.blocks, table))) == []
