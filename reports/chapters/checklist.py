"""The chain as chapters 二 and 三 print it: what departments do about each problem, by whom and until when, and what
came of the measures that the report of the year before printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.aggregation.cube import AnnualValue
from reports.chapters.chain import LIST, UNANSWERED, Link, Promise
from reports.chapters.evidence import Evidence
from reports.document.blocks import Block, Column, Number, Paragraph, Row, Run, Table, Text, format_date
from reports.document.characters import printable
from sectors.models import ShortfallAnswer

SOLVED, UNSOLVED, OPEN = "已解决", "未解决", "不能判断"


def measures(links: Sequence[Link], key: str) -> Iterator[Block]:
    """A sentence for each measure, then all problems in one table."""
    for link in links:
        if link.answer and link.measure:
            text = f"针对{link.problem.title}：{in_one_line(link.measure)}{_charge(link.answer)}"
            yield Paragraph((Text(text),), key=f"{key}/measure/{link.problem.key}")
    if links:
        yield _table(links, key)


def in_one_line(text: str) -> str:
    """A department's words in a sentence."""
    line = printable("".join(text.splitlines())).strip()
    return line if line.endswith(("。", "！", "？")) else f"{line}。"


def _charge(answer: ShortfallAnswer) -> str:
    """`由市场监管局牵头，2024年6月30日前完成。`"""
    lead = f"由{answer.lead.short_name}牵头" if answer.lead else ""
    until = f"{format_date(answer.until)}前完成" if answer.until else ""
    said = "，".join(filter(None, (lead, until)))
    return f"{said}。" if said else ""


def _table(links: Sequence[Link], key: str) -> Table:
    columns = (
        Column("序号", "center", 3),
        Column("问题", "left", 11),
        Column("原因", "left", 9),
        Column("措施", "left", 9),
        Column("牵头部门", "center", 5),
        Column("完成时限", "center", 6),
    )
    cells = (
        ((Text(str(number)),), link.problem.runs_with_sector, *_texts(link.answer))
        for number, link in enumerate(links, 1)
    )
    rows = map(Row, cells)
    return Table("问题整改清单", columns, tuple(rows), key=f"{key}/{LIST}")


def _texts(answer: ShortfallAnswer | None) -> tuple[tuple[Run, ...], ...]:
    """Cause, measure, lead and date."""
    texts = ("", "", "", "")
    if answer:
        until = format_date(answer.until) if answer.until else ""
        texts = (answer.cause, answer.measure, answer.lead.short_name if answer.lead else "", until)
    return tuple((Text(printable(" ".join(text.split())) or UNANSWERED),) for text in texts)


@dataclass(frozen=True)
class Outcome:
    """What came of a measure of the year before: `runs` say how it is now."""

    promise: Promise
    result: str
    runs: tuple[Run, ...]
    is_overdue: bool

    @property
    def text(self) -> str:
        return f"{self.result}，已逾期" if self.is_overdue else self.result


def outcomes(evidence: Evidence) -> list[Outcome]:
    """Of the measures of last year's issued report, in the order in which it lists them."""
    values = {value.indicator.code: value for value in evidence.values}
    return [_outcome(promise, evidence, values.get(promise.key)) for promise in evidence.before]


def _outcome(promise: Promise, evidence: Evidence, value: AnnualValue | None) -> Outcome:
    key = promise.key
    short = evidence.short.get(key)
    if short is not None:
        result, runs = UNSOLVED, short.runs
    elif value is not None and value.value is not None:
        result, runs = SOLVED, (Number(key, value.text_with_unit),)
    elif key.startswith("registry.") and evidence.has_registry:
        result, runs = SOLVED, (Text("没有再出现"),)
    else:
        result, runs = OPEN, (Text("没有数据"),)
    is_over = promise.until is not None and promise.until < evidence.day
    return Outcome(promise, result, runs, result != SOLVED and is_over)


def summed_up(found: Sequence[Outcome]) -> tuple[Run, ...]:
    """`上年提出整改措施5项，已解决3项，未解决2项，其中1项已逾期`."""
    runs: list[Run] = [Text("上年提出整改措施"), Number("measures.before", f"{len(found)}项")]
    for result, code in ((SOLVED, "solved"), (UNSOLVED, "unsolved"), (OPEN, "open")):
        if count := sum(one.result == result for one in found):
            runs += [Text(f"，{result}"), Number(f"measures.before.{code}", f"{count}项")]
    if overdue := sum(one.is_overdue for one in found):
        runs += [Text("，其中"), Number("measures.before.overdue", f"{overdue}项"), Text("已过完成时限")]
    return tuple(runs)


def before(found: Sequence[Outcome], key: str) -> Iterator[Block]:
    """What came of last year's measures: a sentence and a table."""
    if not found:
        return
    yield Paragraph((*summed_up(found), Text("。")), key=f"{key}/sum")
    columns = (
        Column("上年问题", "left", 10),
        Column("措施", "left", 9),
        Column("牵头部门", "center", 5),
        Column("完成时限", "center", 6),
        Column("本年情况", "left", 9),
        Column("结果", "center", 5),
    )
    rows = [_outcome_row(one) for one in found]
    yield Table("上年整改措施落实情况", columns, tuple(rows), key=f"{key}/list")


def _outcome_row(one: Outcome) -> Row:
    promise = one.promise
    until = format_date(promise.until) if promise.until else UNANSWERED
    texts = (promise.problem, promise.measure, promise.lead, until)
    return Row((*((Text(text),) for text in texts), one.runs, (Text(one.text),)))
