"""Finding a sheet, an indicator or a number from any page: a few lines of each kind, within one's scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from sectors.access import can_read_boards
from sectors.models import Assignment, Indicator, Sheet, Submission, User
from sectors.models.scopes import visible
from sectors.texts import LONGEST_SEARCH, plain
from sectors.vocabulary import Role

SHOWN = 10  # of each kind


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
    """Every word has to be in it. As many queries as there are kinds of things, whatever is found."""
    words = plain(text[:LONGEST_SEARCH]).split()
    if not words:
        return []
    found = [_sheets(user, words), _indicators(user, words)]
    found += [hits for finder in finders for hits in finder(user, words)]
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
    found = list(rows[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN


def _sheets(user: User, words: list[str]) -> Hits:
    rows = Sheet.objects.filter(holding(words, "number", "name"), _seen(user, "pk")).select_related("sector")
    found, more = first(rows.annotate(latest=_latest(user, "pk")))
    return Hits(_("Sheets"), [Hit(row.number, row.name, row.sector.name, _page(row.latest)) for row in found], more)


def _indicators(user: User, words: list[str]) -> Hits:
    rows = Indicator.objects.filter(holding(words, "code", "name"), _seen(user, "sheet"))
    rows = rows.select_related("sheet__sector").annotate(latest=_latest(user, "sheet"))
    found, more = first(rows)
    hits = [Hit(row.code, row.name, str(row.sheet), _page_of(row, row.latest, user)) for row in found]
    catalogue = f"{reverse('admin:sectors_indicator_changelist')}?{urlencode({'q': ' '.join(words)})}"
    return Hits(_("Indicators"), hits, more, catalogue if user.role == Role.ADMIN else "")


def _seen(user: User, sheet: str) -> Q:
    """Sheets that the person's department, or one of their region, reports or has reported."""
    if user.role == Role.ADMIN:
        return Q()
    assigned = Assignment.objects.filter(visible(user), sheet=OuterRef(sheet))
    reported = Submission.objects.for_user(user).filter(sheet=OuterRef(sheet))
    return Q(Exists(assigned)) | Q(Exists(reported))


def _latest(user: User, sheet: str) -> Subquery:
    """The submission of the latest period, of those that the person sees."""
    rows = Submission.objects.for_user(user).filter(sheet=OuterRef(sheet)).order_by("-period__due", "-pk")
    return Subquery(rows.values("pk")[:1])


def _page(submission: int | None) -> str:
    return reverse("submission", args=[submission]) if submission else ""


def _page_of(indicator: Indicator, latest: int | None, user: User) -> str:
    """For who reads boards the page of its sector, which shows it over time; for others its cell in the last sheet."""
    if can_read_boards(user):
        return f"{reverse('sector', args=[indicator.sheet.sector.code])}?{urlencode({'indicator': indicator.code})}"
    return f"{_page(latest)}?{urlencode({'cell': indicator.code})}" if latest else ""
