"""The audit record: events, and the chain of links that shows when one is altered, removed or put between.

Rows are only ever added; triggers of the database refuse all else (`audit.triggers`). Nothing is referred to by a
foreign key: what an event names may be deleted, and the event stays.
"""

from __future__ import annotations

import datetime
import json
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import digests
from audit.vocabulary import EventKind


class Event(models.Model):
    """Who did what to what, when and from where. `audit.record` is the only writer."""

    at = models.DateTimeField(_("When"), default=timezone.now)
    kind = models.CharField(_("Kind"), max_length=20, choices=EventKind.choices)
    # Who it was then; empty for what nobody signed in for, which `via` says.
    person_id = models.BigIntegerField(null=True)
    person = models.CharField(_("Done by"), max_length=200, blank=True)
    role = models.CharField(_("Role"), max_length=20, blank=True)
    department_id = models.BigIntegerField(null=True)
    region_id = models.BigIntegerField(null=True)
    address = models.CharField(_("Address"), max_length=45, blank=True)
    request = models.CharField(_("Request"), max_length=64, blank=True)
    session = models.CharField(_("Session"), max_length=16, blank=True)  # a hash: the key itself would open it
    via = models.CharField(_("Via"), max_length=200, blank=True)
    # What it was done to: a model's label, the key of a row, and how it was called then.
    subject = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(_("Object"), max_length=200, blank=True)
    detail = models.JSONField(default=dict)  # texts, whole numbers, lists; `changes` are lists of what, old, new
    digest = models.CharField(max_length=digests.LENGTH)

    class Meta:
        verbose_name = _("Audit event")
        verbose_name_plural = _("Audit events")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="audit_event_at"),
            *(
                models.Index(fields=[*fields, "id"], name=f"audit_event_{fields[0]}")
                for fields in (["kind"], ["person_id"], ["region_id"], ["address"], ["subject", "subject_id"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}".strip()

    @property
    def payload(self) -> bytes:
        return payload({name: getattr(self, name) for name in PAYLOAD})


# The fields that the digest of an event is over: all but its key, which a link holds, and the digest itself.
PAYLOAD = tuple(field.attname for field in Event._meta.concrete_fields if field.attname not in ("id", "digest"))


def payload(values: dict[str, Any]) -> bytes:
    """The fields of an event as bytes, alike for both databases."""
    told = {**values, "at": values["at"].astimezone(datetime.UTC).isoformat()}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Link(models.Model):
    """One event in the chain. Its digest is over that of the link before, so none can be left out."""

    number = models.BigIntegerField(primary_key=True)  # from 1 without gaps
    event_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=digests.LENGTH)

    class Meta:
        verbose_name = _("Link of the audit record")
        verbose_name_plural = _("Links of the audit record")

    def __str__(self) -> str:
        return str(self.number)
