"""Finding a sheet, an indicator, a page or a number from any page: a few lines of each kind, within one's scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from sectors.access import can_read_boards, can_set_up
from sectors.calculation.period_words import NamedPeriod, named_period
from sectors.catalogue import compiled
from sectors.models import Assignment, Indicator, Region, Sheet, Submission, User
from sectors.models.scopes import visible
from sectors.shell.matching import ranked
from sectors.shell.navigation import pages
from sectors.sql.regions import regions_within
from sectors.texts import LONGEST_SEARCH, plain
from sectors.vocabulary import Role

SHOWN = 10  # of each kind
ASKED = 500  # of the person's own that fit, the best: how many are asked for in the database


@dataclass(frozen=True)
class Hit:
    """`address` is empty for what has no page yet: a sheet of which no period was opened."""

    code: str
    name: str
    about: str
    address: str


@dataclass(frozen=True)
class Hits:
    """One kind of thing; `more` is where all of them are listed, where there are more than shown."""

    name: str
    rows: list[Hit]
    has_more: bool = False
    more: str = ""


# Who else finds something. An app that does says so when it is ready: this one knows none of them.
finders: list[Callable[[User, list[str]], Iterable[Hits]]] = []


def search(user: User, text: str) -> list[Hits]:
    """Every word has to be in it, except those that name a period. As many queries as there are kinds of things,
    whatever is found."""
    words = plain(text[:LONGEST_SEARCH]).split()
    if not words:
        return []
    period, left = named_period(words)
    if not left:  # a number may look like a year
        period, left = None, words
    seen = _seen(user)
    found = [_pages(user, words), _sheets(user, seen, left, period), _indicators(user, seen, left, period)]
    found += [hits for finder in finders for hits in finder(user, words)]
    found += [_regions(user, words), _people(user, words)]
    return [hits for hits in found if hits.rows]


def holding(words: list[str], *fields: str) -> Q:
    """Rows that have each word in one of the fields."""
    condition = Q()
    for word in words:
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
        condition &= either
    return condition


def first(rows: QuerySet[Any]) -> tuple[list[Any], bool]:
    """Those that are shown, and whether there are more."""
    return cut(rows[: SHOWN + 1])


def cut(rows: Iterable[Any]) -> tuple[list[Any], bool]:
    """The same of rows that are there."""
    found = list(rows)
    return found[:SHOWN], len(found) > SHOWN


def _pages(user: User, words: list[str]) -> Hits:
    """Pages that the person may open, as their navigation names them."""
    found, more = cut(ranked(pages(user), words, lambda page: (page.text,)))
    return Hits(_("Pages"), [Hit("", page.text, page.group, page.url) for page in found], more)


def _sheets(user: User, seen: Set[int], words: list[str], period: NamedPeriod | None) -> Hits:
    """By number, name, sector and reporting department; with a period what was reported for it."""
    departments = _departments(user)
    sheets = [row for row in compiled.catalogue().sheets.values() if row.pk in seen]
    fitting = ranked(sheets, words, lambda row: (row.number, row.name, row.sector.name, *departments.get(row.pk, ())))
    place = {row.pk: n for n, row in enumerate(fitting[:ASKED])}
    reported = _of_period(Submission.objects.for_user(user).filter(sheet__in=place), period) if period else ()
    of_period = sorted(reported, key=lambda row: place[row.sheet_id])
    if of_period:
        found, more = cut(of_period)
        return Hits(_("Sheets"), [_reported(row) for row in found], more)
    rows = Sheet.objects.filter(pk__in=place).select_related("sector")
    rows = rows.annotate(latest=_latest(user, "pk", None))
    found, more = cut(sorted(rows, key=lambda row: place[row.pk]))
    return Hits(_("Sheets"), [Hit(row.number, row.name, row.sector.name, _page(row.latest)) for row in found], more)


def _departments(user: User) -> dict[int, tuple[str, str]]:
    """By sheet, the names of the department that reports it, where the person is of one region."""
    if user.role == Role.ADMIN:
        return {}
    rows = Assignment.objects.filter(visible(user))
    return {sheet: (name, short) for sheet, name, short in rows.values_list(*_NAMES)}


_NAMES = ("sheet", "department__name", "department__short_name")


def _of_period(rows: QuerySet[Submission], period: NamedPeriod) -> QuerySet[Submission]:
    rows = rows.filter(_within(period)).select_related("sheet", "period", "department")
    return rows.order_by("-period__due", "-pk")[:ASKED]


def _within(period: NamedPeriod | None) -> Q:
    """Submissions of a period that was named."""
    condition = Q(period__year=period.year) if period and period.year else Q()
    if period and period.kind:
        condition &= Q(period__kind=period.kind, period__number=period.number)
    return condition


def _reported(row: Submission) -> Hit:
    about = f"{row.period} · {row.department.short_name} · {row.get_status_display()}"
    return Hit(row.sheet.number, row.sheet.name, about, _page(row.pk))


def _indicators(user: User, seen: Set[int], words: list[str], period: NamedPeriod | None) -> Hits:
    """With a period in what was reported for it, else in what was reported last."""
    indicators = [row for row in compiled.catalogue().indicators if row.sheet_id in seen]
    fitting = ranked(indicators, words, lambda row: (row.code, row.name))
    place = {row.pk: n for n, row in enumerate(fitting[:ASKED])}
    rows = Indicator.objects.filter(pk__in=place).select_related("sheet__sector")
    latest = Coalesce(_latest(user, "sheet", period), _latest(user, "sheet", None))
    rows = rows.annotate(latest=latest)
    found, more = cut(sorted(rows, key=lambda row: place[row.pk]))
    hits = [Hit(row.code, row.name, str(row.sheet), _page_of(row, row.latest, user, period)) for row in found]
    catalogue = f"{reverse('admin:sectors_indicator_changelist')}?{urlencode({'q': ' '.join(words)})}"
    return Hits(_("Indicators"), hits, more, catalogue if can_set_up(user) else "")


def _seen(user: User) -> Set[int]:
    """Keys of the sheets that the person's department, or one of their region, reports or has reported."""
    if user.role == Role.ADMIN:
        return compiled.catalogue().sheets.keys()
    assigned = Assignment.objects.filter(visible(user), sheet=OuterRef("pk"))
    reported = Submission.objects.for_user(user).filter(sheet=OuterRef("pk"))
    return set(Sheet.objects.filter(Exists(assigned) | Exists(reported)).values_list("pk", flat=True))


