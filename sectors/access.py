"""Who may do what to a submission: pure predicates over a user, an action and a submission.

`has_right` asks whether the person may do it at all (else 403), `fits_status` whether now is the time (else the
page says why not). Which submissions a person sees at all is `SubmissionQuerySet.for_user`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sectors.vocabulary import DEPARTMENT_ROLES, OPEN_STATUSES, OVERVIEW_ROLES, REGION_ROLES, Role, SubmissionStatus

if TYPE_CHECKING:
    from sectors.models import Deputy, Period, Region, Submission, User

# What a closed period locks; what was submitted in time may still be signed, accepted or returned.
LOCKED = frozenset({"submit", "withdraw"})


@dataclass(frozen=True)
class Move:
    """A step of a submission: whose it is, from which statuses, to which, and whether a reason must be given."""

    role: Role
    old: frozenset[SubmissionStatus]
    new: SubmissionStatus
    reason: bool = False
    old_unsigned: frozenset[SubmissionStatus] = frozenset()  # from which besides, where no head signs


MOVES = {
    "submit": Move(Role.CLERK, OPEN_STATUSES, SubmissionStatus.SUBMITTED),
    "withdraw": Move(Role.CLERK, frozenset({SubmissionStatus.SUBMITTED}), SubmissionStatus.DRAFT),
    "sign": Move(Role.HEAD, frozenset({SubmissionStatus.SUBMITTED}), SubmissionStatus.SIGNED),
    "unsign": Move(Role.HEAD, frozenset({SubmissionStatus.SIGNED}), SubmissionStatus.SUBMITTED),
    "send_back": Move(Role.HEAD, frozenset({SubmissionStatus.SUBMITTED}), SubmissionStatus.RETURNED, reason=True),
    "accept": Move(
        Role.OFFICE,
        frozenset({SubmissionStatus.SIGNED}),
        SubmissionStatus.ACCEPTED,
        old_unsigned=frozenset({SubmissionStatus.SUBMITTED}),
    ),
    "return": Move(
        Role.OFFICE,
        frozenset({SubmissionStatus.SIGNED}),
        SubmissionStatus.RETURNED,
        reason=True,
        old_unsigned=frozenset({SubmissionStatus.SUBMITTED}),
    ),
    "reopen": Move(Role.OFFICE, frozenset({SubmissionStatus.ACCEPTED}), SubmissionStatus.RETURNED, reason=True),
}

# Steps of those who read what a department sent, and all that lead on to acceptance.
REVIEW_STEPS = frozenset({"sign", "accept"})
FORWARD_STEPS = REVIEW_STEPS | {"submit"}
# What the department takes back before the next step: it judges nothing, all others judge what was entered.
BACKWARD_STEPS = frozenset({"withdraw", "unsign"})


def has_right(user: User, action: str, submission: Submission) -> bool:
    """Role and place fit: department for clerk and head, region for the office; or a deputy takes a head's step."""
    if user.role != MOVES[action].role:
        return acting_for(user, action, submission) is not None
    return _in_place(user, submission)


def _in_place(user: User, submission: Submission) -> bool:
    if user.role == Role.OFFICE:
        return user.department is not None and user.department.region_id == submission.region_id
    return user.department_id == submission.department_id


def acting_for(user: User, action: str, submission: Submission) -> User | None:
    """The head in whose place this person may take the step; never over what they filled in or submitted."""
    head = _stood_in_for(user, action, submission)
    return None if head is None or submission.pk in user.own_work else head


def is_own_work(user: User, action: str, submission: Submission) -> bool:
    """Whether that alone keeps a deputy from the step."""
    return _stood_in_for(user, action, submission) is not None and submission.pk in user.own_work


def _stood_in_for(user: User, action: str, submission: Submission) -> User | None:
    if MOVES[action].role != Role.HEAD or user.department_id != submission.department_id:
        return None
    return next(iter(user.heads_stood_in_for), None)


def fits_status(action: str, submission: Submission) -> bool:
    if action in LOCKED and submission.is_closed:
        return False
    move = MOVES[action]
    if move.role == Role.HEAD and not submission.department.signs:
        return False
    if submission.status in move.old:
        return True
    return submission.status in move.old_unsigned and not submission.department.signs


