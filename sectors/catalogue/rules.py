"""Rules as administrators edit them: versions by date.

A submission is judged by the versions that are valid on the last day of its period. So a rule in force is never
rewritten: it ends, and its new words begin on a day that the administrator names.
"""

from __future__ import annotations

import datetime
from copy import copy
from typing import Any

from django.db import transaction

from audit import record
from audit.vocabulary import EventKind
from sectors.models import CatalogueVersion, Rule
from sectors.vocabulary import RuleSource

# Changing one of these changes what the rule says.
CONTENT = ("expression", "severity", "message", "missing", "is_on")


def ends_a_version(old: Rule, new: Rule, starts: datetime.date) -> bool:
    """Whether there are days before `starts` on which the old words hold and should go on to hold."""
    began = old.valid_from is None or old.valid_from < starts
    return old.is_on and began and any(getattr(old, name) != getattr(new, name) for name in CONTENT)


@transaction.atomic
def add(rule: Rule) -> None:
    """Save a new rule of the administration."""
    rule.source = RuleSource.ADMIN
    rule.save(force_insert=True)
    _tell(rule, {})
    CatalogueVersion.objects.renew()


@transaction.atomic
def delete(rule: Rule) -> None:
    CatalogueVersion.objects.renew()
    record.write(EventKind.RULE, rule, changes=record.differences(_content(rule), {}))
    rule.delete()


@transaction.atomic
def revise(rule: Rule, *, starts: datetime.date) -> Rule | None:
    """Save an edited rule; returns the version that it ended, if it did.

    The row at hand goes on as the newest version, and what held until the day before stays as a row of its own. From
    then on the rule is the administration's: loading the catalogue leaves all its versions alone.
    """
    CatalogueVersion.objects.renew()  # first, as a load of catalogue files does: two might wait for each other
    old = Rule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)
    rule.source = RuleSource.ADMIN
    _tell(rule, _content(old), starts)
    if not ends_a_version(old, rule, starts):
        rule.save()
        return None
    rule.valid_from = starts
    rule.save()
    ended = copy(old)
    ended.pk, ended._state.adding = None, True
    ended.valid_to = starts - datetime.timedelta(days=1)
    ended.save()
    return ended


def _tell(rule: Rule, before: dict[str, Any], starts: datetime.date | None = None) -> None:
    record.write(EventKind.RULE, rule, changes=record.differences(before, _content(rule)), starts=starts)


def _content(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in (*CONTENT, "valid_from", "valid_to")}
