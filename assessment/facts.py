"""What subjects are scored by: figures of aggregation, sheets, findings and records. The number of queries does not
depend on how many subjects there are."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import scoring
from assessment.schemes.specification import (
    Counted,
    Criterion,
    Deduction,
    Linear,
    OwnTargets,
    Rank,
    Specification,
    Subjects,
)
from assessment.scoring import Aimed, Fact
from assessment.vocabulary import Lack
from inspections.models import NonconformingSample, RectificationNotice
from reports.aggregation.cube import AnnualValue, Cube
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Assignment, Department, Indicator, Region, StoredFinding, Submission
from sectors.sql.regions import regions_within
from sectors.timeliness import Timeliness
from sectors.vocabulary import FindingState, Severity, TargetBound

Values = Mapping[str, AnnualValue]


@dataclass(frozen=True)
class Subject:
    """Who is assessed: a department of the region, or a region directly in it. `key` is that of the row."""

    key: int
    code: str
    name: str


@dataclass(frozen=True)
class KnownFact:
    """A fact, how it is shown, and the code of the indicator that it is a figure of; of own targets the code, value and
    target of each, and whether it is reached."""

    fact: Fact
    shown: str = ""
    indicator: str = ""
    own: tuple[tuple[str, str, str, bool], ...] = ()


def subjects(specification: Specification, region: Region) -> list[Subject]:
    """In the order of their codes."""
    if specification.subjects is Subjects.REGIONS:
        return [Subject(one.pk, one.code, one.name) for one in region.children.order_by("code")]
    rows = Department.objects.reporting(region)
    return [Subject(one.pk, one.code, one.short_name) for one in rows]


class Facts:
    """Facts of a region's year: of all subjects, or of those who were assessed when it was opened (`among`)."""

    def __init__(
        self, specification: Specification, region: Region, year: int, among: list[Subject] | None = None
    ) -> None:
        self.specification, self.region, self.year = specification, region, year
        self.subjects = subjects(specification, region) if among is None else among
        self.is_of_regions = specification.subjects is Subjects.REGIONS
        self._inside = list(regions_within(region))
        self._nearest = {one.pk: one for one in self._inside if one.parent_id == region.pk}

    def of(self, subject: Subject) -> dict[str, KnownFact]:
        """By the codes of the criteria that hold for it."""
        return {one.code: self._known(one, subject) for one in self.specification.scored(subject.code)}

    def _known(self, criterion: Criterion, subject: Subject) -> KnownFact:
        method = criterion.method
        if isinstance(method, Deduction):
            return self._counted(method.counted, subject)
        if isinstance(method, OwnTargets):
            return self._own_targets(subject)
        if not criterion.indicator:
            return KnownFact(Fact())
        # Not yet, or no longer, reported in this year; or a region that lies elsewhere by now.
        if criterion.indicator not in self._cube.indicators or not self._is_inside(subject):
            return KnownFact(Fact(lack=Lack.FIGURE))
        value = self._values(subject)[criterion.indicator]
        known = KnownFact(_of_change(value) if isinstance(method, Linear) and method.of_change else _fact(value))
        if isinstance(method, Rank):
            known = replace(known, fact=self._ranked(criterion, method, subject, known.fact))
        shown = value.text_with_unit
        if isinstance(method, Linear) and method.of_change and value.change_text:
            shown = _("%(value)s (%(change)s)") % {"value": shown, "change": value.change_text}
        return replace(known, shown=shown, indicator=criterion.indicator)

    # Figures

    @cached_property
    def _indicators(self) -> list[Indicator]:
        """Those that criteria name, and for targets of their own all that the subjects report."""
        rows = [one for one in compiled.catalogue().of_year(self.year) if not one.is_words]
        wanted = self.specification.indicators
        if any(isinstance(one.method, OwnTargets) for one, _depth in self.specification.all):
            return [one for one in rows if one.code in wanted or one.sheet_id in self._owners]
        return [one for one in rows if one.code in wanted]

    @cached_property
    def _cube(self) -> Cube:
        apart = list(self._nearest.values()) if self.is_of_regions else []
        return Cube(self._inside, (self.year,), self._indicators, apart=apart)

    def _is_inside(self, subject: Subject) -> bool:
        return not self.is_of_regions or subject.key in self._nearest

    def _values(self, subject: Subject) -> Values:
        place = self._nearest[subject.key] if self.is_of_regions else None
        return self._cube.at(PeriodKey.whole(self.year), place)

    @cached_property
    def _owners(self) -> dict[int, int]:
        """The department that reports each sheet."""
        return dict(Assignment.objects.filter(region=self.region).values_list("sheet_id", "department_id"))

    def _own_targets(self, subject: Subject) -> KnownFact:
        """Targets of the sheets that a department reports, those that its year decides about."""
        rows = [one for one in self._indicators if self._owners.get(one.sheet_id) == subject.key]
        judged = [
            value for value in (self._values(subject)[one.code] for one in rows) if value.indicator.target is not None
        ]
        decided = [bool(value.reaches_target) for value in judged if _decides(value)]
        shown = _("%(reached)d of %(count)d reached") % {"reached": sum(decided), "count": len(judged)}
        if len(decided) < len(judged):
            return KnownFact(Fact(lack=Lack.WHOLE), _("%(shown)s, others cannot be told yet") % {"shown": shown})
        own = tuple(
            (one.indicator.code, one.text_with_unit, one.indicator.target_text, bool(one.reaches_target))
            for one in judged
        )
        return KnownFact(Fact(reached=sum(decided), targets=len(judged)), shown if judged else "", own=own)

    def _ranked(self, criterion: Criterion, method: Rank, subject: Subject, fact: Fact) -> Fact:
        """Among those for whom the criterion holds. Ranks are told where each of them has an exact figure: else who is
        missing might stand before others."""
        among = [one for one in self.subjects if criterion.holds_for(one.code)]
        facts = {
            one.code: _fact(self._values(one)[method.indicator]) if self._is_inside(one) else Fact(lack=Lack.FIGURE)
            for one in among
        }
        if fact.lack or any(one.lack or len(one.values) != 1 for one in facts.values()):
            return replace(fact, lack=fact.lack or Lack.FIGURE)
        scores = {code: one.values[0] * (-1 if method.is_low_best else 1) for code, one in facts.items()}
        return replace(fact, rank=scoring.ranks(scores)[subject.code])

    # Counts

    def _counted(self, counted: Counted, subject: Subject) -> KnownFact:
        found, of = self._counts[counted]
        if not of[subject.key]:
            is_record = counted in (Counted.RECTIFICATIONS, Counted.SAMPLES)
            return KnownFact(Fact(lack=Lack.RECORD if is_record else Lack.SUBMISSION))
        shown = _("%(count)d not answered") % {"count": found[subject.key]}
        if counted is not Counted.FINDINGS:  # of which there may be several in a sheet
            shown = _("%(count)d of %(all)d of them") % {"count": found[subject.key], "all": of[subject.key]}
        return KnownFact(
            Fact(count=found[subject.key]), shown if counted is not Counted.FINDINGS else str(found[subject.key])
        )

    @cached_property
    def _counts(self) -> Mapping[Counted, tuple[Counter[int], Counter[int]]]:
        """By subject how many, and of how many."""
        used = {one.method.counted for one, _depth in self.specification.all if isinstance(one.method, Deduction)}
        ways: Mapping[Counted, Callable[[], tuple[Counter[int], Counter[int]]]] = {
            Counted.LATE: lambda: self._late,
            Counted.FINDINGS: self._findings,
            Counted.RECTIFICATIONS: self._rectifications,
            Counted.SAMPLES: self._samples,
        }
        return {counted: ways[counted]() for counted in used}

    @property
    def _field(self) -> str:
        """By which a submission or record belongs to a subject."""
        return "region_id" if self.is_of_regions else "department_id"

    @property
    def _keys(self) -> list[int]:
        return [one.key for one in self.subjects]

    @cached_property
    def _late(self) -> tuple[Counter[int], Counter[int]]:
        """Of the year's submissions; what was imported from a document nobody delivered."""
        rows = Submission.objects.filter(**{f"{self._field}__in": self._keys}, period__year=self.year)
        late, all_of = Counter[int](), Counter[int]()
        today = timezone.localdate()
        for row in rows.with_delivery().select_related("period", "department"):
            judged, key = row.timeliness_on(today), getattr(row, self._field)
            if judged not in (Timeliness.IMPORTED, Timeliness.PENDING):
                all_of[key] += 1
                late[key] += judged in (Timeliness.LATE, Timeliness.OVERDUE)
        return late, all_of

    def _findings(self) -> tuple[Counter[int], Counter[int]]:
        """Errors and warnings of the year that nobody has answered, and the submissions that they may be in."""
        sheets = Submission.objects.filter(**{f"{self._field}__in": self._keys}, period__year=self.year)
        grave = (Severity.ERROR, Severity.WARNING)
        found = StoredFinding.objects.filter(submission__in=sheets, state=FindingState.OPEN, severity__in=grave)
        return (
            _by(found.order_by(), f"submission__{self._field}"),
            _by(sheets.order_by(), self._field),
        )

    def _rectifications(self) -> tuple[Counter[int], Counter[int]]:
        """Notices due in the year and past their day by now."""
        today = timezone.localdate()
        rows = RectificationNotice.objects.filter(**self._of_records, due_on__year=self.year, due_on__lt=today)
        return _overdue(rows.values_list(self._record_field, "due_on", "closed_on"))

    def _samples(self) -> tuple[Counter[int], Counter[int]]:
        """Nonconforming samples found in the year whose time to be settled is over by now."""
        allowed = datetime.timedelta(days=settings.DISPOSAL_DAYS)
        last = timezone.localdate() - allowed
        rows = NonconformingSample.objects.filter(**self._of_records, found_on__year=self.year, found_on__lt=last)
        found = rows.values_list(self._record_field, "found_on", "closed_on")
        return _overdue((key, day + allowed, closed) for key, day, closed in found)

    @property
    def _record_field(self) -> str:
        return "department__region_id" if self.is_of_regions else "department_id"

    @property
    def _of_records(self) -> dict[str, list[int]]:
        return {f"{self._record_field}__in": self._keys}


