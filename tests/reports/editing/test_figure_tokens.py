"""Edited sentences: figures as tokens that know what they print and notice when the figure prints otherwise."""

import pytest

from reports.document.blocks import Gap, Number, Text
from reports.editing import figure_tokens, token_syntax
from tests.reports.writers import documents

pytestmark = pytest.mark.usefixtures("english")


def figures(**changed):
    return {used.code: used for used in documents.report(**changed).figures}


def generated(**changed):
    blocks = documents.report(**changed).blocks
    return next(block for block in blocks if getattr(block, "key", "") == "food/text/1").runs


def take(text, before=None, **changed):
    return figure_tokens.read(text, figures(**changed), generated(**changed), before or {})


def stale(taken, **changed):
    return figure_tokens.stale(taken.text, taken.stored, figures(**changed), generated(**changed))


def test_runs_become_text_with_tokens_and_come_back():
    text = token_syntax.write(generated())
    assert text == "全年完成抽检{{food.done|40批次}}，较上年下降{{food.done|20.0%}}，合格率为{{food.rate|97.5%}}。"
    assert token_syntax.runs(text) == generated()
    gap = (Text("完成"), Gap("food.done", "抽检完成"), Text("。"))
    assert token_syntax.runs(token_syntax.write(gap)) == gap
    assert token_syntax.plain(text) == "全年完成抽检40批次，较上年下降20.0%，合格率为97.5%。"


def test_a_code_alone_gets_its_figure_with_the_unit():
    assert take("共{{food.done}}。").text == "共{{food.done|40批次}}。"
    assert take("共{{ food.rate }}。").text == "共{{food.rate|97.5%}}。"
    assert take("共{{food.done}}。", done=None).text == "共{{food.done|〔缺：抽检完成〕}}。"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("共{{food.eaten}}。", "no figure with the code food.eaten"),
        ("共{{food.done|55批次}}。", "does not print 抽检完成 as “55批次”: it prints 40批次"),
        ("共{{food.done。", "pair of braces"),
        ("共{{}}。", "pair of braces"),
        ("  ", "Write the text first"),
        ("长" * 5001, "5001 characters; at most 5000"),
    ],
)
def test_what_the_report_does_not_print_is_refused(text, sentence):
    with pytest.raises(figure_tokens.BadText, match=sentence):
        take(text)


def test_characters_that_break_files_are_dropped():
    assert take("共{{food.done|40批次}}\x0b家\n等。").text == "共{{food.done|40批次}}家 等。"


def test_a_figure_that_changed_is_noticed_in_each_of_its_forms():
    taken = take("抽检{{food.done|40批次}}即{{food.done|40}}，降{{food.done|20.0%}}，上年{{food.done|50批次}}。")
    assert [quote.form for quote in taken.quotes] == ["n", "v", "change", "last"]
    assert stale(taken) == []
    found = stale(taken, done="42", last="60")
    assert [(item.old, item.new) for item in found] == [
        ("40批次", "42批次"),
        ("40", "42"),
        ("20.0%", "30.0%"),
        ("50批次", "60批次"),
    ]
    text = figure_tokens.renewed(taken.text, found)
    assert token_syntax.plain(text) == "抽检42批次即42，降30.0%，上年60批次。"
    assert figure_tokens.stale(text, taken.stored, figures(done="42", last="60"), ()) == []


def test_a_form_that_only_the_generated_sentence_prints_is_found_by_its_place():
    runs = (Text("约"), Number("food.done", "四十"), Text("批次"))
    taken = figure_tokens.read("{{food.done|四十}}", figures(), runs, {})
    assert taken.quotes[0].form == "run:0"
    later = (Text("约"), Number("food.done", "四十二"), Text("批次"))
    assert [item.new for item in figure_tokens.stale(taken.text, taken.stored, figures(done="42"), later)] == ["四十二"]
    # The sentence is written otherwise now: that the figure changed is still seen, but nothing can take its place.
    assert [item.new for item in figure_tokens.stale(taken.text, taken.stored, figures(done="42"), ())] == [""]
    assert figure_tokens.stale(taken.text, taken.stored, figures(), ()) == []


def test_a_gap_is_filled_once_its_figure_is_there_and_the_other_way_round():
    taken = take("共{{food.done|〔缺：抽检完成〕}}。", done=None)
    assert stale(taken, done=None) == []
    assert [item.new for item in stale(taken)] == ["40批次"]
    assert [item.new for item in stale(take("共{{food.done}}。"), done=None)] == ["〔缺：抽检完成〕"]


def test_what_stood_there_already_may_stay_until_the_new_figure_is_taken():
    first = take("共{{food.done|40批次}}。")
    before = figure_tokens.quotes_by_token(first.text, first.stored)
    again = take("全年共{{food.done|40批次}}！", before, done="42")
    assert again.quotes == first.quotes
    assert [item.new for item in stale(again, done="42")] == ["42批次"]


def test_a_figure_that_is_no_longer_in_the_catalogue_is_stale_without_a_new_one():
    taken = take("共{{food.done|40批次}}。")
    assert [(item.old, item.new) for item in figure_tokens.stale(taken.text, taken.stored, {}, ())] == [("40批次", "")]


def test_numbers_of_open_rows_are_edited_and_noticed_like_others():
    code = "food.done/0123456789ab/length"
    runs = (Text("新建东街管网"), Number(code, "5.2公里"), Text("、西街管网"), Gap(code, "长度"), Text("。"))
    text = token_syntax.write(runs)
    assert token_syntax.runs(text) == runs
    taken = figure_tokens.read(f"{text}已建成。", figures(), runs, {})
    assert taken.text == f"{text}已建成。"
    assert figure_tokens.stale(taken.text, taken.stored, figures(), runs) == []
    longer = (*runs[:1], Number(code, "6.0公里"), *runs[2:])
    assert [(one.old, one.new) for one in figure_tokens.stale(taken.text, taken.stored, figures(), longer)] == [
        ("5.2公里", "6.0公里")
    ]
