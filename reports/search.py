"""Annual reports by year and title, for the search that every page has."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.models import AnnualReport
from sectors.access import can_read_report
from sectors.models import User
from sectors.shell.search import Hit, Hits, first, holding


def find(user: User, words: list[str]) -> Iterator[Hits]:
    """The current edition of each year is where its page leads."""
    if not can_read_report(user):
        return
    rows = AnnualReport.objects.for_user(user).without_texts().filter(holding(words, "year", "title"))
    found, has_more = first(rows.select_related("region"))
    hits = [
        Hit(str(row.year), row.title, row.get_status_display(), reverse("report", args=[row.year])) for row in found
    ]
    yield Hits(_("Annual reports"), hits, has_more, reverse("reports"))
