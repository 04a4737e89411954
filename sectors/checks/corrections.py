"""Corrections of what a declared growth is held against, made after the growth was accepted.

Nobody declared anything wrong then: the finding says what was corrected and when, and asks for an explanation instead
of stopping the sheet, until the growth itself is entered anew.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Max
from django.utils import timezone

from sectors.calculation.evaluation import period_at
from sectors.calculation.formulas import NOW, TO_DATE
from sectors.calculation.periods import PeriodKey
from sectors.checks.engine import Rulebook
from sectors.checks.findings import ERROR, WARNING, CheckKind, Finding
from sectors.checks.messages import Message
from sectors.checks.specs import IndicatorSpec
from sectors.checks.templates import Template
from sectors.models import FigureChange, Transition
from sectors.vocabulary import SubmissionStatus

KINDS = frozenset({CheckKind.DECLARED, CheckKind.GROWTH})
Figure = tuple[str, PeriodKey]


@dataclass(frozen=True)
class Judged:
    """A finding, and what it was found by and in."""

    finding: Finding
    period: PeriodKey
    rulebook: Rulebook


@dataclass(frozen=True)
class Change:
    at: datetime.datetime
    old: str
    new: str


def with_corrections(region: int, found: Sequence[Judged], indicators: Mapping[str, IndicatorSpec]) -> list[Finding]:
    """The findings of a region, those of growth with what was corrected later. Two queries where there are such."""
    earlier = {(one.period, rule): figures for one in found for rule, figures in _earlier(one)}
    if not earlier:
        return [one.finding for one in found]
    own = {(code, one.period) for one in found for finding in _each(one.finding) for code in finding.indicators}
    changes = _changes(region, own.union(*earlier.values()))
    accepted = _accepted(region, {period for _code, period in own})

    def corrected(finding: Finding, period: PeriodKey) -> Finding:
        also = tuple(corrected(one, period) for one in finding.also)
        since = accepted.get((indicators[finding.indicators[0]].sheet, period))
        figures = earlier.get((period, finding.rule), frozenset())
        is_since = since is None or any(
            change.at > since for code in finding.indicators for change in changes.get((code, period), ())
        )
        hints = (
            [] if is_since else [hint for one in sorted(figures) for hint in _hints(one, changes, since, indicators)]
        )
        if not hints:
            return replace(finding, also=also)
        return replace(finding, also=also, severity=WARNING, hints=(*finding.hints, *hints))

    return [corrected(one.finding, one.period) for one in found]


def _each(finding: Finding) -> Iterator[Finding]:
    yield finding
    for one in finding.also:
        yield from _each(one)


def _earlier(judged: Judged) -> Iterator[tuple[str, frozenset[Figure]]]:
    """By rule of each error of growth: the figures of other times that it is held against."""
    rules = {one.rule for one in _each(judged.finding) if one.kind in KINDS and one.severity == ERROR}
    for check in judged.rulebook.checks if rules else ():
        if check.rule in rules:
            names = judged.rulebook.names([check])
            figures = {(code, period_at(judged.period, at)) for code, at in names if NOW < at < TO_DATE}
            if figures:
                yield check.rule, frozenset(figures)


def _changes(region: int, figures: Iterable[Figure]) -> Mapping[Figure, Sequence[Change]]:
    """Of these figures, in the order in which they were made."""
    codes, years = {code for code, _period in figures}, {period.year for _code, period in figures}
    rows = FigureChange.objects.filter(
        submission__region=region, submission__period__year__in=years, indicator__code__in=codes
    ).order_by("pk")
    period = (f"submission__period__{name}" for name in ("year", "kind", "number"))
    found: dict[Figure, list[Change]] = defaultdict(list)
    for code, at, old, new, *key in rows.values_list("indicator__code", "at", "old", "new", *period):
        found[code, PeriodKey(*key)].append(Change(at, old, new))
    return found


def _accepted(region: int, periods: Iterable[PeriodKey]) -> Mapping[tuple[int, PeriodKey], datetime.datetime]:
    """When sheets were last accepted."""
    rows = Transition.objects.filter(
        submission__region=region,
        submission__period__year__in={period.year for period in periods},
        new=SubmissionStatus.ACCEPTED,
    ).order_by()
    names = ("submission__sheet", *(f"submission__period__{name}" for name in ("year", "kind", "number")))
    return {(sheet, PeriodKey(*key)): at for sheet, *key, at in rows.values_list(*names).annotate(at=Max("at"))}


def _hints(
    figure: Figure,
    changes: Mapping[Figure, Sequence[Change]],
    since: datetime.datetime | None,
    indicators: Mapping[str, IndicatorSpec],
) -> Iterator[Message]:
    code, period = figure
    later = [change for change in changes.get(figure, ()) if since is not None and change.at > since]
    if later and later[0].old and later[0].old != later[-1].new:
        values = {
            "name": indicators[code].name,
            "period": period.code,
            "day": timezone.localdate(later[-1].at).isoformat(),
            "old": later[0].old,
            "new": later[-1].new or "–",
        }
        yield Message(Template.CORRECTED_LATER, values)
