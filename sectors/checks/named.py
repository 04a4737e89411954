"""Which figures of which periods a finding is about: those it judges and those it holds them against. Pure.

A rule is about what it reads, a figure held against other times about these; what stands folded in a longer period is
there as the shorter periods that make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sectors.calculation.formulas import LAST_YEAR, NOW, PREVIOUS, Name
from sectors.calculation.periods import PeriodKey
from sectors.checks.arithmetic import Check
from sectors.checks.comparisons import POINTS_BACK
from sectors.checks.facts import Facts
from sectors.checks.findings import CheckKind, Finding, NamedFigure
from sectors.checks.usual import BACK


@dataclass(frozen=True)
class Naming:
    """What was judged in a period: `made_of` gives the periods that make a figure as it stands in one, `reported` those
    of a year for which it is reported."""

    facts: Facts
    period: PeriodKey
    checks: Iterable[Check]
    made_of: Callable[[str, PeriodKey], Sequence[PeriodKey]]
    reported: Callable[[str, int], Sequence[PeriodKey]]

    def complete(self, found: Iterable[Finding]) -> list[Finding]:
        """Findings with their period and the figures that they are about, and so those of the same cause."""
        each = list(found)
        rules = {one.rule for finding in each for one in (finding, *finding.also)}
        names = {one.rule: one.names for one in self.checks if one.rule in rules} if rules else {}
        return [self._completed(finding, names) for finding in each]

    def _completed(self, finding: Finding, names: Mapping[str, frozenset[Name]]) -> Finding:
        read = names[finding.rule] if finding.rule in names else frozenset(self._at_other_times(finding))
        known = {code for code, _moment in read}
        read |= {(code, NOW) for code in finding.indicators if code not in known}
        read |= {(suspect.code, NOW) for suspect in finding.suspects}
        places = {
            (code, part)
            for code, moment in read
            for time in self.facts.series.times(moment)
            for part in self.made_of(code, PeriodKey.at(self.period.kind, time))
        }
        if finding.kind == CheckKind.ANNUAL:
            (code,) = finding.indicators[:1]
            places |= {(code, part) for part in self.reported(code, self.period.year)}
        return replace(
            finding,
            period=self.period.code,
            judged={code: self.facts.stored(code) for code in finding.indicators},
            figures=tuple(NamedFigure(code, part.code) for code, part in sorted(places)),
            also=tuple(self._completed(one, names) for one in finding.also),
        )

    def _at_other_times(self, finding: Finding) -> Iterator[Name]:
        """A figure, and itself at other times that no rule holds it against."""
        facts, code = self.facts, finding.indicators[0]
        yield code, NOW
        moments: dict[CheckKind, Iterable[int]] = {
            CheckKind.CHANGE: (LAST_YEAR,) if facts.a_year == 1 else (LAST_YEAR, PREVIOUS),
            CheckKind.OUTLIER: (back * PREVIOUS for back in range(1, POINTS_BACK + 1)),
            CheckKind.PAST: (back * PREVIOUS for back in range(1, BACK + 1)),
            CheckKind.FALL: (back * PREVIOUS for back in range(1, facts.now % facts.a_year + 1)),
        }
        there = [(code, at) for at in moments.get(finding.kind, ()) if facts.evaluation.value(code, at) is not None]
        yield from there[:1] if finding.kind == CheckKind.FALL else there
