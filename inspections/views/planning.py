"""The proposal of next year's plan: looked at, adjusted, made the plan."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inspections import failures, planning, records
from inspections.access import can_plan, may_write
from inspections.forms import TaskFormSet
from inspections.models import SamplingPlan
from inspections.registers import AREAS, PLANS
from sectors.catalogue.words import words
from sectors.guard import WrongState
from sectors.models import Assignment, Region
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number
from sectors.versions import Conflict
from sectors.vocabulary import WordKind

MOST_BATCHES = 1_000_000  # of a line; fewer than that


class ProposalForm(forms.Form):
    """What a proposal is made from: whose samples, of which year, and how many batches there are to spread."""

    year = forms.IntegerField(label=gettext_lazy("Samples of the year"), min_value=1990, max_value=2200)
    batches = forms.IntegerField(label=gettext_lazy("Batches to spread"), min_value=1, max_value=100_000)
    floor = forms.IntegerField(label=gettext_lazy("At least for each category"), min_value=0, max_value=10_000)

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Assignment.objects.filter(region=region).select_related("sheet", "department")
        counted = rows.filter(sheet__indicators__counted__of="batch").distinct()
        self.fields["assignment"] = forms.ModelChoiceField(counted, label=_("Department and sheet"))
        self.order_fields(["assignment"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: PersonRequest) -> HttpResponse:
    """GET proposes, with the weights in the address; POST makes the adjusted numbers the plan."""
    region = request.user.region
    if not can_plan(request.user) or region is None:
        raise PermissionDenied
    year = failures.latest_year_with_failures(request.user) or timezone.localdate().year - 1
    start = {"year": year, "batches": 300, "floor": 5}
    asked = request.POST if request.method == "POST" else request.GET
    first = _most_sampled(region, year)
    if "assignment" not in asked and first:  # a proposal to begin with
        asked = QueryDict(urlencode({**start, "assignment": first.pk}))
    form = ProposalForm(asked if "assignment" in asked else None, region=region, initial=start)
    context: dict[str, Any] = {"form": form, "registers": AREAS[PLANS.area], "register": PLANS}
    if not form.is_valid():
        return render(request, "inspections/proposal.html", context, status=422 if form.is_bound else 200)
    exposure = _exposure(request)
    lines = _propose(form.cleaned_data, exposure)
    if request.method == "POST":
        try:
            return _adopt(request, form.cleaned_data, lines)
        except ValidationError as error:
            context["problem"] = " ".join(error.messages)
        except WrongState as error:
            context["problem"] = str(error)
    context |= _programmes(form.cleaned_data, request.POST.get("programme", ""))
    context |= {"lines": lines, "next_year": form.cleaned_data["year"] + 1, "weights": _weights(lines, exposure)}
    return render(request, "inspections/proposal.html", context, status=422 if "problem" in context else 200)


def _most_sampled(region: Region, year: int) -> Assignment | None:
    """The sheet that counts batches and of whose sector most categories were sampled."""
    rows = Assignment.objects.filter(region=region, sheet__indicators__counted__of="batch").distinct()
    counts = planning.categories_by_owner(region, year)
    found = [(counts.get((a.department_id, a.sheet.sector_id), 0), -a.pk, a) for a in rows.select_related("sheet")]
    most = max(found, key=lambda one: one[:2], default=None)
    return most[2] if most and most[0] else None


def _propose(asked: dict[str, Any], exposure: dict[str, Decimal]) -> list[planning.ProposalLine]:
    assignment = asked["assignment"]
    return planning.propose(
        assignment.department, assignment.sheet.sector, asked["year"], asked["batches"], asked["floor"], exposure
    )


def _exposure(request: PersonRequest) -> dict[str, Decimal]:
    """`exposure-<category>=<number>` of the address."""
    found = {}
    for category in words().of(WordKind.CATEGORY):
        number = whole_number((request.POST or request.GET).get(f"exposure-{category}", ""), -1)
        if number >= 0:
            found[category] = Decimal(number)
    return found


def _weights(lines: list[planning.ProposalLine], exposure: dict[str, Decimal]) -> list[tuple[str, str, Decimal]]:
    rows = [words().of(WordKind.CATEGORY)[code] for code in dict.fromkeys(line.category for line in lines)]
    return [(word.code, word.label, exposure.get(word.code, Decimal(word.weight))) for word in rows]


def _programmes(asked: dict[str, Any], chosen: str) -> dict[str, Any]:
    """Those that a plan of the next year may be of, and the one that was chosen or by which the department mostly
    sampled."""
    assignment, day = asked["assignment"], datetime.date(asked["year"] + 1, 1, 1)
    offered = words().offered(WordKind.PROGRAMME, assignment.region_id, day)
    return {
        "programmes": [(word.code, word.label) for word in offered if word.is_planned],
        "programme": chosen or planning.usual_programme(assignment.department, assignment.sheet.sector, asked["year"]),
    }


def _adopt(request: PersonRequest, asked: dict[str, Any], lines: list[planning.ProposalLine]) -> HttpResponse:
    assignment = asked["assignment"]
    counts = [(line.category, line.setting, _count(request, line)) for line in lines]
    plan = planning.adopt(
        department=assignment.department,
        sector=assignment.sheet.sector,
        year=asked["year"] + 1,
        name=request.POST.get("name", "").strip(),
        programme=request.POST.get("programme", ""),
        lines=counts,
        by=request.user,
    )
    messages.success(request, _("It is the plan now: %(plan)s.") % {"plan": plan})
    return redirect("plan-tasks", pk=plan.pk)


def _count(request: PersonRequest, line: planning.ProposalLine) -> int:
    count = whole_number(request.POST.get(line.name, "").strip(), -1)
    if not 0 <= count < MOST_BATCHES:
        names = {"category": line.category_label, "setting": line.setting_label}
        raise ValidationError(_("%(category)s, %(setting)s: a whole number of batches is expected.") % names)
    return count


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tasks(request: PersonRequest, pk: int) -> HttpResponse:
    """The lines of a plan: to be changed by who draws it up, to be read by everybody else who sees it."""
    plan = get_object_or_404(SamplingPlan.objects.for_user(request.user).for_listing(), pk=pk)
    can_write = may_write(request.user, plan)
    if request.method == "POST" and not can_write:
        raise PermissionDenied
    stored = list(plan.tasks.all())
    initial = [model_to_dict(task, ("category", "setting", "due_on", "batches")) for task in stored]
    seen, conflict = records.version_of_tasks(stored), None
    start: dict[str, Any] = {"data": request.POST} if request.method == "POST" else {"initial": initial}
    lines: Any = TaskFormSet(**start, form_kwargs={"year": plan.year, "region": plan.region_id, "known": words()})
    if lines.is_bound and lines.is_valid():
        try:
            records.save_plan(plan, lines.tasks(), by=request.user, seen=request.POST.get("seen", ""))
        except WrongState as error:
            messages.error(request, str(error))
            return redirect(PLANS.slug)
        except Conflict as error:
            conflict, seen = error, error.version
        else:
            messages.success(request, _("Changed: %(name)s.") % records.message_names(plan))
            return redirect("plan-tasks", pk=pk)
    elif lines.is_bound:
        seen = request.POST.get("seen", "")
    context = {
        "plan": plan,
        "lines": lines,
        "can_write": can_write,
        "progress": planning.progress(plan),
        "total": sum(task.batches for task in stored),
        "seen": seen,
        "conflict": conflict,
        "differences": planning.differing_tasks(stored, lines.tasks()) if conflict else [],
        "registers": AREAS[PLANS.area],
        "register": PLANS,
    }
    status = 409 if conflict else 422 if lines.is_bound else 200
    return render(request, "inspections/tasks.html", context, status=status)
