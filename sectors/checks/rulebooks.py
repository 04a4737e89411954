"""What is checked on which day and in which sheet, worked out once for each state of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from sectors.calculation.formulas import PREVIOUS, TO_DATE, compile_rule
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledBreakdown, CompiledCatalogue, catalogue
from sectors.checks.arithmetic import Check
from sectors.checks.comparisons import POINTS_BACK
from sectors.checks.engine import Rulebook
from sectors.checks.siblings import codes_of
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, RuleSpec
from sectors.models import Indicator, Rule
from sectors.vocabulary import PERIODS_A_YEAR, Frequency

YEARS_BACK = 3  # annual figures


@dataclass(frozen=True)
class PeriodChecks:
    """What is judged of figures in a period: checks, and the `folded` figures that stand in it as what shorter periods
    make."""

    period: PeriodKey
    rulebook: Rulebook
    checks: Sequence[Check]
    folded: frozenset[str]

    @cached_property
    def years_back(self) -> int:
        """How many years before the checks look."""
        moments = [moment for _code, moment in self.rulebook.names(self.checks)]
        a_year = PERIODS_A_YEAR[self.period.kind]
        return max((moment % PREVIOUS + -(-(moment % TO_DATE // PREVIOUS) // a_year) for moment in moments), default=0)


@dataclass(frozen=True)
class SheetChecks(PeriodChecks):
    """What is to be looked at for a sheet in a period: its figures, the checks they stand in, the sheets that these
    read, and the checks `near` that read nothing but these sheets.

    `longer` are the longer periods that end with this one, with the checks over sheets that are reported less often.
    `since` says of which kinds of period figures are read, and from which year. `beside` are, by the keys of their
    indicators, its figures that are held against those of other regions.
    """

    codes: frozenset[str]
    sheets: frozenset[int]
    near: Sequence[Check]
    longer: Sequence[PeriodChecks]
    since: Mapping[str, int]
    beside: Mapping[int, str]


class Rulebooks:
    """The rulebook of each period: what the checks know of all indicators and breakdowns, with the rules of its day.

    A check over sheets that are reported at different times is one of the longest of their periods: in it the figures
    of the others stand folded over its span.
    """

    def __init__(self, of: CompiledCatalogue) -> None:
        self.catalogue = of
        self.indicators = {row.code: _indicator(row, of) for row in of.indicators}
        self.breakdowns = [_breakdown(row) for row in of.breakdowns]
        self.rules = [_rule(rule, of) for rule in of.rules]
        self.of_sheet, self.of_period = cache(self._of_sheet), cache(self._of_period)
        self._with_rules, self._of_kind, self.kind = cache(self._made), cache(self._narrowed), cache(self._kind)

    def reads(self, sheet: int, period: PeriodKey, other: int, when: PeriodKey) -> bool:
        """Whether the checks of a sheet in a period read figures of another sheet, or its own, in a period `when`."""
        scope = self.of_sheet(sheet, period)
        since = scope.since.get(when.kind)
        return other in scope.sheets and since is not None and since <= when.year and when.first_day <= period.last_day

    def rulebook(self, period: PeriodKey) -> Rulebook:
        """The checks of a period. Days with the same rules have the same."""
        valid = tuple(n for n, rule in enumerate(self.catalogue.rules) if rule.valid_on(period.last_day))
        return self._of_kind(valid, period.kind, period.year)

    def fits(self, one: Check, reads: frozenset[str], period: PeriodKey) -> bool:
        """Whether a check is judged in periods of such a kind: in those of its own, and in others for which something
        was reported all the same. But over different kinds it waits for the longest, and annual figures of sheets that
        are reported more often have no period before them, in the meaning of a rule over their periods."""
        kinds, kind = self._kinds(reads, period.year), self.kind(reads, period.year)
        if PERIODS_A_YEAR[kind] < PERIODS_A_YEAR[period.kind]:
            return len(kinds) == 1
        return kind == period.kind or all(moment < PREVIOUS for _code, moment in one.names)

    def _kind(self, reads: frozenset[str], year: int) -> str:
        """The longest of the periods for which some figures are reported in a year."""
        return min(self._kinds(reads, year), key=PERIODS_A_YEAR.__getitem__, default=Frequency.YEAR)

    def _kinds(self, reads: Iterable[str], year: int) -> set[str]:
        return {self.catalogue.frequency(sheet, year) for sheet in self._sheets(reads)}

    def _narrowed(self, valid: tuple[int, ...], kind: str, year: int) -> Rulebook:
        whole = PeriodKey(year, kind)
        return self._with_rules(valid).narrowed(lambda one, reads: self.fits(one, reads, whole))

    def _made(self, valid: tuple[int, ...]) -> Rulebook:
        return Rulebook(self.indicators, self.breakdowns, [self.rules[n] for n in valid])

    def _of_period(self, period: PeriodKey) -> PeriodChecks:
        rulebook = self.rulebook(period)
        return PeriodChecks(period, rulebook, rulebook.checks, self.folded(rulebook.reads, period))

    def folded(self, checks: Iterable[tuple[Check, frozenset[str]]], period: PeriodKey) -> frozenset[str]:
        """The reported figures that stand folded in a period for such of the checks as are over different kinds."""
        found = set[str]()
        for _one, reads in checks:
            kinds = self._kinds(reads, period.year)
            if len(kinds) > 1 and self.kind(reads, period.year) == period.kind:
                found |= {code for code in reads if self._is_shorter(code, period)}
        return frozenset(found)

    def _is_shorter(self, code: str, period: PeriodKey) -> bool:
        indicator = self.indicators[code]
        return indicator.formula is None and self.catalogue.frequency(indicator.sheet, period.year) != period.kind

    def _of_sheet(self, sheet: int, period: PeriodKey) -> SheetChecks:
        rulebook = self.rulebook(period)
        own = frozenset(row.code for row in self.catalogue.sheet(sheet, period.last_day).indicators)
        pairs = [(one, reads) for one, reads in rulebook.reads if not own.isdisjoint(reads)]
        folded = self.folded(pairs, period) - own
        longer = list(self._longer(sheet, period, own))
        checks = [one for one, _reads in pairs]
        every = [*checks, *(one for more in longer for one in more.checks)]
        sheets = self._sheets(code for code, _moment in rulebook.names(every)) | {sheet}
        near = [one for one, reads in rulebook.reads if self._sheets(reads) <= sheets and own.isdisjoint(reads)]
        since = self._since([PeriodChecks(period, rulebook, checks, folded), *longer])
        beside = {self.catalogue.by_code[code].pk: code for code in sorted(codes_of(rulebook.tables) & own)}
        return SheetChecks(period, rulebook, checks, folded, own, sheets, near, longer, since, beside)

    def _longer(self, sheet: int, period: PeriodKey, own: frozenset[str]) -> Iterator[PeriodChecks]:
        """The longer periods whose end the sheet's last figures are reported in, with what is judged then only."""
        for kind, count in PERIODS_A_YEAR.items():
            whole = period.containing(kind) if count < PERIODS_A_YEAR[period.kind] else period
            if whole == period or self._last_in(sheet, whole) != period:
                continue
            rulebook = self.rulebook(whole)
            pairs = [
                (one, reads)
                for one, reads in rulebook.reads
                if not own.isdisjoint(reads) and self.kind(reads, period.year) == kind
            ]
            if pairs:
                yield PeriodChecks(whole, rulebook, [one for one, _reads in pairs], self.folded(pairs, whole))

    def _last_in(self, sheet: int, whole: PeriodKey) -> PeriodKey | None:
        """The last period of a longer one for which a sheet is reported."""
        own = self.catalogue.own_periods(sheet, whole.year)
        return next((period for period in reversed(own) if period.containing(whole.kind) == whole), None)

    def _since(self, judged: Sequence[PeriodChecks]) -> dict[str, int]:
        """By kind of period the first year whose figures are read: those that a figure is compared with, those that an
        annual figure is made of, and those that stand folded."""
        found: dict[str, int] = {}
        for number, one in enumerate(judged):
            period, a_year = one.period, PERIODS_A_YEAR[one.period.kind]
            first = period.year + -POINTS_BACK // a_year if not number else period.year - one.years_back
            found[period.kind] = min(first, found.get(period.kind, first))
            if one.folded or period.kind == Frequency.YEAR:
                year = period.year - (one.years_back if one.folded else 0)
                shorter = [kind for kind, count in PERIODS_A_YEAR.items() if count > a_year]
                found |= {kind: min(year, found.get(kind, year)) for kind in shorter}
        # Of years of which only the annual figure is known, it tells what is usual.
        found.setdefault(Frequency.YEAR, judged[0].period.year - YEARS_BACK)
        return found

    def _sheets(self, codes: Iterable[str]) -> frozenset[int]:
        return frozenset(self.indicators[code].sheet for code in codes)


