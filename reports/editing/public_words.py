"""What the public edition prints otherwise: a gap as …, notes in neutral words, targets with whose they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reports.document.blocks import Block, Chart, Gap, Number, Paragraph, Run, Series, Table, Text, runs_text
from reports.document.figures import Target
from reports.document.marks import mark_number, parse_marked, strip_marks
from reports.document.phrases import NEUTRAL

GAP = "…"
# A number as `mark_number` marks it, and the clause that tells of it as of a target: ，未达到98%的目标; ，目标为98%.
_NUMBER = "\ue000([^\ue000-\ue003]*)\ue002([^\ue000-\ue003]*)\ue003"
_WORDS = "[^，。；：（）\ue000-\ue003]*"
_TARGET = re.compile(f"([，；]?{_WORDS})(?:{_NUMBER}的{_WORDS}?目标{_WORDS}|目标值?[为是]?{_NUMBER}{_WORDS})")
_NOTHING = re.compile("[，。；：、\\s]*")
# What a clause that was taken out leaves behind.
_LEFT_OVER = (
    (re.compile("（）"), ""),
    (re.compile("[，；：、]+(?=[，。；])"), ""),
    (re.compile("(^|。)[，。；]+"), "\\1"),
)
_TARGETS_TABLE, _TARGET_COLUMN = "figures/targets", 1


def published(body: Iterable[Block], targets: Sequence[Target]) -> list[Block]:
    """The blocks without those of which nothing is left, such as a paragraph about a target of nobody."""
    by_code = {target.code: target for target in targets}
    return [block for block in (_published(block, by_code) for block in body) if block is not None]


def _published(block: Block, targets: Mapping[str, Target]) -> Block | None:
    match block:
        case Paragraph():
            runs = _with_sources(_neutral(block.runs), targets)
            return None if block.runs and _NOTHING.fullmatch(runs_text(runs)) else replace(block, runs=runs)
        case Table():
            return _table(block, targets)
        case Chart():
            return replace(block, series=tuple(map(_series, block.series)))
    return block


def _series(series: Series) -> Series:
    points = (point if point.value is not None else replace(point, text=GAP) for point in series.points)
    return replace(series, points=tuple(points))


def _table(table: Table, targets: Mapping[str, Target]) -> Table | None:
    rows = table.rows
    if table.key == _TARGETS_TABLE:
        rows = tuple(row for row in rows if any(_source(run, targets) for run in row.cells[_TARGET_COLUMN]))
    cells = (replace(row, cells=tuple(map(_neutral, row.cells))) for row in rows)
    return replace(table, rows=tuple(cells)) if rows or not table.rows else None


def _source(run: Run, targets: Mapping[str, Target]) -> str:
    return targets[run.code].source if isinstance(run, Number) and run.code in targets else ""


def _neutral(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(
        Text(_of_gap(run, runs[:place], runs[place + 1 :])) if isinstance(run, Gap) else _reworded(run)
        for place, run in enumerate(runs)
    )


def _of_gap(gap: Gap, before: Sequence[Run], behind: Sequence[Run]) -> str:
    """A gap that is a sentence of its own says what there are no data of."""
    is_begin = runs_text(before)[-1:] in ("", "。", "）")
    is_whole = is_begin and bool(behind) and isinstance(behind[0], Text) and behind[0].text.startswith("。")
    return f"{gap.label}没有数据" if is_whole and gap.label else GAP


def _reworded(run: Run) -> Run:
    if not isinstance(run, Text):
        return run
    text = run.text
    for words, neutral in NEUTRAL.items():
        text = text.replace(words, neutral)
    return Text(text)


def _with_sources(runs: Sequence[Run], targets: Mapping[str, Target]) -> tuple[Run, ...]:
    """A target says whose it is; one of which nobody says so is not told, and neither is what was said about it."""
    if not any(isinstance(run, Number) and run.code in targets for run in runs):
        return tuple(runs)
    marked = "".join(
        mark_number(run.code, run.text) if isinstance(run, Number) else strip_marks(run.text) for run in runs
    )
    public = _TARGET.sub(lambda match: _with_source(match, targets), marked)
    if public != marked:
        for pattern, instead in _LEFT_OVER:
            public = pattern.sub(instead, public)
    return tuple(run for run in parse_marked(public) if isinstance(run, Text | Number))


def _with_source(match: re.Match[str], targets: Mapping[str, Target]) -> str:
    code, text = (match[2], match[3]) if match[2] is not None else (match[4], match[5])
    target = targets.get(code)
    if target is None or target.text != text:
        return match[0]
    is_said = match.string[match.end() :].startswith("（")
    return "" if not target.source else match[0] if is_said else f"{match[0]}（{target.source}）"
