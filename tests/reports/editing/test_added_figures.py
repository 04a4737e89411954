"""Tables and charts that the office adds: what they are made of, where they are printed, and that they stay current."""

import io
from dataclasses import replace
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from reports.document import footnotes
from reports.document.blocks import Chart, NotedNumber, Number, Table
from reports.editing import added_figures, changes, comparison, drafts, edits, issuing, undoing
from reports.editing.audiences import for_audience
from reports.editing.drafts import WrongState
from reports.editing.figure_tokens import BadText
from reports.models import AnnualReport
from reports.writers import files
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FOOD = "food/text/1"
CODES = ["food.done", "food.passed"]


@pytest.fixture
def report(draft_report):
    return draft_report


def add(report, by, kind="table", codes=CODES, last=True, title=""):
    return edits.add_figures(report=report, after=FOOD, kind=kind, codes=codes, last=last, title=title, by=by)


def block(report, key):
    return draft_reports.working(report).by_key[key].block


def cells(table):
    return [["".join(run.text for run in cell) for cell in row.cells] for row in table.rows]


def test_a_table_names_place_year_and_field_and_its_figures_lead_to_their_sources(cast, report):
    key = add(report, cast.office)
    table = block(report, key)
    assert isinstance(table, Table)
    assert table.caption.startswith("云泽县2023年")
    assert table.number
    assert [column.title for column in table.columns] == ["指标", "单位", "2023年", "2022年", "比上年"]
    assert cells(table) == [
        ["抽检完成", "批次", "40（1—3月）", "30", "+33.3%"],
        ["抽检合格", "批次", "39（1—3月）", "30", "+30.0%"],
    ]
    assert [cell.code for row in table.rows for cell in row.cells[2] if isinstance(cell, Number)] == CODES
    keys = [item.key for item in draft_reports.working(report).placed]
    assert keys[keys.index(FOOD) + 1] == key
    assert block(report, add(report, cast.office, codes=["food.rate"])).caption == "云泽县2023年抽检合格率"
    alone = block(report, add(report, cast.office, last=False, title="自定\n标题"))
    assert (alone.caption, len(alone.columns)) == ("自定标题", 3)


def test_a_chart_draws_what_is_printed(cast, report):
    chart = block(report, add(report, cast.office, "chart"))
    assert isinstance(chart, Chart)
    assert chart.number
    assert chart.categories == ("抽检完成（1—3月）", "抽检合格（1—3月）")
    assert [[point.text for point in series.points] for series in chart.series] == [["40", "39"]]
    # Last year is drawn beside it only where both years are whole.
    figures = {code: replace(figure, coverage=(4, 4)) for code, figure in draft_reports.working(report).figures.items()}
    shows = added_figures.choice(CODES, figures, kind="chart", last=True)
    whole = added_figures.block("chart", "added/2", "题", shows, figures, 2023)
    assert isinstance(whole, Chart)
    assert [(series.name, [point.text for point in series.points]) for series in whole.series] == [
        ("2023年", ["40", "39"]),
        ("2022年", ["30", "30"]),
    ]


@pytest.mark.parametrize(
    ("kind", "codes", "message"),
    [
        ("table", [], "Choose the figures first"),
        ("table", ["food.none"], "not in the report any more"),
        ("table", CODES * 11, None),
        ("chart", ["food.done", "food.rate"], "one unit"),
        ("chart", ["food.done"], "at least two"),
    ],
)
def test_what_makes_no_table_or_chart_is_refused(cast, report, kind, codes, message):
    if message is None:
        assert len(block(report, add(report, cast.office, kind, codes)).rows) == 2
        return
    with pytest.raises(BadText, match=message):
        add(report, cast.office, kind, codes)
    assert not report.edits.exists()


def test_new_figures_come_in_with_the_next_draft_and_missing_ones_are_gaps(cast, report):
    table, chart = add(report, cast.office, codes=[*CODES, "food.output"]), add(report, cast.office, "chart")
    assert "〔缺〕" in cells(block(report, table))[2][2]
    draft_reports.correct(cast, done="41", passed="40")
    drafts.regenerate(report=report, by=cast.office, seen=1)
    assert [row[2] for row in cells(block(report, table))][:2] == ["41（1—3月）", "40（1—3月）"]
    assert block(report, chart).series[0].points[0].text == "41"
    assert not draft_reports.working(report).by_key[table].is_stale


