"""History by django-simple-history: every change that is saved, by whom, when and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from simple_history.models import HistoricalRecords

from audit import record
from audit.vocabulary import EventKind

ADDED, DELETED = "+", "-"


class History(HistoricalRecords):
    """Keeps nothing of a save that touched only fields it leaves out: signing in notes its time on the person."""

    def post_save(
        self, instance: Any, created: bool, using: str | None = None, *, update_fields: Any = None, **kwargs: Any
    ) -> None:
        touched: Collection[str] | None = update_fields
        if touched and set(touched) <= set(self.excluded_fields):
            return
        super().post_save(instance, created, using=using, update_fields=update_fields, **kwargs)

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        """Whatever the history has, the audit record has too, with what it was and is."""
        names = {field.name: field.attname for field in self.fields_included(instance)}
        before = _content(instance.history.first(), names) if history_type != ADDED else {}
        super().create_historical_record(instance, history_type, using=using)
        after = _content(instance, names) if history_type != DELETED else {}
        changes = record.differences(before, after)
        if changes:
            record.write(EventKind.ADMINISTRATION, instance, changes=changes, region=_region(instance))


def _content(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Values by the names of fields, of a row or of what the history has of it."""
    return {name: getattr(row, attname) for name, attname in names.items()} if row else {}


def _region(row: Any) -> int | None:
    """Of what belongs to one; people belong to that of their department."""
    department = getattr(row, "department", None)
    found: int | None = getattr(row, "region_id", None) or getattr(department, "region_id", None)
    return row.pk if row._meta.model_name == "region" else found
