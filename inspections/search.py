"""Records by the numbers they bear, for the search that every page has."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode

from inspections.access import sees_personal_data
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
