"""Checks a region's whole year: every accepted period, and the annual values that the periods make.

For the report's annex the findings of the year's accepted submissions are read beside them, with what departments and
the office said.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from reports.aggregation.cube import AnnualValue, annual
from reports.chapters.note_words import note_words
from sectors.calculation.cells import formatted, shown, with_unit
from sectors.calculation.formulas import ZERO
from sectors.calculation.qualifiers import written
from sectors.checks import gathering
from sectors.checks.findings import CheckKind, Finding
from sectors.checks.messages import says_about, worded
from sectors.checks.reported import Inexact, Point, half
from sectors.checks.severities import CHECKS
from sectors.findings.severities import written_rules
from sectors.models import Region, SeverityChange, StoredFinding
from sectors.sql.regions import regions_within
from sectors.vocabulary import Accumulation, FindingNoteKind, Frequency, Qualifier, Severity, SubmissionStatus

# A computed value is printed with this many more decimals than was declared, where they say something.
MORE_PLACES = 2


@dataclass(frozen=True)
class Said:
    """Words on record about a finding; `period` where it is one of several in the year."""

    kind: str  # of FindingNote
    department: str
    period: str
    text: str


@dataclass(frozen=True)
class Remark:
    """One line of the annex. `codes` are the figures of the report that it is about, and `words` what a note to them
    says; without codes it is about other values than the year's."""

    severity: str
    text: str
    declared: str
    expected: str
    said: tuple[Said, ...]
    codes: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Regraded:
    """A check that is otherwise grave in a region than in the catalogue, since its office says so."""

    region: str
    check: str
    usual: str
    varies: str  # what of it has a lower usual severity
    severity: str
    reason: str
    day: datetime.date


# Of which cases a check has a lower usual severity, where these are not what was cut off.
_VARIES = {CheckKind.GROWTH: "下降100%而本期不为0的"}


def of_year(
    region: Region, year: int, values: Mapping[str, AnnualValue] | None = None, *, required: bool = False
) -> list[Finding]:
    """Findings over accepted submissions, and over annual values (`values`, where they are at hand) what no period
    shows by itself; with `required` also required cells that are empty. An empty list also for a year without any."""
    periodic = gathering.of_year(region, year, required=required)
    found = {rule for finding in periodic for rule in _rules(finding)}
    annually = of_values(region, annual(region, year) if values is None else values, year)
    return periodic + [finding for finding in annually if not found.issuperset(_rules(finding))]


def of_values(region: Region, values: Mapping[str, AnnualValue], year: int) -> list[Finding]:
    """Findings over a region's annual values alone. What several figures were added up to has the tolerance of each.

    Values of which something is missing are held against each other where they are made of the same months and as many
    pairs of them; what is wrong in one period is found there.
    """
    points: dict[str, dict[int, Point]] = {}
    tolerances: dict[str, dict[int, Decimal]] = {}
    inexact: dict[str, dict[int, Inexact]] = {}
    for code, value in values.items():
        stated = value.declared if value.indicator.is_computed else value.value
        times = points.setdefault(code, {})
        if stated is not None:
            times[year] = (stated, value.made.places)
        elif value.not_applicable:
            times[year] = (None, 0)
        if value.plain_last is not None and not value.indicator.is_computed:
            times[year - 1] = (value.plain_last, value.indicator.decimals)
        of_year = value.declared_bounds if value.indicator.is_computed else value.bounds
        for time, bounds, text in ((year, of_year, value.stated_text), (year - 1, value.last_bounds, value.last_text)):
            if bounds and bounds.qualifiers and time in times:
                inexact.setdefault(code, {})[time] = Inexact.of(
                    bounds.interval, text, bounds.qualifier(times[time][0] or ZERO, is_sum=True)
                )
        if value.made.addends > 1 and not value.indicator.is_computed:
            tolerances[code] = {time: value.made.addends * half(places) for time, (_value, places) in times.items()}
    return [
        finding
        for finding in gathering.of_points(region, points, year, tolerances, inexact)
        if _is_of_one_basis(finding, values)
    ]


def _is_of_one_basis(finding: Finding, values: Mapping[str, AnnualValue]) -> bool:
    judged = [values[code] for code in finding.indicators if code in values and values[code].source]
    partial = any(value.is_partial for value in judged)
    return not partial or len({(value.months_set, value.coverage) for value in judged}) <= 1


def _rules(finding: Finding) -> set[str]:
    return {finding.rule, *(other.rule for other in finding.also)}


def remarks(region: Region, year: int, values: Mapping[str, AnnualValue]) -> list[Remark]:
    """What stands open in the year: first what its annual values show, then what shows in single periods only. Hints
    are not printed.

    Everything that departments and the office said about the same rule in the year's accepted submissions is told.
    """
    stored = list(
        StoredFinding.objects.standing()
        .exclude(severity=Severity.HINT)
        .filter(region__in=regions_within(region), period__year=year, submission__status=SubmissionStatus.ACCEPTED)
        .for_listing()
        .order_by("submission__sheet__sector__chapter__position", "submission__sheet__number", "period__due", "pk")
    )
    found = [finding for finding in of_values(region, values, year) if finding.severity != Severity.HINT]
    lines = [_of_year(finding, values, [row for row in stored if row.rule in _rules(finding)]) for finding in found]
    rules = {rule for finding in found for rule in _rules(finding)}
    own = map(_of_two_statements, filter(lambda value: value.other_text, values.values()))
    return [*lines, *own, *(_of_period(row, region, values) for row in stored if row.rule not in rules)]


