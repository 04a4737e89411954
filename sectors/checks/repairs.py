"""The smallest set of figures to change where no single one will do: a small mixed-integer programme. Pure.

Each figure may stay or take another value, which costs one; every rule must hold. Solved by HiGHS in floating point,
and believed only when the values it gives satisfy the rules exactly.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any

from sectors.checks.suspects import Linear, Step, Suspect, Values, repair

# What is named must not hang on how busy the machine is: the work is bounded, and time only in case of something odd.
MOST_NODES, SECONDS = 500, 3
MOST_FIGURES = 80
MOST_ANSWERS = 6
FINE = 0.001  # what the size of a change costs at most: less than another figure
EXACT = 1e-9


def smallest_changes(rows: Sequence[Linear], values: Values, steps: Mapping[str, Step]) -> list[tuple[Suspect, ...]]:
    """The smallest sets of changes that satisfy all rows: one, or several of the same size. Empty without any."""
    codes = list(dict.fromkeys(code for row in rows for code in sorted(row.reads)))
    if len(codes) > MOST_FIGURES:
        return []
    rates = frozenset().union(*(row.declared for row in rows))  # these follow from the figures that change with them
    programme = _Programme(rows, codes, values, steps)
    answers: list[tuple[Suspect, ...]] = []
    until = time.monotonic() + SECONDS
    while len(answers) < MOST_ANSWERS and (left := until - time.monotonic()) > 0:
        changed = programme.solve(left)
        if not changed:
            break
        programme.forbid(changed)
        binding = [row for row in rows if not row.voids & changed.keys()]
        repaired = _as_written(changed, binding, values, steps)
        moved = all(repaired[code] != values[code] or code in rates for code in changed)
        if moved and all(row.holds(repaired) for row in binding):
            programme.at_most(len(changed))
            answers.append(
                tuple(Suspect(code, repaired[code], tuple(c for c in changed if c != code)) for code in changed)
            )
    return answers


def _silent(api: Any) -> Any:
    """HiGHS greets on standard output at the first thing it is told; that it be silent must be the first."""

    class Silent(api.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802
            self.silent()
            super().enableCallbacks()

    return Silent()


def _as_written(
    changed: Mapping[str, float], rows: Sequence[Linear], values: Values, steps: Mapping[str, Step]
) -> dict[str, Decimal]:
    """All values with those that change as a person would write them: each what the rules say of it exactly, given the
    others."""
    repaired = {**values, **{code: _rounded(value, steps[code]) for code, value in changed.items()}}
    for code in changed:
        touching = [row for row in rows if code in row.terms]
        value = repair(code, touching, {**repaired, code: values[code]}, steps[code])
        if value is not None:
            repaired[code] = value
    return repaired


def _rounded(value: float, step: Step) -> Decimal:
    return (Decimal(repr(value)) / step.size).to_integral_value() * step.size + 0


class _Programme:
    """Per figure: its new value, whether it changes, and by how much."""

    def __init__(self, rows: Sequence[Linear], codes: Sequence[str], values: Values, steps: Mapping[str, Step]) -> None:
        api: Any = import_module("highspy")  # only where something is wrong that nothing simpler explains
        self.highs, self.api, self.array = _silent(api), api, import_module("numpy").array
        self.highs.setOptionValue("mip_feasibility_tolerance", EXACT)
        self.highs.setOptionValue("presolve", "off")  # it takes longer than the programme
        self.highs.setOptionValue("threads", 1)  # as do threads that wait for one another
        self.highs.setOptionValue("parallel", "off")
        self.highs.setOptionValue("mip_max_nodes", MOST_NODES)
        self.codes, self.size = list(codes), len(codes)
        reach = _reach(rows, codes, values)
        for code in codes:
            is_signed = min(steps[code].least, values[code]) < 0
            self._column(-reach[code] if is_signed else 0.0, reach[code] * 2, 0.0, whole=steps[code].whole)
        for _code in codes:
            self._column(0.0, 1.0, 1.0, whole=True)
        for code in codes:
            self._column(0.0, reach[code] * 3, FINE / reach[code] / self.size, whole=False)
        for place, code in enumerate(codes):
            self._may_change(place, float(values[code]), reach[code] * 3)
        for row in rows:
            self._rule(row, reach)

    def solve(self, seconds: float) -> dict[str, float]:
        """New values of the figures that change; empty where there is no answer in time."""
        self.highs.setOptionValue("time_limit", seconds)
        self.highs.run()
        if self.highs.getModelStatus() != self.api.HighsModelStatus.kOptimal:
            return {}
        found = list(self.highs.getSolution().col_value)
        return {code: found[n] for n, code in enumerate(self.codes) if found[self.size + n] > 0.5}

    def forbid(self, changed: Mapping[str, float]) -> None:
        """Ask for another set next time."""
        weights = {self.size + n: 1.0 for n, code in enumerate(self.codes) if code in changed}
        self._row(-self.api.kHighsInf, len(changed) - 1.0, weights)

    def at_most(self, count: int) -> None:
        """Ask for no more changes than that."""
        self._row(-self.api.kHighsInf, count, {self.size + n: 1.0 for n in range(self.size)})

    def _may_change(self, place: int, value: float, reach: float) -> None:
        endless, changes, by = self.api.kHighsInf, self.size + place, 2 * self.size + place
        self._row(-endless, value, {place: 1.0, changes: -reach})
        self._row(value, endless, {place: 1.0, changes: reach})
        self._row(-endless, value, {place: 1.0, by: -1.0})
        self._row(value, endless, {place: 1.0, by: 1.0})

    def _rule(self, row: Linear, reach: Mapping[str, float]) -> None:
        largest = max(abs(weight) for weight in row.terms.values())
        weights = {self.codes.index(code): float(weight / largest) for code, weight in row.terms.items()}
        freedom = 4 * sum(abs(float(weight / largest)) * reach[code] for code, weight in row.terms.items())
        voids = [self.size + self.codes.index(code) for code in row.voids]
        for bound, sign in ((row.low, 1.0), (row.high, -1.0)):
            if bound.is_finite():
                loose = weights | dict.fromkeys(voids, sign * freedom)
                limit, endless = float(bound / largest), self.api.kHighsInf
                self._row(limit if sign > 0 else -endless, endless if sign > 0 else limit, loose)

    def _column(self, low: float, high: float, cost: float, *, whole: bool) -> None:
        self.highs.addVar(low, high)
        place = self.highs.getNumCol() - 1
        self.highs.changeColCost(place, cost)
        if whole:
            self.highs.changeColIntegrality(place, self.api.HighsVarType.kInteger)

    def _row(self, low: float, high: float, weights: Mapping[int, float]) -> None:
        places: Any = self.array(list(weights), dtype="int32")
        self.highs.addRow(low, high, len(weights), places, self.array(list(weights.values())))


def _reach(rows: Sequence[Linear], codes: Sequence[str], values: Values) -> dict[str, float]:
    """How large each figure might be: as large as the largest thing that any of its rules speaks of."""
    reach = {code: abs(float(values[code])) + 1 for code in codes}
    for row in rows:
        ends = [abs(end) for end in (row.low, row.high) if end.is_finite()]
        largest = max([*ends, *(abs(weight * values[code]) for code, weight in row.terms.items())])
        for code, weight in row.terms.items():
            reach[code] = max(reach[code], float(largest / abs(weight)))
    return reach
