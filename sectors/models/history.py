"""History by django-simple-history: every change that is saved, by whom, when and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from simple_history.models import HistoricalRecords


class History(HistoricalRecords):
    """Keeps nothing of a save that touched only fields it leaves out: signing in notes its time on the person."""

    def post_save(
        self, instance: Any, created: bool, using: str | None = None, *, update_fields: Any = None, **kwargs: Any
    ) -> None:
        touched: Collection[str] | None = update_fields
        if touched and set(touched) <= set(self.excluded_fields):
            return
        super().post_save(instance, created, using=using, update_fields=update_fields, **kwargs)
