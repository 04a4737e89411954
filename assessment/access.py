"""Who may do what about targets and assessments: pure predicates."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sectors.vocabulary import DEPARTMENT_ROLES, REGION_ROLES, Role

if TYPE_CHECKING:
    from sectors.models import Indicator, Region, User


def decides(user: User, region: Region) -> bool:
    """The office of the region confirms targets, sets them itself, and keeps its schemes."""
    return user.role == Role.OFFICE and user.department is not None and user.department.region_id == region.pk


def may_propose(user: User, region: Region, indicator: Indicator, own_sheets: Collection[int]) -> bool:
    """The office, and the department that reports the indicator's sheet in the region."""
    return decides(user, region) or (
        user.role in DEPARTMENT_ROLES
        and user.department is not None
        and user.department.region_id == region.pk
        and indicator.sheet_id in own_sheets
    )


def reads_all(user: User) -> bool:
    """Targets of every sheet of a region; a department reads those of its own."""
    return user.role in REGION_ROLES | {Role.ADMIN}
