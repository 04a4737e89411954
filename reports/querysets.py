"""Which reports a person sees, and every fetch a page of reports needs. What a report has issued is never written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from sectors.querysets import one_region

if TYPE_CHECKING:
    from reports.models import AnnualReport, ApiToken, Draft, Edit, EditChange, ReportFile  # noqa: F401
    from sectors.models import User

M = TypeVar("M", bound=models.Model)


class Frozen(Exception):
    """An attempt to change an issued report or what belongs to it."""


class FreezableQuerySet(models.QuerySet[M]):
    """Refuses to change or delete what belongs to an issued report: `frozen` of the model leads to its status."""

    def refuse_frozen(self) -> None:
        model: Any = self.model
        if self.filter(**{model.frozen: "issued"}).exists():
            raise Frozen(f"{model.__name__}: what belongs to an issued report is not changed.")

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


class ReportQuerySet(FreezableQuerySet["AnnualReport"]):
    def for_user(self, user: User) -> ReportQuerySet:
        """Own region; the leader sees what is issued, the office drafts too, the administrator all; nobody else any."""
        roles = user.Role
        if user.role == roles.ADMIN:
            return self.all()
        if user.role == roles.OFFICE:
            return self.filter(one_region(user))
        if user.role == roles.LEADER:
            return self.filter(one_region(user), status="issued")
        return self.none()

    def drafts(self) -> ReportQuerySet:
        return self.filter(status="draft")

    def issued(self) -> ReportQuerySet:
        return self.filter(status="issued")

    def with_people(self) -> ReportQuerySet:
        return self.select_related("region", "created_by__department", "issued_by__department")

    def without_texts(self) -> ReportQuerySet:
        """For lists: a snapshot is half a megabyte."""
        return self.defer("snapshot", "order")


class DraftQuerySet(FreezableQuerySet["Draft"]):
    def without_texts(self) -> DraftQuerySet:
        return self.defer("generated", "left")


class EditQuerySet(FreezableQuerySet["Edit"]):
    pass


class ChangeQuerySet(FreezableQuerySet["EditChange"]):
    pass


class FileQuerySet(FreezableQuerySet["ReportFile"]):
    pass


class TokenQuerySet(models.QuerySet["ApiToken"]):
    def for_user(self, user: User) -> TokenQuerySet:
        """Those of the own department for its head and for the office, all for the administrator; nobody else any."""
        if user.role == user.Role.ADMIN:
            return self.all()
        if user.role in (user.Role.HEAD, user.Role.OFFICE):
            return self.filter(department=user.department_id)
        return self.none()

    def in_force(self) -> TokenQuerySet:
        return self.filter(ended_at=None)

    def with_reach(self) -> TokenQuerySet:
        """Adds `is_office`: the department is the leadership office of its region, whose token reads the region."""
        from sectors.models import User

        office = User.objects.filter(department=models.OuterRef("department"), role=User.Role.OFFICE)
        return self.select_related("department__region").annotate(is_office=models.Exists(office))
