"""What is overdue in the registry, and what soon will be."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.registers import AREAS, REGISTERS, Register
from sectors.approval.worklist import Reminder
from sectors.models import User


@dataclass(frozen=True)
class DueCount:
    """How many records of a list are in a state with a deadline."""

    register: Register
    late: int
    soon: int


def due_counts(user: User, area: str = "") -> list[DueCount]:
    """One query a list; lists in which nothing is due are left out."""
    found = []
    for register in AREAS[area] if area else REGISTERS.values():
        if not register.closes:
            continue
        states = register.model.deadline_states(timezone.localdate())
        rows = register.model.objects.for_user(user).filter(closed_on=None).order_by()
        counts = rows.aggregate(**{name: Count("pk", filter=states[name].condition) for name in ("late", "soon")})
        if counts["late"] or counts["soon"]:
            found.append(DueCount(register, counts["late"], counts["soon"]))
    return found


def reminders_of(user: User) -> list[Reminder]:
    """What the first page says of them."""
    found = []
    for count in due_counts(user):
        title, address = str(count.register.title), reverse(count.register.slug)
        words = {"title": title, "late": count.late, "soon": count.soon}
        if count.late:
            found.append(Reminder(_("%(title)s: %(late)d overdue") % words, f"{address}?state=late", True))
        if count.soon:
            found.append(Reminder(_("%(title)s: %(soon)d due within 7 days") % words, f"{address}?state=soon", False))
    return found
