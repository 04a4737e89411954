"""Figures of shorter periods as one of a longer period, for checks over sheets that are reported at different times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sectors.calculation.evaluation import folded
from sectors.calculation.periods import PeriodKey
from sectors.checks.facts import Facts
from sectors.checks.reported import Inexact, InexactFigures, Point, half
from sectors.checks.rulebooks import PeriodChecks, Rulebooks
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency

# By kind of period: figures by code and time.
ByKind = Mapping[str, Mapping[str, Mapping[int, Point]]]
NOTHING: Mapping[str, InexactFigures] = {}
TOGETHER = frozenset({Accumulation.FLOW, Accumulation.AVERAGE})  # of which every period counts, not the latest only


@dataclass
class Gathered:
    """Figures of one kind of period by code and time, those of shorter periods among them; see `Facts`."""

    points: dict[str, dict[int, Point]]
    derived: dict[str, dict[int, Decimal]] = field(default_factory=dict)
    joint: set[str] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)  # codes without a figure of the period itself
    inexact: dict[str, dict[int, Inexact]] = field(default_factory=dict)
    everywhere: Mapping[str, InexactFigures] = field(default_factory=dict)  # by kind of period

    def fold(
        self, code: str, time: int, accumulation: str, parts: Sequence[Point], ends: Sequence[Inexact | None] = ()
    ) -> None:
        """Have parts stand as one figure; `ends` are of those that are not exact."""
        numbers = [value for value, _places in parts if value is not None]
        value = folded(accumulation, numbers) if numbers else None
        self.points[code][time] = (value, max(places for _value, places in parts))
        if len(parts) > 1 and numbers:
            tolerances = [half(places) for value, places in parts if value is not None]
            self.derived.setdefault(code, {})[time] = folded(accumulation, tolerances)
        if any(ends):
            known = [
                (one.low, one.high) if one else (value, value)
                for (value, _places), one in zip(parts, ends, strict=True)
                if value is not None
            ]
            low, high = (folded(accumulation, [pair[end] for pair in known]) for end in (0, 1))
            # Of several together no single figure is shown.
            alone = ends[0] if len(parts) == 1 else None
            self.inexact.setdefault(code, {})[time] = alone or Inexact(low, high, "")


def gathered(
    known: Rulebooks, figures: ByKind, judged: PeriodChecks, inexact: Mapping[str, InexactFigures] = NOTHING
) -> Gathered:
    """The figures of a period's kind. Those that are `folded` stand so in it, and in the periods before that checks
    read, where nothing is reported for the period itself."""
    period = judged.period
    found = Gathered(dict(figures.get(period.kind, {})))  # type: ignore[arg-type]
    found.everywhere = inexact
    found.inexact = {code: dict(times) for code, times in inexact.get(period.kind, {}).items()}
    first = period.ordinal - judged.years_back * PERIODS_A_YEAR[period.kind]
    for code in judged.folded:
        found.points[code] = dict(found.points.get(code, {}))
        for time in set(range(first, period.ordinal + 1)) - found.points[code].keys():
            parts = of_shorter(known, figures, code, PeriodKey.at(period.kind, time))
            if parts:
                ends = inexact_of_shorter(known, inexact, code, PeriodKey.at(period.kind, time)) if inexact else ()
                found.fold(code, time, known.indicators[code].accumulation, parts, ends)
                if time == period.ordinal:
                    found.folded.add(code)
                    found.joint |= {code} if len(parts) > 1 else set()
    return found


def of_shorter(known: Rulebooks, figures: ByKind, code: str, period: PeriodKey) -> Sequence[Point]:
    """The reported figures that make that of a longer period. Empty where one is missing."""
    points = [figures.get(one.kind, {}).get(code, {}).get(one.ordinal) for one in parts_of(known, code, period)]
    return [point for point in points if point is not None] if None not in points else []


def inexact_of_shorter(
    known: Rulebooks, inexact: Mapping[str, InexactFigures], code: str, period: PeriodKey
) -> Sequence[Inexact | None]:
    """Beside them, what is known of those that are not exact."""
    return [inexact.get(one.kind, {}).get(code, {}).get(one.ordinal) for one in parts_of(known, code, period)]


def parts_of(known: Rulebooks, code: str, period: PeriodKey) -> Sequence[PeriodKey]:
    """The periods whose figures make that of a longer period: all of those that are expected, or the latest one where
    only that counts."""
    expected = [
        one
        for one in known.catalogue.expected_periods(code, period.year)
        if period.first_day <= one.first_day and one.last_day <= period.last_day
    ]
    return expected if known.indicators[code].accumulation in TOGETHER else expected[-1:]


def facts(
    known: Rulebooks,
    figures: ByKind,
    judged: PeriodChecks,
    gathered: Gathered,
    scope: Collection[str],
    elsewhere: Callable[[], Mapping[str, Mapping[int, Decimal]]] = dict,
) -> Facts:
    """What is judged in a period, with `scope` and `elsewhere` as `Facts` has them."""
    period, is_year = judged.period, judged.period.kind == Frequency.YEAR
    return Facts(
        known.indicators,
        gathered.points,
        now=period.ordinal,
        a_year=PERIODS_A_YEAR[period.kind],
        scope=scope,
        periods={code: _of_year(known, figures, code, period.year) for code in gathered.points if is_year},
        derived=gathered.derived,
        joint=gathered.joint,
        elsewhere=elsewhere,
        inexact=gathered.inexact,
        inexact_periods=_inexact_of_year(known, gathered, period.year) if is_year else {},
        annual={} if is_year else figures.get(Frequency.YEAR, {}),
    )


def _inexact_of_year(known: Rulebooks, gathered: Gathered, year: int) -> Mapping[str, Sequence[Inexact | None]]:
    """What is known of those of a year's periods."""
    codes = {code for codes in gathered.everywhere.values() for code in codes}
    return {
        code: [gathered.everywhere.get(one.kind, {}).get(code, {}).get(one.ordinal) for one in own]
        for code in codes
        if (own := [one for one in known.catalogue.expected_periods(code, year) if one.kind != Frequency.YEAR])
    }


def _of_year(known: Rulebooks, figures: ByKind, code: str, year: int) -> list[Point | None]:
    """The figures of the year's periods, in their order, of a sheet that is reported more often than once a year."""
    own = [one for one in known.catalogue.expected_periods(code, year) if one.kind != Frequency.YEAR]
    return [figures.get(one.kind, {}).get(code, {}).get(one.ordinal) for one in own]
