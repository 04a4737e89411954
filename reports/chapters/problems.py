"""Chapter 二 of the report: problems and their causes.

It is proposed from what the data say, which `reports.chapters.evidence` gathers, and from what the departments wrote;
the office edits it. Numbers that belong to no indicator, such as notices overdue, carry the name of where they were
counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from reports.aggregation.cube import AnnualValue
from reports.chapters import narratives
from reports.chapters.chain import NAMED, NAMED_SHORT, Link
from reports.chapters.checklist import in_one_line
from reports.chapters.compliance import Reporting
from reports.chapters.evidence import Evidence
from reports.chapters.narratives import Subject
from reports.chapters.shortfalls import Shortfall, clauses, could_fall, published
from reports.document.blocks import Block, Heading, Number, Paragraph, Run, Text, format_date
from reports.document.numbering import number_heading
from reports.document.phrases import SEE_REMARKS
from sectors.vocabulary import GENERAL, QuestionKind, Severity

# How a sentence on what the registry shows ends.
# What findings of a severity are called.
NAMES_OF_REMARKS = ((Severity.ERROR, "互相不一致"), (Severity.WARNING, "需要核实"))
LESSONS = {"notices": "，整改要求落实不够到位。", "repeated": "。", "unsampled": "。"}


def problems(evidence: Evidence) -> Iterator[Block]:
    """The whole chapter."""
    yield Heading(1, number_heading(1, 2), "主要质量问题及原因分析", key="problems")
    yield Heading(2, number_heading(2, 1), "宏观质量管理方面", key="problems/macro")
    yield from _macro(evidence, "problems/macro")
    yield Heading(2, number_heading(2, 2), "微观质量监管方面", key="problems/micro")
    yield from _micro(evidence, "problems/micro")


def _macro(evidence: Evidence, key: str) -> Iterator[Block]:
    """How quality work is managed as a whole: what reporting shows first, then what departments wrote."""
    derived = list(_of_reporting(evidence, f"{key}/data"))
    if derived:
        yield Heading(3, number_heading(3, 1), "质量数据报送管理方面", key=f"{key}/data")
        yield from derived
    answers = narratives.of_kind(evidence.answers, QuestionKind.PROBLEM_MACRO)
    for number, (subject, members) in enumerate(answers.items(), start=2 if derived else 1):
        own = f"{key}/{code_of(subject)}"
        yield Heading(3, number_heading(3, number), side(subject), key=own)
        yield from narratives.paragraphs(members, own)
    if not derived and not answers:
        yield _none("本年度数据报送和核查没有反映出宏观质量管理方面的突出问题，各部门也没有提出。", key)


def _of_reporting(evidence: Evidence, key: str) -> Iterator[Block]:
    reporting, missing = evidence.compliance.reporting, evidence.missing()
    if reporting.late or reporting.owing:
        yield Paragraph(_late(reporting, evidence.day), key=f"{key}/late")
    if missing:
        yield Paragraph(_missing(missing, evidence), key=f"{key}/missing")
    if evidence.remarks:
        yield Paragraph(_remarked(evidence), key=f"{key}/remarks")


def _late(reporting: Reporting, day: datetime.date) -> tuple[Run, ...]:
    runs: list[Run] = [
        Text(f"一些报表没有按时报送。截至{format_date(day)}到期应报报表"),
        Number("reporting.due", f"{reporting.due}份"),
        Text("，按期报送"),
        Number("reporting.on_time", f"{reporting.on_time}份"),
    ]
    if reporting.late:
        count = sum(count for _, count in reporting.late)
        runs += [Text("，逾期报送"), Number("reporting.late", f"{count}份"), *_by_department(reporting.late)]
    if reporting.owing:
        count = sum(count for _, count in reporting.owing)
        runs += [Text("，到期尚未报送"), Number("reporting.owing", f"{count}份"), *_by_department(reporting.owing)]
    return (*runs, Text("。报送不及时，影响质量形势的及时研判。"))


def _by_department(counts: Sequence[tuple[str, int]]) -> list[Run]:
    named = "、".join(f"{name}{count}份" for name, count in counts[:NAMED])
    return [Text(f"（{named}{'等' if len(counts) > NAMED else ''}）")]


def _missing(missing: Sequence[AnnualValue], evidence: Evidence) -> tuple[Run, ...]:
    names = list(dict.fromkeys(value.indicator.sheet.sector.name for value in missing))
    where = "、".join(names[:NAMED_SHORT]) + (f"等{len(names)}个领域" if len(names) > NAMED_SHORT else "")
    required = sum(value.indicator.required for value in evidence.values)
    rates = [value for value in evidence.values if value.indicator.formula]
    effects = (
        ("采用部门申报值", any(value.is_declared for value in rates)),
        ("无法计算", any(_is_incalculable(value) for value in rates)),
    )
    effect = "或者".join(words for words, applies in effects if applies)
    return (
        Text("一些数据没有报全。必填指标"),
        Number("reporting.required", f"{required}项"),
        Text("中有"),
        Number("reporting.missing", f"{len(missing)}项"),
        Text(f"{evidence.span}没有数据，集中在{where}" + (f"，部分比率{effect}。" if effect else "。")),
    )


def _is_incalculable(value: AnnualValue) -> bool:
    return value.value is None and not value.not_applicable


def _remarked(evidence: Evidence) -> tuple[Run, ...]:
    remarks = evidence.remarks
    unexplained = sum(not remark.said for remark in remarks)
    runs: list[Run] = [Text("一些数据核对不上。年度数据核查发现"), Number("remarks", f"{len(remarks)}项")]
    kinds = [name for severity, name in NAMES_OF_REMARKS if any(one.severity == severity for one in remarks)]
    runs.append(Text(f"{'或者'.join(kinds)}的情况，"))
    if unexplained == len(remarks):
        runs.append(Text(f"填报部门{'均' * (len(remarks) > 1)}未作出说明"))
    elif unexplained:
        runs += [Text("其中"), Number("remarks.unexplained", f"{unexplained}项"), Text("填报部门尚未作出说明")]
    else:
        runs.append(Text(f"填报部门{'均' * (len(remarks) > 1)}已作出说明"))
    lesson = "反映出部分部门在数据采集和审核环节把关不严" if unexplained else "数据采集的口径还需要进一步统一"
    return (*runs, Text(f"{SEE_REMARKS}，{lesson}。"))


def _micro(evidence: Evidence, key: str) -> Iterator[Block]:
    """What is about no single sector, then sector by sector: what its figures and records show, then what its
    departments wrote."""
    answers = narratives.of_kind(evidence.answers, QuestionKind.PROBLEM_MICRO)
    links = evidence.links()
    number = 0
    for subject in (None, *evidence.sectors):
        own = f"{key}/{code_of(subject)}"
        blocks = [
            *(_of_records(links.get(subject.pk, []), own) if subject else ()),
            *narratives.paragraphs(answers.get(subject, []), own),
        ]
        if blocks:
            number += 1
            yield Heading(3, number_heading(3, number), side(subject), key=own)
            yield from blocks
    if not number:
        yield _none(_unproblematic(evidence), key)


def _unproblematic(evidence: Evidence) -> str:
    """What may be said of a year in which nothing was found: only what there is something to tell from."""
    said = []
    if any(map(could_fall, evidence.values)):
        said.append("可与上年比较的比率没有明显下降")
    if any(value.reaches_target for value in evidence.values):
        said.append("没有发现未达到目标的质量指标")
    if undecidable := sum(value.is_undecidable for value in evidence.values):
        said.append(f"有{undecidable}项指标的数据不是确数，不能判断是否达到目标")
    if evidence.compliance.has_inspections:
        said.append("监督检查没有发现逾期未整改的情况")
    if evidence.compliance.has_results:
        said.append("抽样检验没有发现多次不合格的情况")
    if not said:
        return "本年度没有可与上年和目标比较的质量指标，也没有抽检和检查记录，不能据此判断有无突出问题。"
    return f"本年度{'，'.join(said)}。"


def _of_records(found: Sequence[Link], key: str) -> Iterator[Block]:
    """What figures show stands in one paragraph, what the registry shows in one each; then why, as departments say."""
    figures = [link.problem.shortfall for link in found if link.problem.shortfall]
    for own, members in ((f"{key}/figures", figures), (f"{key}/figures/public", published(figures))):
        if members:
            yield Paragraph(_shortfalls(members), key=own)
    for link in found:
        if not link.problem.shortfall:
            kind = link.problem.key.split(".")[1]
            yield Paragraph((*link.problem.runs, Text(LESSONS[kind])), key=f"{key}/{kind}")
    for link in found:
        if link.cause:
            words = f"{link.problem.title}的原因：{in_one_line(link.cause)}"
            yield Paragraph((Text(words),), key=f"{key}/cause/{link.problem.key}")


def _shortfalls(found: Sequence[Shortfall]) -> tuple[Run, ...]:
    partial = any(shortfall.value.is_partial for shortfall in found)
    runs: list[Run] = [Text("按已接受的数据，" if partial else "从年度数据看，")]
    for place, clause in enumerate(clauses(found[:NAMED])):
        runs += [Text("；")] * bool(place) + clause
    if len(found) > NAMED:
        code = f"shortfalls.{found[0].value.indicator.sheet.sector.code}.more"
        runs += [Text("；另有"), Number(code, f"{len(found) - NAMED}项"), Text("指标下降或者未达到要求")]
    return (*runs, Text("。"))


def _none(text: str, key: str) -> Paragraph:
    return Paragraph((Text(text),), key=f"{key}/none")


def side(subject: Subject) -> str:
    """A heading: `水质质量方面` for the sector 水质质量情况."""
    return f"{subject.name.removesuffix('情况')}方面" if subject else "质量工作统筹方面"


def code_of(subject: Subject) -> str:
    """In the keys of blocks."""
    return subject.code if subject else GENERAL