def actions_for(user: User, submission: Submission) -> list[str]:
    """What this person may do to it now, in the order of the process."""
    return [a for a in MOVES if has_right(user, a, submission) and fits_status(a, submission)]


def may_enter(user: User, submission: Submission) -> bool:
    """Only the department that reports a figure enters or corrects it, and its clerk does it."""
    return has_right(user, "submit", submission)


def can_edit(user: User, submission: Submission) -> bool:
    return may_enter(user, submission) and fits_status("submit", submission)


def may_explain(user: User, submission: Submission) -> bool:
    """Who answers for the figures answers for what is found in them."""
    return may_enter(user, submission)


def fits_explaining(submission: Submission) -> bool:
    """While the clerk has it, and again once it is accepted; between them, what was signed stays as it was signed."""
    return submission.status in OPEN_STATUSES | {SubmissionStatus.ACCEPTED}


def may_judge(user: User, submission: Submission) -> bool:
    """The office says whether an error may stand."""
    return has_right(user, "accept", submission)


def reads_repairs(user: User) -> bool:
    """Values that would repair a finding are for the department, which looks at its records first; everybody else is
    told what does not agree, not what to write."""
    return user.role in DEPARTMENT_ROLES


def can_comment(user: User, submission: Submission) -> bool:
    """Those who move a submission on talk about its cells, in any status; leader and administrator read."""
    return user.role in DEPARTMENT_ROLES | {Role.OFFICE} and _in_place(user, submission)


def can_build_report(user: User) -> bool:
    return user.role == Role.OFFICE


def can_read_report(user: User) -> bool:
    return user.role in REGION_ROLES


def can_read_boards(user: User) -> bool:
    """Of their region and all regions in it; the administrator of any."""
    return user.role in OVERVIEW_ROLES


def can_read_own_figures(user: User) -> bool:
    """Of the sheets that their department reports: over time, in the explorer, in the report."""
    return user.role in DEPARTMENT_ROLES and user.department is not None


def can_read_periods(user: User) -> bool:
    return user.role in OVERVIEW_ROLES


def can_open_period(user: User) -> bool:
    return user.role == Role.OFFICE


def can_check_period(user: User) -> bool:
    return user.role == Role.OFFICE


def can_set_severities(user: User, region: Region) -> bool:
    """How grave checks are in a region says its office; the administrator may for each."""
    is_own = user.department is not None and user.department.region_id == region.pk
    return user.role == Role.ADMIN or (user.role == Role.OFFICE and is_own)


def can_read_in_report(user: User, region: Region) -> bool:
    """Proofread a written report of the region, and take its figures over as history."""
    return can_set_severities(user, region)


def can_manage(user: User, period: Period) -> bool:
    """Change its calendar, hand out its sheets, grant more time, urge."""
    return can_open_period(user) and user.department is not None and user.department.region_id == period.region_id


def can_review(user: User) -> bool:
    """Has a queue of submissions that wait for a signature or for acceptance."""
    return user.role in (Role.OFFICE, Role.HEAD) or bool(user.heads_stood_in_for)


def can_set_up(user: User) -> bool:
    """Load the catalogue, and say which department reports which sheet."""
    return user.role == Role.ADMIN


def can_make_sheets(user: User) -> bool:
    """Draft sheets and put them in force: the administrator all, an office those of its own region where that may."""
    region = user.region
    return can_set_up(user) or (user.role == Role.OFFICE and region is not None and region.makes_sheets)


def can_make_sheets_of(user: User, region: str) -> bool:
    """`region` is the code of the one whose own they are; empty for what all share."""
    is_own = user.region is not None and user.region.code == region
    return can_set_up(user) or (can_make_sheets(user) and is_own)


def can_read_audit(user: User) -> bool:
    return user.role in (Role.ADMIN, Role.AUDITOR)


def can_name_deputy(user: User) -> bool:
    return user.role == Role.HEAD and user.department is not None


def can_end_deputy(user: User, deputy: Deputy) -> bool:
    return deputy.head_id == user.pk