def test_its_figures_have_the_notes_of_figures_that_do_not_agree(cast):
    base.report(cast.county, "2023Q1", {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"})
    report = drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)
    key = add(report, cast.office, codes=["food.done"])
    printed = footnotes.placed(draft_reports.working(report).document())
    table, *notes = footnotes.of_block(printed, key)
    assert isinstance(table, Table)
    assert any(isinstance(run, NotedNumber) and run.marks for row in table.rows for cell in row.cells for run in cell)
    assert notes


@pytest.mark.parametrize("kind", ["table", "chart"])
def test_it_is_in_every_file_of_the_editions_that_print_it(cast, report, kind):
    key = add(report, cast.office, kind, title="增补比较")
    edits.set_readers(report=report, key=key, audiences=["internal", "leader"], by=cast.office)
    document = draft_reports.working(report).document()
    for audience, is_in in (("internal", True), ("public", False), ("leader", True)):
        of = for_audience(document, audience)
        html = files.write(of, "html").decode()
        word = docx.Document(io.BytesIO(files.write(of, "docx")))
        assert ("增补比较" in html) is is_in
        assert any("增补比较" in paragraph.text for paragraph in word.paragraphs) is is_in
        assert files.write(of, "pdf").startswith(b"%PDF")


def test_it_is_edited_hidden_removed_undone_issued_and_revised_like_a_paragraph(cast, report):
    key = add(report, cast.office)
    edits.write(report=report, key=key, text="新的标题", seen=1, by=cast.office)
    assert block(report, key).caption == "新的标题"
    before = draft_reports.working(report).document()
    edits.remove(report=report, key=key, by=cast.office)
    assert key not in draft_reports.working(report).by_key
    undoing.undo(report=report, by=cast.office, seen=dict(undoing.top(report, cast.office).ways)["undo"].change)
    after = draft_reports.working(report).document()
    assert after == before
    assert not [pair for pair in comparison.texts(before, after) if pair.differs]
    seen = issuing.readiness(draft_reports.working(report)).mark
    issued = issuing.issue(report=report, by=cast.office, reason="先行", seen=seen)
    assert "新的标题" in issued.snapshot
    revised = issuing.revise(report=issued, by=cast.office, reason="更正")
    assert block(revised, key).caption == "新的标题"
    assert AnnualReport.objects.count() == 2


def test_it_is_previewed_without_being_written(client, cast, report):
    client.force_login(cast.office)
    page = reverse("block-add-figures", args=[2023, FOOD])
    said = {"kind": "chart", "code": CODES, "last": "1"}
    shown = client.post(page, {**said, "look": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<svg" in shown
    assert shown.count('name="code"') == 2
    assert not report.edits.exists()
    refused = client.post(page, {**said, "code": ["food.done", "food.rate"]}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert refused.content.decode().count('name="code"') == 2
    assert client.post(page, said).status_code == 302
    assert report.edits.get().added == "chart"


def change(report, key, by, seen=None, **given):
    usual: dict[str, Any] = {"kind": "table", "codes": CODES, "last": True, "title": ""}
    seen = changes.last_change(report, key) if seen is None else seen
    edits.change_figures(report=report, key=key, by=by, seen=seen, **usual | given)


def test_its_figures_kind_and_caption_are_changed_where_it_stands_and_that_is_undone(cast, report):
    key = add(report, cast.office, codes=["food.done"])
    order = [item.key for item in draft_reports.working(report).placed]
    first = block(report, key)
    assert first.caption == "云泽县2023年抽检完成"
    change(report, key, cast.office, codes=["food.passed", "food.rate"])
    changed = block(report, key)
    assert [row[0] for row in cells(changed)] == ["抽检合格", "抽检合格率"]
    # The usual caption follows the figures.
    assert changed.caption.startswith("云泽县2023年")
    assert changed.caption != first.caption
    change(report, key, cast.office, kind="chart", last=False, title="我的图")
    drawn = block(report, key)
    assert isinstance(drawn, Chart)
    assert drawn.title == "我的图"
    assert [item.key for item in draft_reports.working(report).placed] == order
    for expected in (changed, first):
        undo = undoing.top(report, cast.office).undo
        assert undo
        undoing.undo(report=report, by=cast.office, seen=undo.change)
        assert block(report, key) == expected
    redo = undoing.top(report, cast.office).redo
    assert redo
    undoing.redo(report=report, by=cast.office, seen=redo.change)
    assert block(report, key) == changed


def test_a_change_that_is_none_leaves_no_trace_and_one_of_what_changed_meanwhile_is_refused(cast, report):
    key = add(report, cast.office)
    seen, rows = changes.last_change(report, key), report.changes.count()
    change(report, key, cast.office)
    assert report.changes.count() == rows
    change(report, key, cast.office, codes=["food.done"])
    with pytest.raises(changes.Overtaken):
        change(report, key, cast.office, seen=seen)
    assert len(block(report, key).rows) == 1
    with pytest.raises(WrongState, match="that the office added"):
        change(report, FOOD, cast.office)
    with pytest.raises(BadText, match="Choose the figures first"):
        change(report, key, cast.office, codes=[])
    with pytest.raises(PermissionDenied):
        change(report, key, cast.outsider_office)


def test_the_form_begins_with_what_was_chosen_and_keeps_what_was_typed(client, cast, report):
    key = add(report, cast.office, codes=["food.done"])
    address = reverse("block-change-figures", args=[2023, key])
    client.force_login(cast.office)
    page = client.get(address)
    assert [figure.code for figure in page.context["chosen"]] == ["food.done"]
    assert (page.context["title"], page.context["kind"], page.context["last"]) == ("", "table", True)
    seen = page.context["seen_change"]
    change(report, key, cast.office, codes=["food.passed"], title="别人的标题")
    body = {"kind": "table", "code": CODES, "title": "我的标题", "seen": seen}
    refused = client.post(address, body)
    assert refused.status_code == 409
    assert block(report, key).caption == "别人的标题"
    assert (refused.context["title"], [one.code for one in refused.context["chosen"]]) == ("我的标题", CODES)
    again = {**body, "seen": refused.context["seen_change"]}
    looked = client.post(address, again | {"look": "1"})
    assert "我的标题" in looked.content.decode()
    assert block(report, key).caption == "别人的标题"
    assert client.post(address, again).status_code == 302
    assert (block(report, key).caption, len(block(report, key).rows)) == ("我的标题", 2)
    seen = changes.last_change(report, key)
    assert client.post(address, {**again, "code": [], "seen": seen}).status_code == 422
    assert client.get(reverse("block-change-figures", args=[2023, FOOD])).status_code == 404
    assert address in client.get(reverse("block-edit", args=[2023, key])).content.decode()
