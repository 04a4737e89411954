"""The summary (综述) in front of the chapters, for those who read one page: the verdict on each chapter, what became
better and worse, and the gravest shortfalls.

It is put together from figures alone; what the figures do not say, it does not say either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from operator import attrgetter

from reports.aggregation.cube import AnnualValue
from reports.chapters import few, movements
from reports.chapters.checklist import outcomes, summed_up
from reports.chapters.evidence import Evidence
from reports.chapters.movements import Movement
from reports.chapters.shortfalls import spoken
from reports.document.blocks import Block, Column, Heading, Number, PageBreak, Paragraph, Row, Run, Table, Text
from reports.document.numbering import chinese_number
from sectors.models import Chapter

KEY = "summary"
# So many indicators of a kind, and so many risks: they are to stand on one page.
MOST_MOVED, MOST_RISKS = 5, 3


def summary(evidence: Evidence) -> Iterator[Block]:
    """The whole page, and the break behind it."""
    yield Heading(1, "", "综述", key=KEY)
    blocks = [*_verdicts(evidence.values), *_moved(evidence), *_risks(evidence), *_before(evidence)]
    yield from blocks or [Paragraph((Text("本年度没有可以概括的指标数据。"),), key=f"{KEY}/none")]
    yield PageBreak()


def _verdicts(values: Sequence[AnnualValue]) -> Iterator[Block]:
    """Chapter by chapter, which of its targets are reached."""
    runs: list[Run] = []
    for chapter, members in groupby(values, key=lambda value: value.indicator.sheet.sector.chapter):
        targets = [value for value in members if value.indicator.target is not None and not value.not_applicable]
        if any(value.value is not None for value in targets):
            runs += [Text("；" if runs else ""), *_verdict(chapter, targets)]
    if runs:
        yield Paragraph((*runs[1:], Text("。")), key=f"{KEY}/verdicts")


def _verdict(chapter: Chapter, targets: Sequence[AnnualValue]) -> Iterator[Run]:
    """`产品质量未全部达标，12项目标达到9项、未达到2项、不能判断1项`."""
    reached = [value.reaches_target for value in targets]
    key = f"{KEY}.{chapter.code}"
    yield Text(f"{chapter.name}{_in_a_word(reached)}，")
    yield Number(key, f"{len(targets)}项")
    yield Text("目标")
    kinds = ((True, "达到", "reached"), (False, "未达到", "missed"), (None, "不能判断", "open"))
    counts = [(word, code, reached.count(kind)) for kind, word, code in kinds if kind in reached]
    for place, (word, code, count) in enumerate(counts):
        yield Text(f"{'、' if place else ''}{word}")
        yield Number(f"{key}.{code}", f"{count}项")


def _in_a_word(reached: Sequence[bool | None]) -> str:
    if False in reached:
        return "未全部达标"
    if True not in reached:
        return "尚不能判断"
    return "暂无未达标" if None in reached else "全部达标"


def _moved(evidence: Evidence) -> Iterator[Block]:
    """What became better and worse by most, key indicators first, side by side."""
    found = movements.of(evidence.values)
    found.sort(key=lambda one: (not one.indicator.is_key, -abs(one.size)))
    better, worse = (
        evidence.totals.apart([one for one in found if one.size * sign > 0], attrgetter("indicator"))[:MOST_MOVED]
        for sign in (1, -1)
    )
    if not found:
        return
    columns = [
        column
        for head in ("向好", "走弱")
        for column in (Column(head, "left", 9), Column("本年", "right", 5), Column("比上年", "right", 5))
    ]
    values = {value.indicator.code: value for value in evidence.values}
    rows = [Row((*_cells(up, values), *_cells(down, values))) for up, down in zip_longest(better, worse)]
    yield Table("比上年变化较大的指标", tuple(columns), tuple(rows), key=f"{KEY}/moved")


def _cells(moved: Movement | None, values: Mapping[str, AnnualValue]) -> tuple[tuple[Run, ...], ...]:
    """Name, value with the counts of a rate of few, and change."""
    if moved is None:
        return ((Text("—"),),) * 3
    value, of = moved.value, few.of(moved.value, values)
    number = (Number(value.indicator.code, value.text_with_unit), *(of.shortly if of else ()))
    return (Text(spoken(value)),), number, (Number(moved.code, moved.text),)


def _risks(evidence: Evidence) -> Iterator[Block]:
    """The gravest of all problems."""
    found = sorted(evidence.problems, key=lambda one: -one.gap)[:MOST_RISKS]
    if found:
        runs: list[Run] = [Text("需要关注：")]
        for place, problem in enumerate(found, start=1):
            runs += [Text(f"{'；' if place > 1 else ''}{chinese_number(place)}是"), *problem.runs]
        yield Paragraph((*runs, Text("。")), key=f"{KEY}/risks")


def _before(evidence: Evidence) -> Iterator[Block]:
    if found := outcomes(evidence):
        yield Paragraph((*summed_up(found), Text("。")), key=f"{KEY}/before")
