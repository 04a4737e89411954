"""Lists of records, and the pages on which one is written."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections import follow_ups, items, listing, personal_data, planning, tally
from inspections import records as record_writer
from inspections.access import can_plan, can_record, may_write, sees_personal_data
from inspections.files import RecordAttachments
from inspections.forms import RecordForm, quick_form, sectors_of
from inspections.models import (
    Firm,
    NonconformingSample,
    PartyRecord,
    Record,
    SamplingBatch,
    SamplingPlan,
    SavedView,
)
from inspections.models.words import fault, word_fields
from inspections.registers import AREAS, BATCHES, REGISTER_OF, REGISTERS, Register
from sectors.catalogue.words import words
from sectors.guard import WrongState
from sectors.models import Department, Indicator, Region, RegistryWord, Submission, User
from sectors.shell.http import PersonRequest
from sectors.versions import Conflict, version_of
from sectors.vocabulary import WordKind

PAGE = 50


@login_required
@require_safe
def records(request: PersonRequest, slug: str) -> HttpResponse:
    """The list, narrowed as the address says, with a row to add the next record."""
    register = REGISTERS[slug]
    found = listing.read(register, request.GET, request.user)
    page = Paginator(found.rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = [_shown_to(request.user, row) for row in page.object_list]
    context = {
        "register": register,
        "registers": AREAS[register.area],
        "found": found,
        "page": page,
        "query": _without(request, "page"),
        "sorting": found.sorting,
        "can_record": can_record(request.user),
        "can_plan": can_plan(request.user),
        "screenings": _screenings(request.user) if register.slug == BATCHES.slug else [],
        "quick": _quick_row(request, register) if can_record(request.user) and register.quick else None,
        "views": _views(request, register),
        "this_query": _without(request, "page", "counted"),
    }
    return render(request, "inspections/records.html", context)


def _screenings(user: User) -> list[RegistryWord]:
    """Programmes of which a day is one record."""
    if user.region is None:
        return []
    offered = words().offered(WordKind.PROGRAMME, user.region.pk, timezone.localdate())
    return [word for word in offered if word.is_screening]


def _shown_to(user: User, record: Record) -> Record:
    return record if sees_personal_data(user, record) else personal_data.hide(record)


def _firm(user: User, record: Record) -> Firm | None:
    """The firm that a record names; one that is called as a person only for who reads the record in full."""
    firm = record.firm if isinstance(record, PartyRecord) else None
    return None if firm and firm.is_person and not sees_personal_data(user, record) else firm


def _views(request: PersonRequest, register: Register) -> list[tuple[SavedView, bool]]:
    """The person's own views of this list, and which of them is shown."""
    shown = _without(request, "page", "counted")
    return [(view, view.query == shown) for view in SavedView.objects.filter(user=request.user, register=register.slug)]


def _without(request: PersonRequest, *names: str) -> str:
    asked = request.GET.copy()
    for name in names:
        asked.pop(name, None)
    return asked.urlencode()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """A new record, with what the last one said filled in."""
    register = REGISTERS[slug]
    department = own_department(request)
    before = follow_ups.predecessor(request.GET.get("after", ""), register, request.user)
    form = register.form(request.POST or None, department=department, initial=_start(request, register, before))
    if isinstance(before, NonconformingSample):
        form.version = version_of(before, fields=record_writer.HANDED_OVER)
    updated = _save(form, request.user, after=before)
    if updated is None:
        return _form_page(request, register, form, before)
    _say(request, _("Recorded: %(name)s.") % record_writer.message_names(form.instance), updated)
    return redirect(_onward(request, register, form.instance))


def _save(form: RecordForm, by: User, after: Record | None = None) -> int | None:
    """Returns how many figures changed, None where the form says why its record is not stored."""
    if not form.is_valid():
        return None
    try:
        return record_writer.save(form.instance, by=by, after=after, seen=form.seen)
    except WrongState as error:
        form.add_error(None, str(error))
    except Conflict as conflict:
        form.conflict = conflict
        if after and isinstance(conflict.there, NonconformingSample):
            message = _("The sample is with another case by now: %(case)s. If you save once more, it goes to yours.")
            form.add_error(None, message % {"case": conflict.there.case})
    return None


