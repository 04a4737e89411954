"""Problem, cause, measure, lead department, date: what falls short in a year, and what departments answered to it.

A problem has a key that stays as long as the thing is known: the code of its figure, or what the registry counts in its
sector. Departments are asked for the rest by it (`sectors.entry.shortfalls`), and next year's report looks it up again
in what was issued: what departments write or take back later changes no promise.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.chapters.compliance import Compliance, Notices, Repeated, Unsampled
from reports.chapters.shortfalls import Shortfall, clauses
from reports.document import snapshots
from reports.document.blocks import Number, Run, Table, Text, format_date, parse_date, runs_text
from reports.document.characters import printable
from reports.models import AnnualReport
from sectors.models import Region, Sector, ShortfallAnswer
from sectors.vocabulary import SubmissionStatus

# So many of a kind a sentence names, the worst first.
REGISTERED = "（台账）"
NAMED = 5
NAMED_SHORT = 3
# The key of the list of problems in chapter 三 ends so, and so stands in it what no department answered.
LIST = "list"
UNANSWERED = "未填报"


@dataclass(frozen=True)
class Problem:
    """Something that falls short: `title` in few words, `runs` as a sentence without its end, `gap` to tell the worst.
    `shortfall` is there for what a figure shows, `sheet` is the one that answers for it."""

    key: str
    sector: Sector
    sheet: int | None
    title: str
    runs: tuple[Run, ...]
    gap: float
    shortfall: Shortfall | None = None

    @property
    def runs_with_sector(self) -> tuple[Run, ...]:
        """For where problems of several sectors stand together: what the registry counts does not name its own."""
        return self.runs if self.shortfall else (Text(f"{self.sector.name}方面"), *self.runs)


@dataclass(frozen=True)
class Link:
    """A problem with what its department answered, if it has."""

    problem: Problem
    answer: ShortfallAnswer | None

    @property
    def cause(self) -> str:
        return self.answer.cause if self.answer else ""

    @property
    def measure(self) -> str:
        return self.answer.measure if self.answer else ""


@dataclass(frozen=True)
class Promise:
    """A measure as an issued report printed it, `key` that of its problem; `lead` a short name or 未填报."""

    key: str
    problem: str
    measure: str
    lead: str
    until: datetime.date | None


def of_figures(found: Sequence[Shortfall]) -> Iterator[Problem]:
    for one in found:
        indicator = one.value.indicator
        (runs,) = clauses([one])
        title = indicator.name.replace("·", "")
        yield Problem(
            indicator.code, indicator.sheet.sector, indicator.sheet_id, title, tuple(runs), float(one.gap), one
        )


def of_registry(
    compliance: Compliance,
    sectors: Sequence[Sector],
    sheets: Mapping[int, int],
    day: datetime.date,
    span: str,
    registered: Callable[[Sector, frozenset[str]], str] = lambda _sector, _regions: REGISTERED,
) -> Iterator[Problem]:
    """`sheets` are those that answer for a sector, `span` how the report calls its time, `registered` what stands
    behind a number of the registry of a sector and regions."""
    for sector in sectors:
        sheet = sheets.get(sector.pk)
        notices = compliance.notices.get(sector.pk)
        if notices and (notices.overdue or notices.late):
            gap = 100 * (notices.overdue + notices.late) / notices.issued
            runs = notices_runs(notices, sector, day, span, registered(sector, notices.regions))
            yield Problem(f"registry.notices.{sector.code}", sector, sheet, "整改通知书逾期", runs, gap)
        if repeated := compliance.repeated.get(sector.pk):
            gap = float(sum(count for _who, count in repeated.batches))
            runs = repeated_runs(repeated, sector, registered(sector, repeated.regions))
            yield Problem(f"registry.repeated.{sector.code}", sector, sheet, "多次检出不合格", runs, gap)
        if unsampled := compliance.unsampled.get(sector.pk):
            runs = unsampled_runs(unsampled, sector)
            yield Problem(f"registry.unsampled.{sector.code}", sector, sheet, "计划的抽检没有开展", runs, 100.0)


def notices_runs(notices: Notices, sector: Sector, day: datetime.date, span: str, registered: str) -> tuple[Run, ...]:
    code = f"registry.notices.{sector.code}"
    runs: list[Run] = [Text(f"监督检查{span}下达整改通知书"), Number(code, f"{notices.issued}份"), Text(registered)]
    if notices.overdue:
        runs += [Text(f"，截至{format_date(day)}逾期未整改到位的有"), Number(f"{code}.overdue", f"{notices.overdue}份")]
    if notices.late:
        runs += [Text("，超过期限才完成整改的有"), Number(f"{code}.late", f"{notices.late}份")]
    return tuple(runs)


def repeated_runs(repeated: Repeated, sector: Sector, registered: str) -> tuple[Run, ...]:
    code = f"registry.repeated.{sector.code}"
    named = "、".join(f"{who}{count}批次" for who, count in repeated.batches[:NAMED_SHORT])
    more = "等" if len(repeated.batches) > NAMED_SHORT else ""
    runs: list[Run] = [
        Text(f"多次检出不合格样品{registered}的单位和工程有"),
        Number(code, f"{len(repeated.batches)}个"),
        Text(f"（{named}{more}）"),
    ]
    if repeated.items:
        runs.append(Text(f"，不合格项目为{'、'.join(repeated.items[:NAMED])}"))
    if repeated.open:
        runs += [Text("，还有"), Number(f"{code}.open", f"{repeated.open}批次"), Text("没有完成核查处置")]
    return tuple(map(_printable, runs))


def unsampled_runs(unsampled: Unsampled, sector: Sector) -> tuple[Run, ...]:
    code = f"registry.unsampled.{sector.code}"
    named = "、".join(f"{what}{count}批次" for what, count in unsampled[:NAMED])
    more = "等" if len(unsampled) > NAMED else ""
    return Text("抽检计划中有"), Number(code, f"{len(unsampled)}类"), Text(f"到期没有抽样（{named}{more}）")


def _printable(run: Run) -> Run:
    """What clerks typed into records."""
    return Text(printable(run.text)) if isinstance(run, Text) else run


def answers(region: Region, year: int) -> dict[str, ShortfallAnswer]:
    """The accepted answers of a region's own departments by key, the latest period's. One query."""
    rows = ShortfallAnswer.objects.filter(
        submission__region=region, submission__period__year=year, submission__status=SubmissionStatus.ACCEPTED
    )
    ordered = rows.select_related("lead", "submission__department", "submission__period").order_by(
        "submission__period__kind", "pk"
    )
    return {row.shortfall: row for row in ordered}


def promised(region: Region, year: int) -> list[Promise]:
    """The measures in the list of problems of the year's last issued report. One query."""
    issued = AnnualReport.objects.issued().filter(region=region, year=year).order_by("-edition")
    snapshot = issued.values_list("snapshot", flat=True).first()
    body = snapshots.load(snapshot).body if snapshot else ()
    tables = [block for block in body if isinstance(block, Table) and block.key == f"measures/mend/{LIST}"]
    return [promise for table in tables for row in table.rows for promise in _promise(row.cells)]


def _promise(cells: Sequence[Sequence[Run]]) -> Iterator[Promise]:
    """A row of the list: number, problem, cause, measure, lead and date. The problem's first figure has its key."""
    _number, problem, _cause, *rest = cells
    measure, lead, until = map(runs_text, rest)
    keys = [run.code for run in problem if isinstance(run, Number)]
    if keys and measure != UNANSWERED:
        yield Promise(keys[0], runs_text(problem), measure, lead, parse_date(until))


def span(day: datetime.date, year: int) -> str:
    """How the report of a day calls the time that its records are of."""
    return "全年" if day.year > year else "年内"


def sentence(problem: Problem) -> str:
    """As a department is asked."""
    return f"{runs_text(problem.runs)}。"
