"""What regions aim at: the only writer of `Target`, and the one place that says which target holds.

A department proposes a target for a figure that it reports, the office of the region confirms or declines it, or sets
one itself. Whoever sets another than the one that holds says why. What was confirmed last for a region, an indicator
and a year holds; without any, the catalogue's does. Boards, wordings and the report get it from aggregation
(`reports.aggregation.aims`), which asks `holding`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.access import decides, may_propose
from assessment.models import Target
from assessment.vocabulary import TargetState
from audit import record
from audit.vocabulary import EventKind
from reports.aggregation.aims import Aim, Aims
from sectors.guard import WrongState, lock_region
from sectors.models import Indicator, Region, User
from sectors.people import notices
from sectors.texts import plain
from sectors.vocabulary import Role


class NotAllowed(ValueError):
    """What cannot be a target; `field` is the field that it is about, or empty. The message says what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Proposed:
    """What a target is to be, in the indicator's unit; without `value` the catalogue's is to hold again."""

    value: Decimal | None
    bound: str
    source: str
    since: str
    reason: str


def holding(regions: Collection[int], years: Collection[int]) -> Aims:
    """The targets that were set for regions and years, by region and year and then by indicator code; what is not
    among them is as the catalogue has it. One query."""
    rows = Target.objects.confirmed().filter(region__in=regions, year__in=years)
    fields = ("region_id", "year", "indicator__code", "value", "bound", "source", "since")
    found: dict[tuple[int, int], dict[str, Aim]] = {}
    for region, year, code, value, *more in rows.values_list(*fields):
        targets = found.setdefault((region, year), {})
        if value is None:
            targets.pop(code, None)
        else:
            targets[code] = Aim(value, *more)
    return found


def statements(region: Region, indicator: Indicator, year: int | None = None) -> list[Target]:
    """All that was said about it, the latest first."""
    rows = Target.objects.filter(region=region, indicator=indicator).order_by("-pk")
    rows = rows if year is None else rows.filter(year=year)
    return list(rows.select_related("indicator__unit", "department", "by", "decided_by"))


def seen(found: Collection[Target]) -> str:
    """What a page sends back of the statements (of one year) that it showed."""
    return ",".join(f"{one.pk}:{one.state}" for one in sorted(found, key=lambda one: one.pk))


@transaction.atomic
def propose(*, region: Region, indicator: Indicator, year: int, what: Proposed, by: User, seen_as: str) -> Target:
    """State a target; what the office states holds at once. `seen_as` is what the page sent of what it showed.

    Raises PermissionDenied, WrongState where somebody else said something meanwhile, or NotAllowed.
    """
    region = lock_region(region)
    if not may_propose(by, region, indicator, by.own_sheets) or by.department is None:
        raise PermissionDenied
    there = statements(region, indicator, year)
    if seen(there) != seen_as:
        raise WrongState(_("Somebody else has changed this target meanwhile. Look at it again, then decide."))
    what = Proposed(what.value, what.bound, plain(what.source), what.since, plain(what.reason))
    held = next((one for one in there if one.state == TargetState.CONFIRMED), None)
    _check(indicator, held, what)
    now, is_set = timezone.now(), decides(by, region)
    _replace(there, by)
    found = Target.objects.create(
        region=region,
        indicator=indicator,
        year=year,
        value=what.value,
        bound=what.bound,
        source=what.source,
        since=what.since,
        reason=what.reason,
        department=by.department,
        by=by,
        at=now,
        state=TargetState.CONFIRMED if is_set else TargetState.PROPOSED,
        decided_by=by if is_set else None,
        decided_at=now if is_set else None,
    )
    _tell(found, by, [("target", held.text if held else indicator.target_text, found.text)], what.reason)
    if not is_set:
        offices = User.objects.filter(department__region=region, role=Role.OFFICE, is_active=True)
        _notify(found, offices, gettext_lazy("%(department)s proposes a target: %(target)s %(text)s."))
    return found


