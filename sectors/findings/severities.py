"""How grave the checks of a region are: the only writer of `SeverityChange`.

The office raises or lowers a check for its region, with a reason, and sets it back to the catalogue's. How far it may
says `checks.severities`. What is judged from then on has the new severity (`checks.gathering`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.access import can_set_severities
from sectors.calculation.tokens import in_words
from sectors.catalogue.compiled import catalogue
from sectors.checks.findings import CheckKind
from sectors.checks.severities import CHECKS, KindOfCheck
from sectors.guard import WrongState, lock_region
from sectors.models import CatalogueVersion, Region, Rule, Sector, SeverityChange, User
from sectors.texts import plain
from sectors.vocabulary import Severity


class NotAllowed(ValueError):
    """A severity that the check may not have; the message says why."""


@dataclass(frozen=True)
class RegionCheck:
    """A check as an office may name it: all built-in ones of a kind, or a written rule; with the last change of its
    severity in a region."""

    kind: str
    rule: Rule | None
    last: SeverityChange | None
    names: Mapping[str, str]

    @property
    def about(self) -> KindOfCheck:
        return CHECKS[self.kind]

    @property
    def code(self) -> str:
        return self.rule.code if self.rule else ""

    @property
    def title(self) -> str:
        return self.rule.message if self.rule else str(self.about.name)

    @property
    def asks(self) -> str:
        return in_words(self.rule.expression, self.names) if self.rule else str(self.about.asks)

    @property
    def usual(self) -> Severity:
        """Its severity as the catalogue or the administration has it."""
        return Severity(self.rule.severity) if self.rule else self.about.usual

    @property
    def changed(self) -> SeverityChange | None:
        """The change that is in force, unless the catalogue says the same by now."""
        if self.last is None or (self.last.new == self.usual and not self.about.varies):
            return None
        return self.last if self.last.new else None

    @property
    def severity(self) -> Severity:
        return Severity(self.changed.new) if self.changed else self.usual

    @property
    def choices(self) -> list[Severity]:
        """What it may have instead of its usual severity, which is among them where not all its findings have it."""
        return [severity for severity in self.about.choices if severity != self.usual or self.about.varies]

    @property
    def seen(self) -> str:
        """What a page sends back of what it showed: the last change, and the severity that the catalogue has."""
        return f"{self.last.pk if self.last else 0}:{self.usual}"


def listed(region: Region, sector: Sector | None = None) -> list[RegionCheck]:
    """The kinds of built-in checks, then the written rules that hold today, or those of one sector only; constant
    queries."""
    compiled, last = catalogue(), _last(region)
    names = {code: row.name for code, row in compiled.by_code.items()}
    own = {one.pk for one in compiled.sectors_of(region.pk).values()}
    kinds = [] if sector else [kind for kind in CHECKS if kind != CheckKind.RULE]
    return [
        *(RegionCheck(kind, None, last.get((kind, "")), names) for kind in kinds),
        *(
            RegionCheck(CheckKind.RULE, rule, last.get((CheckKind.RULE, rule.code)), names)
            for rule in written_rules().values()
            if rule.sector_id in own and (sector is None or rule.sector_id == sector.pk)
        ),
    ]


def find(region: Region, kind: str, rule: str) -> RegionCheck | None:
    """The check of a kind, or the rule of a code; None where there is none."""
    return next((one for one in listed(region) if (one.kind, one.code) == (kind, rule)), None)


def history(region: Region, check: RegionCheck) -> list[SeverityChange]:
    """Every change of a check, the latest first."""
    rows = SeverityChange.objects.filter(region=region, kind=check.kind, rule=check.code)
    return list(rows.select_related("by__department"))


@transaction.atomic
def change(*, region: Region, check: RegionCheck, new: str, reason: str, by: User, seen: str) -> None:
    """Let a check be as grave as `new` says in a region, or with an empty text as the catalogue has it. `seen` is what
    the page sent of the check that it showed.

    Raises PermissionDenied, WrongState where somebody else, or a load of the catalogue, changed it meanwhile, or
    NotAllowed.
    """
    if not can_set_severities(by, lock_region(region)):
        raise PermissionDenied
    found = find(region, check.kind, check.code)
    if found is None or found.seen != seen:
        raise WrongState(_("Somebody else has changed this check meanwhile. Look at it again, then decide."))
    check, old = found, found.last.new if found.last else ""
    if new == check.usual and not check.about.varies:
        new = ""
    if new and new not in check.choices:
        raise NotAllowed(str(check.about.why))
    if new == old:
        raise NotAllowed(_("It has this severity already."))
    reason = plain(reason)
    objection = _objection(reason)
    if objection:
        raise NotAllowed(objection)
    SeverityChange.objects.create(
        region=region, kind=check.kind, rule=check.code, old=old, new=new, reason=reason, by=by
    )
    changes = [("severity", old or check.usual, new or check.usual)]
    named = check.code or check.kind
    record.write(EventKind.SEVERITY, region, name=named, changes=changes, by=by, region=region.pk, reason=reason)
    CatalogueVersion.objects.renew()


def _objection(reason: str) -> str:
    """What to write instead of a reason that says nothing, which the annex of the report would print; else empty."""
    if not any(character.isalnum() for character in reason):
        return _("Please write a reason: it is printed in the report's annex.")
    most = SeverityChange._meta.get_field("reason").max_length or 0
    if len(reason) > most:
        return _("At most %(count)d characters: the reason is printed in the report's annex.") % {"count": most}
    return ""


def _last(region: Region) -> dict[tuple[str, str], SeverityChange]:
    """The last change of each check."""
    rows = SeverityChange.objects.filter(region=region).select_related("by__department").order_by("pk")
    return {(row.kind, row.rule): row for row in rows}


def written_rules() -> Mapping[str, Rule]:
    """By code of each rule that is switched on the version of today, or else the last one."""
    today, versions = timezone.localdate(), dict[str, Rule]()
    for rule in catalogue().rules:  # by sector and code, in the order of time
        if rule.code not in versions or not versions[rule.code].valid_on(today):
            versions[rule.code] = rule
    return versions
