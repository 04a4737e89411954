"""What the leader's two pages say of their own: key figures with their changes, and in short what the figures want.
What departments wrote comes from the chapters as the office has it, when the edition is made
(`reports.editing.leader_pages`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports.aggregation.cube import AnnualValue
from reports.chapters import annexes
from reports.chapters.chain import NAMED
from reports.chapters.evidence import Evidence
from reports.chapters.shortfalls import Shortfall, clauses
from reports.document.blocks import Block, Heading, Number, PageBreak, Paragraph, Run, Text

KEY = "leader"


def blocks(evidence: Evidence) -> Iterator[Block]:
    """Its sections have no numbers beside those of the chapters; the edition counts them."""
    yield PageBreak()
    parts = {
        ("figures", "主要指标"): list(annexes.key_figures(_ranked(evidence), evidence.year, f"{KEY}/figures/table")),
        ("problems", "主要问题"): list(_problems(evidence)),
        ("measures", "下一步措施"): list(_measures(evidence)),
    }
    for (name, title), members in parts.items():
        if members:
            yield Heading(1, "", title, key=f"{KEY}/{name}")
            yield from members


def _ranked(evidence: Evidence) -> list[AnnualValue]:
    """What stands badly first, then what has changed most: the last ones may not fit."""
    badly = {shortfall.value.indicator.pk for shortfall in evidence.shortfalls()}

    def rank(value: AnnualValue) -> tuple[bool, bool, Decimal]:
        return value.indicator.pk not in badly, value.value is None, -abs(value.change or Decimal(0))

    return sorted(evidence.values, key=rank)


def _problems(evidence: Evidence) -> Iterator[Block]:
    found = evidence.shortfalls()
    if found:
        yield Paragraph(_shortfalls(found), key=f"{KEY}/problems/figures")
    if runs := _data(evidence):
        yield Paragraph(tuple(runs), key=f"{KEY}/problems/data")
    if overdue := _overdue(evidence):
        runs = [Text("逾期未整改到位的整改通知书"), Number("registry.notices.overdue", f"{overdue}份"), Text("。")]
        yield Paragraph(tuple(runs), key=f"{KEY}/problems/notices")


def _measures(evidence: Evidence) -> Iterator[Block]:
    missing, remarks = evidence.missing(), evidence.remarks
    tasks: list[list[Run]] = []
    if found := evidence.shortfalls():
        tasks.append(
            [Text("改进"), Number("shortfalls", f"{len(found)}项"), Text("下降或者未达到要求的指标，按季通报进展")]
        )
    if missing:
        tasks.append([Text("补齐"), Number("reporting.missing", f"{len(missing)}项"), Text("没有数据的必填指标")])
    if remarks:
        tasks.append([Text("核清"), Number("remarks", f"{len(remarks)}项"), Text("不一致的数据")])
    if tasks:
        yield Paragraph(_joined(tasks), key=f"{KEY}/measures/data")


def _shortfalls(found: Sequence[Shortfall]) -> tuple[Run, ...]:
    rest = len(found) - NAMED
    more: list[list[Run]] = (
        [[Text("另有"), Number("shortfalls.more", f"{rest}项"), Text("下降或者未达到要求")]] if rest > 0 else []
    )
    return _joined([*clauses(found[:NAMED]), *more])


def _data(evidence: Evidence) -> list[Run]:
    """Of reporting, without naming anybody."""
    reporting, missing, remarks = evidence.compliance.reporting, evidence.missing(), evidence.remarks
    said: list[list[Run]] = []
    if missing:
        said.append([Text("必填指标中"), Number("reporting.missing", f"{len(missing)}项"), Text("没有数据")])
    if remarks:
        said.append([Text("数据核查发现"), Number("remarks", f"{len(remarks)}项"), Text("不一致或者需要核实")])
    if late := reporting.due - reporting.on_time:
        said.append([Text("到期报表中"), Number("reporting.late", f"{late}份"), Text("没有按时报送")])
    return list(_joined(said)) if said else []


def _overdue(evidence: Evidence) -> int:
    return sum(notices.overdue for notices in evidence.compliance.notices.values())


def _joined(clauses_of: Sequence[Sequence[Run]]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for place, clause in enumerate(clauses_of):
        runs += [Text("；")] * bool(place) + list(clause)
    return (*runs, Text("。"))
