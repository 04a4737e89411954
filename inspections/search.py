"""Records by the numbers they bear, and firms by name and code, for the search that every page has."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from inspections import firm_listing
from inspections.access import reads_persons, sees_personal_data
from inspections.models import Firm
from inspections.personal_data import hide
from inspections.registers import BATCHES, CASES, COMPLAINTS, NOTICES
from sectors.models import User
from sectors.shell.search import Hit, Hits, first, holding

# The field that has the number, and what distinguishes one record from another of the same.
NUMBERED = (
    (BATCHES, "report_number", ("product", "place")),
    (CASES, "number", ("party",)),
    (NOTICES, "number", ("premises",)),
    (COMPLAINTS, "number", ("subject",)),
)


def find(user: User, words: list[str]) -> Iterator[Hits]:
    """One query a register; what the person does not see is not found."""
    for register, number, names in NUMBERED:
        rows = register.model.objects.for_user(user).filter(holding(words, number)).exclude(**{number: ""})
        found, has_more = first(rows.select_related("department"))
        hits = [
            Hit(
                getattr(row, number),
                " ".join(str(getattr(row, name)) for name in names),
                row.department.short_name,
                reverse(f"change-{register.slug}", args=[row.pk]),
            )
            for row in (row if sees_personal_data(user, row) else hide(row) for row in found)
        ]
        yield Hits(str(register.title), hits, has_more, f"{reverse(register.slug)}?{urlencode({'q': ' '.join(words)})}")
    yield _firms(user, words)


def _firms(user: User, words: list[str]) -> Hits:
    """Those of the region, each for itself; names of persons are found by who reads them."""
    rows = Firm.objects.for_user(user).current()
    for word in words:
        rows = rows.filter(firm_listing.holding(word, user, user.region))
    found, has_more = first(rows.select_related("region").order_by("pk"))  # the order of names tells masked ones
    hits = [
        Hit(
            row.code,
            row.name if reads_persons(user, row.region_id) else str(row),
            " · ".join(filter(None, (row.state, row.township or row.region.name))),
            reverse("firm", args=[row.pk]),
        )
        for row in found
    ]
    return Hits(_("Firms and places"), hits, has_more, f"{reverse('firms')}?{urlencode({'q': ' '.join(words)})}")
