"""Chapter 三 of the report: next year's measures. They answer what chapter 二 found, then come the departments' own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.chapters import checklist, narratives
from reports.chapters.chain import NAMED_SHORT
from reports.chapters.compliance import Repeated
from reports.chapters.evidence import Evidence
from reports.chapters.problems import code_of, side
from reports.chapters.shortfalls import Shortfall, published, spoken
from reports.document.blocks import Block, Heading, Number, Paragraph, Run, Text
from reports.document.numbering import number_heading
from reports.document.phrases import BY_REMARKS
from sectors.vocabulary import QuestionKind

KEY = "measures"


def measures(evidence: Evidence) -> Iterator[Block]:
    """The whole chapter."""
    yield Heading(1, number_heading(1, 3), "下一步工作计划和措施", key=KEY)
    parts = [
        ("上年整改措施落实情况", "before", list(checklist.before(checklist.outcomes(evidence), f"{KEY}/before"))),
        ("加强质量数据报送和审核", "data", list(_for_reporting(evidence))),
        ("抓好突出问题整改", "mend", list(_for_problems(evidence))),
        ("落实各领域工作措施", "sectors", list(_of_departments(evidence))),
    ]
    kept = [part for part in parts if part[2]]
    for number, (title, code, blocks) in enumerate(kept, start=1):
        yield Heading(2, number_heading(2, number), title, key=f"{KEY}/{code}")
        yield from blocks
    if not kept:
        text = "各部门没有提出新的工作措施。下一年度继续按照质量工作计划开展监测、检查和抽检，按期报送数据。"
        yield Paragraph((Text(text),), key=f"{KEY}/none")


def _for_reporting(evidence: Evidence) -> Iterator[Block]:
    reporting, missing = evidence.compliance.reporting, evidence.missing()
    late = list(dict.fromkeys(name for name, _ in (*reporting.owing, *reporting.late)))
    if late:
        text = f"将报表按期报送纳入年度质量工作考核。报送截止前提醒，逾期即催办，对{_some(late, '部门')}重点督促。"
        yield Paragraph((Text(text),), key=f"{KEY}/data/late")
    if missing:
        departments = list(dict.fromkeys(filter(None, map(evidence.department, missing))))
        who = f"由{_some(departments, '部门')}对" if departments else "对"
        runs: list[Run] = [Text(f"补齐缺少的数据。{who}")]
        runs += [
            Number("reporting.missing", f"{len(missing)}项"),
            Text("没有数据的必填指标逐项建立台账，从下一报告期起按期填报。"),
        ]
        yield Paragraph(tuple(runs), key=f"{KEY}/data/missing")
    if evidence.remarks:
        runs = [
            Text(f"核清不一致的数据。由填报部门{BY_REMARKS}逐项核对"),
            Number("remarks", f"{len(evidence.remarks)}项"),
        ]
        runs.append(Text("数据，填报有误的退回更正，口径不同的书面说明；质强办在审核时同步查看上年同期和分项合计。"))
        yield Paragraph(tuple(runs), key=f"{KEY}/data/remarks")


def _for_problems(evidence: Evidence) -> Iterator[Block]:
    found = [
        link.problem.shortfall
        for members in evidence.links().values()
        for link in members
        if link.problem.shortfall and not link.measure
    ]
    if found:
        yield Paragraph(_for_shortfalls(found, evidence), key=f"{KEY}/mend/figures")
    if told := published(found):
        yield Paragraph(_to_mend(len(told), evidence), key=f"{KEY}/mend/figures/public")
    overdue = sum(notices.overdue for notices in evidence.compliance.notices.values())
    if overdue:
        runs: list[Run] = [Text("督办逾期整改。对逾期未整改到位的"), Number("registry.notices.overdue", f"{overdue}份")]
        runs.append(Text("整改通知书逐份明确责任人和完成时限，复查合格后销号；拒不整改的，依法立案查处。"))
        yield Paragraph(tuple(runs), key=f"{KEY}/mend/notices")
    repeated = list(evidence.compliance.repeated.values())
    if repeated:
        yield Paragraph(_for_repeated(repeated), key=f"{KEY}/mend/repeated")
    links = [link for members in evidence.links().values() for link in members]
    yield from checklist.measures(links, f"{KEY}/mend")


def _for_shortfalls(found: Sequence[Shortfall], evidence: Evidence) -> tuple[Run, ...]:
    """Who sees to which indicators: the worst of each department."""
    tasks: dict[str, list[str]] = {}
    for shortfall in sorted(found, key=lambda s: -s.gap):
        tasks.setdefault(evidence.department(shortfall.value), []).append(spoken(shortfall.value))
    runs = _to_mend(len(found), evidence)
    named = [f"{department}负责{_some(names, '指标', '项')}" for department, names in tasks.items() if department]
    return (*runs, Text(f"其中，{'；'.join(named)}。")) if named else runs


def _to_mend(count: int, evidence: Evidence) -> tuple[Run, ...]:
    when = "下一年度" if evidence.day.year > evidence.year else "年内"
    return (
        Text("改进薄弱指标。对下降或者未达到要求的"),
        Number("shortfalls", f"{count}项"),
        Text(f"指标逐项查找原因、制定改进办法，{when}按季通报进展。"),
    )


def _for_repeated(repeated: Sequence[Repeated]) -> tuple[Run, ...]:
    count = len({who for sector in repeated for who, _ in sector.batches})
    return (
        Text("盯住反复不合格的问题。将多次检出不合格样品的"),
        Number("registry.repeated", f"{count}个"),
        Text("单位和工程列入下一年度重点抽检和检查名单，增加抽检批次，核查处置不到位的不予销号。"),
    )


def _of_departments(evidence: Evidence) -> Iterator[Block]:
    answers = narratives.of_kind(evidence.answers, QuestionKind.MEASURE)
    for number, (subject, members) in enumerate(answers.items(), start=1):
        own = f"{KEY}/{code_of(subject)}"
        yield Heading(3, number_heading(3, number), side(subject), key=own)
        yield from narratives.paragraphs(members, own)


def _some(names: Sequence[str], of: str, counter: str = "个") -> str:
    """`甲、乙、丙等5个部门`; all of them by name where they are few."""
    named = "、".join(names[:NAMED_SHORT])
    return f"{named}等{len(names)}{counter}{of}" if len(names) > NAMED_SHORT else named
