"""The lists that are handed out: which rows, in which order, with which columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from reports.aggregation import cube
from reports.exports import row_lists
from reports.exports.files import ExportColumn, ExportNumber, Listing, Value
from reports.exports.scopes import Scope
from sectors.access import reads_repairs
from sectors.calculation.cells import Cell, formatted
from sectors.checks.messages import worded
from sectors.models import (
    Figure,
    Indicator,
    Period,
    Region,
    StoredFinding,
    Submission,
    Transition,
    User,
)
from sectors.models.catalogue import reported_in
from sectors.models.submissions import SubmissionQuerySet
from sectors.sql.regions import regions_within
from sectors.vocabulary import (
    DEPARTMENT_ROLES,
    FigureState,
    FindingNoteKind,
    FindingState,
    Qualifier,
    Rounding,
    SubmissionStatus,
)

CHUNK = 2000
# Of a figure: the sheet's place in the report, then the cell's in the sheet.
REPORT_ORDER = ("indicator__sheet__sector__chapter__position", "indicator__sheet__sector__position")
CELL_ORDER = ("indicator__sheet__position", "indicator__table__position", "indicator__row", "indicator__column")


def to_choose_from(user: User) -> SubmissionQuerySet:
    """Submissions whose years and sectors a person may choose: what is seen, and what annual values are made of."""
    rows = Submission.objects.for_user(user)
    if not user.region or user.role in DEPARTMENT_ROLES:
        return rows
    # One condition of the region and not two: with an OR between them no index is used.
    seen = Q(region=user.region) | Q(status=SubmissionStatus.ACCEPTED)
    return Submission.objects.filter(seen, region__in=regions_within(user.region))


def figures(scope: Scope) -> Listing:
    """Long: a row for each figure that is not blank."""
    rows = _figures(scope)
    columns = (
        ExportColumn(_("Region code")),
        ExportColumn(_("Region")),
        ExportColumn(_("Department"), 24),
        ExportColumn(_("Sector"), 16),
        ExportColumn(_("Sheet number")),
        ExportColumn(_("Sheet"), 30),
        ExportColumn(_("Period")),
        ExportColumn(_("Year"), 8),
        ExportColumn(_("Indicator code"), 24),
        ExportColumn(_("Indicator"), 34),
        ExportColumn(_("Unit"), 8),
        ExportColumn(_("State"), 10),
        ExportColumn(_("Value"), 14),
        ExportColumn(_("Qualifier"), 8),
        ExportColumn(_("As of"), 12),
        ExportColumn(_("Note"), 30),
        ExportColumn(_("Status"), 10),
        ExportColumn(_("Demonstration data"), 10),
    )
    return Listing(_("Figures"), columns, _long_rows(rows), rows.count())


def _figures(scope: Scope) -> QuerySet[Figure]:
    return Figure.objects.filter(scope.of_submissions()).exclude(state=FigureState.BLANK)


def _long_rows(rows: QuerySet[Figure]) -> Iterator[tuple[Value, ...]]:
    periods = _period_codes()
    states, statuses, yes = _labels(FigureState.choices), _labels(SubmissionStatus.choices), _("yes")
    qualifiers = _labels(Qualifier.choices) | {Qualifier.EXACT: ""}
    found = rows.order_by("region__code", *REPORT_ORDER, *CELL_ORDER, "submission__period_id").values_list(
        "region__code",
        "region__name",
        "submission__department__name",
        "submission__sheet__sector__name",
        "submission__sheet__number",
        "submission__sheet__name",
        "submission__period_id",
        "submission__period__year",
        "indicator__code",
        "indicator__name",
        "indicator__unit__name",
        "state",
        "value",
        "places",
        "qualifier",
        "as_of",
        "words",
        "note",
        "submission__status",
        "submission__is_demo",
    )
    for row in found.iterator(CHUNK):
        *head, period, year, code, name, unit, state, value, places, qualifier, as_of, words, note, status, demo = row
        said = (states[state], words or _number(value, places), qualifiers[qualifier], as_of, note)
        yield (*head, periods[period], year, code, name, unit, *said, statuses[status], yes if demo else "")


def wide(scope: Scope) -> Listing:
    """A row for each indicator and region, a column for each period."""
    rows = _figures(scope)
    periods = Period.objects.filter(submissions__in=scope.submissions()).distinct()
    codes = [key.code for key in sorted({period.key for period in periods})]
    columns = (
        ExportColumn(_("Region code")),
        ExportColumn(_("Region")),
        ExportColumn(_("Sector"), 16),
        ExportColumn(_("Sheet number")),
        ExportColumn(_("Indicator code"), 24),
        ExportColumn(_("Indicator"), 34),
        ExportColumn(_("Unit"), 8),
        *(ExportColumn(code) for code in codes),
    )
    count = rows.order_by().values("region", "indicator").distinct().count()
    return Listing(_("Figures by period"), columns, _wide_rows(rows, codes), count)


def _wide_rows(rows: QuerySet[Figure], codes: list[str]) -> Iterator[tuple[Value, ...]]:
    periods, places_of = _period_codes(), {code: place for place, code in enumerate(codes)}
    absent = str(FigureState.NOT_APPLICABLE.label)
    found = rows.order_by("region__code", *REPORT_ORDER, *CELL_ORDER, "indicator_id").values_list(
        "region__code",
        "region__name",
        "indicator__sheet__sector__name",
        "indicator__sheet__number",
        "indicator__code",
        "indicator__name",
        "indicator__unit__name",
        "submission__period_id",
        "state",
        "value",
        "places",
        "qualifier",
        "as_of",
        "words",
    )
    for head, members in groupby(found.iterator(CHUNK), key=lambda row: row[:7]):
        cells: list[Value] = [None] * len(codes)
        for *_head, period, state, value, places, qualifier, as_of, words in members:
            number = words or (absent if value is None else ExportNumber(value, places))
            is_exact = not qualifier and as_of is None
            said = number if is_exact else Cell(state, value, places, qualifier, as_of).stored
            cells[places_of[periods[period]]] = said
        yield (*head, *cells)


def annual(scope: Scope) -> Listing:
    """The years' values as report and boards have them: only accepted figures, rates computed.

    Of the chosen region or the person's own; without either of each region that reports. A year in which nothing is
    accepted has no rows.
    """
    by_year = _annual_regions(scope)
    indicators = {year: list(_annual_indicators(scope, year)) for year in by_year}
    columns = (
        ExportColumn(_("Region code")),
        ExportColumn(_("Region")),
        ExportColumn(_("Year"), 8),
        ExportColumn(_("Sector"), 16),
        ExportColumn(_("Indicator code"), 24),
        ExportColumn(_("Indicator"), 34),
        ExportColumn(_("Unit"), 8),
        ExportColumn(_("Value"), 14),
        ExportColumn(_("Last year"), 14),
        ExportColumn(_("Change on last year"), 14),
        ExportColumn(_("What is compared"), 20),
        ExportColumn(_("Periods in"), 10),
        ExportColumn(_("Periods due"), 10),
        ExportColumn(_("Last year's periods in"), 10),
        ExportColumn(_("Last year's periods due"), 10),
    )
    count = sum(len(regions) * len(indicators[year]) for year, regions in by_year.items())
    return Listing(_("Annual values"), columns, _annual_rows(by_year, indicators), count)


def _annual_regions(scope: Scope) -> dict[int, list[Region]]:
    """By year, those of which something is accepted."""
    one = scope.region or scope.user.region
    accepted = scope.submissions()
    if one and scope.user.role not in DEPARTMENT_ROLES:  # with the regions in it, as on the boards
        accepted = scope.chosen(Submission.objects.filter(region__in=regions_within(one)))
    found = accepted.filter(status=SubmissionStatus.ACCEPTED).order_by("period__year", "region__code")
    pairs = found.values_list("period__year", "region").distinct()
    regions = {} if one else Region.objects.in_bulk({region for _year, region in pairs})
    by_year: dict[int, list[Region]] = {}
    for year, region in pairs:
        by_year.setdefault(year, []).append(one or regions[region])
    return {year: list(dict.fromkeys(rows)) for year, rows in by_year.items()}


def _annual_indicators(scope: Scope, year: int) -> QuerySet[Indicator]:
    """A department's people see those of its sheets."""
    wanted = Indicator.objects.for_report(date(year, 12, 31))
    if scope.sector:
        wanted = wanted.filter(sheet__sector=scope.sector)
    # Beside what all regions have only the own of the one that is asked for.
    wanted = wanted.filter(reported_in("sheet__sector__", scope.region or scope.user.region))
    if scope.user.role in DEPARTMENT_ROLES:
        wanted = wanted.filter(sheet__in=scope.submissions().values("sheet"))
    return wanted