def _latest(user: User, sheet: str, period: NamedPeriod | None) -> Subquery:
    """The submission of the latest period, of those that the person sees and, where one is named, of that one."""
    rows = Submission.objects.for_user(user).filter(_within(period), sheet=OuterRef(sheet))
    return Subquery(rows.order_by("-period__due", "-pk").values("pk")[:1])


def _page(submission: int | None) -> str:
    return reverse("submission", args=[submission]) if submission else ""


def _page_of(indicator: Indicator, latest: int | None, user: User, period: NamedPeriod | None) -> str:
    """For who reads boards the page of its sector, which shows it over time; for others its cell in the last sheet."""
    if can_read_boards(user) and user.region is not None:
        asked = {"indicator": indicator.code} | ({"period": str(period.year)} if period and period.year else {})
        return f"{reverse('sector', args=[indicator.sheet.sector.code])}?{urlencode(asked)}"
    return f"{_page(latest)}?{urlencode({'cell': indicator.code})}" if latest else ""


def _regions(user: User, words: list[str]) -> Hits:
    """The own region and those in it, for who reads their boards."""
    region = user.region
    inside = regions_within(region) if can_read_boards(user) and region is not None else Region.objects.none()
    found, more = cut(ranked(inside, words, lambda row: (row.name, row.code)))
    board = reverse("leader-board")
    hits = [Hit(row.code, row.name, "", f"{board}?{urlencode({'region': row.code})}") for row in found]
    return Hits(_("Regions"), hits, more)


def _people(user: User, words: list[str]) -> Hits:
    """By name, account and department; for who keeps them."""
    if not can_set_up(user):
        return Hits(_("Users"), [])
    rows = User.objects.annotate(whole=Concat("last_name", "first_name", Value(" "), "username"))
    rows = rows.filter(holding(words, "whole", "department__name", "department__short_name"))
    found, has_more = first(rows.select_related("department").order_by("username"))
    hits = [
        Hit(
            row.username,
            row.full_name,
            " · ".join(filter(None, (str(row.department or ""), row.get_role_display()))),
            reverse("admin:sectors_user_change", args=[row.pk]),
        )
        for row in found
    ]
    return Hits(_("Users"), hits, has_more, reverse("admin:sectors_user_changelist"))
