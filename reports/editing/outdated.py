"""What a draft, or an issued report, prints otherwise than if it were generated now: figures and their changes, words
of departments, names, targets, wordings, annexes, whatever stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from reports.chapters import build
from reports.chapters.build import Gathered
from reports.editing import assembly, comparison
from reports.editing.comparison import BlockChange, FigureChange, Line
from reports.editing.drafts import Working
from reports.wording.rendering import WordingError


@dataclass(frozen=True)
class Outdated:
    """False where everything would be printed as it is. `notes` tells whether footnotes would be others, `demo` whether
    the mark of demonstration data would be there or not; `problem` is why nothing can be generated now."""

    figures: tuple[FigureChange, ...] = ()
    blocks: tuple[BlockChange, ...] = ()
    cover: Line | None = None
    demo: bool | None = None
    notes: bool = False
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.figures or self.places or self.problem)

    @property
    def places(self) -> int:
        """How many paragraphs, tables and pictures; cover, mark and footnotes are one each."""
        return len(self.blocks) + (self.cover is not None) + (self.demo is not None) + self.notes


def gathered(working: Working) -> Gathered:
    """What the report would be made of now, as of the draft's own day. A number of queries that does not depend on how
    much there is."""
    report = working.report
    return build.gather(report.region, report.year, day=working.generated.day or timezone.localdate())


def of(working: Working, found: Gathered) -> Outdated:
    """The report generated anew from what was `gathered`, and held against what was generated for the draft. What is
    hidden is not looked at, and in place of the office's words what they were written over. Few queries."""
    report, before = working.report, working.generated
    try:
        now = build.document(found)
    except (build.NoData, WordingError) as error:
        return Outdated(problem=str(error))
    placed = assembly.assemble(now, working.edits, report.order)
    return Outdated(
        figures=tuple(comparison.figures_of_one_year(before.figures, now.figures)),
        blocks=tuple(comparison.blocks(working.placed, placed)),
        cover=comparison.covers(before, now),
        demo=now.demo if now.demo != before.demo else None,
        notes=now.notes != before.notes,
    )
