"""What each department is asked for: every sheet with how much of it and how often, and what is asked twice."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count
from django.utils.translation import gettext as _

from reports.exports.files import ExportColumn, Listing
from sectors.catalogue.compiled import CompiledCatalogue, catalogue
from sectors.models import Assignment, Department, Indicator, Question, Region, Sheet, User
from sectors.models.scopes import valid_between
from sectors.sql.regions import regions_within
from sectors.texts import folded
from sectors.vocabulary import OVERVIEW_ROLES, PERIODS_A_YEAR, REGION_ROLES, Frequency, Role


@dataclass(frozen=True)
class AskedSheet:
    """`entered` are cells that a person fills, `computed` those that the program fills, `counted` those of the entered
    ones that a register proposes."""

    sheet: Sheet
    department: Department
    frequency: str
    entered: int
    computed: int
    counted: int
    questions: int
    has_lapsed: bool  # what it is asked by

    @property
    def times(self) -> int:
        return PERIODS_A_YEAR[self.frequency]

    @property
    def frequency_text(self) -> str:
        return str(Frequency(self.frequency).label)

    @property
    def a_year(self) -> int:
        """Cells to be filled in a year."""
        return self.entered * self.times


@dataclass(frozen=True)
class AskedTwice:
    """Figures of one name and unit in several sheets."""

    name: str
    unit: str
    places: list[tuple[Indicator, Department]]


@dataclass(frozen=True)
class Ledger:
    region: Region
    sheets: list[AskedSheet]
    twice: list[AskedTwice]

    @property
    def departments(self) -> list[tuple[Department, list[AskedSheet], int]]:
        """Each with its sheets, and how many cells it fills in a year."""
        found = groupby(self.sheets, key=lambda one: one.department)
        listed = [(department, list(sheets)) for department, sheets in found]
        return [(department, sheets, sum(one.a_year for one in sheets)) for department, sheets in listed]

    @property
    def a_year(self) -> int:
        return sum(one.a_year for one in self.sheets)


def ledger(user: User, region: Region, day: datetime.date) -> Ledger:
    """Of a region's departments, or of the person's own, as of a day; a fixed number of queries."""
    of = Assignment.objects.filter(region=region).select_related("department")
    if user.role not in OVERVIEW_ROLES:
        of = of.filter(department=user.department_id)
    known, questions = catalogue(), _questions(day)
    rows = [
        _asked(known, known.sheets[one.sheet_id], one.department, day, questions)
        for one in of.order_by("department__name", "sheet__number")
        if known.sheets[one.sheet_id].valid_on(day)
    ]
    return Ledger(region, rows, _twice(known, rows, day))


def _questions(day: datetime.date) -> dict[int, int]:
    """How many are asked in words, by sheet."""
    rows = Question.objects.filter(valid_between(day)).order_by()
    return dict(rows.values_list("sheet").annotate(count=Count("pk")))


def _asked(
    known: CompiledCatalogue, sheet: Sheet, department: Department, day: datetime.date, questions: dict[int, int]
) -> AskedSheet:
    indicators = known.sheet(sheet.pk, day).indicators
    entered = [one for one in indicators if not one.is_computed]
    return AskedSheet(
        sheet=sheet,
        department=department,
        frequency=known.frequency(sheet.pk, day.year),
        entered=len(entered),
        computed=len(indicators) - len(entered),
        counted=sum(bool(one.counted) for one in entered),
        questions=questions.get(sheet.pk, 0),
        has_lapsed=sheet.has_lapsed(day),
    )


def _twice(known: CompiledCatalogue, rows: Sequence[AskedSheet], day: datetime.date) -> list[AskedTwice]:
    found: dict[tuple[str, str], list[tuple[Indicator, Department]]] = {}
    for row in rows:
        for one in known.sheet(row.sheet.pk, day).indicators:
            if not one.is_computed:
                found.setdefault((folded(one.name), one.unit.name), []).append((one, row.department))
    return [
        AskedTwice(places[0][0].name, unit, places)
        for (_name, unit), places in found.items()
        if len({indicator.sheet_id for indicator, _department in places}) > 1
    ]


def listing(of: Ledger) -> Listing:
    heads = (
        *((_("Department"), 24), (_("Sheet number"), 10), (_("Sheet"), 32), (_("Sector"), 16), (_("Frequency"), 8)),
        *((_("Times a year"), 8), (_("Cells to fill"), 8), (_("Cells a year"), 8), (_("Computed"), 8)),
        *((_("Counted by the register"), 10), (_("Questions"), 8)),
        *((_("Approval number"), 20), (_("Approving authority"), 20), (_("Approved until"), 12)),
    )
    columns = tuple(ExportColumn(head, width) for head, width in heads)
    return Listing(_("What is asked"), columns, _rows(of), len(of.sheets))


def regions(user: User) -> list[Region]:
    """Of which regions the person sees what is asked: those that ask something."""
    asking = Region.objects.filter(assignments__isnull=False).distinct()
    if user.role == Role.ADMIN:
        return list(asking.order_by("code"))
    if user.region is None:
        return []
    own = Region.objects.filter(pk=user.region.pk)
    within = regions_within(user.region) if user.role in REGION_ROLES else own
    return list(asking.filter(pk__in=within).order_by("code"))


def _rows(of: Ledger) -> Iterator[tuple[str | int, ...]]:
    for one in of.sheets:
        yield (
            *(one.department.name, one.sheet.number, one.sheet.name, one.sheet.sector.name, one.frequency_text),
            *(one.times, one.entered, one.a_year, one.computed, one.counted, one.questions),
            *(one.sheet.document, one.sheet.authority, str(one.sheet.approved_until or "")),
        )
