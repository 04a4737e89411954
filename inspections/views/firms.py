"""The register of firms: its list, the page of one, and what its keepers do to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.models import Event
from inspections import firm_listing, firm_names, firms, links
from inspections.access import can_record, keeps_firms, reads_persons
from inspections.firm_forms import FirmForm
from inspections.models import Firm, FirmName, NonconformingSample
from inspections.personal_data import MASK, NAMES, hide, masked_person
from inspections.registers import AREAS, REGISTERS, SAMPLES
from sectors.guard import WrongState
from sectors.models import Region, User
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH, plain, whole_number
from sectors.versions import Conflict
from sectors.vocabulary import Role

PAGE = 50
SHOWN = 50  # records and events on the page of a firm
PROPOSED = 8  # firms beside a field in which one is typed
REGION = "firms-region"  # in the session of who belongs to none


def region_of(request: PersonRequest) -> Region:
    """The region whose firms are shown: one's own; who has none chooses it by the address, and it is kept. Raises
    PermissionDenied for who has no region and is no administrator."""
    user = request.user
    if user.region is not None:
        return user.region
    if user.role != Role.ADMIN:
        raise PermissionDenied
    known = {region.pk: region for region in regions()}
    wanted = whole_number(request.GET.get("region", "")) or request.session.get(REGION, 0)
    if not known:
        raise PermissionDenied
    chosen = known.get(wanted) or next(iter(known.values()))
    if request.session.get(REGION) != chosen.pk:
        request.session[REGION] = chosen.pk
    return chosen


def regions() -> list[Region]:
    """Those that have departments."""
    return list(Region.objects.filter(departments__isnull=False).distinct().order_by("code"))


def keeper_region(request: PersonRequest) -> Region:
    """The same for who writes the register. Raises PermissionDenied for everybody else."""
    region = region_of(request)
    if not keeps_firms(request.user, region.pk):
        raise PermissionDenied
    return region


def around(request: PersonRequest, region: Region, here: str) -> dict[str, Any]:
    """What the pages of the register share."""
    return {
        "region": region,
        "registers": AREAS["inspections"],
        "here": here,
        "keeps": keeps_firms(request.user, region.pk),
        "regions": regions() if request.user.region is None else [],
    }


def shown_to(user: User, firm: Firm) -> Firm:
    """A firm to be shown and never saved: that of a person masked for who does not keep the register."""
    if firm.is_person and not reads_persons(user, firm.region_id):
        firm.name, firm.address = masked_person(firm.name), MASK if firm.address else ""
    return firm


@login_required
@require_safe
def firm_list(request: PersonRequest) -> HttpResponse:
    """The list, narrowed as the address says."""
    region = region_of(request)
    found = firm_listing.read(request.GET, request.user, region)
    page = Paginator(found.rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = [shown_to(request.user, firm) for firm in page.object_list]
    query = request.GET.copy()
    query.pop("page", None)
    context = {"found": found, "sorting": found.sorting, "page": page, "query": query.urlencode()}
    return render(request, "inspections/firms/list.html", context | around(request, region, "firms"))


@login_required
@require_safe
def firm(request: PersonRequest, pk: int) -> HttpResponse:
    """One firm: what it is, the records that name it as far as the person sees them, and what was done to it."""
    found = get_object_or_404(Firm.objects.for_user(request.user).select_related("region", "department"), pk=pk)
    keeps = keeps_firms(request.user, found.region_id)
    merged = Firm.objects.filter(merged_into=found).order_by("pk")
    context = {
        "firm": shown_to(request.user, found),
        "target": found.merged_into and shown_to(request.user, found.merged_into),
        "others": [name if keeps else masked_person(name) for name in firms.names_of(found)],
        "merged": [shown_to(request.user, one) for one in merged],
        "records": _records(request.user, found),
        "waiting": _waiting(request.user, found),
        "events": _events(found) if keeps else [],
    }
    return render(request, "inspections/firms/firm.html", context | around(request, found.region, "firms"))


def _records(user: User, found: Firm) -> list[tuple[Any, int, list[Any]]]:
    """By register: how many, and the latest. Of a person, what says so of persons is shown by its own department
    alone: the name on this page would tell whom it is about."""
    result = []
    for register in REGISTERS.values():
        if register.model in links.LINKED:
            rows: Any = register.model.objects.for_user(user).filter(firm=found)
            if found.is_person and register.kind in NAMES:
                rows = rows.filter(department=user.department_id)
            count = rows.count()
            latest = list(rows.for_listing().order_by(f"-{register.day}", "-pk")[:SHOWN]) if count else []
            for one in latest:
                one.shown_day = getattr(one, register.day)
                if one.department_id != user.department_id:
                    hide(one)
            result.append((register, count, latest))
    return result


def _waiting(user: User, found: Firm) -> list[tuple[Any, list[Any]]]:
    """What is not settled: by register, its records."""
    samples: Any = NonconformingSample.objects.for_user(user).filter(batch__firm=found, closed_on=None)
    waiting = [(SAMPLES, list(samples.select_related("batch").order_by("found_on", "pk")[:SHOWN]))]
    notices = REGISTERS["rectifications"]
    rows: Any = notices.model.objects.for_user(user).filter(firm=found, closed_on=None)
    waiting.append((notices, list(rows.order_by("issued_on", "pk")[:SHOWN])))
    return [(register, rows) for register, rows in waiting if rows]


def _events(found: Firm) -> list[tuple[Event, list[tuple[str, Any, Any]]]]:
    """What the audit record tells of a firm, the latest first, with the words of its fields."""
    rows = Event.objects.filter(subject=Firm._meta.label_lower, subject_id=str(found.pk)).order_by("-id")[:SHOWN]
    return [(event, [(_word(what), old, new) for what, old, new in event.detail.get("changes", [])]) for event in rows]


def _word(name: str) -> str:
    if name == "other_names":
        return _("Other names")
    return str(Firm._meta.get_field(name.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    """A new firm, with the name that the address gives."""
    region = keeper_region(request)
    initial = {"name": plain(request.GET.get("name", ""))[:LONGEST_SEARCH], "kind": request.GET.get("kind", "")}
    form = FirmForm(request.POST or None, region=region, initial=initial)
    if not _save(form, request.user):
        return _form_page(request, region, form)
    messages.success(request, _("In the register: %(name)s.") % {"name": form.instance})
    return redirect("firm", form.instance.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a firm, also close it down."""
    found = get_object_or_404(Firm.objects.for_user(request.user).select_related("region"), pk=pk)
    if not keeps_firms(request.user, found.region_id):
        raise PermissionDenied
    if found.merged_into_id:
        messages.error(request, _("It is merged into another one: change that one, or take the merging back."))
        return redirect("firm", pk)
    others = firms.names_of(found)
    form = FirmForm(request.POST or None, instance=found, region=found.region, initial={"others": "\n".join(others)})
    form.version = firms.version(found, others) if not form.is_bound else ""
    if not _save(form, request.user):
        return _form_page(request, found.region, form)
    messages.success(request, _("Changed: %(name)s.") % {"name": form.instance})
    return redirect("firm", pk)


