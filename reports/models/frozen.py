"""Rows that are not written any more once their report is issued.

Rules do not live in `save()`. This is none: it decides nothing about a report, it only stops what would break the
promise that an issued one never changes, wherever the attempt comes from. Whether a row is frozen is what the database
says, not the object in hand.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import models

from reports.vocabulary import ReportStatus

M = TypeVar("M", bound=models.Model)


class Frozen(Exception):
    """An attempt to change an issued report or what belongs to it."""


class FreezableQuerySet(models.QuerySet[M]):
    """Refuses to change or delete what belongs to something issued: `frozen` of the model leads to its status."""

    def refuse_frozen(self) -> None:
        model: Any = self.model
        if self.filter(**{model.frozen: model.frozen_as}).exists():
            raise Frozen(f"{model.__name__}: what belongs to something issued is not changed.")

    def update(self, **kwargs: Any) -> int:
        self.refuse_frozen()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.refuse_frozen()
        return super().delete()

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        rows = list(objs)
        FreezableQuerySet.refuse_frozen(self.filter(pk__in=[row.pk for row in rows]))
        return super().bulk_update(rows, fields, batch_size)


class Freezable(models.Model):
    """`frozen` is the way from the row to the status of what it belongs to, which is never changed from `frozen_as`
    on."""

    frozen: ClassVar[str]
    frozen_as: ClassVar[str] = ReportStatus.ISSUED

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_frozen(self) -> None:
        """Asks for the row itself, and for a new one for the report that it would be added to."""
        own, _, rest = self.frozen.partition("__")
        model: Any = self._meta.get_field(own).related_model if rest else type(self)
        pk = getattr(self, f"{own}_id") if rest else self.pk
        if pk:
            model._default_manager.filter(pk=pk).refuse_frozen()


class AppendOnlyQuerySet(models.QuerySet[M]):
    """Rows that are added and read, never changed or deleted."""

    def update(self, **kwargs: Any) -> int:
        raise _append_only(self.model)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise _append_only(self.model)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        raise _append_only(self.model)


class AppendOnly(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise _append_only(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise _append_only(type(self))


def _append_only(model: type[models.Model]) -> Frozen:
    return Frozen(f"{model.__name__}: rows are added, never changed or deleted.")
