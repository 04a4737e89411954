"""A paragraph that becomes several, and two that become one: figures, editions, history and somebody else meanwhile."""

import itertools
from dataclasses import replace

import pytest

from reports.document import snapshots
from reports.document.blocks import Number, Paragraph, Table, block_key
from reports.editing import assembly, changes, drafts, edits, source_check
from reports.editing.assembly import is_sentence, printed_text
from reports.editing.audiences import for_audience
from reports.editing.drafts import WrongState
from reports.editing.edits import Before, Conflict
from reports.editing.figure_tokens import MOST_PARAGRAPHS, BadText
from sectors.models import Unit
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FOOD, WATER = "food/text/1", "water/text/1"


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def colleague(cast):
    return base.user("office", cast.county.departments.get(code="office"), "colleague")


def item(report, key):
    return draft_reports.working(report).by_key.get(key)


def keys(report):
    return [one.key for one in draft_reports.working(report).placed]


def behind(report, key, count):
    found = keys(report)
    return found[found.index(key) + 1 :][:count]


def write(report, cast, text, key=FOOD):
    edits.write(report=report, key=key, text=text, seen=item(report, key).version, by=cast.office)


def join(report, by, key, text=None, before=None, version=None):
    above = assembly.paragraph_before(draft_reports.working(report).placed, key)
    seen = Before(before or (above.key if above else ""), above.version if above and version is None else version or 0)
    one = item(report, key)
    edits.join(report=report, key=key, text=one.text if text is None else text, seen=one.version, before=seen, by=by)


def test_each_line_is_a_paragraph_with_a_history_of_its_own(cast, report):
    text = item(report, FOOD).text
    start, end = text[:4], text[4:]
    write(report, cast, f"{start}\r\n\n　　中间一段。\n{end}")
    assert behind(report, FOOD, 2) == ["added/1", "added/2"]
    assert [item(report, key).text for key in (FOOD, "added/1", "added/2")] == [start, "中间一段。", end]
    assert list(report.changes.order_by("pk").values_list("key", "kind")) == [
        (FOOD, "text"),
        ("added/1", "added"),
        ("added/2", "added"),
    ]
    assert not item(report, "added/2").is_stale
    draft_reports.correct(cast, done="41", passed="40")
    drafts.regenerate(report=report, by=cast.office, seen=1)
    assert item(report, "added/2").is_stale  # figures that were split off are still held against the data


def test_thirty_pasted_paragraphs_stand_in_their_order(cast, report):
    edits.move(report=report, key=FOOD, up=False, by=cast.office)  # from now on all keys have their places
    earlier = edits.add(report=report, after=FOOD, text="早先补充。", by=cast.office)
    lines = [f"第{number}段。" for number in range(30)]
    write(report, cast, "\n".join(lines))
    found = [printed_text(item(report, key).block) for key in [FOOD, *behind(report, FOOD, 30)]]
    assert found == [*lines, "早先补充。"]
    assert behind(report, FOOD, 30)[-1] == earlier
    with pytest.raises(BadText, match="at most 200"):
        write(report, cast, "段。\n" * (MOST_PARAGRAPHS + 1))
    with pytest.raises(BadText, match="5001 characters"):
        write(report, cast, f"短。\n{'长' * 5001}")
    assert printed_text(item(report, FOOD).block) == "第0段。"


def test_a_caption_stays_one_line_and_a_heading_gets_paragraphs_behind_it(cast, report):
    table = next(one for one in draft_reports.working(report).placed if isinstance(one.block, Table))
    write(report, cast, "甲\n乙", table.key)
    assert item(report, table.key).text == "甲乙"
    write(report, cast, "食品安全\n先说一段。", "food")
    assert item(report, "food").block.text == "食品安全"
    assert printed_text(item(report, behind(report, "food", 1)[0]).block) == "先说一段。"


@pytest.mark.parametrize("hides", [False, True])
def test_half_of_a_paragraph_is_printed_for_nobody_the_whole_was_not_printed_for(cast, report, hides):
    if hides:
        edits.hide(report=report, key=FOOD, by=cast.office)
    else:
        edits.set_readers(report=report, key=FOOD, audiences=["internal", "leader"], by=cast.office)
    write(report, cast, "只在内部。\n这也只在内部。")
    document = draft_reports.working(report).document()
    found = {name: "".join(map(printed_text, for_audience(document, name).blocks)) for name in ("internal", "public")}
    assert ("这也只在内部。" in found["internal"]) is not hides
    assert "只在内部" not in found["public"]
    assert draft_reports.working(report).printing["added/1"].chosen == {"internal", "leader"} or hides


