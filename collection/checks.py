"""What does not add up in a station's own figures: those checks of the sheet that need nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from sectors.calculation.cells import Cell
from sectors.calculation.formulas import NOW
from sectors.checks.facts import Facts
from sectors.checks.findings import Finding
from sectors.checks.reported import Inexact
from sectors.checks.rulebooks import rulebooks
from sectors.models import Submission
from sectors.vocabulary import PERIODS_A_YEAR, FigureState

ANSWERS = frozenset({FigureState.NUMBER, FigureState.NOT_APPLICABLE})


def findings(submission: Submission, cells: Mapping[str, Cell]) -> list[Finding]:
    """Over the figures of one station, by code (`period` of the submission fetched)."""
    known, period = rulebooks(), submission.period.key
    catalogue, now = known.catalogue, period.ordinal
    there = {code: cell for code, cell in cells.items() if cell.state in ANSWERS and code in known.indicators}
    facts = Facts(
        known.indicators,
        {code: {now: (cell.value, cell.places)} for code, cell in there.items()},
        now=now,
        a_year=PERIODS_A_YEAR[period.kind],
        scope=there.keys(),
        inexact={
            code: {now: Inexact.of_cell(cell, catalogue.by_code[code].kind)}
            for code, cell in there.items()
            if cell.qualifier and cell.value is not None
        },
    )
    found = []
    for check in known.of_sheet(submission.sheet_id, period).checks:
        codes = {code for code, _moment in check.names}
        entered = {code for code in catalogue.with_inputs(codes) if catalogue.formula(code) is None}
        if entered <= there.keys() and all(moment == NOW for _code, moment in check.names):
            finding = check.find(facts)
            found += [finding] if finding is not None else []
    return found
