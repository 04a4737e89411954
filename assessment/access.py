"""Who may do what about targets and assessments: pure predicates."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sectors.vocabulary import DEPARTMENT_ROLES, REGION_ROLES, Role

if TYPE_CHECKING:
    from assessment.models import Run, RunSubject
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


def may_self_score(user: User, subject: RunSubject) -> bool:
    """Who is assessed: the clerk or head of the department, or the office of the region."""
    if subject.is_own(user):
        return user.role == Role.OFFICE if subject.place_id else user.role in DEPARTMENT_ROLES
    return False


def may_review(user: User, run: Run, subject: RunSubject, is_assigned: bool) -> bool:
    """Whom the criterion is assigned to, and the office of the assessing region; nobody their own department."""
    return (is_assigned or decides(user, run.region)) and not subject.is_own(user)


def may_answer(user: User, run: Run, subject: RunSubject) -> bool:
    """The office; of the office's own department a leader of the region, wherever in it they are."""
    if user.role == Role.LEADER:
        return user.region == run.region and subject.is_of_office
    return decides(user, run.region) and not subject.is_own(user)


def reads_run(user: User, run: Run) -> bool:
    """The whole of a run: all subjects side by side."""
    if user.role == Role.ADMIN:
        return True
    return user.role in REGION_ROLES and user.department is not None and user.department.region_id == run.region_id