def _save(form: FirmForm, by: User) -> bool:
    if not form.is_valid():
        return False
    is_new = form.instance.pk is None
    try:
        firms.save(form.instance, form.cleaned_data["others"], by=by, seen=None if is_new else form.seen)
    except WrongState as error:
        form.add_error(None, str(error))
    except Conflict as conflict:
        form.conflict = conflict
    return not form.conflict and not form.errors


def _form_page(request: PersonRequest, region: Region, form: FirmForm) -> HttpResponse:
    known = Firm.objects.filter(region=region).exclude(township="").order_by("township")
    townships = dict.fromkeys([*known.values_list("township", flat=True).distinct(), *_below(region)])
    context = {"form": form, "firm": form.instance if form.instance.pk else None, "townships": list(townships)}
    status = 409 if form.conflict else 422 if form.is_bound else 200
    return render(request, "inspections/firms/form.html", context | around(request, region, "firms"), status=status)


def _below(region: Region) -> list[str]:
    return list(region.children.order_by("code").values_list("name", flat=True))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose the firm that this one is as well, and let it be that one."""
    found = get_object_or_404(Firm.objects.for_user(request.user).select_related("region"), pk=pk)
    if not keeps_firms(request.user, found.region_id):
        raise PermissionDenied
    problem = ""
    if request.method == "POST":
        rows = Firm.objects.for_user(request.user).current().filter(region=found.region).exclude(pk=pk)
        target = rows.filter(pk=whole_number(request.POST.get("target", ""))).first()
        problem = _("Choose the firm that it is.") if target is None else _merged(request, found, target)
        if target is not None and not problem:
            return redirect("firm", target.pk)
    search = plain(request.GET.get("q", "")[:LONGEST_SEARCH])
    context = {
        "firm": found,
        "search": search,
        "candidates": _candidates(found, search),
        "seen": firms.version(found, firms.names_of(found)),
        "problem": problem,
        "count": sum(model.objects.filter(firm=found).count() for model in links.LINKED),
    }
    status = 422 if problem else 200
    shared = around(request, found.region, "firms")
    return render(request, "inspections/firms/merge.html", context | shared, status=status)


def _merged(request: PersonRequest, found: Firm, target: Firm) -> str:
    """Merge two; returns why not."""
    try:
        count = firms.merge(found, target, by=request.user, seen=request.POST.get("seen"))
    except (WrongState, Conflict) as error:
        return str(error)
    said = ngettext(
        "Merged. %(count)d record names this firm now.", "Merged. %(count)d records name this firm now.", count
    )
    messages.success(request, said % {"count": count})
    return ""


def _candidates(found: Firm, search: str) -> list[Firm]:
    """Those that are searched for, else those whose names are like it."""
    rows = Firm.objects.current().filter(region=found.region_id).exclude(pk=found.pk)
    if search:
        key = firm_names.key(search)
        return list(rows.filter(key__contains=key)[:PAGE]) if key else list(rows.filter(name__contains=search)[:PAGE])
    likely = firm_names.Likely(dict(rows.values_list("pk", "key"))).of(found.key, PROPOSED)
    there = rows.in_bulk([pk for pk, _score in likely])
    return [there[pk] for pk, _score in likely]


@login_required
@require_POST
def part(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the merging of a firm back."""
    found = get_object_or_404(Firm.objects.for_user(request.user), pk=pk)
    if not keeps_firms(request.user, found.region_id):
        raise PermissionDenied
    try:
        count = firms.part(found, by=request.user)
    except WrongState as error:
        messages.error(request, str(error))
    else:
        said = ngettext(
            "Taken back. %(count)d record names it again.", "Taken back. %(count)d records name it again.", count
        )
        messages.success(request, said % {"count": count})
    return redirect("firm", pk)


@login_required
@require_safe
def suggest(request: PersonRequest) -> HttpResponse:
    """Firms whose names or codes hold what is typed in a record, for the list under its field."""
    if not can_record(request.user) or request.user.region is None:
        raise PermissionDenied
    text = plain(request.GET.get("text", "")[:LONGEST_SEARCH])
    return render(request, "inspections/firms/_options.html", {"firms": _suggested(request.user.region, text)})


def _suggested(region: Region, text: str) -> list[Firm]:
    """Those that operate and begin so, then those that hold it, in their code or another name too."""
    key = firm_names.key(text)
    rows = Firm.objects.current().filter(region=region).exclude(closed_on__lte=timezone.localdate())
    found: dict[int, Firm] = {}
    named = Q(key__contains=key) | Q(code__startswith=firm_names.written_code(text))
    others: Any = FirmName.objects.filter(key__contains=key, firm__region=region)
    for condition in (Q(key__startswith=key), named, Q(pk__in=others.values("firm"))) if key else ():
        if len(found) < PROPOSED:
            found |= {one.pk: found.get(one.pk, one) for one in rows.filter(condition)[: PROPOSED * 2]}
    return list(found.values())[:PROPOSED]
