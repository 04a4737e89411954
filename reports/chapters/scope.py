"""What the figures of a report are made of, in neutral words: it stands in the public edition in place of findings and
of who owes what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.chapters import targets
from reports.chapters.evidence import Evidence
from reports.chapters.sources import Source
from reports.document.blocks import Block, Heading, Number, PageBreak, Paragraph, Run, Text, format_date
from reports.document.phrases import DECLARED
from reports.wording import comparisons
from sectors.vocabulary import Qualifier

NAME, KEY = "统计口径说明", "scope"


def blocks(evidence: Evidence, sources: Sequence[Source]) -> Iterator[Block]:
    """The whole annex; its number is that of the edition."""
    yield PageBreak()
    yield Heading(1, "附件　", NAME, key=KEY)
    parts: dict[str, list[Run]] = {
        "year": _year(evidence, sources),
        "coverage": _coverage(evidence),
        "marks": _marks(evidence),
        "comparison": _comparison(evidence),
        "rounding": [
            Text("数值只修约一次，分项之和与合计可能因修约略有出入。比率由全年的分子和分母计算，不是各期比率的平均。")
        ],
        "targets": _targets(evidence),
        "sources": _sources(sources),
    }
    for name, runs in parts.items():
        if runs:
            yield Paragraph(tuple(runs), key=f"{KEY}/{name}")


def _year(evidence: Evidence, sources: Sequence[Source]) -> list[Run]:
    """What is accepted behind the day of the report is in it all the same, so it is as of that day."""
    known = [value for value in evidence.values if value.source or value.not_applicable]
    if span := comparisons.common_span(known):
        text = f"本报告的数据为{evidence.year}年{span}的，数量为各月累计，存量为期末数，另有说明的除外。"
    else:
        text = f"本报告的年度为{evidence.year}年1月1日至12月31日。数量为全年累计，存量为年末数，另有说明的除外。"
    day = max([evidence.day, *(source.last for source in sources if source.last)])
    return [Text(f"{text}截至{format_date(day)}审核接受的数据列入本报告。")]


def _coverage(evidence: Evidence) -> list[Run]:
    values = evidence.values
    known = [value for value in values if value.is_there or value.not_applicable]
    runs: list[Run] = [
        Text("报告涉及指标"),
        Number("scope.indicators", f"{len(values)}项"),
        Text("，有数据的"),
        Number("scope.known", f"{len(known)}项"),
    ]
    if values:
        runs += [Text("，占"), Number("scope.share", f"{100 * len(known) / len(values):.1f}%")]
    if partial := sum(value.is_partial for value in known):
        few = [Text("，均")] if partial == len(known) else [Text("，其中"), Number("scope.partial", f"{partial}项")]
        runs += [*few, Text("只有部分时期的数据")]
    return [*runs, Text("。没有数据的以“…”表示，不是0。")]


def _marks(evidence: Evidence) -> list[Run]:
    """What is not exact, of another day, or a department's own statement."""
    marked = [value.marked for value in evidence.values if value.value is not None]
    inexact = sum(mark.qualifier != Qualifier.EXACT for mark in marked)
    days = sorted({mark.as_of for mark in marked if mark.as_of})
    declared = sum(value.is_declared for value in evidence.values)
    runs: list[Run] = []
    if inexact:
        runs += [Text("带“余、以上、以下、约、近”的"), Number("scope.inexact", f"{inexact}项"), Text("不是确数。")]
    if days:
        named = "、".join(map(format_date, days))
        of = sum(mark.as_of is not None for mark in marked)
        runs += [Number("scope.as_of", f"{of}项"), Text(f"为截至{named}的数据。")]
    if declared:
        runs += [
            Text(f"带{DECLARED}的"),
            Number("scope.declared", f"{declared}项"),
            Text("为部门填报的数，其余比率由所报数据计算。"),
        ]
    return runs


def _comparison(evidence: Evidence) -> list[Run]:
    if all(value.comparison is None for value in evidence.values):
        return []
    return [Text("比上年的变化，比率用百分点、其余用百分数表示，只比较两年都有数据的时期和地区。")]


def _targets(evidence: Evidence) -> list[Run]:
    sourced = [
        value for value in evidence.values if value.indicator.target is not None and targets.public_origin(value)
    ]
    return [Text("所列目标均注明来源，按未修约的数值判定是否达到。")] if sourced else []


def _sources(sources: Sequence[Source]) -> list[Run]:
    """Who sent what is printed, and how many sheets there are to send."""
    sent = [source for source in sources if source.accepted or source.annual]
    departments = {name for source in sent for name in source.departments}
    sheets, every = ({source.number for source in of} for of in (sent, sources))
    runs: list[Run] = [
        Text("数据由"),
        Number("scope.departments", f"{len(departments)}个"),
        Text("部门通过"),
        Number("scope.sheets", f"{len(sheets)}张"),
        Text("统计报表报送，由质强办汇总。"),
    ]
    if missing := len(every) - len(sheets):
        runs += [Text("另有"), Number("scope.sheets.missing", f"{missing}张"), Text("统计报表没有数据列入。")]
    return runs