def rulebooks() -> Rulebooks:
    """Those of the catalogue as it is now."""
    return _rulebooks(catalogue())


@lru_cache(maxsize=1)
def _rulebooks(of: CompiledCatalogue) -> Rulebooks:
    return Rulebooks(of)


def _indicator(indicator: Indicator, of: CompiledCatalogue) -> IndicatorSpec:
    return IndicatorSpec(
        code=indicator.code,
        scale=indicator.unit.scale,
        formula=of.formula(indicator.code),
        name=indicator.name,
        unit=indicator.unit.name,
        decimals=indicator.decimals,
        exact=indicator.decimals == 0 and indicator.unit.counts and indicator.unit.scale == 1,
        accumulation=indicator.accumulation,
        limits=indicator.limits,
        required=indicator.required,
        change_limit=indicator.change_limit,
        is_pass_rate=indicator.is_pass_rate,
        sheet=indicator.sheet_id,
        table=indicator.table_id,
        row=indicator.row,
        column=indicator.column,
        row_name=indicator.row_name,
        column_name=indicator.table.columns[indicator.column]["name"] if indicator.table.columns else "",
    )


def _breakdown(breakdown: CompiledBreakdown) -> BreakdownSpec:
    parts = [part.code for part in breakdown.parts]
    return BreakdownSpec(breakdown.total.code, breakdown.name, breakdown.exhaustive, parts)


def _rule(rule: Rule, of: CompiledCatalogue) -> RuleSpec:
    return RuleSpec(
        rule.code, compile_rule(rule.expression, of.parts, of.units), rule.severity, rule.message, rule.missing
    )
