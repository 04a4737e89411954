"""Who may do what to records: pure predicates. What a person sees at all is `RecordQuerySet.for_user`."""

from __future__ import annotations

from django.db.models import Q

from inspections import personal_data
from inspections.models import Record, SamplingPlan
from sectors.models import User
from sectors.vocabulary import OVERVIEW_ROLES, Role


def can_record(user: User) -> bool:
    """Whether the person writes records at all: the clerk of a department."""
    return user.role == Role.CLERK and user.department is not None


def keeps_firms(user: User, region: int | None) -> bool:
    """Whether the person writes the register of firms of a region: the clerks who record there, its office, and the
    administrator. It is one list for all of them, so it belongs to no department."""
    if user.role == Role.ADMIN:
        return True
    return (can_record(user) or can_plan(user)) and user.department is not None and user.department.region_id == region


def reads_persons(user: User, region: int | None) -> bool:
    """Whether the person reads names of firms that are those of persons: who keeps the register has to."""
    return keeps_firms(user, region)


def is_person(field: str) -> Q:
    """Of which rows a field is the name of a person, as `personal_data.is_person` says it of a text."""
    person, business, parts = (
        Q(**{f"{field}__regex": of}) for of in (personal_data.PERSON, personal_data.BUSINESS, personal_data.PARTS)
    )
    return (person & ~business) | parts


def may_write(user: User, record: Record) -> bool:
    """A record belongs to its department, whose clerk writes it. The office draws up plans for its region."""
    if user.department is None:
        return False
    if isinstance(record, SamplingPlan) and user.role == Role.OFFICE:
        return user.department.region_id == record.region_id
    return can_record(user) and record.department_id == user.department_id


def sees_personal_data(user: User, record: Record) -> bool:
    """Whether the person reads names and numbers of persons in a record: who is of the department that keeps it."""
    return user.department_id is not None and user.department_id == record.department_id


def reads_in_full(user: User, kind: str, field: str) -> Q:
    """Of which records of a kind the person reads a field as it is: those of the own department, and where nothing of
    it is masked. Who reads it masked does not search in it either: the answer would tell it."""
    if field not in personal_data.fields(kind):
        return Q()
    masked = Q(**{f"{field}__regex": personal_data.PATTERNS})
    if field in personal_data.NAMES.get(kind, ()):
        masked |= is_person(field)
    return Q(department=user.department_id) | ~masked


def sorts_by(user: User, kind: str, field: str) -> bool:
    """Whether the person may have records of a kind sorted by a field: the order of names tells them too."""
    return field not in personal_data.fields(kind) or not sees_departments(user)


def sees_departments(user: User) -> bool:
    """Whether the person sees the records of several departments."""
    return user.role in OVERVIEW_ROLES


def can_plan(user: User) -> bool:
    return user.role == Role.OFFICE and user.department is not None