def test_figures_from_any_sentence_of_the_draft_stay_figures(cast, report):
    from_food = next(run for run in item(report, FOOD).block.runs if getattr(run, "code", ""))
    write(report, cast, f"水质与食品：{{{{{from_food.code}|{from_food.text}}}}}，另有12批次。", WATER)
    one = item(report, WATER)
    assert [run.code for run in one.block.runs if getattr(run, "code", "")] == [from_food.code]
    # A number that was typed, or pasted from elsewhere, has no source, and is listed as one.
    (typed,) = source_check.typed(draft_reports.working(report).placed, Unit.objects.spellings())
    assert typed.wanting == ("12批次",)


def test_a_figure_out_of_date_stays_so_where_it_is_moved(cast, report):
    write(report, cast, "抽检{{food.done}}，合格{{food.passed}}。")
    draft_reports.correct(cast, done="41", passed="39")
    drafts.regenerate(report=report, by=cast.office, seen=1)
    write(report, cast, "抽检\n{{food.done|40批次}}，合格{{food.passed|39批次}}。")
    assert not item(report, FOOD).is_stale
    (stale,) = item(report, "added/1").stale
    assert (stale.old, stale.new) == ("40批次", "41批次")


def test_what_was_counted_in_another_sentence_is_held_against_that_sentence(cast, report):
    def counted(text):
        draft = report.drafts.get()
        document = snapshots.load(draft.generated)
        blocks = tuple(
            Paragraph((Number("registry.notices", text),), key=WATER) if block_key(block) == WATER else block
            for block in document.blocks
        )
        draft.generated = snapshots.dump(replace(document, blocks=blocks))
        draft.save()

    counted("3份")
    write(report, cast, "整改通知书{{registry.notices|3份}}。")
    assert not item(report, FOOD).is_stale
    counted("4份")
    (stale,) = item(report, FOOD).stale
    assert (stale.old, stale.new) == ("3份", "4份")
    edits.take_new(report=report, key=FOOD, by=cast.office)
    assert not item(report, FOOD).is_stale
    assert printed_text(item(report, FOOD).block) == "整改通知书4份。"


def test_a_paragraph_is_joined_to_the_one_before_it(cast, report):
    write(report, cast, "抽检{{food.done}}。\n合格{{food.passed}}。")
    join(report, cast.office, "added/1", "合格{{food.passed|39批次}}，平稳。")
    assert item(report, FOOD).text == "抽检{{food.done|40批次}}。合格{{food.passed|39批次}}，平稳。"
    assert "added/1" not in keys(report)
    after = edits.add(report=report, after=FOOD, text="甲。", by=cast.office)
    last = edits.add(report=report, after=after, text="乙。", by=cast.office)
    join(report, cast.office, after, "")  # an empty one only goes
    assert behind(report, FOOD, 1) == [last]


def test_what_is_generated_is_hidden_once_it_is_joined_and_keeps_its_figures(cast, report):
    placed = draft_reports.working(report).placed
    pair = next(
        (above.key, below.key)
        for above, below in itertools.pairwise(placed)
        if is_sentence(above.block) and is_sentence(below.block) and below.generated is not None
    )
    above, below = pair
    text = item(report, above).text + item(report, below).text
    join(report, cast.office, below)
    assert item(report, above).text == text
    assert item(report, below).hidden
    assert not item(report, above).stale


def test_nothing_is_joined_that_does_not_belong_together(cast, report, colleague):
    with pytest.raises(WrongState, match="no paragraph before"):
        join(report, cast.office, FOOD)
    write(report, cast, "甲。\n乙。")
    with pytest.raises(changes.Overtaken, match="before was changed"):
        join(report, cast.office, "added/1", version=7)
    with pytest.raises(Conflict):
        edits.join(report=report, key="added/1", text="乙", seen=0, before=Before(FOOD, 1), by=colleague)
    edits.set_readers(report=report, key=FOOD, audiences=["internal"], by=cast.office)
    with pytest.raises(WrongState, match="different editions"):
        join(report, cast.office, "added/1")
    assert printed_text(item(report, "added/1").block) == "乙。"


def test_what_stands_behind_a_removed_paragraph_stays_where_it_is(cast, report):
    first = edits.add(report=report, after=FOOD, text="甲。", by=cast.office)
    second = edits.add(report=report, after=first, text="乙。", by=cast.office)
    edits.remove(report=report, key=first, by=cast.office)
    assert behind(report, FOOD, 1) == [second]
    edits.undo(report=report, key=first, by=cast.office)
    assert behind(report, FOOD, 2) == [first, second]
