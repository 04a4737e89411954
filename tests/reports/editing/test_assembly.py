"""The generated blocks and the office's edits together: what stands where, with which number, and what is stale."""

from dataclasses import replace

import pytest

from reports.document.blocks import Cover, PageBreak
from reports.document.numbering import numbered
from reports.editing import assembly, figure_tokens
from reports.models import Edit
from tests.reports.writers import documents


def edit(key, text=None, of=None, **fields):
    """An edit of `key` as `editing` would write it over the report `of`."""
    quotes = []
    if text is not None:
        used = {figure.code: figure for figure in (of or documents.report()).figures}
        taken = figure_tokens.read(text, used, (), {})
        text, quotes = taken.text, taken.stored
    return Edit(key=key, text=text, quotes=quotes, **fields)


def keys(placed):
    return [item.key for item in placed]


def printed(placed):
    return [item.block.printed for item in placed if item.level and not item.hidden]


def moved(placed, key, up):
    return assembly.moved(placed, key, up=up)


PLAIN = keys(assembly.assemble(documents.report(), []))


def test_without_edits_the_document_is_the_generated_one():
    document = documents.report()
    placed = assembly.assemble(document, [])
    front = assembly.Front("云泽县2023年质量状况\n分析报告", "云泽县质强办", "2024年1月5日")
    assert assembly.finished(document, placed, front) == replace(document, blocks=tuple(numbered(document.blocks)))


def test_words_replace_the_generated_ones_and_keep_their_figures_as_references():
    placed = assembly.assemble(documents.report(), [edit("food/text/1", "共{{food.done}}。")])
    found = placed[PLAIN.index("food/text/1")]
    assert (found.is_edited, assembly.printed_text(found.block)) == (True, "共40批次。")
    assert [run.code for run in assembly.block_runs(found.block) if hasattr(run, "code")] == ["food.done"]


def test_a_heading_and_a_caption_can_be_worded():
    edits = [edit("food", "食品安全"), edit("food/figures", "食品数据表")]
    placed = assembly.assemble(documents.report(), edits)
    assert "（一）食品安全" in printed(placed)
    assert placed[PLAIN.index("food/figures")].block.caption == "食品数据表"


def test_an_edited_sentence_outlives_new_figures_and_tells_which_changed():
    edits = [edit("food/text/1", "共{{food.done}}，合格率{{food.rate}}。")]
    placed = assembly.assemble(documents.report(done="42"), edits)
    found = placed[PLAIN.index("food/text/1")]
    assert assembly.printed_text(found.block) == "共40批次，合格率97.5%。"
    assert [(item.code, item.old, item.new) for item in found.stale] == [("food.done", "40批次", "42批次")]


def test_hiding_a_heading_hides_its_section_and_the_rest_is_counted_anew():
    placed = assembly.assemble(documents.report(), [edit("food", hidden=True)])
    assert keys([item for item in placed if item.hidden]) == ["food", "food/text/1", "food/figures"]
    assert printed(placed) == ["一、基本情况", "（一）饮用水", "二、主要问题", "附件：数据核查说明"]
    assert not placed[PLAIN.index("food/text/1")].is_hidden_itself


def test_hiding_a_chapter_that_starts_a_page_hides_its_page_break_too():
    document = documents.report()
    placed = assembly.assemble(document, [edit("problems", hidden=True)])
    front = assembly.Front("题", "质强办", "2024年1月5日")
    blocks = assembly.finished(document, placed, front).blocks
    assert not any(isinstance(block, PageBreak) for block in blocks)
    assert blocks[0] == Cover(("题",), "质强办", "2024年1月5日")


def test_added_blocks_stand_behind_what_they_were_put_behind():
    edits = [
        edit("added/1", "第一段。", added="paragraph", after="food/text/1"),
        edit("added/2", "第二段。", added="paragraph", after="added/1"),
        edit("added/3", "第三段。", added="paragraph", after="food/text/1"),
        edit("added/4", "新节", added="heading", level=2, after="water/text/1"),
    ]
    placed = assembly.assemble(documents.report(), edits)
    at = PLAIN.index("food/text/1")
    assert keys(placed)[at : at + 4] == ["food/text/1", "added/3", "added/1", "added/2"]
    assert "（三）新节" in printed(placed)
    # One that stands behind a later one is found as well.
    edits[0].after = "added/3"
    assert keys(assembly.assemble(documents.report(), edits))[at : at + 4] == [
        "food/text/1",
        "added/3",
        "added/1",
        "added/2",
    ]


def test_an_edited_sentence_that_is_not_generated_any_more_stays():
    edits = [edit("water/text/1", "检测水质{{water.tests}}，均达标。", after="water")]
    placed = assembly.assemble(documents.report(with_tests=False), edits)
    found = placed[keys(placed).index("water") + 1]
    assert (found.key, found.is_lost) == ("water/text/1", True)
    assert assembly.printed_text(found.block) == "检测水质12批次，均达标。"
    assert keys(assembly.assemble(documents.report(with_tests=False), [edit("water/text/1", hidden=True)])) == [
        key for key in PLAIN if key != "water/text/1"
    ]


def test_a_paragraph_moves_among_what_is_seen():
    placed = assembly.assemble(documents.report(), [])
    assert moved(placed, "food/figures", up=True)[2:5] == ["food/figures", "food/text/1", "water"]
    assert moved(placed, "food/figures", up=False)[3:5] == ["water", "food/figures"]
    hidden = assembly.assemble(documents.report(), [edit("food/text/1", hidden=True)])
    assert moved(hidden, "food/figures", up=True)[1:4] == ["food/figures", "food", "food/text/1"]


def test_a_heading_moves_with_its_section_past_its_neighbour():
    placed = assembly.assemble(documents.report(), [])
    order = moved(placed, "water", up=True)
    assert order[:6] == ["situation", "water", "water/text/1", "food", "food/text/1", "food/figures"]
    assert order == moved(placed, "food", up=False)
    again = assembly.assemble(documents.report(), [], order)
    assert printed(again)[1:3] == ["（一）饮用水", "（二）食品"]
    assert moved(again, "food", up=True) == PLAIN


@pytest.mark.parametrize(("key", "up"), [("situation", True), ("food", True), ("water", False), ("remarks", False)])
def test_at_the_edge_nothing_moves(key, up):
    assert moved(assembly.assemble(documents.report(), []), key, up=up) is None


def test_nothing_goes_before_the_first_heading():
    placed = assembly.assemble(documents.report(), [])
    order = moved(placed, "food/text/1", up=True)
    assert order[:3] == ["situation", "food/text/1", "food"]
    assert moved(assembly.assemble(documents.report(), [], order), "food/text/1", up=True) is None


def test_new_sentences_find_their_place_in_the_order_that_the_office_made():
    order = moved(assembly.assemble(documents.report(with_tests=False), []), "water", up=True)
    placed = assembly.assemble(documents.report(), [], order)
    assert keys(placed)[:4] == ["situation", "water", "water/text/1", "food"]