def regraded(region: Region) -> list[Regraded]:
    """The severities that offices of the region and those in it changed, as they are in force now."""
    changes = SeverityChange.objects.filter(region__in=regions_within(region)).select_related("region")
    rules, found = written_rules(), []
    for (_region, kind, code), change in changes.in_force().items():
        rule, about = rules.get(code), CHECKS[kind]
        if code and rule is None:
            continue  # nothing is judged by a rule that was deleted or switched off
        usual, name = (rule.severity, rule.message) if rule else (about.usual, about.name)
        if usual == change.new and not about.varies:
            continue  # the catalogue says the same by now
        day = timezone.localtime(change.at).date()
        check = f"{name}（{code}）" if code else str(name)
        found.append(
            Regraded(
                change.region.name,
                check,
                usual,
                _VARIES.get(CheckKind(kind), "截尾的") if about.varies else "",
                change.new,
                change.reason,
                day,
            )
        )
    return found


def _of_two_statements(value: AnnualValue) -> Remark:
    """What a region states itself, and what the regions below it make together."""
    other = with_unit(value.other_text, value.indicator.unit.name)
    text = f"{value.indicator.name}：本级报送{value.text_with_unit}，下级各地区合计{other}"
    words = f"{value.indicator.name}本级报送{value.text_with_unit}，与下级各地区合计{other}不符"
    return Remark(Severity.WARNING, text, value.text, value.other_text, (), (value.indicator.code,), words)


def _of_year(finding: Finding, values: Mapping[str, AnnualValue], stored: Iterable[StoredFinding]) -> Remark:
    first = values.get(finding.indicators[0]) if finding.indicators else None
    places = first.made.places if first else 0
    said = tuple(word for row in stored for word in _said(row))
    declared = _declared(finding, first)
    expected = _computed(finding.expected, places, finding.statement.data)
    return Remark(
        finding.severity,
        finding.statement.worded(repairs=False),
        declared,
        expected,
        said,
        finding.indicators,
        note_words(finding.statement.data, finding.rule, first, declared, expected),
    )


def _of_period(row: StoredFinding, region: Region, values: Mapping[str, AnnualValue]) -> Remark:
    expected = _computed(row.expected, row.places, row.statement)
    declared = shown(row.declared_text, row.period.year)
    said = tuple(replace(word, period="") for word in _said(row))  # the text names it
    text = f"{row.period}：{worded(row.statement, repairs=False)}"
    codes = tuple(row.indicators) if _is_of_printed(row, region, values) else ()
    first = values.get(row.indicators[0]) if row.indicators else None
    words = note_words(row.statement, row.rule, first, declared, expected)
    is_whole = row.period.kind == Frequency.YEAR
    return Remark(row.severity, text, declared, expected, said, codes, words if is_whole else f"{row.period}：{words}")


def _is_of_printed(row: StoredFinding, region: Region, values: Mapping[str, AnnualValue]) -> bool:
    """Whether what is printed of the year is what was found fault with: the annual figure, the last period's where that
    stands for the year, and every period's that the registry counts otherwise where they are added up."""
    found = [values[code].indicator for code in row.indicators if code in values]
    if row.region_id != region.pk or not found:
        return False
    if row.kind == CheckKind.REGISTRY and found[0].accumulation == Accumulation.FLOW:
        return True
    is_last = (row.period.last_day.month, row.period.last_day.day) == (12, 31)
    is_level = all(indicator.accumulation != Accumulation.FLOW for indicator in found)
    return is_last and (row.period.kind == Frequency.YEAR or is_level)


def _said(row: StoredFinding) -> list[Said]:
    department = row.submission.department.short_name
    period = "" if row.period.kind == Frequency.YEAR else row.period.label
    notes = [note for note in row.notes.all() if note.basis == row.basis]
    return [Said(FindingNoteKind(note.kind), department, period, note.text) for note in notes]


def _declared(finding: Finding, first: AnnualValue | None) -> str:
    """As the department stated it, where that is what was judged."""
    stated = first and (first.declared if first.indicator.is_computed else first.value)
    if first is None or stated is None or finding.declared != stated:
        return formatted(finding.declared, first.made.places if first else 0)
    bounds = first.declared_bounds if first.indicator.is_computed else first.bounds
    return first.stated_text if bounds else formatted(finding.declared, first.made.places)


def _computed(expected: Decimal | None, places: int, statement: Any) -> str:
    computed = formatted(expected, places + MORE_PLACES)
    computed = computed.rstrip("0").rstrip(".") if "." in computed else computed
    return written(computed, Qualifier.ABOUT if says_about(statement) else Qualifier.EXACT)
