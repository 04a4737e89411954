"""Who may do what with stations and their parts; which they see at all is `for_user` of the querysets."""

from __future__ import annotations

from collection.models import StationPart
from collection.models.stations import READERS
from sectors.access import may_enter
from sectors.models import Submission, User
from sectors.vocabulary import Role


def may_read(user: User) -> bool:
    return user.role in READERS


def may_keep(user: User) -> bool:
    """Add and change the stations of the own department."""
    return user.role == Role.CLERK and user.department is not None


def may_ask(user: User, submission: Submission) -> bool:
    """Ask stations, return and accept their parts, take them over: who fills the sheet."""
    return may_enter(user, submission)


def may_fill(user: User, part: StationPart) -> bool:
    """By the station's own account, or in its name (it told its figures by telephone) who fills the sheet."""
    return part.station.account_id == user.pk or may_enter(user, part.request.submission)
