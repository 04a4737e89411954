"""One draft, three editions: what each prints, what the office decides, and what never goes out."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from reports.chapters import build
from reports.document.blocks import Column as TableColumn
from reports.document.blocks import (
    Cover,
    Document,
    Gap,
    Heading,
    Number,
    Paragraph,
    Row,
    Table,
    Text,
    block_key,
    runs_text,
)
from reports.document.characters import printable
from reports.document.figures import Target
from reports.editing import assembly, audiences, changes, comparison, drafts, edits, issuing, leader_pages, public_words
from reports.editing.audiences import for_audience
from reports.editing.drafts import WrongState
from reports.models import AnnualReport
from reports.writers import files, pagination
from sectors import versions
from sectors.findings import reasons, storage
from sectors.models import Indicator, Period
from tests import base
from tests.reports import editions
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]
DAY = datetime.date(2024, 1, 20)
FOOD, WORDS = "food/text/1", "problems/micro/food/food.problem/2023Q1/1"


@pytest.fixture
def report(draft_report):
    return draft_report


def edition(report, audience):
    return for_audience(draft_reports.working(report).document(), audience)


def keys(document):
    return {block_key(block) for block in document.body}


def printed(document, key):
    (block,) = [block for block in document.body if block_key(block) == key]
    return assembly.printed_text(block)


def answer(cast, question, text, period="2023Q1"):
    submission = base.submission(cast.county, in_period=period, status="accepted")
    submission.narratives.create(question=submission.sheet.questions.get(code=question), text=text)


def troubled_year(cast):
    """Findings with a reason, gaps, a late department, a target of nobody that was missed, and words."""
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target_source="")
    figures = {"food.done": "7131", "food.done.farm": "3017", "food.done.school": "3019", "food.passed": "6000"}
    base.report(cast.county, "2023Q1", figures)
    (found, *_more) = storage.refresh(base.submission(cast.county, in_period="2023Q1", status="accepted"))
    reasons.explain(finding=found, text="另有1095批次由乡镇自行抽检，尚未分环节统计", by=cast.clerk)
    base.submission(cast.county, "T-02", "2023Q1", status="draft")
    Period.objects.filter(region=cast.county).update(due=datetime.date(2023, 4, 10))
    answer(cast, "food.problem", "检测设备不足。人员常被抽调。")


SUSPECT = ("6036", "1095", "尚未分环节", "数据核查", "核对不上", "对照附件", "退回更正")
OWING = ("没有按时报送", "补齐", "逐项建立台账", "没有数据的必填指标", "〔缺", "未报送")
INVENTED = ("98%", "未达到", "工作目标")


def test_the_public_edition_tells_no_suspects_no_debtors_and_no_targets_of_nobody(cast):
    troubled_year(cast)
    whole = build.build(cast.county, 2023, day=DAY)
    inside = editions.texts(for_audience(whole, "internal"))
    for to, text in inside.items():
        assert not [word for word in (*SUSPECT, *OWING, *INVENTED) if word not in text], to
    assert "水利局" in inside["docx"]
    for to, text in editions.texts(for_audience(whole, "public")).items():
        assert not [word for word in (*SUSPECT, *OWING, *INVENTED, "水利局") if word in text], to
        assert "统计口径说明" in text, to
        assert "检测设备不足。人员常被抽调。" in text, to
        assert "…" in text, to
        assert "7131" in text, to


@pytest.mark.parametrize(("since", "said"), [("2021", "2021年起"), ("2023-12-31", "2023年12月31日起")])
def test_a_target_says_whose_it_is_and_since_when(cast, since, said):
    said = f"质量强县规划2025年目标，{said}"
    rate = Indicator.objects.filter(code="food.rate")
    base.change_catalogue(rate, target_source="质量强县规划2025年目标", target_since=since)
    base.report(cast.county, "2023", {"food.done": "1000", "food.passed": "979"})
    public = for_audience(build.build(cast.county, 2023, day=DAY), "public")
    text = printed(public, "problems/micro/food/figures/public")
    assert text == f"从年度数据看，抽检合格率为97.9%，未达到98%的目标（{said}）。"
    assert "1项" in printed(public, "measures/mend/figures/public")
    (table,) = [block for block in public.body if isinstance(block, Table) and block.key == "figures/targets"]
    assert [runs_text(row.cells[-1]) for row in table.rows] == [said]


@pytest.mark.parametrize(
    ("source", "since", "inside"),
    [
        ("", "", "工作目标"),
        ("规划", "", "规划"),
        ("规划", "2024", "规划，2024年起"),  # held of no figure of 2023
        ("规划", "2024-01-01", "规划，2024年1月1日起"),
    ],
)
def test_a_target_of_nobody_or_of_another_time_stays_inside(cast, source, since, inside):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target_source=source, target_since=since)
    base.report(cast.county, "2023", {"food.done": "1000", "food.passed": "979"})
    whole = build.build(cast.county, 2023, day=DAY)
    (table,) = [block for block in whole.body if isinstance(block, Table) and block.key == "figures/targets"]
    assert [runs_text(row.cells[-1]) for row in table.rows] == [inside]
    for to, text in editions.texts(for_audience(whole, "public")).items():
        assert not [word for word in ("98%", "未达到", "所列目标", "规划") if word in text], to


def test_a_fall_is_told_without_the_target_of_nobody(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target_source="")
    for year, passed in (("2022", "990"), ("2023", "970")):
        base.report(cast.county, year, {"food.done": "1000", "food.passed": passed})
    whole = build.build(cast.county, 2023, day=DAY)
    public = for_audience(whole, "public")
    assert (
        printed(public, "problems/micro/food/figures/public")
        == "从年度数据看，抽检合格率为97.0%，较上年下降2.0个百分点。"
    )
    assert "未达到98%的目标" in printed(for_audience(whole, "internal"), "problems/micro/food/figures")


RATE, NUMBER = Number("food.rate", "98%"), Number("food.rate", "97%")


@pytest.mark.parametrize(
    ("runs", "without", "with_source"),
    [
        (["合格率", NUMBER, "，未达到", RATE, "的目标。"], "合格率97%。", "合格率97%，未达到98%的目标（规划）。"),
        (
            ["合格率", NUMBER, "未达到", RATE, "的控制目标；其他好。"],
            "合格率97%；其他好。",
            "合格率97%未达到98%的控制目标（规划）；其他好。",
        ),
        (["好。年度目标为", RATE, "，已完成。"], "好。已完成。", "好。年度目标为98%（规划），已完成。"),
        (["距离", RATE, "的年度目标还有差距。"], "", "距离98%的年度目标还有差距（规划）。"),
        (["合格率", RATE, "，好。"], "合格率98%，好。", "合格率98%，好。"),  # a value that prints as the target does
        (["达到", NUMBER, "的目标。"], "达到97%的目标。", "达到97%的目标。"),  # no target of the catalogue
    ],
)
def test_sentences_about_targets(runs, without, with_source):
    paragraph = Paragraph(tuple(Text(run) if isinstance(run, str) else run for run in runs))

    def told(source):
        found = public_words.published([paragraph], [Target("food.rate", "98%", source)])
        return "".join(map(assembly.printed_text, found))

    assert (told(""), told("规划")) == (without, with_source)


def test_gaps_and_notes_are_neutral_in_public():
    note = Paragraph((Text("注：带*的为部门申报值，计算所需的数据未报送。"),), "note")
    table = Table("表", (TableColumn("指标"), TableColumn("值")), (Row(((Text("甲"),), (Gap("a", ""),))),))
    said, shown = public_words.published([note, table], [])
    assert assembly.printed_text(said) == "注：带*的为部门填报的数。"
    assert runs_text(list(assembly.block_runs(shown))) == "甲…"


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ((Gap("a", "景区、酒店等5项"), Text("。")), "景区、酒店等5项没有数据。"),
        (
            (Text("企业5家。"), Gap("a", "产量"), Text("。检查"), Gap("b", "检查"), Text("。")),
            "企业5家。产量没有数据。检查…。",
        ),
        ((Text("产量"), Gap("a", "产量"), Text("。")), "产量…。"),
        ((Gap("a", "户数"), Text("企业已备案。")), "…企业已备案。"),
    ],
)
def test_a_sentence_of_nothing_but_a_gap_says_in_public_what_is_missing(runs, text):
    (told,) = public_words.published([Paragraph(runs, key="a/text/1")], [])
    assert assembly.printed_text(told) == text


def test_the_internal_edition_of_a_report_is_all_that_was_there_before(cast, report):
    internal = edition(report, "internal")
    assert [block.printed for block in internal.headings if block.level == 1] == [
        "综述",
        "一、基本情况",
        "二、主要质量问题及原因分析",
        "三、下一步工作计划和措施",
        "附件1　主要指标数据",
        "附件2　数据核查说明",
        "附件3　数据来源和覆盖情况",
    ]
    assert not any(key.startswith(("leader", "scope", "annexes/scope", "figures/key")) for key in keys(internal))
    assert for_audience(internal, "internal") == internal


def test_annexes_are_counted_in_each_edition(cast, report):
    public = edition(report, "public")
    assert [block.printed for block in public.headings][-2:] == ["附件1　主要指标数据", "附件2　统计口径说明"]
    assert [printed(public, key) for key in ("annexes/1", "annexes/scope")] == [
        "附件：1.主要指标数据",
        "　　　2.统计口径说明",
    ]


def lengths(**chosen):
    return [[*name.split("_"), length] for name, length in chosen.items()]


def test_the_office_chooses_the_lengths_of_annexes(cast, report):
    chosen = lengths(
        internal_figures="summary", internal_remarks="none", internal_sources="summary", public_figures="full"
    )
    edits.write_annexes(report=report, lengths=chosen, by=cast.office)
    internal, public = edition(report, "internal"), edition(report, "public")
    assert {"figures", "figures/targets", "sources", "sources/summary"} <= keys(internal)
    assert not {"food/figures", "remarks", "annexes/2", "sources/table"} & keys(internal)
    assert [block.printed for block in internal.headings][-2:] == ["附件1　主要指标数据", "附件2　数据来源和覆盖情况"]
    assert "food/figures" in keys(public)
    edits.write_annexes(report=report, lengths=lengths(internal_figures="none", public_figures="none"), by=cast.office)
    (only,) = [block for block in edition(report, "public").headings if block.annex_number]
    assert only.printed == "附件　统计口径说明"
    assert printed(edition(report, "public"), "annexes/scope") == "附件：统计口径说明"
    assert report.changes.filter(kind="annexes").count() == 2


def test_nothing_refers_to_an_annex_that_is_not_there(cast):
    troubled_year(cast)
    report = drafts.begin(region=cast.county, year=2023, by=cast.office, day=DAY)
    assert "（见附件2）" in printed(edition(report, "internal"), "problems/macro/data/remarks")
    edits.write_annexes(report=report, lengths=lengths(internal_figures="none"), by=cast.office)
    assert "（见附件1）" in printed(edition(report, "internal"), "problems/macro/data/remarks")
    edits.write_annexes(report=report, lengths=lengths(internal_remarks="none"), by=cast.office)
    assert "附件" not in printed(edition(report, "internal"), "problems/macro/data/remarks")
    assert "由填报部门逐项核对" in printed(edition(report, "internal"), "measures/data/remarks")


def test_lengths_of_annexes_are_not_overwritten_unseen(cast, report):
    seen = versions.version_of(AnnualReport.objects.get(), fields=("annexes",))
    edits.write_annexes(report=report, lengths=lengths(public_figures="full"), by=cast.office, seen=seen)
    with pytest.raises(versions.Conflict):
        edits.write_annexes(report=report, lengths=lengths(public_figures="none"), by=cast.office, seen=seen)
    with pytest.raises(PermissionDenied):
        edits.write_annexes(report=report, lengths=[], by=cast.leader)


def set_readers(report, cast, key, *chosen, seen=None):
    edits.set_readers(report=report, key=key, audiences=set(chosen), by=cast.office, seen=seen)


def test_the_office_says_which_editions_print_a_block(cast, report):
    assert [FOOD in keys(edition(report, one)) for one in ("internal", "public", "leader")] == [True, True, False]
    set_readers(report, cast, FOOD, "internal", "leader")
    assert [FOOD in keys(edition(report, one)) for one in ("internal", "public", "leader")] == [True, False, True]
    assert report.edits.get(key=FOOD).readers == {"public": False, "leader": True}
    edits.undo(report=report, key=FOOD, by=cast.office)
    assert [FOOD in keys(edition(report, one)) for one in ("internal", "public", "leader")] == [True, True, False]
    set_readers(report, cast, FOOD, "internal", "public")
    assert list(report.changes.order_by("pk").values_list("kind", flat=True)) == ["readers", "undone"]


def test_a_heading_speaks_for_its_section_and_goes_with_it(cast, report):
    set_readers(report, cast, "food", "internal")
    assert not {"food", FOOD} & keys(edition(report, "public"))
    set_readers(report, cast, FOOD, "internal", "public")
    assert {"food", FOOD} <= keys(edition(report, "public"))
    # Only water is left under the heading: the sections are counted anew.
    set_readers(report, cast, FOOD, "internal")
    numbers = [block.number for block in edition(report, "public").headings if block.level == 3]
    assert numbers[0] == "1."


def test_findings_are_never_let_out(cast):
    troubled_year(cast)
    report = drafts.begin(region=cast.county, year=2023, by=cast.office, day=DAY)
    for key in ("remarks/table", "problems/macro/data/late", "measures/data", "sources/table", "remarks"):
        with pytest.raises(WrongState, match="never printed in the public edition"):
            set_readers(report, cast, key, "internal", "public")
    added = edits.add(report=report, after="remarks/table", text="核查补充。", by=cast.office)
    with pytest.raises(WrongState):
        set_readers(report, cast, added, "public")
    # Nor does a heading over it.
    set_readers(report, cast, "problems", "internal", "public", "leader")
    assert "problems/macro/data/late" not in keys(edition(report, "public"))


def test_a_chapter_that_the_office_adds_is_public_and_an_unknown_one_is_not():
    blocks = tuple(
        block
        for key in ("added/1", "newly")
        for block in (Heading(1, "一、", "章", key=key), Paragraph((Text("文。"),), key=f"{key}/text"))
    )
    found = audiences.printing(blocks, Document("题", "云泽县", 2023, blocks))
    assert "public" in found["added/1/text"].printed
    assert found["newly/text"].printed == {"internal"}


def test_a_line_of_the_list_of_annexes_goes_with_its_annex(cast, report):
    with pytest.raises(WrongState, match="printed where its annex is"):
        set_readers(report, cast, "annexes/1", "internal")
    set_readers(report, cast, "figures", "internal")
    public = edition(report, "public")
    assert not {"figures", "annexes/1"} & keys(public)
    assert printed(public, "annexes/scope") == "附件：统计口径说明"


def test_somebody_else_was_faster(cast, report):
    seen = changes.last_change(report, FOOD)
    edits.hide(report=report, key=FOOD, by=cast.office)
    with pytest.raises(changes.Overtaken):
        set_readers(report, cast, FOOD, "internal", seen=seen)


def test_a_revision_keeps_what_was_chosen_and_a_comparison_tells_of_it(cast, report):
    before = draft_reports.working(report).document()
    set_readers(report, cast, FOOD, "internal")
    edits.write_annexes(report=report, lengths=lengths(public_figures="full"), by=cast.office)
    after = draft_reports.working(report).document()
    (pair,) = [pair for pair in comparison.texts(before, after) if pair.key == FOOD]
    assert pair.differs
    assert pair.editions == comparison.Sides("Internal edition, Public edition", "Internal edition")
    seen = issuing.readiness(draft_reports.working(report)).mark
    issued = issuing.issue(report=report, by=cast.office, reason="先行", seen=seen)
    revised = issuing.revise(report=issued, by=cast.office, reason="更正")
    assert revised.annexes == [["public", "figures", "full"]]
    assert FOOD not in keys(edition(revised, "public"))


def test_the_leader_has_two_pages_with_words_as_the_office_has_them(cast):
    troubled_year(cast)
    report = drafts.begin(region=cast.county, year=2023, by=cast.office, day=DAY)
    leader = edition(report, "leader")
    titles = ["一、综述", "二、主要指标", "三、主要问题", "四、下一步措施"]
    assert [block.printed for block in leader.headings] == titles
    assert printed(leader, WORDS) == "食品方面（1—3月）：检测设备不足。"
    assert not any(isinstance(block, Cover) for block in leader.blocks)
    assert len(editions.pdf(leader).pages) <= 2
    edits.write(report=report, key=WORDS, text="设备老化。", seen=0, by=cast.office)
    assert "设备老化。" in printed(edition(report, "leader"), WORDS)
    edits.hide(report=report, key=WORDS, by=cast.office)
    assert WORDS not in keys(edition(report, "leader"))


def test_the_leaders_edition_of_a_full_year_fits_on_two_pages(shipped_year):
    document = for_audience(build.build(shipped_year, 2022, day=DAY), "leader")
    assert len(editions.pdf(document).pages) == 2
    assert leader_pages.pages(document.body) == 2
    table = next(block for block in document.body if isinstance(block, Table) and block.key == "leader/figures/table")
    assert len(table.rows) >= leader_pages.FEWEST_ROWS
    text = "".join(runs_text(block.runs) for block in document.body if isinstance(block, Paragraph))
    assert "必填指标中" in text
    assert "方面：" in text


def test_a_summary_stands_first_on_the_leaders_pages(cast, report):
    leader = edition(report, "leader")
    assert [block.printed for block in leader.headings][:2] == ["一、综述", "二、主要指标"]
    assert [key for key in keys(leader) if key.startswith("summary/")]
    assert not [key for key in keys(edition(report, "public")) if key.startswith("summary")]


def test_what_the_office_wants_stays_on_the_leaders_pages(cast, report):
    long = edits.add(report=report, after=FOOD, text=printable("很长的一段话。" * 400), by=cast.office)
    set_readers(report, cast, long, "leader")
    leader = edition(report, "leader")
    assert long in keys(leader)
    assert pagination.page_count(leader.body, pagination.Measures()) > 2


def test_names_of_files_tell_year_edition_and_audience():
    def name(title="特克斯县2022年质量状况分析报告", **more):
        return files.file_name(title, 2022, "public", "docx", **{"edition": 1, **more})

    assert name() == "特克斯县质量状况分析报告-2022年-第1版-公开版.docx"
    assert name(edition=2, draft=3) == "特克斯县质量状况分析报告-2022年-第2版草稿第3稿-公开版.docx"
    assert name("甲/乙：“丙” 报告?") == "甲乙：“丙”报告-2022年-第1版-公开版.docx"