def _onward(request: PersonRequest, register: Register, made: Record) -> str:
    """Where a new record leads: to the next one, to what has to follow from it, or to the list.

    From the row in the list back into that row: the address ends in the field that waits for the next one.
    """
    if "quick" in request.POST:
        waiting = next(name for name in register.quick if name not in (register.day, "category", "premises_type"))
        return f"{reverse(register.slug)}#quick-{waiting}"
    if "more" in request.POST:
        again = f"?programme={made.programme}" if isinstance(made, SamplingBatch) else ""
        return reverse(f"new-{register.slug}") + again
    begins = any(follow.may_begin for follow in follow_ups.of_record(register, made, may_write=True))
    return reverse(f"change-{register.slug}", args=[made.pk]) if begins else reverse(register.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """A record: to be changed by its clerk, to be read by everybody else who sees it."""
    register = REGISTERS[slug]
    found = get_object_or_404(_one(request, register), pk=pk)
    if not may_write(request.user, found):
        if request.method == "POST":
            raise PermissionDenied
        shown = _reading(register, _shown_to(request.user, found)) | {"firm": _firm(request.user, found)}
        return render(request, "inspections/record.html", shown | around(request, register, found))
    form = register.form(request.POST or None, instance=found, department=found.department)
    updated = _save(form, request.user)
    if updated is None:
        return _form_page(request, register, form)
    _say(request, _("Changed: %(name)s.") % record_writer.message_names(found), updated)
    return redirect(slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Say what deleting changes, and do it once that is confirmed."""
    register = REGISTERS[slug]
    found = get_object_or_404(_one(request, register), pk=pk)
    if not may_write(request.user, found):
        raise PermissionDenied
    if request.method != "POST":
        return _delete_page(request, register, found)
    words = record_writer.message_names(found)
    try:
        updated = record_writer.delete(found, by=request.user, seen=request.POST.get("seen", ""))
    except WrongState as error:
        messages.error(request, str(error))
        return redirect(slug)
    except Conflict as conflict:
        return _delete_page(request, register, get_object_or_404(_one(request, register), pk=pk), conflict)
    _say(request, _("Deleted: %(name)s.") % words, updated)
    return redirect(slug)


def _delete_page(
    request: PersonRequest, register: Register, found: Record, conflict: Conflict | None = None
) -> HttpResponse:
    """What would go, as it is now."""
    context = {
        "counted": tally.cells_of(found),
        "dependents": record_writer.dependents(found),
        "seen": record_writer.version_to_delete(found),
        "conflict": conflict,
    }
    status = 409 if conflict else 200
    return render(request, "inspections/delete.html", _reading(register, found) | context, status=status)


@login_required
@require_safe
def counted(request: PersonRequest, pk: int, code: str) -> HttpResponse:
    """From a cell of a sheet to exactly the records that are counted for it."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).select_related("period"), pk=pk)
    indicator = get_object_or_404(Indicator.objects.filter(sheet=submission.sheet_id).exclude(counted={}), code=code)
    register = REGISTER_OF[indicator.counted["of"]]
    return redirect(f"{reverse(register.slug)}?counted={submission.pk}:{indicator.code}")


def _one(request: PersonRequest, register: Register) -> Any:
    rows = register.model.objects.for_user(request.user).for_listing()
    return rows.select_related("region", *register.related)


def _start(request: PersonRequest, register: Register, before: Record | None = None) -> dict[str, Any]:
    """What the next record most likely is: of today, like the last one of this person, and as what it follows from.

    Where the address names a programme, it is like the last one of that programme.
    """
    start: dict[str, Any] = {register.day: timezone.localdate()}
    today = timezone.localdate()
    rows: Any = register.model.objects.filter(by=request.user).order_by("-pk")
    programme = request.GET.get("programme", "")
    if programme in words().of(WordKind.PROGRAMME) and "programme" in register.carried:
        start["programme"] = programme
        rows = rows.filter(programme=programme)
    last = rows.values(*register.carried, "created").first()
    if last:
        # A day is carried on only within one sitting.
        stale = {"created"} if timezone.localdate(last["created"]) == today else {"created", register.day}
        start |= {name: value for name, value in last.items() if value and name not in stale}
    elif "sector" in register.carried and request.user.department:
        start |= _only_sector(request.user.department)
    start |= follow_ups.initial_values(before, register) if before else {}
    gone = _not_in_use(register, request.user.region, start, today)
    return {name: value for name, value in start.items() if name not in gone}


def _not_in_use(register: Register, region: Region | None, start: dict[str, Any], day: datetime.date) -> set[str]:
    """Words that are retired since they were last recorded."""
    if region is None:
        return set()
    known = words()
    fields = [field for field in word_fields(register.model) if start.get(field.name)]
    return {field.name for field in fields if fault(field, known, start[field.name], region.pk, day)}


def _only_sector(department: Department) -> dict[str, Any]:
    """The sector of a department that reports on one."""
    sectors = list(sectors_of(department)[:2])
    return {"sector": sectors[0].pk} if len(sectors) == 1 else {}


def _quick_row(request: PersonRequest, register: Register) -> dict[str, Any] | None:
    """The few fields of a row; what it does not ask is carried over. None where that would not do."""
    department = request.user.department
    start = _start(request, register)
    rest = {name: value for name, value in start.items() if name not in register.quick and value not in (None, "")}
    asked = register.form.base_fields
    needed = {name for name, field in asked.items() if field.required and field.initial is None}
    if department is None or needed - rest.keys() - set(register.quick):
        return None
    form = quick_form(register.form, register.quick)(department=department, initial=start, auto_id="quick-%s")
    known = form.suggest()
    return {
        "known": known,
        "fields": list(form),
        "hidden": rest.items(),
        "like": [(asked[name].label, _word(register, name, value)) for name, value in rest.items()],
    }


def _word(register: Register, name: str, value: Any) -> object:
    """What a value that is carried over is called."""
    field: Any = register.model._meta.get_field(name)
    if field.is_relation:
        return field.related_model.objects.filter(pk=value).first()
    return dict(field.flatchoices).get(value, value)


def _form_page(
    request: PersonRequest, register: Register, form: RecordForm, before: Record | None = None
) -> HttpResponse:
    record = form.instance if form.instance.pk else None
    context = {"register": register, "form": form, "record": record, "before": before, "known": form.suggest()}
    context["firm"] = _firm(request.user, record) if record else None
    if record:
        context |= around(request, register, record)
    status = 409 if form.conflict else 422 if form.is_bound else 200
    return render(request, "inspections/form.html", context, status=status)


def around(request: PersonRequest, register: Register, found: Record) -> dict[str, Any]:
    """What stands under a record: what follows from it, and its files."""
    writes = may_write(request.user, found)
    return {
        "registers": AREAS[register.area],
        "follows": follow_ups.of_record(register, found, may_write=writes),
        "files": RecordAttachments(found, request.user).listed(),
        "item_groups": items.read(found.items) if isinstance(found, SamplingBatch) else [],
        "progress": planning.progress(found) if isinstance(found, SamplingPlan) else [],
    }


def _reading(register: Register, found: Record) -> dict[str, Any]:
    shown = []
    for name in register.form.base_fields:
        field = found._meta.get_field(name)
        value = getattr(found, f"get_{name}_display", lambda at=name: getattr(found, at))()
        shown.append((getattr(field, "verbose_name", name), value))
    return {"register": register, "record": found, "shown": [(n, v) for n, v in shown if v not in ("", None)]}


def _say(request: PersonRequest, sentence: str, updated: int) -> None:
    if updated:
        cells = ngettext("%(count)d cell of an open sheet follows.", "%(count)d cells of open sheets follow.", updated)
        sentence = f"{sentence} {cells % {'count': updated}}"
    messages.success(request, sentence)


def own_department(request: PersonRequest) -> Department:
    """The department whose clerk asks. Raises PermissionDenied for everybody else."""
    if not can_record(request.user) or request.user.department is None:
        raise PermissionDenied
    return request.user.department
