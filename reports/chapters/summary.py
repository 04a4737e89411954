"""The summary (综述) in front of the chapters, for those who read one page: the verdict on each chapter, what became
better and worse, and the gravest shortfalls.

It is put together from figures alone; what the figures do not say, it does not say either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from operator import attrgetter

from reports.aggregation.cube import AnnualValue
from reports.chapters import movements
from reports.chapters.checklist import outcomes, summed_up
from reports.chapters.evidence import Evidence
from reports.chapters.movements import Movement
from reports.chapters.shortfalls import spoken
from reports.document.blocks import Block, Column, Heading, Number, PageBreak, Paragraph, Row, Run, Table, Text
from reports.document.numbering import chinese_number
from reports.wording import few
from sectors.models import Chapter

KEY = "summary"
# So many indicators of a kind, and so many risks: they are to stand on one page.
MOST_MOVED, MOST_RISKS = 5, 3
SHARE_MISSING = 4  # where more than one required figure in so many is missing, the page says how many
BETTER, WORSE = "向好", "走弱"
CODES = {BETTER: "better", WORSE: "worse"}


def summary(evidence: Evidence) -> Iterator[Block]:
    """The whole page, and the break behind it."""
    yield Heading(1, "", "综述", key=KEY)
    moved = _moved(evidence)
    blocks = [*_told(evidence.values, moved), *_table(evidence.values, moved), *_risks(evidence), *_before(evidence)]
    if blocks:
        yield from _incomplete(evidence)
    yield from blocks or [Paragraph((Text("本年度没有可以概括的指标数据。"),), key=f"{KEY}/none")]
    yield PageBreak()


def _incomplete(evidence: Evidence) -> Iterator[Block]:
    """That what follows is not of the whole year, or of a part only of what is to be reported."""
    required = [value for value in evidence.values if value.indicator.required]
    missing, is_partial = evidence.missing(), any(value.is_partial for value in evidence.values)
    runs: list[Run] = [Text("全年数据尚不完整，")] if is_partial else []
    if len(missing) * SHARE_MISSING > len(required):
        runs += [Text("必填指标中"), Number("reporting.missing", f"{len(missing)}项"), Text("没有数据。")]
    elif is_partial:
        runs.append(Text("以下按已接受的数据概括。"))
    if runs:
        yield Paragraph(tuple(runs), key=f"{KEY}/partial")


def _told(values: Sequence[AnnualValue], moved: Mapping[str, Sequence[Movement]]) -> Iterator[Block]:
    """One paragraph: the verdicts, and how many indicators moved, which the table behind it shows."""
    runs = [*_verdicts(values), *_counted(moved)]
    if runs:
        yield Paragraph(tuple(runs), key=f"{KEY}/verdicts")


def _verdicts(values: Sequence[AnnualValue]) -> Iterator[Run]:
    """Chapter by chapter, which of its targets are reached; nothing where no figure tells of any."""
    targets = [value for value in values if value.indicator.target is not None and _is_to_judge(value)]
    if all(value.value is None for value in targets):
        return
    chapters = groupby(targets, key=lambda value: value.indicator.sheet.sector.chapter)
    for place, (chapter, members) in enumerate(chapters):
        yield from (Text("；" * bool(place)), *_verdict(chapter, list(members)))
    yield Text("。")


def _is_to_judge(value: AnnualValue) -> bool:
    """A department may say that something does not apply; where nothing was done (0 of 0) the target stays open."""
    return not value.not_applicable or value.is_of_nothing


def _verdict(chapter: Chapter, targets: Sequence[AnnualValue]) -> Iterator[Run]:
    """`产品质量未全部达标，12项目标达到9项、未达到2项、不能判断1项`, `工程质量全部达标，4项目标均达到`."""
    reached = [value.reaches_target for value in targets]
    key = f"{KEY}.{chapter.code}"
    yield Text(f"{chapter.name}{_in_a_word(reached)}，")
    yield Number(key, f"{len(targets)}项")
    yield Text("目标")
    kinds = ((True, "达到", "reached"), (False, "未达到", "missed"), (None, "不能判断", "open"))
    counts = [(word, code, reached.count(kind)) for kind, word, code in kinds if kind in reached]
    if len(counts) == 1:
        yield Text(("均" if len(targets) > 1 else "") + counts[0][0])
        return
    for place, (word, code, count) in enumerate(counts):
        yield Text(f"{'、' if place else ''}{word}")
        yield Number(f"{key}.{code}", f"{count}项")


def _in_a_word(reached: Sequence[bool | None]) -> str:
    if False in reached:
        return "未全部达标"
    if True not in reached:
        return "尚不能判断"
    return "暂无未达标" if None in reached else "全部达标"


def _moved(evidence: Evidence) -> dict[str, Sequence[Movement]]:
    """What became better and what worse, if anything did, key indicators first and by most."""
    found = movements.of(evidence.values)
    found.sort(key=lambda one: (not one.indicator.is_key, -abs(one.size)))
    sides = {
        side: evidence.totals.apart([one for one in found if one.size * sign > 0], attrgetter("indicator"))
        for side, sign in ((BETTER, 1), (WORSE, -1))
    }
    return {side: members for side, members in sides.items() if members}


def _counted(moved: Mapping[str, Sequence[Movement]]) -> Iterator[Run]:
    """`与上年相比，7项指标向好、2项指标走弱。`"""
    for place, (side, members) in enumerate(moved.items()):
        yield Text("、" if place else "与上年相比，")
        yield Number(f"{KEY}.{CODES[side]}", f"{len(members)}项")
        yield Text(f"指标{side}")
    if moved:
        yield Text("。")


def _table(values: Sequence[AnnualValue], moved: Mapping[str, Sequence[Movement]]) -> Iterator[Block]:
    """What moved most, side by side."""
    if not moved:
        return
    columns = [
        column
        for side in moved
        for column in (Column(side, "left", 9), Column("本年", "right", 5), Column("比上年", "right", 5))
    ]
    by_code = {value.indicator.code: value for value in values}
    shown = zip_longest(*(members[:MOST_MOVED] for members in moved.values()))
    rows = [Row(tuple(cell for one in row for cell in _cells(one, by_code))) for row in shown]
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
            runs += [Text(f"{'；' if place > 1 else ''}{chinese_number(place)}是"), *problem.runs_with_sector]
        yield Paragraph((*runs, Text("。")), key=f"{KEY}/risks")


def _before(evidence: Evidence) -> Iterator[Block]:
    if found := outcomes(evidence):
        yield Paragraph((*summed_up(found), Text("。")), key=f"{KEY}/before")