def _check(indicator: Indicator, held: Target | None, what: Proposed) -> None:
    """Raises NotAllowed."""
    if indicator.is_words:
        raise NotAllowed(_("This is reported in words, so it has no target."))
    own = held if held and held.value is not None else None
    if what.value is None and own is None:
        raise NotAllowed(_("Type the target: none was set for this year that could be ended."), "value")
    if what.value is not None:
        kind = indicator.kind
        if kind.minimum is not None and what.value < kind.minimum:
            raise NotAllowed(_("The figure is never below %(least)s.") % {"least": f"{kind.minimum:f}"}, "value")
        if kind.maximum is not None and what.value > kind.maximum:
            raise NotAllowed(_("The figure is never above %(most)s.") % {"most": f"{kind.maximum:f}"}, "value")
        if not what.source:
            raise NotAllowed(_("Say whose target it is: the plan, law or paper that sets it."), "source")
    if own and (own.value, own.bound, own.source, own.since) == (what.value, what.bound, what.source, what.since):
        raise NotAllowed(_("This target holds already."))
    usual = (indicator.target, indicator.target_is) if indicator.target is not None else None
    before = (own.value, own.bound) if own else usual
    if before is not None and before != (what.value, what.bound) and not any(map(str.isalnum, what.reason)):
        message = _("%(target)s holds so far. Say why it is to be another: the reason stays on record.")
        text = own.text if own else indicator.target_text
        raise NotAllowed(message % {"target": text}, "reason")


def _replace(there: Collection[Target], by: User) -> None:
    """A proposal that still waits goes when another target is stated."""
    for waiting in there:
        if waiting.state == TargetState.PROPOSED:
            waiting.state, waiting.decided_by, waiting.decided_at = TargetState.REPLACED, by, timezone.now()
            waiting.save(update_fields=["state", "decided_by", "decided_at"])


@transaction.atomic
def decide(*, target: Target, accept: bool, reason: str, by: User) -> None:
    """Confirm or decline a proposal; who declines says why. Raises PermissionDenied, WrongState or NotAllowed."""
    if not decides(by, lock_region(target.region)):
        raise PermissionDenied
    found = Target.objects.select_related("indicator__unit", "department").get(pk=target.pk)
    if found.state != TargetState.PROPOSED:
        raise WrongState(_("This proposal is decided already: it is %(state)s.") % {"state": found.get_state_display()})
    reason = plain(reason)
    if not accept and not any(map(str.isalnum, reason)):
        raise NotAllowed(_("Say why it is declined: the department reads it."), "decision")
    found.state = TargetState.CONFIRMED if accept else TargetState.DECLINED
    found.decided_by, found.decided_at, found.decision = by, timezone.now(), reason
    found.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _tell(found, by, [("state", TargetState.PROPOSED, found.state)], reason)
    people = User.objects.filter(pk=found.by_id, is_active=True)
    if accept:
        _notify(found, people, gettext_lazy("The office has confirmed the target: %(target)s %(text)s."))
    else:
        _notify(
            found, people, gettext_lazy("The office has declined the target: %(target)s %(text)s. Reason: %(reason)s")
        )


def _tell(target: Target, by: User, changes: list[tuple[str, str, str]], reason: str) -> None:
    kind = EventKind.ADMINISTRATION
    record.write(kind, target, changes=changes, by=by, region=target.region_id, reason=reason)


def _notify(target: Target, people: Iterable[User], text: str | Promise) -> None:
    """In the language of the site: the reader's may be another than the writer's."""
    with translation.override(settings.LANGUAGE_CODE):
        what = {"department": target.department.short_name, "target": target, "text": target.text}
        said = str(text) % {**what, "reason": target.decision}
    notices.notify(people, said, page_of(target))


def page_of(target: Target) -> str:
    return reverse("target", args=[target.year, target.indicator.code])