def _by(rows: object, field: str) -> Counter[int]:
    found = rows.values_list(field).annotate(n=Count("pk"))  # type: ignore[attr-defined]
    return Counter(dict(found))


def _overdue(rows: Iterable[tuple[int, datetime.date, datetime.date | None]]) -> tuple[Counter[int], Counter[int]]:
    """Of things due on days that are past: how many were not closed by then, and how many there are."""
    late, all_of = Counter[int](), Counter[int]()
    for key, due, closed in rows:
        all_of[key] += 1
        late[key] += closed is None or closed > due
    return late, all_of


def _fact(value: AnnualValue) -> Fact:
    """The year's figure as it counts; one of a part of what is expected does not."""
    lack = _lack(value)
    if lack:
        return Fact(lack=lack)
    assert value.value is not None
    ends = (value.value,) if value.bounds is None else value.bounds.interval
    return Fact(values=tuple(dict.fromkeys(ends)), target=_aimed(value.indicator))


def _lack(value: AnnualValue) -> str:
    if value.not_applicable:
        return Lack.APPLICABLE
    if value.value is None:
        return Lack.FIGURE
    return Lack.WHOLE if value.is_partial else ""


def _decides(value: AnnualValue) -> bool:
    """Whether nothing that is still to come of the year can change on which side of its target it lies."""
    return value.reaches_target is not None and (value.grows or not value.is_partial)


def _aimed(indicator: Indicator) -> Aimed | None:
    return None if indicator.target is None else Aimed(indicator.target, indicator.target_is == TargetBound.AT_MOST)


def _of_change(value: AnnualValue) -> Fact:
    """The change against last year, of the whole of both years and exact."""
    lack = _lack(value)
    change: Decimal | None = value.plain_change
    if lack or change is None:
        return Fact(lack=lack or Lack.COMPARABLE)
    return Fact(values=(change,))
