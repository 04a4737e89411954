"""Who may do what to an annual report: pure predicates. Which reports a person sees is `ReportQuerySet.for_user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.models.tokens import MAKERS
from sectors.access import can_build_report
from sectors.vocabulary import Role

if TYPE_CHECKING:
    from reports.models import AnnualReport
    from sectors.models import Region, User


def may_write(user: User, region: Region) -> bool:
    """The office of the region begins reports, edits drafts, issues and revises."""
    return can_build_report(user) and user.department is not None and user.department.region_id == region.pk


def may_edit(user: User, report: AnnualReport) -> bool:
    return can_build_report(user) and user.department is not None and user.department.region_id == report.region_id


def may_take_part(user: User) -> bool:
    """In the way of a draft to its issue; which draft is `ReportQuerySet.for_user`."""
    return user.role in (Role.OFFICE, Role.LEADER, Role.HEAD) and user.department is not None


def can_make_tokens(user: User) -> bool:
    return user.role in MAKERS and user.department is not None