def _annual_rows(
    by_year: Mapping[int, Sequence[Region]], indicators: Mapping[int, Sequence[Indicator]]
) -> Iterator[tuple[Value, ...]]:
    """The number of queries does not depend on how many regions there are."""
    for year, regions in by_year.items():
        inside = regions_within(regions[0]) if len(regions) == 1 else Region.objects.all()
        values = cube.Cube(list(inside), (year,), indicators[year], apart=regions)
        for region in regions:
            for value in values.annual(year, region).values():
                yield _annual_row(region, year, value)


def _annual_row(region: Region, year: int, value: cube.AnnualValue) -> tuple[Value, ...]:
    indicator, not_applicable = value.indicator, str(FigureState.NOT_APPLICABLE.label)
    return (
        region.code,
        region.name,
        year,
        indicator.sheet.sector.name,
        indicator.code,
        indicator.name,
        indicator.unit.name,
        not_applicable if value.not_applicable else _said(value),
        not_applicable if value.last_not_applicable else _said_last(value),
        value.change_text if value.comparison and value.comparison.is_about else _number(value.change, 2),
        value.basis_text,
        *value.coverage,
        *value.last_coverage,
    )


def _said(value: cube.AnnualValue) -> Value:
    """As a number, or in words where it is not exact."""
    return value.text if value.bounds or value.words else _number(value.value, value.places, value.indicator.rounding)


