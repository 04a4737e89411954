"""A list of records as its address asks for it: filtered, searched, sorted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import tally
from inspections.access import can_record, reads_in_full, sees_departments, sorts_by
from inspections.models import PlanTask, SamplingPlan
from inspections.models.records import State
from inspections.models.words import WordField
from inspections.registers import REGISTER_OF, Register
from sectors.catalogue.words import under, words
from sectors.models import Department, Indicator, Submission, User
from sectors.models.scopes import one_region
from sectors.shell.sorting import Head, Sorting
from sectors.texts import LONGEST_SEARCH, plain, whole_number
from sectors.vocabulary import Role


@dataclass(frozen=True)
class ChoiceFilter:
    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str = ""


@dataclass(frozen=True)
class CountedCell:
    """The cell of a sheet whose records are listed; `elsewhere` are those counted that the person does not see, of
    departments that had the sheet before."""

    submission: Submission
    indicator: Indicator
    elsewhere: int = 0


@dataclass(frozen=True)
class Listing:
    rows: QuerySet[Any]
    choices: list[ChoiceFilter]
    search: str
    since: str
    until: str
    sorting: Sorting
    counted: CountedCell | None
    is_narrowed: bool


def read(register: Register, asked: QueryDict, user: User) -> Listing:
    """What the address asks for; what it asks for in vain is left out."""
    rows = register.model.objects.for_user(user).select_related("department", *register.related)
    counted = _counted(register, asked.get("counted", ""), user)
    if counted:
        records = _records_of(counted)
        counted = replace(counted, elsewhere=records.exclude(pk__in=rows.values("pk")).distinct().count())
        rows = rows.filter(pk__in=records.values("pk"))
    states = register.model.states(timezone.localdate())
    choices = _choices(register, asked, states, user)
    for choice in choices:
        if choice.chosen:
            rows = rows.filter(states[choice.chosen].condition if choice.name == "state" else _chosen(register, choice))
    search = plain(asked.get("q", "")[:LONGEST_SEARCH])
    for word in search.split():
        rows = rows.filter(_any(register, word, user))
    since, until = _day(asked.get("since", "")), _day(asked.get("until", ""))
    if since:
        rows = rows.filter(**{f"{register.day}__gte": since})
    if until:
        rows = rows.filter(**{f"{register.day}__lte": until})
    sorting = Sorting(_heads(register, user), asked, usual=f"-{register.day}")
    narrowed = bool(counted or search or since or until or any(c.chosen for c in choices))
    rows = rows.order_by(*sorting.order(f"-{register.day}"), "-pk")
    return Listing(rows, choices, search, since, until, sorting, counted, narrowed)


def _counted(register: Register, text: str, user: User) -> CountedCell | None:
    """`<submission>:<code>`, of a submission that this person sees and of what is counted from the register."""
    number, _colon, code = text.partition(":")
    found = Submission.objects.for_user(user).filter(pk=whole_number(number))
    submission = found.select_related("sheet", "period", "department").first()
    indicator = submission and tally.counted_indicators(submission).get(code)
    if not submission or not indicator or REGISTER_OF[indicator.counted["of"]] != register:
        return None
    return CountedCell(submission, indicator)


def _records_of(counted: CountedCell) -> QuerySet[Any]:
    rows = tally.records(counted.submission, counted.indicator)
    # A plan is listed where its tasks are counted.
    return SamplingPlan.objects.filter(tasks__in=rows) if rows.model is PlanTask else rows


def _choices(register: Register, asked: QueryDict, states: Mapping[str, State], user: User) -> list[ChoiceFilter]:
    found = []
    for name in register.filters:
        field = _field(register, name)
        found.append(ChoiceFilter(name, str(field.verbose_name), _options(field, user)))
    if states:
        found.append(ChoiceFilter("state", _("State"), [(name, str(state.label)) for name, state in states.items()]))
    if sees_departments(user):
        found.append(ChoiceFilter("department", _("Department"), _departments(user)))
    chosen = {one.name: asked.get(one.name, "") for one in found}
    return [replace(one, chosen=chosen[one.name]) if chosen[one.name] in dict(one.options) else one for one in found]


def _field(register: Register, name: str) -> Any:
    return get_fields_from_path(register.model, name)[-1]


def _options(field: Any, user: User) -> list[tuple[str, str]]:
    """All words of the person's region, also those that are in use no more: records have them."""
    if isinstance(field, WordField):
        return words().choices(field.kind, user.region)
    return [(str(value), str(word)) for value, word in field.flatchoices]


def _departments(user: User) -> list[tuple[str, str]]:
    rows = Department.objects.filter(one_region(user)) if user.role != Role.ADMIN else Department.objects.all()
    return [(str(pk), name) for pk, name in rows.order_by("pk").values_list("pk", "short_name")]


def _chosen(register: Register, choice: ChoiceFilter) -> Q:
    """What lies below a word is meant with it."""
    if choice.name in register.filters and isinstance(_field(register, choice.name), WordField):
        return under(choice.name, [choice.chosen])
    return Q(**{choice.name: choice.chosen})


def _any(register: Register, word: str, user: User) -> Q:
    condition = Q()
    for field in register.search:
        condition |= Q(**{f"{field}__icontains": word}) & reads_in_full(user, register.kind, field)
    return condition


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _heads(register: Register, user: User) -> list[Head]:
    """The columns; by what the person reads masked the list is not sorted."""
    heads = []
    for of in register.columns:
        by = (of.sort,) if of.sort and sorts_by(user, register.kind, of.sort) else ()
        heads.append(Head(of.head, of.sort, by, is_number=of.is_number))
    heads.append(Head(_("State")))
    if not can_record(user):
        heads.append(Head(_("Department"), "department", ("department__short_name",)))
    return [*heads, Head(_("Open the record"), is_hidden=True)]
