"""Notes to figures: where their marks stand, and that nothing is marked where nothing is wrong."""

from dataclasses import replace

import pytest

from reports.document import footnotes, snapshots
from reports.document.blocks import Column, Heading, NotedNumber, Number, Paragraph, Row, Table, Text, block_key
from reports.document.figures import Note
from reports.editing.assembly import block_runs, printed_text
from tests.reports.writers.documents import report

WRONG = Note(("food.done",), "抽检完成填报40批次，与分项之和38批次不符，部门未说明。")
OTHER = Note(("food.rate", "food.done"), "合格率申报为97.5，按填报数计算为97.4，部门未说明。")


def marks(document, key):
    """What stands behind each figure of a block."""
    block = next(block for block in footnotes.placed(document).blocks if block_key(block) == key)
    runs = block_runs(block)
    return [
        (run.text, "".join(mark.text for mark in run.marks) if isinstance(run, NotedNumber) else "")
        for run in runs
        if isinstance(run, Number)
    ]


def test_a_report_without_notes_stays_as_it_is():
    document = report()
    assert footnotes.placed(document) is document
    # And one whose notes are about nothing that is printed.
    noted = replace(document, notes=(Note(("food.other",), "不符。"),))
    assert footnotes.placed(noted).blocks == document.blocks


def test_the_figure_is_marked_and_not_its_change():
    document = replace(report(), notes=(WRONG,))
    assert marks(document, "food/text/1") == [("40批次", "[1]"), ("20.0%", ""), ("97.5%", "")]
    assert [mark.note for mark in footnotes.footnotes(footnotes.placed(document))] == [WRONG.text]


def test_two_findings_are_two_notes_and_one_finding_is_one():
    document = replace(report(), notes=(WRONG, OTHER))
    assert marks(document, "food/text/1") == [("40批次", "[1][2]"), ("20.0%", ""), ("97.5%", "[2]")]
    assert [mark.note for mark in footnotes.footnotes(footnotes.placed(document))] == [WRONG.text, OTHER.text]


def test_a_note_is_told_once_in_a_section_and_anew_in_the_next():
    figure = Number("food.done", "40批次")
    more = (
        Paragraph((Text("共"), figure, Text("，其中"), figure), key="food/text/2"),
        Heading(2, "（三）", "其他", key="other"),
        Paragraph((Text("抽检"), figure), key="other/1"),
    )
    document = replace(report(), notes=(WRONG,))
    blocks = document.blocks
    at = next(place for place, block in enumerate(blocks) if block_key(block) == "water")
    document = replace(document, blocks=(*blocks[:at], *more, *blocks[at:]))
    assert marks(document, "food/text/2") == [("40批次", "[1]"), ("40批次", "")]
    assert marks(document, "other/1") == [("40批次", "[2]")]
    assert [mark.number for mark in footnotes.footnotes(footnotes.placed(document))] == [1, 2]


def test_a_table_has_its_notes_under_it_behind_its_own():
    rows = (Row(((Text("抽检完成"),), (Number("food.done", "40"), Text("*")))),)
    own = Paragraph((Text("注：带*的为部门申报值。"),), "note", key="food/other/note")
    table = Table("抽检", (Column("项目"), Column("数量", "right")), rows, key="food/other")
    document = replace(report(), notes=(WRONG, OTHER))
    document = replace(document, blocks=(*document.blocks, table, own))
    placed = footnotes.placed(document)
    assert marks(document, "food/other") == [("40", "ab")]
    assert marks(document, "food/figures") == [("40批次", "ab")]
    assert [printed_text(block) for block in placed.blocks[-3:]] == [
        printed_text(own),
        f"a　{WRONG.text}",
        f"b　{OTHER.text}",
    ]
    assert [printed_text(block) for block in footnotes.of_block(placed, "food/other/note")[1:]] == [
        f"a　{WRONG.text}",
        f"b　{OTHER.text}",
    ]


@pytest.mark.parametrize(("place", "letter"), [(0, "a"), (25, "z"), (26, "aa"), (51, "zz")])
def test_letters_go_on_behind_z(place, letter):
    notes = tuple(Note(("food.done",), f"第{number}项不符。") for number in range(place + 1))
    found = marks(replace(report(), notes=notes), "food/figures")[0][1]
    assert found.endswith(letter)
    assert len(found) >= place + 1


def test_a_snapshot_keeps_the_notes():
    document = replace(report(), notes=(WRONG, replace(OTHER, explained=True)))
    assert snapshots.load(snapshots.dump(document)) == document