def _said_last(value: cube.AnnualValue) -> Value:
    indicator = value.indicator
    return value.last_text if value.last_bounds else _number(value.last, indicator.decimals, indicator.rounding)


def findings(scope: Scope) -> Listing:
    """What the checks found, with what was said about it."""
    rows = StoredFinding.objects.for_user(scope.user).filter(scope.of_submissions()).for_listing()
    columns = (
        *_place_columns(),
        ExportColumn(_("Severity"), 8),
        ExportColumn(_("State"), 12),
        ExportColumn(_("Message"), 60),
        ExportColumn(_("Declared"), 14),
        ExportColumn(_("Computed"), 14),
        ExportColumn(_("Since"), 17),
        ExportColumn(_("Reasons"), 60),
    )
    return Listing(_("Findings"), columns, _finding_rows(rows, reads_repairs(scope.user)), rows.count())


def _finding_rows(rows: QuerySet[StoredFinding], repairs: bool) -> Iterator[tuple[Value, ...]]:
    severities, states = _labels(StoredFinding.severity.field.choices), _labels(FindingState.choices)
    kinds = _labels(FindingNoteKind.choices)
    for finding in rows.iterator(CHUNK):
        said = [f"{kinds[note.kind]}（{note.by}）：{note.text}" for note in finding.notes.all()]
        yield (
            *_place(finding.submission),
            severities[finding.severity],
            states[finding.state],
            worded(finding.statement, repairs=repairs),
            _declared(finding),
            _plain(finding.expected),
            finding.since,
            "\n".join(said),
        )


def transitions(scope: Scope) -> Listing:
    """Who moved which submission from which status to which, when and why."""
    rows = Transition.objects.filter(scope.of_submissions())
    columns = (
        *_place_columns(),
        ExportColumn(_("At"), 17),
        ExportColumn(_("From"), 10),
        ExportColumn(_("To"), 10),
        ExportColumn(_("By"), 12),
        ExportColumn(_("On behalf of"), 12),
        ExportColumn(_("Reason"), 50),
    )
    return Listing(_("Steps of submissions"), columns, _transition_rows(rows), rows.count())


def _transition_rows(rows: QuerySet[Transition]) -> Iterator[tuple[Value, ...]]:
    statuses = _labels(SubmissionStatus.choices)
    related = rows.select_related(
        "submission__region", "submission__department", "submission__sheet", "submission__period", "by", "on_behalf_of"
    )
    for step in related.order_by("pk").iterator(CHUNK):
        people = [str(person) if person else "" for person in (step.by, step.on_behalf_of)]
        old, new = statuses[step.old], statuses[step.new]
        yield (*_place(step.submission), step.at, old, new, *people, step.reason)


def _place_columns() -> tuple[ExportColumn, ...]:
    return (
        ExportColumn(_("Region")),
        ExportColumn(_("Department"), 24),
        ExportColumn(_("Sheet number")),
        ExportColumn(_("Sheet"), 30),
        ExportColumn(_("Period"), 14),
    )


def _place(submission: Submission) -> tuple[Value, ...]:
    sheet = submission.sheet
    return (
        submission.region.name,
        submission.department.name,
        sheet.number,
        sheet.name,
        submission.period.code,
    )


def _labels(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices}


def _number(value: Decimal | None, places: int, rounding: str = Rounding.HALF_UP) -> ExportNumber | None:
    return None if value is None else ExportNumber(value, places, rounding)


def _declared(finding: StoredFinding) -> Value:
    """A number, or what says that it is not exact."""
    text = finding.declared_text
    return _plain(finding.declared) if text == formatted(finding.declared, finding.places) else text


def _plain(value: Decimal | None) -> ExportNumber | None:
    """With the decimals that it has."""
    if value is None:
        return None
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return ExportNumber(value, min(max(-exponent, 0), 6))


def _period_codes() -> dict[int, str]:
    return {period.pk: period.code for period in Period.objects.all()}


Build = Callable[[Scope], Listing]
LISTS: dict[str, Build] = {
    "figures": figures,
    "wide": wide,
    "annual": annual,
    "rows": row_lists.rows,
    "findings": findings,
    "transitions": transitions,
}
