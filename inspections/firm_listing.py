"""The list of firms as its address asks for it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import coverage, firm_names
from inspections.access import is_person, reads_persons
from inspections.choices import RiskGrade
from inspections.listing import ChoiceFilter
from inspections.models import Firm, FirmName
from sectors.catalogue.words import under, words
from sectors.models import Region, User
from sectors.shell.sorting import Head, Sorting
from sectors.texts import LONGEST_SEARCH, plain, whole_number
from sectors.vocabulary import WordKind

FIRST_YEAR = 2000
NO_GRADE = "none"


@dataclass(frozen=True)
class FirmListing:
    """Firms of a region with the day of their last inspection (`last_inspected`); `year` is the one that filters are
    about."""

    rows: QuerySet[Firm]
    choices: list[ChoiceFilter]
    search: str
    year: int
    sorting: Sorting
    is_narrowed: bool


def read(asked: QueryDict, user: User, region: Region) -> FirmListing:
    """What the address asks for; what it asks for in vain is left out."""
    today = timezone.localdate()
    year = year_of(asked, today)
    choices = [_chosen(one, asked) for one in _choices(region, year)]
    chosen = {one.name: one.chosen for one in choices if one.chosen}
    of_year = coverage.Coverage(user, region, coverage.Span(year, today))
    rows: QuerySet[Any] = Firm.objects.for_user(user).filter(region=region)
    if "inspected" in chosen:
        rows = of_year.firms().filter(of_year.is_inspected if chosen["inspected"] == "yes" else ~of_year.is_inspected)
    if "due" in chosen:
        rows = coverage.overdue(rows, user, region, of_year.span.last)
    else:
        rows = coverage.with_last(rows, user, today)
    rows = _narrowed(rows, chosen, today)
    search = plain(asked.get("q", "")[:LONGEST_SEARCH])
    for word in search.split():
        rows = rows.filter(holding(word, user, region))
    sorting = Sorting(_heads(user, region), asked)
    if sorting.is_asked or "due" not in chosen:
        rows = rows.order_by(*sorting.order(), coverage.order_of_names(user, region), "pk")
    return FirmListing(rows, choices, search, year, sorting, bool(search or chosen))


def year_of(asked: QueryDict, today: datetime.date) -> int:
    """The year that the address names, else the running one."""
    year = whole_number(asked.get("year", ""))
    return year if FIRST_YEAR <= year <= today.year else today.year


def _heads(user: User, region: Region) -> list[Head]:
    """The columns. Whoever reads names of persons masked does not have them sorted: their order tells them too."""
    return [
        Head(_("Name"), "name", ("name",) if reads_persons(user, region.pk) else ()),
        Head(_("Type of premises"), "kind", ("kind",)),
        Head(_("Risk grade"), "grade", ("grade",)),
        Head(_("Township"), "township", ("township",)),
        Head(_("Last inspected"), "last", ("last_inspected",), may_be_empty=True),
        Head(_("State"), "state", ("closed_on",), may_be_empty=True),
    ]


def _choices(region: Region, year: int) -> list[ChoiceFilter]:
    townships = Firm.objects.filter(region=region).exclude(township="").order_by("township")
    places = list(townships.values_list("township", flat=True).distinct())
    of_year = {"year": year}
    grades = [(grade.value, str(grade.label)) for grade in RiskGrade]
    return [
        ChoiceFilter("kind", _("Type of premises"), words().choices(WordKind.PREMISES_TYPE, region)),
        ChoiceFilter(
            "grade",
            _("Risk grade"),
            [*grades, (NO_GRADE, _("no grade"))],
        ),
        ChoiceFilter("township", _("Township"), [(place, place) for place in places]),
        ChoiceFilter("state", _("State"), [("open", _("operating")), ("closed", _("closed down"))]),
        ChoiceFilter(
            "inspected",
            _("Inspected"),
            [("no", _("not in %(year)d") % of_year), ("yes", _("in %(year)d") % of_year)],
        ),
        ChoiceFilter("due", _("Frequency of inspections"), [("overdue", _("overdue by grade"))]),
    ]


def _chosen(of: ChoiceFilter, asked: QueryDict) -> ChoiceFilter:
    value = asked.get(of.name, "")
    return ChoiceFilter(of.name, of.label, of.options, value if value in dict(of.options) else "")


def _narrowed(rows: QuerySet[Firm], chosen: dict[str, str], today: datetime.date) -> QuerySet[Firm]:
    """Merged firms stand in no list: they are other names of one that does."""
    rows = rows.filter(merged_into=None)
    if "kind" in chosen:
        rows = rows.filter(under("kind", [chosen["kind"]]))
    if "grade" in chosen:
        rows = rows.filter(grade="" if chosen["grade"] == NO_GRADE else chosen["grade"])
    if "township" in chosen:
        rows = rows.filter(township=chosen["township"])
    if "state" in chosen:
        closed = Q(closed_on__lte=today)
        rows = rows.filter(closed) if chosen["state"] == "closed" else rows.exclude(closed)
    return rows


def holding(word: str, user: User, region: Region | None) -> Q:
    """By name, other name, code, township or address; names of persons only for those who read them. Without a region
    in all of them, for the administrator."""
    reads = reads_persons(user, region.pk if region else None)
    key = firm_names.key(word)
    named = Q(name__icontains=word)
    if key:
        others = FirmName.objects.filter(key__contains=key)
        if region is not None:
            others = others.filter(firm__region=region)
        if not reads:
            others = others.exclude(is_person("name"))
        same: Any = others.values("firm")
        named |= Q(key__contains=key) | Q(pk__in=same)
    where = Q(address__icontains=word) | Q(township__icontains=word)
    if not reads:
        named, where = named & Q(is_person=False), where & Q(is_person=False)
    return named | where | Q(code__icontains=word)
